//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: `data` is a view
//! that the caller fills before the call and releases after it. `make regen` writes `Include/rust/binascii.h`.

use crate::{base64, crc_hqx, hex, quoted_printable, uu};
use checksum::crc32;
use cpython_api::{
    Borrowed, Bound, ExceptionType, Input, Py_buffer, PyErr, PyObject, PyResult, Python, bytes_as_slice, bytes_with,
    entry, entry_value, int_from_u32, is_str, module_state, object_len, read_blocks, str_as_latin1,
};
use std::ffi::{c_int, c_uint};

/// What each copy of the module keeps: its exceptions, made when the module is executed.
#[repr(C)]
#[derive(Debug)]
#[expect(non_snake_case, reason = "the names are those of C and of Python")]
pub struct binascii_state {
    /// `binascii.Error`
    pub Error: *mut PyObject,
    /// `binascii.Incomplete`
    pub Incomplete: *mut PyObject,
}

/// Raises `binascii.Error`.
///
/// # Safety
///
/// - `module` is this module, executed.
unsafe fn error(py: Python<'_>, module: *mut PyObject, message: impl std::fmt::Display) -> PyErr {
    // SAFETY: the C side reserves a binascii_state for the module and fills it before any function can be called; the
    // exception lives as long as the module.
    let exception = unsafe {
        let state: &binascii_state = module_state(py, module);
        Borrowed::from_borrowed_or_null(py, state.Error)
    };
    match exception {
        Some(exception) => PyErr::format(exception, format_args!("{message}")),
        // The collector has cleared the module, and only a finaliser can still be calling it.
        None => PyErr::new(ExceptionType::SystemError.bind(py), c"binascii has been cleared"),
    }
}

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

/// Decodes base64.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_a2b_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    strict_mode: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_base64", |py| {
            let data = Input::from_view(py, &*data)?;
            bytes_with(py, Some(base64::max_decoded_len(data.len())), |out| {
                base64::decode(&data, strict_mode != 0, out).map_err(|reason| error(py, module, reason))
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
pub unsafe extern "C" fn binascii_b2a_base64_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    newline: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_base64", |py| {
            let data = Input::from_view(py, &*data)?;
            let newline = newline != 0;
            let Some(len) = base64::encoded_len(data.len(), newline) else {
                return Err(error(py, module, "Too much data for base64 line"));
            };
            bytes_with(py, Some(len), |out| {
                base64::encode(&data, newline, out);
                Ok(())
            })
        })
    }
}

/// Decodes hexadecimal digits.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_a2b_hex_impl(module: *mut PyObject, hexstr: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_hex", |py| {
            let digits = Input::from_view(py, &*hexstr)?;
            bytes_with(py, Some(hex::decoded_len(digits.len())), |out| {
                hex::decode(&digits, out).map_err(|reason| error(py, module, reason))
            })
        })
    }
}

/// The other name of `a2b_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
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
pub unsafe extern "C" fn binascii_b2a_hex_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, and as `sep` NULL or an argument that its caller keeps alive, on
    // an attached thread.
    unsafe {
        entry(c"binascii.b2a_hex", |py| {
            let sep = Borrowed::from_borrowed_or_null(py, sep).map(separator).transpose()?;
            let data = Input::from_view(py, &*data)?;
            match sep {
                Some(sep) if bytes_per_sep != 0 => {
                    bytes_with(py, hex::encoded_len_with_sep(data.len(), bytes_per_sep), |out| {
                        hex::encode_with_sep(&data, sep, bytes_per_sep, out);
                        Ok(())
                    })
                }
                _ => bytes_with(py, hex::encoded_len(data.len()), |out| {
                    hex::encode(&data, out);
                    Ok(())
                }),
            }
        })
    }
}

/// The other name of `b2a_hex`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_hexlify_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: c_int,
) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { binascii_b2a_hex_impl(module, data, sep, bytes_per_sep) }
}

/// The byte that a `sep` argument stands for.
///
/// The length is what `len()` says, as in C: a subclass may lie, and then the first element counts, or NUL when there
/// is none.
fn separator(sep: Borrowed<'_, '_>) -> PyResult<u8> {
    let value_error = |message| Err(PyErr::new(ExceptionType::ValueError.bind(sep.py()), message));
    if object_len(sep)? != 1 {
        return value_error(c"sep must be length 1.");
    }
    let content = if let Some(bytes) = bytes_as_slice(sep) {
        bytes
    } else if let Some(latin1) = str_as_latin1(sep) {
        latin1
    } else if is_str(sep) {
        return value_error(c"sep must be ASCII.");
    } else {
        return Err(PyErr::new(ExceptionType::TypeError.bind(sep.py()), c"sep must be str or bytes."));
    };
    Ok(content.first().copied().unwrap_or(0))
}

/// Continues a CRC-16.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_crc_hqx_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    crc: c_uint,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.crc_hqx", |py| -> PyResult<Bound<'_>> {
            let mut crc = (crc & 0xffff) as u16;
            read_blocks(py, &*data, |block| crc = crc_hqx::update(crc, block));
            int_from_u32(py, crc.into())
        })
    }
}

/// Continues a CRC-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_crc32_impl(_module: *mut PyObject, data: *mut Py_buffer, crc: c_uint) -> c_uint {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry_value(c"binascii.crc32", |py| {
            let mut crc = crc;
            read_blocks(py, &*data, |block| crc = crc32(crc, block));
            Ok(crc)
        })
    }
}

/// Decodes quoted-printable text.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_a2b_qp_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    header: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.a2b_qp", |py| {
            let data = Input::from_view(py, &*data)?;
            bytes_with(py, Some(data.len()), |out| {
                quoted_printable::decode(&data, header != 0, out);
                Ok(())
            })
        })
    }
}

/// Encodes as quoted-printable text.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_b2a_qp_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    quotetabs: c_int,
    istext: c_int,
    header: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.b2a_qp", |py| {
            let data = Input::from_view(py, &*data)?;
            let options =
                quoted_printable::Options { quotetabs: quotetabs != 0, istext: istext != 0, header: header != 0 };
            bytes_with(py, quoted_printable::max_encoded_len(&data, options), |out| {
                quoted_printable::encode(&data, options, out);
                Ok(())
            })
        })
    }
}
