//! Locks for short critical sections: acquiring one is an atomic exchange, and releasing it a store. A biased lock needs no exchange
//! as long as only one thread uses it.

use cpython_api::Python;
use std::cell::UnsafeCell;
use std::ffi::c_char;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

unsafe extern "C" {
    /// Sets a flag while all other threads of the interpreter are stopped: detached, or where they may run Python code.
    fn elementtree_set_stopped(flag: *mut c_char);
}

/// A value that one thread at a time can use, in a short critical section that does not run Python code or release references, and
/// waits for no more than the lock of an element.
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
        // SAFETY: the value is this thread's (invariants), and `&mut self` makes this the only borrow.
        unsafe { &mut *self.latch.value.get() }
    }
}

impl<T> Drop for LatchGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.latch.taken.store(false, Ordering::Release);
    }
}

/// A [`Latch`] that is biased towards the owner of an object: biased locking (Russell and Detlefs, OOPSLA 2006), with the owner of
/// free-threaded CPython's biased reference counting.
///
/// The owner acquires the lock by loads and a store, until another thread acquires it for the first time. That thread stops all
/// others, which revokes the bias, and from then on every thread uses the atomic exchange.
///
/// The owner can change: when the memory of a thread that has deleted its state is taken over by another thread, the garbage
/// collector makes that one the owner (`gc_restore_tid`), while all threads but its own are stopped. The former owner may then be
/// in the middle of a call, and even hold the lock while it waits. So each acquisition compares the owner again.
///
/// # Invariants
///
/// - While `is_shared` is not set, `latch.taken` is set only by the thread that is the owner at that moment.
/// - `is_shared` is set, and the owner changes, while all other threads are stopped, which they only are at safepoints: detached, or
///   where they may run Python code. There is none between a thread's comparison with the owner and its store to `latch.taken`.
#[derive(Debug)]
pub(super) struct BiasedLatch<T> {
    latch: Latch<T>,
    is_shared: AtomicBool,
}

impl<T> BiasedLatch<T> {
    /// A lock that is not taken.
    pub(super) const fn new(value: T) -> Self {
        Self { latch: Latch::new(value), is_shared: AtomicBool::new(false) }
    }

    /// Acquires the lock for the owner; `None` if the thread is not the owner or the lock is not biased any more.
    ///
    /// # Safety
    ///
    /// - If `is_owner` is set, the current thread is the owner (`_Py_IsOwnedByCurrentThread`) of the object that the lock belongs to:
    ///   the two have been compared after the last safepoint of the thread (see the invariants). It is the same object in all calls,
    ///   and does not come from a free list.
    #[inline]
    pub(super) unsafe fn lock_as_owner(&self, is_owner: bool) -> Option<LatchGuard<'_, T>> {
        // A former owner may have stored the `false` that is read here: `Acquire` makes its accesses to the value visible.
        if is_owner && !self.is_shared.load(Ordering::Relaxed) && !self.latch.taken.load(Ordering::Acquire) {
            // No other thread sets `taken` between the load and the store: one that is not the owner sets `is_shared` before, and one
            // that becomes the owner does so in a collection. This thread is stopped for both, which is not possible here. It
            // synchronizes with the thread that has stopped it when it is started again.
            self.latch.taken.store(true, Ordering::Relaxed);
            return Some(LatchGuard { latch: &self.latch, _not_send: PhantomData });
        }
        None
    }

    /// Acquires the lock, and waits if another thread holds it.
    ///
    /// # Safety
    ///
    /// As for [`lock_as_owner`](Self::lock_as_owner).
    #[inline]
    pub(super) unsafe fn lock(&self, py: Python<'_>, is_owner: bool) -> LatchGuard<'_, T> {
        // SAFETY: `is_owner` is set only for the owner, compared after the last safepoint (the caller's promise).
        unsafe { self.lock_as_owner(is_owner) }.unwrap_or_else(|| self.lock_shared(py))
    }

    #[cold]
    #[inline(never)]
    fn lock_shared(&self, py: Python<'_>) -> LatchGuard<'_, T> {
        if !self.is_shared.load(Ordering::Acquire) {
            // SAFETY: the thread is attached, as the token proves, and holds no lock that another thread waits for while it is
            // attached. The flag is a byte.
            unsafe { elementtree_set_stopped(self.is_shared.as_ptr().cast()) };
        }
        self.latch.lock(py)
    }

    /// As [`Latch::value_while_stopped`].
    ///
    /// # Safety
    ///
    /// As for [`Latch::value_while_stopped`].
    pub(super) unsafe fn value_while_stopped(&self) -> Option<&T> {
        // SAFETY: no other thread runs, and this one does not take the value, while the result is used (the caller's
        // promise).
        unsafe { self.latch.value_while_stopped() }
    }

    /// The value, when it is not shared any more.
    pub(super) fn into_inner(self) -> T {
        self.latch.into_inner()
    }
}
