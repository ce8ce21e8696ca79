"""Run a program on one implementation after the other, and say where they first differ."""

import dataclasses
import re
import warnings

from difftest import objects

# Deeper than this, containers are compared by ==.
DEEPEST = 50


@dataclasses.dataclass
class Outcome:
    """What came of one line: 'returned' or 'raised', the name of the type, what is compared of it, and the log."""

    kind: str
    type: str
    detail: object
    log: list

    def show(self):
        detail = (
            self.detail if isinstance(self.detail, str) and self.kind == 'raised' else objects.safe_repr(self.detail)
        )
        log = f'; log: {", ".join(map(str, self.log))[:200]}' if self.log else ''
        return f'{self.kind} {self.type} {detail[:300]}{log}'


@dataclasses.dataclass
class Difference:
    """Where a program differs."""

    line: int
    c: Outcome
    rust: Outcome


def plain(name):
    """Return a name without the prefix under which the module was imported."""
    return re.sub(r'\b_(?:c|rust)_(?=\w)', '', name)


def type_name(value):
    return plain(f'{type(value).__module__}.{type(value).__qualname__}').removeprefix('builtins.')


def describe(value, depth=0):
    """Return what is compared of a value: its type, and its content to the bit."""
    kind = type(value)
    if kind in (int, bool, str, bytes, type(None)):
        return kind.__name__, value
    if kind in (float, complex):
        return kind.__name__, repr(value)
    if isinstance(value, (bytearray, memoryview)):
        try:
            return kind.__name__, bytes(value)
        except ValueError:
            # A part of a view that has been released is one that has been, too.
            return kind.__name__, 'released'
    if isinstance(value, BaseException):
        return exception(value)
    if depth > DEEPEST:
        return type_name(value), 'deep'
    if isinstance(value, (list, tuple)):
        content = list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value)
        return type_name(value), [describe(item, depth + 1) for item in content]
    if isinstance(value, dict):
        return type_name(value), [(describe(k, depth + 1), describe(v, depth + 1)) for k, v in dict.items(value)]
    return type_name(value), plain(objects.safe_repr(value)) if depth else ''


def exception(error, depth=0):
    """Return what is compared of an exception: type, message, notes, and what it came from."""
    causes = [
        exception(cause, depth + 1) if cause is not None and depth < 3 else None
        for cause in (error.__cause__, error.__context__)
    ]
    notes = [str(note) for note in getattr(error, '__notes__', ())]
    try:
        message = plain(str(error))
    except Exception as other:
        message = type(other).__name__
    return type_name(error), message, notes, error.__suppress_context__, causes


def outcome(code, space):
    """Evaluate a compiled line."""
    objects.LOG.clear()
    try:
        value = eval(code, space)
    except Exception as error:
        name, message, *rest = exception(error)
        detail = message if rest == [[], False, [None, None]] else f'{message} {rest}'
        return 'raised', name, detail, objects.LOG[:], None
    log = objects.LOG[:]
    return 'returned', type_name(value), describe(value), log, value


def run(program, module, helpers):
    """Return the outcome of every line of a program on a module; a line after one that failed still runs."""
    space = objects.NAMESPACE | {'M': module, **helpers}
    found = []
    for line in program:
        kind, name, detail, log, value = outcome(line.code(), space)
        found.append(Outcome(kind, name, detail, log))
        if line.target:
            space[line.target] = value
    return found


def difference(c_outcomes, rust_outcomes):
    """Return the first difference, or None."""
    for number, (c, rust) in enumerate(zip(c_outcomes, rust_outcomes, strict=True)):
        if c != rust:
            return Difference(number, c, rust)
    return None


class Comparer:
    """Compares programs on a pair of modules, counting the differences that are allowed."""

    def __init__(self, rust, c, helpers=(), allowed=()):
        self.rust, self.c = rust, c
        self.helpers = dict(helpers)
        self.allowed = list(allowed)
        self.counts = dict.fromkeys((reason for reason, _ in self.allowed), 0)
        # Printed before each side runs, so that a crash or a hang can be attributed to that side.
        self.phase = lambda side: None

    def compare(self, program):
        """Return the difference that a program shows, or None when there is none that matters."""
        # Warnings are part of the behaviour of a program, and its log records when they occur.
        with warnings.catch_warnings():
            warnings.simplefilter('always')
            warnings.showwarning = lambda message, category, *rest: objects.LOG.append(
                f'{category.__name__}: {plain(str(message))}'
            )
            self.phase('C')
            c = run(program, self.c, self.helpers)
            self.phase('Rust')
            found = difference(c, run(program, self.rust, self.helpers))
            self.phase('')
        if found is None:
            return None
        # The outcomes of these are the same on both sides.
        before = [(line.text(), outcome) for line, outcome in zip(program[: found.line], c, strict=False)]
        for reason, applies in self.allowed:
            # The steps after an allowed difference are not compared: the objects are no longer in the same state.
            if applies(program[found.line].text(), found.c, found.rust, before):
                self.counts[reason] += 1
                return None
        return found
