//! An output slice that starts uninitialised and is filled from the front.
//!
//! A codec writes its result straight into the memory of a new `bytes` object. Zeroing that memory first would cost
//! as much as the fastest codecs need for their whole work, and a plain `&mut [u8]` over it would be unsound, so the
//! cores write through [`OutBuf`]: everything below `len()` is initialised, everything above is only ever written.
//! Writing past the capacity is a panic or a refused write, never a store outside the slice.

#![no_std]

use core::mem::MaybeUninit;

/// A fixed piece of memory, filled from the front.
///
/// # Invariants
///
/// - `len <= memory.len()`.
/// - The first `len` bytes of `memory` are initialised.
#[derive(Debug)]
pub struct OutBuf<'a> {
    memory: &'a mut [MaybeUninit<u8>],
    len: usize,
}

impl<'a> OutBuf<'a> {
    /// An empty buffer over uninitialised memory.
    pub fn new(memory: &'a mut [MaybeUninit<u8>]) -> Self {
        Self { memory, len: 0 }
    }

    /// Passes a buffer over `memory` to `fill`. Returns its result, and how many bytes at the start of `memory` it has
    /// initialised, on which `unsafe` code may rely.
    ///
    /// # Panics
    ///
    /// When `fill` has put another buffer in place of the one that it was passed, such as a new one over leaked memory: the
    /// length of that one says nothing about this memory. Two buffers cannot be swapped, as the compiler keeps their lifetimes
    /// apart:
    ///
    /// ```compile_fail,E0521
    /// # use outbuf::OutBuf;
    /// # use std::mem::MaybeUninit;
    /// let (mut first, mut second) = ([MaybeUninit::uninit(); 4], [MaybeUninit::uninit(); 4]);
    /// OutBuf::with(&mut first, |first| OutBuf::with(&mut second, |second| std::mem::swap(first, second)));
    /// ```
    #[inline]
    pub fn with<R>(memory: &'a mut [MaybeUninit<u8>], fill: impl FnOnce(&mut OutBuf<'_>) -> R) -> (R, usize) {
        let (result, written) = Self::try_with(memory, fill);
        let Some(written) = written else { panic!("another buffer has been put in place of the one passed") };
        (result, written)
    }

    /// As [`with`](Self::with), but where that panics the number is `None`.
    #[inline(always)]
    pub fn try_with<R>(
        memory: &'a mut [MaybeUninit<u8>],
        fill: impl FnOnce(&mut OutBuf<'_>) -> R,
    ) -> (R, Option<usize>) {
        let borrowed = (memory.as_ptr(), memory.len());
        let mut out = OutBuf::new(memory);
        let result = fill(&mut out);
        // The memory is borrowed by one buffer alone, so the one with its address and length is that one.
        (result, ((out.memory.as_ptr(), out.memory.len()) == borrowed).then_some(out.len))
    }

    /// How many bytes have been written.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing has been written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes can be held in all.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.memory.len()
    }

    /// How many more bytes can be written.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.memory.len() - self.len
    }

    /// The bytes written so far.
    #[inline]
    pub fn filled(&self) -> &[u8] {
        // SAFETY: the first `len` bytes lie inside `memory` and are initialised (invariants).
        unsafe { core::slice::from_raw_parts(self.memory.as_ptr().cast(), self.len) }
    }

    /// The bytes written so far, to be changed.
    #[inline]
    pub fn filled_mut(&mut self) -> &mut [u8] {
        // SAFETY: the first `len` bytes lie inside `memory` and are initialised (invariants), and `&mut self` makes
        // this the only borrow.
        unsafe { core::slice::from_raw_parts_mut(self.memory.as_mut_ptr().cast(), self.len) }
    }

    /// Writes one byte.
    ///
    /// # Panics
    ///
    /// When the buffer is full.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.memory[self.len].write(byte);
        self.len += 1;
    }

    /// Writes all of `bytes`.
    ///
    /// # Panics
    ///
    /// When they do not fit.
    #[inline]
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        let spare = &mut self.memory[self.len..][..bytes.len()];
        // SAFETY: `spare` is exactly `bytes.len()` bytes long, and a `&mut` cannot overlap a `&`.
        unsafe {
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), spare.as_mut_ptr().cast::<u8>(), bytes.len());
        }
        self.len += bytes.len();
    }

    /// Writes `byte` `count` times.
    ///
    /// # Panics
    ///
    /// When they do not fit.
    #[inline]
    pub fn extend_repeat(&mut self, byte: u8, count: usize) {
        for slot in &mut self.memory[self.len..][..count] {
            slot.write(byte);
        }
        self.len += count;
    }

    /// Writes `count` bytes more, each the same as the one `distance` bytes before it.
    ///
    /// # Panics
    ///
    /// When they do not fit, when there are not so many bytes before them, or when `distance` is 0.
    #[inline(always)]
    pub fn extend_from_within(&mut self, distance: usize, count: usize) {
        const WIDE: usize = 16;
        let remaining = self.remaining();
        assert!(distance > 0 && distance <= self.len && count <= remaining);
        let start = self.memory.as_mut_ptr().cast::<u8>();
        // SAFETY: `len` is at most the length of the memory (invariants).
        let mut target = unsafe { start.add(self.len) };
        // SAFETY: `distance <= len` (asserted).
        let mut source = unsafe { target.sub(distance) };
        if distance >= WIDE && remaining - count >= WIDE {
            // SAFETY: `count <= remaining` (asserted).
            let end = unsafe { target.add(count) };
            loop {
                // SAFETY: `target <= end` before this, and WIDE bytes after `end` are in the memory, so the write is; those after
                // `end` are uninitialised anyway. The source ends before the target, as it is WIDE bytes before it at least, and
                // so it is initialised and does not overlap.
                unsafe { core::ptr::copy_nonoverlapping(source, target, WIDE) };
                // SAFETY: WIDE bytes after `end`, and so after the old `target`, are in the memory.
                target = unsafe { target.add(WIDE) };
                // SAFETY: it is `distance` bytes before `target`.
                source = unsafe { source.add(WIDE) };
                if target >= end {
                    break;
                }
            }
        } else {
            // SAFETY: `distance` bytes before the target are initialised, and `count` bytes from there on are in the memory
            // (asserted).
            unsafe { repeat(target, distance, count) };
        }
        self.len += count;
    }

    /// Discards everything after the first `len` bytes; does nothing when there are not that many.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The memory that is still unwritten, for a kernel that stores wide vectors and then calls
    /// [`advance`](Self::advance).
    #[inline]
    pub fn spare_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: `len <= memory.len()` (invariants).
        unsafe { self.memory.get_unchecked_mut(self.len..) }
    }

    /// The start of all of the memory, for a kernel that reads what has been written before it writes more. Nothing below
    /// `len()` may be made uninitialised.
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut MaybeUninit<u8> {
        self.memory.as_mut_ptr()
    }

    /// Counts the first `count` bytes of [`spare_mut`](Self::spare_mut) as written.
    ///
    /// # Safety
    ///
    /// - `count <= self.remaining()`.
    /// - The first `count` bytes of the spare memory have been initialised.
    #[inline]
    pub unsafe fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.remaining());
        self.len += count;
    }
}

