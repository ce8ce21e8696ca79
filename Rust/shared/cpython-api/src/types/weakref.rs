//! Weak references.

use crate::ffi_call::{new_reference, status_or_err};
use crate::types::python_type;
use crate::{Bound, PyResult};
use cpython_sys as ffi;
use std::ptr;

python_type! {
    /// `weakref.ref`, or a proxy.
    PyWeakref, "weakref", shim_PyWeakref_Check
}

impl PyWeakref {
    /// `weakref.ref(object, callback)`; `TypeError` when the object's type has no weak references.
    #[inline]
    pub fn new<'py>(object: &Bound<'py>, callback: Option<&Bound<'py>>) -> PyResult<Bound<'py, Self>> {
        let reference = new_reference!(object.py(), PyWeakref_NewRef(object, callback))?;
        // SAFETY: the call makes a weak reference.
        Ok(unsafe { reference.cast_into_unchecked() })
    }
}

impl<'py> Bound<'py, PyWeakref> {
    /// The object, if it is still there.
    #[inline]
    pub fn upgrade(&self) -> PyResult<Option<Bound<'py>>> {
        let mut object = ptr::null_mut();
        // SAFETY: a live weak reference and an attached thread (invariants); the result is written to a variable of its type.
        let status = unsafe { ffi::PyWeakref_GetRef(self.as_ptr(), &mut object) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), status) }?;
        // SAFETY: a new reference, or NULL when the object is gone.
        Ok(unsafe { Bound::from_owned_or_null(self.py(), object) })
    }
}
