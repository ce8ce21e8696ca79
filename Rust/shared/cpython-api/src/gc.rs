//! The collector: how objects and modules show it what they own.

use crate::{Lock, Py, RawLock, StripedLock};
use cpython_sys as ffi;
use std::ffi::{c_int, c_void};
use std::marker::PhantomData;

/// Whether a traversal goes on. It stops when the collector's function returns a value other than 0: propagate that
/// with `?`.
pub type Traversal = Result<(), Stop>;

/// The value other than 0 with which the collector ends a traversal.
#[derive(Clone, Copy, Debug)]
pub struct Stop(c_int);

impl Stop {
    #[inline]
    pub(crate) fn into_raw(self) -> c_int {
        self.0
    }
}

/// The result of a traversal as C has it.
#[inline]
pub(crate) fn into_raw(traversal: Traversal) -> c_int {
    traversal.map_or_else(Stop::into_raw, |()| 0)
}

/// Takes the references that an object owns, one after the other.
///
/// ```no_run
/// # use cpython_api::{InstanceData, Py, Python, Traversal, Visit};
/// struct Pair {
///     first: Py,
///     second: Option<Py>,
/// }
///
/// impl InstanceData for Pair {
///     fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
///         visit.reference(&self.first)?;
///         visit.references(&self.second)
///     }
///
///     fn release(self, py: Python<'_>) {
///         self.first.drop_ref(py);
///         self.second.map(|second| second.drop_ref(py));
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Visit<'a> {
    visit: ffi::visitproc,
    argument: *mut c_void,
    _collection: PhantomData<&'a ()>,
}

impl Visit<'_> {
    /// Takes the two arguments of `tp_traverse`.
    ///
    /// # Safety
    ///
    /// - `visit` can be called with an object and `argument` for as long as this value lives.
    /// - Every other thread is stopped or detached for as long, as in each call of `tp_traverse` on a free-threaded build.
    #[inline]
    pub(crate) unsafe fn from_raw(visit: ffi::visitproc, argument: *mut c_void) -> Self {
        Self { visit, argument, _collection: PhantomData }
    }

    /// A reference that the object owns.
    #[inline]
    pub fn reference<T>(&mut self, owned: &Py<T>) -> Traversal {
        // SAFETY: the object is live (invariant of `Py`).
        unsafe { self.pointer(owned.as_ptr()) }
    }

    /// References that the object owns, any number of them.
    #[inline]
    pub fn references<'r, T: 'r>(&mut self, owned: impl IntoIterator<Item = &'r Py<T>>) -> Traversal {
        owned.into_iter().try_for_each(|owned| self.reference(owned))
    }

    /// References in a value that a lock protects. `visit` gets the value, unless a thread was stopped while it held the lock: then the collector
    /// takes the references that are not shown to it for references from outside, and keeps the objects alive.
    ///
    /// ```no_run
    /// # use cpython_api::{InstanceData, Py, PyMutex, Python, Traversal, Visit};
    /// struct Cell(PyMutex<Option<Py>>);
    ///
    /// impl InstanceData for Cell {
    ///     fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
    ///         visit.locked(&self.0, |visit, value| visit.references(value))
    ///     }
    ///
    ///     fn clear(&self, py: Python<'_>) {
    ///         // The guard is a temporary: the lock is released before the reference is.
    ///         let value = self.0.lock(py).take();
    ///         value.map(|value| value.drop_ref(py));
    ///     }
    ///
    ///     fn release(self, py: Python<'_>) {
    ///         self.0.into_inner().map(|value| value.drop_ref(py));
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn locked<R: RawLock, T>(
        &mut self,
        lock: &Lock<R, T>,
        visit: impl FnOnce(&mut Self, &T) -> Traversal,
    ) -> Traversal {
        // SAFETY: a `Visit` exists only during a traversal, and `from_raw` was promised that no other thread runs then.
        match unsafe { lock.value_while_stopped() } {
            Some(value) => visit(self, value),
            None => Ok(()),
        }
    }

    /// Takes what is in a [`StripedLock`], as for [`locked`](Self::locked).
    #[inline]
    pub fn striped<T, S>(
        &mut self,
        lock: &StripedLock<T, S>,
        visit: impl FnOnce(&mut Self, &T) -> Traversal,
    ) -> Traversal {
        // SAFETY: a `Visit` exists only during a traversal, and `from_raw` was promised that no other thread runs then.
        match unsafe { lock.value_while_stopped() } {
            Some(value) => visit(self, value),
            None => Ok(()),
        }
    }

    /// Calls the `visitproc` of the collector for `object`.
    ///
    /// # Safety
    ///
    /// - `object` is live.
    #[inline]
    pub(crate) unsafe fn pointer(&mut self, object: *mut ffi::PyObject) -> Traversal {
        let Some(visit) = self.visit else { return Ok(()) };
        // SAFETY: the function takes a live object and this argument (the promise of `from_raw`).
        match unsafe { visit(object, self.argument) } {
            0 => Ok(()),
            stop => Err(Stop(stop)),
        }
    }
}
