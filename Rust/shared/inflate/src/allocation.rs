//! Memory from an allocator with the interface of zlib's `zalloc` and `zfree`.

use std::ffi::{c_uint, c_void};
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::slice;

/// zlib's `alloc_func`: memory for `items` of `size` bytes, or NULL.
pub type Allocate = unsafe extern "C" fn(opaque: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void;
/// zlib's `free_func`.
pub type Release = unsafe extern "C" fn(opaque: *mut c_void, memory: *mut c_void);

/// An allocator.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    zalloc: Allocate,
    zfree: Release,
}

impl Memory {
    /// The alignment of every block.
    pub const ALIGNMENT: usize = 8;

    /// The memory that `zalloc` and `zfree` hand out and take back.
    ///
    /// # Safety
    ///
    /// - `zalloc(_, items, size)` returns NULL, or memory of `items * size` bytes, aligned to
    ///   [`ALIGNMENT`](Self::ALIGNMENT), that nobody else uses until `zfree(_, memory)` takes it back, on whichever
    ///   thread.
    /// - Both ignore their first argument, which is NULL, and may be called at any time.
    pub const unsafe fn new(zalloc: Allocate, zfree: Release) -> Self {
        Self { zalloc, zfree }
    }

    /// The two functions.
    pub const fn functions(self) -> (Allocate, Release) {
        (self.zalloc, self.zfree)
    }

    /// Uninitialised memory of `bytes` bytes.
    fn allocate(self, bytes: usize) -> Option<NonNull<u8>> {
        let bytes = c_uint::try_from(bytes).ok()?;
        // SAFETY: the first argument is NULL (`new`), and any size may be requested.
        NonNull::new(unsafe { (self.zalloc)(ptr::null_mut(), 1, bytes) }.cast())
    }
}

/// A slice in a block of its own.
///
/// # Invariants
///
/// - `start` points to `len` initialised values, in a block from `memory` that belongs to this value alone.
pub(crate) struct Allocation<T: Copy> {
    start: NonNull<T>,
    len: usize,
    memory: Memory,
}

// SAFETY: the block belongs to this value alone, and `Memory` works on any thread.
unsafe impl<T: Copy + Send> Send for Allocation<T> {}

impl<T: Copy> Allocation<T> {
    /// `len` times `value`; `None` if there is no memory.
    pub(crate) fn new(memory: Memory, len: usize, value: T) -> Option<Self> {
        const { assert!(align_of::<T>() <= Memory::ALIGNMENT) };
        let start = memory.allocate(len.checked_mul(size_of::<T>())?)?.cast::<T>();
        for at in 0..len {
            // SAFETY: the block has room for `len` values.
            let place = unsafe { start.add(at) };
            // SAFETY: the block is aligned for them (`Memory`).
            unsafe { place.write(value) };
        }
        Some(Self { start, len, memory })
    }

    /// A copy; `None` if there is no memory.
    pub(crate) fn try_clone(&self) -> Option<Self> {
        let first = *self.first()?;
        let mut copy = Self::new(self.memory, self.len, first)?;
        copy.copy_from_slice(self);
        Some(copy)
    }
}

impl<T: Copy> Deref for Allocation<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `len` values are initialised, and borrowed for as long as the result is (invariants).
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for Allocation<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: `len` values are initialised (invariants), and borrowed by nobody else.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> Drop for Allocation<T> {
    fn drop(&mut self) {
        // SAFETY: the block came from this allocator, and is released once.
        unsafe { (self.memory.zfree)(ptr::null_mut(), self.start.as_ptr().cast()) }
    }
}
