"""What `make bench` measures of _csv."""

import collections
import csv
import io
import random

PEERS = {'clevercsv': 'clevercsv'}
ROWS = 500


class Sink:
    """A file that keeps its last line alone, so that little but the writer is measured."""

    def __init__(self):
        self.write = collections.deque(maxlen=1).append


def take_all(iterator):
    collections.deque(iterator, 0)


def lines(rows, **options):
    """The lines of a file with these rows."""
    out = io.StringIO()
    csv.writer(out, **options).writerows(rows)
    return out.getvalue().splitlines(keepends=True)


def read(module, text, **options):
    return lambda: take_all(module.reader(text, **options)), (), {}


def write(module, rows, **options):
    writer = module.writer(Sink(), **options)
    return lambda: writer.writerows(rows), (), {}


def write_to_text(module, rows):
    return lambda: module.writer(io.StringIO()).writerows(rows), (), {}


def with_module(module, function):
    """Call what `Lib/csv.py` has with a module's reader or writer."""

    def work():
        kept = csv.reader, csv.writer
        csv.reader, csv.writer = module.reader, module.writer
        try:
            function()
        finally:
            csv.reader, csv.writer = kept

    return work, (), {}


def write_dicts(names, rows):
    csv.DictWriter(Sink(), names, dialect=csv.excel).writerows(rows)


def data():
    """Rows of each kind."""
    rng = random.Random(20)

    def word():
        return ''.join(rng.choices('abcdefghijklmnopqrst', k=rng.randrange(3, 10)))

    kinds = {'short fields': [[word() for _ in range(5)] for _ in range(ROWS)]}
    for label, characters in (('ASCII', 'abcdef '), ('Latin-1', 'abé ü'), ('CJK', '中文字符'), ('emoji', '😀🎉🚀')):
        for length in (100, 5000):
            text = ''.join(rng.choices(characters, k=length))
            kinds[f'{length} characters, {label}'] = [[text] * 5 for _ in range(20)]
    kinds['quotes and newlines'] = [[word(), f'{word()} "{word()}"\n{word()}', f'a, {word()}'] for _ in range(ROWS)]
    kinds['numbers'] = [
        [rng.randrange(100_000), rng.random(), -rng.randrange(100), rng.gauss(0, 5)] for _ in range(ROWS)
    ]
    return kinds


SWEEP_KINDS = {
    'csv lines': {
        'short': ['a,b,c\n'],
        'quoted': ['"a","b ""c""","d"\n'],
        'hundred': ['first,second,third\n'] * 100,
        'long': [f'{"x" * 5000},{"y" * 5000}\n'],
    },
    'csv row': {
        'short': ['a', 'b', 'c'],
        'numbers': [1, 2.5, None],
        'quoted': ['a,b', 'c"d', 'e\nf'],
        'long': ['x' * 5000, 'é' * 5000],
    },
}


def register(module):
    """Return a call that registers a dialect and takes it back."""

    def work():
        module.register_dialect('swept')
        module.unregister_dialect('swept')

    return work


def get_dialect(module):
    """Return a call that looks a registered dialect up."""
    module.register_dialect('looked up')
    return lambda: module.get_dialect('looked up')


