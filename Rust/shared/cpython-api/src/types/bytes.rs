//! `bytes`, which is immutable, and `bytearray`, which is mutable.

use crate::buffer::bytes_start;
use crate::ffi_call::{infallible, new_reference};
use crate::types::python_type;
use crate::{Borrowed, Bound, OutBuf, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::mem::MaybeUninit;
use std::{ptr, slice};

python_type! {
    /// `bytes`
    PyBytes, "bytes", shim_PyBytes_Check, shim_PyBytes_CheckExact
}

python_type! {
    /// `bytearray`
    ///
    /// Other threads may write to its contents at any time, so they are only copied: see [`Buffer`](crate::Buffer).
    PyByteArray, "bytearray", shim_PyByteArray_Check
}

impl PyBytes {
    /// A copy of `contents`.
    #[inline]
    pub fn new<'py>(py: Python<'py>, contents: &[u8]) -> PyResult<Bound<'py, Self>> {
        // Objects of one byte are shared, which is one allocation less.
        let len = crate::ffi_call::ssize(contents.len());
        // SAFETY: the thread is attached, as the token proves, and there are `len` bytes to copy.
        let object = unsafe { ffi::PyBytes_FromStringAndSize(contents.as_ptr().cast(), len) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { crate::ffi_call::owned_or_err(py, object) }?;
        // SAFETY: the call makes a bytes object.
        Ok(unsafe { object.cast_into_unchecked() })
    }

    /// Makes an object of at most `capacity` bytes: those that `fill` writes.
    ///
    /// The object is the only allocation. It is shrunk in place when less has been written, so `capacity` should be the
    /// exact length, or a bound close to it. A capacity that no object can have raises `MemoryError`, as it does in C.
    ///
    /// ```no_run
    /// # use cpython_api::{Bound, PyResult, Python, types::PyBytes};
    /// fn zeros(py: Python<'_>, count: usize) -> PyResult<Bound<'_, PyBytes>> {
    ///     PyBytes::new_with(py, Some(count), |out| {
    ///         out.extend_repeat(0, count);
    ///         Ok(())
    ///     })
    /// }
    /// ```
    #[inline]
    pub fn new_with<'py>(
        py: Python<'py>,
        capacity: Option<usize>,
        fill: impl FnOnce(&mut OutBuf<'_>) -> PyResult<()>,
    ) -> PyResult<Bound<'py, Self>> {
        let Some(size) = capacity.and_then(|capacity| ffi::Py_ssize_t::try_from(capacity).ok()) else {
            return Err(PyErr::no_memory(py));
        };
        let mut object = New::alloc(py, size)?;
        let (filled, written) = OutBuf::with(object.memory(), fill);
        filled?;
        if written == size as usize { Ok(object.0) } else { shrink(object.0, written) }
    }

    /// Makes an object of `len` bytes, all of which `fill` writes; `None` when it returns false, or writes fewer.
    ///
    /// This cannot panic unless `fill` can, so that short objects can be made without the cost of an [`entry`](crate::entry()).
    #[inline(always)]
    pub fn try_new_with<'py>(
        py: Python<'py>,
        len: usize,
        fill: impl FnOnce(&mut OutBuf<'_>) -> bool,
    ) -> PyResult<Option<Bound<'py, Self>>> {
        let mut object = New::alloc(py, crate::ffi_call::ssize(len))?;
        let (filled, written) = OutBuf::try_with(object.memory(), fill);
        Ok((filled && written == Some(len)).then_some(object.0))
    }
}

/// A new `bytes` object whose contents are not written yet.
///
/// # Invariants
///
/// - Nobody else has a reference to the object, unless it has no bytes.
struct New<'py>(Bound<'py, PyBytes>, usize);

