"""_struct in many threads: a Struct whose format is replaced, shared iterators, the cache, and buffers that change."""

import gc
import random
import unittest
import warnings

import _rust__struct as rust
import in_threads

FORMATS = ('<i', '<qq', 'b', '<256s', '>hhhh', '<3d', '<1000B', '?', '<5s3p')
THREADS = 8


class Threads(unittest.TestCase):
    def setUp(self):
        # From 3.15 on a second format is deprecated.
        self.enterContext(warnings.catch_warnings())
        warnings.simplefilter('ignore', FutureWarning)

    def test_format_replaced_during_every_method(self):
        # Every call has the format of one moment: what it returns is right for that.
        shared = rust.Struct('<i')
        buffers = {size: bytes(size) for size in map(rust.calcsize, FORMATS)}
        values = {form: rust.unpack(form, bytes(rust.calcsize(form))) for form in FORMATS}
        packed = set()
        for form in FORMATS:
            for some in values.values():
                try:
                    packed.add(rust.pack(form, *some))
                except rust.error:
                    continue
        unpacked = {values[form] for form in FORMATS}

        def change():
            shared.__init__(random.choice(FORMATS))

        def unpack():
            for data in buffers.values():
                for call in (shared.unpack, shared.unpack_from, lambda data: next(shared.iter_unpack(data))):
                    try:
                        self.assertIn(call(data), unpacked)
                    except rust.error:
                        continue

        def pack():
            for some in values.values():
                try:
                    self.assertIn(shared.pack(*some), packed)
                    target = bytearray(1024)
                    shared.pack_into(target, 0, *some)
                    self.assertFalse(any(target[24:]))
                except rust.error:
                    continue

        def look():
            self.assertIn(shared.format, FORMATS)
            self.assertIn(shared.size, buffers)
            self.assertIn(repr(shared), [f'Struct({form!r})' for form in FORMATS])
            self.assertGreater(shared.__sizeof__(), 0)

        in_threads.again_and_again(change, change, unpack, unpack, pack, pack, look)

    def test_size_of_the_format_that_is_set_last(self):
        # Long ones, so that a thread that reads the format keeps the others waiting.
        sizes = {'<' + 'bx' * 3000 + code: 6000 + size for code, size in (('b', 1), ('h', 2), ('i', 4), ('q', 8))}
        for _ in range(30):
            shared, left = rust.Struct('<i'), [*sizes]
            shared.__init__('<q')

            def change(form, shared=shared, left=left):
                shared.__init__(form)
                left.pop()

            def read(shared=shared, left=left):
                while left:
                    self.assertGreater(len(shared.format), 1)

            in_threads.once(read, *[lambda form=form: change(form) for form in sizes])
            self.assertEqual(shared.size, sizes[shared.format])

    def test_format_replaced_by_an_argument(self):
        shared = rust.Struct('<4q')

        class Again:
            def __index__(self):
                shared.__init__(random.choice(FORMATS))
                return 5

        def work():
            try:
                found = shared.pack(Again(), Again(), Again(), 1)
            except rust.error:
                pass
            else:
                # The format of the start of the call is the only one with four integers, or one of shorts.
                self.assertIn(found, (rust.pack('<4q', 5, 5, 5, 1), rust.pack('>4h', 5, 5, 5, 1)))
            shared.__init__('<4q')

        in_threads.again_and_again(*[work] * THREADS)

    def test_object_without_a_format_that_gets_one(self):
        def work():
            for shared in objects:
                try:
                    self.assertEqual(shared.unpack(b'\1\0\0\0'), (1,))
                except RuntimeError:
                    shared.__init__('<i')

        objects = [rust.Struct.__new__(rust.Struct, '<i') for _ in range(2000)]
        in_threads.once(*[work] * THREADS)

    def test_shared_iterator(self):
        # Each struct is given to one thread, in the order of the buffer.
        data = b''.join(number.to_bytes(4, 'little') for number in range(20_000))
        for form in ('<I', '<I256x'):
            size = rust.calcsize(form)
            source = bytearray(b''.join(data[i : i + 4] + bytes(size - 4) for i in range(0, 20_000, 4)))
            shared, found = rust.iter_unpack(form, source), [[] for _ in range(THREADS)]

            def work(part, shared=shared, found=found):
                for (number,) in shared:
                    found[part].append(number)
                    shared.__length_hint__()

            in_threads.once(*[lambda part=part: work(part) for part in range(THREADS)])
            self.assertEqual(sorted(number for part in found for number in part), [*range(5000)])
            self.assertEqual([sorted(part) for part in found], found)
            source.append(0)

    def test_iterators_that_end_meanwhile(self):
        class Shared:
            iterator = iter(())

        def change():
            Shared.iterator = rust.Struct('<h').iter_unpack(bytearray(8))

        def read():
            for item in Shared.iterator:
                self.assertEqual(item, (0,))

        in_threads.again_and_again(change, *[read] * (THREADS - 1))

    def test_cache(self):
        def use():
            number = random.randrange(300)
            self.assertEqual(rust.calcsize(f'{number}x'), number)
            self.assertEqual(rust.pack(f'{number}s', b'')[:0], b'')
            self.assertEqual(rust.unpack('<h', b'\5\0'), (5,))

        in_threads.again_and_again(*[use] * (THREADS - 1), rust._clearcache)

    def test_buffers_that_change(self):
        shared = bytearray(64)
        whole = rust.Struct('<64s')

        def change():
            try:
                shared[:] = bytes(random.randrange(400))
                shared.clear()
                shared.extend(bytes(64))
            except BufferError:
                pass

        def use():
            for call in (
                lambda: whole.unpack(shared),
                lambda: rust.unpack_from('<64s', shared),
                lambda: rust.pack_into('<8q', shared, 0, *[0] * 8),
                lambda: rust.pack('<64s64p', shared, shared),
                lambda: list(rust.iter_unpack('<h', shared)),
            ):
                try:
                    call()
                except rust.error:
                    continue

        in_threads.again_and_again(change, change, *[use] * (THREADS - 2))

    def test_the_collector_with_iterators_and_structs(self):
        def make():
            class Sub(rust.Struct):
                pass

            made = Sub('<i')
            made.me = made
            made.iterator = made.iter_unpack(bytearray(40))
            next(made.iterator)

        in_threads.again_and_again(*[make] * 4, gc.collect, gc.get_objects)


if __name__ == '__main__':
    unittest.main()
