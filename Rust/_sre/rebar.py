"""Time the Rust _sre and its C twin on the definitions of rebar that Python's re runs.

  ./python ../Rust/_sre/rebar.py [--seconds S] [--only REGEX] REBAR

REBAR is a checkout of the repository BurntSushi/rebar, whose FORMAT.md describes the definitions and MODELS.md what
is timed.  Both modules take the patterns that Lib/re compiles.  Their counts are compared with each other and with that
of the definition.  The last lines are the geometric mean of the ratios, and the rows in which Rust is slower.  What is
timed in the model compile is Lib/re, which both modules share.
"""

import argparse
import functools
import math
import pathlib
import re
import statistics
import sys
import time
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).parent / 'tests'))

import sre_patterns as patterns

ENGINE = 'python/re'
# The patterns of the model regex-redux: those that are counted, and those that are replaced.
VARIANTS = (
    *('agggtaaa|tttaccct', '[cgt]gggtaaa|tttaccc[acg]', 'a[act]ggtaaa|tttacc[agt]t', 'ag[act]gtaaa|tttac[agt]ct'),
    *('agg[act]taaa|ttta[agt]cct', 'aggg[acg]aaa|ttt[cgt]ccct', 'agggt[cgt]aa|tt[acg]accct'),
    *('agggta[cgt]a|t[acg]taccct', 'agggtaa[cgt]|[acg]ttaccct'),
)
REPLACED = (
    ('tHa[Nt]', '<4>'),
    ('aND|caN|Ha[DS]|WaS', '<3>'),
    ('a[NSt]|BY', '<2>'),
    ('<[^>]*>', '|'),
    (r'\|[^|][^|]*\|', '-'),
)


def contents(spec, folder):
    """Return the text of a haystack or a pattern as bytes."""
    if isinstance(spec, str):
        return spec.encode()
    if 'contents' in spec:
        data = spec['contents'].encode()
    else:
        data = (folder / spec['path']).read_bytes()
    if spec.get('utf8-lossy'):
        data = data.decode(errors='replace').encode()
    if spec.get('trim'):
        data = data.strip()
    if 'line-start' in spec or 'line-end' in spec:
        data = b''.join(data.splitlines(keepends=True)[spec.get('line-start') : spec.get('line-end')])
    return spec.get('prepend', '').encode() + data * spec.get('repeat', 1) + spec.get('append', '').encode()


def pattern_of(spec, folder):
    """Return the only pattern of a definition; None if there are several."""
    if isinstance(spec, list):
        return spec[0] if len(spec) == 1 else None
    if isinstance(spec, str):
        return spec
    if 'patterns' in spec:
        found = spec['patterns']
    else:
        text = (folder / spec['path']).read_text(encoding='utf-8')
        found = text.splitlines() if 'per-line' in spec else [text.strip()]
    if spec.get('literal'):
        found = [re.escape(each) for each in found]
    found = [spec.get('prepend', '') + each + spec.get('append', '') for each in found]
    if spec.get('per-line') == 'pattern' and len(found) != 1:
        return None
    return '|'.join(found) if spec.get('per-line') == 'alternate' else found[0]


def lines(text):
    """Return the lines of a haystack, as the models grep and grep-captures split it."""
    feed, carriage = ('\n', '\r') if isinstance(text, str) else (b'\n', b'\r')
    found = text.split(feed)
    return [line.removesuffix(carriage) for line in (found if found[-1] else found[:-1])]


def groups(matches):
    return sum(1 + sum(group is not None for group in match.groups()) for match in matches)


def redux(compile_pattern, text):
    convert = (lambda string: string) if isinstance(text, str) else str.encode
    text = compile_pattern(convert(r'>[^\n]*\n|\n')).sub(convert(''), text)
    for variant in VARIANTS:
        sum(1 for _ in compile_pattern(convert(variant)).finditer(text))
    for pattern, replacement in REPLACED:
        text = compile_pattern(convert(pattern)).sub(convert(replacement), text)
    return len(text)


