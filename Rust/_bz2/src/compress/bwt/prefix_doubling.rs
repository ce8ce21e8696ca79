//! Prefix doubling over the LMS rotations that their first bytes do not distinguish.
//!
//! The algorithm of Larsson and Sadakane ("Faster Suffix Sorting", 1999; Theoretical Computer Science 387, 2007), with
//! LMS positions in place of characters. Rotations with the same first `h` LMS substrings form a *group*, whose number,
//! the rank of its members, is the index of its last member in the order. Sorting a group by the ranks of the rotations
//! `h` LMS positions further makes it an order by `2 h`. Adjacent groups of one member are combined into *sorted groups*,
//! which later rounds skip in one step.

use super::lms::SAME_PREFIX;
use std::collections::TryReserveError;

/// In the order: the start of a sorted group; the remaining bits are its length.
const SORTED: u32 = 1 << 31;

/// Replaces `ranks` by the rank of each LMS rotation; no two are equal. The contents of `order` are undefined afterwards.
pub(super) fn rank(order: &mut [u32], ranks: &mut [u32], keys: &mut Vec<u64>) -> Result<(), TryReserveError> {
    if !initial_ranks(order, ranks) {
        return Ok(());
    }
    let count = order.len();
    let mut h = 1;
    let mut budget = RIGHT_TO_LEFT_BUDGET * count;
    while h < count {
        let mut place = 0;
        // Where the current sorted group starts, if there is one.
        let mut sorted_start = None;
        let mut unsorted = 0;
        while place < count {
            if order[place] & SORTED != 0 {
                let len = (order[place] ^ SORTED) as usize;
                extend_sorted_group(order, &mut sorted_start, place, len);
                place += len;
                continue;
            }
            let end = ranks[order[place] as usize] as usize + 1;
            keys.clear();
            keys.try_reserve(end - place)?;
            keys.extend(order[place..end].iter().map(|index| {
                let next = *index as usize + h;
                let next = if next < count { next } else { next - count };
                u64::from(ranks[next]) << 32 | u64::from(*index)
            }));
            // By rank alone: many equal keys make the sort fast.
            keys.sort_unstable_by_key(|key| key >> 32);
            for group in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
                let rank = (place + group.len() - 1) as u32;
                for (key, slot) in group.iter().zip(&mut order[place..]) {
                    *slot = *key as u32;
                    ranks[*key as u32 as usize] = rank;
                }
                if group.len() == 1 {
                    extend_sorted_group(order, &mut sorted_start, place, 1);
                } else {
                    sorted_start = None;
                    unsorted += group.len();
                }
                place += group.len();
            }
        }
        if unsorted == 0 {
            break;
        }
        if unsorted > count / 4 {
            split_small_groups_right_to_left(order, ranks, &mut budget);
        }
        h *= 2;
    }
    Ok(())
}

/// The largest group that [`split_small_groups_right_to_left`] sorts.
const SMALL_GROUP: usize = 64;

/// The groups sorted in those passes have together at most this many times as many members as there are LMS positions,
/// because a pass may split nothing.
const RIGHT_TO_LEFT_BUDGET: usize = 8;

/// Sorts small groups by the rank of the next LMS rotation, from the last LMS position to the first.
///
/// This pass is an addition to the published algorithm. The ranks that it reads have been refined earlier in the same
/// pass, so a long repeated part of the block is distinguished in one pass instead of one round per doubling.
fn split_small_groups_right_to_left(order: &mut [u32], ranks: &mut [u32], budget: &mut usize) {
    let count = order.len();
    let mut buffer = [0; SMALL_GROUP];
    for index in (0..count).rev() {
        let end = ranks[index] as usize;
        let in_group = |place: usize| order[place] & SORTED == 0 && ranks[order[place] as usize] as usize == end;
        if order[end] & SORTED != 0 || (end >= SMALL_GROUP && in_group(end - SMALL_GROUP)) {
            continue;
        }
        let len = (0..=end).rev().take_while(|place| in_group(*place)).count();
        let Some(left) = budget.checked_sub(len) else { return };
        *budget = left;
        for (key, member) in buffer.iter_mut().zip(&order[end + 1 - len..=end]) {
            let next = if *member as usize + 1 < count { *member as usize + 1 } else { 0 };
            *key = u64::from(ranks[next]) << 32 | u64::from(*member);
        }
        let keys = &mut buffer[..len];
        keys.sort_unstable();
        let mut place = end + 1 - len;
        for group in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
            for (key, slot) in group.iter().zip(&mut order[place..]) {
                *slot = *key as u32;
                ranks[*key as u32 as usize] = (place + group.len() - 1) as u32;
            }
            if group.len() == 1 {
                order[place] = 1 | SORTED;
            }
            place += group.len();
        }
    }
}

/// Appends `count` sorted members at `place` to the current sorted group, or starts one.
#[inline]
fn extend_sorted_group(order: &mut [u32], sorted_start: &mut Option<usize>, place: usize, count: usize) {
    let start = *sorted_start.get_or_insert(place);
    order[place] = 1 | SORTED;
    order[start] = (place + count - start) as u32 | SORTED;
}

/// Sets the ranks by the order of the prefixes; returns whether any group has more than one member.
fn initial_ranks(order: &mut [u32], ranks: &mut [u32]) -> bool {
    let (mut end, mut unsorted) = (order.len(), false);
    for place in (0..order.len()).rev() {
        let index = order[place] & !SAME_PREFIX;
        ranks[index as usize] = (end - 1) as u32;
        if order[place] & SAME_PREFIX != 0 {
            (order[place], unsorted) = (index, true);
            continue;
        }
        if end == place + 1 {
            order[place] = 1 | SORTED;
        }
        end = place;
    }
    unsorted
}