/// Writes `count` bytes, each the same as the one `distance` bytes before it.
///
/// # Safety
///
/// - There are `distance` initialised bytes before `target`, one at least, and capacity for `count` bytes from there on.
#[inline(never)]
unsafe fn repeat(target: *mut u8, distance: usize, count: usize) {
    // SAFETY: there are `distance` bytes before `target` (the caller's promise).
    let source = unsafe { target.sub(distance) };
    if distance == 1 {
        // SAFETY: the byte is initialised (the caller's promise).
        let byte = unsafe { source.read() };
        // SAFETY: there is capacity for `count` bytes (the caller's promise).
        return unsafe { target.write_bytes(byte, count) };
    }
    for at in 0..count {
        // SAFETY: `at < count`, so this is before the end of what is written.
        let from = unsafe { source.add(at) };
        // SAFETY: it is before `target + at`, so it was initialised, or has been written by this loop.
        let byte = unsafe { from.read() };
        // SAFETY: `at < count`.
        let to = unsafe { target.add(at) };
        // SAFETY: there is capacity for `count` bytes (the caller's promise).
        unsafe { to.write(byte) };
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::OutBuf;
    use core::mem::MaybeUninit;

    #[test]
    fn fills_from_the_front() {
        let mut memory = [MaybeUninit::uninit(); 8];
        let mut out = OutBuf::new(&mut memory);
        assert!(out.is_empty());
        out.push(b'a');
        out.extend_from_slice(b"bc");
        out.extend_repeat(b'd', 2);
        assert_eq!((out.filled(), out.len()), (&b"abcdd"[..], 5));
        out.filled_mut()[1] = b'B';
        assert_eq!(out.filled(), b"aBcdd");
        out.filled_mut()[1] = b'b';
        assert_eq!((out.remaining(), out.capacity()), (3, 8));
        out.spare_mut()[0].write(b'e');
        // SAFETY: there is room for three more bytes, and the next one has just been written.
        unsafe { out.advance(1) };
        assert_eq!(out.filled(), b"abcdde");
        out.truncate(2);
        out.truncate(7);
        assert_eq!(out.filled(), b"ab");
    }

    #[test]
    fn another_buffer_in_place_of_the_one_passed_is_refused() {
        let mut memory = [MaybeUninit::uninit(); 4];
        let (result, written) = OutBuf::with(&mut memory, |out| {
            out.extend_from_slice(b"abc");
            7
        });
        assert_eq!((result, written), (7, 3));
        let replaced = std::panic::catch_unwind(|| {
            let mut memory = [MaybeUninit::uninit(); 4];
            OutBuf::with(&mut memory, |out| {
                *out = OutBuf::new(std::vec![MaybeUninit::uninit(); 4096].leak());
                out.extend_repeat(b'x', 4096);
            })
        });
        assert!(replaced.is_err());
        let (_, written) = OutBuf::try_with(&mut memory, |out| {
            *out = OutBuf::new(std::vec![MaybeUninit::uninit(); 4].leak());
            out.push(b'x');
        });
        assert_eq!(written, None);
    }

    #[test]
    fn repeats_earlier_bytes() {
        for distance in 1..40 {
            for count in 0..100 {
                for spare in [0, 1, 15, 16, 40] {
                    let mut memory = std::vec![MaybeUninit::uninit(); 40 + count + spare];
                    let mut out = OutBuf::new(&mut memory);
                    (0..40).for_each(|byte| out.push(byte));
                    out.extend_from_within(distance, count);
                    let mut expected: std::vec::Vec<u8> = (0..40).collect();
                    (0..count).for_each(|_| expected.push(expected[expected.len() - distance]));
                    assert_eq!(out.filled(), expected);
                }
            }
        }
    }

    #[test]
    fn refuses_writes_beyond_the_capacity() {
        let overfill: [fn(&mut OutBuf<'_>); 6] = [
            |out| out.extend_from_within(1, 2),
            |out| {
                out.push(b'x');
                out.extend_from_within(1, 2);
            },
            |out| {
                out.push(b'x');
                out.extend_from_within(0, 1);
            },
            |out| out.extend_from_slice(b"abc"),
            |out| out.extend_repeat(b'x', 3),
            |out| (0..3).for_each(|_| out.push(b'x')),
        ];
        for write in overfill {
            let result = std::panic::catch_unwind(|| {
                let mut memory = [MaybeUninit::uninit(); 2];
                write(&mut OutBuf::new(&mut memory));
            });
            assert!(result.is_err());
        }
    }
}
