"""The Rust _sre against its C twin: matches with all their attributes, exceptions, messages."""

import array
import copy
import functools
import itertools
import re
import sys
import time
import unittest
import warnings
from re import _constants

import sre_patterns as patterns
import twin

rust, c = twin.pair('_sre')
patterns.share_templates(rust, c)

METHODS = 'match', 'fullmatch', 'search'


class Text(str):
    pass


class Bytes(bytes):
    pass


class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


def match(found):
    """Return all observable attributes of a match."""
    if found is None:
        return None
    return (
        found.span(),
        found.regs,
        found.groups(),
        found.groupdict(),
        found.lastindex,
        found.lastgroup,
        found.pos,
        found.endpos,
        found.string,
        repr(found),
        found.group(*range(len(found.regs))),
        [found[number] for number in range(len(found.regs))],
    )


def everything(pattern, text, replacements, start, end):
    """Return the results of all methods of a pattern for a text."""
    found = [match(getattr(pattern, name)(text, start, end)) for name in METHODS]
    found.append(pattern.findall(text, start, end))
    found.append([match(each) for each in pattern.finditer(text, start, end)])
    scanner = pattern.scanner(text, start, end)
    found.append([match(getattr(scanner, name)()) for name in ('match', 'search', 'match', 'search', 'search')])
    for count in (0, 2, -1):
        found.append(pattern.split(text, count))
    for replacement in replacements:
        found.append(twin.outcome(pattern.subn, replacement, text))
        found.append(twin.outcome(pattern.sub, replacement, text, 1))
    return found


