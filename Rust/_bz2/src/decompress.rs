//! The decoder: [`Decompress`].
//!
//! A stream arrives in pieces of any size. Every item of the format is read by one [`BitReader::take`], which reads all of
//! it or nothing, so the decoder can stop at each one: [`State`] says which is next. The stages of a block, in order:
//!
//! 1. [`huffman`], [`mtf`]: Huffman decoding, and the inverse move-to-front transform.
//! 2. [`inverse_bwt`]: the inverse Burrows-Wheeler transform.
//! 3. [`rle1`]: the initial run-length encoding and the checksum; [`derandomise`] for streams of very old encoders.
//!
//! Errors are those of libbzip2 1.0.8, at the same bit. Unlike libbzip2, codes are decoded by table lookup, and memory is
//! allocated for the data that a block has, instead of the largest block.

#![cfg_attr(not(test), forbid(unsafe_code))]

mod bit_reader;
mod derandomise;
mod huffman;
mod inverse_bwt;
mod mtf;
mod rle1;

use crate::stream::{BLOCK_MAGIC, END_MAGIC, Error, Step};
use bit_reader::BitReader;
use huffman::DecodingTable;
use inverse_bwt::InverseBwt;
use mtf::{Coding, LastColumn};
use outbuf::OutBuf;
use rle1::Rle1Decoder;

/// Selectors after this many are skipped: no block has so many groups.
#[doc(alias = "BZ_MAX_SELECTORS")]
const MAX_SELECTORS: usize = 18002;

/// With this many groups of symbols, fused decoding tables save more time than it takes to make them.
const FUSE_FROM: usize = 200;

/// The item of the stream that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Byte `.0` of `BZh` and the block size.
    Magic(usize),
    /// Byte `.0` of the magic number of a block, or the first one of the trailer's.
    BlockMagic(usize),
    EndMagic(usize),
    CombinedCrc,
    BlockCrc,
    Randomised,
    OrigPtr,
    /// Which ranges of 16 bytes occur, then which bytes of range `.0`.
    UsedRanges,
    UsedBytes(usize),
    TableCount,
    SelectorCount,
    /// The next bit of the move-to-front index of a selector, in unary.
    Selector {
        count: usize,
        index: usize,
        ones: usize,
    },
    /// The start value of the code lengths of a table.
    StartLength(usize),
    /// Whether the length of a symbol differs from `length`, and in which direction.
    Length {
        table: usize,
        symbol: usize,
        length: u8,
    },
    LengthChange {
        table: usize,
        symbol: usize,
        length: u8,
    },
    Symbols,
    Output,
    Ended,
}

/// A stream that is being decompressed.
#[derive(Debug)]
pub struct Decompress {
    state: State,
    bit_buffer: u64,
    bit_count: u32,
    /// The most bytes that a block can have.
    #[doc(alias = "blockSize100k")]
    max_block_len: u32,
    block_crc: u32,
    combined_crc: u32,
    orig_ptr: u32,
    used_ranges: u32,
    #[doc(alias = "seqToUnseq")]
    alphabet: Vec<u8>,
    /// The table of each group of symbols, and the tables in the order of their last use.
    selectors: Vec<u8>,
    recent_tables: [u8; 6],
    #[doc(alias = "nGroups")]
    table_count: usize,
    lengths: [u8; 258],
    tables: Vec<DecodingTable>,
    column: LastColumn,
    inverse: InverseBwt,
    data: Rle1Decoder,
    failed: bool,
}

