//! Modules, while one is executed.

use crate::ffi_call::status;
use crate::types::{PyInt, PyStr, PyType, python_type};
use crate::{Bound, PyResult, Python};
use std::ffi::CStr;

python_type! {
    /// A module.
    PyModule, "module", shim_PyModule_Check
}

impl PyModule {
    /// `importlib.import_module(name)`
    pub fn import<'py>(py: Python<'py>, name: &CStr) -> PyResult<Bound<'py>> {
        crate::ffi_call::new_reference!(py, PyImport_ImportModule(name))
    }
}

impl<'py> Bound<'py, PyModule> {
    /// Adds a constant, a class or an exception.
    #[inline]
    pub fn add(&self, name: &CStr, value: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyModule_AddObjectRef(self, name, value)).map(drop)
    }

    /// Adds an `int`.
    #[inline]
    pub fn add_int(&self, name: &CStr, value: i64) -> PyResult<()> {
        let value = PyInt::new(self.py(), value)?;
        self.add(name, &value)
    }

    /// Adds a `str`.
    #[inline]
    pub fn add_str(&self, name: &CStr, value: &str) -> PyResult<()> {
        let value = PyStr::new(self.py(), value)?;
        self.add(name, &value)
    }

    /// Adds a class by its own name.
    #[inline]
    pub fn add_type(&self, class: &Bound<'py, PyType>) -> PyResult<()> {
        // SAFETY: a live module, a live type and an attached thread (invariants).
        let status = unsafe { cpython_sys::PyModule_AddType(self.as_ptr(), class.as_type_ptr()) };
        // SAFETY: -1 comes with an exception.
        unsafe { crate::ffi_call::status_or_err(self.py(), status) }.map(drop)
    }
}
