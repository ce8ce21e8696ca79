//! Entropy and times from the operating system, and calls of the audit hooks.

use crate::ffi_call::{ssize, status_or_err};
use crate::{Bound, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::{CStr, c_int};

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

/// Calls the audit hooks: `sys.audit(event, *arguments)`.
#[inline]
pub fn audit<const N: usize>(py: Python<'_>, event: &CStr, arguments: [&Bound<'_>; N]) -> PyResult<()> {
    const { assert!(N <= ffi::SHIM_MOST_AUDITED as usize) };
    let mut all = [std::ptr::null_mut(); ffi::SHIM_MOST_AUDITED as usize];
    all.iter_mut().zip(arguments).for_each(|(place, argument)| *place = argument.as_ptr());
    // SAFETY: the thread is attached, as the token proves; there are as many pointers as the function reads, and that many of them are
    // live objects.
    let status = unsafe { ffi::shim_audit(event.as_ptr(), all.as_ptr(), N as c_int) };
    // SAFETY: -1 comes with an exception.
    unsafe { status_or_err(py, status) }.map(drop)
}
