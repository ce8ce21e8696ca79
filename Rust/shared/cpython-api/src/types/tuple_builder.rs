//! Tuples that are filled item by item, without a list of the items first.

use crate::exceptions::PySystemError;
use crate::ffi_call::{owned_or_err, ssize};
use crate::types::PyTuple;
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::ptr;

/// How many numbers are collected before their objects are made.
const BLOCK: usize = 64;

/// A tuple of a known length that is being filled. Nobody else sees it before [`finish`](Self::finish): the collector does not
/// know it.
///
/// Numbers are collected, and their objects are made many at a time.
///
/// ```no_run
/// # use cpython_api::{Bound, PyResult, Python, types::{PyTuple, TupleBuilder}};
/// fn squares(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
///     let mut squares = TupleBuilder::new(py, 10)?;
///     for value in 0..10 {
///         squares.push_i64(value * value)?;
///     }
///     squares.finish()
/// }
/// ```
///
/// # Invariants
///
/// - `tuple` has `len` items, from `items` on, of which the first `filled` are set and the others NULL.
/// - The first `pending` of both arrays are initialised, and `filled + pending <= len`.
pub struct TupleBuilder<'py> {
    tuple: Bound<'py, PyTuple>,
    items: *mut *mut ffi::PyObject,
    len: usize,
    filled: usize,
    pending: usize,
    kinds: [MaybeUninit<u8>; BLOCK],
    bits: [MaybeUninit<i64>; BLOCK],
}

impl<'py> TupleBuilder<'py> {
    /// Starts a tuple of `len` items. A length that no tuple can have raises `MemoryError`.
    #[inline]
    pub fn new(py: Python<'py>, len: usize) -> PyResult<Self> {
        let mut items = ptr::null_mut();
        // SAFETY: the thread is attached, as the token proves, and the address is written to a variable of its type.
        let tuple = unsafe { ffi::shim_tuple_new_untracked(ssize(len), &mut items) };
        // SAFETY: a new reference, or NULL with an exception set.
        let tuple = unsafe { owned_or_err(py, tuple) }?;
        // SAFETY: the call makes a tuple.
        let tuple = unsafe { tuple.cast_into_unchecked() };
        let (kinds, bits) = ([const { MaybeUninit::uninit() }; BLOCK], [const { MaybeUninit::uninit() }; BLOCK]);
        Ok(Self { tuple, items, len, filled: 0, pending: 0, kinds, bits })
    }

    /// Adds an `int`.
    #[inline(always)]
    pub fn push_i64(&mut self, value: i64) -> PyResult<()> {
        self.push_number(ffi::SHIM_ITEM_INT as u8, value)
    }

    /// Adds an `int`.
    #[inline(always)]
    pub fn push_u64(&mut self, value: u64) -> PyResult<()> {
        let kind = if value >> 63 == 0 { ffi::SHIM_ITEM_INT } else { ffi::SHIM_ITEM_UINT };
        self.push_number(kind as u8, value as i64)
    }

    /// Adds a `float`.
    #[inline(always)]
    pub fn push_f64(&mut self, value: f64) -> PyResult<()> {
        self.push_number(ffi::SHIM_ITEM_FLOAT as u8, value.to_bits() as i64)
    }

    /// Adds a `bool`.
    #[inline(always)]
    pub fn push_bool(&mut self, value: bool) -> PyResult<()> {
        self.push_number(ffi::SHIM_ITEM_BOOL as u8, value.into())
    }

    /// Adds any object.
    #[inline]
    pub fn push(&mut self, item: Bound<'py>) -> PyResult<()> {
        self.make_pending()?;
        if self.filled == self.len {
            return Err(self.wrong_length());
        }
        // SAFETY: there are `len` items (invariants), and `filled` is less.
        let place = unsafe { self.items.add(self.filled) };
        // SAFETY: the item is NULL (invariants); the tuple takes over the reference.
        unsafe { place.write(item.into_ptr()) };
        self.filled += 1;
        Ok(())
    }

    /// The tuple, when all of its items have been added; `SystemError` when some have not.
    #[inline]
    pub fn finish(mut self) -> PyResult<Bound<'py, PyTuple>> {
        self.make_pending()?;
        if self.filled != self.len {
            return Err(self.wrong_length());
        }
        // SAFETY: a live tuple that is not tracked, all of whose items are set.
        unsafe { ffi::shim_tuple_track(self.tuple.as_ptr()) };
        Ok(self.tuple)
    }

    #[inline(always)]
    fn push_number(&mut self, kind: u8, bits: i64) -> PyResult<()> {
        if self.pending == BLOCK {
            self.make_pending()?;
        }
        if self.filled + self.pending >= self.len {
            return Err(self.wrong_length());
        }
        self.kinds[self.pending].write(kind);
        self.bits[self.pending].write(bits);
        self.pending += 1;
        Ok(())
    }

    /// Makes the objects of the numbers that have been collected.
    #[inline]
    fn make_pending(&mut self) -> PyResult<()> {
        let count = std::mem::take(&mut self.pending);
        if count == 0 {
            return Ok(());
        }
        // SAFETY: `filled` is not more than the length (invariants).
        let items = unsafe { self.items.add(self.filled) };
        let (kinds, bits) = (self.kinds.as_ptr().cast(), self.bits.as_ptr().cast());
        // SAFETY: so many of both arrays are initialised, and there are as many items from there on that are NULL
        // (invariants). The thread is attached, as the tuple's token proves.
        let made = unsafe { ffi::shim_numbers_new(kinds, bits, ssize(count), items) } as usize;
        self.filled += made;
        // SAFETY: fewer have been made when one has failed, with an exception set.
        if made == count { Ok(()) } else { Err(unsafe { PyErr::already_set(self.tuple.py()) }) }
    }

    #[cold]
    fn wrong_length(&self) -> PyErr {
        PySystemError::new_err(self.tuple.py(), "a tuple is filled with too few or too many items")
    }
}

impl std::fmt::Debug for TupleBuilder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TupleBuilder").field("filled", &self.filled).finish_non_exhaustive()
    }
}
