"""Build a wheel with the Rust modules of this build, for free-threaded CPythons of the same line with C modules.

wheel.py --archive ARCHIVE --ar AR --ld LD --objcopy OBJCOPY [--output FOLDER] NAME...

It is run by the interpreter that has been built, which knows how extension modules are compiled and what they are
called.  ARCHIVE is cargo's static library, NAME the modules and submodules that it has.  All of them go into one
extension module of the package `stdlib_rust`, which has an init function for each name.  The same sources and tools
give the same bytes; the time of each file is SOURCE_DATE_EPOCH, or 1980.
"""

import argparse
import base64
import ctypes
import hashlib
import os
import pathlib
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile

from build import dist, licences, sbom, setup_rust
from build.crates import host_target, metadata
from build.hide_symbols import hide_symbols
from build.setup_rust import TOP

PACKAGE = TOP / 'Lib/stdlib_rust'
NAME = 'stdlib_rust'
# The line of a .pth file is executed whenever Python starts, so it does as little as possible.
PTH = (
    "import os, sys; ('rust_modules' in sys._xoptions or 'PYTHON_RUST_MODULES' in os.environ) and "
    "__import__('stdlib_rust').install_as_chosen()\n"
)
SHIM = """
#include "Python.h"

/* The definition of a module has no name of its own: the import system names the module by what is imported. */
#define MODULE(NAME)                            \\
    PyMODINIT_FUNC PyInit__rust_##NAME(void);   \\
    PyMODINIT_FUNC                              \\
    PyInit_##NAME(void)                         \\
    {                                           \\
        return PyInit__rust_##NAME();           \\
    }

"""
METADATA = """Metadata-Version: 2.4
Name: stdlib-rust
Version: {version}
Summary: Extension modules of the standard library in Rust, for free-threaded CPython
License-Expression: PSF-2.0
License-File: LICENSE
License-File: LICENSE-Rust.txt
Requires-Python: =={python}.*
Classifier: Programming Language :: Python :: Implementation :: CPython
Classifier: Programming Language :: Python :: Free Threading
Classifier: Programming Language :: Rust
Description-Content-Type: text/markdown

{description}"""


def link(args, folder):
    """Link the extension module into the folder; return its name."""
    library = f'_modules{sysconfig.get_config_var("EXT_SUFFIX")}'
    initial = [f'PyInit__rust_{name}' for name in args.names]
    with tempfile.TemporaryDirectory() as scratch:
        rust, shim, exports = (pathlib.Path(scratch, name) for name in ('modules.o', 'shim.c', 'exports.map'))
        hide_symbols(args.ar, args.ld, args.objcopy, args.archive, initial, rust)
        shim.write_text(SHIM + ''.join(f'MODULE({name})\n' for name in args.names), encoding='utf-8')
        exports.write_text('{ global: PyInit_*; local: *; };\n', encoding='utf-8')
        config = {key: shlex.split(sysconfig.get_config_var(key) or '') for key in ('LDSHARED', 'CFLAGS')}
        includes = [f'-I{sysconfig.get_path(key)}' for key in ('include', 'platinclude')]
        command = [*config['LDSHARED'], *config['CFLAGS'], *includes, f'-I{pathlib.Path("cpython").resolve()}', '-fPIC']
        command += [shim, rust, f'-Wl,--version-script={exports}', '-Wl,--strip-debug', '-lm', '-o', folder / library]
        subprocess.run(command, check=True)
    # As the import system loads it: a name of CPython that interpreters do not export is an error here.
    ctypes.CDLL(folder / library, mode=os.RTLD_NOW)
    return library


def facts(names, library):
    """Return the text of the module that says what has been built."""
    table = {module.name: module for module in setup_rust.modules()}
    stages = {name: table[name].stage for name in names if name in table}
    inits = {
        name: [name, *(submodule for submodule, _ in table[name].submodules if submodule in names)] for name in stages
    }
    lines = ['"""What the modules were built for; generated."""', '', f'PYTHON = {sys.version_info[:2]}']
    lines += [f'LIBRARY = {library!r}', f'STAGES = {stages!r}', f'INITS = {inits!r}', '']
    return '\n'.join(lines)


def tag():
    """Return the tag of the wheel: interpreter, ABI, platform."""
    version = f'cp{sys.version_info.major}{sys.version_info.minor}'
    platform = sysconfig.get_platform().replace('-', '_').replace('.', '_')
    return f'{version}-{version}t-{platform}'


def write_info(info, version):
    """Write the metadata of the wheel into its .dist-info folder."""
    (info / 'licenses').mkdir(parents=True)
    (info / 'sboms').mkdir()
    description = (PACKAGE / 'README.md').read_text(encoding='utf-8')
    python = f'{sys.version_info.major}.{sys.version_info.minor}'
    text = METADATA.format(version=version, python=python, description=description)
    (info / 'METADATA').write_text(text, encoding='utf-8')
    lines = ['Wheel-Version: 1.0', f'Generator: {NAME}', 'Root-Is-Purelib: false', f'Tag: {tag()}', '']
    (info / 'WHEEL').write_text('\n'.join(lines), encoding='utf-8')
    (info / 'licenses/LICENSE').write_bytes((TOP / 'LICENSE').read_bytes())


def pack(folder, target, info):
    """Write the wheel, with the list of its files at the end."""
    epoch = time.gmtime(max(int(os.environ.get('SOURCE_DATE_EPOCH', '0')), 315532800))[:6]
    record = f'{info}/RECORD'
    rows = []
    with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:

        def add(name, data, mode=0o644):
            entry = zipfile.ZipInfo(name, epoch)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data)

        for file in sorted(file for file in folder.rglob('*') if file.is_file()):
            name, data = file.relative_to(folder).as_posix(), file.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()
            rows.append(f'{name},sha256={digest},{len(data)}\n')
            add(name, data, 0o755 if file.suffix == '.so' else 0o644)
        add(record, ''.join([*rows, f'{record},,\n']))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ('archive', 'ar', 'ld', 'objcopy'):
        parser.add_argument(f'--{option}', required=True)
    parser.add_argument('--output', type=pathlib.Path, default=pathlib.Path('rust'), help='the folder to write to')
    parser.add_argument('names', nargs='+', metavar='NAME', help='the modules and submodules of the archive')
    args = parser.parse_args()
    version = dist.version()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        package, info = folder / NAME, folder / f'{NAME}-{version}.dist-info'
        package.mkdir()
        for file in PACKAGE.glob('*.py'):
            (package / file.name).write_bytes(file.read_bytes())
        (package / '_build.py').write_text(facts(args.names, link(args, package)), encoding='utf-8')
        (folder / f'{NAME}.pth').write_text(PTH, encoding='utf-8')
        write_info(info, version)
        table = {module.name for module in setup_rust.modules()}
        data = metadata([name for name in args.names if name in table], host_target())
        licences.write(info / 'licenses/LICENSE-Rust.txt', data)
        sbom.write(info / 'sboms/sbom-rust.cdx.json', data)
        target = args.output / f'{NAME}-{version}-{tag()}.whl'
        pack(folder, target, info.name)
    print(target)


if __name__ == '__main__':
    main()
