//! The containers that are being written, by which a circular reference is found.
//!
//! C has them in a dict by `id`. That dict can be the caller's own, so it has to have the contents that C's has whenever Python code
//! can see it; but most documents run none. So the containers are kept on a stack here, the deep ones also in a hash table
//! by address, and go into the dict before Python code runs and after an error.

#![forbid(unsafe_code)]

use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::PyDict;
use cpython_api::{Borrowed, Bound, PyErr, PyResult, Python};
use std::collections::TryReserveError;
use std::mem;

/// How many containers are searched one by one.
const SEARCHED: usize = 16;

/// A container that is being written.
struct Open<'py> {
    object: Bound<'py>,
    /// The position after that of the next one in the same bucket, or 0.
    next: usize,
}

pub(super) struct Markers<'a, 'py> {
    dict: Borrowed<'a, 'py, PyDict>,
    open: Vec<Open<'py>>,
    /// Those after the first `SEARCHED` by the hash of their address: for each bucket the position after that of the innermost, or
    /// 0. Innermost first, they leave in the opposite order of that in which they come, so that none is searched for.
    buckets: Vec<usize>,
    /// How many of them, from the outermost on, are in the dict.
    in_dict: usize,
    /// Whether the dict may hold anything.
    in_use: bool,
}

impl<'a, 'py> Markers<'a, 'py> {
    pub(super) fn new(dict: Borrowed<'a, 'py>) -> PyResult<Self> {
        let not_a_dict = || PyTypeError::new_err(dict.py(), "markers must be a dict");
        let dict = dict.cast_borrowed::<PyDict>().ok_or_else(not_a_dict)?;
        Ok(Self { dict, open: Vec::new(), buckets: Vec::new(), in_dict: 0, in_use: !dict.is_empty() })
    }

    /// Notes that a container is being written.
    #[inline]
    pub(super) fn enter(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        let py = object.py();
        let address = object.as_ptr().addr();
        let is_deep = self.open.len() >= SEARCHED;
        // Without an early end, so that the compiler can compare several at once.
        let near = self.open.get(self.in_dict..self.open.len().min(SEARCHED)).unwrap_or_default();
        let mut found = near.iter().fold(false, |found, open| found | (open.object.as_ptr().addr() == address));
        let mut next = 0;
        if is_deep {
            if self.open.len() >= self.buckets.len() {
                self.grow().map_err(|_| PyErr::no_memory(py))?;
            }
            next = self.buckets[self.bucket(address)];
            found |= self.is_in_chain(next, address);
        }
        if self.in_use {
            found = found || self.dict.contains_key(&object.id()?)?;
        }
        if found {
            return Err(PyValueError::new_err(py, "Circular reference detected"));
        }
        self.open.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
        if is_deep {
            let bucket = self.bucket(address);
            self.buckets[bucket] = self.open.len() + 1;
        }
        self.open.push(Open { object: object.to_owned(), next });
        Ok(())
    }

    /// The bucket of an address. No document chooses addresses; the low bits of a block's address are the same for all.
    #[inline(always)]
    fn bucket(&self, address: usize) -> usize {
        let hash = (address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize) >> (usize::BITS / 2);
        hash & (self.buckets.len() - 1)
    }

    /// Whether a container with this address is in a chain of the hash table. Those in the dict do not count, as Python code may
    /// remove them from it.
    #[inline]
    fn is_in_chain(&self, mut place: usize, address: usize) -> bool {
        while place > self.in_dict {
            let open = &self.open[place - 1];
            if open.object.as_ptr().addr() == address {
                return true;
            }
            place = open.next;
        }
        false
    }

    /// Makes the hash table larger.
    #[inline(never)]
    fn grow(&mut self) -> Result<(), TryReserveError> {
        let count = (2 * self.buckets.len()).max(4 * SEARCHED);
        self.buckets.clear();
        self.buckets.try_reserve_exact(count)?;
        self.buckets.resize(count, 0);
        for place in SEARCHED..self.open.len() {
            let bucket = self.bucket(self.open[place].object.as_ptr().addr());
            self.open[place].next = mem::replace(&mut self.buckets[bucket], place + 1);
        }
        Ok(())
    }

    /// Notes that the innermost container has been written.
    #[inline]
    pub(super) fn leave(&mut self) -> PyResult<()> {
        let Some(Open { object, next }) = self.open.pop() else { return Ok(()) };
        if self.open.len() >= SEARCHED {
            let bucket = self.bucket(object.as_ptr().addr());
            self.buckets[bucket] = next;
        }
        if self.open.len() < self.in_dict {
            self.in_dict = self.open.len();
            self.dict.del_item(&object.id()?)?;
        }
        Ok(())
    }

    /// Puts all containers into the dict.
    #[inline]
    pub(super) fn publish(&mut self) -> PyResult<()> {
        while let Some(Open { object, .. }) = self.open.get(self.in_dict) {
            self.in_use = true;
            self.dict.set_item(&object.id()?, object)?;
            self.in_dict += 1;
        }
        Ok(())
    }

    /// The same while an exception is set.
    #[cold]
    pub(super) fn publish_after(&mut self, py: Python<'py>, error: PyErr) -> PyErr {
        if self.in_dict == self.open.len() { error } else { error.set_aside(py, || self.publish()) }
    }
}
