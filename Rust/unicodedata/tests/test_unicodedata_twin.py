"""The Rust unicodedata against its C twin: every function of every character, and text that is normalized."""

import ctypes
import itertools
import sys
import time
import types
import unittest

import twin

rust, c = twin.pair('unicodedata')

FORMS = ('NFC', 'NFD', 'NFKC', 'NFKD')
CHARACTERS = twin.sampled([*map(chr, range(sys.maxunicode + 1))])
IS_315 = hasattr(c, 'block')
PROPERTIES = ('category', 'bidirectional', 'combining', 'east_asian_width', 'mirrored', 'decomposition')
VALUES = ('decimal', 'digit', 'numeric', 'name')
ONLY_OF_THE_MODULE = (
    ('block', 'grapheme_cluster_break', 'indic_conjunct_break', 'extended_pictographic', 'isxidstart', 'isxidcontinue')
    if IS_315
    else ()
)
PAIRS = ((rust, c), (rust.ucd_3_2_0, c.ucd_3_2_0))

# The C module normalizes these slowly, so that not every character can be tried with each.
LETTERS = 'aAeeiou \u1100\u1161\u11a8\uac00\uac01\u09c7\u0915\u0061'


def marked():
    """Return the characters that are no starters, and those that have decompositions."""
    marks = [character for character in CHARACTERS if c.combining(character)]
    return marks, [character for character in CHARACTERS if c.decomposition(character)]


MARKS, MAPPED = marked()


class StrSubclass(str):
    pass


class EveryCharacter(twin.TwinTestCase):
    rust, c = rust, c

    def test_interface(self):
        # Both show an address.
        self.assertSameInterface('_ucnhash_CAPI:value', 'ucd_3_2_0:value')

    def test_properties(self):
        for ours, theirs in PAIRS:
            for name in PROPERTIES:
                with self.subTest(name=name, ours=ours):
                    self.assertSameOfEach(getattr(ours, name), getattr(theirs, name))
        for name in ONLY_OF_THE_MODULE:
            with self.subTest(name=name):
                self.assertSameOfEach(getattr(rust, name), getattr(c, name))

    def test_values(self):
        for ours, theirs in PAIRS:
            for name in VALUES:
                ours_of, theirs_of = getattr(ours, name), getattr(theirs, name)
                with self.subTest(name=name, ours=ours):
                    self.assertSameOfEach(lambda item: ours_of(item, None), lambda item: theirs_of(item, None))

    def assertSameOfEach(self, ours, theirs):
        found, expected = list(map(ours, CHARACTERS)), list(map(theirs, CHARACTERS))
        if found != expected or list(map(type, found)) != list(map(type, expected)):
            for item, one, other in zip(CHARACTERS, found, expected, strict=True):
                self.assertEqual((one, type(one)), (other, type(other)), f'U+{ord(item):04X}')

    def test_module_of_another_class(self):
        # As programs make it that want to see each access of an attribute.
        class Module(types.ModuleType):
            pass

        calls = [(name, '\u1e9e') for name in PROPERTIES] + [(name, '\u0d58', None) for name in VALUES]
        calls += [('normalize', 'NFC', '\U0002f868'), ('is_normalized', 'NFC', '\U0002f868')]
        for name, *arguments in calls:
            expected = getattr(rust, name)(*arguments)
            try:
                rust.__class__ = Module
                found = getattr(rust, name)(*arguments)
            finally:
                rust.__class__ = types.ModuleType
            self.assertEqual(found, expected, name)

    def test_lookup(self):
        for ours, theirs in PAIRS:
            for character in CHARACTERS:
                name = theirs.name(character, None)
                if name:
                    self.assertEqual(ours.lookup(name), character)
        # lookup() knows more ranges than name() before 3.15.
        for prefix in ('TANGUT IDEOGRAPH-', 'CJK UNIFIED IDEOGRAPH-', 'CJK COMPATIBILITY IDEOGRAPH-'):
            for code in itertools.chain(range(0x3300, 0x4E10, 7), range(0xF8F0, 0xFB00), range(0x16FF0, 0x19000, 3)):
                for digits in (f'{code:X}', f'{code:x}', f'{code:05X}'):
                    self.assertEqual(
                        twin.outcome(rust.lookup, prefix + digits), twin.outcome(c.lookup, prefix + digits)
                    )

    def test_single_characters_normalized(self):
        for ours, theirs in PAIRS:
            for form in FORMS:
                for name in ('normalize', 'is_normalized'):
                    ours_of, theirs_of = getattr(ours, name), getattr(theirs, name)
                    with self.subTest(form=form, name=name, ours=ours):
                        self.assertSameOfEach(lambda item: ours_of(form, item), lambda item: theirs_of(form, item))


