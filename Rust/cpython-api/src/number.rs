//! Numbers, truth values among them.

use crate::call::owned_or_err;
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::ptr;

/// A new `int`.
#[inline]
pub fn int_from_u32(py: Python<'_>, value: u32) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached; the call returns a new reference, or NULL with an exception set.
    unsafe {
        let object = ffi::PyLong_FromUnsignedLong(value.into());
        Bound::from_owned_or_null(py, object).ok_or_else(|| PyErr::already_set(py))
    }
}

/// `True` or `False`.
#[inline]
pub fn bool_object(py: Python<'_>, value: bool) -> Bound<'_> {
    // SAFETY: the thread is attached; the call returns one of two objects that exist while an interpreter runs.
    match unsafe { Bound::from_owned_or_null(py, ffi::PyBool_FromLong(value.into())) } {
        Some(object) => object,
        None => unreachable!("True and False are always there"),
    }
}
/// A new `int`.
#[inline]
pub fn int_from_i64(py: Python<'_>, value: i64) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached.
    unsafe { owned_or_err(py, ffi::PyLong_FromLongLong(value)) }
}

/// A new `int` from a length or an index.
#[inline]
pub fn int_from_isize(py: Python<'_>, value: isize) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached.
    unsafe { owned_or_err(py, ffi::PyLong_FromSsize_t(value)) }
}

/// `int(text)` for decimal digits, with the limit on their number.
pub fn int_from_decimal<'py>(py: Python<'py>, text: &CStr) -> PyResult<Bound<'py>> {
    // SAFETY: the thread is attached and the text ends in NUL; no end is asked for.
    unsafe { owned_or_err(py, ffi::PyLong_FromString(text.as_ptr(), ptr::null_mut(), 10)) }
}

/// `id(object)`
#[inline]
pub fn id<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: the thread is attached; the pointer is only a number here.
    unsafe { owned_or_err(object.py(), ffi::PyLong_FromVoidPtr(object.as_ptr().cast())) }
}

/// `int.__repr__(integer)`, whatever a subclass has; `None` when the object is no `int`.
pub fn int_repr<'py>(integer: Borrowed<'_, 'py>) -> Option<PyResult<Bound<'py>>> {
    let py = integer.py();
    // SAFETY: the object is live and the thread attached, and it is an int.
    unsafe {
        if ffi::shim_PyLong_Check(integer.as_ptr()) == 0 {
            return None;
        }
        Some(owned_or_err(py, ffi::shim_PyLong_Type_repr(integer.as_ptr())))
    }
}

/// A new `float`.
#[inline]
pub fn float_from_f64(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached.
    unsafe { owned_or_err(py, ffi::PyFloat_FromDouble(value)) }
}