impl Decompress {
    /// A new stream.
    pub fn new() -> Self {
        Self {
            state: State::Magic(0),
            bit_buffer: 0,
            bit_count: 0,
            max_block_len: 0,
            block_crc: 0,
            combined_crc: 0,
            orig_ptr: 0,
            used_ranges: 0,
            alphabet: Vec::new(),
            selectors: Vec::new(),
            recent_tables: [0; 6],
            table_count: 0,
            lengths: [0; 258],
            tables: Vec::new(),
            column: LastColumn::new(),
            inverse: InverseBwt::new(),
            data: Rle1Decoder::new(),
            failed: false,
        }
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    ///
    /// After an error, and after the end, every step is [`Error::Sequence`].
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Result<Step, Error> {
        if self.failed || self.state == State::Ended {
            return Err(Error::Sequence);
        }
        let mut bits = BitReader::new(input, self.bit_buffer, self.bit_count);
        // Remains set after a panic too.
        self.failed = true;
        self.run(&mut bits, out)?;
        self.failed = false;
        let (consumed, bit_buffer, bit_count) = bits.into_parts();
        (self.bit_buffer, self.bit_count) = (bit_buffer, bit_count);
        Ok(Step { consumed, ended: self.state == State::Ended })
    }

    /// Whether the next step, with space for `room` bytes, only writes data that is at hand: it neither ends the block nor
    /// goes on with the inverse transform.
    pub fn has_buffered(&self, room: usize) -> bool {
        self.state == State::Output && self.data.has_buffered(room)
    }

    /// Runs until there is no more input, or no more space for output.
    #[doc(alias = "BZ2_bzDecompress")]
    fn run(&mut self, bits: &mut BitReader<'_>, out: &mut OutBuf<'_>) -> Result<(), Error> {
        loop {
            let next = match self.state {
                State::Symbols => {
                    let coding = Coding {
                        tables: &self.tables,
                        selectors: &self.selectors,
                        bytes_in_use: self.alphabet.len(),
                        max_len: self.max_block_len as usize,
                    };
                    if !self.column.decode(bits, coding)? {
                        return Ok(());
                    }
                    // Input after the block is not consumed before the block has been written.
                    bits.return_bytes();
                    self.inverse.begin(&mut self.column, self.orig_ptr)?;
                    self.data.begin(self.column.len)?;
                    State::Output
                }
                State::Output => {
                    if !self.data.write(&self.column, &mut self.inverse, out)? {
                        return Ok(());
                    }
                    let crc = self.data.crc();
                    if crc != self.block_crc {
                        return Err(Error::Data);
                    }
                    self.combined_crc = self.combined_crc.rotate_left(1) ^ crc;
                    State::BlockMagic(0)
                }
                State::Ended => {
                    bits.return_bytes();
                    return Ok(());
                }
                State::Length { table, symbol, length } if bits.fill_to(2) => {
                    self.read_lengths(bits, table, symbol, length)?
                }
                _ => match self.read_item(bits)? {
                    Some(next) => next,
                    None => return Ok(()),
                },
            };
            self.state = next;
        }
    }

    /// Reads one item of a header or trailer; returns the state after it, or `None` if the input ends.
    #[doc(alias = "BZ2_decompress")]
    fn read_item(&mut self, bits: &mut BitReader<'_>) -> Result<Option<State>, Error> {
        let count = match self.state {
            State::CombinedCrc | State::BlockCrc => 32,
            State::Randomised | State::Selector { .. } | State::Length { .. } | State::LengthChange { .. } => 1,
            State::OrigPtr => 24,
            State::UsedRanges => 16,
            State::UsedBytes(range) => {
                if self.used_ranges >> (15 - range) & 1 == 0 {
                    return self.after_range(range).map(Some);
                }
                16
            }
            State::TableCount => 3,
            State::SelectorCount => 15,
            State::StartLength(_) => 5,
            _ => 8,
        };
        if let State::Length { length, .. } = self.state
            && !(1..=20).contains(&length)
        {
            return Err(Error::Data);
        }
        let Some(value) = bits.take(count) else { return Ok(None) };
        self.after_item(value).map(Some)
    }

    /// The state after an item with this value.
    fn after_item(&mut self, value: u32) -> Result<State, Error> {
        let check = |valid: bool, next| if valid { Ok(next) } else { Err(Error::Data) };
        let byte = value as u8;
        let magic_byte = |magic: u64, index: usize| (magic >> (40 - 8 * index)) as u8;
        match self.state {
            State::Magic(3) => {
                self.max_block_len = u32::from(byte.wrapping_sub(b'0')) * 100_000;
                check((b'1'..=b'9').contains(&byte), State::BlockMagic(0))
            }
            State::Magic(index) => check(byte == b"BZh"[index], State::Magic(index + 1)),
            State::BlockMagic(0) if byte == magic_byte(END_MAGIC, 0) => Ok(State::EndMagic(1)),
            State::BlockMagic(5) => check(byte == magic_byte(BLOCK_MAGIC, 5), State::BlockCrc),
            State::BlockMagic(index) => check(byte == magic_byte(BLOCK_MAGIC, index), State::BlockMagic(index + 1)),
            State::EndMagic(5) => check(byte == magic_byte(END_MAGIC, 5), State::CombinedCrc),
            State::EndMagic(index) => check(byte == magic_byte(END_MAGIC, index), State::EndMagic(index + 1)),
            State::CombinedCrc => check(value == self.combined_crc, State::Ended),
            State::BlockCrc => {
                self.block_crc = value;
                Ok(State::Randomised)
            }
            State::Randomised => {
                self.data.set_randomised(value == 1);
                Ok(State::OrigPtr)
            }
            State::OrigPtr => {
                self.orig_ptr = value;
                check(value <= self.max_block_len + 10, State::UsedRanges)
            }
            State::UsedRanges => {
                self.used_ranges = value;
                self.alphabet.clear();
                self.alphabet.try_reserve_exact(256).map_err(|_| Error::Memory)?;
                Ok(State::UsedBytes(0))
            }
            State::UsedBytes(range) => {
                let used = (0..16).filter(|place| value >> (15 - place) & 1 == 1);
                self.alphabet.extend(used.map(|place| (range * 16 + place) as u8));
                self.after_range(range)
            }
            State::TableCount => {
                self.table_count = value as usize;
                check((2..=6).contains(&value), State::SelectorCount)
            }
            State::SelectorCount => {
                let count = value as usize;
                self.recent_tables = [0, 1, 2, 3, 4, 5];
                self.selectors.clear();
                self.selectors.try_reserve_exact(count.min(MAX_SELECTORS)).map_err(|_| Error::Memory)?;
                self.tables.clear();
                self.tables.try_reserve_exact(self.table_count).map_err(|_| Error::Memory)?;
                check(count > 0, State::Selector { count, index: 0, ones: 0 })
            }
            State::Selector { count, index, ones } if value == 1 => {
                check(ones + 1 < self.table_count, State::Selector { count, index, ones: ones + 1 })
            }
            State::Selector { count, index, ones } => {
                self.recent_tables[..=ones].rotate_right(1);
                if index < MAX_SELECTORS {
                    self.selectors.push(self.recent_tables[0]);
                }
                let index = index + 1;
                Ok(if index < count { State::Selector { count, index, ones: 0 } } else { State::StartLength(0) })
            }
            State::StartLength(table) => Ok(State::Length { table, symbol: 0, length: byte }),
            State::Length { table, symbol, length } if value == 1 => Ok(State::LengthChange { table, symbol, length }),
            State::Length { table, symbol, length } => {
                self.lengths[symbol] = length;
                self.after_length(table, symbol + 1, length)
            }
            State::LengthChange { table, symbol, length } => {
                let length = if value == 0 { length + 1 } else { length - 1 };
                Ok(State::Length { table, symbol, length })
            }
            State::Symbols | State::Output | State::Ended => Err(Error::Sequence),
        }
    }

    /// Reads code lengths as long as there are two bits for each, faster than item by item.
    fn read_lengths(
        &mut self,
        bits: &mut BitReader<'_>,
        table: usize,
        mut symbol: usize,
        mut length: u8,
    ) -> Result<State, Error> {
        let alphabet_size = self.alphabet.len() + 2;
        while bits.fill_to(2) {
            if !(1..=20).contains(&length) {
                return Err(Error::Data);
            }
            // Each zero is a symbol with the same length.
            let (buffer, count) = bits.peek();
            let unchanged = (buffer.leading_zeros().min(count) as usize).min(alphabet_size - symbol);
            if unchanged > 0 {
                self.lengths[symbol..symbol + unchanged].fill(length);
                symbol += unchanged;
                bits.consume(unchanged as u32);
                if symbol == alphabet_size {
                    return self.after_length(table, symbol, length);
                }
                continue;
            }
            length = if buffer >> 62 == 0b10 { length + 1 } else { length - 1 };
            bits.consume(2);
        }
        Ok(State::Length { table, symbol, length })
    }

    /// The state when the lengths of the symbols before this one are known.
    fn after_length(&mut self, table: usize, symbol: usize, length: u8) -> Result<State, Error> {
        let alphabet_size = self.alphabet.len() + 2;
        if symbol < alphabet_size {
            return Ok(State::Length { table, symbol, length });
        }
        self.tables.push(DecodingTable::new(&self.lengths[..alphabet_size])?);
        if table + 1 < self.table_count {
            return Ok(State::StartLength(table + 1));
        }
        if self.selectors.len() >= FUSE_FROM {
            self.tables.iter_mut().try_for_each(DecodingTable::fuse)?;
        }
        self.column.begin(&self.alphabet);
        Ok(State::Symbols)
    }

    fn after_range(&self, range: usize) -> Result<State, Error> {
        match range {
            0..15 => Ok(State::UsedBytes(range + 1)),
            _ if self.alphabet.is_empty() => Err(Error::Data),
            _ => Ok(State::TableCount),
        }
    }
}

impl Default for Decompress {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
