//! The initial run-length encoding of a block (RLE1), and its checksum.
//!
//! A run of 4 to 255 equal bytes is written as four of them and a byte with the number of the others.

use super::bwt::{CyclicBlock, GUARD_AFTER, GUARD_BEFORE};
use crate::crc32;
use std::collections::TryReserveError;

/// After this many equal bytes comes a count.
const RUN_THRESHOLD: usize = 4;
const MAX_RUN: usize = 255;

/// A block that is being filled, and the current run, which is not part of it yet.
#[derive(Debug)]
pub(super) struct Rle1Block {
    /// The encoded block, after space for the guard of a [`CyclicBlock`].
    guarded: Vec<u8>,
    #[doc(alias = "nblockMAX")]
    max_len: usize,
    #[doc(alias = "state_in_ch")]
    run_byte: u8,
    #[doc(alias = "state_in_len")]
    run_len: usize,
    crc: u32,
}

impl Rle1Block {
    /// A block that is full at `max_len` bytes. The run that fills it may make it four bytes longer.
    pub(super) fn new(max_len: usize) -> Self {
        Self { guarded: Vec::new(), max_len, run_byte: 0, run_len: 0, crc: !0 }
    }

    #[doc(alias = "nblock")]
    pub(super) fn len(&self) -> usize {
        self.guarded.len().saturating_sub(GUARD_BEFORE)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= self.max_len
    }

    /// Whether `more` bytes of input cannot fill the block, whatever they are.
    pub(super) fn fits(&self, more: usize) -> bool {
        // In the worst case, four bytes become five.
        let left = (self.max_len - self.len().min(self.max_len)).saturating_sub(2 * RUN_THRESHOLD);
        more <= left - left / 5
    }

    pub(super) fn crc(&self) -> u32 {
        !self.crc
    }

    /// Which bytes occur in the block.
    #[doc(alias = "inUse")]
    pub(super) fn in_use(&self) -> [bool; 256] {
        let mut in_use = [false; 256];
        for byte in self.guarded.iter().skip(GUARD_BEFORE) {
            in_use[usize::from(*byte)] = true;
        }
        in_use
    }

    /// Calls `work` with the block.
    pub(super) fn with_cyclic<T>(
        &mut self,
        work: impl FnOnce(CyclicBlock<'_>) -> Result<T, TryReserveError>,
    ) -> Result<T, TryReserveError> {
        let len = self.guarded.len();
        self.guarded.try_reserve_exact(GUARD_AFTER)?;
        self.guarded.extend_from_slice(&[0; GUARD_AFTER]);
        let result = work(CyclicBlock::new(&mut self.guarded));
        self.guarded.truncate(len);
        result
    }

    /// Starts the next block; the current run belongs to it.
    #[doc(alias = "prepare_new_block")]
    pub(super) fn begin_block(&mut self) {
        self.guarded.truncate(GUARD_BEFORE);
        self.crc = !0;
    }

    /// Takes input until it ends or the block is full; returns how much has been taken.
    ///
    /// A run ends with the byte after it, which starts the next run; so there is always a current run.
    #[doc(alias = "copy_input_until_stop")]
    pub(super) fn take(&mut self, input: &[u8]) -> Result<usize, TryReserveError> {
        if input.is_empty() {
            return Ok(0);
        }
        self.reserve(input.len())?;
        let mut start = 0;
        if self.run_len > 0 {
            let more = run_length(self.run_byte, input, MAX_RUN - self.run_len);
            if more == input.len() {
                self.run_len += more;
                return Ok(more);
            }
            self.crc = crc32::update(self.crc, &[self.run_byte; MAX_RUN][..self.run_len]);
            self.put_run(self.run_byte, self.run_len + more);
            start = more;
        }
        let consumed = loop {
            let rest = &input[start..];
            let space = self.max_len.saturating_sub(self.len());
            let Some(&byte) = rest.first().filter(|_| space > 0) else {
                // The block is full. The byte that ended its last run starts the first run of the next block.
                self.run_byte = input.get(start).copied().unwrap_or_default();
                self.run_len = 1;
                break start + 1;
            };
            let singles = rest.windows(2).take(space).take_while(|pair| pair[0] != pair[1]).count();
            if singles > 0 {
                self.guarded.extend_from_slice(&rest[..singles]);
                start += singles;
                continue;
            }
            let run = run_length(byte, rest, MAX_RUN);
            if run == rest.len() {
                (self.run_byte, self.run_len) = (byte, run);
                break input.len();
            }
            self.put_run(byte, run);
            start += run;
        };
        self.crc = crc32::update(self.crc, &input[..start]);
        Ok(consumed)
    }

    /// Adds the current run to the block.
    #[doc(alias = "flush_RL")]
    pub(super) fn flush_run(&mut self) -> Result<(), TryReserveError> {
        self.reserve(0)?;
        self.crc = crc32::update(self.crc, &[self.run_byte; MAX_RUN][..self.run_len]);
        self.put_run(self.run_byte, self.run_len);
        self.run_len = 0;
        Ok(())
    }

    /// Reserves memory for this much input, and at least for the current run.
    fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let max_len = self.max_len + 2 * RUN_THRESHOLD;
        let len = self.len().saturating_add(more).saturating_add(more / RUN_THRESHOLD + 2 * RUN_THRESHOLD).min(max_len);
        let needed = GUARD_BEFORE + len + GUARD_AFTER;
        if self.guarded.capacity() < needed {
            // Doubled each time, but never more than the largest block takes.
            let size = needed.max(2 * self.guarded.capacity()).min(GUARD_BEFORE + max_len + GUARD_AFTER);
            self.guarded.try_reserve_exact(size - self.guarded.len())?;
        }
        if self.guarded.is_empty() {
            self.guarded.extend_from_slice(&[0; GUARD_BEFORE]);
        }
        Ok(())
    }

    #[doc(alias = "add_pair_to_block")]
    fn put_run(&mut self, byte: u8, run: usize) {
        self.guarded.extend_from_slice(&[byte; RUN_THRESHOLD][..run.min(RUN_THRESHOLD)]);
        if run >= RUN_THRESHOLD {
            self.guarded.push((run - RUN_THRESHOLD) as u8);
        }
    }
}

/// How many bytes at the start of the input, at most `max`, equal `byte`.
fn run_length(byte: u8, input: &[u8], max: usize) -> usize {
    input.iter().take(max).take_while(|other| **other == byte).count()
}
