//! A lock for short critical sections: acquiring it is one atomic exchange, and releasing it one store.

use cpython_api::Python;
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// A value that one thread at a time can use, in a short critical section that does not run Python code, release references, or
/// wait.
///
/// A thread that finds the lock taken detaches and yields until the lock is free.
///
/// # Invariants
///
/// - `value` is accessed only by the thread that has set `taken`.
#[derive(Debug)]
pub(super) struct Latch<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: only one thread at a time accesses the value, so sharing requires no more than `Send`.
unsafe impl<T: Send> Sync for Latch<T> {}

impl<T> Latch<T> {
    /// A lock that is not taken.
    pub(super) const fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Acquires the lock, and waits if another thread holds it.
    #[inline]
    pub(super) fn lock(&self, py: Python<'_>) -> LatchGuard<'_, T> {
        while self.taken.swap(true, Ordering::Acquire) {
            py.detach(std::thread::yield_now);
        }
        LatchGuard { latch: self, _not_send: PhantomData }
    }

    /// The value, unless it is in use.
    ///
    /// # Safety
    ///
    /// - For as long as the result is used no other thread is attached and running, and this one does not take the value.
    pub(super) unsafe fn value_while_stopped(&self) -> Option<&T> {
        if self.taken.load(Ordering::Relaxed) {
            return None;
        }
        // SAFETY: no thread uses the value or takes the lock meanwhile (the caller's promise).
        Some(unsafe { &*self.value.get() })
    }

    /// The value, when it is not shared any more.
    pub(super) fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

/// The value, until this is dropped.
///
/// # Invariants
///
/// - This has set `taken`.
#[derive(Debug)]
pub(super) struct LatchGuard<'a, T> {
    latch: &'a Latch<T>,
    _not_send: PhantomData<*mut ()>,
}

impl<T> Deref for LatchGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value is this thread's (invariants), and the borrow of the guard is the borrow of the value.
        unsafe { &*self.latch.value.get() }
    }
}

impl<T> DerefMut for LatchGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as for `deref`, and `&mut self` makes it the only borrow.
        unsafe { &mut *self.latch.value.get() }
    }
}

impl<T> Drop for LatchGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.latch.taken.store(false, Ordering::Release);
    }
}
