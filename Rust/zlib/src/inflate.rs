//! A decoder of deflate streams that is as strict as zlib's, and as small.
//!
//! zlib-rs always has a window of 32 KiB, whatever `wbits` says, and cannot be told to have another: it decompresses
//! what looks further back than zlib allows, and takes more memory. So streams with a smaller window are decoded here.
//! The states are those of zlib's `inflate.c`, because when it stops, what it has read by then and which error it tells
//! can be seen by programs. What takes the time is in `fast.rs`.

mod bits;
mod codes;
mod fast;
mod header;
mod tables;
mod window;

use crate::owned::Owned;
use crate::stream::{InflateFlush, Memory, ReturnCode, Step};
use bits::Bits;
use checksum::{adler32, crc32};
use codes::decode;
use outbuf::OutBuf;
use std::ffi::CStr;
use window::Window;

/// Why a step ends.
enum Stop {
    /// There is no more input, or no more room.
    Ok,
    End,
    Dictionary,
    Error(&'static CStr),
    Memory,
}

/// What comes next in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Mode {
    Head,
    Flags,
    Time,
    System,
    ExtraLength,
    Extra,
    Name,
    Comment,
    HeaderCheck,
    DictionaryName,
    Dictionary,
    Block,
    Stored,
    Copy,
    Table,
    LengthLengths,
    Lengths,
    Symbol,
    Literal,
    LengthExtra,
    Distance,
    DistanceExtra,
    Match,
    Check,
    TotalLength,
    Done,
    Bad,
    /// What comes next would refer to what there was no memory for.
    Lost,
}

/// A stream that is decoded.
pub struct Decoder {
    memory: Memory,
    mode: Mode,
    /// The error in the data, which is what every later step ends in, too.
    error: Option<&'static CStr>,
    wrap: u8,
    /// How large the window is, as a power of two; 0 as long as the header is to say it.
    window_bits: u8,
    has_dictionary: bool,
    is_last: bool,
    /// Whether the container is gzip's, and what its header says.
    is_gzip: bool,
    flags: u16,
    check: u32,
    total: u32,
    hold: u64,
    count: u32,
    /// Of what is being read or copied.
    length: usize,
    distance: usize,
    extra: u32,
    /// How many code lengths there are, of which kind, and how many of them have been read.
    length_lengths: usize,
    literals: usize,
    distances: usize,
    have: usize,
    lengths: [u8; 320],
    fixed: bool,
    roots: (u32, u32),
    tables: Owned<u32>,
    window: Window,
}

impl Decoder {
    /// A new stream; `window_bits` is as for `Inflate`.
    pub fn new(memory: Memory, window_bits: i32) -> Result<Self, ReturnCode> {
        let container = container(window_bits)?;
        let tables = Owned::new(memory, tables::LITERALS + tables::DISTANCES, 0).ok_or(ReturnCode::MemError)?;
        Ok(Self::with(memory, container, tables, Window::new()))
    }

    /// A new stream in the memory of this one.
    pub(crate) fn restarted(self, window_bits: i32) -> Result<Self, ReturnCode> {
        let Self { memory, tables, window, .. } = self;
        Ok(Self::with(memory, container(window_bits)?, tables, window.restarted()))
    }

    fn with(memory: Memory, (wrap, window_bits): (u8, u8), tables: Owned<u32>, window: Window) -> Self {
        Self {
            memory,
            mode: if wrap == 0 { Mode::Block } else { Mode::Head },
            error: None,
            wrap,
            window_bits,
            has_dictionary: false,
            is_last: false,
            is_gzip: false,
            flags: 0,
            check: 0,
            total: 0,
            hold: 0,
            count: 0,
            length: 0,
            distance: 0,
            extra: 0,
            length_lengths: 0,
            literals: 0,
            distances: 0,
            have: 0,
            lengths: [0; 320],
            fixed: false,
            roots: (0, 0),
            tables,
            window,
        }
    }

    /// An independent stream in the same state.
    pub fn try_clone(&self) -> Result<Self, ReturnCode> {
        let tables = self.tables.try_clone(self.memory).ok_or(ReturnCode::MemError)?;
        let window = self.window.try_clone(self.memory).ok_or(ReturnCode::MemError)?;
        Ok(Self { tables, window, ..*self })
    }

