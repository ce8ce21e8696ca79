"""unicodedata in many threads: one iterator, one text, and the compiler's names."""

import _rust_unicodedata as rust
import collections
import unittest

import in_threads

THREADS = 8


class Threads(unittest.TestCase):
    @unittest.skipUnless(hasattr(rust, 'iter_graphemes'), 'since CPython 3.15')
    def test_shared_iterator(self):
        text = 'e\u0301\U0001f468\u200d\U0001f469 \r\n\u0915\u094d\u0937' * 2000
        expected = collections.Counter((part.start, part.end) for part in rust.iter_graphemes(text))
        for _ in range(10):
            shared = rust.iter_graphemes(text)
            found = [[] for _ in range(THREADS)]

            def work(mine, shared=shared):
                mine += [(part.start, part.end) for part in shared]
                # Each thread sees the text go forwards.
                self.assertEqual(mine, sorted(mine))

            in_threads.once(*[lambda mine=mine: work(mine) for mine in found])
            # Every cluster once.
            self.assertEqual(collections.Counter(pair for mine in found for pair in mine), expected)

    def test_shared_text(self):
        text = 'Vi\u1ec7t \u0065\u0323\u0302 \uac00\u1100\u1161' * 200
        expected = {form: rust.normalize(form, text) for form in ('NFC', 'NFD', 'NFKC', 'NFKD')}

        def work():
            for form, result in expected.items():
                self.assertEqual(rust.normalize(form, text), result)
                self.assertTrue(rust.is_normalized(form, result))
            self.assertEqual(rust.lookup(rust.name('\u1ec7')), '\u1ec7')
            self.assertEqual(rust.ucd_3_2_0.category('\u1ec7'), 'Ll')
            self.assertEqual(eval(r"'\N{LATIN SMALL LETTER E}'"), 'e')

        in_threads.again_and_again(*[work] * THREADS)


if __name__ == '__main__':
    unittest.main()
