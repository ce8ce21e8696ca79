"""The Rust _sre against its C twin: values, exceptions, messages."""

import unittest

import twin

rust, c = twin.pair('_sre')


class SreTwin(twin.TwinTestCase):
    rust, c = rust, c

    # Take the mark away when every function is there: then it is an unexpected success.
    @unittest.expectedFailure
    def test_interface(self):
        self.assertSameInterface()

    def test_example(self):
        self.assertEqual(rust.example(b'abc'), sum(b'abc'))
        self.assertEqual(rust.example(bytearray(range(256))), sum(range(256)))
        with self.assertRaisesRegex(TypeError, 'bytes-like'):
            rust.example('abc')


if __name__ == '__main__':
    unittest.main()
