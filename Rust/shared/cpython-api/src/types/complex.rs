//! `complex`

use crate::ffi_call::{infallible, new_reference};
use crate::types::python_type;
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;

python_type! {
    /// `complex`
    PyComplex, "complex", shim_PyComplex_Check
}

impl PyComplex {
    /// A new `complex`.
    #[inline]
    pub fn new(py: Python<'_>, real: f64, imag: f64) -> PyResult<Bound<'_, Self>> {
        let object = new_reference!(py, PyComplex_FromCComplex(ffi::Py_complex { real, imag }))?;
        // SAFETY: the call makes a complex.
        Ok(unsafe { object.cast_into_unchecked() })
    }
}

impl Bound<'_> {
    /// The real and the imaginary part of a number, by `__complex__`, `__float__` or `__index__`. It may run any Python
    /// code.
    #[inline]
    pub fn as_complex(&self) -> PyResult<(f64, f64)> {
        let value = infallible!(self.py(), PyComplex_AsCComplex(self));
        if value.real == -1.0 && !infallible!(self.py(), PyErr_Occurred()).is_null() {
            // SAFETY: an exception is set.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        Ok((value.real, value.imag))
    }
}
