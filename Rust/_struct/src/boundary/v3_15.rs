//! The constructor of CPython 3.15, where `__new__` sets the format, and another one that `__init__` sets is deprecated.

use super::constructor::{parse, set_format, text};
use super::object::{Object, Struct, format_of};
use crate::format::Release;
use cpython_api::exceptions::{PyAttributeError, PyDeprecationWarning, PyFutureWarning, PyValueError, warn};
use cpython_api::types::{PyDict, PyStr, PyTuple, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Class, PyErr, PyObject, PyResult, PyTypeObject, Python, StrData, entry, method, method_value,
    method_value_with,
};
use std::ffi::{c_int, c_void};
use std::sync::atomic::Ordering;

/// The formats that are parsed.
pub(super) const RELEASE: Release = Release::V3_15;

/// The size of the fields of an object of C.
pub(super) const FIELDS: usize = 6 * size_of::<usize>();

/// `Struct.__new__()`, called by that of a subclass.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn _struct_Struct_impl(cls: *mut PyTypeObject, format: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this class or a subclass, which its caller keeps.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let format: Arg<'_> = unsafe { Arg::new(&format) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_struct.Struct", |py| class.object(py, Struct::new(Some(parse(class.bind(py), format.bind(py))?))))
    }
}

#[cfg(Py_3_15)]
unsafe extern "C" {
    /// The parsing code of `__new__` and that of `__init__`.
    static _struct_Struct_parse_new:
        unsafe extern "C" fn(*mut PyTypeObject, *mut PyObject, *mut PyObject) -> *mut PyObject;
    static _struct_Struct_parse_init: unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int;
}

/// `Struct.__new__()`
///
/// # Safety
///
/// Called as the slot alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn _struct_Struct_new(
    cls: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot is called with this class or a subclass, which its caller keeps.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: slots are called on an attached thread.
    let py = unsafe { Python::assume_attached() };
    // Called from the __new__ of a subclass.
    if class.bind(py).tp_new() != _struct_Struct_new as *const () {
        // SAFETY: the variable is a constant.
        let parse = unsafe { _struct_Struct_parse_new };
        // SAFETY: the parsing code takes the arguments of the slot.
        return unsafe { parse(cls, args, kwargs) };
    }
    // SAFETY: the slot is called with a tuple, which its caller keeps for the call.
    let args = unsafe { Arg::<PyTuple>::new(&args) };
    // SAFETY: the slot is called with a dict or NULL, which its caller keeps for the call.
    let kwargs = unsafe { Arg::<PyDict>::optional(&kwargs) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry(c"_struct.Struct", |py| {
            let kwargs = kwargs.map(|kwargs| kwargs.bind(py));
            // The __init__ of a subclass may have other arguments.
            let has_own_init = class.bind(py).tp_init() != _struct_Struct_init as *const ();
            class.object(py, Struct::new(first_format(class.bind(py), args.bind(py), kwargs, has_own_init)?))
        })
    }
}

/// The format that the arguments of `__new__` give, if they do.
fn first_format<'py>(
    class: Borrowed<'_, 'py, PyType>,
    args: Borrowed<'_, 'py, PyTuple>,
    kwargs: Option<Borrowed<'_, 'py, PyDict>>,
    has_own_init: bool,
) -> PyResult<Option<crate::format::Format>> {
    let py = class.py();
    let count = args.len() + kwargs.map_or(0, |kwargs| kwargs.len());
    let format = match kwargs {
        _ if count != 1 => None,
        Some(kwargs) if args.is_empty() => kwargs.get_item(&PyStr::intern(py, c"format")?)?,
        _ => args.get_item(0),
    };
    let Some(format) = format else {
        if has_own_init {
            let message = if count > 1 {
                PyStr::format(py, format_args!("Struct() takes at most 1 argument ({count} given)"))
            } else {
                PyStr::new(py, "Struct() missing required argument 'format' (pos 1)")
            };
            warn::<PyDeprecationWarning>(py, &message?)?;
        }
        return Ok(None);
    };
    match parse(class, format.as_borrowed()) {
        // An __init__ of its own may give another format.
        Err(error) if has_own_init => {
            let reason = error.fetch(py).str()?;
            let message = PyStr::new(py, "Invalid 'format' argument for Struct.__new__(): ")?.concat(&reason)?;
            warn::<PyDeprecationWarning>(py, &message)?;
            Ok(None)
        }
        result => result.map(Some),
    }
}

