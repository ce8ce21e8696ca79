//! References to Python objects: owned, borrowed, and kept while detached.
//!
//! Each names the type of its object, [`PyAny`] by default. A typed handle dereferences to that of any object, and a
//! borrowed one to an owned one, so that every method is on [`Bound`] and is called on all of them:
//!
//! ```text
//! Borrowed<'a, 'py, PyDict>  ->  Bound<'py, PyDict>  ->  Bound<'py, PyAny>
//! ```
//!
//! A reference is not released twice, and not borrowed for longer than it is owned:
//!
//! ```compile_fail,E0505
//! # use cpython_api::{Bound, Borrowed};
//! fn outlives<'py>(owned: Bound<'py>) -> usize {
//!     let borrowed = owned.as_borrowed();
//!     drop(owned);
//!     borrowed.as_ptr() as usize
//! }
//! ```

use crate::Python;
use crate::types::{DerefToPyAny, PyAny};
use cpython_sys as ffi;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

/// An owned reference to an object of type `T`, used while attached.
///
/// # Invariants
///
/// - `object` is a live object, and one of its references belongs to this value.
/// - The object is a `T`, or of a subclass of it.
/// - The thread is attached for `'py`.
#[repr(transparent)]
pub struct Bound<'py, T = PyAny> {
    object: NonNull<ffi::PyObject>,
    py: Python<'py>,
    _type: PhantomData<T>,
}

impl<'py> Bound<'py> {
    /// Takes over the reference in `object`; `None` when it is NULL.
    ///
    /// # Safety
    ///
    /// - `object` is NULL, or a live object of which the caller owns a reference and gives it up.
    #[inline]
    pub unsafe fn from_owned_or_null(py: Python<'py>, object: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, py, _type: PhantomData })
    }

    /// The same reference, to an object whose type the caller knows.
    ///
    /// # Safety
    ///
    /// - The object is a `T`, or of a subclass of it.
    #[inline]
    pub unsafe fn cast_into_unchecked<T>(self) -> Bound<'py, T> {
        let this = ManuallyDrop::new(self);
        Bound { object: this.object, py: this.py, _type: PhantomData }
    }
}

impl<'py, T> Bound<'py, T> {
    /// This reference to an object of any type.
    #[inline]
    pub fn as_any(&self) -> &Bound<'py> {
        let any: *const Self = self;
        // SAFETY: both types are a pointer to an object and nothing else (`repr(transparent)`; the token and the type
        // have no size). Every object is a `PyAny`.
        unsafe { &*any.cast() }
    }

    /// This reference to an object of any type.
    #[inline]
    pub fn into_any(self) -> Bound<'py> {
        let this = ManuallyDrop::new(self);
        Bound { object: this.object, py: this.py, _type: PhantomData }
    }

    /// Borrows this reference.
    #[inline]
    pub fn as_borrowed(&self) -> Borrowed<'_, 'py, T> {
        Borrowed { object: self.object, py: self.py, _lender: PhantomData, _type: PhantomData }
    }

    /// The pointer, still owned by this value.
    #[inline]
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.object.as_ptr()
    }

    /// Transfers the reference to the caller.
    #[inline]
    pub fn into_ptr(self) -> *mut ffi::PyObject {
        ManuallyDrop::new(self).object.as_ptr()
    }

    /// The token that this reference was made with.
    #[inline]
    pub fn py(&self) -> Python<'py> {
        self.py
    }

    /// Makes this reference one that can be kept while detached.
    #[inline]
    pub fn unbind(self) -> Py<T> {
        Py { object: ManuallyDrop::new(self).object, _type: PhantomData }
    }

    /// Whether both are references to one object: `self is other`.
    #[inline]
    pub fn is<U>(&self, other: &Bound<'py, U>) -> bool {
        self.object == other.object
    }
}

impl<'py, T: DerefToPyAny> Deref for Bound<'py, T> {
    type Target = Bound<'py>;

    #[inline]
    fn deref(&self) -> &Bound<'py> {
        self.as_any()
    }
}

impl<'py, T> AsRef<Bound<'py>> for Bound<'py, T> {
    #[inline]
    fn as_ref(&self) -> &Bound<'py> {
        self.as_any()
    }
}

impl<T> Clone for Bound<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: the object is live and the thread attached (invariants).
        unsafe { ffi::Py_IncRef(self.object.as_ptr()) };
        Self { object: self.object, py: self.py, _type: PhantomData }
    }
}

impl<T> Drop for Bound<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: this value owns a reference to a live object, and the thread is attached (invariants).
        unsafe { ffi::Py_DecRef(self.object.as_ptr()) };
    }
}

impl<T> fmt::Debug for Bound<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bound").field(&self.object).finish()
    }
}

/// A reference that somebody else owns for at least `'a`.
///
/// There is no way to get one out of a container: on a free-threaded build another thread may drop the item at any
/// time, so item access gives [`Bound`].
///
/// # Invariants
///
/// - `object` is live for `'a`, and the thread is attached for `'py`.
/// - The object is a `T`, or of a subclass of it.
#[repr(transparent)]
pub struct Borrowed<'a, 'py, T = PyAny> {
    object: NonNull<ffi::PyObject>,
    py: Python<'py>,
    _lender: PhantomData<&'a ffi::PyObject>,
    _type: PhantomData<T>,
}

impl<T> Clone for Borrowed<'_, '_, T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Borrowed<'_, '_, T> {}

