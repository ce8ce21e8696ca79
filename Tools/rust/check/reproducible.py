"""Build the same commit twice, in folders of different names and at different times, and compare what is linked.

reproducible.py [--folder FOLDER] [--without-map]

The two builds have in common what a packager fixes (see https://reproducible-builds.org): SOURCE_DATE_EPOCH, the
compilers, and a -ffile-prefix-map that takes the name of the folder out of the debugging information of C.  They differ
in the folder, the time, the time zone, the language, the umask and the number of jobs.  The interpreter, the static
library and all extension modules must have the same bytes.  With --without-map the C compiler is not given the map, so
that the comparison must fail.
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from build.dist import commit_time
from build.setup_rust import TOP
from check.report import Report

# For each of the builds: its folder, and what differs in its environment.
BUILDS = {
    'first': {'TZ': 'UTC', 'LC_ALL': 'C', 'umask': '022', 'jobs': '2'},
    'a-second-build/of-another-length': {'TZ': 'Asia/Tokyo', 'LC_ALL': 'C.UTF-8', 'umask': '077', 'jobs': '3'},
}
PATTERNS = ('python', 'libpython3*.a', 'libpython3*.so*', 'Modules/*.so')


def build(report, folder, settings, epoch, prefix_map):
    """Clone the sources into a folder and build them there; return whether that worked."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(['git', 'clone', '--quiet', '--no-hardlinks', TOP, folder], check=True)
    for tarball in TOP.glob('Python-*.tar.xz'):
        shutil.copy(tarball, folder)
    variables = {key: value for key, value in settings.items() if key.isupper()}
    environment = os.environ | variables | {'SOURCE_DATE_EPOCH': epoch, 'CCACHE_DISABLE': '1'}
    flags = f"CFLAGS='-ffile-prefix-map={folder}=.'" if prefix_map else ''
    steps = f'./bootstrap --no-install && ./configure --disable-gil --quiet {flags} && make -j{settings["jobs"]}'
    command = ['sh', '-c', f'umask {settings["umask"]} && {steps}']
    return report.run(f'build in {folder.name}', command, cwd=folder, env=environment).returncode == 0


def digests(folder):
    """Return the hash of each file that is linked, by its name."""
    files = (file for pattern in PATTERNS for file in folder.glob(pattern) if not file.is_symlink())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def compare(first, second):
    """Return the names of files that differ, or that only one of the builds has."""
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--folder', type=pathlib.Path, default=pathlib.Path('check-reproducible'), help='where to build'
    )
    parser.add_argument('--without-map', action='store_true', help='show that the comparison notices a difference')
    args = parser.parse_args()
    shutil.rmtree(args.folder, ignore_errors=True)
    report = Report()
    folders = [(args.folder / name).absolute() for name in BUILDS]
    settings = BUILDS.values()
    if all(build(report, *each, commit_time(), not args.without_map) for each in zip(folders, settings, strict=True)):
        first, second = (digests(folder / 'cpython') for folder in folders)
        different = compare(first, second)
        # Without these two files the comparison would show too little.
        complete = 'python' in first and any(name.endswith('.so') for name in first)
        note = f'{len(first)} files, {len(different)} differ{": " if different else ""}{", ".join(different)}'
        report.add(
            'the same bytes', passed=complete and not different, failed=bool(different) or not complete, note=note
        )
    sys.exit(report.close())


if __name__ == '__main__':
    main()
