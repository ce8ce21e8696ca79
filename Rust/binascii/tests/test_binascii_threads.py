"""binascii in many threads, over memory that other threads change, and in many interpreters."""

import _rust_binascii as binascii
import concurrent.interpreters
import threading
import time
import unittest

import in_threads

THREADS = 4


class Threads(unittest.TestCase):
    def test_same_result_in_every_thread(self):
        data = bytes(range(256)) * 300
        encoded = {name: getattr(binascii, name)(data) for name in ('b2a_base64', 'hexlify', 'b2a_qp', 'crc32')}

        def work():
            for name, expected in encoded.items():
                self.assertEqual(getattr(binascii, name)(data), expected)
            self.assertEqual(binascii.a2b_base64(encoded['b2a_base64']), data)
            self.assertEqual(binascii.unhexlify(encoded['hexlify']), data)

        in_threads.again_and_again(*[work] * THREADS)

    def test_buffer_rewritten_meanwhile(self):
        # Every byte is always one of two, so every result must be made of the encodings of these two, whatever the
        # moment at which each byte was read.
        size = 50_000
        shared = bytearray(b'\x00' * size)

        def write():
            shared[:] = b'\xff' * size
            shared[:] = b'\x00' * size

        def read():
            digits = binascii.hexlify(shared)
            self.assertEqual(len(digits), 2 * size)
            self.assertLessEqual(set(digits), set(b'0f'))
            self.assertEqual(len(binascii.unhexlify(digits)), size)
            self.assertEqual(len(binascii.a2b_base64(binascii.b2a_base64(shared))), size)
            binascii.b2a_qp(shared)
            binascii.a2b_qp(shared)
            binascii.crc32(shared)
            binascii.crc_hqx(shared, 0)

        in_threads.again_and_again(write, *[read] * (THREADS - 1))

    def test_text_rewritten_meanwhile(self):
        # A decoder looks at its text more than once: it must not be led astray by text that changes in between.
        good, bad = b'QUJD' * 10_000, b'\xff===' * 10_000
        shared = bytearray(good)

        def write():
            shared[:] = bad
            shared[:] = good

        def read():
            for strict in (True, False):
                try:
                    binascii.a2b_base64(shared, strict_mode=strict)
                except binascii.Error:
                    pass
            try:
                binascii.unhexlify(shared)
            except binascii.Error:
                pass

        in_threads.again_and_again(write, *[read] * (THREADS - 1))

    def test_buffer_resized_meanwhile(self):
        shared = bytearray(b'x' * 1000)

        def resize():
            try:
                shared.extend(b'y' * 5000)
                del shared[1000:]
            except BufferError:
                # A reader holds the buffer just now, which is what keeps it in place.
                pass

        def read():
            self.assertEqual(len(binascii.b2a_hex(shared)) % 2, 0)
            binascii.b2a_base64(shared)
            binascii.crc32(shared)

        in_threads.again_and_again(resize, *[read] * (THREADS - 1))


class Interpreters(unittest.TestCase):
    CODE = """if True:
        import _rust_binascii as binascii
        assert binascii.b2a_base64(b"Rust" * 1000) == expected
        try:
            binascii.unhexlify(b"0")
        except binascii.Error as error:
            assert str(error) in ("Odd-length string", "Odd number of hexadecimal digits")
        else:
            raise AssertionError("no error")
    """

    def test_many_interpreters(self):
        expected = binascii.b2a_base64(b'Rust' * 1000)
        for _ in range(10):
            interpreter = concurrent.interpreters.create()
            interpreter.prepare_main(expected=expected)
            interpreter.exec(self.CODE)
            interpreter.close()

    def test_interpreters_in_threads(self):
        expected = binascii.b2a_base64(b'Rust' * 1000)
        errors = []

        def work():
            try:
                interpreter = concurrent.interpreters.create()
                interpreter.prepare_main(expected=expected)
                for _ in range(5):
                    interpreter.exec(self.CODE)
                interpreter.close()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
            time.sleep(0.001)
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])

    def test_state_is_not_shared(self):
        interpreter = concurrent.interpreters.create()
        interpreter.exec('import _rust_binascii as binascii; binascii.Error.mark = 1')
        interpreter.close()
        self.assertFalse(hasattr(binascii.Error, 'mark'))


if __name__ == '__main__':
    unittest.main()
