//! Writing bits, the most significant of each byte first.

use std::collections::TryReserveError;

/// A code word in a `u32` has its length in the bits from this one on.
pub(super) const LENGTH_SHIFT: u32 = 24;
pub(super) const CODE_MASK: u32 = (1 << LENGTH_SHIFT) - 1;

/// Bytes that are complete, and up to 64 bits that are not.
///
/// Complete bytes are moved to `out` before more bits are added, not after: so `out` has at the end of a block the bytes
/// that libbzip2 has written by then.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    pub(super) out: Vec<u8>,
    #[doc(alias = "bsBuff")]
    buffer: u64,
    #[doc(alias = "bsLive")]
    count: u32,
}

impl BitWriter {
    /// Reserves memory for that number of bits, so that writing them cannot fail.
    pub(super) fn reserve(&mut self, bits: usize) -> Result<(), TryReserveError> {
        self.out.try_reserve(bits / 8 + 16)
    }

    /// Writes `count` bits, from 1 to 48.
    #[doc(alias = "bsW")]
    #[inline]
    pub(super) fn put(&mut self, bits: u64, count: u32) {
        while self.count >= 8 {
            self.out.push((self.buffer >> 56) as u8);
            self.buffer <<= 8;
            self.count -= 8;
        }
        self.buffer |= bits << (64 - self.count - count);
        self.count += count;
    }

    /// Writes code words of at most 20 bits, each with its length from [`LENGTH_SHIFT`] on.
    #[inline]
    pub(super) fn put_codes(&mut self, codes: impl Iterator<Item = u32>) {
        for code in codes {
            if self.count >= 32 {
                self.out.extend_from_slice(&((self.buffer >> 32) as u32).to_be_bytes());
                self.buffer <<= 32;
                self.count -= 32;
            }
            let length = code >> LENGTH_SHIFT;
            self.count += length;
            self.buffer |= u64::from(code & CODE_MASK) << (64 - self.count);
        }
    }

    /// Writes the remaining bits, padded with zeros to a byte.
    #[doc(alias = "bsFinishWrite")]
    pub(super) fn finish(&mut self) {
        self.out.extend_from_slice(&self.buffer.to_be_bytes()[..self.count.div_ceil(8) as usize]);
        (self.buffer, self.count) = (0, 0);
    }
}
