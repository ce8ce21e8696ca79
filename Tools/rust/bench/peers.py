"""Packages from PyPI for `make bench`: pyperf, and what the modules are compared with.

They go into a scratch folder of the build, each if it can be installed; without a network there are none.
"""

import importlib
import importlib.metadata
import subprocess
import sys

# The package that stores the values; its version fixes the format of the file.
PYPERF = 'pyperf==2.10.0'


def install(packages, folder):
    """Install packages into the folder, unless they are there, and put it on the path."""
    folder.mkdir(parents=True, exist_ok=True)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    for package in packages:
        stamp = folder / f'.{package}'
        if stamp.exists():
            continue
        environment = folder.parent / 'bench-venv'
        if not environment.exists():
            subprocess.run([sys.executable, '-m', 'venv', environment], check=True)
        pip = [environment / 'bin/python', '-m', 'pip', 'install', '-q', '--only-binary=:all:', '--target', folder]
        done = subprocess.run([*pip, package], capture_output=True, text=True)
        if done.returncode:
            print(f'{package} cannot be installed: {done.stderr.strip().splitlines()[-1:]}', file=sys.stderr)
        else:
            stamp.touch()
    importlib.invalidate_caches()


def import_peers(names, folder):
    """Return the modules of those peers that can be imported; `names` maps a package to its module."""
    install(names, folder)
    found = {}
    for package, name in names.items():
        try:
            found[package] = importlib.import_module(name)
        except ImportError as error:
            print(f'{package}: {error}', file=sys.stderr)
    return found


def import_pyperf(folder):
    """Return pyperf, or None when it cannot be installed."""
    install([PYPERF], folder)
    try:
        return importlib.import_module('pyperf')
    except ImportError as error:
        print(f'pyperf: {error}', file=sys.stderr)
        return None


def versions(packages):
    """Return the versions of installed packages."""
    return {package: importlib.metadata.version(package) for package in packages}
