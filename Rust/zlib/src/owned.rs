//! Memory for plain values, from the allocator that streams get theirs from: `tracemalloc` then sees it as in C.

use crate::stream::Memory;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

/// Values of one type, in memory of their own.
///
/// # Invariants
///
/// - `start` points to `len` initialised values, in a block from `memory` that is nobody else's.
pub(crate) struct Owned<T: Copy> {
    start: NonNull<T>,
    len: usize,
    memory: Memory,
}

// SAFETY: the block is nobody else's, and `Memory` works on any thread.
unsafe impl<T: Copy + Send> Send for Owned<T> {}

impl<T: Copy> Owned<T> {
    /// So many times `value`; `None` if there is no memory.
    pub(crate) fn new(memory: Memory, len: usize, value: T) -> Option<Self> {
        const { assert!(align_of::<T>() <= Memory::ALIGNMENT) };
        let start = memory.allocate(len.checked_mul(size_of::<T>())?)?.cast::<T>();
        for index in 0..len {
            // SAFETY: the block has room for `len` values.
            let place = unsafe { start.add(index) };
            // SAFETY: as above, and it is aligned for them (`Memory`).
            unsafe { place.write(value) };
        }
        Some(Self { start, len, memory })
    }

    /// The same again, unless there are none.
    pub(crate) fn try_clone(&self, memory: Memory) -> Option<Self> {
        let first = *self.first()?;
        let mut copy = Self::new(memory, self.len, first)?;
        copy.copy_from_slice(self);
        Some(copy)
    }
}

impl<T: Copy> Deref for Owned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: so many are initialised, and lent for as long as the result is (invariants).
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for Owned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: the same, and lent to nobody else.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T: Copy> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the block came from this memory, and is given back once.
        unsafe { self.memory.release(self.start.cast()) }
    }
}
