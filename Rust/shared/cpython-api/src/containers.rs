//! Lists, tuples and dicts.
//!
//! What is taken out of a container is an owned reference: another thread may change any list or dict at any time, and
//! also the lock of a critical section can be given up half way. Items are lent for as long as the container is locked to
//! those alone who vouch for doing nothing that gives up the lock.

#![expect(clippy::multiple_unsafe_ops_per_block, reason = "moves to the modules that use it")]

use crate::ffi_call::{new_reference, owned_or_err, ssize, status, status_or_err};
use crate::types::{PyDict, PyList, PyTuple};
use crate::value::{Batch, Value};
use crate::{Borrowed, Bound, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::ops::ControlFlow;
use std::ptr;

/// Makes a list of the items from `start` on, which leave `items`.
#[inline]
pub fn list_from_end<'py>(py: Python<'py>, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<Bound<'py>> {
    let count = ssize(items[start..].len());
    // SAFETY: as for `list_append_from_end`.
    unsafe {
        items.set_len(start);
        owned_or_err(py, ffi::shim_list_from_owned(items.as_mut_ptr().add(start).cast(), count))
    }
}

/// Moves the items from `start` on to the end of a list, which is exactly that.
///
/// # Panics
///
/// When it is none.
#[inline]
pub fn list_append_from_end<'py>(list: Borrowed<'_, 'py>, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<()> {
    let count = ssize(items[start..].len());
    // SAFETY: the items are forgotten here before they are given up there, whatever happens; they stay where they are
    // in the memory of the vector. A Bound is a pointer to an object (`repr(transparent)`).
    unsafe {
        assert!(ffi::shim_PyList_CheckExact(list.as_ptr()) != 0, "no list");
        items.set_len(start);
        let tail = items.as_mut_ptr().add(start).cast();
        status_or_err(list.py(), ffi::shim_list_append_owned(list.as_ptr(), tail, count)).map(drop)
    }
}

/// `list.append(item)`
#[inline]
pub fn list_append(list: Borrowed<'_, '_>, item: Borrowed<'_, '_>) -> PyResult<()> {
    // An object that is no list is refused by the call.
    status!(list.py(), PyList_Append(list, item)).map(drop)
}

/// `list.sort()`
#[inline]
pub fn list_sort(list: Borrowed<'_, '_>) -> PyResult<()> {
    status!(list.py(), PyList_Sort(list)).map(drop)
}

/// The item of a list at an index; `None` after the end.
#[inline]
pub fn list_get<'py>(list: Borrowed<'_, 'py>, index: usize) -> PyResult<Option<Bound<'py>>> {
    Ok(list.cast::<PyList>()?.get_item(index))
}

/// A tuple of two.
#[inline]
pub fn tuple_of_two<'py>(first: Bound<'py>, second: Bound<'py>) -> PyResult<Bound<'py>> {
    let py = first.py();
    PyTuple::pack(py, [first, second]).map(Bound::into_any)
}

