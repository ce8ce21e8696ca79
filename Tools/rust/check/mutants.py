"""Mutation testing of the Python-free crates with cargo-mutants: `make check-mutants CRATE="inflate outbuf"`.

cargo-mutants changes one operator or replaces one function body at a time, in a copy of the sources, and runs the tests
of the crate, which ought to fail. The boundary of a module is left out: its tests are in Python, and it is the fault
injection of check_full.py that tries those. A change that the tests miss is either a test to be written or an
equivalent mutant, such as one of a fast path, so they are listed and fail nothing. A whole crate takes hours.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

from build.setup_rust import TOP
from check.report import Report

FOLDER = pathlib.Path('check-full/mutants').absolute()


def command(cargo, crate, jobs, output):
    """Return the command line for a crate."""
    # The copy of the sources is outside of the build folder, where cargo would find these settings.
    settings = pathlib.Path('.cargo/config.toml').absolute()
    options = ['--dir', TOP, '--output', output, '--jobs', str(jobs), '--timeout', '60', '--no-shuffle']
    options += ['--cargo-arg=--locked', f'--cargo-arg=--config={settings}']
    options += ['--exclude', '**/boundary/**', '--exclude', '**/boundary.rs']
    return [cargo, 'mutants', *options, '--package', crate]


def missed(outcomes):
    """Return a line for each mutant that the tests missed."""
    return [one['scenario']['Mutant']['name'] for one in outcomes['outcomes'] if one['summary'] == 'MissedMutant']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--cargo', default='cargo')
    parser.add_argument('--jobs', type=int, default=1, help='how many mutants are built and tested at once')
    parser.add_argument('crates', nargs='+', metavar='CRATE')
    args = parser.parse_args()
    report = Report()
    if not shutil.which('cargo-mutants'):
        report.add('mutants', skipped=1, note='cargo-mutants is not installed: cargo install cargo-mutants')
        sys.exit(report.close())
    for crate in args.crates:
        output = FOLDER / crate
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)
        subprocess.run(command(args.cargo, crate, args.jobs, output))
        results = output / 'mutants.out/outcomes.json'
        if not results.exists() or not (outcomes := json.loads(results.read_text(encoding='utf-8')))['total_mutants']:
            report.add(f'mutants of {crate}', failed=1, note='cargo-mutants tested none')
            continue
        for name in missed(outcomes):
            print(f'        missed: {name}')
        # A mutant that loops forever counts as found.
        caught = outcomes['caught'] + outcomes['timeout']
        report.add(
            f'mutants of {crate}', passed=caught, skipped=outcomes['missed'], note=f'{outcomes["missed"]} missed'
        )
    sys.exit(report.close())


if __name__ == '__main__':
    main()
