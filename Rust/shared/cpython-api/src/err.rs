//! Exceptions, and the results that carry them.

use crate::exceptions::{ErrorMessage, ExceptionClass, PyBaseException, PySystemError};
use crate::{Borrowed, Bound, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::fmt;
use std::marker::PhantomData;

/// The proof that an exception is set on this thread.
///
/// The exception itself stays with the interpreter. A `PyErr` is propagated with `?` until [`entry`](crate::entry())
/// turns it into C's sentinel.
///
/// Raising takes one call, of the class:
///
/// ```no_run
/// # use cpython_api::{PyResult, Python};
/// # use cpython_api::exceptions::PyValueError;
/// fn checked(py: Python<'_>, level: i32) -> PyResult<i32> {
///     match level {
///         0..=9 => Ok(level),
///         _ => Err(PyValueError::new_err(py, format_args!("bad level: {level}"))),
///     }
/// }
/// ```
///
/// An error can be inspected, and is then either propagated or cleared:
///
/// ```no_run
/// # use cpython_api::{Bound, PyResult, exceptions::PyKeyError};
/// fn get<'py>(object: &Bound<'py>, key: &Bound<'py>) -> PyResult<Option<Bound<'py>>> {
///     match object.get_item(key) {
///         Ok(item) => Ok(Some(item)),
///         Err(error) if error.matches::<PyKeyError>(object.py()) => {
///             error.clear(object.py());
///             Ok(None)
///         }
///         Err(error) => Err(error),
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "an exception is set: hand it on, or clear it"]
pub struct PyErr {
    _not_send: PhantomData<*mut ()>,
}

/// A value, or an exception that is set.
pub type PyResult<T> = Result<T, PyErr>;

impl PyErr {
    /// Trusts the caller that an exception is set.
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
    pub(crate) fn new(exception: Borrowed<'_, '_>, message: &CStr) -> Self {
        // SAFETY: the thread is attached, the object is live, and the message ends in NUL. An object that is no exception
        // class raises SystemError.
        unsafe { ffi::PyErr_SetString(exception.as_ptr(), message.as_ptr()) };
        // SAFETY: one of the two is set now.
        unsafe { Self::already_set(exception.py()) }
    }

    /// Raises `exception` with a formatted message of any length.
    #[cold]
    pub fn format(exception: &Bound<'_>, message: fmt::Arguments<'_>) -> Self {
        Self::raise(exception, message)
    }

    /// Raises `exception` with a message of any length.
    #[cold]
    pub fn raise(exception: &Bound<'_>, message: impl ErrorMessage) -> Self {
        match message.to_object(exception.py()) {
            Ok(message) => Self::from_value(exception, &message),
            Err(error) => error,
        }
    }

    /// Raises `exception` with `value`: an instance of it, or the argument to make one.
    #[cold]
    #[inline]
    pub fn from_value(exception: &Bound<'_>, value: &Bound<'_>) -> Self {
        // SAFETY: both objects are live and the thread attached (invariants). An object that is no exception class raises
        // SystemError.
        unsafe { ffi::PyErr_SetObject(exception.as_ptr(), value.as_ptr()) };
        // SAFETY: one of the two is set now.
        unsafe { Self::already_set(exception.py()) }
    }

    /// Raises `MemoryError`. It cannot panic.
    #[inline]
    pub fn no_memory(py: Python<'_>) -> Self {
        // SAFETY: the thread is attached, as `py` proves.
        unsafe { raise_no_memory() };
        // SAFETY: the call sets an exception.
        unsafe { Self::already_set(py) }
    }

    /// Whether the exception is an instance of `E`.
    #[inline]
    pub fn matches<E: ExceptionClass>(&self, py: Python<'_>) -> bool {
        self.matches_object(&E::class(py))
    }

