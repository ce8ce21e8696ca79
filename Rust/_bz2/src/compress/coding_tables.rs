//! The coding tables of a block: two to six Huffman codes, of which each group of 50 symbols uses the one that suits it
//! best (`sendMTFValues` of libbzip2, whose choices these are).

use super::bit_writer::{BitWriter, CODE_MASK, LENGTH_SHIFT};
use super::code_lengths::code_lengths;
use std::collections::TryReserveError;

#[doc(alias = "BZ_G_SIZE")]
const GROUP_SIZE: usize = 50;
#[doc(alias = "BZ_N_GROUPS")]
const MAX_TABLES: usize = 6;
/// The format allows codes of 20 bits; libbzip2 writes none that are longer than this.
const MAX_CODE_LENGTH: u8 = 17;
#[doc(alias = "BZ_N_ITERS")]
const ITERATIONS: usize = 4;
#[doc(alias = "BZ_LESSER_ICOST")]
const LESSER_COST: u8 = 0;
#[doc(alias = "BZ_GREATER_ICOST")]
const GREATER_COST: u8 = 15;

pub(super) struct CodingTables {
    alphabet_size: usize,
    tables: usize,
    lengths: [[u8; 258]; MAX_TABLES],
    /// The table of each group.
    selectors: Vec<u8>,
    /// How many bits the symbols take.
    symbol_bits: usize,
}

impl CodingTables {
    /// Chooses tables for these symbols.
    pub(super) fn new(symbols: &[u16], alphabet_size: usize) -> Result<Self, TryReserveError> {
        let tables = match symbols.len() {
            0..200 => 2,
            200..600 => 3,
            600..1200 => 4,
            1200..2400 => 5,
            _ => 6,
        };
        let mut selectors = Vec::new();
        selectors.try_reserve_exact(symbols.len().div_ceil(GROUP_SIZE))?;
        let mut coding = Self { alphabet_size, tables, lengths: [[0; 258]; MAX_TABLES], selectors, symbol_bits: 0 };
        coding.initial_tables(symbols);
        let mut frequencies = [[0; 258]; MAX_TABLES];
        for _ in 0..ITERATIONS {
            if !coding.iterate(symbols, &mut frequencies) {
                break;
            }
        }
        let bits_of_table = |(frequencies, lengths): (&[u32; 258], &[u8; 258])| {
            let bits = |(frequency, length): (&u32, &u8)| *frequency as usize * usize::from(*length);
            frequencies.iter().zip(lengths).map(bits).sum::<usize>()
        };
        coding.symbol_bits = frequencies.iter().zip(&coding.lengths).map(bits_of_table).sum();
        Ok(coding)
    }

    /// Makes each table cheap for one range of the alphabet; the ranges have about equal frequencies.
    fn initial_tables(&mut self, symbols: &[u16]) {
        let mut frequencies = [0_usize; 258];
        for symbol in symbols {
            frequencies[usize::from(*symbol)] += 1;
        }
        let (mut left, mut from) = (symbols.len(), 0);
        for part in (1..=self.tables).rev() {
            let target = left / part;
            let (mut to, mut sum) = (from, 0);
            while sum < target && to < self.alphabet_size {
                sum += frequencies[to];
                to += 1;
            }
            // Every second range ends before the symbol that exceeds the target.
            if to > from + 1 && part != self.tables && part != 1 && (self.tables - part) % 2 == 1 {
                to -= 1;
                sum -= frequencies[to];
            }
            let table = &mut self.lengths[part - 1];
            table[..self.alphabet_size].fill(GREATER_COST);
            table[from..to].fill(LESSER_COST);
            from = to;
            left -= sum;
        }
    }

