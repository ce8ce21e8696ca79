//! Repetitions: data as literal bytes and references to what came before.
//!
//! Greedy or lazy search along hash chains, as in zlib, with zlib's limits for each level.

#![forbid(unsafe_code)]

use crate::block::{END, LONGEST, Needed, SHORTEST, distance_symbol, length_symbol};
use crate::shape::Shape;
use crate::stream::Strategy;
use std::collections::TryReserveError;

/// How much to try.
struct Effort {
    /// A repetition as long as this makes the search for a longer one at the next byte brief.
    good: usize,
    /// A repetition as long as this ends the search for a longer one at the next byte. 0: there is none.
    lazy: usize,
    /// A repetition as long as this is taken at once.
    nice: usize,
    /// How many places are looked at.
    chain: usize,
}

const EFFORTS: [Effort; 9] = [
    Effort { good: 4, lazy: 0, nice: 8, chain: 4 },
    Effort { good: 4, lazy: 0, nice: 16, chain: 8 },
    Effort { good: 4, lazy: 0, nice: 32, chain: 32 },
    Effort { good: 4, lazy: 4, nice: 16, chain: 16 },
    Effort { good: 8, lazy: 16, nice: 32, chain: 32 },
    Effort { good: 8, lazy: 16, nice: 128, chain: 128 },
    Effort { good: 8, lazy: 32, nice: 128, chain: 256 },
    Effort { good: 32, lazy: 128, nice: 258, chain: 1024 },
    Effort { good: 32, lazy: 258, nice: 258, chain: 4096 },
];

/// Of data that is made of small values, repetitions up to this length are not worth it.
const MOST_FILTERED: usize = 5;

/// A literal byte, or with a distance that is not 0 a repetition and its length.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) distance: u16,
    pub(super) value: u16,
}

/// What has been found, and what is needed for it.
pub(super) struct Found {
    pub(super) tokens: Vec<Token>,
    pub(super) needed: Needed,
}

impl Found {
    fn literal(&mut self, byte: u8) {
        self.tokens.push(Token { distance: 0, value: u16::from(byte) });
        self.needed.literals[usize::from(byte)] += 1;
    }

    fn repetition(&mut self, length: usize, distance: usize) {
        let length = length - SHORTEST;
        self.tokens.push(Token { distance: distance as u16, value: length as u16 });
        let (length, length_extra, _) = length_symbol(length);
        let (distance, distance_extra, _) = distance_symbol(distance);
        self.needed.literals[length] += 1;
        self.needed.distances[distance] += 1;
        self.needed.extra += length_extra + distance_extra;
    }
}

const HASH_BITS: u32 = 11;

/// For each hash of three bytes the last place that has it, and for each place the one before with the same hash. Places
/// are counted from 1, and 0 is none.
pub(super) struct Tables {
    heads: Vec<u16>,
    before: Vec<u16>,
    /// Nothing before this place is referred to.
    floor: usize,
}

impl Tables {
    /// Tables without an entry.
    pub(super) fn new() -> Result<Self, TryReserveError> {
        let mut heads = Vec::new();
        heads.try_reserve_exact(1 << HASH_BITS)?;
        heads.resize(1 << HASH_BITS, 0);
        Ok(Self { heads, before: Vec::new(), floor: 0 })
    }

    /// Forgets everything before `place`.
    pub(super) fn forget(&mut self, place: usize) {
        self.floor = place;
    }

    pub(super) fn try_clone(&self) -> Result<Self, TryReserveError> {
        let mut before = Vec::new();
        before.try_reserve_exact(self.before.len())?;
        before.extend_from_slice(&self.before);
        let mut copy = Self { before, ..Self::new()? };
        copy.heads.copy_from_slice(&self.heads);
        copy.floor = self.floor;
        Ok(copy)
    }

    /// Enters the places of a dictionary.
    pub(super) fn enter(&mut self, dictionary: &[u8]) -> Result<(), TryReserveError> {
        let mut chains = self.chains(dictionary, 0)?;
        (0..dictionary.len()).for_each(|place| {
            chains.enter(place);
        });
        Ok(())
    }

    /// The chains of `data`, with room for all of it.
    fn chains<'a>(&'a mut self, data: &'a [u8], window: u32) -> Result<Chains<'a>, TryReserveError> {
        self.before.try_reserve_exact(data.len().saturating_sub(self.before.len()))?;
        self.before.resize(data.len(), 0);
        let Some(heads) = self.heads.first_chunk_mut() else { unreachable!("the table was made so long") };
        Ok(Chains { data, heads, before: &mut self.before, floor: self.floor, window })
    }
}

/// Tables, and the data that they are of.
struct Chains<'a> {
    data: &'a [u8],
    heads: &'a mut [u16; 1 << HASH_BITS],
    before: &'a mut [u16],
    floor: usize,
    window: u32,
}

