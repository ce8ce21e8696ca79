//! `crc_hqx` and `crc32`.

use crate::crc_hqx;
use checksum::crc32;
use cpython_api::{Bound, Py_buffer, PyObject, PyResult, entry, entry_value, int_from_u32, read_blocks};
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
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.crc_hqx", |py| -> PyResult<Bound<'_>> {
            let mut crc = (crc & 0xffff) as u16;
            read_blocks(py, &*data, |block| crc = crc_hqx::update(crc, block));
            int_from_u32(py, crc.into())
        })
    }
}

/// Continues a CRC-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_crc32_impl(_module: *mut PyObject, data: *mut Py_buffer, crc: c_uint) -> c_uint {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry_value(c"binascii.crc32", |py| {
            let mut crc = crc;
            read_blocks(py, &*data, |block| crc = crc32(crc, block));
            Ok(crc)
        })
    }
}
