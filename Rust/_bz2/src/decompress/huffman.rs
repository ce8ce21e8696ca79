//! Decoding of canonical Huffman codes by table lookup.
//!
//! Short codes are decoded by one lookup of the next bits, longer ones by comparing with the first code that is too large
//! for each length (D. S. Hirschberg and D. A. Lelewer, "Efficient Decoding of Prefix Codes", CACM 33, 1990), as libbzip2
//! does for all codes.

#![forbid(unsafe_code)]

use super::bit_reader::BitReader;
use crate::stream::Error;

/// Codes of up to this length are in the lookup table.
const LOOKUP_BITS: u32 = 10;
pub(super) const MAX_CODE_LENGTH: u32 = 20;

/// A decoding table. Damaged streams may have more or fewer codes than are possible; then the shortest match is taken, as
/// in libbzip2.
#[derive(Debug)]
pub(super) struct DecodingTable {
    /// Indexed by the next bits: the length of the code, and the symbol above it; 0 for longer codes and for none.
    lookup: [u16; 1 << LOOKUP_BITS],
    /// For each length the first value of 20 bits that is greater than its codes.
    limit: [u32; MAX_CODE_LENGTH as usize + 1],
    /// For each length the difference between a code and the index of its symbol in `perm`.
    base: [u32; MAX_CODE_LENGTH as usize + 1],
    /// The symbols in the order of their codes.
    perm: [u16; 258],
    min_length: u32,
    max_length: u32,
}

impl DecodingTable {
    /// The table of the canonical code with these lengths, from 1 to 20.
    #[doc(alias = "BZ2_hbCreateDecodeTables")]
    pub(super) fn new(lengths: &[u8]) -> Self {
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
        let mut lookup = [0; 1 << LOOKUP_BITS];
        let (mut code, mut filled) = (0, 0);
        for length in min_length..=max_length {
            let index = length as usize;
            // The first code of this length. If there are too many codes it does not fit, but is never reached either.
            code <<= 1;
            base[index] = u32::wrapping_sub(code, starts[index]);
            code += counts[index];
            limit[index] = code.saturating_mul(1 << (MAX_CODE_LENGTH - length));
            if length <= LOOKUP_BITS {
                let step = 1 << (LOOKUP_BITS - length);
                let first = starts[index] as usize;
                for symbol in &perm[first..first + counts[index] as usize] {
                    let end = (filled + step).min(lookup.len());
                    lookup[filled..end].fill(symbol << 5 | length as u16);
                    filled = end;
                }
            }
        }
        Self { lookup, limit, base, perm, min_length, max_length }
    }

    /// Decodes a symbol; `None` if the input ends within its code.
    #[doc(alias = "GET_MTF_VAL")]
    #[inline(always)]
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> Result<Option<u16>, Error> {
        let (buffer, count) = bits.peek();
        let entry = self.lookup[(buffer >> (64 - LOOKUP_BITS)) as usize];
        let length = u32::from(entry & 31);
        if length == 0 {
            let Some((symbol, length)) = self.decode_long(buffer, count)? else { return Ok(None) };
            bits.consume(length);
            return Ok(Some(symbol));
        }
        if length > count {
            return Ok(None);
        }
        bits.consume(length);
        Ok(Some(entry >> 5))
    }

    #[cold]
    fn decode_long(&self, buffer: u64, count: u32) -> Result<Option<(u16, u32)>, Error> {
        let next = (buffer >> (64 - MAX_CODE_LENGTH)) as u32;
        for length in self.min_length..=self.max_length {
            if next < self.limit[length as usize] {
                if length > count {
                    return Ok(None);
                }
                let index = (next >> (MAX_CODE_LENGTH - length)).wrapping_sub(self.base[length as usize]);
                return self.perm.get(index as usize).map(|symbol| Some((*symbol, length))).ok_or(Error::Data);
            }
        }
        // Only one bit more than the longest possible code shows that there is no such code.
        if count > MAX_CODE_LENGTH { Err(Error::Data) } else { Ok(None) }
    }
}
