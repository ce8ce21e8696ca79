//! Items as numbers of their size, which are loaded and stored atomically.

use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

/// An item, as a number of its size.
///
/// # C code that writes at the same time
///
/// Whoever has a buffer of the storage, such as a `memoryview`, may write the items by plain C stores, and without the
/// lock. By the rules of C and of Rust such a store and an atomic access at the same time are a data race, whose result
/// neither language defines. It is defined by the machine, because neither compiler sees both accesses: the shims and the
/// writers are C, compiled apart, without optimisation across languages. Then this holds:
///
/// - A relaxed load of up to 8 bytes is one aligned load instruction, and the result is kept: the compiler must expect any
///   value from it, and does not load again. So a value that has been compared is the value that is used.
/// - All bits are a value of the type. If the writer stores the item by one aligned instruction, the value is the old or the
///   new one. If it stores the bytes in parts, as `memcpy` may, each byte is an old or a new one. An item of 16 bytes is
///   two accesses, each of which may find the old or the new half.
/// - Other memory is neither read nor written. There is no order between these accesses and others.
///
/// An index, a length or a pointer is never stored in this memory, so a value that nobody has written breaks nothing.
///
/// # Safety
///
/// - `SIZE` is the size of the type, and the functions access that many bytes.
pub unsafe trait StoredItem: Copy {
    /// The number of bytes.
    const SIZE: usize;
    /// The item with these bytes, in the order of the machine; `None` if they are not of its size.
    #[doc(hidden)]
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
    /// Reads the item at `from` with relaxed atomic loads, of 8 bytes at most.
    ///
    /// # Safety
    ///
    /// - The bytes can be read, and are aligned to their number, or to 8.
    /// - They are an item of this size of an [`ItemStorage`], or memory that nobody else accesses.
    #[doc(hidden)]
    unsafe fn load(from: *mut u8) -> Self;
    /// Writes the item to `to` with relaxed atomic stores, of 8 bytes at most.
    ///
    /// # Safety
    ///
    /// - As for [`load`](Self::load), and the bytes can be written.
    #[doc(hidden)]
    unsafe fn store(self, to: *mut u8);
}

macro_rules! stored_items {
    ($($type:ty, $atomic:ty;)*) => {$(
        // SAFETY: the atomic type has the size of the other one.
        unsafe impl StoredItem for $type {
            const SIZE: usize = size_of::<Self>();
            #[inline(always)]
            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_ne_bytes)
            }
            #[inline(always)]
            unsafe fn load(from: *mut u8) -> Self {
                // SAFETY: readable, aligned, and accessed by Rust code in this way alone: an item of this size, or
                // private (the caller's promise).
                unsafe { <$atomic>::from_ptr(from.cast()) }.load(Ordering::Relaxed)
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut u8) {
                // SAFETY: writable, aligned, and accessed by Rust code in this way alone: an item of this size, or
                // private (the caller's promise).
                unsafe { <$atomic>::from_ptr(to.cast()) }.store(self, Ordering::Relaxed);
            }
        }
    )*}
}

stored_items! {
    u8, AtomicU8;
    u16, AtomicU16;
    u32, AtomicU32;
    u64, AtomicU64;
}

// SAFETY: twice 8 bytes.
unsafe impl StoredItem for [u64; 2] {
    const SIZE: usize = 16;
    #[inline(always)]
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (first, last) = bytes.split_at_checked(8)?;
        Some([u64::from_bytes(first)?, u64::from_bytes(last)?])
    }
    #[inline(always)]
    unsafe fn load(from: *mut u8) -> Self {
        // SAFETY: there are 16 bytes (the caller's promise).
        let second = unsafe { from.add(8) };
        // SAFETY: the first 8 bytes can be read, and are aligned to 8 (the caller's promise).
        let first = unsafe { u64::load(from) };
        // SAFETY: the other 8 bytes can be read, and are aligned to 8 (the caller's promise).
        [first, unsafe { u64::load(second) }]
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: there are 16 bytes (the caller's promise).
        let second = unsafe { to.add(8) };
        // SAFETY: the first 8 bytes can be written, and are aligned to 8 (the caller's promise).
        unsafe { self[0].store(to) };
        // SAFETY: the other 8 bytes can be written, and are aligned to 8 (the caller's promise).
        unsafe { self[1].store(second) };
    }
}
