//! Reading the memory of other objects.
//!
//! On a free-threaded build another thread may write to a `bytearray` while we read it, and holding its buffer only
//! keeps it from being resized. A Rust slice over such memory would be undefined behaviour. So only memory that nobody
//! can write is lent as a slice, that of `bytes` and `str`; anything else is copied into private memory first, and
//! what the copy holds is what the call works on, however often it looks.

use crate::{PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::NonNull;
use std::slice;

/// The contents of a buffer: lent, or copied.
#[derive(Debug)]
pub struct Input<'a> {
    memory: Memory<'a>,
}

#[derive(Debug)]
enum Memory<'a> {
    Lent(&'a [u8]),
    Copied(RawBlock),
}

impl<'a> Input<'a> {
    /// Takes the contents of `view`.
    ///
    /// # Safety
    ///
    /// - `view` has been filled by `PyObject_GetBuffer` with `PyBUF_SIMPLE` and is not released during `'a`; or its
    ///   `obj` is NULL and its memory is immutable for `'a`, as Argument Clinic's converters leave it for `str`.
    #[inline]
    pub unsafe fn from_view(py: Python<'_>, view: &'a ffi::Py_buffer) -> PyResult<Self> {
        // SAFETY: handed on.
        let memory = match unsafe { lend(py, view) } {
            Some(bytes) => Memory::Lent(bytes),
            // SAFETY: the memory of a filled view can be read until it is released.
            None => Memory::Copied(unsafe { RawBlock::copy_of(py, view.buf.cast(), length(view)) }?),
        };
        Ok(Self { memory })
    }
}

impl Deref for Input<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.memory {
            Memory::Lent(bytes) => bytes,
            Memory::Copied(block) => block.as_slice(),
        }
    }
}

/// Hands the contents of `view` to `read` once and in order: in one piece when the memory can be lent, otherwise in
/// copied blocks, so that no copy of the whole is made.
///
/// # Safety
///
/// As for [`Input::from_view`].
pub unsafe fn read_blocks(py: Python<'_>, view: &ffi::Py_buffer, mut read: impl FnMut(&[u8])) {
    const BLOCK: usize = 16 * 1024;
    // SAFETY: handed on.
    if let Some(bytes) = unsafe { lend(py, view) } {
        return read(bytes);
    }
    let mut block = [MaybeUninit::<u8>::uninit(); BLOCK];
    let total = length(view);
    let mut done = 0;
    while done < total {
        let size = BLOCK.min(total - done);
        // SAFETY: the view has `total` readable bytes and `done + size <= total`; the block has room for `size`, which
        // is at most BLOCK and so fits. What has been copied is initialised.
        let copied = unsafe {
            let source = view.buf.cast::<u8>().add(done);
            ffi::shim_copy_shared(block.as_mut_ptr().cast(), source.cast(), size as ffi::Py_ssize_t);
            slice::from_raw_parts(block.as_ptr().cast::<u8>(), size)
        };
        read(copied);
        done += size;
    }
}

/// The memory of `view` as a slice, if nobody can write to it.
///
/// # Safety
///
/// As for [`Input::from_view`].
#[inline]
unsafe fn lend<'a>(_py: Python<'_>, view: &'a ffi::Py_buffer) -> Option<&'a [u8]> {
    // SAFETY: a view holds a reference to `obj` until it is released. That `obj` is a bytes object is not enough: a
    // subclass can have a `__buffer__` of its own.
    let immutable = view.obj.is_null()
        || unsafe { ffi::shim_PyBytes_Check(view.obj) != 0 && ffi::PyBytes_AsString(view.obj).cast() == view.buf };
    if !immutable {
        return None;
    }
    if view.len <= 0 {
        // An empty view may have any pointer.
        return Some(&[]);
    }
    // SAFETY: the memory is `len` bytes long, lives as long as the view is held, and nobody writes to it.
    Some(unsafe { slice::from_raw_parts(view.buf.cast(), length(view)) })
}

/// The length of a filled view, which is never negative.
#[inline]
fn length(view: &ffi::Py_buffer) -> usize {
    usize::try_from(view.len).unwrap_or(0)
}

/// Private memory from CPython's raw allocator, which needs no attached thread and which `tracemalloc` sees.
///
/// # Invariants
///
/// - `start` points to `len` initialised bytes that belong to this value.
#[derive(Debug)]
struct RawBlock {
    start: NonNull<u8>,
    len: usize,
    _owner: PhantomData<Box<[u8]>>,
}

impl RawBlock {
    /// # Safety
    ///
    /// - `len` bytes can be read at `source`, whoever writes to them meanwhile.
    unsafe fn copy_of(py: Python<'_>, source: *const u8, len: usize) -> PyResult<Self> {
        // SAFETY: any size may be asked for; the answer is NULL or a block of that size.
        let start = unsafe { ffi::PyMem_RawMalloc(len) };
        let Some(start) = NonNull::new(start.cast::<u8>()) else { return Err(PyErr::no_memory(py)) };
        // SAFETY: both are `len` bytes long, the target is new, and `len` came from a Py_ssize_t.
        unsafe { ffi::shim_copy_shared(start.as_ptr().cast(), source.cast(), len as ffi::Py_ssize_t) };
        Ok(Self { start, len, _owner: PhantomData })
    }

    fn as_slice(&self) -> &[u8] {
        // SAFETY: `len` initialised bytes that nobody else knows of (invariants).
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl Drop for RawBlock {
    fn drop(&mut self) {
        // SAFETY: the block came from PyMem_RawMalloc and is given back once.
        unsafe { ffi::PyMem_RawFree(self.start.as_ptr().cast()) };
    }
}
