//! Level 1, whole streams of any length at once.
//!
//! zlib-rs either takes the time that levels above 1 have, or makes streams longer than zlib does by a quarter; the
//! reasons and the figures are in Doc/compression.md. So level 1 is the crate's own: `finder.rs` takes the data apart,
//! `symbols.rs` collects what that comes to, and each time there is enough for a block it is written in the shortest of
//! its forms, with codes of its own.

#![forbid(unsafe_code)]

mod finder;
mod symbols;

use crate::block::{Bits, Form, MOST_STORED, write_stored};
use crate::shape::Shape;
use finder::Finder;
use outbuf::OutBuf;
use std::collections::TryReserveError;
use std::mem::MaybeUninit;
use symbols::Symbols;

/// What header, trailer, the head of a stored block and bits that wait come to at most, and more.
const SLACK: usize = 64;

/// A stream in the making.
pub struct Fast<'d> {
    shape: Shape,
    data: &'d [u8],
    /// How much of the data has been compressed.
    place: usize,
    /// The checksum of that, once there is some.
    check: Option<u32>,
    finder: Finder,
    symbols: Symbols,
    /// The bits that are not a whole byte yet, and how many they are.
    held: u64,
    count: u32,
    /// What there was no room for when it was written, and how much of it has found some since.
    waiting: Vec<u8>,
    handed_out: usize,
    ended: bool,
}

impl<'d> Fast<'d> {
    /// A stream of this shape, whatever its level: that only stands in the header.
    pub fn new(shape: Shape, data: &'d [u8]) -> Result<Self, TryReserveError> {
        Ok(Self {
            shape,
            data,
            place: 0,
            check: None,
            finder: Finder::new(shape.window())?,
            symbols: Symbols::new()?,
            held: 0,
            count: 0,
            waiting: Vec::new(),
            handed_out: 0,
            ended: false,
        })
    }

    /// Writes until `out` is full or the stream has come to its end; returns whether it has.
    pub fn step(&mut self, out: &mut OutBuf<'_>) -> Result<bool, TryReserveError> {
        loop {
            let waiting = &self.waiting[self.handed_out..];
            let (now, later) = waiting.split_at(waiting.len().min(out.remaining()));
            out.extend_from_slice(now);
            self.handed_out += now.len();
            if !later.is_empty() {
                return Ok(false);
            }
            if self.ended {
                return Ok(true);
            }
            self.next_block(out)?;
        }
    }

    /// Compresses one block more, and puts aside what `out` has no room for.
    fn next_block(&mut self, out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        let start = self.place;
        self.place = self.finder.find(self.data, start, &mut self.symbols);
        let block = &self.data[start..self.place];
        // While it is at hand.
        self.check = Some(self.shape.check(self.check, block));
        let form = Form::shortest(&self.symbols.needed(), block.len());
        let len = match &form {
            Some((_, bits)) => (bits / 8) as usize,
            None => block.len() + block.len().div_ceil(MOST_STORED) * 5,
        };
        let form = form.map(|(form, _)| form);
        if out.remaining() >= len + SLACK {
            self.write(block, form, out);
            return Ok(());
        }
        let mut room = Vec::new();
        room.try_reserve_exact(len + SLACK)?;
        room.resize(len + SLACK, MaybeUninit::uninit());
        let mut whole = OutBuf::new(&mut room);
        self.write(block, form, &mut whole);
        let (now, later) = whole.filled().split_at(whole.len().min(out.remaining()));
        out.extend_from_slice(now);
        self.waiting.clear();
        self.handed_out = 0;
        self.waiting.try_reserve(later.len())?;
        self.waiting.extend_from_slice(later);
        Ok(())
    }

    /// Writes a block, with the header when it is the first, and with the trailer when it is the last.
    fn write(&mut self, block: &[u8], form: Option<Form>, out: &mut OutBuf<'_>) {
        if block.len() == self.place {
            self.shape.write_header(out);
        }
        let last = self.place == self.data.len();
        let mut bits = Bits { out, held: self.held, count: self.count };
        match form {
            Some(form) => {
                form.write_head(last, &mut bits);
                self.symbols.write(&form, &mut bits);
            }
            None => {
                let mut pieces = block.chunks(MOST_STORED).peekable();
                while let Some(piece) = pieces.next() {
                    write_stored(piece, last && pieces.peek().is_none(), &mut bits);
                }
            }
        }
        if last {
            bits.align();
        }
        (self.held, self.count) = (bits.held, bits.count);
        if last {
            self.shape.write_trailer(self.check.unwrap_or_default(), self.data.len(), out);
            self.ended = true;
        }
    }
}

impl std::fmt::Debug for Fast<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fast").field("place", &self.place).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
