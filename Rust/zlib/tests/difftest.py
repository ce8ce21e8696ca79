"""How the differential fuzzer calls zlib.

In the fast profile compressed bytes differ, so what is compressed is decompressed again by `inflated` before it is
compared; what is given to decompressors was compressed by CPython's C module on both sides. In the exact profile the
bytes themselves are compared, after each call.
"""

import copy
import functools
import re

from difftest.generate import Line
from twin import pair

WBITS = ('15', '-15', '31', '9', '-9', '25', '10', '-12', '0', '47', '8', '-8', '16', '40', '32', '48', '-16', '7')


@functools.lru_cache(maxsize=256)
def packed(seed, size, sort, wbits=15, zdict=None):
    """Return data as the C module compresses it."""
    from difftest.objects import data

    c = pair('zlib')[1]
    extra = () if zdict is None else (zdict,)
    stream = c.compressobj(6, c.DEFLATED, wbits, 8, 0, *extra)
    return stream.compress(data(seed, size, sort)) + stream.flush()


@functools.lru_cache(maxsize=1)
def is_exact():
    """Tell whether compressed bytes are to be those of zlib."""
    import _rust

    return _rust.zlib_profile().name == 'exact'


def inflated(chunks, wbits=15, zdict=None):
    """Return what the chunks decompress to, by the C module; or the chunks, if they are to be the same."""
    if is_exact():
        return chunks
    c = pair('zlib')[1]
    stream = c.decompressobj(wbits, *(() if zdict is None else (zdict,)))
    joined = chunks if isinstance(chunks, bytes) else b''.join(chunks)
    return stream.decompress(joined), stream.eof, stream.unused_data


def block(gen, sizes=(0, 1, 5, 100, 1000, 20_000, 100_000)):
    sort = gen.pick('noise', 'text', 'runs', 'hex')
    return gen.rng.randrange(20), gen.rng.choice(sizes), sort


def stream(gen, wbits=15, zdict=None):
    """The text of a compressed stream: whole, cut, damaged, or followed by other bytes."""
    extra = '' if zdict is None else f', {zdict}'
    text = f'packed({", ".join(map(repr, block(gen)))}, {wbits}{extra})'
    return gen.pick(
        text, text, text, f"{text} + b'trailing'", f'{text}[:-{gen.rng.randrange(1, 12)}]',
        f'damaged({text}, {gen.rng.randrange(99)})',
        f'{text}[:{gen.rng.randrange(1, 40)}]', f'{text} * 2', f"b'{gen.pick('x', 'xxxxxxxx')}' + {text}",
    )  # fmt: skip


def packed_buffer(gen):
    return gen.buffer(stream(gen, gen.pick(15, 15, -15, 31)))


def window(gen):
    return gen.small() if gen.chance(0.1) else gen.rng.choice(WBITS)


def combined_length(gen):
    """The length of the second part of data: C's crc32_combine never returns for a negative one."""
    if gen.chance(0.7):
        return repr(gen.rng.getrandbits(gen.rng.choice((1, 4, 16, 31, 32, 40, 62, 63))))
    return gen.pick('0', '2**63 - 1', '2**63', '2**64', '-(2**63) - 1', 'Index(5)', 'Index(Failure)', 'True', '1.0')


combined_length.only = True


def compress(gen):
    """zlib.compress, and back."""
    good = gen.rng.choice((15, -15, 31, 9, 25, -10, 14))
    level = gen.pick('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-1', gen.of('small'))
    block_text = gen.of('buffer')
    return [Line(f'inflated(M.compress({block_text}, {level}, {good}), {good})')]


def refused(gen):
    """zlib.compress with arguments that may be refused, by the type of the result alone."""
    return [Line(f'type(M.compress({gen.of("buffer")}, {gen.of("small")}, {gen.of(window)}))')]


