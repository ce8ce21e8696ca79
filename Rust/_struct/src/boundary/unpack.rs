//! From bytes to objects.

use super::object::{Object, format_of, struct_error};
use super::pack::{UNPACK, place_of};
use crate::floats;
use crate::format::{Field, Format, Kind, Layout};
use crate::ints;
use cpython_api::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyTuple, TupleBuilder};
use cpython_api::{Borrowed, Bound, PyErr, PyResult, Python, View};

/// How many numbers are loaded before their objects are made.
const BLOCK: usize = 64;

/// How many values a field has at least that is loaded in blocks.
const MANY: usize = 8;

/// A tuple of the values in a buffer, which has the size of the struct.
#[inline]
pub(crate) fn unpack<'py>(object: Object<'_, 'py>, buffer: View<'_>) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    if buffer.len() != format.size() {
        return Err(wrong_size(object, &format));
    }
    unpack_at(object, &format, buffer, 0)
}

/// A tuple of the values in a `bytes` object.
#[inline]
pub(crate) fn unpack_object<'py>(object: Object<'_, 'py>, bytes: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    match bytes.bytes_contents() {
        Some(bytes) if bytes.len() == format.size() => unpack_bytes(object.py(), &format, bytes),
        _ => Err(wrong_size(object, &format)),
    }
}

/// A tuple of the values in a buffer from an offset on.
#[inline]
pub(crate) fn unpack_from<'py>(object: Object<'_, 'py>, buffer: View<'_>, offset: isize) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    let start = place_of(object, &format, buffer.len(), offset, &UNPACK)?;
    unpack_at(object, &format, buffer, start)
}

/// A tuple of the values in a `bytes` object from an offset on.
#[inline]
pub(crate) fn unpack_object_from<'py>(
    object: Object<'_, 'py>,
    bytes: Borrowed<'_, 'py>,
    offset: isize,
) -> PyResult<Bound<'py>> {
    let format = format_of(object)?;
    let bytes = bytes.bytes_contents().unwrap_or_default();
    let start = place_of(object, &format, bytes.len(), offset, &UNPACK)?;
    match bytes.get(start..).and_then(|bytes| bytes.get(..format.size())) {
        Some(bytes) => unpack_bytes(object.py(), &format, bytes),
        None => Err(wrong_size(object, &format)),
    }
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
            unpack_field(py, field, bytes, values)?;
        }
        Ok(())
    })?;
    Ok(values.into_any())
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

/// Makes the objects of a field.
#[inline]
fn unpack_field<'py>(py: Python<'py>, field: &Field, bytes: &[u8], values: &mut TupleBuilder<'py>) -> PyResult<()> {
    /// One by one.
    #[inline]
    fn each<'py, const N: usize>(
        bytes: &[u8],
        values: &mut TupleBuilder<'py>,
        make: impl Fn([u8; N]) -> PyResult<Bound<'py>>,
    ) -> PyResult<()> {
        bytes.as_chunks::<N>().0.iter().try_for_each(|bytes| values.push(make(*bytes)?))
    }
    let int = |value: i64| PyInt::new(py, value).map(Bound::into_any);
    let word = |value: u64| PyInt::new(py, value).map(Bound::into_any);
    let float = |value: f64| PyFloat::new(py, value).map(Bound::into_any);
    if field.repeat >= MANY && !matches!(field.layout, Layout::Other | Layout::Bool) {
        return unpack_numbers(field, bytes, values);
    }
    match field.layout {
        Layout::I8 => each(bytes, values, |value| int(i8::from_ne_bytes(value).into())),
        Layout::U8 => each(bytes, values, |value| int(u8::from_ne_bytes(value).into())),
        Layout::I16 => each(bytes, values, |value| int(i16::from_ne_bytes(value).into())),
        Layout::I16Swapped => each(bytes, values, |value| int(i16::from_ne_bytes(value).swap_bytes().into())),
        Layout::U16 => each(bytes, values, |value| int(u16::from_ne_bytes(value).into())),
        Layout::U16Swapped => each(bytes, values, |value| int(u16::from_ne_bytes(value).swap_bytes().into())),
        Layout::I32 => each(bytes, values, |value| int(i32::from_ne_bytes(value).into())),
        Layout::I32Swapped => each(bytes, values, |value| int(i32::from_ne_bytes(value).swap_bytes().into())),
        Layout::U32 => each(bytes, values, |value| int(u32::from_ne_bytes(value).into())),
        Layout::U32Swapped => each(bytes, values, |value| int(u32::from_ne_bytes(value).swap_bytes().into())),
        Layout::I64 => each(bytes, values, |value| int(i64::from_ne_bytes(value))),
        Layout::I64Swapped => each(bytes, values, |value| int(i64::from_ne_bytes(value).swap_bytes())),
        Layout::U64 => each(bytes, values, |value| word(u64::from_ne_bytes(value))),
        Layout::U64Swapped => each(bytes, values, |value| word(u64::from_ne_bytes(value).swap_bytes())),
        Layout::Pointer => each(bytes, values, |value| word(usize::from_ne_bytes(value) as u64)),
        Layout::Bool => each(bytes, values, |[byte]| Ok(PyBool::new(py, byte != 0).into_any())),
        Layout::Half => each(bytes, values, |value| float(floats::from_half(u16::from_ne_bytes(value)))),
        Layout::HalfSwapped => {
            each(bytes, values, |value| float(floats::from_half(u16::from_ne_bytes(value).swap_bytes())))
        }
        Layout::Single => {
            each(bytes, values, |value| float(floats::from_single(f32::from_ne_bytes(value), field.quiets)))
        }
        Layout::SingleSwapped => each(bytes, values, |value| {
            float(floats::from_single(f32::from_bits(u32::from_ne_bytes(value).swap_bytes()), field.quiets))
        }),
        Layout::Double => each(bytes, values, |value| float(f64::from_ne_bytes(value))),
        Layout::DoubleSwapped => {
            each(bytes, values, |value| float(f64::from_bits(u64::from_ne_bytes(value).swap_bytes())))
        }
        Layout::Other => unpack_other(py, field, bytes, values),
    }
}

/// Makes the objects of a field of complex numbers or text.
fn unpack_other<'py>(py: Python<'py>, field: &Field, bytes: &[u8], values: &mut TupleBuilder<'py>) -> PyResult<()> {
    match field.kind {
        Kind::FloatComplex | Kind::DoubleComplex => bytes.chunks_exact(field.size).try_for_each(|bytes| {
            let (real, imag) = floats::load_complex(field, bytes);
            values.push(PyComplex::new(py, real, imag)?.into_any())
        }),
        Kind::Char => values.extend_bytes(bytes),
        Kind::Pascal => {
            let text = match bytes {
                [count, text @ ..] => &text[..text.len().min((*count).into())],
                [] => &[],
            };
            values.push(PyBytes::new(py, text)?.into_any())
        }
        _ => values.push(PyBytes::new(py, bytes)?.into_any()),
    }
}
