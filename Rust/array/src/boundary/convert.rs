//! Items from objects, and objects from items.

use crate::typecode::{Format, Typecode};
use cpython_api::exceptions::{PyOverflowError, PyTypeError};
use cpython_api::types::{PyComplex, PyFloat, PyInt, PyStr};
use cpython_api::{Bound, ItemStorage, Number, PyResult, Python, StrData};

/// The bytes of one item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    bytes: [u8; 16],
    size: usize,
}

impl Item {
    fn new<const N: usize>(bytes: [u8; N]) -> Self {
        let mut all = [0; 16];
        all[..N].copy_from_slice(&bytes);
        Self { bytes: all, size: N }
    }

    /// The bytes.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

/// Converts an integer in the range of the format.
#[inline]
fn from_small(format: Format, value: i64) -> Option<Item> {
    macro_rules! convert {
        ($type:ty) => {
            Some(Item::new(<$type>::try_from(value).ok()?.to_ne_bytes()))
        };
    }
    match format {
        Format::I8 => convert!(i8),
        Format::U8 => convert!(u8),
        Format::I16 => convert!(i16),
        Format::U16 => convert!(u16),
        Format::I32 => convert!(i32),
        Format::U32 => convert!(u32),
        Format::I64 => convert!(i64),
        Format::U64 => convert!(u64),
        _ => None,
    }
}

/// Converts a number that has been read without its object.
#[inline]
pub(super) fn from_number(py: Python<'_>, typecode: Typecode, number: Number) -> PyResult<Item> {
    let format = typecode.format();
    match (format, number) {
        (Format::F64, number) => return Ok(Item::new(number.as_f64().to_ne_bytes())),
        (Format::F32, number) => return Ok(Item::new((number.as_f64() as f32).to_ne_bytes())),
        (_, Number::Int(value)) => {
            if let Some(item) = from_small(format, value) {
                return Ok(item);
            }
        }
        (_, Number::Bool(value)) => {
            if let Some(item) = from_small(format, value.into()) {
                return Ok(item);
            }
        }
        (_, Number::Float(_)) => {}
    }
    from_other(&number.to_object(py)?, typecode)
}

/// Converts an object. It may run any Python code.
#[inline]
pub(super) fn from_object(object: &Bound<'_>, typecode: Typecode) -> PyResult<Item> {
    let format = typecode.format();
    if format.is_integer() {
        if let Some(item) = object.exact_i64().and_then(|value| from_small(format, value)) {
            return Ok(item);
        }
    } else if let Some(float) = object.cast_exact::<PyFloat>() {
        match format {
            Format::F64 => return Ok(Item::new(float.value().to_ne_bytes())),
            Format::F32 => return Ok(Item::new((float.value() as f32).to_ne_bytes())),
            _ => {}
        }
    }
    from_other(object, typecode)
}

/// Converts an object, as C does, with its messages.
#[cold]
fn from_other(object: &Bound<'_>, typecode: Typecode) -> PyResult<Item> {
    let py = object.py();
    // As `PyArg_Parse` converts to the types of C.
    let long = |low: i64, high: i64, name: &str| {
        let value = object.as_long()?;
        let value = i64::from(value);
        if value < low || value > high {
            let bound = if value < low { "less than minimum" } else { "greater than maximum" };
            return Err(PyOverflowError::new_err(py, format_args!("{name} is {bound}")));
        }
        Ok(value)
    };
    let within = |value: i64, low: i64, high: i64, name: &str| {
        if value < low || value > high {
            let bound = if value < low { "less than minimum" } else { "greater than maximum" };
            return Err(PyOverflowError::new_err(py, format_args!("{name} is {bound}")));
        }
        Ok(value)
    };
    let index = || {
        if object.is_instance_of::<PyInt>() { Ok(object.clone()) } else { object.index().map(Bound::into_any) }
    };
    match typecode {
        Typecode::b => {
            let value = long(i16::MIN.into(), i16::MAX.into(), "signed short integer")?;
            Ok(Item::new((within(value, -128, 127, "signed char")? as i8).to_ne_bytes()))
        }
        Typecode::B => Ok(Item::new((long(0, u8::MAX.into(), "unsigned byte integer")? as u8).to_ne_bytes())),
        Typecode::h => {
            let value = long(i16::MIN.into(), i16::MAX.into(), "signed short integer")?;
            Ok(Item::new((value as i16).to_ne_bytes()))
        }
        Typecode::H => {
            let value = long(i32::MIN.into(), i32::MAX.into(), "signed integer")?;
            Ok(Item::new((within(value, 0, u16::MAX.into(), "unsigned short")? as u16).to_ne_bytes()))
        }
        Typecode::i => {
            let value = long(i32::MIN.into(), i32::MAX.into(), "signed integer")?;
            Ok(Item::new((value as i32).to_ne_bytes()))
        }
        Typecode::l => Ok(Item::new(object.as_long()?.to_ne_bytes())),
        Typecode::q => Ok(Item::new(object.as_i64()?.to_ne_bytes())),
        Typecode::I => {
            let value = index()?.as_unsigned_long()?;
            let small = u32::try_from(value);
            let item = small.map_err(|_| PyOverflowError::new_err(py, "unsigned int is greater than maximum"))?;
            Ok(Item::new(item.to_ne_bytes()))
        }
        Typecode::L => Ok(Item::new(index()?.as_unsigned_long()?.to_ne_bytes())),
        Typecode::Q => Ok(Item::new(index()?.as_unsigned_long_long()?.to_ne_bytes())),
        Typecode::e => Ok(Item::new(PyFloat::pack_half(py, (object.as_f64()? as f32).into())?)),
        Typecode::f => Ok(Item::new((object.as_f64()? as f32).to_ne_bytes())),
        Typecode::d => Ok(Item::new(object.as_f64()?.to_ne_bytes())),
        Typecode::Zf => {
            let (real, imag) = object.as_complex()?;
            Ok(complex([real as f32, imag as f32].map(f32::to_ne_bytes)))
        }
        Typecode::Zd => {
            let (real, imag) = object.as_complex()?;
            Ok(complex([real, imag].map(f64::to_ne_bytes)))
        }
        Typecode::u | Typecode::w => character(object),
    }
}

/// An item of two numbers.
fn complex<const N: usize>(parts: [[u8; N]; 2]) -> Item {
    let mut bytes = [0; 16];
    bytes[..N].copy_from_slice(&parts[0]);
    bytes[N..2 * N].copy_from_slice(&parts[1]);
    Item { bytes, size: 2 * N }
}

/// Converts a `str` of one character.
fn character(object: &Bound<'_>) -> PyResult<Item> {
    let py = object.py();
    let Ok(text) = object.cast::<PyStr>() else {
        let class = object.get_type().fully_qualified_name()?;
        let class = class.to_string_lossy();
        return Err(PyTypeError::new_err(py, format_args!("array item must be a unicode character, not {class}")));
    };
    let unit = match text.data() {
        StrData::Ucs1(&[unit]) => unit.into(),
        StrData::Ucs2(&[unit]) => unit.into(),
        StrData::Ucs4(&[unit]) => unit,
        _ => {
            return Err(PyTypeError::new_err(
                py,
                format_args!("array item must be a unicode character, not a string of length {}", text.len()),
            ));
        }
    };
    Ok(Item::new(u32::to_ne_bytes(unit)))
}

/// The object for the bytes of an item.
///
/// # Panics
///
/// When they are too few.
pub(super) fn to_object<'py>(py: Python<'py>, typecode: Typecode, bytes: &[u8]) -> PyResult<Bound<'py>> {
    fn read<const N: usize>(bytes: &[u8]) -> [u8; N] {
        let Some(bytes) = bytes.first_chunk() else { unreachable!("an item is too short") };
        *bytes
    }
    match typecode.format() {
        Format::I8 | Format::U8 => from_word(py, typecode, u8::from_ne_bytes(read(bytes)).into()),
        Format::I16 | Format::U16 | Format::F16 => from_word(py, typecode, u16::from_ne_bytes(read(bytes)).into()),
        Format::I32 | Format::U32 | Format::F32 | Format::Char => {
            from_word(py, typecode, u32::from_ne_bytes(read(bytes)).into())
        }
        Format::I64 | Format::U64 | Format::F64 | Format::C32 => {
            from_word(py, typecode, u64::from_ne_bytes(read(bytes)))
        }
        Format::C64 => from_two_words(py, [read(bytes), read(&bytes[8..])].map(u64::from_ne_bytes)),
    }
}

