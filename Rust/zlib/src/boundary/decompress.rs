//! The methods and attributes of `zlib.Decompress`.

use super::zlib_state;
use crate::decompressor::{Decompressor, Raise};
use crate::failure::{Failure, borrow_error};
use cpython_api::{
    BlockOutput, Bound, ExceptionType, Input, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python,
    bool_object, class_state, drop_payload, entry, new_object, payload, payload_basicsize,
};
use std::ffi::c_int;
use std::ptr;

/// `basicsize` of the type's spec.
#[unsafe(no_mangle)]
pub extern "C" fn zlib_Decompress_basicsize() -> c_int {
    payload_basicsize::<Decompressor>()
}

/// Drops the Rust part of an object.
///
/// # Safety
///
/// Called by the type's `tp_dealloc` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_drop(self_: *mut PyObject) {
    // SAFETY: `tp_dealloc` runs once, on an attached thread, and the type's objects come from `new_object`.
    unsafe { drop_payload::<Decompressor>(self_) }
}

/// What `tp_traverse` has to visit besides the type: the dictionary, or NULL.
///
/// # Safety
///
/// Called by the type's `tp_traverse` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_zdict(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: the type's objects come from `new_object`; the field never changes, so it is read without a lock.
    unsafe { payload::<Decompressor>(self_).zdict.as_ref().map_or(ptr::null_mut(), |zdict| zdict.as_ptr()) }
}

/// The result of a method of `cls`.
///
/// # Safety
///
/// - `cls` is one of this module's types.
unsafe fn finish<'py>(
    py: Python<'py>,
    cls: *mut PyTypeObject,
    result: Result<BlockOutput<'py>, Raise>,
) -> PyResult<Bound<'py>> {
    match result {
        Ok(output) => output.finish(),
        // SAFETY: the module that the type was made with has a zlib_state.
        Err(raise) => Err(raise.raise(py, unsafe { borrow_error(py, class_state::<zlib_state>(cls).error) })),
    }
}

/// Decompresses more.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_decompress_impl(
    self_: *mut PyObject,
    cls: *mut PyTypeObject,
    data: *mut Py_buffer,
    max_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of `cls`, which is this type, and a filled view, on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.decompress", |py| {
            let limit = match usize::try_from(max_length) {
                Ok(0) => usize::MAX,
                Ok(limit) => limit,
                Err(_) => {
                    let message = c"max_length must be non-negative";
                    return Err(PyErr::new(ExceptionType::ValueError.bind(py), message));
                }
            };
            let data = Input::from_view(py, &*data)?;
            finish(py, cls, payload::<Decompressor>(self_).decompress(py, &data, limit))
        })
    }
}

/// Decompresses the rest.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_flush_impl(
    self_: *mut PyObject,
    cls: *mut PyTypeObject,
    length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of `cls`, which is this type, on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.flush", |py| {
            let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
                let message = c"length must be greater than zero";
                return Err(PyErr::new(ExceptionType::ValueError.bind(py), message));
            };
            finish(py, cls, payload::<Decompressor>(self_).flush(py, length))
        })
    }
}

/// Copies the object.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_copy_impl(self_: *mut PyObject, cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of `cls`, which is this type, on an attached thread.
    unsafe {
        entry(c"zlib.Decompress.copy", |py| match payload::<Decompressor>(self_).copy(py) {
            Ok(copy) => new_object(py, cls, copy),
            Err(failure) => {
                let failure: Failure = failure;
                Err(failure.raise(py, borrow_error(py, class_state::<zlib_state>(cls).error)))
            }
        })
    }
}

/// The same for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress___copy___impl(self_: *mut PyObject, cls: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { zlib_Decompress_copy_impl(self_, cls) }
}

/// The same for the module `copy`.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress___deepcopy___impl(
    self_: *mut PyObject,
    cls: *mut PyTypeObject,
    _memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe { zlib_Decompress_copy_impl(self_, cls) }
}

/// The attribute `eof`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_eof(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe { entry(c"zlib.Decompress.eof", |py| Ok(bool_object(py, payload::<Decompressor>(self_).eof(py)))) }
}

/// The attribute `unused_data`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_unused_data(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe { entry(c"zlib.Decompress.unused_data", |py| payload::<Decompressor>(self_).unused_data(py)) }
}

/// The attribute `unconsumed_tail`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_Decompress_unconsumed_tail(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe { entry(c"zlib.Decompress.unconsumed_tail", |py| payload::<Decompressor>(self_).unconsumed_tail(py)) }
}
