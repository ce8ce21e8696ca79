"""Tests of how reproducible.py compares two builds."""

import pathlib
import tempfile
import unittest

from check import reproducible


class Reproducible(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def digests(self, name, files):
        for place, content in files.items():
            file = self.folder / name / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return reproducible.digests(self.folder / name)

    def test_files_that_are_compared(self):
        files = {'python': b'1', 'libpython3.14t.a': b'2', 'Modules/_c_zlib.so': b'3'}
        found = self.digests('a', files | {'Makefile': b'4', 'Modules/x.o': b'5'})
        self.assertEqual(found.keys(), files.keys())

    def test_differences(self):
        first = self.digests('a', {'python': b'same', 'libpython3.14t.a': b'x', 'Modules/only.so': b''})
        second = self.digests('b', {'python': b'same', 'libpython3.14t.a': b'y'})
        self.assertEqual(reproducible.compare(first, second), ['Modules/only.so', 'libpython3.14t.a'])
        self.assertEqual(reproducible.compare(first, first), [])


if __name__ == '__main__':
    unittest.main()
