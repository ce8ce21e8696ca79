"""Documents that a JSON parser has to accept, has to refuse, or may do either with (RFC 8259).

The classes are those of JSONTestSuite (N. Seriot, Parsing JSON is a minefield, 2016). Each document is read by the Rust
scanner and by its C twin, as it is and as a part of others, as text of each kind of storage; what they return and raise
has to be the same. For the documents that the standard decides, the outcome is written here.
"""

import json
import json.decoder
import sys
import unittest

import twin

rust, c = twin.pair('_json')

# Documents and their values.
ACCEPTED = {
    # Structure and white space.
    '[]': [],
    '{}': {},
    ' \t\n\r[ \t\n\r]\r\n\t ': [],
    '[[]   ]': [[]],
    '[null, 1, "1", {}]': [None, 1, '1', {}],
    '[1\n]': [1],
    '[1,null,null,null,2]': [1, None, None, None, 2],
    'null': None,
    'true': True,
    'false': False,
    '42': 42,
    '-0.1': -0.1,
    '"asd"': 'asd',
    '""': '',
    # Objects: keys of all kinds, equal ones, the last of which counts.
    '{"":0}': {'': 0},
    '{"a":"b","a":"c"}': {'a': 'c'},
    '{"a":"b","a":"b"}': {'a': 'b'},
    '{"foo\\u0000bar": 42}': {'foo\0bar': 42},
    '{ "min": -1.0e+28, "max": 1.0e+28 }': {'min': -1e28, 'max': 1e28},
    '{"\\u041f\\u043e":"\\u0417"}': {'\u041f\u043e': '\u0417'},
    '{"a":[]}': {'a': []},
    '{\n"a": "b"\n}': {'a': 'b'},
    '{"x":[{"id": "xxxx"}], "id": "x"}': {'x': [{'id': 'xxxx'}], 'id': 'x'},
    # Numbers.
    '[123e65]': [123e65],
    '[0e+1]': [0.0],
    '[0e1]': [0.0],
    '[-0]': [0],
    '[-0.0]': [-0.0],
    '[-123]': [-123],
    '[1E22]': [1e22],
    '[1E-2]': [0.01],
    '[1E+2]': [100.0],
    '[123e45]': [123e45],
    '[123.456e78]': [123.456e78],
    '[1e-2]': [0.01],
    '[123.456789]': [123.456789],
    '[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]': [-1e-78],
    '[20e1]': [200.0],
    '[1.7976931348623157e308]': [sys.float_info.max],
    '[4.9406564584124654e-324]': [5e-324],
    '[18446744073709551616]': [2**64],
    '[-9223372036854775809]': [-(2**63) - 1],
    # Strings: escapes, surrogates, characters that look like the end of a line or like nothing.
    '["\\u0060\\u012a\\u12AB"]': ['\x60\u012a\u12ab'],
    '["\\uD801\\udc37"]': ['\U00010437'],
    '["\\ud83d\\ude39\\ud83d\\udc8d"]': ['\U0001f639\U0001f48d'],
    '["\\"\\\\\\/\\b\\f\\n\\r\\t"]': ['"\\/\b\f\n\r\t'],
    '["\\\\u0000"]': ['\\u0000'],
    '["\\""]': ['"'],
    '["a/*b*/c/*d//e"]': ['a/*b*/c/*d//e'],
    '["\\\\a"]': ['\\a'],
    '["\\\\n"]': ['\\n'],
    '["\\u0012"]': ['\x12'],
    '["\\uFFFF"]': ['\uffff'],
    '["\\uDBFF\\uDFFE"]': ['\U0010fffe'],
    '["new\\u00A0line"]': ['new\xa0line'],
    '["\U0010ffff"]': ['\U0010ffff'],
    '["\uffff"]': ['\uffff'],
    '["\\u0000"]': ['\0'],
    '["\\u002c"]': [','],
    '["\u03c0"]': ['\u03c0'],
    '["\U0001bfff"]': ['\U0001bfff'],
    '["asd "]': ['asd '],
    '["\\u0821"]': ['\u0821'],
    '["\\u0123"]': ['\u0123'],
    '["\u2028\u2029"]': ['\u2028\u2029'],
    '["\\u0061\\u30af\\u30EA\\u30b9"]': ['a\u30af\u30ea\u30b9'],
    '["new\\u000Aline"]': ['new\nline'],
    '["\x7f"]': ['\x7f'],
    '["\\uA66D"]': ['\ua66d'],
    '["\\u005C"]': ['\\'],
    '["\u2342\u3233\u2342"]': ['\u2342\u3233\u2342'],
    '["\\u200B\\u2064\\uFDD0\\uFFFE"]': ['\u200b\u2064\ufdd0\ufffe'],
    '["\\u0022"]': ['"'],
    '["\u20ac\U0001d11e"]': ['\u20ac\U0001d11e'],
    '["a\x7fa"]': ['a\x7fa'],
}

