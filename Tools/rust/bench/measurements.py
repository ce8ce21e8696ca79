"""Make Doc/measurements.md and the table of the README from the records of `make bench`.

  regen   write both
  check   write nothing; fail when they are not what the records say

The plots next to the tables are drawn by `plots.py`, which needs matplotlib.
"""

import hashlib
import json
import re
import sys

from check import records
from build import setup_rust
from bench.measure import geometric_mean
from build.setup_rust import TOP

PAGE = TOP / 'Doc/measurements.md'
README = TOP / 'README.md'
# Below this a row counts as slower than C: two runs of the same code differ by as much.
SLOWER = 0.97

HEADER = (
    '| work | C twin | Rust | times C | goal | peer | times peer |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
)


def rate(size, seconds):
    """Return bytes per second, or for tiny inputs the time of one call, as text."""
    if size >= 4096:
        speed = size / seconds
        return f'{speed / 1e9:.2f} GB/s' if speed >= 1e8 else f'{speed / 1e6:.1f} MB/s'
    for unit, worth in (('ns', 1e-9), ('us', 1e-6), ('ms', 1e-3)):
        if seconds < 1e4 * worth:
            return f'{seconds / worth:.0f} {unit}'
    return f'{seconds:.2f} s'


def ratio(row):
    """Return how many times as fast as the C twin a recorded row is."""
    return row['seconds']['C'] / row['seconds']['rust']


def best_peer(row):
    """Return the fastest peer's name and how many times as fast as it Rust is; None without one."""
    seconds = {key: value for key, value in row['seconds'].items() if key not in ('rust', 'C')}
    if not seconds:
        return None
    name = min(seconds, key=seconds.get)
    return name, seconds[name] / row['seconds']['rust']


def format_row(row):
    """Return a row of the Markdown table."""
    peer = best_peer(row)
    peer_text = f'{peer[0]} {rate(row["size"], row["seconds"][peer[0]])} | {peer[1]:.2f}' if peer else ' | '
    c, rust = (rate(row['size'], row['seconds'][key]) for key in ('C', 'rust'))
    return f'| {row["name"]} | {c} | {rust} | {ratio(row):.2f} | {row["goal"]:g} | {peer_text} |'


def format_scaling(figures):
    """Return how much two threads do, as text."""
    names = {'rust': 'Rust', 'C': 'C'}
    return ', '.join(f'{names.get(key, key)} {value:.2f} times one' for key, value in figures.items())


def module_section(module, record):
    """Return the lines on one module."""
    rows = record['rows']
    mean = geometric_mean([ratio(row) for row in rows])
    slower = [row['name'] for row in rows if ratio(row) < SLOWER]
    verdict = f'Slower than C: {", ".join(slower)}.' if slower else 'No row is slower than C.'
    lines = ['', f'## {module}', '', f'{record["machine"]} {record["date"]}, commit {record["commit"] or "unknown"}.']
    if not records.is_current(module, 'bench', record):
        lines[-1] += ' Stale: the sources have changed since.'
    if record['peers']:
        lines[-1] += f' Peers: {", ".join(f"{name} {version}" for name, version in record["peers"].items())}.'
    lines += ['', f'Geometric mean: {mean:.2f} times C. {verdict}', '']
    lines += [f'![How many times as fast as C each row of {module} is](plots/{module}.svg)', '']
    lines += [*HEADER, *map(format_row, rows)]
    if record['threads']:
        lines += ['', 'What two threads, with objects of their own, do in the time of one:', '']
        lines += ['| work | C twin | Rust |', '| --- | ---: | ---: |']
        lines += [
            f'| {row["name"]} | {row["scaling"]["C"]:.2f} | {row["scaling"]["rust"]:.2f} |' for row in record['threads']
        ]
    return lines


def digest(record):
    """Return a short hash of a record, which its plot contains: a stale plot is recognised without drawing it."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]


def plot_path(module):
    """Return where the plot of a module is."""
    return TOP / 'Doc/plots' / f'{module}.svg'


def stale_plots(measured):
    """Return the plots that were not drawn from the records."""
    found = []
    for module, record in measured.items():
        path = plot_path(module)
        if not path.exists() or digest(record) not in path.read_text(encoding='utf-8'):
            found.append(path)
    return found


def bench_records():
    """Return the records of all modules that have been measured."""
    found = {module.name: records.load(module.name).get('bench') for module in setup_rust.modules()}
    return {name: record for name, record in found.items() if record}


def page(measured):
    """Return the text of the page."""
    lines = [
        '# Measurements',
        '',
        'Written by `make bench RECORD=1`: do not edit. Medians of calls that take turns in one process. Rates count',
        'input bytes. *goal* is how many times C the row is meant to reach, 1 where it is not to be slower.',
    ]
    for module, record in measured.items():
        lines += module_section(module, record)
    return '\n'.join(lines) + '\n'


def readme_table(measured):
    """Return the table of the README."""
    lines = [
        '',
        '| module | rows | times C, geometric mean | lowest | highest | measured |',
        '| --- | ---: | ---: | ---: | ---: | --- |',
    ]
    for module, record in measured.items():
        rows = record['rows']
        low, high = (pick(rows, key=ratio) for pick in (min, max))
        mean = geometric_mean([ratio(row) for row in rows])
        ends = ' | '.join(f'{ratio(row):.2f} ({row["name"]})' for row in (low, high))
        stale = '' if records.is_current(module, 'bench', record) else ', stale'
        lines.append(f'| `{module}` | {len(rows)} | {mean:.2f} | {ends} | {record["date"]}{stale} |')
    lines += ['', 'Every row, with plots and the packages from PyPI: [Doc/measurements.md](Doc/measurements.md).', '']
    return '\n'.join(lines) + '\n'


def texts():
    """Return both files as the records make them."""
    measured = bench_records()
    marked = re.compile(r'(?<=RECORD=1 -->\n).*?(?=<!-- end -->)', re.DOTALL)
    readme = marked.sub(lambda match: readme_table(measured), README.read_text(encoding='utf-8'))
    return {PAGE: page(measured), README: readme}


def write():
    """Write both."""
    for path, text in texts().items():
        path.write_text(text, encoding='utf-8')
        print(f'wrote {path}')


def main():
    match sys.argv[1:]:
        case ['regen']:
            write()
        case ['check']:
            stale = [path for path, text in texts().items() if path.read_text(encoding='utf-8') != text]
            stale += stale_plots(bench_records())
            for path in stale:
                print(f'{path.relative_to(TOP)} is not what Doc/records says: run make pages')
            sys.exit(bool(stale))
        case _:
            sys.exit(__doc__)


if __name__ == '__main__':
    main()
