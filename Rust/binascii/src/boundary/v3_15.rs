//! The functions whose signatures CPython 3.15 changes, and those that it adds.
//!
//! C keeps the reverse table of every alphabet in a dict of the module. Here those of the alphabets that the module names are
//! static, and another is made for the call: no state is shared, and no memory grows with the number of alphabets.

use super::{bytes_from, bytes_of, error, hex};
use crate::alphabet::{
    BASE32, BASE32_REVERSE, BASE32HEX, BASE32HEX_REVERSE, BASE64, BASE64_REVERSE, BASE85, BASE85_REVERSE, ReverseTable,
    URLSAFE_BASE64, URLSAFE_BASE64_REVERSE, Z85, Z85_REVERSE,
};
use crate::ignorechars::ByteSet;
use crate::{ascii85, base32, base64, base85};
use cpython_api::{
    Borrowed, ExceptionType, Input, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, Python, bytes_as_slice, entry,
};
use std::ffi::c_int;

/// The struct of `Python.h`, of which only pointers are passed.
///
/// cbindgen:ignore
#[repr(C)]
#[derive(Debug)]
pub struct PyBytesObject {
    _opaque: [u8; 0],
}

/// The error for an alphabet that does not have `len` characters.
#[cold]
fn wrong_alphabet(py: Python<'_>, len: usize) -> PyErr {
    PyErr::format(ExceptionType::ValueError.bind(py), format_args!("alphabet must have length {len}"))
}

/// The alphabet to encode with: a copy of the content of `view`, or `default` when the argument was not given.
///
/// # Safety
///
/// - `view` is a filled view or all NULL, and is not released during the call.
unsafe fn encoding_alphabet<const N: usize>(
    py: Python<'_>,
    view: *mut Py_buffer,
    default: &[u8; N],
) -> PyResult<[u8; N]> {
    // SAFETY: the caller vouches for the view.
    unsafe {
        if (*view).buf.is_null() {
            return Ok(*default);
        }
        let alphabet = Input::from_view(py, &*view)?;
        <[u8; N]>::try_from(&alphabet[..]).map_err(|_| wrong_alphabet(py, N))
    }
}

/// Calls `decode` with the reverse table of an alphabet of `N` characters, or with that of the first of the `known` ones when
/// there is no object.
///
/// # Safety
///
/// - `alphabet` is NULL or a bytes object that lives during the call.
unsafe fn with_reverse_table<const N: usize, T>(
    py: Python<'_>,
    alphabet: *mut PyBytesObject,
    pad: Option<u8>,
    known: [(&[u8; N], &ReverseTable); 2],
    decode: impl FnOnce(&ReverseTable) -> PyResult<T>,
) -> PyResult<T> {
    // SAFETY: the caller vouches for the object.
    let Some(object) = (unsafe { Borrowed::from_borrowed_or_null(py, alphabet.cast()) }) else {
        return decode(known[0].1);
    };
    let Some(alphabet) = bytes_as_slice(object).and_then(|bytes| <&[u8; N]>::try_from(bytes).ok()) else {
        return Err(wrong_alphabet(py, N));
    };
    match known.iter().find(|(known, _)| *known == alphabet) {
        Some((_, table)) => decode(table),
        None => decode(&ReverseTable::new(alphabet, pad)),
    }
}

/// The alphabets that the module has names for, and their reverse tables.
const KNOWN_BASE64: [(&[u8; 64], &ReverseTable); 2] =
    [(&BASE64, &BASE64_REVERSE), (&URLSAFE_BASE64, &URLSAFE_BASE64_REVERSE)];
const KNOWN_BASE32: [(&[u8; 32], &ReverseTable); 2] = [(&BASE32, &BASE32_REVERSE), (&BASE32HEX, &BASE32HEX_REVERSE)];
const KNOWN_BASE85: [(&[u8; 85], &ReverseTable); 2] = [(&BASE85, &BASE85_REVERSE), (&Z85, &Z85_REVERSE)];

/// The set of characters in `view`, which is empty when the argument was not given.
///
/// # Safety
///
/// - `view` is a filled view or all NULL, and is not released during the call.
unsafe fn ignored(py: Python<'_>, view: *mut Py_buffer) -> PyResult<ByteSet> {
    // SAFETY: the caller vouches for the view.
    unsafe {
        if (*view).len == 0 {
            return Ok(ByteSet::new(b""));
        }
        Ok(ByteSet::new(&Input::from_view(py, &*view)?))
    }
}

/// Decodes base64.
///
/// `strict_mode` is -1 when it was not given.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    strict_mode: c_int,
    padded: c_int,
    alphabet: *mut PyBytesObject,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, filled views or NULL ones and an argument that its caller keeps alive, on
    // an attached thread.
    unsafe {
        entry(c"binascii.a2b_base64", |py| {
            // A buffer of no characters is an argument, too.
            let strict = if strict_mode == -1 { !(*ignorechars).buf.is_null() } else { strict_mode != 0 };
            let data = &*Input::from_view(py, &*data)?;
            let rules = base64::Rules {
                padded: padded != 0,
                canonical: canonical != 0,
                ignorechars: if strict { ignored(py, ignorechars)? } else { ByteSet::new(b"") },
            };
            with_reverse_table(py, alphabet, Some(b'='), KNOWN_BASE64, |table| {
                bytes_from(
                    py,
                    Some(base64::max_decoded_len(data.len())),
                    |reason| error(py, module, reason),
                    |out| base64::decode(data, table, strict, &rules, out),
                )
            })
        })
    }
}

