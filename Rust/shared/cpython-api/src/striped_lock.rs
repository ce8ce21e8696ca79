//! A lock for values that many threads read at the same time, often and for a moment.

use crate::{Python, SpinLock};
use std::array;
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many stripes there are.
const STRIPES: usize = 8;

/// A lock of its own cache line; two lines, as processors fetch them in pairs.
#[repr(align(128))]
struct Stripe<S>(SpinLock<S>);

/// A value `T` that threads read at the same time, with a value `S` for each stripe that readers change.
///
/// This is a big-reader lock (Linux' brlock): a reader takes the lock of one stripe, which is that of its thread, and
/// writes to no memory that other readers write to. A writer takes those of all stripes. As long as no two threads have
/// met, all use the first stripe alone, and writing takes one lock, too; the idea of a lock that is biased until then is that of
/// BRAVO (D. Dice and A. Kogan, 2019).
///
/// As with any [`Lock`](crate::Lock), no Python code may run, no reference be given up, and nothing be allocated that the collector tracks
/// inside of the closures: any of these can come back to the same lock.
pub struct StripedLock<T, S> {
    /// How many stripes are in use: one or all. It changes once, under the lock of the first one.
    in_use: AtomicUsize,
    value: UnsafeCell<T>,
    stripes: [Stripe<S>; STRIPES],
}

// SAFETY: a writer has the value for itself, as it holds the locks of all stripes in use, and readers, which hold one of them,
// share it. A value of a stripe is only used by who holds its lock.
unsafe impl<T: Send + Sync, S: Send> Sync for StripedLock<T, S> {}

thread_local! {
    /// The number of this thread among those that have read, from one on; zero before.
    static THREAD: Cell<usize> = const { Cell::new(0) };
}

/// The stripe of this thread.
#[inline]
fn stripe_of_thread() -> usize {
    #[cold]
    fn number() -> usize {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        let number = THREADS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        THREAD.set(number);
        number
    }
    let number = match THREAD.get() {
        0 => number(),
        number => number,
    };
    number % STRIPES
}

impl<T, S> StripedLock<T, S> {
    /// An unlocked lock around `value`, with what `stripe` makes for each stripe.
    pub fn new(value: T, mut stripe: impl FnMut() -> S) -> Self {
        Self {
            in_use: AtomicUsize::new(1),
            value: UnsafeCell::new(value),
            stripes: array::from_fn(|_| Stripe(SpinLock::new(stripe()))),
        }
    }

    /// Reads the value while others may do so.
    #[inline]
    pub fn read<R>(&self, py: Python<'_>, body: impl FnOnce(&T, &mut S) -> R) -> R {
        // Acquire: what was written under the first lock alone is seen by those that use the others.
        let alone = self.in_use.load(Ordering::Acquire) == 1;
        let Stripe(stripe) = &self.stripes[if alone { 0 } else { stripe_of_thread() }];
        let met = alone && stripe.is_locked();
        let mut guard = stripe.lock(py);
        if met {
            self.in_use.store(STRIPES, Ordering::Release);
        }
        // SAFETY: a writer would hold the lock of this stripe: of the first one it always does, and of another one if that is in use,
        // which it is. So there are only shared references to the value.
        body(unsafe { &*self.value.get() }, &mut guard)
    }

    /// Changes the value, and those of all stripes in use, while nobody else uses them.
    #[inline]
    pub fn write<R>(&self, py: Python<'_>, body: impl FnOnce(&mut T, &mut [&mut S]) -> R) -> R {
        let mut first = self.stripes[0].0.lock(py);
        if self.in_use.load(Ordering::Relaxed) == 1 {
            // SAFETY: this thread holds the lock of the only stripe in use. That there is only one can change under this lock alone. So
            // nobody else has a reference to the value.
            return body(unsafe { &mut *self.value.get() }, &mut [&mut first]);
        }
        // Always in the same order, so that writers do not wait for each other for ever.
        let mut first = Some(first);
        let mut guards =
            array::from_fn::<_, STRIPES, _>(|i| first.take().unwrap_or_else(|| self.stripes[i].0.lock(py)));
        // SAFETY: this thread holds the locks of all stripes until the closure, which does not get the guards, has returned. So nobody
        // else has a reference to the value.
        body(unsafe { &mut *self.value.get() }, &mut guards.each_mut().map(|guard| &mut **guard))
    }

    /// The value, unless it is in use.
    ///
    /// # Safety
    ///
    /// - For as long as the result is used no other thread is attached and running, so that none can take a lock, and this
    ///   one does not take any.
    #[inline]
    pub(crate) unsafe fn value_while_stopped(&self) -> Option<&T> {
        if self.stripes.iter().any(|Stripe(stripe)| stripe.is_locked()) {
            return None;
        }
        // SAFETY: nobody has a lock, and nobody takes one meanwhile (the caller's promise).
        Some(unsafe { &*self.value.get() })
    }

    /// The value, when nobody has the lock any more.
    #[inline]
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T, S> fmt::Debug for StripedLock<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripedLock").finish_non_exhaustive()
    }
}