    /// What is wrong with the data.
    pub fn message(&self) -> Option<&'static CStr> {
        self.error
    }

    /// Gives the stream the dictionary that it needs; a raw stream takes one at any time.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), ReturnCode> {
        if self.wrap != 0 {
            if self.mode != Mode::Dictionary {
                return Err(ReturnCode::StreamError);
            }
            if adler32(1, dictionary) != self.check {
                return Err(ReturnCode::DataError);
            }
        }
        self.window.extend(self.memory, self.window_bits, dictionary).ok_or(ReturnCode::MemError)?;
        self.has_dictionary = true;
        Ok(())
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        // What came before is not this stream's to refer to.
        let mut whole = OutBuf::new(out.spare_mut());
        let (step, written) = (self.step_alone(input, &mut whole, flush), whole.len());
        // SAFETY: so much of the spare memory has been written.
        unsafe { out.advance(written) };
        step
    }

    fn step_alone(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: InflateFlush) -> Step {
        let mut bits = Bits { input, place: 0, hold: self.hold, count: self.count };
        let mut checked = 0;
        let stop = loop {
            if let Err(stop) = self.advance(&mut bits, out, &mut checked) {
                break stop;
            }
        };
        (self.hold, self.count) = (bits.hold, bits.count);
        let mut code = match stop {
            Stop::Ok => ReturnCode::Ok,
            Stop::End => ReturnCode::StreamEnd,
            Stop::Dictionary => ReturnCode::NeedDict,
            Stop::Memory => ReturnCode::MemError,
            Stop::Error(message) => {
                self.mode = Mode::Bad;
                self.error = Some(message);
                ReturnCode::DataError
            }
        };
        let finishing = flush == InflateFlush::Finish;
        let written = out.filled();
        let goes_on = self.mode < Mode::Bad && (self.mode < Mode::Check || !finishing);
        if (self.window.exists() || (!written.is_empty() && goes_on))
            && self.window.extend(self.memory, self.window_bits, written).is_none()
        {
            self.mode = Mode::Lost;
            code = ReturnCode::MemError;
        }
        self.count_in(&out.filled()[checked..]);
        if (finishing || (bits.place == 0 && written.is_empty())) && code == ReturnCode::Ok {
            code = ReturnCode::BufError;
        }
        Step { consumed: bits.place, code }
    }

    /// Adds output to the length and the checksum.
    fn count_in(&mut self, written: &[u8]) {
        self.total = self.total.wrapping_add(written.len() as u32);
        if self.wrap != 0 && !written.is_empty() {
            self.check = if self.is_gzip { crc32(self.check, written) } else { adler32(self.check, written) };
        }
    }

    /// Goes from one state to the next.
    fn advance(&mut self, bits: &mut Bits<'_>, out: &mut OutBuf<'_>, checked: &mut usize) -> Result<(), Stop> {
        self.mode = match self.mode {
            mode if mode < Mode::Block => self.header(bits)?,
            Mode::Block => self.block(bits)?,
            Mode::Stored => {
                bits.align();
                bits.need(32)?;
                let (length, inverted) = (bits.peek(16), bits.peek(32) >> 16);
                if length != inverted ^ 0xffff {
                    return Err(Stop::Error(c"invalid stored block lengths"));
                }
                bits.drop(32);
                self.length = length;
                Mode::Copy
            }
            Mode::Copy if self.length == 0 => Mode::Block,
            Mode::Copy => {
                let rest = &bits.input[bits.place..];
                let piece = &rest[..self.length.min(rest.len()).min(out.remaining())];
                if piece.is_empty() {
                    return Err(Stop::Ok);
                }
                out.extend_from_slice(piece);
                bits.place += piece.len();
                self.length -= piece.len();
                Mode::Copy
            }
            Mode::Table => self.table(bits)?,
            Mode::LengthLengths => self.length_lengths(bits)?,
            Mode::Lengths => self.lengths(bits)?,
            Mode::Symbol => self.symbols(bits, out)?,
            Mode::Literal => {
                if out.remaining() == 0 {
                    return Err(Stop::Ok);
                }
                out.push(self.length as u8);
                Mode::Symbol
            }
            Mode::LengthExtra => {
                self.length += bits.take_needed(self.extra)?;
                Mode::Distance
            }
            Mode::Distance => {
                let entry = decode(bits, self.codes().1, self.roots.1)?;
                if entry & tables::BASE == 0 {
                    return Err(Stop::Error(c"invalid distance code"));
                }
                (self.distance, self.extra) = (tables::value(entry), tables::extra(entry));
                Mode::DistanceExtra
            }
            Mode::DistanceExtra => {
                self.distance += bits.take_needed(self.extra)?;
                Mode::Match
            }
            Mode::Match => {
                if out.remaining() == 0 {
                    return Err(Stop::Ok);
                }
                let most = self.length.min(out.remaining());
                self.length -= if self.distance <= out.len() {
                    out.extend_from_within(self.distance, most);
                    most
                } else if self.distance - out.len() > self.window.have() {
                    return Err(Stop::Error(c"invalid distance too far back"));
                } else {
                    self.window.copy_to(out, self.distance - out.len(), most)
                };
                if self.length == 0 { Mode::Symbol } else { Mode::Match }
            }
            Mode::Check => {
                if self.wrap != 0 {
                    bits.need(32)?;
                    self.count_in(&out.filled()[*checked..]);
                    *checked = out.len();
                    let check = bits.peek(32) as u32;
                    if self.check != if self.is_gzip { check } else { check.swap_bytes() } {
                        return Err(Stop::Error(c"incorrect data check"));
                    }
                    bits.drop(32);
                }
                Mode::TotalLength
            }
            Mode::TotalLength => {
                if self.is_gzip {
                    bits.need(32)?;
                    if bits.peek(32) as u32 != self.total {
                        return Err(Stop::Error(c"incorrect length check"));
                    }
                    bits.drop(32);
                }
                Mode::Done
            }
            Mode::Done => return Err(Stop::End),
            Mode::Lost => return Err(Stop::Memory),
            _ => return Err(Stop::Error(self.error.unwrap_or_default())),
        };
        Ok(())
    }

    /// The beginning of a block.
    fn block(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        if self.is_last {
            bits.align();
            return Ok(Mode::Check);
        }
        bits.need(3)?;
        self.is_last = bits.take(1) == 1;
        match bits.take(2) {
            0 => Ok(Mode::Stored),
            1 => {
                self.fixed = true;
                self.roots = (tables::FIXED_LITERALS_ROOT, tables::FIXED_DISTANCES_ROOT);
                Ok(Mode::Symbol)
            }
            2 => Ok(Mode::Table),
            _ => Err(Stop::Error(c"invalid block type")),
        }
    }

    /// Symbols: as many as there is much input and room for, or the next.
    fn symbols(&mut self, bits: &mut Bits<'_>, out: &mut OutBuf<'_>) -> Result<Mode, Stop> {
        if fast::can_run(bits, out) {
            let (literals, distances) = self.codes();
            if fast::run(bits, out, (literals, self.roots.0), (distances, self.roots.1), &self.window)? {
                return Ok(Mode::Block);
            }
        }
        let entry = decode(bits, self.codes().0, self.roots.0)?;
        if entry & tables::LITERAL != 0 {
            self.length = tables::value(entry);
            Ok(Mode::Literal)
        } else if entry & tables::END != 0 {
            Ok(Mode::Block)
        } else if entry & tables::BASE != 0 {
            (self.length, self.extra) = (tables::value(entry), tables::extra(entry));
            Ok(Mode::LengthExtra)
        } else {
            Err(Stop::Error(c"invalid literal/length code"))
        }
    }
}

/// Which containers `window_bits` allows, and the size of the window.
fn container(window_bits: i32) -> Result<(u8, u8), ReturnCode> {
    let (wrap, bits) = match window_bits {
        -15..0 => (0, -window_bits),
        0..48 => ((window_bits >> 4) + 1, window_bits & 15),
        _ => return Err(ReturnCode::StreamError),
    };
    if bits == 0 || bits >= 8 { Ok((wrap as u8, bits as u8)) } else { Err(ReturnCode::StreamError) }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("mode", &self.mode).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
