"""Builds of CPython and the Rust modules with clang's sanitizers, and what runs in them.

The C code is instrumented as CPython's own options do it. The Rust code is instrumented by the same LLVM passes, which
rustc has behind an unstable option: RUSTC_BOOTSTRAP=1 makes the stable compiler take it. That reaches every crate that
cargo compiles and the generic code of Rust's standard library that they use; the rest of that library comes compiled
and stays as it is, so a bad pointer handed to it is found only where it is intercepted, as in memcpy. rustc has no
pass for undefined behaviour; its own checks of overflow and of preconditions stand in for it.

ThreadSanitizer must see every release operation: when std's own stay as they are, whatever is published through a
OnceLock or a Mutex seems to race. For it, cargo compiles the standard library, too, from rustup's component rust-src.

Both compilers must share an LLVM version, for the runtime library is clang's: clang-22 goes with a rustc on LLVM 22.
"""

import os
import pathlib
import re
import shutil
import subprocess

from build.setup_rust import TOP

SUPPRESSIONS = TOP / 'Tools/rust/check/sanitizers'
RUST_CHECKS = '-Cdebug-assertions -Coverflow-checks -Cdebuginfo=line-tables-only -Cunsafe-allow-abi-mismatch=sanitizer'


class Sanitizer:
    """One kind of build: how it is configured, and how its reports are recognised."""

    def __init__(self, name, rustc_name, configure, report_start, options, needs_std=False):
        self.name = name
        self.rustc_name = rustc_name
        self.configure = configure
        self.report_start = report_start
        self.options = options
        self.needs_std = needs_std

    def environment(self, logs, clang):
        """Return the variables that the build and the runs need; reports go to files that start with `logs`."""
        symbolizer = shutil.which(clang.replace('clang', 'llvm-symbolizer')) or 'llvm-symbolizer'
        common = f'external_symbolizer_path={symbolizer}:log_path={logs}'
        environment = {
            'RUSTC_BOOTSTRAP': '1',
            'RUSTFLAGS': f'-Zsanitizer={self.rustc_name} {RUST_CHECKS}',
        }
        for variable, text in self.options.items():
            file = SUPPRESSIONS / f'{variable.removesuffix("_OPTIONS").lower()}.txt'
            environment[variable] = f'{common}:suppressions={file}:{text}'
        return environment


ASAN = Sanitizer(
    'asan',
    'address',
    ['--with-address-sanitizer', '--with-undefined-behavior-sanitizer'],
    r'ERROR: AddressSanitizer|runtime error:',
    {
        # The tests ask for far more memory than there is, and CPython does not free everything at the end.
        'ASAN_OPTIONS': 'detect_leaks=0:allocator_may_return_null=1:halt_on_error=0',
        'UBSAN_OPTIONS': 'print_stacktrace=1',
    },
)
TSAN = Sanitizer(
    'tsan',
    'thread',
    ['--with-thread-sanitizer'],
    r'WARNING: ThreadSanitizer',
    {
        'TSAN_OPTIONS': 'halt_on_error=0:exitcode=0:report_signal_unsafe=0:report_thread_leaks=0',
    },
    needs_std=True,
)


def find_clang(rustc='rustc'):
    """Return the clang with rustc's LLVM version and the version; None for the first when there is none."""
    text = subprocess.run([rustc, '-vV'], check=True, capture_output=True, text=True).stdout
    version = re.search(r'^LLVM version: (\d+)', text, re.MULTILINE)[1]
    for program in (f'clang-{version}', 'clang'):
        if shutil.which(program):
            found = subprocess.run([program, '--version'], capture_output=True, text=True).stdout
            if re.search(rf'version {version}\.', found):
                return program, version
    return None, version


def why_not_std(cargo, rustc='rustc'):
    """Return why cargo cannot compile the standard library, None if it can; fetch the crates that this needs."""
    sysroot = subprocess.run([rustc, '--print', 'sysroot'], check=True, capture_output=True, text=True).stdout.strip()
    manifest = pathlib.Path(sysroot, 'lib/rustlib/src/rust/library/Cargo.toml')
    if not manifest.exists():
        return 'its sources are missing (rustup component add rust-src)'
    # Run here, so that the settings of this build apply: they may name other sources of crates, and forbid the network.
    command = [cargo, 'fetch', '--quiet', '--locked', '--manifest-path', manifest]
    done = subprocess.run(command, env=os.environ | {'RUSTC_BOOTSTRAP': '1'}, stderr=subprocess.PIPE, text=True)
    return f'its crates cannot be fetched: {done.stderr.strip()[:500]}' if done.returncode else None


def standard_library(report, sanitizer, cargo, rustc='rustc'):
    """Return the environment and the options of make with which a build has the standard library that it needs."""
    if not sanitizer.needs_std:
        return {}, []
    reason = why_not_std(cargo, rustc)
    if reason:
        note = f'not instrumented, so what is published by OnceLock or Mutex may be reported falsely: {reason}'
        report.add(f'{sanitizer.name}: standard library', skipped=1, note=note)
        return {}, []
    # cargo compiles it only for a target that is named; that keeps RUSTFLAGS from build scripts as well.
    target = subprocess.run([rustc, '--print', 'host-tuple'], check=True, capture_output=True, text=True).stdout.strip()
    return {'CARGO_UNSTABLE_BUILD_STD': 'std,panic_unwind'}, [f'RUST_TARGET={target}']


