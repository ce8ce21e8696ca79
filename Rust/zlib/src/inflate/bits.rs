//! Bits on their way in.

#![forbid(unsafe_code)]

use super::Stop;

/// Input, and the bits of it that have been taken up but not used.
pub(super) struct Bits<'i> {
    pub(super) input: &'i [u8],
    pub(super) place: usize,
    pub(super) hold: u64,
    pub(super) count: u32,
}

impl Bits<'_> {
    /// Takes up one byte more.
    #[inline]
    pub(super) fn pull(&mut self) -> Result<(), Stop> {
        let Some(byte) = self.input.get(self.place) else { return Err(Stop::Ok) };
        self.hold |= u64::from(*byte) << self.count;
        self.count += 8;
        self.place += 1;
        Ok(())
    }

    /// Sees to it that there are `count` bits, and takes up no byte more than that needs.
    #[inline]
    pub(super) fn need(&mut self, count: u32) -> Result<(), Stop> {
        while self.count < count {
            self.pull()?;
        }
        Ok(())
    }

    /// The next `count` bits, as far as there are so many.
    #[inline]
    pub(super) fn peek(&self, count: u32) -> usize {
        (self.hold & ((1 << count) - 1)) as usize
    }

    #[inline]
    pub(super) fn drop(&mut self, count: u32) {
        self.hold >>= count;
        self.count -= count;
    }

    #[inline]
    pub(super) fn take(&mut self, count: u32) -> usize {
        let bits = self.peek(count);
        self.drop(count);
        bits
    }

    /// Takes `count` bits as soon as there are so many.
    #[inline]
    pub(super) fn take_needed(&mut self, count: u32) -> Result<usize, Stop> {
        self.need(count)?;
        Ok(self.take(count))
    }

    /// Goes on to the next whole byte.
    pub(super) fn align(&mut self) {
        self.drop(self.count % 8);
    }

    /// Puts back the whole bytes that have been taken up but not used.
    pub(super) fn put_back(&mut self) {
        self.place -= (self.count / 8) as usize;
        self.count %= 8;
        self.hold &= (1 << self.count) - 1;
    }
}
