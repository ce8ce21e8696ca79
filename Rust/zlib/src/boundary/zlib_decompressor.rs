//! The constructor, method and attributes of `zlib._ZlibDecompressor`.

use super::zlib_state;
use crate::failure::borrow_error;
use crate::zlib_decompressor::ZlibDecompressor;
use cpython_api::{
    Borrowed, Input, Py_buffer, Py_ssize_t, PyObject, PyTypeObject, bool_object, class_state, drop_payload, entry,
    new_object, payload, payload_basicsize, type_state,
};
use std::ffi::c_int;
use std::ptr;

/// `basicsize` of the type's spec.
#[unsafe(no_mangle)]
pub extern "C" fn zlib_ZlibDecompressor_basicsize() -> c_int {
    payload_basicsize::<ZlibDecompressor>()
}

/// Drops the Rust part of an object.
///
/// # Safety
///
/// Called by the type's `tp_dealloc` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_drop(self_: *mut PyObject) {
    // SAFETY: `tp_dealloc` runs once, on an attached thread, and the type's objects come from `new_object`.
    unsafe { drop_payload::<ZlibDecompressor>(self_) }
}

/// What `tp_traverse` has to visit besides the type: the dictionary, or NULL.
///
/// # Safety
///
/// Called by the type's `tp_traverse` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_zdict(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: the type's objects come from `new_object`; the field never changes, so it is read without a lock.
    unsafe { payload::<ZlibDecompressor>(self_).zdict.as_ref().map_or(ptr::null_mut(), |zdict| zdict.as_ptr()) }
}

/// Makes an object, of parsed arguments.
///
/// # Safety
///
/// Called by the type's `tp_new` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_new(
    cls: *mut PyTypeObject,
    wbits: c_int,
    zdict: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: `tp_new` passes this type, which has no subclasses, and NULL or an argument that its caller keeps alive,
    // on an attached thread.
    unsafe {
        entry(c"zlib._ZlibDecompressor", |py| {
            match ZlibDecompressor::new(wbits, Borrowed::from_borrowed_or_null(py, zdict)) {
                Ok(payload) => new_object(py, cls, payload),
                Err(raise) => Err(raise.raise(py, borrow_error(py, class_state::<zlib_state>(cls).error))),
            }
        })
    }
}

/// Decompresses more.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_decompress_impl(
    self_: *mut PyObject,
    data: *mut Py_buffer,
    max_length: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this type and a filled view, on an attached thread.
    unsafe {
        entry(c"zlib._ZlibDecompressor.decompress", |py| {
            // The largest number is what callers say who mean no limit.
            let limit = usize::try_from(max_length).ok().filter(|_| max_length != Py_ssize_t::MAX);
            let data = Input::from_view(py, &*data)?;
            match payload::<ZlibDecompressor>(self_).decompress(py, &data, limit) {
                Ok(output) => output.finish(),
                Err(raise) => Err(raise.raise(py, borrow_error(py, type_state::<zlib_state>(self_).error))),
            }
        })
    }
}

/// The attribute `eof`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_eof(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe {
        entry(c"zlib._ZlibDecompressor.eof", |py| Ok(bool_object(py, payload::<ZlibDecompressor>(self_).eof(py))))
    }
}

/// The attribute `needs_input`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_needs_input(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe {
        entry(c"zlib._ZlibDecompressor.needs_input", |py| {
            Ok(bool_object(py, payload::<ZlibDecompressor>(self_).needs_input(py)))
        })
    }
}

/// The attribute `unused_data`.
///
/// # Safety
///
/// Called by the type's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zlib_ZlibDecompressor_unused_data(self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its type, on an attached thread.
    unsafe { entry(c"zlib._ZlibDecompressor.unused_data", |py| payload::<ZlibDecompressor>(self_).unused_data(py)) }
}
