"""Random streams whose bytes are compared with those of zlib: a program for a process with the exact profile.

`exact_streams.py COUNT [SEED]`
"""

import random
import sys
import unittest

import _rust
import twin

rust, c = twin.pair('zlib')
WBITS = [15, 15, -15, 31, 8, 9, 10, 12, 14, -9, -10, -13, 25, 28]


def piece_of(rng, sizes=(0, 1, 10, 300, 3000, 40_000, 200_000)):
    """Return data with some order in it."""
    length, data = rng.choice(sizes), bytearray()
    alphabet = rng.choice((256, 256, 60, 4))
    while len(data) < length:
        kind = rng.randrange(4)
        if kind == 0:
            data += bytes(rng.choices(range(alphabet), k=rng.randrange(60)))
        elif kind == 1:
            data += bytes([rng.randrange(alphabet)]) * rng.randrange(400)
        elif kind == 2:
            data += b'the quick brown fox jumps over the lazy dog'[rng.randrange(40) :]
        elif data:
            start = rng.randrange(len(data))
            data += data[start : start + rng.randrange(600)]
    return bytes(data[:length])


def compare(rng):
    """Give both the same calls and compare every result."""
    level, wbits = rng.randrange(-1, 10), rng.choice(WBITS)
    data = piece_of(rng)
    assert rust.compress(data, level, wbits) == c.compress(data, level, wbits), ('compress', level, wbits)
    mem_level = rng.choice((8, rng.randrange(1, 10)))
    arguments = (level, 8, wbits, mem_level, rng.choice((0, rng.randrange(5))))
    keywords = {}
    if wbits < 16 and rng.random() < 0.2:
        keywords['zdict'] = piece_of(rng, (0, 1, 300, 50_000))
    streams = [z.compressobj(*arguments, **keywords) for z in (rust, c)]
    log = [arguments, keywords.keys()]

    def both(name, *args):
        log.append((name, *(len(arg) if isinstance(arg, bytes) else arg for arg in args)))
        ours, theirs = (getattr(stream, name)(*args) for stream in streams)
        if name == 'copy':
            return [ours, theirs]
        assert ours == theirs, log
        return None

    for _ in range(rng.randrange(8)):
        action = rng.randrange(10)
        if action < 6:
            both('compress', piece_of(rng))
        elif action < 9:
            both('flush', rng.choice((0, 1, 2, 2, 3, 5)))
        else:
            streams = both('copy')
    both('flush')


class Exact(unittest.TestCase):
    def test_profile(self):
        self.assertEqual(_rust.zlib_profile().name, 'exact')

    def test_room_that_a_flush_uses_up(self):
        # What is flushed ends at or near the end of the first block of output: zlib flushes once more at some lengths.
        noise = random.Random(1).randbytes(40_000)
        for level in (0, 6):
            for length in range(32_700, 32_775):
                results = []
                for z in (rust, c):
                    stream = z.compressobj(level, 8, -15)
                    results.append([stream.compress(noise[:length]), stream.flush(z.Z_SYNC_FLUSH), stream.flush()])
                self.assertEqual(*results, (level, length))

    def test_streams(self):
        rng = random.Random(SEED)
        for _ in range(COUNT):
            compare(rng)


if __name__ == '__main__':
    COUNT = int(sys.argv[1])
    SEED = sys.argv[2] if len(sys.argv) > 2 else '1'
    unittest.main(argv=sys.argv[:1])
