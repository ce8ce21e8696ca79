//! The header of a block with dynamic codes (RFC 1951, 3.2.7).

#![forbid(unsafe_code)]

use crate::bits::{Bits, Stop};
use crate::state::{Inflate, Mode};
use crate::table::{
    CODE_LENGTH_ROOT, CodeType, DISTANCE_ROOT, DistanceTable, FIXED_DISTANCES, FIXED_LENGTHS, LENGTH_ENTRIES,
    LengthTable, code_length, inflate_table, value,
};

/// The order in which the lengths of the code length codes are stored.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

impl Inflate {
    /// `TABLE`: how many code lengths there are.
    pub(crate) fn table(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        bits.need_bits(14)?;
        self.nlen = bits.take(5) + 257;
        self.ndist = bits.take(5) + 1;
        self.ncode = bits.take(4) + 4;
        if self.nlen > 286 || self.ndist > 30 {
            return Err(Stop::Error(c"too many length or distance symbols"));
        }
        self.have = 0;
        Ok(Mode::LenLens)
    }

    /// `LENLENS`: the lengths of the code length codes.
    pub(crate) fn len_lens(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        while self.have < self.ncode {
            self.lens[ORDER[self.have]] = bits.take_needed(3)? as u8;
            self.have += 1;
        }
        for place in &ORDER[self.have..] {
            self.lens[*place] = 0;
        }
        self.have = 0;
        if !inflate_table(CodeType::CodeLengths, &self.lens[..19], &mut self.codes) {
            return Err(Stop::Error(c"invalid code lengths set"));
        }
        Ok(Mode::CodeLens)
    }

    /// `CODELENS`: the lengths of the codes, and their tables.
    pub(crate) fn code_lens(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        const INVALID_REPEAT: Stop = Stop::Error(c"invalid bit length repeat");
        let all = self.nlen + self.ndist;
        let Some(table) = self.codes.first_chunk::<{ 1 << CODE_LENGTH_ROOT }>() else {
            unreachable!("the tables have more entries");
        };
        while self.have < all {
            let entry = loop {
                let entry = table[bits.bits(CODE_LENGTH_ROOT)];
                if code_length(entry) <= bits.count {
                    break entry;
                }
                bits.pull_byte()?;
            };
            let length = code_length(entry);
            let symbol = value(entry) as u8;
            let (extra, least) = match symbol {
                ..16 => {
                    bits.drop_bits(length);
                    self.lens[self.have] = symbol;
                    self.have += 1;
                    continue;
                }
                16 => (2, 3),
                17 => (3, 3),
                _ => (7, 11),
            };
            bits.need_bits(length + extra)?;
            bits.drop_bits(length);
            let repeated = match symbol {
                16 if self.have == 0 => return Err(INVALID_REPEAT),
                16 => self.lens[self.have - 1],
                _ => 0,
            };
            let times = least + bits.take(extra);
            if self.have + times > all {
                return Err(INVALID_REPEAT);
            }
            self.lens[self.have..][..times].fill(repeated);
            self.have += times;
        }
        if self.lens[256] == 0 {
            return Err(Stop::Error(c"invalid code -- missing end-of-block"));
        }
        let (lengths, distances) = self.lens[..all].split_at(self.nlen);
        let (lencode, distcode) = self.codes.split_at_mut(LENGTH_ENTRIES);
        if !inflate_table(CodeType::Lengths, lengths, lencode) {
            return Err(Stop::Error(c"invalid literal/lengths set"));
        }
        if !inflate_table(CodeType::Distances, distances, distcode) {
            return Err(Stop::Error(c"invalid distances set"));
        }
        self.fixed = false;
        Ok(Mode::Len)
    }

    /// The tables of the block, zlib's `lencode` and `distcode`.
    #[inline(always)]
    pub(crate) fn tables(&self) -> (&LengthTable, &DistanceTable) {
        if self.fixed {
            return (&FIXED_LENGTHS, &FIXED_DISTANCES);
        }
        let (lencode, distcode) = self.codes.split_at(LENGTH_ENTRIES);
        match (lencode.first_chunk(), distcode.first_chunk()) {
            (Some(lencode), Some(distcode)) => (lencode, distcode),
            _ => unreachable!("the allocation has room for both"),
        }
    }

    /// The next distance.
    pub(crate) fn next_distance(&self, bits: &mut Bits<'_>) -> Result<u32, Stop> {
        bits.next_symbol(self.tables().1, DISTANCE_ROOT, Bits::pull_byte)
    }
}
