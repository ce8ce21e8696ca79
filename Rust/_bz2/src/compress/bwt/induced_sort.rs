//! Induced sorting: the order of all rotations from that of the LMS rotations.
//!
//! The two passes of SA-IS (Nong, Zhang and Chan, 2009). In the bucket of a first byte the L-type rotations come before
//! the S-type ones. A scan in ascending order appends to the L-type part of each bucket the L-type predecessors of all
//! rotations that it meets; a scan in descending order then fills the S-type parts from their ends.

use super::lms::TypeCounts;
use super::{CyclicBlock, POSITION_BITS, POSITION_MASK};

/// Where the bucket of each byte starts, where its S-type part starts, and where it ends.
struct Buckets {
    starts: [usize; 256],
    s_type_starts: [usize; 256],
    ends: [usize; 256],
}

impl Buckets {
    fn new(counts: &TypeCounts) -> Self {
        let mut buckets = Self { starts: [0; 256], s_type_starts: [0; 256], ends: [0; 256] };
        let mut sum = 0;
        for byte in 0..256 {
            buckets.starts[byte] = sum;
            buckets.s_type_starts[byte] = sum + counts.l_type[byte] as usize;
            sum = buckets.s_type_starts[byte] + counts.s_type[byte] as usize;
            buckets.ends[byte] = sum;
        }
        buckets
    }
}

/// Fills `entries`, which start with those of the LMS rotations in their order.
pub(super) fn induce(block: CyclicBlock<'_>, counts: &TypeCounts, entries: &mut [u32]) {
    let buckets = Buckets::new(counts);
    move_lms_to_bucket_ends(counts, &buckets, entries);
    induce_l_type(block, counts, &buckets, entries);
    induce_s_type(block, &buckets, entries);
}

fn move_lms_to_bucket_ends(counts: &TypeCounts, buckets: &Buckets, entries: &mut [u32]) {
    let mut left = counts.lms_total();
    for (count, end) in counts.lms.iter().zip(&buckets.ends).rev() {
        let count = *count as usize;
        entries.copy_within(left - count..left, end - count);
        left -= count;
    }
}

/// The entry of the rotation that begins one byte earlier.
#[inline]
fn predecessor(block: CyclicBlock<'_>, entry: u32) -> u32 {
    let position = entry & POSITION_MASK;
    let previous = if position == 0 { block.len() as u32 } else { position } - 1;
    previous | u32::from(block.byte_two_before(position as usize)) << POSITION_BITS
}

fn induce_l_type(block: CyclicBlock<'_>, counts: &TypeCounts, buckets: &Buckets, entries: &mut [u32]) {
    let mut heads = buckets.starts;
    for byte in 0..256 {
        for rank in buckets.starts[byte]..buckets.s_type_starts[byte] {
            let entry = entries[rank];
            let first = (entry >> POSITION_BITS) as usize & 255;
            if first >= byte {
                entries[heads[first]] = predecessor(block, entry);
                heads[first] += 1;
            }
        }
        for rank in buckets.ends[byte] - counts.lms[byte] as usize..buckets.ends[byte] {
            let entry = entries[rank];
            let first = (entry >> POSITION_BITS) as usize & 255;
            entries[heads[first]] = predecessor(block, entry);
            heads[first] += 1;
        }
    }
}

fn induce_s_type(block: CyclicBlock<'_>, buckets: &Buckets, entries: &mut [u32]) {
    let mut tails = buckets.ends;
    for byte in (0..256).rev() {
        for rank in (buckets.s_type_starts[byte]..buckets.ends[byte]).rev() {
            let entry = entries[rank];
            let first = (entry >> POSITION_BITS) as usize & 255;
            if first <= byte {
                tails[first] -= 1;
                entries[tails[first]] = predecessor(block, entry);
            }
        }
        for rank in (buckets.starts[byte]..buckets.s_type_starts[byte]).rev() {
            let entry = entries[rank];
            let first = (entry >> POSITION_BITS) as usize & 255;
            if first < byte {
                tails[first] -= 1;
                entries[tails[first]] = predecessor(block, entry);
            }
        }
    }
}
