//! The bzip2 format, written: [`Compress`].
//!
//! The streams are those of libbzip2 1.0.8, byte for byte, and come out after the same bytes of input. Memory grows with
//! the block, where libbzip2 takes it for the largest at once.

#![cfg_attr(not(test), forbid(unsafe_code))]

mod bits;
mod codes;
mod front;
mod lengths;
mod runs;
mod sort;

use crate::stream::{Error, Step};
use bits::Bits;
use codes::Codes;
use outbuf::OutBuf;
use runs::Runs;
use sort::Sorter;
use std::collections::TryReserveError;

/// The mark of a block, and that of the end.
const BLOCK: u64 = 0x3141_5926_5359;
const END: u64 = 0x1772_4538_5090;

/// How many bits there may be of the header, of a block in front of its codes, and of the end.
const HEADER_BITS: usize = 32;
const BLOCK_BITS: usize = 48 + 32 + 1 + 24 + 16 + 256;
const END_BITS: usize = 48 + 32 + 8;

/// A stream that compresses.
#[derive(Debug)]
pub struct Compress {
    runs: Runs,
    bits: Bits,
    /// How much of what is in `bits` has been handed out.
    handed_out: usize,
    combined_crc: u32,
    memory: Memory,
    begun: bool,
    ended: bool,
    level: u8,
}

/// What a block needs while it is written, kept for the next one.
#[derive(Debug, Default)]
struct Memory {
    sorter: Sorter,
    symbols: Vec<u16>,
}

impl Compress {
    /// A new stream with blocks of `level` times 100 kB, 1 to 9.
    pub fn new(level: u8) -> Self {
        debug_assert!((1..=9).contains(&level));
        Self {
            // As much less as the rest of a run may need.
            runs: Runs::new(usize::from(level) * 100_000 - 19),
            bits: Bits::default(),
            handed_out: 0,
            combined_crc: 0,
            memory: Memory::default(),
            begun: false,
            ended: false,
            level,
        }
    }

    /// Whether so much more input would certainly not fill a block.
    pub fn has_room(&self, more: usize) -> bool {
        self.waiting() == 0 && self.runs.has_room(more)
    }

    /// Takes as much of `input`, and writes as much to `out`, until one of them is used up.
    ///
    /// A block is compressed with the byte that fills it. After the end this only hands out what there still is.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Result<Step, Error> {
        let mut consumed = 0;
        loop {
            let count = self.waiting().min(out.remaining());
            out.extend_from_slice(&self.bits.out[self.handed_out..][..count]);
            self.handed_out += count;
            if self.waiting() > 0 {
                break;
            }
            self.bits.out.clear();
            self.handed_out = 0;
            if self.ended || consumed == input.len() && !self.runs.is_full() {
                break;
            }
            if !self.runs.is_full() {
                consumed += self.runs.take(&input[consumed..]).map_err(|_| Error::Memory)?;
            }
            if self.runs.is_full() {
                self.write_block().map_err(|_| Error::Memory)?;
            }
        }
        Ok(Step { consumed, ended: self.ended && self.waiting() == 0 })
    }

    /// Ends the stream; returns how much there is to be handed out.
    pub fn finish(&mut self) -> Result<usize, Error> {
        if !self.ended {
            self.write_end().map_err(|_| Error::Memory)?;
            self.ended = true;
            self.memory = Memory::default();
            self.runs = Runs::new(0);
        }
        Ok(self.waiting())
    }

    /// How much has been written but not handed out.
    fn waiting(&self) -> usize {
        self.bits.out.len() - self.handed_out
    }

    fn write_end(&mut self) -> Result<(), TryReserveError> {
        self.runs.end()?;
        if !self.runs.is_empty() {
            self.write_block()?;
        }
        self.bits.reserve(HEADER_BITS + END_BITS)?;
        self.begin();
        self.bits.put(END, 48);
        self.bits.put(self.combined_crc.into(), 32);
        self.bits.end();
        Ok(())
    }

    /// Writes the header, once.
    fn begin(&mut self) {
        if !self.begun {
            self.bits.put(0x42_5a_68_30 + u64::from(self.level), 32);
            self.begun = true;
        }
    }

    /// Writes the bytes that there are as a block. If that fails nothing is written.
    fn write_block(&mut self) -> Result<(), TryReserveError> {
        let used = self.runs.used();
        let crc = self.runs.crc();
        let Memory { sorter, symbols } = &mut self.memory;
        let packed = self.runs.with_ring(|ring| {
            let sorted = sorter.sort(ring)?;
            let codes = front::symbols(sorted.last_bytes(), &used, symbols)
                .and_then(|alphabet| Codes::new(symbols, alphabet))?;
            Ok((sorted.origin, codes))
        });
        let (origin, codes) = packed?;
        self.bits.reserve(HEADER_BITS + BLOCK_BITS + codes.bits())?;

        self.begin();
        self.bits.put(BLOCK, 48);
        self.bits.put(crc.into(), 32);
        // Not randomised.
        self.bits.put(0, 1);
        self.bits.put(origin as u64, 24);
        let ranges = used.as_chunks::<16>().0;
        let bitmap = |flags: &mut dyn Iterator<Item = bool>| flags.fold(0, |map, flag| map << 1 | u64::from(flag));
        self.bits.put(bitmap(&mut ranges.iter().map(|range| range.contains(&true))), 16);
        for range in ranges.iter().filter(|range| range.contains(&true)) {
            self.bits.put(bitmap(&mut range.iter().copied()), 16);
        }
        codes.write(&self.memory.symbols, &mut self.bits);
        self.combined_crc = self.combined_crc.rotate_left(1) ^ crc;
        self.runs.begin_block();
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
