//! The LMS positions of a block, and their order by the bytes that follow.
//!
//! Position `i` is *L-type* when the rotation that begins there is greater than the one that begins at `i + 1`, and
//! *S-type* when it is less. An S-type position after an L-type one is an *LMS* position (leftmost S-type). These are the
//! definitions of Nong, Zhang and Chan ("Linear Suffix Array Construction by Almost Pure Induced-Sorting", DCC 2009),
//! applied to the rotations of a cyclic string; there is no sentinel.
//!
//! SA-IS sorts the LMS substrings by induction and recurses. This sorts LMS rotations by comparing prefixes, at first, as
//! the implementations of Itoh and Tanaka's two-stage algorithm do ("An Efficient Method for in Memory Construction of
//! Suffix Arrays", SPIRE 1999): a bucket sort by two bytes, then sorts of machine words of five further bytes each.

use super::{CyclicBlock, POSITION_BITS};
use std::collections::TryReserveError;

/// Set in the order for an LMS rotation that has the same prefix as the one before it.
pub(super) const SAME_PREFIX: u32 = 1 << 31;

/// A sort key has this many bytes of the block in its upper part, and the index of the LMS position in the lower part.
const KEY_BYTES: usize = 5;
const INDEX_MASK: u64 = (1 << (64 - 8 * KEY_BYTES)) - 1;

/// From this many LMS positions on, the buckets are those of the first two bytes instead of the first one.
const TWO_BYTE_BUCKETS_FROM: usize = 16_384;

/// Groups that agree on at least this many bytes are left to prefix doubling.
const MAX_DEPTH: usize = 16;

/// How many rotations of each type begin with each byte. LMS rotations are counted as S-type too.
pub(super) struct TypeCounts {
    pub(super) l_type: [u32; 256],
    pub(super) s_type: [u32; 256],
    pub(super) lms: [u32; 256],
}

impl TypeCounts {
    pub(super) fn lms_total(&self) -> usize {
        self.lms.iter().sum::<u32>() as usize
    }
}

/// Scans the block from its end and calls `each(next, byte, s_type, next_is_lms)` for every position: the position after
/// it, its byte, its type, and whether the position after it is an LMS position.
#[inline]
fn scan_types(block: CyclicBlock<'_>, mut each: impl FnMut(u32, u8, bool, bool)) {
    let bytes = block.bytes();
    let mut next_byte = bytes[0];
    // Position 0 is S-type if the first byte that differs from it is greater.
    let mut next_s_type = bytes.iter().find(|byte| **byte != next_byte).is_some_and(|byte| *byte > next_byte);
    // The position after the last one is 0.
    let mut next = 0;
    for (position, &byte) in (0..block.len() as u32).zip(bytes).rev() {
        // One comparison decides: by the bytes, and between equal bytes by the type of the next position. Two branches
        // would often be mispredicted.
        let s_type = u32::from(byte) * 2 < u32::from(next_byte) * 2 + u32::from(next_s_type);
        each(next, byte, s_type, next_s_type & !s_type);
        (next_byte, next_s_type, next) = (byte, s_type, position);
    }
}

/// Writes the LMS positions to the end of `entries`, in ascending order, except that position 0 would be the last.
pub(super) fn find(block: CyclicBlock<'_>, entries: &mut [u32]) -> TypeCounts {
    let mut counts = [[0_u32; 2]; 256];
    let mut last = entries.len() - 1;
    scan_types(block, |next, byte, s_type, next_is_lms| {
        counts[usize::from(byte)][usize::from(s_type)] += 1;
        // Stored without a branch: a position that is not LMS is overwritten by the following one.
        entries[last] = next;
        last -= usize::from(next_is_lms);
    });
    let mut lms = [0; 256];
    for position in &entries[last + 1..] {
        lms[usize::from(block.byte(*position as usize))] += 1;
    }
    TypeCounts { l_type: counts.map(|[l_type, _]| l_type), s_type: counts.map(|[_, s_type]| s_type), lms }
}

/// Splits `entries` into space for the order of the `count` LMS rotations, and the positions that [`find`] has written.
pub(super) fn split(entries: &mut [u32], count: usize) -> (&mut [u32], &mut [u32]) {
    let (order, positions) = entries.split_at_mut(entries.len() - count);
    (&mut order[..count], positions)
}

