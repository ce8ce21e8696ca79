//! Ascii85 as `b2a_ascii85` and `a2b_ascii85` of CPython 3.15 define it: the ASCII base-85 encoding of PostScript (PostScript
//! Language Reference, third edition, section 3.13), with the `y` of btoa as an option.

#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use crate::alphabet::{ASCII85, ASCII85_REVERSE, INVALID};
use crate::ignorechars::{ByteSet, Classes};
use crate::line_wrap::{LineWriter, encode_wrapped, wrapped_len};
use crate::radix85::{self, GROUP, GROUP_BYTES, Group, ShortForms, is_canonical, push_digit, text_len};
use core::fmt;
use cpu_level::Level;
use outbuf::OutBuf;

/// The marks of Adobe before and after a text.
const PREFIX: &[u8; 2] = b"<~";
const SUFFIX: &[u8; 2] = b"~>";

/// How to encode.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether four spaces become `y`.
    pub foldspaces: bool,
    /// The width of lines; zero for a single line.
    pub wrapcol: usize,
    /// Whether to complete the last group with zeros.
    pub pad: bool,
    /// Whether to write the marks of Adobe.
    pub adobe: bool,
}

impl Options {
    /// The width of lines. A mark must fit a line.
    fn width(&self) -> usize {
        if self.adobe && self.wrapcol == 1 { 2 } else { self.wrapcol }
    }

    fn marks_len(&self) -> usize {
        if self.adobe { PREFIX.len() + SUFFIX.len() } else { 0 }
    }
}

/// The maximum number of bytes that [`encode`] writes for `len` bytes; `None` when no object can be so long.
#[inline]
pub fn max_encoded_len(len: usize, options: Options) -> Option<usize> {
    let limit = isize::MAX as usize;
    let text = text_len(len, options.pad) + options.marks_len();
    (text <= limit).then(|| wrapped_len(text, options.width())).filter(|len| *len <= limit)
}

/// Encodes `data`.
///
/// # Panics
///
/// When `out` has less space than [`max_encoded_len`] says.
#[inline]
pub fn encode(data: &[u8], options: Options, out: &mut OutBuf<'_>) {
    encode_at(Level::detect(), data, options, out);
}

/// [`encode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn encode_at(level: Level, data: &[u8], options: Options, out: &mut OutBuf<'_>) {
    assert!(max_encoded_len(data.len(), options).is_some_and(|len| len <= out.remaining()), "no space for the text");
    let short = ShortForms { zeros: true, spaces: options.foldspaces };
    let encode = |data: &[u8], out: &mut OutBuf<'_>| {
        radix85::encode(level, data, &ASCII85, short, options.pad, out);
    };
    let width = options.width();
    if width == 0 || width >= text_len(data.len(), options.pad) + options.marks_len() {
        if options.adobe {
            out.extend_from_slice(PREFIX);
        }
        encode(data, out);
        if options.adobe {
            out.extend_from_slice(SUFFIX);
        }
        return;
    }
    let mut lines = LineWriter::new(width, out);
    if options.adobe {
        lines.write(PREFIX);
    }
    encode_wrapped(data, (GROUP_BYTES, GROUP), &mut lines, encode);
    if options.adobe {
        // The mark stays in one line.
        if lines.left() == 1 {
            lines.end_line();
        }
        lines.write(SUFFIX);
    }
}

pub use crate::radix85::{SHORT, SHORT_TEXT};

/// How many bytes [`encode_short`] writes for `data`; `None` when it has more than [`SHORT`] bytes, or becomes more than one line,
/// or has marks, or may have short forms.
#[inline]
pub fn short_len(data: &[u8], options: Options) -> Option<usize> {
    let short = ShortForms { zeros: true, spaces: options.foldspaces };
    radix85::short_len(data, short, options.pad, options.width()).filter(|_| !options.adobe)
}

/// Encodes `data`, for which [`short_len`] does not say `None`, without the choice of a kernel; returns false, and writes
/// nothing, when `out` has not exactly the space. This cannot panic.
#[inline]
pub fn encode_short(data: &[u8], options: Options, out: &mut OutBuf<'_>) -> bool {
    radix85::encode_short(data, &ASCII85, options.pad, out)
}

/// Decodes `data`, which is without marks, if it is at most [`SHORT_TEXT`] characters, and only whole groups without short
/// forms; returns false, and writes nothing that counts, for any other text, which may be valid all the same. This cannot
/// panic.
#[inline]
pub fn decode_short(data: &[u8], canonical: bool, out: &mut OutBuf<'_>) -> bool {
    radix85::decode_short(data, &ASCII85_REVERSE, canonical, out)
}

/// What a decoder accepts.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether `y` is four spaces.
    pub foldspaces: bool,
    /// Whether the text must end with the mark of Adobe, and may begin with the other.
    pub adobe: bool,
    /// Whether to refuse groups that no encoder writes.
    pub canonical: bool,
    /// Characters to skip.
    pub ignorechars: ByteSet,
}

