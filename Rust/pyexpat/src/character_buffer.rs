//! The buffer in which `buffer_text` collects character data.

#![forbid(unsafe_code)]

use std::collections::TryReserveError;

/// The default size of the buffer.
pub const DEFAULT_SIZE: usize = 8192;

/// Character data that has not been passed to a handler yet.
#[derive(Debug)]
pub struct CharacterBuffer {
    is_enabled: bool,
    size: usize,
    text: Vec<u8>,
    /// The number of bytes that have been passed to the running handler; they count as used until it returns.
    flushing: usize,
}

/// The result of adding a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is in the buffer.
    Kept,
    /// The buffer has to be flushed first.
    Full,
    /// It is longer than the whole buffer: the handler has to be called with it.
    TooLong,
}

impl CharacterBuffer {
    /// A buffer of the given size, in bytes of UTF-8. It is disabled initially.
    #[must_use]
    pub const fn new(size: usize) -> Self {
        Self { is_enabled: false, size, text: Vec::new(), flushing: 0 }
    }

    /// Whether text is collected.
    #[must_use]
    #[inline]
    pub const fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// The size in bytes.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The number of bytes in use.
    #[must_use]
    pub const fn used(&self) -> usize {
        if self.flushing > 0 { self.flushing } else { self.text.len() }
    }

    /// Whether there is text that has not been passed to a handler.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Enables or disables the collection of text.
    pub fn enable(&mut self, enable: bool) {
        self.is_enabled = enable;
        if !enable {
            self.text = Vec::new();
            self.flushing = 0;
        }
    }

    /// Sets the size, which enables the buffer, too.
    pub fn resize(&mut self, size: usize) {
        self.is_enabled = true;
        self.size = size;
        self.text = Vec::new();
    }

    /// Adds a piece of text.
    #[inline]
    pub fn add(&mut self, piece: &[u8]) -> Result<Added, TryReserveError> {
        if piece.len() > self.size - self.text.len().min(self.size) && !self.text.is_empty() {
            return Ok(Added::Full);
        }
        if piece.len() > self.size {
            return Ok(Added::TooLong);
        }
        self.text.try_reserve(piece.len())?;
        self.text.extend_from_slice(piece);
        Ok(Added::Kept)
    }

    /// The text for the handler, which is removed from the buffer by [`begin_flush`](Self::begin_flush).
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Begins a flush: the handler is about to be called with the text.
    pub fn begin_flush(&mut self) {
        self.flushing = self.text.len();
        self.text.clear();
    }

    /// Ends a flush: the handler has returned.
    pub fn end_flush(&mut self) {
        self.flushing = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::{Added, CharacterBuffer};

    #[test]
    fn pieces_are_collected_up_to_the_size() {
        let mut buffer = CharacterBuffer::new(4);
        buffer.enable(true);
        assert_eq!(buffer.add(b"abc"), Ok(Added::Kept));
        assert_eq!(buffer.add(b"de"), Ok(Added::Full));
        assert_eq!(buffer.add(b"d"), Ok(Added::Kept));
        assert_eq!((buffer.text(), buffer.used()), (&b"abcd"[..], 4));
        buffer.begin_flush();
        assert_eq!((buffer.used(), buffer.is_empty()), (4, true));
        buffer.end_flush();
        assert_eq!(buffer.used(), 0);
        assert_eq!(buffer.add(b"abcde"), Ok(Added::TooLong));
        assert_eq!(buffer.add(b""), Ok(Added::Kept));
    }

    #[test]
    fn a_new_size_enables() {
        let mut buffer = CharacterBuffer::new(4);
        buffer.resize(2);
        assert!(buffer.is_enabled());
        assert_eq!(buffer.add(b"abc"), Ok(Added::TooLong));
        buffer.enable(false);
        assert!(!buffer.is_enabled() && buffer.size() == 2);
    }
}
