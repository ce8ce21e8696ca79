"""The Rust _csv against its C twin: values, exceptions, messages, and the order of events."""

import collections
import contextlib
import copy
import csv
import decimal
import gc
import io
import itertools
import pickle
import resource
import sys
import unittest
import weakref
import zlib

import twin

rust, c = twin.pair('_csv')
MODULES = (rust, c)

QUOTINGS = range(6)
# Characters that are special in one dialect or another, and others of each width.
CHARACTERS = {
    'ASCII': ',;\t|"\'\\ \r\n\0abz1.5-e',
    'Latin-1': ',;"\'\\ \r\n\xe9\xff\x85ab1',
    'BMP': ',"\\ \n\u4e2d\u20ac\u2028\ud800\xe9a1',
    'all': ',"\\ \n\U0001f600\u4e2d\xe9\udc00a1',
}


# Lib/csv.py registers them with the module that is the default.
for module in MODULES:
    for name in csv.list_dialects():
        module.register_dialect(name, csv.get_dialect(name))


@contextlib.contextmanager
def empty_registry():
    """Have no dialects registered."""
    kept = [(module._dialects, dict(module._dialects)) for module in MODULES]
    for dialects, _ in kept:
        dialects.clear()
    try:
        yield
    finally:
        for dialects, entries in kept:
            dialects.clear()
            dialects.update(entries)


def options(rng, characters):
    """Random options of a dialect, most of them right."""
    found = {}

    def pick(*more):
        return rng.choice([*characters, *more])

    if rng.random() < 0.5:
        found['delimiter'] = pick(';', '\t', ' ')
    if rng.random() < 0.5:
        found['quotechar'] = pick("'", '"', None)
    if rng.random() < 0.5:
        found['escapechar'] = pick('\\', '!', None)
    if rng.random() < 0.7:
        found['quoting'] = rng.choice(QUOTINGS)
    for name in ('doublequote', 'skipinitialspace', 'strict'):
        if rng.random() < 0.5:
            found[name] = rng.random() < 0.5
    if rng.random() < 0.3:
        found['lineterminator'] = ''.join(rng.choices(characters + '\r\n', k=rng.choice((0, 1, 2, 2, 9))))
    return found


def text(rng, characters, most):
    """Random text in which runs of plain characters are common."""
    pieces = []
    for _ in range(rng.randrange(most)):
        if rng.random() < 0.5:
            pieces.append(rng.choice(characters))
        else:
            pieces.append(rng.choice('abcxyz') * rng.choice((1, 3, 17, 40)))
    return ''.join(pieces)


def take(reader, most=30):
    """Rows, line numbers, and the exceptions in between, until the end."""
    found = []
    for _ in range(most):
        try:
            found.append((next(reader), reader.line_num))
        except StopIteration:
            found.append(('end', reader.line_num))
            break
        except Exception as error:
            found.append((twin.exception(error), reader.line_num))
    return found


