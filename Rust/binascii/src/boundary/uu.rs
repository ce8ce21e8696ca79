//! `a2b_uu` and `b2a_uu`.

use super::error;
use crate::uu;
use cpython_api::{Input, Py_buffer, PyObject, bytes_with, entry};
use std::ffi::c_int;

/// Decodes one line of uuencoded data.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_a2b_uu_impl(module: *mut PyObject, data: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_uu", |py| {
            let data = Input::from_view(py, &*data)?;
            let len = uu::decoded_len(&data).map_err(|reason| error(py, module, reason.message()))?;
            bytes_with(py, Some(len), |out| {
                uu::decode(&data, out).map_err(|reason| error(py, module, reason.message()))
            })
        })
    }
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
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_uu", |py| {
            let data = Input::from_view(py, &*data)?;
            let len = uu::encoded_len(data.len()).map_err(|reason| error(py, module, reason.message()))?;
            bytes_with(py, Some(len), |out| {
                uu::encode(&data, backtick != 0, out).map_err(|reason| error(py, module, reason.message()))
            })
        })
    }
}
