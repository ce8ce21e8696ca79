//! Tuples through which threads refer to a pattern that they share.
//!
//! Each match has a reference to its pattern. Threads that take and give up references to the same object contend for its reference
//! count, so that two threads that match one pattern would together be slower than one. A pattern that threads share therefore keeps
//! a few tuples with itself as the only item, each of which belongs to the thread that was the first to use it, and a match in another
//! thread than the pattern's owner refers to a tuple. Counting references to an object of its own takes a thread no atomic operation
//! (biased reference counting).
//!
//! The tuples and the pattern are a reference cycle: such a pattern is freed by the garbage collector, as is an object with
//! deferred reference counting.

use cpython_api::types::PyTuple;
use cpython_api::{Borrowed, Py, PyObject, Python, SharedRef, Traversal, Visit};
use std::array;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use try_alloc::boxed;

unsafe extern "C" {
    /// `PyUnstable_Object_EnableDeferredRefcount`
    fn sre_defer_reference_counting(object: *mut PyObject);
}

/// How many tuples a pattern has at most. With more threads, some share one.
const TUPLES: usize = 16;

/// How many references other threads take before the pattern gets tuples, so that one that is passed to another thread and used a few
/// times is freed with its last reference.
const ENOUGH: u8 = 100;

/// The tuples of a pattern.
#[derive(Debug)]
pub(crate) struct Tuples {
    /// How many references were taken by other threads than the owner of the pattern. It may be too low by a few.
    taken: AtomicU8,
    tuples: OnceLock<Box<[SharedRef<PyTuple>; TUPLES]>>,
}

impl Tuples {
    /// None yet.
    pub(crate) const fn new() -> Self {
        Self { taken: AtomicU8::new(0), tuples: OnceLock::new() }
    }

    /// Visits the references to the tuples.
    pub(crate) fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        self.tuples.get().into_iter().flat_map(|tuples| tuples.iter()).try_for_each(|tuple| visit.shared(tuple))
    }

    /// Gives up the references to the tuples.
    pub(crate) fn clear(&self, py: Python<'_>) {
        self.tuples.get().into_iter().flat_map(|tuples| tuples.iter()).for_each(|tuple| tuple.set(py, None));
    }

    /// Gives up the references to the tuples when the pattern is freed.
    pub(crate) fn release(self, py: Python<'_>) {
        let tuples = self.tuples.into_inner().into_iter().flat_map(|tuples| *tuples);
        tuples.filter_map(SharedRef::into_inner).for_each(|tuple| tuple.drop_ref(py));
    }

    /// The tuple of this thread, whose item is the pattern; `None` if the pattern has no tuples.
    ///
    /// # Safety
    ///
    /// - All calls get the same object.
    pub(crate) unsafe fn of_thread(&self, pattern: Borrowed<'_, '_>) -> Option<Py<PyTuple>> {
        let py = pattern.py();
        let tuples = match self.tuples.get() {
            Some(tuples) => tuples,
            None => self.share(pattern)?,
        };
        let tuple = tuples[place_of_thread()]
            .get_or_try_init(py, || PyTuple::build(py, 1, |tuple| tuple.push(pattern.to_owned())));
        match tuple {
            Ok(tuple) => Some(tuple.unbind()),
            Err(error) => {
                // Without memory for the tuple, the caller refers to the pattern.
                error.clear(py);
                None
            }
        }
    }

    /// Starts to use tuples, if other threads have taken enough references.
    #[cold]
    fn share(&self, pattern: Borrowed<'_, '_>) -> Option<&[SharedRef<PyTuple>; TUPLES]> {
        let taken = self.taken.load(Ordering::Relaxed);
        if taken < ENOUGH {
            self.taken.store(taken + 1, Ordering::Relaxed);
            return None;
        }
        let tuples = boxed(array::from_fn(|_| SharedRef::new(None))).ok()?;
        // If the collector has found the pattern unreachable meanwhile, and this thread has got it from a weak reference, CPython takes
        // the reference count for an overflow and makes the object immortal (`handle_resurrected_objects`).
        // SAFETY: a live object and an attached thread.
        unsafe { sre_defer_reference_counting(pattern.as_ptr()) };
        Some(self.tuples.get_or_init(|| tuples))
    }
}

/// The place of the tuple of this thread. The local variables of two threads are several pages apart.
fn place_of_thread() -> usize {
    thread_local! {
        static HERE: u8 = const { 0 };
    }
    HERE.with(|here| ptr::from_ref(here).addr() >> 12) % TUPLES
}
