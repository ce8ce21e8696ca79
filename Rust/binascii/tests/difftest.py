"""How the differential fuzzer calls binascii."""


def separator(gen):
    """What may stand between hex digits, and what may not."""
    return gen.pick(
        "':'", "b'-'", "''", "'ab'", "'\\xe9'", "'\\u20ac'", "b'\\xff'", "bytearray(b':')", 'None', "StrSub('.')"
    )


def encoded(sort):
    """Return a kind: text as an encoder makes it, whole or damaged, and anything else."""

    def kind(gen):
        block = f'data({gen.rng.randrange(50)}, {gen.rng.choice((0, 1, 2, 3, 44, 45, 46, 57, 58, 100, 1000, 5000))})'
        text = {
            'base64': f'encoded_base64({block}, {gen.rng.choice((0, 0, 4, 60, 76))})',
            'hex': f'{block}.hex().encode()',
            'quoted': f'M.b2a_qp({block})',
            'uu': f'M.b2a_uu({block}[:45])',
            # From CPython 3.15 on.
            'base32': f'M.b2a_base32({block}, wrapcol={gen.rng.choice((0, 0, 8, 76))})',
            'base85': f'M.b2a_base85({block}, wrapcol={gen.rng.choice((0, 0, 5, 76))})',
            'ascii85': f'M.b2a_ascii85({block}, foldspaces={gen.rng.random() < 0.3})',
        }[sort]
        if gen.chance(0.5):
            text = f'damaged({text}, {gen.rng.randrange(99)}, {gen.rng.randrange(1, 4)})'
        if gen.chance(0.2):
            return f"{text}.decode('latin-1')"
        return gen.buffer(text) if gen.chance(0.6) else gen.ascii_buffer()

    return kind


def encoded_base64(block, width):
    """Return base64 text, in lines when there is a width."""
    import base64

    text = base64.b64encode(block)
    return b'\n'.join(text[i : i + width] for i in range(0, len(text), width)) if width else text


def ignored(gen):
    """Characters to ignore."""
    return gen.pick("b''", "b'\\n'", "b' \\n='", "bytearray(b'\\n:-')", "b'\\x00\\xe9~'", 'None')


def width(gen):
    """A number of columns or bytes: few, none, or as many as there can be."""
    return gen.small() if gen.chance(0.8) else gen.size()


def alphabet(gen):
    """Return alphabets of all sizes, with repeated and unusual characters too."""
    return gen.pick(
        'M.BASE64_ALPHABET',
        'M.URLSAFE_BASE64_ALPHABET',
        'M.BASE32HEX_ALPHABET',
        'M.Z85_ALPHABET',
        'bytes(range(85))',
        'bytes(range(100, 164))',
        "b'=' * 32",
        "b''",
    )


HELPERS = {'encoded_base64': encoded_base64}
KINDS = {
    'a2b_base64.data': encoded('base64'),
    'a2b_hex.hexstr': encoded('hex'),
    'unhexlify.hexstr': encoded('hex'),
    'a2b_qp.data': encoded('quoted'),
    'a2b_uu.data': encoded('uu'),
    'a2b_base32.data': encoded('base32'),
    'a2b_base85.data': encoded('base85'),
    'a2b_ascii85.data': encoded('ascii85'),
    'ignorechars': ignored,
    'alphabet': alphabet,
    'wrapcol': width,
    'crc_hqx.crc': 'whole',
    'crc32.crc': 'whole',
    'sep': separator,
    'bytes_per_sep': width,
}