def reports(logs, start):
    """Return the reports in the log files, each as text; a file without one, as after a crash, is one as a whole."""
    found = []
    for file in sorted(logs.parent.glob(f'{logs.name}*')):
        text = file.read_text(encoding='utf-8', errors='replace')
        places = [match.start() for match in re.finditer(rf'^.*(?:{start})', text, re.MULTILINE)]
        places = places or ([0] if text.strip() else [])
        found += [text[place:end] for place, end in zip(places, [*places[1:], None][: len(places)], strict=True)]
    return found


def accesses(report):
    """Return for each of the accesses that race the FUNCTION@FILE that makes it.

    The function is the innermost that is neither intercepted nor one of Rust's library or CPython's atomic operations.
    """
    functions = []
    for part in re.split(r'\n\s*\n', report):
        if not re.search(r'^ +(Previous )?(atomic )?(read|write) of size \d', part, re.MULTILINE | re.IGNORECASE):
            continue
        for line in re.findall(r'^ +#\d+ (.*?)(?: \(.*)?$', part, re.MULTILINE):
            function, _, file = line.rpartition(' ')
            if not re.search(r'<null>|/rustc/|/rustlib/|/pyatomic', file):
                # Without the type that a method is of, modules and type arguments.
                name = re.search(r'(\w+)(?:::)?(?:<|$)', re.sub(r'^<.*>::', '', function))
                file = re.sub(r'.*/|:[\d:]+$', '', file)
                functions.append(f'{name[1] if name else function}@{file}')
                break
        else:
            functions.append(None)
    return functions


def accepted_pairs(sanitizer):
    """Return [(functions, functions)] of the accesses that may race, empty if there is no file of them."""
    file = SUPPRESSIONS / f'{sanitizer.name}-pairs.txt'
    lines = file.read_text(encoding='utf-8').splitlines() if file.exists() else []
    sides = [line.partition(':') for line in lines if line and not line.startswith('#')]
    return [(frozenset(one.split()), frozenset((other or one).split())) for one, _, other in sides]


def is_accepted(report, pairs):
    """Tell whether both accesses of a report are those of one of the pairs."""
    found = accesses(report)
    if len(found) != 2:
        return False
    first, second = found
    return any((first in one and second in other) or (second in one and first in other) for one, other in pairs)


def is_ours(report):
    """Tell whether a frame of the report is in the Rust modules: in a file of Rust/, or in a crate that they use."""
    return re.search(r'/Rust/[\w-]+/|\.rs:\d+|binascii_\w+_impl', report) is not None


def summary(report):
    """Return the first line of a report with its first frame."""
    lines = report.strip().splitlines()
    frame = next((line.strip() for line in lines if re.match(r'\s*#0 ', line)), '')
    return f'{re.sub(r"^=+[0-9]+=+", "", lines[0])[:120]} {frame[:120]}'


def remove(logs):
    """Remove the log files that start with `logs`."""
    for file in logs.parent.glob(f'{logs.name}*'):
        file.unlink()


def build(report, sanitizer, folder, configure_arguments, make_options, environment, logs, clang):
    """Configure and make; return whether that worked."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / 'config.status').exists():
        arguments = [*configure_arguments, *sanitizer.configure, '--with-rust-test-modules', f'CC={clang}', '--quiet']
        name = f'{sanitizer.name}: configure'
        if report.run(name, [TOP / 'configure', *arguments], cwd=folder, env=environment).returncode:
            return False
        # Some test programs of configure have errors on purpose, to test how the machine behaves.
        remove(logs)
    done = report.run(f'{sanitizer.name}: make', ['make', '-s', *make_options], cwd=folder, env=environment)
    return done.returncode == 0


def judge(report, sanitizer, logs, step):
    """Count what the log files hold, show what is not accepted, and fail for any of that."""
    every, pairs = reports(logs, sanitizer.report_start), accepted_pairs(sanitizer)
    found = [text for text in every if not is_accepted(text, pairs)]
    ours = [text for text in found if is_ours(text)]
    for text in (ours or found)[:5]:
        # Both stacks: those of calls from Python code are long.
        print(text[:20_000])
    kinds = sorted({summary(text) for text in found})
    for kind in kinds[:20]:
        print(f'        {kind}')
    note = f'{len(found)} reports, {len(ours)} with a frame of ours'
    if len(every) > len(found):
        note += f', and {len(every) - len(found)} of accepted pairs'
    report.add(step, passed=not found, failed=bool(found), note=note)
    remove(logs)


def judge_defect(report, sanitizer, logs, step):
    """Fail unless the log files hold a report with a frame of ours: a defect was planted for it."""
    pairs = accepted_pairs(sanitizer)
    found = [text for text in reports(logs, sanitizer.report_start) if not is_accepted(text, pairs)]
    ours = [text for text in found if is_ours(text)]
    note = summary(ours[0]) if ours else 'there is no report with a frame of ours'
    report.add(step, passed=bool(ours), failed=not ours, note=note)
    remove(logs)
