"""The Rust binascii against its C twin: values, exceptions, messages."""

import array
import itertools
import unittest

import twin

rust, c = twin.pair('binascii')

ALPHABET = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
LENGTHS = [*range(0, 70), 95, 96, 97, 127, 128, 129, 191, 192, 193, 255, 256, 257, 511, 512, 1000, 4095, 4096, 65537]


class Bytes(bytes):
    pass


class BufferBytes(bytes):
    """A bytes subclass whose buffer is not its own content."""

    def __buffer__(self, flags):
        return memoryview(bytearray(b'QUJD'))


class Str(str):
    pass


class LongStr(str):
    """A str that lies about its length."""

    def __len__(self):
        return 1


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Truth:
    def __bool__(self):
        raise ZeroDivisionError('truth')


class BinasciiTwin(twin.TwinTestCase):
    rust, c = rust, c

    def text(self, rng, length, alphabet):
        return bytes(rng.choices(alphabet, k=length))

    def test_interface(self):
        self.assertSameInterface()
        for name in ('Error', 'Incomplete'):
            self.assertEqual(getattr(rust, name).__mro__[1:], getattr(c, name).__mro__[1:])
            self.assertEqual(getattr(rust, name).__module__, 'binascii')

    def test_every_encoder_on_random_bytes(self):
        rng = twin.generator('encoders')
        for length in LENGTHS:
            data = rng.randbytes(length)
            self.assertTwins('b2a_hex', data)
            self.assertTwins('hexlify', data)
            for newline in (True, False):
                self.assertTwins('b2a_base64', data, newline=newline)
            for backtick in (True, False):
                self.assertTwins('b2a_uu', data, backtick=backtick)
            self.assertTwins('crc32', data)
            self.assertTwins('crc32', data, rng.getrandbits(40) - 2**39)
            self.assertTwins('crc_hqx', data, rng.getrandbits(20))

    def test_round_trips(self):
        rng = twin.generator('round trips')
        for length in LENGTHS:
            data = rng.randbytes(length)
            for ours, theirs in ((rust, c), (c, rust)):
                self.assertEqual(ours.a2b_hex(theirs.b2a_hex(data)), data)
                self.assertEqual(ours.a2b_base64(theirs.b2a_base64(data), strict_mode=False), data)
                self.assertEqual(ours.a2b_qp(theirs.b2a_qp(data, istext=False)), data)

    def test_hex_separators(self):
        rng = twin.generator('separators')
        groups = [
            0,
            1,
            -1,
            2,
            -2,
            3,
            -3,
            4,
            -5,
            7,
            8,
            -8,
            16,
            31,
            64,
            -100,
            2**31 - 1,
            -(2**31),
            2**31,
            -(2**31) - 1,
            2**70,
        ]
        for length in [*range(0, 40), 63, 64, 65, 100, 257, 5000]:
            data = rng.randbytes(length)
            for group in groups:
                self.assertTwins('b2a_hex', data, ':', group)
                self.assertTwins('hexlify', data, sep=b'\xff', bytes_per_sep=group)

    def test_hex_separator_arguments(self):
        separators = [
            '',
            ':',
            '::',
            b'',
            b':',
            b'::',
            bytearray(b':'),
            None,
            5,
            [':'],
            (),
            '\xe9',
            '\u20ac',
            '\U0001f40d',
            Str('-'),
            Bytes(b'-'),
            LongStr(''),
            LongStr('abc'),
            '\0',
            b'\0',
            memoryview(b':'),
        ]
        for sep, group in itertools.product(separators, (1, 0, 'x', None, 1.5, Index(2))):
            self.assertTwins('b2a_hex', b'abcdef', sep, group)
            self.assertTwins('hexlify', b'', sep=sep, bytes_per_sep=group)

    def test_unhexlify(self):
        rng = twin.generator('unhexlify')
        for length in LENGTHS:
            digits = self.text(rng, length, b'0123456789abcdefABCDEF')
            self.assertTwins('a2b_hex', digits)
            self.assertTwins('unhexlify', digits.decode())
            if digits:
                broken = bytearray(digits)
                broken[rng.randrange(length)] = rng.choice(b'gG/:@`\x00\xff \n')
                self.assertTwins('unhexlify', bytes(broken))
        for byte in range(256):
            self.assertTwins('a2b_hex', bytes([byte, 0x30]) * 40)

    def test_a2b_base64_random_text(self):
        rng = twin.generator('base64')
        alphabets = [
            ALPHABET,
            ALPHABET + b'=',
            ALPHABET[:6] + b'=\n',
            b'A=',
            b'AB==\r\n -_',
            bytes(range(256)),
            ALPHABET * 8 + b'\n',
            ALPHABET * 30 + b'=',
        ]
        for alphabet in alphabets:
            for length in [*range(0, 50), 63, 64, 65, 66, 127, 128, 129, 130, 200, 300, 1000]:
                for _ in range(6):
                    text = self.text(rng, length, alphabet)
                    for strict in (False, True):
                        self.assertTwins('a2b_base64', text, strict_mode=strict)

    def test_a2b_base64_one_flaw_anywhere(self):
        rng = twin.generator('flaws')
        for length in (4, 8, 60, 64, 128, 132, 192, 256, 260, 512):
            for flaw in (b'=', b'==', b'===', b'\n', b'\r\n', b'-', b'\x80', b' ', b'A'):
                for tail in (b'', b'=', b'==', b'\n', b'=\n='):
                    at = rng.randrange(length + 1)
                    text = self.text(rng, length, ALPHABET)
                    text = text[:at] + flaw + text[at:] + tail
                    for strict in (False, True):
                        self.assertTwins('a2b_base64', text, strict_mode=strict)

    def test_a2b_base64_every_short_text(self):
        for length in range(6):
            for text in itertools.product(b'Aq=\n', repeat=length):
                for strict in (False, True):
                    self.assertTwins('a2b_base64', bytes(text), strict_mode=strict)

    def test_a2b_base64_mime(self):
        rng = twin.generator('mime')
        for length, width, end in itertools.product(
            (0, 1, 50, 57, 1000, 10_000), (1, 4, 60, 63, 64, 76, 77), (b'\n', b'\r\n')
        ):
            encoded = c.b2a_base64(rng.randbytes(length), newline=False)
            text = end.join(encoded[i : i + width] for i in range(0, len(encoded), width))
            for strict in (False, True):
                self.assertTwins('a2b_base64', text, strict_mode=strict)

    def test_quoted_printable(self):
        rng = twin.generator('qp')
        alphabets = [
            bytes(range(256)),
            b'=\r\n\t ._?aA0F',
            b'ab \t\r\n',
            b'abcdefgh' * 8 + b'\xc3\xa9=\n ',
            b'\n',
            b'.\n',
            b'=',
            b'x',
        ]
        flags = list(itertools.product((False, True), repeat=3))
        for alphabet in alphabets:
            for length in [*range(0, 30), 70, 74, 75, 76, 77, 78, 150, 152, 153, 300, 1000]:
                for _ in range(2):
                    text = self.text(rng, length, alphabet)
                    for header in (False, True):
                        self.assertTwins('a2b_qp', text, header=header)
                    for quotetabs, istext, header in flags:
                        self.assertTwins('b2a_qp', text, quotetabs, istext, header)

    def test_uu_lines(self):
        rng = twin.generator('uu')
        alphabets = [bytes(range(32, 97)), b' `\n\r!M', bytes(range(256)), b'M#\n']
        for alphabet in alphabets:
            for length in range(0, 90):
                for _ in range(4):
                    text = self.text(rng, length, alphabet)
                    self.assertTwins('a2b_uu', text)
                    self.assertTwins('a2b_uu', b'M' + text)
        for length in range(48):
            line = c.b2a_uu(rng.randbytes(min(length, 45)))
            for tail in (b'', b' ', b'`', b'\r\n', b'x', b' \n \r', b'\x00'):
                self.assertTwins('a2b_uu', line + tail)

    def test_argument_types(self):
        zero_dim = memoryview(array.array('i', [5]))
        values = [
            b'QUJD',
            bytearray(b'QUJD'),
            memoryview(b'QUJD'),
            memoryview(b'QxUxJxDx')[::2],
            memoryview(b'QUJD')[::-1],
            array.array('b', b'QUJD'),
            array.array('i', [1, 2]),
            zero_dim,
            'QUJD',
            'QU\xe9',
            '\u20ac',
            Str('QUJD'),
            Bytes(b'QUJD'),
            BufferBytes(b'zzzz'),
            None,
            5,
            1.5,
            [],
            object,
            '',
            b'',
            bytearray(),
            memoryview(b''),
        ]
        functions = (
            'a2b_uu',
            'b2a_uu',
            'a2b_base64',
            'b2a_base64',
            'a2b_hex',
            'b2a_hex',
            'hexlify',
            'unhexlify',
            'crc32',
            'a2b_qp',
            'b2a_qp',
        )
        for name, value in itertools.product(functions, values):
            self.assertTwins(name, value)
            self.assertTwins(name, data=value)
            self.assertTwins(name, value, b'x', [], 1, 2)
        for value in values:
            self.assertTwins('crc_hqx', value, 0)
            self.assertTwins('crc_hqx', b'x', value)
            self.assertTwins('crc32', b'x', value)
        for name in functions:
            self.assertTwins(name)
            self.assertTwins(name, b'', nonsense=1)
        for name, keyword in (
            ('a2b_base64', 'strict_mode'),
            ('b2a_base64', 'newline'),
            ('b2a_uu', 'backtick'),
            ('a2b_qp', 'header'),
            ('b2a_qp', 'istext'),
        ):
            for value in (0, 1, '', 'x', None, [], Truth()):
                self.assertTwins(name, b'QUI=', **{keyword: value})

    def test_errors_are_the_modules_own(self):
        with self.assertRaises(rust.Error):
            rust.a2b_hex(b'0')
        self.assertTrue(issubclass(rust.Error, ValueError))


if __name__ == '__main__':
    unittest.main()
