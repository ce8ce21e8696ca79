//! Locks around state that objects share between threads.

use crate::Python;
use cpython_sys as ffi;
use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};

/// The states of a mutex that nobody waits for: `_Py_UNLOCKED` and `_Py_LOCKED` of `cpython/pylock.h`.
const UNLOCKED: u8 = ffi::SHIM_MUTEX_UNLOCKED as u8;
const LOCKED: u8 = ffi::SHIM_MUTEX_LOCKED as u8;

/// A value that one thread at a time can use.
///
/// CPython's own one-byte mutex: a thread that waits for it detaches first, so that neither a stop-the-world pause nor
/// the collector waits for that thread. While a guard lives no Python code may run, no reference may be given up, and
/// nothing may be allocated that the collector tracks: any of these can come back to the same lock.
///
/// Memory that is all zero is an unlocked mutex around an all-zero value, where that is a value of `T`.
#[repr(C)]
pub struct PyMutex<T> {
    raw: UnsafeCell<ffi::PyMutex>,
    value: UnsafeCell<T>,
}

// SAFETY: the mutex hands the value to one thread at a time, so sharing it is sending it.
unsafe impl<T: Send> Sync for PyMutex<T> {}

impl<T> PyMutex<T> {
    /// An unlocked mutex around `value`.
    #[inline]
    pub const fn new(value: T) -> Self {
        Self { raw: UnsafeCell::new(ffi::PyMutex { _bits: 0 }), value: UnsafeCell::new(value) }
    }

    /// Waits until no other thread has the lock, and takes it.
    #[inline]
    pub fn lock<'a>(&'a self, _py: Python<'_>) -> PyMutexGuard<'a, T> {
        // What PyMutex_Lock does first, inlined as in C.
        if self.bits().compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            // SAFETY: the mutex is initialised and lives as long as `self`.
            unsafe { ffi::PyMutex_Lock(self.raw.get()) };
        }
        PyMutexGuard { mutex: self, _not_send: PhantomData }
    }

    /// Whether somebody holds the lock at this moment.
    #[inline]
    pub fn is_locked(&self) -> bool {
        self.bits().load(Ordering::Relaxed) & LOCKED != 0
    }

    /// The state of the mutex. C uses it by atomic operations, too.
    #[inline]
    fn bits(&self) -> &AtomicU8 {
        // The struct has this field alone.
        let bits = self.raw.get().cast::<u8>();
        // SAFETY: the field lives as long as `self`, and all use of it is atomic.
        unsafe { AtomicU8::from_ptr(bits) }
    }

    /// The value, unless the lock is held.
    ///
    /// # Safety
    ///
    /// - For as long as the result is used no other thread is attached and running, so that none can take the lock, and this
    ///   one does not take it.
    #[inline]
    pub(crate) unsafe fn value_while_stopped(&self) -> Option<&T> {
        if self.is_locked() {
            return None;
        }
        // SAFETY: nobody has the lock, and nobody takes it meanwhile (the caller's promise).
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

impl<T> fmt::Debug for PyMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PyMutex").finish_non_exhaustive()
    }
}

/// The lock, held until this value is dropped by the thread that took it.
///
/// # Invariants
///
/// - This thread holds the lock of `mutex`.
#[derive(Debug)]
pub struct PyMutexGuard<'a, T> {
    mutex: &'a PyMutex<T>,
    // CPython's mutex knows no owner, but a guard in another thread would outlive what this one believes.
    _not_send: PhantomData<*mut ()>,
}

impl<T> Deref for PyMutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the lock is held (invariants), and the borrow of the guard is the borrow of the value.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T> DerefMut for PyMutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held (invariants), and `&mut self` makes this the only borrow.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T> Drop for PyMutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // What PyMutex_Unlock does first, inlined as in C: nobody waits.
        if self.mutex.bits().compare_exchange(LOCKED, UNLOCKED, Ordering::Release, Ordering::Relaxed).is_err() {
            // SAFETY: the lock is held by this guard, which ends here.
            unsafe { ffi::PyMutex_Unlock(self.mutex.raw.get()) };
        }
    }
}
