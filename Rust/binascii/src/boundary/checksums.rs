//! `crc_hqx` and `crc32`.

use crate::crc_hqx;
use checksum::crc32;
use cpython_api::types::PyInt;
use cpython_api::{Bound, Py_buffer, PyObject, PyResult, Python, View, entry_value, into_c_result};
use std::ffi::c_uint;

/// Continues a CRC-16.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_crc_hqx_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    crc: c_uint,
) -> *mut PyObject {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    into_c_result(continue_crc_hqx(unsafe { Python::assume_attached() }, data, crc))
}

fn continue_crc_hqx<'py>(py: Python<'py>, data: View<'_>, crc: c_uint) -> PyResult<Bound<'py>> {
    let mut crc = (crc & 0xffff) as u16;
    data.read_blocks(py, |block| crc = crc_hqx::update(crc, block));
    PyInt::new(py, crc).map(Bound::into_any)
}

/// Continues a CRC-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_crc32_impl(_module: *mut PyObject, data: *mut Py_buffer, crc: c_uint) -> c_uint {
    // SAFETY: the parsing code fills the view before the call, and releases it after.
    let data = unsafe { View::new(&data) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry_value(c"binascii.crc32", move |py| Ok(continue_crc32(py, data, crc))) }
}

fn continue_crc32(py: Python<'_>, data: View<'_>, mut crc: c_uint) -> c_uint {
    data.read_blocks(py, |block| crc = crc32(crc, block));
    crc
}
