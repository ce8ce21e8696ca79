//! How the safe layer calls the C API: one line a function, which names its convention.
//!
//! The proof that such a call is sound is mostly the same, so it is here. The arguments are live handles and plain
//! values, never raw pointers of a caller, and a token proves that the thread is attached. The name of the macro says
//! how the function reports failure. At each use of a macro one thing is left to check: that the function takes objects
//! of the types that the handles have, or checks the types itself.

use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::{CStr, c_char, c_int};
use std::ptr;

/// An argument for C. The pointer that it gives is valid for as long as the argument is borrowed.
pub(crate) trait Argument {
    type C;
    fn to_c(&self) -> Self::C;
}

impl<T> Argument for Bound<'_, T> {
    type C = *mut ffi::PyObject;
    #[inline(always)]
    fn to_c(&self) -> Self::C {
        self.as_ptr()
    }
}

impl<T> Argument for Borrowed<'_, '_, T> {
    type C = *mut ffi::PyObject;
    #[inline(always)]
    fn to_c(&self) -> Self::C {
        (*self).as_ptr()
    }
}

impl<A: Argument<C = *mut ffi::PyObject>> Argument for Option<A> {
    type C = *mut ffi::PyObject;
    #[inline(always)]
    fn to_c(&self) -> Self::C {
        self.as_ref().map_or(ptr::null_mut(), A::to_c)
    }
}

impl<A: Argument + ?Sized> Argument for &A {
    type C = A::C;
    #[inline(always)]
    fn to_c(&self) -> Self::C {
        (**self).to_c()
    }
}

impl Argument for CStr {
    type C = *const c_char;
    #[inline(always)]
    fn to_c(&self) -> Self::C {
        self.as_ptr()
    }
}

macro_rules! plain {
    ($($type:ty)*) => {$(
        impl Argument for $type {
            type C = $type;
            #[inline(always)]
            fn to_c(&self) -> Self::C {
                *self
            }
        }
    )*}
}

plain! { c_int i64 u64 f64 ffi::Py_ssize_t ffi::Py_complex u32 }

/// Calls a function that returns a new reference, or NULL with an exception set.
macro_rules! new_reference {
    ($py:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let py: $crate::Python<'_> = $py;
        // SAFETY: the objects among the arguments are live, and the thread is attached, as `py` proves.
        let object = unsafe { cpython_sys::$function($($crate::ffi_call::Argument::to_c(&$argument)),*) };
        // SAFETY: this is the convention of the function.
        unsafe { $crate::ffi_call::owned_or_err(py, object) }
    }};
}

/// Calls a function that returns a negative number with an exception set, or one that is not negative.
macro_rules! status {
    ($py:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let py: $crate::Python<'_> = $py;
        // SAFETY: the objects among the arguments are live, and the thread is attached, as `py` proves.
        let status = unsafe { cpython_sys::$function($($crate::ffi_call::Argument::to_c(&$argument)),*) };
        // SAFETY: this is the convention of the function.
        unsafe { $crate::ffi_call::status_or_err(py, status) }
    }};
}

/// Calls a function that cannot fail and returns a plain value.
macro_rules! infallible {
    ($py:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let _py: $crate::Python<'_> = $py;
        // SAFETY: the objects among the arguments are live, and the thread is attached, as `py` proves.
        unsafe { cpython_sys::$function($($crate::ffi_call::Argument::to_c(&$argument)),*) }
    }};
}

pub(crate) use {infallible, new_reference, status};

/// Takes over the result of a C function: a new reference, or NULL with an exception set.
///
/// # Safety
///
/// - `object` is a new reference, or NULL with an exception set.
#[inline]
pub(crate) unsafe fn owned_or_err(py: Python<'_>, object: *mut ffi::PyObject) -> PyResult<Bound<'_>> {
    // SAFETY: NULL, or a new reference, which the caller owes.
    match unsafe { Bound::from_owned_or_null(py, object) } {
        Some(object) => Ok(object),
        // SAFETY: NULL comes with an exception, which the caller owes.
        None => Err(unsafe { PyErr::already_set(py) }),
    }
}

/// Reads a status of C: negative with an exception set, or a value.
///
/// # Safety
///
/// - A negative `status` comes with an exception.
#[inline]
pub(crate) unsafe fn status_or_err<N: Default + PartialOrd>(py: Python<'_>, status: N) -> PyResult<N> {
    // SAFETY: a negative status comes with an exception, which the caller owes.
    if status < N::default() { Err(unsafe { PyErr::already_set(py) }) } else { Ok(status) }
}

/// A length or an index as the interpreter counts. One that no object can have becomes the largest.
#[inline]
pub(crate) fn ssize(len: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(len).unwrap_or(ffi::Py_ssize_t::MAX)
}
