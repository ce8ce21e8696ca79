//! `bytes` objects: reading one, and filling a new one in place.

use crate::{Borrowed, Bound, OutBuf, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// Makes a new `bytes` object of at most `capacity` bytes: whatever `fill` writes.
///
/// The object is the only allocation. It is shrunk in place when less has been written, so `capacity` should be the
/// exact length, or a bound close to it.
///
/// A capacity that no object can have raises `MemoryError`, as it does in C.
#[inline]
pub fn bytes_with<'py>(
    py: Python<'py>,
    capacity: Option<usize>,
    fill: impl FnOnce(&mut OutBuf<'_>) -> PyResult<()>,
) -> PyResult<Bound<'py>> {
    let Some(size) = capacity.and_then(|capacity| ffi::Py_ssize_t::try_from(capacity).ok()) else {
        return Err(PyErr::no_memory(py));
    };
    let mut start = ptr::null_mut();
    // SAFETY: a new object with uninitialised contents, or NULL and an exception, as for a size too large.
    let object = unsafe { Bound::from_owned_or_null(py, ffi::shim_PyBytes_new(size, &mut start)) };
    // SAFETY: the call above has failed, and so has set an exception.
    let Some(object) = object else { return Err(unsafe { PyErr::already_set(py) }) };
    let mut out = {
        // SAFETY: the object is new and has room for `size` bytes at `start`, which nobody else sees before it is
        // returned. An object of no bytes is shared, but none are written to it.
        let memory = unsafe { slice::from_raw_parts_mut(start.cast::<MaybeUninit<u8>>(), size as usize) };
        OutBuf::new(memory)
    };
    fill(&mut out)?;
    let written = out.len();
    if written == size as usize { Ok(object) } else { shrink(object, written) }
}

/// Makes a `bytes` object shorter that only this thread has a reference to.
#[inline]
pub(crate) fn shrink(object: Bound<'_>, len: usize) -> PyResult<Bound<'_>> {
    let py = object.py();
    let mut pointer = object.into_ptr();
    // SAFETY: this thread owns the only reference. The call takes it over and leaves the new object or NULL there.
    // `len` is less than the object's own length, so the cast keeps it.
    unsafe {
        ffi::_PyBytes_Resize(&mut pointer, len as ffi::Py_ssize_t);
        Bound::from_owned_or_null(py, pointer).ok_or_else(|| PyErr::already_set(py))
    }
}

/// The contents of a `bytes` object, which nobody can change; `None` for any other object.
#[inline]
pub fn bytes_as_slice<'a>(object: Borrowed<'a, '_>) -> Option<&'a [u8]> {
    // SAFETY: the object is live for `'a` and the thread attached. A bytes object has as many bytes as it says, lives
    // as long as it is lent, and is immutable.
    unsafe {
        if ffi::shim_PyBytes_Check(object.as_ptr()) == 0 {
            return None;
        }
        let start = ffi::PyBytes_AsString(object.as_ptr()).cast::<u8>();
        let len = ffi::PyBytes_Size(object.as_ptr());
        Some(slice::from_raw_parts(start, usize::try_from(len).unwrap_or(0)))
    }
}
