//! Runs the bodies of methods, getters and slots with their arguments.

use cpython_api::{Arg, Borrowed, Bound, Instance, InstanceData, PyObject, PyResult, entry};
use std::ffi::CStr;

/// Runs a method, getter or slot that takes no argument.
///
/// # Safety
///
/// - The object is of the class with the data `T`, and its caller keeps it for the call.
/// - The thread is attached.
#[inline]
pub(crate) unsafe fn method<T: InstanceData>(
    name: &'static CStr,
    object: *mut PyObject,
    body: impl for<'py> FnOnce(Borrowed<'_, 'py, Instance<T>>) -> PyResult<Bound<'py>>,
) -> *mut PyObject {
    // SAFETY: an object of the class, which is kept for the call (the caller's promise).
    let object = unsafe { Arg::<Instance<T>>::new(&object) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(name, move |py| body(object.bind(py))) }
}

/// Runs a method or slot that takes an object as its argument.
///
/// # Safety
///
/// - As for [`method`].
/// - The argument is not NULL, and its caller keeps it for the call.
#[inline]
pub(crate) unsafe fn method_with<T: InstanceData>(
    name: &'static CStr,
    object: *mut PyObject,
    argument: *mut PyObject,
    body: impl for<'py> FnOnce(Borrowed<'_, 'py, Instance<T>>, Borrowed<'_, 'py>) -> PyResult<Bound<'py>>,
) -> *mut PyObject {
    // SAFETY: an object of the class, which is kept for the call (the caller's promise).
    let object = unsafe { Arg::<Instance<T>>::new(&object) };
    // SAFETY: an object, which is kept for the call (the caller's promise).
    let argument: Arg<'_> = unsafe { Arg::new(&argument) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(name, move |py| body(object.bind(py), argument.bind(py))) }
}
