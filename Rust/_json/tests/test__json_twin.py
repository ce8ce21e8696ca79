"""The Rust _json against its C twin: values, exceptions, messages, notes."""

import builtins
import enum
import gc
import json
import math
import string
import struct
import sys
import textwrap
import types
import unittest
import weakref
from test import support
from test.support.script_helper import assert_python_ok

import twin

rust, c = twin.pair('_json')

SETTINGS = {
    'strict': True,
    'object_hook': None,
    'object_pairs_hook': None,
    'array_hook': None,
    'parse_float': float,
    'parse_int': int,
    'parse_constant': {'NaN': math.nan, 'Infinity': math.inf, '-Infinity': -math.inf}.__getitem__,
}


def scanner(module, **settings):
    return module.make_scanner(types.SimpleNamespace(**(SETTINGS | settings)))


def default(value):
    raise TypeError(f'no JSON for {type(value).__name__}')


def encoder(
    module,
    *,
    markers=None,
    default=default,
    ascii=True,
    encode=None,
    indent=None,
    separators=(', ', ': '),
    sort_keys=False,
    skipkeys=False,
    allow_nan=True,
):
    if callable(markers):
        markers = markers()
    encode = encode or (module.encode_basestring_ascii if ascii else module.encode_basestring)
    return module.make_encoder(
        markers, default, encode, indent, separators[1], separators[0], sort_keys, skipkeys, allow_nan
    )


class Str(str):
    pass


class Int(int):
    def __repr__(self):
        return 'not this'


class Float(float):
    def __repr__(self):
        return 'nor this'


class List(list):
    pass


class Reversed(list):
    def __iter__(self):
        return reversed([*super().__iter__()])


class Dict(dict):
    pass


class Odd(dict):
    """A dict with items of its own."""

    def items(self):
        return [('odd', 1), *super().items()]


# New in CPython 3.15.
frozendict = getattr(builtins, 'frozendict', None)
FROZEN = [frozendict] if frozendict else []


class Broken(dict):
    def items(self):
        return [(1, 2, 3)]


class Colour(enum.IntEnum):
    RED = 1


class Level(enum.StrEnum):
    LOW = 'low'


class Size(float, enum.Enum):
    HALF = 0.5


class Unprintable:
    def __repr__(self):
        raise ZeroDivisionError('repr')

    __hash__ = object.__hash__


CHARACTERS = [
    'a',
    'b',
    '"',
    '\\',
    '/',
    '\n',
    '\t',
    '\x00',
    '\x1f',
    '\x7f',
    '\x80',
    'é',
    '\xff',
    '\u0100',
    '\u20ac',
    '\ud800',
    '\udc00',
    '\uffff',
    '\U00010000',
    '\U0010ffff',
    ' ',
]


