//! The state of a stream and the steps from one state to the next, those of zlib's `inflate.c`.

use crate::allocation::{Allocation, Memory};
use crate::bits::{Bits, Stop};
use crate::fast;
use crate::table::{
    DISTANCE_ENTRIES, END_OF_BLOCK, EXCEPTIONAL, LENGTH_ENTRIES, LENGTH_ROOT, LITERAL, extra_bits, value,
};
use crate::window::Window;
use checksum::{adler32, crc32};
use outbuf::OutBuf;
use std::ffi::CStr;

/// Output is added to the checksum after so many bytes, while they are in the processor's cache.
const CHECKSUM_BLOCK: usize = 64 * 1024;

/// zlib's return codes, of those that end a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `Z_OK`: the input or the room is used up.
    Ok,
    /// `Z_STREAM_END`
    StreamEnd,
    /// `Z_NEED_DICT`
    NeedDict,
    /// `Z_BUF_ERROR`: there was nothing to be done, or the stream did not end with [`Flush::Finish`].
    BufError,
    /// `Z_DATA_ERROR`: see [`Inflate::message`].
    DataError,
    /// `Z_MEM_ERROR`: there was no memory for the window.
    MemError,
}

/// Why a stream could not be made, or does not take a dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `Z_STREAM_ERROR`: a wrong argument, or the wrong time.
    Stream,
    /// `Z_DATA_ERROR`: another dictionary.
    Data,
    /// `Z_MEM_ERROR`
    Memory,
}

/// Whether all input is there and all output has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// `Z_SYNC_FLUSH`
    Sync,
    /// `Z_FINISH`: no window is kept when the stream ends in this step.
    Finish,
}

/// The result of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of the input have been consumed.
    pub consumed: usize,
    /// Why the step has ended.
    pub status: Status,
}

/// zlib's `inflate_mode`: what comes next in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Mode {
    Head,
    Flags,
    Time,
    Os,
    ExLen,
    Extra,
    Name,
    Comment,
    HCrc,
    DictId,
    Dict,
    Type,
    Stored,
    Copy,
    Table,
    LenLens,
    CodeLens,
    Len,
    Lit,
    LenExt,
    Dist,
    DistExt,
    Match,
    Check,
    Length,
    Done,
    Bad,
    /// There was no memory for the window, to which the rest of the stream may refer.
    Mem,
}

/// A stream that is decompressed. The names of the fields are those of zlib's `inflate_state`.
pub struct Inflate {
    pub(crate) memory: Memory,
    pub(crate) mode: Mode,
    /// The error in the data, with which every later step ends, too.
    message: Option<&'static CStr>,
    pub(crate) wrap: u8,
    /// The size of the window as a power of two; 0 until the header says it.
    pub(crate) wbits: u8,
    pub(crate) have_dict: bool,
    last: bool,
    pub(crate) is_gzip: bool,
    /// The flags of gzip's header.
    pub(crate) flags: u16,
    pub(crate) check: u32,
    total: u32,
    hold: u64,
    bits: u32,
    /// Of a block, match or field that is being copied, how much is left.
    pub(crate) length: usize,
    offset: usize,
    /// The extra bits that are needed.
    extra: u32,
    /// How many code lengths there are of each kind, and how many have been read.
    pub(crate) ncode: usize,
    pub(crate) nlen: usize,
    pub(crate) ndist: usize,
    pub(crate) have: usize,
    pub(crate) lens: [u8; 320],
    /// Whether the block has the fixed codes.
    pub(crate) fixed: bool,
    /// The tables of dynamic codes, `lencode` and then `distcode`.
    pub(crate) codes: Allocation<u32>,
    window: Window,
}

/// Where a stream starts: raw ones have no header.
fn first_mode(wrap: u8) -> Mode {
    if wrap == 0 { Mode::Type } else { Mode::Head }
}

impl Inflate {
    /// A new stream. `window_bits` is as in zlib: 8 to 15 for zlib's container, 0 for the size that its header says, the
    /// same negative for raw streams, plus 16 for gzip's container, plus 32 for either.
    pub fn new(memory: Memory, window_bits: i32) -> Result<Self, Error> {
        let container = container(window_bits)?;
        let codes = Allocation::new(memory, LENGTH_ENTRIES + DISTANCE_ENTRIES, 0).ok_or(Error::Memory)?;
        Ok(Self::with(memory, container, codes, Window::new()))
    }

    /// zlib's `inflateReset2`: a new stream in the memory of this one.
    pub fn reset(&mut self, window_bits: i32) -> Result<(), Error> {
        let (wrap, wbits) = container(window_bits)?;
        self.mode = first_mode(wrap);
        self.message = None;
        (self.wrap, self.wbits) = (wrap, wbits);
        (self.have_dict, self.last, self.is_gzip, self.flags) = (false, false, false, 0);
        (self.check, self.total, self.hold, self.bits) = (0, 0, 0, 0);
        (self.length, self.offset, self.extra) = (0, 0, 0);
        (self.ncode, self.nlen, self.ndist, self.have) = (0, 0, 0, 0);
        self.fixed = false;
        self.window.reset();
        Ok(())
    }

