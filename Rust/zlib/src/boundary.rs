//! What Python calls: the functions of the module that Argument Clinic's parsing code ends in. The methods of its
//! classes are in the files below `boundary/`.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: a `Py_buffer` is a
//! view that the caller fills before the call and releases after it. `make regen` writes `Include/rust/zlib.h`.

pub mod compress;
pub mod decompress;
pub(crate) mod release;
#[cfg(Py_3_15)]
pub mod v3_15;
pub mod zlib_decompressor;

use crate::compressor::{Compressor, config};
use crate::decompressor::Decompressor;
use crate::failure::{Failure, borrow_error};
use crate::whole;
use checksum::{adler32, crc32};
use cpython_api::{
    Borrowed, Bound, ExceptionType, Input, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python,
    entry, entry_value, int_from_u32, is_buffer, module_state, new_object, read_blocks,
};
use std::ffi::{c_int, c_uint};

/// What each copy of the module keeps: its types and its exception, made when the module is executed.
#[repr(C)]
#[derive(Debug)]
#[expect(non_snake_case, reason = "the names are those of C and of Python")]
pub struct zlib_state {
    /// `zlib.Compress`
    pub Comptype: *mut PyTypeObject,
    /// `zlib.Decompress`
    pub Decomptype: *mut PyTypeObject,
    /// `zlib._ZlibDecompressor`
    pub ZlibDecompressorType: *mut PyTypeObject,
    /// `zlib.error`
    pub error: *mut PyObject,
}

/// The module's state.
///
/// # Safety
///
/// - `module` is this module, executed.
unsafe fn state<'a>(py: Python<'_>, module: *mut PyObject) -> &'a zlib_state {
    // SAFETY: the C side reserves a zlib_state for the module and fills it before any function can be called.
    unsafe { module_state(py, module) }
}

/// Compresses.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_compress_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    level: c_int,
    wbits: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"zlib.compress", |py| {
            let data = Input::from_view(py, &*data)?;
            match whole::compress(py, &data, level, wbits) {
                Ok(output) => output.finish(),
                Err(failure) => Err(failure.raise(py, borrow_error(py, state(py, module).error))),
            }
        })
    }
}

/// Decompresses.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_decompress_impl(
    module: *mut PyObject,
    data: *mut Py_buffer,
    wbits: c_int,
    bufsize: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a filled view, on an attached thread.
    unsafe {
        entry(c"zlib.decompress", |py| {
            let Ok(bufsize) = usize::try_from(bufsize) else {
                return Err(PyErr::new(ExceptionType::ValueError.bind(py), c"bufsize must be non-negative"));
            };
            let data = Input::from_view(py, &*data)?;
            match whole::decompress(py, &data, wbits, bufsize) {
                Ok(output) => output.finish(),
                Err(failure) => Err(failure.raise(py, borrow_error(py, state(py, module).error))),
            }
        })
    }
}

/// Makes a `zlib.Compress` object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
#[expect(non_snake_case, reason = "the names are Python's")]
pub unsafe extern "C" fn zlib_compressobj_impl(
    module: *mut PyObject,
    level: c_int,
    method: c_int,
    wbits: c_int,
    memLevel: c_int,
    strategy: c_int,
    zdict: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module and a view, filled or all NULL, on an attached thread.
    unsafe {
        entry(c"zlib.compressobj", |py| {
            let state = state(py, module);
            let zdict = if (*zdict).buf.is_null() { None } else { Some(Input::from_view(py, &*zdict)?) };
            let zdict = zdict.as_deref();
            let created = match zdict {
                Some(zdict) if u32::try_from(zdict.len()).is_err() => {
                    Err(Failure::Overflow(c"zdict length does not fit in an unsigned int"))
                }
                zdict => Compressor::new(config(level, method, wbits, memLevel, strategy), zdict),
            };
            match created {
                Ok(payload) => new_object(py, state.Comptype, payload),
                Err(failure) => Err(failure.raise(py, borrow_error(py, state.error))),
            }
        })
    }
}

/// Makes a `zlib.Decompress` object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_decompressobj_impl(
    module: *mut PyObject,
    wbits: c_int,
    zdict: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, and as `zdict` NULL or an argument that its caller keeps alive, on
    // an attached thread.
    unsafe {
        entry(c"zlib.decompressobj", |py| {
            let state = state(py, module);
            let zdict = Borrowed::from_borrowed_or_null(py, zdict);
            if zdict.is_some_and(|zdict| !is_buffer(zdict)) {
                let message = c"zdict argument must support the buffer protocol";
                return Err(PyErr::new(ExceptionType::TypeError.bind(py), message));
            }
            match Decompressor::new(wbits, zdict) {
                Ok(payload) => new_object(py, state.Decomptype, payload),
                Err(raise) => Err(raise.raise(py, borrow_error(py, state.error))),
            }
        })
    }
}

/// Continues an Adler-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_adler32_impl(
    _module: *mut PyObject,
    data: *mut Py_buffer,
    value: c_uint,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry(c"zlib.adler32", |py| -> PyResult<Bound<'_>> {
            // Nothing has no blocks, but a start out of range is still brought into it.
            let mut value = if (*data).len == 0 { adler32(value, b"") } else { value };
            read_blocks(py, &*data, |block| value = adler32(value, block));
            int_from_u32(py, value)
        })
    }
}

/// Continues a CRC-32.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_crc32_impl(_module: *mut PyObject, data: *mut Py_buffer, value: c_uint) -> c_uint {
    // SAFETY: the parsing code passes a filled view, on an attached thread.
    unsafe {
        entry_value(c"zlib.crc32", |py| {
            let mut value = value;
            read_blocks(py, &*data, |block| value = crc32(value, block));
            Ok(value)
        })
    }
}
