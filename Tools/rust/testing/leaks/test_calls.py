"""Every call that `Rust/NAME/tests/calls.py` lists, for CPython's search for leaked references (`-R 3:3`).

The names of the modules are in RUST_LEAKS. What the calls return is compared by the tests of the modules.
"""

import os
import unittest

import module_calls


class Calls(unittest.TestCase):
    def test_calls(self):
        names = os.environ['RUST_LEAKS'].split()
        self.assertTrue(names)
        for name in names:
            module, spec = module_calls.load(name)
            self.assertTrue(spec.calls, name)
            for _, make in spec.calls:
                module_calls.outcome(make())


if __name__ == '__main__':
    unittest.main()
