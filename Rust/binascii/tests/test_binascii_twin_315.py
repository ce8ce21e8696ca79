"""What CPython 3.15 adds to binascii, against the C twin: encodings, arguments, messages."""

import sys
import unittest

import twin

rust, c = twin.pair('binascii')

LENGTHS = [*range(0, 24), 39, 40, 41, 63, 64, 65, 127, 128, 129, 255, 256, 1000, 4099]
ENCODINGS = ('base32', 'base64', 'base85', 'ascii85')
SIZES = {'base32': 32, 'base64': 64, 'base85': 85}


@unittest.skipIf(sys.version_info < (3, 15), 'the interface of 3.15')
class Binascii315Twin(twin.TwinTestCase):
    rust, c = rust, c

    def options(self, rng, encoding):
        """Return random keyword arguments for the encoder."""
        options = {}
        if rng.random() < 0.6:
            options['wrapcol'] = rng.choice((0, 1, 2, 3, 4, 5, 7, 8, 20, 76, 2**31, 2**63 - 1, 2**64 - 1))
        if encoding in ('base32', 'base64') and rng.random() < 0.5:
            options['padded'] = rng.random() < 0.5
        if encoding in ('base85', 'ascii85') and rng.random() < 0.5:
            options['pad'] = rng.random() < 0.5
        if encoding == 'ascii85':
            for name in ('foldspaces', 'adobe'):
                if rng.random() < 0.4:
                    options[name] = True
        if encoding in SIZES and rng.random() < 0.4:
            options['alphabet'] = self.alphabet(rng, SIZES[encoding])
        return options

    def alphabet(self, rng, size):
        names = [name for name in dir(c) if name.endswith('_ALPHABET')]
        return rng.choice(
            (
                getattr(c, rng.choice(names)),
                bytes(rng.sample(range(256), size)),
                bytes(rng.sample(range(33, 127), size)),
                rng.randbytes(size),
                b'=' * size,
                rng.randbytes(size - 1),
                b'',
            )
        )

    def damaged(self, rng, text):
        """Return text with some bytes inserted, removed or replaced."""
        text = bytearray(text)
        for _ in range(rng.choice((0, 0, 1, 2, 5))):
            place = rng.randrange(len(text) + 1)
            text[place : place + rng.randrange(3)] = rng.choice(
                (b'', b'\n', b' ', b'=', b'==', b'\0', b'\xe9', b'~', b'y', b'z', b'\n\r\n', b'A')
            )
        return bytes(text)

    def test_alphabets(self):
        names = [name for name in dir(c) if name.endswith('_ALPHABET')]
        self.assertEqual(len(names), 10)
        for name in names:
            self.assertIs(type(getattr(rust, name)), bytes)
            self.assertEqual(getattr(rust, name), getattr(c, name), name)

    def test_encoders(self):
        rng = twin.generator('encoders of 3.15')
        for length in LENGTHS:
            for encoding in ENCODINGS:
                for _ in range(12):
                    data = rng.choice((rng.randbytes(length), bytes(length), b' ' * length))
                    self.assertTwins(f'b2a_{encoding}', data, **self.options(rng, encoding))

    def test_decoders(self):
        rng = twin.generator('decoders of 3.15')
        for length in LENGTHS:
            for encoding in ENCODINGS:
                for _ in range(25):
                    options = self.options(rng, encoding)
                    try:
                        text = getattr(c, f'b2a_{encoding}')(rng.randbytes(length), **options)
                    except ValueError:
                        text = rng.randbytes(length)
                    for name in ('wrapcol', 'pad'):
                        options.pop(name, None)
                    if rng.random() < 0.5:
                        options['ignorechars'] = rng.choice((b'', b'\n', b' \n=', b'\0\xe9~', bytearray(b'z\n'), b'A='))
                    if rng.random() < 0.4:
                        options['canonical'] = rng.random() < 0.7
                    if encoding == 'base64' and rng.random() < 0.6:
                        options['strict_mode'] = rng.random() < 0.7
                    text = self.damaged(rng, text)
                    self.assertTwins(f'a2b_{encoding}', rng.choice((text, bytearray(text))), **options)

    def test_every_byte_in_a_message(self):
        for byte in range(256):
            for text in (bytes([byte]), b'abcde' + bytes([byte]), b'AB' + bytes([byte]) + b'CD'):
                for encoding in ENCODINGS:
                    self.assertTwins(f'a2b_{encoding}', text)
                    self.assertTwins(f'a2b_{encoding}', text, ignorechars=b'~')
                    self.assertTwins(f'a2b_{encoding}', text, canonical=True)
                self.assertTwins('a2b_hex', text)
                self.assertTwins('unhexlify', text, ignorechars=b'-: \n')

    def test_hex_with_ignored_characters(self):
        rng = twin.generator('hex of 3.15')
        for length in LENGTHS:
            for separator in (b'-', b':', b'\n', b'\0', b'a'):
                text = self.damaged(rng, c.hexlify(rng.randbytes(length), separator, rng.choice((1, 2, -3, 8))))
                for ignored in (separator, b'', b'-: \n', bytearray(separator), None):
                    self.assertTwins('a2b_hex', text, ignorechars=ignored)

    def test_arguments(self):
        for encoding in ENCODINGS:
            for value in (None, 'x', 5, -1, 2**64, b'', bytearray(b'x'), [], 1.5):
                for name in ('wrapcol', 'alphabet', 'ignorechars', 'padded', 'pad', 'canonical', 'adobe', 'newline'):
                    self.assertTwins(f'b2a_{encoding}', b'data', **{name: value})
                    self.assertTwins(f'a2b_{encoding}', b'MFRGG===', **{name: value})
                self.assertTwins(f'a2b_{encoding}', value)
                self.assertTwins(f'b2a_{encoding}', value)
            self.assertTwins(f'a2b_{encoding}', 'MFRGG')
            self.assertTwins(f'a2b_{encoding}', '\u20ac')


if __name__ == '__main__':
    unittest.main()
