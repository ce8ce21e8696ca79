/* Made from the boundary of Rust/_functools by make regen; do not edit. Include Python.h first. */

#ifndef RUST__FUNCTOOLS_H
#define RUST__FUNCTOOLS_H

/*
 Makes the state of the module, and adds `Placeholder`.

 # Safety

 Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int functools_exec(PyObject *module, PyObject *const *classes);

/*
 Applies a function to what it has returned before and the next item.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_functools_reduce_impl(PyObject *_module, PyObject *func, PyObject *seq, PyObject *result);

/*
 The function that makes objects to compare by `mycmp`.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_functools_cmp_to_key_impl(PyObject *module, PyObject *mycmp);

/*
 The call of a key: parses the arguments, and calls `functools_key_call`.
 */
extern PyObject *functools_key_vectorcall(PyObject *callable,
                                          PyObject *const *args,
                                          uintptr_t nargsf,
                                          PyObject *kwnames);

/*
 The slots of the class that are the same for all.
 */
rust_instance functools_key_instance(void);

/*
 A key for an object, made by another one.

 # Safety

 Called by the C side alone, with a key and an object that live for the call.
 */
PyObject *functools_key_call(PyObject *key, PyObject *object);

/*
 Compares two keys: `tp_richcompare`.

 # Safety

 Called as the slot of the class alone.
 */
PyObject *functools_key_richcompare(PyObject *key, PyObject *other, int op);

/*
 The object that a key stands for, or None.

 # Safety

 Called by the class's getter alone.
 */
PyObject *functools_key_object(PyObject *key);

/*
 Sets the object that a key stands for, or, if that is NULL, deletes it.

 # Safety

 Called by the class's setter alone.
 */
int functools_key_set_object(PyObject *key, PyObject *object, void *_closure);

/*
 The slots of the class that are the same for all.
 */
rust_instance functools_lru_cache_instance(void);

/*
 Makes an object that keeps at most `maxsize` results of a function; no limit if that is None.

 # Safety

 Called by the C side's `tp_new` alone, with the class and with arguments that its caller keeps.
 */
PyObject *functools_lru_cache_new(PyTypeObject *cls,
                                  PyObject *function,
                                  PyObject *maxsize,
                                  int typed,
                                  PyObject *cache_info_type);

/*
 What has been counted.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_functools__lru_cache_wrapper_cache_info_impl(PyObject *cache);

/*
 Forgets all results.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_functools__lru_cache_wrapper_cache_clear_impl(PyObject *cache);

/*
 The slots of the class that are the same for all.
 */
rust_instance functools_partial_instance(void);

/*
 Makes an object: `tp_new`.

 # Safety

 Called as the slot of the class alone.
 */
PyObject *functools_partial_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs);

/*
 Makes an object of positional arguments: what a call of the class does.

 # Safety

 Called by `tp_vectorcall` of the class alone, with arguments without names.
 */
PyObject *functools_partial_call(PyObject *cls, PyObject *const *args, uintptr_t nargsf);

/*
 The attribute `func`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *functools_partial_func(PyObject *partial);

/*
 The attribute `args`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *functools_partial_args(PyObject *partial);

/*
 The attribute `keywords`.

 # Safety

 Called by the class's getter alone.
 */
PyObject *functools_partial_keywords(PyObject *partial);

/*
 `repr(partial)`

 # Safety

 Called as the slot of the class alone.
 */
PyObject *functools_partial_repr(PyObject *partial);

/*
 `partial.__reduce__()`

 # Safety

 Called by the class's method alone.
 */
PyObject *functools_partial_reduce(PyObject *partial, PyObject *_no_argument);

/*
 `partial.__setstate__(state)`

 # Safety

 Called by the class's method alone.
 */
PyObject *functools_partial_setstate(PyObject *partial, PyObject *state);

/*
 The slots of the class that are the same for all.
 */
rust_instance functools_placeholder_instance(void);

/*
 The only instance: `tp_new`.

 # Safety

 Called as the slot of the class alone.
 */
PyObject *functools_placeholder_new(PyTypeObject *cls, PyObject *args, PyObject *kwargs);

#endif  /* RUST__FUNCTOOLS_H */
