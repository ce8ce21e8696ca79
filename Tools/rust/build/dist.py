"""Make an archive of the sources from which a build needs no network: what is committed, configure, and the crates.

dist.py [--output FOLDER]

The archive is `cpython-rust-modules-VERSION.tar.xz`.  It has the files of the commit that is checked out, `configure`
as autoconf generates it, all crates of Cargo.lock with the checksums of their files in `vendor/`, `.cargo/config.toml`
that makes cargo take them from there, and the licences and the bill of materials of the crates that are linked on this
platform.  The same commit and tools give the same bytes; the time of each file is SOURCE_DATE_EPOCH, or that of the
commit.
"""

import argparse
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from build import licences, sbom, setup_rust
from build.crates import host_target, metadata
from build.setup_rust import TOP

NAME = 'cpython-rust-modules'


def version():
    """Return the version that all crates of the workspace share."""
    text = (TOP / 'Cargo.toml').read_text(encoding='utf-8')
    return re.search(r'^\[workspace\.package\]\nversion = "(.+)"$', text, re.MULTILINE)[1]


def commit_time():
    """Return the time of HEAD as SOURCE_DATE_EPOCH has it."""
    command = ['git', '-C', TOP, 'log', '-1', '--format=%ct']
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def export(folder):
    """Write the files of HEAD to a folder."""
    with subprocess.Popen(['git', '-C', TOP, 'archive', '--format=tar', 'HEAD'], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode='r|') as archive:
            # Debian 12's Python has no filters. What git has written needs none.
            archive.extraction_filter = getattr(tarfile, 'tar_filter', None)
            archive.extractall(folder)
    if process.returncode:
        sys.exit('dist: git cannot export HEAD')


def vendor(folder):
    """Put the crates of Cargo.lock next to the sources, and tell cargo to take them from there."""
    cargo = os.environ.get('CARGO', 'cargo')
    # With --quiet it would not print the lines for the configuration.
    command = [cargo, 'vendor', '--locked', '--versioned-dirs', 'vendor']
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    lines = done.stdout
    if done.returncode or 'directory = "vendor"' not in lines:
        sys.exit(f'dist: cargo cannot vendor the crates: {done.stderr.strip()}')
    (folder / '.cargo').mkdir()
    (folder / '.cargo/config.toml').write_text(lines, encoding='utf-8')


def describe(folder):
    """Add the licences and the bill of materials of the crates that are linked."""
    data = metadata([module.name for module in setup_rust.modules()], host_target())
    licences.write(folder / 'LICENSE-Rust.txt', data)
    sbom.write(folder / 'sbom-rust.cdx.json', data)


def pack(folder, target, epoch):
    """Write an archive of a folder that depends on the names and contents of its files alone."""

    def normalise(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ''
        entry.mtime = epoch
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    files = [folder, *folder.rglob('*')]
    with lzma.open(target, 'wb', preset=6) as stream:
        with tarfile.open(fileobj=stream, mode='w', format=tarfile.PAX_FORMAT) as archive:
            for file in sorted(files, key=lambda file: file.relative_to(folder).parts):
                archive.add(file, folder.name / file.relative_to(folder), recursive=False, filter=normalise)


def make(output):
    """Write the archive to a folder; return its path."""
    if not shutil.which('git'):
        sys.exit('dist: git is needed, since what is committed is what is packed')
    git = ['git', '-C', TOP]
    if subprocess.run([*git, 'diff', '--quiet', 'HEAD']).returncode:
        print('dist: warning: there are changes that are not committed; the archive has none of them')
    epoch = os.environ.setdefault('SOURCE_DATE_EPOCH', commit_time())
    title = f'{NAME}-{version()}'
    target = output / f'{title}.tar.xz'
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, title)
        folder.mkdir()
        export(folder)
        subprocess.run(['autoconf', '-o', 'configure', 'configure.ac'], cwd=folder, check=True)
        shutil.rmtree(folder / 'autom4te.cache', ignore_errors=True)
        vendor(folder)
        describe(folder)
        pack(folder, target, int(epoch))
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--output', type=pathlib.Path, default=pathlib.Path(), help='the folder to write to')
    args = parser.parse_args()
    target = make(args.output)
    print(f'{target}: {target.stat().st_size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
