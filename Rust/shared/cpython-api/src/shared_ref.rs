//! References that objects share between threads and replace whole.

use crate::gc::{Traversal, Visit};
use crate::types::{PyAny, PyDict};
use crate::{Bound, Py, PyResult, Python};
use cpython_sys as ffi;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A place for a reference that any thread can read, and replace, without a lock.
///
/// A reader loads the pointer and then takes a reference of its own. In between another thread may replace the object, so
/// the old reference is not given up at once: CPython does that when every thread has been seen elsewhere or is
/// detached (quiescent-state-based reclamation, as for the memory of its own lists and dicts). A reader neither detaches nor
/// runs Python code between the two steps.
///
/// Memory that is all zero is an empty place.
///
/// # Invariants
///
/// - The pointer is NULL, or one reference to a live object that is a `T` belongs to this value.
/// - A reference that was in the place is given up by `shim_decref_delayed`, unless nobody else has the place any more.
#[repr(transparent)]
pub struct SharedRef<T = PyAny> {
    object: AtomicPtr<ffi::PyObject>,
    _type: PhantomData<T>,
}

// SAFETY: as for `Py`: every use needs an attached thread, and the pointer is atomic.
unsafe impl<T> Send for SharedRef<T> {}
// SAFETY: every use needs an attached thread, and the pointer is atomic.
unsafe impl<T> Sync for SharedRef<T> {}

impl<T> SharedRef<T> {
    /// A place with a reference in it, or none.
    #[inline]
    pub fn new(object: Option<Bound<'_, T>>) -> Self {
        Self { object: AtomicPtr::new(object.map_or(ptr::null_mut(), Bound::into_ptr)), _type: PhantomData }
    }

    /// Another reference to the object that is there.
    #[inline]
    pub fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, T>> {
        let object = self.object.load(Ordering::Acquire);
        if object.is_null() {
            return None;
        }
        // SAFETY: the object was in the place a moment ago, so its reference is given up after this thread, which is attached, has
        // been seen elsewhere (invariants). It is not before this call.
        unsafe { ffi::Py_IncRef(object) };
        // SAFETY: a new reference.
        let object = unsafe { Bound::from_owned_or_null(py, object) }?;
        // SAFETY: it is a `T` (invariants).
        Some(unsafe { object.cast_into_unchecked() })
    }

    /// Puts another reference in the place, or none.
    #[inline]
    pub fn set(&self, _py: Python<'_>, object: Option<Bound<'_, T>>) {
        let new = object.map_or(ptr::null_mut(), Bound::into_ptr);
        let old = self.object.swap(new, Ordering::AcqRel);
        if !old.is_null() {
            // SAFETY: the thread is attached, as the token proves, and the reference was this value's.
            unsafe { ffi::shim_decref_delayed(old) };
        }
    }

    /// The object that is there, or, when there is none, the one that `make` makes and that this puts there.
    #[inline]
    pub fn get_or_try_init<'py>(
        &self,
        py: Python<'py>,
        make: impl FnOnce() -> PyResult<Bound<'py, T>>,
    ) -> PyResult<Bound<'py, T>> {
        if let Some(object) = self.get(py) {
            return Ok(object);
        }
        let made = make()?;
        let new = made.clone().into_ptr();
        match self.object.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(made),
            Err(_) => {
                // Another thread was faster.
                // SAFETY: a reference that nobody else has.
                drop(unsafe { Bound::from_owned_or_null(py, new) });
                Ok(self.get(py).unwrap_or(made))
            }
        }
    }

    /// Whether there is no object.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.object.load(Ordering::Relaxed).is_null()
    }

    /// The reference, when nobody else has the place any more.
    #[inline]
    pub fn into_inner(self) -> Option<Py<T>> {
        // SAFETY: the reference was this value's, which ends here.
        let object = unsafe { Py::from_owned_or_null(self.object.into_inner()) }?;
        // SAFETY: it is a `T` (invariants).
        Some(unsafe { object.cast_unchecked() })
    }

    #[inline]
    fn visit(&self, visit: &mut Visit<'_>) -> Traversal {
        let object = self.object.load(Ordering::Relaxed);
        if object.is_null() {
            return Ok(());
        }
        // SAFETY: a live object (invariants); no other thread runs during a traversal.
        unsafe { visit.pointer(object) }
    }
}

impl<T> fmt::Debug for SharedRef<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRef").finish_non_exhaustive()
    }
}

impl Visit<'_> {
    /// Takes the reference of a [`SharedRef`], if there is one.
    #[inline]
    pub fn shared<T>(&mut self, place: &SharedRef<T>) -> Traversal {
        place.visit(self)
    }
}

/// The `__dict__` of objects of a class: the field that a member `__dictoffset__` of the class says, whose attribute `__dict__`
/// has the setter `rust_set_dict`. CPython makes the dict when it is first needed.
pub type InstanceDict = SharedRef<PyDict>;

/// The weak references to an object: the field that a member `__weaklistoffset__` of the class says. CPython alone uses it.
#[repr(transparent)]
#[derive(Debug)]
pub struct WeakrefList(AtomicPtr<ffi::PyObject>);

impl WeakrefList {
    /// The list of a new object.
    #[inline]
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }
}

impl Default for WeakrefList {
    fn default() -> Self {
        Self::new()
    }
}
