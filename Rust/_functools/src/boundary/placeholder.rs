//! `Placeholder`, and its class.

use super::state;
use cpython_api::types::PyModule;
use cpython_api::{Arg, InstanceData, PyObject, Python, entry, instance_slots, rust_instance};
use std::ffi::CStr;

/// The data of the placeholder: none.
#[derive(Debug)]
pub(crate) struct Placeholder;

impl InstanceData for Placeholder {
    const NAME: &'static CStr = c"functools._PlaceholderType";

    fn release(self, _py: Python<'_>) {}
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn functools_placeholder_instance() -> rust_instance {
    instance_slots::<Placeholder>()
}

/// The only instance.
///
/// # Safety
///
/// Called by the C side alone, with this module.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_placeholder(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side passes the module of the class, which keeps it.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"functools._PlaceholderType", move |py| Ok(state(module.bind(py))?.placeholder.bind(py).to_owned()))
    }
}
