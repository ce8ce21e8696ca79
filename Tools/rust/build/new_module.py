"""Lay out the crate of a module: one that builds, is importable as _rust_NAME, and passes make check.

    new_module.py NAME [--cpython DIR]

NAME is a C extension module of CPython, such as `_statistics`.  The crate is Rust/NAME, with a function `example`, its
test and its benchmark, to be replaced by those of the module; the table, the workspace and what is generated are
brought up to date.  Doc/adding-a-module.md continues from there.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

from build import headers
from build import releases
from build import setup_rust
from build.setup_rust import TOP, script

TEMPLATE = TOP / 'Tools/rust/build/template'
# Where each file of the template goes; the others keep their place.
RENAMED = {'module.c': 'NAMEmodule.c'}


class Refused(Exception):
    """There will be no such module; says why."""


def cpython_source(named):
    """Return the CPython source tree: the named one, that of the build in this folder, or what ./bootstrap brings."""
    tree = named or releases.source() or TOP / releases.default_source()
    if not (tree / 'Modules/Setup.stdlib.in').exists():
        raise Refused(f'{tree} is no CPython source tree: run ./bootstrap, or name one by --cpython')
    return tree


def twin_line(name, cpython):
    """Return how CPython builds the module: its source files, and the flags that configure finds for it."""
    # Modules that CPython needs before it can load others are built in, without flags of their own.
    bootstrap = cpython / 'Modules/Setup.bootstrap.in'
    text = bootstrap.read_text(encoding='utf-8') if bootstrap.exists() else ''
    built_in = dict(re.findall(r'^(\w+)[ \t]+(\S+\.c.*)$', text, re.MULTILINE))
    if name in built_in:
        return built_in[name]
    text = (cpython / 'Modules/Setup.stdlib.in').read_text(encoding='utf-8')
    lines = dict(re.findall(r'^@MODULE_\w+_TRUE@(\w+)[ \t]+(\S.*)$', text, re.MULTILINE))
    if name not in lines:
        raise Refused(f'CPython has no extension module {name}; it has {", ".join(sorted(lines))}')
    words = lines[name].partition('#')[0].split()
    flags = [f'$(MODULE_{name.upper()}_{kind})' for kind in ('CFLAGS', 'LDFLAGS')]
    return ' '.join(words + [flag for flag in flags if flag not in words])


def check_name(name):
    """Refuse a name that cannot be one, or is taken."""
    if not re.fullmatch(r'[a-z_][a-z0-9_]*', name):
        raise Refused(f'{name!r} is no name of a module: those have small letters, digits and underscores')
    if (TOP / 'Rust' / name).exists():
        raise Refused(f'Rust/{name} exists already')
    if name in [module.name for module in setup_rust.modules()]:
        raise Refused(f'{name} has a line in Modules/Setup.rust already')
    if f'\nname = "{name}"\n' in (TOP / 'Cargo.lock').read_text(encoding='utf-8'):
        raise Refused(f'{name} is the name of another crate in Cargo.lock')


def fill(name, twin):
    """Write the files of the crate."""
    words = {
        # Clinic puts one underscore between the module and the function.
        'PREFIX': name,
        'UPPER': name.upper(),
        'Title': name.strip('_').title().replace('_', ''),
        'SOURCE': twin.split()[0],
        'NAME': name,
    }
    # Not within a longer lower-case word, but as part of a name such as test_NAME_twin.
    pattern = re.compile('|'.join(words))
    for file in sorted(TEMPLATE.rglob('*')):
        if file.is_dir() or '__pycache__' in file.parts:
            continue
        place = str(file.relative_to(TEMPLATE))
        target = TOP / 'Rust' / name / RENAMED.get(place, place).replace('NAME', name)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = pattern.sub(lambda match: words[match[0]], file.read_text(encoding='utf-8'))
        target.write_text(text, encoding='utf-8')
        print(f'wrote {target.relative_to(TOP)}')


def insert_sorted(path, line, is_one_of):
    """Put a line among those of its kind, before the first one that sorts after it."""
    lines = path.read_text(encoding='utf-8').splitlines()
    places = [index for index, other in enumerate(lines) if is_one_of(other)]
    index = next((index for index in places if lines[index] > line), places[-1] + 1)
    path.write_text('\n'.join([*lines[:index], line, *lines[index:]]) + '\n', encoding='utf-8')
    print(f'changed {path.relative_to(TOP)}')


def regenerate():
    """Bring up to date what is generated and committed; say what takes long while it does."""
    cargo = os.environ.get('CARGO', 'cargo')
    headers.gather([module.name for module in setup_rust.modules()], check=False)
    # The lock file gets the new crate, and nothing in it moves.
    update = [cargo, 'update', '--quiet', '--workspace', '--offline', '--manifest-path', TOP / 'Cargo.toml']
    for what, command in (
        ('adding the crate to Cargo.lock', update),
        (
            'generating headers: this compiles cbindgen, which takes minutes the first time',
            script('build.headers', 'regen'),
        ),
        ('counting unsafe code', script('check.count_unsafe', 'regen')),
        ('listing the dependencies', script('check.dependencies', 'regen')),
    ):
        print(f'{what} ...', flush=True)
        subprocess.run(command, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('name', metavar='NAME', help='what users import')
    parser.add_argument('--cpython', type=pathlib.Path, metavar='DIR', help='the CPython source tree')
    args = parser.parse_args()
    try:
        check_name(args.name)
        cpython = cpython_source(args.cpython)
        twin = twin_line(args.name, cpython)
    except Refused as error:
        sys.exit(f'new_module.py: {error}')
    if not shutil.which(os.environ.get('CARGO', 'cargo')):
        sys.exit('new_module.py: cargo was not found')
    fill(args.name, twin)
    row = f'{args.name:<11} incubating  {twin}'
    insert_sorted(TOP / 'Modules/Setup.rust', row, lambda line: line.strip() and not line.startswith('#'))
    insert_sorted(TOP / 'Cargo.toml', f'    "Rust/{args.name}",', re.compile(r'    "Rust/\w+",').fullmatch)
    try:
        regenerate()
    except subprocess.CalledProcessError as error:
        sys.exit(f'new_module.py: the crate is there, but this failed: {error}')
    print(f'\nNow run ./configure again and make; then `import _rust_{args.name}` works.')


if __name__ == '__main__':
    main()
