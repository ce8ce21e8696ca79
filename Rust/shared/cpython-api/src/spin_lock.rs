//! A lock for short critical sections: acquiring it is an atomic exchange, and releasing it a store.

use crate::{Lock, LockGuard, RawLock};
use std::sync::atomic::{AtomicBool, Ordering};

/// A value under a spinlock, for critical sections of nanoseconds: without contention it takes half the time of a
/// [`PyMutex`](crate::PyMutex), whose release is an atomic exchange, too, since it may have to wake up a thread.
///
/// A thread that finds the lock held detaches, yields the processor, and sleeps for longer and longer times, up to a
/// millisecond.
pub type SpinLock<T> = Lock<RawSpinLock, T>;

/// The guard of a [`SpinLock`].
pub type SpinLockGuard<'a, T> = LockGuard<'a, RawSpinLock, T>;

/// Whether the lock is held.
#[derive(Debug)]
pub struct RawSpinLock(AtomicBool);

// SAFETY: only one thread finds the flag cleared when it sets it, and it synchronises with the one that has cleared it.
unsafe impl RawLock for RawSpinLock {
    const UNLOCKED: Self = Self(AtomicBool::new(false));

    #[inline]
    fn try_lock(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    #[inline]
    fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }
}

impl<T> SpinLock<T> {
    /// Acquires the lock without an atomic exchange, by a load and a store; `None` if it is held.
    ///
    /// # Safety
    ///
    /// - No other thread acquires the lock at the same time.
    #[inline]
    pub unsafe fn try_lock_alone(&self) -> Option<SpinLockGuard<'_, T>> {
        // The flag may have been cleared by another thread: `Acquire` makes its accesses to the value visible.
        if self.raw.0.load(Ordering::Acquire) {
            return None;
        }
        self.raw.0.store(true, Ordering::Relaxed);
        // SAFETY: acquired just now: no other thread has set the flag after the load (the caller's promise).
        Some(unsafe { self.guard() })
    }
}
