//! Items from objects, and objects from items.

#![forbid(unsafe_code)]

use crate::typecode::{Format, Typecode};
use cpython_api::exceptions::{PyOverflowError, PyTypeError};
use cpython_api::types::{PyComplex, PyFloat, PyInt, PyStr};
use cpython_api::{Bound, ItemStorage, Number, PyResult, Python, StoredItem, StrData};

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
    } else if matches!(format, Format::F32 | Format::F64) {
        if let Some(value) = object.exact_f64() {
            let single = format == Format::F32;
            return Ok(if single { Item::new((value as f32).to_ne_bytes()) } else { Item::new(value.to_ne_bytes()) });
        }
    } else if format == Format::Char {
        return object.exact_character().map_or_else(|| character(object), |unit| Ok(Item::new(unit.to_ne_bytes())));
    }
    from_other(object, typecode)
}

/// Converts an object, as C does, with its messages.
#[cold]
fn from_other(object: &Bound<'_>, typecode: Typecode) -> PyResult<Item> {
    let py = object.py();
    let within = |value: i64, low: i64, high: i64, name: &str| {
        if value < low || value > high {
            let bound = if value < low { "less than minimum" } else { "greater than maximum" };
            return Err(PyOverflowError::new_err(py, format_args!("{name} is {bound}")));
        }
        Ok(value)
    };
    // As `PyArg_Parse` converts to the types of C.
    #[expect(clippy::useless_conversion, reason = "a long is not as large everywhere")]
    let long = |low, high, name| within(i64::from(object.as_long()?), low, high, name);
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
#[cold]
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

/// Where an item is read from.
trait Source {
    /// The item, as a number of its size; `None` if there is none.
    fn read<T: StoredItem>(&self) -> Option<T>;
}

/// The bytes of an item.
struct Bytes<'a>(&'a [u8]);

impl Source for Bytes<'_> {
    #[inline]
    fn read<T: StoredItem>(&self) -> Option<T> {
        T::from_bytes(self.0)
    }
}

/// The place of an item in an array.
struct Place<'a, 'py> {
    items: &'a ItemStorage<Typecode>,
    index: usize,
    py: Python<'py>,
}

impl Source for Place<'_, '_> {
    #[inline(always)]
    fn read<T: StoredItem>(&self) -> Option<T> {
        self.items.load(self.py, self.index)
    }
}

/// The object for an item; `None` if there is none.
#[inline(always)]
fn object_of<'py>(py: Python<'py>, format: Format, source: &impl Source) -> Option<PyResult<Bound<'py>>> {
    let value = match format {
        Format::I8 => i64::from(source.read::<u8>()? as i8),
        Format::U8 => source.read::<u8>()?.into(),
        Format::I16 => i64::from(source.read::<u16>()? as i16),
        Format::U16 => source.read::<u16>()?.into(),
        Format::I32 => i64::from(source.read::<u32>()? as i32),
        Format::U32 => source.read::<u32>()?.into(),
        Format::I64 => source.read::<u64>()? as i64,
        Format::U64 => return Some(PyInt::new(py, source.read::<u64>()?).map(Bound::into_any)),
        Format::F64 => return Some(PyFloat::new(py, f64::from_bits(source.read()?)).map(Bound::into_any)),
        Format::F32 => return Some(PyFloat::new(py, f32::from_bits(source.read()?).into()).map(Bound::into_any)),
        Format::F16 => {
            let half = source.read::<u16>()?.to_ne_bytes();
            let value = PyFloat::unpack_half(py, half, cfg!(target_endian = "little"));
            return Some(PyFloat::new(py, value).map(Bound::into_any));
        }
        Format::C32 => {
            let [a, b, c, d, e, f, g, h] = source.read::<u64>()?.to_ne_bytes();
            let (real, imag) = (f32::from_ne_bytes([a, b, c, d]), f32::from_ne_bytes([e, f, g, h]));
            return Some(PyComplex::new(py, real.into(), imag.into()).map(Bound::into_any));
        }
        Format::C64 => {
            let [real, imag] = source.read::<[u64; 2]>()?.map(f64::from_bits);
            return Some(PyComplex::new(py, real, imag).map(Bound::into_any));
        }
        Format::Char => return Some(PyStr::from_ordinal(py, source.read::<u32>()? as i32).map(Bound::into_any)),
    };
    Some(PyInt::new(py, value).map(Bound::into_any))
}

/// The object for the bytes of an item.
///
/// # Panics
///
/// When they are not of its size.
pub(super) fn to_object<'py>(py: Python<'py>, typecode: Typecode, bytes: &[u8]) -> PyResult<Bound<'py>> {
    let Some(object) = object_of(py, typecode.format(), &Bytes(bytes)) else { unreachable!("an item of another size") };
    object
}

/// The object for the item at an index, without a lock; `None` past the end.
#[inline(always)]
pub(super) fn load<'py>(py: Python<'py>, items: &ItemStorage<Typecode>, index: usize) -> Option<PyResult<Bound<'py>>> {
    load_as(py, items, items.kind().format(), index)
}

/// The same of items of a known format; `None` if they have another size, too.
#[inline(always)]
pub(super) fn load_as<'py>(
    py: Python<'py>,
    items: &ItemStorage<Typecode>,
    format: Format,
    index: usize,
) -> Option<PyResult<Bound<'py>>> {
    object_of(py, format, &Place { items, index, py })
}
