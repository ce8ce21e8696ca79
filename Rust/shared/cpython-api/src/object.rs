//! Objects of a heap type: their Rust part, the payload.
//!
//! The type itself is C's: its `PyType_Spec`, slots and method table stand in the module's C file. An object is
//! CPython's header followed by the payload, a plain Rust value that C knows by its size alone:
//!
//! - The spec's `basicsize` is [`payload_basicsize`], which is negative: the object extends `object` (PEP 697).
//! - Objects are made by [`new_object`] alone. The type has `Py_TPFLAGS_DISALLOW_INSTANTIATION` or a `tp_new` that
//!   ends there, and no `Py_TPFLAGS_BASETYPE`.
//! - `tp_dealloc` untracks the object if the collector tracks it, calls [`drop_payload`] through a function of the
//!   boundary, then `tp_free`, then gives up its reference to the type.
//! - `tp_traverse` visits the type and those references that never change after
//!   the object is made, so that reading them takes no lock.
//!
//! Methods get the payload shared, as [`payload`]: what changes in it is in a [`PyMutex`](crate::PyMutex).

use crate::{Bound, PyErr, PyObject, PyResult, PyTypeObject, Python};
use cpython_sys as ffi;
use std::ffi::c_int;
use std::panic::{self, AssertUnwindSafe};

/// What each object of a type holds.
pub trait Payload: Send + Sync + Sized + 'static {
    /// Gives up the references that the payload owns. `self` is dropped after that, if this does not consume it.
    fn release(self, py: Python<'_>);
}

/// The alignment of the memory behind the header, that of C's `max_align_t`.
const ALIGNMENT: usize = 16;

/// The `basicsize` of the type spec for objects with a `T`.
#[inline]
pub const fn payload_basicsize<T: Payload>() -> c_int {
    const {
        assert!(align_of::<T>() <= ALIGNMENT && size_of::<T>() <= c_int::MAX as usize);
    }
    -(size_of::<T>() as c_int)
}

/// A new object of type `cls`.
///
/// # Safety
///
/// - `cls` is a type whose spec has [`payload_basicsize`] of `T` as its `basicsize`.
pub unsafe fn new_object<'py, T: Payload>(py: Python<'py>, cls: *mut PyTypeObject, payload: T) -> PyResult<Bound<'py>> {
    // SAFETY: the type is live, and the call returns a new reference, or NULL with an exception set.
    let object = unsafe { Bound::from_owned_or_null(py, ffi::PyType_GenericAlloc(cls, 0)) };
    match object {
        // SAFETY: the object is new and has room for a `T`, as the caller vouches. No collector sees it before this
        // thread calls into the interpreter again.
        Some(object) => unsafe {
            place::<T>(object.as_ptr()).write(payload);
            Ok(object)
        },
        None => {
            // SAFETY: the call above has failed, and so has set an exception.
            let error = unsafe { PyErr::already_set(py) };
            payload.release(py);
            Err(error)
        }
    }
}

/// The payload of `object`.
///
/// # Safety
///
/// - `object` was made by [`new_object`] with a `T`, and is live for `'a`.
#[inline]
pub unsafe fn payload<'a, T: Payload>(object: *mut PyObject) -> &'a T {
    // SAFETY: handed on; the payload was written when the object was made and is only shared since.
    unsafe { &*place(object) }
}

/// Drops the payload of an object that is being deallocated. A panic on the way leaks what is left.
///
/// # Safety
///
/// - `object` was made by [`new_object`] with a `T`, nobody has a reference to it, and this is called once.
/// - The thread is attached.
#[inline]
pub unsafe fn drop_payload<T: Payload>(object: *mut PyObject) {
    let dropped = panic::catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the caller vouches for the attachment, and that the payload can be moved out.
        unsafe { place::<T>(object).read().release(Python::assume_attached()) }
    }));
    if let Err(payload) = dropped {
        // Dropping what the panic carries may panic again.
        std::mem::forget(payload);
    }
}

/// The state of the module that `object`'s type belongs to.
///
/// # Safety
///
/// - The type of `object` was made with a module whose state is an `S`, and has no subclasses.
/// - `object`, and with it the module, lives for `'a`.
#[inline]
pub unsafe fn type_state<'a, S>(object: *mut PyObject) -> &'a S {
    // SAFETY: the caller vouches for the type; the state lives as long as the module, which the type holds.
    unsafe { class_state(ffi::shim_Py_TYPE(object)) }
}

/// The state of the module that `cls` belongs to.
///
/// # Safety
///
/// - `cls` was made with a module whose state is an `S`, and lives for `'a`.
#[inline]
pub unsafe fn class_state<'a, S>(cls: *mut PyTypeObject) -> &'a S {
    // SAFETY: the caller vouches for the type; the state lives as long as the module, which the type holds.
    unsafe { &*ffi::PyType_GetModuleState(cls).cast::<S>() }
}

/// Where the payload is.
///
/// # Safety
///
/// - `object` is of a type with a payload of `T`.
#[inline]
unsafe fn place<T: Payload>(object: *mut PyObject) -> *mut T {
    // SAFETY: the type has no subclasses, so the object's own type is the one that has the payload.
    unsafe { ffi::PyObject_GetTypeData(object, ffi::shim_Py_TYPE(object)).cast() }
}
