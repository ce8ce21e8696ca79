//! The Burrows-Wheeler transform: the sorted rotations of a block ([`RotationSorter`]).
//!
//! M. Burrows and D. J. Wheeler, "A Block-sorting Lossless Data Compression Algorithm", SRC Research Report 124, 1994.
//!
//! The sort has two stages, as Itoh and Tanaka's algorithm (1999) and Mori's divsufsort:
//!
//! 1. The rotations at LMS positions are sorted, at most half of all, a third or a quarter in most data: by their first
//!    bytes ([`lms`]), and those still equal by prefix doubling ([`prefix_doubling`]; Larsson and Sadakane, 1999).
//! 2. All others follow by induced sorting ([`induced_sort`]; Nong, Zhang and Chan, 2009).
//!
//! Every stage is `O(n log n)` or better for all data, so there is no second algorithm for repetitive blocks, as
//! libbzip2 has one. The exception are blocks that repeat a shorter string, where rotations are equal ([`periodic`]).

mod cyclic_block;
mod induced_sort;
mod lms;
mod periodic;
mod prefix_doubling;

pub(super) use cyclic_block::{CyclicBlock, GUARD_AFTER, GUARD_BEFORE};

use std::collections::TryReserveError;

/// An entry has the position where a rotation begins in this many bits, and above them the byte before that position,
/// which is the last byte of the rotation.
const POSITION_BITS: u32 = 20;
const POSITION_MASK: u32 = (1 << POSITION_BITS) - 1;

/// Memory for sorting, kept for the next block.
#[derive(Debug, Default)]
pub(super) struct RotationSorter {
    /// An entry for each rotation; in the first stage, the order and the positions of the LMS rotations.
    entries: Vec<u32>,
    keys: Vec<u64>,
}

/// The rotations of a block in order.
pub(super) struct SortedRotations<'a> {
    entries: &'a [u32],
    /// The row of the block itself.
    #[doc(alias = "origPtr")]
    pub(super) orig_ptr: usize,
}

impl SortedRotations<'_> {
    /// The last byte of each rotation: the transformed block.
    #[inline]
    pub(super) fn last_column(&self) -> impl ExactSizeIterator<Item = u8> {
        self.entries.iter().map(|entry| (entry >> POSITION_BITS) as u8)
    }
}

impl RotationSorter {
    /// Sorts the rotations of a block of at least one byte.
    pub(super) fn sort(&mut self, block: CyclicBlock<'_>) -> Result<SortedRotations<'_>, TryReserveError> {
        let len = block.len();
        self.entries.clear();
        self.entries.try_reserve_exact(len)?;
        self.entries.resize(len, 0);
        let root = periodic::root_length(block);
        if root < len {
            return self.sort_periodic(block, root);
        }
        self.sort_primitive(block)?;
        let orig_ptr = self.entries.iter().position(|entry| entry & POSITION_MASK == 0).unwrap_or_default();
        Ok(SortedRotations { entries: &self.entries, orig_ptr })
    }

    /// Sorts the rotations of a primitive block: no two are equal.
    fn sort_primitive(&mut self, block: CyclicBlock<'_>) -> Result<(), TryReserveError> {
        let entries = &mut self.entries[..block.len()];
        if let [only] = entries {
            *only = u32::from(block.byte(0)) << POSITION_BITS;
            return Ok(());
        }
        let counts = lms::find(block, entries);
        let (order, positions) = lms::split(entries, counts.lms_total());
        lms::sort_by_prefix(block, order, positions, &mut self.keys)?;
        // From here on the positions are replaced by ranks.
        let ranks = positions;
        prefix_doubling::rank(order, ranks, &mut self.keys)?;
        lms::write_entries(block, order, ranks);
        induced_sort::induce(block, &counts, entries);
        Ok(())
    }

    /// Sorts the rotations of a block that repeats its first `root` bytes: each rotation of the root stands for as many
    /// equal rotations of the block as there are repetitions.
    fn sort_periodic(&mut self, block: CyclicBlock<'_>, root: usize) -> Result<SortedRotations<'_>, TryReserveError> {
        let repetitions = block.len() / root;
        let offset = periodic::fallback_sort_offset(block, root, &mut self.entries)?;
        let mut guarded = Vec::new();
        block.copy_prefix(root, &mut guarded)?;
        self.sort_primitive(CyclicBlock::new(&mut guarded))?;
        let first = self.entries[..root].iter().position(|entry| entry & POSITION_MASK == 0).unwrap_or_default();
        for row in (0..root).rev() {
            let entry = self.entries[row];
            self.entries[row * repetitions..][..repetitions].fill(entry);
        }
        Ok(SortedRotations { entries: &self.entries, orig_ptr: first * repetitions + offset })
    }
}

#[cfg(test)]
mod tests;
