"""Calls of _json for the checks that run every module under stress and without memory."""

import random
import types

SETTINGS = {
    'strict': True,
    'object_hook': None,
    'object_pairs_hook': None,
    'array_hook': None,
    'parse_float': float,
    'parse_int': int,
    'parse_constant': str,
}

# Every kind of value, strings of every width, keys again and again, and more items than are taken in one go.
DOCUMENT = {
    'text': ['plain', 'é', '\u20ac', '\U0001f600', '\ud800', '"\\\n\x00', 'x' * 700],
    'numbers': [0, -1, 2**40, 10**30, 0.5, -1e300, 1e-7],
    'words': [None, True, False],
    'pairs': [{'key': index, 'other': {'key': [str(index)]}} for index in range(20)],
    'long': list(range(9000)),
    'many': {f'key {index}': index for index in range(4500)},
    'empty': [[], {}, (), ''],
}


def make_encoder(module, *, markers=None, default=repr, encode=None, indent=None, sort_keys=False, skipkeys=False):
    """Return an encoder with the settings that json has when it is not told otherwise."""
    encode = encode or module.encode_basestring_ascii
    # A failure leaves in the markers what was being written, so each encoder has its own.
    markers = None if markers is None else dict(markers)
    return module.make_encoder(markers, default, encode, indent, ': ', ', ', sort_keys, skipkeys, True)


def make_scanner(module, **settings):
    """Return a scanner with the settings that json has when it is not told otherwise."""
    return module.make_scanner(types.SimpleNamespace(**(SETTINGS | settings)))


def default(value):
    """Refuse a value as json does."""
    raise TypeError(f'no JSON for {type(value).__name__}')


def calls(module):
    """Every function, and scanners and encoders with all settings, as (label, factory of a callable)."""
    found = []

    def add(label, function, *args):
        found.append((f'{label} {len(found)}', lambda: lambda: function(*args)))

    text = make_encoder(module, encode=module.encode_basestring, skipkeys=True)(DOCUMENT, 0)[0]
    ascii_text = make_encoder(module)(DOCUMENT, 0)[0]
    for value in ('', 'plain', 'é"', '\u20ac\n', '\U0001f600\\', 'x' * 100_000, 'é\u20ac' * 50_000):
        for name in ('encode_basestring', 'encode_basestring_ascii'):
            function = getattr(module, name)
            add(name, function, value)
            add('scanstring', module.scanstring, function(value), 1)
    for bad in ('"', '"\\', '"\\u12', '"\n"'):
        add('scanstring', module.scanstring, bad, 1)
    add('scanstring', module.scanstring, None, 0)
    add('encode_basestring', module.encode_basestring, None)
    for settings in (
        {},
        {'strict': False, 'object_hook': list},
        {'object_pairs_hook': tuple},
        {'parse_float': str, 'parse_int': str},
        {'object_hook': default},
    ):
        add('make_scanner', module.make_scanner, types.SimpleNamespace(**(SETTINGS | settings)))
        for document in (text, ascii_text):
            add('scan', make_scanner(module, **settings), document, 0)
    scan = make_scanner(module)
    for bad in ('', '[1, 2', '{"a": [1, {"b": x}]}', '[1,]', '{"a" 1}', 'nul', '[' * 500):
        add('scan', scan, bad, 0)
    add('scan', scan, 'NaN', 0)
    add('scan', scan, b'[]', 0)
    for settings in (
        {},
        {'markers': {}},
        {'indent': '  '},
        {'indent': '\u20ac', 'markers': {}},
        {'encode': module.encode_basestring},
        {'encode': repr},
        {'sort_keys': True, 'skipkeys': True},
        {'default': default, 'markers': {}},
    ):

        def encode(value, settings=settings):
            return make_encoder(module, **settings)(value, 0)

        add('encode', encode, DOCUMENT)
        add('encode', encode, [1, {'a': (2, {'b': 1j})}])
        add('encode', encode, {(): 1, 1: 2, 0.5: 3, None: 4})
    loop = []
    loop.append(loop)
    add('encode', lambda: make_encoder(module, markers={})(loop, 0))
    add('encode', make_encoder(module), 7, 0)
    add('make_encoder', module.make_encoder, None)
    add('make_scanner', module.make_scanner, None)
    return found


def shared(module):
    """One document in threads that write it with one encoder, read it with one scanner, and change it meanwhile."""
    scan = make_scanner(module)
    settings = [{}, {'indent': ' '}, {'sort_keys': True}, {'encode': str.upper}, {'markers': {}}]
    encoders = [make_encoder(module, **setting) for setting in settings]

    def write(encode):
        def call(document):
            (text,) = encode(document, 0)
            assert isinstance(text, str)

        return call

    def read_back(document):
        (text,) = encoders[0](document, 0)
        value, end = scan(text, 0)
        assert isinstance(value, dict) and end == len(text)

    def change_list(document):
        items = document['list']
        items[:] = [[str(index)] if index % 3 else 'é' * index for index in range(random.randrange(90))]
        items.append({'x': items[:1]})
        del items[random.randrange(1, 20) :]

    def change_dict(document):
        items = document['dict']
        items[str(random.randrange(100))] = [random.random()] * 3
        items.pop(str(random.randrange(100)), None)
        if random.random() < 0.05:
            items.clear()

    def replace(document):
        document['list'] = [document['dict']] * 3
        document['dict'] = {str(index): {'x': index} for index in range(random.randrange(60))}
        document['list'] = list(range(100))

    functions = [*map(write, encoders), read_back, change_list, change_dict, replace]
    return [('document', lambda: {'list': list(range(100)), 'dict': {str(i): [i] for i in range(100)}}, functions)]
