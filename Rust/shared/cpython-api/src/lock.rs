//! A value that one thread at a time can use: the lock around it, and its guard.

use crate::Python;
use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::thread;
use std::time::Duration;

/// A lock without a value.
///
/// # Safety
///
/// - After `lock` has returned, or `try_lock` has returned true, neither does so again before `unlock` is called.
/// - Everything that happened before `unlock` is visible to the thread that acquires the lock next.
pub unsafe trait RawLock: Sync {
    /// A lock that nobody holds.
    const UNLOCKED: Self;

    /// Acquires the lock, and waits if it is held.
    #[inline]
    fn lock(&self, py: Python<'_>) {
        while !self.try_lock() {
            wait(py, || self.is_locked());
        }
    }

    /// Acquires the lock unless it is held.
    fn try_lock(&self) -> bool;

    /// Whether the lock is held at this moment.
    fn is_locked(&self) -> bool;

    /// Releases the lock.
    ///
    /// # Safety
    ///
    /// - The lock has been acquired, and not been released since.
    unsafe fn unlock(&self);
}

/// How many times a thread yields the processor before it sleeps.
const YIELDS: u32 = 32;
/// The first and the longest time for which it sleeps.
const SLEEPS: [Duration; 2] = [Duration::from_micros(16), Duration::from_millis(1)];

/// Waits for a lock: detaches, yields the processor, and then sleeps, until the lock is free or may be.
#[cold]
#[inline(never)]
fn wait(py: Python<'_>, is_locked: impl Fn() -> bool + Sync) {
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

/// A value that one thread at a time can use.
///
/// A thread that waits for it detaches first, so that neither a stop-the-world pause nor the collector waits for that thread.
/// While a guard lives no Python code may run, no reference may be given up, and nothing may be allocated that the collector
/// tracks: any of these can come back to the same lock.
///
/// [`PyMutex`](crate::PyMutex) and [`SpinLock`](crate::SpinLock) are the kinds of lock.
///
/// # Invariants
///
/// - `value` is accessed only through a guard, or with proof that there is none.
pub struct Lock<R, T> {
    pub(crate) raw: R,
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives the value to one thread at a time, so sharing it requires no more than `Send`.
unsafe impl<R: RawLock, T: Send> Sync for Lock<R, T> {}

impl<R: RawLock, T> Lock<R, T> {
    /// An unlocked lock around `value`.
    #[inline]
    pub const fn new(value: T) -> Self {
        Self { raw: R::UNLOCKED, value: UnsafeCell::new(value) }
    }

    /// Acquires the lock, and waits if it is held.
    #[inline]
    pub fn lock(&self, py: Python<'_>) -> LockGuard<'_, R, T> {
        self.raw.lock(py);
        // SAFETY: acquired just now.
        unsafe { self.guard() }
    }

    /// Acquires the lock; `None` if it is held, by this thread or another one.
    #[inline]
    pub fn try_lock(&self) -> Option<LockGuard<'_, R, T>> {
        if !self.raw.try_lock() {
            return None;
        }
        // SAFETY: acquired just now.
        Some(unsafe { self.guard() })
    }

    /// The guard of the lock.
    ///
    /// # Safety
    ///
    /// - The lock has just been acquired, and has no guard yet.
    #[inline]
    pub(crate) unsafe fn guard(&self) -> LockGuard<'_, R, T> {
        LockGuard { lock: self, _not_send: PhantomData }
    }

    /// Whether the lock is held at this moment.
    #[inline]
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// The value, unless the lock is held.
    ///
    /// # Safety
    ///
    /// - For as long as the result is used no other thread is attached and running, so that none can acquire the lock, and this
    ///   one does not acquire it.
    #[inline]
    pub(crate) unsafe fn value_while_stopped(&self) -> Option<&T> {
        if self.is_locked() {
            return None;
        }
        // SAFETY: there is no guard, and none is created meanwhile (the caller's promise).
        Some(unsafe { &*self.value.get() })
    }

    /// The value, when nobody has the lock any more.
    #[inline]
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }

    /// The value, when nobody else can have the lock.
    #[inline]
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<R, T> fmt::Debug for Lock<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

/// The lock, held until this value is dropped by the thread that acquired it.
///
/// # Invariants
///
/// - This thread holds `lock`, by this guard alone.
#[derive(Debug)]
pub struct LockGuard<'a, R: RawLock, T> {
    lock: &'a Lock<R, T>,
    // The locks know no owner, but a guard in another thread would outlive what this one believes.
    _not_send: PhantomData<*mut ()>,
}

impl<R: RawLock, T> Deref for LockGuard<'_, R, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the lock is held (invariants), and the borrow of the guard is the borrow of the value.
        unsafe { &*self.lock.value.get() }
    }
}

impl<R: RawLock, T> DerefMut for LockGuard<'_, R, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held (invariants), and `&mut self` makes this the only borrow.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<R: RawLock, T> Drop for LockGuard<'_, R, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the lock is held by this guard (invariants), which ends here.
        unsafe { self.lock.raw.unlock() };
    }
}
