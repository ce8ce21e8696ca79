//! Numbers, truth values among them.

use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;

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
