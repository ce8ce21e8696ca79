//! Input that has been accepted but not consumed, because the limit of the output was reached.

use crate::OutOfMemory;

/// A queue of bytes.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    buffer: Vec<u8>,
    /// The bytes before this index have been consumed.
    start: usize,
}

impl Pending {
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.buffer.len()
    }

    pub(crate) fn clear(&mut self) {
        self.buffer.clear();
        self.start = 0;
    }

    /// Discards the first `count` bytes.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Appends `data`.
    ///
    /// Bytes are only moved when at least as many have been consumed, and memory grows by a factor, so that a byte is
    /// copied a constant number of times however the input is cut.
    pub(crate) fn append(&mut self, data: &[u8]) -> Result<(), OutOfMemory> {
        if self.buffer.capacity() - self.buffer.len() < data.len() && self.start >= self.bytes().len() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        // Most input is kept once, and then consumed: no memory in reserve.
        let reserved = if self.buffer.is_empty() {
            self.buffer.try_reserve_exact(data.len())
        } else {
            self.buffer.try_reserve(data.len())
        };
        reserved.map_err(|_| OutOfMemory)?;
        self.buffer.extend_from_slice(data);
        Ok(())
    }
}
