//! Helpers for the tests of the cores: a buffer with guards, and a random generator.

use core::mem::MaybeUninit;
use outbuf::OutBuf;

/// Runs `write` on a buffer of exactly `capacity` bytes and returns what it wrote.
///
/// # Panics
///
/// When a byte outside the buffer has changed.
pub(crate) fn exact(capacity: usize, write: impl FnOnce(&mut OutBuf<'_>)) -> Vec<u8> {
    const GUARD: usize = 64;
    // Different bytes, so that a store of any one value over them shows.
    let guard: Vec<u8> = (0..GUARD as u8).map(|i| i.wrapping_mul(37) ^ 0xa5).collect();
    let mut memory: Vec<MaybeUninit<u8>> = Vec::new();
    memory.extend(guard.iter().map(|byte| MaybeUninit::new(*byte)));
    memory.resize(GUARD + capacity, MaybeUninit::uninit());
    memory.extend(guard.iter().map(|byte| MaybeUninit::new(*byte)));
    let mut out = OutBuf::new(&mut memory[GUARD..GUARD + capacity]);
    write(&mut out);
    let written = out.filled().to_vec();
    for (found, expected) in [(&memory[..GUARD], &guard), (&memory[GUARD + capacity..], &guard)] {
        // SAFETY: the guards were initialised above, and initialised memory stays so.
        let found: Vec<u8> = found.iter().map(|byte| unsafe { byte.assume_init() }).collect();
        assert_eq!(&found, expected, "a store outside the buffer");
    }
    written
}

/// A small xorshift generator with a fixed seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 8
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn pick(&mut self, bytes: &[u8]) -> u8 {
        bytes[self.below(bytes.len())]
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}
