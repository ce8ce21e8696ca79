//! `crc_hqx` and `crc32`.

use crate::crc_hqx;
use checksum::crc32;
use cpython_api::{Bound, Py_buffer, PyObject, PyResult, entry, int_from_u32, read_blocks};
use std::ffi::c_uint;

/// Continues a CRC-16.
///
/// ```text
/// [clinic input]
/// binascii.crc_hqx
///
///     data: Py_buffer
///     crc: unsigned_int(bitwise=True)
///     /
///
/// Return the CRC-16 of data, continued from crc.
///
/// The polynomial is that of CRC-CCITT, x**16 + x**12 + x**5 + 1, as BinHex 4
/// uses it.  Start with 0.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// binascii.crc32 -> unsigned_int
///
///     data: Py_buffer
///     crc: unsigned_int(bitwise=True) = 0
///     /
///
/// Return the CRC-32 of data, continued from crc.
///
/// The checksum is that of zlib, gzip and PNG (RFC 1952).
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn binascii_crc32_impl(_module: *mut PyObject, data: *mut Py_buffer, crc: c_uint) -> c_uint {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry(c"binascii.crc32", |py| {
            let mut crc = crc;
            read_blocks(py, &*data, |block| crc = crc32(crc, block));
            Ok(crc)
        })
    }
}
