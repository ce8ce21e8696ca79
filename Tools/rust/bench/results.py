"""Keep what `make bench` measured as pyperf suites, read them again, and tell a regression from noise.

Each implementation of a row is one pyperf benchmark, so that `python -m pyperf show FILE` and pyperf's other commands
read the files, too.
"""

import math

from bench.measure import Row

# A difference below this is not reported, however significant it is.
LEAST = 0.05
# How many standard errors of both measurements a difference must exceed.
SIGMAS = 4


def save(pyperf, measured, metadata, path):
    """Write `measured`, which maps a module to its Bench, into one file."""
    benchmarks = []
    for module, bench in measured.items():
        for row in [*bench.rows, *(row for pair in bench.thread_rows for row in pair)]:
            at_once = f', threads: {row.threads}' if row.threads else ''
            for key, values in row.values.items():
                facts = {
                    'name': f'{module}: {row.name}{at_once} [{key}]',
                    'unit': 'second',
                    'loops': row.loops[key],
                    'rust_module': module,
                    'rust_row': row.name,
                    'rust_implementation': key,
                    'rust_size': row.size,
                    'rust_goal': float(row.goal),
                    'rust_threads': row.threads,
                }
                benchmarks.append(
                    pyperf.Benchmark([pyperf.Run(values, metadata=metadata | facts, collect_metadata=False)])
                )
    path.parent.mkdir(parents=True, exist_ok=True)
    pyperf.BenchmarkSuite(benchmarks).dump(str(path), replace=True)


def load(pyperf, path):
    """Return the rows of a file, or of all files of a folder, as {(module, row, threads): Row}."""
    files = sorted(path.glob('*.json')) if path.is_dir() else [path]
    rows = {}
    for file in files:
        for benchmark in pyperf.BenchmarkSuite.load(str(file)):
            facts = benchmark.get_metadata()
            if 'rust_row' not in facts:
                raise SystemExit(f'{file} was not written by make bench')
            place = facts['rust_module'], facts['rust_row'], facts['rust_threads']
            empty = Row(facts['rust_row'], facts['rust_size'], facts['rust_goal'], {}, {}, facts['rust_threads'])
            row = rows.setdefault(place, empty)
            row.values[facts['rust_implementation']] = list(benchmark.get_values())
            row.loops[facts['rust_implementation']] = facts['loops']
    return rows


def compare(old, new):
    """Return [(module, row, threads, ratio before, ratio now, change, how much may be noise)] of the common rows.

    What is compared is the ratio to the C twin, which does not change from commit to commit: it says what the machine
    was like in either run.
    """
    lines = []
    for place in new:
        if place in old:
            before, now = old[place], new[place]
            noise = max(math.log1p(LEAST), SIGMAS * math.hypot(before.noise, now.noise))
            lines.append((*place, before.ratio, now.ratio, now.ratio / before.ratio, noise))
    return lines


def verdict(change, noise):
    """Return what a change of the ratio means."""
    if abs(math.log(change)) <= noise:
        return ''
    return 'faster' if change > 1 else 'SLOWER'


def report(lines, missing=()):
    """Print a comparison; return the exit status: 1 for a regression, 2 when there was nothing to compare."""
    print(
        '\n| module | work | times C before | now | change | noise | |\n| --- | --- | ---: | ---: | ---: | ---: | --- |'
    )
    counts = {'faster': 0, 'SLOWER': 0, '': 0}
    for module, name, threads, before, now, change, noise in lines:
        found = verdict(change, noise)
        counts[found] += 1
        work = f'{name}, threads: {threads}' if threads else name
        print(
            f'| {module} | {work} | {before:.2f} | {now:.2f} | {change - 1:+.1%} | {math.expm1(noise):.1%} | {found} |'
        )
    print(f'\n{counts["SLOWER"]} slower, {counts["faster"]} faster, {counts[""]} within noise')
    if missing:
        print(f'only in one of them: {", ".join(sorted(missing))}')
    if not lines:
        print('nothing to compare: no row is in both')
        return 2
    return 1 if counts['SLOWER'] else 0
