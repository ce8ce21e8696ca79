//! A box in memory of the interpreter.

use cpython_api::{raw_free, raw_malloc};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// A boxed value in memory of the interpreter's allocator, so that a move copies only a pointer, and a failed allocation does not
/// panic.
///
/// # Invariants
///
/// - The pointer is that of a `T` in memory of `raw_malloc`. Both belong to this value.
#[derive(Debug)]
pub(crate) struct Owned<T> {
    value: NonNull<T>,
    _owned: PhantomData<T>,
}

// SAFETY: the value belongs to this object alone, so sending the object is sending a `T`.
unsafe impl<T: Send> Send for Owned<T> {}

impl<T> Owned<T> {
    /// Moves a value to new memory; `None` if the allocation fails.
    pub(crate) fn new(value: T) -> Option<Self> {
        const { assert!(align_of::<T>() <= 16, "malloc aligns no more") };
        let memory = NonNull::new(raw_malloc(size_of::<T>()).cast::<T>())?;
        // SAFETY: the memory is new, large enough, and aligned.
        unsafe { memory.write(value) };
        Some(Self { value: memory, _owned: PhantomData })
    }
}

impl<T> Deref for Owned<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: a `T` that belongs to this value (invariants).
        unsafe { self.value.as_ref() }
    }
}

impl<T> DerefMut for Owned<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: a `T` that belongs to this value (invariants), which is borrowed mutably.
        unsafe { self.value.as_mut() }
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: a `T` that belongs to this value (invariants), which ends here.
        unsafe { self.value.drop_in_place() };
        // SAFETY: the memory is from this allocator, and belongs to this value alone (invariants).
        unsafe { raw_free(self.value.as_ptr().cast()) };
    }
}
