//! Capsules: a Rust value in a Python object.

use crate::types::python_type;
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::any::TypeId;
use std::ffi::CStr;
use std::ptr;

python_type! {
    /// A capsule.
    PyCapsule, "capsule", shim_PyCapsule_CheckExact
}

/// The memory of a capsule that was made here: any `Contents<T>` starts with the same two fields.
#[repr(C)]
struct Contents<T> {
    tag: TypeId,
    drop: unsafe extern "C" fn(*mut Contents<()>),
    value: T,
}

/// Drops a value, and gives its memory back.
///
/// # Safety
///
/// - `contents` is a `Contents<T>` from `PyMem_RawMalloc`, and is not used any more.
/// - The thread is attached.
unsafe extern "C" fn drop_contents<T>(contents: *mut Contents<()>) {
    let contents = contents.cast::<Contents<T>>();
    // SAFETY: the contents are live (the caller's promise).
    let value = unsafe { &raw mut (*contents).value };
    // SAFETY: the value is moved out once (the caller's promise).
    let value = unsafe { value.read() };
    // SAFETY: the memory is of this allocator, and no more used.
    unsafe { crate::raw_free(contents.cast()) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { crate::entry::entry_dealloc(c"capsule", |_| drop(value)) };
}

/// The destructor of the capsules that are made here, by which they are known.
///
/// # Safety
///
/// - `capsule` was made by [`PyCapsule::new`], and is being deallocated on an attached thread.
unsafe extern "C" fn destroy(capsule: *mut ffi::PyObject) {
    // SAFETY: a capsule that is still live, on an attached thread.
    let name = unsafe { ffi::PyCapsule_GetName(capsule) };
    // SAFETY: a capsule that is still live, on an attached thread; the name is its own.
    let contents = unsafe { ffi::PyCapsule_GetPointer(capsule, name) }.cast::<Contents<()>>();
    if contents.is_null() {
        return;
    }
    // SAFETY: the capsule was made with contents.
    let drop = unsafe { (*contents).drop };
    // SAFETY: the function is for these contents, which nobody uses any more; the thread is attached.
    unsafe { drop(contents) };
}

impl PyCapsule {
    /// A capsule with a value, which is dropped with it, on whatever thread gives up the last reference.
    pub fn new<'py, T: Send + Sync + 'static>(
        py: Python<'py>,
        name: &'static CStr,
        value: T,
    ) -> PyResult<Bound<'py, Self>> {
        const { assert!(align_of::<Contents<T>>() <= 16, "malloc aligns no more") };
        let memory = crate::raw_malloc(size_of::<Contents<T>>()).cast::<Contents<T>>();
        if memory.is_null() {
            return Err(PyErr::no_memory(py));
        }
        // SAFETY: the memory is new, large enough, and aligned for the value.
        unsafe { memory.write(Contents { tag: TypeId::of::<T>(), drop: drop_contents::<T>, value }) };
        // SAFETY: the thread is attached, as the token proves; the pointer is not NULL, and the name lives for ever.
        let capsule = unsafe { ffi::PyCapsule_New(memory.cast(), name.as_ptr(), Some(destroy)) };
        if capsule.is_null() {
            // SAFETY: nobody else has the memory.
            unsafe { drop_contents::<T>(memory.cast()) };
        }
        // SAFETY: a new reference, or NULL with an exception set.
        let capsule = unsafe { crate::ffi_call::owned_or_err(py, capsule) }?;
        // SAFETY: the call makes a capsule.
        Ok(unsafe { capsule.cast_into_unchecked() })
    }
}

impl Bound<'_, PyCapsule> {
    /// The value; `None` when the capsule was not made with one of this type by [`PyCapsule::new`].
    pub fn value<T: Send + Sync + 'static>(&self) -> Option<&T> {
        // SAFETY: a live capsule and an attached thread (invariants). A capsule without a destructor has no error set.
        let destructor = unsafe { ffi::PyCapsule_GetDestructor(self.as_ptr()) }?;
        if !ptr::fn_addr_eq(destructor, destroy as unsafe extern "C" fn(*mut ffi::PyObject)) {
            return None;
        }
        // SAFETY: a live capsule and an attached thread (invariants).
        let name = unsafe { ffi::PyCapsule_GetName(self.as_ptr()) };
        // SAFETY: a live capsule and an attached thread (invariants); the name is its own.
        let contents = unsafe { ffi::PyCapsule_GetPointer(self.as_ptr(), name) }.cast::<Contents<()>>();
        // SAFETY: the destructor says that the memory starts as all contents do; it lives as long as the capsule.
        if contents.is_null() || unsafe { (*contents).tag } != TypeId::of::<T>() {
            return None;
        }
        // SAFETY: the tag says that it is this type, and the value is only shared until the capsule dies.
        Some(unsafe { &(*contents.cast::<Contents<T>>()).value })
    }
}
