//! Repetitions, found quickly: of each hash only the last place is looked at.
//!
//! What level 1 is about is time, and most of the time goes by between a guess of the processor and its correction. So
//! two places are looked at together, what is found first is taken, and repetitions of less than five bytes are not
//! looked for: they are many, hard to foresee, and save next to nothing.

#![forbid(unsafe_code)]

use super::symbols::{Collector, Symbols};
use crate::words::Words;
use std::collections::TryReserveError;

const HASH_BITS: u32 = 15;

/// How far a word is shifted for its lowest five bytes, which are hashed and have to be alike.
const FIVE: u32 = 64 - 5 * 8;

/// After `1 << PATIENCE` pairs of bytes without a repetition one pair is passed over for each that is looked at, after
/// twice as many two, up to [`MOST_SKIPPED`].
const PATIENCE: u32 = 6;
const MOST_SKIPPED: u32 = 64;

/// Where to look for repetitions.
pub(super) struct Finder {
    /// For each hash the last place that has it: its lower 16 bits. Where it is further back than these can tell, it is
    /// taken for a later place; the bytes there are compared as any are.
    last: Vec<u16>,
    window: u32,
}

#[inline(always)]
fn hash(word: u64) -> usize {
    ((word << FIVE).wrapping_mul(0x9e37_79b1_85eb_ca87) >> (64 - HASH_BITS)) as usize
}

impl Finder {
    /// Finds no distance beyond `window`.
    pub(super) fn new(window: u32) -> Result<Self, TryReserveError> {
        let mut last = Vec::new();
        last.try_reserve_exact(1 << HASH_BITS)?;
        last.resize(1 << HASH_BITS, 0);
        Ok(Self { last, window })
    }

    /// Takes `data` apart from `place` on, until it ends or there are enough symbols for a block; returns where that is.
    pub(super) fn find(&mut self, data: &[u8], place: usize, symbols: &mut Symbols) -> usize {
        let window = self.window;
        match self.last.first_chunk_mut() {
            Some(last) => symbols.collect(|found| find(data, place, last, window, found)),
            None => unreachable!("the table was made so long"),
        }
    }
}

fn find(
    data: &[u8],
    mut place: usize,
    last: &mut [u16; 1 << HASH_BITS],
    window: u32,
    found: &mut Collector<'_>,
) -> usize {
    // Before this place there are two words to read, one byte apart.
    let end = data.len().saturating_sub(9);
    let words = Words::new(data);
    let mut misses = 0;
    while place < end && found.room() > 2 {
        let (here, next) = (words.at(place), words.at(place + 1));
        // One after the other: the second may find the first.
        let start = enter(last, here, place);
        let start_of_next = enter(last, next, place + 1);
        let distance = (place - start) as u32;
        let distance_of_next = (place + 1 - start_of_next) as u32;
        let difference = here ^ words.at(start);
        let difference_of_next = next ^ words.at(start_of_next);
        // Of the distances 0 is none, either.
        let (difference, distance) = if difference << FIVE == 0 && distance.wrapping_sub(1) < window {
            (difference, distance)
        } else if difference_of_next << FIVE == 0 && distance_of_next.wrapping_sub(1) < window {
            found.literal(here as u8);
            place += 1;
            (difference_of_next, distance_of_next)
        } else {
            found.two_literals(here as u8, next as u8);
            place += 2;
            misses += 1;
            let skipped = (misses >> PATIENCE).min(MOST_SKIPPED) as usize;
            if skipped > 0 {
                for pair in data[place..].chunks_exact(2).take(skipped.min(found.room())) {
                    found.two_literals(pair[0], pair[1]);
                    place += 2;
                }
            }
            continue;
        };
        misses = 0;
        let length = match difference {
            0 => words.common(place, place - distance as usize),
            _ => difference.trailing_zeros() as usize / 8,
        };
        found.repetition(length, distance);
        // Some of the places that are passed over, for later ones to find.
        if place + 2 < end {
            let inside = words.at(place + 2);
            last[hash(inside)] = (place + 2) as u16;
            last[hash(inside >> 8)] = (place + 3) as u16;
        }
        place += length;
        if place < end {
            last[hash(words.at(place - 1))] = (place - 1) as u16;
        }
    }
    if place >= end {
        for byte in data[place..].iter().take(found.room()) {
            found.literal(*byte);
            place += 1;
        }
    }
    place
}

/// Enters `place`, where `word` is, and returns the last one with the same hash: not after `place`, and `place` itself
/// for none.
#[inline(always)]
fn enter(last: &mut [u16; 1 << HASH_BITS], word: u64, place: usize) -> usize {
    let entry = std::mem::replace(&mut last[hash(word)], place as u16);
    place.saturating_sub(usize::from((place as u16).wrapping_sub(entry)))
}
