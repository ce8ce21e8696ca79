//! The functions that Python calls: constructors, methods and attributes of the two classes.
//!
//! Arguments arrive parsed by the code of the C module, which the build takes from CPython's source: `data` is a view
//! that the caller fills before the call and releases after it. `make regen` writes `Include/rust/_bz2.h`.

pub(crate) mod compressor;
pub(crate) mod decompressor;
pub(crate) mod error;

use compressor::Compressor;
use cpython_api::{
    BlockOutput, Bound, ExceptionType, Input, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python,
    bool_object, drop_payload, entry, new_object, payload, payload_basicsize,
};
use decompressor::Decompressor;
use error::CallError;
use std::ffi::c_int;

/// The state of a module object: its types, created when the module is executed.
#[repr(C)]
#[derive(Debug)]
pub struct _bz2_state {
    /// `BZ2Compressor`
    pub bz2_compressor_type: *mut PyTypeObject,
    /// `BZ2Decompressor`
    pub bz2_decompressor_type: *mut PyTypeObject,
}

fn finish<'py>(py: Python<'py>, result: Result<BlockOutput<'py>, CallError>) -> PyResult<Bound<'py>> {
    match result {
        Ok(output) => output.finish(),
        Err(error) => Err(error.raise(py)),
    }
}

/// `basicsize` of the spec of `BZ2Compressor`.
#[unsafe(no_mangle)]
pub extern "C" fn _bz2_BZ2Compressor_basicsize() -> c_int {
    payload_basicsize::<Compressor>()
}

/// Drops the Rust part of an object.
///
/// # Safety
///
/// Only the type's `tp_dealloc` may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_drop(self_: *mut PyObject) {
    // SAFETY: `tp_dealloc` runs once, on an attached thread, and the type's objects come from `new_object`.
    unsafe { drop_payload::<Compressor>(self_) }
}

/// Creates a compressor.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_impl(cls: *mut PyTypeObject, compresslevel: c_int) -> *mut PyObject {
    // SAFETY: the parsing code passes this type, which has no subclasses, on an attached thread.
    unsafe {
        entry(c"_bz2.BZ2Compressor", |py| match u8::try_from(compresslevel) {
            Ok(level @ 1..=9) => new_object(py, cls, Compressor::new(level)),
            _ => {
                let message = c"compresslevel must be between 1 and 9";
                Err(PyErr::new(ExceptionType::ValueError.bind(py), message))
            }
        })
    }
}

/// Compresses more.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_compress_impl(self_: *mut PyObject, data: *mut Py_buffer) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this type and a filled view, on an attached thread.
    unsafe {
        entry(c"_bz2.BZ2Compressor.compress", |py| {
            let data = Input::from_view(py, &*data)?;
            finish(py, payload::<Compressor>(self_).compress(py, &data))
        })
    }
}

/// Ends the stream.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Compressor_flush_impl(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this type, on an attached thread.
    unsafe { entry(c"_bz2.BZ2Compressor.flush", |py| finish(py, payload::<Compressor>(self_).flush(py))) }
}

/// `basicsize` of the spec of `BZ2Decompressor`.
#[unsafe(no_mangle)]
pub extern "C" fn _bz2_BZ2Decompressor_basicsize() -> c_int {
    payload_basicsize::<Decompressor>()
}

/// Drops the Rust part of an object.
///
/// # Safety
///
/// Only the type's `tp_dealloc` may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_drop(self_: *mut PyObject) {
    // SAFETY: `tp_dealloc` runs once, on an attached thread, and the type's objects come from `new_object`.
    unsafe { drop_payload::<Decompressor>(self_) }
}

/// Creates a decompressor.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_impl(cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this type, which has no subclasses, on an attached thread.
    unsafe { entry(c"_bz2.BZ2Decompressor", |py| new_object(py, cls, Decompressor::new())) }
}

/// Decompresses more.
///
/// # Safety
///
/// Only the parsing code may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_decompress_impl(
    self_: *mut PyObject,
    data: *mut Py_buffer,
    max_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this type and a filled view, on an attached thread.
    unsafe {
        entry(c"_bz2.BZ2Decompressor.decompress", |py| {
            let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
            let data = Input::from_view(py, &*data)?;
            finish(py, payload::<Decompressor>(self_).decompress(py, &data, limit))
        })
    }
}

/// The attribute `eof`.
///
/// # Safety
///
/// Only the type's getter may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_eof(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe { entry(c"_bz2.BZ2Decompressor.eof", |py| Ok(bool_object(py, payload::<Decompressor>(self_).eof(py)))) }
}

/// The attribute `needs_input`.
///
/// # Safety
///
/// Only the type's getter may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_needs_input(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe {
        entry(c"_bz2.BZ2Decompressor.needs_input", |py| {
            Ok(bool_object(py, payload::<Decompressor>(self_).needs_input(py)))
        })
    }
}

/// The attribute `unused_data`.
///
/// # Safety
///
/// Only the type's getter may call this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bz2_BZ2Decompressor_unused_data(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe { entry(c"_bz2.BZ2Decompressor.unused_data", |py| payload::<Decompressor>(self_).unused_data(py)) }
}
