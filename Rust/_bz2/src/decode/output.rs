//! The data of a block, followed along the links of the inverse transform, with its runs written out.

#![forbid(unsafe_code)]

use super::crc;
use super::randomised::Mask;
use super::symbols::Symbols;
use crate::stream::Error;
use outbuf::OutBuf;

/// After so many equal bytes, a byte says how many more there are.
const RUN: u32 = 4;

#[derive(Debug)]
pub(super) struct Output {
    /// Where the next byte is, and how many are left.
    place: u32,
    left: usize,
    /// The byte before, unless a run has just ended, and how many of it there were in a row.
    last: Option<u8>,
    equal: u32,
    /// So many times the byte comes again.
    byte: u8,
    repeat: usize,
    /// The block ended where the length of a run should be.
    cut: bool,
    crc: u32,
    /// For a block that was made by a very old version.
    mask: Option<Mask>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { place: 0, left: 0, last: None, equal: 0, byte: 0, repeat: 0, cut: false, crc: !0, mask: None }
    }

    pub(super) fn randomise(&mut self, randomised: bool) {
        self.mask = randomised.then(Mask::new);
    }

    /// Before the first byte of a block that starts at `origin`.
    pub(super) fn begin(&mut self, symbols: &Symbols, origin: u32) {
        let place = symbols.places[origin as usize] >> 8;
        *self = Self { place, left: symbols.len, mask: self.mask.take(), ..Self::new() };
    }

    /// The checksum of what has been written of the block.
    pub(super) fn crc(&self) -> u32 {
        !self.crc
    }

    /// Writes until there is no room; returns whether the block is at its end.
    pub(super) fn write(&mut self, symbols: &Symbols, out: &mut OutBuf<'_>) -> Result<bool, Error> {
        let start = out.len();
        let done = self.follow(&symbols.places[..symbols.len], out);
        self.crc = crc::update(self.crc, &out.filled()[start..]);
        done
    }

    fn follow(&mut self, places: &[u32], out: &mut OutBuf<'_>) -> Result<bool, Error> {
        loop {
            if self.repeat > 0 {
                let count = self.repeat.min(out.remaining());
                out.extend_repeat(self.byte, count);
                self.repeat -= count;
                if self.repeat > 0 {
                    return Ok(false);
                }
            }
            if self.cut {
                return Err(Error::Data);
            }
            if self.left == 0 {
                return Ok(true);
            }
            if out.remaining() == 0 {
                return Ok(false);
            }
            self.single(places, out);
        }
    }

    /// Writes bytes up to the end of a run, of the block or of the room.
    fn single(&mut self, places: &[u32], out: &mut OutBuf<'_>) {
        let (mut place, mut last, mut equal) = (self.place, self.last, self.equal);
        let count = self.left.min(out.remaining());
        let mut written = 0;
        while written < count {
            let entry = places[place as usize];
            place = entry >> 8;
            let mut byte = entry as u8;
            if let Some(mask) = &mut self.mask {
                byte ^= mask.next();
            }
            out.push(byte);
            written += 1;
            equal = if last == Some(byte) { equal + 1 } else { 1 };
            last = Some(byte);
            if equal == RUN {
                break;
            }
        }
        self.left -= written;
        if equal == RUN {
            // What stands behind the end, if that is here, is what the place leads to; libbzip2 writes it, too.
            let entry = places[place as usize];
            place = entry >> 8;
            let mut length = entry as u8;
            if let Some(mask) = &mut self.mask {
                length ^= mask.next();
            }
            self.cut = self.left == 0;
            self.left = self.left.saturating_sub(1);
            (self.byte, self.repeat) = (last.unwrap_or_default(), usize::from(length));
            (last, equal) = (None, 0);
        }
        (self.place, self.last, self.equal) = (place, last, equal);
    }
}
