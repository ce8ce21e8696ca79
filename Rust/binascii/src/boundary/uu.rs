//! `a2b_uu` and `b2a_uu`.

use super::error;
use crate::uu;
use cpython_api::types::{PyBytes, PyModule};
use cpython_api::{Arg, Borrowed, Bound, Py_buffer, PyObject, PyResult, View, entry};
use std::ffi::c_int;

/// Decodes one line of uuencoded data.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_a2b_uu_impl(module: *mut PyObject, data: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.a2b_uu", move |py| decode(module.bind(py), &data.input(py)?)) }
}

fn decode<'py>(module: Borrowed<'_, 'py, PyModule>, data: &[u8]) -> PyResult<Bound<'py>> {
    let len = uu::decoded_len(data).map_err(|reason| error(module, reason.message()))?;
    let bytes = PyBytes::new_with(module.py(), Some(len), |out| {
        uu::decode(data, out).map_err(|reason| error(module, reason.message()))
    });
    bytes.map(Bound::into_any)
}

/// Encodes one line of uuencoded data.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_b2a_uu_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    backtick: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.b2a_uu", move |py| encode(module.bind(py), &data.input(py)?, backtick != 0)) }
}

fn encode<'py>(module: Borrowed<'_, 'py, PyModule>, data: &[u8], backtick: bool) -> PyResult<Bound<'py>> {
    let len = uu::encoded_len(data.len()).map_err(|reason| error(module, reason.message()))?;
    let bytes = PyBytes::new_with(module.py(), Some(len), |out| {
        uu::encode(data, backtick, out).map_err(|reason| error(module, reason.message()))
    });
    bytes.map(Bound::into_any)
}