class Names(twin.TwinTestCase):
    rust, c = rust, c

    def test_wrong_names(self):
        rng = twin.generator('names')
        names = [name for name in (c.name(rng.choice(CHARACTERS), '') for _ in range(60_000)) if name]
        names += [
            'HANGUL SYLLABLE ' + ''.join(rng.choices('GNDRMBSJCKTPHAEIOUWY', k=rng.randrange(6))) for _ in range(3000)
        ]
        for name in names:
            place = rng.randrange(len(name))
            for other in (name.lower(), name[:place], name[place:], name[:place] + name[place + 1 :], name + ' '):
                for ours, theirs in PAIRS:
                    self.assertEqual(twin.outcome(ours.lookup, other), twin.outcome(theirs.lookup, other), other)

    def test_aliases_and_sequences(self):
        for name in (
            'LINE FEED', 'line feed', 'NULL', 'KEYCAP DIGIT ONE', 'LATIN SMALL LETTER I WITH MACRON AND GRAVE',
            'VARIATION SELECTOR-17', 'VS17', 'HANGUL SYLLABLE', 'HANGUL SYLLABLE ', 'SPACE', 'TIBETAN LETTER -A',
            'TIBETAN MARK BKA- SHOG YIG MGO', '', ' ', 'A' * 256, 'A' * 257, 'SPACE\0', '\0', 'SP\xe4CE',
            '\ud800', '\u20ac',
        ):  # fmt: skip
            for ours, theirs in PAIRS:
                self.assertEqual(twin.outcome(ours.lookup, name), twin.outcome(theirs.lookup, name), name)

    def test_bytes(self):
        for name in (
            b'SPACE',
            b'space',
            b'',
            b'\xff',
            b'\xc3\xa4',
            b'A\0B',
            bytearray(b'SPACE'),
            memoryview(b'SPACE'),
            5,
            None,
        ):
            for ours, theirs in PAIRS:
                self.assertEqual(twin.outcome(ours.lookup, name), twin.outcome(theirs.lookup, name), name)

    def test_memory_that_does_not_end_in_nul(self):
        # C reads on, and finds a name that is longer than what was given.
        memory = ctypes.create_string_buffer(b'HANGUL SYLLABLE GAG', 19)
        part = (ctypes.c_char * 18).from_buffer(memory)
        self.assertEqual(rust.lookup(part), '\uac00')

    def test_every_other_argument(self):
        for name in (*PROPERTIES, *VALUES, *ONLY_OF_THE_MODULE):
            for arguments in ((), ('',), ('ab',), (5,), (b'a',), (None,), ('a', 1), ('a', 1, 2), (StrSubclass('5'),)):
                self.assertTwins(name, *arguments)
            self.assertTwins(name, chr='a')
        for name in ('normalize', 'is_normalized'):
            for arguments in (
                (), ('NFC',), ('NFC', 5), (5, 'a'), ('nfc', 'a'), ('nfc', ''), ('NFC\0', 'a'), ('', 'a'),
                ('NFX', '\xe4'), ('\xe4', 'a'), ('\u20ac', 'a'), (StrSubclass('NFD'), StrSubclass('\xe4')),
                ('NFC', 'a', 1), (b'NFC', 'a'), ('NF', '\xe4'), ('NFK', '\xe4'), ('NFKX', '\xe4'), ('NFC\0', '\xe4'),
                ('NFKC\0', '\xe4'), ('NFKCD', '\xe4'),
            ):  # fmt: skip
                self.assertTwins(name, *arguments)

    def test_values_without_default(self):
        for name in VALUES:
            for character in 'a5\xbd\u0661\x00\U0010ffff\u4e00\uac00':
                self.assertTwins(name, character)
                self.assertTwins(name, character, 'default')
                self.assertEqual(
                    twin.outcome(getattr(rust.ucd_3_2_0, name), character),
                    twin.outcome(getattr(c.ucd_3_2_0, name), character),
                )


