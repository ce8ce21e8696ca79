//! `array[key]`, `array[key] = value`, `del array[key]`: indices and slices.

#![forbid(unsafe_code)]

use super::array::{Array, This, object_like, resize_error};
use super::convert::{from_object, load};
use crate::typecode::Typecode;
use cpython_api::exceptions::{PyIndexError, PyTypeError, PyValueError};
use cpython_api::types::{PySlice, SliceIndices};
use cpython_api::{Borrowed, Bound, LockedItems, PyErr, PyResult, Python, ResizeError};

type Locked<'a, 'py> = LockedItems<'a, 'py, Typecode>;

/// The value of a key that is an index, from the end if it is negative; `None` for any other key.
#[inline]
fn index_of<'py>(array: This<'_, 'py>, key: Borrowed<'_, 'py>) -> PyResult<Option<usize>> {
    let index = match key.exact_i64() {
        Some(index) => index as isize,
        None if key.is_index() => key.as_index()?,
        None => return Ok(None),
    };
    // An index that is still negative is past the end as an unsigned number.
    Ok(Some(if index < 0 { index.wrapping_add(array.data().items.len() as isize) } else { index } as usize))
}

fn not_an_index(py: Python<'_>) -> PyErr {
    PyTypeError::new_err(py, "array indices must be integers")
}

fn past_the_end(py: Python<'_>) -> PyErr {
    PyIndexError::new_err(py, "array assignment index out of range")
}

/// `array[key]`
#[inline]
pub(super) fn get<'py>(array: This<'_, 'py>, key: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // A slice is no index, and its class has no subclasses.
    if let Ok(slice) = key.cast::<PySlice>() {
        return get_slice(array, slice);
    }
    match index_of(array, key)? {
        Some(index) => get_item(array, index),
        None => Err(not_an_index(key.py())),
    }
}

/// `array[key]` of an `int` that is the index of an item; `None` for any other key.
#[inline]
pub(super) fn get_small<'py>(array: This<'_, 'py>, key: Borrowed<'_, 'py>) -> Option<PyResult<Bound<'py>>> {
    let (py, items) = (array.py(), &array.data().items);
    let index = key.exact_i64()? as isize;
    let index = if index < 0 { index.wrapping_add(items.len() as isize) } else { index };
    load(py, items, index as usize)
}

/// The item at an index.
#[inline]
pub(super) fn get_item<'py>(array: This<'_, 'py>, index: usize) -> PyResult<Bound<'py>> {
    let py = array.py();
    match load(py, &array.data().items, index) {
        Some(item) => item,
        None => Err(PyIndexError::new_err(py, "array index out of range")),
    }
}

fn get_slice<'py>(array: This<'_, 'py>, slice: &Bound<'py, PySlice>) -> PyResult<Bound<'py>> {
    let py = array.py();
    let slice = slice.unpack()?;
    object_like(array, array.data().items.to_slice(py, &slice))
}

/// Which item of the sequence an item of the slice is.
fn place_of(indices: &SliceIndices, place: usize) -> usize {
    (indices.start + indices.step * place as isize) as usize
}

/// `array[key] = value`, or `del array[key]` without a value.
pub(super) fn set<'py>(array: This<'_, 'py>, key: Borrowed<'_, 'py>, value: Option<Borrowed<'_, 'py>>) -> PyResult<()> {
    let py = array.py();
    if let Some(index) = index_of(array, key)? {
        return set_item(array, index, value);
    }
    let slice = key.cast::<PySlice>().map_err(|_| not_an_index(py))?;
    let unpacked = slice.unpack()?;
    let items = &array.data().items;
    let Some(value) = value else {
        let mut items = items.lock(py);
        let indices = unpacked.adjust(items.len());
        let result = assign(&mut items, &indices, &Source::Bytes(&[]), 0);
        drop(items);
        return result.map_err(|error| error.raise(py));
    };
    let Some(other) = value.cast_instance::<Array>() else {
        let class = value.get_type().c_name()?;
        let class = class.to_string_lossy();
        return Err(PyTypeError::new_err(py, format_args!("can only assign array (not \"{class}\") to array slice")));
    };
    if other.data().items.kind() != items.kind() {
        return Err(bad_argument(py));
    }
    let result = match items.lock_two(&other.data().items, py) {
        Some((mut items, others)) => {
            let indices = unpacked.adjust(items.len());
            assign(&mut items, &indices, &Source::Items(&others), others.len())
        }
        None => {
            // An array that is assigned to a slice of itself is copied first.
            let copy = array.data().snapshot(py)?;
            let mut items = items.lock(py);
            let indices = unpacked.adjust(items.len());
            assign(&mut items, &indices, &Source::Bytes(&copy.bytes), copy.len())
        }
    };
    result.map_err(|error| error.raise(py))
}

