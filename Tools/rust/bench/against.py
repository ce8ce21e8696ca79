"""Compare the Rust modules of two builds of the same CPython, row by row: `make bench AGAINST=PYTHON`.

The rows are those of `Rust/NAME/bench.py` of this tree.  Each build runs them in a process of its own, and the two
take turns, round by round.  With --instructions both run in callgrind instead: a row is the instructions that 2 N
calls take more than N calls, which the load of the machine does not change.  Rows whose call takes longer than
--longest are left out there.
"""

import argparse
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from bench import bench
from bench.measure import Bench, make_timer

# Rows with a lower ratio are shown as slower.
LEAST = 0.97
# A C function that is called between measurements and by nothing else: callgrind writes its counts before each call.
MARK = 'os_getppid'


class Rows(Bench):
    """Runs each row in place as often as the standard input says, until that says to go on."""

    def __init__(self, pattern):
        super().__init__(pattern, 1, 0)

    def row(self, name, _size, calls, _goal=1.0, **_options):
        if not self.chooses(name):
            return
        timer = make_timer(*calls['rust'])
        print(name, flush=True)
        while number := int(sys.stdin.readline()):
            os.getppid()
            try:
                seconds = timer(number)
            except Exception:
                # A row that the other build refuses cannot be compared.
                seconds = math.nan
            os.getppid()
            print(seconds, flush=True)

    def thread_row(self, *_args):
        """Leave out what is about threads."""


def work(module, pattern):
    """Run the rows of a module for a `Worker`."""
    rust, c = bench.pair(module)
    bench.load_rows(module).rows(Rows(pattern), rust, c or rust, {})
    print(flush=True)


class Worker:
    """A process that runs `work`."""

    def __init__(self, python, module, pattern, prefix=()):
        script = [pathlib.Path(__file__).resolve().parents[1], 'bench.against', '--work', pattern, '--modules', module]
        command = [*prefix, python, '-B', *script]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f'{self.process.args} has failed')
        return line.rstrip('\n')

    def rows(self):
        """Go through the rows, and return the name of each while the worker is at it."""
        while name := self.read():
            yield name
            print(0, file=self.process.stdin, flush=True)
        self.process.wait()

    def run(self, number):
        """Make so many calls of the row and return the seconds that they took."""
        print(number, file=self.process.stdin, flush=True)
        return float(self.read())


def seconds(workers, args):
    """Return the seconds of a call of the row in each worker: medians."""
    loops = 1
    if any(math.isnan(worker.run(1)) for worker in workers):
        return [math.nan, math.nan]
    while (taken := max(worker.run(loops) for worker in workers)) < 0.002:
        loops *= 2
    loops = max(1, int(loops * args.seconds / args.rounds / taken))
    values = [[worker.run(loops) / loops for worker in workers] for _ in range(args.rounds)]
    return [statistics.median(each) for each in zip(*values, strict=True)]


def counts(python, module, args):
    """Return the instructions of one call of each row that is short enough."""
    natively = Worker(python, module, args.row)
    short = {name for name in natively.rows() if natively.run(10) < 10 * args.longest}
    with tempfile.TemporaryDirectory() as folder:
        options = ['--tool=callgrind', '--quiet', '--instr-atstart=no', f'--dump-before={MARK}*']
        options.append(f'--callgrind-out-file={folder}/out')
        worker = Worker(python, module, args.row, ['valgrind', *options])

        def switch(state):
            """Count, or run several times as fast, as between the rows."""
            command = ['callgrind_control', f'--instr={state}', str(worker.process.pid)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def run(number):
            worker.run(number)
            # The second of the two marks comes after the calls.
            part = max(pathlib.Path(folder).glob('out.*'), key=lambda path: int(path.suffix[1:]))
            return int(part.read_text(encoding='utf-8').partition('\ntotals: ')[2].split()[0])

        found = {}
        for name in worker.rows():
            if name in short:
                worker.run(100)
                switch('on')
                found[name] = (run(2 * args.calls) - run(args.calls)) / args.calls
                switch('off')
    return found


def report(module, name, before, after, unit):
    """Print a row, and return whether it is slower."""
    ratio = before / after
    print(f'{module:10}{name:32}{before:10.0f}{after:10.0f} {unit}{ratio:8.3f}{"  slower" if ratio < LEAST else ""}')
    return ratio < LEAST


def compare(module, args):
    """Compare the rows of one module, and return the names of those that are slower."""
    pythons = (args.against, sys.executable)
    slower = []
    if args.instructions:
        before, after = (counts(python, module, args) for python in pythons)
        for name in [name for name in before if name in after]:
            slower += [f'{module} {name}'] * report(module, name, before[name], after[name], 'instructions')
        return slower
    workers = [Worker(python, module, args.row) for python in pythons]
    for names in zip(*(worker.rows() for worker in workers), strict=True):
        before, after = (1e9 * value for value in seconds(workers, args))
        slower += [f'{module} {names[0]}'] * report(module, names[0], before, after, 'ns')
    return slower


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--against', metavar='PYTHON', help='the interpreter of the other build')
    parser.add_argument('--modules', default='', help='the modules, separated by blanks')
    parser.add_argument('--row', default='', help='only rows in whose names this regular expression is found')
    parser.add_argument('--rounds', type=int, default=15, help='how many times the two take turns')
    parser.add_argument(
        '--seconds', type=float, default=0.6, help='time for each row in each build, all rounds together'
    )
    parser.add_argument('--instructions', action='store_true', help='count instructions, with valgrind')
    parser.add_argument('--calls', type=int, default=200, help='how many calls are counted')
    parser.add_argument('--longest', type=float, default=5e-6, help='the longest call to count, in seconds')
    parser.add_argument('--work', help=argparse.SUPPRESS)
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    if args.work is not None:
        return work(args.modules, args.work)
    if not args.against:
        parser.error('--against is missing')
    slower = [row for module in args.modules.split() for row in compare(module, args)]
    print(f'\nbelow {LEAST}: {", ".join(slower) or "none"}')
    return int(bool(slower))


if __name__ == '__main__':
    sys.exit(main())
