//! Mistakes on demand, of the kinds that the long checks are there to find. `make check-selftest` and the builds with
//! sanitizers make each and see that it is found.

use cpython_api::exceptions::{PyRuntimeError, PyValueError};
use cpython_api::types::{PyInt, PyStr};
use cpython_api::{Bound, PyObject, PyResult, Python, StrData, c_str_arg, entry};
use std::ffi::c_char;
use std::hint::black_box;
use std::mem;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

fn int(py: Python<'_>, value: u32) -> PyResult<Bound<'_>> {
    PyInt::new(py, value).map(Bound::into_any)
}

/// Text that is too large for the lists of freed objects: it is allocated each time.
fn text(py: Python<'_>) -> PyResult<Bound<'_>> {
    PyStr::from_data(py, StrData::Ucs1(&[b'x'; 1000])).map(Bound::into_any)
}

/// An object that nobody has any more is never freed.
fn leak(py: Python<'_>) -> PyResult<Bound<'_>> {
    mem::forget(text(py)?);
    text(py)
}

/// What was made before an allocation failed is not freed.
fn leak_without_memory(py: Python<'_>) -> PyResult<Bound<'_>> {
    let first = text(py)?;
    let second = text(py);
    if second.is_err() {
        mem::forget(first);
    }
    second
}

/// A failed allocation is taken for something else.
fn hide_no_memory(py: Python<'_>) -> PyResult<Bound<'_>> {
    text(py).map_err(|_| PyRuntimeError::new_err(py, "something went wrong"))
}

/// An allocation that must not fail.
fn abort_without_memory(py: Python<'_>) -> PyResult<Bound<'_>> {
    int(py, black_box(vec![0_u8; 1000]).len() as u32)
}

/// A lock is held while all threads are asked to stop, and those that wait for it are attached and so never do.
fn deadlock(py: Python<'_>) -> PyResult<Bound<'_>> {
    static LOCK: Mutex<()> = Mutex::new(());
    let _held = LOCK.lock();
    py.import_attribute(c"gc", c"collect")?.call0()
}

/// State that all interpreters share.
fn share_state(py: Python<'_>) -> PyResult<Bound<'_>> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    int(py, CALLS.fetch_add(1, Ordering::Relaxed))
}

/// A byte is written past the end of a block.
fn overrun(py: Python<'_>) -> PyResult<Bound<'_>> {
    let mut block = vec![0_u8; 100].into_boxed_slice();
    let end = black_box(block.as_mut_ptr().wrapping_add(100));
    // SAFETY: there is none; this is the defect.
    unsafe { end.write_volatile(1) };
    int(py, 0)
}

/// Threads write to one place without a lock.
fn race(py: Python<'_>) -> PyResult<Bound<'_>> {
    static mut CALLS: u32 = 0;
    let calls = &raw mut CALLS;
    // Long enough for calls in several threads to overlap: a collection between them would order them.
    for _ in 0..10_000 {
        // SAFETY: there is none; this is the defect.
        let before = unsafe { calls.read() };
        // SAFETY: there is none; this is the defect.
        unsafe { calls.write(black_box(before).wrapping_add(1)) };
    }
    int(py, 0)
}

/// Shows a defect.
///
/// ```text
/// [clinic input]
/// panictest.defect
///
///     name: str
///     /
///
/// Show the defect of this name; nothing for 'none'.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panictest_defect_impl(_module: *mut PyObject, name: *const c_char) -> *mut PyObject {
    // SAFETY: the parsing code passes a string that ends in NUL and outlives the call.
    let name = unsafe { c_str_arg(&name) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"panictest.defect", move |py| match name.to_bytes() {
            b"none" => text(py),
            b"leak" => leak(py),
            b"leak without memory" => leak_without_memory(py),
            b"hide no memory" => hide_no_memory(py),
            b"abort without memory" => abort_without_memory(py),
            b"panic" => panic!("a defect"),
            b"deadlock" => deadlock(py),
            b"share state" => share_state(py),
            b"overrun" => overrun(py),
            b"race" => race(py),
            _ => Err(PyValueError::new_err(py, "no such defect")),
        })
    }
}
