"""The CPython releases: those of Tools/rust/build/releases.txt, and the one that this build folder builds."""

import functools
import pathlib
import re
import subprocess

from build.setup_rust import TOP

TABLE = TOP / 'Tools/rust/build/releases.txt'
CPYTHON_MAKEFILE = pathlib.Path('cpython/Makefile')


def ask(command):
    """Return the words that a command of releases.sh prints."""
    script = ['sh', '-c', f'releases=$0; . "${{0%.txt}}.sh"; {command}', TABLE]
    return subprocess.run(script, check=True, capture_output=True, text=True).stdout.split()


def line_of(version):
    """Return 3.15 for 3.15.0rc2."""
    return '.'.join(version.split('.')[:2])


def applies(condition, version):
    """Tell whether a condition on the line of releases, such as >=3.15 or <3.15, is true of a version."""
    match = re.fullmatch(r'(>=|<)(\d+)\.(\d+)', condition)
    if not match:
        raise SystemExit(f'not a condition on a CPython release, such as >=3.15 or <3.15: {condition}')
    is_new = tuple(map(int, line_of(version).split('.'))) >= (int(match[2]), int(match[3]))
    return is_new == (match[1] == '>=')


def default_source():
    """Return the folder of the CPython release that ./bootstrap brings, below the top folder."""
    return f'Python-{ask("default_release")[0]}'


@functools.cache
def tested_lines():
    """Return the lines of releases, such as 3.15, of which one is tested, in the order of the table."""
    return list(dict.fromkeys(map(line_of, ask("known_releases '' tested"))))


def source():
    """Return the CPython source tree of the build folder this runs in, None when it runs in no such folder."""
    try:
        found = re.search(r'^VPATH=\s*(\S+)$', CPYTHON_MAKEFILE.read_text(encoding='utf-8'), re.MULTILINE)
    except FileNotFoundError:
        return None
    # The name is relative where CPython's configure was called by such a name.
    return (CPYTHON_MAKEFILE.parent / found[1]).resolve() if found else None


def built():
    """Return the version of CPython that the build folder this runs in builds."""
    tree = source()
    if tree is None:
        raise SystemExit('this needs to know the CPython release: run it in a build folder')
    text = (tree / 'Include/patchlevel.h').read_text(encoding='utf-8')
    return re.search(r'^#define PY_VERSION +"(.+)"', text, re.MULTILINE)[1]
