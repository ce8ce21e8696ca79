//! Items out of iterables, in blocks where they are numbers in a list or a tuple.

#![forbid(unsafe_code)]

use super::array::{Array, This, resize_error};
use super::convert::{from_number, from_object};
use crate::dispatch;
use crate::typecode::{Format, Typecode};
use cpython_api::exceptions::{PyIndexError, PyRuntimeError, PyTypeError};
use cpython_api::types::{PyList, PyTuple};
use cpython_api::{
    BLOCK, Borrowed, Bound, Doubles, Item, Items, Number, Numbers, PyErr, PyResult, Python, ResizeError,
};

/// Converts the items of an iterable: as many at a time as can be read without Python code, [`BLOCK`] at most, or one.
struct Reader<'py> {
    items: Items<'py>,
    typecode: Typecode,
    numbers: Numbers,
    doubles: Doubles,
    // 8 bytes for each number of a block.
    bytes: [u8; 8 * BLOCK],
}

impl<'py> Reader<'py> {
    fn new(iterable: Borrowed<'_, 'py>, typecode: Typecode) -> PyResult<Self> {
        Ok(Self {
            items: Items::new(iterable)?,
            typecode,
            numbers: Numbers::new(),
            doubles: Doubles::new(),
            bytes: [0; 8 * BLOCK],
        })
    }

    /// The bytes of at most `most` items; none at the end.
    fn next(&mut self, py: Python<'py>, most: usize) -> PyResult<&[u8]> {
        let format = self.typecode.format();
        let size = format.size();
        if self.items.in_blocks() {
            if matches!(format, Format::F32 | Format::F64) {
                self.items.next_doubles(&mut self.doubles);
                let read = self.doubles.len();
                if read > most {
                    self.items.step_back(read - most);
                }
                let count = read.min(most);
                if count > 0 {
                    let values = &self.doubles.as_mut_slice()[..count];
                    let converted = dispatch::from_floats(format, values, &mut self.bytes);
                    debug_assert!(converted.is_some(), "floats of every value");
                    return Ok(&self.bytes[..count * size]);
                }
            } else if format.is_integer() {
                self.items.next_numbers(most, &mut self.numbers);
                let read = self.numbers.len();
                let count = match self.numbers.ints() {
                    Some(values) => dispatch::from_ints(format, values, &mut self.bytes),
                    None => self.convert_mixed(),
                };
                if count < read {
                    self.items.step_back(read - count);
                }
                if count > 0 {
                    return Ok(&self.bytes[..count * size]);
                }
            }
        }
        let item = match self.items.next_item()? {
            Item::Number(number) => from_number(py, self.typecode, number)?,
            Item::Object(object) => from_object(&object, self.typecode)?,
            Item::End => return Ok(&[]),
        };
        let bytes = item.bytes();
        self.bytes[..bytes.len()].copy_from_slice(bytes);
        Ok(&self.bytes[..bytes.len()])
    }
}

impl Reader<'_> {
    /// Converts ints and bools up to the first number that is no item; returns how many.
    fn convert_mixed(&mut self) -> usize {
        let format = self.typecode.format();
        let values = self.numbers.iter().map_while(|number| match number {
            Number::Int(value) => Some(value),
            Number::Bool(value) => Some(value.into()),
            Number::Float(_) => None,
        });
        let mut places = self.bytes.chunks_exact_mut(format.size());
        let converts = |value| places.next().is_some_and(|place| dispatch::from_ints(format, &[value], place) == 1);
        values.map(converts).take_while(|converted| *converted).count()
    }
}

/// `array.extend(iterable)`: the items before one that cannot be converted stay.
pub(super) fn extend<'py>(array: This<'_, 'py>, iterable: Borrowed<'_, 'py>) -> PyResult<()> {
    let py = array.py();
    if let Some(other) = iterable.cast_instance::<Array>() {
        return extend_by_array(array, other);
    }
    append_items(py, array.data(), iterable)
}

