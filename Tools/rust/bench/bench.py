"""Measure the Rust modules against their C twins and against packages from PyPI; what `make bench` runs.

Each module crate has a `bench.py` with the rows, and with the work for threads where that applies.  The values are kept
in rust/bench/NAME.json of the build folder, in pyperf's format.  With --compare OLD a run says which rows have become
slower since, with OLD and NEW it only compares the two; OLD and NEW are such files or folders of them.  With --record
the figures are written to Doc/records, from which the tables and plots of the handbook are generated.
"""

import argparse
import importlib
import importlib.util
import os
import pathlib
import platform
import sys
import time

from bench import measurements
from bench import peers
from check import records
from bench import results
from bench.measure import Bench, scaling
from build.setup_rust import TOP

SCRATCH = pathlib.Path('rust/bench-peers')
KEPT = pathlib.Path('rust/bench')


def pair(module):
    """Return the Rust and the C implementation; the plain name is C's while a module is incubating."""
    rust = importlib.import_module(f'_rust_{module}')
    try:
        return rust, importlib.import_module(f'_c_{module}')
    except ModuleNotFoundError:
        # A plain module that is built in is Rust's own, in a build without twins.
        return rust, None if module in sys.builtin_module_names else importlib.import_module(module)


def load_rows(module):
    """Return the module of `Rust/<module>/bench.py`."""
    spec = importlib.util.spec_from_file_location(f'{module}_bench', TOP / 'Rust' / module / 'bench.py')
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def processor():
    """Return the processor's name."""
    try:
        lines = pathlib.Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(':')[2].strip() for line in lines if line.startswith('model name')), platform.machine())


def machine():
    """Return what was measured on, in one line."""
    threads = '' if getattr(sys, '_is_gil_enabled', lambda: True)() else ', free-threaded'
    return f'CPython {platform.python_version()}{threads}; {processor()}; {platform.system()} {platform.machine()}.'


def length_summary(rows):
    """Return sentences on the rows whose output has a length that matters, or nothing without such rows."""
    compared = [row for row in rows if row.lengths]
    if not compared:
        return ''
    longer = [row.name for row in compared if row.is_longer]
    text = f'\nLonger than C: {", ".join(longer)}.' if longer else '\nNo output is longer than C.'
    better = [f'{row.name} ({", ".join(row.better)})' for row in compared if row.better]
    return text + (f'\nA package is faster and not longer: {", ".join(better)}.' if better else '')


def figures(values):
    """Return figures with as many digits as they are worth."""
    return {key: float(f'{value:.4g}') for key, value in values.items()}


def row_record(row):
    """Return what is kept and shown of a row."""
    return {
        'name': row.name,
        'size': row.size,
        'goal': row.goal,
        'seconds': figures(row.seconds),
        'margin': float(f'{row.margin:.2g}'),
    }


def as_record(bench, found, taken):
    """Return the record of a module that took so many seconds."""
    return {
        'took': round(taken),
        'machine': machine(),
        'peers': peers.versions(found),
        'rows': [row_record(row) for row in bench.rows],
        'threads': [
            {'name': pair[0].name, 'size': pair[0].size, 'scaling': figures(scaling(pair))}
            for pair in bench.thread_rows
        ],
    }


def show(row):
    """Print a row as soon as it is there."""
    print(f'| {" | ".join([row.name, *measurements.row_cells(row_record(row))])} |', flush=True)
    if row.lengths:
        print('    bytes of output:', ', '.join(f'{key} {length}' for key, length in row.lengths.items()), flush=True)


def measure_module(module, args):
    """Measure and print one module; return its Bench and the peers, or None when there is nothing to measure."""
    rust, c = pair(module)
    if c is None:
        print(f'\n{module}: this build has no C twin to measure against')
        return None
    cases = load_rows(module)
    found = {} if args.no_peers else peers.import_peers(cases.PEERS, SCRATCH.resolve())
    bench = Bench(args.row, args.rounds, args.seconds, show)
    columns = [text.removeprefix('{}: ') for text in measurements.COLUMNS]
    print('\n'.join(['', module, '', *measurements.table(['work', *columns])]))
    cases.rows(bench, rust, c, found)
    if bench.rows:
        print(f'\n{measurements.summary([row_record(row) for row in bench.rows])}{length_summary(bench.rows)}')
    if hasattr(cases, 'threads'):
        cases.threads(bench, rust, c, found)
    for rows in bench.thread_rows:
        print(f'2 threads, {rows[0].name}: {measurements.format_scaling(scaling(rows))}', flush=True)
    return (bench, found) if bench.rows or bench.thread_rows else None