def compressor(gen):
    """A compression object: pieces, flushes, copies, and what comes after the end."""
    level = gen.pick('-1', '0', '1', '6', '9', gen.of('small'))
    wbits = gen.pick('15', '-15', '31', gen.of(window))
    options = [
        level,
        '8',
        wbits,
        gen.pick('8', '1', '9', gen.of('small')),
        gen.pick('0', '1', '2', '3', '4', gen.of('small')),
    ]
    zdict = None
    if gen.chance(0.3):
        zdict = f'data({", ".join(map(repr, block(gen, (0, 1, 300, 40_000))))})'
        options.append(zdict if gen.chance(0.7) else gen.buffer(zdict))
    program = [Line(f'M.compressobj({", ".join(options)})', target='o'), Line('[]', target='out')]
    for _ in range(gen.rng.randrange(1, 6)):
        action = gen.rng.randrange(10)
        if action < 5:
            data = f'data({", ".join(map(repr, block(gen)))})' if gen.chance(0.7) else gen.of('buffer')
            program.append(Line(f'out.append(o.compress({data}))'))
        elif action < 8:
            # What Z_BLOCK (5) and Z_PARTIAL_FLUSH (1) leave inside is for the next call.
            program.append(
                Line(f'out.append(o.flush({gen.pick("0", "2", "3", "1", "M.Z_FULL_FLUSH", gen.of("small"))}))')
            )
        else:
            program.append(
                Line(gen.pick('o.copy()', 'copy.copy(o)', 'o.__deepcopy__({})'), target=gen.pick('o', 'other'))
            )
    # Before a flush the two hold back different amounts.
    ended = gen.chance(0.8)
    program.append(Line('out.append(o.flush())' if ended else 'out.append(o.flush(2))'))
    extra = f', {options[5]}' if zdict else ''
    program.append(Line(f'inflated(out, {wbits}{extra})'))
    if ended and gen.chance(0.3):
        program += [Line("type(o.compress(b'more'))"), Line('type(o.flush())'), Line('type(o.copy())')]
    return program


def decompressor(gen):
    """A decompression object, with limits, dictionaries, copies and damage."""
    wbits = gen.pick(15, 15, -15, 31, 9)
    zdict = f'data({", ".join(map(repr, block(gen, (1, 300, 40_000))))})' if gen.chance(0.25) else None
    given = gen.pick(str(wbits), str(wbits), '47' if wbits > 0 else str(wbits), gen.of(window))
    options = [given] + ([zdict if gen.chance(0.8) else gen.of('buffer')] if zdict and gen.chance(0.9) else [])
    program = [
        Line(stream(gen, wbits, zdict if wbits != 31 else None), target='s'),
        Line(f'M.decompressobj({", ".join(options)})', target='o'),
    ]
    rest = 's'
    for _ in range(gen.rng.randrange(1, 7)):
        cut = gen.rng.choice((1, 10, 100, 1000, 10**6))
        limit = gen.pick(
            '', '', ', 1', ', 100', ', 10000', ', 0', f', {gen.of("size")}', f', max_length={gen.of("size")}'
        )
        action = gen.rng.randrange(12)
        if action < 8:
            program += [Line(f'o.decompress({rest}[:{cut}]{limit})'), Line(f'{rest}[{cut}:]', target='s')]
            if limit:
                program.append(Line('o.unconsumed_tail + s', target='s'))
            rest = 's'
        elif action < 9:
            program.append(Line(f'o.flush({gen.pick("", gen.of("size"))})'))
        elif action < 10:
            program.append(Line(gen.pick('o.copy()', 'o.__copy__()', 'o.__deepcopy__(None)'), target='o'))
        else:
            program.append(Line(f'o.decompress({gen.of("buffer")})'))
        program.append(Line('(o.eof, o.unused_data, o.unconsumed_tail)'))
    return [*program, Line('o.flush()'), Line('(o.eof, o.unused_data, o.unconsumed_tail)')]


def private_decompressor(gen):
    """_ZlibDecompressor, which gzip uses."""
    wbits = gen.pick(15, -15, 31)
    program = [
        Line(stream(gen, wbits), target='s'),
        Line(f'M._ZlibDecompressor({gen.pick(wbits, f"wbits={wbits}", gen.of(window))})', target='private'),
    ]
    for _ in range(gen.rng.randrange(1, 6)):
        cut = gen.rng.choice((1, 10, 100, 1000, 10**6))
        limit = gen.pick(
            '', ', -1', ', 1', ', 100', ', 10000', ', 0', f', {gen.of("size")}', f', max_length={gen.of("size")}'
        )
        piece = f's[:{cut}]' if gen.chance(0.9) else gen.of('buffer')
        program += [
            Line(f'private.decompress({piece}{limit})'),
            Line(f's[{cut}:]', target='s'),
            Line('(private.eof, private.needs_input, private.unused_data)'),
        ]
    return program


