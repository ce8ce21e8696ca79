"""Measure what Rust costs a build, and write Doc/build-time.md; run in the build folder, on a machine at rest.

The Rust part is built from scratch in a separate folder. A clean build of everything takes minutes and is measured
with --all only; the C-only build that --plain-python names is what start-up and size are compared with.
"""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from build import setup_rust
from build.setup_rust import TOP

HEAD = """# Build time and size

Written by `make build-time`: do not edit. Seconds of wall time with {jobs} jobs; medians where there are several runs.

| what | | goal |
| --- | ---: | --- |
"""


def seconds(command, **options):
    """Return how long a command takes."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        sys.exit(f'{done.stdout}\n{command} failed')
    return time.perf_counter() - start


def rust_part(cargo, profile, features, jobs):
    """Return the seconds of a clean build of the library."""
    with tempfile.TemporaryDirectory(dir='.') as folder:
        command = [cargo, 'build', '--locked', '--quiet', f'-j{jobs}', '--profile', profile, '-p', 'stdlib']
        manifest = ['--manifest-path', TOP / 'Cargo.toml', '--features', features]
        return seconds([*command, *manifest, '--target-dir', folder])


def edit(module, jobs):
    """Return the seconds from an edit of a module's core to a `python` that has it."""
    file = TOP / 'Rust' / module / 'src/lib.rs'
    times = []
    for _ in range(2):
        file.touch()
        times.append(seconds(['make', '-s', f'-j{jobs}', 'build']))
    return statistics.median(times)


def start_up(programs, rounds=40):
    """Return the median milliseconds and the kB of `-c pass` for each program; they take turns."""
    times = {program: [] for program in programs}
    memory = {}
    code = 'import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)'
    for program in programs:
        memory[program] = int(subprocess.run([program, '-c', code], capture_output=True, text=True).stdout)
    for _ in range(rounds):
        for program in programs:
            times[program].append(seconds([program, '-c', 'pass']) * 1000)
    return {program: (statistics.median(times[program]), memory[program]) for program in programs}


def stripped_size(program):
    """Return the size of a program without its symbols, in kB."""
    with tempfile.NamedTemporaryFile() as copy:
        shutil.copy(program, copy.name)
        subprocess.run(['strip', copy.name], check=True)
        return os.stat(copy.name).st_size // 1024


def module_sizes(library):
    """Return the kB of code and constants of each crate in the library, by the names that symbols carry."""
    output = subprocess.run(['nm', '-S', '--size-sort', library], capture_output=True, text=True).stdout
    crates = [module.name for module in setup_rust.modules()]
    sizes = dict.fromkeys(crates, 0)
    for line in output.splitlines():
        words = line.split(None, 3)
        for crate in crates:
            if len(words) == 4 and re.search(rf'(?:\d|_|^){re.escape(crate)}(?:\d|_|$)', words[3]):
                sizes[crate] += int(words[1], 16)
                break
    return {crate: size // 1024 for crate, size in sizes.items() if size}


def clean_builds(jobs):
    """Return the seconds of clean builds with Rust and without."""
    arguments = subprocess.run(
        ['./config.status', '--config'], check=True, capture_output=True, text=True
    ).stdout.strip()
    found = []
    for more in ('', ' --with-rust-modules=none'):
        with tempfile.TemporaryDirectory(dir='.') as folder:
            seconds(f'{TOP}/configure --quiet {arguments}{more}', shell=True, cwd=folder)
            found.append(seconds(['make', '-s', f'-j{jobs}'], cwd=folder))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--profile', default='release')
    parser.add_argument('--features', default='')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--all', action='store_true', help='also time clean builds with Rust and without')
    parser.add_argument('--plain-python', type=pathlib.Path, help='the python of a C-only build')
    args = parser.parse_args()
    rows = []
    if args.all:
        rust, plain = clean_builds(args.jobs)
        rows.append(('a clean build, without Rust', f'{plain:.0f} s', ''))
        more = f'at most 25 % more: {100 * (rust / plain - 1):.0f} %'
        rows.append(('a clean build, with Rust', f'{rust:.0f} s', more))
    cargo, features = os.environ.get('CARGO', 'cargo'), args.features.split(',')
    default = [module.name for module in setup_rust.modules() if module.stage == 'default' and module.name in features]
    for label, names in ((f'all {len(features)} modules', features), (f'the {len(default)} default modules', default)):
        part = rust_part(cargo, args.profile, ','.join(names), args.jobs)
        rows.append((f'a clean build of the Rust part alone, {label}', f'{part:.1f} s', ''))
    for module in features:
        rows.append((f'`make` after an edit in {module}', f'{edit(module, args.jobs):.1f} s', 'at most 6 s'))
    ours = pathlib.Path('cpython/python').resolve()
    programs = [ours] + ([args.plain_python.resolve()] if args.plain_python else [])
    starts = start_up(programs)
    labels = dict(zip(programs, ('with Rust', 'without Rust'), strict=False))
    for program in programs:
        milliseconds, memory = starts[program]
        goal = f'within 2 %: {100 * (starts[ours][0] / milliseconds - 1):+.1f} %' if program != ours else ''
        rows.append((f'`python -c pass` {labels[program]}', f'{milliseconds:.1f} ms', goal))
        rows.append((f'memory of `python -c pass` {labels[program]}', f'{memory} kB', ''))
        rows.append((f'stripped `python` {labels[program]}', f'{stripped_size(program)} kB', ''))
    rows += [
        (f'stripped `python`, part of {crate}', f'{size} kB', '')
        for crate, size in module_sizes('rust/stdlib.o').items()
    ]
    text = HEAD.format(jobs=args.jobs) + ''.join(f'| {what} | {value} | {goal} |\n' for what, value, goal in rows)
    TOP.joinpath('Doc/build-time.md').write_text(text, encoding='utf-8')
    print(text)


if __name__ == '__main__':
    main()
