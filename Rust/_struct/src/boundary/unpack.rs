//! From bytes to objects.

use super::object::{Object, format_of, struct_error};
use super::pack::{UNPACK, place_of};
use crate::floats;
use crate::format::{Field, Format, Kind};
use crate::ints;
use cpython_api::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyTuple, TupleBuilder};
use cpython_api::{Bound, PyErr, PyResult, Python, View};

/// How many numbers are loaded before their objects are made.
const BLOCK: usize = 64;

/// How many values a field has at least that is loaded in blocks.
const MANY: usize = 4;

/// A tuple of the values in a buffer, which has the size of the struct.
#[inline]
pub(crate) fn unpack<'py>(object: Object<'_, 'py>, buffer: View<'_>) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    if buffer.len() != format.size() {
        return Err(wrong_size(object, &format));
    }
    match buffer.as_bytes(object.py()) {
        Some(bytes) if bytes.len() == format.size() => unpack_bytes(object.py(), &format, bytes),
        _ => unpack_at(object, &format, buffer, 0),
    }
}

/// A tuple of the values in a buffer from an offset on.
#[inline]
pub(crate) fn unpack_from<'py>(object: Object<'_, 'py>, buffer: View<'_>, offset: isize) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    let start = place_of(object, &format, buffer, offset, &UNPACK)?;
    unpack_at(object, &format, buffer, start)
}

fn unpack_at<'py>(object: Object<'_, 'py>, format: &Format, buffer: View<'_>, start: usize) -> PyResult<Bound<'py>> {
    let py = object.py();
    let values = buffer.with_range(py, start, format.size(), |bytes| unpack_bytes(py, format, bytes))?;
    values.unwrap_or_else(|| Err(wrong_size(object, format)))
}

#[cold]
fn wrong_size(object: Object<'_, '_>, format: &Format) -> PyErr {
    struct_error(object, format_args!("unpack requires a buffer of {} bytes", format.size()))
}

/// A tuple of the values in as many bytes as the struct has.
#[inline]
pub(crate) fn unpack_bytes<'py>(py: Python<'py>, format: &Format, bytes: &[u8]) -> PyResult<Bound<'py>> {
    let values = PyTuple::build(py, format.len(), |values| {
        for field in format.fields() {
            let bytes = &bytes[field.offset..field.offset + field.size * field.repeat];
            if field.repeat >= MANY && is_number(field.kind) {
                unpack_numbers(field, bytes, values)?;
            } else {
                unpack_field(py, field, bytes, values)?;
            }
        }
        Ok(())
    })?;
    Ok(values.into_any())
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Signed | Kind::Unsigned | Kind::Pointer | Kind::Half | Kind::Float | Kind::Double)
}

/// Loads numbers into blocks, whose objects are made by one call each.
#[inline(never)]
fn unpack_numbers<'py>(field: &Field, bytes: &[u8], values: &mut TupleBuilder<'py>) -> PyResult<()> {
    for bytes in bytes.chunks(BLOCK * field.size) {
        let count = bytes.len() / field.size;
        match field.kind {
            Kind::Half | Kind::Float | Kind::Double => {
                let mut block = [0.0; BLOCK];
                floats::load(field, bytes, &mut block);
                values.extend_f64(&block[..count])?;
            }
            Kind::Signed => {
                let mut block = [0; BLOCK];
                ints::load(field, bytes, &mut block);
                values.extend_i64(&block[..count])?;
            }
            _ if field.size == 8 => {
                let mut block = [0; BLOCK];
                ints::load_words(field, bytes, &mut block);
                values.extend_u64(&block[..count])?;
            }
            _ => {
                let mut block = [0; BLOCK];
                ints::load(field, bytes, &mut block);
                values.extend_i64(&block[..count])?;
            }
        }
    }
    Ok(())
}

/// Makes the objects one by one.
#[inline]
fn unpack_field<'py>(py: Python<'py>, field: &Field, bytes: &[u8], values: &mut TupleBuilder<'py>) -> PyResult<()> {
    if matches!(field.kind, Kind::Bytes | Kind::Pascal) {
        let text = match (field.kind, bytes) {
            (Kind::Bytes, bytes) => bytes,
            (_, [count, text @ ..]) => &text[..text.len().min((*count).into())],
            (_, []) => &[],
        };
        return values.push(PyBytes::new(py, text)?.into_any());
    }
    for bytes in bytes.chunks_exact(field.size) {
        values.push(unpack_value(py, field, bytes)?)?;
    }
    Ok(())
}

#[inline]
fn unpack_value<'py>(py: Python<'py>, field: &Field, bytes: &[u8]) -> PyResult<Bound<'py>> {
    match field.kind {
        Kind::Signed => PyInt::new(py, ints::load_one(field, bytes)).map(Bound::into_any),
        Kind::Unsigned | Kind::Pointer if field.size == 8 => {
            PyInt::new(py, ints::load_one(field, bytes) as u64).map(Bound::into_any)
        }
        Kind::Unsigned | Kind::Pointer => PyInt::new(py, ints::load_one(field, bytes)).map(Bound::into_any),
        Kind::Bool => Ok(PyBool::new(py, bytes.first().is_some_and(|byte| *byte != 0)).into_any()),
        Kind::Half | Kind::Float | Kind::Double => {
            PyFloat::new(py, floats::load_one(field, bytes)).map(Bound::into_any)
        }
        Kind::FloatComplex | Kind::DoubleComplex => {
            let (real, imag) = floats::load_complex(field, bytes);
            PyComplex::new(py, real, imag).map(Bound::into_any)
        }
        Kind::Char | Kind::Bytes | Kind::Pascal => PyBytes::new(py, bytes).map(Bound::into_any),
    }
}