/// A tuple of one.
#[inline]
pub fn tuple_of_one(item: Bound<'_>) -> PyResult<Bound<'_>> {
    let py = item.py();
    PyTuple::pack(py, [item]).map(Bound::into_any)
}

/// The items of a tuple that has two; `None` for anything else.
#[inline]
pub fn two_items<'py>(tuple: Borrowed<'_, 'py>) -> Option<(Bound<'py>, Bound<'py>)> {
    let (py, mut first, mut second) = (tuple.py(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: the object is live and the thread attached (invariants).
    let found = unsafe { ffi::shim_tuple_two_items(tuple.as_ptr(), &mut first, &mut second) };
    // SAFETY: a new reference when the object is such a tuple, and NULL as before if not.
    let first = unsafe { Bound::from_owned_or_null(py, first) };
    // SAFETY: as above.
    let second = unsafe { Bound::from_owned_or_null(py, second) };
    if found == 0 { None } else { first.zip(second) }
}

/// A list or tuple with the items of any iterable: itself, or a new list.
#[derive(Debug)]
pub struct FastSequence<'py> {
    // Invariant: an exact list, or an exact tuple.
    object: Bound<'py>,
    is_list: bool,
}

impl<'py> FastSequence<'py> {
    /// The items of `iterable`; `message` is that of the `TypeError` for what is none.
    #[inline]
    pub fn new(iterable: Borrowed<'_, 'py>, message: &CStr) -> PyResult<Self> {
        // SAFETY: the object is live, the thread attached, and the text ends in NUL.
        unsafe {
            let object = owned_or_err(iterable.py(), ffi::PySequence_Fast(iterable.as_ptr(), message.as_ptr()))?;
            let is_list = ffi::shim_PyList_CheckExact(object.as_ptr()) != 0;
            Ok(Self { object, is_list })
        }
    }

    /// Whether there is nothing in it now.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // SAFETY: a live list or tuple, whose length can always be asked for.
        unsafe { ffi::PySequence_Size(self.object.as_ptr()) == 0 }
    }

    /// Shows `visit` the next items from `index` on, which counts them, until it breaks off, or behind one that is not a
    /// scalar. Returns whether there may be more.
    ///
    /// # Safety
    ///
    /// - `visit` runs no Python code, makes no object, gives up no reference, waits for no lock, and stays attached.
    #[inline]
    pub unsafe fn read<R>(
        &self,
        index: &mut usize,
        batch: &mut Batch,
        mut visit: impl for<'a> FnMut(Borrowed<'a, 'py>, Value<'a>) -> ControlFlow<R>,
    ) -> ControlFlow<R, bool> {
        let object = self.object.as_borrowed();
        let mut done = 0;
        // SAFETY: a live list or tuple (invariant); the batch has the room that it says, and so many values are filled.
        // The items are lent for the call of `visit`: nobody takes one out of a tuple, and who takes one out of a list
        // has its lock, which nothing gives up meanwhile, as the caller vouches for `visit`.
        unsafe {
            let mut read = || {
                let (values, room) = batch.room();
                let start = ssize(*index);
                let count =
                    ffi::shim_locked_list_items(object.as_ptr(), start, values, ssize(room), &mut done) as usize;
                for place in 0..count {
                    let (item, value) = batch.get(object.py(), place);
                    *index += 1;
                    visit(item, value)?;
                }
                ControlFlow::Continue(done == 0)
            };
            if self.is_list { object.with_critical_section(read) } else { read() }
        }
    }
}

/// How far a dict has been read.
#[derive(Debug, Default)]
pub struct DictPosition {
    next: ffi::Py_ssize_t,
    done: bool,
}

/// Shows `visit` the next keys and values of a dict, until it breaks off, or behind a value that is not a scalar. Returns
/// whether there may be more.
///
/// The dict is read as it is: one that changes between calls can give anything that was in it.
///
/// # Safety
///
/// - As for [`FastSequence::read`].
#[inline]
pub unsafe fn dict_read<'py, R>(
    dict: Borrowed<'_, 'py>,
    position: &mut DictPosition,
    batch: &mut Batch,
    mut visit: impl for<'a> FnMut((Borrowed<'a, 'py>, Value<'a>), (Borrowed<'a, 'py>, Value<'a>)) -> ControlFlow<R>,
) -> ControlFlow<R, bool> {
    if position.done {
        return ControlFlow::Continue(false);
    }
    let py = dict.py();
    let (mut next, mut done) = (position.next, 0);
    // SAFETY: the object is live, and locked; what is no dict has no items. The batch has room for half as many pairs as
    // values, and so many are filled. What is lent lives for the call of `visit`, as in `FastSequence::read`.
    unsafe {
        dict.with_critical_section(|| {
            let (values, room) = batch.room();
            let pairs =
                ffi::shim_locked_dict_items(dict.as_ptr(), &mut next, values, ssize(room / 2), &mut done) as usize;
            for pair in 0..pairs {
                position.next = batch.next(2 * pair);
                visit(batch.get(py, 2 * pair), batch.get(py, 2 * pair + 1))?;
            }
            // When it breaks off, there may be more, as whatever is done then may add to the dict.
            position.done = done != 0;
            ControlFlow::Continue(!position.done)
        })
    }
}

