"""Do what Doc/adding-a-module.md says, in a copy of the sources, and compare what comes out; run in a build folder.

    try_tutorial.py [--folder DIR [--resume LINE]] [--cpython DIR] [PAGE]

Three kinds of block in the page are followed, in order:

  console        lines that start with `$ ` are run; the others are what they print, where `...` stands for anything
  file=PATH      the text of a file
  diff file=PATH lines to take out (-) and to put in (+), in groups that each stand in the file once

Everything else in the page is prose.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from build import releases
from build.setup_rust import TOP

BLOCK = re.compile(r'^```(\w+)(?: file=(\S+))?\n(.*?)^```$', re.DOTALL | re.MULTILINE)


class Wrong(Exception):
    """The page says what is not so."""


def blocks(page):
    """Return the line, the kind, the file and the text of each block that is followed."""
    for match in BLOCK.finditer(page):
        if match[1] == 'console' or match[2]:
            yield page.count('\n', 0, match.start()) + 1, match[1], match[2], match[3]


def commands(text):
    """Return each command of a console block with what it prints."""
    for part in re.split(r'^\$ ', text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition('\n')
        yield command, output


def matches(expected, output):
    """Tell whether the output is what the page shows; `...` is any text, also of several lines."""
    squeezed = [' '.join(text.split()) for text in (expected, output)]
    pattern = '.*'.join(re.escape(part.strip()) for part in squeezed[0].split('...'))
    # A blank next to the dots may be missing at an end.
    return re.fullmatch(pattern.replace('.*', r'\s*.*\s*'), squeezed[1], re.DOTALL) is not None


def changed(text, diff):
    """Return a text with the changes of a diff block made."""
    groups = re.findall(r'((?:^-.*\n)+)((?:^\+.*\n)*)', diff, re.MULTILINE)
    if not groups or ''.join(a + b for a, b in groups) != diff:
        raise Wrong('a diff block has the lines to remove, followed by those to insert')
    for removed, added in groups:
        old, new = (re.sub(r'^.', '', lines, flags=re.MULTILINE) for lines in (removed, added))
        if text.count(old) != 1:
            raise Wrong(f'the file does not have this once:\n{old}')
        text = text.replace(old, new)
    return text


def follow(page, tree, start=0):
    """Do what the page says in a source tree, from a line on."""
    count = 0
    for line, kind, name, text in blocks(page):
        if line < start:
            continue
        print(f'line {line}: {name or kind}', flush=True)
        try:
            if kind == 'console':
                for command, expected in commands(text):
                    run(command, expected, tree)
            elif kind == 'diff':
                (tree / name).write_text(changed((tree / name).read_text(encoding='utf-8'), text), encoding='utf-8')
            else:
                # A page that creates a file again is wrong about the generated files.
                (tree / name).read_text(encoding='utf-8')
                (tree / name).write_text(text, encoding='utf-8')
        except (Wrong, OSError) as error:
            raise Wrong(f'line {line}: {error}') from None
        count += 1
    if not count:
        raise Wrong('there is nothing to follow in this page')
    return count


def run(command, expected, tree):
    """Run a command line and compare what it prints."""
    print(f'  $ {command}', flush=True)
    # The commands of the page must not inherit the settings that make has passed to this one.
    environment = {key: value for key, value in os.environ.items() if key not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
    done = subprocess.run(
        command, shell=True, cwd=tree, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    output = done.stdout.strip()
    if done.returncode:
        raise Wrong(f'$ {command}\n{output}\nexits with {done.returncode}')
    if not matches(expected.strip(), output):
        raise Wrong(f'$ {command}\nprints\n{output}\nand the page has\n{expected}')


def copy_sources(tree):
    """Copy what a clone would have, and what bootstrap brings."""
    listed = subprocess.run(['git', 'ls-files', '-z'], cwd=TOP, capture_output=True, text=True)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split('\0') if name and (TOP / name).exists()]
    else:
        # A release has only sources, apart from the files that bootstrap and a build create.
        folders = ('Doc', 'Include', 'Modules', 'Rust', 'Tools', '.ci')
        names = [
            str(file.relative_to(TOP)) for folder in folders for file in (TOP / folder).rglob('*') if file.is_file()
        ]
        names += [file.name for file in TOP.iterdir() if file.is_file() and not file.name.startswith('config.')]
    for name in [*names, 'configure']:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, tree / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('page', nargs='?', type=pathlib.Path, default=TOP / 'Doc/adding-a-module.md')
    parser.add_argument(
        '--folder', type=pathlib.Path, help='where the copy is made and left (default: a scratch folder)'
    )
    parser.add_argument('--resume', type=int, metavar='LINE', help='go on at this line in the folder that was left')
    parser.add_argument('--cpython', type=pathlib.Path, help='the CPython source tree')
    args = parser.parse_args()
    cpython = args.cpython or releases.source()
    if not cpython:
        sys.exit('there is no build in this folder: name the CPython source tree by --cpython')
    with tempfile.TemporaryDirectory() as scratch:
        tree = (args.folder or pathlib.Path(scratch, 'tree')).absolute()
        if args.resume is None:
            shutil.rmtree(tree, ignore_errors=True)
            tree.mkdir(parents=True)
            copy_sources(tree)
            # Where bootstrap would have unpacked it.
            (tree / releases.default_source()).symlink_to(cpython.resolve())
        try:
            count = follow(args.page.read_text(encoding='utf-8'), tree, args.resume or 0)
        except Wrong as error:
            sys.exit(f'{args.page}: {error}')
        print(f'{count} blocks followed')


if __name__ == '__main__':
    main()
