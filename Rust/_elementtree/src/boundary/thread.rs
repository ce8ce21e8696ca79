//! References to objects that the current thread owns, by biased reference counting (Choi, Shull and Torrellas, PACT 2018), as CPython's
//! inline functions count them.
//!
//! Only the thread that owns an object frees it, so an object that is read from a place and is owned by the current thread stays alive
//! until the next safepoint of the thread: until then it runs no Python code, releases no last reference, and does not detach. The
//! same is true of an immortal object.

use cpython_api::types::PyAny;
use cpython_api::{Borrowed, Bound, Py, PyObject, PyTypeObject, Python};
use std::ffi::c_int;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicUsize, Ordering};

unsafe extern "C" {
    /// `_Py_ThreadId`
    fn elementtree_thread() -> usize;
    /// `None`
    static _Py_NoneStruct: PyObject;
    /// The class `str`.
    static PyUnicode_Type: PyTypeObject;
    /// Whether two `str` objects are equal.
    fn PyUnicode_Equal(a: *mut PyObject, b: *mut PyObject) -> c_int;
    /// `Py_IncRef`
    fn Py_IncRef(object: *mut PyObject);
    /// `Py_DecRef`
    fn Py_DecRef(object: *mut PyObject);
}

/// The start of `PyObject`. `_elementtreemodule.c` compares the offsets with those of CPython's headers.
#[derive(Debug)]
#[repr(C)]
struct Header {
    owner: AtomicUsize,
    _flags: AtomicU16,
    mutex: AtomicU8,
    _gc_bits: AtomicU8,
    local: AtomicU32,
    shared: AtomicIsize,
    class: AtomicPtr<PyTypeObject>,
}

/// The start of `PyASCIIObject`, with which each `str` starts.
#[repr(C)]
struct StrHeader {
    _header: Header,
    length: AtomicIsize,
}

/// The local reference count of immortal objects.
const IMMORTAL: u32 = u32::MAX;

impl Header {
    /// The header of an object.
    #[inline]
    fn of<'a, T>(object: Borrowed<'a, '_, T>) -> &'a Self {
        // SAFETY: a live object starts with these fields, which all allow that other threads change them.
        unsafe { &*object.as_ptr().cast::<Self>() }
    }
}

/// Whether this is the address of `None`.
#[inline]
pub(super) fn is_none(object: *const PyObject) -> bool {
    ptr::eq(object, &raw const _Py_NoneStruct)
}

/// The mutex of an object, the byte `ob_mutex`.
#[inline]
pub(super) fn mutex<'a, T>(object: Borrowed<'a, '_, T>) -> &'a AtomicU8 {
    &Header::of(object).mutex
}

/// Whether an object is of a class, and not of a subclass.
#[inline]
pub(super) fn is_of_class<T>(object: Borrowed<'_, '_, T>, class: *const PyTypeObject) -> bool {
    ptr::eq(Header::of(object).class.load(Ordering::Relaxed), class)
}

/// The current thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thread<'py> {
    id: usize,
    py: Python<'py>,
}

/// An object that the current thread owns, or that is immortal.
///
/// # Invariants
///
/// - The object is a `T`, and live until the next safepoint of the thread. Neither this nor what is borrowed from it is used after
///   that.
#[derive(Debug)]
pub(super) struct Own<'a, T = PyAny>(&'a Header, PhantomData<T>);

impl<T> Clone for Own<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Own<'_, T> {}

impl<'py> Thread<'py> {
    /// The current thread.
    #[inline]
    pub(super) fn current(py: Python<'py>) -> Self {
        // SAFETY: the function can be called at any time.
        Self { id: unsafe { elementtree_thread() }, py }
    }

    /// The current thread, if its number is known.
    ///
    /// # Safety
    ///
    /// - `id` is the result of `_Py_ThreadId` in this thread.
    #[inline]
    pub(super) unsafe fn new(py: Python<'py>, id: usize) -> Self {
        Self { id, py }
    }

    /// Whether the thread owns an object. The answer holds until the next safepoint, as a collection can change the owner.
    #[inline]
    pub(super) fn owns<T>(self, object: Borrowed<'_, '_, T>) -> bool {
        Header::of(object).owner.load(Ordering::Relaxed) == self.id
    }

    /// The object in a place, if the thread owns it or it is immortal; `None` also for a list to be joined.
    ///
    /// # Safety
    ///
    /// - It is a place of an element or of a block.
    /// - Neither the result nor what is borrowed from it is used after the next safepoint of the thread.
    #[inline]
    pub(super) unsafe fn read<'a>(self, place: &AtomicPtr<PyObject>) -> Option<Own<'a>> {
        let object = place.load(Ordering::Acquire);
        if object.is_null() || object.addr() & 1 != 0 {
            return None;
        }
        // SAFETY: the place had an object. Memory of an object that another thread has freed meanwhile keeps the header of an object
        // until this thread has reached a quiescent state, and such an object is neither this thread's nor immortal.
        let header = unsafe { &*object.cast::<Header>() };
        let is_kept =
            header.owner.load(Ordering::Relaxed) == self.id || header.local.load(Ordering::Relaxed) == IMMORTAL;
        is_kept.then_some(Own(header, PhantomData))
    }

