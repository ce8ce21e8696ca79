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

/// Halves: IEEE 754 binary16.
impl PyFloat {
    /// The value of a half in the byte order of the machine, or in another one.
    #[inline]
    pub fn unpack_half(_py: Python<'_>, half: [u8; 2], little_endian: bool) -> f64 {
        // SAFETY: the thread is attached, as the token proves, and there are two bytes.
        unsafe { cpython_sys::PyFloat_Unpack2(half.as_ptr().cast(), little_endian.into()) }
    }

    /// The half nearest to a value; `OverflowError` where it is too large.
    #[inline]
    pub fn pack_half(py: Python<'_>, value: f64) -> PyResult<[u8; 2]> {
        let mut half = [0_u8; 2];
        // SAFETY: the thread is attached, as the token proves, and there is room for two bytes.
        let status = unsafe {
            cpython_sys::PyFloat_Pack2(value, half.as_mut_ptr().cast(), cfg!(target_endian = "little").into())
        };
        // SAFETY: -1 comes with an exception.
        unsafe { crate::ffi_call::status_or_err(py, status) }?;
        Ok(half)
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
