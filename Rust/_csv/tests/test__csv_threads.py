"""_csv in many threads: readers, writers and dialects that are shared."""

import _rust__csv as rust
import csv
import io
import itertools
import random
import threading
import time
import unittest

import in_threads

THREADS = 8


class Reader(unittest.TestCase):
    def test_rows_are_of_whole_lines(self):
        # An iterator that does not wait: each row comes once, to one thread.
        rows = [[str(number), f'"{number}"\n', 'x' * (number % 50)] for number in range(3000)]
        out = io.StringIO(newline='')
        csv.writer(out).writerows(rows)
        reader = rust.reader(io.StringIO(out.getvalue(), newline=''))
        found = [[] for _ in range(THREADS)]
        in_threads.once(*[lambda rows=rows: rows.extend(reader) for rows in found])
        self.assertEqual(sorted(itertools.chain(*found)), sorted(rows))
        self.assertEqual(reader.line_num, 2 * len(rows))

    def test_iterator_that_waits(self):
        # Another thread may get in meanwhile, and what was read of a row may be lost. Lines stay whole.
        class Lines:
            def __init__(self):
                self.numbers, self.lock = iter(range(4000)), threading.Lock()

            def __iter__(self):
                return self

            def __next__(self):
                with self.lock:
                    number = next(self.numbers)
                if number % 20 == 0:
                    time.sleep(0.0001)
                return f'{number},{number},"{number}"\n'

        reader = rust.reader(Lines())
        found = []

        def read():
            while True:
                try:
                    found.append(next(reader))
                except StopIteration:
                    break
                except rust.Error as error:
                    self.assertEqual(str(error), 'iterator has already advanced the reader')

        in_threads.once(*[read] * THREADS)
        for row in found:
            self.assertEqual((len(row), len({*row})), (3, 1), row)
        self.assertGreater(len(found), 1000)

    def test_iterator_that_runs_python_code(self):
        lines = ['a,b\n', '"c\n', 'd",e\n', '\n', '"f"\n']

        def source():
            while True:
                yield random.choice(lines)

        class Source:
            def __iter__(self):
                return self

            def __next__(self):
                if random.random() < 0.1:
                    raise ValueError
                return random.choice(lines)

        for make in (source, Source):
            reader = rust.reader(make())

            def read(reader=reader):
                try:
                    for field in next(reader):
                        self.assertIsInstance(field, str)
                except (ValueError, StopIteration, rust.Error):
                    pass

            in_threads.again_and_again(*[read] * THREADS)

    def test_first_call_of_another_thread(self):
        # It comes in the middle of a call of the thread that has made the reader, which waits for it.
        class Lines:
            def __init__(self):
                self.lines = iter(['a,b\n', '"c\n', 'd",e\n', 'f\n', 'g\n'])
                self.works = [None, read]

            def __iter__(self):
                return self

            def __next__(self):
                line = next(self.lines)
                if self.works and (work := self.works.pop(0)):
                    in_threads.once(work)
                return line

        def read():
            others.append(next(reader))

        others = []
        reader = rust.reader(Lines())
        self.assertEqual(next(reader), ['a', 'b'])
        # The other thread has read the end of what would have been a row of two lines.
        with self.assertRaisesRegex(rust.Error, '^iterator has already advanced the reader$'):
            next(reader)
        in_threads.once(read)
        self.assertEqual(others, [['d"', 'e'], ['f']])
        self.assertEqual(next(reader), ['g'])
        self.assertEqual(reader.line_num, 4)

    def test_another_thread_while_the_iterator_computes(self):
        # It waits, as it does for the C module: the iterator is never called by two threads at the same time.
        lines = ['a,b\n', '"c\n', 'd\n', 'e"\n', 'f\n']
        begun = threading.Event()

        def compute():
            begun.set()
            end = time.perf_counter() + 0.2
            while time.perf_counter() < end:
                pass

        def generate():
            for index, line in enumerate(lines):
                if index == 2:
                    compute()
                yield line

        def read():
            begun.wait()
            found.extend(reader)

        reader, found = rust.reader(generate()), []
        thread = threading.Thread(target=read)
        thread.start()
        self.assertEqual([next(reader), next(reader)], [['a', 'b'], ['c\nd\ne']])
        thread.join()
        self.assertEqual(found, [['f']])

    def test_limit_that_changes(self):
        before = rust.field_size_limit()

        def change():
            rust.field_size_limit(random.choice((0, 5, 100, 131072)))

        def read():
            try:
                self.assertEqual(list(rust.reader(['abcdefg,"hi""j"\n'])), [['abcdefg', 'hi"j']])
            except rust.Error as error:
                self.assertRegex(str(error), r'^field larger than field limit \((0|5|100|131072)\)$')

        try:
            in_threads.again_and_again(change, *[read] * (THREADS - 1))
        finally:
            rust.field_size_limit(before)


class Writer(unittest.TestCase):
    def test_rows_are_whole(self):
        class Text:
            def __init__(self, text):
                self.text = text

            def __str__(self):
                # Long enough for other threads to write rows meanwhile.
                return ''.join([*self.text])

        out = io.StringIO(newline='')
        writer = rust.writer(out)
        count = 300

        def write():
            for number in range(count):
                text = str(number)
                row = [text, Text(text), number, f'"{text}"']
                writer.writerow(random.choice((list, tuple, iter))(row))

        in_threads.once(*[write] * THREADS)
        expected = [[str(number)] * 3 + [f'"{number}"'] for number in range(count)] * THREADS
        self.assertEqual(sorted(csv.reader(io.StringIO(out.getvalue(), newline=''))), sorted(expected))

    def test_row_that_changes(self):
        row = ['a'] * 10
        out = io.StringIO(newline='')
        writer = rust.writer(out)

        def change():
            row.append(random.choice(('b,c', 1, None, 'x' * 100)))
            if len(row) > 50:
                del row[:]

        def write():
            writer.writerow(row)
            out.seek(0)
            out.truncate()

        in_threads.again_and_again(*[change] * 3, *[lambda: rust.writer(io.StringIO()).writerow(row)] * 4, write)


class Registry(unittest.TestCase):
    def test_names_that_come_and_go(self):
        def register():
            rust.register_dialect('shared', delimiter=random.choice(';|'))

        def unregister():
            try:
                rust.unregister_dialect('shared')
            except rust.Error as error:
                self.assertEqual(str(error), 'unknown dialect')

        def use():
            try:
                self.assertIn(rust.get_dialect('shared').delimiter, ';|')
                self.assertEqual(len(list(rust.reader(['a;b|c'], 'shared'))[0]), 2)
            except rust.Error as error:
                self.assertEqual(str(error), 'unknown dialect')

        in_threads.again_and_again(register, register, unregister, use, use, use, rust.list_dialects)

    def test_first_use_of_a_dialect(self):
        # The first reader or writer derives from the options what to search for; several threads may do so at once.
        dialects = [
            rust.Dialect(delimiter=';|'[n % 2], lineterminator='\n' if n % 3 else 'longer\n') for n in range(1000)
        ]

        def use():
            for dialect in dialects:
                self.assertEqual(list(rust.reader(['a;b|c'], dialect)), ['a;b|c'.split(dialect.delimiter)])
                out = io.StringIO()
                rust.writer(out, dialect).writerow(['a', 'b'])
                self.assertEqual(out.getvalue(), f'a{dialect.delimiter}b{dialect.lineterminator}')

        in_threads.once(*[use] * THREADS)


if __name__ == '__main__':
    unittest.main()
