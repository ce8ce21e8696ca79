"""What `make bench` measures of zlib."""

import pathlib
import zlib

from bench.sweep import encoded

# From PyPI: name to install, name to import.
PEERS = {'zlib-ng': 'zlib_ng.zlib_ng', 'isal': 'isal.isal_zlib', 'deflate': 'deflate'}


def corpus():
    """Return sorts of data by name, 1 MiB each: documentation, source code, a program, JSON, noise, zeros."""
    import json
    import random
    import sys

    library = pathlib.Path(json.__file__).parents[1]
    source = b''.join(path.read_bytes() for path in sorted(library.glob('*.py')))
    prose = (library / 'pydoc_data/topics.py').read_bytes()
    rng = random.Random(7)
    records = [
        {'id': i, 'name': rng.choice(('ann', 'bob', 'cy')), 'score': rng.random(), 'tags': ['x'] * rng.randrange(4)}
        for i in range(16000)
    ]
    size = 1 << 20
    sorts = {
        'text': prose,
        'source': source,
        'binary': pathlib.Path(sys.executable).read_bytes(),
        'json': json.dumps(records).encode(),
        'noise': rng.randbytes(size),
        'zeros': bytes(size),
    }
    return {name: (data * (size // len(data) + 1))[:size] for name, data in sorts.items()}


SWEEP_KINDS = {
    'stream': encoded(zlib.compress) | {'zeros': lambda size, place: zlib.compress(bytes(size))},
    'length': {'length': 1000},
}
SWEEP = {
    'adler32_combine': [('zero', 'zero', 'length')],
    'compress': [('bytes',)],
    'compressobj.compress': [('bytes',)],
    'crc32_combine': [('zero', 'zero', 'length')],
    'decompress': [('stream',)],
    'decompressobj.decompress': [('stream',)],
    '_ZlibDecompressor.decompress': [('stream',)],
}


def compressing(z):
    def work(data):
        stream = z.compressobj()
        return stream.compress(data) + stream.flush()

    return work


SWEEP_CALLS = {
    'compressobj.compress': compressing,
    'decompressobj.decompress': lambda z: lambda data: z.decompressobj().decompress(data),
    '_ZlibDecompressor.decompress': lambda z: lambda data: z._ZlibDecompressor().decompress(data),
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the input bytes, and a call for each implementation."""
    sorts = corpus()
    text = sorts['text']

    def both(name, size, call, goal, peer_names=('zlib-ng', 'isal')):
        """`call` makes the (function, args, kwargs) of one implementation."""
        calls = {'rust': call(rust), 'C': call(c)}
        calls |= {key: call(peers[key]) for key in peer_names if peers.get(key)}
        bench.row(name, size, calls, goal)

    def whole(name, size, packed, goal):
        """Decompress a whole stream; libdeflate is told the length of the output."""
        calls = {key: (z.decompress, (packed,), {}) for key, z in (('rust', rust), ('C', c))}
        calls |= {key: (peers[key].decompress, (packed,), {}) for key in ('zlib-ng', 'isal') if peers.get(key)}
        if peers.get('deflate'):
            calls['deflate'] = (peers['deflate'].zlib_decompress, (packed, size), {})
        bench.row(name, size, calls, goal)

    for size in (100, 4096, 1 << 20):
        data, big = bench.random_bytes(size), size == 1 << 20
        both(f'crc32 {size}', size, lambda z, data=data: (z.crc32, (data,), {}), 13 if big else 1)
        both(f'adler32 {size}', size, lambda z, data=data: (z.adler32, (data,), {}), 18 if big else 1)
    for size in (100, 1000, 16384, 1 << 20, 8 << 20):
        data = (text * (size // len(text) + 1))[:size]
        packed = c.compress(data)
        big = size > 16384
        whole(f'decompress {size}', size, packed, 2.2 if big else 1)
        for level, goal in ((1, 2.5), (6, 2.4), (9, 1.5)):
            if size == 8 << 20 and level == 9:
                continue
            # isal has no levels above 3.
            both(
                f'compress {level} {size}',
                size,
                lambda z, data=data, level=level: (z.compress, (data, level), {}),
                goal if big else 1,
                ('zlib-ng',),
            )
    for sort in ('source', 'binary', 'json', 'noise', 'zeros'):
        data = sorts[sort]
        packed = c.compress(data)
        whole(f'decompress {sort}', len(data), packed, 1)
        for level, goal in ((1, 1 if sort in ('noise', 'zeros') else 2.5), (6, 1)):
            both(
                f'compress {level} {sort}',
                len(data),
                lambda z, data=data, level=level: (z.compress, (data, level), {}),
                goal,
                ('zlib-ng',),
            )

    def stream_out(z, data):
        def work():
            stream = z.compressobj(6)
            return stream.compress(data) + stream.flush()

        return work, (), {}

    def stream_in(z, packed):
        def work():
            stream = z.decompressobj()
            return stream.decompress(packed) + stream.flush()

        return work, (), {}

    def gzip_read(z, packed):
        def work():
            stream = z._ZlibDecompressor()
            while not stream.eof:
                stream.decompress(packed if stream.needs_input else b'', 131072)

        return work, (), {}

    for size in (100, 16384):
        data = text[:size]
        packed = c.compress(data)
        both(f'compressobj {size}', size, lambda z, data=data: stream_out(z, data), 1, ('zlib-ng',))
        both(f'decompressobj {size}', size, lambda z, packed=packed: stream_in(z, packed), 1)
    little(both, c, text)
    packed = c.compress(text)
    both(f'_ZlibDecompressor by 128 KiB {len(text)}', len(text), lambda z: gzip_read(z, packed), 2.2, ())


def little(both, c, text):
    """Add what can be asked for of a hundred bytes besides the default."""
    data, dictionary = text[5000:5100], text[:400]

    def stream_out(z, *args, flushes=(), **keywords):
        def work():
            stream = z.compressobj(*args, **keywords)
            for mode in flushes:
                stream.compress(data)
                stream.flush(mode)
            return stream.compress(data) + stream.flush()

        return work, (), {}

    def stream_in(z, packed, *args):
        def work():
            stream = z.decompressobj(*args)
            return stream.decompress(packed) + stream.flush()

        return work, (), {}

    def out(name, *args, size=100, **keywords):
        both(f'{name} 100', size, lambda z: stream_out(z, *args, **keywords), 1, ('zlib-ng',))

    for level in (0, 1, 9):
        out(f'compressobj {level}', level)
    for name, wbits in (('raw', -15), ('gzip', 31)):
        packed = c.compress(data, 6, wbits)
        out(f'compressobj {name}', 6, 8, wbits)
        both(f'compress 6 {name} 100', 100, lambda z, wbits=wbits: (z.compress, (data, 6, wbits), {}), 1, ('zlib-ng',))
        both(f'decompress {name} 100', 100, lambda z, w=wbits, packed=packed: (z.decompress, (packed, w), {}), 1)
        both(f'decompressobj {name} 100', 100, lambda z, w=wbits, packed=packed: stream_in(z, packed, w), 1)
    for name, strategy in (('filtered', 1), ('huffman', 2), ('rle', 3), ('fixed', 4)):
        out(f'compressobj {name}', 6, 8, 15, 8, strategy)
    for name, mode in (('partial', 1), ('sync', 2), ('full', 3), ('block', 5)):
        out(f'compressobj {name} flush', flushes=(mode,), size=200)
    out('compressobj sync flush, 3 times', flushes=(2, 2, 2), size=400)
    out('compressobj zdict', zdict=dictionary)
    stream = c.compressobj(zdict=dictionary)
    packed = stream.compress(data) + stream.flush()
    both('decompressobj zdict 100', 100, lambda z: stream_in(z, packed, 15, dictionary), 1)
    packed = c.compress(data, 6, -12)
    both('decompressobj raw 12 100', 100, lambda z: stream_in(z, packed, -12), 1)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with data and objects of its own."""
    text = corpus()['text'][:65536]
    packed = c.compress(text)

    def streams(z):
        data = bytes(bytearray(text))

        def work():
            stream = z.compressobj(6)
            return stream.compress(data) + stream.flush()

        return work, (), {}

    bench.thread_row(
        'compress 6 65536',
        65536,
        {key: lambda z=z: (z.compress, (bytes(bytearray(text)), 6), {}) for key, z in (('rust', rust), ('C', c))},
    )
    bench.thread_row(
        'decompress 65536',
        65536,
        {key: lambda z=z: (z.decompress, (bytes(bytearray(packed)),), {}) for key, z in (('rust', rust), ('C', c))},
    )
    bench.thread_row('compressobj 65536', 65536, {'rust': lambda: streams(rust), 'C': lambda: streams(c)})
