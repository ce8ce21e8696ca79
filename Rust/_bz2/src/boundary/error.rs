//! Errors of calls, and their exceptions, which are raised after the lock of the object has been released.

use crate::stream::Error;
use cpython_api::{ExceptionType, OutOfMemory, PyErr, Python};
use std::ffi::CStr;

/// Why a call fails.
#[derive(Debug)]
pub(crate) enum CallError {
    /// An error of the stream.
    Stream(Error),
    /// An exception with a message.
    Exception(ExceptionType, &'static CStr),
    /// An exception that has been raised.
    Raised(PyErr),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Stream(error)
    }
}

impl From<OutOfMemory> for CallError {
    fn from(_: OutOfMemory) -> Self {
        Self::Exception(ExceptionType::MemoryError, c"Unable to allocate output buffer.")
    }
}

impl From<PyErr> for CallError {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl CallError {
    /// Raises the exception.
    #[doc(alias = "catch_bz2_error")]
    #[cold]
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        let (exception, message) = match self {
            Self::Raised(error) => return error,
            Self::Exception(exception, message) => (exception, message),
            Self::Stream(Error::Memory) => return PyErr::no_memory(py),
            Self::Stream(Error::Data) => (ExceptionType::OsError, c"Invalid data stream"),
            Self::Stream(Error::Sequence) => {
                (ExceptionType::RuntimeError, c"Internal error - Invalid sequence of commands sent to libbzip2")
            }
        };
        PyErr::new(exception.bind(py), message)
    }
}
