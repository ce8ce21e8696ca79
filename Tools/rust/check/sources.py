"""Hash the sources that the result of a check depends on, so that a record of older sources is recognised as stale.

Each kind of check has a scope. `core` is the module's crate and the Python-free crates it links: what fuzzing and the
sanitizers exercise for hours. `linked` adds the safe layer, the bindings and the versions of every external crate:
everything that can change the behaviour or the speed of the module. Comments, tests and blank lines do not
count, so that an edit of a comment makes nothing stale.
"""

import functools
import hashlib
import re

from build.setup_rust import TOP, crates

# The crates that touch Python, or only build the others.
BOUNDARY = frozenset({'cpython-api', 'cpython-sys', 'build-support'})
SCOPES = ('core', 'linked')


def dependencies(manifest):
    """Return the names below [dependencies] and [build-dependencies] in the text of a manifest."""
    sections = re.split(r'^\[([^\]]+)\]$', manifest, flags=re.MULTILINE)
    wanted = ('dependencies', 'build-dependencies')
    text = '\n'.join(body for head, body in zip(sections[1::2], sections[2::2], strict=True) if head in wanted)
    return re.findall(r'^([\w-]+)(?:\.workspace)? *=', text, re.MULTILINE)


@functools.cache
def workspace():
    """Return {name: folder} of the crates of the workspace."""
    return {folder.name: folder for folder in crates()}


@functools.cache
def locked():
    """Return {name: (versions, names of dependencies)} of every package in Cargo.lock."""
    found = {}
    text = (TOP / 'Cargo.lock').read_text(encoding='utf-8')
    for package in text.split('[[package]]\n')[1:]:
        name = re.search(r'^name = "(.*)"$', package, re.MULTILINE)[1]
        versions, names = found.setdefault(name, (set(), set()))
        versions.add(re.search(r'^version = "(.*)"$', package, re.MULTILINE)[1])
        names.update(re.findall(r'^ "([\w-]+)', package, re.MULTILINE))
    return found


def reached(module, scope):
    """Return the crates of the workspace and the external packages that a module depends on, by name."""
    ours, external, todo = set(), set(), [module]
    while todo:
        name = todo.pop()
        if name in ours or name in external or (scope == 'core' and name in BOUNDARY):
            continue
        if name in workspace():
            ours.add(name)
            todo += dependencies((workspace()[name] / 'Cargo.toml').read_text(encoding='utf-8'))
        elif name in locked():
            external.add(name)
            todo += locked()[name][1]
    return sorted(ours), sorted(external)


def without_comments(text):
    """Return C or Rust text without comments and blank lines; strings stay as they are."""
    token = r'(?<!\w)b?c?r?"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/'
    text = re.sub(token, lambda match: match[0] if match[0].endswith('"') else '', text, flags=re.DOTALL)
    return '\n'.join(line for line in map(str.rstrip, text.splitlines()) if line)


def files(folder):
    """Return the files of a crate that are compiled into the library: no tests, examples or benchmarks."""
    candidates = [*folder.glob('*.*'), *folder.glob('src/**/*'), *folder.glob('shims/*'), *folder.glob('build/*')]
    chosen = [file for file in candidates if file.suffix in ('.rs', '.c', '.h', '.toml')]
    return sorted(file for file in chosen if file.stem not in ('tests', 'testing') and 'tests' not in file.parent.parts)


@functools.cache
def digest(module, scope):
    """Return a short hash of the sources that a record of this scope depends on."""
    ours, external = reached(module, scope)
    found = hashlib.sha256()
    for name in ours:
        folder = workspace()[name]
        for file in files(folder):
            text = without_comments(file.read_text(encoding='utf-8'))
            found.update(f'{name}/{file.relative_to(folder)}\n{text}\n'.encode())
    for name in external:
        found.update(f'{name} {sorted(locked()[name][0])}\n'.encode())
    return found.hexdigest()[:12]
