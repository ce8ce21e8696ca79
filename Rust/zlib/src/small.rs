//! Whole streams of little data.
//!
//! The hash table of zlib-rs has 64 Ki entries, and clearing it takes longer than compressing a hundred bytes does. What
//! is known to be little is compressed here instead, in one block, with tables of its own size: the format is the same,
//! and so is what is searched for at each level. `compress` knows; an object finds out when it is told to finish.

#![forbid(unsafe_code)]

mod block;
mod huffman;
mod matches;

use crate::stream::{DeflateConfig, Strategy};
use checksum::{adler32, crc32};
use outbuf::OutBuf;
use std::collections::TryReserveError;

/// Up to how many bytes are little.
pub const MOST: usize = 4096;

/// How much longer than its data a stream can be: gzip's header and trailer, and the head of a stored block.
pub const OVERHEAD: usize = 10 + 8 + 5;

/// The frame around the compressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Raw,
    Zlib,
    Gzip,
}

/// The parameters of a stream that can be made here.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    container: Container,
    window_bits: u8,
    level: u8,
}

impl Shape {
    /// The shape that `config` asks for; `None` if zlib would refuse it, or if it asks for another strategy.
    pub fn new(config: DeflateConfig) -> Option<Self> {
        let DeflateConfig { level, window_bits, mem_level, strategy, .. } = config;
        let level = match level {
            -1 => 6,
            0..=9 => level as u8,
            _ => return None,
        };
        let (container, window_bits) = match window_bits {
            -15..=-9 => (Container::Raw, -window_bits),
            // zlib has no windows of 256 bytes, and takes larger ones.
            8..=15 => (Container::Zlib, window_bits.max(9)),
            25..=31 => (Container::Gzip, window_bits - 16),
            _ => return None,
        };
        let possible = (1..=9).contains(&mem_level) && strategy == Strategy::Default;
        possible.then_some(Self { container, window_bits: window_bits as u8, level })
    }

    /// Writes the header of the container.
    pub fn write_header(self, out: &mut OutBuf<'_>) {
        match self.container {
            Container::Raw => {}
            Container::Zlib => {
                let speed = match self.level {
                    0 | 1 => 0,
                    2..=5 => 1,
                    6 => 2,
                    _ => 3,
                };
                let header = u16::from(self.window_bits - 8) << 12 | 8 << 8 | speed << 6;
                out.extend_from_slice(&(header + 31 - header % 31).to_be_bytes());
            }
            Container::Gzip => {
                let speed = match self.level {
                    0 | 1 => 4,
                    9 => 2,
                    _ => 0,
                };
                out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, speed, 3]);
            }
        }
    }

    /// Writes `data`, at most [`MOST`] bytes, in compressed form, and the trailer of the container: together with the
    /// header at most [`OVERHEAD`] bytes more than the data.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn write_body(self, data: &[u8], out: &mut OutBuf<'_>) -> Result<(), TryReserveError> {
        debug_assert!(data.len() <= MOST);
        let found = matches::find(data, self.level, 1 << self.window_bits)?;
        block::write(data, found.as_ref(), out);
        match self.container {
            Container::Raw => {}
            Container::Zlib => out.extend_from_slice(&adler32(1, data).to_be_bytes()),
            Container::Gzip => {
                out.extend_from_slice(&crc32(0, data).to_le_bytes());
                out.extend_from_slice(&(data.len() as u32).to_le_bytes());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
