//! Characters: `str` objects into arrays of characters and back, and `repr`.

#![forbid(unsafe_code)]

use super::array::{Array, This, code};
use crate::typecode::Typecode;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::PyStr;
use cpython_api::{Borrowed, Bound, PyErr, PyResult, Python, StrData};

/// How many characters are appended at a time.
const BLOCK: usize = 1024;

/// How many characters a text has at most that is appended in one small block.
const SHORT: usize = 32;

/// Appends the characters of a `str` to a new array, which has room for them.
pub(super) fn fill_from_text(array: &mut Array, text: Borrowed<'_, '_, PyStr>) -> PyResult<()> {
    fn fill<T: Copy + Into<u32>>(array: &mut Array, units: &[T]) -> PyResult<()> {
        let append = |characters: &[u8]| {
            array.items.append(characters);
            Ok(())
        };
        if units.len() <= SHORT { in_blocks::<T, SHORT>(units, append) } else { in_blocks::<T, BLOCK>(units, append) }
    }
    match text.data() {
        StrData::Ucs1(units) => fill(array, units),
        StrData::Ucs2(units) => fill(array, units),
        StrData::Ucs4(units) => fill(array, units),
    }
}

/// Passes characters to `append`, `N` at a time.
fn in_blocks<T: Copy + Into<u32>, const N: usize>(
    units: &[T],
    mut append: impl FnMut(&[u8]) -> PyResult<()>,
) -> PyResult<()> {
    let mut block = [[0; 4]; N];
    for units in units.chunks(N) {
        let characters = &mut block[..units.len()];
        for (character, unit) in characters.iter_mut().zip(units) {
            *character = (*unit).into().to_ne_bytes();
        }
        append(characters.as_flattened())?;
    }
    Ok(())
}

/// Appends the characters of a `str`, all at once.
fn append_text(py: Python<'_>, array: &Array, text: Borrowed<'_, '_, PyStr>) -> PyResult<()> {
    fn append<T: Copy + Into<u32>>(py: Python<'_>, array: &Array, units: &[T]) -> PyResult<()> {
        if units.len() <= SHORT {
            return in_blocks::<T, SHORT>(units, |characters| array.append(py, characters));
        }
        let mut bytes = Vec::new();
        let len = units.len().checked_mul(4).ok_or_else(|| PyErr::no_memory(py))?;
        bytes.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
        bytes.extend(units.iter().flat_map(|unit| (*unit).into().to_ne_bytes()));
        array.append(py, &bytes)
    }
    match text.data() {
        StrData::Ucs1(units) => append(py, array, units),
        StrData::Ucs2(units) => append(py, array, units),
        StrData::Ucs4(units) => append(py, array, units),
    }
}

/// `array.fromunicode(text)`
pub(super) fn from_unicode(array: This<'_, '_>, text: Borrowed<'_, '_, PyStr>) -> PyResult<()> {
    let py = array.py();
    if !code(array).is_unicode() {
        return Err(PyValueError::new_err(py, "fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    append_text(py, array.data(), text)
}

/// `array.tounicode()`
pub(super) fn to_unicode<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py, PyStr>> {
    let py = array.py();
    if !code(array).is_unicode() {
        return Err(PyValueError::new_err(py, "tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    let items = array.data().snapshot(py)?;
    if items.typecode == Typecode::w {
        return PyStr::decode_utf(py, &items.bytes, 32, None);
    }
    let mut units = Vec::new();
    units.try_reserve_exact(items.len()).map_err(|_| PyErr::no_memory(py))?;
    units.extend(items.bytes.as_chunks::<4>().0.iter().map(|unit| u32::from_ne_bytes(*unit)));
    PyStr::from_wide(py, &units)
}

/// `repr(array)`
pub(super) fn repr<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = array.py();
    let class = array.get_type().name()?;
    let (class, typecode) = (class.to_str()?, code(array).as_str());
    if array.data().items.is_empty() {
        return Ok(PyStr::format(py, format_args!("{class}('{typecode}')"))?.into_any());
    }
    let items = if code(array).is_unicode() { to_unicode(array)?.into_any() } else { to_list(array)? };
    let items = items.repr()?;
    let items = items.to_str()?;
    Ok(PyStr::format(py, format_args!("{class}('{typecode}', {items})"))?.into_any())
}

/// `array.tolist()`
pub(super) fn to_list<'py>(array: This<'_, 'py>) -> PyResult<Bound<'py>> {
    array.data().to_list(array.py())
}
