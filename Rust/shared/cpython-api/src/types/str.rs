//! `str`, whose characters nobody can change.

use crate::ffi_call::{infallible, new_reference, owned_or_err, ssize, status_or_err};
use crate::text::StrData;
use crate::types::python_type;
use crate::value::Value;
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::borrow::Cow;
use std::ffi::CStr;
use std::fmt;
use std::slice;

python_type! {
    /// `str`
    PyStr, "str", shim_PyUnicode_Check, shim_PyUnicode_CheckExact
}

impl PyStr {
    /// A `str` of UTF-8.
    #[inline]
    pub fn new<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, Self>> {
        // SAFETY: the thread is attached, as the token proves, and there are that many bytes.
        let object = unsafe { ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), ssize(text.len())) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// The interned `str`, for the names of attributes and keywords.
    #[inline]
    pub fn intern<'py>(py: Python<'py>, text: &CStr) -> PyResult<Bound<'py, Self>> {
        let object = new_reference!(py, PyUnicode_InternFromString(text))?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// `chr(ordinal)`
    #[inline]
    pub fn from_ordinal(py: Python<'_>, ordinal: i32) -> PyResult<Bound<'_, Self>> {
        let object = new_reference!(py, PyUnicode_FromOrdinal(ordinal))?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A `str` of 32-bit `wchar_t`s, lone surrogates included; `ValueError` above U+10FFFF, with C's message.
    pub fn from_wide<'py>(py: Python<'py>, characters: &[u32]) -> PyResult<Bound<'py, Self>> {
        const { assert!(size_of::<ffi::wchar_t>() == 4, "wchar_t has another size") };
        // SAFETY: the thread is attached, as the token proves, and there are so many characters of that size.
        let object = unsafe { ffi::PyUnicode_FromWideChar(characters.as_ptr().cast(), ssize(characters.len())) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// `str(bytes, 'utf-16')`, or of UTF-32, in the byte order of the machine, or in another one.
    pub fn decode_utf<'py>(
        py: Python<'py>,
        bytes: &[u8],
        bits: u32,
        little_endian: Option<bool>,
    ) -> PyResult<Bound<'py, Self>> {
        let mut order = little_endian.map_or(0, |little| if little { -1 } else { 1 });
        let decode = if bits == 16 { ffi::PyUnicode_DecodeUTF16 } else { ffi::PyUnicode_DecodeUTF32 };
        // SAFETY: the thread is attached, as the token proves; there are that many bytes, and the order is written to a variable
        // of its type. NULL requests strict errors.
        let object = unsafe { decode(bytes.as_ptr().cast(), ssize(bytes.len()), std::ptr::null(), &mut order) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(py, object) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// A `str` of a formatted text of any length. Nothing is allocated by Rust.
    pub fn format<'py>(py: Python<'py>, text: fmt::Arguments<'_>) -> PyResult<Bound<'py, Self>> {
        if let Some(text) = text.as_str() {
            return Self::new(py, text);
        }
        let mut writer = Writer::new(py);
        if fmt::Write::write_fmt(&mut writer, text).is_err() && !writer.failed {
            return Err(crate::exceptions::PySystemError::new_err(py, "a value could not be formatted"));
        }
        writer.finish()
    }
}

/// How long a text is collected on the stack.
const SHORT: usize = 128;

/// Collects a text: a short one on the stack, and a longer one in memory of the interpreter.
///
/// # Invariants
///
/// - `writer` is one that has been neither finished nor discarded, or NULL.
/// - `failed` says that an exception of this writer is set.
/// - While `writer` is NULL, `short[..len]` is the text, in UTF-8.
struct Writer<'py> {
    short: [u8; SHORT],
    len: usize,
    writer: *mut ffi::PyUnicodeWriter,
    failed: bool,
    py: Python<'py>,
}

impl<'py> Writer<'py> {
    fn new(py: Python<'py>) -> Self {
        Self { short: [0; SHORT], len: 0, writer: std::ptr::null_mut(), failed: false, py }
    }

    /// Appends to what is in memory of the interpreter, after what has been on the stack until now.
    fn write_long(&mut self, part: &str) {
        if self.writer.is_null() {
            // SAFETY: the thread is attached, as the token proves.
            self.writer = unsafe { ffi::PyUnicodeWriter_Create(0) };
            if self.writer.is_null() {
                self.failed = true;
                return;
            }
            let short = self.short.as_ptr().cast();
            // SAFETY: a new writer, and that many bytes of UTF-8 (invariants).
            let status = unsafe { ffi::PyUnicodeWriter_WriteUTF8(self.writer, short, ssize(self.len)) };
            self.failed = status < 0;
        }
        if !self.failed {
            // SAFETY: a writer that has not been finished (invariants), and that many bytes of UTF-8.
            let status =
                unsafe { ffi::PyUnicodeWriter_WriteUTF8(self.writer, part.as_ptr().cast(), ssize(part.len())) };
            self.failed = status < 0;
        }
    }

