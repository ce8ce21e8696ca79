//! References to objects that the current thread owns, by biased reference counting (Choi, Shull and Torrellas, PACT 2018), as CPython's
//! inline functions count them.
//!
//! Only the thread that owns an object frees it, so an object that is read from a place and is owned by the current thread stays alive
//! until the next safepoint of the thread: until then it runs no Python code, releases no last reference, and does not detach. The
//! same is true of an immortal object.

use crate::types::PyAny;
use crate::{Borrowed, Bound, Py, PyObject, PyTypeObject, Python, RawMutex};
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicUsize, Ordering};

/// The start of `PyObject`. `shims.c` compares the offsets with those of CPython's headers.
#[derive(Debug)]
#[repr(C)]
struct Header {
    owner: AtomicUsize,
    _flags: AtomicU16,
    mutex: RawMutex,
    _gc_bits: AtomicU8,
    local: AtomicU32,
    shared: AtomicIsize,
    class: AtomicPtr<PyTypeObject>,
}

const _: () = assert!(offset_of!(Header, class) == ffi::SHIM_TYPE_OFFSET as usize && size_of::<RawMutex>() == 1);

/// The start of `PyASCIIObject`, with which each `str` starts.
#[repr(C)]
struct StrHeader {
    _header: Header,
    length: AtomicIsize,
}

/// The local reference count of immortal objects.
const IMMORTAL: u32 = u32::MAX;

impl Header {
    /// Its address, which is that of the whole object.
    #[inline]
    fn pointer_of<T>(object: Borrowed<'_, '_, T>) -> NonNull<Self> {
        // SAFETY: the address of an object is not NULL.
        unsafe { NonNull::new_unchecked(object.as_ptr().cast()) }
    }

    /// The header of an object.
    #[inline]
    fn of<'a, T>(object: Borrowed<'a, '_, T>) -> &'a Self {
        // SAFETY: a live object starts with these fields, which all allow that other threads change them.
        unsafe { &*object.as_ptr().cast::<Self>() }
    }
}

impl<'a, T> Borrowed<'a, '_, T> {
    /// Whether the object is of a class, and not of a subclass.
    #[inline]
    pub fn has_type(self, class: *const PyTypeObject) -> bool {
        ptr::eq(Header::of(self).class.load(Ordering::Relaxed), class)
    }

    /// The mutex of the object, `ob_mutex`. It is also the lock of the critical sections of the object.
    #[inline]
    pub fn mutex(self) -> &'a RawMutex {
        &Header::of(self).mutex
    }
}

/// Whether this is the address of `None`.
#[inline]
pub fn is_none_pointer(object: *const PyObject) -> bool {
    ptr::eq(object, &raw const ffi::_Py_NoneStruct)
}

/// The current thread.
#[derive(Clone, Copy, Debug)]
pub struct Thread<'py> {
    id: usize,
    py: Python<'py>,
}