/// `PyErr_BadArgument`
pub(super) fn bad_argument(py: Python<'_>) -> PyErr {
    PyTypeError::new_err(py, "bad argument type for built-in operation")
}

/// Sets or deletes one item.
pub(super) fn set_item<'py>(array: This<'_, 'py>, index: usize, value: Option<Borrowed<'_, 'py>>) -> PyResult<()> {
    let (py, data) = (array.py(), array.data());
    if index >= data.items.len() {
        return Err(past_the_end(py));
    }
    let converted = value.map(|value| from_object(&value, data.items.kind()));
    // Not moved: it is read as it was written, and not in larger parts, which would have to wait.
    let item = match &converted {
        Some(Ok(item)) => Some(item),
        Some(Err(_)) => return converted.transpose().map(|_| ()),
        None => None,
    };
    // The conversion may have run Python code.
    let mut items = data.items.lock(py);
    if index >= items.len() {
        drop(items);
        return Err(past_the_end(py));
    }
    let result = match item {
        Some(item) => {
            items.write(index, item.bytes());
            Ok(())
        }
        None => items.splice(index..index + 1, &[]),
    };
    drop(items);
    result.map_err(|error| resize_error(py, error))
}

/// The items that are assigned to a slice.
enum Source<'s, 'a, 'py> {
    Bytes(&'s [u8]),
    Items(&'s Locked<'a, 'py>),
}

/// Why items cannot be assigned to a slice.
enum AssignError {
    Resize(ResizeError),
    /// An extended slice has another length than what is assigned to it.
    Lengths(usize, usize),
}

impl From<ResizeError> for AssignError {
    fn from(error: ResizeError) -> Self {
        Self::Resize(error)
    }
}

impl AssignError {
    fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Resize(error) => resize_error(py, error),
            Self::Lengths(needed, count) => PyValueError::new_err(
                py,
                format_args!("attempt to assign array of size {needed} to extended slice of size {count}"),
            ),
        }
    }
}

/// Assigns `needed` items to a slice; it is deleted if there are none.
fn assign(
    items: &mut Locked<'_, '_>,
    indices: &SliceIndices,
    source: &Source<'_, '_, '_>,
    needed: usize,
) -> Result<(), AssignError> {
    let count = indices.count;
    if (needed == 0 || needed != count) && items.is_exported() {
        return Err(ResizeError::Exported.into());
    }
    if indices.step == 1 {
        // Adjusted: a start is not more than the length.
        let start = indices.start as usize;
        let range = start..start + count;
        let result = match source {
            Source::Bytes(bytes) => items.splice(range, bytes),
            Source::Items(others) => items.splice_items(range, others, 0..needed),
        };
        return Ok(result?);
    }
    if needed == 0 {
        return Ok(delete(items, indices)?);
    }
    if needed != count {
        return Err(AssignError::Lengths(needed, count));
    }
    let mut buffer = [0; 16];
    let size = match source {
        Source::Bytes(bytes) => bytes.len() / needed,
        Source::Items(others) => others.item_size(),
    };
    for place in 0..count {
        let item = match source {
            Source::Bytes(bytes) => &bytes[place * size..(place + 1) * size],
            Source::Items(others) => {
                others.read(place, &mut buffer[..size]);
                &buffer[..size]
            }
        };
        items.write(place_of(indices, place), item);
    }
    Ok(())
}

/// Deletes the items of an extended slice: moves those between them, and then shortens the array.
fn delete(items: &mut Locked<'_, '_>, indices: &SliceIndices) -> Result<(), ResizeError> {
    let (count, len) = (indices.count, items.len());
    if count == 0 {
        return Ok(());
    }
    let step = indices.step.unsigned_abs();
    let first = if indices.step < 0 { place_of(indices, count - 1) } else { indices.start as usize };
    for place in 0..count {
        let from = first + place * step + 1;
        let end = if place + 1 == count { len } else { from + step - 1 };
        items.move_within(from..end, from - 1 - place);
    }
    items.splice(len - count..len, &[])
}
