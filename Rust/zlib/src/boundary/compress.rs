//! The methods of `zlib.Compress`.

use super::zlib_state;
use crate::compressor::Compressor;
use crate::failure::{Failure, borrow_error};
use cpython_api::{
    BlockOutput, Bound, Input, Py_buffer, PyObject, PyResult, PyTypeObject, Python, bytes_with, class_state,
    drop_payload, entry, new_object, payload, payload_basicsize,
};
use std::ffi::c_int;

/// `basicsize` of the type's spec.
#[unsafe(no_mangle)]
pub extern "C" fn zlib_Compress_basicsize() -> c_int {
    payload_basicsize::<Compressor>()
}

/// Drops the Rust part of an object.
///
/// # Safety
///
/// Called by the type's `tp_dealloc` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_drop(self_: *mut PyObject) {
    // SAFETY: `tp_dealloc` runs once, on an attached thread, and the type's objects come from `new_object`.
    unsafe { drop_payload::<Compressor>(self_) }
}

/// The result of a method of `cls`.
///
/// # Safety
///
/// - `cls` is one of this module's types.
unsafe fn finish<'py>(
    py: Python<'py>,
    cls: *mut PyTypeObject,
    result: Result<BlockOutput<'py>, Failure>,
) -> PyResult<Bound<'py>> {
    match result {
        Ok(output) => output.finish(),
        // SAFETY: the module that the type was made with has a zlib_state.
        Err(failure) => Err(failure.raise(py, unsafe { borrow_error(py, class_state::<zlib_state>(cls).error) })),
    }
}

/// Compresses more.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_compress_impl(
    self_: *mut PyObject,
    cls: *mut PyTypeObject,
    data: *mut Py_buffer,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of `cls`, which is this type, and a filled view, on an attached thread.
    unsafe {
        entry(c"zlib.Compress.compress", |py| {
            let data = Input::from_view(py, &*data)?;
            finish(py, cls, payload::<Compressor>(self_).compress(py, &data))
        })
    }
}

/// Flushes.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_flush_impl(
    self_: *mut PyObject,
    cls: *mut PyTypeObject,
    mode: c_int,
) -> *mut PyObject {
    const NO_FLUSH: c_int = 0;
    // SAFETY: the parsing code passes an object of `cls`, which is this type, on an attached thread.
    unsafe {
        entry(c"zlib.Compress.flush", |py| {
            if mode == NO_FLUSH {
                return bytes_with(py, Some(0), |_| Ok(()));
            }
            finish(py, cls, payload::<Compressor>(self_).flush(py, mode))
        })
    }
}

/// Copies the object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress_copy_impl(self_: *mut PyObject, cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of `cls`, which is this type, on an attached thread.
    unsafe {
        entry(c"zlib.Compress.copy", |py| match payload::<Compressor>(self_).copy(py) {
            Ok(copy) => new_object(py, cls, copy),
            Err(failure) => Err(failure.raise(py, borrow_error(py, class_state::<zlib_state>(cls).error))),
        })
    }
}

/// The same for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress___copy___impl(self_: *mut PyObject, cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { zlib_Compress_copy_impl(self_, cls) }
}

/// The same for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Compress___deepcopy___impl(
    self_: *mut PyObject,
    cls: *mut PyTypeObject,
    _memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { zlib_Compress_copy_impl(self_, cls) }
}
