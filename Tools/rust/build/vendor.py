"""Put the workspace of the Rust modules into a CPython tree, and what CPython's configure and make need to build it.

vendor.py [--patches FOLDER] TREE

TREE is an unpacked release, or a git checkout, of a line of releases that is supported.  There CPython's own
`./configure --disable-gil && make` builds the modules.  Three files of CPython's are edited, in the places that
vendor.edits names by a pattern; the edits are printed.  In a checkout each step is a commit; in a release the edits
are also written to FOLDER, as patches for `patch -p1`.
"""

import argparse
import dataclasses
import difflib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from build import releases
from build.setup_rust import TOP

EDITS = pathlib.Path(__file__).with_name('vendor.edits')
# The files and folders that are copied under their own name. The folders belong to the Rust modules alone.
FOLDERS = ('Rust', 'Include/rust', 'Tools/rust')
FILES = ('Cargo.toml', 'Cargo.lock', 'rustfmt.toml', 'Modules/Setup.rust', 'Doc/man/python-rust.1')
# These names are CPython's own in the top folder.
MOVED = {'configure.ac': 'Rust/configure.ac', 'Makefile.pre.in': 'Rust/Makefile.pre.in'}
HIGHEST_COUNT = 300
# The steps after the first one, which only adds files: the name of the commit or patch, and the files that it edits.
STEPS = (
    ('Build the Rust modules where there is a Rust compiler', ('configure.ac', 'Makefile.pre.in')),
    ('Regenerate configure', ('configure',)),
)


class VendorError(Exception):
    """The tree is not one that the Rust modules can be put into."""


@dataclasses.dataclass(frozen=True)
class Edit:
    """Lines that are added before or after the line of a file that matches a pattern."""

    file: str
    place: str
    pattern: str
    text: str

    def apply(self, text):
        """Return the text of the file with the lines added, once."""
        if self.text in text:
            return text
        found = list(re.finditer(f'^{self.pattern}\n', text, re.MULTILINE))
        if len(found) != 1:
            lines = f'{len(found)} lines' if found else 'no line'
            raise VendorError(f'{self.file}: {lines} where one should match: {self.pattern}')
        position = found[0].start() if self.place == 'before' else found[0].end()
        return text[:position] + self.text + text[position:]


def read_edits(text):
    """Return the edits that a text in the format of vendor.edits describes."""
    parts = re.split(r'^== (\S+) (before|after) (.+)\n', text, flags=re.MULTILINE)
    return [Edit(*parts[at : at + 4]) for at in range(1, len(parts), 4)]


def edited(edits, file, text):
    """Return the text of a file of CPython's with its edits."""
    new = text
    for edit in edits:
        if edit.file == file:
            new = edit.apply(new)
    if new != text and re.search(r'(?i)rust_|build-rust', text):
        raise VendorError(f'{file}: another version of this script has edited it: restore it first')
    return new


def check_tree(tree):
    """Refuse what is not a source tree of a supported line of releases, or has been built in."""
    try:
        text = (tree / 'Include/patchlevel.h').read_text(encoding='utf-8')
        version = re.search(r'^#define PY_VERSION +"(.+)"', text, re.MULTILINE)[1]
    except (OSError, TypeError):
        raise VendorError(f'{tree} is not a CPython source tree') from None
    known = releases.ask('known_lines')
    if releases.line_of(version) not in known:
        raise VendorError(f'the Rust modules are for CPython {" and ".join(known)}, and {tree} is {version}')


