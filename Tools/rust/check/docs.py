"""Build the handbook's site, or the plots in it, with packages from PyPI that are installed into the build folder.

html    Doc/ as a site in rust/docs, with the API documentation of the safe layer; a warning is an error
plots   Doc/plots from Doc/records
"""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

from build.setup_rust import TOP

ENVIRONMENT = pathlib.Path('rust/docs-venv')
SITE = pathlib.Path('rust/docs')
REQUIREMENTS = TOP / 'Tools/rust/check/docs.txt'
# The crates whose documentation is part of the site.
API = ('cpython-api', 'outbuf')


def programs():
    """Return the folder of the programs, installed when they are not there or have other versions."""
    stamp = ENVIRONMENT / 'installed.txt'
    wanted = REQUIREMENTS.read_text(encoding='utf-8')
    if not stamp.exists() or stamp.read_text(encoding='utf-8') != wanted:
        if importlib.util.find_spec('ensurepip') is None:
            sys.exit('Python here cannot make environments: install python3-venv')
        subprocess.run([sys.executable, '-m', 'venv', '--clear', ENVIRONMENT], check=True)
        done = subprocess.run([ENVIRONMENT / 'bin/python', '-m', 'pip', 'install', '-q', '-r', REQUIREMENTS])
        if done.returncode:
            sys.exit('the packages that build the documentation cannot be installed without a network')
        stamp.write_text(wanted, encoding='utf-8')
    return ENVIRONMENT / 'bin'


def html():
    """Make the site from scratch: Sphinx does not notice every change."""
    sphinx = programs() / 'python'
    shutil.rmtree(SITE, ignore_errors=True)
    options = ['-q', '-W', '--keep-going', '-E', '-b', 'html', '-d', ENVIRONMENT / 'doctrees']
    done = subprocess.run([sphinx, '-B', '-m', 'sphinx', *options, TOP / 'Doc', SITE])
    if done.returncode == 0:
        done = api()
    if done.returncode == 0:
        print(f'The site is {SITE.absolute()}/index.html')
    return done.returncode


def api():
    """Add the documentation that rustdoc makes of the crates that modules use."""
    cargo = [os.environ.get('CARGO', 'cargo'), 'doc', '--quiet', '--locked', '--no-deps']
    packages = [option for name in API for option in ('-p', name)]
    environment = os.environ | {'RUSTDOCFLAGS': '-D warnings'}
    target = pathlib.Path('target/api').absolute()
    command = [*cargo, '--manifest-path', TOP / 'Cargo.toml', '--target-dir', target, *packages]
    done = subprocess.run(command, env=environment)
    if done.returncode == 0:
        shutil.copytree(target / 'doc', SITE / 'api')
    return done


def plots():
    """Draw the plots that are not those of the records."""
    # Matplotlib writes a cache of its fonts, which must not be in the home directory.
    environment = os.environ | {'MPLCONFIGDIR': str((ENVIRONMENT / 'matplotlib').absolute())}
    python = programs() / 'python'
    return subprocess.run([python, '-B', TOP / 'Tools/rust', 'bench.plots'], env=environment).returncode


def main():
    match sys.argv[1:]:
        case ['html']:
            sys.exit(html())
        case ['plots']:
            sys.exit(plots())
        case _:
            sys.exit(__doc__)


if __name__ == '__main__':
    main()
