//! CPython's own mutex.

use crate::{Lock, LockGuard, Python, RawLock};
use cpython_sys as ffi;
use std::cell::UnsafeCell;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

/// The states of a mutex that nobody waits for: `_Py_UNLOCKED` and `_Py_LOCKED` of `cpython/pylock.h`.
const UNLOCKED: u8 = ffi::SHIM_MUTEX_UNLOCKED as u8;
const LOCKED: u8 = ffi::SHIM_MUTEX_LOCKED as u8;

/// A value under CPython's one-byte mutex, for critical sections of any length: threads that wait sleep, and are woken up in the
/// order in which they came.
pub type PyMutex<T> = Lock<RawMutex, T>;

/// The guard of a [`PyMutex`].
pub type PyMutexGuard<'a, T> = LockGuard<'a, RawMutex, T>;

/// The `PyMutex` of C.
pub struct RawMutex(UnsafeCell<ffi::PyMutex>);

// SAFETY: all use of the mutex is atomic.
unsafe impl Sync for RawMutex {}

impl RawMutex {
    /// The state of the mutex. C uses it by atomic operations, too.
    #[inline]
    fn bits(&self) -> &AtomicU8 {
        // The struct has this field alone.
        let bits = self.0.get().cast::<u8>();
        // SAFETY: the field lives as long as `self`, and all use of it is atomic.
        unsafe { AtomicU8::from_ptr(bits) }
    }
}

// SAFETY: a mutex is acquired by one thread at a time, with acquire and release semantics.
unsafe impl RawLock for RawMutex {
    const UNLOCKED: Self = Self(UnsafeCell::new(ffi::PyMutex { _bits: 0 }));

    #[inline]
    fn lock(&self, _py: Python<'_>) {
        // What PyMutex_Lock does first, inlined as in C.
        if !self.try_lock() {
            // SAFETY: the mutex is initialised and lives as long as `self`.
            unsafe { ffi::PyMutex_Lock(self.0.get()) };
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.bits().compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline]
    fn is_locked(&self) -> bool {
        self.bits().load(Ordering::Relaxed) & LOCKED != 0
    }

    #[inline]
    unsafe fn unlock(&self) {
        // What PyMutex_Unlock does first, inlined as in C: nobody waits.
        if self.bits().compare_exchange(LOCKED, UNLOCKED, Ordering::Release, Ordering::Relaxed).is_err() {
            // SAFETY: the mutex is locked (the caller's promise).
            unsafe { ffi::PyMutex_Unlock(self.0.get()) };
        }
    }
}

impl fmt::Debug for RawMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMutex").finish_non_exhaustive()
    }
}
