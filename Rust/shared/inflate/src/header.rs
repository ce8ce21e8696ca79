//! What comes before the blocks: the header of zlib's container (RFC 1950) or of gzip's (RFC 1952), or neither.

#![forbid(unsafe_code)]

use crate::bits::{Bits, Stop};
use crate::state::{Inflate, Mode};
use checksum::crc32;

/// The bits of `wrap`: which containers there may be.
const ZLIB: u8 = 1;
const GZIP: u8 = 2;

/// The flags of gzip's header (RFC 1952).
const FHCRC: u16 = 0x0200;
const FEXTRA: u16 = 0x0400;
const FNAME: u16 = 0x0800;
const FCOMMENT: u16 = 0x1000;
const RESERVED: u16 = 0xe000;
const DEFLATED: usize = 8;

impl Inflate {
    /// Goes on in the header; returns the next state.
    pub(crate) fn header(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        Ok(match self.mode {
            Mode::Head => return self.head(bits),
            Mode::Flags => {
                bits.need_bits(16)?;
                self.flags = bits.bits(16) as u16;
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
                Mode::Os
            }
            Mode::Os => {
                self.header_bytes(bits, 2)?;
                Mode::ExLen
            }
            Mode::ExLen => {
                self.length = if self.flags & FEXTRA != 0 { self.header_bytes(bits, 2)? } else { 0 };
                Mode::Extra
            }
            Mode::Extra => {
                let rest = &bits.input[bits.next..];
                let extra = &rest[..self.length.min(rest.len())];
                if self.flags & FHCRC != 0 {
                    self.check = crc32(self.check, extra);
                }
                bits.next += extra.len();
                self.length -= extra.len();
                if self.length > 0 {
                    return Err(Stop::Ok);
                }
                Mode::Name
            }
            Mode::Name => {
                if self.flags & FNAME != 0 {
                    self.skip_string(bits)?;
                }
                Mode::Comment
            }
            Mode::Comment => {
                if self.flags & FCOMMENT != 0 {
                    self.skip_string(bits)?;
                }
                Mode::HCrc
            }
            Mode::HCrc => {
                if self.flags & FHCRC != 0 {
                    bits.need_bits(16)?;
                    if bits.bits(16) != (self.check & 0xffff) as usize {
                        return Err(Stop::Error(c"header crc mismatch"));
                    }
                    bits.drop_bits(16);
                }
                self.check = 0;
                Mode::Type
            }
            Mode::DictId => {
                self.check = (bits.take_needed(32)? as u32).swap_bytes();
                Mode::Dict
            }
            Mode::Dict => {
                if !self.have_dict {
                    return Err(Stop::NeedDict);
                }
                self.check = 1;
                Mode::Type
            }
            _ => Mode::Type,
        })
    }

    /// The beginning of the container.
    fn head(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        bits.need_bits(16)?;
        let head = bits.bits(16);
        if self.wrap & GZIP != 0 && head == 0x8b1f {
            if self.wbits == 0 {
                self.wbits = 15;
            }
            self.is_gzip = true;
            self.check = crc32(0, &[0x1f, 0x8b]);
            bits.drop_bits(16);
            return Ok(Mode::Flags);
        }
        if self.wrap & ZLIB == 0 || !(head as u16).swap_bytes().is_multiple_of(31) {
            return Err(Stop::Error(c"incorrect header check"));
        }
        if head & 15 != DEFLATED {
            return Err(Stop::Error(c"unknown compression method"));
        }
        bits.drop_bits(4);
        let wbits = bits.bits(4) as u8 + 8;
        if self.wbits == 0 {
            self.wbits = wbits;
        }
        if wbits > 15 || wbits > self.wbits {
            return Err(Stop::Error(c"invalid window size"));
        }
        bits.drop_bits(12);
        self.check = 1;
        Ok(if head & 0x2000 != 0 { Mode::DictId } else { Mode::Type })
    }

    /// Takes the bits as they come in gzip's header: so many bytes, which are part of its checksum.
    fn header_bytes(&mut self, bits: &mut Bits<'_>, bytes: u32) -> Result<usize, Stop> {
        let taken = bits.take_needed(bytes * 8)?;
        if self.flags & FHCRC != 0 {
            self.check = crc32(self.check, &taken.to_le_bytes()[..bytes as usize]);
        }
        Ok(taken)
    }

    /// Passes over a text in gzip's header.
    fn skip_string(&mut self, bits: &mut Bits<'_>) -> Result<(), Stop> {
        let rest = &bits.input[bits.next..];
        let end = rest.iter().position(|byte| *byte == 0);
        let text = &rest[..end.map_or(rest.len(), |end| end + 1)];
        if self.flags & FHCRC != 0 {
            self.check = crc32(self.check, text);
        }
        bits.next += text.len();
        if end.is_some() { Ok(()) } else { Err(Stop::Ok) }
    }
}
