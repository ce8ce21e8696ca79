//! Looking for an object: the items that are equal to it.
//!
//! Numbers and characters of the built-in types are compared as machine numbers, as their comparison is known. Any other object is
//! asked, item by item, and may do anything meanwhile.

#![forbid(unsafe_code)]

use super::array::This;
use super::convert::load;
use crate::dispatch;
use crate::kernels::Needle;
use crate::typecode::Format;
use cpython_api::types::{PyBool, PyFloat, PyStr};
use cpython_api::{Borrowed, Bound, PyResult, StrData};
use std::ops::{ControlFlow, Range};

/// The items that are equal to an object, if they are known without a call of its `__eq__`.
fn needle(format: Format, object: &Bound<'_>) -> Option<Needle> {
    if let Some(float) = object.cast_exact::<PyFloat>() {
        return (format != Format::Char).then(|| Needle::float(format, float.value()));
    }
    if let Some(value) = object.exact_i64() {
        return (format != Format::Char).then(|| Needle::int(format, value.into()));
    }
    if format == Format::Char {
        return character(format, object);
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Some(Needle::int(format, value.is_true().into()));
    }
    // Larger ints have up to 127 bits here.
    let (negative, magnitude) = object.exact_u128()?;
    let magnitude = i128::try_from(magnitude).ok()?;
    Some(Needle::int(format, if negative { -magnitude } else { magnitude }))
}

fn character(format: Format, object: &Bound<'_>) -> Option<Needle> {
    let text = object.cast_exact::<PyStr>()?;
    Some(match text.data() {
        StrData::Ucs1(&[unit]) => Needle::character(format, unit.into()),
        StrData::Ucs2(&[unit]) => Needle::character(format, unit.into()),
        StrData::Ucs4(&[unit]) => Needle::character(format, unit),
        _ => Needle::Never,
    })
}

/// The range of the items from `start` on and before `stop`, of `len`.
fn clamp(range: Range<usize>, len: usize) -> Range<usize> {
    let end = range.end.min(len);
    range.start.min(end)..end
}

/// The index of the first item in a range that is equal to `object`. The array may become shorter or longer meanwhile.
pub(super) fn find<'py>(
    array: This<'_, 'py>,
    object: Borrowed<'_, 'py>,
    range: Range<usize>,
) -> PyResult<Option<usize>> {
    let (py, items) = (array.py(), &array.data().items);
    let format = items.kind().format();
    if let Some(needle) = needle(format, &object) {
        let locked = items.lock(py);
        let range = clamp(range.clone(), locked.len());
        let mut no_character = false;
        let found = locked.blocks(range, |start, block| {
            let mut index = dispatch::find(format, block, needle);
            if format == Format::Char
                && let Some(place) = dispatch::find_no_character(block)
                && index.is_none_or(|index| place < index)
            {
                // Making an object of it fails, before the next one is compared.
                index = Some(place);
                no_character = true;
            }
            match index {
                Some(index) => ControlFlow::Break(start + index),
                None => ControlFlow::Continue(()),
            }
        });
        drop(locked);
        let found = found.break_value();
        if !no_character {
            return Ok(found);
        }
    }
    let mut index = range.start;
    while index < range.end {
        let Some(item) = load(py, items, index) else { break };
        if item?.eq(&object)? {
            return Ok(Some(index));
        }
        index += 1;
    }
    Ok(None)
}

/// How many items are equal to `object`.
pub(super) fn count<'py>(array: This<'_, 'py>, object: Borrowed<'_, 'py>) -> PyResult<usize> {
    let (py, items) = (array.py(), &array.data().items);
    let format = items.kind().format();
    if let Some(needle) = needle(format, &object) {
        let locked = items.lock(py);
        let mut count = 0;
        let stopped = locked.blocks(0..locked.len(), |_, block| {
            if format == Format::Char && dispatch::find_no_character(block).is_some() {
                return ControlFlow::Break(());
            }
            count += dispatch::count(format, block, needle);
            ControlFlow::Continue(())
        });
        drop(locked);
        if stopped.is_continue() {
            return Ok(count);
        }
    }
    let (mut count, mut index) = (0, 0);
    while let Some(item) = load(py, items, index) {
        if item?.eq(&object)? {
            count += 1;
        }
        index += 1;
    }
    Ok(count)
}
