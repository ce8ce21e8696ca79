//! What can go wrong, and the exception that it becomes, raised when no lock is held any more.

use crate::stream::Error;
use cpython_api::{ExceptionType, OutOfMemory, PyErr, Python};
use std::ffi::CStr;

/// Why nothing came of a call.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The stream's own error.
    Stream(Error),
    /// An exception with a text.
    Text(ExceptionType, &'static CStr),
    /// An exception that is already set.
    Set(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Stream(error)
    }
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::Text(ExceptionType::MemoryError, c"Unable to allocate output buffer.")
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Set(error)
    }
}

impl Failure {
    /// Raises the exception.
    #[cold]
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        let (exception, message) = match self {
            Self::Set(error) => return error,
            Self::Text(exception, message) => (exception, message),
            Self::Stream(Error::Memory) => return PyErr::no_memory(py),
            Self::Stream(Error::Data) => (ExceptionType::OsError, c"Invalid data stream"),
            Self::Stream(Error::Sequence) => {
                (ExceptionType::RuntimeError, c"Internal error - Invalid sequence of commands sent to libbzip2")
            }
        };
        PyErr::new(exception.bind(py), message)
    }
}
