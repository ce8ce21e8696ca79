//! Base32 as `b2a_base32` and `a2b_base32` of CPython 3.15 define it (RFC 4648, sections 6 and 7).
//!
//! Five bytes are a group of eight characters.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

#[cfg(test)]
mod tests;

pub use crate::rfc4648::{DecodeError, Rules};

use crate::alphabet::{INVALID, ReverseTable};
use crate::line_wrap::{LineWriter, encode_wrapped, wrapped_len};
use crate::rfc4648::{Encoding, decode_strict};
use cpu_level::Level;
use outbuf::OutBuf;

/// The bytes and the characters of a group.
const GROUP_BYTES: usize = 5;
const GROUP: usize = 8;

/// How to encode.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The characters, by value.
    pub alphabet: &'a [u8; 32],
    /// Whether to complete the last group with pads.
    pub padded: bool,
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

/// The length of the characters of `len` bytes.
#[inline]
fn text_len(len: usize, padded: bool) -> usize {
    let last = len % GROUP_BYTES;
    len / GROUP_BYTES * GROUP + if padded && last != 0 { GROUP } else { (last * 8).div_ceil(5) }
}

/// How many bytes [`encode`] writes for `len` bytes; `None` when no object can be so long.
#[inline]
pub fn encoded_len(len: usize, options: Options<'_>) -> Option<usize> {
    let len = wrapped_len(text_len(len, options.padded), options.width());
    (len <= isize::MAX as usize).then_some(len)
}

/// The maximum number of bytes that [`decode`] writes for `len` bytes of text.
#[inline]
pub fn max_decoded_len(len: usize) -> usize {
    len.div_ceil(GROUP) * GROUP_BYTES
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
#[inline]
pub fn encode_at(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    assert!(encoded_len(data.len(), options).is_some_and(|len| len <= out.remaining()), "no space for the text");
    let width = options.width();
    if width == 0 || width >= text_len(data.len(), options.padded) {
        return encode_line(level, data, options, out);
    }
    let mut lines = LineWriter::new(width, out);
    encode_wrapped(data, (GROUP_BYTES, GROUP), &mut lines, |piece, out| encode_line(level, piece, options, out));
}

/// Encodes `data` as one line.
#[inline]
fn encode_line(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    match level.min(Level::detect()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level and of the lower ones.
        Level::Avx512 => unsafe { avx512::encode(data, options, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level and of the lower ones.
        Level::Avx2 => unsafe { avx2::encode(data, options, out) },
        _ => portable::encode(data, options, out),
    }
}

/// The most bytes that [`encode_short`] takes.
///
/// cbindgen:ignore
pub const SHORT: usize = 40;
/// The most characters that [`decode_short`] takes.
///
/// cbindgen:ignore
pub const SHORT_TEXT: usize = 64;

/// How many bytes [`encode_short`] writes for `len` bytes; `None` when there are too many for it, or more than one line.
#[inline]
pub fn short_len(len: usize, options: Options<'_>) -> Option<usize> {
    let width = options.width();
    let chars = text_len(len, options.padded);
    (len <= SHORT && (width == 0 || chars <= width)).then_some(chars)
}

/// Encodes `data` without the cost of a loop over blocks; returns false, and writes nothing, when [`short_len`] says `None`, or
/// when `out` has not exactly the space. This cannot panic.
///
/// The processor has the instructions of `level` if it is [`Level::detected`] or lower, which is checked.
#[inline]
pub fn encode_short(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) -> bool {
    let text = out.spare_mut();
    let len = text.len();
    if short_len(data.len(), options) != Some(len) {
        return false;
    }
    match level.min(Level::detected()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level.
        Level::Avx512 => unsafe { avx512::encode_short(data, options, text) },
        _ => portable::encode_short(data, options, text),
    }
    // SAFETY: both functions store all of `text`.
    unsafe { out.advance(len) }
    true
}

/// Decodes `data` if it is short, and only whole groups, the last of which may have pads; returns false, and writes nothing
/// that counts, for any other text, which may be valid all the same. This cannot panic.
///
/// The processor has the instructions of `level` if it is [`Level::detected`] or lower, which is checked.
#[inline]
pub fn decode_short(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    (padded, canonical): (bool, bool),
    out: &mut OutBuf<'_>,
) -> bool {
    if data.len() > SHORT_TEXT || !data.len().is_multiple_of(GROUP) {
        return false;
    }
    let Some(bytes) = out.spare_mut().first_chunk_mut::<64>() else { return false };
    let decoded = match level.min(Level::detected()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level.
        Level::Avx512 if table.is_printable() => unsafe { avx512::decode_short(data, table, bytes) },
        _ => portable::decode_short(data, table, bytes),
    };
    // All after the data characters are pads.
    let Some(chars) = decoded else { return false };
    let pads = data.len().wrapping_sub(chars);
    if pads != 0 {
        // The bits of the last character that encode nothing.
        let padding_bits = match pads {
            1 => 0x07,
            3 => 0x01,
            4 => 0x0f,
            6 => 0x03,
            _ => return false,
        };
        let last = data.get(chars.wrapping_sub(1)).map_or(INVALID, |last| table.value(*last));
        if !padded || canonical && last & padding_bits != 0 {
            return false;
        }
    }
    // SAFETY: `chars` is at most the length of the text, all of which has been decoded to the bytes.
    unsafe { out.advance(chars * 5 / 8) }
    true
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
    // A short text is mostly an error, as `decode_short` leaves it: the vector kernels would not get far.
    let portable = !table.is_printable() || data.len() <= SHORT_TEXT / 2;
    let level = if portable { Level::Portable } else { level.min(Level::detect()) };
    let start = out.len();
    decode_strict(level, Encoding::Base32, data, table, rules, (0, start), out, |data, out| match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level and of the lower ones.
        Level::Avx512 => unsafe { avx512::groups(data, table, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level and of the lower ones.
        Level::Avx2 => unsafe { avx2::groups(data, table, out) },
        _ => portable::groups(data, table, out),
    })
}
