//! `dict`
//!
//! Another thread may change a dict at any time, so every item that comes out of one is a reference of one's own.

use crate::ffi_call::{infallible, new_reference, owned_or_err, ssize, status, status_or_err};
use crate::types::list::take_tail;
use crate::types::{PyList, python_type};
use crate::{Bound, PyResult, Python};
use cpython_sys as ffi;
use std::ptr;

python_type! {
    /// `dict`
    ///
    /// Its own methods are called here, whatever a subclass has.
    PyDict, "dict", shim_PyDict_Check, shim_PyDict_CheckExact
}

/// The keys of a dict, its values, and how many there are.
pub type Snapshot<'py, const N: usize> = ([Option<Bound<'py>>; N], [Option<Bound<'py>>; N], usize);

impl PyDict {
    /// An empty dict.
    #[inline]
    pub fn new(py: Python<'_>) -> PyResult<Bound<'_, Self>> {
        let dict = new_reference!(py, PyDict_New())?;
        // SAFETY: the call makes a dict.
        Ok(unsafe { dict.cast_into_unchecked() })
    }
}

impl PyDict {
    /// A dict of the keys and values in turn from `start` on, which leave `items`. It is fastest when all keys are
    /// exact `str`s.
    ///
    /// # Panics
    ///
    /// When there is a key without a value.
    #[inline]
    pub fn from_tail<'py>(py: Python<'py>, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<Bound<'py, Self>> {
        let (tail, pairs) = take_pairs(items, start);
        // SAFETY: the thread is attached, as the token proves. The call takes over two references for each pair.
        let dict = unsafe { ffi::shim_dict_from_owned(tail, pairs) };
        // SAFETY: a new reference, or NULL with an exception set.
        let dict = unsafe { owned_or_err(py, dict) }?;
        // SAFETY: the call makes a dict.
        Ok(unsafe { dict.cast_into_unchecked() })
    }
}

/// As [`take_tail`], for pairs.
#[inline]
fn take_pairs(items: &mut Vec<Bound<'_>>, start: usize) -> (*mut *mut ffi::PyObject, ffi::Py_ssize_t) {
    assert!(items[start..].len().is_multiple_of(2), "a key without a value");
    let (tail, count) = take_tail(items, start);
    (tail, ssize(count / 2))
}

impl<'py> Bound<'py, PyDict> {
    /// Moves the keys and values in turn from `start` on out of `items` and into the dict; they are given up when that fails.
    ///
    /// # Panics
    ///
    /// When there is a key without a value.
    #[inline]
    pub fn update_from_tail(&self, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<()> {
        let (tail, pairs) = take_pairs(items, start);
        // SAFETY: a live dict and an attached thread (invariants). The call takes over two references for each pair.
        let status = unsafe { ffi::shim_dict_set_owned(self.as_ptr(), tail, pairs) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), status) }.map(drop)
    }

    /// `dict[key]`; `None` when there is no such key.
    #[inline]
    pub fn get_item(&self, key: &Bound<'py, impl Sized>) -> PyResult<Option<Bound<'py>>> {
        let mut found = ptr::null_mut();
        // SAFETY: both objects are live and the thread attached (invariants); the result is written to a variable of its type.
        let status = unsafe { ffi::PyDict_GetItemRef(self.as_ptr(), key.as_ptr(), &mut found) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), status) }?;
        // SAFETY: a new reference, or NULL when there is none.
        Ok(unsafe { Bound::from_owned_or_null(self.py(), found) })
    }

    /// `dict[key] = value`
    #[inline]
    pub fn set_item(&self, key: &Bound<'py, impl Sized>, value: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyDict_SetItem(self, key, value)).map(drop)
    }

    /// `del dict[key]`
    #[inline]
    pub fn del_item(&self, key: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyDict_DelItem(self, key)).map(drop)
    }

    /// `key in dict`
    #[inline]
    pub fn contains_key(&self, key: &Bound<'py, impl Sized>) -> PyResult<bool> {
        status!(self.py(), PyDict_Contains(self, key)).map(|found| found != 0)
    }

    /// `dict.setdefault(key, default)`
    #[inline]
    pub fn set_default(&self, key: &Bound<'py, impl Sized>, default: &Bound<'py, impl Sized>) -> PyResult<Bound<'py>> {
        let mut value = ptr::null_mut();
        // SAFETY: the objects are live and the thread attached (invariants); the result is written to a variable of its type.
        let status = unsafe { ffi::PyDict_SetDefaultRef(self.as_ptr(), key.as_ptr(), default.as_ptr(), &mut value) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), status) }?;
        // SAFETY: without an exception, a new reference.
        unsafe { owned_or_err(self.py(), value) }
    }

    /// `dict.clear()`, which may run any Python code.
    #[inline]
    pub fn clear(&self) {
        infallible!(self.py(), PyDict_Clear(self));
    }

    /// `len(dict)`
    #[inline]
    pub fn len(&self) -> usize {
        usize::try_from(infallible!(self.py(), PyDict_Size(self))).unwrap_or(0)
    }

    /// Whether there are no items.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `dict.copy()`
    #[inline]
    pub fn copy(&self) -> PyResult<Bound<'py, PyDict>> {
        let copy = new_reference!(self.py(), PyDict_Copy(self))?;
        // SAFETY: the call makes a dict.
        Ok(unsafe { copy.cast_into_unchecked() })
    }

    /// `dict.update(other)`, of another dict.
    #[inline]
    pub fn update(&self, other: &Bound<'py, PyDict>) -> PyResult<()> {
        status!(self.py(), PyDict_Update(self, other)).map(drop)
    }

    /// The keys and the values as they are at one moment, and how many there are; `None` when there are more than `N`.
    #[inline]
    pub fn snapshot<const N: usize>(&self) -> Option<Snapshot<'py, N>> {
        let (mut keys, mut values) = ([const { None }; N], [const { None }; N]);
        // SAFETY: a live dict and an attached thread (invariants). An `Option<Bound>` is a pointer to an object or NULL (`Bound` is
        // transparent), and there is room for `N` of each.
        let count = unsafe {
            ffi::shim_dict_snapshot(self.as_ptr(), keys.as_mut_ptr().cast(), values.as_mut_ptr().cast(), ssize(N))
        };
        usize::try_from(count).ok().map(|count| (keys, values, count))
    }

    /// `list(dict.items())`: pairs as they are at one moment.
    #[inline]
    pub fn items(&self) -> PyResult<Bound<'py, PyList>> {
        let items = new_reference!(self.py(), shim_dict_item_list(self))?;
        // SAFETY: the call makes a list.
        Ok(unsafe { items.cast_into_unchecked() })
    }

    /// `list(dict)`
    #[inline]
    pub fn keys(&self) -> PyResult<Bound<'py, PyList>> {
        let keys = new_reference!(self.py(), PyDict_Keys(self))?;
        // SAFETY: the call makes a list.
        Ok(unsafe { keys.cast_into_unchecked() })
    }
}
