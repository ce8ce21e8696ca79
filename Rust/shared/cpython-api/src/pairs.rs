//! The items of two short lists or tuples, in pairs.

use crate::{BLOCK, Borrowed};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::slice;

/// The items of two lists or two tuples of the same length, which is a block at most and not 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pairs<'a> {
    /// Each pair has a float; the other number may be exactly an `int` of some thousand bits at most, or a `bool`.
    Floats(&'a [f64], &'a [f64]),
    /// All are exactly ints that fit 64 bits.
    Ints(&'a [i64], &'a [i64]),
}

impl Pairs<'_> {
    /// Passes the items to `work`; `None` if they are any others, or the containers are. No Python code runs.
    #[inline]
    pub fn read<R>(x: Borrowed<'_, '_>, y: Borrowed<'_, '_>, work: impl FnOnce(Pairs<'_>) -> R) -> Option<R> {
        const COUNT: ffi::Py_ssize_t = BLOCK as ffi::Py_ssize_t;
        let mut first = MaybeUninit::<[i64; BLOCK]>::uninit();
        let mut second = MaybeUninit::<[i64; BLOCK]>::uninit();
        let (first, second) = (first.as_mut_ptr().cast::<i64>(), second.as_mut_ptr().cast::<i64>());
        let mut len = 0;
        // SAFETY: the objects are live and the thread attached, and there is room for a block in both.
        let kind = unsafe { ffi::shim_few_pairs(x.as_ptr(), y.as_ptr(), COUNT, first, second, &mut len) };
        let len = usize::try_from(len).unwrap_or(0);
        match kind as u32 {
            ffi::SHIM_ITEM_INT => {
                // SAFETY: that many are initialised in both.
                let first = unsafe { slice::from_raw_parts(first, len) };
                // SAFETY: that many are initialised in both.
                let second = unsafe { slice::from_raw_parts(second, len) };
                Some(work(Pairs::Ints(first, second)))
            }
            ffi::SHIM_ITEM_FLOAT => {
                // SAFETY: that many are initialised in both. Any bits are a double, which is aligned as an `i64` is.
                let first = unsafe { slice::from_raw_parts(first.cast(), len) };
                // SAFETY: that many are initialised in both. Any bits are a double, which is aligned as an `i64` is.
                let second = unsafe { slice::from_raw_parts(second.cast(), len) };
                Some(work(Pairs::Floats(first, second)))
            }
            _ => None,
        }
    }
}
