"""Test the fuzzer on implementations that differ on purpose: it must find each, and nothing where nothing differs."""

import pathlib
import random
import sys
import types
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from difftest import compare, generate, minimise, worker  # noqa: E402
from check import difftest as driver  # noqa: E402


class Adder:
    """An object with state."""

    def __init__(self, start=0):
        self.total = start

    def add(self, number):
        if number < 0:
            raise ValueError(f'negative: {number}')
        self.total += number
        return self.total


def make_module(**changes):
    """Return a module with a few functions, some of them changed."""

    def double(x, /):
        return x.__index__() * 2

    def join(data, sep=b'-'):
        return bytes(memoryview(data)) + bytes(memoryview(sep))

    module = types.ModuleType('fake')
    vars(module).update({'double': double, 'join': join, 'Adder': Adder} | changes)
    # Messages say the name of a function.
    for name in ('double', 'join'):
        vars(module)[name].__qualname__ = name
    return module


def adder_program(generator):
    lines = [generate.Line('M.Adder()', target='o')]
    return lines + [generate.Line(f'o.add({generator.small()})') for _ in range(6)]


TABLE = {'KINDS': {'double.x': 'whole'}, 'SKIP': ('Adder',), 'PROGRAMS': [adder_program]}


def fuzz(rust, table=TABLE, seed='1', programs=1500):
    """Return the fuzzer after a run on a changed module and the usual one."""
    fuzzer = worker.Fuzzer('fake', rust, make_module(), table)
    fuzzer.run(seed, 0, float('inf'), programs)
    return fuzzer


class FuzzerTest(unittest.TestCase):
    def setUp(self):
        # What is found is printed; here it is looked at.
        self.addCleanup(setattr, sys, 'stdout', sys.stdout)
        sys.stdout = open('/dev/null', 'w')
        self.addCleanup(sys.stdout.close)

    def found(self, **changes):
        texts = {text for text in fuzz(make_module(**changes)).differences.values() if text}
        self.assertTrue(texts, 'nothing was found')
        return texts

    def test_equal_modules_do_not_differ(self):
        self.assertEqual(fuzz(make_module()).differences, {})

    def test_value(self):
        def double(x, /):
            value = x.__index__()
            return value * 2 + (value == 2**63)

        self.assertTrue(any('double(9223372036854775808)' in text for text in self.found(double=double)))

    def test_type(self):
        def double(x, /):
            value = x.__index__() * 2
            return bool(value) if value == 0 else value

        self.assertTrue(any('bool' in text for text in self.found(double=double)))

    def test_message(self):
        def double(x, /):
            try:
                return x.__index__() * 2
            except AttributeError as error:
                raise AttributeError(f'{error}.') from None

        self.assertTrue(self.found(double=double))

    def test_released_memory_is_compared_too(self):
        view = memoryview(b'abc')
        self.assertEqual(compare.describe(view), ('memoryview', b'abc'))
        view.release()
        self.assertEqual(compare.describe(view), ('memoryview', 'released'))

    def test_how_often_an_object_is_asked(self):
        def double(x, /):
            x.__index__()
            return x.__index__() * 2

        self.assertTrue(any('log: __index__, __index__' in text for text in self.found(double=double)))

    def test_state(self):
        class Forgetful(Adder):
            def add(self, number):
                if self.total > 20:
                    self.total = 0
                return super().add(number)

        Forgetful.__qualname__ = 'Adder'
        self.assertTrue(any(text.startswith('o = M.Adder(); o.add') for text in self.found(Adder=Forgetful)))

    def test_allowed_difference_is_counted_and_not_told(self):
        def double(x, /):
            return x.__index__() * 2 + 1

        table = TABLE | {
            'ALLOWED': [('off by one', lambda line, c, rust, before: 'double' in line and c.kind == 'returned')]
        }
        fuzzer = fuzz(make_module(double=double), table)
        self.assertEqual(fuzzer.differences, {})
        self.assertGreater(fuzzer.comparer.counts['off by one'], 100)

    def test_found_programs_run_first(self):
        def double(x, /):
            return 5 if x == 12345 else x.__index__() * 2

        fuzzer = fuzz(make_module(double=double), TABLE | {'FOUND': [['M.double(12345)']]}, programs=0)
        self.assertEqual(len(fuzzer.differences), 1)


