//! A list while it is locked: its items are compared and moved without a reference to each.
//!
//! A list owns a reference to each item, and gives it up only to a thread that has the list's lock. The lock of a critical
//! section is given up while the thread waits for another lock or is detached, so this holds as long as the thread
//! does nothing but look at the list. [`Bound::with_locked`] makes sure of that: its closure is [`Send`], so that it contains
//! neither a token nor a handle of an object, without which nothing of the interpreter can be called. It can call the methods
//! of [`LockedList`]. The one that runs Python code returns when all critical sections that this code entered have ended, and
//! the interpreter has taken the lock of the list again.

use crate::ffi_call::{infallible, ssize};
use crate::order::exact;
use crate::types::PyList;
use crate::{Bound, Py, PyErr, Python};
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicPtr, Ordering};

/// An object outside of a list, to be compared with the items.
///
/// # Invariants
///
/// - `object` is live for `'a`.
#[derive(Clone, Copy, Debug)]
pub struct Comparand<'a> {
    object: NonNull<ffi::PyObject>,
    _object: PhantomData<&'a ffi::PyObject>,
}

// SAFETY: it is of use only to a `LockedList`, which exists on an attached thread alone and is not `Send`.
unsafe impl Send for Comparand<'_> {}
// SAFETY: it is of use only to a `LockedList`, which exists on an attached thread alone and is not `Send`.
unsafe impl Sync for Comparand<'_> {}

impl<'py> Bound<'py> {
    /// This object as one to compare items of a locked list with.
    #[inline]
    pub fn as_comparand(&self) -> Comparand<'_> {
        // SAFETY: the pointer of a handle is not NULL.
        Comparand { object: unsafe { NonNull::new_unchecked(self.as_ptr()) }, _object: PhantomData }
    }
}

/// An exception is set: a [`PyErr`] that can leave the closure of [`Bound::with_locked`].
#[derive(Debug)]
#[must_use = "an exception is set: hand it on"]
pub struct Raised(());

impl Raised {
    /// The exception.
    #[inline]
    pub fn into_err(self, py: Python<'_>) -> PyErr {
        // SAFETY: a value of this type is made only where an exception is set.
        unsafe { PyErr::already_set(py) }
    }
}

/// An item and its value.
///
/// # Invariants
///
/// - `item` is an item of the list that is being reordered, and no other value has it.
#[derive(Debug)]
#[repr(C)]
pub struct Keyed<K> {
    /// The value.
    pub key: K,
    item: *mut ffi::PyObject,
}

