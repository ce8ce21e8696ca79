//! Base64 as `b2a_base64` and `a2b_base64` define it (RFC 4648, section 4, with CPython's rules for invalid input).
//!
//! Decoding has two modes. The lenient one skips every byte that is not in the alphabet, pads included: only pads after the
//! last data character are counted, and only when that character leaves a group incomplete. The strict one refuses the
//! first byte that is out of place. So in both modes a run of alphabet characters can be decoded wherever it starts on a
//! group boundary, which is what the vector kernels do; a scalar loop handles the text between such runs.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

#[cfg(test)]
mod tests;

pub use crate::rfc4648::{DecodeError, Rules};

use crate::alphabet::{BASE64, INVALID, PAD, ReverseTable};
use crate::line_wrap::{LineWriter, encode_wrapped, wrapped_len};
use crate::rfc4648::{Encoding, check_end};
use cpu_level::Level;
use outbuf::OutBuf;

/// The bytes and the characters of a group.
const GROUP_BYTES: usize = 3;
const GROUP: usize = 4;

/// How to encode.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The characters, by value.
    pub alphabet: &'a [u8; 64],
    /// Whether to complete the last group with pads.
    pub padded: bool,
    /// The width of lines, of which whole groups are used; zero for a single line.
    pub wrapcol: usize,
    /// Whether a newline ends the text.
    pub newline: bool,
}

impl Options<'static> {
    /// The encoding of CPython 3.14: the standard alphabet, padded, in a single line.
    #[inline]
    pub const fn single_line(newline: bool) -> Self {
        Self { alphabet: &BASE64, padded: true, wrapcol: 0, newline }
    }
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
    if padded {
        len.div_ceil(GROUP_BYTES) * GROUP
    } else {
        len / GROUP_BYTES * GROUP + (len % GROUP_BYTES * 8).div_ceil(6)
    }
}

/// How many bytes [`encode`] writes for `len` bytes; `None` when no object can be so long.
#[inline]
pub fn encoded_len(len: usize, options: Options<'_>) -> Option<usize> {
    let len = wrapped_len(text_len(len, options.padded), options.width()) + usize::from(options.newline);
    (len <= isize::MAX as usize).then_some(len)
}

/// The maximum number of bytes that [`decode`] writes for `len` bytes of text.
#[inline]
pub fn max_decoded_len(len: usize) -> usize {
    len.div_ceil(GROUP) * GROUP_BYTES
}

/// Encodes `data`, with the kernels of [`Level::detected`].
///
/// # Panics
///
/// When `out` has less space than [`encoded_len`] says.
#[inline]
pub fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    // SAFETY: `detected` is the processor's own level, or the portable one, which every processor can run.
    unsafe { encode_unchecked(Level::detected(), data, options, out) }
}

/// [`encode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn encode_at(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    // SAFETY: the processor has the instructions of its own level and of the lower ones.
    unsafe { encode_unchecked(level.min(Level::detect()), data, options, out) }
}

/// [`encode`] with the kernels of `level`.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline(always)]
unsafe fn encode_unchecked(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    let width = options.width();
    if width == 0 || width >= text_len(data.len(), options.padded) {
        // SAFETY: `level` is that of this function, whose instructions the processor has.
        unsafe { encode_line(level, data, options, out) }
    } else {
        // SAFETY: as above.
        unsafe { encode_lines(level, data, options, out) }
    }
}

/// Encodes `data` as lines. A function of its own, so that a call of [`encode`] is small enough to be inlined.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline(never)]
unsafe fn encode_lines(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    assert!(encoded_len(data.len(), options).is_some_and(|len| len <= out.remaining()), "no space for the text");
    let mut lines = LineWriter::new(options.width(), out);
    let line = Options { newline: false, ..options };
    encode_wrapped(data, (GROUP_BYTES, GROUP), &mut lines, |piece, out| {
        // SAFETY: `level` is that of this function, whose instructions the processor has.
        unsafe { encode_line(level, piece, line, out) }
    });
    if options.newline {
        lines.end_line();
    }
}

