//! Numbers as doubles, many at a time: those of a list, of a tuple, or of the arguments of a call.
//!
//! Only what is exactly a `float`, a `bool`, or an `int` of some thousand bits at most, is read here, so no Python code runs meanwhile and a list is seen as
//! it was at one moment. Anything else is the caller's, object by object.

use crate::items::Objects;
use crate::types::{PyList, PyTuple};
use crate::{BLOCK, Borrowed};
use cpython_sys as ffi;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

/// Room for doubles: a few inside, or as many as the allocator has.
///
/// # Invariants
///
/// - The first `len` of `heap` are initialised if it is not empty, and of `inline` otherwise.
#[derive(Debug)]
pub struct Doubles {
    inline: MaybeUninit<[f64; BLOCK]>,
    heap: Vec<MaybeUninit<f64>>,
    len: usize,
}

impl Default for Doubles {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl Doubles {
    /// No doubles.
    #[inline]
    pub fn new() -> Self {
        // A constant would be copied, with all that is not initialised in it.
        Self { inline: MaybeUninit::uninit(), heap: Vec::new(), len: black_box(0) }
    }

    /// Those that have been read.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        let start = if self.heap.is_empty() { self.inline.as_mut_ptr().cast() } else { self.heap.as_mut_ptr().cast() };
        // SAFETY: that many are initialised there (invariants).
        unsafe { slice::from_raw_parts_mut(start, self.len) }
    }

    /// How many have been read.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none have been read.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets them.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Room for `len`; `None` when there is no memory.
    #[inline]
    fn room(&mut self, len: usize) -> Option<*mut f64> {
        self.len = 0;
        if len <= BLOCK {
            self.heap.clear();
            return Some(self.inline.as_mut_ptr().cast());
        }
        self.heap.clear();
        self.heap.try_reserve_exact(len).ok()?;
        self.heap.resize(len, MaybeUninit::uninit());
        Some(self.heap.as_mut_ptr().cast())
    }

    /// Passes the arguments of a call to `work`, if they are a block at most and all could be read.
    #[inline]
    pub fn few_objects<R>(objects: Objects<'_>, work: impl FnOnce(&mut [f64]) -> R) -> Option<R> {
        let mut values = MaybeUninit::<[f64; BLOCK]>::uninit();
        let (start, count) = (values.as_mut_ptr().cast(), objects.len());
        if count > BLOCK {
            return None;
        }
        // SAFETY: the objects are live (invariants of `Objects`), and there is room for that many.
        let read = unsafe { ffi::shim_array_doubles(objects.as_ptr(), count as ffi::Py_ssize_t, start) };
        // SAFETY: if that many have been read, that many are initialised.
        (read as usize == count).then(|| work(unsafe { slice::from_raw_parts_mut(start, count) }))
    }

    /// Passes the differences of the items of two lists or two tuples of the same length to `work`, if they are a block at most and all
    /// could be read.
    #[inline]
    pub fn few_differences<R>(
        x: Borrowed<'_, '_>,
        y: Borrowed<'_, '_>,
        work: impl FnOnce(&mut [f64]) -> R,
    ) -> Option<R> {
        const COUNT: ffi::Py_ssize_t = BLOCK as ffi::Py_ssize_t;
        let mut values = MaybeUninit::<[f64; BLOCK]>::uninit();
        let start = values.as_mut_ptr().cast();
        // SAFETY: the objects are live and the thread attached, and there is room for a block.
        let read = unsafe { ffi::shim_few_differences(x.as_ptr(), y.as_ptr(), COUNT, start) };
        let len = usize::try_from(read).ok()?;
        // SAFETY: that many are initialised.
        Some(work(unsafe { slice::from_raw_parts_mut(start, len) }))
    }

    /// Reads the arguments of a call. Returns whether all could be read.
    #[inline]
    pub fn read_objects(&mut self, objects: Objects<'_>) -> bool {
        let count = objects.len();
        let Some(values) = self.room(count) else { return false };
        // SAFETY: the objects are live (invariants of `Objects`), and there is room for that many.
        let read = unsafe { ffi::shim_array_doubles(objects.as_ptr(), count as ffi::Py_ssize_t, values) };
        self.len = read as usize;
        self.len == count
    }

    /// Reads all of a list or a tuple. Returns whether it was one, and all of it could be read.
    #[inline]
    pub fn read_sequence(&mut self, object: Borrowed<'_, '_>) -> bool {
        type Read = unsafe extern "C" fn(
            *mut ffi::PyObject,
            ffi::Py_ssize_t,
            ffi::Py_ssize_t,
            *mut f64,
            *mut ffi::Py_ssize_t,
        ) -> ffi::Py_ssize_t;
        let (len, read): (usize, Read) = if let Ok(tuple) = object.cast::<PyTuple>() {
            (tuple.len(), ffi::shim_tuple_doubles)
        } else if let Some(list) = object.cast_exact::<PyList>() {
            (list.len(), ffi::shim_list_doubles)
        } else {
            return false;
        };
        let Some(values) = self.room(len) else { return false };
        let mut len_then = 0;
        // SAFETY: the object is of the type that the function reads, live, and the thread attached. What is read goes where
        // there is room for it, at most `len`, whatever the length of a list has become.
        let count = unsafe { read(object.as_ptr(), 0, len as ffi::Py_ssize_t, values, &mut len_then) };
        self.len = count as usize;
        count == len_then
    }

    /// Reads the numbers that come next out of an iterator, `count` at most and a block at most, up to the first that is not
    /// below `limit`. Returns what the shim says came then, and the object if it is another one than a number.
    ///
    /// # Safety
    ///
    /// - The thread is attached, and `iterator` is live.
    #[inline]
    pub(crate) unsafe fn read_iterator(
        &mut self,
        iterator: *mut ffi::PyObject,
        count: usize,
        limit: f64,
    ) -> (u8, *mut ffi::PyObject) {
        self.heap.clear();
        let count = count.min(BLOCK) as ffi::Py_ssize_t;
        let (mut done, mut item) = (0, ptr::null_mut());
        let values = self.inline.as_mut_ptr().cast();
        // SAFETY: the iterator is live and the thread attached (the caller's promise), and there is room for a block.
        let kind = unsafe { ffi::shim_iter_doubles(iterator, count, limit, values, &mut done, &mut item) };
        self.len = done as usize;
        (kind as u8, item)
    }

    /// Reads a block from `start` on, and returns the length that a list or tuple has.
    ///
    /// # Safety
    ///
    /// - The thread is attached, and `object` is a live list if `is_list`, and a live tuple otherwise.
    #[inline]
    pub(crate) unsafe fn read_block(
        &mut self,
        object: *mut ffi::PyObject,
        is_list: bool,
        start: ffi::Py_ssize_t,
    ) -> ffi::Py_ssize_t {
        const COUNT: ffi::Py_ssize_t = BLOCK as ffi::Py_ssize_t;
        self.heap.clear();
        let values = self.inline.as_mut_ptr().cast();
        let mut size = 0;
        let read = if is_list {
            // SAFETY: a live list and an attached thread (the caller's promise), and there is room for a block.
            unsafe { ffi::shim_list_doubles(object, start, COUNT, values, &mut size) }
        } else {
            // SAFETY: the same for a tuple.
            unsafe { ffi::shim_tuple_doubles(object, start, COUNT, values, &mut size) }
        };
        self.len = read as usize;
        size
    }
}
