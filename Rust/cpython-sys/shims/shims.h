/* Functions for what the C API offers only as macros or inline functions, so that no line of CPython's headers is
   typed again in Rust. bindgen reads this file; it is also what brings in Python.h. Alphabetical. */

#ifndef RUST_CPYTHON_SHIMS_H
#define RUST_CPYTHON_SHIMS_H

#include "Python.h"

/* Copies `size` bytes that another thread may be writing. The copy may be torn, but the race stays in C's memcpy,
   where neither compiler can draw conclusions from it. */
void shim_copy_shared(void *target, const void *source, Py_ssize_t size);

/* What the functions that read numbers say of an object. */
#define SHIM_OTHER 0  /* none of the following */
#define SHIM_FLOAT 1  /* exactly a float: its bits */
#define SHIM_INT 2    /* exactly an int that fits 64 bits: its value */
#define SHIM_BOOL 3   /* a bool: its value */
#define SHIM_END 4    /* no object any more */
#define SHIM_ERROR 5  /* an exception is set */

/* These read numbers until one is SHIM_OTHER, without running any Python code, and return how many were read. */
Py_ssize_t shim_array_numbers(PyObject *const *items, Py_ssize_t count, unsigned char *kinds, int64_t *bits);
Py_ssize_t shim_list_numbers(PyObject *list, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits);
Py_ssize_t shim_tuple_numbers(PyObject *tuple, Py_ssize_t start, Py_ssize_t count, unsigned char *kinds, int64_t *bits);

/* Asks an iterator for the next object and returns its kind. Only SHIM_OTHER stores the object, a new reference. */
int shim_iter_number(PyObject *iterator, int64_t *bits, PyObject **item);

/* New references to one item; NULL past the end, with no exception. */
PyObject *shim_list_item(PyObject *list, Py_ssize_t index);
PyObject *shim_tuple_item(PyObject *tuple, Py_ssize_t index);

int shim_PyBytes_Check(PyObject *object);

int shim_PyFloat_CheckExact(PyObject *object);

int shim_PyList_CheckExact(PyObject *object);

int shim_PyLong_Check(PyObject *object);

int shim_PyLong_CheckExact(PyObject *object);

int shim_PyTuple_Check(PyObject *object);

int shim_PyTuple_CheckExact(PyObject *object);

/* The characters of a str whose kind is one byte a character; NULL for a wider one. */
const unsigned char *shim_PyUnicode_1BYTE_DATA(PyObject *string);

int shim_PyUnicode_Check(PyObject *object);

#endif
