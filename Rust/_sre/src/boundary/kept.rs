//! The reference of a match or a scanner to its pattern.

use super::pattern::{Pattern, PatternRef};
use cpython_api::types::PyTuple;
use cpython_api::{Instance, Py, Python, Thread, Traversal, Visit};

/// A reference to a pattern, which C reads.
///
/// # Invariants
///
/// - The pattern is kept by a reference that belongs to this value if there is no tuple, and otherwise by that of the tuple.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct KeptPattern {
    pattern: Py<Instance<Pattern>>,
    tuple: Option<Py<PyTuple>>,
}

impl KeptPattern {
    /// A reference to a pattern.
    #[inline]
    pub(crate) fn new(pattern: PatternRef<'_, '_>) -> Self {
        // SAFETY: nothing else calls this function, and a pattern has its own tuples.
        let tuple = || unsafe { pattern.data().tuples.of_thread(pattern.to_any()) };
        if !Thread::current(pattern.py()).owns(pattern)
            && let Some(tuple) = tuple()
        {
            // SAFETY: the pointer of a live object. The item of the tuple is this pattern, as all calls have got it (the contract of
            // `of_thread`), and `release` gives up the reference to the tuple only.
            let kept = unsafe { Py::from_owned_or_null(pattern.as_ptr()) };
            // SAFETY: the pointer is not NULL.
            let kept = unsafe { kept.unwrap_unchecked() };
            // SAFETY: a pattern.
            return Self { pattern: unsafe { kept.cast_unchecked() }, tuple: Some(tuple) };
        }
        Self { pattern: pattern.to_owned().unbind(), tuple: None }
    }

    /// The pattern.
    #[inline]
    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PatternRef<'_, 'py> {
        self.pattern.bind(py)
    }

    /// Visits the reference that belongs to this value.
    #[inline]
    pub(crate) fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        match &self.tuple {
            Some(tuple) => visit.reference(tuple),
            None => visit.reference(&self.pattern),
        }
    }

    /// Gives up the reference.
    #[inline]
    pub(crate) fn release(self, py: Python<'_>) {
        match self.tuple {
            Some(tuple) => tuple.drop_ref(py),
            None => self.pattern.drop_ref(py),
        }
    }
}
