//! A value that one call at a time can use.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// A lock without waiting: it can only be tried. Acquiring it is an atomic exchange, and releasing it a store, which takes half the
/// time of a `Mutex` that nobody waits for.
///
/// # Invariants
///
/// - `value` is accessed only through the guard that has set `taken`.
#[derive(Debug)]
pub(super) struct Exclusive<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: one guard at a time gives access to the value, so sharing requires no more than `Send`.
unsafe impl<T: Send> Sync for Exclusive<T> {}

impl<T> Exclusive<T> {
    /// A value that is not in use.
    pub(super) const fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// The value; `None` while a guard is alive, in this thread or another one.
    #[inline]
    pub(super) fn try_lock(&self) -> Option<ExclusiveGuard<'_, T>> {
        if self.taken.swap(true, Ordering::Acquire) {
            return None;
        }
        Some(ExclusiveGuard { lock: self, _value: PhantomData })
    }
}

/// The value, until this is dropped.
///
/// # Invariants
///
/// - This has set `taken`.
#[derive(Debug)]
pub(super) struct ExclusiveGuard<'a, T> {
    lock: &'a Exclusive<T>,
    // Threads that share the guard share the value, which `&Exclusive` would allow for any `T: Send`.
    _value: PhantomData<&'a mut T>,
}

impl<T> Deref for ExclusiveGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: only this guard gives access to the value (invariants), and the borrow of the guard is that of the value.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for ExclusiveGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: only this guard gives access to the value (invariants), and `&mut self` makes this the only borrow.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for ExclusiveGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.taken.store(false, Ordering::Release);
    }
}
