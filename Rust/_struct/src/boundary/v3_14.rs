//! The constructor of CPython 3.14, where `__init__` sets the format, as often as it is called, and the functions that parse their
//! arguments by hand.

use super::constructor::{last_part, set_format, text};
use super::object::{Struct, format_of, struct_error};
use super::pack;
use crate::format::Release;
use cpython_api::exceptions::PyUnicodeEncodeError;
use cpython_api::types::{PyInt, PyStr, PyTuple};
use cpython_api::{
    Borrowed, Bound, Class, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python, StrData, entry, method,
    method_unguarded, method_value, method_value_with,
};
use std::ffi::{c_int, c_void};

/// The formats that are parsed.
pub(super) const RELEASE: Release = Release::V3_14;

/// The size of the fields of an object of C.
pub(super) const FIELDS: usize = 5 * size_of::<usize>();

/// `Struct.__new__()`
///
/// # Safety
///
/// Called as the slot alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn _struct_Struct_new(
    cls: *mut PyTypeObject,
    _args: *mut PyObject,
    _kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot is called with this class or a subclass, which its caller keeps.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: slots are called on an attached thread.
    unsafe { entry(c"_struct.Struct", move |py| class.object(py, Struct::new(None))) }
}

/// `Struct.__init__()`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn _struct_Struct___init___impl(object: *mut PyObject, format: *mut PyObject) -> c_int {
    // SAFETY: the parsing code passes an object of this class and an object, which its caller keeps, on an attached
    // thread.
    unsafe { method_value_with(c"_struct.Struct", object, format, set_format) }
}

/// `Struct.format`
///
/// # Safety
///
/// Called as the getter alone.
#[cfg(not(Py_3_15))]
pub(super) unsafe extern "C" fn format(object: *mut PyObject, _number: *mut c_void) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { method(c"_struct.Struct.format", object, move |object| text(object).map(Bound::into_any)) }
}

/// `Struct.__sizeof__()`, as the table of methods calls it.
///
/// # Safety
///
/// Called as the method alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn _struct_Struct_sizeof_method(
    object: *mut PyObject,
    _no_argument: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the method is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { super::constructor::_struct_Struct_sizeof(object) }
}

/// Checks the number of arguments of `Struct.pack_into`, before any is looked at.
///
/// # Safety
///
/// Called by the method alone.
#[unsafe(no_mangle)]
#[cfg(not(Py_3_15))]
pub unsafe extern "C" fn _struct_Struct_check_pack_into(object: *mut PyObject, count: Py_ssize_t) -> c_int {
    // SAFETY: a method is called with an object of its class, which its caller keeps, on an attached thread.
    let len = unsafe { method_unguarded::<Struct, _, _>(object, (), |object, ()| object.data().len()) };
    if count >= 2 && count - 2 == len {
        return 0;
    }
    // SAFETY: a method is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method_value(c"_struct.Struct.pack_into", object, move |object| {
            let mut copy = None;
            let format = format_of(object, &mut copy)?;
            match usize::try_from(count).unwrap_or(0) {
                0 => Err(struct_error(object, format_args!("pack_into expected buffer argument"))),
                1 => Err(struct_error(object, format_args!("pack_into expected offset argument"))),
                count => pack::check_count(object, format, count - 2, "pack_into"),
            }
        })
    }
}

/// The exception that encoding a text as ASCII raises.
#[cold]
pub(super) fn not_ascii(text: Borrowed<'_, '_, PyStr>) -> PyErr {
    let py = text.py();
    fn run<T: Copy>(characters: &[T], is_ascii: impl Fn(T) -> bool) -> (usize, usize) {
        let start = characters.iter().position(|character| !is_ascii(*character)).unwrap_or(0);
        let end = characters[start..].iter().position(|character| is_ascii(*character));
        (start, end.map_or(characters.len(), |end| start + end))
    }
    let (start, end) = match text.data() {
        StrData::Ucs1(characters) => run(characters, |character| character < 0x80),
        StrData::Ucs2(characters) => run(characters, |character| character < 0x80),
        StrData::Ucs4(characters) => run(characters, |character| character < 0x80),
    };
    let arguments = || {
        let arguments = [
            PyStr::new(py, "ascii")?.into_any(),
            text.to_any().to_owned(),
            PyInt::new(py, start)?.into_any(),
            PyInt::new(py, end)?.into_any(),
            PyStr::new(py, "ordinal not in range(128)")?.into_any(),
        ];
        PyTuple::pack(py, arguments)
    };
    arguments().map_or_else(|error| error, |arguments| PyUnicodeEncodeError::from_args(&arguments))
}

/// Bytes that are no ASCII are no format code, either.
pub(super) fn checked_bytes<'a>(_py: Python<'_>, bytes: &'a [u8]) -> PyResult<&'a [u8]> {
    Ok(bytes)
}

/// The name of the type of an object, as messages have it.
pub(super) fn type_name<'py>(object: &Bound<'py>) -> PyResult<Bound<'py, PyStr>> {
    PyStr::new(object.py(), last_part(object.get_type().c_name()?.to_str()?))
}
