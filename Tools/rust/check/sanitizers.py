"""Builds of CPython and the Rust modules with clang's sanitizers, and what runs in them.

The C code is instrumented as CPython's own options do it. The Rust code is instrumented by the same LLVM passes, which
rustc has behind an unstable option: RUSTC_BOOTSTRAP=1 makes the stable compiler take it. That reaches every crate that
cargo compiles and the generic code of Rust's standard library that they use; the rest of that library comes compiled
and stays as it is, so a bad pointer handed to it is found only where it is intercepted, as in memcpy. rustc has no
pass for undefined behaviour; its own checks of overflow and of preconditions stand in for it.

Both compilers must share an LLVM version, for the runtime library is clang's: clang-22 goes with a rustc on LLVM 22.
"""

import re
import shutil
import subprocess

from build.setup_rust import TOP

SUPPRESSIONS = TOP / 'Tools/rust/check/sanitizers'
RUST_CHECKS = '-Cdebug-assertions -Coverflow-checks -Cdebuginfo=line-tables-only -Cunsafe-allow-abi-mismatch=sanitizer'


class Sanitizer:
    """One kind of build: how it is configured, and how its reports are recognised."""

    def __init__(self, name, rustc_name, configure, report_start, options):
        self.name = name
        self.rustc_name = rustc_name
        self.configure = configure
        self.report_start = report_start
        self.options = options

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


def reports(logs, start):
    """Return the reports in the log files, each as text."""
    found = []
    for file in sorted(logs.parent.glob(f'{logs.name}*')):
        text = file.read_text(encoding='utf-8', errors='replace')
        places = [match.start() for match in re.finditer(rf'^.*(?:{start})', text, re.MULTILINE)]
        found += [text[place:end] for place, end in zip(places, [*places[1:], None], strict=True)]
    return found


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


def build(report, sanitizer, folder, configure_arguments, jobs, environment, logs, clang):
    """Configure and make; return whether that worked."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / 'config.status').exists():
        arguments = [*configure_arguments, *sanitizer.configure, '--with-rust-test-modules', f'CC={clang}', '--quiet']
        name = f'{sanitizer.name}: configure'
        if report.run(name, [TOP / 'configure', *arguments], cwd=folder, env=environment).returncode:
            return False
        # Some test programs of configure have errors on purpose, to test how the machine behaves.
        remove(logs)
    done = report.run(f'{sanitizer.name}: make', ['make', '-s', f'-j{jobs}'], cwd=folder, env=environment)
    return done.returncode == 0


def judge(report, sanitizer, logs, step):
    """Count what the log files hold, show it, and fail for any: CPython's own are in the suppressions."""
    found = reports(logs, sanitizer.report_start)
    ours = [text for text in found if is_ours(text)]
    for text in (ours or found)[:5]:
        print(text[:3000])
    kinds = sorted({summary(text) for text in found})
    for kind in kinds[:20]:
        print(f'        {kind}')
    note = f'{len(found)} reports, {len(ours)} with a frame of ours'
    report.add(step, passed=not found, failed=bool(found), note=note)
    remove(logs)


def judge_defect(report, sanitizer, logs, step):
    """Fail unless the log files hold a report with a frame of ours: a defect was planted for it."""
    ours = [text for text in reports(logs, sanitizer.report_start) if is_ours(text)]
    note = summary(ours[0]) if ours else 'there is no report with a frame of ours'
    report.add(step, passed=bool(ours), failed=not ours, note=note)
    remove(logs)