class CsvTwin(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, work):
        """What `work` returns or raises is the same for both modules."""
        ours, theirs = (twin.outcome(work, module) for module in MODULES)
        self.assertEqual(ours, theirs)
        return ours

    def test_interface(self):
        with empty_registry():
            self.assertSameInterface()

    def test_attributes(self):
        self.assertSameAttributes(
            lambda m: m.Dialect(), 'delimiter', 'escapechar', 'lineterminator', 'quotechar', 'quoting',
            'skipinitialspace', 'doublequote', 'strict',
        )  # fmt: skip
        self.assertSameAttributes(lambda m: m.reader([]), 'dialect', 'line_num')
        self.assertSameAttributes(lambda m: m.writer(io.StringIO()), 'dialect')

    def test_reader(self):
        rng = twin.generator('reader')
        for _ in range(2500 * twin.LONG):
            characters = CHARACTERS[rng.choice([*CHARACTERS])]
            chosen = options(rng, characters)
            lines = [
                text(rng, characters, 9) + rng.choice(('', '\n', '\r\n', '\r')) for _ in range(rng.randrange(1, 6))
            ]
            self.assertSame(lambda m, lines=lines, chosen=chosen: take(m.reader(lines, **chosen)))

    def test_reader_quotes(self):
        # Mostly well-formed quoted fields, so that long records are reached.
        rng = twin.generator('quotes')
        for _ in range(800 * twin.LONG):
            quoting = rng.choice(QUOTINGS)
            fields = [
                '"' + text(rng, 'ab\n,"\xe9', 8).replace('"', '""') + '"' if rng.random() < 0.6 else text(rng, 'a1', 4)
                for _ in range(rng.randrange(1, 9))
            ]
            lines = (','.join(fields) + '\n').splitlines(keepends=True)
            for strict in (False, True):
                self.assertSame(lambda m, q=quoting, s=strict, t=lines: take(m.reader(t, quoting=q, strict=s)))

    def test_field_of_lines_of_several_widths(self):
        # Only the first line, or only the last one, has other characters than ASCII.
        for wide in ('\xe9', '\u4e2d', '\U0001f600'):
            for lines in (
                [f'a,"{wide}\n', 'b",cd\n'],
                ['a,"b\n', f'{wide}",cd\n'],
                [f'"{wide}\n', '\n', 'b"\n', 'cd\n'],
            ):
                self.assertSame(lambda module, lines=lines: list(module.reader(lines)))
                for field in itertools.chain(*rust.reader(lines)):
                    self.assertEqual(field.isascii(), wide not in field)

    def test_reader_numbers(self):
        numbers = [
            '1', '-1', '+1.5', '1.', '.5', '1e5', '1E-400', '1e999', '', ' 1', '1 ', ' 1.5\t', '1_000', '1__0', 'nan',
            'inf', '-Infinity', '0x10', 'abc', '\u0661\u0662', '1\xa0', '1\u3000', '--1', '1e', 'e1', '.', '+', '"1"',
            '0' * 70 + '1', '1' * 400, '0.1', '123456789012345678901234567890', '5e-324', '2.2250738585072011e-308',
            '1\0', '\ud800', '9007199254740993', '1' * 63 + '.', '1' * 64, '1' * 65,
        ]  # fmt: skip
        rng = twin.generator('numbers')
        numbers += [repr(rng.uniform(-1, 1) * 10.0 ** rng.randrange(-30, 30)) for _ in range(300)]
        for quoting in QUOTINGS:
            for number in numbers:
                for line in (f'{number},x\n', f'"y",{number}', f'{number},"\u4e2d"\n', f'{number},"\U0001f600"\n'):
                    for escape in (None, '1'):
                        self.assertSame(
                            lambda m, t=line, q=quoting, e=escape: take(m.reader([t], quoting=q, escapechar=e))
                        )

    def test_field_limit(self):
        def work(module, limit, lines, chosen):
            before = module.field_size_limit(limit)
            try:
                return take(module.reader(lines, **chosen)), module.field_size_limit()
            finally:
                module.field_size_limit(before)

        lines = [
            'abc,de\n', '"abc",de\n', '"ab""c",d\n', '"a\n', 'b"\n', 'a\\,b,c\n', '"a\\"b",c\n', 'abcd', 'a"b\n',
            '"abc"d\n',
        ]  # fmt: skip
        for limit in (0, 1, 2, 3, 4, 5, -1, sys.maxsize, -sys.maxsize - 1):
            for chosen in ({}, {'escapechar': '\\'}, {'strict': True}, {'quoting': 3}, {'doublequote': False}):
                self.assertSame(lambda m, n=limit, k=chosen: work(m, n, lines, k))
                for line in lines:
                    self.assertSame(lambda m, n=limit, k=chosen, t=line: work(m, n, [t], k))
        for limit in (2**63, -(2**64), 1.5, None, 'a', True, [], decimal.Decimal(3)):
            self.assertTwins('field_size_limit', limit)
        self.assertTwins('field_size_limit')
        self.assertTwins('field_size_limit', 1, 2)
        self.assertTwins('field_size_limit', new_limit=100_000)
        self.assertTwins('field_size_limit', 131072)

    def test_reader_arguments(self):
        for args in (
            (),
            (5,),
            (None,),
            ([], 'excel', 3),
            ([], 'nothing'),
            ([], 5),
            ([], None),
            ([], 'excel'),
            ([], []),
        ):
            self.assertSame(lambda m, a=args: m.reader(*a).dialect.delimiter)
        for keywords in ({'nonsense': 1}, {'delimiter': ''}, {'dialect': 'excel'}, {'iterable': []}):
            self.assertSame(lambda m, k=keywords: m.reader([], **k).dialect.delimiter)
        for lines in ('a,b\nc', [1], [b'a'], [None], iter('ab'), {'a,b': 1}, [['a']], ['a', 5, 'b'], (x for x in 'ab')):
            kept = list(lines) if not isinstance(lines, (str, list, dict)) else lines
            self.assertSame(lambda m, t=kept: take(m.reader(t)))

    def test_iterators(self):
        class Raises:
            def __init__(self, error):
                self.error, self.lines = error, iter(['a,"b\n', 'c",d\n', '"e'])

            def __iter__(self):
                return self

            def __next__(self):
                try:
                    return next(self.lines)
                except StopIteration:
                    raise self.error from None

        class Text(str):
            pass

        for error in (ValueError('mine'), StopIteration('x'), StopIteration()):
            self.assertSame(lambda m, e=error: take(m.reader(Raises(e))))
            self.assertSame(lambda m, e=error: take(m.reader(Raises(e), strict=True)))
        self.assertSame(lambda m: take(m.reader([Text('a,b'), Text('"c')])))
        self.assertSame(lambda m: take(m.reader([''] * 3)))
        self.assertSame(lambda m: take(m.reader(itertools.repeat('a', 3))))

    def test_every_kind_of_input(self):
        class Iterable:
            def __init__(self, lines):
                self.lines = lines

            def __iter__(self):
                return iter(self.lines)

        class Sequence:
            def __init__(self, lines):
                self.lines = lines

            def __getitem__(self, index):
                return self.lines[index]

        class Iterator:
            def __init__(self, lines):
                self.lines = [*reversed(lines)]

            def __iter__(self):
                return self

            def __next__(self):
                if not self.lines:
                    raise StopIteration
                return self.lines.pop()

        lines = ['a,"b\n', '\xe9",c\r\n', '\u4e2d,\n', '"\U0001f600"']
        kinds = (
            list, tuple, iter, dict.fromkeys, collections.deque, Iterable, Sequence, Iterator, itertools.chain,
            reversed,
            lambda lines: map(str, lines), lambda lines: (line for line in lines),
            lambda lines: io.StringIO(''.join(lines), newline=''), lambda lines: ''.join(lines),
            lambda lines: io.TextIOWrapper(io.BytesIO(''.join(lines).encode()), 'utf-8', newline=''),
        )  # fmt: skip
        for kind in kinds:
            for strict in (False, True):
                self.assertSame(lambda m, k=kind, s=strict: take(m.reader(k(lines), strict=s)))

    def test_lines_cut_anywhere(self):
        # Also in the middle of a quoted field, of a doubled quote, and of a line terminator.
        for whole in ('"a,b""c\r\nd",e\n"f"', "x\\\n,'y\\'',\r\n", 'a\0,"\0"",\0"\r\n'):
            for wide in ('', '\xe9', '\u4e2d', '\U0001f600'):
                line = whole.replace('b', 'b' + wide)
                for chosen in ({}, {'strict': True}, {'quotechar': "'", 'escapechar': '\\'}, {'quoting': 3}):
                    for one, other in itertools.combinations_with_replacement(range(len(line) + 1), 2):
                        pieces = [line[:one], line[one:other], line[other:]]
                        self.assertSame(lambda m, p=pieces, k=chosen: take(m.reader(p, **k)))

    def test_nul(self):
        lines = ['\0', 'a\0b,\0\n', '"\0",a\0\n', '"a"\0,b\n', '"a\0""\0b"\n', '\0\0,\0,\n', '"\0', '\0"']
        for wide in ('', '\xe9', '\u4e2d', '\U0001f600'):
            texts = [wide + line for line in lines] + [line + wide for line in lines]
            for chosen in ({}, {'strict': True}, *({name: '\0'} for name in ('delimiter', 'quotechar', 'escapechar'))):
                for quoting in QUOTINGS:
                    for text in texts:
                        self.assertSame(lambda m, t=text, q=quoting, k=chosen: take(m.reader([t, t], quoting=q, **k)))

    def test_lone_carriage_return(self):
        lines = ['\r', 'a\rb\n', 'a,\rb', '"a\rb",c\r', '"a"\rb', 'a\r\r\n', 'a\n\r', '"\r', '\r,\r', 'a\r\n\r\n']
        lines += ['\r"a"']
        for wide in ('', '\xe9', '\u4e2d', '\U0001f600'):
            for chosen in ({}, {'strict': True}, {'escapechar': '\\'}, {'quoting': 3}, {'skipinitialspace': True}):
                for line in lines:
                    for text in (wide + line, line + wide):
                        self.assertSame(lambda m, t=text, k=chosen: take(m.reader([t, 'x,y\r', t], **k)))
        # A file that is opened with newline='' ends a line there.
        for text in ('a,b\rc,d\r', 'a,"b\rc",d\re', '\r\ra\r'):
            self.assertSame(lambda m, t=text: take(m.reader(io.StringIO(t, newline=''))))

    def test_reader_that_is_used_by_its_iterator(self):
        # Whatever the call inside reads counts for the one outside, too.
        rng = twin.generator('reentrant')
        lines = ['a,b\n', '"c\n', 'd",e\n', '"f', 'g\n', '"h"x,i\n', 'j\nk', '1,"z\n', '']

        def work(module, chosen, keywords):
            found = []

            def source():
                for number, line in enumerate(chosen):
                    if number % 2 and len(found) < 20:
                        found.append(('inner', twin.outcome(next, iter(reader)), reader.line_num))
                    yield line

            class Source:
                def __init__(self):
                    self.lines, self.depth = iter(chosen), 0

                def __iter__(self):
                    return self

                def __next__(self):
                    self.depth += 1
                    if self.depth % 3 == 2 and len(found) < 30:
                        found.append(('inner', twin.outcome(next, reader), reader.line_num))
                        # At the end C may crash: see the next test.
                        return next(self.lines, 'end\n')
                    return next(self.lines)

            for make in (source, Source):
                reader = module.reader(make(), **keywords)
                found += take(reader, 12)
            return found

        for _ in range(400 * twin.LONG):
            chosen = rng.choices(lines, k=rng.randrange(8))
            keywords = rng.choice(({}, {'strict': True}, {'quoting': 2}, {'quoting': 5}, {'escapechar': 'd'}))
            self.assertSame(lambda m, t=chosen, k=keywords: work(m, t, k))
            before = [module.field_size_limit(2) for module in MODULES]
            self.assertSame(lambda m, t=chosen, k=keywords: work(m, t, k))
            for module, limit in zip(MODULES, before, strict=True):
                module.field_size_limit(limit)

    def test_reader_that_is_used_at_the_end(self):
        """C crashes where a call inside has returned the last row, of a quoted field that is not closed."""

        class Source:
            lines = None

            def __iter__(self):
                return self

            def __next__(self):
                if self.lines is None:
                    self.lines = iter(['"a'])
                    found.append(next(reader))
                    raise StopIteration
                return next(self.lines)

        found = []
        reader = rust.reader(Source())
        self.assertEqual(list(reader), [])
        self.assertEqual(found, [['a']])

    def test_writer(self):
        class Number(int):
            def __str__(self):
                return 'number'

        class Real(float):
            def __repr__(self):
                return 'real'

        class Text(str):
            def __str__(self):
                return 'not asked'

        class TextNumber(str):
            def __int__(self):
                return 5

        class Fails:
            def __str__(self):
                raise ZeroDivisionError('mine')

        rng = twin.generator('writer')
        objects = [
            None, True, False, 0, -1, 10**30, 2**63 - 1, -(2**63), 1.5, 1e-5, 1e-7, 1e16, 123456.789, float('nan'),
            float('inf'), -0.0, 5e-324, 1j, decimal.Decimal('1.50'), [1, 'a'], (1,), {'a': 1}, b'bytes', Number(3),
            Real(2), Text('a,b'), TextNumber('a"'), Fails(), object, '', ' ', '"', ',', '\n',
        ]  # fmt: skip
        for _ in range(2500 * twin.LONG):
            characters = CHARACTERS[rng.choice([*CHARACTERS])]
            chosen = options(rng, characters)
            row = [
                rng.choice(objects) if rng.random() < 0.3 else text(rng, characters, 6) for _ in range(rng.randrange(7))
            ]
            row = rng.choice((list, tuple, iter))(row)
            kind, items = type(row), list(row)

            def work(module, items=items, kind=kind, chosen=chosen):
                out = io.StringIO(newline='')
                writer = module.writer(out, **chosen)
                found = []
                for _ in range(2):
                    row = tuple(items) if kind is tuple else list(items) if kind is list else iter(items)
                    found.append(twin.outcome(writer.writerow, row))
                return found, out.getvalue(), writer.dialect.quoting

            self.assertSame(work)

    def test_writer_inside_a_call(self):
        # What is written to, and what the rows are taken from, can write rows with the same writer.
        def work(module):
            written = []

            class Out:
                def write(self, line):
                    written.append(line)
                    if len(written) < 6:
                        writer.writerow(['inner', len(written)])
                        writer.writerows([['in', 'rows'], [len(written)]])

            def rows():
                yield ['first', 'a "b"']
                writer.writerow(['from', 'the rows'])
                yield ['last']
                raise KeyError

            writer = module.writer(Out())
            with self.assertRaises(KeyError):
                writer.writerows(rows())
            writer.writerow(['after'])
            return written

        self.assertEqual(work(rust), work(c))

    def test_writer_numbers(self):
        rng = twin.generator('reprs')
        reals = [rng.choice((1, -1)) * rng.random() * 10.0 ** rng.randrange(-320, 300) for _ in range(3000)]
        integers = [rng.randrange(-(2**70), 2**70) >> rng.randrange(70) for _ in range(1000)]
        for quoting in QUOTINGS:
            for delimiter in ',15-.e':

                def work(module, quoting=quoting, delimiter=delimiter):
                    out = io.StringIO()
                    quotes = {'quotechar': "'", 'escapechar': '!'}
                    module.writer(out, quoting=quoting, delimiter=delimiter, **quotes).writerows([reals, integers])
                    return out.getvalue()

                self.assertSame(work)

    def test_writer_rows(self):
        class Refuses:
            def __iter__(self):
                raise self.error

        def fails(after, error=ZeroDivisionError):
            yield from 'abc'[:after]
            raise error

        def work(module, row, **keywords):
            out = io.StringIO(newline='')
            return twin.outcome(module.writer(out, **keywords).writerow, row()), out.getvalue()

        for row in (
            5,
            None,
            1.5,
            object(),
            'text',
            'a,b',
            {},
            {'a': 1, 'b,': 2},
            set(),
            range(3),
            b'ab',
            [],
            (),
            [''],
            ['', ''],
            [None],
        ):
            for quoting in QUOTINGS:
                self.assertSame(lambda m, r=row, q=quoting: work(m, lambda: r, quoting=q))
                self.assertSame(
                    lambda m, r=row, q=quoting: work(m, lambda: r, quoting=q, delimiter=' ', skipinitialspace=True)
                )
                self.assertSame(lambda m, r=row, q=quoting: work(m, lambda: r, quoting=q, lineterminator=''))
        for error in (TypeError('mine'), ValueError('mine')):
            Refuses.error = error
            self.assertSame(lambda m: work(m, Refuses))
        for after in range(4):
            self.assertSame(lambda m, n=after: work(m, lambda: fails(n)))
            self.assertSame(lambda m, n=after: work(m, lambda: fails(n, TypeError('mine'))))

        def rows(module, rows):
            out = io.StringIO(newline='')
            writer = module.writer(out)
            return twin.outcome(writer.writerows, rows()), out.getvalue()

        for source in (5, None, [], [[1], ['a', 'b']], [[1], 5, [2]], 'ab', [['a'], [1, [2]], 'xyz']):
            self.assertSame(lambda m, s=source: rows(m, lambda: s if not isinstance(s, list) else list(s)))
        self.assertSame(lambda m: rows(m, lambda: fails(2)))
        self.assertSame(lambda m: rows(m, Refuses))

    def test_rows_that_change(self):
        class Changes:
            def __init__(self, row):
                self.row = row

            def __str__(self):
                self.action(self.row)
                return 'x'

        actions = (
            list.clear,
            list.pop,
            lambda row: row.append('y'),
            lambda row: row.insert(0, 'z'),
            lambda row: row.extend('abcd'),
        )
        for action in actions:
            for place in range(4):

                def work(module, action=action, place=place):
                    done = []
                    row = ['a', 'b', 'c']
                    changing = Changes(row)
                    changing.action = lambda row: done or (done.append(1), action(row))
                    row.insert(place, changing)
                    out = io.StringIO()
                    module.writer(out).writerow(row)
                    return out.getvalue()

                self.assertSame(work)

    def test_writer_arguments(self):
        class File:
            def __init__(self, write):
                self.write = write

        class Property:
            @property
            def write(self):
                raise self.error

        for file in (5, None, object(), File(None), File(5), File(str), File(lambda line: line.upper())):
            self.assertSame(lambda m, f=file: m.writer(f).writerow(['a', 1]))
        for error in (AttributeError('mine'), ValueError('mine')):
            Property.error = error
            self.assertSame(lambda m: m.writer(Property()))
        self.assertSame(lambda m: m.writer())
        self.assertSame(lambda m: m.writer(io.StringIO(), 'excel', 1))
        self.assertSame(lambda m: m.writer(io.StringIO(), None))
        self.assertSame(lambda m: m.writer(io.StringIO(), nonsense=1))

    def test_dialects(self):
        values = {
            'delimiter': (',', ';', '', 'ab', None, 5, '\n', '\r', ' ', '"', '\0', '\U0001f600', b',', '\ud800'),
            'doublequote': (True, False, None, 0, 'x', [], 5),
            'escapechar': (None, '\\', '', 'ab', 5, '\n', ' ', ',', '"', b'a'),
            'lineterminator': ('\r\n', '', 'abc', ',', '"', None, 5, '\\', b'\n', ' '),
            'quotechar': (None, '"', "'", '', 'ab', 5, '\n', '\r', ' ', ',', '\\', b'"'),
            'quoting': (0, 1, 2, 3, 4, 5, 6, -1, 2**31, 2**31 - 1, 2**40, 2**70, -(2**70), None, '1', 1.0, True),
            'skipinitialspace': (True, False, None, 5),
            'strict': (True, False, 'a'),
        }

        def show(dialect):
            return [getattr(dialect, name) for name in values]

        for name, each in values.items():
            for value in each:
                self.assertSame(lambda m, n=name, v=value: show(m.Dialect(**{n: v})))
                self.assertSame(lambda m, n=name, v=value: show(m.Dialect(type('D', (), {n: v, 'quoting': 0}))))
        rng = twin.generator('dialects')
        for _ in range(4000 * twin.LONG):
            chosen = {name: rng.choice(each) for name, each in values.items() if rng.random() < 0.4}
            rest = {name: rng.choice(each) for name, each in values.items() if rng.random() < 0.2}
            self.assertSame(lambda m, k=chosen: show(m.Dialect(**k)))
            self.assertSame(lambda m, k=chosen, r=rest: show(m.Dialect(type('D', (), r), **k)))

    def test_dialect_arguments(self):
        class Strange:
            def __getattr__(self, name):
                if name.startswith('__'):
                    raise AttributeError(name)
                asked.append(name)
                if name == self.at:
                    raise self.error
                return {'delimiter': '|', 'quoting': 1, 'quotechar': "'", 'lineterminator': '\n'}.get(name)

        class Truth:
            def __bool__(self):
                raise ZeroDivisionError('mine')

        asked = []
        for at in (None, 'delimiter', 'escapechar', 'strict', 'quoting'):
            for error in (AttributeError('mine'), ValueError('mine'), KeyboardInterrupt()):
                Strange.at, Strange.error = at, error

                def work(module):
                    asked.clear()
                    return twin.outcome(lambda: module.Dialect(Strange()).delimiter), list(asked)

                self.assertSame(work)
        for args in ((), (5,), (None,), ('excel',), ('a', 'b'), (object(), ';'), tuple(',;"abcdef\n'), (1,) * 10):
            self.assertSame(lambda m, a=args: m.Dialect(*a).delimiter)
        self.assertSame(lambda m: m.Dialect(strict=Truth()))
        self.assertSame(lambda m: m.Dialect(doublequote=Truth(), delimiter=5))
        self.assertSame(lambda m: m.Dialect(nonsense=1))

    def test_dialect_that_is_used_again(self):
        def work(module):
            dialect = module.Dialect(delimiter=';')

            class Sub(module.Dialect):
                calls = 0

                def __init__(self, *args, **kwargs):
                    Sub.calls += 1
                    self.attribute = args, kwargs

            sub = Sub(strict=True)
            reader = module.reader([], sub)
            writer = module.writer(io.StringIO(), dialect, quoting=1)
            return [
                module.Dialect(dialect) is dialect,
                module.Dialect(dialect, strict=True) is dialect,
                module.Dialect(dialect, strict=True).delimiter,
                module.reader([], dialect).dialect is dialect,
                reader.dialect is sub,
                Sub.calls,
                sub.attribute[1],
                module.Dialect(sub) is sub,
                module.reader([]).dialect is module.reader([]).dialect,
                writer.dialect.delimiter,
                writer.dialect.quoting,
                type(module.reader([], sub, delimiter='|').dialect).__name__,
                twin.outcome(setattr, dialect, 'delimiter', ','),
                twin.outcome(setattr, dialect, 'other', ','),
            ]

        self.assertSame(work)

    def test_registry(self):
        class Name(str):
            pass

        class Evil(str):
            def __hash__(self):
                raise ZeroDivisionError('mine')

        def work(module):
            names = ['a', '', 'b', 5, None, Name('n'), Evil('e'), [], ('x',)]
            found = [twin.outcome(module.unregister_dialect, name) for name in names]
            found += [twin.outcome(module.get_dialect, name) for name in names]
            found += [twin.outcome(module.register_dialect, name) for name in names]
            found += [
                module.list_dialects(),
                twin.outcome(module.register_dialect, 'c', 'a', delimiter=';'),
                twin.outcome(module.register_dialect, 'd', csv.unix_dialect),
                twin.outcome(module.register_dialect, 'e', csv.unix_dialect, quoting=9),
                twin.outcome(module.register_dialect, 'e', 'c', 'd'),
                twin.outcome(module.register_dialect),
                twin.outcome(module.register_dialect, 'e', 'nothing'),
                module.get_dialect('c').delimiter,
                module.get_dialect('c') is module.get_dialect('c'),
                module.reader([], 'd').dialect is module.get_dialect('d'),
                module.reader([], Name('d')).dialect is module.get_dialect('d'),
                module.get_dialect('d').lineterminator,
                module._dialects is module._dialects,
                sorted(module._dialects),
            ]
            found += [twin.outcome(module.unregister_dialect, name) for name in names]
            # Any object can be put there.
            module._dialects['number'] = 5
            module._dialects['class'] = csv.excel_tab
            found += [
                twin.outcome(lambda: module.reader([], 'number').dialect.delimiter),
                twin.outcome(lambda: module.reader([], 'class').dialect.delimiter),
                module.get_dialect('number'),
                module.list_dialects(),
            ]
            return found

        with empty_registry():
            self.assertSame(work)

    def test_copies(self):
        for make in (lambda m: m.Dialect(), lambda m: m.reader([]), lambda m: m.writer(io.StringIO())):
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                self.assertSame(lambda m, p=protocol, f=make: pickle.dumps(f(m), p))
            self.assertSame(lambda m, f=make: copy.copy(f(m)))
            self.assertSame(lambda m, f=make: copy.deepcopy(f(m)))
            self.assertSame(lambda m, f=make: f(m).__reduce__(1, 2))
            self.assertSame(lambda m, f=make: type(f(m))())

    def test_subclasses(self):
        def work(module):
            class Sub(module.Reader):
                def __new__(cls):
                    return object.__new__(cls)

            class Base(module.Writer):
                pass

            return twin.outcome(Sub), twin.outcome(Base), twin.outcome(object.__new__, module.Dialect)

        self.assertSame(work)

    def test_cycles(self):
        for module in MODULES:

            class Lines(list):
                pass

            class File:
                def write(self, line):
                    pass

            class Sub(module.Dialect):
                pass

            lines, file, dialect = Lines(['a']), File(), Sub()
            lines.reader, file.writer = module.reader(lines, dialect), module.writer(file, dialect)
            dialect.both = lines.reader, file.writer
            found = [weakref.ref(each) for each in (lines, file)]

            def generate(box):
                yield 'a'
                yield box

            box = []
            box.append(module.reader(generate(box)))
            next(box[0])
            del lines, file, dialect, box
            gc.collect()
            gc.collect()
            self.assertEqual([each() for each in found], [None, None], module)

    def test_memory_errors(self):
        for make in (
            lambda m: lambda: list(m.reader(['a,"b""c",d\n', '"e\n', 'f"\n'])),
            lambda m: lambda: list(m.reader(['1,2.5,\xe9\n'], quoting=4)),
            lambda m: lambda: m.writer(io.StringIO()).writerow(['a', 1, 'b,c', 2.5, '\u4e2d"']),
            lambda m: lambda: m.Dialect(delimiter=';', lineterminator='abcdefgh'),
        ):
            self.assertSameMemoryErrors(make)

    def test_records_that_differ(self):
        """A field that writes a row itself: in C its row is a part of the other one, too (Doc/differences.md)."""

        class Writes:
            def __str__(self):
                writer.writerow(['inner'])
                return 'x'

        out = io.StringIO()
        writer = rust.writer(out)
        writer.writerow(['a', Writes(), 'b'])
        self.assertEqual(out.getvalue(), 'inner\r\na,x,b\r\n')


