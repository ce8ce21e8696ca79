//! The order of two objects, as `bisect`, `heapq` and `list.sort` ask for it.

use crate::ffi_call::{infallible, ssize, status, status_or_err};
use crate::{Bound, PyResult};
use cpython_sys as ffi;
use std::ffi::c_int;
use std::ptr;

/// What `shim_exact_lt` says.
#[inline]
pub(crate) fn exact(answer: c_int) -> Option<bool> {
    // Branches, so that the processor predicts an answer and reads the next item before it knows: waiting takes longer.
    match answer {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Order.
impl<'py> Bound<'py> {
    /// `self < other` where no Python code has to be asked: for two objects of the same of the types `int`, `float`, `str`
    /// and `tuple`, not of subclasses. `None` for all others, and for tuples whose order is that of other items.
    ///
    /// It runs no Python code, and cannot fail.
    #[inline]
    pub fn exact_lt(&self, other: &Bound<'py>) -> Option<bool> {
        exact(infallible!(self.py(), shim_exact_lt(self, other)))
    }

    /// Whether the item of a sequence at an index, or what `key` returns for it, is less than another object.
    ///
    /// As long as `by_slot`, `tp_richcompare` of the type that both have is asked first, without asking the other operand or
    /// counting a recursion. When that does not implement it, `by_slot` becomes false and the two are compared again.
    #[inline]
    pub fn item_lt(
        &self,
        index: usize,
        key: Option<&Bound<'py>>,
        other: &Bound<'py>,
        by_slot: &mut bool,
    ) -> PyResult<bool> {
        self.compare_item(index, key, other, false, by_slot)
    }

    /// As [`item_lt`](Self::item_lt), whether the other object is less.
    #[inline]
    pub fn lt_item(
        &self,
        index: usize,
        key: Option<&Bound<'py>>,
        other: &Bound<'py>,
        by_slot: &mut bool,
    ) -> PyResult<bool> {
        self.compare_item(index, key, other, true, by_slot)
    }

    #[inline]
    fn compare_item(
        &self,
        index: usize,
        key: Option<&Bound<'py>>,
        other: &Bound<'py>,
        other_first: bool,
        by_slot: &mut bool,
    ) -> PyResult<bool> {
        let key = key.map_or(ptr::null_mut(), Bound::as_ptr);
        let (sequence, other) = (self.as_ptr(), other.as_ptr());
        let mut slot = c_int::from(*by_slot);
        // SAFETY: all objects are live and the thread attached (invariants); the index is not negative; the flag is written to
        // a variable of its type.
        let answer =
            unsafe { ffi::shim_item_lt(sequence, ssize(index), key, other, c_int::from(other_first), &mut slot) };
        *by_slot = slot != 0;
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), answer) }.map(|less| less != 0)
    }

    /// Whether [`get_index`](Self::get_index) finds a slot to call. It runs no Python code.
    #[inline]
    pub fn has_sq_item(&self) -> bool {
        infallible!(self.py(), shim_has_sq_item(self)) != 0
    }

    /// `len(self)` of a sequence; `TypeError` of a mapping.
    #[inline]
    pub fn sequence_len(&self) -> PyResult<isize> {
        status!(self.py(), PySequence_Size(self))
    }
}
