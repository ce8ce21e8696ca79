//! The items of a list, a tuple or a dict, many of them read at once.
//!
//! Elsewhere in this crate an item that is taken from a container is an owned reference: another thread may change a
//! list or dict at any time, and a critical section can be suspended. Here items are borrowed while the container is
//! locked, and only by callers that promise to do nothing that suspends the critical section. So reading many items
//! takes no reference to any of them.
//!
//! A serialiser stays in the critical section of a container while it writes the containers in it, so each is locked
//! once. Waiting for an inner lock can suspend the outer critical section. So after each item that is a container, the
//! address of the items is read again.

use crate::ffi_call::{new_reference, ssize};
use crate::types::{ExactCheck, PyList};
use crate::value::{Value, interpret};
use crate::{Borrowed, Bound, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ops::ControlFlow;

/// How many values a batch holds.
const CAPACITY: usize = 32;

/// Memory for the values of a few objects. It is lent to each reading, as making it takes longer than reading a short
/// container.
pub struct Batch {
    values: [MaybeUninit<ffi::shim_value>; CAPACITY],
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch for one container after the other.
    #[inline]
    pub const fn new() -> Self {
        Self { values: [const { MaybeUninit::uninit() }; CAPACITY] }
    }

    /// Where the values go, and how many there can be.
    #[inline]
    fn spare(&mut self) -> (*mut ffi::shim_value, usize) {
        (self.values.as_mut_ptr().cast(), CAPACITY)
    }

    /// An object and its value.
    ///
    /// # Safety
    ///
    /// - The value at `index` has been filled by a shim, and its object lives for `'a`.
    #[inline]
    unsafe fn get<'a, 'py>(&self, py: Python<'py>, index: usize) -> (Borrowed<'a, 'py>, Value<'a>) {
        let value = self.values[index].as_ptr();
        // SAFETY: the object is set in each value that is filled (the caller's promise).
        let object = unsafe { (*value).object };
        // SAFETY: it is not NULL, and lives for `'a` (the caller's promise).
        let object = unsafe { Borrowed::from_ptr(py, object) };
        // SAFETY: the promise of this function is that of `interpret`.
        (object, unsafe { interpret(value) })
    }

    /// The position after a pair of a dict.
    ///
    /// # Safety
    ///
    /// - The value at `index` has been filled by a shim, as that of a key.
    #[inline]
    unsafe fn next(&self, index: usize) -> ffi::Py_ssize_t {
        // SAFETY: the field is set for keys (the caller's promise).
        unsafe { (*self.values[index].as_ptr()).next }
    }
}

impl<'py> Bound<'py> {
    /// A list or tuple with the items of this iterable: itself, or a new list. `message` is that of the `TypeError` for an
    /// object that is not iterable.
    #[inline]
    pub fn fast_sequence(&self, message: &CStr) -> PyResult<Self> {
        new_reference!(self.py(), PySequence_Fast(self, message))
    }

    /// Runs `body` in the critical section of this object if it is an exact list. A tuple, which nobody changes, needs none.
    #[inline(always)]
    pub fn with_list_section<R>(&self, body: impl FnOnce() -> R) -> R {
        struct Section(MaybeUninit<ffi::PyCriticalSection>, bool);
        impl Drop for Section {
            #[inline]
            fn drop(&mut self) {
                if self.1 {
                    // SAFETY: begun below, on this thread, at this place. Sections that were begun later have ended: each is a
                    // local of a call inside `body`.
                    unsafe { ffi::PyCriticalSection_End(self.0.as_mut_ptr()) };
                }
            }
        }
        let is_list = PyList::check_exact(self);
        let mut section = Section(MaybeUninit::uninit(), is_list);
        if is_list {
            // SAFETY: the object is live and the thread attached (invariants). The section stays in its place until it ends.
            unsafe { ffi::PyCriticalSection_Begin(section.0.as_mut_ptr(), self.as_ptr()) };
        }
        body()
    }
}

/// The position up to which a list or tuple has been read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListPosition {
    index: usize,
    done: bool,
}