/// Encodes `data` as one line.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline(always)]
unsafe fn encode_line(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx512 => unsafe { avx512::encode(data, options, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx2 => unsafe { avx2::encode(data, options, out) },
        _ => portable::encode(data, options, out),
    }
}

/// The most bytes that [`encode_short`] takes, which are six vectors of text.
///
/// cbindgen:ignore
pub const SHORT: usize = 6 * 48;
/// The most characters that [`decode_short`] takes.
///
/// cbindgen:ignore
pub const SHORT_TEXT: usize = 6 * 64;
/// The space that [`decode_short`] needs for so many characters: the last store is a whole vector.
///
/// cbindgen:ignore
pub const SHORT_SPACE: usize = SHORT_TEXT / GROUP * GROUP_BYTES + 16;
/// The most bytes and characters that the short functions of the portable code take. It is faster than the AVX2 kernels up to
/// this length.
const PORTABLE: usize = 24;
const PORTABLE_TEXT: usize = 32;

/// How many bytes [`encode_short`] writes for `len` bytes; `None` when there are too many for it, or more than one line.
#[inline]
pub fn short_len(level: Level, len: usize, options: Options<'_>) -> Option<usize> {
    let limit = if level == Level::Avx512 { SHORT } else { PORTABLE };
    let (width, newline) = (options.width(), usize::from(options.newline));
    let chars = text_len(len, options.padded);
    // With its newline, the text of an incomplete block has to fit into one vector.
    let rest = text_len(len % 48, options.padded) + newline;
    (len <= limit && rest <= 64 && (width == 0 || chars <= width)).then_some(chars + newline)
}

/// Encodes `data` without the cost of a loop over blocks; returns false, and writes nothing, when [`short_len`] says `None`, or
/// when `out` has not exactly the space. This cannot panic.
///
/// The processor has the instructions of `level` if it is [`Level::detected`] or lower, which is checked.
#[inline]
pub fn encode_short(level: Level, data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) -> bool {
    let level = level.min(Level::detected());
    let text = out.spare_mut();
    let len = text.len();
    if short_len(level, data.len(), options) != Some(len) {
        return false;
    }
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level.
        Level::Avx512 => unsafe { avx512::encode_short(data, options, text) },
        _ => portable::encode_short(data, options, text),
    }
    // SAFETY: both functions store all of `text`, whose length is that of the encoded data.
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
    let bytes = out.spare_mut();
    let decoded = match level.min(Level::detected()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level.
        Level::Avx512 if table.is_printable() => unsafe { avx512::decode_short(data, table, bytes) },
        _ if data.len() <= PORTABLE_TEXT => portable::decode_short(data, table, bytes),
        _ => None,
    };
    // All after the data characters are pads.
    let Some(chars) = decoded else { return false };
    let pads = data.len().wrapping_sub(chars);
    if pads != 0 {
        let last = data.get(chars.wrapping_sub(1)).map_or(INVALID, |last| table.value(*last));
        if !padded || pads > 2 || canonical && last & ((1 << (2 * pads)) - 1) != 0 {
            return false;
        }
    }
    // SAFETY: `chars` is at most the length of the text, all of which has been decoded to the bytes.
    unsafe { out.advance(chars * 6 / 8) }
    true
}

/// Decodes `data` in lenient mode if it is short: such as a text with a newline after it. Returns false, and writes nothing that
/// counts, for any other text, or when [`decode`] has an error for it. This cannot panic.
///
/// The processor has the instructions of `level` if it is [`Level::detected`] or lower, which is checked.
#[inline]
pub fn decode_short_lenient(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    (padded, canonical): (bool, bool),
    out: &mut OutBuf<'_>,
) -> bool {
    let Some(bytes) = out.spare_mut().first_chunk_mut::<64>() else { return false };
    let count = match level.min(Level::detected()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level.
        Level::Avx512 if table.is_printable() && data.len() <= 64 => unsafe {
            avx512::decode_short_lenient(data, table, bytes)
        },
        _ if data.len() <= PORTABLE_TEXT => portable::decode_short_lenient(data, table, bytes),
        _ => return false,
    };
    let held = count % GROUP;
    if held != 0 {
        let end = data.iter().rposition(|byte| table.contains(*byte)).map_or(0, |last| last.wrapping_add(1));
        let pads = data.get(end..).unwrap_or(&[]).iter().filter(|byte| **byte == PAD).count();
        let last = data.get(end.wrapping_sub(1)).map_or(0, |byte| table.value(*byte));
        let unused_bits = (1 << (2 * (GROUP - held))) - 1;
        if held == 1 || padded && held + pads < GROUP || canonical && last & unused_bits != 0 {
            return false;
        }
    }
    // SAFETY: the bytes of `count` values have been stored.
    unsafe { out.advance(count * 6 / 8) }
    true
}

/// Decodes `data`, in strict mode or in lenient mode.
///
/// The kernels are those of [`Level::detected`]. In lenient mode `rules.ignorechars` is without effect: everything outside the
/// alphabet is skipped. What `out` holds after an error is unspecified.
///
/// # Errors
///
/// The first that C finds, which reads the text byte by byte.
///
/// # Panics
///
/// When `out` has less space than [`max_decoded_len`] says.
#[inline]
pub fn decode(
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    // SAFETY: `detected` is the processor's own level, or the portable one, which every processor can run.
    unsafe { decode_unchecked(Level::detected(), data, table, strict, rules, out) }
}

/// [`decode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn decode_at(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    // SAFETY: the processor has the instructions of its own level and of the lower ones.
    unsafe { decode_unchecked(level.min(Level::detect()), data, table, strict, rules, out) }
}

/// [`decode`] with the kernels of `level`.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline(always)]
unsafe fn decode_unchecked(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    assert!(max_decoded_len(data.len()) <= out.remaining(), "no space for the data");
    if strict && data.len() <= PORTABLE_TEXT {
        // Mostly an error, as `decode_short` leaves it: the vector kernels would not get far.
        return portable::decode(data, table, strict, rules, out);
    }
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx512 if table.is_printable() => unsafe { avx512::decode(data, table, strict, rules, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx2 if table.is_printable() => unsafe { avx2::decode(data, table, strict, rules, out) },
        _ => portable::decode(data, table, strict, rules, out),
    }
}

/// Whether a text in lenient mode may end with `held` (below four) characters in its last group, `written` bytes having been
/// written in all.
#[inline]
fn check_lenient_end(
    data: &[u8],
    table: &ReverseTable,
    rules: &Rules,
    held: usize,
    written: usize,
) -> Result<(), DecodeError> {
    if held == 0 {
        return Ok(());
    }
    let trailing = data.iter().rev().take_while(|byte| !table.contains(**byte));
    // As many as are needed are enough.
    let pads = trailing.filter(|byte| **byte == PAD).take(GROUP - held).count();
    let last = if rules.canonical {
        data.iter().rev().map(|byte| table.value(*byte)).find(|value| *value != INVALID)
    } else {
        None
    };
    check_end(Encoding::Base64, rules, held, last.unwrap_or(0), pads, written)
}
