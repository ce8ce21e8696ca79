/* Made from the boundary of Rust/_struct by make regen; do not edit. Include Python.h first. */

#ifndef RUST__STRUCT_H
#define RUST__STRUCT_H

/*
 `calcsize()`: the size, or -1 of an object without a format.

 # Safety

 Called by the parsing code alone.
 */
Py_ssize_t _struct_Struct_size(PyObject *object);

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
 `Struct(format)`: does what `__new__` and `__init__` do.

 # Safety

 Called by `tp_vectorcall` alone.
 */
PyObject *_struct_Struct_call(PyObject *cls, PyObject *format);

/*
 `Struct.__repr__()`

 # Safety

 Called by `tp_repr` alone.
 */
PyObject *_struct_Struct_repr(PyObject *object);

/*
 `Struct.__sizeof__()`: as much as an object of C has, where a format has an array of its codes.

 # Safety

 Called by the method alone.
 */
PyObject *_struct_Struct_sizeof(PyObject *object);

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
PyObject *_struct_unpack_iterator_length_hint(PyObject *iterator, PyObject *_ignored);

/*
 The slots of the class that are the same for all.
 */
rust_instance _struct_Struct_instance(void);

/*
 Copies the first bytes of a `bytearray`, at most `limit`, and returns how many: in `_structmodule.c`.
 */
extern Py_ssize_t _struct_bytearray_copy(PyObject *bytearray, void *target, Py_ssize_t limit);

/*
 Makes the state of the module.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int _struct_exec(PyObject *module, PyObject *const *classes);

/*
 The cache of the module, which its state keeps.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, after [`_struct_exec`].
 */
PyObject *_struct_cache(PyObject *module);

/*
 The `Struct` for a format, from the cache or a new one.

 # Safety

 Called by the converter of the parsing code alone.
 */
PyObject *_struct_cached(PyObject *module, PyObject *format);

/*
 `_clearcache()`

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct__clearcache_impl(PyObject *module);

#if !defined(Py_3_15)
/*
 `Struct.__new__()`

 # Safety

 Called as the slot alone.
 */
PyObject *_struct_Struct_new(PyTypeObject *cls, PyObject *_args, PyObject *_kwargs);
#endif

#if !defined(Py_3_15)
/*
 `Struct.__init__()`

 # Safety

 Called by the parsing code alone.
 */
int _struct_Struct___init___impl(PyObject *object, PyObject *format);
#endif

#if !defined(Py_3_15)
/*
 `Struct.__sizeof__()`, as the table of methods calls it.

 # Safety

 Called as the method alone.
 */
PyObject *_struct_Struct_sizeof_method(PyObject *object, PyObject *_no_argument);
#endif

#if !defined(Py_3_15)
/*
 Checks the number of arguments of `Struct.pack_into`, before any is looked at.

 # Safety

 Called by the method alone.
 */
int _struct_Struct_check_pack_into(PyObject *object, Py_ssize_t count);
#endif

#if defined(Py_3_15)
/*
 `Struct.__new__()`, called by that of a subclass.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_struct_Struct_impl(PyTypeObject *cls, PyObject *format);
#endif

#if defined(Py_3_15)
/*
 `Struct.__new__()`

 # Safety

 Called as the slot alone.
 */
PyObject *_struct_Struct_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs);
#endif

#if defined(Py_3_15)
/*
 `Struct.__init__()`. The call that follows `__new__`, which has set the format, has nothing to do.

 # Safety

 Called as the slot alone.
 */
int _struct_Struct_init(PyObject *object, PyObject *args, PyObject *kwargs);
#endif

#if defined(Py_3_15)
/*
 `Struct.__init__()`

 # Safety

 Called by the parsing code alone.
 */
int _struct_Struct___init___impl(PyObject *object, PyObject *format);
#endif

#endif  /* RUST__STRUCT_H */