    /// Several new references to an object.
    #[inline]
    pub(super) fn new_references<const N: usize, T>(self, object: Own<'_, T>) -> [Bound<'py, T>; N] {
        let local = object.0.local.load(Ordering::Relaxed);
        if cfg!(Py_DEBUG) {
            // This counts all references of the process, too.
            // SAFETY: a live object.
            (0..N).for_each(|_| unsafe { Py_IncRef(object.as_ptr()) });
        } else if local != IMMORTAL {
            // Only this thread changes the local count of an object that it owns.
            object.0.local.store(local + N as u32, Ordering::Relaxed);
        }
        [(); N].map(|()| {
            // SAFETY: one of the references.
            let reference = unsafe { Bound::from_owned_or_null(self.py, object.as_ptr()) };
            // SAFETY: the address of an object is not NULL.
            let reference = unsafe { reference.unwrap_unchecked() };
            // SAFETY: the object is a `T` (invariants).
            unsafe { reference.cast_into_unchecked() }
        })
    }

    /// A new reference to an object.
    #[inline]
    pub(super) fn new_reference<T>(self, object: Own<'_, T>) -> Bound<'py, T> {
        let [reference] = self.new_references(object);
        reference
    }

    /// Releases a reference to an object that the thread owns if there is another one, so that no code runs. Returns it otherwise.
    #[inline]
    pub(super) fn release_unless_last<T>(self, reference: Py<T>) -> Option<Py<T>> {
        let object = reference.bind(self.py);
        let header = Header::of(object);
        let local = header.local.load(Ordering::Relaxed);
        if local <= 1 || local == IMMORTAL || !self.owns(object) {
            return Some(reference);
        }
        if cfg!(Py_DEBUG) {
            // SAFETY: the reference, which is not used after this. A `Py` has no `Drop`.
            unsafe { Py_DecRef(object.as_ptr()) };
        } else {
            header.local.store(local - 1, Ordering::Relaxed);
        }
        None
    }
}

impl<'a, T> Own<'a, T> {
    #[inline]
    fn as_ptr(self) -> *mut PyObject {
        ptr::from_ref(self.0).cast_mut().cast()
    }

    /// The object, borrowed.
    #[inline]
    pub(super) fn bind<'py>(self, py: Python<'py>) -> Borrowed<'a, 'py, T> {
        // SAFETY: a live object, which is not used after the next safepoint (invariants).
        let object = unsafe { Borrowed::from_borrowed_or_null(py, self.as_ptr()) };
        // SAFETY: the address of an object is not NULL.
        let object = unsafe { object.unwrap_unchecked() };
        // SAFETY: the object is a `T` (invariants).
        unsafe { object.cast_unchecked() }
    }
}

impl<'a> Own<'a> {
    /// The object as one of another type.
    ///
    /// # Safety
    ///
    /// - It is a `T`.
    #[inline]
    pub(super) unsafe fn cast_unchecked<T>(self) -> Own<'a, T> {
        Own(self.0, PhantomData)
    }

    /// Whether this is `None`.
    #[inline]
    pub(super) fn is_none(self) -> bool {
        is_none(self.as_ptr())
    }

    /// Whether there is a single reference to the object; false if it is immortal.
    #[inline]
    pub(super) fn is_unique(self) -> bool {
        self.0.local.load(Ordering::Relaxed) == 1 && self.0.shared.load(Ordering::Relaxed) == 0
    }

    /// The length, if this is exactly a `str`.
    #[inline]
    pub(super) fn str_len(self) -> Option<usize> {
        if !ptr::eq(self.0.class.load(Ordering::Relaxed), &raw const PyUnicode_Type) {
            return None;
        }
        // SAFETY: a `str` starts with these fields, and is live (invariants).
        let length = unsafe { &(*self.as_ptr().cast::<StrHeader>()).length };
        Some(length.load(Ordering::Relaxed).unsigned_abs())
    }

    /// Whether this and another object are equal, if both are exactly `str`.
    #[inline]
    pub(super) fn equals(self, other: Borrowed<'_, '_>) -> Option<bool> {
        if ptr::eq(self.as_ptr(), other.as_ptr()) {
            return Some(true);
        }
        let length = self.str_len()?;
        // SAFETY: two objects of type `str`.
        Some(
            length == Own(Header::of(other), PhantomData::<PyAny>).str_len()?
                && unsafe { PyUnicode_Equal(self.as_ptr(), other.as_ptr()) } != 0,
        )
    }
}
