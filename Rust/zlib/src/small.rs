//! Streams of little data.
//!
//! The hash table of zlib-rs has 64 Ki entries, and clearing it takes longer than compressing a hundred bytes does. What
//! is known to be little is compressed here instead, with tables of its own size: the format is the same, and so is what
//! is searched for at each level. `compress` knows; an object finds out when it is told to finish or to flush.

#![forbid(unsafe_code)]

mod block;
mod matches;

use crate::block::Bits;
use crate::shape::Shape;
use crate::stream::{DeflateFlush, Strategy};
use matches::{Found, Tables};
use outbuf::OutBuf;
use std::collections::TryReserveError;

/// Up to how many bytes are little, of a dictionary and of what comes behind it.
pub const MOST: usize = 4096;

/// How much longer than its data a piece of a stream can be: gzip's header and trailer, the head of a stored block, and
/// an empty stored block behind one that does not end at a whole byte.
pub const OVERHEAD: usize = 10 + 8 + 5 + 6;

impl Shape {
    /// Writes `data`, at most [`MOST`] bytes, in compressed form, and the trailer of the container: together with the
    /// header at most [`OVERHEAD`] bytes more than the data.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn write_body(self, data: &[u8], out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        debug_assert!(data.len() <= MOST);
        let found = matches::find(data, 0, &mut Tables::new()?, self)?;
        self.write_block(data, found.as_ref(), DeflateFlush::Finish, &mut Bits { out, held: 0, count: 0 });
        self.write_trailer(self.check(None, data), data.len(), out);
        Ok(())
    }

    fn write_block(self, data: &[u8], found: Option<&Found>, flush: DeflateFlush, bits: &mut Bits<'_, '_>) {
        block::write(data, found, self.strategy == Strategy::Fixed, flush, bits);
    }
}

/// A stream of little data that comes in pieces, with flushes between them.
pub struct Small {
    shape: Shape,
    /// The dictionary, and behind it all the data.
    data: Vec<u8>,
    dictionary: usize,
    /// Up to where everything has been written.
    written: usize,
    /// Up to where everything has been written and may not be referred to.
    forgotten: usize,
    /// Whether the header has been written.
    begun: bool,
    /// The bits that are not a whole byte yet, and how many they are.
    held: u64,
    count: u32,
    /// None before anything has been entered.
    tables: Option<Tables>,
}

impl Small {
    /// A stream of this shape, which says whether there is a dictionary.
    pub fn new(shape: Shape, dictionary: &[u8]) -> Result<Self, TryReserveError> {
        debug_assert!(dictionary.len() <= MOST);
        let (mut data, mut tables) = (Vec::new(), None);
        if !dictionary.is_empty() {
            data.try_reserve(dictionary.len())?;
            data.extend_from_slice(dictionary);
            tables.insert(Tables::new()?).enter(dictionary)?;
        }
        let len = dictionary.len();
        Ok(Self { shape, data, dictionary: len, written: len, forgotten: 0, begun: false, held: 0, count: 0, tables })
    }

    /// Whether `more` bytes are little still.
    pub fn takes(&self, more: usize) -> bool {
        more <= MOST && self.data.len() - self.dictionary + more <= MOST
    }

    /// Whether the header has been written.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// How many bytes the next piece can come to.
    pub fn room_needed(&self) -> usize {
        self.data.len() - self.written + OVERHEAD
    }

    /// Takes `data`, to be written later.
    pub fn keep(&mut self, data: &[u8]) -> Result<(), TryReserveError> {
        debug_assert!(self.takes(data.len()));
        self.data.try_reserve(data.len())?;
        self.data.extend_from_slice(data);
        Ok(())
    }

    /// Writes the header, unless that has been done.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn begin(&mut self, out: &mut OutBuf<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.shape.write_header(out);
        }
    }

    /// Writes all there is, and flushes.
    ///
    /// # Panics
    ///
    /// When there is not the room that is needed.
    pub fn flush(&mut self, flush: DeflateFlush, out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        self.write(flush, out)?;
        if flush == DeflateFlush::FullFlush {
            self.forgotten = self.written;
            if let Some(tables) = &mut self.tables {
                tables.forget(self.written);
            }
        }
        Ok(())
    }

    /// Writes all there is, and the end of the stream.
    ///
    /// # Panics
    ///
    /// When there is not the room that is needed.
    pub fn finish(mut self, out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        self.write(DeflateFlush::Finish, out)?;
        let data = &self.data[self.dictionary..];
        self.shape.write_trailer(self.shape.check(None, data), data.len(), out);
        Ok(())
    }

    fn write(&mut self, flush: DeflateFlush, out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        let tables = match &mut self.tables {
            Some(tables) => tables,
            none => none.insert(Tables::new()?),
        };
        let found = matches::find(&self.data, self.written, tables, self.shape)?;
        self.begin(out);
        let mut bits = Bits { out, held: self.held, count: self.count };
        self.shape.write_block(&self.data[self.written..], found.as_ref(), flush, &mut bits);
        (self.held, self.count) = (bits.held, bits.count);
        self.written = self.data.len();
        Ok(())
    }

    /// The dictionary.
    pub fn dictionary(&self) -> &[u8] {
        &self.data[..self.dictionary]
    }

    /// The data: what has been written and forgotten, what has been written, and what has not.
    pub fn parts(&self) -> [&[u8]; 3] {
        let (written, rest) = self.data.split_at(self.written);
        let (forgotten, written) = written.split_at(self.forgotten.max(self.dictionary));
        [&forgotten[self.dictionary..], written, rest]
    }

    /// The bits that are not a whole byte yet, and how many they are.
    pub fn held(&self) -> (u8, u32) {
        (self.held as u8, self.count)
    }

    /// Whether something may not be referred to, be it only the dictionary.
    pub fn has_forgotten(&self) -> bool {
        self.forgotten > 0
    }

    /// An independent stream in the same state.
    pub fn try_clone(&self) -> Result<Self, TryReserveError> {
        let mut data = Vec::new();
        data.try_reserve(self.data.len())?;
        data.extend_from_slice(&self.data);
        let tables = self.tables.as_ref().map(Tables::try_clone).transpose()?;
        Ok(Self { data, tables, ..*self })
    }
}

impl std::fmt::Debug for Small {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Small").field("written", &self.written).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
