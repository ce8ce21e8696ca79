//! What `b2a_hex` and its other name `hexlify` share in all releases.

use super::{bytes_of, short_bytes_of};
use crate::hex::{self, short};
use cpu_level::Level;
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyBytes, PyStr};
use cpython_api::{Arg, Borrowed, Bound, PyObject, PyResult, Python, StrData, View, entry, into_c_result};
use std::ffi::CStr;

/// What `b2a_hex` returns, under the name of a function.
///
/// The most frequent calls are those without a separator. They are left a function with little to set up.
#[inline(always)]
pub(super) fn encode(
    name: &'static CStr,
    py: Python<'_>,
    data: View<'_>,
    sep: Option<Arg<'_>>,
    bytes_per_sep: isize,
) -> *mut PyObject {
    let Some(sep) = sep else {
        if data.len() <= short::MAX
            && let Some(text) = encode_short(py, data)
        {
            return into_c_result(text);
        }
        // SAFETY: the thread is attached, as the token proves.
        return unsafe { entry(name, move |py| encode_long(py, &data.input(py)?)) };
    };
    encode_with_sep(name, py, data, sep, bytes_per_sep)
}

/// The text of a few bytes in hexadecimal digits. Not inlined: calls with more data would save the registers that it
/// uses.
#[inline(never)]
fn encode_short<'py>(py: Python<'py>, data: View<'_>) -> Option<PyResult<Bound<'py>>> {
    let data = data.short(py, short::MAX)?;
    short_bytes_of(py, 2 * data.len(), |out| short::encode(data, out))
}

#[inline(never)]
fn encode_with_sep(
    name: &'static CStr,
    py: Python<'_>,
    data: View<'_>,
    sep: Arg<'_>,
    bytes_per_sep: isize,
) -> *mut PyObject {
    if let Some(text) = encode_short_with_sep(py, data, sep, bytes_per_sep) {
        return into_c_result(text);
    }
    // SAFETY: the thread is attached, as the token proves.
    unsafe { entry(name, move |py| encode_long_with_sep(py, data, sep, bytes_per_sep)) }
}

/// The text of a few bytes in hexadecimal digits, with separators.
#[inline(always)]
fn encode_short_with_sep<'py>(
    py: Python<'py>,
    data: View<'_>,
    sep: Arg<'_>,
    bytes_per_sep: isize,
) -> Option<PyResult<Bound<'py>>> {
    let data = data.short(py, short::MAX)?;
    let sep = sep.bind(py).latin1_character()?;
    let groups = short::Groups::of(data, bytes_per_sep)?;
    short_bytes_of(py, groups.text_len(), |out| short::encode_with_sep(Level::detected(), data, sep, groups, out))
}

/// The bytes of a few pairs of digits, or an error. `odd_length` is that of a text that has half a byte too many.
#[inline(always)]
pub(super) fn decode_short<'py>(
    py: Python<'py>,
    digits: &[u8],
    odd_length: impl FnOnce(&[u8]) -> hex::DecodeError,
) -> Option<Result<PyResult<Bound<'py>>, hex::DecodeError>> {
    /// The bytes of at least `N` pairs and at most twice as many.
    #[inline(always)]
    fn decode<'py, const N: usize>(
        py: Python<'py>,
        pairs: &[[u8; 2]],
    ) -> Option<Result<PyResult<Bound<'py>>, hex::DecodeError>> {
        let ends = match short::Ends::<N>::decode(pairs)? {
            Ok(ends) => ends,
            Err(error) => return Some(Err(error)),
        };
        let bytes = short_bytes_of(py, pairs.len(), |out| {
            ends.write(out);
            true
        });
        bytes.map(Ok)
    }
    let (pairs, odd) = digits.as_chunks::<2>();
    if !odd.is_empty() {
        return Some(Err(odd_length(digits)));
    }
    match pairs.len() {
        1 => match short::Ends::<1>::decode(pairs)? {
            // Objects of one byte are shared.
            Ok(byte) => Some(Ok(PyBytes::new(py, byte.first()).map(Bound::into_any))),
            Err(error) => Some(Err(error)),
        },
        2..4 => decode::<2>(py, pairs),
        4..8 => decode::<4>(py, pairs),
        8..16 => decode::<8>(py, pairs),
        16..=short::MAX => decode::<16>(py, pairs),
        _ => None,
    }
}

/// The text of `data` in hexadecimal digits.
#[inline]
fn encode_long<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py>> {
    bytes_of(py, hex::encoded_len(data.len()), |out| hex::encode(data, out))
}

/// The text of `data` in hexadecimal digits, with separators unless `bytes_per_sep` is zero.
fn encode_long_with_sep<'py>(
    py: Python<'py>,
    data: View<'_>,
    sep: Arg<'_>,
    bytes_per_sep: isize,
) -> PyResult<Bound<'py>> {
    let sep = separator(sep.bind(py))?;
    let data: &[u8] = &data.input(py)?;
    if bytes_per_sep == 0 {
        return encode_long(py, data);
    }
    bytes_of(py, hex::encoded_len_with_sep(data.len(), bytes_per_sep), |out| {
        hex::encode_with_sep(data, sep, bytes_per_sep, out)
    })
}

/// The byte that a `sep` argument stands for.
///
/// The length is what `len()` says, as in C: a subclass may lie, and then the first element counts, or NUL when there
/// is none.
fn separator(sep: Borrowed<'_, '_>) -> PyResult<u8> {
    let py = sep.py();
    if let Some(byte) = sep.latin1_character() {
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
