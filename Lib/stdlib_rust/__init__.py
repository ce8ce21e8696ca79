"""Rust implementations of extension modules, for a free-threaded Python whose own are written in C.

Modules that are imported after `install()` are the Rust ones:

    import stdlib_rust
    stdlib_rust.install()

`python -m stdlib_rust program.py` does this before it runs a program.  With the environment variable
PYTHON_RUST_MODULES or the option `-X rust_modules` it is done at the start of any program.  A module that has been
imported before stays what it is; `python -m stdlib_rust status` shows which implementation each module has.
"""

import importlib.machinery
import os
import sys
import warnings

from stdlib_rust import _build

__all__ = ['Unsupported', 'choose', 'install', 'status', 'uninstall']

LIBRARY = os.path.join(os.path.dirname(__file__), _build.LIBRARY)


class Unsupported(ImportError):
    """This Python is not one that the modules were built for."""


def reason_against():
    """Return why the modules cannot be used in this Python, or None."""
    wanted = 'CPython {}.{}, free-threaded'.format(*_build.PYTHON)
    if sys.implementation.name != 'cpython' or sys.version_info[:2] != _build.PYTHON:
        return f'stdlib_rust was built for {wanted}, and this is {sys.implementation.name} {sys.version.split()[0]}'
    if 't' not in sys.abiflags or 'd' in sys.abiflags:
        return f'stdlib_rust was built for {wanted}, and this is another build of {sys.version.split()[0]}'
    if not os.path.exists(LIBRARY):
        return f'stdlib_rust has no library for this platform: {LIBRARY} is missing'
    return None


def choose(words='default'):
    """Return the set of modules that `words` names, as `-X rust_modules` does: 'default', 'all,-zlib', '+_heapq'.

    A word that is neither known nor a module has no effect and causes a RuntimeWarning.
    """
    default = {name for name, stage in _build.STAGES.items() if stage == 'default'}
    groups = {'none': set(), 'default': default, 'all': set(_build.STAGES)}
    chosen, unknown = None, []
    for word in filter(None, (word.strip() for word in words.split(','))):
        name = word.lstrip('+-')
        if word in groups:
            chosen = set(groups[word])
        elif name not in _build.STAGES:
            unknown.append(word)
        elif word.startswith('-'):
            chosen = (default if chosen is None else chosen) - {name}
        elif word.startswith('+'):
            chosen = (default if chosen is None else chosen) | {name}
        else:
            chosen = (chosen or set()) | {name}
    if unknown:
        known = ', '.join(_build.STAGES)
        warnings.warn(f'unknown in rust_modules: {", ".join(unknown)} (known: {known})', RuntimeWarning, stacklevel=2)
    return default if chosen is None else chosen


def _is_users(name, path):
    """Return whether something else of that name comes first on sys.path, such as a program's own zlib.py."""
    if name in sys.builtin_module_names:
        return False
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    return spec is not None and not isinstance(spec.loader, importlib.machinery.ExtensionFileLoader)


class _Finder:
    """A meta path finder for the chosen modules. It comes first, so it finds built-in modules as well."""

    def __init__(self):
        # The names to import, submodules included.
        self.names = frozenset()

    def find_spec(self, name, path=None, target=None):
        if name not in self.names or _is_users(name, path):
            return None
        loader = importlib.machinery.ExtensionFileLoader(name, LIBRARY)
        spec = importlib.machinery.ModuleSpec(name, loader, origin=LIBRARY)
        spec.has_location = True
        return spec


_finder = _Finder()


def install(words='default'):
    """Make later imports give the Rust implementation of the chosen modules; see `choose` for `words`.

    Return the chosen modules that stay C because they have been imported already, in alphabetical order.
    """
    if reason := reason_against():
        raise Unsupported(reason)
    chosen = choose(words)
    _finder.names = frozenset(name for module in chosen for name in _build.INITS[module])
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    return sorted(name for name in chosen if name in sys.modules and not is_rust(name))


def uninstall():
    """Make later imports give the C implementation again; what has been imported stays."""
    _finder.names = frozenset()
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)


def install_as_chosen():
    """Install what `-X rust_modules` or PYTHON_RUST_MODULES says; this is called when Python starts.

    A Python that is not supported only causes a RuntimeWarning, since a program does not have to fail for that.
    """
    words = sys._xoptions.get('rust_modules')
    if words is None and not sys.flags.ignore_environment:
        words = os.environ.get('PYTHON_RUST_MODULES')
    if not isinstance(words, str):
        return
    try:
        install(words)
    except Unsupported as error:
        warnings.warn(str(error), RuntimeWarning, stacklevel=2)


def is_rust(name):
    """Return whether a module that has been imported is the Rust one."""
    spec = getattr(sys.modules.get(name), '__spec__', None)
    return getattr(spec, 'origin', None) == LIBRARY


def status():
    """Return for each module that has a Rust implementation which one a program has, or gets when it imports it.

    The values are 'Rust' and 'C', followed by a reason where C cannot be replaced any more.
    """
    found = {}
    for name in _build.STAGES:
        if name in sys.modules:
            early = name in _finder.names and not is_rust(name)
            found[name] = 'Rust' if is_rust(name) else 'C, imported before install()' if early else 'C'
        else:
            found[name] = 'Rust' if name in _finder.names else 'C'
    return found
