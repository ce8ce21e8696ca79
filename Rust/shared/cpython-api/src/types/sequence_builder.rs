//! Tuples and lists that are filled item by item, without a vector of the items first.

use crate::exceptions::PySystemError;
use crate::ffi_call::{owned_or_err, ssize};
use crate::types::{PyList, PyTuple};
use crate::{Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::ptr;

/// How many items a tuple has at most that are put on the stack before it is made.
const FEW: usize = 8;

/// A tuple or a list of a known length that is being filled: the argument of the closure of [`PyTuple::build`] and
/// [`PyList::build`].
///
/// # Invariants
///
/// - `items` points to `len` places for items of the sequence that is built in `'id`, or for those that it is made of. The first
///   `filled` are set, and the others own nothing. `'id` is a lifetime that no other builder has, so that builders of two sequences cannot be exchanged.
pub struct SequenceBuilder<'id, 'py> {
    py: Python<'py>,
    items: *mut *mut ffi::PyObject,
    len: usize,
    filled: usize,
    /// Makes `'id` invariant.
    id: PhantomData<fn(&'id ()) -> &'id ()>,
}

impl PyTuple {
    /// A tuple of `len` items, which `fill` adds one after the other; `SystemError` when they are fewer or more. A length that no
    /// tuple can have raises `MemoryError`.
    ///
    /// Nobody else sees the tuple before it is complete: the collector does not know it.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, PyResult, Python, types::PyTuple};
    /// fn numbers(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    ///     PyTuple::build(py, 4, |numbers| {
    ///         numbers.push(py.None())?;
    ///         numbers.extend_i64(&[1, 2, 3])
    ///     })
    /// }
    /// ```
    ///
    /// The builder of one tuple cannot be put in the place of another one's, which would then have items that are not set:
    ///
    /// ```compile_fail
    /// # use cpython_api::{Bound, PyResult, Python, types::PyTuple};
    /// fn exchanged(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    ///     PyTuple::build(py, 1, |outer| {
    ///         PyTuple::build(py, 1, |inner| {
    ///             std::mem::swap(outer, inner);
    ///             inner.extend_i64(&[1])
    ///         })?;
    ///         Ok(())
    ///     })
    /// }
    /// ```
    #[inline]
    pub fn build<'py>(
        py: Python<'py>,
        len: usize,
        fill: impl for<'id> FnOnce(&mut SequenceBuilder<'id, 'py>) -> PyResult<()>,
    ) -> PyResult<Bound<'py, Self>> {
        let mut few = [ptr::null_mut(); FEW];
        let mut items = few.as_mut_ptr();
        let mut tuple = None;
        if len > FEW {
            // SAFETY: the thread is attached, as the token proves, and the address is written to a variable of its type.
            let made = unsafe { ffi::shim_tuple_new_untracked(ssize(len), &mut items) };
            // SAFETY: a new reference, or NULL with an exception set.
            tuple = Some(unsafe { owned_or_err(py, made) }?);
        }
        let mut builder = SequenceBuilder { py, items, len, filled: 0, id: PhantomData };
        let filled = fill(&mut builder).and_then(|()| builder.complete());
        let tuple = match tuple {
            Some(tuple) => {
                filled?;
                // SAFETY: a live tuple that is not tracked, all of whose items are set.
                unsafe { ffi::shim_tuple_track(tuple.as_ptr()) };
                tuple
            }
            None => {
                if let Err(error) = filled {
                    for item in &few[..builder.filled] {
                        // SAFETY: a reference that nobody else owns has been put there (invariants of the builder).
                        drop(unsafe { Bound::from_owned_or_null(py, *item) });
                    }
                    return Err(error);
                }
                // SAFETY: the thread is attached, and `len` references have been put there, which the call takes over.
                let made = unsafe { ffi::shim_tuple_from_owned(few.as_mut_ptr(), ssize(len)) };
                // SAFETY: a new reference, or NULL with an exception set.
                unsafe { owned_or_err(py, made) }?
            }
        };
        // SAFETY: the calls make a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }
}

impl PyList {
    /// A list of `len` items, which `fill` adds one after the other; `SystemError` when they are fewer or more. Its memory has exactly
    /// that size.
    ///
    /// Nobody else sees the list before: the collector does not know it.
    #[inline]
    pub fn build<'py>(
        py: Python<'py>,
        len: usize,
        fill: impl for<'id> FnOnce(&mut SequenceBuilder<'id, 'py>) -> PyResult<()>,
    ) -> PyResult<Bound<'py, Self>> {
        let mut items = ptr::null_mut();
        // SAFETY: the thread is attached, as the token proves, and the address is written to a variable of its type.
        let list = unsafe { ffi::shim_list_new_untracked(ssize(len), &mut items) };
        // SAFETY: a new reference, or NULL with an exception set.
        let list = unsafe { owned_or_err(py, list) }?;
        let mut builder = SequenceBuilder { py, items, len, filled: 0, id: PhantomData };
        let filled = fill(&mut builder);
        // SAFETY: a live list that is not tracked, and so many items of which are set.
        unsafe { ffi::shim_list_track(list.as_ptr(), ssize(builder.filled)) };
        filled?;
        builder.complete()?;
        // SAFETY: the call makes a list.
        Ok(unsafe { list.cast_into_unchecked() })
    }
}

