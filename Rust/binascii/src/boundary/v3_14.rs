//! The functions whose signatures CPython 3.15 changes, as they are in 3.14.

use super::{bytes_from, bytes_of, error, hex};
use crate::alphabet::BASE64_REVERSE;
use crate::base64::{self, Options, Rules};
use cpython_api::{Input, Py_buffer, PyObject, entry};
use std::ffi::c_int;

/// The most bytes that 3.14 encodes in base64.
const BASE64_MAXBIN: usize = (isize::MAX as usize - 3) / 2;

/// Decodes base64.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_a2b_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    strict_mode: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_base64", |py| {
            let data = &*Input::from_view(py, &*data)?;
            bytes_from(
                py,
                Some(base64::max_decoded_len(data.len())),
                |reason| error(py, module, reason),
                |out| base64::decode(data, &BASE64_REVERSE, strict_mode != 0, &Rules::default(), out),
            )
        })
    }
}

/// Encodes base64.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_b2a_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    newline: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base64", |py| {
            let data = &*Input::from_view(py, &*data)?;
            let options = Options::single_line(newline != 0);
            let Some(len) = base64::encoded_len(data.len(), options).filter(|_| data.len() <= BASE64_MAXBIN) else {
                return Err(error(py, module, "Too much data for base64 line"));
            };
            bytes_of(py, Some(len), |out| base64::encode(data, options, out))
        })
    }
}

/// Decodes hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_a2b_hex_impl(module: *mut PyObject, hexstr: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_hex", |py| {
            let digits = &*Input::from_view(py, &*hexstr)?;
            bytes_from(
                py,
                Some(crate::hex::decoded_len(digits.len())),
                |reason| error(py, module, reason),
                |out| crate::hex::decode(digits, out),
            )
        })
    }
}

/// The other name of `a2b_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_unhexlify_impl(module: *mut PyObject, hexstr: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { binascii_a2b_hex_impl(module, hexstr) }
}

/// Encodes as hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_b2a_hex_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, and as `sep` NULL or an argument that its caller keeps alive, on
    // an attached thread.
    unsafe { hex::encode(c"binascii.b2a_hex", data, sep, bytes_per_sep as isize) }
}

/// The other name of `b2a_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_hexlify_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, and as `sep` NULL or an argument that its caller keeps alive, on
    // an attached thread.
    unsafe { hex::encode(c"binascii.hexlify", data, sep, bytes_per_sep as isize) }
}