def run_metadata(pyperf):
    """Return what pyperf finds out about the machine, less what changes by itself."""
    found = pyperf.Run([1.0]).get_metadata()
    kept = {key: found[key] for key in found if key.startswith(('date', 'python_', 'cpu_', 'platform', 'timer'))}
    return kept | {'rust_commit': records.commit() or 'unknown'}


def keep(pyperf, measured, args):
    """Write the values: of all modules into the file of --output, otherwise of each into its own."""
    if pyperf is None:
        print('nothing is kept: that needs pyperf', file=sys.stderr)
    elif args.output:
        results.save(pyperf, measured, run_metadata(pyperf), args.output)
        print(f'\nkept in {args.output}')
    elif not args.row:
        # The results of some rows must not replace those of all rows.
        for module, bench in measured.items():
            results.save(pyperf, {module: bench}, run_metadata(pyperf), KEPT / f'{module}.json')
            print(f'\nkept in {KEPT}/{module}.json')


def as_rows(measured):
    """Return the rows of a run as `results.load` returns those that were kept."""
    return {
        (module, row.name, row.threads): row
        for module, bench in measured.items()
        for row in [*bench.rows, *(row for pair in bench.thread_rows for row in pair)]
    }


def compare(old, new):
    """Report how the rows `new` differ from those of `old`; return the exit status."""
    before = {place: row for place, row in old.items() if place[0] in {name for name, _, _ in new}}
    missing = {f'{module}: {name}' for module, name, _ in before.keys() ^ new.keys()}
    return results.report(results.compare(before, new), missing)


def parse():
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--modules', default='', help='the modules, separated by blanks')
    parser.add_argument('--row', default='', help='only rows in whose names this regular expression is found')
    parser.add_argument('--rounds', type=int, default=11, help='the least number of rounds of a row')
    parser.add_argument('--seconds', type=float, default=0.5, help='time for a row, longer near a limit')
    parser.add_argument('--no-peers', action='store_true', help='leave out the packages from PyPI')
    parser.add_argument('--output', type=pathlib.Path, help='keep the values in this file instead of rust/bench/')
    parser.add_argument('--compare', nargs='+', type=pathlib.Path, metavar='OLD', help='OLD [NEW]: tell regressions')
    parser.add_argument('--record', action='store_true', help='write Doc/records and the pages that are made from it')
    args = parser.parse_args()
    if args.record and args.row:
        parser.error('--record needs all rows of a module')
    if args.compare and len(args.compare) > 2:
        parser.error('--compare takes OLD or OLD NEW')
    return args


def keep_gil_disabled():
    """Restart with PYTHON_GIL=0: importing a peer that does not support free threading would enable the GIL."""
    if not sys._is_gil_enabled() and os.environ.get('PYTHON_GIL') != '0':
        os.execve(sys.executable, sys.orig_argv, os.environ | {'PYTHON_GIL': '0'})


def main():
    keep_gil_disabled()
    args = parse()
    # In a log, errors are to stand where they belong.
    sys.stdout.reconfigure(line_buffering=True)
    pyperf = peers.import_pyperf(SCRATCH.resolve())
    if args.compare and not pyperf:
        sys.exit('--compare needs pyperf')
    # Read first: OLD may name the files that this run replaces.
    kept = [results.load(pyperf, path) for path in args.compare or ()]
    if len(kept) == 2:
        sys.exit(compare(*kept))
    print(machine())
    measured = {}
    for module in args.modules.split():
        if importlib.util.find_spec(f'_rust_{module}') is None:
            sys.exit(f'{module} is not a Rust module of this build')
        start = time.monotonic()
        if not (done := measure_module(module, args)):
            continue
        measured[module], found = done
        # Written after each result, as a long run may be stopped.
        if not args.output:
            keep(pyperf, {module: measured[module]}, args)
        if args.record:
            records.update(module, 'bench', as_record(measured[module], found, time.monotonic() - start))
    if args.output and measured:
        keep(pyperf, measured, args)
    if args.record:
        measurements.write()
    if kept:
        sys.exit(compare(kept[0], as_rows(measured)))


if __name__ == '__main__':
    main()
