//! `bool`

use crate::types::python_type;
use crate::{Bound, Python};
use cpython_sys as ffi;

python_type! {
    /// `bool`
    PyBool, "bool", shim_PyBool_Check
}

impl PyBool {
    /// `True` or `False`.
    #[inline]
    pub fn new(py: Python<'_>, value: bool) -> Bound<'_, Self> {
        // SAFETY: the thread is attached, as the token proves.
        let object = unsafe { ffi::PyBool_FromLong(value.into()) };
        // SAFETY: a reference to one of two objects that exist while an interpreter runs.
        let object = unsafe { Bound::from_owned_or_null(py, object) };
        // SAFETY: so it is not NULL.
        let object = unsafe { object.unwrap_unchecked() };
        // SAFETY: both are bools.
        unsafe { object.cast_into_unchecked() }
    }
}

impl Bound<'_, PyBool> {
    /// The value.
    #[inline]
    pub fn is_true(&self) -> bool {
        crate::ffi_call::infallible!(self.py(), Py_IsTrue(self)) != 0
    }
}
