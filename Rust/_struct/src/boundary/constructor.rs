//! How a `Struct` gets its format, and what is shown of it. What differs between releases of CPython is in the files that are named
//! for them.

use super::object::{Object, Struct, format_of, struct_error_of};
use super::release;
use crate::format::{Format, Invalid};
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyStr, PyType};
use cpython_api::{Arg, Borrowed, Bound, Class, PyErr, PyObject, PyResult, StrData, entry, method};
use std::sync::atomic::Ordering;

/// `Struct(format)`: does what `__new__` and `__init__` do.
///
/// # Safety
///
/// Called by `tp_vectorcall` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_call(cls: *mut PyObject, format: *mut PyObject) -> *mut PyObject {
    let cls = cls.cast();
    // SAFETY: the slot is called with this class, which its caller keeps for the call.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the slot passes an object, which its caller keeps for the call.
    let format: Arg<'_> = unsafe { Arg::new(&format) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry(c"_struct.Struct", |py| {
            let mut data = Struct::new(Some(Format::default()));
            data.first_format(|made| parse_into(class.bind(py), format.bind(py), made))?;
            data.is_init_called.store(true, Ordering::Relaxed);
            class.object(py, data)
        })
    }
}

/// `Struct.__repr__()`
///
/// # Safety
///
/// Called by `tp_repr` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_repr(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Struct>(c"_struct.Struct.__repr__", object, move |object| {
            let py = object.py();
            let text = text(object)?.repr()?;
            let name = object.get_type().name()?;
            Ok(PyStr::format(py, format_args!("{}({})", last_part(name.to_str()?), text.to_str()?))?.into_any())
        })
    }
}

/// The format as a `str`.
pub(super) fn text<'py>(object: Object<'_, 'py>) -> PyResult<Bound<'py, PyStr>> {
    PyStr::new(object.py(), format_of(object, &mut None)?.text())
}

/// The name of a type without its module.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// `Struct.__sizeof__()`: as much as an object of C has, where a format has an array of its codes.
///
/// # Safety
///
/// Called by the method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _struct_Struct_sizeof(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Struct>(c"_struct.Struct.__sizeof__", object, move |object| {
            let py = object.py();
            const CODE: isize = 4 * size_of::<usize>() as isize;
            let codes = format_of(object, &mut None)?.codes() as isize;
            let size = object.basic_size_with(release::FIELDS)? + (codes + 1) * CODE;
            Ok(cpython_api::types::PyInt::new(py, size as i64)?.into_any())
        })
    }
}

/// Parses a format: a `str`, or the contents of a `bytes` object.
pub(super) fn parse(class: Borrowed<'_, '_, PyType>, format: Borrowed<'_, '_>) -> PyResult<Format> {
    let mut parsed = Format::default();
    parse_into(class, format, &mut parsed)?;
    Ok(parsed)
}

fn parse_into(class: Borrowed<'_, '_, PyType>, format: Borrowed<'_, '_>, parsed: &mut Format) -> PyResult<()> {
    let py = class.py();
    let error = |message: &str| struct_error_of(class, format_args!("{message}"));
    parsed.set(bytes_of(format)?, release::RELEASE).map_err(|invalid| match invalid {
        Invalid::EmbeddedNull => error("embedded null character"),
        Invalid::BadChar => error("bad char in struct format"),
        Invalid::CountWithoutCode => error("repeat count given without format specifier"),
        Invalid::TooLong => error("total struct size too long"),
        Invalid::NoMemory => PyErr::no_memory(py),
    })
}

fn bytes_of<'a>(format: Borrowed<'a, '_>) -> PyResult<&'a [u8]> {
    if let Some(text) = format.cast_borrowed::<PyStr>() {
        return match text.data() {
            StrData::Ucs1(bytes) if bytes.is_ascii() => Ok(bytes),
            _ => Err(release::not_ascii(text)),
        };
    }
    match format.bytes_contents() {
        Some(bytes) => release::checked_bytes(format.py(), bytes),
        None => Err(wrong_type(&format)),
    }
}

#[cold]
fn wrong_type(format: &Bound<'_>) -> PyErr {
    release::type_name(format).map_or_else(
        |error| error,
        |name| {
            let name = name.to_string_lossy();
            let message = format_args!("Struct() argument 1 must be a str or bytes object, not {name}");
            PyTypeError::new_err(format.py(), message)
        },
    )
}

/// Sets the format of an object, or another one.
pub(super) fn set_format(object: Object<'_, '_>, format: Borrowed<'_, '_>) -> PyResult<()> {
    let class = object.get_type();
    let format = parse(class.as_borrowed(), format)?;
    object.data().set_format(object.py(), format)
}
