"""Print random patterns with their code lists, random texts, and what CPython's re finds in them.

Usage: dump.py SEED COUNT, or dump.py library for the patterns of the standard library and of its test suite.

Lines: `C code lower upper categories` is a row of the character tables, `P groups code...` a pattern (with `U` in
front of it when the automaton has to refuse it), `T kind width pos endpos ; text ; results` a text, where kind is
match, fullmatch, search or finditer.
"""

import _sre
import random
import re
import re._compiler
import sys
import warnings

warnings.simplefilter('ignore')

NARROW = 'aaabbbcABC019_ \n\n-.'
LATIN = NARROW + 'éÉßµÿ\xa0\x85'
WIDE = NARROW + 'éσςΣſKμİı中٣\u2028\u0430\u0410'
ASTRAL = WIDE + '😀𐐀𐐨'


def tables(codes):
    for code in codes:
        ch = chr(code)
        categories = (
            ch.isdecimal() << 0
            | ch.isspace() << 1
            | (ch.isalnum() or ch == '_') << 2
            | (len(('x' + ch + 'x').splitlines()) > 1) << 3
        )
        upper = ch.upper()
        print('C', code, _sre.unicode_tolower(code), ord(upper) if len(upper) == 1 else code, categories)


class Generator:
    def __init__(self, rng, alphabet):
        self.rng = rng
        self.alphabet = alphabet
        self.unsupported = False

    def char(self):
        return re.escape(self.rng.choice(self.alphabet))

    def charset(self):
        rng = self.rng
        items = []
        for _ in range(rng.randint(1, 3)):
            kind = rng.random()
            if kind < 0.5:
                items.append(self.char())
            elif kind < 0.8:
                low, high = sorted(rng.choice(self.alphabet) for _ in range(2))
                items.append(re.escape(low) + '-' + re.escape(high))
            else:
                items.append(rng.choice([r'\w', r'\d', r'\s', r'\W', r'\D', r'\S']))
        return '[' + rng.choice(['', '', '^']) + ''.join(items) + ']'

    def atom(self, depth):
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            return self.char()
        if kind < 0.42:
            return '.'
        if kind < 0.50:
            return self.charset()
        if kind < 0.55:
            return rng.choice([r'\w', r'\d', r'\s', r'\W', r'\D', r'\S'])
        if kind < 0.63:
            return rng.choice(['^', '$', r'\b', r'\B', r'\A', r'\Z'])
        if depth <= 0:
            return self.char()
        if kind < 0.82:
            return '(' + self.alternation(depth - 1) + ')'
        if kind < 0.985:
            return '(?:' + self.alternation(depth - 1) + ')'
        self.unsupported = True
        return rng.choice(['(?={})', '(?!{})', '(?<=a)', '(?>{})', '(?:{})++', '(z|x)\\1']).format(
            self.alternation(depth - 1)
        )

    def piece(self, depth):
        rng = self.rng
        atom = self.atom(depth)
        if rng.random() < 0.55 or atom in ('^', '$', r'\b', r'\B', r'\A', r'\Z'):
            return atom
        count = rng.choice(['?', '*', '+', '*', '+', '{2}', '{1,2}', '{0,2}', '{2,}', '{,3}', '{0}', '{2,3}'])
        return '(?:' * 0 + atom + count + rng.choice(['', '', '?'])

    def words(self):
        """Alternatives for which the automaton looks by their first characters."""
        rng = self.rng
        words = [''.join(self.char() for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 9))]
        words += [word + self.atom(1) for word in words if rng.random() < 0.3]
        rng.shuffle(words)
        return rng.choice(['{}', '{}', '({})', r'\b(?:{})', '(?:{})+?', '(?:{})$']).format('|'.join(words))

    def alternation(self, depth):
        rng = self.rng
        return '|'.join(
            ''.join(self.piece(depth) for _ in range(rng.choice([0, 1, 1, 2, 2, 3])))
            for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))
        )


def result(match):
    if match is None:
        return '-'
    marks = [value for span in match.regs[1:] for value in span]
    return ' '.join(map(str, [match.start(), match.end(), match.lastindex or -1, *marks]))


def show(pattern, source, flags, unsupported):
    code = re._compiler._code(re._parser.parse(source, flags), flags)
    print('#', repr(source), flags)
    print('U' if unsupported else 'P', pattern.groups, *map(int, code))


def compare(pattern, text, width, pos, end):
    codes = ' '.join(str(c) for c in (text if isinstance(text, bytes) else map(ord, text)))
    for kind in ('match', 'fullmatch', 'search', 'finditer'):
        found = getattr(pattern, kind)(text, pos, end)
        results = map(result, found) if kind == 'finditer' else [result(found)]
        print(f'T {kind} {width} {pos} {end};{codes};{"|".join(results)}')