    fn with(memory: Memory, (wrap, wbits): (u8, u8), codes: Allocation<u32>, window: Window) -> Self {
        Self {
            memory,
            mode: first_mode(wrap),
            message: None,
            wrap,
            wbits,
            have_dict: false,
            last: false,
            is_gzip: false,
            flags: 0,
            check: 0,
            total: 0,
            hold: 0,
            bits: 0,
            length: 0,
            offset: 0,
            extra: 0,
            ncode: 0,
            nlen: 0,
            ndist: 0,
            have: 0,
            lens: [0; 320],
            fixed: false,
            codes,
            window,
        }
    }

    /// An independent stream in the same state.
    pub fn try_clone(&self) -> Result<Self, Error> {
        let codes = self.codes.try_clone().ok_or(Error::Memory)?;
        let window = self.window.try_clone().ok_or(Error::Memory)?;
        Ok(Self { codes, window, ..*self })
    }

    /// zlib's message about the data, after [`Status::DataError`].
    pub fn message(&self) -> Option<&'static CStr> {
        self.message
    }

    /// Gives the stream the dictionary that it needs; a raw stream takes one at any time.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), Error> {
        if self.wrap != 0 {
            if self.mode != Mode::Dict {
                return Err(Error::Stream);
            }
            if adler32(1, dictionary) != self.check {
                return Err(Error::Data);
            }
        }
        self.window.update(self.memory, self.wbits, dictionary).ok_or(Error::Memory)?;
        self.have_dict = true;
        Ok(())
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: Flush) -> Step {
        // A distance may not refer to earlier contents of the buffer, only to the window.
        let (step, written) = OutBuf::with(out.spare_mut(), |out| self.step_in(input, out, flush));
        // SAFETY: that many bytes of the spare memory have been initialised (`OutBuf::with`).
        unsafe { out.advance(written) };
        step
    }

    fn step_in(&mut self, input: &[u8], out: &mut OutBuf<'_>, flush: Flush) -> Step {
        let mut bits = Bits { input, next: 0, hold: self.hold, count: self.bits };
        let mut checked = 0;
        let stop = loop {
            if let Err(stop) = self.advance(&mut bits, out, &mut checked) {
                break stop;
            }
        };
        (self.hold, self.bits) = (bits.hold, bits.count);
        let mut status = match stop {
            Stop::Ok => Status::Ok,
            Stop::End => Status::StreamEnd,
            Stop::NeedDict => Status::NeedDict,
            Stop::Memory => Status::MemError,
            Stop::Error(message) => {
                self.mode = Mode::Bad;
                self.message = Some(message);
                Status::DataError
            }
        };
        let finish = flush == Flush::Finish;
        let output = out.filled();
        // zlib's condition for updatewindow, but that a window of no bytes is not one.
        let goes_on = self.mode < Mode::Bad && (self.mode < Mode::Check || !finish);
        if (self.window.have() > 0 || (!output.is_empty() && goes_on))
            && self.window.update(self.memory, self.wbits, output).is_none()
        {
            self.mode = Mode::Mem;
            status = Status::MemError;
        }
        self.update_check(&out.filled()[checked..]);
        if (finish || (bits.next == 0 && output.is_empty())) && status == Status::Ok {
            status = Status::BufError;
        }
        Step { consumed: bits.next, status }
    }

    /// Adds output to the checksum and the length.
    fn update_check(&mut self, output: &[u8]) {
        self.total = self.total.wrapping_add(output.len() as u32);
        if self.wrap != 0 && !output.is_empty() {
            self.check = if self.is_gzip { crc32(self.check, output) } else { adler32(self.check, output) };
        }
    }

    /// Goes on by one state; `checked` bytes of the output have been added to the checksum.
    fn advance(&mut self, bits: &mut Bits<'_>, out: &mut OutBuf<'_>, checked: &mut usize) -> Result<(), Stop> {
        self.mode = match self.mode {
            mode if mode < Mode::Type => self.header(bits)?,
            Mode::Type => self.block_type(bits)?,
            Mode::Stored => {
                bits.byte_bits();
                bits.need_bits(32)?;
                let (len, nlen) = (bits.bits(16), bits.bits(32) >> 16);
                if len != nlen ^ 0xffff {
                    return Err(Stop::Error(c"invalid stored block lengths"));
                }
                bits.drop_bits(32);
                self.length = len;
                Mode::Copy
            }
            Mode::Copy if self.length == 0 => Mode::Type,
            Mode::Copy => {
                let rest = &bits.input[bits.next..];
                let piece = &rest[..self.length.min(rest.len()).min(out.remaining())];
                if piece.is_empty() {
                    return Err(Stop::Ok);
                }
                out.extend_from_slice(piece);
                bits.next += piece.len();
                self.length -= piece.len();
                Mode::Copy
            }
            Mode::Table => self.table(bits)?,
            Mode::LenLens => self.len_lens(bits)?,
            Mode::CodeLens => self.code_lens(bits)?,
            Mode::Len => self.len(bits, out, checked)?,
            Mode::Lit => {
                if out.remaining() == 0 {
                    return Err(Stop::Ok);
                }
                out.push(self.length as u8);
                Mode::Len
            }
            Mode::LenExt => {
                self.length += bits.take_needed(self.extra)?;
                Mode::Dist
            }
            Mode::Dist => {
                let entry = self.next_distance(bits)?;
                if entry & EXCEPTIONAL != 0 {
                    return Err(Stop::Error(c"invalid distance code"));
                }
                (self.offset, self.extra) = (value(entry), extra_bits(entry));
                Mode::DistExt
            }
            Mode::DistExt => {
                self.offset += bits.take_needed(self.extra)?;
                Mode::Match
            }
            Mode::Match => {
                if out.remaining() == 0 {
                    return Err(Stop::Ok);
                }
                let most = self.length.min(out.remaining());
                self.length -= if self.offset <= out.len() {
                    out.extend_from_within(self.offset, most);
                    most
                } else if self.offset - out.len() > self.window.have() {
                    return Err(Stop::Error(c"invalid distance too far back"));
                } else {
                    self.window.copy_to(out, self.offset - out.len(), most)
                };
                if self.length == 0 { Mode::Len } else { Mode::Match }
            }
            Mode::Check => {
                if self.wrap != 0 {
                    bits.need_bits(32)?;
                    self.update_check(&out.filled()[*checked..]);
                    *checked = out.len();
                    let check = bits.bits(32) as u32;
                    if self.check != if self.is_gzip { check } else { check.swap_bytes() } {
                        return Err(Stop::Error(c"incorrect data check"));
                    }
                    bits.drop_bits(32);
                }
                Mode::Length
            }
            Mode::Length => {
                if self.is_gzip {
                    bits.need_bits(32)?;
                    if bits.bits(32) as u32 != self.total {
                        return Err(Stop::Error(c"incorrect length check"));
                    }
                    bits.drop_bits(32);
                }
                Mode::Done
            }
            Mode::Done => return Err(Stop::End),
            Mode::Mem => return Err(Stop::Memory),
            _ => return Err(Stop::Error(self.message.unwrap_or_default())),
        };
        Ok(())
    }

    /// `TYPE`: the first bits of a block.
    fn block_type(&mut self, bits: &mut Bits<'_>) -> Result<Mode, Stop> {
        if self.last {
            bits.byte_bits();
            return Ok(Mode::Check);
        }
        bits.need_bits(3)?;
        self.last = bits.take(1) == 1;
        match bits.take(2) {
            0 => Ok(Mode::Stored),
            1 => {
                self.fixed = true;
                Ok(Mode::Len)
            }
            2 => Ok(Mode::Table),
            _ => Err(Stop::Error(c"invalid block type")),
        }
    }

    /// `LEN`: decodes symbols with `inflate_fast` as long as there is enough input and room for output. Then decodes
    /// literals one by one, up to and including the first other symbol.
    fn len(&mut self, bits: &mut Bits<'_>, out: &mut OutBuf<'_>, checked: &mut usize) -> Result<Mode, Stop> {
        while fast::can_run(bits, out) {
            let end = *checked + CHECKSUM_BLOCK;
            let (start, result) = (out.len(), fast::inflate_fast(bits, out, end, self.tables(), &self.window));
            if out.len() > end {
                self.update_check(&out.filled()[*checked..]);
                *checked = out.len();
            }
            if result? {
                return Ok(Mode::Type);
            }
            if out.len() == start {
                break;
            }
        }
        // At the end of the input or of the room, literals follow each other here. When the input is used up before the next
        // code, that is all of it, whether it was read ahead or not.
        let lengths = self.tables().0;
        let entry = loop {
            let entry = bits.next_symbol(lengths, LENGTH_ROOT, Bits::read_ahead)?;
            if entry & LITERAL == 0 || out.remaining() == 0 {
                break entry;
            }
            out.push(value(entry) as u8);
        };
        bits.give_back();
        if entry & LITERAL != 0 {
            self.length = value(entry);
            Ok(Mode::Lit)
        } else if entry & EXCEPTIONAL == 0 {
            (self.length, self.extra) = (value(entry), extra_bits(entry));
            Ok(Mode::LenExt)
        } else if entry & END_OF_BLOCK != 0 {
            Ok(Mode::Type)
        } else {
            Err(Stop::Error(c"invalid literal/length code"))
        }
    }
}

/// The containers that `window_bits` allows, and the size of the window.
fn container(window_bits: i32) -> Result<(u8, u8), Error> {
    let (wrap, bits) = match window_bits {
        -15..0 => (0, -window_bits),
        0..48 => ((window_bits >> 4) + 1, window_bits & 15),
        _ => return Err(Error::Stream),
    };
    if bits == 0 || bits >= 8 { Ok((wrap as u8, bits as u8)) } else { Err(Error::Stream) }
}

impl std::fmt::Debug for Inflate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflate").field("mode", &self.mode).finish_non_exhaustive()
    }
}
