"""Load `Rust/NAME/tests/calls.py`, which says how the functions and objects of a module are called.

Such a file defines `calls(module)`, and where it applies the other two:

  calls(module)    [(label, make)]: `make()` prepares a callable without arguments, which makes the call
  buffers(module)  [(label, function)]: functions of a buffer, which other threads write to and resize meanwhile
  shared(module)   [(label, make, functions)]: functions of one object, which many threads call on it at once

and `ALSO_WITHOUT_MEMORY`, exceptions that may stand for MemoryError because those of the C module do.
"""

import importlib
import pathlib
import re
import types

RUST = pathlib.Path(__file__).resolve().parents[3] / 'Rust'


def has_calls(name):
    """Tell whether the module has such a file."""
    return (RUST / name / 'tests/calls.py').exists()


def load(name, prefix='_rust_'):
    """Return the module and what its file defines, with empty lists for what it does not."""
    module = importlib.import_module(prefix + name)
    path = RUST / name / 'tests/calls.py'
    space = {'__name__': f'calls of {name}'}
    exec(compile(path.read_text(encoding='utf-8'), str(path), 'exec'), space)
    return module, types.SimpleNamespace(
        calls=space['calls'](module),
        buffers=space.get('buffers', lambda module: [])(module),
        shared=space.get('shared', lambda module: [])(module),
        also_without_memory=space.get('ALSO_WITHOUT_MEMORY', ()),
    )


def outcome(call):
    """Return what a call gives in a form that can be compared between interpreters."""
    try:
        value = call()
    except Exception as error:
        value = error
    return re.sub(r' at 0x[0-9a-f]+', '', f'{type(value).__name__} {value!r}')