class Normalization(twin.TwinTestCase):
    rust, c = rust, c

    def check(self, text):
        for ours, theirs in PAIRS:
            for form in FORMS:
                found, expected = ours.normalize(form, text), theirs.normalize(form, text)
                if found != expected:
                    self.fail(f'{form} of {ascii(text)} is {ascii(found)}, in C {ascii(expected)}')
                self.assertEqual(ours.is_normalized(form, text), theirs.is_normalized(form, text), (form, text))

    def test_random_text(self):
        rng = twin.generator('normalize')
        for _ in range(15_000 * twin.LONG):
            length = rng.choice((1, 2, 3, 5, 8, 20, 40))
            sources = rng.choices((LETTERS, MARKS, MAPPED, CHARACTERS, 'abc \n', '\xe0\xe9\xfc\u1ea5\u1ec7'), k=3)
            self.check(''.join(rng.choice(rng.choice(sources)) for _ in range(length)))

    def test_pairs_that_compose(self):
        firsts = [MAPPED[i] for i in range(len(MAPPED)) if not c.decomposition(MAPPED[i]).startswith('<')]
        for character in firsts:
            parts = c.normalize('NFD', character)
            for text in (
                parts,
                parts[::-1],
                character + parts[-1:],
                parts[:-1] + '\u0334' + parts[-1:],
                parts + '\u0345',
            ):
                self.check(text)

    def test_every_jamo(self):
        for leading in map(chr, range(0x10FF, 0x1115, 3)):
            for vowel in map(chr, range(0x115F, 0x1178)):
                for trailing in map(chr, range(0x11A6, 0x11C4)):
                    text = leading + vowel + trailing
                    self.assertEqual(rust.normalize('NFC', text), c.normalize('NFC', text), text)

    def test_jamo_of_decompositions(self):
        """What comes after a syllable of two jamo may have a decomposition that starts with the third."""
        jamo = [item for item in CHARACTERS if '\u1100' <= c.normalize('NFKD', item)[0] < '\u1200']
        for before in ('\u1100', '\u1161', '\u1100\u1161', '\uac00', '\uac01', 'x\u1100\u1161', '\u1100\u1161' * 2):
            for after in jamo:
                self.check(before + after)

    def test_long_text(self):
        rng = twin.generator('long')
        for width in ('\xe9', '\u1ebf', '\U0001f600'):
            for length in (15, 16, 17, 31, 32, 33, 100, 5000):
                text = ''.join(rng.choice(('a', 'b', ' ', width)) for _ in range(length))
                self.check(text)
                for place in (0, length // 2, length - 1):
                    for mark in ('\u0301', '\u0323\u0301', '\u0301\u0323', '\ufdfa', '\u2126'):
                        self.check(text[:place] + mark + text[place:])

    def test_scripts(self):
        # Syllables with spaces or marks, jamo, and text in which composites are near each other or far apart.
        rng = twin.generator('scripts')
        parts = (
            ('\ubaa8\ub4e0', '\uac00', '\ud55c', ' ', '. ', '\u0301'),
            ('\u1100\u1161', '\u1112\u1161\u11ab', '\u1100', '\u1161', '\u11a8', '\uac00\u11a8', ' ', '\u0301'),
            ('\u064a\u0648\u0644\u062f', '\u062c\u0645\u064a\u0639 ', '\u0627\u064b', '\u0627\u0654', '\u0623'),
            ('nh', 'ng ', '\u1ea5', '\u01b0\u1edd', '\u0111', 'e\u0323\u0302', '\u0301\u0323', '\ufb01'),
        )
        for some in parts:
            for length in (*range(1, 40), 100, 300):
                weights = [rng.choice((1, 1, 8, 60)) for _ in some]
                for _ in range(5 * twin.LONG):
                    self.check(''.join(rng.choices(some, weights, k=length)))

    def test_runs_of_marks(self):
        for marks in ('\u0301\u0323', '\u0345\u0334\u0323\u0301', '\u0300' * 3 + '\u0316'):
            for length in (10, 16, 17, 18, 19, 20, 21, 40, 1000):
                for start in ('', 'a', '\u1eb9', '\u1100\u1161'):
                    self.check(start + marks * length)

    def test_time_of_runs_of_marks(self):
        # Quadratic time would be half an hour.
        text = 'a' + '\u0301\u0323\u0345\u0334' * 250_000
        start = time.perf_counter()
        for form in FORMS:
            rust.normalize(form, text)
            rust.is_normalized(form, text)
        self.assertLess(time.perf_counter() - start, 20)

    def test_same_object(self):
        for text in ('', 'abc', '\xe9t\xe9', '\u1ebf' * 40, '\U0001f600' * 3):
            self.assertIs(rust.normalize('NFC', text), text)
        for form in FORMS:
            self.assertIs(rust.normalize(form, 'ascii ' * 10), rust.normalize(form, 'ascii ' * 10))
            for text in ('', 'abc', '\u1eb9'):
                self.assertIs(type(rust.normalize(form, StrSubclass(text))), str)

    def test_widths(self):
        # The result has the width that it needs.
        for form in FORMS:
            for text in (
                '\ufb01',
                '\u2126\xe9',
                '\U0001d7d8',
                '\uf900',
                '\ufa6c',
                '\xbd',
                '\u212b\u0301',
                '\U0002f800',
            ):
                found, expected = rust.normalize(form, text), c.normalize(form, text)
                self.assertEqual(found, expected)
                self.assertEqual(sys.getsizeof(found), sys.getsizeof(expected), (form, text))


@unittest.skipUnless(IS_315, 'since CPython 3.15')
class Graphemes(twin.TwinTestCase):
    rust, c = rust, c

    def segments(self, module, *arguments):
        return [(part.start, part.end, str(part), repr(part)) for part in module.iter_graphemes(*arguments)]

    def test_random_text(self):
        rng = twin.generator('graphemes')
        of = {}
        for character in CHARACTERS:
            key = (
                c.grapheme_cluster_break(character),
                c.indic_conjunct_break(character),
                c.extended_pictographic(character),
            )
            of.setdefault(key, []).append(character)
        kinds = list(of.values())
        for _ in range(20_000 * twin.LONG):
            some = rng.choices(kinds, k=4)
            text = ''.join(rng.choice(rng.choice(some)) for _ in range(rng.randrange(30)))
            self.assertEqual(self.segments(rust, text), self.segments(c, text), ascii(text))

    def test_slices(self):
        text = 'e\u0301\U0001f468\u200d\U0001f469 \r\nx'
        for start in (*range(-12, 12), sys.maxsize, -sys.maxsize - 1):
            for end in (*range(-12, 12), sys.maxsize, -sys.maxsize - 1):
                self.assertEqual(
                    self.segments(rust, text, start, end), self.segments(c, text, start, end), (start, end)
                )
        for arguments in ((), (5,), ('a', None), ('a', 0, 1.5), ('a', 2**80), ('a', 0, 1, 2)):
            self.assertEqual(twin.outcome(rust.iter_graphemes, *arguments), twin.outcome(c.iter_graphemes, *arguments))

    def test_objects(self):
        for text in ('ab', 'a', '\xe9', StrSubclass('a'), StrSubclass('ab')):
            ours, theirs = rust.iter_graphemes(text), c.iter_graphemes(text)
            self.assertIs(iter(ours), ours)
            self.assertEqual(type(ours).__name__, type(theirs).__name__)
            first, second = next(ours), next(theirs)
            self.assertEqual(dir(first), dir(second))
            self.assertIs(type(str(first)), str)
            self.assertEqual((str(first), repr(first)), (str(second), repr(second)))
            for part in (first, second):
                self.assertRaises(AttributeError, setattr, part, 'start', 1)
                self.assertRaises(TypeError, type(part))
            self.assertRaises(TypeError, type(ours))
            self.assertEqual(type(first).start.__doc__, type(second).start.__doc__)


if __name__ == '__main__':
    unittest.main()
