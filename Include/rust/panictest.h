/* Made from the boundary of Rust/panictest by make regen; do not edit. Include Python.h first. */

#ifndef RUST_PANICTEST_H
#define RUST_PANICTEST_H

/*
 Makes the next call of a place panic.

 ```text
 [clinic input]
 module panictest
 class panictest.Panics "PyObject *" "&Panics"
 [clinic start generated code]
 ```

 ```text
 [clinic input]
 panictest.arm

     place: str
     kind: str = "literal"
     /

 Make the next call of a place panic.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_arm_impl(PyObject *_module, const char *place, const char *kind);

/*
 Panics if a function is armed.

 ```text
 [clinic input]
 panictest.function

 Panic if armed.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_function_impl(PyObject *_module);

/*
 Panics, if armed, while this thread is detached and an object is held.

 ```text
 [clinic input]
 panictest.detached

 Panic if a function is armed, in detached work.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_detached_impl(PyObject *_module);

/*
 Panics, if armed, while an exception is set.

 ```text
 [clinic input]
 panictest.pending

 Raise ValueError, and panic before the exception is returned, if armed.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_pending_impl(PyObject *_module);

/*
 Panics if a method is armed.

 ```text
 [clinic input]
 panictest.Panics.method

 Panic if armed.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_Panics_method_impl(PyObject *_self);

/*
 Gets the property.

 # Safety

 Called by the type's getter alone.
 */
PyObject *panictest_get(PyObject *_self);

/*
 Sets the property.

 # Safety

 Called by the type's setter alone.
 */
int panictest_set(PyObject *_self);

/*
 The slots of the class that are the same for all.
 */
rust_instance panictest_Panics_instance(void);

/*
 Makes an object.

 # Safety

 Called by the type's `tp_new` alone.
 */
PyObject *panictest_new(PyTypeObject *cls, PyObject *item);

/*
 Fails in a slot; both the length and the truth are asked for here.

 # Safety

 Called by the type's slots alone.
 */
int panictest_len(PyObject *_self);

/*
 Has a part in the execution of the module.

 # Safety

 Called by the module's `Py_mod_exec` slot alone.
 */
int panictest_exec(PyObject *module);

/*
 Shows a defect.

 ```text
 [clinic input]
 panictest.defect

     name: str
     /

 Show the defect of this name; nothing for 'none'.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_defect_impl(PyObject *_module, const char *name);

/*
 Returns the exception that is kept in the state of the module.

 ```text
 [clinic input]
 class panictest.Holder "PyObject *" "&Holder"
 panictest.error

 Return the exception in the state of the module.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_error_impl(PyObject *module);

/*
 The slots of the class that are the same for all.
 */
rust_instance panictest_Holder_instance(void);

/*
 Makes an object.

 ```text
 [clinic input]
 @classmethod
 panictest.Holder.__new__

     item: object

 An object that holds another one.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_Holder_impl(PyTypeObject *cls, PyObject *item);

/*
 Gets the object that is held.

 # Safety

 Called by the type's getter alone.
 */
PyObject *panictest_Holder_item(PyObject *holder);

/*
 Exchanges the object that is held.

 ```text
 [clinic input]
 panictest.Holder.exchange

     item: object
     /

 Hold another object, and return the one held before.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_Holder_exchange(PyObject *holder, PyObject *item);

/*
 Returns the exception that is kept in the state of the class's module.

 ```text
 [clinic input]
 panictest.Holder.error

 Return the exception in the state of the class's module.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *panictest_Holder_error_impl(PyObject *holder);

#endif  /* RUST_PANICTEST_H */
