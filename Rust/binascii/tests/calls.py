"""Calls of binascii for the checks that run every module under stress and without memory."""


def calls(module):
    """Every function, with short and long input, as (label, factory of a callable without arguments)."""
    found = []

    def add(name, *args, **kwargs):
        function = getattr(module, name)
        found.append((f'{name} {len(found)}', lambda: lambda: function(*args, **kwargs)))

    data, shared = bytes(range(256)) * 40, bytearray(bytes(range(256)) * 40)
    for source in (b'', b'abc', data, shared, memoryview(shared)):
        add('b2a_base64', source)
        add('hexlify', source)
        add('b2a_hex', source, ':', 3)
        add('b2a_qp', source, quotetabs=True)
        add('crc32', source)
        add('crc_hqx', source, 7)
    add('b2a_uu', data[:45])
    add('a2b_uu', module.b2a_uu(data[:45]))
    for convert in (bytes, bytearray, lambda text: text.decode('ascii')):
        add('a2b_base64', convert(module.b2a_base64(data)))
        add('a2b_base64', convert(module.b2a_base64(data, newline=False)), strict_mode=True)
        add('a2b_hex', convert(module.hexlify(data)))
        add('unhexlify', convert(module.hexlify(data)))
        add('a2b_qp', convert(module.b2a_qp(data)))
    # From CPython 3.15 on.
    if hasattr(module, 'b2a_base85'):
        for encoding in ('base32', 'base64', 'base85', 'ascii85'):
            encode, decode = f'b2a_{encoding}', f'a2b_{encoding}'
            add(encode, data, wrapcol=20)
            add(decode, getattr(module, encode)(shared, wrapcol=20), ignorechars=b'\n')
            add(decode, b'\xe9')
        add('a2b_base85', module.b2a_base85(data, alphabet=bytes(range(85))), alphabet=bytes(range(85)))
        add('b2a_base64', data, alphabet=shared[:64])
        add('unhexlify', module.hexlify(data, ':'), ignorechars=b':')
        add('a2b_base32', b'', alphabet=b'too short')
    # Refused: the errors of the module itself, and of its arguments.
    add('a2b_base64', b'a')
    add('a2b_base64', b'=', strict_mode=True)
    add('unhexlify', '0')
    add('a2b_hex', b'zz')
    add('b2a_uu', data)
    add('a2b_uu', b'M~')
    add('hexlify', data, 'too long')
    add('a2b_hex', '\u20ac')
    add('crc32', None)
    return found


def buffers(module):
    """Functions of one buffer, which other threads write to and resize meanwhile."""
    names = ('a2b_uu', 'b2a_base64', 'a2b_base64', 'hexlify', 'unhexlify', 'a2b_qp', 'b2a_qp', 'crc32')
    return [(name, getattr(module, name)) for name in names] + [
        ('crc_hqx', lambda data: module.crc_hqx(data, 0)),
        ('strict', lambda data: module.a2b_base64(data, strict_mode=True)),
        ('separator', lambda data: module.hexlify(data, '-', 5)),
        ('as separator', lambda data: module.hexlify(b'abcdef', data)),
    ]


# The converter says TypeError whatever the reason why an object gives no buffer, as C's does.
ALSO_WITHOUT_MEMORY = (TypeError,)