impl<'py> SequenceBuilder<'_, 'py> {
    /// Adds an object.
    #[inline(always)]
    pub fn push(&mut self, item: Bound<'py>) -> PyResult<()> {
        if self.filled >= self.len {
            return Err(self.wrong_length());
        }
        // SAFETY: there are `len` items (invariants), and `filled` is less.
        let place = unsafe { self.items.add(self.filled) };
        // SAFETY: the place owns nothing (invariants); the sequence takes over the reference.
        unsafe { place.write(item.into_ptr()) };
        self.filled += 1;
        Ok(())
    }

    /// Adds `int`s.
    #[inline]
    pub fn extend_i64(&mut self, values: &[i64]) -> PyResult<()> {
        let items = self.places(values.len())?;
        // SAFETY: there are so many values and as many places for them, and the thread is attached, as the token proves.
        let made = unsafe { ffi::shim_ints_new(values.as_ptr(), ssize(values.len()), items) };
        self.made(made as usize, values.len())
    }

    /// Adds `int`s.
    #[inline]
    pub fn extend_u64(&mut self, values: &[u64]) -> PyResult<()> {
        let items = self.places(values.len())?;
        // SAFETY: there are so many values and as many items that are NULL, and the thread is attached, as the token
        // proves.
        let made = unsafe { ffi::shim_unsigned_ints_new(values.as_ptr(), ssize(values.len()), items) };
        self.made(made as usize, values.len())
    }

    /// Adds `float`s.
    #[inline]
    pub fn extend_f64(&mut self, values: &[f64]) -> PyResult<()> {
        let items = self.places(values.len())?;
        // SAFETY: there are so many values and as many items that are NULL, and the thread is attached, as the token
        // proves.
        let made = unsafe { ffi::shim_floats_new(values.as_ptr(), ssize(values.len()), items) };
        self.made(made as usize, values.len())
    }

    /// Adds a `bytes` object of each byte.
    #[inline]
    pub fn extend_bytes(&mut self, bytes: &[u8]) -> PyResult<()> {
        let items = self.places(bytes.len())?;
        // SAFETY: there are so many bytes and as many items that are NULL, and the thread is attached, as the token
        // proves.
        let made = unsafe { ffi::shim_bytes_of_each(bytes.as_ptr(), ssize(bytes.len()), items) };
        self.made(made as usize, bytes.len())
    }

    /// The next places, if there are so many.
    #[inline]
    fn places(&self, count: usize) -> PyResult<*mut *mut ffi::PyObject> {
        if self.len - self.filled < count {
            return Err(self.wrong_length());
        }
        // SAFETY: `filled` is not more than the length (invariants).
        Ok(unsafe { self.items.add(self.filled) })
    }

    /// Counts the items that have been set in the next places. They are fewer than `count` when one has failed, with an exception
    /// set.
    #[inline]
    fn made(&mut self, made: usize, count: usize) -> PyResult<()> {
        self.filled += made;
        // SAFETY: an exception is set, as only the function above calls this after one has failed.
        if made == count { Ok(()) } else { Err(unsafe { PyErr::already_set(self.py) }) }
    }

    /// Whether all items are set.
    #[inline]
    fn complete(&self) -> PyResult<()> {
        if self.filled == self.len { Ok(()) } else { Err(self.wrong_length()) }
    }

    #[cold]
    fn wrong_length(&self) -> PyErr {
        PySystemError::new_err(self.py, "a sequence is filled with too few or too many items")
    }
}

impl std::fmt::Debug for SequenceBuilder<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SequenceBuilder").field("filled", &self.filled).finish_non_exhaustive()
    }
}
