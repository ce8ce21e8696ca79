//! The entries of methods and setters: the pointers that C passes become handles, with which the body runs.

use cpython_api::exceptions::PyAttributeError;
use cpython_api::types::PyAny;
use cpython_api::{Arg, Borrowed, Bound, Instance, InstanceData, PyObject, PyResult, entry, entry_value};
use std::ffi::{CStr, c_int};

/// Runs the body of a method whose other arguments are of any type.
///
/// # Safety
///
/// - `this` is an instance of the class of `T`, and the arguments are objects, not NULL.
/// - The caller of the method keeps them for the call, on an attached thread.
#[inline]
pub(super) unsafe fn method<T: InstanceData, const N: usize>(
    name: &'static CStr,
    this: *mut PyObject,
    arguments: [*mut PyObject; N],
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, [Borrowed<'a, 'py>; N]) -> PyResult<Bound<'py>>,
) -> *mut PyObject {
    // SAFETY: an instance of the class, which is kept for the call (the caller's promise).
    let this = unsafe { Arg::<Instance<T>>::new(&this) };
    // SAFETY: objects, which are kept for the call (the caller's promise).
    let arguments = arguments.each_ref().map(|argument| unsafe { Arg::<PyAny>::new(argument) });
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(name, move |py| body(this.bind(py), arguments.map(|argument| argument.bind(py)))) }
}

/// Runs the body of a setter; an attempt to delete the attribute raises an exception.
///
/// # Safety
///
/// - `this` is an instance of the class of `T`, and `value` is an object or NULL.
/// - The caller of the setter keeps them for the call, on an attached thread.
#[inline]
pub(super) unsafe fn setter<T: InstanceData>(
    name: &'static CStr,
    this: *mut PyObject,
    value: *mut PyObject,
    body: impl for<'a, 'py> FnOnce(Borrowed<'a, 'py, Instance<T>>, Bound<'py>) -> PyResult<()>,
) -> c_int {
    // SAFETY: an instance of the class, which is kept for the call (the caller's promise).
    let this = unsafe { Arg::<Instance<T>>::new(&this) };
    // SAFETY: NULL, or an object that is kept for the call (the caller's promise).
    let value = unsafe { Arg::<PyAny>::optional(&value) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry_value(name, move |py| match value {
            Some(value) => body(this.bind(py), value.bind(py).to_owned()),
            None => Err(PyAttributeError::new_err(py, "can't delete element attribute")),
        })
    }
}
