//! The lengths of a block's codes, as its head gives them.

#![forbid(unsafe_code)]

use super::bits::Bits;
use super::huffman::Code;

/// The order in which the lengths of the code of code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The lengths of two codes in a row, as they are written at the beginning of a block: runs are made short.
pub(crate) struct Lengths {
    /// Symbols, each with its further bits above it.
    symbols: [u16; 286 + 30],
    count: usize,
    /// How many lengths of the first code there are, and of the second.
    sizes: (usize, usize),
    code: Code<19>,
    /// How many lengths of the code itself are written.
    order: usize,
    pub(super) cost: u32,
}

/// How many bits follow a symbol of the code of code lengths.
fn further(symbol: usize) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}

/// How many of the first bytes are alike, eight at a time: most are 0, because most symbols do not occur.
fn run(row: &[u8]) -> usize {
    let alike = u64::from_ne_bytes([row[0]; 8]);
    let mut count = 0;
    while let Some(eight) = row[count..].first_chunk::<8>() {
        let difference = u64::from_le_bytes(*eight) ^ alike;
        if difference != 0 {
            return count + (difference.trailing_zeros() / 8) as usize;
        }
        count += 8;
    }
    count + row[count..].iter().take_while(|byte| **byte == row[0]).count()
}

impl Lengths {
    pub(super) fn new(literals: &[u8; 286], distances: &[u8; 30]) -> Self {
        let used = |lengths: &[u8], least: usize| {
            lengths.iter().rposition(|length| *length > 0).map_or(least, |last| (last + 1).max(least))
        };
        let sizes = (used(literals, 257), used(distances, 1));
        let mut row = [0; 286 + 30];
        row[..sizes.0].copy_from_slice(&literals[..sizes.0]);
        row[sizes.0..][..sizes.1].copy_from_slice(&distances[..sizes.1]);
        let row = &row[..sizes.0 + sizes.1];

        let (mut symbols, mut count) = ([0; 286 + 30], 0);
        let mut frequencies = [0_u16; 19];
        let mut put = |symbol: u8, more: usize| {
            symbols[count] = u16::from(symbol) | (more as u16) << 8;
            count += 1;
            frequencies[usize::from(symbol)] += 1;
        };
        let mut rest = row;
        while let Some(&length) = rest.first() {
            let mut left = run(rest);
            rest = &rest[left..];
            if length > 0 {
                put(length, 0);
                left -= 1;
            }
            while left > 0 {
                let taken = match (length, left) {
                    (_, 1 | 2) => 1,
                    (0, 3..=10) => left,
                    (0, _) => left.min(138),
                    _ => left.min(6),
                };
                match (length, taken) {
                    (_, 1) => put(length, 0),
                    (0, 3..=10) => put(17, taken - 3),
                    (0, _) => put(18, taken - 11),
                    _ => put(16, taken - 3),
                }
                left -= taken;
            }
        }
        let code = Code::new(&frequencies, 7);
        let order = ORDER.iter().rposition(|symbol| code.lengths[*symbol] > 0).map_or(4, |last| (last + 1).max(4));
        let further: u32 = (16..19).map(|symbol| further(symbol) * u32::from(frequencies[symbol])).sum();
        let cost = 5 + 5 + 4 + 3 * order as u32 + code.cost(&frequencies) + further;
        Self { symbols, count, sizes, code, order, cost }
    }

    pub(super) fn write(&self, bits: &mut Bits<'_, '_>) {
        bits.put(self.sizes.0 as u64 - 257, 5);
        bits.put(self.sizes.1 as u64 - 1, 5);
        bits.put(self.order as u64 - 4, 4);
        for symbol in &ORDER[..self.order] {
            bits.put(u64::from(self.code.lengths[*symbol]), 3);
        }
        for entry in &self.symbols[..self.count] {
            let (symbol, more) = (usize::from(entry & 0xff), u32::from(entry >> 8));
            bits.symbol(&self.code, symbol, further(symbol), more);
        }
    }
}
