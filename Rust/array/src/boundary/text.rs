//! Characters: `str` objects into arrays of characters and back, and `repr`.

use super::array::{Array, This, code};
use crate::typecode::Typecode;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::PyStr;
use cpython_api::{Borrowed, Bound, PyErr, PyResult, Python, StrData};

/// Appends the characters of a `str`.
pub(super) fn append_text(py: Python<'_>, array: &Array, text: Borrowed<'_, '_, PyStr>) -> PyResult<()> {
    fn wide(py: Python<'_>, units: impl ExactSizeIterator<Item = u32>) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::new();
        let len = units.len().checked_mul(4).ok_or_else(|| PyErr::no_memory(py))?;
        bytes.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
        bytes.extend(units.flat_map(u32::to_ne_bytes));
        Ok(bytes)
    }
    let bytes = match text.data() {
        StrData::Ucs1(units) => wide(py, units.iter().map(|unit| (*unit).into())),
        StrData::Ucs2(units) => wide(py, units.iter().map(|unit| (*unit).into())),
        StrData::Ucs4(units) => wide(py, units.iter().copied()),
    }?;
    array.append(py, &bytes)
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
    array.data().snapshot(array.py())?.to_list(array.py())
}