    /// Whether the exception is an instance of a class, or of one of a tuple of classes.
    #[inline]
    pub fn matches_object(&self, class: &Bound<'_>) -> bool {
        // SAFETY: the thread is attached, as the token of the live object proves.
        if unsafe { ffi::PyErr_Occurred() }.is_null() {
            return false;
        }
        // SAFETY: the thread is attached, the class is a live object, and an exception is set.
        unsafe { ffi::PyErr_ExceptionMatches(class.as_ptr()) != 0 }
    }

    /// Takes the exception: none is set after this.
    ///
    /// If no exception is set any more, because it has been taken or cleared through another `PyErr`, the result is a
    /// new `SystemError`.
    pub fn fetch(self, py: Python<'_>) -> Bound<'_, PyBaseException> {
        let raised = take(py).unwrap_or_else(|| {
            let _set: Self = PySystemError::new_err(py, "an error was returned without an exception");
            take(py).unwrap_or_else(|| unreachable!("an exception has just been set"))
        });
        // SAFETY: only instances of BaseException can be raised.
        unsafe { raised.cast_into_unchecked() }
    }

    /// Forgets the exception: none is set after this.
    #[inline]
    pub fn clear(self, _py: Python<'_>) {
        // SAFETY: the thread is attached, as the token proves.
        unsafe { ffi::PyErr_Clear() };
    }

    /// Raises an exception that has been [fetched](Self::fetch), with its traceback.
    #[inline]
    pub fn restore(exception: Bound<'_, PyBaseException>) -> Self {
        let py = exception.py();
        // SAFETY: the thread is attached, and the call takes over the reference to an exception.
        unsafe { ffi::PyErr_SetRaisedException(exception.into_ptr()) };
        // SAFETY: it has just been set.
        unsafe { Self::already_set(py) }
    }

    /// Raises a new exception with this one as its `__cause__`, as `raise new from this` does.
    pub fn chain(self, py: Python<'_>, raise: impl FnOnce() -> Self) -> Self {
        let cause = self.fetch(py);
        let raised = raise().fetch(py);
        raised.set_context(Some(&cause));
        raised.set_cause(Some(cause));
        Self::restore(raised)
    }

    /// Runs `body` while this exception is put aside. An exception of `body` replaces it.
    #[cold]
    pub fn set_aside(self, py: Python<'_>, body: impl FnOnce() -> PyResult<()>) -> Self {
        let raised = self.fetch(py);
        match body() {
            Ok(()) => Self::restore(raised),
            Err(error) => error,
        }
    }

    /// Hands the exception to `sys.unraisablehook`: none is set after this. `place` is part of the message.
    #[cold]
    pub fn write_unraisable(self, _py: Python<'_>, place: &CStr) {
        // SAFETY: the thread is attached, as the token proves; the format takes one C string, which is given.
        unsafe { ffi::PyErr_FormatUnraisable(c"Exception ignored in %s".as_ptr(), place.as_ptr()) };
    }

    /// Makes sure that C finds an exception where this one is returned: safe code may have cleared it by means of another
    /// value.
    #[inline]
    pub(crate) fn into_raised(self, py: Python<'_>) {
        // SAFETY: the thread is attached, as the token proves.
        if unsafe { ffi::PyErr_Occurred() }.is_null() {
            let _set: Self = PySystemError::new_err(py, "an error was returned without an exception");
        }
    }
}

/// It is `extern "C"` so that the compiler knows in every crate that nothing unwinds out of it.
///
/// # Safety
///
/// - The thread is attached.
#[cold]
#[inline(never)]
unsafe extern "C" fn raise_no_memory() {
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { ffi::PyErr_NoMemory() };
}

/// Takes the exception that is set, if one is.
pub(crate) fn take(py: Python<'_>) -> Option<Bound<'_>> {
    // SAFETY: the thread is attached, as the token proves.
    let raised = unsafe { ffi::PyErr_GetRaisedException() };
    // SAFETY: a new reference, or NULL when nothing is set.
    unsafe { Bound::from_owned_or_null(py, raised) }
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
