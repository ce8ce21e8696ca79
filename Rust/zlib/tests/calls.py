"""Calls of zlib for the checks that run every module under stress and without memory."""


def calls(module):
    """Every function and class, with short and long input, as (label, factory of a callable without arguments)."""
    found = []

    def add(label, make):
        found.append((f'{label} {len(found)}', make))

    def plain(name, *args, **kwargs):
        add(name, lambda: lambda: getattr(module, name)(*args, **kwargs))

    data = b'some text that comes again, some text that does not: ' + bytes(range(256))
    # Little enough to be compressed in one go, and more than that.
    for source in (b'', data, bytearray(data), data * 40, memoryview(bytearray(data * 40))):
        plain('crc32', source, 7)
        plain('adler32', source)
        for level, wbits in ((0, 15), (1, 31), (6, -15), (9, 9)):
            plain('compress', source, level, wbits)
            packed = module.compress(source, level, wbits)
            plain('decompress', packed, wbits, 5)
            plain('decompress', bytearray(packed), wbits)

    # From CPython 3.15 on.
    if hasattr(module, 'crc32_combine'):
        for name in ('adler32_combine', 'crc32_combine'):
            plain(name, 1, 2**31, 10**18)
            plain(name, 1, 2, 2**64)

    def stream_out(pieces, *args, modes=(), **kwargs):
        def work():
            stream = module.compressobj(*args, **kwargs)
            result = [stream.compress(piece) for piece in pieces]
            result += [stream.flush(mode) for mode in modes]
            copy = stream.copy()
            return b''.join(result) + stream.flush() + copy.flush()

        return lambda: work

    add('compressobj', stream_out([b'', data]))
    add('compressobj', stream_out([data, bytearray(data * 40), data], 9, wbits=31))
    add('compressobj', stream_out([data], modes=(module.Z_SYNC_FLUSH, module.Z_FULL_FLUSH), zdict=data[:80]))
    add('compressobj', stream_out([data * 40], 1, 8, -9, 1, module.Z_FIXED))
    # Little data with every flush, and more of it after that.
    modes = (module.Z_PARTIAL_FLUSH, module.Z_SYNC_FLUSH, module.Z_FULL_FLUSH, module.Z_BLOCK)
    add('compressobj', stream_out([data], 6, 8, -15, modes=modes))
    add('compressobj', stream_out([data, data * 40], 6, 8, 15, 8, module.Z_RLE, data[:80]))

    def stream_in(packed, limit, **kwargs):
        def work():
            stream = module.decompressobj(**kwargs)
            result = [stream.decompress(packed, limit)]
            # Data after the end stays there, as in C.
            while stream.unconsumed_tail and not stream.eof:
                result.append(stream.decompress(stream.unconsumed_tail, limit))
            copy = stream.copy()
            return b''.join(result), stream.flush(), copy.flush(), stream.eof, stream.unused_data

        return lambda: work

    def gzip_read(packed, limit, **kwargs):
        def work():
            stream = module._ZlibDecompressor(**kwargs)
            result = []
            for start in range(0, len(packed), 50):
                result.append(stream.decompress(packed[start : start + 50], limit))
            while not stream.eof and not stream.needs_input:
                result.append(stream.decompress(b'', 100))
            return b''.join(result), stream.unused_data

        return lambda: work

    packed = module.compress(data * 40)
    with_dictionary = module.compressobj(zdict=data)
    with_dictionary = with_dictionary.compress(data) + with_dictionary.flush()
    for limit in (0, 1000):
        add('decompressobj', stream_in(packed + b'trailing', limit))
        add('_ZlibDecompressor', gzip_read(packed + b'trailing', limit or -1))
    for wbits in (-9, 12):
        small = module.compress(data * 40, 6, wbits)
        plain('decompress', small, wbits)
        add('decompressobj', stream_in(small, 700, wbits=wbits))
        add('_ZlibDecompressor', gzip_read(small, 700, wbits=wbits))
    add('decompressobj', stream_in(with_dictionary, 0, zdict=data))
    add('_ZlibDecompressor', gzip_read(with_dictionary, -1, zdict=bytearray(data)))

    # Refused: the errors of the module itself, and of its arguments.
    plain('decompress', packed[:-5])
    plain('decompress', b'x\x9c' + bytes(20))
    plain('decompress', with_dictionary)
    plain('compress', data, 10)
    plain('compress', 'text')
    plain('compressobj', 6, 9)
    plain('compressobj', strategy=17)
    plain('decompressobj', 7)
    plain('decompressobj', zdict=7)
    add('ended', lambda: lambda: [stream.flush() for stream in [module.compressobj()] * 2])
    add('damaged', lambda: lambda: module.decompressobj().decompress(b'no stream'))
    add('damaged', lambda: lambda: module._ZlibDecompressor().decompress(b'no stream'))
    return found


def buffers(module):
    """Functions of one buffer, which other threads write to and resize meanwhile."""

    def feed(stream, *args):
        return lambda data: stream.decompress(data, *args)

    packed = module.compress(bytes(range(256)) * 200)
    return [
        *((name, getattr(module, name)) for name in ('crc32', 'adler32', 'compress', 'decompress')),
        ('level 1', lambda data: module.compress(data, 1)),
        ('raw', lambda data: module.decompress(data, -15)),
        ('compressobj', module.compressobj().compress),
        ('zdict', lambda data: module.compressobj(zdict=data).compress(data)),
        ('decompressobj', lambda data: module.decompressobj(-15).decompress(data)),
        ('shared decompressobj', feed(module.decompressobj(-15), 100)),
        ('shared _ZlibDecompressor', feed(module._ZlibDecompressor(-15), 100)),
        ('as zdict', lambda data: module.decompressobj(-15, data).decompress(packed[2:])),
    ]


def shared(module):
    """Objects whose methods and attributes many threads use at once, with data that changes meanwhile."""
    text = b'some text that comes again and again, ' * 100
    packed = module.compress(text * 50)
    changing = bytearray(text)

    def change(stream):
        changing[:20] = stream.__class__.__name__.encode()[:20].ljust(20)

    def restart(box):
        box[0] = box[1]()

    out = [
        lambda box: box[0].compress(text),
        lambda box: box[0].compress(changing),
        lambda box: box[0].compress(b'little'),
        lambda box: box[0].flush(module.Z_SYNC_FLUSH),
        lambda box: box[0].flush(module.Z_BLOCK),
        lambda box: box[0].flush(),
        lambda box: box[0].copy().flush(),
        lambda box: change(box[0]),
        restart,
    ]
    inward = [
        lambda box: box[0].decompress(packed[:300]),
        lambda box: box[0].decompress(packed, 1000),
        lambda box: box[0].decompress(changing, 10),
        lambda box: (box[0].eof, box[0].unused_data),
        lambda box: change(box[0]),
        restart,
    ]
    more = [
        lambda box: box[0].unconsumed_tail,
        lambda box: box[0].decompress(box[0].unconsumed_tail[:500], 50),
        lambda box: box[0].flush(),
        lambda box: box[0].copy().decompress(packed),
    ]

    def boxed(make):
        """What is shared: a list of the object in use, and what makes the next."""
        return lambda: [make(), make]

    return [
        ('compressobj', boxed(module.compressobj), out),
        ('compressobj filtered', boxed(lambda: module.compressobj(strategy=module.Z_FILTERED)), out),
        ('decompressobj', boxed(module.decompressobj), inward + more),
        ('_ZlibDecompressor', boxed(module._ZlibDecompressor), [*inward, lambda box: box[0].needs_input]),
    ]
