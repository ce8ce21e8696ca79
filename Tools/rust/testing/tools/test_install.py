"""Use an installed tree as its users do: run it, run it from another folder, embed it in a C program.

test_install.py PREFIX [MODULE...]    the tree below PREFIX, with these modules in Rust (those whose stage is default)
"""

import gzip
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

from build import setup_rust
from check.report import Report

SMOKE = """
import sys
for name in {modules!r}:
    module = __import__(name)
    assert name in sys.builtin_module_names, name
    assert module.__spec__.origin == 'built-in', module
    __import__('_rust_' + name)
import _rust
assert set({modules!r}) <= {{module.name for module in _rust.modules() if module.configured == 'Rust'}}
base = [module.name for module in _rust.modules() if module.c == '_c_' + module.name]
assert {{_rust.implementation(name) for name in base}} <= {{'C' if _rust.choice().source else 'Rust'}}
import base64, email.message, plistlib, quopri
assert base64.b64decode(base64.b64encode(b'Rust')) == b'Rust'
assert not sys._is_gil_enabled()
print(sys.prefix)
"""

# The installed lists of the linked crates are those that the interpreter itself has.
LISTS = """
import json, pathlib, sysconfig, _rust
folder = pathlib.Path(sysconfig.get_path('stdlib'))
components = json.loads((folder / 'sbom-rust.cdx.json').read_text(encoding='utf-8'))['components']
listed = {(found['name'], found['version']) for found in components if 'purl' in found}
linked = {(crate.name, crate.version) for crate in _rust.build().dependencies}
assert listed == linked and linked, listed ^ linked
licences = (folder / 'LICENSE-Rust.txt').read_text(encoding='utf-8')
assert not [name for name, version in linked if f'\\n{name} {version} (' not in licences]
"""

EMBED = """
#include <Python.h>

#ifdef OTHER_RUST
int other_rust(void);
#else
#  define other_rust() 0
#endif

int
main(void)
{
    Py_Initialize();
    int failed = other_rust();
    failed |= PyRun_SimpleString("import binascii; assert binascii.hexlify(b'Rust') == b'52757374'");
    failed |= other_rust();
    return Py_FinalizeEx() < 0 || failed;
}
"""

# A Rust library that has nothing to do with ours: its own copy of the standard library, a panic and its hook, threads.
OTHER_RUST = """
#[unsafe(no_mangle)]
pub extern "C" fn other_rust() -> i32 {
    let caught = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(7_i32)));
    let sum: i32 = std::thread::spawn(|| vec![1, 2, 3].into_iter().sum()).join().unwrap_or(0);
    let seven = caught.err().and_then(|payload| payload.downcast_ref::<i32>().copied());
    if seven == Some(7) && sum == 6 { 0 } else { 1 }
}
"""


def installed(prefix, suffix):
    """Return a program of the tree by the end of its name: a debug build has a d before it."""
    return next(file for abi in ('t', 'td') for file in prefix.glob(f'bin/python3.*{abi}{suffix}'))


def smoke(report, name, prefix, modules):
    """Run the interpreter below a prefix, in a folder that has nothing to do with it."""
    python = installed(prefix, '')
    with tempfile.TemporaryDirectory() as folder:
        done = report.run(name, [python, '-c', SMOKE.format(modules=modules)], cwd=folder)
        chosen = [python, '-W', 'ignore', '-I', '-X', 'rust_modules=none', '-c', SMOKE.format(modules=modules)]
        report.run(f'{name} on C', chosen, cwd=folder)
    found = pathlib.Path(done.stdout.strip())
    same = done.returncode == 0 and found.resolve() == prefix.resolve()
    report.add(f'{name}: its prefix', passed=same, failed=not same, note='' if same else f'{found}')


def manual(report, prefix):
    """Look whether the manual page names each option and variable by which an implementation is chosen."""
    # A distribution compresses it.
    openers = {'.1': open, '.gz': gzip.open}
    files = [*prefix.glob('share/man/man1/python3.*t*-rust.1*')]
    pages = [openers[file.suffix](file, 'rt', encoding='utf-8').read() for file in files]
    names = ['rust_modules=', 'rust_zlib=', 'PYTHON_RUST_MODULES', 'PYTHON_RUST_ZLIB']
    told = len(pages) == 1 and '@' not in pages[0] and all(name in pages[0] for name in names)
    report.add('the manual page', passed=told, failed=not told)


def copy(prefix, folder):
    """Copy the Python below a prefix, which may have other programs as well, to a folder."""
    for pattern in ('bin/*python3.*t*', 'lib/python3.*t*', 'lib/libpython3*t*', 'include/python3.*t*'):
        for path in prefix.glob(pattern):
            target = folder / path.relative_to(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target, symlinks=True)
            else:
                shutil.copy2(path, target, follow_symlinks=False)


def embed(report, prefix):
    """Compile, link and run a C program with what the installed python-config says."""
    config = installed(prefix, '-config')

    def flags(option):
        output = subprocess.run([config, '--embed', option], check=True, capture_output=True, text=True).stdout
        return shlex.split(output)

    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder, 'embed.c'), pathlib.Path(folder, 'embed')
        source.write_text(EMBED, encoding='utf-8')
        # A shared libpython may lie where the loader does not look.
        linking = ['-o', program, *flags('--ldflags'), f'-Wl,-rpath,{prefix}/lib', '-rdynamic']
        compiling = ['gcc', source, *flags('--cflags')]
        other, library = pathlib.Path(folder, 'other.rs'), pathlib.Path(folder, 'libother.a')
        other.write_text(OTHER_RUST, encoding='utf-8')
        rustc = [os.environ.get('RUSTC', 'rustc'), '--edition=2024', '--crate-type=staticlib', other, '-o', library]
        for what, before, command in (
            ('an embedding program', None, [*compiling, *linking]),
            ('one with another Rust library', rustc, [*compiling, '-DOTHER_RUST', library, *linking]),
        ):
            if before and report.run('build another Rust library', before).returncode:
                continue
            if report.run(f'link {what}', command).returncode == 0:
                report.run(f'run {what}', [program], env={'PYTHONHOME': str(prefix)})


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    prefix, modules = (
        pathlib.Path(sys.argv[1]).absolute(),
        sys.argv[2:] or [m.name for m in setup_rust.modules() if m.stage == 'default'],
    )
    report = Report()
    smoke(report, 'run the installed tree', prefix, modules)
    report.run('lists of the linked crates', [installed(prefix, ''), '-c', LISTS])
    manual(report, prefix)
    embed(report, prefix)
    with tempfile.TemporaryDirectory() as folder:
        moved = pathlib.Path(folder, 'moved')
        copy(prefix, moved)
        smoke(report, 'run the tree from another folder', moved, modules)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
