//! Blocks that are a shorter one repeated: their rotations are equal in sets.
//!
//! Which of a set comes first makes no difference to the last bytes, but one of the set is the block itself, and its
//! number is in the stream. Any number of the set would do. Ours is that of libbzip2, so that all streams are the same:
//! it sorts such a block by doubling, with a quicksort that leaves equal ones in an order that depends on each step.

use super::Ring;
use std::collections::TryReserveError;

/// Larger blocks libbzip2 begins to sort by pairs of bytes. When they are repetitions it soon gives up, but if there is
/// only one pair then there is nothing to do, and the block stays the first.
const BY_PAIRS: usize = 10_000;

/// Set for the first of the rotations that are alike so far.
const FIRST: u32 = 1 << 31;

/// The length of the shortest block of which this one is a repetition; its own if it is none.
pub(super) fn base(ring: Ring<'_>) -> usize {
    let (mut base, mut rest, mut prime) = (ring.len(), ring.len(), 2);
    while rest > 1 {
        if prime * prime > rest {
            prime = rest;
        }
        while rest % prime == 0 {
            rest /= prime;
            let shorter = base / prime;
            if ring.block()[shorter..base] == ring.block()[..base - shorter] {
                base = shorter;
            }
        }
        prime += 1;
    }
    base
}

/// How many rotations that equal the block libbzip2 has before it.
///
/// `entries` has room for all rotations.
pub(super) fn offset(ring: Ring<'_>, base: usize, entries: &mut [u32]) -> Result<usize, TryReserveError> {
    let len = ring.len();
    if base == 1 && len >= BY_PAIRS {
        return Ok(0);
    }
    by_first_byte(ring, entries);
    // The place in the order of the first rotation that is like this one; what is equal in the end is so throughout.
    let mut classes = Vec::new();
    classes.try_reserve_exact(base)?;
    classes.resize(base, 0_u32);
    let (mut reach, mut split) = (1, true);
    // When twice as many bytes tell no more rotations apart, then no number does.
    while split {
        let mut first = 0;
        for (index, entry) in entries.iter().enumerate() {
            if entry & FIRST != 0 {
                first = index as u32;
            }
            let place = (entry & !FIRST) as usize;
            classes[(place + len - reach % len) % base] = first;
        }
        split = false;
        for alike in entries.chunk_by_mut(|_, next| next & FIRST == 0) {
            alike[0] &= !FIRST;
            let class = |entry: u32| classes[entry as usize % base];
            sort(alike, class);
            let mut last = class(alike[0]);
            alike[0] |= FIRST;
            for entry in &mut alike[1..] {
                let class = class(*entry);
                if class != last {
                    *entry |= FIRST;
                    (last, split) = (class, true);
                }
            }
        }
        reach *= 2;
    }
    let place = entries.iter().position(|entry| entry & !FIRST == 0).unwrap_or_default();
    let before = entries[..=place].iter().rev().position(|entry| entry & FIRST != 0);
    Ok(before.unwrap_or_default())
}

/// The rotations by their first byte, the last of each byte in front.
fn by_first_byte(ring: Ring<'_>, entries: &mut [u32]) {
    let mut ends = [0_usize; 256];
    for byte in ring.block() {
        ends[usize::from(*byte)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    for (place, byte) in ring.block().iter().enumerate() {
        let end = &mut ends[usize::from(*byte)];
        *end -= 1;
        entries[*end] = place as u32;
    }
    for (start, byte) in ends.into_iter().zip(0..=255) {
        if entries.get(start).is_some_and(|place| ring.at(*place as usize) == byte) {
            entries[start] |= FIRST;
        }
    }
}

/// Up to so many are sorted by insertion.
const FEW: usize = 10;

/// Sorts by class, step for step as libbzip2 does.
fn sort(entries: &mut [u32], class: impl Fn(u32) -> u32) {
    let mut random = 0;
    // The part that is longer waits while the other is sorted, so there are never more than these.
    let mut waiting = [(0, 0); 32];
    waiting[0] = (0, entries.len());
    let mut count = 1;
    while count > 0 {
        count -= 1;
        let (from, to) = waiting[count];
        let part = &mut entries[from..to];
        if part.len() <= FEW {
            insert(part, 4, &class);
            insert(part, 1, &class);
            continue;
        }
        random = (random * 7621 + 1) % 32768;
        let pivot = match random % 3 {
            0 => part[0],
            1 => part[(part.len() - 1) / 2],
            _ => part[part.len() - 1],
        };
        let (less, greater) = divide(part, class(pivot), &class);
        let parts = [(from, from + less), (to - greater, to)];
        let (longer, shorter) = if less > greater { (parts[0], parts[1]) } else { (parts[1], parts[0]) };
        for part in [longer, shorter] {
            if part.0 < part.1 {
                waiting[count] = part;
                count += 1;
            }
        }
    }
}

/// Inserts each entry among those behind it, of which it looks at every so many.
fn insert(part: &mut [u32], step: usize, class: &impl Fn(u32) -> u32) {
    for start in (0..part.len().saturating_sub(step)).rev() {
        let entry = part[start];
        let mut place = start;
        while place + step < part.len() && class(entry) > class(part[place + step]) {
            part[place] = part[place + step];
            place += step;
        }
        part[place] = entry;
    }
}

/// Puts what is less than the pivot in front and what is greater at the end; returns how many of each there are.
fn divide(part: &mut [u32], pivot: u32, class: &impl Fn(u32) -> u32) -> (usize, usize) {
    // From the left what equals the pivot and what is less, from the right what equals it and what is greater.
    let (mut equal_left, mut left) = (0, 0);
    let (mut equal_right, mut right) = (part.len(), part.len());
    loop {
        while left < right {
            let class = class(part[left]);
            if class > pivot {
                break;
            }
            if class == pivot {
                part.swap(left, equal_left);
                equal_left += 1;
            }
            left += 1;
        }
        while left < right {
            let class = class(part[right - 1]);
            if class < pivot {
                break;
            }
            right -= 1;
            if class == pivot {
                equal_right -= 1;
                part.swap(right, equal_right);
            }
        }
        if left >= right {
            break;
        }
        part.swap(left, right - 1);
        left += 1;
        right -= 1;
    }
    let (less, greater) = (left - equal_left, equal_right - right);
    if less + greater > 0 {
        let len = part.len();
        exchange(part, 0, left, equal_left.min(less));
        exchange(part, left, len, (len - equal_right).min(greater));
    }
    (less, greater)
}

/// Swaps the first `count` from `start` on with the last before `end`.
fn exchange(part: &mut [u32], start: usize, end: usize, count: usize) {
    for index in 0..count {
        part.swap(start + index, end - count + index);
    }
}
