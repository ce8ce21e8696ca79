//! From bytes to objects.

use super::object::{Object, format_of, struct_error};
use super::pack::{UNPACK, place_of};
use crate::floats;
use crate::format::{Field, Format, Kind};
use crate::ints;
use cpython_api::types::{PyBytes, PyComplex, TupleBuilder};
use cpython_api::{Bound, PyResult, Python, View};

/// A tuple of the values in a buffer, which has the size of the struct.
#[inline]
pub(crate) fn unpack<'py>(object: Object<'_, 'py>, buffer: View<'_>) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    let size = format.size();
    if buffer.len() != size {
        return Err(struct_error(object, format_args!("unpack requires a buffer of {size} bytes")));
    }
    unpack_at(object, &format, buffer, 0)
}

/// A tuple of the values in a buffer from an offset on.
#[inline]
pub(crate) fn unpack_from<'py>(object: Object<'_, 'py>, buffer: View<'_>, offset: isize) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    let start = place_of(object, &format, buffer, offset, &UNPACK)?;
    unpack_at(object, &format, buffer, start)
}

#[inline]
fn unpack_at<'py>(object: Object<'_, 'py>, format: &Format, buffer: View<'_>, start: usize) -> PyResult<Bound<'py>> {
    let py = object.py();
    match buffer.with_range(py, start, format.size(), |bytes| unpack_bytes(py, format, bytes))? {
        Some(values) => values,
        None => Err(struct_error(object, format_args!("unpack requires a buffer of {} bytes", format.size()))),
    }
}

/// A tuple of the values in as many bytes as the struct has.
pub(crate) fn unpack_bytes<'py>(py: Python<'py>, format: &Format, bytes: &[u8]) -> PyResult<Bound<'py>> {
    let mut values = TupleBuilder::new(py, format.len())?;
    for field in format.fields() {
        unpack_field(py, field, &bytes[field.offset..field.offset + field.size * field.repeat], &mut values)?;
    }
    values.finish().map(Bound::into_any)
}

#[inline]
fn unpack_field<'py>(py: Python<'py>, field: &Field, bytes: &[u8], values: &mut TupleBuilder<'py>) -> PyResult<()> {
    match field.kind {
        Kind::Signed => ints::load(field, bytes, |value| values.push_i64(value)),
        Kind::Unsigned | Kind::Pointer if field.size == 8 => {
            ints::load(field, bytes, |value| values.push_u64(value as u64))
        }
        Kind::Unsigned | Kind::Pointer => ints::load(field, bytes, |value| values.push_i64(value)),
        Kind::Bool => bytes.iter().try_for_each(|byte| values.push_bool(*byte != 0)),
        Kind::Half | Kind::Float | Kind::Double => floats::load(field, bytes, |value| values.push_f64(value)),
        Kind::FloatComplex | Kind::DoubleComplex => bytes.chunks_exact(field.size).try_for_each(|bytes| {
            let (real, imag) = floats::load_complex(field, bytes);
            values.push(PyComplex::new(py, real, imag)?.into_any())
        }),
        Kind::Char => {
            bytes.iter().try_for_each(|byte| values.push(PyBytes::new(py, std::slice::from_ref(byte))?.into_any()))
        }
        Kind::Bytes => values.push(PyBytes::new(py, bytes)?.into_any()),
        Kind::Pascal => {
            let text = match bytes {
                [count, text @ ..] => &text[..text.len().min((*count).into())],
                [] => &[],
            };
            values.push(PyBytes::new(py, text)?.into_any())
        }
    }
}
