//! Errors of streams, and their exceptions.
//!
//! Work on a stream happens under a lock, where no exception may be made. Its errors are returned as a [`Failure`], which
//! is raised after the lock has been released.

#![forbid(unsafe_code)]

use crate::return_code::ReturnCode;
use cpython_api::exceptions::{PyEOFError, PyMemoryError, PyOverflowError, PyValueError};
use cpython_api::types::PyType;
use cpython_api::{Borrowed, OutOfMemory, PyErr};
use std::ffi::CStr;

/// Why a call fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// `zlib.error`: zlib's return code, its message if there is one, and what was being done.
    Zlib(ReturnCode, Option<&'static CStr>, &'static str),
    /// `zlib.error` with this text alone.
    Text(&'static str),
    /// `MemoryError`
    Memory(&'static str),
    /// `ValueError`
    Value(&'static str),
    /// `EOFError`
    Eof(&'static str),
    /// `OverflowError`
    Overflow(&'static str),
    /// The stream needs a dictionary that has not been read yet.
    NeedDictionary,
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::Memory("Unable to allocate output buffer.")
    }
}

impl Failure {
    /// Raises the exception; `zlib_error` is the module's own.
    #[cold]
    pub(crate) fn raise(self, zlib_error: Borrowed<'_, '_, PyType>) -> PyErr {
        let py = zlib_error.py();
        match self {
            Self::Zlib(ReturnCode::MemError, _, context) => {
                PyMemoryError::new_err(py, format_args!("Out of memory {context}"))
            }
            Self::Zlib(code, message, context) => raise_zlib(zlib_error, code, message, context),
            Self::NeedDictionary => raise_zlib(zlib_error, ReturnCode::NeedDict, None, "while decompressing data"),
            Self::Text(message) => PyErr::format(&zlib_error, format_args!("{message}")),
            Self::Memory(message) => PyMemoryError::new_err(py, message),
            Self::Value(message) => PyValueError::new_err(py, message),
            Self::Eof(message) => PyEOFError::new_err(py, message),
            Self::Overflow(message) => PyOverflowError::new_err(py, message),
        }
    }
}

fn raise_zlib(exception: Borrowed<'_, '_, PyType>, code: ReturnCode, message: Option<&CStr>, context: &str) -> PyErr {
    let exception = exception.to_any();
    let reason = match (message, code) {
        (Some(message), _) => message.to_str().unwrap_or_default(),
        (None, ReturnCode::BufError) => "incomplete or truncated stream",
        (None, ReturnCode::StreamError) => "inconsistent stream state",
        (None, ReturnCode::DataError) => "invalid input data",
        (None, _) => return PyErr::format(&exception, format_args!("Error {} {context}", code as i32)),
    };
    PyErr::format(&exception, format_args!("Error {} {context}: {reason:.200}", code as i32))
}