impl Chains<'_> {
    /// Enters `place`, and returns the last one with the same hash.
    fn enter(&mut self, place: usize) -> usize {
        let Some(&[a, b, c]) = self.data[place..].first_chunk::<3>() else { return 0 };
        let three = u32::from_le_bytes([a, b, c, 0]);
        let hash = (three.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize;
        let last = self.heads[hash];
        self.before[place] = last;
        self.heads[hash] = place as u16 + 1;
        usize::from(last)
    }

    /// The longest repetition at `place` from `candidate` on, if it is longer than `longest`: its length and distance.
    fn longest(
        &self,
        place: usize,
        mut candidate: usize,
        mut longest: usize,
        mut chain: usize,
        nice: usize,
    ) -> Option<(usize, usize)> {
        let here = &self.data[place..];
        let here = &here[..here.len().min(LONGEST)];
        let mut found = None;
        while candidate > 0 && chain > 0 && longest < here.len() {
            let start = candidate - 1;
            if (place - start) as u32 > self.window || start < self.floor {
                break;
            }
            let there = &self.data[start..][..here.len()];
            if there[longest] == here[longest] {
                let length = common(there, here);
                if length > longest {
                    longest = length;
                    found = Some((length, place - start));
                    if length >= nice {
                        break;
                    }
                }
            }
            candidate = usize::from(self.before[start]);
            chain -= 1;
        }
        found
    }
}

/// How many bytes two pieces of the same length have in common.
fn common(a: &[u8], b: &[u8]) -> usize {
    let mut length = 0;
    let (mut a, mut b) = (a, b);
    while let (Some((a8, a_rest)), Some((b8, b_rest))) = (a.split_first_chunk::<8>(), b.split_first_chunk::<8>()) {
        let difference = u64::from_le_bytes(*a8) ^ u64::from_le_bytes(*b8);
        if difference != 0 {
            return length + (difference.trailing_zeros() / 8) as usize;
        }
        length += 8;
        (a, b) = (a_rest, b_rest);
    }
    length + a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Takes `data` apart from `from` on, as a stream of this shape does; at level 0 it is not looked at.
///
/// What comes before has been taken apart with the same tables, or been entered in them.
pub(super) fn find(
    data: &[u8],
    from: usize,
    tables: &mut Tables,
    shape: Shape,
) -> Result<Option<Found>, TryReserveError> {
    let Some(effort) = usize::from(shape.level).checked_sub(1).and_then(|index| EFFORTS.get(index)) else {
        return Ok(None);
    };
    let mut needed = Needed { literals: [0; 286], distances: [0; 30], extra: 0 };
    needed.literals[END] = 1;
    let mut found = Found { tokens: Vec::new(), needed };
    found.tokens.try_reserve_exact(data.len() - from)?;
    match shape.strategy {
        Strategy::HuffmanOnly => data[from..].iter().for_each(|byte| found.literal(*byte)),
        Strategy::Rle => runs(data, from, tables.floor, &mut found),
        strategy => {
            let mut chains = tables.chains(data, shape.window())?;
            // Where these places are, three bytes have not been known.
            for place in from.saturating_sub(SHORTEST - 1).max(chains.floor)..from {
                chains.enter(place);
            }
            if effort.lazy == 0 {
                greedy(&mut chains, from, effort, &mut found);
            } else {
                let ignored = if strategy == Strategy::Filtered { MOST_FILTERED } else { SHORTEST - 1 };
                lazy(&mut chains, from, effort, ignored, &mut found);
            }
        }
    }
    Ok(Some(found))
}

/// Looks for bytes that are like the one before, and for nothing else.
fn runs(data: &[u8], from: usize, floor: usize, found: &mut Found) {
    let mut place = from;
    while place < data.len() {
        let here = &data[place..data.len().min(place + LONGEST)];
        let before = if place > floor { Some(data[place - 1]) } else { None };
        let length = here.iter().take_while(|byte| Some(**byte) == before).count();
        if length >= SHORTEST {
            found.repetition(length, 1);
            place += length;
        } else {
            found.literal(data[place]);
            place += 1;
        }
    }
}

fn greedy(chains: &mut Chains<'_>, from: usize, effort: &Effort, found: &mut Found) {
    let mut place = from;
    while place < chains.data.len() {
        let candidate = chains.enter(place);
        match chains.longest(place, candidate, SHORTEST - 1, effort.chain, effort.nice) {
            Some((length, distance)) => {
                found.repetition(length, distance);
                for inside in place + 1..place + length {
                    chains.enter(inside);
                }
                place += length;
            }
            None => {
                found.literal(chains.data[place]);
                place += 1;
            }
        }
    }
}

/// Takes a repetition only when the next byte does not begin a longer one, and none of `ignored` bytes or less.
fn lazy(chains: &mut Chains<'_>, from: usize, effort: &Effort, ignored: usize, found: &mut Found) {
    let mut place = from;
    // What the byte before has to offer; nothing is written for it yet.
    let mut last: Option<(usize, usize)> = None;
    let mut waiting = false;
    while place < chains.data.len() {
        let candidate = chains.enter(place);
        let last_length = last.map_or(ignored, |(length, _)| length);
        let chain = if last_length >= effort.good { effort.chain / 4 } else { effort.chain };
        let here = if last_length < effort.lazy {
            chains.longest(place, candidate, last_length, chain, effort.nice)
        } else {
            None
        };
        match (here, last) {
            (None, Some((length, distance))) => {
                found.repetition(length, distance);
                let end = place - 1 + length;
                for inside in place + 1..end {
                    chains.enter(inside);
                }
                place = end;
                (last, waiting) = (None, false);
            }
            _ => {
                if waiting {
                    found.literal(chains.data[place - 1]);
                }
                (last, waiting) = (here, true);
                place += 1;
            }
        }
    }
    if waiting {
        found.literal(chains.data[place - 1]);
    }
}
