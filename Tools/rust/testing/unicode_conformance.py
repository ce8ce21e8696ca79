"""Run conformance tests of the Unicode Character Database through the Rust unicodedata.

    ./python -B ../Tools/rust testing.unicode_conformance FILE...

A FILE is NormalizationTest.txt or GraphemeBreakTest.txt, which are not part of this project, of the version of Unicode
that the module has or of a later one. Tests with characters that the version of the module does not have are left out:
by the stability policy of Unicode the results of normalization are the same for all others. The files may be compressed
by gzip or bzip2.
"""

import argparse
import bz2
import gzip
import importlib
import pathlib
import re
import sys

# Text before and after that of a test, because the first characters are normalized in another way. A digit is a starter
# that composes with nothing.
PADDING = 40 * '0'
# The columns of NormalizationTest.txt that have to become which column in each form, counted from zero.
FORMS = {
    'NFC': {0: 1, 1: 1, 2: 1, 3: 3, 4: 3},
    'NFD': {0: 2, 1: 2, 2: 2, 3: 4, 4: 4},
    'NFKC': dict.fromkeys(range(5), 3),
    'NFKD': dict.fromkeys(range(5), 4),
}


def characters(numbers):
    """Return the text of hexadecimal code points."""
    return ''.join(chr(int(number, 16)) for number in numbers.split())


class Conformance:
    """Counts the tests that a module passes, and those that it does not."""

    # One more than the last code point.
    limit = sys.maxunicode + 1

    def __init__(self, module, version):
        self.module = module
        self.is_same_version = version == module.unidata_version
        self.passed = self.omitted = 0
        self.failed = []

    def is_known(self, text):
        """Tell whether all characters are in the version of the module, or the tests are of that version."""
        return self.is_same_version or all(self.module.category(character) != 'Cn' for character in text)

    def add(self, test, passes):
        """Count a test."""
        if passes:
            self.passed += 1
        else:
            self.failed.append(test)

    def is_normalization(self, form, text, expected):
        """Tell whether a text becomes the expected one in a form, alone and within another text."""
        for start, end in (('', ''), (PADDING, PADDING)):
            before, after = start + text + end, start + expected + end
            if self.module.normalize(form, before) != after:
                return False
            if self.module.is_normalized(form, before) != (before == after):
                return False
        return True

    def normalization(self, lines):
        """Go through NormalizationTest.txt."""
        part, changed = None, set()
        for line in lines:
            if line.startswith('@'):
                part = line
                continue
            columns = [characters(column) for column in line.split(';')[:5]]
            if part == '@Part1':
                changed.add(columns[0])
            if not all(map(self.is_known, columns)):
                self.omitted += 1
                continue
            results = [(form, pair) for form, pairs in FORMS.items() for pair in pairs.items()]
            self.add(line, all(self.is_normalization(form, columns[x], columns[y]) for form, (x, y) in results))
        if changed:
            # All other characters are the same in every form.
            for character in map(chr, range(self.limit)):
                if character not in changed:
                    passes = all(self.is_normalization(form, character, character) for form in FORMS)
                    self.add(f'U+{ord(character):04X} changes', passes)

    def graphemes(self, lines):
        """Go through GraphemeBreakTest.txt."""
        for line in lines:
            clusters = [characters(cluster.replace('×', '')) for cluster in line.strip('÷ ').split('÷')]
            text = ''.join(clusters)
            if self.is_known(text):
                self.add(line, list(map(str, self.module.iter_graphemes(text))) == clusters)
            else:
                self.omitted += 1


def read(path):
    """Return the lines of a file, without comments and empty ones; the first line is a comment with the name."""
    opener = {'.gz': gzip.open, '.bz2': bz2.open}.get(path.suffix, open)
    with opener(path, 'rt', encoding='utf-8') as file:
        head, *lines = file.read().splitlines()
    lines = [line.partition('#')[0].strip() for line in lines]
    return head, [line for line in lines if line]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('files', nargs='+', metavar='FILE', type=pathlib.Path)
    parser.add_argument('--module', default='_rust_unicodedata', help='another implementation')
    args = parser.parse_args()
    module = importlib.import_module(args.module)
    failed = False
    for path in args.files:
        head, lines = read(path)
        name, version = re.match(r'# (\w+)-([\d.]+)\.txt', head).groups()
        tests = Conformance(module, version)
        {'NormalizationTest': tests.normalization, 'GraphemeBreakTest': tests.graphemes}[name](lines)
        print(
            f'{name} of Unicode {version} with the data of {module.unidata_version}: {tests.passed} passed, '
            f'{len(tests.failed)} failed, {tests.omitted} with characters of later versions'
        )
        for test in tests.failed[:20]:
            print(f'    {test}')
        failed |= bool(tests.failed) or not tests.passed
    sys.exit(failed)


if __name__ == '__main__':
    main()