class Block(io.RawIOBase):
    """A file that is the same block again and again."""

    def __init__(self, block, times):
        self.parts = itertools.repeat(block, times)
        self.rest = b''

    def readable(self):
        return True

    def readinto(self, buffer):
        self.rest = self.rest or next(self.parts, b'')
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        return count


class Checksum(io.RawIOBase):
    """A file of which the length and a checksum are kept."""

    def __init__(self):
        self.size, self.sum = 0, 0

    def writable(self):
        return True

    def write(self, data):
        self.size, self.sum = self.size + len(data), zlib.crc32(data, self.sum)
        return len(data)


class Streams(unittest.TestCase):
    def test_memory_of_a_long_file(self):
        """A file of 32 MiB, or of 1 GiB with RUST_TEST_LONG=32, is read and written in the memory of a short one."""
        rows = [['a field', 'of, each', 'kind "', 'two\r\nlines', str(number), '\u4e2d\xe9'] for number in range(500)]
        text = io.StringIO(newline='')
        csv.writer(text).writerows(rows)
        block = text.getvalue().encode()

        def copy(times):
            source = io.TextIOWrapper(io.BufferedReader(Block(block, times)), 'utf-8', newline='')
            target = Checksum()
            with io.TextIOWrapper(io.BufferedWriter(target), 'utf-8', newline='') as out:
                rust.writer(out).writerows(rust.reader(source))
                out.flush()
                self.assertEqual(target.size, len(block) * times)
            return target.sum

        copy(20)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        times = twin.LONG * (32 << 20) // len(block)
        expected = 0
        for _ in range(times):
            expected = zlib.crc32(block, expected)
        self.assertEqual(copy(times), expected)
        # In KiB. It is the most that the process has ever used.
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 4096)


if __name__ == '__main__':
    unittest.main()
