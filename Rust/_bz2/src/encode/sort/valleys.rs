//! The valleys: where they are, and sorted by the bytes they begin with.

use super::{PLACE_BITS, Ring};
use std::collections::TryReserveError;

/// Set for a valley that is not told apart from the one before it in the order.
pub(super) const ALIKE: u32 = 1 << 31;

/// A key is so many bytes above the number of a valley.
const KEY_BYTES: usize = 5;
const NUMBER: u64 = (1 << (64 - 8 * KEY_BYTES)) - 1;

/// So many are sorted into buckets by two bytes, of which there are many.
const MANY: usize = 16_384;

/// Valleys that are alike so far are left to their ranks.
const ENOUGH: usize = 16;

/// How many rotations begin with each byte.
pub(super) struct Tally {
    pub(super) falls: [u32; 256],
    pub(super) rises: [u32; 256],
    pub(super) valleys: [u32; 256],
}

impl Tally {
    pub(super) fn valley_count(&self) -> usize {
        self.valleys.iter().sum::<u32>() as usize
    }
}

/// Goes through the block from its end, and says of each place whether it rises and whether the next one is a valley.
#[inline]
fn scan(ring: Ring<'_>, mut each: impl FnMut(u32, u8, bool, bool)) {
    let block = ring.block();
    let mut next = block[0];
    // The first place rises if of the first two neighbours that differ the second is greater.
    let mut next_rises = block.iter().find(|byte| **byte != next).is_some_and(|byte| *byte > next);
    // Behind the last place is the first one.
    let mut next_place = 0;
    for (place, &byte) in (0..ring.len() as u32).zip(block).rev() {
        // Which of two is less, and if they are equal what the second does, in one comparison: no branch could be foreseen.
        let rises = u32::from(byte) * 2 < u32::from(next) * 2 + u32::from(next_rises);
        each(next_place, byte, rises, next_rises & !rises);
        (next, next_rises, next_place) = (byte, rises, place);
    }
}

/// Lists where the valleys are, at the end of `entries`: in the order of the block, but that at place 0 is the last.
pub(super) fn list(ring: Ring<'_>, entries: &mut [u32]) -> Tally {
    let mut counts = [[0_u32; 2]; 256];
    let mut last = entries.len() - 1;
    scan(ring, |next, byte, rises, valley| {
        counts[usize::from(byte)][usize::from(rises)] += 1;
        // What is written for a place that is no valley is written over.
        entries[last] = next;
        last -= usize::from(valley);
    });
    let mut valleys = [0; 256];
    for place in &entries[last + 1..] {
        valleys[usize::from(ring.at(*place as usize))] += 1;
    }
    Tally { falls: counts.map(|[falls, _]| falls), rises: counts.map(|[_, rises]| rises), valleys }
}

/// Room for the order of the valleys, and for something that is said of each.
pub(super) fn split(entries: &mut [u32], count: usize) -> (&mut [u32], &mut [u32]) {
    let (order, list) = entries.split_at_mut(entries.len() - count);
    (&mut order[..count], list)
}

/// Sorts the numbers of the valleys into `order`. Of those that are not told apart all but the first are [`ALIKE`].
///
/// Those agree on so many bytes that the next valley is as far away from each of them.
pub(super) fn sort(
    ring: Ring<'_>,
    order: &mut [u32],
    list: &[u32],
    keys: &mut Vec<u64>,
) -> Result<(), TryReserveError> {
    // Into buckets by the first byte, or by the first two when there are many.
    let first = if list.len() < MANY { 1 } else { 2 };
    let bucket = |place: &u32| (ring.eight(*place as usize) >> (64 - 8 * first)) as usize;
    let mut ends: Vec<u32> = Vec::new();
    ends.try_reserve_exact(1 << (8 * first))?;
    ends.resize(1 << (8 * first), 0);
    for place in list {
        ends[bucket(place)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    for (number, place) in (0..).zip(list) {
        let end = &mut ends[bucket(place)];
        order[*end as usize] = number;
        *end += 1;
    }
    let mut groups = Vec::new();
    let mut start = 0;
    for end in ends {
        let end = end as usize;
        if end - start > 1 {
            keys.clear();
            keys.try_reserve(end - start)?;
            keys.extend(order[start..end].iter().map(|number| {
                let bytes = ring.eight(list[*number as usize] as usize) << (8 * first);
                (bytes & !NUMBER) | u64::from(*number)
            }));
            sort_keys(keys, start, first + KEY_BYTES, order, &mut groups)?;
            refine(ring, order, list, keys, &mut groups)?;
        }
        start = end;
    }
    Ok(())
}

/// Valleys that agree on so many bytes.
struct Group {
    from: u32,
    to: u32,
    depth: u32,
}

/// Sorts keys, puts their valleys into the order, and adds the groups of those that are still alike.
#[inline]
fn sort_keys(
    keys: &mut [u64],
    from: usize,
    depth: usize,
    order: &mut [u32],
    groups: &mut Vec<Group>,
) -> Result<(), TryReserveError> {
    keys.sort_unstable();
    for (number, key) in order[from..].iter_mut().zip(&*keys) {
        *number = (key & NUMBER) as u32;
    }
    let mut first = 0;
    for index in 1..=keys.len() {
        if keys.get(index).is_none_or(|key| (key ^ keys[first]) > NUMBER) {
            if index - first > 1 {
                groups.try_reserve(1)?;
                groups.push(Group { from: (from + first) as u32, to: (from + index) as u32, depth: depth as u32 });
            }
            first = index;
        }
    }
    Ok(())
}

/// Tells apart what is in the groups, by further bytes.
fn refine(
    ring: Ring<'_>,
    order: &mut [u32],
    list: &[u32],
    keys: &mut Vec<u64>,
    groups: &mut Vec<Group>,
) -> Result<(), TryReserveError> {
    let len = ring.len();
    while let Some(Group { from, to, depth }) = groups.pop() {
        let (from, to, depth) = (from as usize, to as usize, depth as usize);
        if depth >= ENOUGH && second_valley(order[from] as usize, list, len) < depth {
            for number in &mut order[from + 1..to] {
                *number |= ALIKE;
            }
            continue;
        }
        keys.clear();
        keys.extend(order[from..to].iter().map(|number| {
            let bytes = ring.eight((list[*number as usize] as usize + depth) % len);
            (bytes & !NUMBER) | u64::from(*number)
        }));
        sort_keys(keys, from, depth + KEY_BYTES, order, groups)?;
    }
    Ok(())
}

/// How far away the second valley behind this one is.
///
/// If that is within the bytes on which a group agrees, then all of the group have the first one at the same distance:
/// between the two something rises, so what comes behind makes no difference to the first.
fn second_valley(number: usize, list: &[u32], len: usize) -> usize {
    let second = list[(number + 2) % list.len()] as usize;
    let distance = (second + len - list[number] as usize) % len;
    if distance == 0 { len } else { distance }
}

/// Puts entries for the valleys in the order of their ranks.
pub(super) fn put(ring: Ring<'_>, order: &mut [u32], ranks: &[u32]) {
    let mut number = ranks.len() - 1;
    let mut last = 0;
    scan(ring, |next, byte, _, valley| {
        let entry = next | u32::from(byte) << PLACE_BITS;
        // What is written for a place that is no valley is written over.
        order[ranks[number] as usize] = entry;
        last = if valley { entry } else { last };
        number = number.saturating_sub(usize::from(valley));
    });
    order[ranks[0] as usize] = last;
}