/// `Struct.__init__()`. The call that follows `__new__`, which has set the format, has nothing to do.
///
/// # Safety
///
/// Called as the slot alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn _struct_Struct_init(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> c_int {
    // SAFETY: a slot is called with an object of its class, which its caller keeps for the call, on an attached thread.
    let follows_new = unsafe {
        method_value(c"_struct.Struct", object, |object: Object<'_, '_>| {
            let data = object.data();
            let is_slot = object.get_type().tp_init() == _struct_Struct_init as *const ();
            Ok(is_slot && data.is_ready() && !data.is_init_called.swap(true, Ordering::Relaxed))
        })
    };
    match follows_new {
        0 => {
            // SAFETY: the variable is a constant.
            let parse = unsafe { _struct_Struct_parse_init };
            // SAFETY: the parsing code takes the arguments of the slot.
            unsafe { parse(object, args, kwargs) }
        }
        1 => 0,
        error => error,
    }
}

/// `Struct.__init__()`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(Py_3_15)]
pub unsafe extern "C" fn _struct_Struct___init___impl(object: *mut PyObject, format: *mut PyObject) -> c_int {
    // SAFETY: the parsing code passes an object of this class and an object, which its caller keeps, on an attached
    // thread.
    unsafe { method_value_with(c"_struct.Struct", object, format, init) }
}

fn init(object: Object<'_, '_>, format: Borrowed<'_, '_>) -> PyResult<()> {
    let py = object.py();
    let data = object.data();
    if !data.is_ready() {
        set_format(object, format)?;
    } else if !has_format(object, format)? {
        let message = if data.is_init_called.load(Ordering::Relaxed) {
            "Re-initialization of Struct by calling the __init__() method will not work in future Python versions"
        } else {
            "Different format arguments for __new__() and __init__() methods of Struct"
        };
        warn::<PyFutureWarning>(py, message)?;
        set_format(object, format)?;
    }
    data.is_init_called.store(true, Ordering::Relaxed);
    Ok(())
}

/// Whether an object has this format.
fn has_format(object: Object<'_, '_>, format: Borrowed<'_, '_>) -> PyResult<bool> {
    let mut copy = None;
    let current = format_of(object, &mut copy)?;
    Ok(match format.cast_borrowed::<PyStr>().map(|text| text.data()) {
        Some(StrData::Ucs1(text)) => text == current.text().as_bytes(),
        Some(_) => false,
        None => format.bytes_contents() == Some(current.text().as_bytes()),
    })
}

/// `Struct.format`
///
/// # Safety
///
/// Called as the getter alone.
#[cfg(Py_3_15)]
pub(super) unsafe extern "C" fn format(object: *mut PyObject, _number: *mut c_void) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Struct>(c"_struct.Struct.format", object, move |object| {
            let py = object.py();
            if object.data().is_ready() {
                return text(object).map(Bound::into_any);
            }
            let name = type_name(&object)?;
            let name = name.to_str()?;
            Err(PyAttributeError::new_err(py, format_args!("'{name}' object has no attribute 'format'")))
        })
    }
}

/// The exception for a format with other characters.
#[cold]
pub(super) fn not_ascii(text: Borrowed<'_, '_, PyStr>) -> PyErr {
    non_ascii_character(text.py())
}

#[cold]
fn non_ascii_character(py: Python<'_>) -> PyErr {
    PyValueError::new_err(py, "non-ASCII character in struct format")
}

/// Bytes are looked at as characters.
pub(super) fn checked_bytes<'a>(py: Python<'_>, bytes: &'a [u8]) -> PyResult<&'a [u8]> {
    if bytes.is_ascii() { Ok(bytes) } else { Err(non_ascii_character(py)) }
}

/// The name of the type of an object, as messages have it.
pub(super) fn type_name<'py>(object: &Bound<'py>) -> PyResult<Bound<'py, PyStr>> {
    object.get_type().fully_qualified_name()
}
