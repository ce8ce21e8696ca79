//! `Placeholder`, and its class.

use super::State;
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyDict, PyTuple, PyType};
use cpython_api::{
    Arg, Declaration, InstanceData, PyObject, PyTypeObject, Python, entry, instance_slots, rust_instance,
};
use std::ffi::CStr;

/// The data of the placeholder: none.
#[derive(Debug)]
pub(crate) struct Placeholder;

impl InstanceData for Placeholder {
    const NAME: &'static CStr = c"functools._PlaceholderType";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(functools_placeholder_instance) });

    fn release(self, _py: Python<'_>) {}
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn functools_placeholder_instance() -> rust_instance {
    instance_slots::<Placeholder>()
}

/// The only instance: `tp_new`.
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_placeholder_new(
    cls: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let cls = cls.cast();
    // SAFETY: the slot is called with this class, which its caller keeps.
    let class = unsafe { Arg::<PyType>::new(&cls) };
    // SAFETY: the slot is called with the tuple of the arguments, which its caller keeps for the call.
    let args = unsafe { Arg::<PyTuple>::new(&args) };
    // SAFETY: the slot is called with the dict of the keyword arguments, which its caller keeps for the call, or NULL.
    let kwargs = unsafe { Arg::<PyDict>::optional(&kwargs) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry(c"functools._PlaceholderType", move |py| {
            if !args.bind(py).is_empty() || kwargs.is_some_and(|kwargs| !kwargs.bind(py).is_empty()) {
                return Err(PyTypeError::new_err(py, "PlaceholderType takes no arguments"));
            }
            Ok(class.bind(py).module_state::<State>()?.placeholder.bind(py).to_owned())
        })
    }
}
