//! `list`
//!
//! Another thread may change a list at any time, so every item that comes out of one is a reference of one's own.

use crate::ffi_call::{infallible, new_reference, owned_or_err, ssize, status};
use crate::types::{PyTuple, python_type};
use crate::{Bound, PyResult, Python};
use cpython_sys as ffi;
use std::ops::Range;

python_type! {
    /// `list`
    ///
    /// Its own methods are called here, whatever a subclass has.
    PyList, "list", shim_PyList_Check, shim_PyList_CheckExact
}

/// A machine number, by its code in the `struct` module with standard sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NumberKind {
    /// `i8`
    I8 = b'b',
    /// `u8`
    U8 = b'B',
    /// `i16`
    I16 = b'h',
    /// `u16`
    U16 = b'H',
    /// `i32`
    I32 = b'i',
    /// `u32`
    U32 = b'I',
    /// `i64`
    I64 = b'q',
    /// `u64`
    U64 = b'Q',
    /// `f32`
    F32 = b'f',
    /// `f64`
    F64 = b'd',
}

impl NumberKind {
    /// How many bytes it has.
    pub const fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }
}

impl PyList {
    /// An empty list.
    #[inline]
    pub fn empty(py: Python<'_>) -> PyResult<Bound<'_, Self>> {
        let list = new_reference!(py, PyList_New(0_isize))?;
        // SAFETY: the call makes a list.
        Ok(unsafe { list.cast_into_unchecked() })
    }

    /// A list of the items from `start` on, which leave `items`.
    ///
    /// # Panics
    ///
    /// When `start` is more than there are.
    #[inline]
    pub fn from_tail<'py>(py: Python<'py>, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<Bound<'py, Self>> {
        let (tail, count) = take_tail(items, start);
        // SAFETY: the thread is attached, as the token proves. The call takes over `count` references.
        let list = unsafe { ffi::shim_list_from_owned(tail, ssize(count)) };
        // SAFETY: a new reference, or NULL with an exception set.
        let list = unsafe { owned_or_err(py, list) }?;
        // SAFETY: the call makes a list.
        Ok(unsafe { list.cast_into_unchecked() })
    }

    /// A list of numbers, of which `bytes` are the bytes in the order of the machine.
    ///
    /// # Panics
    ///
    /// When the bytes are not a whole number of numbers.
    pub fn of_numbers<'py>(py: Python<'py>, bytes: &[u8], kind: NumberKind) -> PyResult<Bound<'py, Self>> {
        let size = kind.size();
        assert!(bytes.len().is_multiple_of(size), "not a whole number of numbers");
        let count = ssize(bytes.len() / size);
        // SAFETY: the thread is attached, as the token proves, and there are that many numbers of this size.
        let list = unsafe { ffi::shim_list_of_numbers(bytes.as_ptr().cast(), count, kind as u8 as std::ffi::c_char) };
        // SAFETY: a new reference, or NULL with an exception set.
        let list = unsafe { owned_or_err(py, list) }?;
        // SAFETY: the call makes a list.
        Ok(unsafe { list.cast_into_unchecked() })
    }

    /// A list of the items.
    pub fn new<'py>(
        py: Python<'py>,
        items: impl IntoIterator<Item = PyResult<Bound<'py>>>,
    ) -> PyResult<Bound<'py, Self>> {
        let list = Self::empty(py)?;
        for item in items {
            list.append(&item?)?;
        }
        Ok(list)
    }
}

