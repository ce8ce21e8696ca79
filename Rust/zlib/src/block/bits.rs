//! Bits on their way out.

#![forbid(unsafe_code)]

use super::huffman::Code;
use outbuf::OutBuf;

/// What is written bit by bit, and has not come to a whole byte yet.
pub(crate) struct Bits<'o, 'm> {
    pub(crate) out: &'o mut OutBuf<'m>,
    pub(crate) held: u64,
    pub(crate) count: u32,
}

impl Bits<'_, '_> {
    /// Writes `count` bits, 32 at most.
    pub(crate) fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        if self.count >= 32 {
            self.out.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    /// Writes a symbol of a code, and `extra` more bits.
    pub(crate) fn symbol<const N: usize>(&mut self, code: &Code<N>, symbol: usize, extra: u32, more: u32) {
        let length = u32::from(code.lengths[symbol]);
        self.put(u64::from(code.bits[symbol]) | u64::from(more) << length, length + extra);
    }

    /// Hands out all but the last bits, less than eight.
    pub(crate) fn flush(&mut self) {
        let bytes = (self.count / 8) as usize;
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
        self.held >>= self.count & !7;
        self.count %= 8;
    }

    /// Fills the last byte up.
    pub(crate) fn align(&mut self) {
        let bytes = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
        (self.held, self.count) = (0, 0);
    }
}
