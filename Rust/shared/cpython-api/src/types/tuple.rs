//! `tuple`, which nobody can change.

use crate::ffi_call::{infallible, new_reference, ssize};
use crate::types::python_type;
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ptr;

python_type! {
    /// `tuple`
    PyTuple, "tuple", shim_PyTuple_Check, shim_PyTuple_CheckExact
}

impl PyTuple {
    /// A tuple of `len` items, each made by `item`.
    #[inline]
    pub fn new<'py>(
        py: Python<'py>,
        len: usize,
        mut item: impl FnMut(usize) -> PyResult<Bound<'py>>,
    ) -> PyResult<Bound<'py, Self>> {
        // The items come first: a tuple that lacks some must not be seen by the code that makes them.
        let mut items = Vec::new();
        items.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
        for index in 0..len {
            items.push(item(index)?);
        }
        Self::from_vec(py, items)
    }

    /// A tuple of the items.
    #[inline]
    pub fn from_vec<'py>(py: Python<'py>, mut items: Vec<Bound<'py>>) -> PyResult<Bound<'py, Self>> {
        let (start, len) = (items.as_mut_ptr(), items.len());
        // SAFETY: no items is always a length that the memory has. The call below takes over the references.
        unsafe { items.set_len(0) };
        // SAFETY: the thread is attached, as the token proves. There are `len` references at `start`, a Bound being a pointer
        // to an object (`repr(transparent)`); they are given up there, whatever happens, and no more used here.
        let tuple = unsafe { ffi::shim_tuple_from_owned(start.cast(), ssize(len)) };
        // SAFETY: a new reference, or NULL with an exception set.
        let tuple = unsafe { crate::ffi_call::owned_or_err(py, tuple) }?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// A tuple of a few items.
    #[inline]
    pub fn pack<'py, const N: usize>(py: Python<'py>, items: [Bound<'py>; N]) -> PyResult<Bound<'py, Self>> {
        let mut pointers = items.map(Bound::into_ptr);
        let tuple = match pointers.as_slice() {
            // The most frequent length, without a loop.
            // SAFETY: the thread is attached, as the token proves; the call takes over two references.
            &[first, second] => unsafe { ffi::shim_tuple_of_two(first, second) },
            // SAFETY: the thread is attached, as the token proves; the call takes over `N` references, also when it
            // fails.
            _ => unsafe { ffi::shim_tuple_from_owned(pointers.as_mut_ptr(), ssize(N)) },
        };
        // SAFETY: a new reference, or NULL with an exception set.
        let tuple = unsafe { crate::ffi_call::owned_or_err(py, tuple) }?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// A tuple of one item, made by `PyTuple_Pack()`: unlike other tuples, the collector does not track it if the item is of a type
    /// whose objects it does not track.
    #[inline]
    pub fn single<'py>(item: &Bound<'py>) -> PyResult<Bound<'py, Self>> {
        let tuple = new_reference!(item.py(), PyTuple_Pack(1_isize, item))?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// A tuple of two items, made in the same way.
    #[inline]
    pub fn pair<'py>(first: &Bound<'py>, second: &Bound<'py>) -> PyResult<Bound<'py, Self>> {
        let tuple = new_reference!(first.py(), PyTuple_Pack(2_isize, first, second))?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// A tuple of an object and of an int: where an input has been read to, beside what was read. Since CPython 3.15 the collector
    /// does not track it if the object is of a type whose objects it does not track.
    #[inline]
    pub fn with_int<'py>(object: Bound<'py>, int: isize) -> PyResult<Bound<'py, Self>> {
        let py = object.py();
        // SAFETY: the thread is attached, as the token proves; the call takes over the reference.
        let tuple = unsafe { ffi::rust_tuple_with_int(object.into_ptr(), int) };
        // SAFETY: a new reference, or NULL with an exception set.
        let tuple = unsafe { crate::ffi_call::owned_or_err(py, tuple) }?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// A tuple of the objects of a slice.
    #[inline]
    pub fn from_slice<'py>(py: Python<'py>, items: &[Borrowed<'_, 'py>]) -> PyResult<Bound<'py, Self>> {
        // SAFETY: the thread is attached, as the token proves. There are that many live objects; a `Borrowed` is a pointer to one
        // (`repr(transparent)`).
        let tuple = unsafe { ffi::shim_tuple_from_borrowed(items.as_ptr().cast(), ssize(items.len())) };
        // SAFETY: a new reference, or NULL with an exception set.
        let tuple = unsafe { crate::ffi_call::owned_or_err(py, tuple) }?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }

    /// `()`
    #[inline]
    pub fn empty(py: Python<'_>) -> PyResult<Bound<'_, Self>> {
        let tuple = new_reference!(py, PyTuple_New(0_isize))?;
        // SAFETY: the call makes a tuple.
        Ok(unsafe { tuple.cast_into_unchecked() })
    }
}

impl<'py> Bound<'py, PyTuple> {
    /// `len(tuple)`
    #[inline]
    pub fn len(&self) -> usize {
        usize::try_from(infallible!(self.py(), PyTuple_Size(self))).unwrap_or(0)
    }

    /// Whether there are no items.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `tuple[index]`; `None` past the end.
    #[inline]
    pub fn get_item(&self, index: usize) -> Option<Bound<'py>> {
        // SAFETY: a live tuple and an attached thread (invariants); the index is not negative.
        let item = unsafe { ffi::shim_tuple_item(self.as_ptr(), ssize(index)) };
        // SAFETY: a new reference, or NULL past the end.
        unsafe { Bound::from_owned_or_null(self.py(), item) }
    }

    /// The items of a tuple of two; `None` for any other number.
    #[inline]
    pub fn as_pair(&self) -> Option<(Bound<'py>, Bound<'py>)> {
        let (py, mut first, mut second) = (self.py(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: a live tuple and an attached thread (invariants); the items are written to variables of their type.
        unsafe { ffi::shim_tuple_two_items(self.as_ptr(), &mut first, &mut second) };
        // SAFETY: a new reference when there are two items, and NULL as before if not.
        let first = unsafe { Bound::from_owned_or_null(py, first) };
        // SAFETY: the second reference, or NULL, likewise.
        let second = unsafe { Bound::from_owned_or_null(py, second) };
        first.zip(second)
    }

    /// Reads the lower 32 bits of the items that are exactly `int`s from 0 to 2**60 - 1, up to the first that is none or while there is
    /// room for them, and returns how many it has read.
    #[inline]
    pub fn read_low_words(&self, words: &mut [u32]) -> usize {
        let items = self.as_slice();
        let count = ssize(items.len().min(words.len()));
        // SAFETY: there are that many live objects, a `Borrowed` being a pointer to one (`repr(transparent)`), and room for their
        // words. The thread is attached.
        let done = unsafe { ffi::shim_low_words(items.as_ptr().cast(), count, words.as_mut_ptr()) };
        usize::try_from(done).unwrap_or(0)
    }

    /// The items.
    #[inline]
    pub fn items(&self) -> impl Iterator<Item = Bound<'py>> + '_ {
        (0..).map_while(|index| self.get_item(index))
    }
}
