//! The functions whose signatures CPython 3.15 changes, as they are in 3.14.

use super::{bytes_from, bytes_of, error, error_for, full_bytes_from, hex, short_bytes, short_bytes_of};
use crate::alphabet::BASE64_REVERSE;
use crate::base64::{self, Options, Rules};
use crate::hex as hex_core;
use cpu_level::Level;
use cpython_api::types::PyModule;
use cpython_api::{Arg, Borrowed, Bound, Py_buffer, PyObject, PyResult, Python, View, entry, into_c_result};
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
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    if data.len() <= base64::SHORT_TEXT {
        // SAFETY: the parsing code calls on an attached thread.
        if let Some(bytes) = decode_short_base64(unsafe { Python::assume_attached() }, data, strict_mode != 0) {
            return into_c_result(bytes);
        }
    }
    // With the mode as a constant, what the closure captures is passed on in two registers.
    if strict_mode != 0 {
        // SAFETY: the parsing code calls on an attached thread.
        unsafe { entry(c"binascii.a2b_base64", move |py| decode_base64::<true>(module.bind(py), &data.input(py)?)) }
    } else {
        // SAFETY: as above.
        unsafe { entry(c"binascii.a2b_base64", move |py| decode_base64::<false>(module.bind(py), &data.input(py)?)) }
    }
}

/// Decodes base64 if the text is short. Not inlined: calls with more data would save the registers that it uses.
#[cfg(not(Py_3_15))]
#[inline(never)]
fn decode_short_base64<'py>(py: Python<'py>, data: View<'_>, strict: bool) -> Option<PyResult<Bound<'py>>> {
    const PADS: (bool, bool) = (true, false);
    let data = data.short(py, base64::SHORT_TEXT)?;
    short_bytes::<{ base64::SHORT_SPACE }>(py, |out| {
        base64::decode_short(Level::detected(), data, &BASE64_REVERSE, PADS, out)
            || !strict && base64::decode_short_lenient(Level::detected(), data, &BASE64_REVERSE, PADS, out)
    })
}

#[cfg(not(Py_3_15))]
fn decode_base64<'py, const STRICT: bool>(module: Borrowed<'_, 'py, PyModule>, data: &[u8]) -> PyResult<Bound<'py>> {
    bytes_from(
        module.py(),
        Some(base64::max_decoded_len(data.len())),
        |reason: base64::DecodeError| error_for(module, reason.literal(), reason),
        |out| base64::decode(data, &BASE64_REVERSE, STRICT, &Rules::default(), out),
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
    if data.len() <= base64::SHORT {
        // SAFETY: the parsing code calls on an attached thread.
        if let Some(bytes) = encode_short_base64(unsafe { Python::assume_attached() }, data, newline != 0) {
            return into_c_result(bytes);
        }
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.b2a_base64", move |py| encode_base64(module.bind(py), &data.input(py)?, newline != 0)) }
}

/// Encodes base64 if the data is short. Not inlined: calls with more data would save the registers that it uses.
#[cfg(not(Py_3_15))]
#[inline(never)]
fn encode_short_base64<'py>(py: Python<'py>, data: View<'_>, newline: bool) -> Option<PyResult<Bound<'py>>> {
    let (level, options) = (Level::detected(), Options::single_line(newline));
    let data = data.short(py, base64::SHORT)?;
    let len = base64::short_len(level, data.len(), options)?;
    short_bytes_of(py, len, |out| base64::encode_short(level, data, options, out))
}

#[cfg(not(Py_3_15))]
fn encode_base64<'py>(module: Borrowed<'_, 'py, PyModule>, data: &[u8], newline: bool) -> PyResult<Bound<'py>> {
    let options = Options::single_line(newline);
    let Some(len) = base64::encoded_len(data.len(), options).filter(|_| data.len() <= BASE64_MAXBIN) else {
        return Err(error(module, "Too much data for base64 line"));
    };
    // The options are made in the closure, where the compiler sees that most of them are constants.
    bytes_of(module.py(), Some(len), |out| base64::encode(data, Options::single_line(newline), out))
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
    let py = unsafe { Python::assume_attached() };
    match hexstr
        .short(py, 2 * hex_core::short::MAX)
        .and_then(|digits| hex::decode_short(py, digits, |_| hex_core::DecodeError::OddLength))
    {
        Some(Ok(bytes)) => into_c_result(bytes),
        Some(Err(reason)) => into_c_result::<Bound<'_>>(Err(error(module.bind(py), reason.message()))),
        // SAFETY: the parsing code calls on an attached thread.
        None => unsafe { entry(c"binascii.a2b_hex", move |py| decode_hex(module.bind(py), &hexstr.input(py)?)) },
    }
}

#[cfg(not(Py_3_15))]
fn decode_hex<'py>(module: Borrowed<'_, 'py, PyModule>, digits: &[u8]) -> PyResult<Bound<'py>> {
    let raise = |reason: hex_core::DecodeError| error(module, reason.message());
    if !digits.len().is_multiple_of(2) {
        // No object is made for nothing.
        return Err(raise(hex_core::DecodeError::OddLength));
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
    let py = unsafe { Python::assume_attached() };
    hex::encode(c"binascii.b2a_hex", py, data, sep, bytes_per_sep as isize)
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
    let py = unsafe { Python::assume_attached() };
    hex::encode(c"binascii.hexlify", py, data, sep, bytes_per_sep as isize)
}
