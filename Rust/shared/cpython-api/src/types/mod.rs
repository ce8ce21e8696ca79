//! The types of Python objects, one file each: what can be asked of a [`Bound`] of it.
//!
//! A type here is only a name for the compiler, as in `Bound<'py, PyDict>`; it has no values. [`Bound::cast`] looks at an
//! object and gives the typed handle.

mod any;
mod bool;
mod bytes;
mod capsule;
mod complex;
mod dict;
mod float;
mod int;
mod iterator;
mod list;
mod memoryview;
mod module;
mod set;
mod slice;
mod str;
mod tuple;
mod tuple_builder;
mod r#type;
mod weakref;

pub use any::{CompareOp, PyAny};
pub use bool::PyBool;
pub(crate) use bytes::shrink as bytes_shrink;
pub use bytes::{PyByteArray, PyBytes};
pub use capsule::PyCapsule;
pub use complex::PyComplex;
pub use dict::{PyDict, Snapshot};
pub use float::PyFloat;
pub use int::{IntoPyInt, PyInt};
pub use iterator::PyIterator;
pub use list::{NumberKind, PyList};
pub use memoryview::PyMemoryView;
pub use module::PyModule;
pub use set::{PyAnySet, PyFrozenSet, PySet};
pub use slice::{PySlice, SliceIndices, UnpackedSlice};
pub use str::PyStr;
pub use tuple::PyTuple;
pub use tuple_builder::TupleBuilder;
pub use r#type::PyType;
pub use weakref::PyWeakref;

use crate::exceptions::PyTypeError;
use crate::{Borrowed, Bound, PyErr};

/// A type whose handles are handles of any object, too. All are but [`PyAny`] itself.
pub trait DerefToPyAny {}

/// A type that an object can be asked for.
///
/// # Safety
///
/// - [`check`](Self::check) is true only of objects on which every method of the type's handles is sound, and stays so.
pub unsafe trait PyTypeCheck {
    /// The name of the type, for messages.
    const NAME: &'static str;
    /// Whether the object is of this type, or of a subclass.
    fn check(object: &Bound<'_>) -> bool;
}

/// The object is of another type.
///
/// As an exception it is `TypeError`: `expected dict, got list`.
#[derive(Debug)]
pub struct CastError<'a, 'py> {
    object: &'a Bound<'py>,
    expected: &'static str,
}

impl From<CastError<'_, '_>> for PyErr {
    #[cold]
    fn from(error: CastError<'_, '_>) -> Self {
        let py = error.object.py();
        let class = match error.object.get_type().name() {
            Ok(name) => name,
            Err(error) => return error,
        };
        let got = class.to_string_lossy();
        PyTypeError::new_err(py, format_args!("expected {}, got {got}", error.expected))
    }
}

impl<'py> Bound<'py> {
    /// This object as one of a type.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, PyResult, types::{PyDict, PyStr}};
    /// fn count<'py>(object: &Bound<'py>, key: &Bound<'py, PyStr>) -> PyResult<usize> {
    ///     let dict = object.cast::<PyDict>()?;
    ///     dict.set_item(key, key)?;
    ///     Ok(dict.len())
    /// }
    /// ```
    #[inline]
    pub fn cast<T: PyTypeCheck>(&self) -> Result<&Bound<'py, T>, CastError<'_, 'py>> {
        if !T::check(self) {
            return Err(CastError { object: self, expected: T::NAME });
        }
        let typed: *const Self = self;
        // SAFETY: the handle of every type is a pointer to an object and nothing else (`repr(transparent)`), and the object
        // is of this type.
        Ok(unsafe { &*typed.cast() })
    }

    /// This reference as one to an object of a type. An object of another type comes back as it was.
    #[inline]
    pub fn cast_into<T: PyTypeCheck>(self) -> Result<Bound<'py, T>, Self> {
        if !T::check(&self) {
            return Err(self);
        }
        // SAFETY: the object is of this type.
        Ok(unsafe { self.cast_into_unchecked() })
    }

    /// Whether this object is of a type, or of a subclass.
    #[inline]
    pub fn is_instance_of<T: PyTypeCheck>(&self) -> bool {
        T::check(self)
    }
}

impl<'a, 'py> Borrowed<'a, 'py> {
    /// This object as one of a type, borrowed for as long.
    #[inline]
    pub fn cast_borrowed<T: PyTypeCheck>(self) -> Option<Borrowed<'a, 'py, T>> {
        if !T::check(&self) {
            return None;
        }
        // SAFETY: the object is of this type.
        Some(unsafe { self.cast_unchecked() })
    }
}

/// Declares a type, its check, and the check for the very class.
macro_rules! python_type {
    ($(#[$doc:meta])* $name:ident, $python:literal, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(());

        impl $crate::types::DerefToPyAny for $name {}

        // SAFETY: the check is CPython's own, and the type of an object only changes to one with the same layout.
        unsafe impl $crate::types::PyTypeCheck for $name {
            const NAME: &'static str = $python;
            #[inline]
            fn check(object: &$crate::Bound<'_>) -> bool {
                $crate::ffi_call::infallible!(object.py(), $check(object)) != 0
            }
        }
    };
    ($(#[$doc:meta])* $name:ident, $python:literal, $check:ident, $exact:ident) => {
        $crate::types::python_type! { $(#[$doc])* $name, $python, $check }

        impl $crate::types::ExactCheck for $name {
            #[inline]
            fn check_exact(object: &$crate::Bound<'_>) -> bool {
                $crate::ffi_call::infallible!(object.py(), $exact(object)) != 0
            }
        }
    };
}

/// A type that can be distinguished from its subclasses.
pub trait ExactCheck: PyTypeCheck {
    /// Whether the object is of this very class.
    fn check_exact(object: &Bound<'_>) -> bool;
}

impl<'py> Bound<'py> {
    /// This object as one of a type, not of a subclass.
    #[inline]
    pub fn cast_exact<T: ExactCheck>(&self) -> Option<&Bound<'py, T>> {
        if !T::check_exact(self) {
            return None;
        }
        let typed: *const Self = self;
        // SAFETY: as for `cast`.
        Some(unsafe { &*typed.cast() })
    }

    /// Whether this object is of a type, and not of a subclass.
    #[inline]
    pub fn is_exact_instance_of<T: ExactCheck>(&self) -> bool {
        T::check_exact(self)
    }
}

pub(crate) use python_type;
