/* Functions for what the C API offers only as macros or inline functions, so that no line of CPython's headers is
   typed again in Rust. bindgen reads this file; it is also what brings in Python.h. Alphabetical. */

#ifndef RUST_CPYTHON_SHIMS_H
#define RUST_CPYTHON_SHIMS_H

#include "Python.h"

/* Copies `size` bytes that another thread may be writing. The copy may be torn, but the race stays in C's memcpy,
   where neither compiler can draw conclusions from it. */
void shim_copy_shared(void *target, const void *source, Py_ssize_t size);

int shim_PyBytes_Check(PyObject *object);

PyTypeObject *shim_Py_TYPE(PyObject *object);

/* The characters of a str whose kind is one byte a character; NULL for a wider one. */
const unsigned char *shim_PyUnicode_1BYTE_DATA(PyObject *string);

int shim_PyUnicode_Check(PyObject *object);

/* For the tests of the safe layer: makes a type whose objects have room for a payload, and has `drop` called when one
   of them dies. */
PyTypeObject *shim_test_type(int basicsize, void (*drop)(PyObject *object));

#endif
