/* Made from the boundary of Rust/_rust by make regen; do not edit. Include Python.h first. */

#ifndef RUST__RUST_H
#define RUST__RUST_H

/*
 The types of the objects that the functions return, made when the module is executed.

 ```text
 [clinic input]
 module _rust
 [clinic start generated code]
 ```
 */
typedef struct {
  /*
   `_rust.Module`
   */
  PyTypeObject *Module;
  /*
   `_rust.Dependency`
   */
  PyTypeObject *Dependency;
  /*
   `_rust.Build`
   */
  PyTypeObject *Build;
  /*
   `_rust.Processor`
   */
  PyTypeObject *Processor;
  /*
   `_rust.Choice`
   */
  PyTypeObject *Choice;
  /*
   `_rust.ZlibProfile`
   */
  PyTypeObject *ZlibProfile;
} rust_state;

/*
 Whether the implementation of each module has been chosen for this process.
 */
int rust_is_decided(void);

/*
 Chooses the implementation of each module for this process, unless that has been done: by the value of `-X
 rust_modules` if it is not NULL, else by that of `PYTHON_RUST_MODULES`. Returns the text of a warning, or None.

 # Safety

 - The thread is attached.
 - Both are NULL or end in NUL.
 */
PyObject *rust_decide(const char *option, const char *environment);

/*
 Chooses the profile of the compressor of zlib, unless the module has done that: by the value of `-X rust_zlib` when it is not
 NULL, else by that of `PYTHON_RUST_ZLIB`. Returns the text of a warning, or None.

 # Safety

 - The thread is attached.
 - Both are NULL or end in NUL.
 */
PyObject *rust_choose_zlib_profile(const char *option,
                                   const char *environment);

/*
 Whether the plain name gives Rust: 1 or 0, -1 when this build has no such module. Asked after [`rust_decide`].

 # Safety

 - `name` ends in NUL.
 */
int rust_is_rust(const char *name);

/*
 Describes the modules.

 ```text
 [clinic input]
 _rust.modules

 Return a tuple that describes each Rust module of this build.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_modules_impl(PyObject *module);

/*
 Tells how the Rust code was built.

 ```text
 [clinic input]
 _rust.build

 Return the compiler, the target, the profile and the linked crates.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_build_impl(PyObject *module);

/*
 Tells what the processor can do.

 ```text
 [clinic input]
 _rust.processor

 Return the code path in use and the features that were found.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_processor_impl(PyObject *module);

/*
 Tells what has been chosen.

 ```text
 [clinic input]
 _rust.choice

 Return where the choice in force comes from, and its value.

 Both are None if nothing was chosen.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_choice_impl(PyObject *module);

/*
 Tells how zlib compresses.

 ```text
 [clinic input]
 _rust.zlib_profile

 Return the name of the profile of the Rust zlib, and what has chosen it.

 The last two are None if nothing was chosen.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_zlib_profile_impl(PyObject *module);

/*
 Tells what the plain name of a module gives.

 ```text
 [clinic input]
 _rust.implementation

     name: str
     /

 Return 'Rust' or 'C': what importing this module gives here.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_implementation_impl(PyObject *_module, const char *name);

/*
 Prints everything.

 ```text
 [clinic input]
 _rust.status

 Print everything that this module knows, as tables.
 [clinic start generated code]
 ```

 # Safety

 Called by the parsing code alone.
 */
PyObject *_rust_status_impl(PyObject *_module);

#endif  /* RUST__RUST_H */
