//! One block, the last of its stream, in the shortest of deflate's three forms (RFC 1951, 3.2.3).

#![forbid(unsafe_code)]

use super::huffman::Code;
use super::matches::{Found, Token, distance_symbol, length_symbol};
use outbuf::OutBuf;

const END: usize = 256;
const STORED: u64 = 0;
const FIXED: u64 = 1;
const DYNAMIC: u64 = 2;

/// The order in which the lengths of the code of code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

static FIXED_LITERALS: Code<286> = {
    let mut lengths = [8; 288];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    // The last two stand for nothing, but take their part of the code.
    let Code { lengths, bits } = Code::of_lengths(lengths);
    Code { lengths: *lengths.first_chunk().unwrap(), bits: *bits.first_chunk().unwrap() }
};

static FIXED_DISTANCES: Code<30> = Code::of_lengths([5; 30]);

/// Bits on their way out.
struct Bits<'o, 'm> {
    out: &'o mut OutBuf<'m>,
    held: u64,
    count: u32,
}

impl Bits<'_, '_> {
    /// Writes `count` bits, 32 at most.
    fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        if self.count >= 32 {
            self.out.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    /// Fills the last byte up.
    fn align(&mut self) {
        let bytes = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
        (self.held, self.count) = (0, 0);
    }

    /// Writes a symbol of a code, and `extra` more bits.
    fn symbol<const N: usize>(&mut self, code: &Code<N>, symbol: usize, extra: u32, more: u32) {
        let length = u32::from(code.lengths[symbol]);
        self.put(u64::from(code.bits[symbol]) | u64::from(more) << length, length + extra);
    }

    fn tokens(&mut self, tokens: &[Token], literals: &Code<286>, distances: &Code<30>) {
        for token in tokens {
            let value = usize::from(token.value);
            if token.distance == 0 {
                self.symbol(literals, value, 0, 0);
            } else {
                let (symbol, extra, more) = length_symbol(value);
                self.symbol(literals, symbol, extra, more);
                let (symbol, extra, more) = distance_symbol(usize::from(token.distance));
                self.symbol(distances, symbol, extra, more);
            }
        }
        self.symbol(literals, END, 0, 0);
    }
}

/// The lengths of two codes in a row, as they are written at the beginning of a block: runs are made short.
struct Lengths {
    /// Symbols, each with its further bits above it.
    symbols: [u16; 286 + 30],
    count: usize,
    /// How many lengths of the first code there are, and of the second.
    sizes: (usize, usize),
    code: Code<19>,
    /// How many lengths of the code itself are written.
    order: usize,
    cost: u32,
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

impl Lengths {
    fn new(literals: &[u8; 286], distances: &[u8; 30]) -> Self {
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
        for run in row.chunk_by(|a, b| a == b) {
            let (length, mut left) = (run[0], run.len());
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
        let code = Code::new(frequencies, 7);
        let order = ORDER.iter().rposition(|symbol| code.lengths[*symbol] > 0).map_or(4, |last| (last + 1).max(4));
        let further: u32 = (16..19).map(|symbol| further(symbol) * u32::from(frequencies[symbol])).sum();
        let cost = 5 + 5 + 4 + 3 * order as u32 + code.cost(&frequencies) + further;
        Self { symbols, count, sizes, code, order, cost }
    }

    fn write(&self, bits: &mut Bits<'_, '_>) {
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

/// Writes `data`, in which these repetitions have been found; without them as it is.
pub(super) fn write(data: &[u8], found: Option<&Found>, out: &mut OutBuf<'_>) {
    let mut bits = Bits { out, held: 0, count: 0 };
    match found {
        Some(found) => compressed(data, found, &mut bits),
        None => stored(data, &mut bits),
    }
    bits.align();
}

fn stored(data: &[u8], bits: &mut Bits<'_, '_>) {
    bits.put(STORED << 1 | 1, 3);
    bits.align();
    let len = data.len() as u16;
    bits.out.extend_from_slice(&len.to_le_bytes());
    bits.out.extend_from_slice(&(!len).to_le_bytes());
    bits.out.extend_from_slice(data);
}

fn compressed(data: &[u8], found: &Found, bits: &mut Bits<'_, '_>) {
    let mut counts = found.literals;
    counts[END] = 1;
    let fixed = FIXED_LITERALS.cost(&counts) + FIXED_DISTANCES.cost(&found.distances);
    let literals = Code::new(counts, 15);
    let distances = Code::new(found.distances, 15);
    let lengths = Lengths::new(&literals.lengths, &distances.lengths);
    let dynamic = lengths.cost + literals.cost(&counts) + distances.cost(&found.distances);
    // In bits, without those that all forms have.
    let shortest = fixed.min(dynamic) + found.extra;
    // A stored block begins at a whole byte.
    if 8 * (data.len() as u32 + 4) <= shortest {
        stored(data, bits);
    } else if fixed <= dynamic {
        bits.put(FIXED << 1 | 1, 3);
        bits.tokens(&found.tokens, &FIXED_LITERALS, &FIXED_DISTANCES);
    } else {
        bits.put(DYNAMIC << 1 | 1, 3);
        lengths.write(bits);
        bits.tokens(&found.tokens, &literals, &distances);
    }
}
