//! `bytes` objects by free functions; [`PyBytes`](crate::types::PyBytes) has the methods.

use crate::types::PyBytes;
use crate::{Borrowed, Bound, OutBuf, PyResult, Python};

/// As [`PyBytes::new_with`].
#[inline]
pub fn bytes_with<'py>(
    py: Python<'py>,
    capacity: Option<usize>,
    fill: impl FnOnce(&mut OutBuf<'_>) -> PyResult<()>,
) -> PyResult<Bound<'py>> {
    PyBytes::new_with(py, capacity, fill).map(Bound::into_any)
}

/// The contents of a `bytes` object, which nobody can change; `None` for any other object.
#[inline]
pub fn bytes_as_slice<'a>(object: Borrowed<'a, '_>) -> Option<&'a [u8]> {
    object.cast_borrowed::<PyBytes>().map(Borrowed::as_bytes)
}
