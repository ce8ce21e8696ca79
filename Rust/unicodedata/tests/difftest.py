"""How the differential fuzzer calls unicodedata."""

from difftest.generate import Line

BLOCKS = (
    (0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x590, 0x700), (0x900, 0xA00), (0x1100, 0x1200), (0x1AB0, 0x1B00),
    (0x1D00, 0x2100), (0x2100, 0x2500), (0x3040, 0x3400), (0xAC00, 0xD7A4), (0xD800, 0xE000), (0xF900, 0x10000),
    (0x11000, 0x11800), (0x1D100, 0x1D800), (0x1F100, 0x1F700), (0x2F800, 0x2FA20), (0xF0000, 0xF0400), (0, 0x110000),
)  # fmt: skip


def character(gen):
    """A character, as an expression."""
    if gen.chance(0.03):
        return gen.anything()
    return ascii(chr(gen.rng.randrange(*gen.rng.choice(BLOCKS))))


def unistr(gen):
    """A text, as an expression."""
    if gen.chance(0.03):
        return gen.anything()
    some = gen.rng.choices(BLOCKS, k=3)
    length = gen.rng.choice((0, 1, 2, 3, 5, 10, 30, 100))
    text = ascii(''.join(chr(gen.rng.randrange(*gen.rng.choice(some))) for _ in range(length)))
    return f'StrSub({text})' if gen.chance(0.05) else text


def form(gen):
    return gen.anything() if gen.chance(0.03) else gen.pick("'NFC'", "'NFD'", "'NFKC'", "'NFKD'", "'nfc'", "''")


def module(gen):
    return gen.pick('M', 'M', 'M.ucd_3_2_0')


def properties(gen):
    """All that a character has."""
    name = gen.pick('category', 'bidirectional', 'combining', 'east_asian_width', 'mirrored', 'decomposition')
    value = gen.pick('decimal', 'digit', 'numeric', 'name')
    item, of = character(gen), module(gen)
    return [
        Line(f'{of}.{name}', [item]),
        Line(f'{of}.{value}', [item, *gen.pick([], [gen.anything()])]),
        Line(f'{of}.name', [item, "''"], target='n'),
        Line(f'{of}.lookup', [gen.pick('n', 'n.lower()', 'n.encode()', 'n[1:]', "n + 'S'")]),
    ]


def normalization(gen):
    """A text in each form, and whether what comes out is in another one."""
    text, of = unistr(gen), module(gen)
    return [
        Line(f'{of}.normalize', [form(gen), text], target='s'),
        Line(f'{of}.is_normalized', [form(gen), text]),
        Line(f'{of}.is_normalized', [form(gen), 's']),
        Line(f'{of}.normalize', [form(gen), 's']),
    ]


KINDS = {'chr': character, 'unistr': unistr, 'form': form, 'name': 'text', 'start': 'small', 'end': 'small'}
PROGRAMS = [properties, properties, normalization, normalization, normalization]
