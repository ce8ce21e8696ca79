//! Bits on their way out.

use std::collections::TryReserveError;

/// A code has its length above so many bits.
pub(super) const LENGTH_SHIFT: u32 = 24;
pub(super) const CODE: u32 = (1 << LENGTH_SHIFT) - 1;

/// Bits on their way out, the highest of each byte first.
///
/// Whole bytes go out before more is put in, not after: what there is at the end of a block is what libbzip2 has then.
#[derive(Debug, Default)]
pub(super) struct Bits {
    pub(super) out: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    /// Makes room for so many bits. What is put in after this must not be more.
    pub(super) fn reserve(&mut self, bits: usize) -> Result<(), TryReserveError> {
        self.out.try_reserve(bits / 8 + 16)
    }

    /// Writes `count` bits, from 1 to 48.
    #[inline]
    pub(super) fn put(&mut self, bits: u64, count: u32) {
        while self.count >= 8 {
            self.out.push((self.held >> 56) as u8);
            self.held <<= 8;
            self.count -= 8;
        }
        self.held |= bits << (64 - self.count - count);
        self.count += count;
    }

    /// Writes codes of at most 20 bits, each given with its length above it.
    #[inline]
    pub(super) fn put_codes(&mut self, codes: impl Iterator<Item = u32>) {
        for code in codes {
            if self.count >= 32 {
                self.out.extend_from_slice(&((self.held >> 32) as u32).to_be_bytes());
                self.held <<= 32;
                self.count -= 32;
            }
            let length = code >> LENGTH_SHIFT;
            self.count += length;
            self.held |= u64::from(code & CODE) << (64 - self.count);
        }
    }

    /// Writes what is left, filled up to a byte.
    pub(super) fn end(&mut self) {
        self.out.extend_from_slice(&self.held.to_be_bytes()[..self.count.div_ceil(8) as usize]);
        (self.held, self.count) = (0, 0);
    }
}
