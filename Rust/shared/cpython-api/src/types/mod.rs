//! The types of Python objects, one file each: what can be asked of a [`Bound`] of it.
//!
//! A type here is only a name for the compiler, as in `Bound<'py, PyDict>`; it has no values. [`Bound::cast`] looks at an
//! object and gives the typed handle.

mod any;
mod bool;
mod bytes;
mod capsule;
mod cast;
mod complex;
mod dict;
mod float;
mod int;
mod iterator;
mod list;
mod memoryview;
mod module;
mod sequence_builder;
mod set;
mod slice;
mod str;
mod tuple;
mod r#type;
mod weakref;

pub use any::{CompareOp, PyAny};
pub use bool::PyBool;
pub(crate) use bytes::shrink as bytes_shrink;
pub use bytes::{PyByteArray, PyBytes};
pub use capsule::PyCapsule;
pub use cast::CastError;
pub use complex::PyComplex;
pub use dict::{PyDict, Snapshot};
pub use float::PyFloat;
pub use int::{IntoPyInt, PyInt};
pub use iterator::PyIterator;
pub use list::{NumberKind, PyList};
pub use memoryview::PyMemoryView;
pub use module::PyModule;
pub use sequence_builder::SequenceBuilder;
pub use set::{PyAnySet, PyFrozenSet, PySet};
pub use slice::{PySlice, SliceIndices, UnpackedSlice};
pub use str::PyStr;
pub use tuple::PyTuple;
pub use r#type::PyType;
pub use weakref::PyWeakref;

use crate::Bound;

/// A type whose handles are handles of any object, too. All are but [`PyAny`] itself.
pub trait DerefToPyAny {}

/// A type to which an object can be cast.
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

pub(crate) use python_type;
