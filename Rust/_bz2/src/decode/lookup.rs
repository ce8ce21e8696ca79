//! Huffman codes, read by table.

#![forbid(unsafe_code)]

use super::bits::Bits;
use crate::stream::Error;

/// Codes up to this length are looked up.
const SHORT: u32 = 10;
const LONGEST: u32 = 20;

/// A code. Hostile ones may have more symbols than fit, or less than would: then the shortest match counts.
#[derive(Debug)]
pub(super) struct Lookup {
    /// For the next bits the length of the code, and above it the symbol; 0 where the code is longer, or there is none.
    short: [u16; 1 << SHORT],
    /// For each length the first value, of 20 bits, that is beyond its codes.
    beyond: [u32; LONGEST as usize + 1],
    /// For each length what the first 20 bits, shifted down, are more than the index of their symbol.
    base: [u32; LONGEST as usize + 1],
    /// The symbols in the order of their codes.
    order: [u16; 258],
    shortest: u32,
    longest: u32,
}

impl Lookup {
    /// The code in which the symbols have these lengths, from 1 to 20.
    pub(super) fn new(lengths: &[u8]) -> Self {
        let mut counts = [0_u32; LONGEST as usize + 2];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        let mut starts = [0; LONGEST as usize + 2];
        for length in 1..=LONGEST as usize {
            starts[length + 1] = starts[length] + counts[length];
        }
        let (mut order, mut next) = ([0; 258], starts);
        for (symbol, length) in lengths.iter().enumerate() {
            let place = &mut next[usize::from(*length)];
            order[*place as usize] = symbol as u16;
            *place += 1;
        }
        let present = |length: &u32| counts[*length as usize] > 0;
        let shortest = (1..=LONGEST).find(present).unwrap_or(1);
        let longest = (1..=LONGEST).rev().find(present).unwrap_or(1);

        let (mut beyond, mut base, mut short) = ([0; LONGEST as usize + 1], [0; LONGEST as usize + 1], [0; 1 << SHORT]);
        let (mut code, mut filled) = (0, 0);
        for length in shortest..=longest {
            let index = length as usize;
            // The first code of this length. With too many codes it does not fit, but then it is never reached either.
            code <<= 1;
            base[index] = u32::wrapping_sub(code, starts[index]);
            code += counts[index];
            beyond[index] = code.saturating_mul(1 << (LONGEST - length));
            if length <= SHORT {
                let step = 1 << (SHORT - length);
                let first = starts[index] as usize;
                for symbol in &order[first..first + counts[index] as usize] {
                    let end = (filled + step).min(short.len());
                    short[filled..end].fill(symbol << 5 | length as u16);
                    filled = end;
                }
            }
        }
        Self { short, beyond, base, order, shortest, longest }
    }

    /// The next symbol; `None` if its code is not all there.
    #[inline]
    pub(super) fn read(&self, bits: &mut Bits<'_>) -> Result<Option<u16>, Error> {
        let (held, count) = bits.held();
        let entry = self.short[(held >> (64 - SHORT)) as usize];
        let length = u32::from(entry & 31);
        if length == 0 {
            return self.read_long(bits);
        }
        if length > count {
            return Ok(None);
        }
        bits.skip(length);
        Ok(Some(entry >> 5))
    }

    #[cold]
    fn read_long(&self, bits: &mut Bits<'_>) -> Result<Option<u16>, Error> {
        let (held, count) = bits.held();
        let next = (held >> (64 - LONGEST)) as u32;
        for length in self.shortest..=self.longest {
            if next < self.beyond[length as usize] {
                if length > count {
                    return Ok(None);
                }
                bits.skip(length);
                let index = (next >> (LONGEST - length)).wrapping_sub(self.base[length as usize]);
                return self.order.get(index as usize).map(|symbol| Some(*symbol)).ok_or(Error::Data);
            }
        }
        // One bit more than any code has shows that this is none.
        if count > LONGEST { Err(Error::Data) } else { Ok(None) }
    }
}
