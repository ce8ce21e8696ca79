//! The data of a block: the text with its initial run-length encoding (RLE1) undone, and the checksum.

#![forbid(unsafe_code)]

use super::derandomise::Derandomiser;
use super::inverse_bwt::InverseBwt;
use super::mtf::LastColumn;
use crate::crc32;
use crate::stream::Error;
use crate::words::zero_bytes;
use outbuf::OutBuf;

/// After this many equal bytes comes a count.
const RUN_THRESHOLD: usize = 4;

/// This much of the text is read at once.
const BUFFER_SIZE: usize = 4096;

#[derive(Debug)]
pub(super) struct Rle1Decoder {
    /// A piece of the text, of which the part from `position` on has not been decoded.
    buffer: Vec<u8>,
    position: usize,
    /// How many bytes of the text have not been read to the buffer, and one more: when the text ends where a count is due,
    /// libbzip2 uses the byte that follows the last one in the cycle of rows.
    unread: usize,
    /// How many bytes of the text have not been decoded.
    left: usize,
    /// The last byte, and how often it has occurred in a row; 0 after a run.
    last: u8,
    equal: usize,
    /// What remains of a run.
    run_byte: u8,
    run_left: usize,
    /// The text has ended where a count was due.
    truncated: bool,
    crc: u32,
    derandomiser: Option<Derandomiser>,
}

impl Rle1Decoder {
    pub(super) fn new() -> Self {
        Self {
            buffer: Vec::new(),
            position: 0,
            unread: 0,
            left: 0,
            last: 0,
            equal: 0,
            run_byte: 0,
            run_left: 0,
            truncated: false,
            crc: !0,
            derandomiser: None,
        }
    }

    pub(super) fn set_randomised(&mut self, randomised: bool) {
        self.derandomiser = randomised.then(Derandomiser::new);
    }

    /// Starts a text of `len` bytes.
    pub(super) fn begin(&mut self, len: usize) -> Result<(), Error> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.try_reserve_exact(BUFFER_SIZE.min(len + 1)).map_err(|_| Error::Memory)?;
        let derandomiser = self.derandomiser.take();
        *self = Self { buffer, unread: len + 1, left: len, derandomiser, ..Self::new() };
        Ok(())
    }

    /// The checksum of the data that has been written of the block.
    pub(super) fn crc(&self) -> u32 {
        !self.crc
    }

    /// Whether there is more of the text in the buffer than it takes to write `room` bytes: a run of four bytes is five bytes
    /// of text.
    pub(super) fn has_buffered(&self, room: usize) -> bool {
        let buffered = self.buffer.len() - self.position;
        self.run_left > room || buffered.min(self.left) > room.saturating_mul(2)
    }

    /// Writes data until `out` is full or the block ends; returns whether the block has ended.
    #[doc(alias = "unRLE_obuf_to_output_FAST")]
    pub(super) fn write(
        &mut self,
        column: &LastColumn,
        inverse: &mut InverseBwt,
        out: &mut OutBuf<'_>,
    ) -> Result<bool, Error> {
        let start = out.len();
        let ended = self.decode(column, inverse, out);
        self.crc = crc32::update(self.crc, &out.filled()[start..]);
        ended
    }

    fn decode(&mut self, column: &LastColumn, inverse: &mut InverseBwt, out: &mut OutBuf<'_>) -> Result<bool, Error> {
        loop {
            if self.run_left > 0 {
                let count = self.run_left.min(out.remaining());
                out.extend_repeat(self.run_byte, count);
                self.run_left -= count;
                if self.run_left > 0 {
                    return Ok(false);
                }
            }
            if self.truncated {
                return Err(Error::Data);
            }
            if self.left == 0 {
                return Ok(true);
            }
            if out.remaining() == 0 {
                return Ok(false);
            }
            self.fill(column, inverse);
            self.copy_singles(out);
            if self.equal == RUN_THRESHOLD {
                self.fill(column, inverse);
                let count = self.buffer[self.position];
                self.position += 1;
                self.truncated = self.left == 0;
                self.left = self.left.saturating_sub(1);
                (self.run_byte, self.run_left) = (self.last, usize::from(count));
                self.equal = 0;
            }
        }
    }

    /// Reads the next piece of the text, if the buffer has been decoded.
    fn fill(&mut self, column: &LastColumn, inverse: &mut InverseBwt) {
        if self.position < self.buffer.len() {
            return;
        }
        // The capacity has been reserved.
        self.buffer.resize(self.unread.min(BUFFER_SIZE), 0);
        inverse.read(column, &mut self.buffer);
        if let Some(derandomiser) = &mut self.derandomiser {
            derandomiser.apply(&mut self.buffer);
        }
        self.unread -= self.buffer.len();
        self.position = 0;
    }

    /// Writes bytes from the buffer up to the fourth one of a run.
    fn copy_singles(&mut self, out: &mut OutBuf<'_>) {
        let rest = &self.buffer[self.position..];
        let input = &rest[..rest.len().min(self.left).min(out.remaining())];
        // The rest of a run that began in an earlier piece.
        let mut count = 0;
        if self.equal > 0 {
            let missing = RUN_THRESHOLD - self.equal;
            count = input.iter().take(missing).take_while(|byte| **byte == self.last).count();
            self.equal += count;
        }
        if self.equal < RUN_THRESHOLD && count < input.len() {
            let fresh = &input[count..];
            let run = first_run(fresh);
            count += run.map_or(fresh.len(), |start| start + RUN_THRESHOLD);
            self.last = input[count - 1];
            self.equal = match run {
                Some(_) => RUN_THRESHOLD,
                None => fresh.iter().rev().take_while(|byte| **byte == self.last).count(),
            };
        }
        if count <= 8 {
            // Runs in quick succession: a call of memcpy would take longer.
            input[..count].iter().for_each(|byte| out.push(*byte));
        } else {
            out.extend_from_slice(&input[..count]);
        }
        self.position += count;
        self.left -= count;
    }
}

/// Where the first four equal bytes are.
fn first_run(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    while let Some(window) = bytes[start..].first_chunk::<11>() {
        // Eight positions at a time: a byte is zero where it equals the three that follow.
        let word = |at: usize| window[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let different = (word(0) ^ word(1)) | (word(1) ^ word(2)) | (word(2) ^ word(3));
        let found = zero_bytes(different);
        if found != 0 {
            return Some(start + found.trailing_zeros() as usize / 8);
        }
        start += 8;
    }
    let mut rest = bytes[start..].windows(RUN_THRESHOLD);
    rest.position(|window| window.iter().all(|byte| *byte == window[0])).map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use super::first_run;

    #[test]
    fn finds_the_first_run() {
        for len in 0..60_usize {
            let different: Vec<u8> = (0..len as u8).collect();
            assert_eq!(first_run(&different), None);
            for run in 1..7 {
                for start in 0..len.saturating_sub(run) {
                    let mut bytes = different.clone();
                    bytes[start..start + run].fill(200);
                    assert_eq!(first_run(&bytes), (run >= 4).then_some(start), "{bytes:?}");
                }
            }
        }
    }
}
