//! Periodic blocks: a shorter string repeated, so that each rotation equals others.
//!
//! The order of equal rotations makes no difference to the last column. But the stream names the row of the block itself
//! (`origPtr`), and any of the equal rows would be right. This computes the one that libbzip2 writes, so that streams are
//! identical: its `fallbackSort` (blocksort.c), prefix doubling by Manber and Myers with a quicksort that is not stable,
//! so that every step of it has to be the same.

use super::CyclicBlock;
use std::collections::TryReserveError;

/// libbzip2 starts larger blocks with `mainSort`, a radix sort by two bytes. A periodic block soon exhausts its budget,
/// and then `fallbackSort` takes over; but when all pairs of bytes are equal, there is nothing to sort, and the block
/// remains row 0.
const MAIN_SORT_FROM: usize = 10_000;

/// Set for the first rotation of each bucket of rotations that are equal so far; `bhtab` in libbzip2.
const BUCKET_HEADER: u32 = 1 << 31;

/// The length of the primitive root: the shortest prefix of which the block is a repetition, or the whole block.
pub(super) fn root_length(block: CyclicBlock<'_>) -> usize {
    let (mut root, mut rest, mut prime) = (block.len(), block.len(), 2);
    while rest > 1 {
        if prime * prime > rest {
            prime = rest;
        }
        while rest % prime == 0 {
            rest /= prime;
            let shorter = root / prime;
            if block.bytes()[shorter..root] == block.bytes()[..root - shorter] {
                root = shorter;
            }
        }
        prime += 1;
    }
    root
}

/// How many of the rotations that equal the block libbzip2 puts before it.
///
/// `entries` has space for all rotations.
#[doc(alias = "fallbackSort")]
pub(super) fn fallback_sort_offset(
    block: CyclicBlock<'_>,
    root: usize,
    entries: &mut [u32],
) -> Result<usize, TryReserveError> {
    let len = block.len();
    if root == 1 && len >= MAIN_SORT_FROM {
        return Ok(0);
    }
    sort_by_first_byte(block, entries);
    // For each residue of positions modulo the root the first row of its bucket: rotations that are equal in the end are
    // in the same bucket throughout.
    let mut classes = Vec::new();
    classes.try_reserve_exact(root)?;
    classes.resize(root, 0_u32);
    let (mut h, mut split) = (1, true);
    // If twice as many bytes distinguish no further rotations, no number of bytes does.
    while split {
        let mut header = 0;
        for (row, entry) in entries.iter().enumerate() {
            if entry & BUCKET_HEADER != 0 {
                header = row as u32;
            }
            let position = (entry & !BUCKET_HEADER) as usize;
            classes[(position + len - h % len) % root] = header;
        }
        split = false;
        for bucket in entries.chunk_by_mut(|_, next| next & BUCKET_HEADER == 0) {
            bucket[0] &= !BUCKET_HEADER;
            let class = |entry: u32| classes[entry as usize % root];
            fallback_qsort3(bucket, class);
            let mut last = class(bucket[0]);
            bucket[0] |= BUCKET_HEADER;
            for entry in &mut bucket[1..] {
                let class = class(*entry);
                if class != last {
                    *entry |= BUCKET_HEADER;
                    (last, split) = (class, true);
                }
            }
        }
        h *= 2;
    }
    let row = entries.iter().position(|entry| entry & !BUCKET_HEADER == 0).unwrap_or_default();
    let before = entries[..=row].iter().rev().position(|entry| entry & BUCKET_HEADER != 0);
    Ok(before.unwrap_or_default())
}

/// A bucket sort by the first byte, which puts later positions first.
fn sort_by_first_byte(block: CyclicBlock<'_>, entries: &mut [u32]) {
    let mut ends = [0_usize; 256];
    for byte in block.bytes() {
        ends[usize::from(*byte)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    for (position, byte) in block.bytes().iter().enumerate() {
        let end = &mut ends[usize::from(*byte)];
        *end -= 1;
        entries[*end] = position as u32;
    }
    for (start, byte) in ends.into_iter().zip(0..=255) {
        if entries.get(start).is_some_and(|position| block.byte(*position as usize) == byte) {
            entries[start] |= BUCKET_HEADER;
        }
    }
}

/// Up to this many entries are sorted by insertion; `FALLBACK_QSORT_SMALL_THRESH`.
const SMALL_THRESH: usize = 10;

/// Sorts by class with the steps of `fallbackQSort3`: a three-way quicksort (Bentley and Sedgewick, 1997).
#[doc(alias = "fallbackQSort3")]
fn fallback_qsort3(entries: &mut [u32], class: impl Fn(u32) -> u32) {
    let mut random = 0;
    // The longer part waits while the shorter one is sorted, which bounds the depth.
    let mut stack = [(0, 0); 32];
    stack[0] = (0, entries.len());
    let mut depth = 1;
    while depth > 0 {
        depth -= 1;
        let (from, to) = stack[depth];
        let part = &mut entries[from..to];
        if part.len() <= SMALL_THRESH {
            fallback_simple_sort(part, 4, &class);
            fallback_simple_sort(part, 1, &class);
            continue;
        }
        random = (random * 7621 + 1) % 32768;
        let pivot = match random % 3 {
            0 => part[0],
            1 => part[(part.len() - 1) / 2],
            _ => part[part.len() - 1],
        };
        let (less, greater) = partition(part, class(pivot), &class);
        let parts = [(from, from + less), (to - greater, to)];
        let (longer, shorter) = if less > greater { (parts[0], parts[1]) } else { (parts[1], parts[0]) };
        for part in [longer, shorter] {
            if part.0 < part.1 {
                stack[depth] = part;
                depth += 1;
            }
        }
    }
}

/// One pass of insertion sort with the given step, from the end.
#[doc(alias = "fallbackSimpleSort")]
fn fallback_simple_sort(part: &mut [u32], step: usize, class: &impl Fn(u32) -> u32) {
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

/// Three-way partition; returns how many entries are less than the pivot, at the start, and greater, at the end.
fn partition(part: &mut [u32], pivot: u32, class: &impl Fn(u32) -> u32) -> (usize, usize) {
    // Entries equal to the pivot are collected at both ends, and swapped to the middle afterwards.
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
        swap_ranges(part, 0, left, equal_left.min(less));
        swap_ranges(part, left, len, (len - equal_right).min(greater));
    }
    (less, greater)
}

/// Swaps the first `count` entries from `start` on with the last `count` before `end`.
fn swap_ranges(part: &mut [u32], start: usize, end: usize, count: usize) {
    for index in 0..count {
        part.swap(start + index, end - count + index);
    }
}