/// The object for an item of at most 8 bytes, in the low bits of a word.
#[inline]
fn from_word(py: Python<'_>, typecode: Typecode, word: u64) -> PyResult<Bound<'_>> {
    let int = match typecode.format() {
        Format::I8 => i64::from(word as i8),
        Format::I16 => i64::from(word as i16),
        Format::I32 => i64::from(word as i32),
        Format::I64 | Format::U8 | Format::U16 | Format::U32 => word as i64,
        Format::U64 => return Ok(PyInt::new(py, word)?.into_any()),
        Format::F64 => return Ok(PyFloat::new(py, f64::from_bits(word))?.into_any()),
        Format::F32 => return Ok(PyFloat::new(py, f32::from_bits(word as u32).into())?.into_any()),
        Format::F16 => {
            let value = PyFloat::unpack_half(py, (word as u16).to_ne_bytes(), cfg!(target_endian = "little"));
            return Ok(PyFloat::new(py, value)?.into_any());
        }
        Format::C32 => {
            let [a, b, c, d, e, f, g, h] = word.to_ne_bytes();
            let (real, imag) = (f32::from_ne_bytes([a, b, c, d]), f32::from_ne_bytes([e, f, g, h]));
            return Ok(PyComplex::new(py, real.into(), imag.into())?.into_any());
        }
        Format::Char => return Ok(PyStr::from_ordinal(py, word as i32)?.into_any()),
        Format::C64 => unreachable!("an item of 16 bytes"),
    };
    Ok(PyInt::new(py, int)?.into_any())
}

fn from_two_words(py: Python<'_>, words: [u64; 2]) -> PyResult<Bound<'_>> {
    let [real, imag] = words.map(f64::from_bits);
    Ok(PyComplex::new(py, real, imag)?.into_any())
}

/// The object for the item at an index, without a lock; `None` past the end.
#[inline]
pub(super) fn load<'py>(py: Python<'py>, items: &ItemStorage<Typecode>, index: usize) -> Option<PyResult<Bound<'py>>> {
    let typecode = items.kind();
    let word = match typecode.format().size() {
        1 => items.load::<u8>(py, index)?.into(),
        2 => items.load::<u16>(py, index)?.into(),
        4 => items.load::<u32>(py, index)?.into(),
        8 => items.load::<u64>(py, index)?,
        _ => return Some(from_two_words(py, items.load(py, index)?)),
    };
    Some(from_word(py, typecode, word))
}
