//! The built-in exceptions: how they are raised, and their instances.
//!
//! Every class is a type of its own, so that raising is one call and matching names the class:
//! `PyValueError::new_err(py, "bad value")`, `error.matches::<PyKeyError>(py)`, `object.cast::<PyOSError>()`.

use crate::ffi_call::status_or_err;
use crate::types::{DerefToPyAny, PyStr, PyTypeCheck};
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::fmt;

/// A class of exceptions that exists in every interpreter.
pub trait ExceptionClass: Sized {
    /// The class.
    fn class(py: Python<'_>) -> Borrowed<'_, '_>;
}

/// A value that can be the message of an exception.
pub trait ErrorMessage {
    /// The message as an object.
    fn to_object(self, py: Python<'_>) -> PyResult<Bound<'_, PyStr>>;
}

/// A literal is copied as it is, which takes less time than formatting it.
impl ErrorMessage for &str {
    #[inline]
    fn to_object(self, py: Python<'_>) -> PyResult<Bound<'_, PyStr>> {
        PyStr::new(py, self)
    }
}

impl ErrorMessage for fmt::Arguments<'_> {
    #[inline]
    fn to_object(self, py: Python<'_>) -> PyResult<Bound<'_, PyStr>> {
        PyStr::format(py, self)
    }
}

/// A message that is a `str` object already.
impl ErrorMessage for &Bound<'_, PyStr> {
    #[inline]
    fn to_object(self, py: Python<'_>) -> PyResult<Bound<'_, PyStr>> {
        Ok(self.clone().unbind().into_bound(py))
    }
}

macro_rules! exceptions {
    ($($name:ident $c_name:ident $doc:literal)*) => {$(
        #[doc = concat!("`", $doc, "`")]
        #[derive(Debug)]
        pub struct $name(());

        impl $name {
            /// Raises the exception with a message of any length.
            ///
            /// When there is no memory for the message, `MemoryError` is raised instead.
            #[cold]
            pub fn new_err(py: Python<'_>, message: impl ErrorMessage) -> PyErr {
                PyErr::raise(&Self::class(py), message)
            }

            /// Raises the exception with the arguments of the call that makes the instance: one object, or a tuple of all.
            #[cold]
            pub fn from_args(arguments: &Bound<'_>) -> PyErr {
                PyErr::from_value(&Self::class(arguments.py()), arguments)
            }

            /// Raises the exception with `prefix`, which is UTF-8, and at most `limit` bytes of the name that C has of the type of
            /// `object`, as in C's `"%.80s"`.
            #[cold]
            pub fn with_type_name(prefix: &CStr, object: &Bound<'_>, limit: u16) -> PyErr {
                let py = object.py();
                let class = Self::class(py).as_ptr();
                // SAFETY: both objects are live and the thread attached (invariants), and the text ends in NUL.
                unsafe { ffi::shim_PyErr_Format_type(class, prefix.as_ptr(), object.as_ptr(), limit.into()) };
                // SAFETY: the call has set it, or another.
                unsafe { PyErr::already_set(py) }
            }

            /// Raises the exception with `prefix`, which is UTF-8, and the `repr` of `object`, which may run any Python code.
            #[cold]
            pub fn with_repr(prefix: &CStr, object: &Bound<'_>) -> PyErr {
                let py = object.py();
                // SAFETY: both objects are live and the thread attached (invariants), and the text ends in NUL.
                unsafe { ffi::shim_PyErr_Format_repr(Self::class(py).as_ptr(), prefix.as_ptr(), object.as_ptr()) };
                // SAFETY: the call has set it, or another.
                unsafe { PyErr::already_set(py) }
            }
        }

        impl ExceptionClass for $name {
            #[inline]
            fn class(py: Python<'_>) -> Borrowed<'_, '_> {
                // SAFETY: the interpreter, which runs as the token proves, sets this static before any code runs and never
                // changes it.
                let class = unsafe { ffi::$c_name };
                // SAFETY: not NULL, as above; the built-in exception classes are immortal.
                unsafe { Borrowed::from_ptr(py, class) }
            }
        }

        impl DerefToPyAny for $name {}

        // SAFETY: the check is that of the class itself.
        unsafe impl PyTypeCheck for $name {
            const NAME: &'static str = $doc;
            #[inline]
            fn check(object: &Bound<'_>) -> bool {
                object.is_instance_of_class(&Self::class(object.py()))
            }
        }
    )*}
}

/// Issues a warning of the class `W`, which names the line of the caller; an error if the filters turn it into an exception.
#[cold]
pub fn warn<W: ExceptionClass>(py: Python<'_>, message: impl ErrorMessage) -> PyResult<()> {
    let message = message.to_object(py)?;
    // SAFETY: both objects are live, and the thread is attached, as the token proves; the format takes one object, which is given.
    let status = unsafe { ffi::PyErr_WarnFormat(W::class(py).as_ptr(), 1, c"%U".as_ptr(), message.as_ptr()) };
    // SAFETY: -1 comes with an exception.
    unsafe { status_or_err(py, status) }.map(drop)
}

exceptions! {
    PyArithmeticError PyExc_ArithmeticError "ArithmeticError"
    PyAttributeError PyExc_AttributeError "AttributeError"
    PyBaseException PyExc_BaseException "BaseException"
    PyBufferError PyExc_BufferError "BufferError"
    PyDeprecationWarning PyExc_DeprecationWarning "DeprecationWarning"
    PyEOFError PyExc_EOFError "EOFError"
    PyException PyExc_Exception "Exception"
    PyFutureWarning PyExc_FutureWarning "FutureWarning"
    PyImportError PyExc_ImportError "ImportError"
    PyIndexError PyExc_IndexError "IndexError"
    PyKeyError PyExc_KeyError "KeyError"
    PyLookupError PyExc_LookupError "LookupError"
    PyMemoryError PyExc_MemoryError "MemoryError"
    PyNotImplementedError PyExc_NotImplementedError "NotImplementedError"
    PyOSError PyExc_OSError "OSError"
    PyOverflowError PyExc_OverflowError "OverflowError"
    PyRecursionError PyExc_RecursionError "RecursionError"
    PyReferenceError PyExc_ReferenceError "ReferenceError"
    PyRuntimeError PyExc_RuntimeError "RuntimeError"
    PyRuntimeWarning PyExc_RuntimeWarning "RuntimeWarning"
    PyStopIteration PyExc_StopIteration "StopIteration"
    PySystemError PyExc_SystemError "SystemError"
    PyTypeError PyExc_TypeError "TypeError"
    PyUnicodeDecodeError PyExc_UnicodeDecodeError "UnicodeDecodeError"
    PyUnicodeEncodeError PyExc_UnicodeEncodeError "UnicodeEncodeError"
    PyUnicodeError PyExc_UnicodeError "UnicodeError"
    PyValueError PyExc_ValueError "ValueError"
    PyZeroDivisionError PyExc_ZeroDivisionError "ZeroDivisionError"
}

impl<'py> Bound<'py, PyBaseException> {
    /// The exception that was being handled when this one was raised: `__context__`.
    pub fn context(&self) -> Option<Bound<'py>> {
        // SAFETY: an exception that is live, on an attached thread (invariants of `Bound`).
        let context = unsafe { ffi::PyException_GetContext(self.as_ptr()) };
        // SAFETY: a new reference, or NULL when there is none.
        unsafe { Bound::from_owned_or_null(self.py(), context) }
    }

