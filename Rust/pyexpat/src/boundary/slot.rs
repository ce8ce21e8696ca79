//! A place for a value that one call at a time takes out and puts back.

use std::collections::TryReserveError;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A place for a boxed value.
///
/// # Invariants
///
/// - The pointer is NULL, or came from `Box::into_raw`, of a box of a `T`, and belongs to this value.
pub(crate) struct Slot<T> {
    value: AtomicPtr<T>,
    _owned: PhantomData<Box<T>>,
}

// SAFETY: a value is in one thread at a time: `take` leaves nothing behind. So sharing the place is sending the value.
unsafe impl<T: Send> Sync for Slot<T> {}

impl<T> Slot<T> {
    /// A place with a value in it, if there is memory.
    pub(crate) fn new(value: T) -> Result<Self, TryReserveError> {
        let mut values = Vec::new();
        values.try_reserve_exact(1)?;
        values.push(value);
        // One value in a slice is laid out as the value alone.
        let value = Box::into_raw(values.into_boxed_slice()).cast::<T>();
        Ok(Self { value: AtomicPtr::new(value), _owned: PhantomData })
    }

    /// Takes the value out; `None` while somebody else has it.
    #[inline]
    pub(crate) fn take(&self) -> Option<Box<T>> {
        let value = self.value.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: not NULL, so it came from a box, and it is not in the place any more (invariants).
        (!value.is_null()).then(|| unsafe { Box::from_raw(value) })
    }

    /// Puts the value back that was taken.
    #[inline]
    pub(crate) fn put(&self, value: Box<T>) {
        let before = self.value.swap(Box::into_raw(value), Ordering::AcqRel);
        if !before.is_null() {
            // SAFETY: as for `take`.
            drop(unsafe { Box::from_raw(before) });
        }
    }
}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}
