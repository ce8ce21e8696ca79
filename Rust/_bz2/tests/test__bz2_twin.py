"""The Rust _bz2 against its C twin: values, exceptions, messages, and one object in many threads."""

import functools
import itertools
import json
import pathlib
import sys
import threading
import unittest

import in_threads
import twin

rust, c = twin.pair('_bz2')


def sample(rng, length):
    """Return data with some order in it."""
    data = bytearray()
    while len(data) < length:
        data += rng.choice(
            (rng.randbytes(20), b'the quick brown fox ', bytes([rng.randrange(256)]) * rng.randrange(600))
        )
    return bytes(data[:length])


def packed(module, data, level=9):
    stream = module.BZ2Compressor(level)
    return stream.compress(data) + stream.flush()


def look(thing, *names):
    """Read attributes while another thread changes them."""
    return [getattr(thing, name) for name in names]


class Bz2Twin(twin.TwinTestCase):
    rust, c = rust, c

    def assertSame(self, function, *context):
        ours, theirs = (twin.outcome(function, module) for module in (rust, c))
        self.assertEqual(ours, theirs, context)
        return ours

    def test_interface(self):
        # It is computed, as another thread may be replacing it; C computes it, too, from 3.15 on.
        self.assertSameInterface(*(['BZ2Decompressor.unused_data:kind'] if sys.version_info < (3, 15) else []))

    def test_attributes(self):
        self.assertSameAttributes(lambda module: module.BZ2Compressor(), 'eof', 'nonsense', '__module__', '__dict__')
        names = ('eof', 'unused_data', 'needs_input', 'decompress', 'nonsense', '__module__', '__dict__')
        self.assertSameAttributes(lambda module: module.BZ2Decompressor(), *names)
        stream = packed(c, b'abc') + b'after it'

        def ended(module):
            made = module.BZ2Decompressor()
            made.decompress(stream)
            return made

        self.assertSameAttributes(ended, *names)
        self.assertSameModuleAttribute('nonsense')

    def test_words_of_memory_errors(self):
        data = twin.generator('memory').randbytes(150_000)
        small, large = packed(c, b'abc'), packed(c, data)
        for module_call in (
            lambda module: module.BZ2Compressor,
            lambda module: module.BZ2Decompressor,
            lambda module: functools.partial(module.BZ2Compressor().compress, b'abc'),
            lambda module: functools.partial(module.BZ2Compressor(1).compress, data),
            lambda module: module.BZ2Compressor().flush,
            lambda module: functools.partial(module.BZ2Decompressor().decompress, small),
            lambda module: functools.partial(module.BZ2Decompressor().decompress, large),
            lambda module: functools.partial(module.BZ2Decompressor().decompress, large, 100_000),
            lambda module: functools.partial(module.BZ2Decompressor().decompress, small + b'after it'),
        ):
            self.assertSameMemoryErrors(module_call)

    def test_arguments(self):
        for arguments in ((), (0,), (1,), (9,), (10,), (-1,), (2**31,), ('x',), (None,), (1, 2)):
            self.assertSame(lambda m, arguments=arguments: m.BZ2Compressor(*arguments) is None, arguments)
            self.assertSame(lambda m, arguments=arguments: m.BZ2Decompressor(*arguments) is None, arguments)
        self.assertSame(lambda m: m.BZ2Compressor(compresslevel=5))
        self.assertSame(lambda m: m.BZ2Decompressor(x=5))
        stream = packed(c, b'abc' * 1000)
        for value in (stream, bytearray(stream), memoryview(stream), 'x', None, 5, []):
            self.assertSame(lambda m, value=value: m.BZ2Compressor().compress(value) == b'', value)
            for limit in (-(2**63), -1, 0, 1, 5000, 2**63 - 1, 2**63, 'x', None):
                self.assertSame(
                    lambda m, limit=limit, value=value: m.BZ2Decompressor().decompress(value, limit), value, limit
                )
                self.assertSame(
                    lambda m, limit=limit, value=value: m.BZ2Decompressor().decompress(data=value, max_length=limit),
                    value,
                    limit,
                )

    def test_the_same_bytes(self):
        """The algorithm is bzip2's own, so even compressed bytes are the same."""
        rng = twin.generator('bytes')
        for level, length in itertools.product((1, 5, 9), (0, 1, 2, 3, 100, 999, 5000, 16_384, 16_385, 120_000)):
            data = sample(rng, length)
            ours = packed(rust, data, level)
            self.assertEqual(ours, packed(c, data, level))
            self.assertEqual(rust.BZ2Decompressor().decompress(ours), data)

    def test_large_blocks(self):
        """Full blocks of every level and the byte after them; data that is easy and that is hard to sort."""
        rng = twin.generator('blocks')
        text = pathlib.Path(json.__file__).parents[1].joinpath('pydoc_data/topics.py').read_bytes()
        numbers = json.dumps([rng.random() for _ in range(9000)]).encode()
        fibonacci, longer = b'a', b'ab'
        while len(longer) < 250_000:
            fibonacci, longer = longer, longer + fibonacci
        samples = {
            'text': (text * 2)[:910_000],
            'program': pathlib.Path(sys.executable).read_bytes()[1_000_000:1_450_000],
            'numbers': numbers,
            'noise': rng.randbytes(200_001),
            'letters': bytes(rng.choices(b'ab', k=110_000)),
            'zeros': bytes(6_000_000),
            'almost zeros': bytes(3_000_000) + b'x' + bytes(3_000_000),
            'period': b'ab' * 60_000 + b'a',
            'slopes': bytes(range(255, -1, -1)) * 500 + b'x',
            'Fibonacci': longer,
            'twice': (half := rng.randbytes(80_000)) + half + b'x',
            'no period': b'\xfb' * 5_000_000,
        }
        for sort, data in samples.items():
            for level in (1, 2, 9) if len(data) < 1_000_000 else (1, 9):
                with self.subTest(sort=sort, level=level):
                    self.assertEqual(packed(rust, data, level), packed(c, data, level))
        for level in range(1, 10):
            for length in range(level * 100_000 - 20, level * 100_000 - 17):
                self.assertEqual(packed(rust, text[:length], level), packed(c, text[:length], level), (level, length))

    def test_periodic_blocks(self):
        """The streams are the same, except for origPtr of a large block that repeats a long string."""
        for period, length in itertools.product((1, 2, 3, 7, 8, 9, 20, 256, 300), (4, 255, 260, 1000, 9999, 16_384)):
            data = (bytes(range(97, 97 + period % 100)) * length)[:length]
            self.assertEqual(packed(rust, data), packed(c, data), (period, length))
        data = twin.generator('repetitions').randbytes(1000) * 20
        ours, theirs = packed(rust, data), packed(c, data)
        self.assertEqual(ours[:14] + ours[18:], theirs[:14] + theirs[18:])
        for module in (rust, c):
            self.assertEqual(module.BZ2Decompressor().decompress(ours), data)

    def test_compressor_out_of_order(self):
        for calls in itertools.product(('compress', 'flush'), repeat=4):
            objects = rust.BZ2Compressor(1), c.BZ2Compressor(1)
            for call in calls:
                arguments = (b'data',) if call == 'compress' else ()
                self.assertEqual(*(twin.outcome(getattr(thing, call), *arguments) for thing in objects), calls)

    def test_random_use_of_the_compressor(self):
        rng = twin.generator('compressor')
        for _ in range(20):
            objects = rust.BZ2Compressor(1), c.BZ2Compressor(1)
            for _ in range(rng.randrange(10)):
                piece = sample(rng, rng.choice((0, 1, 500, 60_000)))
                self.assertEqual(*(thing.compress(piece) for thing in objects))
            self.assertEqual(*(thing.flush() for thing in objects))

    def test_random_use_of_the_decompressor(self):
        rng = twin.generator('decompressor')
        for _ in range(200):
            stream = bytearray(packed(c, sample(rng, rng.choice((0, 1, 500, 20_000))), 1) + rng.choice((b'', b'rest')))
            if rng.randrange(3) == 0:
                stream[rng.randrange(len(stream))] ^= 1 << rng.randrange(8)
            stream = bytes(stream)
            objects = rust.BZ2Decompressor(), c.BZ2Decompressor()
            position = 0
            for _ in range(rng.randrange(1, 30)):
                size, limit = rng.choice((0, 0, 1, 10, 300, 100_000)), rng.choice((-1, 0, 1, 50, 4000, 70_000))
                piece = stream[position : position + size]
                self.assertEqual(*(twin.outcome(thing.decompress, piece, limit) for thing in objects), (piece, limit))
                position += size
                for name in ('eof', 'unused_data', 'needs_input'):
                    self.assertEqual(*(getattr(thing, name) for thing in objects), name)

    def test_damage(self):
        rng = twin.generator('damage')
        stream = packed(c, sample(rng, 3000), 1)
        for position in range(len(stream)):
            damaged = bytearray(stream)
            damaged[position] ^= 1 << (position % 8)
            self.assertSame(lambda m, damaged=damaged: m.BZ2Decompressor().decompress(damaged), position)
            self.assertSame(lambda m, position=position: m.BZ2Decompressor().decompress(stream[:position]), position)

    def test_bombs_stay_within_the_limit(self):
        bomb = packed(c, bytes(20_000_000))
        decompressor = rust.BZ2Decompressor()
        self.assertEqual(decompressor.decompress(bomb, 1000), bytes(1000))
        total = 1000
        while not decompressor.eof:
            piece = decompressor.decompress(b'', 3_000_000)
            self.assertLessEqual(len(piece), 3_000_000)
            total += len(piece)
        self.assertEqual(total, 20_000_000)

    def test_shared_objects(self):
        data = sample(twin.generator('threads'), 300_000)
        stream = packed(c, data, 1)
        for _ in range(3):
            decompressor = rust.BZ2Decompressor()
            parts, lock = [decompressor.decompress(stream, 10)], threading.Lock()

            def work(decompressor=decompressor, parts=parts, lock=lock):
                while not decompressor.eof:
                    try:
                        with lock:
                            parts.append(decompressor.decompress(b'', 777))
                    except EOFError:
                        pass
                    look(decompressor, 'unused_data', 'needs_input')

            in_threads.once(*[work] * 4)
            self.assertEqual(b''.join(parts), data)
        compressor, parts = rust.BZ2Compressor(1), []

        def work():
            for _ in range(30):
                parts.append(compressor.compress(b'0123456789' * 700))
                try:
                    rust.BZ2Decompressor().decompress(stream[:100] + b'x')
                except OSError:
                    pass

        in_threads.once(*[work] * 4)
        parts = [part for part in parts if part]
        # All pieces are equal, but which call returns a block is undefined when several return one.
        if len(parts) < 2:
            self.assertEqual(
                c.BZ2Decompressor().decompress(b''.join(parts) + compressor.flush()), b'0123456789' * 700 * 120
            )


if __name__ == '__main__':
    unittest.main()
