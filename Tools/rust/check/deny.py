"""Run cargo-deny, as deny.toml configures it, over all crates of Cargo.lock; run in the build folder.

Licences, second versions of a crate, and where crates come from are checked.  Advisories are not: they are in a
database that has to be fetched.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from build.setup_rust import TOP

# With the other linters.
INSTALLED = pathlib.Path('rust/linters/bin/cargo-deny')


def program():
    """Return the path of cargo-deny, None when it is not installed."""
    return str(INSTALLED.absolute()) if INSTALLED.exists() else shutil.which('cargo-deny')


def main():
    found = program()
    if found is None:
        sys.exit('deny: cargo-deny is not installed')
    manifest = ['--manifest-path', TOP / 'Cargo.toml']
    command = [
        found,
        '--offline',
        '--locked',
        *manifest,
        'check',
        '--hide-inclusion-graph',
        'licenses',
        'bans',
        'sources',
    ]
    # Given no path it would take the first cargo on PATH.
    environment = os.environ | {'CARGO': shutil.which(os.environ.get('CARGO', 'cargo')) or 'cargo'}
    sys.exit(subprocess.run(command, env=environment).returncode)


if __name__ == '__main__':
    main()
