//! Decoding of canonical Huffman codes by table lookup.
//!
//! Short codes are decoded by one lookup of the next bits, longer ones by comparing with the first code that is too large
//! for each length (D. S. Hirschberg and D. A. Lelewer, "Efficient Decoding of Prefix Codes", CACM 33, 1990), as libbzip2
//! does for all codes.

#![forbid(unsafe_code)]

use super::bit_reader::BitReader;
use crate::stream::Error;

/// Codes of up to this length are in the lookup table.
pub(super) const LOOKUP_BITS: u32 = 10;
pub(super) const MAX_CODE_LENGTH: u32 = 20;

/// A result of table lookup: digits of a run of zeros, and the symbol after them.
///
/// One code at first; [`DecodingTable::fuse`] makes it as many as fit. Decoding the digits with the symbol after them
/// saves a branch that depends on the data, and is therefore often mispredicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry(u32);

impl Entry {
    const SYMBOLS_SHIFT: u32 = 4;
    const DIGITS_SHIFT: u32 = 8;
    const RUN_SHIFT: u32 = 12;
    const LITERAL_SHIFT: u32 = 23;

    /// The symbol of a code; [`RUNA`] and [`RUNB`] are the digits 1 and 2.
    fn new(symbol: u16, length: u32) -> Self {
        let symbol = u32::from(symbol);
        let of_symbol = if symbol <= u32::from(RUNB) {
            1 << Self::DIGITS_SHIFT | (symbol + 1) << Self::RUN_SHIFT
        } else {
            symbol << Self::LITERAL_SHIFT
        };
        Self(length | 1 << Self::SYMBOLS_SHIFT | of_symbol)
    }

    /// The entry for these digits and what the next entry has.
    fn followed_by(self, next: Self) -> Self {
        let counts = (1 << Self::RUN_SHIFT) - 1;
        let run = self.run() + (next.run() << self.digits());
        Self(((self.0 & counts) + (next.0 & counts)) | run << Self::RUN_SHIFT | next.literal() << Self::LITERAL_SHIFT)
    }

    /// Whether there is none: the code is longer than [`LOOKUP_BITS`], invalid, or that of the end of the block.
    #[inline(always)]
    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The sum of the lengths of the codes.
    #[inline(always)]
    pub(super) fn length(self) -> u32 {
        self.0 & 15
    }

    /// How many symbols these are.
    #[inline(always)]
    pub(super) fn symbols(self) -> u32 {
        self.0 >> Self::SYMBOLS_SHIFT & 15
    }

    /// How many of them are digits.
    #[inline(always)]
    pub(super) fn digits(self) -> u32 {
        self.0 >> Self::DIGITS_SHIFT & 15
    }

    /// The value of the digits.
    #[inline(always)]
    pub(super) fn run(self) -> u32 {
        self.0 >> Self::RUN_SHIFT & 0x7ff
    }

    /// The symbol after the digits; 0 if there is none.
    #[inline(always)]
    pub(super) fn literal(self) -> u32 {
        self.0 >> Self::LITERAL_SHIFT
    }
}

/// The digits of a run of zeros.
pub(super) const RUNA: u16 = 0;
pub(super) const RUNB: u16 = 1;

/// A decoding table. Damaged streams may have more or fewer codes than are possible; then the shortest match is taken, as
/// in libbzip2.
#[derive(Debug)]
pub(super) struct DecodingTable {
    /// Indexed by the next `lookup_bits` bits: as many as the longest code has, if that is less than [`LOOKUP_BITS`], so
    /// that the tables of small blocks are small.
    lookup: Vec<Entry>,
    lookup_bits: u32,
    /// For each length the first value of 20 bits that is greater than its codes.
    limit: [u32; MAX_CODE_LENGTH as usize + 1],
    /// For each length the difference between a code and the index of its symbol in `perm`.
    base: [u32; MAX_CODE_LENGTH as usize + 1],
    /// The symbols in the order of their codes.
    perm: [u16; 258],
    min_length: u32,
    max_length: u32,
}

fn empty_lookup(bits: u32) -> Result<Vec<Entry>, Error> {
    let mut lookup = Vec::new();
    lookup.try_reserve_exact(1 << bits).map_err(|_| Error::Memory)?;
    lookup.resize(1 << bits, Entry::default());
    Ok(lookup)
}

