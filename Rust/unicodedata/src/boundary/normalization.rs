//! `normalize` and `is_normalized`.

use super::version_of;
use crate::TABLES;
use crate::normalize::{self, NoMemory, Output};
use crate::quick_check::{Form, first_not_yes};
use crate::version::Version;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyBool, PyStr};
use cpython_api::{Arg, Borrowed, Bound, PyErr, PyObject, PyResult, Python, StrData, Value, entry, into_c_result};

/// The form of a name; `None` for any other text.
#[inline]
fn form_of(name: Borrowed<'_, '_, PyStr>) -> Option<Form> {
    match name.to_any().value() {
        Value::Str(StrData::Ucs1(name)) => Form::from_name(name),
        _ => None,
    }
}

#[cold]
fn invalid_form(py: Python<'_>) -> PyErr {
    PyValueError::new_err(py, "invalid normalization form")
}

/// The text itself, or a copy if it is of a subclass.
///
/// # Safety
///
/// - The thread is attached.
#[inline]
unsafe fn unchanged(py: Python<'_>, text: Arg<'_, PyStr>) -> *mut PyObject {
    if let Some(text) = text.bind(py).cast_exact::<PyStr>() {
        return into_c_result(Ok(text.clone().into_any()));
    }
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(c"unicodedata.normalize", |py| PyStr::from_data(py, text.bind(py).data()).map(Bound::into_any)) }
}

/// `normalize`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_normalize_impl(
    owner: *mut PyObject,
    form: *mut PyObject,
    text: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a str, which its caller keeps for the call.
    let form = unsafe { Arg::<PyStr>::new(&form) };
    // SAFETY: the parsing code passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let is_ascii = text.bind(py).is_ascii();
    // The form is not looked at if there is no text.
    if is_ascii && text.bind(py).is_empty() {
        // SAFETY: the thread is attached, as `py` proves.
        return unsafe { unchanged(py, text) };
    }
    let Some(form) = form_of(form.bind(py)) else {
        // SAFETY: the thread is attached, as `py` proves.
        return unsafe { entry(c"unicodedata.normalize", |py| Err(invalid_form(py))) };
    };
    if is_ascii {
        // SAFETY: the thread is attached, as `py` proves.
        return unsafe { unchanged(py, text) };
    }
    let data = text.bind(py).to_any().value();
    let (first, len) = match data {
        Value::Str(StrData::Ucs1(units)) => (first_not_yes(&TABLES, units, form), units.len()),
        Value::Str(StrData::Ucs2(units)) => (first_not_yes(&TABLES, units, form), units.len()),
        Value::Str(StrData::Ucs4(units)) => (first_not_yes(&TABLES, units, form), units.len()),
        _ => (0, 0),
    };
    if first == len {
        // SAFETY: the thread is attached, as `py` proves.
        return unsafe { unchanged(py, text) };
    }
    // SAFETY: the parsing code passes the object that the function is of.
    let version = unsafe { version_of(owner) };
    // SAFETY: the thread is attached, as `py` proves.
    unsafe { entry(c"unicodedata.normalize", |py| normalized(text.bind(py), version, form, first)) }
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

/// `is_normalized`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_UCD_is_normalized_impl(
    owner: *mut PyObject,
    form: *mut PyObject,
    text: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a str, which its caller keeps for the call.
    let form = unsafe { Arg::<PyStr>::new(&form) };
    // SAFETY: the parsing code passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let truth = |value: bool| into_c_result(Ok(PyBool::new(py, value).into_any()));
    let is_ascii = text.bind(py).is_ascii();
    // The form is not looked at if there is no text.
    if is_ascii && text.bind(py).is_empty() {
        return truth(true);
    }
    let Some(form) = form_of(form.bind(py)) else {
        // SAFETY: the thread is attached, as `py` proves.
        return unsafe { entry(c"unicodedata.is_normalized", |py| Err(invalid_form(py))) };
    };
    if is_ascii {
        return truth(true);
    }
    // SAFETY: the parsing code passes the object that the function is of.
    let version = unsafe { version_of(owner) };
    let answer = match text.bind(py).to_any().value() {
        Value::Str(StrData::Ucs1(units)) => normalize::quick_check(&TABLES, version, form, units),
        Value::Str(StrData::Ucs2(units)) => normalize::quick_check(&TABLES, version, form, units),
        Value::Str(StrData::Ucs4(units)) => normalize::quick_check(&TABLES, version, form, units),
        _ => Ok(true),
    };
    let first = match answer {
        Ok(answer) => return truth(answer),
        Err(first) => first,
    };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"unicodedata.is_normalized", |py| {
            let answer = match text.bind(py).data() {
                StrData::Ucs1(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
                StrData::Ucs2(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
                StrData::Ucs4(units) => normalize::is_normalized_from(&TABLES, version, form, units, first),
            };
            Ok(PyBool::new(py, answer.map_err(|NoMemory| PyErr::no_memory(py))?).into_any())
        })
    }
}
