"""What `make bench` measures of _json, through json.loads and json.dumps as a program calls them."""

import json
import json.decoder
import json.encoder
import random

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


def documents():
    """Return the documents by name, with the goals for reading and writing."""
    rng = random.Random(1)
    words = 'the quick brown fox jumps over the lazy dog again and again '
    return {
        'records': (records(2000), 1.8, 4),
        'floats': ([rng.random() * 10 ** rng.randint(-5, 10) for _ in range(10000)], 2, 4),
        'integers': ([rng.randint(-(10**9), 10**9) for _ in range(10000)], 1, 1),
        'strings': ([words * rng.randint(1, 20) for _ in range(1000)], 2, 3),
        'escapes': (['line "one"\n\tand \\two\\\n' * 20] * 200, 1, 1),
        'latin': (['café déjà vu, señor ' * 20] * 200, 1, 1),
        'CJK': (['日本語のテキスト' * 40] * 200, 1, 1),
        'emoji': (['text 😀 and 🎉 ' * 30] * 200, 1, 1),
        'deep': (nested(500), 1, 1),
        'large': (records(250_000), 1, 1),
    }


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
        if all(bench.pattern not in row for row in (f'loads {name}', f'dumps {name}', f'dumps {name} indent')):
            continue
        text = json.dumps(value)
        loads(name, text, loads_goal)
        dumps(name, value, len(text), dumps_goal)
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


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with documents of its own."""
    size = len(json.dumps(records(100)))

    def loads(module):
        return Library(module).loads(), (json.dumps(records(100)),), {}

    def dumps(module):
        return Library(module).dumps(), (records(100),), {}

    for name, make in (('loads 100 records', loads), ('dumps 100 records', dumps)):
        bench.thread_row(name, size, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
