//! The symbols of a block: Huffman codes, runs of zeros, and the inverse move-to-front transform.

#![forbid(unsafe_code)]

use super::bit_reader::BitReader;
use super::huffman::{DecodingTable, MAX_CODE_LENGTH};
use crate::stream::Error;

/// This many symbols use the same table.
#[doc(alias = "BZ_G_SIZE")]
const GROUP_SIZE: u32 = 50;

const RUNA: u16 = 0;
const RUNB: u16 = 1;

/// A digit of a run length with this weight is an error, before the run can exceed any block.
const MAX_WEIGHT: u32 = 2 << 20;

/// A block while its symbols are decoded.
#[derive(Debug)]
pub(super) struct LastColumn {
    /// The last column of the sorted rotations. As long as the longest block so far.
    pub(super) bytes: Vec<u8>,
    /// The length of this block.
    #[doc(alias = "nblock")]
    pub(super) len: usize,
    /// How often each byte occurs.
    #[doc(alias = "unzftab")]
    pub(super) counts: [u32; 256],
    state: State,
}

/// The position within the symbols of a block.
#[derive(Clone, Copy, Debug)]
struct State {
    /// The bytes of the alphabet, the most recent first.
    recent: [u8; 256],
    /// The number of groups that have begun, and how many symbols of the current one remain.
    group: usize,
    group_left: u32,
    /// The length of the current run of zeros so far, and the weight of its next digit.
    run: u32,
    weight: u32,
}

/// What the header of a block says about its symbols.
#[derive(Clone, Copy)]
pub(super) struct Coding<'a> {
    pub(super) tables: &'a [DecodingTable],
    /// The table of each group.
    pub(super) selectors: &'a [u8],
    /// How many different bytes occur.
    pub(super) bytes_in_use: usize,
    /// The most bytes that a block can have.
    pub(super) max_len: usize,
}

impl LastColumn {
    pub(super) fn new() -> Self {
        let state = State { recent: [0; 256], group: 0, group_left: 0, run: 0, weight: 1 };
        Self { bytes: Vec::new(), len: 0, counts: [0; 256], state }
    }

    /// Starts a block with this alphabet.
    pub(super) fn begin(&mut self, alphabet: &[u8]) {
        self.state = State { group: 0, group_left: 0, run: 0, weight: 1, ..self.state };
        self.state.recent[..alphabet.len()].copy_from_slice(alphabet);
        self.counts.fill(0);
        self.len = 0;
    }

    /// Decodes symbols until the input ends or the block does; returns whether the block does.
    pub(super) fn decode(&mut self, bits: &mut BitReader<'_>, coding: Coding<'_>) -> Result<bool, Error> {
        // Local copies stay in registers.
        let mut local = *bits;
        let result = self.decode_symbols(&mut local, coding);
        *bits = local;
        result
    }

    #[inline(always)]
    fn decode_symbols(&mut self, bits: &mut BitReader<'_>, coding: Coding<'_>) -> Result<bool, Error> {
        let Coding { tables, selectors, bytes_in_use, max_len } = coding;
        let eob = bytes_in_use as u16 + 1;
        let (mut run, mut weight) = (self.state.run, self.state.weight);
        loop {
            if self.state.group_left == 0 {
                if self.state.group == selectors.len() {
                    return Err(Error::Data);
                }
                self.state.group += 1;
                self.state.group_left = GROUP_SIZE;
            }
            let table = &tables[usize::from(selectors[self.state.group - 1])];
            let mut left = self.state.group_left;
            while left > 0 {
                if bits.peek().1 <= MAX_CODE_LENGTH {
                    bits.fill();
                }
                let Some(symbol) = table.decode(bits)? else {
                    self.state.group_left = left;
                    (self.state.run, self.state.weight) = (run, weight);
                    return Ok(false);
                };
                left -= 1;
                if symbol <= RUNB {
                    if weight >= MAX_WEIGHT {
                        return Err(Error::Data);
                    }
                    // RUNA is the digit 1, RUNB the digit 2.
                    run += weight << (symbol - RUNA);
                    weight <<= 1;
                    continue;
                }
                if run > 0 {
                    self.put_run(run, max_len)?;
                    (run, weight) = (0, 1);
                }
                if symbol == eob {
                    return Ok(true);
                }
                if self.len >= max_len {
                    return Err(Error::Data);
                }
                if self.len == self.bytes.len() {
                    self.grow(1, max_len)?;
                }
                let byte = self.move_to_front(usize::from(symbol) - 1);
                self.bytes[self.len] = byte;
                self.counts[usize::from(byte)] += 1;
                self.len += 1;
            }
            self.state.group_left = 0;
        }
    }

    #[inline]
    fn put_run(&mut self, run: u32, max_len: usize) -> Result<(), Error> {
        let len = run as usize;
        if len > max_len - self.len {
            return Err(Error::Data);
        }
        if len > self.bytes.len() - self.len {
            self.grow(len, max_len)?;
        }
        let byte = self.state.recent[0];
        let target = &mut self.bytes[self.len..];
        if len <= 8
            && let Some(eight) = target.first_chunk_mut::<8>()
        {
            // Bytes after the run are overwritten later.
            *eight = [byte; 8];
        } else {
            target[..len].fill(byte);
        }
        self.counts[usize::from(byte)] += run;
        self.len += len;
        Ok(())
    }

    /// Makes space for `more` bytes: a little for small blocks; from 16 KiB on, for the largest possible one.
    #[cold]
    fn grow(&mut self, more: usize, max_len: usize) -> Result<(), Error> {
        let needed = self.len + more;
        let size = if needed <= 16384 { needed.next_power_of_two().max(256) } else { max_len };
        self.bytes.try_reserve_exact(size - self.bytes.len()).map_err(|_| Error::Memory)?;
        self.bytes.resize(size, 0);
        Ok(())
    }

    /// Moves the byte at `index` of the recency list to its front.
    #[inline(always)]
    fn move_to_front(&mut self, index: usize) -> u8 {
        let recent = &mut self.state.recent;
        let byte = recent[index];
        if index < 16
            && let Some(first) = recent.first_chunk_mut::<16>()
        {
            // One 128-bit word shifts all bytes before it.
            let word = u128::from_le_bytes(*first);
            let kept = (u128::MAX << 8) << (index * 8);
            *first = (word & kept | word << 8 & !kept | u128::from(byte)).to_le_bytes();
        } else {
            recent.copy_within(..index, 1);
            recent[0] = byte;
        }
        byte
    }
}