impl<'a, 'py> Borrowed<'a, 'py> {
    /// Borrows `object` for as long as its owner keeps it; `None` when it is NULL.
    ///
    /// # Safety
    ///
    /// - `object` is NULL, or somebody else owns a reference to it for all of the lifetime that the caller picks.
    #[inline]
    pub unsafe fn from_borrowed_or_null(py: Python<'py>, object: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, py, _lender: PhantomData, _type: PhantomData })
    }

    /// Borrows `object`, an argument of a function that C calls.
    ///
    /// # Safety
    ///
    /// - `object` is not NULL, and somebody else owns a reference to it for all of the lifetime that the caller picks.
    #[inline]
    pub unsafe fn from_ptr(py: Python<'py>, object: *mut ffi::PyObject) -> Self {
        debug_assert!(!object.is_null(), "an argument of C is NULL");
        // SAFETY: not NULL, which the caller owes.
        Self { object: unsafe { NonNull::new_unchecked(object) }, py, _lender: PhantomData, _type: PhantomData }
    }

    /// The same reference, to an object whose type the caller knows.
    ///
    /// # Safety
    ///
    /// - The object is a `T`, or of a subclass of it.
    #[inline]
    pub unsafe fn cast_unchecked<T>(self) -> Borrowed<'a, 'py, T> {
        Borrowed { object: self.object, py: self.py, _lender: PhantomData, _type: PhantomData }
    }
}

impl<'a, 'py, T> Borrowed<'a, 'py, T> {
    /// The same reference, to an object of any type.
    #[inline]
    pub fn to_any(self) -> Borrowed<'a, 'py> {
        Borrowed { object: self.object, py: self.py, _lender: PhantomData, _type: PhantomData }
    }

    /// Whether this is `None`.
    #[inline]
    pub fn is_none(self) -> bool {
        self.as_any().is_none()
    }

    /// A new reference to the object.
    #[inline]
    pub fn to_owned(self) -> Bound<'py, T> {
        (*self).clone()
    }

    /// The pointer, whose reference somebody else owns.
    #[inline]
    pub fn as_ptr(self) -> *mut ffi::PyObject {
        self.object.as_ptr()
    }

    /// The token that this reference was made with.
    #[inline]
    pub fn py(self) -> Python<'py> {
        self.py
    }
}

impl<'py, T> Deref for Borrowed<'_, 'py, T> {
    type Target = Bound<'py, T>;

    #[inline]
    fn deref(&self) -> &Bound<'py, T> {
        let bound: *const Self = self;
        // SAFETY: both types are a pointer to an object and nothing else (`repr(transparent)`). The object is live while
        // `self` is. A shared reference cannot give the object's reference up: `Bound` does that in `drop` and in methods
        // that take it by value.
        unsafe { &*bound.cast() }
    }
}

impl<T> fmt::Debug for Borrowed<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Borrowed").field(&self.object).finish()
    }
}

/// An owned reference that outlives an attachment, for the state of modules and objects.
///
/// It has no `Drop`: releasing a reference may run any Python code, so it takes an attached thread, which
/// [`drop_ref`](Self::drop_ref) asks for. A reference that is lost is a leak, but never a use of freed memory.
///
/// # Invariants
///
/// - `object` is a live object, and one of its references belongs to this value.
/// - The object is a `T`, or of a subclass of it.
#[repr(transparent)]
pub struct Py<T = PyAny> {
    object: NonNull<ffi::PyObject>,
    _type: PhantomData<T>,
}

// SAFETY: holding a reference needs no attached thread, and every use of it asks for one.
unsafe impl<T> Send for Py<T> {}
// SAFETY: as for Send; reference counts are atomic or biased on the free-threaded build.
unsafe impl<T> Sync for Py<T> {}

impl<T> Py<T> {
    /// A reference to use while attached.
    #[inline]
    pub fn bind<'py>(&self, py: Python<'py>) -> Borrowed<'_, 'py, T> {
        Borrowed { object: self.object, py, _lender: PhantomData, _type: PhantomData }
    }

    /// A second reference to the same object.
    #[inline]
    pub fn clone_ref(&self, py: Python<'_>) -> Self {
        self.bind(py).to_owned().unbind()
    }

    /// The pointer, still owned by this value.
    #[inline]
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.object.as_ptr()
    }

    /// Makes this reference one that is given up at the end of its scope.
    #[inline]
    pub fn into_bound(self, py: Python<'_>) -> Bound<'_, T> {
        Bound { object: self.object, py, _type: PhantomData }
    }

    /// Releases the reference.
    #[inline]
    pub fn drop_ref(self, py: Python<'_>) {
        drop(self.into_bound(py));
    }
}

impl<T> fmt::Debug for Py<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Py").field(&self.object).finish()
    }
}

impl Py {
    /// The same reference, to an object whose type the caller knows.
    ///
    /// # Safety
    ///
    /// - The object is a `T`, or of a subclass of it.
    #[inline]
    pub unsafe fn cast_unchecked<T>(self) -> Py<T> {
        Py { object: self.object, _type: PhantomData }
    }

    /// Takes over the reference in `object`; `None` when it is NULL.
    ///
    /// # Safety
    ///
    /// - `object` is NULL, or a live object of which the caller owns a reference and gives it up.
    #[inline]
    pub unsafe fn from_owned_or_null(object: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, _type: PhantomData })
    }
}
