//! What blocks of deflate are made of (RFC 1951, 3.2): the choice of the shortest of their three forms, their headers,
//! and bits on their way out.

#![forbid(unsafe_code)]

mod bits;
mod huffman;
mod lengths;

pub(crate) use bits::Bits;
pub(crate) use huffman::Code;
pub(crate) use lengths::Lengths;

/// The shortest and the longest repetition that deflate can refer to.
pub(crate) const SHORTEST: usize = 3;
pub(crate) const LONGEST: usize = 258;

/// The symbol that ends a block.
pub(crate) const END: usize = 256;

const STORED: u64 = 0;
const FIXED: u64 = 1;
const DYNAMIC: u64 = 2;

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

/// The symbol of a length, which is `length - SHORTEST` here: its number, how many more bits follow, and which.
pub(crate) fn length_symbol(length: usize) -> (usize, u32, u32) {
    match length as u32 {
        length @ 0..=7 => (257 + length as usize, 0, 0),
        255 => (285, 0, 0),
        length => {
            let extra = length.ilog2() - 2;
            (257 + (extra * 4 + (length >> extra)) as usize, extra, length & ((1 << extra) - 1))
        }
    }
}

/// The symbol of a distance, in the same way.
#[inline]
pub(crate) fn distance_symbol(distance: usize) -> (usize, u32, u32) {
    let distance = distance as u32 - 1;
    // The first four are symbols of their own, without more bits; and so they come out.
    let extra = (distance | 2).ilog2() - 1;
    ((extra * 2 + (distance >> extra)) as usize, extra, distance & ((1 << extra) - 1))
}

/// How many more bits follow the symbol of a distance.
pub(crate) fn distance_extra(symbol: usize) -> u32 {
    (symbol as u32 / 2).saturating_sub(1)
}

/// How often each symbol is needed in a block, [`END`] included, and how many bits follow the symbols in all. There are
/// at most 65535 symbols.
pub(crate) struct Needed {
    pub(crate) literals: [u16; 286],
    pub(crate) distances: [u16; 30],
    pub(crate) extra: u32,
}

/// What a block is written with: the codes that are fixed, or its own.
pub(crate) struct Form {
    fixed: bool,
    literals: Code<286>,
    distances: Code<30>,
    lengths: Lengths,
}

impl Form {
    /// The shortest form for a block of `len` bytes, and how many bits it takes; no form if it is as short when stored.
    pub(crate) fn shortest(needed: &Needed, len: usize) -> Option<(Self, u64)> {
        Self::chosen(needed, len, false)
    }

    /// The same, with no codes but the fixed ones if only these are wanted.
    pub(crate) fn chosen(needed: &Needed, len: usize, only_fixed: bool) -> Option<(Self, u64)> {
        let literals = Code::new(&needed.literals, 15);
        let distances = Code::new(&needed.distances, 15);
        let lengths = Lengths::new(&literals.lengths, &distances.lengths);
        let fixed = FIXED_LITERALS.cost(&needed.literals) + FIXED_DISTANCES.cost(&needed.distances);
        let dynamic = lengths.cost + literals.cost(&needed.literals) + distances.cost(&needed.distances);
        // Without the three bits that all forms begin with.
        let is_fixed = only_fixed || fixed <= dynamic;
        let shortest = u64::from(if is_fixed { fixed } else { dynamic }) + u64::from(needed.extra);
        // A stored block begins at a whole byte.
        if 8 * (len as u64 + 4) <= shortest {
            return None;
        }
        Some((Self { fixed: is_fixed, literals, distances, lengths }, shortest + 3))
    }

    /// The codes of literals and lengths, and of distances.
    pub(crate) fn codes(&self) -> (&Code<286>, &Code<30>) {
        if self.fixed { (&FIXED_LITERALS, &FIXED_DISTANCES) } else { (&self.literals, &self.distances) }
    }

    /// Writes what comes before the symbols.
    pub(crate) fn write_head(&self, last: bool, bits: &mut Bits<'_, '_>) {
        if self.fixed {
            bits.put(FIXED << 1 | u64::from(last), 3);
        } else {
            bits.put(DYNAMIC << 1 | u64::from(last), 3);
            self.lengths.write(bits);
        }
    }
}

/// The most that a stored block holds.
pub(crate) const MOST_STORED: usize = u16::MAX as usize;

/// Writes `data`, at most [`MOST_STORED`] bytes, as it is.
pub(crate) fn write_stored(data: &[u8], last: bool, bits: &mut Bits<'_, '_>) {
    bits.put(STORED << 1 | u64::from(last), 3);
    bits.align();
    let len = data.len() as u16;
    bits.out.extend_from_slice(&len.to_le_bytes());
    bits.out.extend_from_slice(&(!len).to_le_bytes());
    bits.out.extend_from_slice(data);
}

/// Writes a block with nothing in it, in the fixed codes, of which the one of [`END`] is seven zeros.
pub(crate) fn write_empty_fixed(bits: &mut Bits<'_, '_>) {
    bits.put(FIXED << 1, 3 + 7);
}
