//! `float` and `complex` objects by free functions, and the text of a double.

use crate::types::{ExactCheck, PyComplex, PyFloat};
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::{CStr, c_char, c_int};
use std::fmt;
use std::ptr::{self, NonNull};

/// As [`PyFloat::new`].
#[inline]
pub fn float_new(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    crate::ffi_call::new_reference!(py, PyFloat_FromDouble(value))
}

/// Whether `object` is exactly a `float`.
#[inline]
pub fn is_exact_float(object: Borrowed<'_, '_>) -> bool {
    PyFloat::check_exact(&object)
}

/// The value of `float(object)` for a number. It may run any Python code.
#[inline]
pub fn float_as_double(object: Borrowed<'_, '_>) -> PyResult<f64> {
    object.as_f64()
}

/// As [`PyComplex::new`].
#[inline]
pub fn complex_new(py: Python<'_>, real: f64, imag: f64) -> PyResult<Bound<'_>> {
    PyComplex::new(py, real, imag).map(Bound::into_any)
}

/// The real and the imaginary part of a number. It may run any Python code.
#[inline]
pub fn complex_as_parts(object: Borrowed<'_, '_>) -> PyResult<(f64, f64)> {
    object.as_complex()
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
        // SAFETY: the thread is attached, as the token proves; no type is asked for.
        let text = unsafe { ffi::PyOS_double_to_string(value, b'r' as c_char, 0, ADD_DOT_0, ptr::null_mut()) };
        match NonNull::new(text) {
            Some(text) => Ok(Self { text }),
            // SAFETY: NULL comes with an exception.
            None => Err(unsafe { PyErr::already_set(py) }),
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
