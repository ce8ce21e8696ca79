//! The containers that are being written, by which a circular reference is found.
//!
//! C has them in a dict by `id`. That dict can be the caller's own, so it has to have the contents that C's has whenever Python code
//! can see it; but most documents run none. So the containers are kept on a stack here, with a set of their
//! addresses when there are many, and go into the dict before Python code runs and after an error.

#![forbid(unsafe_code)]

use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::PyDict;
use cpython_api::{Borrowed, Bound, PyErr, PyResult, Python};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// How many containers are searched one by one.
const SEARCHED: usize = 16;

/// Hashes addresses, which no document chooses: the low bits of a block's address are the same for all.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_usize(byte.into()));
    }

    #[inline]
    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

pub(super) struct Markers<'a, 'py> {
    dict: Borrowed<'a, 'py, PyDict>,
    open: Vec<Bound<'py>>,
    /// The addresses of those after the first `SEARCHED`, without those in the dict, from which Python code may remove them.
    deep: HashSet<usize, BuildHasherDefault<AddressHasher>>,
    /// How many of them, from the outermost on, are in the dict.
    in_dict: usize,
    /// Whether the dict may hold anything.
    in_use: bool,
}

impl<'a, 'py> Markers<'a, 'py> {
    pub(super) fn new(dict: Borrowed<'a, 'py>) -> PyResult<Self> {
        let not_a_dict = || PyTypeError::new_err(dict.py(), "markers must be a dict");
        let dict = dict.cast_borrowed::<PyDict>().ok_or_else(not_a_dict)?;
        Ok(Self { dict, open: Vec::new(), deep: HashSet::default(), in_dict: 0, in_use: !dict.is_empty() })
    }

    /// Notes that a container is being written.
    #[inline]
    pub(super) fn enter(&mut self, object: Borrowed<'_, 'py>) -> PyResult<()> {
        let py = object.py();
        let address = object.as_ptr().addr();
        let is_deep = self.open.len() >= SEARCHED;
        // Without an early end, so that the compiler can compare several at once.
        let near = self.open.get(self.in_dict..self.open.len().min(SEARCHED)).unwrap_or_default();
        let mut found = near.iter().fold(false, |found, open| found | (open.as_ptr().addr() == address));
        if is_deep {
            self.deep.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
            // If the address was in the set, encoding ends with the error for a circular reference, so the insertion
            // does no harm.
            found |= !self.deep.insert(address);
        }
        if self.in_use {
            found = found || self.dict.contains_key(&object.id()?)?;
        }
        if found {
            return Err(PyValueError::new_err(py, "Circular reference detected"));
        }
        self.open.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
        self.open.push(object.to_owned());
        Ok(())
    }

    /// Notes that the innermost container has been written.
    #[inline]
    pub(super) fn leave(&mut self) -> PyResult<()> {
        let Some(object) = self.open.pop() else { return Ok(()) };
        if self.open.len() >= SEARCHED {
            self.deep.remove(&object.as_ptr().addr());
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
        while let Some(object) = self.open.get(self.in_dict) {
            self.in_use = true;
            self.dict.set_item(&object.id()?, object)?;
            self.in_dict += 1;
        }
        self.deep.clear();
        Ok(())
    }

    /// The same while an exception is set.
    #[cold]
    pub(super) fn publish_after(&mut self, py: Python<'py>, error: PyErr) -> PyErr {
        if self.in_dict == self.open.len() { error } else { error.set_aside(py, || self.publish()) }
    }
}
