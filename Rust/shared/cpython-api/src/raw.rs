//! Memory that is no object: from CPython's raw allocator, which needs no attached thread and which `tracemalloc` sees.

use cpython_sys as ffi;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

/// Allocates `size` bytes; NULL when there is no memory.
///
/// For libraries that take functions to allocate with. What comes back is aligned as `malloc` aligns, belongs to the
/// caller and is given back by [`raw_free`].
#[inline]
pub fn raw_malloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be requested; one that no block can have is refused with NULL.
    unsafe { ffi::PyMem_RawMalloc(size) }
}

/// Frees memory from [`raw_malloc`].
///
/// # Safety
///
/// - `memory` is NULL, or came from [`raw_malloc`] and is not used any more.
#[inline]
pub unsafe fn raw_free(memory: *mut c_void) {
    // SAFETY: NULL, or a block of this allocator that is not used any more (the caller's promise).
    unsafe { ffi::PyMem_RawFree(memory) };
}

/// Copies bytes that another thread may be writing. The copy may be torn.
///
/// # Safety
///
/// - `source` points to as many bytes as `target` has, which stay allocated for the call.
#[inline]
pub unsafe fn copy_shared(source: *const u8, target: &mut [u8]) {
    // SAFETY: that many bytes can be read (the caller's promise), and be written to the slice.
    unsafe { ffi::shim_copy_shared(target.as_mut_ptr().cast(), source.cast(), target.len() as ffi::Py_ssize_t) };
}

/// A block of raw memory, uninitialised.
///
/// # Invariants
///
/// - `start` points to `len` bytes that belong to this value.
#[derive(Debug)]
pub(crate) struct RawBlock {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: a block is plain memory with one owner, and the raw allocator can be called on any thread.
unsafe impl Send for RawBlock {}
// SAFETY: a shared block is only read.
unsafe impl Sync for RawBlock {}

impl RawBlock {
    /// A block of `len` bytes; `None` when there is no memory.
    #[inline]
    pub(crate) fn new(len: usize) -> Option<Self> {
        // A slice may not be longer, whatever the allocator says.
        if len > isize::MAX as usize {
            return None;
        }
        Some(Self { start: NonNull::new(raw_malloc(len).cast())?, len })
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn as_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: `len` bytes that nobody else knows of (invariants).
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr().cast(), self.len) }
    }

    /// The first `len` bytes.
    ///
    /// # Safety
    ///
    /// - `len` is at most the length of the block, and so many bytes have been initialised.
    #[inline]
    pub(crate) unsafe fn initialised(&self, len: usize) -> &[u8] {
        debug_assert!(len <= self.len);
        // SAFETY: that many bytes are in the block and initialised (the caller's promise).
        unsafe { slice::from_raw_parts(self.start.as_ptr(), len) }
    }
}

impl Drop for RawBlock {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the block came from PyMem_RawMalloc and is given back once.
        unsafe { raw_free(self.start.as_ptr().cast()) };
    }
}
