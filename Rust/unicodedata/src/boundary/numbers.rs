//! `decimal`, `digit` and `numeric`. The values of the current version are those of the interpreter's own tables.

use super::version_of;
use crate::TABLES;
use crate::properties;
use crate::version::Version;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyFloat, PyInt};
use cpython_api::{Arg, Bound, PyObject, PyResult, Python, character, into_c_result};
use std::ffi::c_int;

/// What is returned for a character that has no such value.
///
/// # Safety
///
/// - `default` is an object, which the caller keeps for the call, or NULL.
#[inline]
unsafe fn no_value<'py>(py: Python<'py>, default: *mut PyObject, message: &'static str) -> PyResult<Bound<'py>> {
    // SAFETY: an object or NULL (the caller's promise).
    match unsafe { Arg::optional(&default) } {
        Some(default) => Ok(default.bind(py).to_owned()),
        None => Err(PyValueError::new_err(py, message)),
    }
}

/// The value of a character as a decimal digit, or the default.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_decimal_impl(
    owner: *mut PyObject,
    chr: c_int,
    default_value: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let now = character::decimal(chr as u32);
    // SAFETY: the parsing code passes the object that the function is of.
    let value = match unsafe { version_of(owner) } {
        Version::Current => now,
        old => properties::decimal(&TABLES, old, chr as u32, now).unwrap_or(-1),
    };
    if value >= 0 {
        return into_c_result(PyInt::new(py, value).map(Bound::into_any));
    }
    // SAFETY: the parsing code passes an object, which its caller keeps for the call, or NULL.
    into_c_result(unsafe { no_value(py, default_value, "not a decimal") })
}

/// The value of a character as a digit, or the default.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_digit_impl(
    _owner: *mut PyObject,
    chr: c_int,
    default_value: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let value = character::digit(chr as u32);
    if value >= 0 {
        return into_c_result(PyInt::new(py, value).map(Bound::into_any));
    }
    // SAFETY: the parsing code passes an object, which its caller keeps for the call, or NULL.
    into_c_result(unsafe { no_value(py, default_value, "not a digit") })
}

/// The numeric value of a character, or the default.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_numeric_impl(
    owner: *mut PyObject,
    chr: c_int,
    default_value: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let now = character::numeric(chr as u32);
    // SAFETY: the parsing code passes the object that the function is of.
    let value = match unsafe { version_of(owner) } {
        Version::Current => now,
        old => properties::numeric(&TABLES, old, chr as u32, now).unwrap_or(-1.0),
    };
    if value != -1.0 {
        return into_c_result(PyFloat::new(py, value).map(Bound::into_any));
    }
    // SAFETY: the parsing code passes an object, which its caller keeps for the call, or NULL.
    into_c_result(unsafe { no_value(py, default_value, "not a numeric character") })
}