/// The items of a list of numbers, to be put into another order.
#[derive(Debug)]
pub enum Numbered<'a> {
    /// All are exactly of `int`.
    Ints(&'a mut [Keyed<i64>]),
    /// All are exactly of `float`.
    Floats(&'a mut [Keyed<f64>]),
}

/// The items of a list that this thread has locked.
///
/// # Invariants
///
/// - `list` is a live list, the thread is attached, and it holds the lock of the list whenever a method is called.
/// - `places` points to `len` places, each with a pointer to a live object. Lock-free readers load from them at any time.
#[derive(Debug)]
pub struct LockedList<'a> {
    list: NonNull<ffi::PyObject>,
    places: *mut *mut ffi::PyObject,
    len: usize,
    /// Whether Python code has been asked.
    asked: bool,
    _locked: PhantomData<(&'a ffi::PyObject, *mut ())>,
}

impl LockedList<'_> {
    /// Looks at where the items are now.
    #[inline]
    fn refresh(&mut self) {
        let mut len = 0;
        // SAFETY: a live list whose lock this thread holds (invariants).
        self.places = unsafe { ffi::shim_locked_list_places(self.list.as_ptr(), &mut len) };
        self.len = usize::try_from(len).unwrap_or(0);
    }

    /// How many items there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    fn place(&self, index: usize) -> Option<&AtomicPtr<ffi::PyObject>> {
        if index >= self.len {
            return None;
        }
        // SAFETY: there are that many places (invariants).
        let place = unsafe { self.places.add(index) };
        // SAFETY: a place of the list, aligned by C, which stays until this list is changed by a method that takes it mutably.
        // Other threads only load from it.
        Some(unsafe { AtomicPtr::from_ptr(place) })
    }

    /// The object at an index, which lives until the next method that runs Python code.
    #[inline]
    fn item(&self, index: usize) -> Option<*mut ffi::PyObject> {
        self.place(index).map(|place| place.load(Ordering::Relaxed))
    }

    /// As [`Bound::exact_lt`] for an item and another object; `None` also past the end.
    #[inline]
    pub fn item_exact_lt(&self, index: usize, other: Comparand<'_>) -> Option<bool> {
        let item = self.item(index)?;
        // SAFETY: two live objects (invariants), and no Python code.
        exact(unsafe { ffi::shim_exact_lt(item, other.object.as_ptr()) })
    }

    /// As [`Bound::exact_lt`] for another object and an item; `None` also past the end.
    #[inline]
    pub fn exact_lt_item(&self, other: Comparand<'_>, index: usize) -> Option<bool> {
        let item = self.item(index)?;
        // SAFETY: two live objects (invariants), and no Python code.
        exact(unsafe { ffi::shim_exact_lt(other.object.as_ptr(), item) })
    }

    /// Whether one item is less than another, as [`Bound::lt`] says; `None` past the end.
    ///
    /// It may run any Python code, which may change the list, unless the two are of the types of [`Bound::exact_lt`].
    #[inline]
    pub fn lt(&mut self, left: usize, right: usize) -> Result<Option<bool>, Raised> {
        let (Some(left), Some(right)) = (self.item(left), self.item(right)) else { return Ok(None) };
        if !self.asked {
            // SAFETY: two live objects (invariants), and no Python code.
            if let Some(less) = exact(unsafe { ffi::shim_exact_lt(left, right) }) {
                return Ok(Some(less));
            }
        }
        self.ask(left, right).map(Some)
    }

    /// Compares two of the items, by Python code most of the time.
    #[inline]
    fn ask(&mut self, left: *mut ffi::PyObject, right: *mut ffi::PyObject) -> Result<bool, Raised> {
        // The next two are probably of the same types.
        self.asked = true;
        let (list, mut places, mut len) = (self.list.as_ptr(), self.places, ssize(self.len));
        // SAFETY: a live list that is locked and two live items (invariants); the variables are of their types. After Python code
        // the lock is held again, as all critical sections that were entered meanwhile have ended.
        let answer = unsafe { ffi::shim_item_lt_item(list, left, right, &mut places, &mut len) };
        self.places = places;
        self.len = len as usize;
        if answer < 0 { Err(Raised(())) } else { Ok(answer != 0) }
    }

    /// `list.append(item)`
    #[inline]
    pub fn append(&mut self, item: Py) -> Result<(), Raised> {
        // SAFETY: a live list that is locked (invariants), and a live item whose reference is handed over.
        let status = unsafe { ffi::shim_locked_list_append(self.list.as_ptr(), item.as_ptr()) };
        self.refresh();
        if status < 0 { Err(Raised(())) } else { Ok(()) }
    }

    /// `list.pop()`; `None` when the list is empty.
    #[inline]
    pub fn pop(&mut self) -> Result<Option<Py>, Raised> {
        let mut item = ptr::null_mut();
        // SAFETY: a live list that is locked (invariants); the item is written to a variable of its type.
        let status = unsafe { ffi::shim_locked_list_pop(self.list.as_ptr(), &mut item) };
        self.refresh();
        // SAFETY: NULL, or a reference that was the list's.
        let item = unsafe { Py::from_owned_or_null(item) };
        if status < 0 { Err(Raised(())) } else { Ok(item) }
    }

    /// Puts an item into the place of another one, which is returned; the item comes back when there is no such place.
    #[inline]
    pub fn exchange(&mut self, index: usize, item: Py) -> Result<Py, Py> {
        let Some(place) = self.place(index) else { return Err(item) };
        let old = place.load(Ordering::Relaxed);
        place.store(item.as_ptr(), Ordering::Release);
        // SAFETY: the reference that was the list's. That of `item`, which has no destructor, is the list's now.
        unsafe { Py::from_owned_or_null(old) }.ok_or(item)
    }

    /// Passes the items with their values to `reorder` if all are ints of less than 60 bits, or all are floats, and then puts them
    /// into the order in which they are left. Returns whether they were passed; memory may have been missing, too.
    pub fn reorder_numbers(&mut self, reorder: impl FnOnce(Numbered<'_>)) -> bool {
        let mut keys: Vec<Keyed<i64>> = Vec::new();
        if keys.try_reserve_exact(self.len).is_err() {
            return false;
        }
        let start = keys.as_mut_ptr();
        // SAFETY: a live list that is locked (invariants), with `len` items, and there is room for as many. `Keyed` has the layout
        // of C's struct, whichever number it has.
        let kind = unsafe { ffi::shim_locked_list_keys(self.list.as_ptr(), start.cast()) };
        match kind as u32 {
            ffi::SHIM_ITEM_INT => {
                // SAFETY: that many are filled, with integers.
                reorder(Numbered::Ints(unsafe { slice::from_raw_parts_mut(start, self.len) }));
            }
            ffi::SHIM_ITEM_FLOAT => {
                // SAFETY: that many are filled, with the bits of doubles.
                reorder(Numbered::Floats(unsafe { slice::from_raw_parts_mut(start.cast(), self.len) }));
            }
            _ => return false,
        }
        // SAFETY: that many are filled; any bits are those of an integer.
        let keys = unsafe { slice::from_raw_parts(start, self.len) };
        for (index, keyed) in keys.iter().enumerate() {
            if let Some(place) = self.place(index) {
                // All items are there, each once: nobody can make or copy a `Keyed`.
                place.store(keyed.item, Ordering::Release);
            }
        }
        true
    }

    /// Exchanges two items. An index past the end changes nothing.
    #[inline]
    pub fn swap(&mut self, left: usize, right: usize) {
        if let (Some(left), Some(right)) = (self.place(left), self.place(right)) {
            let (item, other) = (left.load(Ordering::Relaxed), right.load(Ordering::Relaxed));
            // A reader that has no lock can see one of them twice: both are alive.
            left.store(other, Ordering::Release);
            right.store(item, Ordering::Release);
        }
    }

    /// Moves the item at `position` of a binary heap up to its place, at most to `top`. If `max`, greater items belong above.
    ///
    /// It runs no Python code. Returns where the item is when the next comparison may need some, which it never does if all
    /// are ints of at most 60 bits, all are floats but no NaNs, or all are strs of characters below U+0100.
    #[inline]
    pub fn sift_up(&mut self, top: usize, position: usize, max: bool) -> Option<usize> {
        if self.asked || position >= self.len || top > position {
            return Some(position);
        }
        // SAFETY: a live list that is locked (invariants); the indices are those of items.
        let left =
            unsafe { ffi::shim_locked_list_sift_up(self.list.as_ptr(), ssize(top), ssize(position), max.into()) };
        usize::try_from(left).ok()
    }

    /// Moves the item at `top` of a binary heap down to a leaf, along the smaller children, and up again to its place. If `max`,
    /// along the greater ones. Returns as [`Self::sift_up`], with an item on its way down.
    #[inline]
    pub fn sift_down(&mut self, top: usize, max: bool) -> Option<usize> {
        if self.asked || top >= self.len {
            return Some(top);
        }
        // SAFETY: a live list that is locked (invariants); the index is that of an item.
        let left = unsafe { ffi::shim_locked_list_sift_down(self.list.as_ptr(), ssize(top), max.into()) };
        usize::try_from(left).ok()
    }

    /// Asks for the memory of an item that is soon to be compared.
    #[inline]
    pub fn prefetch(&self, index: usize) {
        if let Some(item) = self.item(index) {
            prefetch(item.cast());
        }
    }
}

