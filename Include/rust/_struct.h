/* Made from the boundary of Rust/_struct by make regen; do not edit. Include Python.h first. */

#ifndef RUST__STRUCT_H
#define RUST__STRUCT_H

/*
 Makes the state of the module, and returns its cache.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
PyObject *_struct_exec(PyObject *module, PyObject *structs, PyObject *iterators);

/*
 Returns a new `Struct` for a format, which is added to the cache.

 # Safety

 Called by the converter of the parsing code alone.
 */
PyObject *_struct_cached(PyObject *module, PyObject *format);

/*
 Empties the cache.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct__clearcache_impl(PyObject *module);

/*
 The slots of the class that are the same for all.
 */
rust_instance _struct_Struct_instance(void);

/*
 Makes an object that has no format yet.

 # Safety

 Called by `tp_new` alone.
 */
PyObject *_struct_Struct_new(PyTypeObject *cls);

/*
 Parses a format, a `bytes` or a `str`, and sets it.

 # Safety

 Called by `tp_new` and `tp_init` alone.
 */
int _struct_Struct_compile(PyObject *object, PyObject *text);

/*
 Whether an object has a format.

 # Safety

 Called by the slots and getters of the class alone.
 */
int _struct_Struct_is_ready(PyObject *object);

/*
 Sets whether `__init__` has been called, and returns whether it had been before.

 # Safety

 Called by `tp_init` alone.
 */
int _struct_Struct_init_called(PyObject *object, int called);

/*
 The format as a `str`.

 # Safety

 Called by the getter and by `tp_repr` alone.
 */
PyObject *_struct_Struct_format(PyObject *object);

/*
 The size, or -1 of an object without a format.

 # Safety

 Called by the getter and the parsing code alone.
 */
Py_ssize_t _struct_Struct_size(PyObject *object);

/*
 How many codes with values the format has, as C counts them.

 # Safety

 Called by `__sizeof__` alone.
 */
Py_ssize_t _struct_Struct_codes(PyObject *object);

/*
 Checks the number of arguments of `pack_into`, before any is looked at.

 # Safety

 Called by the method alone.
 */
int _struct_Struct_check_pack_into(PyObject *object, Py_ssize_t count);

/*
 Packs values into a new `bytes` object.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct_Struct_pack_impl(PyObject *object, PyObject *const *values, Py_ssize_t values_length);

/*
 Packs values into a buffer.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct_Struct_pack_into_impl(PyObject *object,
                                        Py_buffer *buffer,
                                        Py_ssize_t offset,
                                        PyObject *const *values,
                                        Py_ssize_t values_length);

/*
 Unpacks a buffer.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct_Struct_unpack_impl(PyObject *object, Py_buffer *buffer);

/*
 Unpacks a `bytes` object.

 # Safety

 Called by the method alone, with a `bytes` object.
 */
PyObject *_struct_Struct_unpack_bytes(PyObject *object, PyObject *bytes);

/*
 Unpacks a part of a `bytes` object.

 # Safety

 Called by the method alone, with a `bytes` object.
 */
PyObject *_struct_Struct_unpack_bytes_from(PyObject *object, PyObject *bytes, Py_ssize_t offset);

/*
 How many values the format has, or -1 of an object without a format.

 # Safety

 Called by the methods alone.
 */
Py_ssize_t _struct_Struct_len(PyObject *object);

/*
 Unpacks a part of a buffer.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct_Struct_unpack_from_impl(PyObject *object, Py_buffer *buffer, Py_ssize_t offset);

/*
 Makes an iterator over the structs in a buffer.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct_Struct_iter_unpack_impl(PyObject *object, PyObject *buffer);

/*
 The slots of the class that are the same for all.
 */
rust_instance _struct_unpack_iterator_instance(void);

/*
 The next tuple.

 # Safety

 Called by the type's slot alone.
 */
PyObject *_struct_unpack_iterator_next(PyObject *iterator);

/*
 How many tuples are to come.

 # Safety

 Called by the method alone.
 */
PyObject *_struct_unpack_iterator_length_hint(PyObject *iterator);

#endif  /* RUST__STRUCT_H */
