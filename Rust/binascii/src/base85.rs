//! Base85 as `b2a_base85` and `a2b_base85` of CPython 3.15 define it, with any alphabet: that of Git and RFC 1924, or of Z85.

#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use crate::alphabet::{INVALID, ReverseTable};
use crate::ignorechars::{ByteSet, Classes};
use crate::line_wrap::{LineWriter, encode_wrapped, wrapped_len};
use crate::radix85::{self, GROUP, GROUP_BYTES, Group, ShortForms, is_canonical, push_digit, text_len};
use core::fmt;
use cpu_level::Level;
use outbuf::OutBuf;

/// How to encode.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The characters, by value.
    pub alphabet: &'a [u8; 85],
    /// Whether to complete the last group with zeros.
    pub pad: bool,
    /// The width of lines, of which whole groups are used; zero for a single line.
    pub wrapcol: usize,
}

impl Options<'_> {
    /// The width of lines: whole groups, or zero for a single line.
    #[inline]
    fn width(&self) -> usize {
        if self.wrapcol == 0 { 0 } else { self.wrapcol.max(GROUP) / GROUP * GROUP }
    }
}

/// How many bytes [`encode`] writes for `len` bytes; `None` when no object can be so long.
#[inline]
pub fn encoded_len(len: usize, options: Options<'_>) -> Option<usize> {
    let len = wrapped_len(text_len(len, options.pad), options.width());
    (len <= isize::MAX as usize).then_some(len)
}

/// Encodes `data`.
///
/// # Panics
///
/// When `out` has less space than [`encoded_len`] says.
#[inline]
pub fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    encode_at(Level::detect(), data, options, out);
}

/// [`encode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn encode_at(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    assert!(encoded_len(data.len(), options).is_some_and(|len| len <= out.remaining()), "no space for the text");
    let encode = |data: &[u8], out: &mut OutBuf<'_>| {
        radix85::encode(level, data, options.alphabet, ShortForms::NONE, options.pad, out);
    };
    let width = options.width();
    if width == 0 || width >= text_len(data.len(), options.pad) {
        encode(data, out);
    } else {
        encode_wrapped(data, (GROUP_BYTES, GROUP), &mut LineWriter::new(width, out), encode);
    }
}

pub use crate::radix85::{SHORT, SHORT_TEXT};

/// How many bytes [`encode_short`] writes for `data`; `None` when it has more than [`SHORT`] bytes, or becomes more than one line.
#[inline]
pub fn short_len(data: &[u8], options: Options<'_>) -> Option<usize> {
    radix85::short_len(data, ShortForms::NONE, options.pad, options.width())
}

/// Encodes `data`, for which [`short_len`] does not say `None`, without the choice of a kernel; returns false, and writes
/// nothing, when `out` has not exactly the space. This cannot panic.
#[inline]
pub fn encode_short(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) -> bool {
    radix85::encode_short(data, options.alphabet, options.pad, out)
}

/// Decodes `data` if it is at most [`SHORT_TEXT`] characters, and only whole groups; returns false, and writes nothing that
/// counts, for any other text, which may be valid all the same. This cannot panic.
#[inline]
pub fn decode_short(data: &[u8], table: &ReverseTable, out: &mut OutBuf<'_>) -> bool {
    radix85::decode_short(data, table, false, out)
}

/// What a decoder accepts.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether to refuse a last group that no encoder writes.
    pub canonical: bool,
    /// Characters to skip.
    pub ignorechars: ByteSet,
}

/// Why a text could not be decoded. `Display` gives the message of CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A group that ends near this position is a number of more than 32 bits.
    Overflow(usize),
    /// The byte at this position is not in the alphabet.
    OutsideAlphabet(usize),
    /// The last group has one character only.
    IncompleteGroup,
    /// The last group is not what an encoder writes.
    NonZeroPaddingBits,
}

impl DecodeError {
    /// The message, if it is the same for every text.
    pub fn literal(self) -> Option<&'static str> {
        match self {
            Self::Overflow(_) | Self::OutsideAlphabet(_) => None,
            Self::IncompleteGroup => Some("Incomplete Base85 group"),
            Self::NonZeroPaddingBits => Some("Non-zero padding bits"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow(at) => write!(f, "Base85 overflow in hunk starting at byte {}", at / GROUP * GROUP),
            Self::OutsideAlphabet(at) => write!(f, "bad Base85 character at position {at}"),
            _ => f.write_str(self.literal().unwrap_or_default()),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The maximum number of bytes that [`decode`] writes for `len` bytes of text.
#[inline]
pub fn max_decoded_len(len: usize) -> usize {
    len.div_ceil(GROUP) * GROUP_BYTES
}

/// Decodes `data`.
///
/// What `out` holds after an error is unspecified.
///
/// # Errors
///
/// The first that C finds, which reads the text byte by byte.
///
/// # Panics
///
/// When `out` has less space than [`max_decoded_len`] says.
#[inline]
pub fn decode(data: &[u8], table: &ReverseTable, rules: &Rules, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    decode_at(Level::detect(), data, table, rules, out)
}

/// [`decode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn decode_at(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    assert!(max_decoded_len(data.len()) <= out.remaining(), "no space for the data");
    let classes = || {
        let ignored = &rules.ignorechars;
        (!ignored.is_empty()).then(|| Classes::new(table, ignored, |_| false))
    };
    radix85::decode(level, data, table, false, classes, out, |at, out| decode_group(data, at, table, rules, out))
}

/// Decodes the group that begins at the position `start` in `data`, as `binascii_a2b_base85_impl` does.
fn decode_group(
    data: &[u8],
    start: usize,
    table: &ReverseTable,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<Group, DecodeError> {
    let (mut value, mut held) = (0, 0);
    for (at, &byte) in data.iter().enumerate().skip(start) {
        let digit = table.value(byte);
        if digit == INVALID {
            if rules.ignorechars.contains(byte) {
                continue;
            }
            return Err(DecodeError::OutsideAlphabet(at));
        }
        value = push_digit(value, digit).ok_or(DecodeError::Overflow(at))?;
        held += 1;
        if held == GROUP {
            out.extend_from_slice(&value.to_be_bytes());
            return Ok(Group::Characters(at + 1 - start));
        }
    }
    if held != 0 {
        let missing = GROUP - held;
        for _ in 0..missing {
            // C reports the position that the last missing character would have.
            value = push_digit(value, 84).ok_or(DecodeError::Overflow(data.len() + missing - 1))?;
        }
        if held == 1 {
            return Err(DecodeError::IncompleteGroup);
        }
        if rules.canonical && !is_canonical(value, missing) {
            return Err(DecodeError::NonZeroPaddingBits);
        }
        out.extend_from_slice(&value.to_be_bytes()[..held - 1]);
    }
    Ok(Group::End)
}