class JsonTwin(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, call, *args):
        """`call(module, *args)` does the same for both modules."""
        expected, actual = twin.outcome(call, c, *args), twin.outcome(call, rust, *args)
        if actual != expected:
            self.fail(f'{args!r:.300}:\n  C    {str(expected)[:600]}\n  Rust {str(actual)[:600]}')
        return actual

    def assertSameScan(self, text, index=0, **settings):
        return self.assertSame(lambda module: scanner(module, **settings)(text, index))

    def assertSameDump(self, value, **settings):
        return self.assertSame(lambda module: encoder(module, **settings)(value, 0))

    def test_interface(self):
        # Ours have Py_TPFLAGS_HAVE_VECTORCALL.
        self.assertSameInterface('make_scanner:flags', 'make_encoder:flags')

    def test_arguments(self):
        for args in [
            (),
            (1,),
            ('x',),
            ('x', 'y'),
            (b'x', 1),
            ('"', 0),
            ('"', 2),
            ('"', -1),
            ('"x"', 1, 0),
            ('"x"', 2**70),
            ('"\n"', 1, False),
            ('"\n"', 1, []),
            ('', 0),
            ('x', 0),
            ('', 0, Unprintable()),
        ]:
            self.assertTwins('scanstring', *args)
        for name in ('encode_basestring', 'encode_basestring_ascii'):
            for args in [(), (1,), (b'x',), (Str('x'),), ('x', 'y')]:
                self.assertTwins(name, *args)
        for args in [(), (1, 2), (object(),), (types.SimpleNamespace(strict=1),)]:
            self.assertTwins('make_scanner', *args)
        for args in [(), (1,) * 9, (None,) * 9, ({}, None, None, None, '', '', 0, 0), ({}, 1, 1, None, 1, '', 0, 0, 0)]:
            self.assertTwins('make_encoder', *args)
        for args in [(), ('1',), (1, 0), ('1', 'x'), ('1', -1), ('1', 2), ('', 0), ('1', 2**80), ('1', 0, 0)]:
            self.assertSame(lambda module: scanner(module)(*args))
            self.assertSame(lambda module: encoder(module)(*args))
        self.assertSame(lambda module: scanner(module)(idx=0, string='[1]'))
        self.assertSame(lambda module: encoder(module)(_current_indent_level=0, obj=[1]))

    def test_members(self):
        hook = len
        for module in (rust, c):
            made = scanner(module, object_hook=hook, strict=[])
            self.assertIs(made.object_hook, hook)
            self.assertIs(made.strict, False)
            made = encoder(module, markers={}, indent='x')
            self.assertEqual(
                (made.markers, made.indent, made.key_separator, made.item_separator), ({}, 'x', ': ', ', ')
            )
            self.assertIs(made.default, default)
            with self.assertRaises(AttributeError):
                made.indent = None

    def random_text(self, rng, length):
        alphabet = rng.sample(CHARACTERS, rng.randint(1, len(CHARACTERS)))
        return ''.join(rng.choices(alphabet, k=length))

    def test_strings(self):
        rng = twin.generator('strings')
        for length in [*range(80), 127, 128, 129, 1000, 16383, 16384, 16385, 40000]:
            for _ in range(3):
                text = self.random_text(rng, length)
                for name in ('encode_basestring', 'encode_basestring_ascii'):
                    self.assertTwins(name, text)
                    encoded = getattr(c, name)(text)
                    for strict in (True, False):
                        self.assertTwins('scanstring', encoded, 1, strict)
                        self.assertTwins('scanstring', encoded + '\u20ac', 1, strict)
                        self.assertTwins('scanstring', encoded[: rng.randint(1, len(encoded))], 1, strict)
                self.assertTwins('scanstring', f'"{text}"', 1, False)
                self.assertTwins('scanstring', f'"{text}"', 1, True)
        for text in map(chr, range(0x500)):
            self.assertTwins('encode_basestring', text)
            self.assertTwins('encode_basestring_ascii', text)
            self.assertTwins('scanstring', f'"\\{text}"', 1)

    def test_escapes(self):
        rng = twin.generator('escapes')
        parts = [
            '\\u',
            '\\',
            'u',
            'd83d',
            'D800',
            'de00',
            'DFFF',
            '0041',
            '12',
            'g',
            'n',
            '"',
            '\u00e9',
            '\u0661',
            '00',
        ]
        for _ in range(20000):
            text = '"' + ''.join(rng.choices(parts, k=rng.randint(1, 8))) + rng.choice(['', '"', '" '])
            self.assertTwins('scanstring', text, 1)

    def test_escapes_at_all_places_of_a_block(self):
        specials = [
            r'\n',
            r'\\',
            r'\"',
            r'\/',
            r'\\\n',
            r'\\"',
            r'\x',
            r'\u0041',
            r'\u20ac',
            r'\ud83d\ude00',
            '\x01',
            '"',
            '\\',
        ]
        for before in range(36):
            for special in specials:
                for after in ('', 'b', r'\t', r'\\', r'b\"c\r', 'c' * 15, r'c\b' * 12, '\x02', r'\u00e9'):
                    text = '"' + 'a' * before + special + after + '" '
                    for document in (text, text + ' ' * 40, text + 'é', text + ' ' * 40 + '\u20ac'):
                        self.assertSameScan(document)
                        self.assertSameScan(f'[{document}]', strict=False)

    def test_numbers(self):
        rng = twin.generator('numbers')
        for _ in range(30000):
            text = ''.join(rng.choices('0123456789-+.eE', k=rng.randint(1, 12)))
            self.assertSameScan(text)
        for digits in range(1, 60):
            for sign in ('', '-'):
                text = sign + str(rng.randrange(10 ** (digits - 1), 10**digits))
                for tail in ('', '.0', 'e5', '.25E-3', '\u20ac', '\U0001f600'):
                    self.assertSameScan(text + tail)
        for text in (
            '1' * 4300,
            '1' * 4301,
            '-' + '1' * 5000,
            '0.' + '1' * 5000,
            '1' * 5000 + 'e-4990',
            '1e' + '9' * 5000,
            '0e' + '9' * 5000,
            '-0',
            '-0.0',
            '1e400',
            '-1e400',
            '4.9e-324',
            '2e-324',
            '-Infinity',
            '-Inf',
            'NaN',
            'Na',
            '9007199254740993.0',
            '1.7976931348623159e308',
        ):
            self.assertSameScan(text)
            self.assertSameScan(text, parse_int=str, parse_float=str)

    def test_floats(self):
        rng = twin.generator('floats')
        count = 10_000 if not support.is_resource_enabled('cpu') else 300_000
        values = [struct.unpack('d', rng.randbytes(8))[0] for _ in range(count)]
        values += [sign * 2.0**exponent for exponent in range(-1074, 1024) for sign in (1, -1)]
        values += [sign * 10.0**exponent for exponent in range(-323, 309) for sign in (1, -1)]
        values += [rng.randrange(10**15, 10**17) / 2 ** rng.randint(0, 8) for _ in range(count)]
        values += [rng.random() * 10 ** rng.randint(-8, 20) for _ in range(count)]
        text = encoder(rust)(values, 0)
        self.assertEqual(text, encoder(c)(values, 0))
        ours, theirs = scanner(rust)(text[0], 0)[0], scanner(c)(text[0], 0)[0]
        self.assertEqual(struct.pack(f'{len(ours)}d', *ours), struct.pack(f'{len(theirs)}d', *theirs))

    def random_document(self, rng, depth=0):
        """Return the text of a document, mostly a good one."""

        def space():
            return rng.choice(
                ['', '', '', ' ', '\n', ' \t\r\n', '\x0b'] if rng.random() < 0.02 else ['', '', ' ', '\n\t']
            )

        kind = rng.randrange(9) if depth < 5 else rng.randrange(6)
        match kind:
            case 0 | 1:
                text = c.encode_basestring_ascii if rng.random() < 0.5 else c.encode_basestring
                return text(self.random_text(rng, rng.randint(0, 20)))
            case 2:
                return rng.choice(
                    ['null', 'true', 'false', 'NaN', 'Infinity', '-Infinity', 'nul', 'tru', 'fals', '-Inf'][:7]
                )
            case 3 | 4:
                return str(rng.randrange(-(10 ** rng.randint(1, 25)), 10 ** rng.randint(1, 25)))
            case 5:
                return repr(rng.random() * 10 ** rng.randint(-10, 20))
            case 6 | 7:
                keys = [
                    '"a"',
                    '"key"',
                    '"\\u0061"',
                    '"é"',
                    '"a longer name of a key"',
                    '"日本"',
                    '""',
                    f'"k{rng.randint(0, 50)}"',
                ]
                items = [
                    f'{rng.choice(keys)}{space()}:{space()}{self.random_document(rng, depth + 1)}{space()}'
                    for _ in range(rng.randint(0, 6))
                ]
                return '{' + space() + f',{space()}'.join(items) + '}'
            case _:
                items = [self.random_document(rng, depth + 1) + space() for _ in range(rng.randint(0, 6))]
                return '[' + space() + f',{space()}'.join(items) + ']'

    def test_random_documents(self):
        rng = twin.generator('documents')
        for _ in range(1500):
            text = self.random_document(rng)
            self.assertSameScan(text)
            self.assertSameScan(
                text,
                strict=False,
                parse_float=str,
                parse_int=lambda text: ('int', text),
                parse_constant=lambda text: ('constant', text),
            )
            self.assertSameScan(text, object_hook=lambda value: sorted(value))
            self.assertSameScan(text, object_pairs_hook=tuple)
            self.assertSameScan(text, object_pairs_hook=list, object_hook=default)
            # Bad ones: cut off, or with one character changed.
            self.assertSameScan(text[: rng.randint(0, len(text))])
            for _ in range(3):
                at = rng.randrange(len(text) + 1)
                self.assertSameScan(text[:at] + rng.choice('[]{},:"\\0x \u20ac\x00') + text[at + rng.randint(0, 1) :])

    def test_bad_documents(self):
        for text in [
            '',
            '[',
            ']',
            '{',
            '}',
            '[1',
            '[1,',
            '[1,]',
            '[,',
            '[1 2',
            '{"a"',
            '{"a":',
            '{"a":1',
            '{"a":1,',
            '{"a":1,}',
            '{"a":1 ,\n }',
            '{1:2}',
            '{"a" 1}',
            '{"a":}',
            '{,}',
            '[1\n,\n]',
            'nul',
            'nulls',
            'tru',
            '\ufeff[]',
            '[\ufeff]',
            '{"a":1 "b":2}',
            '[x]',
            '{"a":[{"b":x}]}',
            '["\x00"]',
            "['a']",
            '[1.]',
            '[+1]',
            '[.5]',
            '[01]',
            '-',
            '[-]',
        ]:
            for suffix in ('', '\xe9', '\u20ac', '\U0001f600'):
                self.assertSameScan(text + suffix)

    def test_long_containers(self):
        for count in (63, 64, 65, 255, 256, 257, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 20000):
            self.assertSameScan(f'[{",".join(map(str, range(count)))}]')
            pairs = [f'"k{i}":{i}' for i in range(count)]
            for settings in ({}, {'object_pairs_hook': list}, {'object_hook': list}):
                self.assertSameScan(f'{{{",".join(pairs)}}}', **settings)
                self.assertSameScan(f'{{{",".join(pairs + pairs[::3])}, "k1": null}}', **settings)
                self.assertSameScan(f'{{{",".join(pairs)}, "\u20ac": null}}', **settings)

    def test_results_are_tracked_by_the_collector(self):
        for text in ('"a"', '"\\n"', '1', '[]', '{}'):
            self.assertSame(lambda module: gc.is_tracked(scanner(module)(text, 0)))
        for text in ('"a"', '"\\n"', '"\u4e2d"'):
            self.assertSame(lambda module: gc.is_tracked(module.scanstring(text, 1)))
        for value in (1, 'a', [1], [[]], {}):
            self.assertSame(lambda module: gc.is_tracked(encoder(module)(value, 0)))
        for text in ('{"a": 1}', '{"a": []}'):
            self.assertSame(
                lambda module: scanner(module, object_pairs_hook=lambda pairs: gc.is_tracked(pairs[0]))(text, 0)
            )

    def test_equal_keys_are_one_object(self):
        keys = [f'key {i}' for i in range(1000)] + ['é', '\u20ac', 'a']
        objects = [f'{{"{first}": 1, "{second}": 2}}' for first in keys[::50] + ['é'] for second in keys]
        for text in (f'[{",".join(objects)}]', '[{"a": 1, "\\u0061b": 2}, {"\\u0061b": 3, "a": 4}]'):
            seen = {}
            for value in scanner(rust)(text, 0)[0]:
                for key in value:
                    self.assertIs(seen.setdefault(key, key), key)

    def test_hooks_that_raise(self):
        def hook(value):
            raise KeyError(value)

        for name in SETTINGS.keys() - {'strict'}:
            for text in ('[1, [2.5, {"a": NaN}]]', '{"a": {"b": 1}}', '[Infinity]', '-1', '"x"'):
                self.assertSameScan(text, **{name: hook})
                self.assertSameScan(text, **{name: None})

    def test_array_hook(self):
        # CPython 3.14 does not have it, and neither module looks at the attribute.
        for text in ('[]', '[[]]', '[1, {"a": [2]}, [[3], "x"]]', '{"a": []}', '[1,]', '[[1, 2], x]'):
            for hook in (tuple, len, default, None, 3, lambda items: items.append('last') or items):
                for pairs_hook in (None, list):
                    self.assertSameScan(text, array_hook=hook, object_pairs_hook=pairs_hook)
        for count in (8191, 8192, 8193, 20000):
            self.assertSameScan(f'[{",".join(map(str, range(count)))}]', array_hook=tuple)
        has_hook = sys.version_info >= (3, 15)
        for module in (rust, c):
            made = scanner(module, array_hook=len)
            self.assertEqual(made('[[], [7, 8]]', 0), (2 if has_hook else [[], [7, 8]], 12))
            self.assertIs(getattr(made, 'array_hook', None), len if has_hook else None)
            with self.assertRaises(AttributeError):
                made.array_hook = None
        without = {name: value for name, value in SETTINGS.items() if name != 'array_hook'}
        self.assertSame(lambda module: type(module.make_scanner(types.SimpleNamespace(**without))).__name__)

    def test_array_hook_is_collected(self):
        def hook(items):
            return items

        made = scanner(rust, array_hook=hook)
        hook.scanner = made
        dead = weakref.ref(hook)
        del hook, made
        support.gc_collect()
        self.assertIsNone(dead())

    @unittest.skipUnless(frozendict, 'frozendict is new in CPython 3.15')
    def test_frozendict(self):
        class Frozen(frozendict):
            pass

        class OddFrozen(frozendict):
            def items(self):
                return [('odd', [1]), *super().items()]

        for kind in (frozendict, Frozen, OddFrozen):
            for value in (kind(), kind(a=1), kind(b=[1, kind(c=kind())], a=kind(b=None)), kind({1: 2, None: kind()})):
                for settings in (
                    {},
                    {'markers': dict},
                    {'indent': ' '},
                    {'sort_keys': True},
                    {'skipkeys': True},
                    {'encode': repr},
                ):
                    self.assertSameDump(value, **settings)
                    self.assertSameDump([value, {'x': value}], **settings)
            for value in (kind(a=object()), kind({(): 1}), [kind(a=[kind(b=1j)])], {kind(): 1}):
                self.assertSameDump(value)
                self.assertSameDump(value, skipkeys=True)

    def random_value(self, rng, depth=0):
        kind = rng.randrange(16) if depth < 5 else rng.randrange(11)
        match kind:
            case 0 | 1:
                return rng.choice([str, Str])(self.random_text(rng, rng.randint(0, 40)))
            case 2:
                return rng.choice([None, True, False, Colour.RED, Level.LOW, Size.HALF])
            case 3 | 4:
                return rng.choice([int, Int])(rng.randrange(-(10 ** rng.randint(1, 30)), 10 ** rng.randint(1, 30)))
            case 5 | 6:
                return rng.choice([float, Float])(
                    rng.choice([rng.random(), 1e22 * rng.random(), 1e-7, math.inf, -math.inf, math.nan])
                )
            case 7:
                return rng.choice([object(), b'bytes', {1, 2}, 1j]) if rng.random() < 0.1 else 7
            case 8 | 9 | 10:
                return rng.choice([[], (), {}, Dict(), List(), '', 0, -1, 2**62, 2**63, -(2**63), -(2**63) - 1, 2**64])
            case 11 | 12 | 13:
                keys = [
                    'a',
                    'b',
                    Str('c'),
                    1,
                    -(2**70),
                    Int(5),
                    2.5,
                    Float(0.1),
                    math.nan,
                    None,
                    True,
                    False,
                    'é',
                    '\u20ac',
                    Colour.RED,
                ]
                keys += [(), b'x'] if rng.random() < 0.05 else []
                pairs = [(rng.choice(keys), self.random_value(rng, depth + 1)) for _ in range(rng.randint(0, 20))]
                return rng.choice([dict, dict, Dict, Odd, *FROZEN])(pairs)
            case _:
                items = [self.random_value(rng, depth + 1) for _ in range(rng.choice([1, 3, 31, 32, 33, 40]))]
                return rng.choice([list, list, tuple, List, Reversed])(items)

    def test_random_values(self):
        rng = twin.generator('values')

        def replace(value):
            if isinstance(value, set):
                return sorted(value)
            return [str(type(value))] if not isinstance(value, bytes) else default(value)

        for _ in range(400):
            value = self.random_value(rng)
            for settings in [
                {},
                {'ascii': False},
                {'indent': '  '},
                {'indent': '\u20ac', 'separators': ('é,', '\U0001f600')},
                {'skipkeys': True},
                {'sort_keys': True, 'skipkeys': True},
                {'allow_nan': False},
                {'default': replace},
                {'markers': dict},
                {'markers': dict, 'default': replace, 'indent': ''},
                {'encode': repr},
                {'encode': lambda text: text, 'markers': dict},
                {'encode': len},
            ]:
                self.assertSameDump(value, **settings)

    def test_lists_that_begin_with_numbers(self):
        rng = twin.generator('numbers')

        def number():
            match rng.randrange(4):
                case 0:
                    return rng.random() * 10 ** rng.randint(-12, 20)
                case 1:
                    return rng.choice([True, False])
                case _:
                    return rng.randrange(-(10 ** rng.randint(1, 18)), 10 ** rng.randint(1, 18))

        ends = [[], [math.nan, 1], [-math.inf], [2**70, 5], ['x', 1], [None], [Int(3), Float(0.5)], [[1] * 9, 2], [1j]]
        ends.append([{}])
        for length in (7, 8, 9, 63, 64, 65, 127, 128, 130):
            for end in ends:
                for start in (
                    [number() for _ in range(length)],
                    [i - 4 for i in range(length)],
                    [i / 4 for i in range(length)],
                ):
                    for value in (start + end, tuple(start + end), ['\u20ac', start + end], ['\U0001f600', start]):
                        self.assertSameDump(value)
                        self.assertSameDump(value, ascii=False, separators=(',', ':'))
                        self.assertSameDump(value, allow_nan=False, markers=dict, separators=('-' * 15, ':'))
                        self.assertSameDump(value, indent=' ', separators=('-' * 16, ':'))
                        self.assertSameDump(value, separators=('\u20ac', ':'), default=str)
        for value in (List([1.5] * 20), Reversed(range(20))):
            self.assertSameDump(value)

    def test_indent(self):
        for indent in ('', ' ', '\t', '\u20ac', 3, b'x', [1], None, ('a',)):
            for level in (0, 1, 3, -1):
                for value in ([], [1, [2, {}]], {'a': {'b': [1, ()]}, 'c': None}, 1, {(): 1}):
                    for separators in ((',', ':'), (';\xff', '=\u20ac')):

                        def call(module):
                            try:
                                return encoder(module, indent=indent, skipkeys=True, separators=separators)(
                                    value, level
                                )
                            except SystemError as error:
                                return str(error).partition(':')[2]

                        self.assertSame(call)

    def test_keys(self):
        for key in [
            'a',
            1,
            2.5,
            math.nan,
            math.inf,
            None,
            True,
            Int(3),
            Float(2.5),
            10**5000,
            b'x',
            (),
            Unprintable(),
            1j,
        ]:
            for settings in ({}, {'skipkeys': True}, {'allow_nan': False}, {'encode': str.upper}, {'indent': ' '}):
                self.assertSameDump({'x': 0, key: 1, 'y': 2}, **settings)
                self.assertSameDump([{key: default}], **settings)
                self.assertSameDump({key: [{key: {1, 2}}]}, **settings)

    def test_notes(self):
        def replace(value):
            return default(value) if isinstance(value, bytes) else [1, {2: b'x'}]

        for value in [
            [1, [2, {'a': (3, default)}]],
            {'a': {'b': [object()]}},
            [[1]] * 40 + [{1}],
            List([Dict(a=default)]),
            {'x': math.nan},
            [10**5000],
            {'k': 10**5000},
            {10**5000: 1},
            Broken(a=1),
            {Unprintable(): 1},
        ]:
            for markers in (None, dict):
                self.assertSameDump(value, markers=markers, allow_nan=False)
                self.assertSameDump(value, markers=markers, allow_nan=False, default=replace)

    def test_circular_references(self):
        loop = []
        loop.append({'a': [loop]})
        deep = []
        for _ in range(100):
            deep = [deep, {'a': deep}]
        inner = deep
        while inner[0]:
            inner = inner[0]
        inner.append(deep)

        class Self:
            pass

        def markers_left(module, value, default):
            markers = {}
            try:
                result = encoder(module, markers=markers, default=default)(value, 0)
            except (ValueError, TypeError, ZeroDivisionError) as error:
                result = str(error), getattr(error, '__notes__', None) and len(error.__notes__)
            return result, [type(value).__name__ for value in markers.values()], len(markers)

        def fail(value):
            raise ZeroDivisionError

        for value in (loop, deep, Self(), [Self()], {'a': [Self()]}, [[[]]] * 50, [1, [2, [object()]]]):
            for function in (lambda value: value, lambda value: [value], lambda value: loop, fail, default):
                self.assertSame(markers_left, value, function)

    def test_markers_as_python_code_sees_them(self):
        def call(module):
            markers, seen = {}, []

            def default(value):
                seen.append([type(value).__name__ for value in markers.values()])
                return 'x'

            class Items(dict):
                def items(self):
                    seen.append(list(map(type, markers.values())))
                    return super().items()

            nested = [object()]
            for i in range(70):
                nested = [nested, {'a': 1}, Items(b=1)] if i % 7 == 0 else [nested]
            encoder(module, markers=markers, default=default)([nested, Items(a=[object()])], 0)
            return [len(entry) for entry in seen], len(markers)

        self.assertSame(call)

        def clears(module):
            markers = {}

            def default(value):
                markers.clear()
                return 1

            try:
                return encoder(module, markers=markers, default=default)([object()], 0)
            except KeyError as error:
                return error.__notes__

        self.assertSame(clears)
        self.assertSame(lambda module: encoder(module, markers={id(clears): 1}, default=str)([clears], 0))

    def test_mutation_while_writing(self):
        class Changes:
            pass

        def call(module, change, make):
            value = make()

            def default(_):
                change(value)
                return 0

            return encoder(module, default=default)(value, 0)

        def extend(value):
            if len(value) < 100:
                value.append(len(value))

        changes = [
            list.clear,
            extend,
            lambda value: value.pop(),
            lambda value: len(value) < 60 and value.insert(0, 'new'),
        ]
        for change in changes:
            for place in (0, 1, 31, 32, 33, 49):

                def make(place=place):
                    value = list(range(50))
                    value[place] = Changes()
                    return value

                self.assertSame(call, change, make)

        def add(value):
            value['new'] = 'entry'

        def replace(value):
            value['k40'] = 'changed'

        for change in (dict.clear, add, replace, dict.popitem, lambda value: value.pop('k45')):
            for place in (0, 1, 15, 16, 17, 49):

                def make(place=place):
                    value = {f'k{i}': i for i in range(50)}
                    value[f'k{place}'] = Changes()
                    return value

                self.assertSame(call, change, make)

    @support.skip_if_sanitizer("its own stack of calls, of 65,536, ends before the machine's", thread=True)
    def test_recursion(self):
        for module in (rust, c):
            with self.assertRaises(RecursionError) as caught:
                scanner(module)('[' * 500_000, 0)
            self.assertIn('while decoding a JSON array from a unicode string', str(caught.exception))
            with self.assertRaises(RecursionError) as caught:
                scanner(module)('{"a":' * 500_000, 0)
            self.assertIn('while decoding a JSON object from a unicode string', str(caught.exception))
            with self.assertRaises(RecursionError):
                encoder(module, default=lambda value: [value])(object(), 0)
        # What is hardly optimised, or watched, takes more of the stack.
        depth = 2_000 if twin.DEBUG_BUILD or support.check_sanitizer(address=True) else 20_000
        text = '[' * depth + ']' * depth
        value, end = scanner(rust)(text, 0)
        self.assertEqual(end, len(text))
        self.assertEqual(encoder(rust)(value, 0), (text,))

    @support.skip_if_sanitizer("its own stack of calls, of 65,536, ends before the machine's", thread=True)
    @support.skip_if_sanitizer('what it keeps around variables takes more of the stack than C does', address=True)
    @unittest.skipIf(twin.DEBUG_BUILD, 'what is hardly optimised takes more of the stack than C does')
    def test_recursion_depth(self):
        """The machine's stack is the limit, so the depths are those of two compilers; ours is not to be less.

        gcc's that is: clang's frames of the C encoder take three quarters of what ours do. If Rust
        keeps frame pointers, a level takes 16 bytes more than its 176; the frames of gcc do not grow by that.
        """
        least = (0.9 if twin.FRAME_POINTERS else 1 / 1.02) if twin.COMPILED_BY_GCC else 0.7

        def nested(depth, make):
            value = 1
            for _ in range(depth):
                value = make(value)
            return value

        def depth(call):
            """Return the depth, to 1 %, at which a call is given up."""
            low, high = 100, 500_000
            while high - low > low // 100:
                middle = (low + high) // 2
                try:
                    call(middle)
                except RecursionError:
                    high = middle
                else:
                    low = middle
            return low

        def write(module, make, **settings):
            return lambda depth: encoder(module, **settings)(nested(depth, make), 0)

        kinds = {
            'loads [': lambda module: lambda depth: scanner(module)('[' * depth + ']' * depth, 0),
            'loads {': lambda module: lambda depth: scanner(module)('{"a":' * depth + '1' + '}' * depth, 0),
            'loads, hook': lambda module: (
                lambda depth: scanner(module, object_hook=len)('{"a":' * depth + '1' + '}' * depth, 0)
            ),
            'loads, pairs hook': lambda module: (
                lambda depth: scanner(module, object_pairs_hook=len)('{"a":' * depth + '1' + '}' * depth, 0)
            ),
            'dumps [': lambda module: write(module, lambda value: [value]),
            'dumps (': lambda module: write(module, lambda value: (value,), markers={}),
            'dumps {': lambda module: write(module, lambda value: {'a': value}),
            'dumps, indent': lambda module: write(module, lambda value: [value], indent=''),
            'dumps, sorted': lambda module: write(module, lambda value: {'a': value}, sort_keys=True),
        }
        for name, call in kinds.items():
            with self.subTest(name):
                ours, theirs = depth(call(rust)), depth(call(c))
                self.assertGreaterEqual(ours, theirs * least)

    @unittest.skipUnless(sys.platform == 'linux', 'the peak of memory is in /proc')
    @support.skip_if_sanitizer('what it keeps of each block is most of the memory', address=True, thread=True)
    def test_peak_of_memory(self):
        """Reading and writing a large document takes no more memory than in C."""
        size = 50_000_000 if support.is_resource_enabled('cpu') else 5_000_000
        script = textwrap.dedent(f"""
            import importlib, json, sys, types

            def peak(call, *args):
                with open('/proc/self/clear_refs', 'w') as file:
                    file.write('5')
                before = high_water()
                result = call(*args)
                print(high_water() - before)
                return result

            def high_water():
                with open('/proc/self/status') as file:
                    return next(int(line.split()[1]) for line in file if line.startswith('VmHWM'))

            module = importlib.import_module(sys.argv[1])
            settings = dict.fromkeys(('object_hook', 'object_pairs_hook', 'array_hook'))
            settings |= dict(strict=True, parse_float=float, parse_int=int)
            scan = module.make_scanner(types.SimpleNamespace(**settings, parse_constant=str))
            write = module.make_encoder({{}}, None, module.encode_basestring_ascii, None, ':', ',', False, False, True)
            record = '{{"id": 1, "name": "user", "score": 0.25, "tags": ["a", "b"], "city": {{"zip": "01"}}}}, '
            document = '[' + record * ({size} // len(record)) + '1]'
            peak(write, peak(scan, document, 0)[0], 0)
        """)
        peaks = {}
        for module in (rust, c):
            done = assert_python_ok('-c', script, module.__spec__.name)
            peaks[module] = list(map(int, done.out.split()))
        for ours, theirs in zip(peaks[rust], peaks[c], strict=True):
            # What the allocator keeps differs a little.
            self.assertLess(ours, theirs * 1.05 + 1000)

    def test_hostile_documents_take_linear_time(self):
        size = 300_000
        for text in (
            '"' + '\\u00e9' * size + '"',
            '"' + '\\ud83d' * size + '"',
            '"' + '\\n' * size + '"',
            '[' + '"",' * size + '""]',
            '1.' + '5' * size,
            '[' + ' ' * size + ']',
            '"' + '\x01' * size + '"',
            '{' + ','.join(f'"{i}":0' for i in range(size // 10)) + '}',
            '"' + 'a' * size,
        ):
            self.assertSame(lambda module: hash(repr(scanner(module, strict=False)(text, 0))))

    @support.bigmemtest(size=200_000_000, memuse=12)
    def test_large_output(self, size):
        value = ['x' * 1000] * (size // 1000) + ['\u20ac'] + ['y' * 1000] * 3000
        self.assertEqual(encoder(rust, ascii=False)(value, 0), encoder(c, ascii=False)(value, 0))

    def test_output_of_several_blocks(self):
        for wide in ('', 'é', '\u20ac', '\U0001f600'):
            value = [string.ascii_letters * 20] * 3000 + [wide] + [string.digits * 50] * 3000
            for settings in ({}, {'ascii': False}, {'indent': wide, 'ascii': False}):
                self.assertSame(lambda module: hash(encoder(module, **settings)(value, 0)))
            text = (
                '"'
                + string.ascii_letters * 50_000
                + '\\u0041'
                + wide
                + json.dumps(wide)[1:-1]
                + string.digits * 90_000
                + '"'
            )
            self.assertSame(lambda module: hash(scanner(module)(text, 0)))


class JsonOfUpstream(unittest.TestCase):
    """What test_json holds against the C version is held against this one there, when it is the default."""

    def test_json_uses_the_default(self):
        default = json.encoder.c_make_encoder
        self.assertIn(default.__module__, ('_json',))
        if twin.is_rust_default('_json'):
            self.assertIs(type(default), type)
            self.assertIs(json.scanner.c_make_scanner, sys.modules['_json'].make_scanner)


if __name__ == '__main__':
    unittest.main()
