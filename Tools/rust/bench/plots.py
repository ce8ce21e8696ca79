"""Draw Doc/plots/LINE/NAME.svg from the records of `make bench`: a bar for each row, on a scale of times C.

Runs in the environment of the documentation, which has matplotlib.  The same records give the same files: no date is
in them, the identifiers in them do not change, and text stays text, so that no font of this machine gets in.
"""

import sys

import matplotlib
from matplotlib import pyplot, ticker

from bench import measurements

FASTER, SLOWER, EQUAL, PEER = '#2a7f9e', '#c4513c', '#9a9a9a', '#3b3b3b'
ROW_INCHES = 0.17


def draw(title, record, path):
    """Draw the rows of one module in one release, the first one on top."""
    rows = record['rows']
    ratios = [measurements.ratio(row) for row in rows]
    best = [ratio / peer[1] for row, ratio in zip(rows, ratios, strict=True) if (peer := measurements.best_peer(row))]
    places = range(len(rows))
    figure, axes = pyplot.subplots(figsize=(8, 1.1 + ROW_INCHES * len(rows)))
    noise = measurements.SLOWER
    colors = [SLOWER if ratio < noise else EQUAL if ratio < 1 / noise else FASTER for ratio in ratios]
    # A bar starts at 1, so its length shows the distance from C, and its direction which of the two is faster.
    axes.barh(places, [ratio - 1 for ratio in ratios], left=1, height=0.74, color=colors)
    for place, (row, ratio) in enumerate(zip(rows, ratios, strict=True)):
        # The figures stand in a column of their own, where no bar or diamond is.
        axes.text(1.01, place, f'{ratio:.2f}', transform=axes.get_yaxis_transform(), fontsize=7, va='center')
        if peer := measurements.best_peer(row):
            axes.plot(
                ratio / peer[1],
                place,
                marker='D',
                markersize=4,
                color=PEER,
                markeredgecolor='white',
                markeredgewidth=0.6,
            )
    axes.axvline(1, color='black', linewidth=1)
    axes.set_xscale('log')
    low, high = min([*ratios, *best]), max([*ratios, *best])
    axes.set_xlim(min(0.7, low / 1.3), max(1.5, high * 1.3))
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f'{value:g}'))
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.tick_params(axis='x', labelsize=8, top=True, labeltop=True)
    axes.grid(axis='x', color='#d8d8d8', linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks(places, [row['name'] for row in rows], fontsize=7)
    axes.tick_params(axis='y', length=0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    for side in ('left', 'right', 'top', 'bottom'):
        axes.spines[side].set_visible(False)
    legend = 'times C: right of the line Rust is faster' + ('; diamonds: the fastest package from PyPI' if best else '')
    axes.set_title(f'{title}, {legend}', fontsize=8.5, loc='left')
    figure.savefig(
        path,
        bbox_inches='tight',
        pad_inches=0.1,
        metadata={'Date': None, 'Creator': None, 'Description': f'records {measurements.digest(record)}'},
    )
    pyplot.close(figure)


def main():
    matplotlib.use('svg')
    matplotlib.rcParams['svg.hashsalt'] = 'plots'
    matplotlib.rcParams['svg.fonttype'] = 'none'
    measured = measurements.bench_records()
    wanted = set(sys.argv[1:]) or set(measured)
    for module, line, record in measurements.stale_plots(measured):
        path = measurements.plot_path(module, line)
        if module in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(f'{module} on CPython {line}', record, path)
            print(f'wrote {path}')


if __name__ == '__main__':
    main()
