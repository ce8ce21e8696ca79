//! `bytes`, whose contents nobody can change, and `bytearray`, whose contents anybody can.

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
        let mut start = ptr::null_mut();
        // SAFETY: the thread is attached, as the token proves, and the address is written to a variable of its type.
        let object = unsafe { ffi::shim_PyBytes_new(size, &mut start) };
        // SAFETY: a new reference, or NULL with an exception set, as for a size too large.
        let object = unsafe { crate::ffi_call::owned_or_err(py, object) }?;
        // SAFETY: the object is new and has `size` bytes at `start`, which nobody else sees before it is returned. An object
        // of no bytes is shared, but none are written to it.
        let memory = unsafe { slice::from_raw_parts_mut(start.cast::<MaybeUninit<u8>>(), size as usize) };
        let (filled, written) = OutBuf::with(memory, fill);
        filled?;
        // SAFETY: the call makes a bytes object.
        let object = unsafe { object.cast_into_unchecked() };
        if written == size as usize { Ok(object) } else { shrink(object, written) }
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
        let start = infallible!(self.py(), PyBytes_AsString(self)).cast::<u8>();
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
