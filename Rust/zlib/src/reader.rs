//! Streams that decompress, by whichever decoder suits them.

#![forbid(unsafe_code)]

use crate::inflate::Decoder;
use crate::stream::{Inflate, InflateFlush, Memory, ReturnCode, Step};
use outbuf::OutBuf;
use std::ffi::CStr;

/// A stream that decompresses.
#[derive(Debug)]
pub enum Reader {
    /// zlib-rs, with the largest window there is.
    Large(Inflate),
    /// Our own, with a smaller one.
    Small(Decoder),
}

impl Reader {
    /// A new stream; `window_bits` is as for [`Inflate`].
    pub fn new(memory: Memory, window_bits: i32) -> Result<Self, ReturnCode> {
        if has_large_window(window_bits) {
            Ok(Self::Large(Inflate::new(memory, window_bits)?))
        } else {
            Ok(Self::Small(Decoder::new(memory, window_bits)?))
        }
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    ///
    /// Of more than 4 GiB only a part may be taken.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        match self {
            Self::Large(stream) => stream.step(input, out, flush),
            Self::Small(stream) => stream.step(input, out, flush),
        }
    }

    /// Gives the stream the dictionary that it needs; a raw stream takes one at any time.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), ReturnCode> {
        match self {
            Self::Large(stream) => stream.set_dictionary(dictionary),
            Self::Small(stream) => stream.set_dictionary(dictionary),
        }
    }

    /// An independent stream in the same state.
    pub fn try_clone(&mut self) -> Result<Self, ReturnCode> {
        match self {
            Self::Large(stream) => stream.try_clone().map(Self::Large),
            Self::Small(stream) => stream.try_clone().map(Self::Small),
        }
    }

    /// What zlib says of the last error, which the first `consumed` bytes of `input` have led to since the stream was
    /// last asked, or began.
    pub fn message(&mut self, input: &[u8], consumed: usize) -> Option<&'static CStr> {
        match self {
            Self::Large(stream) => stream.message(input, consumed),
            Self::Small(stream) => stream.message(),
        }
    }
}

/// Whether a stream with these `window_bits` has the largest window: as far as they say it, before its header does.
pub(crate) fn has_large_window(window_bits: i32) -> bool {
    matches!(window_bits, -15 | 0 | 15 | 16 | 31 | 32 | 47)
}
