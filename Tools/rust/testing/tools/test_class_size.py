"""Tests of class_size.py on small C files."""

import pathlib
import tempfile
import unittest

from check import class_size

MODULE = """/* A module. */

#include "Python.h"
#include "upstream/pair_methods.h"

#define LATER 1 /* of the class */

static int
helper(PyObject *self)
{
    /* Not counted. */
    return LATER;
}

static const rust_class Pair = {
    .name = "example.Pair", .instance = example_Pair_instance,
    .methods = pair_methods,
    .slots = RUST_SLOTS({Py_tp_repr, helper}),
};

RUST_VECTORCALL(example_Pair_vectorcall, count == 1, first(args[0]), all(values),
                "O:pair", RUST_NAMES("first"))

static const rust_class Empty = {
    .name = "example.Empty", .instance = example_Empty_instance,
};

RUST_CLASSES(add_classes, 0, &Pair, &Empty)
"""


class ClassSize(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, 'example', 'examplemodule.c')
        self.path.parent.mkdir()
        self.path.write_text(MODULE, encoding='utf-8')

    def test_lines(self):
        # The definition has 5 lines, the function as many, macro and include one each, the vectorcall function two.
        self.assertEqual(class_size.measure(self.path), ({'Pair': 14, 'Empty': 3}, 2))

    def test_classes_that_are_too_large(self):
        self.assertEqual(class_size.problems([self.path], {}), [])
        self.assertEqual(class_size.problems([self.path], {}, limit=13), ['example.Pair: 14 lines of C, more than 13'])
        self.assertEqual(class_size.problems([self.path], {'example.Pair': (14, 'a reason')}, limit=13), [])

    def test_exceptions_are_true(self):
        self.assertEqual(
            class_size.problems([self.path], {'example.Pair': (15, 'a reason'), 'example.Other': (30, 'another')}),
            [
                'example.Pair: 14 lines of C, but its exception is for 15',
                'example.Other: an exception for a class that does not exist',
            ],
        )


if __name__ == '__main__':
    unittest.main()