    fn finish(mut self) -> PyResult<Bound<'py, PyStr>> {
        if self.failed {
            // SAFETY: the exception of the failed write is set (invariants).
            return Err(unsafe { PyErr::already_set(self.py) });
        }
        let object = if self.writer.is_null() {
            // SAFETY: the thread is attached, as the token proves, and there are that many bytes.
            unsafe { ffi::PyUnicode_FromStringAndSize(self.short.as_ptr().cast(), ssize(self.len)) }
        } else {
            let writer = std::mem::replace(&mut self.writer, std::ptr::null_mut());
            // SAFETY: a writer that has not been finished (invariants), and is forgotten.
            unsafe { ffi::PyUnicodeWriter_Finish(writer) }
        };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { owned_or_err(self.py, object) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { object.cast_into_unchecked() })
    }
}

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.failed {
            return Err(fmt::Error);
        }
        if self.writer.is_null()
            && let Some(place) = self.short.get_mut(self.len..).and_then(|free| free.get_mut(..part.len()))
        {
            place.copy_from_slice(part.as_bytes());
            self.len += part.len();
            return Ok(());
        }
        self.write_long(part);
        if self.failed { Err(fmt::Error) } else { Ok(()) }
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if !self.writer.is_null() {
            // SAFETY: a writer that has not been finished (invariants), and is not used any more.
            unsafe { ffi::PyUnicodeWriter_Discard(self.writer) };
        }
    }
}

impl<'py> Bound<'py, PyStr> {
    /// The characters, as CPython stores them.
    #[inline]
    pub fn data(&self) -> StrData<'_> {
        self.as_borrowed().data()
    }

    /// How many characters there are.
    #[inline]
    pub fn len(&self) -> usize {
        usize::try_from(infallible!(self.py(), PyUnicode_GetLength(self))).unwrap_or(0)
    }

    /// Whether all characters are ASCII, which the object knows.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        infallible!(self.py(), shim_PyUnicode_IS_ASCII(self)) != 0
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The characters as UTF-8, which the object keeps; `UnicodeEncodeError` when it has a lone surrogate.
    #[inline]
    pub fn to_str(&self) -> PyResult<&str> {
        let mut len = 0;
        // SAFETY: a live str and an attached thread (invariants); the length is written to a variable of its type.
        let start = unsafe { ffi::PyUnicode_AsUTF8AndSize(self.as_ptr(), &mut len) };
        if start.is_null() {
            // SAFETY: NULL comes with an exception.
            return Err(unsafe { PyErr::already_set(self.py()) });
        }
        // SAFETY: there are that many bytes, which nobody changes, and which live as long as the object.
        let bytes = unsafe { slice::from_raw_parts(start.cast::<u8>(), usize::try_from(len).unwrap_or(0)) };
        // SAFETY: CPython's encoder makes UTF-8.
        Ok(unsafe { std::str::from_utf8_unchecked(bytes) })
    }

    /// The characters as UTF-8, with U+FFFD in place of all when that fails.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match self.to_str() {
            Ok(text) => Cow::Borrowed(text),
            Err(error) => {
                error.clear(self.py());
                Cow::Borrowed("\u{fffd}")
            }
        }
    }

    /// `self + other`; `TypeError` when `other` is no `str`.
    #[inline]
    pub fn concat(&self, other: &Bound<'py, impl Sized>) -> PyResult<Bound<'py, PyStr>> {
        let text = new_reference!(self.py(), PyUnicode_Concat(self, other))?;
        // SAFETY: the call makes a str.
        Ok(unsafe { text.cast_into_unchecked() })
    }

    /// `self += other`, in place when nobody else has `self`; `SystemError` when `other` is no `str`.
    #[inline]
    pub fn append(self, other: &Bound<'py, impl Sized>) -> PyResult<Bound<'py, PyStr>> {
        let py = self.py();
        let mut whole = self.into_ptr();
        // SAFETY: the objects are live and the thread attached. The call takes over `whole` and leaves the result, or NULL.
        unsafe { ffi::PyUnicode_Append(&mut whole, other.as_ptr()) };
        // SAFETY: a new reference, or NULL with an exception set.
        let whole = unsafe { owned_or_err(py, whole) }?;
        // SAFETY: the call makes a str.
        Ok(unsafe { whole.cast_into_unchecked() })
    }

    /// Whether both have the same characters. It runs no Python code.
    #[inline]
    pub fn same_text(&self, other: &Bound<'py, PyStr>) -> PyResult<bool> {
        // SAFETY: two live strs and an attached thread (invariants).
        let status = unsafe { ffi::PyUnicode_Equal(self.as_ptr(), other.as_ptr()) };
        // SAFETY: -1 comes with an exception.
        unsafe { status_or_err(self.py(), status) }.map(|equal| equal != 0)
    }
}

impl Bound<'_> {
    /// The character of a `str`, not of a subclass, that has one. It cannot panic.
    #[inline]
    pub fn exact_character(&self) -> Option<u32> {
        u32::try_from(infallible!(self.py(), shim_PyUnicode_character(self))).ok()
    }

    /// The same if it is below U+0100.
    #[inline]
    pub fn latin1_character(&self) -> Option<u8> {
        u8::try_from(self.exact_character()?).ok()
    }
}

impl<'a> Borrowed<'a, '_, PyStr> {
    /// The characters, as CPython stores them, borrowed for as long as the object is.
    #[inline]
    pub fn data(self) -> StrData<'a> {
        match self.to_any().value() {
            Value::Str(data) => data,
            _ => unreachable!("the object is a str"),
        }
    }
}
