"""Compare the Rust implementation of a module with its C twin.

A test module says `rust, c = twin.pair('binascii')` and hands calls to `TwinTestCase.assertTwins`, which makes each
call on both and compares what comes out: the value with its type, or the exception with its type and message.
"""

import importlib
import os
import platform
import random
import re
import struct
import sys
import unittest

# One seed for all random input: a run can be repeated, or widened by giving another.
SEED = int(os.environ.get('RUST_TEST_SEED', '20260101'))

# By how much tests multiply their random arguments.
LONG = int(os.environ.get('RUST_TEST_LONG', '1'))


def pair(name):
    """Return the Rust module and the C twin of `name`; skip the test module when there is no twin."""
    rust = importlib.import_module(f'_rust_{name}')
    try:
        return rust, importlib.import_module(f'_c_{name}')
    except ModuleNotFoundError:
        # An incubating module has no separate twin: the plain name is still C's.
        if not is_rust_default(name):
            # Only a build with Rust modules has this one, and comparing does not need one.
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


COMPILED_BY_GCC = platform.python_compiler().startswith('GCC')
DEBUG_BUILD = hasattr(sys, 'gettotalrefcount')


def double_bits(value):
    """Return all bits of a float; of a NaN only that it is one where C's are another compiler's choice."""
    # Which of two NaNs an operation gives, and with which sign, C leaves to its compiler. Ours are those of
    # gcc's code, when they are optimised.
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
    # repr tells -0.0 from 0.0, and True from 1; that of a module's own object has an address in it.
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

    def assertSamePublicNames(self):
        """Both modules have the same public names, and the same signatures."""

        def names(module):
            return {name for name in vars(module) if not name.startswith('__')}

        self.assertEqual(names(self.rust), names(self.c))
        for name in sorted(names(self.c)):
            ours, theirs = getattr(self.rust, name), getattr(self.c, name)
            self.assertEqual(type(ours), type(theirs), name)
            self.assertEqual(
                getattr(ours, '__text_signature__', None), getattr(theirs, '__text_signature__', None), name
            )
            if callable(theirs) and not isinstance(theirs, type):
                self.assertTrue(ours.__doc__, name)