impl ListPosition {
    /// The item at this index comes next.
    #[inline]
    pub fn at(index: usize) -> Self {
        Self { index, done: false }
    }

    /// How many items have been read.
    #[inline]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Whether the last item has been read.
    #[inline]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Forgets that the last item has been read, as others may have been added.
    #[inline]
    pub fn resume(&mut self) {
        self.done = false;
    }

    /// Shows `visit` the next items of a list or tuple, until it breaks off, or after one that is not a scalar.
    ///
    /// # Safety
    ///
    /// - `sequence` is a list, whose critical section the thread is in, or a tuple.
    /// - `visit` runs no Python code, makes no object, gives up no last reference, waits for no lock, and stays attached.
    #[inline]
    pub unsafe fn read<'py, R>(
        &mut self,
        sequence: &Bound<'py>,
        batch: &mut Batch,
        mut visit: impl for<'a> FnMut(Borrowed<'a, 'py>, Value<'a>) -> ControlFlow<R>,
    ) -> ControlFlow<R> {
        let mut done = 0;
        let (values, capacity) = batch.spare();
        let (list, start) = (sequence.as_ptr(), ssize(self.index));
        // SAFETY: a live list, which is locked, or a tuple (the caller's promise); there is memory for that many values.
        let count = unsafe { ffi::shim_locked_list_items(list, start, values, ssize(capacity), &mut done) } as usize;
        self.done = count == 0;
        for place in 0..count {
            self.index += 1;
            self.done = done != 0 && place + 1 == count;
            // SAFETY: that many values are filled. The items live for the call of `visit`: nobody takes one out of a tuple, and
            // who takes one out of a list has its lock, which nothing gives up meanwhile (the caller's promise for `visit`).
            let (item, value) = unsafe { batch.get(sequence.py(), place) };
            visit(item, value)?;
        }
        ControlFlow::Continue(())
    }
}

/// The position up to which a dict has been read.
#[derive(Debug, Default)]
pub struct DictPosition {
    next: ffi::Py_ssize_t,
    done: bool,
}

impl DictPosition {
    /// Whether the last pair has been read.
    #[inline]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Forgets that the last pair has been read, as others may have been added.
    #[inline]
    pub fn resume(&mut self) {
        self.done = false;
    }

    /// Shows `visit` the next keys and values of a dict or frozendict, until it breaks off, or after a value that is not a
    /// scalar. Any other object has none.
    ///
    /// The dict is read as it is: one that changes between calls can give anything that was in it.
    ///
    /// # Safety
    ///
    /// - The thread is in the critical section of the dict.
    /// - `visit` as for [`ListPosition::read`].
    #[inline]
    pub unsafe fn read<'py, R>(
        &mut self,
        dict: &Bound<'py>,
        batch: &mut Batch,
        mut visit: impl for<'a> FnMut((Borrowed<'a, 'py>, Value<'a>), (Borrowed<'a, 'py>, Value<'a>)) -> ControlFlow<R>,
    ) -> ControlFlow<R> {
        let py = dict.py();
        let (mut next, mut done) = (self.next, 0);
        let (values, capacity) = batch.spare();
        let most = ssize(capacity / 2);
        // SAFETY: the object is live and locked (the caller's promise); there is memory for half as many pairs as values.
        let pairs = unsafe { ffi::shim_locked_dict_items(dict.as_ptr(), &mut next, values, most, &mut done) } as usize;
        self.done = pairs == 0;
        for pair in 0..pairs {
            // SAFETY: two values are filled for each pair.
            self.next = unsafe { batch.next(2 * pair) };
            self.done = done != 0 && pair + 1 == pairs;
            // SAFETY: the shim has filled both values of each pair; their objects live for the call of `visit`, as the
            // dict is locked and `visit` does nothing that gives up the lock (the caller's promise).
            let key = unsafe { batch.get(py, 2 * pair) };
            // SAFETY: as for the key.
            let value = unsafe { batch.get(py, 2 * pair + 1) };
            visit(key, value)?;
        }
        ControlFlow::Continue(())
    }
}
