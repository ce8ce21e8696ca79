"""Tests of hardening.py on programs that each lack one protection."""

import pathlib
import subprocess
import tempfile
import unittest

from check import hardening

GOOD = ['-pie', '-fPIE', '-Wl,-z,relro', '-Wl,-z,now', '-Wl,-z,noexecstack']


class Hardening(unittest.TestCase):
    def problems(self, *options):
        """Return the problems found in a program that is compiled with these options."""
        with tempfile.TemporaryDirectory() as folder:
            source, program = pathlib.Path(folder, 'a.c'), pathlib.Path(folder, 'a')
            source.write_text('int main(void) { return 0; }\n', encoding='utf-8')
            subprocess.run(['cc', source, '-o', program, *GOOD, *options], check=True, capture_output=True)
            self.assertEqual(hardening.objects(pathlib.Path(folder)), [program])
            return hardening.problems(hardening.readelf(program, '--file-header', '--program-headers', '--dynamic'))

    def test_nothing_is_missing(self):
        self.assertEqual(self.problems(), [])
        self.assertEqual(self.problems('-shared', '-fPIC'), [])

    def test_missing_protections(self):
        for option, found in {
            '-no-pie': 'not position-independent',
            '-Wl,-z,norelro': 'no RELRO',
            '-Wl,-z,lazy': 'no BIND_NOW',
            '-Wl,-z,execstack': 'a stack that can be executed',
        }.items():
            with self.subTest(option):
                self.assertIn(found, self.problems(option))


if __name__ == '__main__':
    unittest.main()
