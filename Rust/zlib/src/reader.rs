//! Streams that decompress: [`inflate::Inflate`] with the return codes of the rest of the module.

#![forbid(unsafe_code)]

use crate::stream::{InflateFlush, Memory, ReturnCode, Step};
use inflate::{Error, Flush, Inflate, Status};
use outbuf::OutBuf;
use std::ffi::CStr;

/// A stream that decompresses.
#[derive(Debug)]
pub struct Reader {
    stream: Inflate,
}

impl Reader {
    /// A new stream; `window_bits` is as for [`Inflate`].
    pub fn new(memory: Memory, window_bits: i32) -> Result<Self, ReturnCode> {
        Inflate::new(memory, window_bits).map(|stream| Self { stream }).map_err(return_code)
    }

    /// A new stream in the memory of this one.
    pub fn restarted(self, window_bits: i32) -> Result<Self, ReturnCode> {
        self.stream.restarted(window_bits).map(|stream| Self { stream }).map_err(return_code)
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        let flush = if flush == InflateFlush::Finish { Flush::Finish } else { Flush::Sync };
        let inflate::Step { consumed, status } = self.stream.step(input, out, flush);
        let code = match status {
            Status::Ok => ReturnCode::Ok,
            Status::StreamEnd => ReturnCode::StreamEnd,
            Status::NeedDict => ReturnCode::NeedDict,
            Status::BufError => ReturnCode::BufError,
            Status::DataError => ReturnCode::DataError,
            Status::MemError => ReturnCode::MemError,
        };
        Step { consumed, code }
    }

    /// Gives the stream the dictionary that it needs; a raw stream takes one at any time.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), ReturnCode> {
        self.stream.set_dictionary(dictionary).map_err(return_code)
    }

    /// An independent stream in the same state.
    pub fn try_clone(&self) -> Result<Self, ReturnCode> {
        self.stream.try_clone().map(|stream| Self { stream }).map_err(return_code)
    }

    /// zlib's message about the data, after a data error.
    pub fn message(&self) -> Option<&'static CStr> {
        self.stream.message()
    }
}

fn return_code(error: Error) -> ReturnCode {
    match error {
        Error::Stream => ReturnCode::StreamError,
        Error::Data => ReturnCode::DataError,
        Error::Memory => ReturnCode::MemError,
    }
}

#[cfg(test)]
mod tests;
