"""What `make bench` measures of binascii."""

import base64
import binascii
import sys

from bench.sweep import encoded

# From PyPI: name to install, name to import.
PEERS = {'pybase64': 'pybase64', 'zlib-ng': 'zlib_ng.zlib_ng'}

# Times C at 1 MiB. The C module of CPython 3.15 is faster than that of 3.14.
GOALS = (
    {'base64': 12, 'MIME': 5, 'hexlify': 2, 'hexlify sep': 3, 'unhexlify': 6}
    if sys.version_info >= (3, 15)
    else {'base64': 25, 'MIME': 10, 'hexlify': 10, 'hexlify sep': 3, 'unhexlify': 6}
)
MAIL = (b'The quick brown fox jumps over the lazy dog, again and again; caf\xc3\xa9 = 1\r\n' * 900)[:65536]


def mime(encoded, width=76):
    """Return base64 text in lines."""
    return b''.join(encoded[i : i + width] + b'\n' for i in range(0, len(encoded), width))


SWEEP_KINDS = {
    'ascii85': encoded(base64.a85encode),
    'base32': encoded(base64.b32encode),
    'base64': encoded(base64.b64encode) | {'lines': lambda size, place: mime(base64.b64encode(bytes(size)))},
    'base85': encoded(base64.b85encode),
    'hex': encoded(binascii.hexlify),
    'quoted-printable': encoded(binascii.b2a_qp),
    'separator': {'a separator': ':'},
    'uu': encoded(lambda data: binascii.b2a_uu(data[:45])),
}
SWEEP = {
    '.crc': 'zero',
    'a2b_ascii85': [('ascii85',)],
    'a2b_base32': [('base32',)],
    'a2b_base64': [('base64',)],
    'a2b_base85': [('base85',)],
    'a2b_hex': [('hex',)],
    'a2b_qp': [('quoted-printable',)],
    'a2b_uu': [('uu',)],
    'b2a_hex': [('bytes',), ('bytes', 'separator')],
    'hexlify': [('bytes',), ('bytes', 'separator')],
    'unhexlify': [('hex',)],
}


def rows(bench, rust, c, peers):
    """Add each row: its name, the input bytes, and a call for each implementation."""
    pybase64, zlib_ng = peers.get('pybase64'), peers.get('zlib-ng')

    def both(name, function, *args, size=None, goal=1.0, peer=None, **kwargs):
        calls = {'rust': (getattr(rust, function), args, kwargs), 'C': (getattr(c, function), args, kwargs)}
        if peer and peer[1]:
            calls[peer[0]] = peer[1:]
        bench.row(name, len(args[0]) if size is None else size, calls, goal)

    for size in (16, 64, 256, 1024, 4096, 65536, 1 << 20):
        data = bench.random_bytes(size)
        text = base64.b64encode(data)
        big = GOALS['base64'] if size >= 65536 else 1
        both(
            f'b2a_base64 {size}',
            'b2a_base64',
            data,
            newline=False,
            goal=big,
            peer=('pybase64', pybase64 and pybase64.b64encode, (data,), {}),
        )
        both(
            f'a2b_base64 {size}',
            'a2b_base64',
            text,
            goal=big,
            peer=('pybase64', pybase64 and pybase64.b64decode, (text,), {'validate': True}),
        )
        both(
            f'a2b_base64 strict {size}',
            'a2b_base64',
            text,
            strict_mode=True,
            goal=big,
            peer=('pybase64', pybase64 and pybase64.b64decode, (text,), {'validate': True}),
        )
    for size in (1024, 65536, 1 << 20):
        text = mime(base64.b64encode(bench.random_bytes(size)))
        both(f'a2b_base64 MIME {size}', 'a2b_base64', text, goal=GOALS['MIME'] if size > 1024 else 1)
    for size in (16, 256, 4096, 1 << 20):
        data = bench.random_bytes(size)
        big = size == 1 << 20
        both(f'hexlify {size}', 'hexlify', data, goal=GOALS['hexlify'] if big else 1)
        both(f'unhexlify {size}', 'unhexlify', data.hex().encode(), goal=GOALS['unhexlify'] if big else 1)
        for group in (1, 2, -3):
            both(f'hexlify sep {group} {size}', 'hexlify', data, ':', group, goal=GOALS['hexlify sep'] if big else 1)
        both(
            f'crc32 {size}',
            'crc32',
            data,
            goal=13 if big else 1,
            peer=('zlib-ng', zlib_ng and zlib_ng.crc32, (data,), {}),
        )
        both(f'crc_hqx {size}', 'crc_hqx', data, 0, goal=5 if big else 1)
    # The same functions as hexlify and unhexlify, by their other names.
    both('b2a_hex 16', 'b2a_hex', bytes(16))
    both('a2b_hex 16', 'a2b_hex', b'0' * 32)
    data = bench.random_bytes(65536)
    both('b2a_qp mail 65536', 'b2a_qp', MAIL, goal=4)
    both('a2b_qp mail 65536', 'a2b_qp', c.b2a_qp(MAIL), goal=4)
    both('b2a_qp random 65536', 'b2a_qp', data)
    both('a2b_qp random 65536', 'a2b_qp', c.b2a_qp(data))
    line = MAIL[:45]
    both('b2a_uu line of 45', 'b2a_uu', line, goal=4)
    both('a2b_uu line of 45', 'a2b_uu', c.b2a_uu(line), goal=4)
    both('b2a_base64 bytearray 65536', 'b2a_base64', bytearray(data), goal=10)

    if hasattr(c, 'b2a_base85'):
        since_3_15(both, bench, rust)
    shapes(both, bench)


