"""Unpack the archive of `make archive` and use it: where it is, from another folder, and through uv.

try_archive.py --archive FILE [--folder FOLDER]

uv comes from PyPI into a virtual environment below the folder, and installs the archive from a list of downloads of its
own (UV_PYTHON_DOWNLOADS_JSON_URL); without a network that part is skipped.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from build import setup_rust
from check.report import Report
from testing.tools.test_install import LISTS, installed, manual, smoke


def unpack(report, archive, folder):
    """Unpack the archive; return its top folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = report.run('unpack', ['tar', '--zstd', '-xf', archive, '-C', folder])
    names = [path.name for path in folder.iterdir()]
    report.add('everything is in python/', passed=names == ['python'], failed=names != ['python'])
    return folder / 'python' if done.returncode == 0 else None


def use(report, root, folder):
    """Run the interpreter, its scripts, and a virtual environment."""
    modules = [module.name for module in setup_rust.modules() if module.stage == 'default']
    smoke(report, 'run what was unpacked', root, modules)
    python = installed(root, '')
    report.run('lists of the linked crates', [python, '-c', LISTS])
    manual(report, root)
    report.run('bin/pip3', [next(root.glob('bin/pip3.*')), '--version'])
    environment = folder / 'environment'
    report.run('a virtual environment', [python, '-m', 'venv', environment])
    report.run('pip in it', [environment / 'bin/python', '-m', 'pip', '--version'])
    moved = root.rename(root.with_name('moved'))
    smoke(report, 'run it from another folder', moved, modules)
    report.run('bin/pip3 from another folder', [next(moved.glob('bin/pip3.*')), '--version'])
    details = json.loads(next(moved.glob('lib/python3.*/build-details.json')).read_text(encoding='utf-8'))
    good = details['base_prefix'] == '/install'
    report.add('build-details.json', passed=good, failed=not good)


def download(archive):
    """Return the entry of uv's list of downloads for the archive, and its key."""
    pattern = r'cpython-(\d+)\.(\d+)\.(\d+)(\w*)\+(\d+)-(\w+)-unknown-linux-gnu-freethreaded-.*'
    major, minor, patch, prerelease, date, machine = re.fullmatch(pattern, archive.name).groups()
    key = f'cpython-{major}.{minor}.{patch}{prerelease}+freethreaded-linux-{machine}-gnu'
    return key, {
        'name': 'cpython',
        'arch': {'family': machine, 'variant': None},
        'os': 'linux',
        'libc': 'gnu',
        'major': int(major),
        'minor': int(minor),
        'patch': int(patch),
        'prerelease': prerelease,
        'url': archive.as_uri(),
        'sha256': hashlib.sha256(archive.read_bytes()).hexdigest(),
        'variant': 'freethreaded',
        'build': date,
    }


def use_uv(report, archive, folder):
    """Install the archive with uv, in a home of its own, and run a script with it."""
    subprocess.run([sys.executable, '-m', 'venv', folder / 'uv'], check=True)
    pip = [folder / 'uv/bin/python', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv']
    if subprocess.run(pip, capture_output=True).returncode:
        report.add('uv', skipped=1, note='it cannot be installed')
        return
    key, entry = download(archive)
    listed = folder / 'downloads.json'
    listed.write_text(json.dumps({key: entry}), encoding='utf-8')
    home = folder / 'home'
    shutil.rmtree(home, ignore_errors=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(('UV_', 'PYTHON'))}
    environment |= {'HOME': str(home), 'UV_PYTHON_DOWNLOADS_JSON_URL': str(listed), 'UV_MANAGED_PYTHON': '1'}
    uv, version = folder / 'uv/bin/uv', f'{entry["major"]}.{entry["minor"]}t'
    report.run('uv python install', [uv, 'python', 'install', '--no-bin', version], env=environment)
    code = 'import zlib, _rust, sysconfig; print(_rust.implementation("zlib"), sysconfig.get_config_var("prefix"))'
    run = [uv, 'run', '--offline', '--no-project', '--python', version, 'python', '-c', code]
    done = report.run('uv run', run, env=environment, cwd=folder)
    good = done.stdout.startswith(f'Rust {home}')
    report.add('uv runs the Rust modules', passed=good, failed=not good, note='' if good else done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--archive', type=pathlib.Path, required=True)
    parser.add_argument('--folder', type=pathlib.Path, default=pathlib.Path('check-archive'), help='where to work')
    args = parser.parse_args()
    report = Report()
    archive, folder = args.archive.absolute(), args.folder.absolute()
    if root := unpack(report, archive, folder / 'unpacked'):
        use(report, root, folder)
        use_uv(report, archive, folder)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