    /// The exception that this one was raised from: `__cause__`.
    pub fn cause(&self) -> Option<Bound<'py>> {
        // SAFETY: an exception that is live, on an attached thread (invariants of `Bound`).
        let cause = unsafe { ffi::PyException_GetCause(self.as_ptr()) };
        // SAFETY: a new reference, or NULL when there is none.
        unsafe { Bound::from_owned_or_null(self.py(), cause) }
    }

    /// Sets `__context__`.
    pub fn set_context(&self, context: Option<&Bound<'py, PyBaseException>>) {
        let context = context.map_or(std::ptr::null_mut(), |context| context.clone().into_ptr());
        // SAFETY: an exception that is live, on an attached thread; the call takes over a reference to another, or NULL.
        unsafe { ffi::PyException_SetContext(self.as_ptr(), context) };
    }

    /// Sets `__cause__`, and with it `__suppress_context__`.
    pub fn set_cause(&self, cause: Option<Bound<'py, PyBaseException>>) {
        let cause = cause.map_or(std::ptr::null_mut(), Bound::into_ptr);
        // SAFETY: an exception that is live, on an attached thread; the call takes over a reference to another, or NULL.
        unsafe { ffi::PyException_SetCause(self.as_ptr(), cause) };
    }

    /// Adds a note, which is shown below the traceback.
    pub fn add_note(&self, note: impl fmt::Display) -> PyResult<()> {
        let note = crate::types::PyStr::format(self.py(), format_args!("{note}"))?;
        let name = crate::types::PyStr::intern(self.py(), c"add_note")?;
        self.call_method(&name, [&note]).map(drop)
    }
}