REFUSED = [
    # Structure.
    '',
    ' ',
    '\u2060',
    '[',
    ']',
    '{',
    '}',
    '[1 true]',
    '[a',
    '["": 1]',
    '[""],',
    '[,1]',
    '[1,,2]',
    '["x",,]',
    '["x"]]',
    '["",]',
    '["x"',
    '[x',
    '[3[4]]',
    '[1:2]',
    '[,]',
    '[-]',
    '[   , ""]',
    '["a",\n4\n,1,',
    '[1,]',
    '["\va"\\f]',
    '[*]',
    '[1,\n1\n,1',
    '[{}',
    '[fals]',
    '[nul]',
    '[tru]',
    '123\0',
    '[<null>]',
    '[1]x',
    '[1]]',
    'a\xe5',
    '[True]',
    '1]',
    '{"x": true,',
    '[][]',
    '["asd]',
    'a\u0308',
    '\u2060[]',
    '\ufeff',
    '<.>',
    '[\f]',
    '[\u00a0]',
    '["a" "b"]',
    '{]',
    '[}',
    '["a":1}',
    '{"a"',
    '{"a":"a"',
    '[\\u000A""]',
    '["asd"',
    'nul',
    'nulll',
    '{"a": true} "x"',
    '{"a":/*comment*/"b"}',
    '{"a":"b"}/**/',
    '{"a":"b"}//',
    '{"a":"b"}#',
    '*',
    "['a']",
    # Objects.
    '["x", truth]',
    '{[: "x"}\n',
    '{"x", null}',
    '{"x"::"b"}',
    '{\U0001f1e8\U0001f1ed}',
    '{"a":"a" 123}',
    "{key: 'value'}",
    '{"a" b}',
    '{:"b"}',
    '{"a" "b"}',
    '{"a":',
    '{"a"',
    '{1:1}',
    '{9999E9999:1}',
    '{null:null,null:null}',
    '{"id":0,,,,,}',
    "{'a':0}",
    '{"id":0,}',
    '{"a":"b",,"c":"d"}',
    '{a: "b"}',
    '{"a":"a',
    '{ "foo" : "bar", "a" }',
    '{,}',
    '{"a":1 "b":2}',
    # Numbers: a part of some is a number, after which something else stands.
    '[++1234]',
    '[+1]',
    '[-01]',
    '[-1.0.]',
    '[-2.]',
    '[-NaN]',
    '[.-1]',
    '[.2e-3]',
    '[0.1.2]',
    '[0.3e+]',
    '[0.3e]',
    '[0.e1]',
    '[0E+]',
    '[0e]',
    '[1.0e+]',
    '[1.0e-]',
    '[1.0e]',
    '[1 000.0]',
    '[1eE2]',
    '[2.e+3]',
    '[2.e-3]',
    '[9.e+]',
    '[Inf]',
    '[+Inf]',
    '[nan]',
    '[1+2]',
    '[0x1]',
    '[0x42]',
    '[-foo]',
    '[- 1]',
    '[-012]',
    '[-.123]',
    '[-1x]',
    '[1ea]',
    '[1.]',
    '[.123]',
    '[1.2a-3]',
    '[1.8011670033376514H-308]',
    '[012]',
    '[\uff11]',
    '[1\u0661]',
    '[123\u0308]',
    # Strings.
    '["\\uD800\\"]',
    '["\\uD800\\u"]',
    '["\\uD800\\u1"]',
    '["\\uD800\\u1x"]',
    '[\xe9]',
    '["\\\x00"]',
    '["\\\\\\"]',
    '["\\\t"]',
    '["\\\U0001f300"]',
    '["\\"]',
    '["\\u00A"]',
    '["\\uD834\\uDd"]',
    '["\\uD800\\uD800\\x"]',
    '["\\x00"]',
    '["\\a"]',
    '["\\uqqqq"]',
    '["\\u 123"]',
    '["\\u+123"]',
    '["\\u12_3"]',
    '["\\u\uff11234"]',
    '["\\U0041"]',
    '["\\\'"]',
    '[\\u0020"asd"]',
    '[\\n]',
    '"',
    "['single quote']",
    'abc',
    '["\\',
    '["a\x00a"]',
    '["new\nline"]',
    '["\t"]',
    '["\x1f"]',
    '"\\UA66D"',
    '""x',
    '\\',
]

# What C decides: too large numbers, lone surrogates, values that are no JSON, documents after a byte order mark.
EITHER = [
    '[123.456e-789]',
    '[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999]',
    '[-1e+9999]',
    '[1.5e+9999]',
    '[-123123e100000]',
    '[123e-10000000]',
    '[-123123123123123123123123123123]',
    '[100000000000000000000]',
    '["\\uDADA"]',
    '["\\uD888\\u1234"]',
    '["\\uD800\\n"]',
    '["\\uDd1ea"]',
    '["\\uD800\\uD800\\n"]',
    '["\\ud800"]',
    '["\\ud800abc"]',
    '["\\uDd1e\\uD834"]',
    '["\\uDFAA"]',
    '["\ud800"]',
    '\ufeff{}',
    '[NaN]',
    '[Infinity]',
    '[-Infinity]',
    '[-Infinit]',
    '[Infinity1]',
    '[' + '9' * 700 + ']',
    '[' + '9' * 5000 + ']',
    '[0.' + '0' * 400 + '1e401]',
    '[1' + '0' * 400 + 'e-400]',
]


