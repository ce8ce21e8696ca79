//! A lock whose value can be read without it.

use crate::{Lock, LockGuard, RawLock};
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// A sequence lock (seqlock; H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012): a spinlock
/// that counts how often it has been held. A reader that does not acquire it, and so writes to no memory that other
/// readers use, finds out afterwards whether a writer has held the lock meanwhile.
///
/// What such a reader reads is written by atomic operations, or by code of which the compiler knows nothing.
pub(crate) type SeqLock<T> = Lock<RawSeqLock, T>;

/// The guard of a [`SeqLock`].
pub(crate) type SeqLockGuard<'a, T> = LockGuard<'a, RawSeqLock, T>;

/// The number of times that the lock has been acquired and released: it is held if the number is odd.
#[derive(Debug)]
pub(crate) struct RawSeqLock(AtomicUsize);

/// The state of a [`SeqLock`] that is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version(usize);

// SAFETY: only one thread makes an even number odd by an atomic exchange, and it synchronises with the one that has made it even.
unsafe impl RawLock for RawSeqLock {
    const UNLOCKED: Self = Self(AtomicUsize::new(0));

    #[inline]
    fn try_lock(&self) -> bool {
        let version = self.0.load(Ordering::Relaxed);
        if version % 2 == 1 {
            return false;
        }
        let next = version.wrapping_add(1);
        if self.0.compare_exchange(version, next, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return false;
        }
        // Whoever reads what is written from here on reads the odd number afterwards.
        fence(Ordering::Release);
        true
    }

    #[inline]
    fn is_locked(&self) -> bool {
        self.0.load(Ordering::Relaxed) % 2 == 1
    }

    #[inline]
    unsafe fn unlock(&self) {
        let version = self.0.load(Ordering::Relaxed);
        self.0.store(version.wrapping_add(1), Ordering::Release);
    }
}

impl<T> SeqLock<T> {
    /// Starts to read without the lock; `None` while it is held.
    #[inline]
    pub(crate) fn version(&self) -> Option<Version> {
        let version = self.raw.0.load(Ordering::Acquire);
        version.is_multiple_of(2).then_some(Version(version))
    }

    /// Whether nobody has acquired the lock between [`version`](Self::version) and now, so that all that has been read in between
    /// was there at one moment.
    #[inline]
    pub(crate) fn is_unchanged(&self, version: Version) -> bool {
        // What has been read before was read before the number is.
        fence(Ordering::Acquire);
        self.raw.0.load(Ordering::Relaxed) == version.0
    }
}