    /// Chooses the cheapest table for each group, then the best code for each table, and counts the symbols of each table.
    /// Returns whether any group has got another table than before; if none has, the codes are the same as before, too, and
    /// further iterations change nothing.
    fn iterate(&mut self, symbols: &[u16], frequencies: &mut [[u32; 258]; MAX_TABLES]) -> bool {
        for frequencies in &mut frequencies[..self.tables] {
            frequencies[..self.alphabet_size].fill(0);
        }
        let mut changed = false;
        // The costs of a symbol in all tables are adjacent, so that one vector addition adds them up.
        let mut costs = [[0_u16; 8]; 258];
        for (table, lengths) in self.lengths[..self.tables].iter().enumerate() {
            for (costs, length) in costs.iter_mut().zip(&lengths[..self.alphabet_size]) {
                costs[table] = u16::from(*length);
            }
        }
        for (index, group) in symbols.chunks(GROUP_SIZE).enumerate() {
            let mut sums = [0; 8];
            for symbol in group {
                for (sum, cost) in sums.iter_mut().zip(costs[usize::from(*symbol)]) {
                    *sum += cost;
                }
            }
            let best = (0..self.tables).min_by_key(|table| sums[*table]).unwrap_or_default();
            match self.selectors.get_mut(index) {
                Some(selector) => {
                    changed |= *selector != best as u8;
                    *selector = best as u8;
                }
                None => {
                    changed = true;
                    self.selectors.push(best as u8);
                }
            }
            for symbol in group {
                frequencies[best][usize::from(*symbol)] += 1;
            }
        }
        if changed {
            for (table, frequencies) in self.lengths.iter_mut().zip(frequencies).take(self.tables) {
                code_lengths(&frequencies[..self.alphabet_size], MAX_CODE_LENGTH, &mut table[..self.alphabet_size]);
            }
        }
        changed
    }

    /// An upper bound of the bits that [`write`](Self::write) writes.
    pub(super) fn max_bits(&self) -> usize {
        let selectors = 3 + 15 + self.selectors.len() * self.tables;
        let tables = self.tables * (5 + self.alphabet_size * (1 + 2 * usize::from(MAX_CODE_LENGTH)));
        selectors + tables + self.symbol_bits
    }

    /// Writes the selectors, the code lengths, and the symbols.
    #[doc(alias = "sendMTFValues")]
    pub(super) fn write(&self, symbols: &[u16], bits: &mut BitWriter) {
        bits.put(self.tables as u64, 3);
        bits.put(self.selectors.len() as u64, 15);
        let mut recent = [0, 1, 2, 3, 4, 5];
        for selector in &self.selectors {
            // The move-to-front index in unary.
            let index = recent.iter().position(|recent| recent == selector).unwrap_or_default();
            recent[..=index].rotate_right(1);
            bits.put((1 << (index + 1)) - 2, index as u32 + 1);
        }
        let mut codes = [[0; 258]; MAX_TABLES];
        for (lengths, codes) in self.lengths[..self.tables].iter().zip(&mut codes) {
            let lengths = &lengths[..self.alphabet_size];
            // The lengths as differences from one symbol to the next.
            let mut current = lengths[0];
            bits.put(current.into(), 5);
            for length in lengths {
                while current != *length {
                    bits.put(if current < *length { 0b10 } else { 0b11 }, 2);
                    current = if current < *length { current + 1 } else { current - 1 };
                }
                bits.put(0, 1);
            }
            assign_codes(lengths, codes);
        }
        // The last symbol separately: `put` leaves the bits in the buffer that libbzip2 would leave there.
        let (symbols, last) = symbols.split_at(symbols.len().saturating_sub(1));
        let mut codes_of = &codes[0];
        for (group, selector) in symbols.chunks(GROUP_SIZE).zip(&self.selectors) {
            codes_of = &codes[usize::from(*selector)];
            bits.put_codes(group.iter().map(|symbol| codes_of[usize::from(*symbol)]));
        }
        if symbols.len() % GROUP_SIZE == 0
            && let Some(selector) = self.selectors.last()
        {
            codes_of = &codes[usize::from(*selector)];
        }
        for symbol in last {
            let code = codes_of[usize::from(*symbol)];
            bits.put(u64::from(code & CODE_MASK), code >> LENGTH_SHIFT);
        }
    }
}

/// Assigns the canonical code of these lengths; each code word has its length from [`LENGTH_SHIFT`] on.
#[doc(alias = "BZ2_hbAssignCodes")]
fn assign_codes(lengths: &[u8], codes: &mut [u32; 258]) {
    let (shortest, longest) =
        lengths.iter().fold((MAX_CODE_LENGTH, 0), |(least, most), length| (least.min(*length), most.max(*length)));
    let mut next = 0;
    for length in shortest..=longest {
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, of)| **of == length) {
            *code = next | u32::from(length) << LENGTH_SHIFT;
            next += 1;
        }
        next <<= 1;
    }
}