def outcome(module, text, **settings):
    """Return the value of a document with the types in it, or the exception."""
    decoder = json.decoder.JSONDecoder(**settings)
    decoder.scan_once = module.make_scanner(decoder)
    try:
        value = decoder.decode(text)
    except Exception as error:
        return type(error), str(error), vars(error)
    return repr(value), value


class Documents(unittest.TestCase):
    def assert_same(self, text):
        # The same in storage of two and four bytes a character, between other values, as a key and without an end.
        for document in (
            text,
            f'[{text}, "\u20ac"]',
            f'["\U0001f600", {text}]',
            f'{{"a": {text}, "b": {text}}}',
            f'{{{text}: 1}}',
            f'[{{"x": "y"}}, {text}',
            text[:-1],
            text[1:],
        ):
            for settings in (
                {},
                {'strict': False},
                {'object_pairs_hook': list},
                {'parse_float': str, 'parse_int': str},
            ):
                with self.subTest(document=document, settings=settings):
                    ours, theirs = outcome(rust, document, **settings), outcome(c, document, **settings)
                    self.assertEqual(ours[0], theirs[0])
                    if ours[0].__class__ is type:
                        self.assertEqual(ours, theirs)

    def test_accepted(self):
        for text, value in ACCEPTED.items():
            with self.subTest(text):
                self.assertEqual(outcome(rust, text), (repr(value), value))
            self.assert_same(text)

    def test_refused(self):
        for text in REFUSED:
            with self.subTest(text):
                self.assertEqual(outcome(rust, text)[0], json.JSONDecodeError)
            self.assert_same(text)

    def test_either(self):
        for text in EITHER:
            self.assert_same(text)

    def test_deep_structures(self):
        # The first two are too deep for any size of a C stack frame.
        for text in ('[' * 1_000_000, '[{"":' * 500_000, '[' * 500 + ']' * 500, '{"a":' * 500 + '1' + '}' * 500):
            with self.subTest(text[:8]):
                ours, theirs = outcome(rust, text), outcome(c, text)
                self.assertEqual(ours[0], theirs[0])

    def test_every_character_in_and_after_values(self):
        for character in [*map(chr, range(0x100)), '\u2028', '\u3000', '\ud800', '\uffff', '\U0001f600']:
            for template in (
                '%s',
                '[%s]',
                '[1%s]',
                '[1%s2]',
                '"%s"',
                '"\\%s"',
                '"\\u00%s0"',
                '{%s"a":1}',
                '{"a"%s:1}',
                'nul%s',
            ):
                with self.subTest(template=template, character=character):
                    text = template.replace('%s', character)
                    self.assertEqual(outcome(rust, text)[:2], outcome(c, text)[:2])

    def test_round_trips(self):
        # What ujson's and msgspec's tests send there and back, and the limits of numbers.
        values = [
            -2147483648, 2147483647, -9223372036854775808, 9223372036854775807, 18446744073709551615, 2**64, -(2**64),
            2**127, 2**128 - 1, 2**128, 10**38, 10**39 - 1, -(10**77), 10**77 - 1, 10**78, 2**256, 0, 1, -1, 9, 10, 99,
            31337.31337, 1337e40, 1.337e-4, 1e-7, 1e-9, 9.999999999999999e-5, 1e16, 1e22, -528656961.4399388, 0.1 + 0.2,
            1.0, -0.0, 5e-324, sys.float_info.max, sys.float_info.min,
            'A string \\ / \b \f \n \r \t </script>&', '\U0001f42e\U0001f42d\U0001f600', '\xe6\x97\xa5\xd1\x88',
            'x' * 15, 'x' * 16 + '"', '\x00\x1f\x7f\x80', '\u2028\u2029', [], {}, [[[[]]]], {'a': {}}, [{}] * 3,
            [True, False, None], {'1': 1, '1.0': 2, 'true': 3}, {'k' * 300: 'v'}, [[i] * (i % 5) for i in range(100)],
        ]  # fmt: skip
        values += [10**n + d for n in range(1, 40) for d in (-1, 0, 1)]
        values += [float(f'{m}e{n}') for n in range(-30, 30) for m in (1, 9.5, 123456789.123)]
        values.append(list(values))
        values.append({str(i): value for i, value in enumerate(values)})
        for value in values:
            for ascii in (True, False):
                for indent in (None, 2):
                    with self.subTest(value=value, ascii=ascii, indent=indent):
                        texts = [self.encode(module, value, ascii, indent) for module in (rust, c)]
                        self.assertEqual(*texts)
                        self.assertEqual(outcome(rust, texts[0])[0], repr(value))

    def encode(self, module, value, ascii, indent):
        encode = module.encode_basestring_ascii if ascii else module.encode_basestring
        indent = indent if indent is None else ' ' * indent
        return ''.join(module.make_encoder({}, None, encode, indent, ': ', ', ', False, False, True)(value, 0))


if __name__ == '__main__':
    unittest.main()
