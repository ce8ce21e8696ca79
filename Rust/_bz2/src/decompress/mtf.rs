//! The symbols of a block: Huffman codes, runs of zeros, and the inverse move-to-front transform.

#![forbid(unsafe_code)]

use super::bit_reader::BitReader;
use super::huffman::{DecodingTable, LOOKUP_BITS, MAX_CODE_LENGTH, RUNA, RUNB};
use crate::stream::Error;

/// This many symbols use the same table.
#[doc(alias = "BZ_G_SIZE")]
const GROUP_SIZE: u32 = 50;

/// A digit of a run length with this weight is an error, before the run can exceed any block.
const MAX_WEIGHT: u32 = 2 << 20;

/// With a weight of at most this, the digits of an entry cannot reach [`MAX_WEIGHT`].
const MAX_ENTRY_WEIGHT: u32 = MAX_WEIGHT >> LOOKUP_BITS;

/// Runs of up to this length are written as one word.
const SHORT_RUN: usize = 8;

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

/// The parts of the header of a block that its symbols depend on.
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
        let (mut local, mut state) = (*bits, self.state);
        let result = self.decode_symbols(&mut local, &mut state, coding);
        (*bits, self.state) = (local, state);
        result
    }

    #[inline(always)]
    fn decode_symbols(
        &mut self,
        bits: &mut BitReader<'_>,
        state: &mut State,
        coding: Coding<'_>,
    ) -> Result<bool, Error> {
        let eob = coding.bytes_in_use as u16 + 1;
        loop {
            if state.group_left == 0 {
                if state.group == coding.selectors.len() {
                    return Err(Error::Data);
                }
                state.group += 1;
                state.group_left = GROUP_SIZE;
            }
            let table = &coding.tables[usize::from(coding.selectors[state.group - 1])];
            while state.group_left > 0 {
                if bits.peek().1 <= MAX_CODE_LENGTH {
                    bits.fill();
                }
                let (buffer, count) = bits.peek();
                let entry = table.entry(buffer);
                if !entry.is_none()
                    && entry.length() <= count
                    && entry.symbols() <= state.group_left
                    && state.weight <= MAX_ENTRY_WEIGHT
                {
                    bits.consume(entry.length());
                    state.group_left -= entry.symbols();
                    state.run += state.weight * entry.run();
                    state.weight <<= entry.digits();
                    if entry.literal() > 0 {
                        self.put(state, entry.literal() as usize, coding.max_len)?;
                    }
                    continue;
                }
                let Some(symbol) = table.decode(bits)? else { return Ok(false) };
                state.group_left -= 1;
                if symbol <= RUNB {
                    if state.weight >= MAX_WEIGHT {
                        return Err(Error::Data);
                    }
                    // RUNA is the digit 1, RUNB the digit 2.
                    state.run += state.weight << (symbol - RUNA);
                    state.weight <<= 1;
                } else if symbol == eob {
                    self.put_run(state, coding.max_len)?;
                    return Ok(true);
                } else {
                    self.put(state, usize::from(symbol), coding.max_len)?;
                }
            }
        }
    }

    /// Appends the current run, and the byte of a symbol.
    #[inline(always)]
    fn put(&mut self, state: &mut State, symbol: usize, max_len: usize) -> Result<(), Error> {
        let run = state.run as usize;
        match self.bytes[self.len..].first_chunk_mut::<{ SHORT_RUN + 1 }>() {
            // As long as that, the block is not longer than `max_len`, which `bytes` never is.
            Some(target) if run <= SHORT_RUN => {
                let last = state.recent[0];
                // Bytes after the run are overwritten.
                target[..SHORT_RUN].fill(last);
                let byte = state.move_to_front(symbol - 1);
                target[run] = byte;
                self.counts[usize::from(last)] += state.run;
                self.counts[usize::from(byte)] += 1;
                self.len += run + 1;
                (state.run, state.weight) = (0, 1);
                Ok(())
            }
            _ => self.put_slowly(state, symbol, max_len),
        }
    }

    #[cold]
    #[inline(never)]
    fn put_slowly(&mut self, state: &mut State, symbol: usize, max_len: usize) -> Result<(), Error> {
        self.put_run(state, max_len)?;
        if self.len >= max_len {
            return Err(Error::Data);
        }
        if self.len == self.bytes.len() {
            self.grow(1, max_len)?;
        }
        let byte = state.move_to_front(symbol - 1);
        self.bytes[self.len] = byte;
        self.counts[usize::from(byte)] += 1;
        self.len += 1;
        Ok(())
    }

    /// Appends the current run.
    fn put_run(&mut self, state: &mut State, max_len: usize) -> Result<(), Error> {
        let len = state.run as usize;
        if len > max_len - self.len {
            return Err(Error::Data);
        }
        if len > self.bytes.len() - self.len {
            self.grow(len, max_len)?;
        }
        let byte = state.recent[0];
        self.bytes[self.len..][..len].fill(byte);
        self.counts[usize::from(byte)] += state.run;
        self.len += len;
        (state.run, state.weight) = (0, 1);
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
}

impl State {
    /// Moves the byte at `index` of the recency list to its front.
    #[inline(always)]
    fn move_to_front(&mut self, index: usize) -> u8 {
        let byte = self.recent[index];
        if index < 16
            && let Some(first) = self.recent.first_chunk_mut::<16>()
        {
            // One 128-bit word shifts all bytes before it.
            let word = u128::from_le_bytes(*first);
            let kept = (u128::MAX << 8) << (index * 8);
            *first = (word & kept | word << 8 & !kept | u128::from(byte)).to_le_bytes();
            return byte;
        }
        self.recent.copy_within(..index, 1);
        self.recent[0] = byte;
        byte
    }
}
