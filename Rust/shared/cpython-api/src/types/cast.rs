//! From a handle of any object to one of a type.

use crate::exceptions::PyTypeError;
use crate::types::{ExactCheck, PyTypeCheck};
use crate::{Borrowed, Bound, PyErr};

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

impl<'py> Bound<'py> {
    /// This object as one of a type, not of a subclass.
    #[inline]
    pub fn cast_exact<T: ExactCheck>(&self) -> Option<&Bound<'py, T>> {
        if !T::check_exact(self) {
            return None;
        }
        let typed: *const Self = self;
        // SAFETY: the handle of every type is a pointer to an object and nothing else (`repr(transparent)`), and the
        // object is of this type.
        Some(unsafe { &*typed.cast() })
    }

    /// Whether this object is of a type, and not of a subclass.
    #[inline]
    pub fn is_exact_instance_of<T: ExactCheck>(&self) -> bool {
        T::check_exact(self)
    }
}
