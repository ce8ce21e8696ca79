//! The boundary to Python: the functions of the module, and its state. The class is in files of its own.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source.

use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyDict, PyModule, PyStr, PyType};
use cpython_api::{Arg, Bound, ModuleState, Py, PyObject, Python, Traversal, Visit, entry, exec_with_classes};
use std::ffi::{CStr, c_char, c_int, c_long};
use xml_parser::Error;

pub mod attributes;
pub mod capi;
pub mod class;
pub mod convert;
pub mod methods;
pub mod owned;
pub mod parse;
pub mod parser;

/// The state of the module.
#[derive(Debug)]
pub(crate) struct State {
    parser_type: Py<PyType>,
    /// `xml.parsers.expat.ExpatError`
    error: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"pyexpat";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references([&self.parser_type, &self.error])
    }

    fn release(self, py: Python<'_>) {
        self.parser_type.drop_ref(py);
        self.error.drop_ref(py);
    }
}

/// Makes the state of the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_make_state(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes one class, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |module, [parser]| {
            let error = Bound::<PyType>::new_exception(module.py(), c"xml.parsers.expat.ExpatError", None, None)?;
            module.add(c"error", &error)?;
            module.add(c"ExpatError", &error)?;
            Ok(State { parser_type: parser.unbind(), error: error.unbind() })
        })
    }
}

/// A C string that may be NULL.
///
/// # Safety
///
/// - The pointer is NULL, or the caller of the function keeps the string, which ends in NUL, until it returns.
unsafe fn optional_c_str(argument: &*const c_char) -> Option<&CStr> {
    // SAFETY: not NULL, so a NUL-terminated string that stays valid (the caller's promise).
    (!argument.is_null()).then(|| unsafe { CStr::from_ptr(*argument) })
}

/// Makes a parser.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_ParserCreate_impl(
    module: *mut PyObject,
    encoding: *const c_char,
    namespace_separator: *const c_char,
    intern: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes a string or NULL, and keeps it for the call.
    let encoding = unsafe { optional_c_str(&encoding) };
    // SAFETY: the parsing code passes a string or NULL, and keeps it for the call.
    let namespace_separator = unsafe { optional_c_str(&namespace_separator) };
    // SAFETY: the parsing code passes an object that its caller keeps for the call, or NULL when it is left out.
    let intern: Option<Arg<'_>> = unsafe { Arg::optional(&intern) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"pyexpat.ParserCreate", move |py| {
            let separator = match namespace_separator.map(CStr::to_bytes) {
                None => None,
                Some(separator) if separator.len() > 1 => {
                    return Err(PyValueError::new_err(
                        py,
                        "namespace_separator must be at most one character, omitted, or None",
                    ));
                }
                Some(separator) => Some(separator.first().copied().unwrap_or(0)),
            };
            let intern = match intern.map(|intern| intern.bind(py).to_owned()) {
                None => Some(PyDict::new(py)?),
                Some(none) if none.is_none() => None,
                Some(dict) => match dict.cast_into::<PyDict>() {
                    Ok(dict) => Some(dict),
                    Err(_) => return Err(PyTypeError::new_err(py, "intern must be a dictionary")),
                },
            };
            let state = module.bind(py).state::<State>()?;
            parser::create(py, state, encoding.map(CStr::to_bytes), separator, intern)
        })
    }
}

/// The message of an error number.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_ErrorString_impl(_module: *mut PyObject, code: c_long) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"pyexpat.ErrorString", move |py| {
            // As in C, the number is truncated to an int.
            match u8::try_from(code as c_int).ok().and_then(Error::from_code) {
                Some(error) => PyStr::new(py, error.message()).map(Bound::into_any),
                None => Ok(py.None()),
            }
        })
    }
}
