//! What `b2a_hex` and its other name `hexlify` share in all releases.

use super::bytes_of;
use crate::hex;
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{ExactCheck, PyBytes, PyStr};
use cpython_api::{Arg, Borrowed, Bound, Input, PyResult, Python, StrData, View};

/// The text of `data` in hexadecimal digits.
#[inline]
pub(super) fn encode<'py>(
    py: Python<'py>,
    data: View<'_>,
    sep: Option<Arg<'_>>,
    bytes_per_sep: isize,
) -> PyResult<Bound<'py>> {
    let sep = sep.map(|sep| separator(sep.bind(py))).transpose()?;
    let data: &Input<'_> = &data.input(py)?;
    let mut text = [0; 3 * hex::FEW];
    if let Some(len) = hex::encode_few(data, sep, bytes_per_sep, &mut text) {
        return PyBytes::new(py, &text[..len]).map(Bound::into_any);
    }
    match sep {
        Some(sep) if bytes_per_sep != 0 => bytes_of(py, hex::encoded_len_with_sep(data.len(), bytes_per_sep), |out| {
            hex::encode_with_sep(data, sep, bytes_per_sep, out)
        }),
        _ => bytes_of(py, hex::encoded_len(data.len()), |out| hex::encode(data, out)),
    }
}

/// The byte that a `sep` argument stands for.
///
/// The length is what `len()` says, as in C: a subclass may lie, and then the first element counts, or NUL when there
/// is none.
fn separator(sep: Borrowed<'_, '_>) -> PyResult<u8> {
    let py = sep.py();
    if PyStr::check_exact(&sep)
        && let Some(text) = sep.cast_borrowed::<PyStr>()
        && let StrData::Ucs1(&[byte]) = text.data()
    {
        return Ok(byte);
    }
    if sep.len()? != 1 {
        return Err(PyValueError::new_err(py, "sep must be length 1."));
    }
    let content = if let Some(bytes) = sep.cast_borrowed::<PyBytes>() {
        bytes.as_bytes()
    } else if let Some(text) = sep.cast_borrowed::<PyStr>() {
        match text.data() {
            StrData::Ucs1(latin1) => latin1,
            _ => return Err(PyValueError::new_err(py, "sep must be ASCII.")),
        }
    } else {
        return Err(PyTypeError::new_err(py, "sep must be str or bytes."));
    };
    Ok(content.first().copied().unwrap_or(0))
}
