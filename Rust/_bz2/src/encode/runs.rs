//! The first stage: runs of equal bytes made short, and the checksum.

use super::sort::{AFTER, BEFORE, Ring};
use crate::decode::crc;
use std::collections::TryReserveError;

/// After so many equal bytes a byte says how many more there are, up to a run of the longest.
const RUN: usize = 4;
const LONGEST: usize = 255;

/// A block that is being filled, and the run behind it that has not ended.
#[derive(Debug)]
pub(super) struct Runs {
    /// The block, with room in front for what makes it a ring.
    text: Vec<u8>,
    most: usize,
    byte: u8,
    /// How long the run is so far; it is part of the block when it has ended.
    run: usize,
    crc: u32,
}

impl Runs {
    /// A block that is full with `most` bytes. What is put in last may make it longer, by four.
    pub(super) fn new(most: usize) -> Self {
        Self { text: Vec::new(), most, byte: 0, run: 0, crc: !0 }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len().saturating_sub(BEFORE)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= self.most
    }

    /// Whether so much more input would certainly not fill the block.
    pub(super) fn has_room(&self, more: usize) -> bool {
        // At worst, every four bytes become five.
        let left = (self.most - self.len().min(self.most)).saturating_sub(2 * RUN);
        more <= left - left / 5
    }

    pub(super) fn crc(&self) -> u32 {
        !self.crc
    }

    /// Which bytes there are in the block.
    pub(super) fn used(&self) -> [bool; 256] {
        let mut used = [false; 256];
        for byte in self.text.iter().skip(BEFORE) {
            used[usize::from(*byte)] = true;
        }
        used
    }

    /// Lets `work` see the block as a ring.
    pub(super) fn with_ring<T>(
        &mut self,
        work: impl FnOnce(Ring<'_>) -> Result<T, TryReserveError>,
    ) -> Result<T, TryReserveError> {
        let len = self.text.len();
        self.text.try_reserve_exact(AFTER)?;
        self.text.extend_from_slice(&[0; AFTER]);
        let result = work(Ring::close(&mut self.text));
        self.text.truncate(len);
        result
    }

    /// Begins the next block, of which the run is the start.
    pub(super) fn begin_block(&mut self) {
        self.text.truncate(BEFORE);
        self.crc = !0;
    }

    /// Takes input up to its end, or to the byte with which the block is full. Returns how much that is.
    ///
    /// A run ends with the byte behind it, which begins the next one; so there is always one that has not ended.
    pub(super) fn take(&mut self, input: &[u8]) -> Result<usize, TryReserveError> {
        if input.is_empty() {
            return Ok(0);
        }
        self.reserve(input.len())?;
        let mut start = 0;
        if self.run > 0 {
            let more = equal(self.byte, input, LONGEST - self.run);
            if more == input.len() {
                self.run += more;
                return Ok(more);
            }
            self.crc = crc::update(self.crc, &[self.byte; LONGEST][..self.run]);
            self.put(self.byte, self.run + more);
            start = more;
        }
        let consumed = loop {
            let rest = &input[start..];
            let room = self.most.saturating_sub(self.len());
            let Some(&byte) = rest.first().filter(|_| room > 0) else {
                // The block is full. The byte that has told is the first of the next one.
                self.byte = input.get(start).copied().unwrap_or_default();
                self.run = 1;
                break start + 1;
            };
            let singles = rest.windows(2).take(room).take_while(|pair| pair[0] != pair[1]).count();
            if singles > 0 {
                self.text.extend_from_slice(&rest[..singles]);
                start += singles;
                continue;
            }
            let run = equal(byte, rest, LONGEST);
            if run == rest.len() {
                (self.byte, self.run) = (byte, run);
                break input.len();
            }
            self.put(byte, run);
            start += run;
        };
        self.crc = crc::update(self.crc, &input[..start]);
        Ok(consumed)
    }

    /// Ends the run.
    pub(super) fn end(&mut self) -> Result<(), TryReserveError> {
        self.reserve(0)?;
        self.crc = crc::update(self.crc, &[self.byte; LONGEST][..self.run]);
        self.put(self.byte, self.run);
        self.run = 0;
        Ok(())
    }

    /// Makes room for so much input, and at least for the end of a run.
    fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let most = self.most + 2 * RUN;
        let len = self.len().saturating_add(more).saturating_add(more / RUN + 2 * RUN).min(most);
        let needed = BEFORE + len + AFTER;
        if self.text.capacity() < needed {
            // More and more at once, but never more than the largest block takes.
            let size = needed.max(2 * self.text.capacity()).min(BEFORE + most + AFTER);
            self.text.try_reserve_exact(size - self.text.len())?;
        }
        if self.text.is_empty() {
            self.text.extend_from_slice(&[0; BEFORE]);
        }
        Ok(())
    }

    fn put(&mut self, byte: u8, run: usize) {
        self.text.extend_from_slice(&[byte; RUN][..run.min(RUN)]);
        if run >= RUN {
            self.text.push((run - RUN) as u8);
        }
    }
}

/// How many bytes in front, of at most so many, are this one.
fn equal(byte: u8, input: &[u8], most: usize) -> usize {
    input.iter().take(most).take_while(|other| **other == byte).count()
}
