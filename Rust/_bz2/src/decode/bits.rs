//! Bits, the highest of each byte first.

#![forbid(unsafe_code)]

/// Input, of which the next bits are held.
pub(super) struct Bits<'a> {
    input: &'a [u8],
    at: usize,
    /// The next bits from the top down, and zeros below them.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// Bits of `input`, behind the `count` that are left from before.
    pub(super) fn new(input: &'a [u8], held: u64, count: u32) -> Self {
        Self { input, at: 0, held, count }
    }

    /// How much has been taken from the input, and what is still held.
    pub(super) fn leave(self) -> (usize, u64, u32) {
        (self.at, self.held, self.count)
    }

    /// Holds 56 bits or more, or all that there are.
    #[inline]
    pub(super) fn fill(&mut self) {
        if let Some(word) = self.input[self.at..].first_chunk::<8>()
            && self.count < 56
        {
            let bytes = (63 - self.count) / 8;
            self.held |= u64::from_be_bytes(*word) >> self.count;
            self.count += bytes * 8;
            self.held &= u64::MAX << (64 - self.count);
            self.at += bytes as usize;
            return;
        }
        while self.count <= 56
            && let Some(byte) = self.input.get(self.at)
        {
            self.held |= u64::from(*byte) << (56 - self.count);
            self.count += 8;
            self.at += 1;
        }
    }

    /// The bits that are held, from the top down, and how many they are.
    #[inline]
    pub(super) fn held(&self) -> (u64, u32) {
        (self.held, self.count)
    }

    /// Goes on by `count` bits, of those that are held.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) {
        self.held <<= count;
        self.count -= count;
    }

    /// The next `count` bits, from 1 to 32; `None` if there are less.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        if self.count < count {
            self.fill();
            if self.count < count {
                return None;
            }
        }
        let bits = (self.held >> (64 - count)) as u32;
        self.skip(count);
        Some(bits)
    }

    /// Gives whole bytes that are held back to the input.
    pub(super) fn give_back(&mut self) {
        // Those of an earlier piece of input have been used up: without more they were not enough for what was next.
        let bytes = (self.count / 8).min(self.at as u32);
        self.at -= bytes as usize;
        self.count -= bytes * 8;
        self.held &= if self.count == 0 { 0 } else { u64::MAX << (64 - self.count) };
    }
}
