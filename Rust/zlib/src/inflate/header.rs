//! What comes before the blocks: the header of zlib's container (RFC 1950) or of gzip's (RFC 1952), or neither.

#![forbid(unsafe_code)]

use super::bits::Bits;
use super::{Decoder, Mode, Stop};
use checksum::crc32;

/// The bits of `wrap`: which containers there may be.
const ZLIB: u8 = 1;
const GZIP: u8 = 2;

/// The flags of gzip's header (RFC 1952).
const HAS_CHECK: u16 = 0x0200;
const HAS_EXTRA: u16 = 0x0400;
const HAS_NAME: u16 = 0x0800;
const HAS_COMMENT: u16 = 0x1000;
const RESERVED: u16 = 0xe000;
const DEFLATED: usize = 8;

impl Decoder {
    /// Goes on in the header; returns the next state.
    pub(super) fn header(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        Ok(match self.mode {
            Mode::Head => return self.head(bits),
            Mode::Flags => {
                bits.need(16)?;
                self.flags = bits.peek(16) as u16;
                if usize::from(self.flags & 0xff) != DEFLATED {
                    return Err(Stop::Error(c"unknown compression method"));
                }
                if self.flags & RESERVED != 0 {
                    return Err(Stop::Error(c"unknown header flags set"));
                }
                self.header_bytes(bits, 2)?;
                Mode::Time
            }
            Mode::Time => {
                self.header_bytes(bits, 4)?;
                Mode::System
            }
            Mode::System => {
                self.header_bytes(bits, 2)?;
                Mode::ExtraLength
            }
            Mode::ExtraLength => {
                self.length = if self.flags & HAS_EXTRA != 0 { self.header_bytes(bits, 2)? } else { 0 };
                Mode::Extra
            }
            Mode::Extra => {
                let rest = &bits.input[bits.place..];
                let extra = &rest[..self.length.min(rest.len())];
                if self.flags & HAS_CHECK != 0 {
                    self.check = crc32(self.check, extra);
                }
                bits.place += extra.len();
                self.length -= extra.len();
                if self.length > 0 {
                    return Err(Stop::Ok);
                }
                Mode::Name
            }
            Mode::Name => {
                if self.flags & HAS_NAME != 0 {
                    self.pass_over_text(bits)?;
                }
                Mode::Comment
            }
            Mode::Comment => {
                if self.flags & HAS_COMMENT != 0 {
                    self.pass_over_text(bits)?;
                }
                Mode::HeaderCheck
            }
            Mode::HeaderCheck => {
                if self.flags & HAS_CHECK != 0 {
                    bits.need(16)?;
                    if bits.peek(16) != (self.check & 0xffff) as usize {
                        return Err(Stop::Error(c"header crc mismatch"));
                    }
                    bits.drop(16);
                }
                self.check = 0;
                Mode::Block
            }
            Mode::DictionaryName => {
                self.check = (bits.take_needed(32)? as u32).swap_bytes();
                Mode::Dictionary
            }
            Mode::Dictionary => {
                if !self.has_dictionary {
                    return Err(Stop::Dictionary);
                }
                self.check = 1;
                Mode::Block
            }
            _ => Mode::Block,
        })
    }

    /// The beginning of the container.
    fn head(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        bits.need(16)?;
        let head = bits.peek(16);
        if self.wrap & GZIP != 0 && head == 0x8b1f {
            if self.window_bits == 0 {
                self.window_bits = 15;
            }
            self.is_gzip = true;
            self.check = crc32(0, &[0x1f, 0x8b]);
            bits.drop(16);
            return Ok(Mode::Flags);
        }
        if self.wrap & ZLIB == 0 || !(head as u16).swap_bytes().is_multiple_of(31) {
            return Err(Stop::Error(c"incorrect header check"));
        }
        if head & 15 != DEFLATED {
            return Err(Stop::Error(c"unknown compression method"));
        }
        bits.drop(4);
        let window_bits = bits.peek(4) as u8 + 8;
        if self.window_bits == 0 {
            self.window_bits = window_bits;
        }
        if window_bits > 15 || window_bits > self.window_bits {
            return Err(Stop::Error(c"invalid window size"));
        }
        bits.drop(12);
        self.check = 1;
        Ok(if head & 0x2000 != 0 { Mode::DictionaryName } else { Mode::Block })
    }

    /// Takes the bits as they come in gzip's header: so many bytes, which are part of its checksum.
    fn header_bytes(&mut self, bits: &mut Bits<'_>, bytes: u32) -> Result<usize, Stop> {
        let taken = bits.take_needed(bytes * 8)?;
        if self.flags & HAS_CHECK != 0 {
            self.check = crc32(self.check, &taken.to_le_bytes()[..bytes as usize]);
        }
        Ok(taken)
    }

    /// Passes over a text in gzip's header.
    fn pass_over_text(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        let rest = &bits.input[bits.place..];
        let end = rest.iter().position(|byte| *byte == 0);
        let text = &rest[..end.map_or(rest.len(), |end| end + 1)];
        if self.flags & HAS_CHECK != 0 {
            self.check = crc32(self.check, text);
        }
        bits.place += text.len();
        if end.is_some() { Ok(()) } else { Err(Stop::Ok) }
    }
}
