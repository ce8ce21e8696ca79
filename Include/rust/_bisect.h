/* Made from the boundary of Rust/_bisect by make regen; do not edit. Include Python.h first. */

#ifndef RUST__BISECT_H
#define RUST__BISECT_H

/*
 Makes the state of a module: its `Py_mod_exec` slot.

 # Safety

 Called by the import of the module alone.
 */
int _bisect_exec(PyObject *module);

/*
 The place of an item before those that are equal to it.

 # Safety

 Called by the parsing code alone.
 */
intptr_t _bisect_bisect_left_impl(PyObject *_module, PyObject *a, PyObject *x, intptr_t lo, intptr_t hi, PyObject *key);

/*
 Inserts an item before those that are equal to it.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bisect_insort_left_impl(PyObject *module, PyObject *a, PyObject *x, intptr_t lo, intptr_t hi, PyObject *key);

/*
 The place of an item after those that are equal to it.

 # Safety

 Called by the parsing code alone.
 */
intptr_t _bisect_bisect_right_impl(PyObject *_module,
                                   PyObject *a,
                                   PyObject *x,
                                   intptr_t lo,
                                   intptr_t hi,
                                   PyObject *key);

/*
 Inserts an item after those that are equal to it.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_bisect_insort_right_impl(PyObject *module,
                                    PyObject *a,
                                    PyObject *x,
                                    intptr_t lo,
                                    intptr_t hi,
                                    PyObject *key);

#endif  /* RUST__BISECT_H */
