//! What the C side calls.
//!
//! The types and the parsing of their arguments are in `_jsonmodule.c`, and not made by Argument Clinic: the C twin
//! parses by hand, with other texts of exceptions than Clinic has, and its functions have no `__text_signature__`.

use crate::boundary::decode::{Hooks, decode_value, scan_string};
use crate::boundary::encode::encode;
use crate::boundary::text::{from_writer, to_text};
use crate::escape::{self, Style};
use crate::writer::Writer;
use cpython_api::{
    Borrowed, ExceptionType, PyErr, PyObject, PyResult, Python, entry, int_from_isize, str_data, str_from_ascii,
    tuple_of_two,
};
use std::ffi::{c_char, c_int};
use std::slice;

mod decode;
mod encode;
mod keys;
mod markers;
mod sink;
mod text;

/// The settings of a scanner. All objects are there from the first call on.
#[repr(C)]
#[derive(Debug)]
pub struct json_scanner {
    /// Whether control characters in strings are refused.
    pub strict: c_char,
    /// Whether `parse_float` is `float` itself.
    pub plain_float: c_char,
    /// Whether `parse_int` is `int` itself.
    pub plain_int: c_char,
    /// Called with each dict, or `None`.
    pub object_hook: *mut PyObject,
    /// Called with the pairs of each object, or `None`.
    pub object_pairs_hook: *mut PyObject,
    /// Called with the text of each float.
    pub parse_float: *mut PyObject,
    /// Called with the text of each integer.
    pub parse_int: *mut PyObject,
    /// Called with `NaN`, `Infinity` or `-Infinity`.
    pub parse_constant: *mut PyObject,
}

/// The settings of an encoder. All objects are there from the first call on.
#[repr(C)]
#[derive(Debug)]
pub struct json_encoder {
    /// A dict with the containers that are being written, by their `id`, or `None`.
    pub markers: *mut PyObject,
    /// Called with what is of no known type.
    pub defaultfn: *mut PyObject,
    /// Called with each `str`.
    pub encoder: *mut PyObject,
    /// What each level is indented by, or `None`.
    pub indent: *mut PyObject,
    /// Between key and value.
    pub key_separator: *mut PyObject,
    /// Between items.
    pub item_separator: *mut PyObject,
    /// Whether keys are sorted.
    pub sort_keys: c_char,
    /// Whether keys of other types are left out.
    pub skipkeys: c_char,
    /// Whether NaN and the infinities may be written.
    pub allow_nan: c_int,
    /// Which of this module's functions `encoder` is: 1 is `encode_basestring_ascii`, 2 `encode_basestring`, 0 neither.
    pub fast_encode: c_int,
}

/// Lends an object of the settings.
///
/// # Safety
///
/// - `object` is NULL or lives for `'a`.
unsafe fn setting<'a, 'py>(py: Python<'py>, object: *mut PyObject) -> PyResult<Borrowed<'a, 'py>> {
    // SAFETY: handed on.
    match unsafe { Borrowed::from_borrowed_or_null(py, object) } {
        Some(object) => Ok(object),
        // The collector has cleared the object, and only a finaliser can still be calling it.
        None => Err(PyErr::new(ExceptionType::SystemError.bind(py), c"the object has been cleared")),
    }
}

/// Decodes the JSON value at `index` of a `str`: a tuple of the value and of where it ends.
///
/// # Safety
///
/// Called by the C side alone, which passes a scanner and a str that live for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_scan_once(
    scanner: *const json_scanner,
    string: *mut PyObject,
    index: isize,
) -> *mut PyObject {
    // SAFETY: the thread is attached, and the objects live as the caller says; nothing changes them.
    unsafe {
        entry(c"_json.Scanner", |py| {
            let hooks = Hooks::new(py, &*scanner)?;
            decode_value(&hooks, setting(py, string)?, index)
        })
    }
}

/// Decodes the string whose first character is at `end` of a `str`: a tuple of it and of where it ends.
///
/// # Safety
///
/// Called by the C side alone, which passes a str that lives for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_scanstring(string: *mut PyObject, end: isize, strict: c_int) -> *mut PyObject {
    // SAFETY: the thread is attached, and the object lives as the caller says.
    unsafe {
        entry(c"_json.scanstring", |py| {
            let (value, end) = scan_string(setting(py, string)?, end, strict != 0)?;
            tuple_of_two(value, int_from_isize(py, end)?)
        })
    }
}

/// The JSON string for a `str`; with `ascii` not zero, of ASCII characters alone. When all of its characters are ASCII,
/// there are `length` of them from `text` on; else `text` is NULL.
///
/// # Safety
///
/// Called by the C side alone, which passes a str that lives for the call, and its characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_encode_string(
    string: *mut PyObject,
    text: *const u8,
    length: isize,
    ascii: c_int,
) -> *mut PyObject {
    // SAFETY: the thread is attached, and the object lives as the caller says, with so many characters.
    unsafe {
        entry(c"_json.encode_basestring", |py| {
            if !text.is_null()
                && let Ok(length) = usize::try_from(length)
                && let text = slice::from_raw_parts(text, length)
                && escape::is_plain_ascii(text)
            {
                return str_from_ascii(py, [b"\"", text, b"\""]);
            }
            let style = if ascii != 0 { Style::Ascii } else { Style::Unicode };
            let Some(data) = str_data(setting(py, string)?) else {
                return Err(PyErr::new(ExceptionType::TypeError.bind(py), c"first argument must be a string"));
            };
            let data = to_text(data);
            if escape::is_plain(data, style) {
                return text::quoted(py, data);
            }
            let mut out = Writer::new();
            escape::string(data, style, &mut out).map_err(|_| PyErr::no_memory(py))?;
            from_writer(py, &mut out)
        })
    }
}

/// Encodes an object: a tuple of the one `str`.
///
/// # Safety
///
/// Called by the C side alone, which passes an encoder and an object that live for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn json_encode(
    encoder: *const json_encoder,
    object: *mut PyObject,
    indent_level: isize,
) -> *mut PyObject {
    // SAFETY: the thread is attached, and the objects live as the caller says; nothing changes them.
    unsafe { entry(c"_json.Encoder", |py| encode(py, &*encoder, setting(py, object)?, indent_level)) }
}
