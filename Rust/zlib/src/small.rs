//! Whole streams of little data.
//!
//! The hash table of zlib-rs has 64 Ki entries, and clearing it takes longer than compressing a hundred bytes does. What
//! is known to be little is compressed here instead, in one block, with tables of its own size: the format is the same,
//! and so is what is searched for at each level. `compress` knows; an object finds out when it is told to finish.

#![forbid(unsafe_code)]

mod block;
mod matches;

use crate::shape::Shape;
use outbuf::OutBuf;
use std::collections::TryReserveError;

/// Up to how many bytes are little.
pub const MOST: usize = 4096;

/// How much longer than its data a stream can be: gzip's header and trailer, and the head of a stored block.
pub const OVERHEAD: usize = 10 + 8 + 5;

impl Shape {
    /// Writes `data`, at most [`MOST`] bytes, in compressed form, and the trailer of the container: together with the
    /// header at most [`OVERHEAD`] bytes more than the data.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn write_body(self, data: &[u8], out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        debug_assert!(data.len() <= MOST);
        let found = matches::find(data, self.level, self.window())?;
        block::write(data, found.as_ref(), out);
        self.write_trailer(self.check(None, data), data.len(), out);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