/// As [`PyDict::new`].
#[inline]
pub fn dict_new(py: Python<'_>) -> PyResult<Bound<'_>> {
    PyDict::new(py).map(Bound::into_any)
}

/// Makes a dict of the keys and values in turn from `start` on, which leave `items`.
#[inline]
pub fn dict_from_end<'py>(py: Python<'py>, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<Bound<'py>> {
    let pairs = pairs_from(items, start);
    // SAFETY: as for `dict_update_from_end`.
    unsafe {
        items.set_len(start);
        owned_or_err(py, ffi::shim_dict_from_owned(items.as_mut_ptr().add(start).cast(), ssize(pairs)))
    }
}

#[inline]
fn pairs_from(items: &[Bound<'_>], start: usize) -> usize {
    let pairs = items.len().saturating_sub(start) / 2;
    assert_eq!(start + pairs * 2, items.len(), "a key without a value");
    pairs
}

/// Moves the keys and values in turn from `start` on out of `items` and into a dict.
#[inline]
pub fn dict_update_from_end<'py>(dict: Borrowed<'_, 'py>, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<()> {
    let pairs = pairs_from(items, start);
    // SAFETY: the items are forgotten here before they are given up there, whatever happens; they stay where they are
    // in the memory of the vector. A Bound is a pointer to an object (`repr(transparent)`).
    unsafe {
        items.set_len(start);
        let tail = items.as_mut_ptr().add(start).cast();
        status_or_err(dict.py(), ffi::shim_dict_set_owned(dict.as_ptr(), tail, ssize(pairs))).map(drop)
    }
}

/// `dict[key] = value`
#[inline]
pub fn dict_set(dict: Borrowed<'_, '_>, key: Borrowed<'_, '_>, value: Borrowed<'_, '_>) -> PyResult<()> {
    // An object that is no dict is refused by the call.
    status!(dict.py(), PyDict_SetItem(dict, key, value)).map(drop)
}

/// `del dict[key]`
#[inline]
pub fn dict_delete(dict: Borrowed<'_, '_>, key: Borrowed<'_, '_>) -> PyResult<()> {
    status!(dict.py(), PyDict_DelItem(dict, key)).map(drop)
}

/// `key in dict`
#[inline]
pub fn dict_contains<'py>(dict: Borrowed<'_, 'py>, key: Borrowed<'_, 'py>) -> PyResult<bool> {
    dict.cast::<PyDict>()?.contains_key(&key)
}

/// `dict.setdefault(key, key)`: the equal key that came first.
#[inline]
pub fn dict_intern<'py>(dict: Borrowed<'_, 'py>, key: &Bound<'py>) -> PyResult<Bound<'py>> {
    dict.cast::<PyDict>()?.set_default(key, key)
}

/// `len(dict)`, of a dict or a subclass, which is not asked.
#[inline]
pub fn dict_len(dict: Borrowed<'_, '_>) -> PyResult<usize> {
    Ok(dict.cast::<PyDict>()?.len())
}

/// `list(mapping.items())`; the type of an exact dict is not asked.
#[inline]
pub fn mapping_items<'py>(mapping: Borrowed<'_, 'py>) -> PyResult<Bound<'py, PyList>> {
    if let Some(dict) = mapping.cast_exact::<PyDict>() {
        return dict.items();
    }
    let items = new_reference!(mapping.py(), PyMapping_Items(mapping))?;
    // SAFETY: the call makes a list.
    Ok(unsafe { items.cast_into_unchecked() })
}

/// `sequence * count`
#[inline]
pub fn sequence_repeat<'py>(sequence: Borrowed<'_, 'py>, count: isize) -> PyResult<Bound<'py>> {
    sequence.repeat(count)
}
