//! Errors of calls, and their exceptions, which are raised after the lock of the object has been released.

#![forbid(unsafe_code)]

use crate::stream::Error;
use cpython_api::exceptions::{PyEOFError, PyMemoryError, PyOSError, PyRuntimeError, PyValueError};
use cpython_api::{OutOfMemory, PyErr, Python};

/// Why a call fails.
#[derive(Debug)]
pub(crate) enum CallError {
    /// An error of the stream.
    Stream(Error),
    /// There is no memory for the first block of output.
    FirstBlock,
    /// There is no memory for another block of output, or for all blocks in one.
    OutputMemory,
    /// `compress()` after `flush()`.
    Flushed,
    /// `flush()` after `flush()`.
    RepeatedFlush,
    /// `decompress()` after the end of the stream.
    Ended,
    /// `decompress()` after an error.
    Failed,
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Stream(error)
    }
}

/// An error of [`cpython_api::BlockOutput`] that has a first block.
impl From<OutOfMemory> for CallError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutputMemory
    }
}

impl CallError {
    /// Raises the exception.
    #[doc(alias = "catch_bz2_error")]
    #[cold]
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Stream(Error::Memory) | Self::FirstBlock => PyErr::no_memory(py),
            Self::Stream(Error::Data) => PyOSError::new_err(py, "Invalid data stream"),
            Self::Stream(Error::Sequence) => {
                PyRuntimeError::new_err(py, "Internal error - Invalid sequence of commands sent to libbzip2")
            }
            Self::OutputMemory => PyMemoryError::new_err(py, "Unable to allocate output buffer."),
            Self::Flushed => PyValueError::new_err(py, "Compressor has been flushed"),
            Self::RepeatedFlush => PyValueError::new_err(py, "Repeated call to flush()"),
            Self::Ended => PyEOFError::new_err(py, "End of stream already reached"),
            Self::Failed => PyValueError::new_err(py, "Decompressor is unusable after a previous error"),
        }
    }
}