/// Encodes base64.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    padded: c_int,
    wrapcol: usize,
    newline: c_int,
    alphabet: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and filled views or NULL ones, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base64", |py| {
            let alphabet = &encoding_alphabet(py, alphabet, &BASE64)?;
            let data = &*Input::from_view(py, &*data)?;
            let options = base64::Options { alphabet, padded: padded != 0, wrapcol, newline: newline != 0 };
            let Some(len) = base64::encoded_len(data.len(), options) else {
                return Err(error(py, module, "Too much data for base64"));
            };
            bytes_of(py, Some(len), |out| base64::encode(data, options, out))
        })
    }
}

/// Decodes Ascii85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_ascii85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    foldspaces: c_int,
    adobe: c_int,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and filled views or NULL ones, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_ascii85", |py| {
            let data = &*Input::from_view(py, &*data)?;
            let rules = ascii85::Rules {
                foldspaces: foldspaces != 0,
                adobe: adobe != 0,
                canonical: canonical != 0,
                ignorechars: ignored(py, ignorechars)?,
            };
            let text = ascii85::strip_marks(data, &rules).map_err(|reason| error(py, module, reason))?;
            let Some(len) = ascii85::max_decoded_len(text) else {
                return Err(error(py, module, "Too much Ascii85 data"));
            };
            bytes_from(py, Some(len), |reason| error(py, module, reason), |out| ascii85::decode(text, &rules, out))
        })
    }
}

/// Encodes Ascii85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_ascii85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    foldspaces: c_int,
    wrapcol: usize,
    pad: c_int,
    adobe: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_ascii85", |py| {
            let data = &*Input::from_view(py, &*data)?;
            let options = ascii85::Options { foldspaces: foldspaces != 0, wrapcol, pad: pad != 0, adobe: adobe != 0 };
            let Some(len) = ascii85::max_encoded_len(data.len(), options) else {
                return Err(error(py, module, "Too much data for Ascii85"));
            };
            bytes_of(py, Some(len), |out| ascii85::encode(data, options, out))
        })
    }
}

/// Decodes base85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_base85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    alphabet: *mut PyBytesObject,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, filled views or NULL ones and an argument that its caller keeps alive, on
    // an attached thread.
    unsafe {
        entry(c"binascii.a2b_base85", |py| {
            let data = &*Input::from_view(py, &*data)?;
            let rules = base85::Rules { canonical: canonical != 0, ignorechars: ignored(py, ignorechars)? };
            with_reverse_table(py, alphabet, None, KNOWN_BASE85, |table| {
                bytes_from(
                    py,
                    Some(base85::max_decoded_len(data.len())),
                    |reason| error(py, module, reason),
                    |out| base85::decode(data, table, &rules, out),
                )
            })
        })
    }
}

/// Encodes base85.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_base85_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    pad: c_int,
    wrapcol: usize,
    alphabet: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and filled views or NULL ones, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base85", |py| {
            let alphabet = &encoding_alphabet(py, alphabet, &BASE85)?;
            let data = &*Input::from_view(py, &*data)?;
            let options = base85::Options { alphabet, pad: pad != 0, wrapcol };
            let Some(len) = base85::encoded_len(data.len(), options) else {
                return Err(error(py, module, "Too much data for Base85"));
            };
            bytes_of(py, Some(len), |out| base85::encode(data, options, out))
        })
    }
}

/// Decodes base32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_base32_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    padded: c_int,
    alphabet: *mut PyBytesObject,
    ignorechars: *mut Py_buffer,
    canonical: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, filled views or NULL ones and an argument that its caller keeps alive, on
    // an attached thread.
    unsafe {
        entry(c"binascii.a2b_base32", |py| {
            let data = &*Input::from_view(py, &*data)?;
            let rules = base32::Rules {
                padded: padded != 0,
                canonical: canonical != 0,
                ignorechars: ignored(py, ignorechars)?,
            };
            with_reverse_table(py, alphabet, Some(b'='), KNOWN_BASE32, |table| {
                bytes_from(
                    py,
                    Some(base32::max_decoded_len(data.len())),
                    |reason| error(py, module, reason),
                    |out| base32::decode(data, table, &rules, out),
                )
            })
        })
    }
}

/// Encodes base32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_base32_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    padded: c_int,
    wrapcol: usize,
    alphabet: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and filled views or NULL ones, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base32", |py| {
            let alphabet = &encoding_alphabet(py, alphabet, &BASE32)?;
            let data = &*Input::from_view(py, &*data)?;
            let options = base32::Options { alphabet, padded: padded != 0, wrapcol };
            let Some(len) = base32::encoded_len(data.len(), options) else {
                return Err(error(py, module, "Too much data for base32"));
            };
            bytes_of(py, Some(len), |out| base32::encode(data, options, out))
        })
    }
}

/// Decodes hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_a2b_hex_impl(
    module: *mut PyObject,
    hexstr: *mut Py_buffer,
    ignorechars: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and filled views or NULL ones, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_hex", |py| {
            let digits = &*Input::from_view(py, &*hexstr)?;
            let ignorechars = ignored(py, ignorechars)?;
            bytes_from(
                py,
                Some(crate::hex::decoded_len(digits.len())),
                |reason| error(py, module, reason),
                |out| crate::hex::decode_ignoring(digits, &ignorechars, out),
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
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_unhexlify_impl(
    module: *mut PyObject,
    hexstr: *mut Py_buffer,
    ignorechars: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { binascii_a2b_hex_impl(module, hexstr, ignorechars) }
}

/// Encodes as hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_b2a_hex_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, and as `sep` NULL or an argument that its caller keeps alive, on
    // an attached thread.
    unsafe { hex::encode(c"binascii.b2a_hex", data, sep, bytes_per_sep) }
}

/// The other name of `b2a_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn binascii_hexlify_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, and as `sep` NULL or an argument that its caller keeps alive, on
    // an attached thread.
    unsafe { hex::encode(c"binascii.hexlify", data, sep, bytes_per_sep) }
}
