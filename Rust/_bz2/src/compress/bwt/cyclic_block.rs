//! A block seen as a cyclic string: the byte after the last one is the first.

use std::collections::TryReserveError;

/// Bytes of the end of the block that are repeated before it, and bytes of its start that are repeated after it, so that
/// loops over the block read neighbouring bytes without computing an index modulo its length. libbzip2 does the same
/// with `BZ_N_OVERSHOOT` bytes after the block.
pub(in super::super) const GUARD_BEFORE: usize = 2;
pub(in super::super) const GUARD_AFTER: usize = 8;

/// A block between its two guards.
#[derive(Clone, Copy)]
pub(in super::super) struct CyclicBlock<'a> {
    guarded: &'a [u8],
}

impl<'a> CyclicBlock<'a> {
    /// Fills in the guards of a block that lies between [`GUARD_BEFORE`] and [`GUARD_AFTER`] bytes.
    pub(in super::super) fn new(guarded: &'a mut [u8]) -> Self {
        let len = guarded.len() - GUARD_BEFORE - GUARD_AFTER;
        for index in 0..GUARD_AFTER {
            guarded[GUARD_BEFORE + len + index] = guarded[GUARD_BEFORE + index];
        }
        for index in (0..GUARD_BEFORE).rev() {
            guarded[index] = guarded[index + len];
        }
        Self { guarded }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.guarded.len() - GUARD_BEFORE - GUARD_AFTER
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        &self.guarded[GUARD_BEFORE..][..self.len()]
    }

    #[inline]
    pub(super) fn byte(&self, position: usize) -> u8 {
        self.guarded[GUARD_BEFORE + position]
    }

    /// The byte two positions before this one.
    #[inline]
    pub(super) fn byte_two_before(&self, position: usize) -> u8 {
        self.guarded[GUARD_BEFORE - 2 + position]
    }

    /// The eight bytes from this position on as a big-endian number, which compares as the bytes do.
    #[inline]
    pub(super) fn be_u64(&self, position: usize) -> u64 {
        self.guarded[GUARD_BEFORE + position..].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// Copies the first `len` bytes between two guards that are not filled in yet.
    pub(super) fn copy_prefix(&self, len: usize, guarded: &mut Vec<u8>) -> Result<(), TryReserveError> {
        guarded.try_reserve_exact(GUARD_BEFORE + len + GUARD_AFTER)?;
        guarded.extend_from_slice(&[0; GUARD_BEFORE]);
        guarded.extend_from_slice(&self.bytes()[..len]);
        guarded.extend_from_slice(&[0; GUARD_AFTER]);
        Ok(())
    }
}
