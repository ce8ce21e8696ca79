"""What `make bench` measures of zlib."""

import array
import base64
import gzip
import io
import itertools
import json
import pathlib
import random
import sys
import zipfile
import zlib

from bench.sweep import encoded

# From PyPI: name to install, name to import.
PEERS = {
    'zlib-ng': 'zlib_ng.zlib_ng',
    'isal': 'isal.isal_zlib',
    'deflate': 'deflate',
    'cramjam': 'cramjam',
}

# Levels that isal has at most, for which it is a peer.
ISAL_LEVELS = (1,)


def corpus():
    """Return kinds of data by name, 1 MiB each."""
    library = pathlib.Path(json.__file__).parents[1]
    source = b''.join(path.read_bytes() for path in sorted(library.glob('*.py')))
    prose = (library / 'pydoc_data/topics.py').read_bytes()
    rng = random.Random(7)
    records = [
        {'id': i, 'name': rng.choice(('ann', 'bob', 'cy')), 'score': rng.random(), 'tags': ['x'] * rng.randrange(4)}
        for i in range(16000)
    ]
    log = ''.join(
        f'2026-01-02 03:{i // 60 % 60:02}:{i % 60:02} INFO request {i} took {rng.randrange(900)} ms\n'
        for i in range(20_000)
    )
    lines = source.split(b'\n')
    size = 1 << 20
    # The executable is small when libpython is a shared library.
    binary = pathlib.Path(sys.executable).read_bytes()
    kinds = {
        'text': prose,
        'source': source,
        'binary': binary[size:] or binary,
        'json': json.dumps(records).encode(),
        'log': log.encode(),
        'base64': base64.b64encode(rng.randbytes(size)),
        'utf16': prose.decode().encode('utf-16-le'),
        'dna': bytes(rng.choices(b'ACGT', k=size)),
        'int32': bytes(array.array('i', range(size // 4))),
        'float64': bytes(array.array('d', (rng.gauss(0, 1) for _ in range(size // 8)))),
        'sorted': b'\n'.join(sorted(rng.choice(lines) for _ in range(40_000))),
        'compressed': zlib.compress(source),
        'period 300': rng.randbytes(300) * (size // 300 + 1),
        'noise': rng.randbytes(size),
        'zeros': bytes(size),
    }
    return {name: (data * (size // len(data) + 1))[:size] for name, data in kinds.items()}


def in_turn(function, samples, *args):
    """Return a call that takes another sample each time: from one short sample alone, processors learn all branches."""
    if len(samples) == 1:
        return function, (*samples, *args), {}
    following = itertools.cycle(samples).__next__
    return lambda: function(following(), *args), (), {}


def compress_row(bench, name, samples, level, goal, implementations):
    """Add a row of compression to the zlib format at a level."""
    rust, c, peers = implementations
    functions = {'rust': rust.compress, 'C': c.compress}
    if peers.get('zlib-ng'):
        functions['zlib-ng'] = peers['zlib-ng'].compress
    if peers.get('isal') and level in ISAL_LEVELS:
        functions['isal'] = peers['isal'].compress
    if peers.get('deflate'):
        functions['deflate'] = peers['deflate'].zlib_compress
    if peers.get('cramjam'):
        functions['cramjam'] = peers['cramjam'].zlib.compress

    def mean_length(key):
        return sum(len(functions[key](data, level)) for data in samples) // len(samples)

    calls = {key: in_turn(function, samples, level) for key, function in functions.items()}
    bench.row(name, len(samples[0]), calls, goal, length=mean_length)


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
    kinds = corpus()
    text = kinds['text']

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

    for size in (16, 100, 1000, 4096, 65536, 1 << 20):
        data, big = bench.random_bytes(size), size == 1 << 20
        both(f'crc32 {size}', size, lambda z, data=data: (z.crc32, (data,), {}), 13 if big else 1)
        both(f'adler32 {size}', size, lambda z, data=data: (z.adler32, (data,), {}), 18 if big else 1)
    # From CPython 3.15 on.
    if hasattr(c, 'crc32_combine'):
        for name in ('crc32_combine', 'adler32_combine'):
            for length in (100, 1 << 20, 10**15):
                both(f'{name} {length}', 1, lambda z, n=name, length=length: (getattr(z, n), (1, 2, length), {}), 1, ())
    for size in (16, 100, 1000, 8192, 8 << 20):
        data = (text * (size // len(text) + 1))[:size]
        packed = c.compress(data)
        whole(f'decompress text {size}', size, packed, 2.2 if size > 8192 else 1)
        for level in (1, 6, 9):
            if size > 1 << 20 and level == 9:
                continue
            goal = 1.3 if size > 1000 else 1
            compress_row(bench, f'compress {level} text {size}', [data], level, goal, (rust, c, peers))
    for kind, long_data in kinds.items():
        for size in (16 << 10, 1 << 20):
            whole(f'decompress {kind} {size}', size, c.compress(long_data[:size]), 1)
            samples = [long_data[start : start + size] for start in range(0, len(long_data), size)]
            for level in (1, 6, 9):
                compress_row(bench, f'compress {level} {kind} {size}', samples, level, 1.3, (rust, c, peers))
    objects(both, c, kinds)
    short_streams(both, c, text)
    end_to_end(bench, rust, c, text)


def objects(both, c, kinds):
    """Add objects that are given their input in pieces."""

    def stream_out(z, data, level, piece):
        def work():
            stream = z.compressobj(level)
            out = [stream.compress(data[start : start + piece]) for start in range(0, len(data), piece)]
            return b''.join(out) + stream.flush()

        return work, (), {}

    def stream_in(z, packed, piece):
        def work():
            stream = z.decompressobj()
            for start in range(0, len(packed), piece):
                stream.decompress(packed[start : start + piece])

        return work, (), {}

    def gzip_read(z, packed):
        def work():
            stream = z._ZlibDecompressor()
            while not stream.eof:
                stream.decompress(packed if stream.needs_input else b'', 131072)

        return work, (), {}

    text = kinds['text']
    for size in (100, 16384):
        data = text[:size]
        packed = c.compress(data)
        for level in (1, 6, 9):
            both(
                f'compressobj {level} {size}',
                size,
                lambda z, data=data, level=level: stream_out(z, data, level, 1 << 20),
                1,
                ('zlib-ng',),
            )
        both(f'decompressobj {size}', size, lambda z, packed=packed: stream_in(z, packed, 1 << 20), 1)
        both(f'_ZlibDecompressor {size}', size, lambda z, packed=packed: gzip_read(z, packed), 1, ())
    for kind in ('text', 'source', 'json', 'binary'):
        data = kinds[kind]
        packed = c.compress(data)
        for level in (1, 6):
            both(
                f'compressobj {level} {kind} by 16 KiB',
                len(data),
                lambda z, data=data, level=level: stream_out(z, data, level, 16384),
                1.3,
                ('zlib-ng', 'isal') if level in ISAL_LEVELS else ('zlib-ng',),
            )
        both(f'decompressobj {kind} by 16 KiB', len(data), lambda z, packed=packed: stream_in(z, packed, 16384), 1.3)
    packed = c.compress(text)
    both(f'_ZlibDecompressor by 128 KiB {len(text)}', len(text), lambda z: gzip_read(z, packed), 2.2, ())


def end_to_end(bench, rust, c, text):
    """Add what programs call: gzip and zipfile, which import zlib by name."""

    def with_zlib(z, work):
        """Return a call of `work` while the module gzip and zipfile use `z`."""

        def call():
            before = gzip.zlib, zipfile.zlib
            gzip.zlib = zipfile.zlib = z
            try:
                return work()
            finally:
                gzip.zlib, zipfile.zlib = before

        return call, (), {}

    def both(name, size, work, goal=1.3):
        bench.row(name, size, {'rust': with_zlib(rust, work), 'C': with_zlib(c, work)}, goal)

    library = pathlib.Path(json.__file__).parents[1]
    files = [(path.name, path.read_bytes()) for path in sorted(library.glob('[a-d]*.py'))]

    def archive():
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as writer:
            for name, data in files:
                writer.writestr(name, data)
        return out.getvalue()

    def extract():
        with zipfile.ZipFile(io.BytesIO(archived)) as reader:
            for name in reader.namelist():
                reader.read(name)

    def write():
        with gzip.open(io.BytesIO(), 'wb', 6) as file:
            for start in range(0, len(text), 8192):
                file.write(text[start : start + 8192])

    def read():
        with gzip.open(io.BytesIO(zipped)) as file:
            while file.read(65536):
                pass

    archived, zipped = archive(), gzip.compress(text)
    total = sum(len(data) for _, data in files)
    both('gzip.compress 6', len(text), lambda: gzip.compress(text, 6))
    both('gzip.decompress', len(text), lambda: gzip.decompress(zipped))
    both('gzip.open writing', len(text), write)
    both('gzip.open reading', len(text), read)
    both('zipfile writing', total, archive)
    both('zipfile reading', total, extract)


def short_streams(both, c, text):
    """Add parameters and flushes other than the default, for a hundred bytes."""
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

    out('compressobj 0', 0)
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
    """Add independent work of two threads, each with data and objects of its own."""
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