impl<'py> New<'py> {
    #[inline(always)]
    fn alloc(py: Python<'py>, size: ffi::Py_ssize_t) -> PyResult<Self> {
        // SAFETY: the thread is attached, as the token proves, and NULL stands for contents that are written later.
        let object = unsafe { ffi::PyBytes_FromStringAndSize(ptr::null(), size) };
        // SAFETY: a new reference, or NULL with an exception set, as for a size too large.
        let object = unsafe { crate::ffi_call::owned_or_err(py, object) }?;
        // SAFETY: the call makes a bytes object.
        Ok(Self(unsafe { object.cast_into_unchecked() }, size as usize))
    }

    #[inline(always)]
    fn memory(&mut self) -> &mut [MaybeUninit<u8>] {
        let start = bytes_start(self.0.as_ptr()).cast::<MaybeUninit<u8>>();
        // SAFETY: the object has that many bytes there, which nobody else sees (invariants). An object of no bytes is shared, but none
        // are written to it.
        unsafe { slice::from_raw_parts_mut(start, self.1) }
    }
}

/// Makes a `bytes` object shorter that only this thread has a reference to.
#[inline]
pub(crate) fn shrink<'py>(object: Bound<'py, PyBytes>, len: usize) -> PyResult<Bound<'py, PyBytes>> {
    let py = object.py();
    let mut pointer = object.into_ptr();
    // SAFETY: this thread owns the only reference, which the call takes over. `len` is less than the object's own length,
    // so the cast keeps it.
    unsafe { ffi::_PyBytes_Resize(&mut pointer, len as ffi::Py_ssize_t) };
    // SAFETY: the new object is there, or NULL with an exception set.
    let object = unsafe { crate::ffi_call::owned_or_err(py, pointer) }?;
    // SAFETY: it is a bytes object as before.
    Ok(unsafe { object.cast_into_unchecked() })
}

impl<'py> Bound<'py, PyBytes> {
    /// The contents.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.as_borrowed().as_bytes()
    }
}

impl<'a> Borrowed<'a, '_, PyBytes> {
    /// The contents, borrowed for as long as the object is.
    #[inline]
    pub fn as_bytes(self) -> &'a [u8] {
        let start = bytes_start(self.as_ptr());
        let len = infallible!(self.py(), PyBytes_Size(self));
        // SAFETY: a bytes object has as many bytes as it says, lives for `'a` (invariant), and is immutable.
        unsafe { slice::from_raw_parts(start, usize::try_from(len).unwrap_or(0)) }
    }
}

impl<'a> Borrowed<'a, '_> {
    /// The contents of a `bytes` object, or of one of a subclass, by one call; `None` for any other object.
    #[inline]
    pub fn bytes_contents(self) -> Option<&'a [u8]> {
        let mut len = 0;
        // SAFETY: the object is live and the thread attached (invariants); the length is written to a variable of its type.
        let start = unsafe { ffi::shim_bytes_contents(self.as_ptr(), &mut len) };
        if start.is_null() {
            return None;
        }
        // SAFETY: a bytes object has as many bytes as it says, lives for `'a` (invariant), and is immutable.
        Some(unsafe { slice::from_raw_parts(start, usize::try_from(len).unwrap_or(0)) })
    }
}

impl PyByteArray {
    /// A copy of `contents`.
    #[inline]
    pub fn new<'py>(py: Python<'py>, contents: &[u8]) -> PyResult<Bound<'py, Self>> {
        let len = crate::ffi_call::ssize(contents.len());
        // SAFETY: the thread is attached, as the token proves, and there are `len` bytes to copy.
        let object = unsafe { ffi::PyByteArray_FromStringAndSize(contents.as_ptr().cast(), len) };
        // SAFETY: a new reference, or NULL with an exception set.
        let object = unsafe { crate::ffi_call::owned_or_err(py, object) }?;
        // SAFETY: the call makes a bytearray.
        Ok(unsafe { object.cast_into_unchecked() })
    }
}

impl<'py> Bound<'py, PyByteArray> {
    /// The contents at this moment, as a new `bytes` object.
    #[inline]
    pub fn to_bytes(&self) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = new_reference!(self.py(), PyBytes_FromObject(self))?;
        // SAFETY: the call makes a bytes object.
        Ok(unsafe { bytes.cast_into_unchecked() })
    }
}
