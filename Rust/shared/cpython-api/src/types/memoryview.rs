//! `memoryview`

use crate::ffi_call::new_reference;
use crate::types::python_type;
use crate::{Bound, PyResult};

python_type! {
    /// `memoryview`
    PyMemoryView, "memoryview", shim_PyMemoryView_Check
}

impl PyMemoryView {
    /// `memoryview(object)`. It may run any Python code.
    #[inline]
    pub fn new<'py>(object: &Bound<'py>) -> PyResult<Bound<'py, Self>> {
        let view = new_reference!(object.py(), PyMemoryView_FromObject(object))?;
        // SAFETY: the call makes a memoryview.
        Ok(unsafe { view.cast_into_unchecked() })
    }
}
