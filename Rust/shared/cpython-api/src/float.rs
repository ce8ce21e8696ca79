//! `float` and `complex` objects.

use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::{CStr, c_char, c_int};
use std::fmt;
use std::ptr::{self, NonNull};

/// A new `float`.
#[inline]
pub fn float_new(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached; the call returns a new reference, or NULL with an exception set.
    unsafe {
        let object = ffi::PyFloat_FromDouble(value);
        Bound::from_owned_or_null(py, object).ok_or_else(|| PyErr::already_set(py))
    }
}

/// Whether `object` is exactly a `float`.
#[inline]
pub fn is_exact_float(object: Borrowed<'_, '_>) -> bool {
    // SAFETY: the object is live and the thread attached.
    unsafe { ffi::shim_PyFloat_CheckExact(object.as_ptr()) != 0 }
}

/// What `float(object)` would be of a number: its value, or what `__float__` or `__index__` says. It may run any
/// Python code.
#[inline]
pub fn float_as_double(object: Borrowed<'_, '_>) -> PyResult<f64> {
    // SAFETY: the object is live and the thread attached; -1.0 may come with an exception.
    unsafe {
        let value = ffi::PyFloat_AsDouble(object.as_ptr());
        if value == -1.0 && !ffi::PyErr_Occurred().is_null() { Err(PyErr::already_set(object.py())) } else { Ok(value) }
    }
}

/// A new `complex`.
#[inline]
pub fn complex_new(py: Python<'_>, real: f64, imag: f64) -> PyResult<Bound<'_>> {
    // SAFETY: as for `float_new`.
    unsafe {
        let object = ffi::PyComplex_FromCComplex(ffi::Py_complex { real, imag });
        Bound::from_owned_or_null(py, object).ok_or_else(|| PyErr::already_set(py))
    }
}

/// The real and the imaginary part of a number, by `__complex__`, `__float__` or `__index__`. It may run any Python
/// code.
#[inline]
pub fn complex_as_parts(object: Borrowed<'_, '_>) -> PyResult<(f64, f64)> {
    // SAFETY: as for `float_as_double`.
    unsafe {
        let value = ffi::PyComplex_AsCComplex(object.as_ptr());
        if value.real == -1.0 && !ffi::PyErr_Occurred().is_null() {
            Err(PyErr::already_set(object.py()))
        } else {
            Ok((value.real, value.imag))
        }
    }
}

/// The `repr` of a float, for messages.
///
/// # Invariants
///
/// - `text` is a string that ends in NUL, from CPython's allocator, and belongs to this value.
#[derive(Debug)]
pub struct FloatRepr {
    text: NonNull<c_char>,
}

impl FloatRepr {
    /// Formats `value`.
    #[inline]
    pub fn new(py: Python<'_>, value: f64) -> PyResult<Self> {
        const ADD_DOT_0: c_int = ffi::Py_DTSF_ADD_DOT_0 as c_int;
        // SAFETY: the thread is attached; the call returns a new string, or NULL with an exception set.
        unsafe {
            let text = ffi::PyOS_double_to_string(value, b'r' as c_char, 0, ADD_DOT_0, ptr::null_mut());
            NonNull::new(text).map(|text| Self { text }).ok_or_else(|| PyErr::already_set(py))
        }
    }
}

impl fmt::Display for FloatRepr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: the string ends in NUL and lives as long as this value (invariants).
        f.write_str(&unsafe { CStr::from_ptr(self.text.as_ptr()) }.to_string_lossy())
    }
}

impl Drop for FloatRepr {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the string is from this allocator and given back once (invariants).
        unsafe { ffi::PyMem_Free(self.text.as_ptr().cast()) };
    }
}