def git(tree, *arguments):
    """Run git in a tree; return what it prints."""
    done = subprocess.run(['git', '-C', tree, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise VendorError(f'git {arguments[0]} failed in {tree}: {done.stderr.strip()}')
    return done.stdout


def is_checkout(tree):
    """Tell whether a tree is the top folder of a git checkout; one that has changes is refused."""
    if not (tree / '.git').exists():
        return False
    if git(tree, 'status', '--porcelain'):
        raise VendorError(f'{tree} has changes that are not committed, or files that are not ignored')
    return True


def workspace():
    """Return the files of the workspace, relative to the top folder."""
    if (TOP / '.git').exists() and shutil.which('git'):
        listed = git(TOP, 'ls-files', '-z', *FOLDERS, *FILES).split('\0')
        return sorted(pathlib.Path(name) for name in listed if name and (TOP / name).exists())
    # Not a clone, or no git, as with an archive of `make dist`. The only other files in these folders are those of a
    # build.
    found = [file for folder in FOLDERS for file in (TOP / folder).rglob('*') if file.is_file()]
    found = [file.relative_to(TOP) for file in found if not {'__pycache__', 'target'} & set(file.parts)]
    return sorted([*found, *map(pathlib.Path, FILES)])


def make_configure(target):
    """Generate our configure; without autoconf it is the one of the source tree."""
    if not shutil.which('autom4te'):
        shutil.copy2(TOP / 'configure', target)
        return
    with tempfile.TemporaryDirectory() as cache:
        command = ['autom4te', '--language=autoconf', f'--cache={cache}', '-o', target.resolve(), 'configure.ac']
        subprocess.run(command, cwd=TOP, check=True)
    target.chmod(0o755)


def copy_workspace(tree):
    """Write the files of the workspace to a tree, in the place of those of an earlier run."""
    for folder in FOLDERS:
        shutil.rmtree(tree / folder, ignore_errors=True)
    for name, target in [*((file, file) for file in workspace()), *MOVED.items()]:
        (tree / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / name, tree / target)
    make_configure(tree / 'Rust/configure')


def diff(file, old, new):
    """Return the difference of two texts of a file as a patch."""
    lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), f'a/{file}', f'b/{file}')
    return ''.join(lines)


def commit(tree, subject, *paths):
    """Commit these paths, if anything in them differs."""
    git(tree, 'add', '--force', '--all', '--', *(path for path in paths if (tree / path).exists()))
    if git(tree, 'diff', '--cached', '--name-only'):
        git(tree, 'commit', '--quiet', '-m', subject)
        print(git(tree, 'log', '-1', '--format=%h %s').strip())


def vendor(tree, patches=None):
    """Write to a tree; return the differences of the files that it had."""
    check_tree(tree)
    checkout = is_checkout(tree)
    if not checkout and (tree / 'Rust').exists():
        raise VendorError(f'{tree} has a folder Rust already: unpack the release again, or use a git checkout')
    edits = read_edits(EDITS.read_text(encoding='utf-8'))
    # Everything that can be wrong with the tree is found before anything is written.
    old = {file: (tree / file).read_text(encoding='utf-8') for _, files in STEPS for file in files}
    new = {file: edited(edits, file, text) for file, text in old.items()}
    copy_workspace(tree)
    if checkout:
        commit(tree, 'Add the Rust modules', *FOLDERS, *FILES)
    whole = ''
    for number, (subject, files) in enumerate(STEPS, 1):
        for file in files:
            (tree / file).write_text(new[file], encoding='utf-8')
        text = ''.join(diff(file, old[file], new[file]) for file in files)
        whole += text
        if checkout:
            commit(tree, subject, *files)
        elif patches:
            patches.mkdir(parents=True, exist_ok=True)
            name = f'{number:04}-{subject.lower().replace(" ", "-")}.patch'
            (patches / name).write_text(f'{subject}\n\n{text}', encoding='utf-8')
    return whole


def changed_lines(patch):
    """Return how many lines a patch adds and removes."""
    return len(re.findall(r'^[+-](?!\+\+ b/|-- a/)', patch, re.MULTILINE))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--patches', type=pathlib.Path, help='the folder for the patches, if the tree is a release')
    parser.add_argument('tree', type=pathlib.Path, help='the CPython tree to write to')
    args = parser.parse_args()
    if args.tree == pathlib.Path():
        sys.exit('vendor: name the CPython tree that is to be written to: make vendor DEST=TREE')
    try:
        patch = vendor(args.tree, args.patches)
    except VendorError as error:
        sys.exit(f'vendor: {error}')
    print(patch, end='')
    count = changed_lines(patch)
    print(f'{count} changed lines in the files that {args.tree} had')
    if count >= HIGHEST_COUNT:
        sys.exit(f'vendor: more than {HIGHEST_COUNT} lines are more than a reviewer should be given')


if __name__ == '__main__':
    main()
