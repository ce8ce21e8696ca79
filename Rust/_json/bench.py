"""What `make bench` measures of _json, through json.loads and json.dumps as a program calls them."""

import json
import math
import json.decoder
import json.encoder
import random
import sys

# From PyPI: name to install, name to import.
PEERS = {'msgspec': 'msgspec.json', 'ujson': 'ujson'}


def records(count):
    """Return records as a web service has them."""
    rng = random.Random(count)
    return [
        {
            'id': i,
            'name': f'user {i}',
            'email': f'user{i}@example.com',
            'active': bool(i % 2),
            'score': rng.random() * 100,
            'tags': ['alpha', 'beta', 'gamma'],
            'address': {'city': 'Paris', 'zip': f'{i:05}'},
            'note': None,
        }
        for i in range(count)
    ]


def nested(depth):
    """Return lists in lists."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


# The C module of CPython 3.15 is faster than that of 3.14: no goal for reading and writing is higher than these.
HIGHEST_GOALS = (1.6, 2.2) if sys.version_info >= (3, 15) else (math.inf, math.inf)


def documents():
    """Return the documents by name, with the goals for reading and writing."""
    rng = random.Random(1)
    words = 'the quick brown fox jumps over the lazy dog again and again '
    return {
        'records': (records(2000), 1.8, 4),
        'floats': ([rng.random() * 10 ** rng.randint(-5, 10) for _ in range(10000)], 2, 4),
        'floats of all magnitudes': ([float(f'{rng.random()}e{rng.randint(-300, 300)}') for _ in range(10000)], 2, 4),
        'integers': ([rng.randint(-(10**9), 10**9) for _ in range(10000)], 1, 1),
        'strings': ([words * rng.randint(1, 20) for _ in range(1000)], 2, 3),
        'escapes': (['line "one"\n\tand \\two\\\n' * 20] * 200, 1, 1),
        'latin': (['café déjà vu, señor ' * 20] * 200, 1, 1),
        'words': ([rng.choice(words.split()) for _ in range(4000)], 1, 1),
        'short CJK': (['日本語の' * 4 + 'é x'] * 2000, 1, 1),
        'small dicts': ([{'a': {'b': [i]}, 'd': {}} for i in range(1000)], 1, 1),
        'CJK': (['日本語のテキスト' * 40] * 200, 1, 1),
        'emoji': (['text 😀 and 🎉 ' * 30] * 200, 1, 1),
        'deep': (nested(500), 1, 1),
        'large': (records(250_000), 1, 1),
    }


# Text by size: a label and a function that makes a str of so many characters.
SHAPES = {
    'ASCII': lambda n: ('abcdefghij ' * (n // 11 + 1))[:n],
    'quotes': lambda n: '"' * n,
    'control characters': lambda n: '\x01' * n,
    'a quote in 4': lambda n: ('abc"' * (n // 4 + 1))[:n],
    'a quote in 61': lambda n: ('a' * 60 + '"')[: n % 61] + ('a' * 60 + '"') * (n // 61),
    'Latin-1': lambda n: '\xe9' * n,
    'Latin-1 words': lambda n: ('caf\xe9 ' * (n // 5 + 1))[:n],
    'CJK': lambda n: '\u4e2d' * n,
    'CJK and quotes': lambda n: ('\u4e2d"' * (n // 2 + 1))[:n],
    'CJK and ASCII': lambda n: ('ab\u4e2d ' * (n // 4 + 1))[:n],
    'lone surrogates': lambda n: '\ud800' * n,
    'emoji': lambda n: '\U0001f600' * n,
    'emoji and quotes': lambda n: ('\U0001f600"' * (n // 2 + 1))[:n],
    'ASCII and one emoji': lambda n: 'a' * (n - 1) + '\U0001f600',
}
SIZES = (1, 4, 20, 100, 1000, 100_000, 1_000_000)
# Only when these rows are asked for.
LARGE_SIZES = (10_000_000, 100_000_000)

# Documents by size: a label and a function that makes a value of so many parts.
VALUES = {
    'ints': lambda n: list(range(n)),
    'long ints': lambda n: [10**30 + i for i in range(n)],
    'one long int': lambda n: [10 ** min(n, 4000)],
    'floats': lambda n: [i / 7 for i in range(n)],
    'constants': lambda n: [True, None] * (n // 2),
    'short strings': lambda n: ['ab'] * n,
    'distinct strings': lambda n: [str(i) for i in range(n)],
    'empty lists': lambda n: [[] for _ in range(n)],
    'empty dicts': lambda n: [{} for _ in range(n)],
    'short lists': lambda n: [[i] for i in range(n)],
    'equal keys': lambda n: [{'key': i} for i in range(n)],
    'distinct keys': lambda n: {f'key {i}': i for i in range(n)},
    'keys in objects of their own': lambda n: [{f'key {i}': i} for i in range(n)],
    'one long key': lambda n: {'k' * n: 1},
    'long keys': lambda n: [{'k' * 300: i} for i in range(n)],
    'keys with escapes': lambda n: [{'"k"': i} for i in range(n)],
    'wide keys': lambda n: [{'\u4e2d': i} for i in range(n)],
    'emoji in each string': lambda n: ['\U0001f600'] * n,
}
VALUE_SIZES = (1, 10, 100, 1000, 100_000)


class Library:
    """`json.loads` and `json.dumps` with the functions of one implementation in the place of the default ones."""

    def __init__(self, module):
        self.module = module

    def loads(self, **settings):
        """Return a function that does what `json.loads` does."""
        decoder = json.decoder.JSONDecoder(**settings)
        decoder.scan_once = self.module.make_scanner(decoder)
        return decoder.decode

    def dumps(self, **settings):
        """Return a function that does what `json.dumps` does."""
        source = json.encoder
        names = {
            'c_make_encoder': self.module.make_encoder,
            'encode_basestring': self.module.encode_basestring,
            'encode_basestring_ascii': self.module.encode_basestring_ascii,
        }
        scope = {'__name__': source.__name__}
        with open(source.__file__, encoding='utf-8') as file:
            exec(compile(file.read(), source.__file__, 'exec'), scope)
        scope |= names
        return scope['JSONEncoder'](**settings).encode


SWEEP_KINDS = {
    'value': {label: lambda n, place, make=make: make(n) for label, make in VALUES.items()},
    'document': {label: lambda n, place, make=make: json.dumps(make(n)) for label, make in VALUES.items()},
    'JSON string': {label: lambda n, place, make=make: f'"{json.dumps(make(n))}' for label, make in SHAPES.items()},
    'text': {label: lambda n, place, make=make: make(n) for label, make in SHAPES.items()},
    'one': {'after the quote': 2},
}
SWEEP = {
    'encode_basestring': [('text',)],
    'encode_basestring_ascii': [('text',)],
    'make_encoder.__call__': [('value',)],
    'make_scanner.__call__': [('document',)],
    'scanstring': [('JSON string', 'one')],
}
SWEEP_CALLS = {
    'make_encoder.__call__': lambda module: Library(module).dumps(check_circular=False),
    'make_scanner.__call__': lambda module: Library(module).loads(),
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the characters, and a call for each implementation."""
    msgspec, ujson = peers.get('msgspec'), peers.get('ujson')

    def loads(name, text, goal=1.0, with_peers=True, **settings):
        calls = {
            'rust': (Library(rust).loads(**settings), (text,), {}),
            'C': (Library(c).loads(**settings), (text,), {}),
        }
        if with_peers and msgspec:
            calls['msgspec'] = msgspec.decode, (text,), {}
        if with_peers and ujson:
            calls['ujson'] = ujson.loads, (text,), {}
        bench.row(f'loads {name}', len(text), calls, goal)

    def dumps(name, value, size, goal=1.0, with_peers=True, **settings):
        calls = {
            'rust': (Library(rust).dumps(**settings), (value,), {}),
            'C': (Library(c).dumps(**settings), (value,), {}),
        }
        if with_peers and msgspec:
            calls['msgspec'] = msgspec.encode, (value,), {}
        if with_peers and ujson:
            calls['ujson'] = ujson.dumps, (value,), {}
        bench.row(f'dumps {name}', size, calls, goal)

    for name, (value, loads_goal, dumps_goal) in documents().items():
        if not bench.chooses(*(f'{call} {name}{end}' for call in ('loads', 'dumps') for end in ('', ' unescaped'))):
            continue
        text = json.dumps(value)
        loads(name, text, min(loads_goal, HIGHEST_GOALS[0]))
        dumps(name, value, len(text), min(dumps_goal, HIGHEST_GOALS[1]))
        if name in ('large', 'deep'):
            continue
        wide = json.dumps(value, ensure_ascii=False)
        if wide != text:
            loads(f'{name} unescaped', wide)
            dumps(f'{name} unescaped', value, len(wide), ensure_ascii=False)
    value = records(2000)
    text = json.dumps(value)
    dumps('records indent', value, len(text), with_peers=False, indent=2)
    dumps('records sort_keys', value, len(text), with_peers=False, sort_keys=True)
    dumps('records unescaped', value, len(text), with_peers=False, ensure_ascii=False)
    loads('records object_hook', text, with_peers=False, object_hook=lambda value: value)
    loads('records object_pairs_hook', text, with_peers=False, object_pairs_hook=dict)
    loads('records parse_float', text, with_peers=False, parse_float=str)
    if sys.version_info >= (3, 15):
        loads('records array_hook', text, with_peers=False, array_hook=tuple)
    dumps('records default', [*value, *({i} for i in range(2000))], len(text), with_peers=False, default=list)
    for name, value in {
        'small object': {'a': 1, 'b': [1, 2, 3]},
        'small record': records(1)[0],
        'one integer': 7,
        'one string': 'a short text',
    }.items():
        text = json.dumps(value)
        loads(name, text, 1.2)
        dumps(name, value, len(text), 1.2)
    sized_rows(bench, rust, c)