class SreTwin(twin.TwinTestCase):
    rust, c = rust, c

    def compiled(self, pattern, flags=0):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return [patterns.compile(module, pattern, flags) for module in (rust, c)]

    def assertSame(self, pattern, call, flags=0):
        ours, theirs = (twin.outcome(call, made) for made in self.compiled(pattern, flags))
        if ours != theirs:
            self.fail(f'{pattern!r}, flags {flags}:\n  C    {theirs!s:.1500}\n  Rust {ours!s:.1500}')
        return ours

    def test_interface(self):
        def hidden(module):
            made = patterns.compile(module, 'a')
            return {
                'Pattern': type(made),
                'Match': type(made.match('a')),
                'Scanner': type(made.scanner('a')),
                'Template': type(module.template(made, ['a'])),
            }

        # Objects are not variable-sized, and have another layout.
        sizes = 'Pattern:__itemsize__', 'Match:__itemsize__', 'Template:__itemsize__', 'Pattern:__weakrefoffset__'
        debug = ('Pattern._fail_after', 'Pattern:dir') if twin.DEBUG_BUILD else ()
        self.assertSameInterface(*sizes, *debug, hidden=hidden)

    def test_names_of_groups(self):
        # Only code that calls _sre itself can give names that are none, or numbers that are none.
        code = re._compiler._code(re._parser.parse('(x)(y)'), 0)
        strange = [{'a': 'b', 'b': 1}, {2: 1}, {'a': True}, {'a': 2.0}, {'a': 5}, {'a': -1}, {True: 2}, {1: 2, 'x': 1}]
        strange += [{'a': 10**30}, {f'name{number}': number % 3 for number in range(20)}]
        for names in strange:
            found = []
            for module in (rust, c):
                pattern = module.compile('(x)(y)', re.UNICODE, code, 2, names, (None, None, None))
                found.append(twin.outcome(pattern.match('xy').groupdict))
            self.assertEqual(*found, names)

    def test_names_with_their_numbers(self):
        code = re._compiler._code(re._parser.parse('(x)(y)'), 0)

        class Name(str):
            pass

        tuples = [(None, 'a', 'b'), (None, 'b', 'a'), (None, None, 'a'), (None, 'a'), (None, 'a', 'a'), ('a', 'b')]
        tuples += [(None, 'a', 'b', 'c'), (None, Name('a'), 'b'), (None, ''.join(['a', 'b'])), (None, 2, 'a')]
        dicts = [{'a': 1, 'b': 2}, {'b': 2, 'a': 1}, {'a': 2, 'b': 1}, {'a': 1}, {'a': 2}, {'a': 0, 'b': 1}, {'ab': 1}]
        dicts += [{'a': 1, 'b': 2, 'c': 3}, {Name('a'): 1, 'b': 2}, {'a': True, 'b': 2}, {2: 1}, {2: 1, 'a': 2}]
        keys = ['a', 'b', 'c', 'ab', Name('a'), ''.join(['', 'a']), None, 1, True, 2, 3, -1, b'a']

        def look(module, numbers, names):
            found = module.compile('(x)(y)', re.UNICODE, code, 2, numbers, names).match('xy')
            calls = [found.groupdict, *(functools.partial(found.__getitem__, key) for key in keys)]
            # The second time the names have been compared.
            return [twin.outcome(call) for call in calls * 2] + [found.lastgroup]

        for names, numbers in itertools.product(tuples, dicts):
            with self.subTest(names=names, numbers=numbers):
                self.assertEqual(look(rust, numbers, names), look(c, numbers, names))

    def check_random(self, alphabet, count, salt, flags=0, as_bytes=False):
        rng = twin.generator(salt)
        gen = patterns.Generator(rng, alphabet)
        done = 0
        while done < count:
            pattern = gen.pattern()
            each = flags | rng.choice((0, 0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.IGNORECASE | re.MULTILINE))
            if as_bytes:
                pattern = pattern.encode('latin-1')
            if patterns.compiled_code(pattern, each) is None:
                continue
            done += 1
            text = gen.text(9)
            start, end = rng.choice(((0, sys.maxsize), (rng.randrange(-2, 12), rng.randrange(-2, 12))))
            replacements = 'x', r'<\g<0>>', '', lambda found: f'[{found.group()}]', r'\1-'
            if as_bytes:
                text = text.encode('latin-1')
                replacements = b'x', rb'<\g<0>>', lambda found: b'[' + found.group() + b']', bytearray(rb'\1-'), 'x'
            self.assertSame(pattern, lambda made: everything(made, text, replacements, start, end), each)

    def test_random_ascii(self):
        self.check_random(patterns.ALPHABETS[0], 400 * twin.LONG, 'ascii')

    def test_random_latin_1(self):
        self.check_random('aéßA \x85µÿ', 200 * twin.LONG, 'latin-1')

    def test_random_two_bytes(self):
        self.check_random(patterns.ALPHABETS[1], 200 * twin.LONG, 'two bytes')
        self.check_random(patterns.ALPHABETS[2], 200 * twin.LONG, 'two bytes, too')

    def test_random_four_bytes(self):
        self.check_random(patterns.ALPHABETS[3], 200 * twin.LONG, 'four bytes')

    def test_random_ascii_flag(self):
        self.check_random(patterns.ALPHABETS[1], 150 * twin.LONG, 'flag', re.ASCII)

    def test_random_bytes(self):
        self.check_random('abAB01_ \n\xe9', 250 * twin.LONG, 'bytes', as_bytes=True)
        self.check_random('abAB01_ \n\xe9', 150 * twin.LONG, 'locale', re.LOCALE, as_bytes=True)

    def test_sequences_of_repeats(self):
        # Programs that never backtrack, and similar ones that do.
        rng = twin.generator('sequences')
        characters = 'ab1 \n'
        atoms = r'\w', r'\d', r'\s', 'a', 'b', '[ab]', '[^a]', '.', r'[^\n]', '1', '(?i:A)'
        counts = '', '', '+', '+', '*', '*', '?', '{2}', '{1,2}', '++', '*+'
        for _ in range(600 * twin.LONG):
            pieces = [rng.choice(atoms) + rng.choice(counts) for _ in range(rng.randrange(1, 5))]
            for assertion in rng.choices(('$', r'\Z', r'\b', '^', r'\B', '(?m:$)'), k=rng.randrange(2)):
                pieces.insert(rng.randrange(len(pieces) + 1), assertion)
            for _ in range(rng.randrange(3)):
                start = rng.randrange(len(pieces))
                end = rng.randrange(start, len(pieces)) + 1
                pieces[start:end] = ['(' + ''.join(pieces[start:end]) + ')']
            text = ''.join(rng.choices(characters + rng.choice(('', 'é', 'б', '😀')), k=rng.randrange(12)))
            start, end = rng.choice(
                ((0, sys.maxsize), (0, sys.maxsize), (rng.randrange(-2, 12), rng.randrange(-2, 12)))
            )
            replacements = 'x', r'<\g<0>>', lambda found: f'[{found.group()}]'
            self.assertSame(''.join(pieces), lambda made: everything(made, text, replacements, start, end))

    def test_lists_of_words(self):
        rng = twin.generator('words')
        for _ in range(100 * twin.LONG):
            words = [''.join(rng.choices('abc1é', k=rng.randrange(1, 4))) for _ in range(rng.randrange(2, 70))]
            pattern = rng.choice(('%s', '(%s)', '(?:%s)+', r'\b(?:%s)\b', '(?:%s)$', '(?i:%s)')) % '|'.join(words)
            text = ''.join(rng.choices('abc1é ' + rng.choice('\nб😀'), k=rng.randrange(30)))
            replacements = '', r'<\g<0>>', lambda found: f'[{found.group()}]'
            self.assertSame(pattern, lambda made: everything(made, text, replacements, 0, sys.maxsize))

    def test_runs_between_word_boundaries(self):
        rng = twin.generator('runs')
        items = (
            *(r'\w', r'\d', '[a-c]', '[ab1]', '[aé]', r'[\w-]', '[^ ]', r'\s', r'(?a:\w)', '[б-г]', '(?i:[ab])'),
            *('.', 'a', '[a😀]', '[aб]'),
        )
        forms = (
            *(r'\b%s+\b', r'\b%s++\b', r'%s+', r'\b%s+', r'\b%s+\B', r'\b%s*\b', r'\b%s{2,}\b', r'\b(%s+)\b'),
            r'(?a:\b)%s+(?a:\b)',
        )
        for _ in range(600 * twin.LONG):
            pattern = rng.choice(forms) % rng.choice(items)
            characters = 'abd1_ -\n' + rng.choice(('', 'é', 'бв', '😀'))
            # Long runs reach over the 64 characters that are looked at together.
            text = ''.join(rng.choice(characters) * rng.choice((1, 1, 2, 70)) for _ in range(rng.randrange(70)))
            start, end = rng.choice(((0, sys.maxsize), (rng.randrange(-2, 200), rng.randrange(-2, 400))))
            self.assertSame(pattern, lambda made: everything(made, text, ('x', r'<\g<0>>'), start, end))

    def test_look_behind_of_a_literal(self):
        rng = twin.generator('behind')
        literals = 'a', 'ab', 'aba', 'é', 'aб', '😀'
        tails = '', r'\w*', r'\w+', 'b', '.', '$', r'(b)?', '(?=a)', 'a??', '(?<=b)a', '|b', '(?<!b)'
        for _ in range(600 * twin.LONG):
            pattern = f'(?<={rng.choice(literals)})' + rng.choice(tails)
            text = ''.join(rng.choices(f'aab {rng.choice("éб😀")}', k=rng.randrange(30)))
            start, end = rng.choice(((0, sys.maxsize), (rng.randrange(-2, 20), rng.randrange(-2, 35))))
            self.assertSame(pattern, lambda made: everything(made, text, ('x', r'<\g<0>>'), start, end))

    def test_first_characters_in_long_wide_text(self):
        # First characters that are rare in the text are searched for in blocks.
        rng = twin.generator('first')
        sources = (
            *('[бa]x?', 'бx|вx', 'ax|бx|вx|гx', 'éx|中x', '中x?|é', '(?i:б)x?', '(?i:б)|a', '(?i:бx|вx)', '(?i:k)x?'),
            *('бx|вx|гx|дx|жx|зx|иx|йx', 'бx|вx|гx|дx|жx|зx|иx|йx|кx', '(?i:ǆ)', '[б-г]x?', 'ax|bx|cx|dx|бx', '😀x|бx'),
            *('ax|😀x|𐐀x', '[^.-]', r'\A|б', 'б|$'),
        )
        for _ in range(600 * twin.LONG):
            source = rng.choice(sources)
            # Wide characters are first characters of some patterns, so that there are texts without others.
            text = rng.choices(rng.choice(('.-', '.-–')), k=rng.randrange(400))
            letters = [letter for letter in source if letter.isalpha() and letter not in 'xiA'] + ['K', 'Б', 'ǅ', '😀']
            for _ in range(rng.randrange(4)):
                place = rng.randrange(len(text) + 1)
                text[place:place] = rng.choice(letters) + rng.choice(('', 'x'))
            start, end = rng.choice(((0, sys.maxsize), (rng.randrange(100), rng.randrange(400))))
            string = ''.join(text)
            self.assertSame(source, lambda made: everything(made, string, ('x',), start, end))

    def test_characters_with_the_same_lower_case(self):
        # Those of the first character are searched for in blocks. re replaces many of them by sets.
        for number in range(sys.maxunicode + 1):
            lower = c.unicode_tolower(number)
            if lower != number:
                code = [_constants.LITERAL_UNI_IGNORE, lower, _constants.SUCCESS]
                text = '\u4e00' * 40 + chr(number)
                spans = [each.compile('', 0, code, 0, {}, ()).search(text).span() for each in (rust, c)]
                self.assertEqual(spans, [(40, 41)] * 2, number)

    def test_empty_matches_at_the_ends(self):
        rng = twin.generator('ends')
        sources = (
            *(r'^\s*|\s*$', r'\s*$', '$', '^', '^|$', r'\Z', 'a*$|b', '^a|b*$', '(a*)$', '(?:a|b*)$', 'a?$', 'a*?$'),
            *('(?m:^|$)', r'(?m:\s*$)', r'(?m:^b|\s*$)', '(?>$)|b', r'(?>$)\n|b', '(?=a)|$'),
            *('(?!a)$', '(?:$)+', '(?:a$)*'),
            *(r'$\n', '$a*', '$a', r'\s*\Z|^b*', r'\b$|^', '(?:^a)?$', '(?:^|a)b*$', '(?:$|a)b', r'(?:\Z)?b', '^^|$$'),
        )
        for _ in range(600 * twin.LONG):
            text = ''.join(rng.choices('ab \n' + rng.choice('éб a'), k=rng.randrange(9))) * rng.choice((1, 1, 1, 20))
            start, end = rng.choice(((0, sys.maxsize), (rng.randrange(-1, 9), rng.randrange(-1, 9))))
            source = rng.choice(sources)
            self.assertSame(source, lambda made: everything(made, text, ('x', r'<\g<0>>'), start, end))

    def test_matches_found_ahead(self):
        # The kind of search changes between the matches of a scanner, and only some of them are taken.
        text = 'ab  c d1 é_ ' * 40 + 'б'
        for pattern in (r'\w+', r'\w', r'\b', r'\s*', 'd1|c', r'(\w)(\w)?', '[^a]+?'):

            def scan(made):
                scanner = made.scanner(text, 1, 300)
                rng = twin.generator(pattern)
                names = [rng.choice(('search', 'search', 'search', 'match')) for _ in range(150)]
                return [match(getattr(scanner, name)()) for name in names], [*map(match, made.finditer(text))]

            self.assertSame(pattern, scan)

    def test_classes_of_all_characters(self):
        text = ''.join(map(chr, range(0x3000))) + ''.join(map(chr, range(0xFF00, 0x11000)))
        for pattern in (
            r'\w+',
            r'\W+',
            r'\d+',
            r'\s+',
            r'[^\W\d]',
            r'\b.',
            r'[\u0370-\u03ff]+',
            r'[^a]+',
            '[ſK]',
            '[a-z]',
        ):
            for flags in (0, re.ASCII, re.IGNORECASE):
                self.assertSame(pattern, lambda made: made.findall(text), flags)

    def test_scoped_flags(self):
        # The search in C uses a set of first characters that is compiled with the flags of the whole pattern, and
        # therefore misses matches.
        for pattern, flags, end in (
            (r'(?a:\W)', 0, 'aé'),
            (r'(?a:\W)x', 0, 'é éx'),
            (r'(?a:[^\d])', 0, '٣'),
            (r'(?u:\d)', re.ASCII, 'x٣'),
            (r'(?u:\w)+', re.ASCII, '-éé'),
            (r'(?u:[\w.])x', re.ASCII, 'éx'),
            (r'(?u:\s)', re.ASCII, 'a\xa0'),
            (r'(?a:\w)', 0, 'éa'),
        ):
            ours, theirs = self.compiled(pattern, flags)
            for text in (end, 'é' * 5000 + end, '-' * 5000 + end):
                found = (theirs.match(text, start) for start in range(len(text)))
                expected = next(filter(None, found)).span()
                with self.subTest(pattern=pattern, text=text[-4:]):
                    self.assertEqual(ours.search(text).span(), expected)
                    self.assertEqual(next(ours.finditer(text)).span(), expected)
                    self.assertEqual(ours.findall(text)[0], text[slice(*expected)])

    def test_ignorecase(self):
        texts = 'iıİI', 'sſS', 'kKK', 'ßẞ', 'ǅǆǄ', 'σςΣ', 'ﬅﬆ', 'µμΜ', 'ΐΐ', '\U00010400\U00010428'
        for text in texts:
            for character in text:
                for pattern in (character, f'[{character}]', f'[^{character}]', f'({character})\\1', f'{character}+?.'):
                    for flags in (re.IGNORECASE, re.IGNORECASE | re.ASCII):
                        self.assertSame(pattern, lambda made: made.findall(text * 2), flags)

    def test_functions(self):
        self.assertEqual((rust.MAGIC, rust.CODESIZE, rust.MAXREPEAT, rust.MAXGROUPS, rust.copyright),
                         (c.MAGIC, c.CODESIZE, c.MAXREPEAT, c.MAXGROUPS, c.copyright))  # fmt: skip
        self.assertTwins('getcodesize')
        for name in ('ascii_iscased', 'unicode_iscased', 'ascii_tolower', 'unicode_tolower'):
            for character in (
                *range(0x600),
                0x1E9E,
                0x2126,
                0x212A,
                0x10400,
                0x10FFFF,
                0x110000,
                -1,
                2**31 - 1,
                2**31,
                'a',
            ):
                self.assertTwins(name, character)

    def test_wrong_code(self):
        rng = twin.generator('code')
        gen = patterns.Generator(rng)
        done = 0
        while done < 300 * twin.LONG:
            arguments = patterns.compiled_code(gen.pattern())
            if arguments is None:
                continue
            done += 1
            pattern, flags, code, *rest = arguments
            for _ in range(20):
                changed = [int(word) for word in code]
                place = rng.randrange(len(changed))
                choice = rng.randrange(4)
                if choice == 0:
                    changed[place] = rng.randrange(48)
                elif choice == 1:
                    del changed[place]
                elif choice == 2:
                    changed[place] = rng.choice((2**32 - 1, 2**32, 2**64, -1, 1.5, None, 2**31))
                else:
                    del changed[place:]
                # C crashes on some of them, and loops forever on others.
                try:
                    made = rust.compile(pattern, flags, changed, *rest)
                except (OverflowError, RuntimeError, TypeError) as error:
                    expected = {'OverflowError', 'RuntimeError: invalid SRE code', 'TypeError'}
                    self.assertTrue({type(error).__name__, f'{type(error).__name__}: {error}'} & expected, error)
                    continue
                try:
                    found = made.search('ab01 _')
                except SystemError as error:
                    # A group that ends before it starts, which a code list can express.
                    self.assertIn('span of capturing group', str(error))
                else:
                    self.assertIn(type(found).__name__, ('NoneType', 'Match'))

    def test_compile_arguments(self):
        good = ['a', 0, [16, 97, 1], 0, {}, ()]
        for place in range(len(good)):
            for wrong in (None, 1, 1.5, 'a', b'a', [], [1], {}, {'a': 1}, (), (1,), bytearray(b'a'), 2**40, -1):
                arguments = [*good]
                arguments[place] = wrong
                ours, theirs = (twin.outcome(lambda m=module: repr(m.compile(*arguments))) for module in (rust, c))
                self.assertEqual(ours, theirs, arguments)
        for words in ([], [0], [1], [1, 1], [99], [16], [16, 1]):
            self.assertTwins_compile(words)

    def assertTwins_compile(self, words):
        ours, theirs = (twin.outcome(lambda m=module: repr(m.compile('', 0, words, 0, {}, ()))) for module in (rust, c))
        self.assertEqual(ours, theirs, words)

    def test_wrong_arguments(self):
        for name in ('match', 'search', 'findall', 'finditer', 'scanner', 'split', 'fullmatch'):
            for arguments in ((), (1,), (None,), ('a', 'b'), ('a', 1.5), ('a', 0, 1, 2), (b'a',), ([],), ('a', 2**70)):
                self.assertSame('a', lambda made: twin.outcome(getattr(made, name), *arguments))
                self.assertSame(b'a', lambda made: twin.outcome(getattr(made, name), *arguments))
        replacements = (
            1, None, b'a', r'\9', r'\g<x>', len, lambda _: None, lambda _: 1, lambda _: b'', bytearray(b'\\'), '\\',
            Text('x'), Text('x\\n'),
        )  # fmt: skip
        texts = 'a', 'aa', b'a', Text('ab'), 1
        wrong = [(), ('a',), ('a', 'a', 'a')]
        for arguments in (*wrong, *((replacement, text) for replacement in replacements for text in texts)):
            for name in ('sub', 'subn'):
                self.assertSame('a', lambda made: twin.outcome(getattr(made, name), *arguments))
                self.assertSame(b'a', lambda made: twin.outcome(getattr(made, name), *arguments))

    def test_match_arguments(self):
        def look(made):
            found = made.search('xaby')
            results = []
            for group in (
                0,
                1,
                2,
                3,
                4,
                -1,
                True,
                'n',
                'm',
                'x',
                b'n',
                None,
                1.5,
                Index(1),
                Index(9),
                2**70,
                -(2**70),
                [],
            ):
                for call in (
                    found.group,
                    found.start,
                    found.end,
                    found.span,
                    found.__getitem__,
                    lambda g: found.group(0, g),
                ):
                    results.append(twin.outcome(call, group))
            for call in (found.groups, found.groupdict):
                results += [
                    twin.outcome(call),
                    twin.outcome(call, 'd'),
                    twin.outcome(call, default=1),
                    twin.outcome(call, 1, 2),
                ]
            for template in ('x', r'\1\g<n>', r'\3', r'\g<m>', r'\4', b'x', 1, Text(r'\1'), '', '\\'):
                results.append(twin.outcome(found.expand, template))
            results += [copy.copy(found) is found, copy.deepcopy(found) is found, bool(found), found.re == made]
            return results

        self.assertSame('(?P<n>a)(?P<m>b)(c)?', look)

    def test_subjects(self):
        for text in (b'xay', bytearray(b'xay'), memoryview(b'xay'), array.array('b', b'xay'), Bytes(b'xay'),
                     memoryview(b'xaay')[::2], memoryview(b''), array.array('i', [97]), b'a', Bytes(b'a')):  # fmt: skip

            def look(made):
                found = made.search(text)
                results = [made.sub(b'z', text), made.split(text), made.findall(text)]
                return results + ([found.group(), found.string is text] if found else [])

            self.assertSame(b'a', lambda made: twin.outcome(look, made))
        for text in (Text('xay'), Text(''), Text('a')):
            self.assertSame('a', lambda made: (made.sub('z', text), made.split(text), made.findall(text)))
            self.assertSame('b', lambda made: [type(made.sub('z', text)), type(made.split(text)[0])])

    def test_buffers_are_held(self):
        def look(made):
            data = bytearray(b'aaa')
            found = made.finditer(data)
            results = [twin.outcome(data.append, 1), next(found).group()]
            kept = made.match(data)
            del found
            data[:] = b'b'
            return [*results, kept.group(), twin.outcome(kept.groups), data]

        self.assertSame(b'(a)', look)

    def test_groups_of_a_large_buffer(self):
        # Only the text of the group is copied.
        for data in (bytearray(20_000_000), memoryview(bytes(20_000_000)), Bytes(20_000_000)):
            found = patterns.compile(rust, b'(.)(?P<n>.)').match(data)
            start = time.process_time()
            for _ in range(200):
                groups = found.group(), found.groups(), found.groupdict(), found[1]
            self.assertLess(time.process_time() - start, 1)
            self.assertEqual(groups, (b'\0\0', (b'\0', b'\0'), {'n': b'\0'}, b'\0'))

    def test_groups_of_a_shortened_buffer(self):
        def look(made):
            data = bytearray(b'a' * 1000)
            found = made.match(data)
            results = [found.group(), found.groups()]
            for size in (700, 3, 1, 0):
                del data[size:]
                results += [found.group(), found.group(1, 2), found.groupdict(), found[2]]
            return results

        self.assertSame(b'(a)(?P<n>a+)', look)

    def test_same_object(self):
        def look(made):
            text, data = 'xyz' * 5, b'xyz' * 5
            return [
                made.sub('b', text) is text, made.split(text)[0] is text, made.findall(text), data is data,
                patterns.compile(rust, '.*').match(text).group() is text,
            ]  # fmt: skip

        self.assertSame('a', look)

    def test_parts_that_repeat(self):
        # Equal short parts are one object, which must not be taken for one of another length or another text.
        rng = twin.generator('parts')
        for letters in 'ab', 'a\xe9', 'a\u0301', 'a\U0001f600', '\0a':
            words = [''.join(rng.choices(letters, k=size)) for size in range(20) for _ in range(9)]
            text = ' '.join(rng.choices(words, k=2000))
            for pattern in (r'[^ ]+', r'([^ ]+)', r'(.)(.)?([^ ]*)', r'[^ ]{16,}|.'):
                self.assertSame(pattern, lambda made, text=text: [made.findall(text), made.split(text)])
            data = text.encode('utf-16')
            self.assertSame(b'[^ ]+', lambda made, data=data: [made.findall(data), made.split(bytearray(data))])
        # These differ only in their lengths.
        words = [f'{number:x}' + '\0' * zeros for number in range(500) for zeros in range(9) for _ in range(2)]
        self.assertSame('[^ ]+', lambda made: made.findall(' '.join(words)))
        # No part repeats, so the table is dropped.
        text = ' '.join(map(str, range(3000))) + ' word' * 3000
        self.assertSame(r'\w+', lambda made: made.findall(text))
        words = patterns.compile(rust, r'\w+').findall('one two ' * 1000)
        self.assertLess(len({id(word) for word in words}), 100)

    def test_equality_and_hash(self):
        made = [
            (pattern, flags)
            for pattern in ('a', 'b', b'a', '[a]', 'A')
            for flags in (0, re.IGNORECASE, re.ASCII, re.LOCALE)
            if patterns.compiled_code(pattern, flags)
        ]
        for module in (rust, c):
            every = [patterns.compile(module, *each) for each in made]
            for place, pattern in enumerate(every):
                again = patterns.compile(module, *made[place])
                self.assertEqual(again, pattern)
                self.assertEqual(hash(again), hash(pattern))
                self.assertEqual([other == pattern for other in every], [other is pattern for other in every])
                self.assertIs(pattern.__lt__(pattern), NotImplemented)
                self.assertNotEqual(pattern, 1)
        self.assertEqual(*(hash(patterns.compile(module, 'a(b)')) for module in (rust, c)))

    def test_repr(self):
        for pattern in ('a', b'a', 'x' * 300, "'", '(?i)a'):
            for flags in (0, re.I, re.I | re.M | re.S | re.X, re.A, re.DEBUG):
                with self.subTest(pattern=pattern, flags=flags):
                    arguments = patterns.compiled_code(pattern, flags & ~re.DEBUG)
                    ours, theirs = (repr(m.compile(*arguments[:1], flags | 0x1000, *arguments[2:])) for m in (rust, c))
                    self.assertEqual(ours, theirs)

    def test_templates(self):
        texts = [], ['a'], ['a', 1], ['a', 1, 'b'], ['a', 5, 'c'], ['', 0, ''], ['x', 1, '', 1, '']
        wrong = (
            ['a', -1, 'b'],
            ['a', 'x', 'b'],
            [1, 2, 3],
            ['a', 2**70, ''],
            [b'', 1, b'x'],
            ['a', 1, b'x'],
            [None, 0, None],
        )
        for template in (*texts, *wrong):

            def expand(module):
                made = patterns.compile(module, '(a)')
                compiled = module.template(made, template)
                kept, re._compile_template = re._compile_template, lambda *_: compiled
                try:
                    results = [twin.outcome(made.match('a').expand, '\\')]
                    return results + [twin.outcome(made.sub, '\\', 'xaay')]
                finally:
                    re._compile_template = kept

            ours, theirs = (twin.outcome(expand, module) for module in (rust, c))
            self.assertEqual(ours, theirs, template)

    def test_scanner_at_its_end(self):
        def look(made):
            scanner = made.scanner('ab')
            return [match(scanner.match()), match(scanner.match()), scanner.search(), scanner.pattern == made]

        self.assertSame('a', look)

    def test_callback_uses_the_pattern(self):
        def look(made):
            return made.sub(lambda found: made.sub('x', 'a' + found.group()), 'bab')

        self.assertSame('a', look)

    def test_large(self):
        text = 'a' * 300_000 + 'b'
        for pattern in (
            '(?:a|x)*b',
            '(a)*b',
            'a*b',
            '.*?b',
            '(?:aa)*+a?b',
            'a{5,}b',
            r'(?:a(?=.))*',
            r'\A(?>a*)b',
            r'(?s:.)*\Z',
        ):
            self.assertSame(pattern, lambda made: (match(made.match(text)) or '')[:1])


if __name__ == '__main__':
    unittest.main()
