"""Make Doc/module-status.md and the table of the README: which requirements of Doc/promotion.md each module meets.

  regen   write both
  check   write nothing; fail when they are not what the records, counts and differences say
  stale   name what has to be run again: records of older sources than those that are there, and missing ones

Everything comes from Doc/records, Doc/unsafe-count.md and Doc/differences.md: nothing is typed in. Each tested line of
CPython releases has records and a column of its own.
"""

import dataclasses
import re
import sys
from collections.abc import Callable

from check import count_unsafe
from check import fuzz
from check import records
from build import releases
from build import setup_rust
from bench.measure import LESS_SCALING, SLOWER, geometric_mean
from bench.measurements import literal, ratio
from build.setup_rust import TOP

PAGE = TOP / 'Doc/module-status.md'
README = TOP / 'README.md'
HEAD = """# State of the modules

Written by `make promotion`: do not edit. [Promotion](promotion.md) lists the requirements. Each tested line of CPython
releases has a column with the results that commands recorded when they last ran with `RECORD=1` in a build of such a
release, at the commit given; a + after it means that the working tree had changes. *stale* marks a result of older
sources than those of this tree; it does not count as met. `make record` repeats what is stale, for the release of the
build that it runs in.

*Built as* is the stage in `Modules/Setup.rust`. The stage *shown* in a release is the last one whose requirements, and
those of the stages before it, are all met by the records of that release.
"""
# Built as `_rust_NAME`; imported by `import NAME`; built without the C twin.
STAGES = ('incubating', 'default', 'without the twin')
# The time for which the programs of the fuzzer ran on the same sources.
FUZZ_SECONDS = {'incubating': 60, 'default': 3600, 'without the twin': 24 * 3600}
# The time for which libFuzzer ran on each target.
CORE_SECONDS = 600


def ran_clean(record):
    """Judge a record of tests: some passed and none failed."""
    text = f'{record["passed"]:,} passed, {record["failed"]:,} failed, {record["skipped"]:,} skipped'
    return record['passed'] > 0 and not record['failed'], text


def fuzzed(seconds):
    """Return the judge of so many seconds of fuzzing."""

    def judge(record):
        text = f'{amount(record["seconds"])} of {amount(seconds)}, {record["programs"]:,} programs'
        return record['seconds'] >= seconds and not record['differences'], f'{text}, {record["differences"]} differ'

    return judge


def cores_fuzzed(record):
    """Judge coverage-guided fuzzing of one target."""
    text = f'{amount(record["seconds"])} of {amount(CORE_SECONDS)}, {record["runs"]:,} runs, {record["broken"]} broken'
    return record['seconds'] >= CORE_SECONDS and not record['broken'], text


def amount(seconds):
    """Return a span of time in words."""
    return (
        f'{seconds / 3600:g} h'
        if seconds and seconds % 3600 == 0
        else f'{seconds / 60:.0f} min'
        if seconds >= 60
        else f'{seconds} s'
    )


def as_fast(record):
    """Judge the rows of the benchmark."""
    rows = sorted(record['rows'], key=ratio)
    slower = sum(ratio(row) < SLOWER for row in rows)
    mean = geometric_mean([ratio(row) for row in rows])
    slowest = f'{ratio(rows[0]):.2f} ({literal(rows[0]["name"])})'
    text = f'{mean:.2f} times C over {len(rows)} rows; slowest {slowest}; {slower} slower'
    return mean >= 1 and not slower, text


def scales(record):
    """Judge what two threads do."""
    if not record['threads']:
        return False, 'no row'
    row = min(record['threads'], key=lambda row: row['scaling']['rust'] / row['scaling']['C'])
    ours, theirs = row['scaling']['rust'], row['scaling']['C']
    text = f'lowest compared with C: {ours:.2f} times one thread, C {theirs:.2f} ({literal(row["name"])})'
    return ours >= LESS_SCALING * theirs, text


@dataclasses.dataclass(frozen=True)
class Requirement:
    """One line of the list: for which stage, what, from which record, and whether that is enough."""

    stage: str
    title: str
    kind: str
    judge: Callable = ran_clean


REQUIREMENTS = [
    Requirement('incubating', "CPython's tests of the module", 'upstream'),
    Requirement('incubating', 'tests against the twin and in threads', 'tests'),
    Requirement('incubating', 'fuzzing against the twin', 'difftest', fuzzed(FUZZ_SECONDS['incubating'])),
    Requirement('default', 'reference leaks, our tests', 'refleaks'),
    Requirement('default', 'failing allocations', 'no-memory'),
    Requirement('default', 'threads with tracemalloc', 'tracemalloc'),
    Requirement('default', 'stress', 'stress'),
    Requirement('default', 'many interpreters', 'interpreters'),
    Requirement('default', 'address and undefined behaviour sanitizers', 'asan'),
    Requirement('default', 'thread sanitizer', 'tsan'),
    Requirement('default', 'fuzzing against the twin', 'difftest', fuzzed(FUZZ_SECONDS['default'])),
    Requirement('default', 'speed', 'bench', as_fast),
    Requirement('default', 'two threads', 'bench', scales),
    Requirement('without the twin', "CPython's tests in a build without twins", 'without-twins'),
    Requirement('without the twin', 'fuzzing against the twin', 'difftest', fuzzed(FUZZ_SECONDS['without the twin'])),
]


def unsafe_count(name):
    """Return how often the crate says `unsafe`, from the committed table; None when it is not there."""
    row = count_unsafe.read_table().get(name)
    return row and sum(row[column] for column in (*count_unsafe.KINDS, 'unsafe fn', 'unsafe impl'))


