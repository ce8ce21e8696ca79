//! The bit reader: input, the bits of it that have been read but not used, and the reasons for which reading ends.

#![forbid(unsafe_code)]

use std::ffi::CStr;

/// Why a step ends.
pub(crate) enum Stop {
    /// There is no more input, or no more room.
    Ok,
    End,
    NeedDict,
    Error(&'static CStr),
    Memory,
}

/// zlib's `next`, `hold` and `bits`.
pub(crate) struct Bits<'i> {
    pub(crate) input: &'i [u8],
    /// The position of the next byte of the input.
    pub(crate) next: usize,
    pub(crate) hold: u64,
    /// How many bits of `hold` are valid; the others are 0.
    pub(crate) count: u32,
}

impl Bits<'_> {
    /// zlib's `PULLBYTE`: reads one byte more.
    #[inline]
    pub(crate) fn pull_byte(&mut self) -> Result<(), Stop> {
        let Some(byte) = self.input.get(self.next) else { return Err(Stop::Ok) };
        self.hold |= u64::from(*byte) << self.count;
        self.count += 8;
        self.next += 1;
        Ok(())
    }

    /// zlib's `NEEDBITS`: reads until there are `count` bits, and no byte more than that needs.
    #[inline]
    pub(crate) fn need_bits(&mut self, count: u32) -> Result<(), Stop> {
        while self.count < count {
            self.pull_byte()?;
        }
        Ok(())
    }

    /// zlib's `BITS`: the next `count` bits; those that have not been read are 0.
    #[inline]
    pub(crate) fn bits(&self, count: u32) -> usize {
        (self.hold & ((1 << count) - 1)) as usize
    }

    /// zlib's `DROPBITS`.
    #[inline]
    pub(crate) fn drop_bits(&mut self, count: u32) {
        self.hold >>= count;
        self.count -= count;
    }

    /// `BITS`, then `DROPBITS`.
    #[inline]
    pub(crate) fn take(&mut self, count: u32) -> usize {
        let bits = self.bits(count);
        self.drop_bits(count);
        bits
    }

    /// `NEEDBITS`, `BITS` and `DROPBITS`.
    #[inline]
    pub(crate) fn take_needed(&mut self, count: u32) -> Result<usize, Stop> {
        self.need_bits(count)?;
        Ok(self.take(count))
    }

    /// zlib's `BYTEBITS`: drops the rest of the byte that has been begun.
    pub(crate) fn byte_bits(&mut self) {
        self.drop_bits(self.count % 8);
    }
}
