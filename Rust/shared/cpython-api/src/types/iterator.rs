//! Iterators.

use crate::types::{DerefToPyAny, PyTypeCheck};
use crate::{Bound, PyErr, PyResult};
use cpython_sys as ffi;
use std::ptr;

/// An iterator, of any class.
///
/// ```no_run
/// # use cpython_api::{Bound, PyResult};
/// fn total(iterable: &Bound<'_>) -> PyResult<f64> {
///     let mut sum = 0.0;
///     for item in iterable.iter()? {
///         sum += item?.as_f64()?;
///     }
///     Ok(sum)
/// }
/// ```
#[derive(Debug)]
pub struct PyIterator(());

impl DerefToPyAny for PyIterator {}

// SAFETY: the only method asks the object again whether it has a next item, as its class can change.
unsafe impl PyTypeCheck for PyIterator {
    const NAME: &'static str = "iterator";
    #[inline]
    fn check(object: &Bound<'_>) -> bool {
        crate::ffi_call::infallible!(object.py(), PyIter_Check(object)) != 0
    }
}

impl<'py> Iterator for Bound<'py, PyIterator> {
    type Item = PyResult<Bound<'py>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let mut item = ptr::null_mut();
        // SAFETY: the object is live and the thread attached (invariants). An object that is no iterator any more is refused
        // with an exception. The item is written to a variable of its type.
        let status = unsafe { ffi::PyIter_NextItem(self.as_ptr(), &mut item) };
        if status < 0 {
            // SAFETY: -1 comes with an exception.
            return Some(Err(unsafe { PyErr::already_set(self.py()) }));
        }
        // SAFETY: a new reference, or NULL at the end.
        unsafe { Bound::from_owned_or_null(self.py(), item) }.map(Ok)
    }
}