impl DecodingTable {
    /// The table of the canonical code with these lengths, from 1 to 20.
    #[doc(alias = "BZ2_hbCreateDecodeTables")]
    pub(super) fn new(lengths: &[u8]) -> Result<Self, Error> {
        let mut counts = [0_u32; MAX_CODE_LENGTH as usize + 2];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        let mut starts = [0; MAX_CODE_LENGTH as usize + 2];
        for length in 1..=MAX_CODE_LENGTH as usize {
            starts[length + 1] = starts[length] + counts[length];
        }
        let (mut perm, mut next) = ([0; 258], starts);
        for (symbol, length) in lengths.iter().enumerate() {
            let index = &mut next[usize::from(*length)];
            perm[*index as usize] = symbol as u16;
            *index += 1;
        }
        let present = |length: &u32| counts[*length as usize] > 0;
        let min_length = (1..=MAX_CODE_LENGTH).find(present).unwrap_or(1);
        let max_length = (1..=MAX_CODE_LENGTH).rev().find(present).unwrap_or(1);

        let mut limit = [0; MAX_CODE_LENGTH as usize + 1];
        let mut base = [0; MAX_CODE_LENGTH as usize + 1];
        let lookup_bits = max_length.min(LOOKUP_BITS);
        let mut lookup = empty_lookup(lookup_bits)?;
        let eob = lengths.len() as u16 - 1;
        let (mut code, mut filled) = (0, 0);
        for length in min_length..=max_length {
            let index = length as usize;
            // The first code of this length. If there are too many codes it does not fit, but is never reached either.
            code <<= 1;
            base[index] = u32::wrapping_sub(code, starts[index]);
            code += counts[index];
            limit[index] = code.saturating_mul(1 << (MAX_CODE_LENGTH - length));
            if length <= lookup_bits {
                let step = 1 << (lookup_bits - length);
                let first = starts[index] as usize;
                for symbol in &perm[first..first + counts[index] as usize] {
                    let end = (filled + step).min(lookup.len());
                    if *symbol != eob {
                        lookup[filled..end].fill(Entry::new(*symbol, length));
                    }
                    filled = end;
                }
            }
        }
        Ok(Self { lookup, lookup_bits, limit, base, perm, min_length, max_length })
    }

    /// Extends the entries of digits by the codes that follow them.
    pub(super) fn fuse(&mut self) -> Result<(), Error> {
        let mut fused = empty_lookup(LOOKUP_BITS)?;
        let single = |bits: usize| self.lookup[bits >> (LOOKUP_BITS - self.lookup_bits)];
        for (bits, entry) in fused.iter_mut().enumerate() {
            *entry = single(bits);
            while !entry.is_none() && entry.literal() == 0 {
                let next = single(bits << entry.length() & ((1 << LOOKUP_BITS) - 1));
                if next.is_none() || next.length() > LOOKUP_BITS - entry.length() {
                    break;
                }
                *entry = entry.followed_by(next);
            }
        }
        (self.lookup, self.lookup_bits) = (fused, LOOKUP_BITS);
        Ok(())
    }

    /// The entry for the next bits, of which there may be fewer than its length.
    #[inline(always)]
    pub(super) fn entry(&self, buffer: u64) -> Entry {
        self.lookup[(buffer >> (64 - self.lookup_bits)) as usize]
    }

    /// Decodes one symbol; `None` if the input ends within its code.
    #[doc(alias = "GET_MTF_VAL")]
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> Result<Option<u16>, Error> {
        let (buffer, count) = bits.peek();
        let next = (buffer >> (64 - MAX_CODE_LENGTH)) as u32;
        for length in self.min_length..=self.max_length {
            if next < self.limit[length as usize] {
                if length > count {
                    return Ok(None);
                }
                bits.consume(length);
                let index = (next >> (MAX_CODE_LENGTH - length)).wrapping_sub(self.base[length as usize]);
                return self.perm.get(index as usize).map(|symbol| Some(*symbol)).ok_or(Error::Data);
            }
        }
        // Only one bit more than the longest possible code shows that there is no such code.
        if count > MAX_CODE_LENGTH { Err(Error::Data) } else { Ok(None) }
    }
}
