//! The functions that CPython 3.15 adds.

use checksum::{adler32_combine, crc32_combine};
use cpython_api::types::PyInt;
use cpython_api::{Arg, PyObject, entry_value};
use std::ffi::c_uint;

/// Combines two Adler-32 checksums.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_adler32_combine_impl(
    _module: *mut PyObject,
    adler1: c_uint,
    adler2: c_uint,
    len2: *mut PyObject,
) -> c_uint {
    // SAFETY: the parsing code passes an int, which its caller keeps for the call.
    let len2 = unsafe { Arg::<PyInt>::new(&len2) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry_value(c"zlib.adler32_combine", move |py| {
            Ok(adler32_combine(adler1, adler2, len2.bind(py).as_isize()? as i64))
        })
    }
}

/// Combines two CRC-32 checksums.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_crc32_combine_impl(
    _module: *mut PyObject,
    crc1: c_uint,
    crc2: c_uint,
    len2: *mut PyObject,
) -> c_uint {
    // SAFETY: the parsing code passes an int, which its caller keeps for the call.
    let len2 = unsafe { Arg::<PyInt>::new(&len2) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry_value(c"zlib.crc32_combine", move |py| Ok(crc32_combine(crc1, crc2, len2.bind(py).as_isize()? as i64)))
    }
}
