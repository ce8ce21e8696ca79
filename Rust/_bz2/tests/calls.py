"""Calls of _bz2 for the checks that run every module under stress and without memory."""


def calls(module):
    """Both classes, with short and long input, as (label, factory of a callable without arguments)."""
    found = []

    def add(label, make):
        found.append((f'{label} {len(found)}', make))

    def compress(pieces, *args):
        def work():
            stream = module.BZ2Compressor(*args)
            return b''.join([stream.compress(piece) for piece in pieces]) + stream.flush()

        return work

    def decompress(packed, limit):
        def work():
            stream = module.BZ2Decompressor()
            result = [stream.decompress(packed, limit)]
            while not stream.eof and not stream.needs_input:
                result.append(stream.decompress(b'', limit))
            return b''.join(result), stream.eof, stream.unused_data

        return work

    data = b'some text that comes again, some text that does not: ' + bytes(range(256))
    for level, pieces in ((9, [b'']), (1, [data, bytearray(data)]), (5, [data * 100, memoryview(data)])):
        add('compress', lambda level=level, pieces=pieces: compress(pieces, level))
        packed = compress(pieces, level)() + b'more data'
        for limit in (-1, 500):
            add('decompress', lambda packed=packed, limit=limit: decompress(packed, limit))
        add('decompress', lambda packed=packed: decompress(bytearray(packed), -1))

    def flush_twice():
        stream = module.BZ2Compressor()
        stream.flush()
        stream.flush()

    def feed_twice(first):
        stream = module.BZ2Decompressor()
        try:
            stream.decompress(first)
        except OSError:
            pass
        stream.decompress(b'')

    # Refused: the errors of the module itself, and of its arguments.
    packed = compress([data], 1)()
    add('flush twice', lambda: flush_twice)
    add('after the end', lambda: lambda: feed_twice(packed))
    add('after an error', lambda: lambda: feed_twice(b'no stream'))
    add('damaged', lambda: decompress(packed[:40] + b'x' + packed[41:], -1))
    add('level', lambda: lambda: module.BZ2Compressor(10))
    add('text', lambda: compress(['text']))
    return found


def buffers(module):
    """Functions of one buffer, which other threads write to and resize meanwhile."""
    decompressor = module.BZ2Decompressor()
    return [
        ('compress', lambda data: module.BZ2Compressor(1).compress(data)),
        ('shared compress', module.BZ2Compressor(1).compress),
        ('decompress', lambda data: module.BZ2Decompressor().decompress(data)),
        ('shared decompress', lambda data: decompressor.decompress(data, 10)),
        ('after a header', lambda data: [decompressor.decompress(piece) for piece in (b'BZh1', data)]),
    ]


def shared(module):
    """Objects whose methods and attributes many threads use at once, with data that changes meanwhile."""
    text = b'some text that comes again and again, ' * 100
    packed = module.BZ2Compressor(1)
    packed = packed.compress(text * 20) + packed.flush()
    changing = bytearray(text)

    def change(stream):
        changing[:20] = stream.__class__.__name__.encode()[:20].ljust(20)

    def restart(box):
        box[0] = box[1]()

    out = [
        lambda box: box[0].compress(text),
        lambda box: box[0].compress(changing),
        lambda box: box[0].compress(b'little'),
        lambda box: box[0].flush(),
        lambda box: change(box[0]),
        restart,
    ]
    inward = [
        lambda box: box[0].decompress(packed[:100]),
        lambda box: box[0].decompress(packed, 1000),
        lambda box: box[0].decompress(packed[:4] + changing, 10),
        lambda box: box[0].decompress(b'', 50),
        lambda box: (box[0].eof, box[0].unused_data, box[0].needs_input),
        lambda box: change(box[0]),
        restart,
    ]

    def boxed(make):
        """What is shared: a list of the object in use, and what makes the next."""
        return lambda: [make(), make]

    return [
        ('BZ2Compressor', boxed(lambda: module.BZ2Compressor(1)), out),
        ('BZ2Decompressor', boxed(module.BZ2Decompressor), inward),
    ]
