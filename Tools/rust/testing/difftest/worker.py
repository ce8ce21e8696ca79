"""Run the programs of one module, from a number on, until the time is over or all numbers are done.

python -m difftest.worker NAME --seed S [--seconds N | --programs N] [--first N] [--progress FILE]
python -m difftest.worker NAME --seed S --show N

The last line is a JSON object with what was done and found.  Before each side of a program runs, its number and that
side go to the progress file, so that after a crash or in a hang `make difftest` can tell what it was.
"""

import argparse
import json
import mmap
import pathlib
import re
import resource
import struct
import sys
import time
import unittest

import module_calls
import twin
from difftest import compare, generate, minimise

# Differences of one sort are shown once; the search ends after this number of sorts.
MOST = 25
# An allocation of more than this fails on both sides rather than filling the machine.
MEMORY = 6 << 30
PHASES = ('', 'C', 'Rust')


def load_table(name):
    """Return what Rust/NAME/tests/difftest.py defines."""
    path = module_calls.RUST / name / 'tests/difftest.py'
    table = {'__name__': f'difftest of {name}'}
    if path.exists():
        exec(compile(path.read_text(encoding='utf-8'), str(path), 'exec'), table)
    return table


class Progress:
    """Where a run is, in memory that outlives the process."""

    def __init__(self, path):
        self.memory = None
        if path:
            with open(path, 'r+b') as file:
                self.memory = mmap.mmap(file.fileno(), 16)
        self.number = 0

    def __call__(self, phase):
        if self.memory:
            self.memory[:16] = struct.pack('<qq', self.number, PHASES.index(phase))


def sort_of(program, found):
    """Return what two differences of one sort have in common."""

    def side(outcome):
        message = re.sub(r'[\d.]+', '0', str(outcome.detail)) if outcome.kind == 'raised' else ''
        return outcome.kind, outcome.type, message[:60]

    return program[found.line].callee, side(found.c), side(found.rust)


def reproducer(program, found):
    """Return the lines that show a difference, and what either side says."""
    lines = [line.text() for line in program[: found.line + 1]]
    return '; '.join(lines) + f'\n    C    {found.c.show()}\n    Rust {found.rust.show()}'


class Fuzzer:
    """Runs programs and collects how they differ."""

    def __init__(self, name, rust, c, table, progress=None):
        self.programs = generate.Programs(name, c, table)
        self.comparer = compare.Comparer(rust, c, table.get('HELPERS', {}), table.get('ALLOWED', ()))
        self.found = [generate.parse(lines) for lines in table.get('FOUND', ())]
        self.progress = progress or Progress(None)
        self.comparer.phase = self.progress
        self.differences = {}

    def check(self, program, label):
        """Run a program; print what is new about how it differs."""
        found = self.comparer.compare(program)
        if not found:
            return
        sort = sort_of(program, found)
        if sort in self.differences:
            return

        def same(candidate):
            # The removal must not turn the difference into another one, such as an allowed one.
            other = self.comparer.compare(candidate)
            return other and sort_of(candidate, other)[1:] == sort[1:]

        program = minimise.minimise(program[: found.line + 1], same)
        found = self.comparer.compare(program) or found
        # The small program may be one that has been seen in another form.
        if sort_of(program, found) in self.differences:
            self.differences[sort] = None
            return
        self.differences[sort] = self.differences[sort_of(program, found)] = reproducer(program, found)
        print(f'DIFFERENT {label}: {reproducer(program, found)}', flush=True)

    def run(self, seed, first, end, most):
        """Run programs; return how many."""
        if first == 0:
            for number, program in enumerate(self.found):
                self.progress.number = -1 - number
                self.check(program, f'found {number}')
        number = first
        while number - first < most and time.monotonic() < end and len(self.differences) < MOST:
            self.progress.number = number
            self.check(self.programs.make(seed, number), f'program {number}')
            number += 1
        return number - first

    def summary(self, programs):
        """Return what was done, for the line that the caller reads."""
        return {
            'programs': programs + len(self.found),
            'allowed': self.comparer.counts,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('name')
    parser.add_argument('--seed', default='0')
    parser.add_argument('--seconds', type=float, default=1e9)
    parser.add_argument('--programs', type=int, default=sys.maxsize)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--progress', type=pathlib.Path)
    parser.add_argument('--show', type=int, help='print a program and what either side says')
    args = parser.parse_args()
    # The shared memory of a program that went wrong may be large; sys.maxsize digits in a message are no help.
    sys.set_int_max_str_digits(0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        rust, c = twin.pair(args.name)
    except (unittest.SkipTest, ModuleNotFoundError) as reason:
        print(json.dumps({'programs': 0, 'allowed': {}, 'skipped': str(reason)}))
        return
    fuzzer = Fuzzer(args.name, rust, c, load_table(args.name), Progress(args.progress))
    if args.show is not None:
        program = fuzzer.found[-1 - args.show] if args.show < 0 else fuzzer.programs.make(args.seed, args.show)
        print('; '.join(line.text() for line in program))
        return
    count = fuzzer.run(args.seed, args.first, time.monotonic() + args.seconds, args.programs)
    print(json.dumps(fuzzer.summary(count)))


if __name__ == '__main__':
    main()