/// An object that the current thread owns, or that is immortal. It stays in the thread, which alone changes the local count:
///
/// ```compile_fail,E0277
/// # use cpython_api::{Own, Python};
/// # fn is_none(py: Python<'_>, object: Own<'_>) -> bool {
/// py.detach(|| object.is_none())
/// # }
/// ```
///
/// # Invariants
///
/// - The object is a `T`, and live until the next safepoint of the thread. Neither this nor what is borrowed from it is used after
///   that.
#[derive(Debug)]
pub struct Own<'a, T = PyAny>(NonNull<Header>, PhantomData<(&'a Header, T)>);

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
    pub fn current(py: Python<'py>) -> Self {
        Self { id: ffi::thread_id(), py }
    }

    /// Whether the thread owns an object. The answer holds until the next safepoint, as a collection can change the owner.
    #[inline]
    pub fn owns<T>(self, object: Borrowed<'_, '_, T>) -> bool {
        Header::of(object).owner.load(Ordering::Relaxed) == self.id
    }

    /// The object in a place, if the thread owns it or it is immortal; `None` also for an address whose lowest bit is set.
    ///
    /// # Safety
    ///
    /// - What the place has, now and while other threads write to it, is NULL or the address of a live object, with or without the
    ///   lowest bit. A thread that removes an object from it releases the reference after that.
    /// - Neither the result nor what is borrowed from it is used after the next safepoint of the thread.
    #[inline]
    pub unsafe fn read<'a>(self, place: &AtomicPtr<PyObject>) -> Option<Own<'a>> {
        let object = place.load(Ordering::Acquire);
        if object.is_null() || object.addr() & 1 != 0 {
            return None;
        }
        // SAFETY: the place had an object. Memory of an object that another thread has freed meanwhile keeps the header of an object
        // until this thread has reached a quiescent state: its own, or that of an object of the same size.
        let header = unsafe { &*object.cast::<Header>() };
        // Memory that another thread has freed gets no object of this thread. An object that is immortal, and in the place after
        // that has been read, was not freed.
        let is_kept = header.owner.load(Ordering::Relaxed) == self.id
            || (header.local.load(Ordering::Relaxed) == IMMORTAL && place.load(Ordering::Acquire) == object);
        is_kept.then(|| {
            // SAFETY: the address of an object is not NULL.
            Own(unsafe { NonNull::new_unchecked(object.cast()) }, PhantomData)
        })
    }

    /// An object, if the thread owns it or it is immortal.
    ///
    /// # Safety
    ///
    /// - `object` is the address of a live object.
    /// - Neither the result nor what is borrowed from it is used after the next safepoint of the thread.
    #[inline]
    pub unsafe fn own<'a>(self, object: *mut PyObject) -> Option<Own<'a>> {
        // SAFETY: a live object (the caller's promise).
        let header = unsafe { &*object.cast::<Header>() };
        let is_kept =
            header.owner.load(Ordering::Relaxed) == self.id || header.local.load(Ordering::Relaxed) == IMMORTAL;
        is_kept.then(|| {
            // SAFETY: the address of an object is not NULL.
            Own(unsafe { NonNull::new_unchecked(object.cast()) }, PhantomData)
        })
    }

    /// Several new references to an object.
    #[inline]
    pub fn new_references<const N: usize, T>(self, object: Own<'_, T>) -> [Bound<'py, T>; N] {
        let header = object.header();
        let local = header.local.load(Ordering::Relaxed);
        if cfg!(Py_DEBUG) {
            // This counts all references of the process, too.
            // SAFETY: a live object.
            (0..N).for_each(|_| unsafe { ffi::Py_IncRef(object.as_ptr()) });
        } else if local != IMMORTAL {
            // Only this thread changes the local count of an object that it owns.
            // The largest count is that of immortal objects, so it stays there.
            header.local.store(local.saturating_add(N as u32), Ordering::Relaxed);
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
    pub fn new_reference<T>(self, object: Own<'_, T>) -> Bound<'py, T> {
        let [reference] = self.new_references(object);
        reference
    }

    /// Releases a reference: without a call if the thread owns the object and there is another reference.
    #[inline]
    pub fn release<T>(self, reference: Bound<'py, T>) {
        if let Some(reference) = self.release_unless_last(reference.unbind()) {
            reference.drop_ref(self.py);
        }
    }

    /// Releases a reference to an object that the thread owns if there is another one, so that no code runs. Returns it otherwise.
    #[inline]
    pub fn release_unless_last<T>(self, reference: Py<T>) -> Option<Py<T>> {
        let object = reference.bind(self.py);
        let header = Header::of(object);
        let local = header.local.load(Ordering::Relaxed);
        if local <= 1 || local == IMMORTAL || !self.owns(object) {
            return Some(reference);
        }
        if cfg!(Py_DEBUG) {
            // SAFETY: the reference, which is not used after this. A `Py` has no `Drop`.
            unsafe { ffi::Py_DecRef(object.as_ptr()) };
        } else {
            header.local.store(local - 1, Ordering::Relaxed);
        }
        None
    }
}

impl<'a, T> Own<'a, T> {
    #[inline]
    fn as_ptr(self) -> *mut PyObject {
        self.0.as_ptr().cast()
    }

    #[inline]
    fn header(self) -> &'a Header {
        // SAFETY: a live object (invariants) starts with these fields, which all allow that other threads change them.
        unsafe { self.0.as_ref() }
    }

    /// The object, borrowed.
    #[inline]
    pub fn bind<'py>(self, py: Python<'py>) -> Borrowed<'a, 'py, T> {
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
    pub unsafe fn cast_unchecked<T>(self) -> Own<'a, T> {
        Own(self.0, PhantomData)
    }

    /// Whether this is `None`.
    #[inline]
    pub fn is_none(self) -> bool {
        is_none_pointer(self.as_ptr())
    }

    /// Whether there is a single reference to the object; false if it is immortal.
    #[inline]
    pub fn is_unique(self) -> bool {
        self.header().local.load(Ordering::Relaxed) == 1 && self.header().shared.load(Ordering::Relaxed) == 0
    }

    /// The length, if this is exactly a `str`.
    #[inline]
    pub fn str_len(self) -> Option<usize> {
        if !ptr::eq(self.header().class.load(Ordering::Relaxed), &raw const ffi::PyUnicode_Type) {
            return None;
        }
        // SAFETY: a `str` starts with these fields, and is live (invariants).
        let length = unsafe { &(*self.as_ptr().cast::<StrHeader>()).length };
        Some(length.load(Ordering::Relaxed).unsigned_abs())
    }

    /// Whether this and another object are equal, if both are exactly `str`.
    #[inline]
    pub fn equals(self, other: Borrowed<'_, '_>) -> Option<bool> {
        if ptr::eq(self.as_ptr(), other.as_ptr()) {
            return Some(true);
        }
        let length = self.str_len()?;
        // SAFETY: two objects of type `str`.
        Some(
            length == Own::<PyAny>(Header::pointer_of(other), PhantomData).str_len()?
                && unsafe { ffi::PyUnicode_Equal(self.as_ptr(), other.as_ptr()) } != 0,
        )
    }
}