SWEEP_CALLS = {
    'Reader.next': lambda module: lambda text: take_all(module.reader(text)),
    'Writer.writerow': lambda module: module.writer(Sink()).writerow,
    'writer.new': lambda module: lambda: module.writer(Sink()),
    'get_dialect.registered': get_dialect,
    'register_dialect.unregister': register,
    'unregister_dialect.registered': register,
}
SWEEP = dict.fromkeys(SWEEP_CALLS, [()]) | {
    'Dialect': [()],
    'Reader.next': [('csv lines',)],
    'Writer.writerow': [('csv row',)],
    'reader': [('csv lines',)],
    'field_size_limit': [()],
    'list_dialects': [()],
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the number of records, and a call for each implementation."""

    def row(name, size, make, goal=None, others=None):
        calls = {key: make(module) for key, module in (('rust', rust), ('C', c))}
        bench.row(name, size, calls | {key: (call, (), {}) for key, call in (others or {}).items()}, goal)

    def read_by_clevercsv(text):
        return {key: lambda module=module: take_all(module.reader(text, 'excel')) for key, module in peers.items()}

    def write_by_clevercsv(rows):
        return {
            key: lambda module=module: module.writer(Sink(), 'excel').writerows(rows) for key, module in peers.items()
        }

    kinds = data()
    short = kinds['short fields']
    text = lines(short)
    # The fastest way without the module, for fields without quotes.
    split = {'str.split': lambda: take_all(line.rstrip('\r\n').split(',') for line in text)}
    row('reader, 5 short fields', ROWS, lambda m: read(m, text), 1.5, split | read_by_clevercsv(text))
    quoted = lines(kinds['quotes and newlines'])
    row('reader, quotes and newlines', ROWS, lambda m: read(m, quoted), 1.6, read_by_clevercsv(quoted))
    for name in (name for name in kinds if 'characters' in name):
        long = lines(kinds[name])
        row(f'reader, {name}', 20, lambda m, long=long: read(m, long), 5)
    numbers = lines(kinds['numbers'], quoting=csv.QUOTE_NONNUMERIC)
    row('reader, QUOTE_NONNUMERIC', ROWS, lambda m: read(m, numbers, quoting=csv.QUOTE_NONNUMERIC), 1.5)
    join = {'str.join': lambda: take_all(f'{",".join(fields)}\r\n' for fields in short)}
    row('writer, 5 short fields', ROWS, lambda m: write(m, short), 3, join | write_by_clevercsv(short))
    row('writer, 5 short fields to StringIO', ROWS, lambda m: write_to_text(m, short), 1.5)
    for name in (name for name in kinds if 'characters' in name):
        row(f'writer, {name}', 20, lambda m, name=name: write(m, kinds[name]), 20)
    row('writer, numbers', ROWS, lambda m: write(m, kinds['numbers']), 1.2)
    row('writer, QUOTE_ALL', ROWS, lambda m: write(m, short, quoting=csv.QUOTE_ALL), 3)
    escaped = [[f'{a},{b}"' for a, b in zip(each, each[1:], strict=False)] for each in short]
    row('writer, escapes', ROWS, lambda m: write(m, escaped, quoting=csv.QUOTE_NONE, escapechar='\\'), 3)
    row('writer, quotes and newlines', ROWS, lambda m: write(m, kinds['quotes and newlines']), 3)
    names = ['one', 'two', 'three', 'four', 'five']
    row(
        'DictReader',
        ROWS,
        lambda m: with_module(m, lambda: take_all(csv.DictReader(text, names, dialect=csv.excel))),
        1.2,
    )
    dicts = [dict(zip(names, each, strict=True)) for each in short]
    row('DictWriter', ROWS, lambda m: with_module(m, lambda: write_dicts(names, dicts)), 1.2)
    row('reader, one row of 3 fields', 1, lambda m: read(m, ['one,two,three\n']), 1.0)
    one = [['one', 'two', 'three']]
    row('writer, one row of 3 fields', 1, lambda m: (lambda: m.writer(Sink()).writerows(one), (), {}), 1.0)

    def register(m):
        m.register_dialect('bench', delimiter=';')
        m.unregister_dialect('bench')

    for module in (rust, c):
        module.register_dialect('bench, kept')
    row('Dialect', 1, lambda m: (m.Dialect, (), {}), 0.97)
    row('Dialect, 3 options', 1, lambda m: (m.Dialect, (), {'delimiter': ';', 'quoting': 1, 'strict': True}), 0.97)
    row('register_dialect, unregister_dialect', 1, lambda m: (register, (m,), {}), 0.97)
    row('get_dialect', 1, lambda m: (m.get_dialect, ('bench, kept',), {}), 0.97)
    row('list_dialects', 1, lambda m: (m.list_dialects, (), {}), 0.97)
    row('field_size_limit', 1, lambda m: (m.field_size_limit, (), {}), 0.97)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with rows, a reader and a writer of its own."""

    def reading(module):
        return read(module, lines(data()['short fields']))

    def writing(module):
        return write(module, data()['short fields'])

    for name, make in (('reader, 5 short fields', reading), ('writer, 5 short fields', writing)):
        bench.thread_row(name, ROWS, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
