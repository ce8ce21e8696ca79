"""Compare the Rust implementation of a module with its C twin.

A test module says `rust, c = twin.pair('binascii')` and hands calls to `TwinTestCase.assertTwins`, which makes each
call on both and compares what comes out: the value with its type, or the exception with its type and message.
"""

import importlib
import inspect
import os
import platform
import random
import re
import struct
import sys
import sysconfig
import unittest
import warnings

# One seed for all random input: a run can be repeated, or widened by giving another.
SEED = int(os.environ.get('RUST_TEST_SEED', '20260101'))

# The factor by which tests multiply the number of their random arguments.
LONG = int(os.environ.get('RUST_TEST_LONG', '1'))


def pair(name):
    """Return the Rust module and the C twin of `name`; skip the test module when there is no twin."""
    rust = importlib.import_module(f'_rust_{name}')
    try:
        return rust, importlib.import_module(f'_c_{name}')
    except ModuleNotFoundError:
        # An incubating module has no separate twin: the plain name is still C's.
        if not is_rust_default(name):
            # Imported only here: a build without Rust modules has no module `_rust`, and a comparison does not need it.
            if importlib.import_module('_rust').implementation(name) == 'Rust':
                raise unittest.SkipTest(f'Rust has been chosen for {name}, and C has no other name') from None
            return rust, importlib.import_module(name)
        raise unittest.SkipTest(f'_c_{name} is not built (--without-c-twins)') from None


def is_rust_default(name):
    """Tell whether `import name` gives the Rust implementation, which is built in where C's is a shared extension."""
    return name in sys.builtin_module_names


def generator(*salt):
    """Return a random generator that gives the same numbers in every run, and others for another salt."""
    return random.Random(f'{SEED} {salt}')


def sampled(values):
    """Return all values, but one of 16 in a search for leaked references and under ThreadSanitizer.

    Both take many times longer, and find with a few values what they find with all.
    """
    # Imported only here: the scripts that use this module with another Python have no use for its test package.
    from test import support
    from test.support import refleak_helper

    return values[::16] if refleak_helper.hunting_for_refleaks() or support.check_sanitizer(thread=True) else values


COMPILED_BY_GCC = platform.python_compiler().startswith('GCC')
DEBUG_BUILD = hasattr(sys, 'gettotalrefcount')
# Whether the Rust code keeps frame pointers, as the hardening flags of some distributions ask for.
FRAME_POINTERS = 'force-frame-pointers' in (sysconfig.get_config_var('CONFIG_ARGS') or '')


def double_bits(value):
    """Return all bits of a float; of a NaN only that it is one where C's are another compiler's choice."""
    # The C standard does not say which of two NaNs an operation gives, or with which sign. The results of the Rust
    # modules are those of code that gcc has optimised.
    return struct.pack('d', value) if value == value or (COMPILED_BY_GCC and not DEBUG_BUILD) else 'nan'


def bits(value):
    """Return a number or a tuple of numbers as something that tells all of its bits; an int may have any size."""
    if type(value) is float:
        return 'float', double_bits(value)
    if type(value) is complex:
        return 'complex', double_bits(value.real), double_bits(value.imag)
    if type(value) is tuple:
        return tuple(map(bits, value))
    return type(value), int(value) if isinstance(value, int) else repr(value)


def describe(value):
    """Return what is compared of a value: its type by name, and its content to the bit."""
    if isinstance(value, BaseException):
        return exception(value)
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [describe(item) for item in value]
    if isinstance(value, dict):
        return type(value).__name__, [(describe(k), describe(v)) for k, v in value.items()]
    # repr differs for -0.0 and 0.0, and for True and 1; that of an object of a module has an address in it.
    text = repr(value)
    return type(value).__name__, None if ' at 0x' in text else text


def exception(error):
    """Return what is compared of an exception; the name under which its module was imported is not."""
    message = re.sub(r'\b_(?:c|rust)_(?=\w+\.)', '', str(error))
    return type(error).__name__, message, describe(getattr(error, '__notes__', None) or None)


