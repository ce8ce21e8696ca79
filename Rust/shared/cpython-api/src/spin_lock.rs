//! A lock for short critical sections: acquiring it is an atomic exchange, and releasing it a store.

use crate::{Lock, LockGuard, Python, RawLock};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

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

/// How many times a thread yields the processor before it sleeps.
const YIELDS: u32 = 32;
/// The first and the longest time for which it sleeps.
const SLEEPS: [Duration; 2] = [Duration::from_micros(16), Duration::from_millis(1)];

/// Waits for a lock: detaches, yields the processor, and then sleeps, until the lock is free or may be.
#[cold]
#[inline(never)]
pub(crate) fn wait(py: Python<'_>, is_locked: impl Fn() -> bool + Sync) {
    py.detach(|| {
        for _ in 0..YIELDS {
            if !is_locked() {
                return;
            }
            thread::yield_now();
        }
        let [mut sleep, longest] = SLEEPS;
        while is_locked() {
            thread::sleep(sleep);
            sleep = longest.min(sleep * 2);
        }
    });
}

// SAFETY: only one thread finds the flag cleared when it sets it, and it synchronises with the one that has cleared it.
unsafe impl RawLock for RawSpinLock {
    const UNLOCKED: Self = Self(AtomicBool::new(false));

    #[inline]
    fn lock(&self, py: Python<'_>) {
        // Attached again, so that the lock is never held by a detached thread that has not acquired it yet.
        while !self.try_lock() {
            wait(py, || self.is_locked());
        }
    }

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