def constructors(gen):
    """The objects made of anything."""
    name = gen.pick('compressobj', 'decompressobj', '_ZlibDecompressor')
    names = {
        'compressobj': (
            ('level', 'small'),
            ('method', 'small'),
            ('wbits', window),
            ('memLevel', 'small'),
            ('strategy', 'small'),
            ('zdict', 'buffer'),
        ),
        'decompressobj': (('wbits', window), ('zdict', 'buffer')),
        '_ZlibDecompressor': (('wbits', window), ('zdict', 'buffer')),
    }[name]
    chosen = [f'{key}={gen.of(kind)}' for key, kind in names if gen.chance(0.4)]
    if gen.chance(0.3):
        chosen = [gen.of(kind) for _, kind in names[: gen.rng.randrange(len(names) + 1)]]
    return [Line(f'type(M.{name}({", ".join(chosen)}))')]


def same_error(line, c, rust, before):
    """Tell an error that is called by the commonest one's name."""
    words = 'Error -3 while decompressing data: invalid '
    both = c.type == rust.type == 'zlib.error' and 'private.decompress(' in line
    return (
        both
        and c.detail in (f'{words}distance code', f'{words}literal/length code')
        and (rust.detail == f'{words}distance too far back')
    )


def no_exception(line, c, rust, before):
    """Tell the exception that C's private class forgets to set, in the two ways that the interpreter notices."""
    forgotten = (
        "<method 'decompress' of 'zlib._ZlibDecompressor' objects> returned NULL without setting an exception",
        'error return without exception set',
    )
    theirs = c.type == 'SystemError' and c.detail in forgotten
    ours = (rust.type, rust.detail) == ('zlib.error', 'Error 2 while decompressing data')
    return 'private.decompress(' in line and theirs and ours


def beyond_the_window(line, c, rust, before):
    """Tell a stream that needs a larger window than it may have: what a call has written can be referred to anyway.

    One of the two does not raise, or goes on to another error; or both do, after different parts of the input, which
    `unconsumed_tail` shows.
    """
    words = 'invalid distance too far back'
    errors = [str(side.detail).endswith(words) for side in (c, rust) if side.type == 'zlib.error']
    if 'unconsumed_tail' in line:
        small = any(SMALL_WINDOW.search(text) for text, _ in before)
        return small and any(str(outcome.detail).endswith(words) for _, outcome in before)
    return sum(errors) == 1 and 'decompress(' in line


# A window of less than 32 KiB.
SMALL_WINDOW = re.compile(r'M\.decompressobj\((?:8|9|1[0-4]|-(?:8|9|1[0-4])|2[4-9]|30|4[0-6])\b')

HELPERS = {'packed': packed, 'inflated': inflated, 'copy': copy}
SKIP = ('compress', 'compressobj', 'decompressobj')
KINDS = {
    'decompress.data': packed_buffer,
    'wbits': window,
    'value': 'whole',
    'adler32.data': 'buffer',
    'crc32.data': 'buffer',
    'adler1': 'whole',
    'adler2': 'whole',
    'crc1': 'whole',
    'crc2': 'whole',
    'len2': combined_length,
}
FOUND = [
    ["M.adler32(b'', 2147483647)"],
    ['M.adler32(bytearray(), -2147483649)'],
    ["M.adler32(b'\\n', -33)"],
]
PROGRAMS = [compress, refused, compressor, decompressor, decompressor, private_decompressor, constructors]
ALLOWED = [
    (
        'past the end of a stream, zlib gives the words of an earlier call of its own',
        lambda line, c, rust, before: str(c.detail).replace('buffer error', 'inconsistent stream state') == rust.detail,
    ),
    ('damage in a stream that _ZlibDecompressor is fed in pieces has another name', same_error),
    ('_ZlibDecompressor needs a dictionary', no_exception),
    ('a stream needs a larger window, and the blocks of output are not as long', beyond_the_window),
]
