//! The string that is searched.

use cpython_api::exceptions::{PyMemoryError, PyTypeError};
use cpython_api::types::{PyBytes, PyStr};
use cpython_api::{Borrowed, Bound, Buffer, PyErr, PyObject, PyResult, Python, StrData};

unsafe extern "C" {
    /// `PyUnicode_Substring`
    fn sre_substring(string: *mut PyObject, start: isize, end: isize) -> *mut PyObject;
}

/// A string, and its characters.
#[derive(Debug)]
pub(crate) struct Subject<'a, 'py> {
    object: Borrowed<'a, 'py>,
    characters: Characters<'a, 'py>,
}

#[derive(Debug)]
enum Characters<'a, 'py> {
    /// Those of a `str`.
    Str(StrData<'a>, Borrowed<'a, 'py, PyStr>),
    /// Those of a `bytes`.
    Bytes(&'a [u8]),
    /// A copy of another buffer, which is held to prevent a resize.
    Copy(Bound<'py, PyBytes>, Option<Buffer<'py>>),
}

/// A result of a C function, which is a new reference or NULL with an exception set.
///
/// # Safety
///
/// - `object` is that.
#[inline]
pub(crate) unsafe fn owned<'py>(py: Python<'py>, object: *mut PyObject) -> PyResult<Bound<'py>> {
    // SAFETY: a new reference, or NULL (the caller's promise).
    let object = unsafe { Bound::from_owned_or_null(py, object) };
    // SAFETY: NULL comes with an exception (the caller's promise).
    object.ok_or_else(|| unsafe { PyErr::already_set(py) })
}

/// A part of a `str`; the bounds are clipped to its length.
#[inline]
pub(crate) fn substring<'py>(string: Borrowed<'_, 'py, PyStr>, start: usize, end: usize) -> PyResult<Bound<'py>> {
    // SAFETY: a live str and an attached thread.
    let part = unsafe { sre_substring(string.as_ptr(), start as isize, end as isize) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned(string.py(), part) }
}

/// The number of characters.
#[inline]
pub(crate) fn len(characters: StrData<'_>) -> usize {
    match characters {
        StrData::Ucs1(units) => units.len(),
        StrData::Ucs2(units) => units.len(),
        StrData::Ucs4(units) => units.len(),
    }
}

#[cold]
fn wrong_type(object: Borrowed<'_, '_>) -> PyErr {
    let class = match object.get_type().c_name() {
        Ok(class) => class,
        Err(error) => return error,
    };
    let class = class.to_string_lossy();
    let class = class.char_indices().nth(200).map_or(&*class, |(end, _)| &class[..end]);
    PyTypeError::new_err(object.py(), format_args!("expected string or bytes-like object, got '{class}'"))
}

/// The buffer of an object that is neither `str` nor `bytes`.
pub(crate) fn buffer_of<'py>(object: Borrowed<'_, 'py>) -> PyResult<Buffer<'py>> {
    Buffer::of(&object).map_err(|error| {
        // The allocation for the view is an addition of this module, whose failure must not become a TypeError.
        if error.matches::<PyMemoryError>(object.py()) {
            return error;
        }
        error.clear(object.py());
        wrong_type(object)
    })
}

impl<'a, 'py> Subject<'a, 'py> {
    /// The characters of a `str`, or of an object that has a buffer.
    #[inline(always)]
    pub(crate) fn new(object: Borrowed<'a, 'py>) -> PyResult<Self> {
        if let Some(subject) = Self::in_place(object) {
            return Ok(subject);
        }
        let buffer = buffer_of(object)?;
        let copy = PyBytes::new(object.py(), &buffer.input()?)?;
        Ok(Self { object, characters: Characters::Copy(copy, Some(buffer)) })
    }

    /// The characters of a `str` or `bytes` object, which do not have to be copied; `None` for other objects.
    #[inline(always)]
    pub(crate) fn in_place(object: Borrowed<'a, 'py>) -> Option<Self> {
        let characters = match object.cast_borrowed::<PyStr>() {
            Some(string) => Characters::Str(string.data(), string),
            None if object.is_exact_instance_of::<PyBytes>() => Characters::Bytes(object.bytes_contents()?),
            None => return None,
        };
        Some(Self { object, characters })
    }

    /// A string of the type that the pattern matches: bytes-like, `str`, or either.
    #[inline]
    pub(crate) fn for_pattern(object: Borrowed<'a, 'py>, is_bytes: Option<bool>) -> PyResult<Self> {
        let subject = Self::new(object)?;
        let wrong = match (subject.is_bytes(), is_bytes) {
            (true, Some(false)) => "cannot use a string pattern on a bytes-like object",
            (false, Some(true)) => "cannot use a bytes pattern on a string-like object",
            _ => return Ok(subject),
        };
        Err(PyTypeError::new_err(object.py(), wrong))
    }

    /// A string whose buffer has already been copied.
    #[inline]
    pub(crate) fn with_copy(object: Borrowed<'a, 'py>, copy: Bound<'py, PyBytes>) -> Self {
        Self { object, characters: Characters::Copy(copy, None) }
    }

    /// The copy and the buffer, from which the subject can be created again.
    #[inline]
    pub(crate) fn into_copy(self) -> Option<(Bound<'py, PyBytes>, Option<Buffer<'py>>)> {
        match self.characters {
            Characters::Copy(copy, buffer) => Some((copy, buffer)),
            _ => None,
        }
    }

    /// The string.
    #[inline]
    pub(crate) fn object(&self) -> Borrowed<'a, 'py> {
        self.object
    }

    /// Whether it is bytes-like and not a `str`.
    #[inline]
    pub(crate) fn is_bytes(&self) -> bool {
        !matches!(self.characters, Characters::Str(..))
    }

    /// The characters.
    #[inline]
    pub(crate) fn characters(&self) -> StrData<'_> {
        match &self.characters {
            Characters::Str(characters, _) => *characters,
            Characters::Bytes(bytes) => StrData::Ucs1(bytes),
            Characters::Copy(copy, _) => StrData::Ucs1(copy.as_bytes()),
        }
    }

    /// The number of characters.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        len(self.characters())
    }

    /// The position, clipped to the length of the text.
    #[inline]
    pub(crate) fn clip(&self, position: isize) -> usize {
        usize::try_from(position).unwrap_or(0).min(self.len())
    }

    /// A part, as a `str` or `bytes`.
    #[inline]
    pub(crate) fn slice(&self, start: usize, end: usize) -> PyResult<Bound<'py>> {
        let py = self.object.py();
        let bytes = match &self.characters {
            Characters::Str(_, string) => return substring(*string, start, end),
            Characters::Bytes(bytes) if start == 0 && end == bytes.len() => return Ok(self.object.to_owned()),
            Characters::Bytes(bytes) => bytes,
            Characters::Copy(copy, _) => copy.as_bytes(),
        };
        PyBytes::new(py, bytes.get(start..end).unwrap_or_default()).map(Bound::into_any)
    }
}
