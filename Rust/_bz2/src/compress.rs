//! The encoder: [`Compress`].
//!
//! It writes the bytes that libbzip2 1.0.8 writes, and after the same bytes of input. Memory grows with the block, where
//! libbzip2 allocates for the largest block at once. The stages of a block, in order:
//!
//! 1. [`rle1`]: the initial run-length encoding, and the checksum.
//! 2. [`bwt`]: the Burrows-Wheeler transform.
//! 3. [`mtf`]: the move-to-front transform and the coding of its runs of zeros.
//! 4. [`coding_tables`], [`code_lengths`]: Huffman coding, written by [`bit_writer`].
//!
//! The format has no normative document; libbzip2's source defines it (J. Seward, bzip2 and libbzip2 1.0.8, 2019).

#![cfg_attr(not(test), forbid(unsafe_code))]

mod bit_writer;
mod bwt;
mod code_lengths;
mod coding_tables;
mod mtf;
mod rle1;

use crate::stream::{BLOCK_MAGIC, END_MAGIC, Error, Step};
use bit_writer::BitWriter;
use bwt::RotationSorter;
use coding_tables::CodingTables;
use outbuf::OutBuf;
use rle1::Rle1Block;
use std::collections::TryReserveError;

/// Upper bounds of the bits of a stream header, of a block header before the coding tables, and of a stream trailer.
const HEADER_BITS: usize = 32;
const BLOCK_HEADER_BITS: usize = 48 + 32 + 1 + 24 + 16 + 256;
const TRAILER_BITS: usize = 48 + 32 + 8;

/// A stream that is being compressed.
#[derive(Debug)]
pub struct Compress {
    block: Rle1Block,
    bits: BitWriter,
    /// How many bytes of `bits.out` have been returned.
    returned: usize,
    combined_crc: u32,
    scratch: Scratch,
    header_written: bool,
    finished: bool,
    #[doc(alias = "blockSize100k")]
    level: u8,
}

/// Memory that is used while a block is written, kept for the next one.
#[derive(Debug, Default)]
struct Scratch {
    sorter: RotationSorter,
    symbols: Vec<u16>,
}

impl Compress {
    /// A new stream with blocks of `level` times 100 kB, 1 to 9.
    pub fn new(level: u8) -> Self {
        debug_assert!((1..=9).contains(&level));
        Self {
            // libbzip2's nblockMAX.
            block: Rle1Block::new(usize::from(level) * 100_000 - 19),
            bits: BitWriter::default(),
            returned: 0,
            combined_crc: 0,
            scratch: Scratch::default(),
            header_written: false,
            finished: false,
            level,
        }
    }

    /// Whether a step with `more` bytes of input cannot have any output.
    pub fn fits(&self, more: usize) -> bool {
        self.available() == 0 && self.block.fits(more)
    }

    /// Takes input and writes output until one of them is used up.
    ///
    /// A block is compressed as soon as it is full. After [`finish`](Self::finish) this only returns the remaining output.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Result<Step, Error> {
        let mut consumed = 0;
        loop {
            let count = self.available().min(out.remaining());
            out.extend_from_slice(&self.bits.out[self.returned..][..count]);
            self.returned += count;
            if self.available() > 0 {
                break;
            }
            self.bits.out.clear();
            self.returned = 0;
            if self.finished || consumed == input.len() && !self.block.is_full() {
                break;
            }
            if !self.block.is_full() {
                consumed += self.block.take(&input[consumed..]).map_err(|_| Error::Memory)?;
            }
            if self.block.is_full() {
                self.write_block().map_err(|_| Error::Memory)?;
            }
        }
        Ok(Step { consumed, ended: self.finished && self.available() == 0 })
    }

    /// Ends the stream; returns how many bytes of output remain.
    pub fn finish(&mut self) -> Result<usize, Error> {
        if !self.finished {
            self.write_trailer().map_err(|_| Error::Memory)?;
            self.finished = true;
            self.scratch = Scratch::default();
            self.block = Rle1Block::new(0);
        }
        Ok(self.available())
    }

    /// How many bytes have been written but not returned.
    fn available(&self) -> usize {
        self.bits.out.len() - self.returned
    }

    fn write_trailer(&mut self) -> Result<(), TryReserveError> {
        self.block.flush_run()?;
        if !self.block.is_empty() {
            self.write_block()?;
        }
        self.bits.reserve(HEADER_BITS + TRAILER_BITS)?;
        self.write_header();
        self.bits.put(END_MAGIC, 48);
        self.bits.put(self.combined_crc.into(), 32);
        self.bits.finish();
        Ok(())
    }

    /// Writes the stream header, once.
    fn write_header(&mut self) {
        if !self.header_written {
            self.bits.put(0x42_5a_68_30 + u64::from(self.level), 32);
            self.header_written = true;
        }
    }

    /// Compresses the current block. If it fails nothing is written, and it can be called again.
    #[doc(alias = "BZ2_compressBlock")]
    fn write_block(&mut self) -> Result<(), TryReserveError> {
        let in_use = self.block.in_use();
        let crc = self.block.crc();
        let Scratch { sorter, symbols } = &mut self.scratch;
        let (orig_ptr, coding) = self.block.with_cyclic(|block| {
            let sorted = sorter.sort(block)?;
            let alphabet_size = mtf::symbols(sorted.last_column(), &in_use, symbols)?;
            Ok((sorted.orig_ptr, CodingTables::new(symbols, alphabet_size)?))
        })?;
        self.bits.reserve(HEADER_BITS + BLOCK_HEADER_BITS + coding.max_bits())?;

        self.write_header();
        self.bits.put(BLOCK_MAGIC, 48);
        self.bits.put(crc.into(), 32);
        // Not randomised.
        self.bits.put(0, 1);
        self.bits.put(orig_ptr as u64, 24);
        // Which ranges of 16 bytes occur, then which bytes of each.
        let ranges = in_use.as_chunks::<16>().0;
        let bitmap = |flags: [bool; 16]| flags.iter().fold(0, |map, flag| map << 1 | u64::from(*flag));
        let mut used = [false; 16];
        for (used, range) in used.iter_mut().zip(ranges) {
            *used = range.contains(&true);
        }
        self.bits.put(bitmap(used), 16);
        for (range, _) in ranges.iter().zip(used).filter(|(_, used)| *used) {
            self.bits.put(bitmap(*range), 16);
        }
        coding.write(&self.scratch.symbols, &mut self.bits);
        self.combined_crc = self.combined_crc.rotate_left(1) ^ crc;
        self.block.begin_block();
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