impl<'py> Bound<'py, PyList> {
    /// `list.append(item)`
    #[inline]
    pub fn append(&self, item: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyList_Append(self, item)).map(drop)
    }

    /// Appends the items from `start` on, which leave `items`, also when that fails.
    ///
    /// # Panics
    ///
    /// When `start` is more than there are.
    #[inline]
    pub fn append_tail(&self, items: &mut Vec<Bound<'py>>, start: usize) -> PyResult<()> {
        let (tail, count) = take_tail(items, start);
        // SAFETY: a live list and an attached thread (invariants). The call takes over `count` references.
        let status = unsafe { ffi::shim_list_append_owned(self.as_ptr(), tail, ssize(count)) };
        // SAFETY: -1 comes with an exception.
        unsafe { crate::ffi_call::status_or_err(self.py(), status) }.map(drop)
    }

    /// `list[index]`; `None` past the end. It runs no Python code.
    #[inline]
    pub fn get_item(&self, index: usize) -> Option<Bound<'py>> {
        // SAFETY: a live list and an attached thread (invariants); the index is not negative.
        let item = unsafe { ffi::shim_list_item(self.as_ptr(), ssize(index)) };
        // SAFETY: a new reference, or NULL past the end.
        unsafe { Bound::from_owned_or_null(self.py(), item) }
    }

    /// `list[index] = item`; `IndexError` past the end.
    #[inline]
    pub fn set_item(&self, index: usize, item: Bound<'py>) -> PyResult<()> {
        let (py, item) = (self.py(), item.into_ptr());
        // SAFETY: a live list and an attached thread (invariants); the call takes over the reference, also when it fails.
        let status = unsafe { ffi::PyList_SetItem(self.as_ptr(), ssize(index), item) };
        // SAFETY: -1 comes with an exception.
        unsafe { crate::ffi_call::status_or_err(py, status) }.map(drop)
    }

    /// `list.insert(index, item)`; an index past the end is that of the end.
    #[inline]
    pub fn insert(&self, index: usize, item: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), shim_list_insert(self, ssize(index), item)).map(drop)
    }

    /// `list.pop()`; `None` when the list is empty.
    #[inline]
    pub fn pop(&self) -> PyResult<Option<Bound<'py>>> {
        self.with_critical_section(|| {
            let Some(last) = self.len().checked_sub(1) else { return Ok(None) };
            let item = self.get_item(last);
            self.del_slice(last..last + 1)?;
            Ok(item)
        })
    }

    /// `del list[range.start:range.end]`
    #[inline]
    pub fn del_slice(&self, range: Range<usize>) -> PyResult<()> {
        let nothing = None::<&Bound<'py>>;
        status!(self.py(), PyList_SetSlice(self, ssize(range.start), ssize(range.end), nothing)).map(drop)
    }

    /// `list.extend(iterable)`. It may run any Python code.
    #[inline]
    pub fn extend(&self, iterable: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PyList_Extend(self, iterable)).map(drop)
    }

    /// `list.sort()`. It may run any Python code.
    #[inline]
    pub fn sort(&self) -> PyResult<()> {
        status!(self.py(), PyList_Sort(self)).map(drop)
    }

    /// `len(list)`
    #[inline]
    pub fn len(&self) -> usize {
        usize::try_from(infallible!(self.py(), PyList_Size(self))).unwrap_or(0)
    }

    /// Whether there are no items.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `tuple(list)`
    #[inline]
    pub fn as_tuple(&self) -> PyResult<Bound<'py, PyTuple>> {
        // SAFETY: a live list and an attached thread (invariants).
        let tuple = unsafe { ffi::PyList_AsTuple(self.as_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        let tuple = unsafe { owned_or_err(self.py(), tuple) }?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// The items, by index, as the iterator of a list gives them: those that are there when their turn comes.
    #[inline]
    pub fn items(&self) -> impl Iterator<Item = Bound<'py>> + '_ {
        (0..).map_while(|index| self.get_item(index))
    }
}

/// Takes the items from `start` on out of `items`: a pointer to the references, for a call that takes them over, and their
/// number. They are where they were, in the memory of the vector, until that is used again.
#[inline]
pub(crate) fn take_tail(items: &mut Vec<Bound<'_>>, start: usize) -> (*mut *mut ffi::PyObject, usize) {
    let tail = &mut items[start..];
    // A Bound is a pointer to an object (`repr(transparent)`).
    let (pointer, count) = (tail.as_mut_ptr().cast(), tail.len());
    // SAFETY: there are at least `start` items. Those after it are forgotten here, and belong to the caller.
    unsafe { items.set_len(start) };
    (pointer, count)
}
