"""Repeat what Doc/records has of older sources, or not at all, for the CPython release of this build folder.

  refresh.py             the tests, checks and benchmarks that are stale, of the modules concerned (`make record`)
  refresh.py --plan      only say what is stale and how long that will take (`make record RECORDOPTS=--plan`)
  refresh.py --fuzz N    N hours of both kinds of fuzzing, in turns of a minute; the time of each turn is added to the
                         record at its end, so that it can be stopped at any time (`make record-fuzz HOURS=N`)

Run in a build without C twins, it repeats what is recorded of such builds instead. At the end the pages that are made
from the records are written; their plots, which need matplotlib, are drawn by `make promotion`.
"""

import argparse
import dataclasses
import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable

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

    def done(kind, module):
        # The tests of the module `_rust` are not recorded.
        if module in args.modules:
            record(report, [kind], module)

    run_tests.run_tests_apart(report, args.modules, args.default, args.jobs, done, args.kinds)


def bench(report, args):
    """Run the benchmark, which writes its records itself; nothing else may run meanwhile."""
    command = [os.path.abspath('python'), '-B', *script('bench.bench', '--record')[2:]]
    for name in args.modules:
        report.run(f'benchmark of {name}', [*command, '--modules', name], show=True)


@dataclasses.dataclass(frozen=True)
class Step:
    """A part of `make record`: the kinds of records that it writes, and how it is run.

    Modules of a step with `shared` run side by side. `seconds` is an estimate for a module without a record.
    """

    kinds: frozenset
    run: Callable
    shared: bool
    seconds: float


# The short ones are first, so that most results are recorded if the run is interrupted.
STEPS = [
    Step(frozenset({'upstream', 'tests'}), tests, True, 30),
    Step(frozenset({'no-memory'}), check_full.failing_allocations, True, 12),
    Step(frozenset({'tracemalloc'}), check_full.threads_with_tracemalloc, False, 6),
    Step(frozenset({'stress'}), check_full.shared_objects, False, 11),
    Step(frozenset({'interpreters'}), check_full.interpreters, False, 15),
    Step(frozenset({'bench'}), bench, False, 25),
    Step(frozenset({'refleaks'}), check_full.refleaks, True, 40),
    Step(frozenset({'asan'}), check_full.PARTS['asan'], True, 40),
    Step(frozenset({'tsan'}), check_full.PARTS['tsan'], True, 60),
]


def took(step, kind, module, line):
    """Return how many seconds a result of a module took the last time, in another release if never in this one."""
    for each in (line, *releases.tested_lines()):
        seconds = records.load(module, each).get(kind, {}).get('took')
        if seconds is not None:
            return seconds
    return step.seconds


def plan(modules, jobs):
    """Return [(step, {kind: {module: expected seconds}})] of what is stale or missing.

    The modules that take longest are first: the last ones to run side by side are short.
    """
    line = releases.line_of(releases.built())
    stale = promotion.stale(line)
    found = []
    for step in STEPS:
        at_once = jobs if step.shared else 1
        results = [
            (took(step, kind, name, line) / at_once, kind, name)
            for name, kind in stale
            if name in modules and kind in step.kinds
        ]
        kinds = {}
        for seconds, kind, name in sorted(results, key=lambda result: -result[0]):
            kinds.setdefault(kind, {})[name] = seconds
        if kinds:
            found.append((step, kinds))
    return found


def expected(kinds):
    """Return the seconds that a step is expected to take."""
    return sum(seconds for modules in kinds.values() for seconds in modules.values())


def show_plan(steps):
    """Print what will run and how long that is expected to take, not counting builds that are made on demand."""
    print('minutes  what is stale or missing')
    for _, kinds in steps:
        for kind, modules in kinds.items():
            print(f'{sum(modules.values()) / 60:7.1f}  {kind}: {", ".join(modules)}')
    print(f'{sum(expected(kinds) for _, kinds in steps) / 60:7.1f}  in all', flush=True)


def refresh(report, args):
    """Run each step for the modules whose record of it is stale or missing.

    Each result is recorded when it is complete: after an interrupt the next run goes on with what is still stale.
    """
    modules, default = args.modules, args.default
    steps = plan(modules, args.jobs)
    show_plan(steps)
    spent = []
    try:
        for step, kinds in steps:
            args.kinds = frozenset(kinds)
            args.modules = list(dict.fromkeys(name for names in kinds.values() for name in names))
            # -R over CPython's tests takes an hour and has no record.
            args.default = [] if 'refleaks' in kinds else [name for name in default if name in args.modules]
            # The benchmark writes its records itself.
            args.done = functools.partial(record, report, [kind for kind in kinds if kind in records.STEPS])
            print(f'{", ".join(sorted(kinds))}: {", ".join(args.modules)}', flush=True)
            start = time.monotonic()
            step.run(report, args)
            if report.interrupted:
                raise KeyboardInterrupt
            spent.append((', '.join(sorted(kinds)), expected(kinds), time.monotonic() - start))
    except KeyboardInterrupt:
        report.add('make record', failed=1, note='interrupted; run it again to go on with what is still stale')
    show_spent(spent)


def record(report, kinds, module):
    """Record results of a module, unless the run is interrupted."""
    if not report.interrupted:
        records.update_from(report, [module], {kind: records.STEPS[kind] for kind in kinds})


def show_spent(spent):
    """Print how long the steps took, including the builds that they made."""
    print('\nminutes  expected')
    total = ('in all', sum(planned for _, planned, _ in spent), sum(seconds for *_, seconds in spent))
    for what, planned, seconds in [*spent, total]:
        print(f'{seconds / 60:7.1f}  {planned / 60:8.1f}  {what}')


def refresh_without_twins(report, args):
    """Run CPython's tests of each module and record that they ran in a build without twins."""
    run_tests.run_tests_apart(report, args.modules, args.default, args.jobs)
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
    parser.add_argument('--plan', action='store_true', help='say what is stale and how long it will take; run nothing')
    parser.add_argument('--seconds', type=int, default=5, help='how long a part runs that could run for ever')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='how many tests run at once')
    parser.set_defaults(short=False, debug_build=None, plain_python=None, record=True)
    args = parser.parse_args()
    args.modules = [name for name in args.modules.split() if name != 'panictest']
    args.default = args.default.split()
    if args.plan:
        return show_plan(plan(args.modules, args.jobs))
    report = Report()
    if args.fuzz:
        fuzz_in_turns(report, args)
    elif check.has_twins(args.default):
        refresh(report, args)
    else:
        refresh_without_twins(report, args)
    for page in ('bench.measurements', 'check.promotion'):
        subprocess.run(script(page, 'regen'), check=True)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
