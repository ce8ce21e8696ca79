//! `normalize` and `is_normalized`. C calls the quick check first, so that a text that passes it takes no other call.

use super::version;
use crate::TABLES;
use crate::normalize::{self, Answer, NoMemory, Output};
use crate::quick_check::Form;
use crate::version::Version;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyBool, PyStr};
use cpython_api::{Arg, Borrowed, Bound, Py_ssize_t, PyErr, PyObject, PyResult, StrData, entry};
use std::ffi::{c_char, c_int, c_void};
use std::slice;

/// The units of a `str`.
///
/// # Safety
///
/// - `data` points to `len` units, which are aligned, and which nobody changes while the result is used.
#[inline]
unsafe fn units<'a, U>(data: *const c_void, len: Py_ssize_t) -> &'a [U] {
    // SAFETY: there are that many (the caller's promise).
    unsafe { slice::from_raw_parts(data.cast(), usize::try_from(len).unwrap_or(0)) }
}

/// Whether a text is in a form, by the quick check: 1 or 0, or -1 if that does not tell or if there is no form of this name. `first` is
/// set to the index of the first character that is not in the form for certain.
///
/// # Safety
///
/// - `form` points to `form_len` bytes, and `data` to `len` characters of `kind` bytes, which are those of a `str`. `first` points to a
///   number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_quick_check(
    is_old: c_int,
    form: *const c_char,
    form_len: Py_ssize_t,
    kind: c_int,
    data: *const c_void,
    len: Py_ssize_t,
    first: *mut Py_ssize_t,
) -> c_int {
    // SAFETY: there are that many bytes (the caller's promise).
    let Some(form) = Form::from_name(unsafe { units(form.cast(), form_len) }) else { return -1 };
    let version = version(is_old);
    let answer = match kind {
        // SAFETY: there are that many characters of this size (the caller's promise).
        1 => normalize::quick_check::<u8>(&TABLES, version, form, unsafe { units(data, len) }),
        // SAFETY: as before.
        2 => normalize::quick_check::<u16>(&TABLES, version, form, unsafe { units(data, len) }),
        // SAFETY: as before.
        _ => normalize::quick_check::<u32>(&TABLES, version, form, unsafe { units(data, len) }),
    };
    let (answer, place) = match answer {
        Answer::Yes => (1, 0),
        Answer::No(first) => (0, first),
        Answer::Maybe(first) => (-1, first),
    };
    // SAFETY: the caller passes the address of a number.
    unsafe { first.write(place as Py_ssize_t) };
    answer
}

/// The form of a name.
fn form_of(name: Borrowed<'_, '_, PyStr>) -> PyResult<Form> {
    let form = match name.data() {
        StrData::Ucs1(name) => Form::from_name(name),
        _ => None,
    };
    form.ok_or_else(|| PyValueError::new_err(name.py(), "invalid normalization form"))
}

/// `normalize` of a text that is not in the form, or not for certain, from the character at `first` on.
///
/// # Safety
///
/// Called by the C side alone, with two `str` objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_normalize_from(
    is_old: c_int,
    form: *mut PyObject,
    text: *mut PyObject,
    first: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the C side passes a str, which its caller keeps for the call.
    let form = unsafe { Arg::<PyStr>::new(&form) };
    // SAFETY: the C side passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"unicodedata.normalize", |py| {
            normalized(text.bind(py), version(is_old), form_of(form.bind(py))?, first as usize)
        })
    }
}

fn normalized<'py>(text: Borrowed<'_, 'py, PyStr>, version: Version, form: Form, first: usize) -> PyResult<Bound<'py>> {
    let py = text.py();
    let output = match text.data() {
        StrData::Ucs1(units) => normalize::normalize_from(&TABLES, version, form, units, first),
        StrData::Ucs2(units) => normalize::normalize_from(&TABLES, version, form, units, first),
        StrData::Ucs4(units) => normalize::normalize_from(&TABLES, version, form, units, first),
    };
    match output.map_err(|NoMemory| PyErr::no_memory(py))? {
        Output::Short(units, len) => {
            PyStr::from_data(py, StrData::Ucs2(units.get(..len).unwrap_or_default())).map(Bound::into_any)
        }
        Output::Ucs2(units) => PyStr::from_data(py, StrData::Ucs2(&units)).map(Bound::into_any),
        Output::Ucs4(units) => PyStr::from_data(py, StrData::Ucs4(&units)).map(Bound::into_any),
    }
}

/// `is_normalized` of a text of which the quick check does not tell, and has stopped at `first`.
///
/// # Safety
///
/// Called by the C side alone, with two `str` objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_is_normalized_from(
    is_old: c_int,
    form: *mut PyObject,
    text: *mut PyObject,
    first: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the C side passes a str, which its caller keeps for the call.
    let form = unsafe { Arg::<PyStr>::new(&form) };
    // SAFETY: the C side passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"unicodedata.is_normalized", |py| {
            let (version, form, first) = (version(is_old), form_of(form.bind(py))?, first as usize);
            let answer = match text.bind(py).data() {
                StrData::Ucs1(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
                StrData::Ucs2(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
                StrData::Ucs4(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
            };
            Ok(PyBool::new(py, answer.map_err(|NoMemory| PyErr::no_memory(py))?).into_any())
        })
    }
}
