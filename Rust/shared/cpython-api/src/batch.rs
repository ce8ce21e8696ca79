//! The items of a list, a tuple or a dict, many of them read at once.
//!
//! What is taken out of a container is an owned reference elsewhere in this crate: another thread may change any list or
//! dict at any time, and the lock of a critical section can be given up half way. Here items are lent while the container
//! is locked, to callers alone that promise to do nothing that gives up the lock. So reading many takes one lock and no
//! reference to any of them.

use crate::ffi_call::{infallible, new_reference, ssize};
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

/// A list or tuple with the items of any iterable: itself, or a new list.
///
/// # Invariants
///
/// - `object` is an exact list if `is_list`, and an exact tuple otherwise.
#[derive(Debug)]
pub struct FastSequence<'py> {
    object: Bound<'py>,
    is_list: bool,
}

impl<'py> FastSequence<'py> {
    /// The items of `iterable`; `message` is that of the `TypeError` for an object that is not iterable.
    #[inline]
    pub fn new(iterable: &Bound<'py>, message: &CStr) -> PyResult<Self> {
        let object = new_reference!(iterable.py(), PySequence_Fast(iterable, message))?;
        let is_list = PyList::check_exact(&object);
        Ok(Self { object, is_list })
    }

    /// Whether there is nothing in it now.
    #[inline]
    pub fn is_empty(&self) -> bool {
        infallible!(self.object.py(), PySequence_Size(self.object)) == 0
    }

    /// Shows `visit` the next items from `index` on, which counts them, until it breaks off, or after one that is not a
    /// scalar. Returns whether there may be more.
    ///
    /// # Safety
    ///
    /// - `visit` runs no Python code, makes no object, gives up no reference, waits for no lock, and stays attached.
    #[inline]
    pub unsafe fn read<R>(
        &self,
        index: &mut usize,
        batch: &mut Batch,
        mut visit: impl for<'a> FnMut(Borrowed<'a, 'py>, Value<'a>) -> ControlFlow<R>,
    ) -> ControlFlow<R, bool> {
        let py = self.object.py();
        let mut read = || {
            let mut done = 0;
            let (values, capacity) = batch.spare();
            let (list, start) = (self.object.as_ptr(), ssize(*index));
            // SAFETY: a live list, which is locked, or a tuple (invariants); there is memory for so many values.
            let count = unsafe { ffi::shim_locked_list_items(list, start, values, ssize(capacity), &mut done) };
            for place in 0..count as usize {
                // SAFETY: so many values are filled. The items live for the call of `visit`: nobody takes one out of a tuple, and
                // who takes one out of a list has its lock, which nothing gives up meanwhile (the caller's promise for `visit`).
                let (item, value) = unsafe { batch.get(py, place) };
                *index += 1;
                visit(item, value)?;
            }
            ControlFlow::Continue(done == 0)
        };
        if self.is_list { self.object.with_critical_section(read) } else { read() }
    }
}

/// The position up to which a dict has been read.
#[derive(Debug, Default)]
pub struct DictPosition {
    next: ffi::Py_ssize_t,
    done: bool,
}

impl DictPosition {
    /// Shows `visit` the next keys and values of a dict or frozendict, until it breaks off, or after a value that is not a
    /// scalar. Returns whether there may be more. Any other object has none.
    ///
    /// The dict is read as it is: one that changes between calls can give anything that was in it.
    ///
    /// # Safety
    ///
    /// - As for [`FastSequence::read`].
    #[inline]
    pub unsafe fn read<'py, R>(
        &mut self,
        dict: &Bound<'py>,
        batch: &mut Batch,
        mut visit: impl for<'a> FnMut((Borrowed<'a, 'py>, Value<'a>), (Borrowed<'a, 'py>, Value<'a>)) -> ControlFlow<R>,
    ) -> ControlFlow<R, bool> {
        if self.done {
            return ControlFlow::Continue(false);
        }
        let py = dict.py();
        dict.with_critical_section(|| {
            let (mut next, mut done) = (self.next, 0);
            let (values, capacity) = batch.spare();
            let most = ssize(capacity / 2);
            // SAFETY: the object is live and locked; there is memory for half as many pairs as values.
            let pairs = unsafe { ffi::shim_locked_dict_items(dict.as_ptr(), &mut next, values, most, &mut done) };
            for pair in 0..pairs as usize {
                // SAFETY: two values are filled for each pair.
                self.next = unsafe { batch.next(2 * pair) };
                // SAFETY: as above; both objects live for the call of `visit`, as in `FastSequence::read`.
                let key = unsafe { batch.get(py, 2 * pair) };
                // SAFETY: as above.
                let value = unsafe { batch.get(py, 2 * pair + 1) };
                visit(key, value)?;
            }
            // When it breaks off, there may be more, as whatever is done then may add to the dict.
            self.done = done != 0;
            ControlFlow::Continue(!self.done)
        })
    }
}
