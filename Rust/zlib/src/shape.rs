//! The shape of a stream that the crate compresses by itself: its level, strategy and window, and the frame around it.

#![forbid(unsafe_code)]

use crate::stream::{DeflateConfig, Strategy};
use checksum::{adler32, crc32};
use outbuf::OutBuf;

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
    pub(crate) level: u8,
    pub(crate) strategy: Strategy,
    /// What the header names a dictionary by, when there is one.
    dictionary: Option<u32>,
}

impl Shape {
    /// The shape that `config` asks for; `None` if zlib would refuse it.
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
        let possible = (1..=9).contains(&mem_level);
        possible.then_some(Self { container, window_bits: window_bits as u8, level, strategy, dictionary: None })
    }

    /// The shape of a stream that begins with a dictionary; `None` where there cannot be one.
    pub fn with_dictionary(self, dictionary: &[u8]) -> Option<Self> {
        let name = match self.container {
            Container::Gzip => return None,
            // As zlib does, which tells by the length.
            Container::Zlib if !dictionary.is_empty() => Some(adler32(1, dictionary)),
            Container::Zlib | Container::Raw => None,
        };
        Some(Self { dictionary: name, ..self })
    }

    /// Whether the header says that what counts is time.
    fn poses_as_fastest(self) -> bool {
        self.level < 2 || matches!(self.strategy, Strategy::HuffmanOnly | Strategy::Rle | Strategy::Fixed)
    }

    /// Writes the header of the container.
    pub fn write_header(self, out: &mut OutBuf<'_>) {
        match self.container {
            Container::Raw => {}
            Container::Zlib => {
                let speed = match self.level {
                    _ if self.poses_as_fastest() => 0,
                    ..=5 => 1,
                    6 => 2,
                    _ => 3,
                };
                let named = u16::from(self.dictionary.is_some());
                let header = u16::from(self.window_bits - 8) << 12 | 8 << 8 | speed << 6 | named << 5;
                out.extend_from_slice(&(header + 31 - header % 31).to_be_bytes());
                if let Some(name) = self.dictionary {
                    out.extend_from_slice(&name.to_be_bytes());
                }
            }
            Container::Gzip => {
                let speed = match self.level {
                    9 => 2,
                    _ if self.poses_as_fastest() => 4,
                    _ => 0,
                };
                out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, speed, 3]);
            }
        }
    }

    /// Whether time counts for more than length.
    pub fn is_fastest(self) -> bool {
        self.level == 1
    }

    /// The largest distance that a repetition may have.
    pub(crate) fn window(self) -> u32 {
        1 << self.window_bits
    }

    /// The checksum of the container over the first piece of the data, or after `check` over the next.
    pub(crate) fn check(self, check: Option<u32>, piece: &[u8]) -> u32 {
        match self.container {
            Container::Raw => 0,
            Container::Zlib => adler32(check.unwrap_or(1), piece),
            Container::Gzip => crc32(check.unwrap_or(0), piece),
        }
    }

    /// Writes the trailer of the container: of data of this length, with this checksum.
    pub(crate) fn write_trailer(self, check: u32, len: usize, out: &mut OutBuf<'_>) {
        match self.container {
            Container::Raw => {}
            Container::Zlib => out.extend_from_slice(&check.to_be_bytes()),
            Container::Gzip => {
                out.extend_from_slice(&check.to_le_bytes());
                out.extend_from_slice(&(len as u32).to_le_bytes());
            }
        }
    }
}
