"""Tests of how headers.py finds headers that are not those of the Rust source."""

import unittest

from build import headers

SOURCE = """
/// Docs.
#[unsafe(no_mangle)]
#[inline]
pub unsafe extern "C" fn module_f_impl(
    module: *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    todo()
}

pub fn not_for_c() {}
"""


class Headers(unittest.TestCase):
    def test_functions(self):
        self.assertEqual(headers.rust_functions(SOURCE), {'module_f_impl'})
        header = 'extern int given(int);\n/* int old(int); */\nPyObject *module_f_impl(PyObject *module,\n  int count);'
        self.assertEqual(headers.declared_functions(header), {'module_f_impl'})

    def test_signatures(self):
        digest = headers.signatures_digest(SOURCE)
        for same in (SOURCE.replace('todo()', 'done()'), SOURCE.replace('\n    count', ' count')):
            self.assertEqual(headers.signatures_digest(same), digest)
        for other in (SOURCE.replace('-> *mut PyObject', '-> Py_ssize_t'), SOURCE.replace('Py_ssize_t', 'c_int')):
            self.assertNotEqual(headers.signatures_digest(other), digest)

    def test_a_header_that_is_left_behind(self):
        self.assertTrue(headers.is_left_behind(['a', 'h'], ['b', 'h']))
        self.assertFalse(headers.is_left_behind(None, ['b', 'h']))
        self.assertFalse(headers.is_left_behind(['a', 'h'], ['a', 'h']))
        # The committed header has changed, too, as after a pull.
        self.assertFalse(headers.is_left_behind(['a', 'h'], ['b', 'i']))


if __name__ == '__main__':
    unittest.main()
