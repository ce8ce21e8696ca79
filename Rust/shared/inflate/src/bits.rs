//! The bit reader: input, the bits of it that have been read but not used, and the reasons for which reading ends.

#![forbid(unsafe_code)]

use crate::table::{EXCEPTIONAL, SUBTABLE, code_length, value};
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

    /// Reads bytes ahead, as many as `hold` has room for, one at least; [`give_back`](Self::give_back) undoes that.
    #[inline]
    pub(crate) fn read_ahead(&mut self) -> Result<(), Stop> {
        let Some(bytes) = self.input[self.next..].first_chunk() else {
            self.pull_byte()?;
            while self.count < 56 && self.pull_byte().is_ok() {}
            return Ok(());
        };
        let used = (63 - self.count) / 8;
        self.hold |= u64::from_le_bytes(*bytes) << self.count;
        self.next += used as usize;
        self.count += 8 * used;
        self.hold &= (1 << self.count) - 1;
        Ok(())
    }

    /// Gives back the whole bytes that have been read but not used.
    #[inline]
    pub(crate) fn give_back(&mut self) {
        self.next -= (self.count / 8) as usize;
        self.count %= 8;
        self.hold &= (1 << self.count) - 1;
    }

    /// Reads the next code; `read` reads more of the input, one byte at least.
    #[inline(always)]
    pub(crate) fn next_symbol(
        &mut self,
        table: &[u32],
        root: u32,
        read: impl Fn(&mut Self) -> Result<(), Stop>,
    ) -> Result<u32, Stop> {
        loop {
            let entry = table[self.bits(root)];
            let (entry, length) = if entry & (EXCEPTIONAL | SUBTABLE) == EXCEPTIONAL | SUBTABLE {
                let entry = table[value(entry) + (self.bits(root + code_length(entry)) >> root)];
                (entry, root + code_length(entry))
            } else {
                (entry, code_length(entry))
            };
            if length <= self.count {
                self.drop_bits(length);
                return Ok(entry);
            }
            read(self)?;
        }
    }

    /// zlib's `BYTEBITS`: drops the rest of the byte that has been begun.
    pub(crate) fn byte_bits(&mut self) {
        self.drop_bits(self.count % 8);
    }
}