/// Sorts LMS rotations by their prefixes: writes their indices in `positions` to `order`. In a group with the same prefix
/// all but the first are marked [`SAME_PREFIX`].
///
/// The common prefix of such a group reaches the second LMS position after each of them, so all of the group have the
/// next LMS position at the same distance.
pub(super) fn sort_by_prefix(
    block: CyclicBlock<'_>,
    order: &mut [u32],
    positions: &[u32],
    keys: &mut Vec<u64>,
) -> Result<(), TryReserveError> {
    let bucket_bytes = if positions.len() < TWO_BYTE_BUCKETS_FROM { 1 } else { 2 };
    let bucket = |position: &u32| (block.be_u64(*position as usize) >> (64 - 8 * bucket_bytes)) as usize;
    let mut bucket_ends: Vec<u32> = Vec::new();
    bucket_ends.try_reserve_exact(1 << (8 * bucket_bytes))?;
    bucket_ends.resize(1 << (8 * bucket_bytes), 0);
    for position in positions {
        bucket_ends[bucket(position)] += 1;
    }
    let mut sum = 0;
    for end in &mut bucket_ends {
        sum += std::mem::replace(end, sum);
    }
    for (index, position) in (0..).zip(positions) {
        let end = &mut bucket_ends[bucket(position)];
        order[*end as usize] = index;
        *end += 1;
    }
    let mut groups = Vec::new();
    let mut start = 0;
    for end in bucket_ends {
        let end = end as usize;
        if end - start > 1 {
            keys.clear();
            keys.try_reserve(end - start)?;
            keys.extend(order[start..end].iter().map(|index| {
                let bytes = block.be_u64(positions[*index as usize] as usize) << (8 * bucket_bytes);
                (bytes & !INDEX_MASK) | u64::from(*index)
            }));
            sort_keys(keys, start, bucket_bytes + KEY_BYTES, order, &mut groups)?;
            refine_groups(block, order, positions, keys, &mut groups)?;
        }
        start = end;
    }
    Ok(())
}

/// LMS rotations `start..end` of the order, which agree on their first `depth` bytes.
struct Group {
    start: u32,
    end: u32,
    depth: u32,
}

/// Sorts keys, writes their indices to the order from `start` on, and adds the groups of equal prefixes to `groups`.
#[inline]
fn sort_keys(
    keys: &mut [u64],
    start: usize,
    depth: usize,
    order: &mut [u32],
    groups: &mut Vec<Group>,
) -> Result<(), TryReserveError> {
    keys.sort_unstable();
    for (index, key) in order[start..].iter_mut().zip(&*keys) {
        *index = (key & INDEX_MASK) as u32;
    }
    let mut first = 0;
    for index in 1..=keys.len() {
        if keys.get(index).is_none_or(|key| (key ^ keys[first]) > INDEX_MASK) {
            if index - first > 1 {
                groups.try_reserve(1)?;
                let (start, end) = ((start + first) as u32, (start + index) as u32);
                groups.push(Group { start, end, depth: depth as u32 });
            }
            first = index;
        }
    }
    Ok(())
}

/// Sorts each group by the next five bytes, until nothing is left or the common prefixes are long enough for prefix
/// doubling.
fn refine_groups(
    block: CyclicBlock<'_>,
    order: &mut [u32],
    positions: &[u32],
    keys: &mut Vec<u64>,
    groups: &mut Vec<Group>,
) -> Result<(), TryReserveError> {
    let len = block.len();
    while let Some(Group { start, end, depth }) = groups.pop() {
        let (start, end, depth) = (start as usize, end as usize, depth as usize);
        if depth >= MAX_DEPTH && second_lms_distance(order[start] as usize, positions, len) < depth {
            for index in &mut order[start + 1..end] {
                *index |= SAME_PREFIX;
            }
            continue;
        }
        keys.clear();
        keys.extend(order[start..end].iter().map(|index| {
            let bytes = block.be_u64((positions[*index as usize] as usize + depth) % len);
            (bytes & !INDEX_MASK) | u64::from(*index)
        }));
        sort_keys(keys, start, depth + KEY_BYTES, order, groups)?;
    }
    Ok(())
}

/// The distance from one LMS position to the second after it.
///
/// When a common prefix is longer than that, all of the group have the first LMS position after them at the same
/// distance: the bytes up to the second one decide the types up to the first one.
fn second_lms_distance(index: usize, positions: &[u32], len: usize) -> usize {
    let second = positions[(index + 2) % positions.len()] as usize;
    let distance = (second + len - positions[index] as usize) % len;
    if distance == 0 { len } else { distance }
}

/// Writes the entry of each LMS rotation to its rank in `order`.
pub(super) fn write_entries(block: CyclicBlock<'_>, order: &mut [u32], ranks: &[u32]) {
    let mut index = ranks.len() - 1;
    let mut last = 0;
    scan_types(block, |next, byte, _, next_is_lms| {
        let entry = next | u32::from(byte) << POSITION_BITS;
        // Stored without a branch: the entry of a position that is not LMS is overwritten.
        order[ranks[index] as usize] = entry;
        last = if next_is_lms { entry } else { last };
        index = index.saturating_sub(usize::from(next_is_lms));
    });
    order[ranks[0] as usize] = last;
}
