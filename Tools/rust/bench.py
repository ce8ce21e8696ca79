"""Measure the Rust modules against their C twins and against packages from PyPI, in one process.

Each module crate has a `bench.py` with the rows.  The calls of one row take turns, so that whatever else the machine
does hits all of them alike; the figure of a call is the median of its rounds.  Needs a network for the packages, which
go into a scratch environment in the build folder; without one the rows have no peers.
"""

import argparse
import dataclasses
import importlib
import importlib.util
import json
import math
import pathlib
import platform
import random
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Row:
    """One line of the table: seconds per call for each implementation."""
    name: str
    size: int
    goal: float
    seconds: dict

    @property
    def ratio(self):
        """How many times as fast as the C twin."""
        return self.seconds['C'] / self.seconds['rust']

    @property
    def peer_ratio(self):
        """How many times as fast as the fastest peer; None without one."""
        peers = [value for key, value in self.seconds.items() if key not in ('rust', 'C')]
        return min(peers) / self.seconds['rust'] if peers else None


class Bench:
    """Collects and measures the rows of one module."""

    def __init__(self, pattern, rounds, seconds):
        self.rows = []
        self.pattern = pattern
        self.rounds = rounds
        self.seconds = seconds

    @staticmethod
    def random_bytes(size):
        """Return the same bytes for the same size in every run."""
        return random.Random(size).randbytes(size)

    def row(self, name, size, calls, goal=1.0):
        """Measure one row: `calls` maps an implementation to (function, args, kwargs)."""
        if self.pattern not in name:
            return
        timers = {key: make_timer(*call) for key, call in calls.items()}
        numbers = {key: self.calibrate(timer) for key, timer in timers.items()}
        samples = {key: [] for key in calls}
        for _ in range(self.rounds):
            for key, timer in timers.items():
                samples[key].append(timer(numbers[key]) / numbers[key])
        row = Row(name, size, goal, {key: statistics.median(values) for key, values in samples.items()})
        self.rows.append(row)
        print(format_row(row), flush=True)

    def calibrate(self, timer):
        """Return how many calls fill one round's share of the time."""
        number = 1
        while (taken := timer(number)) < 0.002:
            number *= 2
        return max(1, int(number * self.seconds / self.rounds / taken))


def make_timer(function, args, kwargs):
    """Return a function that makes a call so many times, as it would stand in a program, and returns the seconds."""
    names = {f'a{i}': value for i, value in enumerate(args)} | {f'k_{key}': value for key, value in kwargs.items()}
    call = ', '.join([*(f'a{i}' for i in range(len(args))), *(f'{key}=k_{key}' for key in kwargs)])
    source = f"""
def timer(number, function=function, clock=clock, {', '.join(f'{name}={name}' for name in names)}):
    loop = range(number)
    start = clock()
    for _ in loop:
        function({call})
    return clock() - start
"""
    scope = {'function': function, 'clock': time.perf_counter, **names}
    exec(source, scope)
    return scope['timer']


def rate(size, seconds):
    """Return bytes per second, or for tiny inputs the time of one call, as text."""
    if size >= 4096:
        return f'{size / seconds / 1e9:.2f} GB/s'
    return f'{seconds * 1e9:.0f} ns'


HEADER = ('| work | C twin | Rust | times C | goal | peer | times peer |', '| --- | ---: | ---: | ---: | ---: | ---: | ---: |')


def format_row(row):
    """Return a row of the Markdown table."""
    peers = {key: value for key, value in row.seconds.items() if key not in ('rust', 'C')}
    peer = min(peers, key=peers.get) if peers else None
    peer_text = f'{peer} {rate(row.size, peers[peer])}' if peer else ''
    peer_ratio = f'{row.peer_ratio:.2f}' if peer else ''
    return (f"| {row.name} | {rate(row.size, row.seconds['C'])} | {rate(row.size, row.seconds['rust'])} | {row.ratio:.2f} | "
            f'{row.goal:g} | {peer_text} | {peer_ratio} |')


def load_rows(module):
    """Return the module of `Rust/<module>/bench.py`."""
    spec = importlib.util.spec_from_file_location(f'{module}_bench', TOP / 'Rust' / module / 'bench.py')
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def install_peers(packages, folder):
    """Install packages from PyPI into a scratch folder, each if it can be had, and put it on the path."""
    folder.mkdir(parents=True, exist_ok=True)
    sys.path.append(str(folder))
    for package in packages:
        stamp = folder / f'.{package}'
        if stamp.exists():
            continue
        environment = folder.parent / 'bench-venv'
        if not environment.exists():
            subprocess.run([sys.executable, '-m', 'venv', environment], check=True)
        done = subprocess.run([environment / 'bin/python', '-m', 'pip', 'install', '-q', '--only-binary=:all:', '--target',
                               folder, package], capture_output=True, text=True)
        if done.returncode:
            print(f'{package} cannot be installed: {done.stderr.strip().splitlines()[-1:]}', file=sys.stderr)
        else:
            stamp.touch()


def import_peers(peers, folder):
    """Return the modules of those peers that can be imported."""
    install_peers(peers, folder)
    found = {}
    for package, name in peers.items():
        try:
            found[package] = importlib.import_module(name)
        except ImportError as error:
            print(f'{package}: {error}', file=sys.stderr)
    return found


def c_twin(module):
    """Return the C module: the twin of a default one, or the plain name, which is C as long as Rust's is incubating."""
    try:
        return importlib.import_module(f'_c_{module}')
    except ModuleNotFoundError:
        return importlib.import_module(module)


def processor():
    """Return the processor's name."""
    try:
        lines = pathlib.Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(':')[2].strip() for line in lines if line.startswith('model name')), platform.machine())


def geometric_mean(values):
    """Return the geometric mean."""
    return math.exp(statistics.fmean(math.log(value) for value in values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--modules', default='', help='the modules, separated by blanks')
    parser.add_argument('--row', default='', help='only rows with this in their name')
    parser.add_argument('--rounds', type=int, default=15, help='how many times the calls of a row take turns')
    parser.add_argument('--seconds', type=float, default=0.6, help='time for each call of a row, all rounds together')
    parser.add_argument('--no-peers', action='store_true', help='leave out the packages from PyPI')
    parser.add_argument('--json', type=pathlib.Path, help='write the figures here')
    parser.add_argument('--markdown', type=pathlib.Path, help='write the table here')
    args = parser.parse_args()
    lines = [f'CPython {platform.python_version()}, free-threaded; {processor()}; {platform.system()} {platform.machine()}.', '']
    figures = {}
    print('\n'.join(lines))
    for module in args.modules.split():
        cases = load_rows(module)
        peers = {} if args.no_peers else import_peers(cases.PEERS, pathlib.Path('rust/bench-peers').resolve())
        bench = Bench(args.row, args.rounds, args.seconds)
        print(f'{module}\n\n' + '\n'.join(HEADER))
        cases.rows(bench, importlib.import_module(f'_rust_{module}'), c_twin(module), peers)
        if not bench.rows:
            continue
        summary = f'Geometric mean: {geometric_mean([row.ratio for row in bench.rows]):.2f} times C.'
        print(f'\n{summary}\n')
        lines += [f'**{module}**', '', *HEADER, *map(format_row, bench.rows), '', summary, '']
        figures[module] = [dataclasses.asdict(row) for row in bench.rows]
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1), encoding='utf-8')
    if args.markdown:
        args.markdown.write_text('\n'.join(lines), encoding='utf-8')


if __name__ == '__main__':
    main()
