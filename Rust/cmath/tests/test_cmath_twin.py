"""The Rust cmath against its C twin: values to the bit, exceptions, messages.

RUST_TEST_LONG=N multiplies the number of random arguments: 1000 makes it millions.
"""

import decimal
import fractions
import itertools
import math
import os
import pathlib
import re
import struct
import sys
import test
import unittest

import twin

rust, c = twin.pair('cmath')

UNARY = [
    'acos',
    'acosh',
    'asin',
    'asinh',
    'atan',
    'atanh',
    'cos',
    'cosh',
    'exp',
    'isfinite',
    'isinf',
    'isnan',
    'log',
    'log10',
    'phase',
    'polar',
    'sin',
    'sinh',
    'sqrt',
    'tan',
    'tanh',
]
PARTS = [
    s * x
    for s in (1.0, -1.0)
    for x in (
        0.0,
        5e-324,
        1e-310,
        sys.float_info.min,
        1e-160,
        1e-20,
        0.5,
        0.75,
        1.0,
        1.0 - 2**-53,
        1.0 + 2**-52,
        1.5,
        1.7,
        2.0,
        3.141592653589793,
        20.0,
        700.0,
        708.5,
        709.5,
        711.0,
        745.0,
        1e5,
        1e22,
        1e154,
        1e200,
        2e307,
        4.5e307,
        sys.float_info.max,
        float('inf'),
    )
]
# Quiet NaNs, and two that signal.
PARTS += [float('nan'), -float('nan'), *struct.unpack('dd', struct.pack('QQ', (0x7FF0 << 48) | 5, (0xFFF4 << 48) | 9))]


class Has:
    def __init__(self, value):
        self.value = value

    def __complex__(self):
        if isinstance(self.value, Exception):
            # A new one each time: one that is raised again keeps the tracebacks of all times.
            raise type(self.value)(*self.value.args)
        return self.value


class CmathTwin(twin.TwinTestCase):
    rust, c = rust, c

    def test_interface(self):
        self.assertSameInterface()
        for name in ('pi', 'e', 'tau', 'inf', 'nan', 'infj', 'nanj'):
            self.assertEqual(twin.bits(getattr(rust, name)), twin.bits(getattr(c, name)))

    def assertSame(self, name, z):
        """As assertBits, but that a phase which underflows is no error here (CPython issue 153144)."""
        if name == 'phase' and twin.outcome(c.phase, z)[0] == 'raised':
            self.assertLess(abs(z.imag / z.real), sys.float_info.min)
            self.assertEqual(twin.bits(rust.phase(z)), twin.bits(math.atan2(z.imag, z.real)))
        else:
            self.assertBits(name, z)

    def test_special(self):
        for name in UNARY:
            for x, y in itertools.product(PARTS, repeat=2):
                with self.subTest(name=name, x=x, y=y):
                    self.assertSame(name, complex(x, y))

    def test_phase_that_underflows(self):
        self.assertEqual(twin.bits(rust.phase(complex(2.0, 5e-324))), twin.bits(0.0))
        self.assertEqual(twin.bits(rust.phase(complex(2.0, -5e-324))), twin.bits(-0.0))
        self.assertEqual(twin.bits(rust.polar(complex(2.0, 5e-324))), twin.bits((2.0, 0.0)))

    def test_only_overflow_is_an_overflow(self):
        tiny = [0.0, -0.0, 5e-324, -5e-324, 1e-310, 1e-160]
        for name in UNARY:
            for x, y in itertools.product([*tiny, 1.0, 1e308, -2.0], [*tiny, 1.0]):
                if abs(x) + abs(y) < 3:
                    self.assertNotIn('OverflowError', str(twin.outcome(getattr(rust, name), complex(x, y))))
                    self.assertNotIn('OverflowError', str(twin.outcome(rust.rect, x, y)))
                    self.assertNotIn('OverflowError', str(twin.outcome(rust.log, complex(x, y), complex(2, y))))
        for x, y in itertools.product(PARTS, repeat=2):
            with self.subTest(name='rect', x=x, y=y):
                self.assertBits('rect', x, y)

    def test_two_special(self):
        few = [0.0, -0.0, 1.0, -2.5, 1e308, 5e-324, float('inf'), -float('inf'), float('nan')]
        numbers = [complex(x, y) for x, y in itertools.product(few, repeat=2)]
        for a, b in itertools.product(numbers, repeat=2):
            self.assertBits('log', a, b)
            self.assertBits('isclose', a, b)
            self.assertBits('isclose', a, b, rel_tol=0.5, abs_tol=2.0)
        for tolerance in (-1.0, float('nan'), float('inf'), 0.0):
            for a, b in itertools.product(numbers[::5], repeat=2):
                self.assertBits('isclose', a, b, rel_tol=tolerance)
                self.assertBits('isclose', a, b, abs_tol=tolerance)

    def test_random(self):
        rng = twin.generator('random')
        for name in UNARY:
            for _ in range(1500 * twin.LONG):
                by_bits = complex(*struct.unpack('dd', rng.randbytes(16)))
                self.assertSame(name, by_bits)
                self.assertBits(name, complex(rng.uniform(-5, 5), rng.uniform(-5, 5)))
        for _ in range(1500 * twin.LONG):
            a, b = (complex(rng.uniform(-5, 5), rng.gauss(0, 100)) for _ in range(2))
            self.assertBits('log', a, b)
            self.assertBits('rect', a.real, b.imag)
            self.assertBits('isclose', a, a * (1 + rng.uniform(-2e-9, 2e-9)))

    def test_data_file(self):
        file = pathlib.Path(os.path.dirname(test.__file__), 'mathdata/cmath_testcases.txt')
        count = 0
        for line in file.read_text(encoding='utf-8').splitlines():
            if match := re.match(r'\w+ (\w+) (\S+) (\S+) ->', line):
                self.assertBits(match[1], complex(float(match[2]), float(match[3])))
                count += 1
        self.assertGreater(count, 1000)

    def test_objects(self):
        objects = [
            None,
            'x',
            b'1',
            1,
            True,
            10**400,
            2.5,
            fractions.Fraction(1, 3),
            decimal.Decimal('2.5'),
            Has(1 + 2j),
            Has(2.5),
            Has('x'),
            Has(KeyError('complex')),
            object(),
            [],
            int,
        ]
        for name in UNARY:
            for x in objects:
                self.assertBits(name, x)
        for x, y in itertools.product(objects, repeat=2):
            for name in ('log', 'isclose', 'rect'):
                self.assertBits(name, x, y)

    def test_argument_counts(self):
        for name in UNARY + ['isclose', 'rect']:
            for count in range(5):
                self.assertBits(name, *[1.5] * count)
            self.assertBits(name, 1.0, z=2)


if __name__ == '__main__':
    unittest.main()
