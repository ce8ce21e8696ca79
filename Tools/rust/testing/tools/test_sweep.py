"""Test the sweep: every public function has rows, and what is slow or grows too fast is found."""

import pathlib
import subprocess
import time
import types
import unittest

from bench import sweep

PYTHON = pathlib.Path('python').resolve()
TOOLS = pathlib.Path(sweep.__file__).resolve().parents[1]
MISSING = f"""
import sys
sys.path.insert(0, {str(TOOLS)!r})
import _rust
from bench import bench, sweep
for name in [module.name for module in _rust.modules() if module.stage != 'testing']:
    rust, c = bench.pair(name)
    if c is not None:
        print(name, *sweep.Sweep(rust, c, vars(bench.load_rows(name))).missing())
"""


def module(**functions):
    """Return a module of these functions."""
    made = types.ModuleType('fake')
    vars(made).update(functions)
    return made


def total(data, /):
    return sum(data)


def slow_total(data, /):
    time.sleep(1e-4)
    return sum(data)


def quadratic(data, /):
    return sum(sum(data[i:]) for i in range(0, len(data), 8))


def failing(data, /):
    raise ValueError


class SweepTest(unittest.TestCase):
    def wrong(self, rust, c=total, most=1000):
        """Return what is found wrong with a function, with the size."""
        found = {}
        pair = sweep.Sweep(module(total=rust), module(total=c), {})
        self.assertEqual(pair.missing(), [])
        for name, both, largest, make in pair.series():
            self.assertEqual(largest, sweep.LARGEST)
            if name == 'total(random)':
                for verdict, (size, *_) in sweep.sweep_one(both, most, make, 0.005, 1):
                    found[size] = verdict
        self.assertEqual([*found], [*sweep.sizes(most)])
        return found

    def test_a_slow_function_is_found(self):
        self.assertTrue(all('slower' in verdict for verdict in self.wrong(slow_total).values()))
        self.assertIn('slower', self.wrong(total, failing)[1000])

    def test_a_function_that_grows_too_fast_is_found(self):
        self.assertIn('grows as n^', self.wrong(quadratic)[1000])

    def test_a_function_that_is_faster_is_not_found(self):
        self.assertEqual(set(self.wrong(total, slow_total).values()), {''})
        self.assertEqual(set(self.wrong(total, quadratic, 300).values()) - {'slower'}, {''})

    def test_judgement(self):
        self.assertEqual(sweep.judge(None, (1, 1e-6, 1e-6)), '')
        self.assertEqual(sweep.judge(None, (1, 0.9e-6, 1e-6)), 'slower')
        self.assertEqual(sweep.judge((10, 1e-3, 1e-4), (100, 1e-2, 1e-3)), '')
        self.assertEqual(sweep.judge((10, 1e-3, 1e-4), (100, 1e-2, 9e-3)), 'grows as n^2.0 for n^1.0')
        # In a call that short the size hardly counts.
        self.assertEqual(sweep.judge((10, 1e-5, 1e-7), (100, 1e-4, 9e-6)), '')

    def test_a_function_without_rows_is_missing(self):
        pair = sweep.Sweep(module(f=lambda unheard: 1, total=total), module(f=len, total=total), {})
        self.assertEqual(pair.missing(), ['f'])

    @unittest.skipUnless(PYTHON.exists(), 'nothing is built')
    def test_every_public_function_has_rows(self):
        done = subprocess.run([PYTHON, '-B', '-c', MISSING], check=True, capture_output=True, text=True)
        missing = {name: functions for name, *functions in map(str.split, done.stdout.splitlines())}
        self.assertIn('binascii', missing)
        self.assertEqual(missing, dict.fromkeys(missing, []))


if __name__ == '__main__':
    unittest.main()
