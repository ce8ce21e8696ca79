"""Build the Debian packages of the CPython release configured in the build folder, or only their source package.

deb.py [--output FOLDER] [--tarball FILE] [--source] [OPTION...]    in a folder where configure has run

The source package has two upstream tarballs: the archive of `make dist`, and the release tarball of CPython, unpacked
as `cpython-source`.  The files `debian/*.in` are templates: the package names, the dependencies and the version depend
on the release.  Other options are passed to dpkg-buildpackage (`-b`, `-d`).
"""

import argparse
import datetime
import email.utils
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

from build import dist, releases
from build.setup_rust import TOP

COMPONENT = 'cpython-source'


def debian_version(release):
    """Return the upstream version of the package; a tilde sorts a release candidate before the release."""
    return re.sub(r'(?<=\d)(?=[a-z])', '~', release) + f'+rust{dist.version()}'


def maintainer():
    """Return the name and address of the maintainer, from the variables of Debian's tools or from git."""

    def setting(variable, name):
        value = os.environ.get(variable, '')
        if not value and shutil.which('git'):
            command = ['git', '-C', TOP, 'config', name]
            value = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        return value

    name, address = setting('DEBFULLNAME', 'user.name'), setting('DEBEMAIL', 'user.email')
    if not name or not address:
        sys.exit('deb: no maintainer is known: set DEBFULLNAME and DEBEMAIL')
    return f'{name} <{address}>'


def settings(release, tree):
    """Return the values of the names in the templates; `tree` is the folder of the unpacked archives."""
    line = releases.line_of(release)
    manifest = (TOP / 'Cargo.toml').read_text(encoding='utf-8')
    epoch = int(os.environ.get('SOURCE_DATE_EPOCH') or dist.commit_time())
    return {
        'PYTHON': f'python{line}-nogil-rust',
        'VERSION': line,
        'RELEASE': release,
        'RUST': re.search(r'^rust-version = "(.+)"$', manifest, re.MULTILINE)[1],
        'RUST_MODULES': dist.version(),
        'DEBIAN_VERSION': f'{debian_version(release)}-1',
        'MAINTAINER': maintainer(),
        'DATE': email.utils.format_datetime(datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)),
        'CPYTHON_LICENCE': (tree / COMPONENT / 'LICENSE').read_text(encoding='utf-8').strip(),
        'CRATES_LICENCES': (tree / 'LICENSE-Rust.txt').read_text(encoding='utf-8').strip(),
    }


def expand(text, values):
    """Replace the names between at signs."""
    return re.sub(r'@([A-Z_]+)@', lambda match: values[match[1]], text)


def expand_templates(folder, values):
    """Replace the templates in a folder `debian` by the expanded files."""
    for template in sorted(folder.glob('**/*.in')):
        name = template.name.removesuffix('.in').replace('PYTHON', values['PYTHON'])
        # Several packages have the same maintainer scripts.
        text = expand(template.read_text(encoding='utf-8'), values | {'PACKAGE': name.rpartition('.')[0]})
        template.unlink()
        template.with_name(name).write_text(text, encoding='utf-8')


def find_tarball(release):
    """Return the tarball of a release: in the top folder, or next to the source tree that configure was given."""
    places = [TOP, releases.source().parent]
    found = [place / f'Python-{release}.tar.xz' for place in places]
    for file in found:
        if file.exists():
            return file
    return sys.exit(f'deb: there is no {found[0]}: put the release tarball there, or name it by --tarball FILE')


def check_tarball(file, release):
    """Fail if the tarball does not have the SHA-256 that is recorded for the release."""
    wanted = releases.ask(f'sha256_of {release}')
    if wanted and hashlib.sha256(file.read_bytes()).hexdigest() != wanted[0]:
        sys.exit(f'deb: {file} is not the tarball of {release}: it has another SHA-256')


def unpack(archive, folder):
    """Unpack an archive without its top-level folder."""
    folder.mkdir()
    subprocess.run(['tar', '-xf', archive, '-C', folder, '--strip-components=1'], check=True)


def prepare(output, release, tarball):
    """Write the upstream tarballs and the unpacked source package to a folder; return the path of the latter."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    stem = f'python{releases.line_of(release)}-nogil-rust_{debian_version(release)}'
    ours = dist.make(output).rename(output / f'{stem}.orig.tar.xz')
    theirs = output / f'{stem}.orig-{COMPONENT}.tar.xz'
    shutil.copyfile(tarball, theirs)
    tree = output / stem.replace('_', '-')
    unpack(ours, tree)
    unpack(theirs, tree / COMPONENT)
    expand_templates(tree / 'debian', settings(release, tree))
    return tree


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--output', type=pathlib.Path, default=pathlib.Path('rust/deb'), help='the folder to write to')
    parser.add_argument('--tarball', type=pathlib.Path, help='the release tarball of CPython')
    parser.add_argument('--source', action='store_true', help='make the source package only')
    args, options = parser.parse_known_args()
    program = 'dpkg-source' if args.source else 'dpkg-buildpackage'
    if not shutil.which(program):
        sys.exit(f'deb: {program} is needed, of the package dpkg-dev')
    release = releases.built()
    tarball = args.tarball or find_tarball(release)
    check_tarball(tarball, release)
    tree = prepare(args.output, release, tarball)
    if args.source:
        command, folder = ['dpkg-source', '--build', tree.name], args.output
    else:
        command, folder = ['dpkg-buildpackage', '--no-sign', *options], tree
    # Variables that make sets for its own commands must not affect the build of the package.
    environment = {key: value for key, value in os.environ.items() if key not in ('MAKEFLAGS', 'MAKELEVEL', 'MFLAGS')}
    done = subprocess.run(command, cwd=folder, env=environment)
    if done.returncode:
        sys.exit(f'deb: {program} failed')
    for file in sorted(args.output.glob('*.dsc' if args.source else '*.*deb')):
        print(f'{file}: {file.stat().st_size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
