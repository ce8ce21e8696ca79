"""How the differential fuzzer calls _json: with hooks that raise, change or return anything."""

import json
import sys
import types

from difftest.generate import Line

SCRAPS = (
    '{}', '[]', '[1, 2]', '{"a": 1}', '"x"', '""', '"\\u00e9\\ud83d\\ude00"', '"\\ud800"', '"\\udc00\\ud800"',
    '"\\x"', '"\\u12', '"tab\t"', '"\\"\\\\"',
    'é€😀', '"é€😀\ud800"', 'null', 'true', 'false', 'nul', 'NaN', 'Infinity', '-Infinity', '-Infinit', '-', '0', '-0',
    '01', '1.', '1.5e', '1e5',
    '-1.25E-7', '1e999', '123456789012345678901234567890', '0.1', '[', ']', '{', '}', ',', ':', ' ', '\n', '\t ',
    '{"a"', '{"a":', '[1,', '[1,]', '{"a":1,}',
    '{1: 2}', '{"a": {"a": [{"b": "c"}]}, "a": 2}', '[[[[]]]]', '\x00', '"\x1f"', '\ufeff',
)  # fmt: skip

FROZEN = ('frozendict(a=[1])', 'frozendict(b=2, a=1)', 'frozendict()') if sys.version_info >= (3, 15) else ()


def context(strict=True, **hooks):
    """Return what make_scanner reads its settings from."""
    settings = {
        'strict': strict, 'object_hook': None, 'object_pairs_hook': None, 'parse_float': float, 'parse_int': int,
        'parse_constant': json.decoder._CONSTANTS.__getitem__, 'memo': {},
    }  # fmt: skip
    if sys.version_info >= (3, 15):
        settings['array_hook'] = None
    return types.SimpleNamespace(**settings | hooks)


def joined(chunks):
    """Return the text of chunks and what they are; how the text is cut into them is nobody's business."""
    return type(chunks), {type(chunk) for chunk in chunks}, ''.join(chunks)


def document(gen):
    """The text of a document, right or wrong."""
    count = gen.rng.choice((1, 1, 1, 2, 3, 8))
    text = ''.join(gen.rng.choice(SCRAPS) for _ in range(count))
    if gen.chance(0.3):
        value = plain(gen, 3)
        text = json.dumps(value, ensure_ascii=gen.chance(0.5), indent=gen.rng.choice((None, None, 1)))
    if gen.chance(0.2):
        text = text * gen.rng.choice((2, 20))
    if gen.chance(0.2):
        return f'damaged({ascii(text)}, {gen.rng.randrange(99)}, {gen.rng.randrange(1, 4)})'
    return ascii(text)


def plain(gen, depth):
    """A value that JSON has."""
    sort = gen.rng.randrange(9 if depth else 6)
    if sort < 6:
        return gen.rng.choice((
            None, True, 0, -5, 2**63, 10**30, 0.5, -0.0, 1e300, 1e-9, 123456.75, '', 'abc', 'a"b\\c\n', 'é€😀',
            '\x7f\x1f', '\ud800', 'x' * 70,
            'long é' * 30, 'k' * 15, 'k' * 16, '\u2028',
        ))  # fmt: skip
    if sort == 6:
        return {gen.rng.choice(('a', 'b', 'é', '', 'key')): plain(gen, depth - 1) for _ in range(gen.rng.randrange(4))}
    return [plain(gen, depth - 1) for _ in range(gen.rng.randrange(5))]


def odd(gen, depth):
    """The text of a value for the encoder, which may not be one that JSON has, nor end."""
    sort = gen.rng.randrange(10 if depth else 6)
    if sort < 3:
        return ascii(plain(gen, 0))
    if sort < 6:
        return gen.pick(
            'float("nan")', 'float("inf")', 'float("-inf")', 'IntSub(3)', 'FloatSub(0.5)', "StrSub('abc')",
            'circular()', '1j', 'object', 'Failure',
            'ListSub([7])', "DictSub({'a': 1})", 'TupleSub((7,))', '{1, }', "b'bytes'", 'range(2)', 'nested(30)',
            *FROZEN,
            'nested(30, dict)', '10**5000', "Text('x')",
        )  # fmt: skip
    if sort < 8:
        return (
            f'[{", ".join(odd(gen, depth - 1) for _ in range(gen.rng.randrange(4)))}]'
            if gen.chance(0.7)
            else '(1, [], {})'
        )
    keys = (
        "'a'", "'b'", "'\\xe9'", '1', '2.5', 'True', 'None', 'float("nan")', '(1, 2)', "b'a'", "StrSub('k')",
        'IntSub(4)', 'FloatSub(1.5)', '-1',
        'float("inf")', '10**5000', "'\\ud800'",
    )  # fmt: skip
    return '{' + ', '.join(f'{gen.rng.choice(keys)}: {odd(gen, depth - 1)}' for _ in range(gen.rng.randrange(4))) + '}'


def hook(gen, *more):
    """A hook: the usual one, one that logs and returns anything, or no function at all."""
    return gen.pick(
        'Hook()', 'Hook()', 'Hook(3)', 'Hook(None)', 'Hook(Failure)', "Hook('x')", 'Hook([])', 'None', *more, *more
    )


