"""Make Doc/measurements.md and the table of the README from the records of `make bench` in each tested release.

  regen   write both
  check   write nothing; fail when they are not what the records say

The plots next to the tables are drawn by `plots.py`, which needs matplotlib.
"""

import hashlib
import json
import re
import sys

from check import records
from build import releases
from build import setup_rust
from bench.measure import SLOWER, geometric_mean
from build.setup_rust import TOP

PAGE = TOP / 'Doc/measurements.md'
README = TOP / 'README.md'

# The columns for a row; on the page the first one is labelled with the line of releases.
COLUMNS = ('{}: C twin', 'Rust', 'times C', 'goal', 'peer', 'times peer')


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


def row_cells(row):
    """Return a row as texts, one for each of COLUMNS."""
    peer = best_peer(row)
    peer_cells = [f'{peer[0]} {rate(row["size"], row["seconds"][peer[0]])}', f'{peer[1]:.2f}'] if peer else ['', '']
    c, rust = (rate(row['size'], row['seconds'][key]) for key in ('C', 'rust'))
    # Records made before the margin was kept do not have it.
    margin = f' ± {row["margin"]:.1%}' if 'margin' in row else ''
    return [c, rust, f'{ratio(row):.2f}{margin}', f'{row["goal"]:g}', *peer_cells]


def table(columns):
    """Return the two lines that begin a Markdown table of figures."""
    return [f'| {" | ".join(columns)} |', f'| --- {"| ---: " * (len(columns) - 1)}|']


def format_scaling(figures):
    """Return how much two threads do, as text."""
    names = {'rust': 'Rust', 'C': 'C'}
    return ', '.join(f'{names.get(key, key)} {value:.2f} times one' for key, value in figures.items())


def caption(module, line, record):
    """Return when and on what the rows of a module were measured in a release, and what they say in short."""
    if not record:
        return f'CPython {line}: not measured.'
    text = f'{record["machine"]} {record["date"]}, commit {record["commit"] or "unknown"}.'
    if not records.is_current(module, 'bench', record):
        text += ' Stale: the sources have changed since.'
    if record['peers']:
        text += f' Peers: {", ".join(f"{name} {version}" for name, version in record["peers"].items())}.'
    return f'{text} {summary(record["rows"])}'


def summary(rows):
    """Return in two sentences how fast recorded rows are."""
    text = f'Geometric mean: {geometric_mean([ratio(row) for row in rows]):.2f} times C.'
    slower = [literal(row['name']) for row in rows if ratio(row) < SLOWER]
    text += f' Slower than C: {", ".join(slower)}.' if slower else ' No row is slower than C.'
    below = [literal(row['name']) for row in rows if row['goal'] > 1 and ratio(row) < row['goal']]
    return text + (f' Below the goal: {", ".join(below)}.' if below else '')


def literal(name):
    """Return the name of a row so that Markdown shows it as it is."""
    # An underscore between letters or digits has no meaning in Markdown.
    return re.sub(r'([\\`*\[\]<>|]|(?<![^\W_])_|_(?![^\W_]))', r'\\\1', name)


def joined(names):
    """Return the names in the order of all lists: one that is in a single list follows the name before it there."""
    found = []
    for some in names:
        place = 0
        for name in some:
            if name in found:
                place = found.index(name) + 1
            else:
                found.insert(place, name)
                place += 1
    return found


def rows_of(record, kind):
    """Return the rows, or the rows of threads, of a record that may be missing, by name."""
    return {row['name']: row for row in (record or {}).get(kind, ())}


