//! What `a2b_hex`, `b2a_hex` and their other names `unhexlify` and `hexlify` share in all releases.

use super::bytes_of;
use crate::hex;
use cpython_api::{
    Borrowed, ExceptionType, Input, Py_buffer, PyErr, PyObject, PyResult, bytes_as_slice, entry, is_str, object_len,
    str_as_latin1,
};
use std::ffi::CStr;

/// The text of `data` in hexadecimal digits.
///
/// # Safety
///
/// - `data` is a filled view, and `sep` is NULL or an argument that the caller keeps alive.
/// - The thread is attached.
pub(super) unsafe fn encode(
    name: &'static CStr,
    data: *mut Py_buffer,
    sep: *mut PyObject,
    bytes_per_sep: isize,
) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe {
        entry(name, |py| {
            let sep = Borrowed::from_borrowed_or_null(py, sep).map(separator).transpose()?;
            let data = &*Input::from_view(py, &*data)?;
            match sep {
                Some(sep) if bytes_per_sep != 0 => {
                    bytes_of(py, hex::encoded_len_with_sep(data.len(), bytes_per_sep), |out| {
                        hex::encode_with_sep(data, sep, bytes_per_sep, out)
                    })
                }
                _ => bytes_of(py, hex::encoded_len(data.len()), |out| hex::encode(data, out)),
            }
        })
    }
}

/// The byte that a `sep` argument stands for.
///
/// The length is what `len()` says, as in C: a subclass may lie, and then the first element counts, or NUL when there
/// is none.
fn separator(sep: Borrowed<'_, '_>) -> PyResult<u8> {
    let value_error = |message| Err(PyErr::new(ExceptionType::ValueError.bind(sep.py()), message));
    if object_len(sep)? != 1 {
        return value_error(c"sep must be length 1.");
    }
    let content = if let Some(bytes) = bytes_as_slice(sep) {
        bytes
    } else if let Some(latin1) = str_as_latin1(sep) {
        latin1
    } else if is_str(sep) {
        return value_error(c"sep must be ASCII.");
    } else {
        return Err(PyErr::new(ExceptionType::TypeError.bind(sep.py()), c"sep must be str or bytes."));
    };
    Ok(content.first().copied().unwrap_or(0))
}
