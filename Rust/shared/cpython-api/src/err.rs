//! Exceptions, and the results that carry them.

use crate::{Borrowed, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

/// The proof that an exception is set on this thread.
///
/// The exception itself stays with the interpreter. A `PyErr` is handed on with `?` until
/// [`entry`](crate::entry()) turns it into C's sentinel.
#[derive(Debug)]
#[must_use = "an exception is set: hand it on"]
pub struct PyErr {
    _not_send: PhantomData<*mut ()>,
}

/// A value, or an exception that is set.
pub type PyResult<T> = Result<T, PyErr>;

/// The exceptions of `builtins` that this layer and the modules raise.
#[derive(Clone, Copy, Debug)]
pub enum ExceptionType {
    /// `BufferError`
    BufferError,
    /// `EOFError`
    EofError,
    /// `MemoryError`
    MemoryError,
    /// `OSError`
    OsError,
    /// `OverflowError`
    OverflowError,
    /// `RuntimeError`
    RuntimeError,
    /// `StopIteration`
    StopIteration,
    /// `SystemError`
    SystemError,
    /// `TypeError`
    TypeError,
    /// `ValueError`
    ValueError,
}

impl ExceptionType {
    /// The type object.
    pub fn bind(self, py: Python<'_>) -> Borrowed<'_, '_> {
        // SAFETY: the interpreter, which is running, sets these statics before any code runs and never changes them.
        let object = unsafe {
            match self {
                Self::BufferError => ffi::PyExc_BufferError,
                Self::EofError => ffi::PyExc_EOFError,
                Self::MemoryError => ffi::PyExc_MemoryError,
                Self::OsError => ffi::PyExc_OSError,
                Self::OverflowError => ffi::PyExc_OverflowError,
                Self::RuntimeError => ffi::PyExc_RuntimeError,
                Self::StopIteration => ffi::PyExc_StopIteration,
                Self::SystemError => ffi::PyExc_SystemError,
                Self::TypeError => ffi::PyExc_TypeError,
                Self::ValueError => ffi::PyExc_ValueError,
            }
        };
        // SAFETY: the built-in exception types are immortal.
        let Some(object) = (unsafe { Borrowed::from_borrowed_or_null(py, object) }) else {
            unreachable!("the built-in exception types exist while an interpreter runs")
        };
        object
    }
}

impl PyErr {
    /// Takes the caller's word for it that an exception is set.
    ///
    /// # Safety
    ///
    /// - An exception is set on this thread: the C call that has just failed sets one.
    #[inline]
    pub unsafe fn already_set(_py: Python<'_>) -> Self {
        debug_assert!({
            // SAFETY: the thread is attached, as `_py` proves.
            !unsafe { ffi::PyErr_Occurred() }.is_null()
        });
        Self { _not_send: PhantomData }
    }

    /// Raises `exception` with `message`, which is UTF-8.
    #[cold]
    pub fn new(exception: Borrowed<'_, '_>, message: &CStr) -> Self {
        // SAFETY: the thread is attached, the object is live, and the message ends in NUL. What is not an exception
        // type makes a SystemError.
        unsafe {
            ffi::PyErr_SetString(exception.as_ptr(), message.as_ptr());
            Self::already_set(exception.py())
        }
    }

    /// Raises `exception` with a message that is made up on the spot and holds at most 511 bytes of it.
    #[cold]
    pub fn format(exception: Borrowed<'_, '_>, message: fmt::Arguments<'_>) -> Self {
        let mut text = Message::new();
        // Only a full buffer fails, and then what is there will do.
        let _ = text.write_fmt(message);
        Self::new(exception, text.as_c_str())
    }

    /// Raises `MemoryError`.
    #[cold]
    pub fn no_memory(py: Python<'_>) -> Self {
        // SAFETY: the thread is attached, as `py` proves, and the call sets an exception.
        unsafe {
            ffi::PyErr_NoMemory();
            Self::already_set(py)
        }
    }
}

/// A message in a fixed buffer, so that reporting an error allocates nothing in Rust.
///
/// # Invariants
///
/// - `text[..len]` is UTF-8 without NUL, and `text[len..]` is all NUL.
pub(crate) struct Message {
    text: [u8; 512],
    len: usize,
}

impl Message {
    pub(crate) const fn new() -> Self {
        Self { text: [0; 512], len: 0 }
    }

    pub(crate) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.text).unwrap_or_default()
    }
}

impl fmt::Write for Message {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for character in part.chars().filter(|character| *character != '\0') {
            // The last byte stays NUL.
            if self.len + character.len_utf8() >= self.text.len() {
                return Err(fmt::Error);
            }
            character.encode_utf8(&mut self.text[self.len..]);
            self.len += character.len_utf8();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Message;
    use std::fmt::Write as _;

    #[test]
    fn messages_are_cut_at_a_character_and_hold_no_nul() {
        let mut message = Message::new();
        assert!(write!(message, "a\0b{}", 7).is_ok());
        assert_eq!(message.as_c_str(), c"ab7");
        assert!(write!(message, "{}", "\u{e9}".repeat(400)).is_err());
        let text = message.as_c_str().to_str().expect("UTF-8");
        assert_eq!((text.len(), text.chars().last()), (511, Some('\u{e9}')));
    }
}
