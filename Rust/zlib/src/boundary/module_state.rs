//! The state of the module: its exception and its classes.

use crate::boundary::decompress::state::Raise;
use cpython_api::exceptions::PySystemError;
use cpython_api::types::{PyModule, PyStr, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Instance, InstanceData, ModuleState, Py, PyErr, PyObject, PyResult, PyTypeObject, Python,
    Traversal, Visit, c_str_arg, entry, entry_value, module_exec,
};
use std::ffi::{CStr, c_char, c_int};
use std::sync::OnceLock;

/// The state of a module object.
#[derive(Debug)]
pub(super) struct State {
    /// `zlib.error`
    error: Py<PyType>,
    /// Set by the second `Py_mod_exec` slot: the classes are made by C, of the module with its state.
    classes: OnceLock<Classes>,
}

/// The classes that the module makes objects of without having them as attributes.
///
/// # Invariants
///
/// - `compress` has the slots of [`Compress`](crate::boundary::compress::state::Compress), `decompress` those of
///   [`Decompress`](crate::boundary::decompress::state::Decompress).
#[derive(Debug)]
pub(super) struct Classes {
    /// `zlib.Compress`
    pub(super) compress: Py<PyType>,
    /// `zlib.Decompress`
    pub(super) decompress: Py<PyType>,
}

impl State {
    pub(super) fn classes(&self, py: Python<'_>) -> PyResult<&Classes> {
        self.classes.get().ok_or_else(|| PySystemError::new_err(py, "zlib has not been executed"))
    }

    #[cold]
    fn raise(&self, py: Python<'_>, reason: Raise) -> PyErr {
        reason.raise(self.error.bind(py))
    }
}

impl ModuleState for State {
    const NAME: &'static CStr = c"zlib";

    fn new<'py>(py: Python<'py>, module: &Bound<'py, PyModule>) -> PyResult<Self> {
        let error = Bound::<PyType>::new_exception(py, c"zlib.error", None, None)?;
        module.add(c"error", &error)?;
        Ok(Self { error: error.unbind(), classes: OnceLock::new() })
    }

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.error)?;
        match self.classes.get() {
            Some(Classes { compress, decompress }) => visit.references([compress, decompress]),
            None => Ok(()),
        }
    }

    fn release(self, py: Python<'_>) {
        self.error.drop_ref(py);
        if let Some(Classes { compress, decompress }) = self.classes.into_inner() {
            compress.drop_ref(py);
            decompress.drop_ref(py);
        }
    }
}

/// Chooses the profile of compressors, unless that has been done: by the value of `-X rust_zlib` when it is not NULL, else by that of
/// `PYTHON_RUST_ZLIB`. Returns the text of a warning, or None.
///
/// # Safety
///
/// - The thread is attached.
/// - Both are NULL or end in NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_choose_profile(option: *const c_char, environment: *const c_char) -> *mut PyObject {
    // SAFETY: NULL, or a string that ends in NUL (the caller's promise).
    let option = (!option.is_null()).then(|| unsafe { c_str_arg(&option) });
    // SAFETY: NULL, or a string that ends in NUL (the caller's promise).
    let environment = (!environment.is_null()).then(|| unsafe { c_str_arg(&environment) });
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry(c"zlib", |py| match zlib_profile::choose(option.map(CStr::to_bytes), environment.map(CStr::to_bytes)) {
            Ok(Some(warning)) => PyStr::new(py, &warning).map(Bound::into_any),
            Ok(None) => Ok(py.None()),
            Err(_) => Err(PyErr::no_memory(py)),
        })
    }
}

/// Makes the state of the module.
///
/// # Safety
///
/// Called by the module's first `Py_mod_exec` slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_exec(module: *mut PyObject) -> c_int {
    // SAFETY: the slot passes the module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot is called on an attached thread.
    unsafe { entry_value(c"zlib", move |py| module_exec::<State>(module.bind(py))) }
}

/// Adds the classes to the state of the module.
///
/// # Safety
///
/// - Called by the module's second `Py_mod_exec` slot alone, which passes `zlib.Compress`, a class with the slots of
///   `zlib_Compress_instance`, and `zlib.Decompress`, one with those of `zlib_Decompress_instance`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_set_classes(
    module: *mut PyObject,
    compress: *mut PyTypeObject,
    decompress: *mut PyTypeObject,
) -> c_int {
    let [compress, decompress] = [compress.cast::<PyObject>(), decompress.cast()];
    // SAFETY: the slot passes the module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot passes a class, of which it holds a reference during the call.
    let compress = unsafe { Arg::<PyType>::new(&compress) };
    // SAFETY: the slot passes a class, of which it holds a reference during the call.
    let decompress = unsafe { Arg::<PyType>::new(&decompress) };
    // SAFETY: the slot is called on an attached thread.
    unsafe { entry_value(c"zlib", move |py| set_classes(module.bind(py), compress.bind(py), decompress.bind(py))) }
}

fn set_classes<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    compress: Borrowed<'_, 'py, PyType>,
    decompress: Borrowed<'_, 'py, PyType>,
) -> PyResult<()> {
    let py = module.py();
    let state = module.state::<State>()?;
    let classes = Classes { compress: compress.to_owned().unbind(), decompress: decompress.to_owned().unbind() };
    match state.classes.set(classes) {
        Ok(()) => Ok(()),
        Err(Classes { compress, decompress }) => {
            compress.drop_ref(py);
            decompress.drop_ref(py);
            Err(PySystemError::new_err(py, "zlib has its classes already"))
        }
    }
}

/// The result of a function of the module, or its exception.
#[inline]
pub(super) fn or_raise<T>(module: Borrowed<'_, '_, PyModule>, result: Result<T, impl Into<Raise>>) -> PyResult<T> {
    result.map_err(|reason| match module.state::<State>() {
        Ok(state) => state.raise(module.py(), reason.into()),
        Err(error) => error,
    })
}

/// The result of a function of a class, or its exception.
#[inline]
pub(super) fn or_raise_in_class<T>(
    class: Borrowed<'_, '_, PyType>,
    result: Result<T, impl Into<Raise>>,
) -> PyResult<T> {
    result.map_err(|reason| match class.module_state::<State>() {
        Ok(state) => state.raise(class.py(), reason.into()),
        Err(error) => error,
    })
}

/// The result of a method, or its exception.
#[inline]
pub(super) fn or_raise_in_method<T, D: InstanceData>(
    this: Borrowed<'_, '_, Instance<D>>,
    result: Result<T, impl Into<Raise>>,
) -> PyResult<T> {
    // Only an error needs the class.
    result.or_else(|reason| or_raise_in_class(this.get_type().as_borrowed(), Err(reason)))
}
