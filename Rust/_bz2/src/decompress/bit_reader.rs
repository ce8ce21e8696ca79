//! Reading bits, the most significant of each byte first.

#![forbid(unsafe_code)]

/// Input, and bits that have been taken from it but not been read.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'a> {
    input: &'a [u8],
    position: usize,
    /// The next bits from the most significant bit down, and zeros below them.
    #[doc(alias = "bsBuff")]
    buffer: u64,
    #[doc(alias = "bsLive")]
    count: u32,
}

impl<'a> BitReader<'a> {
    /// The bits of `input`, after the `count` bits that are left of the previous input.
    pub(super) fn new(input: &'a [u8], buffer: u64, count: u32) -> Self {
        Self { input, position: 0, buffer, count }
    }

    /// How many bytes of input have been taken, and the bits that are left.
    pub(super) fn into_parts(self) -> (usize, u64, u32) {
        (self.position, self.buffer, self.count)
    }

    /// Fills the buffer to 56 bits or more, or to the end of the input.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        if let Some(word) = self.input[self.position..].first_chunk::<8>()
            && self.count < 56
        {
            let bytes = (63 - self.count) / 8;
            self.buffer |= u64::from_be_bytes(*word) >> self.count;
            self.count += bytes * 8;
            self.buffer &= u64::MAX << (64 - self.count);
            self.position += bytes as usize;
            return;
        }
        self.fill_bytewise();
    }

    fn fill_bytewise(&mut self) {
        while self.count <= 56
            && let Some(byte) = self.input.get(self.position)
        {
            self.buffer |= u64::from(*byte) << (56 - self.count);
            self.count += 8;
            self.position += 1;
        }
    }

    /// Whether there are at least `count` bits, up to 56, in the buffer or the input.
    #[inline(always)]
    pub(super) fn fill_to(&mut self, count: u32) -> bool {
        if self.count < count {
            self.fill();
        }
        self.count >= count
    }

    /// The bits in the buffer, from the most significant bit down, and how many they are.
    #[inline(always)]
    pub(super) fn peek(&self) -> (u64, u32) {
        (self.buffer, self.count)
    }

    /// Discards `count` bits of those in the buffer.
    #[inline(always)]
    pub(super) fn consume(&mut self, count: u32) {
        self.buffer <<= count;
        self.count -= count;
    }

    /// Reads `count` bits, from 1 to 32; `None` if there are fewer.
    #[doc(alias = "GET_BITS")]
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        if !self.fill_to(count) {
            return None;
        }
        let bits = (self.buffer >> (64 - count)) as u32;
        self.consume(count);
        Some(bits)
    }

    /// Returns whole bytes from the buffer to the input.
    pub(super) fn return_bytes(&mut self) {
        // The buffer never has whole bytes of the previous input here: without more input they were too few for the item
        // that was read next, and so they have been used.
        let bytes = (self.count / 8).min(self.position as u32);
        self.position -= bytes as usize;
        self.count -= bytes * 8;
        self.buffer &= if self.count == 0 { 0 } else { u64::MAX << (64 - self.count) };
    }
}