def sized_rows(bench, rust, c):
    """Add how strings and documents of all shapes grow; the names end in the size."""
    asked = bench.asks_for('sizes')
    calls = ('ascii', 'unicode', 'dumps', 'scan escaped', 'scan raw', 'loads escaped', 'loads raw')

    def row(name, size, function):
        bench.row(name, size, {'rust': function(rust), 'C': function(c)})

    for shape, make in SHAPES.items():
        for size in SIZES + LARGE_SIZES * asked:
            label = f'{shape} {size}'
            if not bench.chooses(*(f'sizes {call} {label}' for call in calls)):
                continue
            text = make(size)
            row(f'sizes ascii {label}', size, lambda m, text=text: (m.encode_basestring_ascii, (text,), {}))
            row(f'sizes unicode {label}', size, lambda m, text=text: (m.encode_basestring, (text,), {}))
            row(f'sizes dumps {label}', size, lambda m, text=text: (Library(m).dumps(), ([text],), {}))
            for kind, encode in (('escaped', c.encode_basestring_ascii), ('raw', c.encode_basestring)):
                encoded = encode(text)
                row(f'sizes scan {kind} {label}', size, lambda m, text=encoded: (m.scanstring, (text, 1), {}))
                row(f'sizes loads {kind} {label}', size, lambda m, text=encoded: (Library(m).loads(), (text,), {}))
    for shape, make in VALUES.items():
        for size in VALUE_SIZES + (1_000_000,) * asked:
            label = f'of {shape} {size}'
            if not bench.chooses(f'sizes dumps {label}', f'sizes loads {label}'):
                continue
            value = make(size)
            text = json.dumps(value)
            row(f'sizes dumps {label}', len(text), lambda m, value=value: (Library(m).dumps(), (value,), {}))
            row(f'sizes loads {label}', len(text), lambda m, text=text: (Library(m).loads(), (text,), {}))


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with documents of its own."""
    size = len(json.dumps(records(100)))

    def loads(module):
        return Library(module).loads(), (json.dumps(records(100)),), {}

    def dumps(module):
        return Library(module).dumps(), (records(100),), {}

    for name, make in (('loads 100 records', loads), ('dumps 100 records', dumps)):
        bench.thread_row(name, size, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
