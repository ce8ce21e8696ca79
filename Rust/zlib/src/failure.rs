//! What can go wrong, and the exception that it becomes.
//!
//! Work on a stream happens under a lock, where no exception may be made; so it comes back as a [`Failure`], and is
//! raised when the lock has been given up.

use cpython_api::{Borrowed, ExceptionType, OutOfMemory, PyErr, PyObject, Python, raw_free, raw_malloc};
use std::ffi::{CStr, c_uint, c_void};

use crate::stream::{Memory, ReturnCode};

/// Why nothing came of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// `zlib.error`: zlib's result, its message if it left one, and what was being done.
    Zlib(ReturnCode, Option<&'static CStr>, &'static str),
    /// `zlib.error` with nothing but this text.
    Text(&'static CStr),
    /// `MemoryError`
    Memory(&'static CStr),
    /// `ValueError`
    Value(&'static CStr),
    /// `EOFError`
    Eof(&'static CStr),
    /// `OverflowError`
    Overflow(&'static CStr),
    /// The stream needs a dictionary that is not at hand, and can go on when it has one.
    NeedDictionary,
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::Memory(c"Unable to allocate output buffer.")
    }
}

impl Failure {
    /// Raises the exception; `zlib_error` is the module's own.
    #[cold]
    pub(crate) fn raise(self, py: Python<'_>, zlib_error: Borrowed<'_, '_>) -> PyErr {
        let (exception, message) = match self {
            Self::Zlib(ReturnCode::MemError, _, context) => {
                let exception = ExceptionType::MemoryError.bind(py);
                return PyErr::format(exception, format_args!("Out of memory {context}"));
            }
            Self::Zlib(code, message, context) => return raise_zlib(zlib_error, code, message, context),
            Self::NeedDictionary => {
                return raise_zlib(zlib_error, ReturnCode::NeedDict, None, "while decompressing data");
            }
            Self::Text(message) => return PyErr::new(zlib_error, message),
            Self::Memory(message) => (ExceptionType::MemoryError, message),
            Self::Value(message) => (ExceptionType::ValueError, message),
            Self::Eof(message) => (ExceptionType::EofError, message),
            Self::Overflow(message) => (ExceptionType::OverflowError, message),
        };
        PyErr::new(exception.bind(py), message)
    }
}

fn raise_zlib(exception: Borrowed<'_, '_>, code: ReturnCode, message: Option<&CStr>, context: &str) -> PyErr {
    let reason = match (message, code) {
        (Some(message), _) => message.to_str().unwrap_or_default(),
        (None, ReturnCode::BufError) => "incomplete or truncated stream",
        (None, ReturnCode::StreamError) => "inconsistent stream state",
        (None, ReturnCode::DataError) => "invalid input data",
        (None, _) => return PyErr::format(exception, format_args!("Error {} {context}", code as i32)),
    };
    PyErr::format(exception, format_args!("Error {} {context}: {reason:.200}", code as i32))
}

/// CPython's raw memory: it can be asked for while detached, and `tracemalloc` sees it.
pub(crate) const MEMORY: Memory = {
    extern "C" fn zalloc(_opaque: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
        match (items as usize).checked_mul(size as usize) {
            Some(bytes) => raw_malloc(bytes),
            None => std::ptr::null_mut(),
        }
    }
    unsafe extern "C" fn zfree(_opaque: *mut c_void, memory: *mut c_void) {
        // SAFETY: zlib gives back what it got from `zalloc`, once.
        unsafe { raw_free(memory) }
    }
    // SAFETY: the raw allocator does as the contract says, on any thread, and the argument is not looked at.
    unsafe { Memory::new(zalloc, zfree) }
};

/// `zlib.error`, as the module's state has it.
///
/// # Safety
///
/// - `error` is NULL, or the exception that the state of a module holds which lives for all of the call from Python.
pub(crate) unsafe fn borrow_error<'py>(py: Python<'py>, error: *mut PyObject) -> Borrowed<'py, 'py> {
    // SAFETY: handed on.
    match unsafe { Borrowed::from_borrowed_or_null(py, error) } {
        Some(error) => error,
        // The collector has cleared the module, and only a finaliser can still be calling it.
        None => ExceptionType::SystemError.bind(py),
    }
}
