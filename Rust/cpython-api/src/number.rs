//! Numbers.

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
