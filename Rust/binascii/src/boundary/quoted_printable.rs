//! `a2b_qp` and `b2a_qp`.

use super::{SMALL, bytes_from, bytes_of, short_bytes};
use crate::quoted_printable;
use cpython_api::types::PyBytes;
use cpython_api::{Bound, Py_buffer, PyObject, PyResult, Python, View, entry, into_c_result};
use std::convert::Infallible;
use std::ffi::c_int;

/// Decodes quoted-printable text.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_a2b_qp_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    header: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(data) = data.short(py, quoted_printable::SHORT)
        && let Some(bytes) = decode_short(py, data, header != 0)
    {
        return into_c_result(bytes);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.a2b_qp", move |py| decode(py, &data.input(py)?, header != 0)) }
}

#[inline(always)]
fn decode_short<'py>(py: Python<'py>, data: &[u8], header: bool) -> Option<PyResult<Bound<'py>>> {
    if quoted_printable::is_literal(data, header) {
        return Some(PyBytes::new(py, data).map(Bound::into_any));
    }
    short_bytes::<SMALL>(py, |out| quoted_printable::decode_short(data, header, out))
}

fn decode<'py>(py: Python<'py>, data: &[u8], header: bool) -> PyResult<Bound<'py>> {
    // The result is mostly shorter.
    bytes_from(
        py,
        Some(data.len()),
        |never: Infallible| match never {},
        |out| {
            quoted_printable::decode(data, header, out);
            Ok(())
        },
    )
}

/// Encodes as quoted-printable text.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_b2a_qp_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    quotetabs: c_int,
    istext: c_int,
    header: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    let options = quoted_printable::Options { quotetabs: quotetabs != 0, istext: istext != 0, header: header != 0 };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"binascii.b2a_qp", move |py| encode(py, &data.input(py)?, options)) }
}

/// So many bytes are encoded in memory on the stack. No byte becomes more than four, and the line is not full.
const SHORT: usize = SMALL / 4;

fn encode<'py>(py: Python<'py>, data: &[u8], options: quoted_printable::Options) -> PyResult<Bound<'py>> {
    if data.len() <= SHORT {
        return bytes_from(
            py,
            Some(4 * data.len()),
            |never: Infallible| match never {},
            |out| {
                quoted_printable::encode(data, options, out);
                Ok(())
            },
        );
    }
    bytes_of(py, quoted_printable::max_encoded_len(data, options), |out| quoted_printable::encode(data, options, out))
}
