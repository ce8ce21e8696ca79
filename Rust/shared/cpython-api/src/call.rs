//! Calls, and the exceptions that are objects before they are raised.

use crate::ffi_call::{new_reference, status_or_err};
use crate::types::PyStr;
use crate::{Borrowed, Bound, ExceptionType, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;

/// `callable(argument)`. It may run any Python code, as every call may.
#[inline]
pub fn call1<'py>(callable: Borrowed<'_, 'py>, argument: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    callable.call1(&argument)
}

/// `callable(*arguments)`.
#[inline]
pub fn call<'py, const N: usize>(
    callable: Borrowed<'_, 'py>,
    arguments: [Borrowed<'_, 'py>; N],
) -> PyResult<Bound<'py>> {
    callable.call::<N>(std::array::from_fn(|index| &*arguments[index]))
}

/// `from module import name`.
#[inline]
pub fn import_attribute<'py>(py: Python<'py>, module: &CStr, name: &CStr) -> PyResult<Bound<'py>> {
    // Interned here, as the interpreter would intern new strings later, and keep each of them when memory runs out then.
    let (module, name) = (PyStr::intern(py, module)?, PyStr::intern(py, name)?);
    new_reference!(py, PyImport_ImportModuleAttr(module, name))
}

/// `None`, `True` or `False`.
#[derive(Clone, Copy, Debug)]
pub enum Constant {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
}

/// A reference to one of the constants.
#[inline]
pub fn constant(py: Python<'_>, constant: Constant) -> Bound<'_> {
    let id = match constant {
        Constant::None => ffi::Py_CONSTANT_NONE,
        Constant::True => ffi::Py_CONSTANT_TRUE,
        Constant::False => ffi::Py_CONSTANT_FALSE,
    };
    // SAFETY: the thread is attached, as the token proves.
    let object = unsafe { ffi::Py_GetConstant(id) };
    // SAFETY: a reference to an object that exists while an interpreter runs.
    let object = unsafe { Bound::from_owned_or_null(py, object) };
    // SAFETY: so it is not NULL.
    unsafe { object.unwrap_unchecked() }
}

/// Runs `body` one level of C recursion deeper, unless the stack is used up: then `RecursionError` is raised, with
/// `place` at the end of its message.
#[inline]
pub fn with_recursion<T>(py: Python<'_>, place: &CStr, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    struct Leave;
    impl Drop for Leave {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: entered below.
            unsafe { ffi::Py_LeaveRecursiveCall() };
        }
    }
    // SAFETY: the thread is attached, as the token proves, and the text ends in NUL.
    let status = unsafe { ffi::Py_EnterRecursiveCall(place.as_ptr()) };
    // SAFETY: a failure, any other number than 0, comes with an exception.
    unsafe { status_or_err(py, -i32::from(status != 0)) }?;
    let _leave = Leave;
    body()
}

impl PyErr {
    /// Raises `exception` with `value`: an instance of it, or the argument to make one.
    #[cold]
    pub fn from_value(exception: Borrowed<'_, '_>, value: Borrowed<'_, '_>) -> Self {
        // SAFETY: both objects are live and the thread attached (invariants). An object that is no exception class raises
        // SystemError.
        unsafe { ffi::PyErr_SetObject(exception.as_ptr(), value.as_ptr()) };
        // SAFETY: one of the two is set now.
        unsafe { Self::already_set(exception.py()) }
    }

    /// Raises `exception` with `prefix`, which is UTF-8, and at most `limit` bytes of the name of the type of `object`.
    #[cold]
    pub fn with_type_name(exception: ExceptionType, prefix: &CStr, object: Borrowed<'_, '_>, limit: u16) -> Self {
        let py = object.py();
        let exception = exception.bind(py).as_ptr();
        // SAFETY: both objects are live and the thread attached (invariants), and the text ends in NUL.
        unsafe { ffi::shim_PyErr_Format_type(exception, prefix.as_ptr(), object.as_ptr(), limit.into()) };
        // SAFETY: the call has set it, or another.
        unsafe { Self::already_set(py) }
    }

    /// Raises `exception` with `prefix`, which is UTF-8, and the `repr` of `object`, which may run any Python code.
    #[cold]
    pub fn with_repr(exception: ExceptionType, prefix: &CStr, object: Borrowed<'_, '_>) -> Self {
        let py = object.py();
        // SAFETY: both objects are live and the thread attached (invariants), and the text ends in NUL.
        unsafe { ffi::shim_PyErr_Format_repr(exception.bind(py).as_ptr(), prefix.as_ptr(), object.as_ptr()) };
        // SAFETY: the call has set it, or another.
        unsafe { Self::already_set(py) }
    }

    /// Runs `body` while this exception is put aside. An exception of `body` replaces it.
    #[cold]
    pub fn set_aside(self, py: Python<'_>, body: impl FnOnce() -> PyResult<()>) -> Self {
        let raised = self.fetch(py);
        match body() {
            Ok(()) => Self::restore(raised),
            Err(error) => error,
        }
    }
}
