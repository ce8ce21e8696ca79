//! `float`

use crate::ffi_call::{infallible, new_reference};
use crate::types::python_type;
use crate::{Bound, PyResult, Python};

python_type! {
    /// `float`
    PyFloat, "float", shim_PyFloat_Check, shim_PyFloat_CheckExact
}

impl PyFloat {
    /// A new `float`.
    #[inline]
    pub fn new(py: Python<'_>, value: f64) -> PyResult<Bound<'_, Self>> {
        let object = new_reference!(py, PyFloat_FromDouble(value))?;
        // SAFETY: the call makes a float.
        Ok(unsafe { object.cast_into_unchecked() })
    }
}

impl Bound<'_, PyFloat> {
    /// The value.
    #[inline]
    pub fn value(&self) -> f64 {
        infallible!(self.py(), shim_PyFloat_AS_DOUBLE(self))
    }
}

impl Bound<'_> {
    /// The value of an object that is exactly a `float` or a `bool`, or exactly an `int` of some thousand bits at most. It
    /// runs no Python code.
    #[inline]
    pub fn exact_f64(&self) -> Option<f64> {
        let (object, mut value) = (self.as_ptr(), 0.0);
        // SAFETY: the object is live and the thread attached (invariants); the value is stored if there is one.
        let found = unsafe { cpython_sys::shim_array_doubles(&object, 1, &mut value) };
        (found != 0).then_some(value)
    }
}
