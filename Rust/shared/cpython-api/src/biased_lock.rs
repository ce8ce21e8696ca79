//! A lock that needs no atomic exchange as long as only one thread uses it.

use crate::{Borrowed, Instance, InstanceData, Python, SpinLock, SpinLockGuard, Thread, Traversal, Visit};
use cpython_sys as ffi;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// A [`SpinLock`] that is biased towards the owner of an object: biased locking (Russell and Detlefs, OOPSLA 2006), with the owner of
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
/// - While `is_shared` is not set, `lock` is acquired only by the thread that is the owner at that moment.
/// - `is_shared` is set, and the owner changes, while all other threads are stopped, which they only are at safepoints: detached, or
///   where they may run Python code. There is none between a thread's comparison with the owner and its acquisition of `lock`.
#[derive(Debug)]
pub struct BiasedLock<T> {
    lock: SpinLock<T>,
    is_shared: AtomicBool,
}

impl<T> BiasedLock<T> {
    /// A lock that is not held.
    pub const fn new(value: T) -> Self {
        Self { lock: SpinLock::new(value), is_shared: AtomicBool::new(false) }
    }

    /// Acquires the lock for the owner; `None` if the thread is not the owner, the lock is not biased any more, or it is held.
    ///
    /// # Safety
    ///
    /// - If `is_owner` is set, the current thread is the owner (`_Py_IsOwnedByCurrentThread`) of the object that the lock belongs to:
    ///   the two have been compared after the last safepoint of the thread (see the invariants). It is the same object in all calls,
    ///   and does not come from a free list.
    #[inline]
    unsafe fn lock_as_owner(&self, is_owner: bool) -> Option<SpinLockGuard<'_, T>> {
        if !is_owner || self.is_shared.load(Ordering::Relaxed) {
            return None;
        }
        // SAFETY: no other thread acquires the lock meanwhile: one that is not the owner sets `is_shared` before, and one that becomes
        // the owner does so in a collection. This thread is stopped for both, which is not possible here. It synchronizes with
        // the thread that has stopped it when it is started again.
        unsafe { self.lock.try_lock_alone() }
    }

    /// Acquires the lock, and waits if another thread holds it. It is not biased any more: where it was, this is a safepoint.
    #[inline]
    pub fn lock(&self, py: Python<'_>) -> SpinLockGuard<'_, T> {
        self.revoke(py);
        self.lock.lock(py)
    }

    /// Revokes the bias.
    #[cold]
    #[inline(never)]
    fn revoke(&self, _py: Python<'_>) {
        if !self.is_shared.load(Ordering::Acquire) {
            // SAFETY: the thread is attached, as the token proves. A thread that waits for a lock of this one detaches, so that it
            // counts as stopped. The flag is a byte.
            unsafe { ffi::shim_set_stopped(self.is_shared.as_ptr().cast()) };
        }
    }

    /// Visits references in the value, as [`Visit::locked`] does.
    pub fn traverse(
        &self,
        visit: &mut Visit<'_>,
        references: impl FnOnce(&mut Visit<'_>, &T) -> Traversal,
    ) -> Traversal {
        visit.locked(&self.lock, |visit, value| references(visit, value))
    }

    /// The value, when it is not shared any more.
    pub fn into_inner(self) -> T {
        self.lock.into_inner()
    }
}

/// The owner of a [`BiasedLock`] in the data of an object is that of the object, whose address is that of its memory and not from a
/// free list. `lock` returns a field of the data.
impl<'a, T: InstanceData> Borrowed<'a, '_, Instance<T>> {
    /// Acquires the lock if the thread is the owner of the object, the lock is biased, and not held.
    #[inline]
    pub fn lock_as_owner<U>(self, lock: impl FnOnce(&'a T) -> &'a BiasedLock<U>) -> Option<SpinLockGuard<'a, U>> {
        let lock = self.biased_lock(lock);
        let is_owner = Thread::current(self.py()).owns(self);
        // SAFETY: the thread has just been compared with the owner of the object that has the lock in its data.
        unsafe { lock.lock_as_owner(is_owner) }
    }

    /// Acquires the lock, and waits if another thread holds it. For a thread that is not the owner, this is a safepoint.
    #[inline]
    pub fn lock<U>(self, lock: impl FnOnce(&'a T) -> &'a BiasedLock<U>) -> SpinLockGuard<'a, U> {
        let lock = self.biased_lock(lock);
        self.lock_as_owner(|_| lock).unwrap_or_else(|| lock.lock(self.py()))
    }

    /// Acquires the lock; `None` if it is held, by this thread or another one. Unless it was free and biased towards this thread,
    /// this is a safepoint.
    #[inline]
    pub fn try_lock<U>(self, lock: impl FnOnce(&'a T) -> &'a BiasedLock<U>) -> Option<SpinLockGuard<'a, U>> {
        let lock = self.biased_lock(lock);
        self.lock_as_owner(|_| lock).or_else(|| {
            lock.revoke(self.py());
            lock.lock.try_lock()
        })
    }

    /// The lock, which is in the data of this object and no other one: so its owner is the same in all calls.
    #[inline]
    fn biased_lock<U>(self, lock: impl FnOnce(&'a T) -> &'a BiasedLock<U>) -> &'a BiasedLock<U> {
        let data = self.data();
        let lock = lock(data);
        let offset = ptr::from_ref(lock).addr().wrapping_sub(ptr::from_ref(data).addr());
        assert!(offset < size_of::<T>(), "the lock of another object");
        lock
    }
}
