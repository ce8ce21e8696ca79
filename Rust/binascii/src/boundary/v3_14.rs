//! The functions whose signatures CPython 3.15 changes, as they are in 3.14.

use super::{bytes_from, bytes_of, error, full_bytes_from, hex};
use crate::alphabet::BASE64_REVERSE;
use crate::base64::{self, Options, Rules};
use crate::hex as hex_core;
use cpython_api::types::{PyBytes, PyModule};
use cpython_api::{Arg, Borrowed, Bound, Py_buffer, PyObject, PyResult, Python, View, entry};
use std::ffi::c_int;

/// The most bytes that 3.14 encodes in base64.
const BASE64_MAXBIN: usize = (isize::MAX as usize - 3) / 2;

/// `b""`, for no data, without setting up anything.
#[inline]
fn empty(py: Python<'_>) -> PyResult<Bound<'_>> {
    PyBytes::new(py, b"").map(Bound::into_any)
}

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
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"binascii.a2b_base64", move |py| decode_base64(module.bind(py), &data.input(py)?, strict_mode != 0))
    }
}

#[cfg(not(Py_3_15))]
fn decode_base64<'py>(module: Borrowed<'_, 'py, PyModule>, data: &[u8], strict: bool) -> PyResult<Bound<'py>> {
    if data.is_empty() {
        return empty(module.py());
    }
    bytes_from(
        module.py(),
        Some(base64::max_decoded_len(data.len())),
        |reason| error(module, format_args!("{reason}")),
        |out| base64::decode(data, &BASE64_REVERSE, strict, &Rules::default(), out),
    )
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
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.b2a_base64", move |py| encode_base64(module.bind(py), &data.input(py)?, newline != 0)) }
}

#[cfg(not(Py_3_15))]
fn encode_base64<'py>(module: Borrowed<'_, 'py, PyModule>, data: &[u8], newline: bool) -> PyResult<Bound<'py>> {
    if data.is_empty() {
        return PyBytes::new(module.py(), if newline { b"\n" } else { b"" }).map(Bound::into_any);
    }
    let options = Options::single_line(newline);
    let Some(len) = base64::encoded_len(data.len(), options).filter(|_| data.len() <= BASE64_MAXBIN) else {
        return Err(error(module, "Too much data for base64 line"));
    };
    bytes_of(module.py(), Some(len), |out| base64::encode(data, options, out))
}

/// Decodes hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_a2b_hex_impl(module: *mut PyObject, hexstr: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let hexstr = unsafe { View::new(&hexstr) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.a2b_hex", move |py| decode_hex(module.bind(py), &hexstr.input(py)?)) }
}

#[cfg(not(Py_3_15))]
fn decode_hex<'py>(module: Borrowed<'_, 'py, PyModule>, digits: &[u8]) -> PyResult<Bound<'py>> {
    let raise = |reason: hex_core::DecodeError| error(module, reason.message());
    let mut bytes = [0; hex_core::FEW];
    if let Some(len) = hex_core::decode_few(digits, &mut bytes) {
        return PyBytes::new(module.py(), &bytes[..len.map_err(raise)?]).map(Bound::into_any);
    }
    full_bytes_from(module.py(), Some(hex_core::decoded_len(digits.len())), raise, |out| hex_core::decode(digits, out))
}

/// The other name of `a2b_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn binascii_unhexlify_impl(module: *mut PyObject, hexstr: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes both functions the same.
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
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code passes NULL or an argument, which its caller keeps for the call.
    let sep = unsafe { Arg::optional(&sep) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.b2a_hex", move |py| hex::encode(py, data, sep, bytes_per_sep as isize)) }
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
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code passes NULL or an argument, which its caller keeps for the call.
    let sep = unsafe { Arg::optional(&sep) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.hexlify", move |py| hex::encode(py, data, sep, bytes_per_sep as isize)) }
}