/// Appends the items of an iterable.
pub(super) fn append_items<'py>(py: Python<'py>, array: &Array, iterable: Borrowed<'_, 'py>) -> PyResult<()> {
    let is_sequence = iterable.is_exact_instance_of::<PyList>() || iterable.is_exact_instance_of::<PyTuple>();
    if let Some(len @ 16..) = sequence_len(&iterable).filter(|_| is_sequence) {
        array.items.lock(py).reserve(len);
    }
    let mut reader = Reader::new(iterable, array.items.kind())?;
    loop {
        let bytes = reader.next(py, BLOCK)?;
        if bytes.is_empty() {
            return Ok(());
        }
        array.append(py, bytes)?;
    }
}

/// Appends the items of an array, which may be the same.
pub(super) fn extend_by_array<'py>(array: This<'_, 'py>, other: This<'_, 'py>) -> PyResult<()> {
    let (py, this, other) = (array.py(), &array.data().items, &other.data().items);
    if this.kind() != other.kind() {
        return Err(PyTypeError::new_err(py, "can only extend with array of same kind"));
    }
    let result = match this.lock_two(other, py) {
        Some((mut items, others)) => {
            let len = items.len();
            items.splice_items(len..len, &others, 0..others.len())
        }
        None => this.lock(py).repeat(2),
    };
    result.map_err(|error| resize_error(py, error))
}

/// The items of an exact list or tuple, for a new array.
pub(super) fn fill_from_sequence<'py>(py: Python<'py>, array: &mut Array, sequence: Borrowed<'_, 'py>) -> PyResult<()> {
    let len = array.items.capacity();
    let mut reader = Reader::new(sequence, array.items.kind())?;
    while array.items.len() < len {
        let bytes = reader.next(py, (len - array.items.len()).min(BLOCK))?;
        if bytes.is_empty() {
            // The list has become shorter.
            return Err(PyIndexError::new_err(py, "list index out of range"));
        }
        array.items.append(bytes);
    }
    Ok(())
}

/// The items of a list or a tuple of a subclass, which may have items of its own.
pub(super) fn fill_from_subclass<'py>(array: &mut Array, sequence: Borrowed<'_, 'py>) -> PyResult<()> {
    for index in 0..array.items.capacity() {
        let item = from_object(&sequence.sequence_item(index)?, array.items.kind())?;
        array.items.append(item.bytes());
    }
    Ok(())
}

/// The length of a list or a tuple, of subclasses too, whatever its `__len__`.
pub(super) fn sequence_len(object: &Bound<'_>) -> Option<usize> {
    if let Ok(list) = object.cast::<PyList>() {
        return Some(list.len());
    }
    object.cast::<PyTuple>().ok().map(|tuple| tuple.len())
}

/// `array.fromlist(list)`: all items, or none.
pub(super) fn from_list<'py>(array: This<'_, 'py>, list: Borrowed<'_, 'py>) -> PyResult<()> {
    let py = array.py();
    let Ok(items) = list.cast::<PyList>() else {
        return Err(PyTypeError::new_err(py, "arg must be list"));
    };
    let len = items.len();
    if len == 0 {
        return Ok(());
    }
    let data = array.data();
    let size = data.items.item_size();
    if data.items.lock(py).is_exported() {
        return Err(resize_error(py, ResizeError::Exported));
    }
    let mut bytes = Vec::new();
    let room = len.checked_mul(size).ok_or_else(|| PyErr::no_memory(py))?;
    bytes.try_reserve_exact(room).map_err(|_| PyErr::no_memory(py))?;
    let changed = || PyRuntimeError::new_err(py, "list changed size during iteration");
    let kind = data.items.kind();
    if !list.is_exact_instance_of::<PyList>() {
        for index in 0..len {
            let item = items.get_item(index).ok_or_else(changed)?;
            bytes.extend_from_slice(from_object(&item, kind)?.bytes());
            if items.len() != len {
                return Err(changed());
            }
        }
        return data.append(py, &bytes);
    }
    let mut reader = Reader::new(list, kind)?;
    while bytes.len() < room {
        let next = reader.next(py, ((room - bytes.len()) / size).min(BLOCK))?;
        if next.is_empty() || items.len() != len {
            return Err(changed());
        }
        bytes.extend_from_slice(next);
    }
    data.append(py, &bytes)
}
