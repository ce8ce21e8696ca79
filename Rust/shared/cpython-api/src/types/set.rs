//! `set` and `frozenset`

use crate::ffi_call::{infallible, new_reference, status};
use crate::types::python_type;
use crate::{Bound, PyResult, Python};

python_type! {
    /// `set`
    PySet, "set", shim_PySet_Check
}

python_type! {
    /// `frozenset`, which nobody can change.
    PyFrozenSet, "frozenset", shim_PyFrozenSet_Check
}

python_type! {
    /// `set` or `frozenset`
    PyAnySet, "set or frozenset", shim_PyAnySet_Check
}

impl PySet {
    /// `set(iterable)`, or `set()`.
    #[inline]
    pub fn new<'py>(py: Python<'py>, iterable: Option<&Bound<'py>>) -> PyResult<Bound<'py, Self>> {
        let set = new_reference!(py, PySet_New(iterable))?;
        // SAFETY: the call makes a set.
        Ok(unsafe { set.cast_into_unchecked() })
    }
}

impl PyFrozenSet {
    /// `frozenset(iterable)`, or `frozenset()`.
    #[inline]
    pub fn new<'py>(py: Python<'py>, iterable: Option<&Bound<'py>>) -> PyResult<Bound<'py, Self>> {
        let set = new_reference!(py, PyFrozenSet_New(iterable))?;
        // SAFETY: the call makes a frozenset.
        Ok(unsafe { set.cast_into_unchecked() })
    }
}

impl<'py> Bound<'py, PySet> {
    /// `set.add(item)`
    #[inline]
    pub fn add(&self, item: &Bound<'py, impl Sized>) -> PyResult<()> {
        status!(self.py(), PySet_Add(self, item)).map(drop)
    }

    /// `set.discard(item)`; whether it was there.
    #[inline]
    pub fn discard(&self, item: &Bound<'py, impl Sized>) -> PyResult<bool> {
        status!(self.py(), PySet_Discard(self, item)).map(|found| found != 0)
    }
}

macro_rules! of_both {
    ($($name:ident)*) => {$(
        impl<'py> Bound<'py, $name> {
            /// `item in set`
            #[inline]
            pub fn contains(&self, item: &Bound<'py, impl Sized>) -> PyResult<bool> {
                status!(self.py(), PySet_Contains(self, item)).map(|found| found != 0)
            }

            /// `len(set)`
            #[inline]
            pub fn len(&self) -> usize {
                usize::try_from(infallible!(self.py(), PySet_Size(self))).unwrap_or(0)
            }

            /// Whether there are no items.
            #[inline]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }
    )*}
}

of_both! { PySet PyFrozenSet PyAnySet }
