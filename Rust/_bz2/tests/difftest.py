"""How the differential fuzzer calls _bz2. What is given to decompressors was compressed by CPython's C module."""

import functools

from difftest.generate import Line
from twin import pair


@functools.lru_cache(maxsize=256)
def packed(seed, size, sort, level=9):
    """Return data as the C module compresses it."""
    from difftest.objects import data

    stream = pair('_bz2')[1].BZ2Compressor(level)
    return stream.compress(data(seed, size, sort)) + stream.flush()


def block(gen):
    """The arguments of `data` for plain bytes."""
    size = gen.rng.choice((0, 1, 5, 100, 1000, 20_000, 110_000))
    return f'{gen.rng.randrange(20)}, {size}, {gen.pick("noise", "text", "runs")!r}'


def compressor(gen):
    """Pieces, the end, and what comes after it."""
    level = gen.pick('', '', '1', '5', '9', gen.of('small'), f'compresslevel={gen.of("small")}', f'1, {gen.anything()}')
    program = [Line(f'M.BZ2Compressor({level})', target='o')]
    for _ in range(gen.rng.randrange(4)):
        program.append(Line(f'o.compress({f"data({block(gen)})" if gen.chance(0.6) else gen.of("buffer")})'))
    program.append(Line('o.flush()'))
    if gen.chance(0.3):
        program += [Line("o.compress(b'')"), Line('o.flush()'), Line('M.BZ2Compressor.__init__(o)')]
    return program


def decompressor(gen):
    """Pieces, limits and damage."""
    text = f'packed({block(gen)}, {gen.rng.choice((1, 1, 5, 9))})'
    text = gen.pick(
        text, text, f"{text} + b'more data'", f'{text} * 2', f'{text}[:-{gen.rng.randrange(1, 20)}]',
        f'damaged({text}, {gen.rng.randrange(200)})', f"b'BZh{gen.rng.randrange(10)}' + {text}[4:]", gen.of('block'),
    )  # fmt: skip
    program = [
        Line(text, target='s'),
        Line(f'M.BZ2Decompressor({gen.anything() if gen.chance(0.03) else ""})', target='o'),
    ]
    for _ in range(gen.rng.randrange(1, 7)):
        cut = gen.rng.choice((1, 4, 10, 100, 1000, 10**6, 10**6))
        limit = gen.pick(
            '', '', ', -1', ', 0', ', 1', ', 100', ', 10000', f', {gen.of("size")}', f', max_length={gen.of("size")}'
        )
        piece = f's[:{cut}]' if gen.chance(0.9) else gen.of('buffer')
        program += [
            Line(f'o.decompress({piece}{limit})'),
            Line(f's[{cut}:]', target='s'),
            Line('(o.eof, o.needs_input, o.unused_data)'),
        ]
    return program


def other_row(line, c, rust, before):
    """Tell two names of one row: only bits of `origPtr` differ, which is 24 bits long.

    The header of the block, and so its place, may be in the bytes that an earlier line returned.
    """
    both = [side.detail[1] for side in (c, rust) if side.type == 'bytes']
    if len(both) != 2 or len(both[0]) != len(both[1]):
        return False
    bits = int.from_bytes(both[0]) ^ int.from_bytes(both[1])
    return bits.bit_length() - (bits & -bits).bit_length() < 24


HELPERS = {'packed': packed}
PROGRAMS = [compressor, decompressor, decompressor]
ALLOWED = [('a block repeats a longer string, and several of its rows are equal', other_row)]
