//! `str` objects, and what any object says of its length.

use crate::{Borrowed, PyErr, PyResult};
use cpython_sys as ffi;
use std::slice;

/// Whether `object` is a `str`.
#[inline]
pub fn is_str(object: Borrowed<'_, '_>) -> bool {
    // SAFETY: the object is live and the thread attached.
    unsafe { ffi::shim_PyUnicode_Check(object.as_ptr()) != 0 }
}

/// The characters of a `str` that CPython stores as Latin-1, one byte each, which nobody can change; `None` for any
/// other object.
#[inline]
pub fn str_as_latin1<'a>(object: Borrowed<'a, '_>) -> Option<&'a [u8]> {
    if !is_str(object) {
        return None;
    }
    // SAFETY: the object is a str, live for `'a` and immutable; the shim returns NULL for wider characters, and a
    // str with one byte a character has as many bytes as characters.
    unsafe {
        let start = ffi::shim_PyUnicode_1BYTE_DATA(object.as_ptr());
        let len = ffi::PyUnicode_GetLength(object.as_ptr());
        if start.is_null() { None } else { Some(slice::from_raw_parts(start, usize::try_from(len).unwrap_or(0))) }
    }
}

/// What `len(object)` says. It may run any Python code.
pub fn object_len(object: Borrowed<'_, '_>) -> PyResult<usize> {
    // SAFETY: the object is live and the thread attached; a negative answer comes with an exception.
    unsafe {
        let len = ffi::PyObject_Size(object.as_ptr());
        usize::try_from(len).map_err(|_| PyErr::already_set(object.py()))
    }
}