def since_3_15(both, bench, module):
    """Add the encodings and arguments that CPython 3.15 has brought."""
    for size in (16, 256, 4096, 1 << 20):
        data, goal = bench.random_bytes(size), 5 if size == 1 << 20 else 1
        for name in ('base32', 'base85', 'ascii85'):
            both(f'b2a_{name} {size}', f'b2a_{name}', data, goal=goal)
            both(f'a2b_{name} {size}', f'a2b_{name}', getattr(module, f'b2a_{name}')(data), goal=goal)
            lines = getattr(module, f'b2a_{name}')(data, wrapcol=76)
            both(f'b2a_{name} wrapcol {size}', f'b2a_{name}', data, wrapcol=76)
            both(f'a2b_{name} ignorechars {size}', f'a2b_{name}', lines, ignorechars=b'\n')
        urlsafe = {'alphabet': module.URLSAFE_BASE64_ALPHABET}
        goal = GOALS['base64'] if size == 1 << 20 else 1
        both(f'b2a_base64 alphabet {size}', 'b2a_base64', data, goal=goal, newline=False, **urlsafe)
        both(f'a2b_base64 alphabet {size}', 'a2b_base64', module.b2a_base64(data, newline=False, **urlsafe), **urlsafe)
        both(f'b2a_base64 wrapcol {size}', 'b2a_base64', data, wrapcol=76)
        both(f'b2a_base64 unpadded {size}', 'b2a_base64', data, padded=False)
        lines = module.b2a_base64(data, wrapcol=76)
        both(f'a2b_base64 ignorechars {size}', 'a2b_base64', lines, ignorechars=b'\n')
        both(f'a2b_base64 canonical {size}', 'a2b_base64', base64.b64encode(data), canonical=True)
        both(f'unhexlify ignorechars {size}', 'unhexlify', module.hexlify(data, ' ', 4), ignorechars=b' ')
        both(f'b2a_base85 Z85 {size}', 'b2a_base85', data, alphabet=module.Z85_ALPHABET)
        both(f'b2a_base32 alphabet {size}', 'b2a_base32', data, alphabet=module.BASE32HEX_ALPHABET)


def shapes(both, bench):
    """Add input that a text of mail or a random one does not have, where C may be faster."""
    adversarial = {
        'a2b_base64': {
            'outside the alphabet': b'!',
            'pads': b'=',
            'every other': b'A\n' * 4,
            'padded groups': b'QQ==',
            'short lines': b'QUJD\n',
        },
        'a2b_qp': {
            'escapes': b'=41',
            'equals signs': b'=',
            'invalid escapes': b'=x',
            'soft line breaks': b'=\n',
            'carriage returns': b'=\rxxxxxxxxxx\n',
        },
        'b2a_qp': {
            'newlines': b'\n',
            'CR LF': b'\r\n',
            'carriage returns': b'\r',
            'full stops': b'.\n',
            'white space': b' \n',
            'equals signs': b'=',
            'every other quoted': b'a=',
            'lines of 76': b'x' * 76 + b'\n',
        },
    }
    for function, kinds in adversarial.items():
        for kind, piece in kinds.items():
            for size in (10, 1000, 100_000):
                both(f'{function} {kind} {size}', function, piece * -(-size // len(piece)))
    for size in (10, 1000, 100_000):
        both(f'a2b_uu spaces after {size}', 'a2b_uu', b'M' + b' ' * size)
        for group in (7, 40, 1000):
            both(f'hexlify sep {group} {size}', 'hexlify', bench.random_bytes(size), ':', group)


def threads(bench, rust, c, peers):
    """Add what threads do at once, each with data of its own."""
    for function, size in (('b2a_base64', 65536), ('hexlify', 65536), ('crc32', 65536), ('b2a_qp', 4096)):

        def make(module, function=function, size=size):
            return getattr(module, function), (bench.random_bytes(size),), {}

        bench.thread_row(
            f'{function} {size}', size, {'rust': lambda make=make: make(rust), 'C': lambda make=make: make(c)}
        )
