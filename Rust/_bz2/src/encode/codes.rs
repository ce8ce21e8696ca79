//! The codes of a block: a few tables, of which every fifty symbols take the one that suits them best.

use super::bits::{Bits, CODE, LENGTH_SHIFT};
use super::lengths::lengths;
use std::collections::TryReserveError;

const GROUP: usize = 50;
const MOST_TABLES: usize = 6;
/// Decoders know longer codes, but libbzip2 writes none.
const LONGEST: u8 = 17;
const ROUNDS: usize = 4;

pub(super) struct Codes {
    /// How many symbols there may be.
    alphabet: usize,
    tables: usize,
    lengths: [[u8; 258]; MOST_TABLES],
    /// The table of each group.
    selectors: Vec<u8>,
    /// How many bits all symbols take.
    total: usize,
}

impl Codes {
    /// Chooses tables for these symbols, the way libbzip2 does.
    pub(super) fn new(symbols: &[u16], alphabet: usize) -> Result<Self, TryReserveError> {
        let tables = match symbols.len() {
            0..200 => 2,
            200..600 => 3,
            600..1200 => 4,
            1200..2400 => 5,
            _ => 6,
        };
        let mut selectors = Vec::new();
        selectors.try_reserve_exact(symbols.len().div_ceil(GROUP))?;
        let mut codes = Self { alphabet, tables, lengths: [[0; 258]; MOST_TABLES], selectors, total: 0 };
        codes.guess(symbols);
        for _ in 1..ROUNDS {
            codes.choose(symbols);
        }
        let counts = codes.choose(symbols);
        let of_table = |(counts, lengths): (&[u32; 258], &[u8; 258])| {
            counts.iter().zip(lengths).map(|(count, length)| *count as usize * usize::from(*length)).sum::<usize>()
        };
        codes.total = counts.iter().zip(&codes.lengths).map(of_table).sum();
        Ok(codes)
    }

    /// At first each table is good for a part of the alphabet, all parts about equally frequent.
    fn guess(&mut self, symbols: &[u16]) {
        let mut counts = [0_usize; 258];
        for symbol in symbols {
            counts[usize::from(*symbol)] += 1;
        }
        let (mut left, mut from) = (symbols.len(), 0);
        for part in (1..=self.tables).rev() {
            let share = left / part;
            let (mut to, mut sum) = (from, 0);
            while sum < share && to < self.alphabet {
                sum += counts[to];
                to += 1;
            }
            // Every second part is rather too small than too large.
            if to > from + 1 && part != self.tables && part != 1 && (self.tables - part) % 2 == 1 {
                to -= 1;
                sum -= counts[to];
            }
            let table = &mut self.lengths[part - 1];
            table[..self.alphabet].fill(15);
            table[from..to].fill(0);
            from = to;
            left -= sum;
        }
    }

    /// Chooses the best table for each group, and then the best code for each table.
    fn choose(&mut self, symbols: &[u16]) -> [[u32; 258]; MOST_TABLES] {
        let mut counts = [[0_u32; 258]; MOST_TABLES];
        self.selectors.clear();
        // What a symbol costs in each table, side by side, so that all tables are added up at once.
        let mut costs = [[0_u16; 8]; 258];
        for (table, lengths) in self.lengths[..self.tables].iter().enumerate() {
            for (costs, length) in costs.iter_mut().zip(lengths) {
                costs[table] = u16::from(*length);
            }
        }
        for group in symbols.chunks(GROUP) {
            let mut sums = [0; 8];
            for symbol in group {
                for (sum, cost) in sums.iter_mut().zip(costs[usize::from(*symbol)]) {
                    *sum += cost;
                }
            }
            let best = (0..self.tables).min_by_key(|table| sums[*table]).unwrap_or_default();
            self.selectors.push(best as u8);
            for symbol in group {
                counts[best][usize::from(*symbol)] += 1;
            }
        }
        for (table, counts) in self.lengths.iter_mut().zip(&counts).take(self.tables) {
            lengths(&counts[..self.alphabet], LONGEST, &mut table[..self.alphabet]);
        }
        counts
    }

    /// How many bits there are at most.
    pub(super) fn bits(&self) -> usize {
        let selectors = 3 + 15 + self.selectors.len() * self.tables;
        let tables = self.tables * (5 + self.alphabet * (1 + 2 * usize::from(LONGEST)));
        selectors + tables + self.total
    }

    /// Writes the selectors, the tables, and the symbols.
    pub(super) fn write(&self, symbols: &[u16], bits: &mut Bits) {
        bits.put(self.tables as u64, 3);
        bits.put(self.selectors.len() as u64, 15);
        let mut recent = [0, 1, 2, 3, 4, 5];
        for selector in &self.selectors {
            let place = recent.iter().position(|recent| recent == selector).unwrap_or_default();
            recent[..=place].rotate_right(1);
            // As many ones, and a zero.
            bits.put((1 << (place + 1)) - 2, place as u32 + 1);
        }
        let mut codes = [[0; 258]; MOST_TABLES];
        for (lengths, codes) in self.lengths[..self.tables].iter().zip(&mut codes) {
            let lengths = &lengths[..self.alphabet];
            let mut current = lengths[0];
            bits.put(current.into(), 5);
            for length in lengths {
                while current != *length {
                    bits.put(if current < *length { 0b10 } else { 0b11 }, 2);
                    current = if current < *length { current + 1 } else { current - 1 };
                }
                bits.put(0, 1);
            }
            assign(lengths, codes);
        }
        // The last one by itself: what is held behind it goes out with what comes next.
        let (symbols, last) = symbols.split_at(symbols.len().saturating_sub(1));
        let mut codes_of = &codes[0];
        for (group, selector) in symbols.chunks(GROUP).zip(&self.selectors) {
            codes_of = &codes[usize::from(*selector)];
            bits.put_codes(group.iter().map(|symbol| codes_of[usize::from(*symbol)]));
        }
        if symbols.len() % GROUP == 0
            && let Some(selector) = self.selectors.last()
        {
            codes_of = &codes[usize::from(*selector)];
        }
        for symbol in last {
            let code = codes_of[usize::from(*symbol)];
            bits.put(u64::from(code & CODE), code >> LENGTH_SHIFT);
        }
    }
}

/// Gives codes of these lengths, each with its length above it.
fn assign(lengths: &[u8], codes: &mut [u32; 258]) {
    let mut next = 0;
    for length in 1..=LONGEST {
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, of)| **of == length) {
            *code = next | u32::from(length) << LENGTH_SHIFT;
            next += 1;
        }
        next <<= 1;
    }
}
