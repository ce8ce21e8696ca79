//! What the operating system tells: entropy and times.

use crate::ffi_call::{ssize, status_or_err};
use crate::{PyResult, Python};
use cpython_sys as ffi;

/// Fills a buffer from the system's source of entropy, as `os.urandom()` does, but without waiting for it to be initialised.
#[inline]
pub fn urandom(py: Python<'_>, buffer: &mut [u32]) -> PyResult<()> {
    let size = ssize(size_of_val(buffer));
    // SAFETY: the thread is attached, as the token proves, and the buffer has as many bytes, which may be any.
    let status = unsafe { ffi::shim_urandom(buffer.as_mut_ptr().cast(), size) };
    // SAFETY: -1 comes with an exception.
    unsafe { status_or_err(py, status) }.map(drop)
}

/// `time.time_ns()` and `time.monotonic_ns()`
#[inline]
pub fn times(py: Python<'_>) -> PyResult<(i64, i64)> {
    let (mut time, mut monotonic) = (0, 0);
    // SAFETY: the thread is attached, as the token proves; the times are written to variables of their type.
    let status = unsafe { ffi::shim_times(&mut time, &mut monotonic) };
    // SAFETY: -1 comes with an exception.
    unsafe { status_or_err(py, status) }?;
    Ok((time, monotonic))
}