def module_section(module, by_line):
    """Return the lines on one module; `by_line` maps each line of releases to a record or None."""
    lines = ['', f'## {module}']
    for line, record in by_line.items():
        lines += ['', caption(module, line, record)]
    for line, record in by_line.items():
        if record:
            title = f'How many times as fast as C each row of {module} is on CPython {line}'
            lines += ['', f'![{title}](plots/{line}/{module}.svg)']
    lines += ['', *table(['work', *(column.format(line) for line in by_line for column in COLUMNS)])]
    measured = [rows_of(record, 'rows') for record in by_line.values()]
    for name in joined(measured):
        cells = (row_cells(rows[name]) if name in rows else [''] * len(COLUMNS) for rows in measured)
        lines.append(f'| {" | ".join([literal(name), *(text for some in cells for text in some)])} |')
    threads = [rows_of(record, 'threads') for record in by_line.values()]
    if any(threads):
        lines += ['', 'What two threads do in the time of one, with objects of their own unless a row says shared:', '']
        lines += table(['work', *(f'{line}: {side}' for line in by_line for side in ('C twin', 'Rust'))])
        for name in joined(threads):
            figures = [rows[name]['scaling'] if name in rows else {} for rows in threads]
            cells = [f'{each[side]:.2f}' if each else '' for each in figures for side in ('C', 'rust')]
            lines.append(f'| {" | ".join([literal(name), *cells])} |')
    return lines


def digest(record):
    """Return a short hash of a record, which its plot contains: a stale plot is recognised without drawing it."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]


def plot_path(module, line):
    """Return where the plot of a module's rows in a line of releases is."""
    return TOP / 'Doc/plots' / line / f'{module}.svg'


def stale_plots(measured):
    """Return (module, line, record) of each plot that was not drawn from the record."""
    return [
        (module, line, record)
        for module, by_line in measured.items()
        for line, record in by_line.items()
        if record and not is_drawn(plot_path(module, line), record)
    ]


def is_drawn(path, record):
    """Tell whether a plot was drawn from a record."""
    return path.exists() and digest(record) in path.read_text(encoding='utf-8')


def bench_records():
    """Return {module: {line of releases: record or None}} of all modules that have been measured."""
    lines = releases.tested_lines()
    found = {
        module.name: {line: records.load(module.name, line).get('bench') for line in lines}
        for module in setup_rust.modules()
    }
    return {name: by_line for name, by_line in found.items() if any(by_line.values())}


def page(measured):
    """Return the text of the page."""
    lines = [
        '# Measurements',
        '',
        'Written by `make bench RECORD=1`: do not edit. Medians of calls that take turns in one process. Rates are',
        'those of the input. *goal* is the speed relative to C that a row has to reach: 1 means not slower. Each',
        'tested line of CPython releases has columns: a build of it is compared with the C modules of that release.',
        'A ± after a ratio is its margin of error: half of the 93 % confidence interval, from how rounds differ.',
    ]
    for module, by_line in measured.items():
        lines += module_section(module, by_line)
    return '\n'.join(lines) + '\n'


def readme_cells(module, record):
    """Return what the README says of a module in a release."""
    if not record:
        return ['', '', 'not measured']
    rows = record['rows']
    low = min(rows, key=ratio)
    stale = '' if records.is_current(module, 'bench', record) else ', stale'
    mean = geometric_mean([ratio(row) for row in rows])
    return [f'{mean:.2f} ({len(rows)} rows)', f'{ratio(low):.2f} ({literal(low["name"])})', f'{record["date"]}{stale}']


def readme_table(measured):
    """Return the table of the README."""
    columns = ('{}: times C, geometric mean', 'lowest row', 'measured')
    lines = ['', *table(['module', *(text.format(line) for line in releases.tested_lines() for text in columns)])]
    for module, by_line in measured.items():
        cells = [text for record in by_line.values() for text in readme_cells(module, record)]
        lines.append(f'| {" | ".join([f"`{module}`", *cells])} |')
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
            stale += [plot_path(module, line) for module, line, _ in stale_plots(bench_records())]
            for path in stale:
                print(f'{path.relative_to(TOP)} is not what Doc/records says: run make promotion')
            sys.exit(bool(stale))
        case _:
            sys.exit(__doc__)


if __name__ == '__main__':
    main()
