//! References to Python objects: owned, lent, and kept across detached time.

use crate::Python;
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// An owned reference, used while attached.
///
/// # Invariants
///
/// - `object` is a live object, and one of its references belongs to this value.
/// - The thread is attached for `'py`.
#[repr(transparent)]
#[derive(Debug)]
pub struct Bound<'py> {
    object: NonNull<ffi::PyObject>,
    py: Python<'py>,
}

impl<'py> Bound<'py> {
    /// Takes over the reference in `object`; `None` when it is NULL.
    ///
    /// # Safety
    ///
    /// - `object` is NULL, or a live object of which the caller owns a reference and gives it up.
    #[inline]
    pub unsafe fn from_owned_or_null(py: Python<'py>, object: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, py })
    }

    /// Lends this reference.
    #[inline]
    pub fn as_borrowed(&self) -> Borrowed<'_, 'py> {
        Borrowed { object: self.object, py: self.py, _lender: PhantomData }
    }

    /// The pointer, still owned by this value.
    #[inline]
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.object.as_ptr()
    }

    /// Gives the reference up: the caller owns it now.
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
    pub fn unbind(self) -> Py {
        Py { object: ManuallyDrop::new(self).object }
    }
}

impl Clone for Bound<'_> {
    #[inline]
    fn clone(&self) -> Self {
        self.as_borrowed().to_owned()
    }
}

impl Drop for Bound<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: this value owns a reference to a live object, and the thread is attached (invariants).
        unsafe { ffi::Py_DecRef(self.object.as_ptr()) };
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
#[derive(Clone, Copy, Debug)]
pub struct Borrowed<'a, 'py> {
    object: NonNull<ffi::PyObject>,
    py: Python<'py>,
    _lender: PhantomData<&'a ffi::PyObject>,
}

impl<'py> Borrowed<'_, 'py> {
    /// Lends `object` for as long as its owner keeps it; `None` when it is NULL.
    ///
    /// # Safety
    ///
    /// - `object` is NULL, or somebody else owns a reference to it for all of the lifetime that the caller picks.
    #[inline]
    pub unsafe fn from_borrowed_or_null(py: Python<'py>, object: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, py, _lender: PhantomData })
    }

    /// Whether this is `None`.
    #[inline]
    pub fn is_none(self) -> bool {
        // SAFETY: the interpreter runs, as the token proves.
        unsafe { ffi::Py_IsNone(self.object.as_ptr()) != 0 }
    }

    /// A reference of one's own.
    #[inline]
    pub fn to_owned(self) -> Bound<'py> {
        // SAFETY: the object is live and the thread attached (invariants).
        unsafe { ffi::Py_IncRef(self.object.as_ptr()) };
        Bound { object: self.object, py: self.py }
    }

    /// The pointer, owned by the lender.
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

/// An owned reference that outlives an attachment, for the state of modules and objects.
///
/// It has no `Drop`: giving a reference up may run any Python code, so it takes an attached thread, which
/// [`drop_ref`](Self::drop_ref) asks for. One that is lost is a leak, never an error of memory.
///
/// # Invariants
///
/// - `object` is a live object, and one of its references belongs to this value.
#[derive(Debug)]
pub struct Py {
    object: NonNull<ffi::PyObject>,
}

// SAFETY: holding a reference needs no attached thread, and every use of it asks for one.
unsafe impl Send for Py {}
// SAFETY: as for Send; reference counts are atomic or biased on the free-threaded build.
unsafe impl Sync for Py {}

impl Py {
    /// A reference to use while attached.
    #[inline]
    pub fn bind<'py>(&self, py: Python<'py>) -> Borrowed<'_, 'py> {
        Borrowed { object: self.object, py, _lender: PhantomData }
    }

    /// The pointer, still owned by this value.
    #[inline]
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.object.as_ptr()
    }

    /// Makes this reference one that is given up at the end of its scope.
    #[inline]
    pub fn into_bound(self, py: Python<'_>) -> Bound<'_> {
        Bound { object: self.object, py }
    }

    /// Gives the reference up.
    #[inline]
    pub fn drop_ref(self, py: Python<'_>) {
        drop(self.into_bound(py));
    }
}