def scanner(gen):
    """make_scanner with all of its settings, used several times."""
    hooks = []
    for name, more in (
        ('object_hook', ['None']),
        ('object_pairs_hook', ['None', 'dict', 'list']),
        ('array_hook', ['None', 'tuple', 'len']),
        ('parse_float', ['float', 'float', 'str']),
        ('parse_int', ['int', 'int', 'float']),
        ('parse_constant', ['str']),
    ):
        if gen.chance(0.35):
            hooks.append(f'{name}={hook(gen, *more)}')
    if gen.chance(0.02):
        hooks.append(f'memo={gen.pick("None", "[]", "3")}')
    strict = gen.pick('True', 'True', 'False', gen.of('flag'))
    made = f'context({", ".join([strict, *hooks])})' if gen.chance(0.98) else gen.anything()
    program = [Line(f'M.make_scanner({made})', target='s')]
    for _ in range(gen.rng.randrange(1, 3)):
        text = document(gen) if gen.chance(0.97) else gen.anything()
        start = gen.pick('0', '0', '0', '0', '1', '2', '-1', '10**6', '-10**6', gen.of('whole'))
        program.append(
            Line(
                gen.pick(
                    f's({text}, {start})',
                    f's({text}, {start})',
                    f's({text}, idx={start})',
                    f's(string={text}, idx={start})',
                )
            )
        )
    program.append(Line('(s.strict, s.object_hook, s.parse_int)'))
    return program[:-1] if gen.chance(0.8) else program


def encoder(gen):
    """make_encoder with all of its settings."""
    default = gen.pick(
        'Hook(Failure)', 'Hook(None)', 'Hook("text")', 'Hook([1, {}])', 'str', 'list', 'Hook()', 'None', 'Hook(1.5)'
    )
    encode = gen.pick(
        'M.encode_basestring_ascii', 'M.encode_basestring_ascii', 'M.encode_basestring', "Hook('\"h\"')",
        'Hook(Failure)', 'Hook(3)', 'repr', 'None',
    )  # fmt: skip
    indent = (
        gen.pick('None', 'None', 'None', "'  '", "''", "'\\t'", "'\\u20ac'", '2', '0')
        if gen.chance(0.97)
        else gen.anything()
    )
    separators = gen.pick(
        "': ', ', '",
        "': ', ', '",
        "':', ','",
        "'\\xe9', '\\u20ac'",
        "'', ''",
        "StrSub(':'), ','",
        "b':', ','",
        "': ', 3",
    )
    flags = ', '.join(gen.of('flag') if gen.chance(0.3) else gen.pick('True', 'False') for _ in range(3))
    markers = gen.pick('{}', '{}', 'DictSub()', 'None', '[]' if gen.chance(0.2) else '{}')
    if markers == 'None' and default not in ('Hook(Failure)', 'Hook(None)', 'Hook("text")', 'str'):
        # What comes back may be what was asked about.
        markers = '{}'
    program = [Line(f'M.make_encoder({markers}, {default}, {encode}, {indent}, {separators}, {flags})', target='e')]
    for _ in range(gen.rng.randrange(1, 3)):
        # No level in between: what it asks for could be had or not depending on the memory of the machine.
        level = gen.pick('0', '0', '0', '0', '1', '3', '-1')
        if gen.chance(0.05):
            level = gen.pick(
                'Index(2)', 'Index(Failure)', "'1'", 'None', '1.0', '2**63', '-2**63', '-2**70', 'IntSub(2)'
            )
        value = odd(gen, 3)
        if markers == 'None':
            # Nobody looks for circles: how deep they get is up to the size of C's frames.
            value = value.replace('circular()', 'object')
        program.append(Line(f'joined(e({value}, {level}))'))
    return program


def changing(gen):
    """What is being encoded changes meanwhile."""
    action = gen.pick('x.clear()', "x.append('more')", 'x.pop()', 'x.insert(4, [])', 'x.extend(range(50))')
    if gen.chance(0.5):
        container, action = (
            "{'a': 1, 'b': object, 'c': [2]}",
            gen.pick('x.clear()', "x.pop('c', 0)", 'x.update(d=1)', 'x.update(c=object)'),
        )
    else:
        container = '[1, object, 2, [3]]'
    return [
        Line(container, target='x'),
        Line(
            f'M.make_encoder({gen.pick("{}", "None")}, Hook(0, lambda: {action}), M.encode_basestring, '
            f"{gen.pick('None', repr(' '))}, ':', ',', {gen.pick('True', 'False')}, False, True)",
            target='e',
        ),
        Line('joined(e(x, 0))'),
        Line('x'),
    ]


def strings(gen):
    """The functions of strings."""
    name = gen.pick('encode_basestring', 'encode_basestring_ascii', 'scanstring', 'scanstring')
    text = gen.pick(gen.text(), document(gen), ascii(plain(gen, 0)), gen.anything() if gen.chance(0.3) else gen.text())
    if name == 'scanstring':
        end = gen.pick('0', '1', '1', '1', '2', '-1', '10**6', gen.of('whole'))
        return [Line(f'M.scanstring({", ".join([text, end] + ([gen.of("flag")] if gen.chance(0.6) else []))})')]
    return [Line(f'M.{name}({text})')]


HELPERS = {'context': context, 'joined': joined}
SKIP = ('encode_basestring', 'encode_basestring_ascii', 'scanstring')
PROGRAMS = [scanner, scanner, encoder, encoder, changing, strings]
ALLOWED = [
    (
        'separators whose type is a subclass of str are written as they are',
        lambda line, c, rust, before: 'str.__str__' in c.log and 'str.__str__' not in rust.log,
    ),
]