def outcome(function, *args, **kwargs):
    """Call and return what came of it, a value or an exception, in a form that can be compared."""
    try:
        return 'returned', describe(function(*args, **kwargs))
    except BaseException as error:
        return 'raised', exception(error)


# The bits of `__flags__` that the interpreter may set at any time: Py_TPFLAGS_VALID_VERSION_TAG.
CACHED_FLAGS = 1 << 19
# Py_TPFLAGS_IMMUTABLETYPE
IMMUTABLE_TYPE = 1 << 8


def interface(module, hidden):
    """Return all that can be seen of a module without calling it, as {dotted name: {fact: value}}."""
    found = {}
    _collect(found, module, '', module.__name__)
    for name, thing in hidden.items():
        _collect(found, thing, name, module.__name__)
    return found


def _collect(found, thing, path, imported_as):
    """Add what can be seen of `thing`, and of what it contains."""

    def plain(value):
        # A module's functions have the name under which it was imported.
        return value if value != imported_as else re.sub('^_(?:c|rust)_', '', imported_as)

    facts = {'kind': type(thing).__name__}
    for name in ('__doc__', '__name__', '__qualname__', '__module__', '__text_signature__'):
        facts[name] = plain(getattr(thing, name, None))
    if callable(thing):
        try:
            facts['signature'] = str(inspect.signature(thing))
        except ValueError as error:
            facts['signature'] = type(error).__name__
    if isinstance(thing, type):
        facts['bases'] = [base.__name__ for base in thing.__mro__]
        facts['flags'] = thing.__flags__ & ~CACHED_FLAGS
        for name in ('__itemsize__', '__dictoffset__', '__weakrefoffset__'):
            facts[name] = getattr(thing, name)
    if not callable(thing) and not inspect.isdatadescriptor(thing) and path:
        facts['value'] = repr(thing)
    # The plain module is built in and has no file.
    facts['dir'] = [name for name in dir(thing) if path or name != '__file__']
    found[path] = facts
    if isinstance(thing, type) or not path:
        for name, value in list(vars(thing).items()):
            # Attributes that the import system sets are not part of the module.
            if path or name not in ('__spec__', '__loader__', '__file__', '__doc__', '__name__', '__package__'):
                _collect(found, value, f'{path}.{name}'.lstrip('.'), imported_as)


def memory_errors(make, most=60):
    """Return the texts of MemoryError, and any other exception, of calls in which one allocation fails each time.

    The calls end when several in a row have not reached the allocation that would fail.
    """
    try:
        from _testcapi import remove_mem_hooks, set_nomemory
    except ImportError:
        raise unittest.SkipTest('needs _testcapi') from None
    found, unreached = set(), 0
    for number in range(most):
        call = make()
        unreached += 1
        try:
            set_nomemory(number, number + 1)
            try:
                call()
            finally:
                remove_mem_hooks()
        except Exception as error:
            found.add(str(error) if isinstance(error, MemoryError) else repr(error))
            unreached = 0
        if unreached > 5:
            break
    return found


