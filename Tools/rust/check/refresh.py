"""Repeat what Doc/records has of older sources, or not at all, for the CPython release of this build folder.

  refresh.py             the tests, checks and benchmarks that are stale, of the modules concerned (`make record`)
  refresh.py --fuzz N    N hours of both kinds of fuzzing, in turns of a minute; the time of each turn is added to the
                         record at its end, so that it can be stopped at any time (`make record-fuzz HOURS=N`)

Run in a build without C twins, it repeats what is recorded of such builds instead. Then run `make promotion`.
"""

import argparse
import os
import subprocess
import sys
import time

from build import releases
from build.setup_rust import script
from check import check
from check import check_full
from check import fuzz
from check import promotion
from check import records
from check import run_tests
from check.report import Report

# How long one turn of fuzzing a module or a target is, in seconds.
TURN = 60


def tests(report, args):
    """Run CPython's tests and ours of each module."""
    run_tests.run_python_tests(report, args.modules, args.default, args.jobs, apart=True)


def bench(report, args):
    """Run the benchmark, which writes its records itself."""
    command = [os.path.abspath('python'), '-B', *script('bench.bench', '--record')[2:]]
    report.run('benchmark', [*command, '--modules', ' '.join(args.modules)], show=True)


# The kinds of records that each step writes.
STEPS = [
    ({'upstream', 'tests'}, tests),
    ({'no-memory', 'tracemalloc'}, check_full.PARTS['no-memory']),
    ({'stress'}, check_full.PARTS['stress']),
    ({'interpreters'}, check_full.PARTS['interpreters']),
    ({'bench'}, bench),
    ({'refleaks'}, check_full.PARTS['refleaks']),
    ({'asan'}, check_full.PARTS['asan']),
    ({'tsan'}, check_full.PARTS['tsan']),
]


def refresh(report, args):
    """Run each step for the modules whose record of it is stale or missing."""
    modules, default = args.modules, args.default
    stale = promotion.stale(releases.line_of(releases.built()))
    for kinds, step in STEPS:
        args.modules = [name for name in modules if any(kind in kinds for module, kind in stale if module == name)]
        # -R over CPython's tests takes an hour and has no record.
        args.default = [] if 'refleaks' in kinds else [name for name in default if name in args.modules]
        if args.modules:
            print(f'{", ".join(sorted(kinds))}: {", ".join(args.modules)}', flush=True)
            step(report, args)
            records.update_from(report, args.modules)


def refresh_without_twins(report, args):
    """Run CPython's tests of each module and record that they ran in a build without twins."""
    tests(report, args)
    records.update_from(report, args.default, {'without-twins': records.STEPS['upstream']})


def fuzz_in_turns(report, args):
    """Fuzz every module against its twin and every core, in turns, until the hours are over."""
    end = time.monotonic() + args.fuzz * 3600
    programs = fuzz.build(report, args.cargo)
    differential = script('check.difftest', '--record', '--seconds', str(TURN), '--modules')
    while time.monotonic() < end:
        for name in args.modules:
            report.run(f'difftest {name}', [*differential, name])
        for name in fuzz.targets() if programs else []:
            fuzz.run(report, programs / name, TURN, record=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    check.add_build_arguments(parser)
    parser.add_argument('--fuzz', type=float, metavar='HOURS', help='fuzz for so many hours')
    parser.add_argument('--seconds', type=int, default=5, help='how long a part runs that could run for ever')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='how many tests run at once')
    parser.set_defaults(short=False, debug_build=None, plain_python=None, record=True)
    args = parser.parse_args()
    args.modules = [name for name in args.modules.split() if name != 'panictest']
    args.default = args.default.split()
    report = Report()
    if args.fuzz:
        fuzz_in_turns(report, args)
    elif check.has_twins(args.default):
        refresh(report, args)
    else:
        refresh_without_twins(report, args)
    subprocess.run(script('check.promotion', 'regen'), check=True)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