MODULES = """
argparse ast base64 calendar cgitb configparser csv difflib dis doctest email.header email.utils
email.message email.quoprimime email.feedparser email._header_value_parser fnmatch ftplib gettext
glob html html.parser http.client http.cookiejar http.cookies http.server imaplib inspect ipaddress
json.decoder json.encoder json.scanner locale logging mailcap mimetypes netrc nntplib ntpath os
pathlib pdb platform plistlib posixpath pprint pkgutil pydoc pyclbr re shlex sre_parse ssl string
string.templatelib sysconfig tarfile textwrap timeit token tokenize tomllib._re traceback
urllib.parse urllib.request urllib.robotparser uuid warnings wsgiref.headers xml.etree.ElementTree
xml.sax.saxutils xmlrpc.client zipfile zoneinfo _strptime _pydecimal fractions
""".split()


def library():
    import importlib
    import textwrap

    tables(range(256))
    texts = [
        'From: Alice Smith <alice@example.com>\nDate: Thu, 26 Nov 2026 10:15:00 +0000\nX-A: "b c"; d=e\n\n  body\n',
        'http://user@www.example.com:8080/a/b.html?x=1&y=%20#f  <a href="x" b=\'y\' c>&amp; &#38; <!-- c --></a>\n',
        'def f(a, *, b=0x1F, c=1.5e-3j):\n    """Doc."""\n    return a  # comment\n\nx = {"k": [1, 2], \'z\': None}\n',
        '[section]\nkey = value ; comment\n%(name)s ${other} $dollar {field!r:>10}\n1979-05-27T07:32:00Z 12:30:45.5\n',
        '127.0.0.1 ::1 a,b;"c""d"\t\x1b[0m\r\n+1,234.50 -5/7 0b101 1_000 =?utf-8?q?caf=C3=A9?= =41\n',
    ]
    texts.append(textwrap.__doc__ or '')
    patterns = set()
    for name in MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        values = list(vars(module).values())
        values += [value for item in values if isinstance(item, type) for value in vars(item).values()]
        patterns.update(value for value in values if isinstance(value, re.Pattern))
    from test.re_tests import tests

    own = {}
    for source, text, *_ in tests:
        try:
            own.setdefault(re.compile(source), []).append(text)
        except re.error:
            continue
    for pattern in sorted(patterns | set(own), key=lambda pattern: (repr(pattern.pattern), pattern.flags)):
        show(pattern, pattern.pattern, pattern.flags, False)
        for text in texts + own.get(pattern, []):
            if max(map(ord, text), default=0) < 256:
                is_bytes = isinstance(pattern.pattern, bytes)
                compare(pattern, text.encode('latin-1') if is_bytes else text, 1, 0, len(text))


def main():
    if sys.argv[1] == 'library':
        return library()
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    tables(sorted(set(range(256)) | set(map(ord, ASTRAL))))
    made = 0
    while made < count:
        alphabet = rng.choice([NARROW, NARROW, LATIN, WIDE, ASTRAL])
        generator = Generator(rng, alphabet)
        if rng.random() < 0.2:
            source = rng.choice(['', '', '', '^']) + generator.words()
        else:
            source = generator.alternation(rng.choice([1, 2, 2, 3, 3, 4]))
            if rng.random() < 0.1:
                source = f'^(?:{source})'
        if len(source) > 60:
            continue
        flags = 0
        for flag, chance in ((re.I, 0.3), (re.M, 0.3), (re.S, 0.3), (re.A, 0.2)):
            if rng.random() < chance:
                flags |= flag
        slow = re.search(r'\)[*+{]', source) is not None or len(re.findall(r'[*+{]', source)) > 2
        is_bytes = alphabet is LATIN and rng.random() < 0.4
        if is_bytes:
            source = source.encode('latin-1')
            flags &= ~re.A
        try:
            pattern = re.compile(source, flags)
        except (re.error, OverflowError):
            continue
        made += 1
        show(pattern, source, flags, generator.unsupported)
        # Long texts only where CPython needs little time: no repeated group, and few repetitions.
        lengths = [0, 1, 2, 4, 6, 9] + ([] if slow else [80, 200])
        for length in lengths[-6:]:
            filler = rng.choice(['', '', '-' * 40 if length > 9 else ''])
            text = ''.join(rng.choice([rng.choice(alphabet), rng.choice(alphabet), *filler]) for _ in range(length))
            width = 1 if max(map(ord, text), default=0) < 256 else 2 if max(map(ord, text)) < 65536 else 4
            if is_bytes:
                text = text.encode('latin-1')
            pos = rng.choice([0, 0, 0, rng.randint(0, len(text))])
            end = rng.choice([len(text), len(text), rng.randint(pos, len(text))])
            compare(pattern, text, width, pos, end)


if __name__ == '__main__':
    main()