def work_of(model, pattern, flags, text, compile_pattern):
    """Return what a model times, a function that returns its count."""
    if model == 'regex-redux':
        return lambda: redux(lambda each: compile_pattern(each, flags), text)
    made = compile_pattern(pattern, flags)
    if model == 'compile':
        return lambda: compile_pattern(pattern, flags).groups
    return {
        'count': lambda: sum(1 for _ in made.finditer(text)),
        'count-spans': lambda: sum(len(match.group(0).encode()) for match in made.finditer(text))
        if isinstance(text, str)
        else sum(len(match.group(0)) for match in made.finditer(text)),
        'count-captures': lambda: groups(made.finditer(text)),
        'grep': lambda: sum(1 for line in lines(text) if made.search(line)),
        'grep-captures': lambda: sum(groups(made.finditer(line)) for line in lines(text)),
    }[model]


def definitions(top, only):
    """Yield the name, model, pattern, flags, text and count of each definition that Python's re runs."""
    benchmarks = top / 'benchmarks'
    for path in sorted((benchmarks / 'definitions').rglob('*.toml')):
        group = path.relative_to(benchmarks / 'definitions').with_suffix('').as_posix()
        if group.startswith('test/'):
            continue
        for bench in tomllib.loads(path.read_text(encoding='utf-8')).get('bench', ()):
            name = f'{group}/{bench["name"]}'
            if ENGINE not in bench['engines'] or not re.search(only, name):
                continue
            is_text = bench.get('unicode', False)
            try:
                text = contents(bench['haystack'], benchmarks / 'haystacks')
            except FileNotFoundError as error:
                print(f'{name} is left out: no {error.filename}', file=sys.stderr)
                continue
            pattern = '' if bench['model'] == 'regex-redux' else pattern_of(bench['regex'], benchmarks / 'regexes')
            counts = bench['count']
            if isinstance(counts, list):
                counts = next((each['count'] for each in counts if re.fullmatch(each['engine'], ENGINE)), None)
            flags = (re.UNICODE if is_text else re.ASCII) | (re.IGNORECASE if bench.get('case-insensitive') else 0)
            yield (
                *(name, bench['model'], pattern if is_text else pattern.encode()),
                *(flags, text.decode() if is_text else text, counts),
            )


def best_times(calls, seconds):
    """Return the shortest time of each call, which are timed in turns for so many seconds."""
    times = dict.fromkeys(calls, math.inf)
    end = time.perf_counter() + seconds
    while True:
        for key, call in calls.items():
            start = time.perf_counter()
            call()
            times[key] = min(times[key], time.perf_counter() - start)
        if time.perf_counter() > end:
            return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('rebar', type=pathlib.Path)
    parser.add_argument('--seconds', type=float, default=0.5, help='how long a definition is timed')
    parser.add_argument('--only', default='', help='the definitions whose names this pattern finds')
    args = parser.parse_args()

    import _c__sre
    import _rust__sre

    ratios, compiled, wrong = {}, set(), []
    print('| definition | model | C, ms | Rust, ms | C / Rust |\n| --- | --- | ---: | ---: | ---: |')
    for name, model, pattern, flags, text, count in definitions(args.rebar, args.only):
        compilers = {
            key: functools.partial(patterns.compile, module) for key, module in (('C', _c__sre), ('Rust', _rust__sre))
        }
        calls = {key: work_of(model, pattern, flags, text, each) for key, each in compilers.items()}
        found = {call() for call in calls.values()}
        if len(found) > 1 or model != 'compile' and count is not None and found != {count}:
            wrong.append(f'{name}: {found}, not {count}')
        if model == 'compile':
            compiled.add(name)
        times = best_times(calls, args.seconds)
        ratios[name] = times['C'] / times['Rust']
        milliseconds = ' | '.join(f'{time * 1e3:.3f}' for time in times.values())
        print(f'| {name} | {model} | {milliseconds} | {ratios[name]:.2f} |', flush=True)
    searches = [ratio for name, ratio in ratios.items() if name not in compiled]
    for kind, values in ('', ratios.values()), (' without the model compile', searches):
        print(f'{len(values)} definitions{kind}, geometric mean {statistics.geometric_mean(values):.2f}')
    slower = [f'{name} {ratio:.2f}' for name, ratio in ratios.items() if ratio < 0.97]
    print('Rust is more than 3 % slower in:', ', '.join(slower) or 'none')
    print('\n'.join(wrong))
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()
