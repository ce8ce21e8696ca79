//! From bytes to objects.

#![forbid(unsafe_code)]

use super::object::{Object, format_of, struct_error};
use super::pack::{UNPACK, place_of};
use crate::floats;
use crate::format::{Field, Format, Kind, Layout};
use crate::ints;
use cpython_api::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyTuple, SequenceBuilder};
use cpython_api::{Bound, PyErr, PyResult, Python, View};

/// The number of numbers of a field that are loaded before their objects are made.
const BLOCK: usize = 64;

/// The number of integers of a field that are loaded into a smaller block, which takes less time to clear.
const FEW: usize = 8;

/// A tuple of the values in a buffer, which has the size of the struct.
#[inline]
pub(crate) fn unpack<'py>(object: Object<'_, 'py>, buffer: View<'_>) -> PyResult<Bound<'py>> {
    let mut copy = None;
    let format = format_of(object, &mut copy)?;
    if buffer.len() != format.size() {
        return Err(wrong_size(object, format));
    }
    unpack_at(object, format, buffer, 0)
}

/// A tuple of the values in a buffer from an offset on.
#[inline]
pub(crate) fn unpack_from<'py>(object: Object<'_, 'py>, buffer: View<'_>, offset: isize) -> PyResult<Bound<'py>> {
    let mut copy = None;
    let format = format_of(object, &mut copy)?;
    let start = place_of(object, format, buffer.len(), offset, &UNPACK)?;
    unpack_at(object, format, buffer, start)
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
    if let ([field], 1) = (format.fields(), format.len()) {
        let value = unpack_value(py, field, &bytes[field.offset..field.offset + field.size])?;
        return PyTuple::pack(py, [value]).map(Bound::into_any);
    }
    let values = PyTuple::build(py, format.len(), |values| {
        for field in format.fields() {
            let bytes = &bytes[field.offset..field.offset + field.size * field.repeat];
            unpack_field(py, field, bytes, values)?;
        }
        Ok(())
    })?;
    Ok(values.into_any())
}

/// Makes the objects of a field.
#[inline]
fn unpack_field<'py>(
    py: Python<'py>,
    field: &Field,
    bytes: &[u8],
    values: &mut SequenceBuilder<'_, 'py>,
) -> PyResult<()> {
    if field.repeat == 1 {
        return values.push(unpack_value(py, field, bytes)?);
    }
    match field.kind {
        Kind::Char => values.extend_bytes(bytes),
        Kind::Signed | Kind::Unsigned if field.repeat <= FEW && field.size < 8 => {
            let mut block = [0; FEW];
            ints::load(field, bytes, &mut block);
            values.extend_i64(&block[..field.repeat])
        }
        _ if field.repeat > FEW && field.layout.is_number() && field.layout != Layout::Bool => {
            unpack_numbers(field, bytes, values)
        }
        _ => {
            let mut start = 0;
            for _ in 0..field.repeat {
                let end = start + field.size;
                values.push(unpack_value(py, field, &bytes[start..end])?)?;
                start = end;
            }
            Ok(())
        }
    }
}

/// Loads numbers into blocks, whose objects are made by one call each.
#[inline(never)]
fn unpack_numbers(field: &Field, bytes: &[u8], values: &mut SequenceBuilder<'_, '_>) -> PyResult<()> {
    for bytes in bytes.chunks(BLOCK * field.size) {
        let count = bytes.len() / field.size;
        match field.kind {
            Kind::Half | Kind::Float | Kind::Double => {
                let mut block = [0.0; BLOCK];
                floats::load(field, bytes, &mut block);
                values.extend_f64(&block[..count])?;
            }
            // Making an int of an unsigned number takes fewer instructions, unless it is a small one.
            Kind::Unsigned | Kind::Pointer if field.size >= 4 => {
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

/// Makes the object of a value.
#[inline]
fn unpack_value<'py>(py: Python<'py>, field: &Field, bytes: &[u8]) -> PyResult<Bound<'py>> {
    /// The bytes of a number.
    #[inline(always)]
    fn bytes_of<const N: usize>(bytes: &[u8]) -> [u8; N] {
        bytes.first_chunk().copied().unwrap_or([0; N])
    }
    macro_rules! load {
        ($type:ty) => {
            <$type>::from_ne_bytes(bytes_of(bytes))
        };
    }
    let word = |value: u64| PyInt::new(py, value).map(Bound::into_any);
    // Making an int of an unsigned number takes fewer instructions.
    let int = |value: i64| match u64::try_from(value) {
        Ok(value) => word(value),
        Err(_) => PyInt::new(py, value).map(Bound::into_any),
    };
    let float = |value: f64| PyFloat::new(py, value).map(Bound::into_any);
    match field.layout {
        Layout::I8 => int(load!(i8).into()),
        Layout::U8 => word(load!(u8).into()),
        Layout::I16 => int(load!(i16).into()),
        Layout::I16Swapped => int(load!(i16).swap_bytes().into()),
        Layout::U16 => word(load!(u16).into()),
        Layout::U16Swapped => word(load!(u16).swap_bytes().into()),
        Layout::I32 => int(load!(i32).into()),
        Layout::I32Swapped => int(load!(i32).swap_bytes().into()),
        Layout::U32 => word(load!(u32).into()),
        Layout::U32Swapped => word(load!(u32).swap_bytes().into()),
        Layout::I64 => int(load!(i64)),
        Layout::I64Swapped => int(load!(i64).swap_bytes()),
        Layout::U64 => word(load!(u64)),
        Layout::U64Swapped => word(load!(u64).swap_bytes()),
        Layout::Pointer => word(load!(usize) as u64),
        Layout::Bool => Ok(PyBool::new(py, load!(u8) != 0).into_any()),
        Layout::Half => float(floats::from_half(load!(u16))),
        Layout::HalfSwapped => float(floats::from_half(load!(u16).swap_bytes())),
        Layout::Single => float(floats::from_single(load!(f32), field.quiets)),
        Layout::SingleSwapped => float(floats::from_single(f32::from_bits(load!(u32).swap_bytes()), field.quiets)),
        Layout::Double => float(load!(f64)),
        Layout::DoubleSwapped => float(f64::from_bits(load!(u64).swap_bytes())),
        Layout::Bytes => PyBytes::new(py, bytes).map(Bound::into_any),
        Layout::Other => unpack_other(py, field, bytes),
    }
}

/// Makes the object of a complex number, of a character, or of text with its length.
fn unpack_other<'py>(py: Python<'py>, field: &Field, bytes: &[u8]) -> PyResult<Bound<'py>> {
    let text = match (field.kind, bytes) {
        (Kind::FloatComplex | Kind::DoubleComplex, _) => {
            let (real, imag) = floats::load_complex(field, bytes);
            return PyComplex::new(py, real, imag).map(Bound::into_any);
        }
        (Kind::Pascal, [count, text @ ..]) => &text[..text.len().min((*count).into())],
        _ => bytes,
    };
    PyBytes::new(py, text).map(Bound::into_any)
}
