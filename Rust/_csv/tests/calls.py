"""Calls of _csv for the checks that run every module under stress and without memory."""

import collections
import io


class Sink:
    """A file that keeps its last line."""

    def __init__(self):
        self.write = collections.deque(maxlen=1).append


class Text:
    """An object whose text is made by Python code."""

    def __str__(self):
        return 'some "text"'


LINES = ['a,b,c\r\n', '1,"two ""2""\n', 'three",\xe9\n', '"\u4e2d",\U0001f600,\n', '\n', '4,5.5,"x"\n']
QUOTED = ['"a","b"\n', '"c\n', 'd"\n', '"e"f\n']
# The calls make no list of their own: CPython crashes where there is memory for a list and none for its items.
ROW = ['a', 1, -2.5, None, True, 'b,"c"\n', '\xe9', '\u4e2d,', '\U0001f600', 10**30, 1e-5]
ROWS = ROW, 'ab', ('',), (Text(),)
LONG = ('x' * 5000 + ',' + '"y""' * 500 + '"',)
ABOVE_LIMIT = ('x' * 200_000,)


def calls(module):
    """Every function, with each kind of input, as (label, factory of a callable without arguments)."""
    found = []

    def add(label, factory):
        found.append((label, factory))

    for number, options in enumerate((
        {},
        {'quoting': 1, 'delimiter': ';', 'lineterminator': '\n'},
        {'quoting': 2},
        {'quoting': 3, 'escapechar': '\\', 'quotechar': None},
        {'quoting': 4, 'doublequote': False, 'escapechar': '\u4e2d'},
        {'quoting': 5, 'skipinitialspace': True, 'strict': True, 'lineterminator': 'abcdefghi'},
    )):  # fmt: skip
        for label, lines in (('lines', LINES), ('quoted', QUOTED), ('long', LONG)):
            add(f'reader {number} {label}', lambda t=lines, k=options: lambda: list(module.reader(t, **k)))
        add(f'writer {number}', lambda k=options: lambda: module.writer(Sink(), **k).writerow(ROW))
        add(f'writer {number} of an iterator', lambda k=options: lambda: module.writer(Sink(), **k).writerow(iter(ROW)))
        add(
            f'writerows {number}',
            lambda k=options: lambda: module.writer(io.StringIO(), **k).writerows(ROWS),
        )
        add(f'Dialect {number}', lambda k=options: lambda: module.Dialect(**k).delimiter)
        base = type('D', (), options)
        add(f'Dialect {number} of a class', lambda d=base: lambda: module.Dialect(d).quotechar)
    shown = (
        'delimiter',
        'doublequote',
        'escapechar',
        'lineterminator',
        'quotechar',
        'quoting',
        'skipinitialspace',
        'strict',
    )
    dialect = module.Dialect(escapechar='\u4e2d')
    add('attributes', lambda: lambda: tuple(map(dialect.__getattribute__, shown)))
    add('a bad dialect', lambda: lambda: module.Dialect(delimiter='ab'))
    add('two meanings', lambda: lambda: module.Dialect(delimiter='"'))
    add('no lines', lambda: lambda: list(module.reader((1,))))
    add('no row', lambda: lambda: module.writer(Sink()).writerow(1))
    add('no file', lambda: lambda: module.writer(1))
    add('a field that needs an escape', lambda: lambda: module.writer(Sink(), quoting=3).writerow(('a,b',)))
    add('a field above the limit', lambda: lambda: list(module.reader(ABOVE_LIMIT)))
    add('no number', lambda: lambda: list(module.reader(('x',), quoting=2)))

    def register():
        module.register_dialect('calls', delimiter=';')
        is_same = module.reader((), 'calls').dialect is module.get_dialect('calls')
        return module.unregister_dialect('calls'), is_same

    add('register_dialect', lambda: register)
    add('list_dialects', lambda: module.list_dialects)
    add('get_dialect', lambda: lambda: module.get_dialect('nothing'))
    add('unregister_dialect', lambda: lambda: module.unregister_dialect('nothing'))
    add('field_size_limit', lambda: lambda: module.field_size_limit(module.field_size_limit()))
    return found


def shared(module):
    """A reader, a writer and the registry, which threads use at the same time."""
    text = ''.join(LINES) * 200

    def reader():
        return [module.reader(io.StringIO(text, newline=''))]

    def renew(box):
        box[0] = module.reader(io.StringIO(text, newline=''))

    def registry():
        return module._dialects

    return [
        (
            'a reader',
            reader,
            [
                ('next', lambda box: next(box[0])),
                ('line_num', lambda box: (box[0].line_num, box[0].dialect.delimiter)),
                ('list', lambda box: list(box[0])),
                ('another one', renew),
            ],
        ),
        (
            'a writer',
            lambda: module.writer(io.StringIO()),
            [
                ('writerow', lambda writer: writer.writerow(ROW)),
                ('of an iterator', lambda writer: writer.writerow(iter(ROW))),
                ('Python code', lambda writer: writer.writerow(['a', Text(), 'b'])),
                ('refused', lambda writer: writer.writerow(1)),
            ],
        ),
        (
            'the registry',
            registry,
            [
                ('register', lambda _: module.register_dialect('shared', delimiter=';')),
                ('unregister', lambda _: module.unregister_dialect('shared')),
                ('get', lambda _: module.get_dialect('shared').delimiter),
                ('use', lambda _: list(module.reader(['a;b'], 'shared'))),
                ('list', lambda _: module.list_dialects()),
                ('clear', lambda dialects: dialects.clear()),
                ('limit', lambda _: module.field_size_limit(131072)),
            ],
        ),
    ]
