/* Made from the boundary of Rust/array by make regen; do not edit. Include Python.h first. */

#ifndef RUST_ARRAY_H
#define RUST_ARRAY_H

/*
 The slots of arrays that are the same for all classes.
 */
rust_instance array_array_instance(void);

/*
 The slot `tp_richcompare`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_richcompare(PyObject *a, PyObject *b, int op);

/*
 The slots of the class of iterators that are the same for all classes.
 */
rust_instance array_arrayiterator_instance(void);

/*
 The slot `tp_iter` of arrays.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_iter(PyObject *array);

/*
 The slot `tp_iternext`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_arrayiterator_next(PyObject *iterator);

/*
 `iterator.__reduce__()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_arrayiterator___reduce___impl(PyObject *iterator, PyTypeObject *_class);

/*
 `iterator.__setstate__(index)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_arrayiterator___setstate___impl(PyObject *iterator, PyObject *state);

/*
 `array.append(v)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_append_impl(PyObject *array, PyObject *v);

/*
 `array.buffer_info()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_buffer_info_impl(PyObject *array);

/*
 `array.byteswap()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_byteswap_impl(PyObject *array);

/*
 `array.clear()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_clear_impl(PyObject *array);

/*
 `array.__copy__()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array___copy___impl(PyObject *array);

/*
 `array.__deepcopy__(memo)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array___deepcopy___impl(PyObject *array, PyObject *_unused);

/*
 `array.count(v)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_count_impl(PyObject *array, PyObject *v);

/*
 `array.extend(iterable)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_extend_impl(PyObject *array, PyTypeObject *_class, PyObject *bb);

/*
 `array.fromfile(f, n)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_fromfile_impl(PyObject *array, PyTypeObject *_class, PyObject *f, Py_ssize_t n);

/*
 `array.fromlist(list)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_fromlist_impl(PyObject *array, PyObject *list);

/*
 `array.frombytes(buffer)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_frombytes_impl(PyObject *array, Py_buffer *buffer);

/*
 `array.fromunicode(ustr)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_fromunicode_impl(PyObject *array, PyObject *ustr);

/*
 `array.index(v, start, stop)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_index_impl(PyObject *array, PyObject *v, Py_ssize_t start, Py_ssize_t stop);

/*
 `array.insert(i, v)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_insert_impl(PyObject *array, Py_ssize_t i, PyObject *v);

/*
 `array.pop(i)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_pop_impl(PyObject *array, Py_ssize_t i);

/*
 `array.remove(v)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_remove_impl(PyObject *array, PyObject *v);

/*
 `array.reverse()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_reverse_impl(PyObject *array);

/*
 `array.tofile(f)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_tofile_impl(PyObject *array, PyTypeObject *_class, PyObject *f);

/*
 `array.tolist()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_tolist_impl(PyObject *array);

/*
 `array.tobytes()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_tobytes_impl(PyObject *array);

/*
 `array.tounicode()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array_tounicode_impl(PyObject *array);

/*
 `array.__sizeof__()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array___sizeof___impl(PyObject *array);

/*
 Makes the state of the module, and adds what is not a function or a class.

 # Safety

 - Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int array_exec(PyObject *module, PyObject *const *classes);

/*
 `array(typecode, initializer)`, after the arguments have been parsed.

 # Safety

 - Called by `tp_new` and `tp_vectorcall` in `arraymodule.c` alone.
 */
PyObject *array_array_new(PyTypeObject *class_, PyObject *typecode, PyObject *initial);

/*
 `array.__reduce_ex__(protocol)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array_array___reduce_ex___impl(PyObject *array, PyTypeObject *_class, PyObject *value);

#if !defined(Py_3_15)
/*
 `_array_reconstructor(arraytype, typecode, mformat_code, items)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array__array_reconstructor_impl(PyObject *module,
                                          PyTypeObject *arraytype,
                                          int typecode,
                                          int mformat_code,
                                          PyObject *items);
#endif

#if defined(Py_3_15)
/*
 `_array_reconstructor(arraytype, typecode, mformat_code, items)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *array__array_reconstructor_impl(PyObject *module,
                                          PyTypeObject *arraytype,
                                          const char *typecode,
                                          int mformat_code,
                                          PyObject *items);
#endif

/*
 The slots `sq_length` and `mp_length`.

 # Safety

 - Called as the slot alone.
 */
Py_ssize_t array_array_len(PyObject *array);

/*
 The slot `sq_concat`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_concat(PyObject *array, PyObject *other);

/*
 The slot `sq_repeat`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_repeat(PyObject *array, Py_ssize_t times);

/*
 The slot `sq_item`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_item(PyObject *array, Py_ssize_t index);

/*
 The slot `sq_ass_item`.

 # Safety

 - Called as the slot alone.
 */
int array_array_ass_item(PyObject *array, Py_ssize_t index, PyObject *value);

/*
 The slot `sq_contains`.

 # Safety

 - Called as the slot alone.
 */
int array_array_contains(PyObject *array, PyObject *object);

/*
 The slot `sq_inplace_concat`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_inplace_concat(PyObject *array, PyObject *other);

/*
 The slot `sq_inplace_repeat`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_inplace_repeat(PyObject *array, Py_ssize_t times);

/*
 The slot `mp_subscript`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_subscript(PyObject *array, PyObject *key);

/*
 The slot `mp_ass_subscript`.

 # Safety

 - Called as the slot alone.
 */
int array_array_ass_subscript(PyObject *array, PyObject *key, PyObject *value);

/*
 The slot `tp_repr`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_array_repr(PyObject *array);

/*
 The attribute `typecode`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_get_typecode(PyObject *array, void *_closure);

/*
 The attribute `itemsize`.

 # Safety

 - Called as the slot alone.
 */
PyObject *array_get_itemsize(PyObject *array, void *_closure);

/*
 The slot `bf_getbuffer`.

 # Safety

 - Called as the slot alone.
 */
int array_array_getbuffer(PyObject *object, Py_buffer *view, int flags);

/*
 The slot `bf_releasebuffer`.

 # Safety

 - Called as the slot alone, once for each view that has been filled.
 */
void array_array_releasebuffer(PyObject *array, Py_buffer *_view);

#endif  /* RUST_ARRAY_H */
