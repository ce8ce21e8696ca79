"""Run random programs on the Rust modules and on their C twins and compare; what `make difftest` runs.

The programs of each module run in a process of their own (Tools/rust/testing/difftest), so that a crash or a hang is a
finding as well: that process leaves word of what it is at.  Everything follows from the seed, which is printed first.
"""

import argparse
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import time

from check import records
from check.report import Report
from build.setup_rust import TOP

TESTING = TOP / 'Tools/rust/testing'
PYTHON = os.path.abspath('python')
# One program takes milliseconds. C may take this long for one, which says nothing about Rust; Rust may take as long as
# C did, and this time besides: both call the same operators, such as `pow`, at different moments. It is processor time,
# because a busy machine may stop a process for a long time.
PATIENCE = 30
# So many seconds without progress count as one second of processor time: a deadlock needs none.
WAITING = 10
SIDES = ('making the program', 'C', 'Rust')
# A program that C does not finish in time is skipped, at most this number of times.
MOST_RESTARTS = 20

# A module that can be started in several ways runs its programs in each of these environments.
ENVIRONMENTS = {'zlib': ({'PYTHON_RUST_ZLIB': 'fast'}, {'PYTHON_RUST_ZLIB': 'exact'})}


def processor_time(process):
    """Return the seconds of processor time that a process has used; of real time where /proc does not tell."""
    try:
        fields = pathlib.Path(f'/proc/{process.pid}/stat').read_text().rpartition(')')[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Worker:
    """The process that runs the programs of a module, and what it says."""

    def __init__(self, name, seed, python=PYTHON, variables=None):
        self.name, self.seed, self.python, self.variables = name, seed, python, variables or {}
        self.progress = tempfile.NamedTemporaryFile(prefix='difftest-')
        self.progress.write(bytes(16))
        self.progress.flush()

    def command(self, *arguments):
        return [
            self.python,
            '-B',
            '-X',
            'faulthandler',
            '-m',
            'difftest.worker',
            self.name,
            '--seed',
            self.seed,
            *arguments,
        ]

    def environment(self):
        return os.environ | {'PYTHONPATH': str(TESTING), 'PYTHONMALLOC': 'default'} | self.variables

    def where(self):
        """Return the number of the program that runs and the side it is at."""
        number, side = struct.unpack('<qq', pathlib.Path(self.progress.name).read_bytes())
        return number, SIDES[side]

    def show(self, number):
        """Return the text of a program."""
        done = subprocess.run(
            self.command('--show', str(number)), capture_output=True, text=True, env=self.environment()
        )
        return done.stdout.strip() or done.stderr.strip()

    def run(self, first, seconds, programs):
        """Run programs from a number on; return (exit status, output), the status None when one hangs."""
        with tempfile.TemporaryFile('w+', errors='replace') as output:
            process = subprocess.Popen(
                self.command(
                    '--first',
                    str(first),
                    '--seconds',
                    str(seconds),
                    '--programs',
                    str(programs),
                    '--progress',
                    self.progress.name,
                ),  # fmt: skip
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment(),
            )
            last, since, used = self.where(), time.monotonic(), processor_time(process)
            patience = PATIENCE
            status = None
            while True:
                try:
                    status = process.wait(timeout=0.3)
                    break
                except subprocess.TimeoutExpired:
                    pass
                here, now, time_used = self.where(), time.monotonic(), processor_time(process)
                taken = max(time_used - used, (now - since) / WAITING)
                if here != last:
                    # The time of the side before is added if it was that of the same program.
                    patience = PATIENCE + (taken if here[0] == last[0] else 0)
                    last, since, used = here, now, time_used
                elif taken > patience:
                    process.kill()
                    process.wait()
                    break
            output.seek(0)
            return status, output.read()


def summary_of(output):
    """Return the worker's closing line as an object, or nothing when it did not get there."""
    lines = output.strip().splitlines()
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        return {}


def fuzz(worker, seconds, programs):
    """Run a module until its time is over; return (programs, differences, allowed, slow programs)."""
    start = time.monotonic()
    first, restarts, done = 0, 0, 0
    differences, allowed, slow = {}, {}, []
    while True:
        left = seconds - (time.monotonic() - start)
        status, output = worker.run(first, max(left, 0), programs - done)
        summary = summary_of(output)
        print(
            ''.join(f'        {line}\n' for line in output.splitlines() if not line.startswith('{')), end='', flush=True
        )
        # From the lines as they come: a process that crashes later has no closing line.
        for text in re.findall(r'^DIFFERENT (.*\n(?:    .*\n)*)', output, re.MULTILINE):
            differences.setdefault(text)
        for reason, count in summary.get('allowed', {}).items():
            allowed[reason] = allowed.get(reason, 0) + count
        if status == 0 and summary:
            if 'skipped' in summary:
                print(f'        {summary["skipped"]}')
            return done + summary['programs'], list(differences), allowed, slow
        number, side = worker.where()
        done += max(number - first, 0)
        text = f'program {number}: {worker.show(number)}'
        if status is None and side == 'C':
            slow.append(text)
            print(f'        C is not done with it after {PATIENCE} s, passed over: {text}', flush=True)
        else:
            what = 'HANG' if status is None else f'CRASH (status {status})'
            print(f'{what} in {side}: {text}\n{output[-3000:]}', flush=True)
            differences[f'{what} in {side}: {text}'] = None
        restarts += 1
        first = max(number + 1, 0)
        if restarts > MOST_RESTARTS or time.monotonic() - start >= seconds or done >= programs:
            return done, list(differences), allowed, slow


def check_module(report, name, args):
    """Fuzz one module as one step of the report, and record it."""
    start = time.monotonic()
    programs, differences, allowed, slow = 0, [], {}, []
    environments = ENVIRONMENTS.get(name, ({},))
    for variables in environments:
        if variables:
            print('        with', *(f'{key}={value}' for key, value in variables.items()))
        worker = Worker(name, args.seed, variables=variables)
        found = fuzz(worker, args.seconds / len(environments), -(-args.programs // len(environments)))
        programs += found[0]
        differences += found[1]
        slow += found[3]
        for reason, count in found[2].items():
            allowed[reason] = allowed.get(reason, 0) + count
    seconds = time.monotonic() - start
    for reason, count in allowed.items():
        print(f'        allowed {count} times: {reason}')
    note = f'{programs} programs, {len(differences)} differ, {len(slow)} passed over, {seconds:.0f} s'
    nothing = not programs and not differences
    report.add(
        f'{name} against its C twin',
        passed=int(not nothing and not differences),
        failed=len(differences),
        skipped=int(nothing),
        note=note,
    )
    if args.record and not nothing:
        figures = {'seconds': round(seconds), 'programs': programs, 'differences': len(differences), 'seed': args.seed}
        records.update(name, 'difftest', figures, add=('seconds', 'programs', 'differences'))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--modules', default='', help='the modules, separated by blanks')
    parser.add_argument('--seconds', type=float, default=10, help='how long for each module')
    parser.add_argument('--programs', type=int, default=sys.maxsize, help='at most so many programs a module')
    parser.add_argument('--seed', default=None, help='of the programs (default: another one each time)')
    parser.add_argument('--show', type=int, metavar='N', help='only print program N of the seed')
    parser.add_argument('--record', action='store_true', help='write Doc/records')
    args = parser.parse_args()
    if args.seed is None:
        args.seed = str(random.SystemRandom().randrange(10**6))
    modules = args.modules.split()
    if args.show is not None:
        for name in modules:
            print(Worker(name, args.seed).show(args.show))
        return
    print(f'seed {args.seed}')
    report = Report()
    for name in modules:
        check_module(report, name, args)
    sys.exit(report.close())


if __name__ == '__main__':
    main()
