//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! CPython's source has no `example`, so its clinic input is in its doc comment: `make regen` copies it into
//! `Include/rust/NAME.h`, and the build generates the parsing code from there. That of the module's own functions is
//! taken from CPython's source, see Doc/bindings.md.

use crate::core;
use cpython_api::types::PyInt;
use cpython_api::{Bound, Py_buffer, PyObject, View, entry};

/// Adds bytes.
///
/// ```text
/// [clinic input]
/// module NAME
/// [clinic start generated code]
/// ```
///
/// ```text
/// [clinic input]
/// NAME.example
///
///     data: Py_buffer
///     /
///
/// Return the sum of the bytes.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PREFIX_example_impl(_module: *mut PyObject, data: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"NAME.example", move |py| {
            let data = data.input(py)?;
            PyInt::new(py, core::example(&data)).map(Bound::into_any)
        })
    }
}
