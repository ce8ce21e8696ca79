"""Tests of unicode_conformance.py on a few lines and Python's own unicodedata."""

import bz2
import pathlib
import tempfile
import unicodedata
import unittest
import unittest.mock

from testing import unicode_conformance
from testing.unicode_conformance import Conformance

RING = '00C5;00C5;0041 030A;00C5;0041 030A;'


class UnicodeConformance(unittest.TestCase):
    def count(self, *lines, version=unicodedata.unidata_version):
        tests = Conformance(unicodedata, version)
        tests.normalization(lines)
        return tests.passed, tests.failed, tests.omitted

    def test_a_right_line(self):
        self.assertEqual(self.count('@Part0', RING), (1, [], 0))

    def test_wrong_columns(self):
        columns = RING.rstrip(';').split(';')
        for index in range(1, 5):
            line = ';'.join([*columns[:index], '0042', *columns[index + 1 :], ''])
            with self.subTest(line):
                self.assertEqual(self.count(line), (0, [line], 0))

    def test_unassigned_characters_of_a_later_version(self):
        line = '0378;0378;0378;0378;0378;'
        self.assertEqual(self.count(line), (1, [], 0))
        self.assertEqual(self.count(line, version='99.0.0'), (0, [], 1))

    def test_characters_that_are_not_in_the_first_part_do_not_change(self):
        with unittest.mock.patch.object(Conformance, 'limit', 0x200):
            passed, failed, _ = self.count('@Part1', RING)
        # RING itself, and all others.
        self.assertEqual(passed + len(failed), 0x200)
        # Others change, because this first part has but one line.
        self.assertIn('U+00C4 changes', failed)
        self.assertNotIn('U+00C5 changes', failed)

    def test_a_compressed_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, 'NormalizationTest.txt.bz2')
            path.write_bytes(bz2.compress(f'# NormalizationTest-1.0.0.txt\n# A comment\n\n{RING} # RING\n'.encode()))
            self.assertEqual(unicode_conformance.read(path), ('# NormalizationTest-1.0.0.txt', [RING]))


class Graphemes(unittest.TestCase):
    class Module:
        """Each character is a cluster."""

        unidata_version = '1.0.0'
        iter_graphemes = staticmethod(iter)

    def test_clusters(self):
        tests = Conformance(self.Module, '1.0.0')
        tests.graphemes(['÷ 0041 ÷ 0042 ÷', '÷ 0041 × 0308 ÷'])
        self.assertEqual((tests.passed, tests.failed), (1, ['÷ 0041 × 0308 ÷']))


if __name__ == '__main__':
    unittest.main()