class TwinTestCase(unittest.TestCase):
    """A test case that compares `self.rust` with `self.c`."""

    rust = c = None
    maxDiff = 1000

    def assertTwins(self, name, *args, **kwargs):
        """Call function `name` of both modules and compare; return the outcome."""
        expected = outcome(getattr(self.c, name), *args, **kwargs)
        actual = outcome(getattr(self.rust, name), *args, **kwargs)
        if actual != expected:
            arguments = ', '.join([repr(a)[:200] for a in args] + [f'{k}={v!r:.200}' for k, v in kwargs.items()])
            self.fail(f'{name}({arguments}):\n  C    {str(expected)[:400]}\n  Rust {str(actual)[:400]}')
        return actual

    def assertBits(self, name, *args, **kwargs):
        """As assertTwins, but the sign and the payload of NaNs count, and ints may have any size."""
        results = []
        for module in (self.rust, self.c):
            try:
                results.append(bits(getattr(module, name)(*args, **kwargs)))
            except Exception as error:
                results.append(('raised', exception(error)))
        if results[0] != results[1]:
            theirs, ours = (f'{result!s:.300}' for result in reversed(results))
            self.fail(f'{name}({args!s:.300}, {kwargs}):\n  C    {theirs}\n  Rust {ours}')

    def assertSameAttributes(self, make, *names):
        """The attributes of an object that `make` returns for each module, of its type and the descriptors themselves
        can be read, set and deleted on the same terms.
        """
        operations = {
            'get': lambda thing, name: getattr(thing, name),
            'set': lambda thing, name: setattr(thing, name, 1),
            'delete': lambda thing, name: delattr(thing, name),
            'set of the type': lambda thing, name: setattr(type(thing), name, 1),
            'delete of the type': lambda thing, name: delattr(type(thing), name),
            'get of another object': lambda thing, name: getattr(type(thing), name).__get__(3),
            'set of another object': lambda thing, name: getattr(type(thing), name).__set__(3, 3),
            'set by the descriptor': lambda thing, name: getattr(type(thing), name).__set__(thing, 3),
            'docstring': lambda thing, name: getattr(type(thing), name).__doc__,
        }
        immutable = all(type(make(module)).__flags__ & IMMUTABLE_TYPE for module in (self.rust, self.c))
        for name in names:
            for what, operation in operations.items():
                if what.endswith('of the type') and not immutable:
                    # It would work, and later tests would miss the attribute.
                    continue
                ours, theirs = (outcome(operation, make(module), name) for module in (self.rust, self.c))
                self.assertEqual(ours, theirs, f'{what}: {name}')

    def assertSameModuleAttribute(self, name):
        """An attribute that a module's `__getattr__` finds has the same value and gives the same warning."""
        found = []
        for module in (self.rust, self.c):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter('always')
                result = outcome(getattr, module, name), outcome(lambda module=module: module.__getattr__(name))
            found.append((result, [(warning.category, str(warning.message), warning.filename) for warning in caught]))
        # A module without a function of its own is named as it was imported.
        self.assertEqual(*[re.sub(r"module '_(?:c|rust)_", "module '", repr(each)) for each in found])
        return found[0]

    def assertSameMemoryErrors(self, make):
        """What a call says when an allocation fails is what C says when one does, of whatever allocations it has.

        `make` prepares the call for a module, without arguments.
        """
        ours, theirs = (memory_errors(lambda module=module: make(module)) for module in (self.rust, self.c))
        self.assertLessEqual(ours, theirs)

    def assertSameInterface(self, *known, hidden=lambda module: {}):
        """Whatever help(), inspect and dir() show of the two modules is the same, but for the `known` differences.

        `hidden` returns what a module does not show by itself: its types that are not among its attributes, by name.

        A known difference is the dotted name of what differs, or of one fact about it: 'Decompress.eof:kind'.  One that
        is not there is an error as well.
        """
        ours, theirs = (interface(module, hidden(module)) for module in (self.rust, self.c))
        differences = {
            f'{path}:{fact}'
            for path in ours.keys() | theirs.keys()
            for fact in ours.get(path, {}).keys() | theirs.get(path, {}).keys()
            if ours.get(path, {}).get(fact) != theirs.get(path, {}).get(fact)
        }
        explained = {difference for difference in differences if {difference, difference.partition(':')[0]} & {*known}}
        for difference in sorted(differences - explained):
            path, _, fact = difference.partition(':')
            found = [str(side.get(path, {}).get(fact, 'missing')) for side in (theirs, ours)]
            with self.subTest(difference):
                self.fail(f'{path or "the module"}: {fact}:\n  C    {found[0]:.400}\n  Rust {found[1]:.400}')
        names = {name for difference in explained for name in (difference, difference.partition(':')[0])}
        self.assertEqual(sorted({*known} - names), [], 'listed as different, but the same')
