"""What `make bench` measures of _bz2."""

import bz2
import json
import pathlib

from bench.sweep import encoded

PEERS = {}


SWEEP_KINDS = {'stream': encoded(bz2.compress) | {'zeros': lambda size, place: bz2.compress(bytes(size))}}
SWEEP = {'BZ2Compressor.compress': [('bytes',)], 'BZ2Decompressor.decompress': [('stream',)]}


def compressing(z):
    def work(data):
        stream = z.BZ2Compressor()
        return stream.compress(data) + stream.flush()

    return work


SWEEP_CALLS = {
    'BZ2Compressor.compress': compressing,
    'BZ2Decompressor.decompress': lambda z: lambda data: z.BZ2Decompressor().decompress(data),
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the input bytes, and a call for each implementation."""
    topics = (pathlib.Path(json.__file__).parents[1] / 'pydoc_data/topics.py').read_bytes()
    sorts = {'text': topics, 'noise': bench.random_bytes(1 << 20), 'zeros': bytes(1 << 20)}

    def compress(z, data, level):
        def work():
            stream = z.BZ2Compressor(level)
            return stream.compress(data) + stream.flush()

        return work, (), {}

    def decompress(z, packed):
        return lambda: z.BZ2Decompressor().decompress(packed), (), {}

    for sort, data in sorts.items():
        for size in (100, 1000, 10000, 16384, 1 << 20) if sort == 'text' else (1 << 20,):
            piece = (data * (size // len(data) + 1))[:size]
            for level in (1, 9) if sort == 'text' else (9,):
                packed = c.BZ2Compressor(level)
                packed = packed.compress(piece) + packed.flush()
                goal = 1.1 if size > 16384 else 1
                bench.row(
                    f'compress {level} {sort} {size}',
                    size,
                    {'rust': compress(rust, piece, level), 'C': compress(c, piece, level)},
                    goal,
                )
                bench.row(
                    f'decompress {level} {sort} {size}',
                    size,
                    {'rust': decompress(rust, packed), 'C': decompress(c, packed)},
                    goal,
                )


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with data and objects of its own."""
    topics = (pathlib.Path(json.__file__).parents[1] / 'pydoc_data/topics.py').read_bytes()[:16384]
    stream = c.BZ2Compressor(1)
    packed = stream.compress(topics) + stream.flush()

    def compress(z):
        data = bytes(bytearray(topics))

        def work():
            stream = z.BZ2Compressor(1)
            return stream.compress(data) + stream.flush()

        return work, (), {}

    def decompress(z):
        data = bytes(bytearray(packed))
        return lambda: z.BZ2Decompressor().decompress(data), (), {}

    for name, make in (('compress 1 16384', compress), ('decompress 1 16384', decompress)):
        bench.thread_row(name, 16384, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)})
