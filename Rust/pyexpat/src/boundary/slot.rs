//! A slot for a value that one call at a time takes out and puts back.

use cpython_api::{raw_free, raw_malloc};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};

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
    fn new(value: T) -> Option<Self> {
        const { assert!(align_of::<T>() <= 16, "malloc aligns no more") };
        let memory = NonNull::new(raw_malloc(size_of::<T>()).cast::<T>())?;
        // SAFETY: the memory is new, large enough, and aligned.
        unsafe { memory.write(value) };
        Some(Self { value: memory, _owned: PhantomData })
    }

    fn into_raw(self) -> *mut T {
        std::mem::ManuallyDrop::new(self).value.as_ptr()
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

/// A slot for such a value.
///
/// # Invariants
///
/// - The pointer is NULL, or came from `Owned::into_raw` and belongs to this value.
pub(crate) struct Slot<T> {
    value: AtomicPtr<T>,
    _owned: PhantomData<Owned<T>>,
}

// SAFETY: a value is in one thread at a time: `take` leaves the slot empty. So sharing the place is sending the value.
unsafe impl<T: Send> Sync for Slot<T> {}

impl<T> Slot<T> {
    /// A slot with a value; `None` if the allocation fails.
    pub(crate) fn new(value: T) -> Option<Self> {
        Some(Self { value: AtomicPtr::new(Owned::new(value)?.into_raw()), _owned: PhantomData })
    }

    /// Takes the value out; `None` while another call has it.
    #[inline]
    pub(crate) fn take(&self) -> Option<Owned<T>> {
        let value = self.value.swap(ptr::null_mut(), Ordering::AcqRel);
        // It came from `Owned::into_raw`, and is not in the slot any more (invariants).
        NonNull::new(value).map(|value| Owned { value, _owned: PhantomData })
    }

    /// The value; `None` while a call has it.
    ///
    /// # Safety
    ///
    /// - For as long as the result is used no other thread is attached and running, and this one does not take the value: as in
    ///   each call of `tp_traverse`.
    pub(crate) unsafe fn value_while_stopped(&self) -> Option<&T> {
        let value = self.value.load(Ordering::Relaxed);
        // SAFETY: NULL or a value that is in the place (invariants), and stays there meanwhile (the caller's promise).
        unsafe { value.as_ref() }
    }

    /// Puts back the value that was taken. The slot is empty, because only the owner of the value can put one into it.
    #[inline]
    pub(crate) fn put(&self, value: Owned<T>) {
        debug_assert!(self.value.load(Ordering::Relaxed).is_null(), "two values for one place");
        self.value.store(value.into_raw(), Ordering::Release);
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
