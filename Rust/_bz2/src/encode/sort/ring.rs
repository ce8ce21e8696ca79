//! A block as a ring: what follows its last byte is its first one.

use std::collections::TryReserveError;

/// So many bytes in front of a block repeat its end, and so many behind it its start: nothing that is read once for
/// each byte has to look where the block ends.
pub(in super::super) const BEFORE: usize = 2;
pub(in super::super) const AFTER: usize = 8;

/// A block between copies of its ends.
#[derive(Clone, Copy)]
pub(in super::super) struct Ring<'a> {
    text: &'a [u8],
}

impl<'a> Ring<'a> {
    /// Fills in what is around a block, which has room for it on both sides.
    pub(in super::super) fn close(text: &'a mut [u8]) -> Self {
        let len = text.len() - BEFORE - AFTER;
        for index in 0..AFTER {
            text[BEFORE + len + index] = text[BEFORE + index];
        }
        for index in (0..BEFORE).rev() {
            text[index] = text[index + len];
        }
        Self { text }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.text.len() - BEFORE - AFTER
    }

    pub(super) fn block(&self) -> &'a [u8] {
        &self.text[BEFORE..][..self.len()]
    }

    #[inline]
    pub(super) fn at(&self, place: usize) -> u8 {
        self.text[BEFORE + place]
    }

    #[inline]
    pub(super) fn second_before(&self, place: usize) -> u8 {
        self.text[BEFORE - 2 + place]
    }

    /// Eight bytes, the first the most significant.
    #[inline]
    pub(super) fn eight(&self, place: usize) -> u64 {
        self.text[BEFORE + place..].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// Copies the first `len` bytes to where they can become a ring of their own.
    pub(super) fn first(&self, len: usize, text: &mut Vec<u8>) -> Result<(), TryReserveError> {
        text.try_reserve_exact(BEFORE + len + AFTER)?;
        text.extend_from_slice(&[0; BEFORE]);
        text.extend_from_slice(&self.block()[..len]);
        text.extend_from_slice(&[0; AFTER]);
        Ok(())
    }
}
