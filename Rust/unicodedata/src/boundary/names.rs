//! `name` and `lookup`, and the functions of `_ucnhash_CAPI`, by which the compiler and the codecs find `\N{...}`.

use super::{ascii, version_of};
use crate::TABLES;
use crate::names::{self, Meaning};
use crate::version::Version;
use cpython_api::exceptions::{PyKeyError, PyValueError};
use cpython_api::types::PyStr;
use cpython_api::{
    Arg, Bound, Py_ssize_t, PyErr, PyObject, PyResult, Python, StrData, copy_shared, entry, entry_traverse,
};
use std::ffi::{c_char, c_int};
use std::slice;

/// `name`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_name_impl(
    owner: *mut PyObject,
    chr: c_int,
    default_value: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes the object that the function is of.
    let version = unsafe { version_of(owner) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call, or NULL.
    let default = unsafe { Arg::optional(&default_value) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"unicodedata.name", |py| {
            let name = names::name(&TABLES, version, chr as u32, false);
            match (name, default) {
                (Some(name), _) => ascii(py, name.as_bytes()),
                (None, Some(default)) => Ok(default.bind(py).to_owned()),
                (None, None) => Err(PyValueError::new_err(py, "no such name")),
            }
        })
    }
}

/// The longest name that `lookup` looks for.
const NAME_MAXLEN: usize = 256;

/// `lookup` of a name of `len` bytes.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_lookup_impl(
    owner: *mut PyObject,
    name: *const c_char,
    len: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes the object that the function is of.
    let version = unsafe { version_of(owner) };
    // Other threads may write to that memory.
    let mut copy = [0; NAME_MAXLEN];
    let name = match usize::try_from(len) {
        Ok(len) if len <= NAME_MAXLEN => {
            // SAFETY: the parsing code passes that many bytes, which its caller keeps for the call. The copy has room for them.
            unsafe { copy_shared(name.cast(), &mut copy[..len]) };
            Some(&copy[..len])
        }
        _ => None,
    };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"unicodedata.lookup", |py| {
            let name = name.ok_or_else(|| PyKeyError::new_err(py, "name too long"))?;
            lookup(py, version, name)?.ok_or_else(|| undefined(py, name))
        })
    }
}

/// The exception for a name that no character has. It shows the name up to the first NUL, as CPython's does.
#[cold]
fn undefined(py: Python<'_>, name: &[u8]) -> PyErr {
    let shown = name.split(|byte| *byte == 0).next().unwrap_or_default();
    PyKeyError::new_err(py, format_args!("undefined character name '{}'", String::from_utf8_lossy(shown)))
}

fn lookup<'py>(py: Python<'py>, version: Version, name: &[u8]) -> PyResult<Option<Bound<'py>>> {
    let Some(code_point) = names::code(&TABLES, name) else { return Ok(None) };
    let found = match (names::meaning(&TABLES, code_point), version) {
        (Meaning::Character(character), _) | (Meaning::Alias(character), Version::Current) => {
            PyStr::from_ordinal(py, character as i32)
        }
        (Meaning::Sequence(units), Version::Current) => PyStr::from_data(py, StrData::Ucs2(units)),
        (Meaning::Alias(_) | Meaning::Sequence(_), Version::V3_2_0) => return Ok(None),
    };
    found.map(|found| Some(found.into_any()))
}

/// Writes the name of a code point to `buffer`, with NUL at the end. Returns 0 when it has none, or one that is too long. `any` says
/// whether it may be that of an alias or a named sequence, which have code points for private use.
///
/// # Safety
///
/// - `buffer` points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_getname(code_point: u32, buffer: *mut c_char, len: c_int, any: c_int) -> c_int {
    // A function that raises nothing, whatever happens: so is one that the collector calls.
    entry_traverse(c"unicodedata._ucnhash_CAPI", move || {
        let Some(name) = names::name(&TABLES, Version::Current, code_point, any != 0) else { return 0 };
        let name = name.as_bytes();
        if usize::try_from(len).unwrap_or(0) < name.len() + 2 {
            return 0;
        }
        let buffer = buffer.cast::<u8>();
        // SAFETY: the buffer has more bytes (the caller's promise, and as compared before), and is not part of the name.
        unsafe { buffer.copy_from_nonoverlapping(name.as_ptr(), name.len()) };
        // SAFETY: the buffer has more bytes than the name.
        let end = unsafe { buffer.add(name.len()) };
        // SAFETY: the buffer has at least one more byte than the name.
        unsafe { end.write(0) };
        1
    })
}

/// Finds the code point of a name. Returns 0 when there is none. `with_sequences` says whether it may be one for private use that
/// stands for a named sequence.
///
/// # Safety
///
/// - `name` points to `len` bytes, which nobody changes meanwhile, and `code_point` to a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_getcode(
    name: *const c_char,
    len: c_int,
    code_point: *mut u32,
    with_sequences: c_int,
) -> c_int {
    // SAFETY: there are that many bytes (the caller's promise).
    let name = unsafe { slice::from_raw_parts(name.cast::<u8>(), usize::try_from(len).unwrap_or(0)) };
    // As above.
    entry_traverse(c"unicodedata._ucnhash_CAPI", || {
        let Some(found) = names::code(&TABLES, name) else { return 0 };
        let found = match names::meaning(&TABLES, found) {
            Meaning::Character(_) => found,
            Meaning::Alias(character) => character,
            Meaning::Sequence(_) if with_sequences != 0 => found,
            Meaning::Sequence(_) => return 0,
        };
        // SAFETY: the caller passes the address of a number.
        unsafe { code_point.write(found) };
        1
    })
}
