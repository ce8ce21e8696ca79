"""Doc/records/LINE/NAME.json: what commands found out about each module, for the pages that are made from it.

LINE is the line of CPython releases, such as 3.15, of the build that a command ran in, so that the results of one
release stay apart from those of another. Only the command that ran a check writes its record, with `RECORD=1` on make's
command line; nothing is typed in. A record has the date, the commit, the CPython `release` and `source`, a hash of the
files that its kind of check depends on (check/sources.py), so that a record of older sources is recognised without git.
`took` is how many seconds its steps ran, from which `make record` says how long it will take to repeat them.
"""

import datetime
import json
import subprocess
import threading

from build import releases
from build.setup_rust import TOP
from check import sources
from check.report import total

FOLDER = TOP / 'Doc/records'
# Held while a file is read, changed and written: results of one module can be recorded by several threads.
LOCK = threading.Lock()

# The steps of `make test` and `make check-full` that are about one module: a record has the sums of their counts.
STEPS = {
    'upstream': ("CPython's tests on {}",),
    'tests': ('tests of {}',),
    'no-memory': ('no memory: {}', 'no malloc: {}'),
    'tracemalloc': ('tracemalloc and threads: {}',),
    'refleaks': ('references: {}',),
    'stress': ('stress: {}',),
    'interpreters': ('many interpreters: {}',),
    'asan': ('asan: {}', 'asan: tests of {}', 'asan: stress of {}'),
    'tsan': ('tsan: {}', 'tsan: tests of {}', 'tsan: stress of {}'),
}


def path(module, line):
    """Return the file of the records of a module in builds of a line of releases."""
    return FOLDER / line / f'{module}.json'


def load(module, line):
    """Return the records of a module by kind; nothing when there are none."""
    try:
        return json.loads(path(module, line).read_text(encoding='utf-8'))
    except FileNotFoundError:
        return {}


def scope(kind):
    """Return which sources a kind of record depends on."""
    return 'core' if kind in ('difftest', 'asan', 'tsan') or kind.startswith('fuzz ') else 'linked'


def source_hash(module, kind):
    """Return a short hash of the sources that a kind of record depends on."""
    return sources.digest(module, scope(kind))


def commit():
    """Return the commit that is checked out, with a + when files differ from it; nothing outside of a clone."""

    def git(*arguments):
        return subprocess.run(['git', '-C', TOP, *arguments], capture_output=True, text=True)

    try:
        head = git('rev-parse', '--short=12', 'HEAD')
        # The records themselves change while several commands write theirs.
        changed = git('diff', '--quiet', 'HEAD', '--', '.', ':!Doc', ':!README.md').returncode
    except OSError:
        return ''
    return head.stdout.strip() + ('+' if changed else '') if head.returncode == 0 else ''


def is_current(module, kind, record):
    """Tell whether a record is of the sources as they are."""
    return record.get('source') == source_hash(module, kind)


def update(module, kind, result, add=()):
    """Replace a record of this build's release.

    The figures named in `add` are summed up over all runs of the same sources with the same release.
    """
    release = releases.built()
    line = releases.line_of(release)
    date = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    stamp = {'date': date, 'commit': commit(), 'release': release, 'source': source_hash(module, kind)}
    with LOCK:
        records = load(module, line)
        before = records.get(kind, {})
        if is_current(module, kind, before) and before.get('release') == release:
            result = result | {key: result[key] + before.get(key, 0) for key in add}
        records[kind] = stamp | result
        path(module, line).parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(records, indent=1, sort_keys=True, ensure_ascii=False)
        path(module, line).write_text(text + '\n', encoding='utf-8')


def update_from(report, modules, kinds=STEPS):
    """Record the steps of a report that are about one module; a step that did not run leaves what there is."""
    for kind, titles in kinds.items():
        for module in modules:
            names = [name for title in titles if (name := title.format(module)) in report.steps]
            counts = total(report.steps, names)
            if counts['passed'] or counts['failed']:
                took = sum(report.seconds.get(name, 0) for name in names)
                update(module, kind, counts | {'took': round(took)})
