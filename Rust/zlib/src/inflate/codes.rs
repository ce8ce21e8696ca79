//! The codes that a block brings along, and symbols bit by bit.

#![forbid(unsafe_code)]

use super::bits::Bits;
use super::tables::{self, Kind, build};
use super::{Decoder, Mode, Stop};

/// The order in which the lengths of the code of code lengths come.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

impl Decoder {
    /// How many lengths there are.
    pub(super) fn table(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        bits.need(14)?;
        self.literals = bits.take(5) + 257;
        self.distances = bits.take(5) + 1;
        self.length_lengths = bits.take(4) + 4;
        if self.literals > 286 || self.distances > 30 {
            return Err(Stop::Error(c"too many length or distance symbols"));
        }
        self.have = 0;
        Ok(Mode::LengthLengths)
    }

    /// The lengths of the code of code lengths.
    pub(super) fn length_lengths(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        while self.have < self.length_lengths {
            self.lengths[ORDER[self.have]] = bits.take_needed(3)? as u8;
            self.have += 1;
        }
        for place in &ORDER[self.have..] {
            self.lengths[*place] = 0;
        }
        self.have = 0;
        match build(Kind::Lengths, &self.lengths[..19], &mut self.tables, 7) {
            Some(root) => self.roots.0 = root,
            None => return Err(Stop::Error(c"invalid code lengths set")),
        }
        Ok(Mode::Lengths)
    }

    /// The lengths of the codes, and the codes.
    pub(super) fn lengths(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        const INVALID_REPEAT: Stop = Stop::Error(c"invalid bit length repeat");
        let all = self.literals + self.distances;
        while self.have < all {
            let entry = loop {
                let entry = self.tables[bits.peek(self.roots.0)];
                if tables::length(entry) <= bits.count {
                    break entry;
                }
                bits.pull()?;
            };
            let length = tables::length(entry);
            let symbol = tables::value(entry) as u8;
            let (more, least) = match symbol {
                ..16 => {
                    bits.drop(length);
                    self.lengths[self.have] = symbol;
                    self.have += 1;
                    continue;
                }
                16 => (2, 3),
                17 => (3, 3),
                _ => (7, 11),
            };
            bits.need(length + more)?;
            bits.drop(length);
            let repeated = match symbol {
                16 if self.have == 0 => return Err(INVALID_REPEAT),
                16 => self.lengths[self.have - 1],
                _ => 0,
            };
            let times = least + bits.take(more);
            if self.have + times > all {
                return Err(INVALID_REPEAT);
            }
            self.lengths[self.have..][..times].fill(repeated);
            self.have += times;
        }
        if self.lengths[256] == 0 {
            return Err(Stop::Error(c"invalid code -- missing end-of-block"));
        }
        let (literals, distances) = self.lengths[..all].split_at(self.literals);
        let (literals_table, distances_table) = self.tables.split_at_mut(tables::LITERALS);
        let Some(root) = build(Kind::Literals, literals, literals_table, tables::LITERALS_ROOT) else {
            return Err(Stop::Error(c"invalid literal/lengths set"));
        };
        self.roots.0 = root;
        let Some(root) = build(Kind::Distances, distances, distances_table, tables::DISTANCES_ROOT) else {
            return Err(Stop::Error(c"invalid distances set"));
        };
        self.roots.1 = root;
        self.fixed = false;
        Ok(Mode::Symbol)
    }

    /// The tables of literals and of distances.
    pub(super) fn codes(&self) -> (&[u32; tables::LITERALS], &[u32; tables::DISTANCES]) {
        if self.fixed {
            return (&tables::FIXED_LITERALS, &tables::FIXED_DISTANCES);
        }
        let (literals, distances) = self.tables.split_at(tables::LITERALS);
        match (literals.first_chunk(), distances.first_chunk()) {
            (Some(literals), Some(distances)) => (literals, distances),
            _ => unreachable!("they were made so long"),
        }
    }
}

/// Takes the bits of the next symbol, and no byte more than these need.
pub(super) fn decode(bits: &mut Bits<'_>, table: &[u32], root: u32) -> Result<u32, Stop> {
    loop {
        let entry = table[bits.peek(root)];
        if tables::length(entry) > bits.count {
            bits.pull()?;
        } else if entry & tables::FURTHER == 0 {
            bits.drop(tables::length(entry));
            return Ok(entry);
        } else {
            let further = table[tables::value(entry) + (bits.peek(root + tables::extra(entry)) >> root)];
            if root + tables::length(further) <= bits.count {
                bits.drop(root + tables::length(further));
                return Ok(further);
            }
            bits.pull()?;
        }
    }
}