/// Why a text could not be decoded. `Display` gives the message of CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The text does not end with the mark of Adobe.
    MissingSuffix,
    /// A group is a number of more than 32 bits.
    Overflow,
    /// This short form is inside a group.
    ShortFormInside(u8),
    /// This byte is not in the alphabet.
    OutsideAlphabet(u8),
    /// The last group has one character only.
    IncompleteGroup,
    /// Four zeros are not written as `z`.
    LongZeros,
    /// The last group is not what an encoder writes.
    NonZeroPaddingBits,
}

impl DecodeError {
    /// The message, if it is the same for every text.
    pub fn literal(self) -> Option<&'static str> {
        match self {
            Self::MissingSuffix => Some("Ascii85 encoded byte sequences must end with b'~>'"),
            Self::Overflow => Some("Ascii85 overflow"),
            Self::ShortFormInside(_) | Self::OutsideAlphabet(_) => None,
            Self::IncompleteGroup => Some("Incomplete Ascii85 group"),
            Self::LongZeros => Some("Non-canonical encoding, use 'z' for all-zero groups"),
            Self::NonZeroPaddingBits => Some("Non-zero padding bits"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShortFormInside(byte) => write!(f, "'{}' inside Ascii85 5-tuple", char::from(*byte)),
            Self::OutsideAlphabet(byte) => write!(f, "Non-Ascii85 digit found: {}", char::from(*byte)),
            _ => f.write_str(self.literal().unwrap_or_default()),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Removes the marks of Adobe, if the rules say that there are any.
///
/// # Errors
///
/// When there is no mark at the end.
pub fn strip_marks<'a>(data: &'a [u8], rules: &Rules) -> Result<&'a [u8], DecodeError> {
    if !rules.adobe {
        return Ok(data);
    }
    let data = data.strip_suffix(SUFFIX).ok_or(DecodeError::MissingSuffix)?;
    Ok(data.strip_prefix(PREFIX).unwrap_or(data))
}

/// The maximum number of bytes that [`decode`] writes for `data`; `None` when no object can be so long.
pub fn max_decoded_len(data: &[u8]) -> Option<usize> {
    let short: usize = data.chunks(128).map(|piece| usize::from(short_forms(piece))).sum();
    let len = (data.len() - short).div_ceil(GROUP) * GROUP_BYTES;
    short.checked_mul(GROUP_BYTES)?.checked_add(len).filter(|len| *len <= isize::MAX as usize)
}

/// How many characters of a short piece of text are `y` or `z`. The sum fits a byte, so that a vector holds many.
fn short_forms(piece: &[u8]) -> u8 {
    piece.iter().map(|byte| u8::from(*byte == b'y' || *byte == b'z')).sum()
}

/// Decodes `data`, which is without marks.
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
pub fn decode(data: &[u8], rules: &Rules, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    decode_at(Level::detect(), data, rules, out)
}

/// [`decode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn decode_at(level: Level, data: &[u8], rules: &Rules, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    let classes = || {
        let ignored = &rules.ignorechars;
        (!ignored.is_empty()).then(|| Classes::new(&ASCII85_REVERSE, ignored, |byte| is_short_form(byte, rules)))
    };
    radix85::decode(level, data, &ASCII85_REVERSE, rules.canonical, classes, out, |at, out| {
        decode_group(&data[at..], rules, out)
    })
}

fn is_short_form(byte: u8, rules: &Rules) -> bool {
    byte == b'z' || byte == b'y' && rules.foldspaces
}

/// Decodes the group at the start of `data`, as `binascii_a2b_ascii85_impl` does.
fn decode_group(data: &[u8], rules: &Rules, out: &mut OutBuf<'_>) -> Result<Group, DecodeError> {
    let (mut value, mut held) = (0, 0);
    for (at, &byte) in data.iter().enumerate() {
        let digit = ASCII85_REVERSE.value(byte);
        if digit != INVALID {
            value = push_digit(value, digit).ok_or(DecodeError::Overflow)?;
            held += 1;
            if held == GROUP {
                if rules.canonical && value == 0 {
                    return Err(DecodeError::LongZeros);
                }
                out.extend_from_slice(&value.to_be_bytes());
                return Ok(Group::Characters(at + 1));
            }
        } else if is_short_form(byte, rules) {
            if held != 0 {
                return Err(DecodeError::ShortFormInside(byte));
            }
            // The same one often comes again.
            let count = data[at..].iter().take_while(|next| **next == byte).count();
            out.extend_repeat(if byte == b'z' { 0 } else { b' ' }, count * GROUP_BYTES);
            return Ok(Group::Characters(at + count));
        } else if !rules.ignorechars.contains(byte) {
            return Err(DecodeError::OutsideAlphabet(byte));
        }
    }
    if held != 0 {
        let missing = GROUP - held;
        for _ in 0..missing {
            value = push_digit(value, 84).ok_or(DecodeError::Overflow)?;
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