class GeneratorTest(unittest.TestCase):
    def test_same_seed_same_programs(self):
        programs = generate.Programs('fake', make_module(), TABLE)

        def texts(seed):
            return [[line.text() for line in programs.make(seed, number)] for number in range(200)]

        self.assertEqual(texts('1'), texts('1'))
        self.assertNotEqual(texts('1'), texts('2'))

    def test_every_kind_is_an_expression(self):
        generator = generate.Generator('kinds')
        kinds = (
            'integer index whole small size floating number complex_number flag container iterable text block buffer'
        )
        for kind in (*kinds.split(), 'ascii_buffer', 'odd', 'anything'):
            for _ in range(300):
                compile(getattr(generator, kind)(), kind, 'eval')

    def test_minimise(self):
        program = generate.parse(['a = 1', 'b = data(1, 4096)', 'len(b) > 100'])

        def differs(candidate):
            text = '; '.join(line.text() for line in candidate)
            return 'len(b)' in text and any(int(n) > 100 for n in __import__('re').findall(r'data\(1, (\d+)', text))

        texts = [line.text() for line in minimise.minimise(program, differs)]
        self.assertEqual(texts, ['b = data(1, 101)', 'len(b) > 100'])


FAKE_WORKER = """
import json, os, pathlib, struct, sys, time
def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
arguments = sys.argv
if '--show' in arguments:
    print('M.call()')
    raise SystemExit
path, first = (arguments[arguments.index(key) + 1] for key in ('--progress', '--first'))
if first == '0':
    print('DIFFERENT program 3: M.other()')
    print('    C    one')
    print('    Rust two', flush=True)
    pathlib.Path(path).write_bytes(struct.pack('<qq', 7, {side}))
    {end}
print(json.dumps({{'programs': 5, 'allowed': {{}}}}))
"""


# What a worker does at the end of its time.
FINISHED = """print('{"programs": 5, "allowed": {}}'); raise SystemExit"""


class DriverTest(unittest.TestCase):
    def fuzz(self, side, end):
        """Run the driver on a worker that ends so while it is at a side."""
        fake = driver.Worker('fake', '1', sys.executable)
        code = FAKE_WORKER.format(side=side, end=end)
        fake.command = lambda *arguments: [sys.executable, '-c', code, *arguments]
        self.addCleanup(setattr, driver, 'PATIENCE', driver.PATIENCE)
        self.addCleanup(setattr, sys, 'stdout', sys.stdout)
        driver.PATIENCE = 1
        sys.stdout = open('/dev/null', 'w')
        self.addCleanup(sys.stdout.close)
        return driver.fuzz(fake, 30, 1000)

    def test_crash_is_a_difference_and_what_came_before_is_kept(self):
        programs, differences, _, slow = self.fuzz(2, 'os.abort()')
        self.assertEqual((programs, slow), (12, []))
        self.assertEqual(len(differences), 2)
        self.assertIn('M.other()', differences[0])
        self.assertRegex(differences[1], r'CRASH .* in Rust: program 7: M\.call\(\)')

    def test_hang_of_rust_is_a_difference(self):
        self.addCleanup(setattr, driver, 'WAITING', driver.WAITING)
        driver.WAITING = 2
        for end in ('work(60)', 'time.sleep(60)'):
            _, differences, _, slow = self.fuzz(2, end)
            self.assertIn('HANG in Rust', differences[1])
            self.assertEqual(slow, [])

    def test_stopped_process_does_not_hang(self):
        _, differences, _, _ = self.fuzz(2, f'time.sleep(2.5); {FINISHED}')
        self.assertEqual(len(differences), 1)

    def test_rust_may_take_as_long_as_c_did(self):
        sides = 'work(0.8); pathlib.Path(path).write_bytes(struct.pack("<qq", 7, 2)); work'
        _, differences, _, slow = self.fuzz(1, f'{sides}(1.4); {FINISHED}')
        self.assertEqual((len(differences), len(slow)), (1, 0))
        _, differences, _, _ = self.fuzz(1, f'{sides}(60)')
        self.assertIn('HANG in Rust', differences[1])

    def test_slow_c_is_passed_over(self):
        _, differences, _, slow = self.fuzz(1, 'work(60)')
        self.assertEqual((len(differences), len(slow)), (1, 1))


if __name__ == '__main__':
    random.seed(0)
    unittest.main()