/// Asks for the memory at an address, which may be any.
#[inline]
fn prefetch(address: *const i8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 has the instruction, and it does nothing where the address is not one that can be read.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// A critical section that ends with its scope, if it has begun.
struct Section {
    section: MaybeUninit<ffi::PyCriticalSection>,
    begun: bool,
}

impl Drop for Section {
    #[inline]
    fn drop(&mut self) {
        if self.begun {
            // SAFETY: begun on this thread, at this place. Sections that were begun later have ended, as they are locals of calls
            // that have returned.
            unsafe { ffi::PyCriticalSection_End(self.section.as_mut_ptr()) };
        }
    }
}

impl<'py> Bound<'py, PyList> {
    /// Runs `body` with the items while the list is locked.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, PyResult, types::PyList};
    /// /// Puts the smaller one of the first two items first.
    /// fn sort_two<'py>(list: &Bound<'py, PyList>) -> PyResult<()> {
    ///     let sorted = list.with_locked(|items| {
    ///         if items.lt(1, 0)? == Some(true) {
    ///             items.swap(0, 1);
    ///         }
    ///         Ok(())
    ///     });
    ///     sorted.map_err(|raised: cpython_api::Raised| raised.into_err(list.py()))
    /// }
    /// ```
    ///
    /// `body` has no access to operations that could release the lock:
    ///
    /// ```compile_fail,E0277
    /// # use cpython_api::{Bound, types::PyList};
    /// fn clears<'py>(list: &Bound<'py, PyList>) {
    ///     list.with_locked(|items| {
    ///         let _ = list.append(list);
    ///         items.len()
    ///     });
    /// }
    /// ```
    #[inline]
    pub fn with_locked<R: Send>(&self, body: impl FnOnce(&mut LockedList<'_>) -> R + Send) -> R {
        let mut section = Section { section: MaybeUninit::uninit(), begun: false };
        // A section that is the innermost one already, as that of Argument Clinic's code is, stays so during `body`.
        if infallible!(self.py(), shim_holds_lock(self)) == 0 {
            // SAFETY: the object is live and the thread attached (invariants). The section stays in its place until it ends.
            unsafe { ffi::PyCriticalSection_Begin(section.section.as_mut_ptr(), self.as_ptr()) };
            section.begun = true;
        }
        // SAFETY: the pointer of a handle is not NULL.
        let list = unsafe { NonNull::new_unchecked(self.as_ptr()) };
        let mut locked = LockedList { list, places: ptr::null_mut(), len: 0, asked: false, _locked: PhantomData };
        locked.refresh();
        body(&mut locked)
    }
}
