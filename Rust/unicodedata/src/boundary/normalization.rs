//! `normalize` and `is_normalized`. C calls the quick check first, so that a text that passes it takes no other call.

use super::version;
use crate::TABLES;
use crate::normalize::{self, Answer, NoMemory, Output};
use crate::quick_check::{Form, Unit};
use crate::version::Version;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyBool, PyStr};
use cpython_api::{Arg, Borrowed, Bound, Py_ssize_t, PyErr, PyObject, PyResult, Python, StrData, entry};
use std::ffi::{c_int, c_void};
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

/// Whether a text is in a form, by the quick check: -1 if it is. If not, twice the index of the first character that is not in the form
/// for certain, and 1 more if the quick check says no. That is 0 if there is no form of this name, which is as [`Form::from_name`] takes
/// it.
///
/// # Safety
///
/// - `data` points to `len` characters of `kind` bytes, which are those of a `str`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_quick_check(
    is_old: c_int,
    form: u32,
    kind: c_int,
    data: *const c_void,
    len: Py_ssize_t,
) -> Py_ssize_t {
    let Some(form) = Form::from_name(form) else { return 0 };
    let version = version(is_old);
    match kind {
        // SAFETY: there are that many characters of this size (the caller's promise).
        1 => quick_check::<u8>(version, form, unsafe { units(data, len) }),
        // SAFETY: as before.
        2 => quick_check::<u16>(version, form, unsafe { units(data, len) }),
        // SAFETY: as before.
        _ => quick_check::<u32>(version, form, unsafe { units(data, len) }),
    }
}

/// The same for one size of characters: without a call, and so without registers to save, if those near the start tell.
#[inline(always)]
fn quick_check<U: Unit>(version: Version, form: Form, text: &[U]) -> Py_ssize_t {
    match normalize::quick_check_near(&TABLES, version, form, text) {
        Some(answer) => number(answer),
        None => quick_check_far(version, form, text),
    }
}

#[inline(never)]
fn quick_check_far<U: Unit>(version: Version, form: Form, text: &[U]) -> Py_ssize_t {
    number(normalize::quick_check_far(&TABLES, version, form, text))
}

/// What the answer is for C.
#[inline(always)]
fn number(answer: Answer) -> Py_ssize_t {
    match answer {
        Answer::Yes => -1,
        Answer::No(first) => 2 * first as Py_ssize_t + 1,
        Answer::Maybe(first) => 2 * first as Py_ssize_t,
    }
}

/// The form of a name.
fn form_of(py: Python<'_>, name: u32) -> PyResult<Form> {
    Form::from_name(name).ok_or_else(|| PyValueError::new_err(py, "invalid normalization form"))
}

/// `normalize` of a text that is not in the form, or not for certain, from the character at `first` on.
///
/// # Safety
///
/// Called by the C side alone, with a `str` object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_normalize_from(
    is_old: c_int,
    form: u32,
    text: *mut PyObject,
    first: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the C side passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"unicodedata.normalize", |py| {
            normalized(text.bind(py), version(is_old), form_of(py, form)?, first as usize)
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
/// Called by the C side alone, with a `str` object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_is_normalized_from(
    is_old: c_int,
    form: u32,
    text: *mut PyObject,
    first: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the C side passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"unicodedata.is_normalized", |py| {
            let (version, form, first) = (version(is_old), form_of(py, form)?, first as usize);
            let answer = match text.bind(py).data() {
                StrData::Ucs1(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
                StrData::Ucs2(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
                StrData::Ucs4(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
            };
            Ok(PyBool::new(py, answer.map_err(|NoMemory| PyErr::no_memory(py))?).into_any())
        })
    }
}