def differences(name):
    """Return how many differences from C are listed for the module."""
    text = (TOP / 'Doc/differences.md').read_text(encoding='utf-8')
    for section in re.split(r'^## ', text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition('\n')
        if name in re.split(r'[ ,()]+', heading):
            return len(re.findall(r'^- ', body, re.MULTILINE))
    return 0


def judge(name, line):
    """Return [(requirement, state, text, record)] for a module in builds of a line of releases.

    The state is yes, no, stale or empty.
    """
    kept, lines = records.load(name, line), []
    targets = [target for target, module in fuzz.MODULES.items() if module == name]
    cores = [Requirement('default', f'coverage-guided: {x}', f'fuzz {x}', cores_fuzzed) for x in targets]
    for requirement in sorted(REQUIREMENTS + cores, key=lambda found: STAGES.index(found.stage)):
        record = kept.get(requirement.kind)
        if record:
            met, text = requirement.judge(record)
            state = ('yes' if met else 'no') if records.is_current(name, requirement.kind, record) else 'stale'
        else:
            state, text = '', 'not recorded'
        lines.append((requirement, state, text, record or {}))
    return lines


def reached(lines, stage):
    """Return how many requirements of a stage are met by the sources as they are, as text."""
    states = [state for requirement, state, *_ in lines if requirement.stage == stage]
    stale = states.count('stale')
    return f'{states.count("yes")} of {len(states)}{f", {stale} stale" if stale else ""}'


def shown(lines):
    """Return the last stage whose requirements and those of the earlier ones are all met, or none."""
    found = 'none'
    for stage in STAGES:
        if any(state != 'yes' for requirement, state, *_ in lines if requirement.stage == stage):
            break
        found = stage
    return found


def table(*columns):
    """Return the two lines that begin a Markdown table."""
    return [f'| {" | ".join(columns)} |', f'| {" | ".join("---" for _ in columns)} |']


def cell(state, text, record):
    """Return a result of one release in one cell."""
    parts = [record[key] for key in ('release', 'date', 'commit') if record.get(key)]
    # Records of fuzzing, and those of older versions of this tool, do not have it.
    if 'took' in record:
        parts.append(f'took {amount(record["took"])}')
    stamp = ', '.join(parts)
    return f'{f"*{state}*: " if state else ""}{text}{f" ({stamp})" if stamp else ""}'


def page():
    """Return the text of the page."""
    modules = [module for module in setup_rust.modules() if module.stage != 'testing']
    lines = releases.tested_lines()
    judged = {(module.name, line): judge(module.name, line) for module in modules for line in lines}
    columns = [f'{title} {line}' for title in ('shown in', 'incubating,', 'default,', 'no twin,') for line in lines]
    text = [HEAD, *table('module', 'built as', *columns, '`unsafe`', 'differences')]
    for module in modules:
        stages = ' | '.join(shown(judged[module.name, line]) for line in lines)
        met = ' | '.join(reached(judged[module.name, line], stage) for stage in STAGES for line in lines)
        counts = f'{unsafe_count(module.name)} | {differences(module.name)}'
        text.append(f'| [`{module.name}`](#{anchor(module.name)}) | {module.stage} | {stages} | {met} | {counts} |')
    for module in modules:
        text += ['', f'## {module.name}', '', *table('stage', 'requirement', *lines)]
        for results in zip(*(judged[module.name, line] for line in lines), strict=True):
            requirement = results[0][0]
            cells = ' | '.join(cell(*result) for _, *result in results)
            text.append(f'| {requirement.stage} | {requirement.title} | {cells} |')
    return '\n'.join(text) + '\n'


def readme_table():
    """Return the table of the README."""
    lines = releases.tested_lines()
    met_in = [f'requirements met, {line}' for line in lines]
    text = ['', *table('module', 'built as', '`import` gives', 'C twin', *met_in)]
    for module in setup_rust.modules():
        if module.stage != 'testing':
            gives = 'Rust' if module.stage == 'default' else 'C; Rust is `_rust_' + module.name + '`'
            twin = f'`_c_{module.name}`' if module.stage == 'default' else f'`{module.name}`'
            met = ' | '.join(reached(judge(module.name, line), module.stage) for line in lines)
            text.append(f'| `{module.name}` | {module.stage} | {gives} | {twin} | {met} |')
    return '\n'.join([*text, '']) + '\n'


def texts():
    """Return {path: text} of the page and of the README with its table renewed."""
    marked = re.compile(r'(?<=make promotion -->\n).*?(?=<!-- end -->)', re.DOTALL)
    readme = marked.sub(lambda match: readme_table(), README.read_text(encoding='utf-8'), count=1)
    return {PAGE: page(), README: readme}


def anchor(name):
    """Return the anchor that Markdown gives a heading."""
    return name.lower()


def stale(line):
    """Return [(module, kind)] of what has to be run again in a build of a line of releases."""
    modules = [module.name for module in setup_rust.modules() if module.stage != 'testing']
    return [
        (name, requirement.kind)
        for name in modules
        for requirement, state, *_ in judge(name, line)
        if state in ('stale', '')
    ]


def main():
    match sys.argv[1:]:
        case ['regen']:
            for path, text in texts().items():
                path.write_text(text, encoding='utf-8')
                print(f'wrote {path}')
        case ['check']:
            wrong = [path for path, text in texts().items() if path.read_text(encoding='utf-8') != text]
            for path in wrong:
                print(f'{path.relative_to(TOP)} is not what Doc/records and the sources say: run make promotion')
            sys.exit(bool(wrong))
        case ['stale']:
            for line in releases.tested_lines():
                for module, kind in stale(line):
                    print(f'{line}: {module}: {kind}')
        case _:
            sys.exit(__doc__)


if __name__ == '__main__':
    main()
