"""Plant defects in a scratch copy of the sources and see that the checks find each; run in the build folder.

Every command is first run on the copy as it is, where it must pass: a check that always fails finds nothing.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from check import deny
from check.report import Report
from build.setup_rust import TOP

CARGO = os.environ.get('CARGO', 'cargo')
# Cargo takes the copy for the sources themselves, so the artifacts of a defect must stay out of the build.
ENVIRONMENT = os.environ | {'CARGO_TARGET_DIR': os.path.abspath('check-full/selftest')}


def change(file, pattern, replacement):
    """Change one place of a file; the defect must really be planted."""
    text = file.read_text(encoding='utf-8')
    new, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
    if count != 1 or new == text:
        raise SystemExit(f'{file}: nothing matches {pattern}')
    file.write_text(new, encoding='utf-8')


def cargo(command, tree, *arguments):
    return [CARGO, command, '--quiet', '--locked', '--manifest-path', tree / 'Cargo.toml', *arguments]


def headers(tree):
    return [sys.executable, '-B', tree / 'Tools/rust', 'build.headers', 'check']


def exports(tree):
    return [sys.executable, '-B', tree / 'Tools/rust', 'check.check_exports']


def counts(tree):
    return [sys.executable, '-B', tree / 'Tools/rust', 'check.count_unsafe', 'check']


def dependencies(tree):
    return [sys.executable, '-B', tree / 'Tools/rust', 'check.dependencies', 'check']


def crates(tree):
    return [sys.executable, '-B', tree / 'Tools/rust', 'check.deny']


def states(tree):
    return [sys.executable, '-B', tree / 'Tools/rust', 'check.promotion', 'check']


def panic_free(tree):
    build = cargo('build', tree, '--release', '-p', 'stdlib', '--features', 'binascii')
    library = pathlib.Path(ENVIRONMENT['CARGO_TARGET_DIR'], 'release/libstdlib.a')
    check = [sys.executable, '-B', tree / 'Tools/rust', 'check.check_panic_free', library]
    return ['sh', '-c', ' && '.join(shlex.join(str(word) for word in command) for command in (build, check))]


def bindings(tree):
    return cargo('check', tree, '--release', '-p', 'cpython-sys')


def clippy(tree):
    return cargo('clippy', tree, '-p', 'outbuf', '--', '-Dwarnings')


# The defect, the file, the text that is replaced and its replacement, the command that must find the defect, and a
# pattern of its output.
DEFECTS = [
    (
        'an undeclared export outside the boundary',
        'Rust/shared/outbuf/src/lib.rs',
        r'\Z',
        '\n#[unsafe(no_mangle)]\npub extern "C" fn outbuf_undeclared() {}\n',
        exports,
        r'outbuf_undeclared is exported',
    ),
    (
        'an undeclared export in the boundary',
        'Rust/binascii/src/boundary.rs',
        r'\Z',
        '\n/// New.\n#[unsafe(no_mangle)]\npub extern "C" fn binascii_undeclared() {}\n',
        headers,
        r'binascii\.h: stale',
    ),
    (
        'a stale header',
        'Include/rust/binascii.h',
        r'Return the bytes',
        'Return some bytes',
        headers,
        r'binascii\.h: stale',
    ),
    (
        'a renamed parameter',
        'Rust/binascii/src/boundary.rs',
        r'binascii_a2b_uu_impl\(module: \*mut PyObject, data:',
        'binascii_a2b_uu_impl(module: *mut PyObject, renamed:',
        headers,
        r'binascii\.h: stale',
    ),
    (
        'a crate that the library does not gather',
        'Modules/Setup.rust',
        r'\Z',
        'outbuf default -\n',
        headers,
        r'stdlib/src/lib\.rs: stale',
    ),
    (
        'a shifted field',
        'Rust/shared/cpython-sys/build.rs',
        r'bindings\.to_string\(\)',
        'bindings.to_string().replace("pub len : Py_ssize_t", "pub shift: u8, pub len : Py_ssize_t")'
        '.replace("pub len: Py_ssize_t", "pub shift: u8, pub len: Py_ssize_t")',
        bindings,
        r'Size of Py_buffer',
    ),
    (
        'a constant of another value',
        'Rust/shared/cpython-sys/build.rs',
        r'bindings\.to_string\(\)',
        'bindings.to_string().replace("SHIM_DICT : u32 = 9", "SHIM_DICT : u32 = 8")',
        bindings,
        r'SHIM_DICT is not what the bindings say',
    ),
    (
        'a function with another signature',
        'Rust/shared/cpython-sys/build.rs',
        r'bindings\.to_string\(\)',
        'bindings.to_string().replace("fn PyBytes_Size (arg1 : * mut PyObject) -> Py_ssize_t", '
        '"fn PyBytes_Size (arg1 : * mut PyObject) -> :: core :: ffi :: c_int")',
        bindings,
        r'PyBytes_Size is not of the type',
    ),
    (
        'unsafe that has not been counted',
        'Rust/shared/outbuf/src/lib.rs',
        r'\A',
        'fn more() { unsafe { } }\n',
        counts,
        r'outbuf: raw memory: \d+, was \d+',
    ),
    (
        'a file without unsafe that does not forbid it',
        'Rust/zlib/src/return_code.rs',
        r'^#!\[forbid\(unsafe_code\)\]$',
        '',
        counts,
        r'Rust/zlib/src/return_code\.rs has no `unsafe` and no #!\[forbid',
    ),
    (
        'an exported function that may panic outside of an entry',
        'Rust/binascii/src/boundary.rs',
        r'\Z',
        '\n/// New.\n#[unsafe(no_mangle)]\n'
        'pub extern "C" fn binascii_panics(index: usize) -> u8 {\n    b"abc"[index]\n}\n',
        panic_free,
        r'binascii: binascii_panics may unwind into C',
    ),
    (
        'a crate without a reason',
        'Tools/rust/check/dependencies.txt',
        r'^cfg-if .*\n',
        '',
        dependencies,
        r'cfg-if .* has no reason',
    ),
    (
        'a licence that is not allowed',
        'Cargo.toml',
        r'"PSF-2.0"',
        '"GPL-3.0-only"',
        dependencies,
        r'GPL-3\.0-only is not allowed',
    ),
    (
        'a licence that cargo-deny does not allow',
        'deny.toml',
        r'^ *"PSF-2\.0",\n',
        '',
        crates,
        r'licenses FAILED',
    ),
    (
        'a page that claims more of a release than its records show',
        'Doc/module-status.md',
        r'^(\| default \| stress \|.*\| )[^|]+ \|$',
        r'\1*yes*: 1 passed, 0 failed, 0 skipped |',
        states,
        r'module-status\.md is not what Doc/records and the sources say',
    ),
    (
        'a missing SAFETY comment',
        'Rust/shared/outbuf/src/lib.rs',
        r'// SAFETY: ',
        '// ',
        clippy,
        r'missing a safety comment',
    ),
]


def main():
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder, 'tree')
        tree.mkdir()
        for name in ('Doc', 'Include', 'Modules', 'Rust', 'Tools'):
            # With the current time as modification time: cargo still has the artifacts of the last run's defects.
            shutil.copytree(TOP / name, tree / name, copy_function=shutil.copy)
        for name in ('Cargo.toml', 'Cargo.lock', 'README.md', 'deny.toml', 'rustfmt.toml'):
            shutil.copy(TOP / name, tree / name)
        sound = {}
        for defect, name, pattern, replacement, command, says in DEFECTS:
            if command is crates and deny.program() is None:
                report.add(defect, skipped=1, note='cargo-deny is not installed')
                continue
            if command not in sound:
                done = report.run(f'{command.__name__} without a defect', command(tree), env=ENVIRONMENT)
                sound[command] = done.returncode == 0
            file = tree / name
            before = file.read_bytes()
            change(file, pattern, replacement)
            print(f'        {defect} ...', flush=True)
            done = subprocess.run(
                command(tree), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT
            )
            file.write_bytes(before)
            line = re.search(f'^.*{says}', done.stdout, re.MULTILINE)
            found = sound[command] and done.returncode != 0 and line is not None
            note = line[0].replace(str(tree), '') if line else f'nothing says {says}: {done.stdout}'
            report.add(f'{defect} is found', passed=found, failed=not found, note=note[-150:] if line else note)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
