"""array in many threads, which share arrays, iterators and views.

C's array does not stand the programs of `PROGRAMS`: it reads freed memory, crashes or hangs.
`python test_array_threads.py MODULE NAME` runs one of them with a module.
"""

import importlib
import io
import random
import sys
import unittest
from test.support import refleak_helper

import in_threads

THREADS = 8


def clear_and_extend(module):
    """Items are read while the array is emptied and filled: python/cpython issues 128942 and 146007."""
    shared = module.array('q', range(100))

    def change():
        shared.clear()
        shared.extend(range(random.randrange(2000)))

    def read():
        for index in (0, 50, -1):
            try:
                if not -1 < shared[index] < 2000:
                    raise AssertionError('an item that was never there')
            except IndexError:
                pass

    in_threads.again_and_again(change, *[read] * (THREADS - 1))


def from_list(module):
    """Items are taken out of a list that changes: issue 157072."""
    items = [float(value) for value in range(100)]

    def change():
        items.clear()
        items.extend(float(value) for value in range(random.randrange(100)))

    def take():
        array = module.array('d')
        try:
            array.fromlist(items)
        except RuntimeError:
            return
        if array.tolist() != list(map(float, range(len(array)))):
            raise AssertionError('items of two lists')

    in_threads.again_and_again(change, *[take] * (THREADS - 1))


def exports(module):
    """Views are made and released while others try to resize the array: issue 157759."""
    shared = module.array('i', range(1000))

    def view():
        with memoryview(shared) as exported:
            for _ in range(20):
                exported[len(exported) - 1] = 7

    def resize():
        try:
            shared.extend(shared[:500])
            del shared[1000:]
        except BufferError:
            pass

    in_threads.again_and_again(resize, resize, *[view] * (THREADS - 2))
    # All have been counted.
    shared.append(1)


PROGRAMS = {program.__name__: program for program in (clear_and_extend, from_list, exports)}


class Anything:
    """Every method, with what it may raise when others change the array meanwhile."""

    def __init__(self, module, code):
        self.module = module
        self.shared = module.array(code, self.items(code, 50))
        self.code = code
        self.iterator = iter(self.shared)

    @staticmethod
    def items(code, count):
        return ''.join(map(chr, range(60, 60 + count))) if code in 'uw' else list(range(count))

    def run(self):
        shared, code = self.shared, self.code
        item = self.items(code, 3)[random.randrange(3)]
        other = self.module.array(code, self.items(code, random.randrange(40)))
        start, stop = random.randrange(60), random.randrange(60)
        step = random.choice((None, None, -1, 2, 3))
        calls = [
            lambda: shared.append(item),
            lambda: shared.extend(other),
            lambda: shared.extend(shared),
            lambda: shared.extend(iter(other)),
            lambda: shared.insert(start, item),
            lambda: shared.pop(start),
            shared.pop,
            lambda: shared.remove(item),
            lambda: shared.index(item, start),
            lambda: shared.count(item),
            lambda: item in shared,
            shared.reverse,
            shared.byteswap,
            shared.byteswap,
            shared.buffer_info,
            shared.tobytes,
            shared.tolist,
            shared.clear,
            lambda: shared.frombytes(other.tobytes()),
            lambda: shared.frombytes(memoryview(shared).cast('B')),
            lambda: shared.fromlist(other.tolist()),
            lambda: shared.tofile(io.BytesIO()),
            lambda: shared.fromfile(io.BytesIO(other.tobytes()), len(other)),
            shared.__copy__,
            lambda: shared.__reduce_ex__(4),
            lambda: shared.__reduce_ex__(2),
            shared.__sizeof__,
            lambda: shared == other,
            lambda: other != shared,
            lambda: shared == shared,
            lambda: shared + other,
            lambda: shared * 2,
            lambda: other.__iadd__(shared),
            lambda: shared.__imul__(2),
            lambda: shared.__imul__(0),
            lambda: shared[start],
            lambda: shared.__setitem__(start, item),
            lambda: shared.__delitem__(start),
            lambda: shared[start:stop:step],
            lambda: shared.__setitem__(slice(start, stop), other),
            lambda: shared.__setitem__(slice(start, stop, step), shared),
            lambda: shared.__delitem__(slice(start, stop, step)),
            lambda: repr(shared),
            lambda: list(shared),
            lambda: next(self.iterator, None),
            lambda: self.iterator.__reduce__(),
            lambda: self.iterator.__setstate__(start),
            lambda: bytes(memoryview(shared)),
            lambda: list(reversed(shared)),
            shared.__len__,
            lambda: self.module.array(code, shared),
            lambda: memoryview(shared).cast('B')[0],
        ]
        if code in 'uw':
            calls += [shared.tounicode, lambda: shared.fromunicode('abc')]
        try:
            random.choice(calls)()
            del_past(shared, 2000)
        except (IndexError, ValueError, BufferError, OverflowError):
            pass


def del_past(array, length):
    """Keep the array short."""
    if len(array) > length:
        del array[length:]


class Threads(unittest.TestCase):
    def test_programs(self):
        rust = importlib.import_module('_rust_array')
        for name, program in PROGRAMS.items():
            with self.subTest(name):
                program(rust)

    def test_every_method(self):
        rust = importlib.import_module('_rust_array')
        codes = [code for code in rust.typecodes if code != 'u']
        # A second for each code: all types of numbers have the same methods, and none keeps references of its own.
        for code in codes[::4] if refleak_helper.hunting_for_refleaks() else codes:
            work = Anything(rust, code)
            in_threads.again_and_again(*[work.run] * THREADS)

    def test_items_are_appended_once(self):
        rust = importlib.import_module('_rust_array')
        shared = rust.array('i')
        with_view = rust.array('q', [0])

        def append(part):
            for index in range(2000):
                shared.append(part * 2000 + index)

        view = memoryview(with_view)

        def refused(part):
            for _ in range(200):
                self.assertRaises(BufferError, with_view.append, part)

        in_threads.once(*[lambda part=part: append(part) for part in range(THREADS)], lambda: refused(1))
        self.assertEqual(sorted(shared), list(range(2000 * THREADS)))
        view.release()
        with_view.append(1)

    def test_a_cycle_is_collected(self):
        import gc
        import weakref

        rust = importlib.import_module('_rust_array')

        class Sub(rust.array):
            pass

        array = Sub('i', [1])
        array.iterator = iter(array)
        reference = weakref.ref(array)
        del array
        gc.collect()
        self.assertIsNone(reference())


if __name__ == '__main__':
    if len(sys.argv) == 3:
        PROGRAMS[sys.argv[2]](importlib.import_module(sys.argv[1]))
    else:
        unittest.main()
