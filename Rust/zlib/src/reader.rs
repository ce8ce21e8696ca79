//! Streams that decompress, by whichever decoder suits them.

#![forbid(unsafe_code)]

use crate::inflate::Decoder;
use crate::stream::{Inflate, InflateFlush, Memory, ReturnCode, Step};
use outbuf::OutBuf;
use std::ffi::CStr;

/// A stream that decompresses.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "behind a pointer, what it points to would count as well")]
pub enum Reader {
    /// zlib-rs: faster with much data, with the largest window there is, and not always sure what was wrong.
    Quick(Inflate),
    /// Our own: smaller, with whatever window, and as strict as zlib.
    Exact(Decoder),
}

impl Reader {
    /// A new stream that is as quick as can be; `window_bits` is as for [`Inflate`].
    pub fn quick(memory: Memory, window_bits: i32) -> Result<Self, ReturnCode> {
        if has_largest_window(window_bits) {
            Ok(Self::Quick(Inflate::new(memory, window_bits)?))
        } else {
            Self::exact(memory, window_bits)
        }
    }

    /// A new stream that does what zlib would do, and takes no more memory.
    pub fn exact(memory: Memory, window_bits: i32) -> Result<Self, ReturnCode> {
        Ok(Self::Exact(Decoder::new(memory, window_bits)?))
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    ///
    /// Of more than 4 GiB only a part may be taken.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        match self {
            Self::Quick(stream) => stream.step(input, out, flush),
            Self::Exact(stream) => stream.step(input, out, flush),
        }
    }

    /// Gives the stream the dictionary that it needs; a raw stream takes one at any time.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), ReturnCode> {
        match self {
            Self::Quick(stream) => stream.set_dictionary(dictionary),
            Self::Exact(stream) => stream.set_dictionary(dictionary),
        }
    }

    /// An independent stream in the same state.
    pub fn try_clone(&mut self) -> Result<Self, ReturnCode> {
        match self {
            Self::Quick(stream) => stream.try_clone().map(Self::Quick),
            Self::Exact(stream) => stream.try_clone().map(Self::Exact),
        }
    }

    /// What zlib says of the last error, which the first `consumed` bytes of `input` have led to since the stream was
    /// last asked, or began.
    pub fn message(&mut self, input: &[u8], consumed: usize) -> Option<&'static CStr> {
        match self {
            Self::Quick(stream) => stream.message(input, consumed),
            Self::Exact(stream) => stream.message(),
        }
    }
}

/// Whether a stream with these `window_bits` has the largest window, whatever its header says.
pub(crate) fn has_largest_window(window_bits: i32) -> bool {
    matches!(window_bits, -15 | 15 | 16 | 31 | 47)
}
