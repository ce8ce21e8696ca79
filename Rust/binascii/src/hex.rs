//! Hexadecimal as `b2a_hex` and `a2b_hex` define it, separators between groups of bytes included.
//!
//! The digits written are lower case; both cases are read.

mod portable;
pub mod short;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod layout;
#[cfg(target_arch = "x86_64")]
mod sse2;

#[cfg(test)]
mod tests;

use crate::alphabet::ReverseTable;
use crate::ignorechars::{ByteSet, Classes, PIECE, compact};
use core::fmt;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// The digits, by value.
const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// Why a text could not be decoded. `Display` gives the message that users of CPython know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The text has half a byte too many, in the words of CPython 3.14.
    OddLength,
    /// The text has half a byte too many, in the words of CPython 3.15.
    OddNumberOfDigits,
    /// A byte is not a hexadecimal digit.
    NonHexDigit,
}

impl DecodeError {
    /// The message of the C module.
    pub fn message(self) -> &'static str {
        match self {
            Self::OddLength => "Odd-length string",
            Self::OddNumberOfDigits => "Odd number of hexadecimal digits",
            Self::NonHexDigit => "Non-hexadecimal digit found",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for DecodeError {}

/// The error of a text of an odd length in CPython 3.15, which reports a byte that is not a digit first.
#[inline]
pub fn odd_length_error(data: &[u8]) -> DecodeError {
    let digits = data.iter().all(|digit| HEX_REVERSE.contains(*digit));
    if digits { DecodeError::OddNumberOfDigits } else { DecodeError::NonHexDigit }
}

/// How many bytes [`encode`] writes for `len` bytes; `None` for what C has no memory for.
#[inline]
pub fn encoded_len(len: usize) -> Option<usize> {
    encoded_len_with_sep(len, 0)
}

/// How many bytes [`encode_with_sep`] writes for `len` bytes; `None` for what C has no memory for.
#[inline]
pub fn encoded_len_with_sep(len: usize, bytes_per_sep: isize) -> Option<usize> {
    let separators = match bytes_per_sep.unsigned_abs() {
        0 => 0,
        group => len.saturating_sub(1) / group,
    };
    let limit = (isize::MAX as usize / 2).checked_sub(separators)?;
    (len < limit).then(|| len * 2 + separators)
}

/// How many bytes [`decode`] writes for `len` bytes of text.
#[inline]
pub fn decoded_len(len: usize) -> usize {
    len / 2
}

/// Encodes `data`.
///
/// # Panics
///
/// When `out` has less space than [`encoded_len`] says.
#[inline]
pub fn encode(data: &[u8], out: &mut OutBuf<'_>) {
    // SAFETY: the processor has what its own level names.
    unsafe { encode_unchecked(Level::detect(), data, out) }
}

/// [`encode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn encode_at(level: Level, data: &[u8], out: &mut OutBuf<'_>) {
    // SAFETY: the processor has what its own level names, and levels include the lower ones.
    unsafe { encode_unchecked(level.min(Level::detect()), data, out) }
}

/// [`encode`] with the kernels of `level`.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline]
unsafe fn encode_unchecked(level: Level, data: &[u8], out: &mut OutBuf<'_>) {
    assert!(encoded_len(data.len()).is_some_and(|len| len <= out.remaining()), "no space for the text");
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx512 => unsafe { avx512::encode(data, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx2 => unsafe { avx2::encode(data, out) },
        _ => portable::encode(data, out),
    }
}

/// Encodes `data`, with `sep` between groups of `bytes_per_sep` bytes.
///
/// A positive `bytes_per_sep` counts from the right, so that the first group may be shorter; a negative one counts from
/// the left, so that the last one may be. There are no separators when it is zero.
///
/// # Panics
///
/// When `out` has less space than [`encoded_len_with_sep`] says.
#[inline]
pub fn encode_with_sep(data: &[u8], sep: u8, bytes_per_sep: isize, out: &mut OutBuf<'_>) {
    // SAFETY: the processor has what its own level names.
    unsafe { encode_with_sep_unchecked(Level::detect(), data, sep, bytes_per_sep, out) }
}

/// [`encode_with_sep`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn encode_with_sep_at(level: Level, data: &[u8], sep: u8, bytes_per_sep: isize, out: &mut OutBuf<'_>) {
    // SAFETY: the processor has what its own level names, and levels include the lower ones.
    unsafe { encode_with_sep_unchecked(level.min(Level::detect()), data, sep, bytes_per_sep, out) }
}

/// [`encode_with_sep`] with the kernels of `level`.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline]
unsafe fn encode_with_sep_unchecked(level: Level, data: &[u8], sep: u8, bytes_per_sep: isize, out: &mut OutBuf<'_>) {
    let group = bytes_per_sep.unsigned_abs();
    if group == 0 || group >= data.len() {
        // SAFETY: `level` is that of this function, whose instructions the processor has.
        return unsafe { encode_unchecked(level, data, out) };
    }
    let len = encoded_len_with_sep(data.len(), bytes_per_sep);
    assert!(len.is_some_and(|len| len <= out.remaining()), "no space for the text");
    // After a shorter first group, both ways of counting are the same.
    let first = if bytes_per_sep > 0 { data.len() % group } else { 0 };
    let (first, groups) = data.split_at(first);
    if !first.is_empty() {
        // SAFETY: `level` is that of this function, whose instructions the processor has.
        unsafe { encode_unchecked(level, first, out) }
        out.push(sep);
    }
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx512 => unsafe { avx512::encode_groups(groups, sep, group, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx2 => unsafe { avx2::encode_groups(groups, sep, group, out) },
        _ => portable::encode_groups(groups, sep, group, out),
    }
}

/// Decodes `data`.
///
/// What `out` holds after an error is unspecified.
///
/// # Errors
///
/// An odd length, or else a byte that is not a digit. This is the order of CPython 3.14.
///
/// # Panics
///
/// When `out` has less space than [`decoded_len`] says.
#[inline]
pub fn decode(data: &[u8], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    // SAFETY: the processor has what its own level names.
    unsafe { decode_unchecked(Level::detect(), data, out) }
}

/// [`decode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn decode_at(level: Level, data: &[u8], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    // SAFETY: the processor has what its own level names, and levels include the lower ones.
    unsafe { decode_unchecked(level.min(Level::detect()), data, out) }
}

/// [`decode`] with the kernels of `level`.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline]
unsafe fn decode_unchecked(level: Level, data: &[u8], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    let (pairs, odd) = data.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(DecodeError::OddLength);
    }
    assert!(pairs.len() <= out.remaining(), "no space for the data");
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx512 => unsafe { avx512::decode(pairs, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of `level`, which is this one.
        Level::Avx2 => unsafe { avx2::decode(pairs, out) },
        _ => portable::decode(pairs, out),
    }
}

/// Decodes `data` and skips the characters in `ignorechars`, as CPython 3.15 does.
///
/// What `out` holds after an error is unspecified.
///
/// # Errors
///
/// A byte that is neither a digit nor to be ignored, or else an odd number of digits. This is the order of CPython 3.15.
///
/// # Panics
///
/// When `out` has less space than [`decoded_len`] says.
#[inline]
pub fn decode_ignoring(data: &[u8], ignorechars: &ByteSet, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    // SAFETY: the processor has the instructions of its own level.
    unsafe { decode_ignoring_unchecked(Level::detect(), data, ignorechars, out) }
}

/// [`decode_ignoring`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn decode_ignoring_at(
    level: Level,
    data: &[u8],
    ignorechars: &ByteSet,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    // SAFETY: the processor has the instructions of its own level and of the lower ones.
    unsafe { decode_ignoring_unchecked(level.min(Level::detect()), data, ignorechars, out) }
}

/// [`decode_ignoring`] with the kernels of `level`.
///
/// # Safety
///
/// The processor has the instructions of `level`.
#[inline]
unsafe fn decode_ignoring_unchecked(
    level: Level,
    data: &[u8],
    ignorechars: &ByteSet,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    let (pairs, odd) = data.as_chunks::<2>();
    let start = out.len();
    // SAFETY: `level` is that of this function, whose instructions the processor has.
    let result = unsafe { decode_unchecked(level, pairs.as_flattened(), out) };
    match (result, odd) {
        (Ok(()), []) => return Ok(()),
        (Ok(()), [last]) if HEX_REVERSE.contains(*last) => return Err(DecodeError::OddNumberOfDigits),
        (Err(_), _) if ignorechars.is_empty() => return Err(DecodeError::NonHexDigit),
        _ => {}
    }
    out.truncate(start);
    decode_sparse(level, data, ignorechars, out)
}

/// The value of each digit, in both cases.
pub static HEX_REVERSE: ReverseTable = ReverseTable::hex();

/// Decodes text that has characters to ignore, or an error: a piece at a time is copied without those.
#[cold]
fn decode_sparse(level: Level, data: &[u8], ignorechars: &ByteSet, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    let classes = Classes::new(&HEX_REVERSE, ignorechars, |_| false);
    let mut rest = data;
    loop {
        let mut memory = [MaybeUninit::uninit(); PIECE + 64];
        let mut scratch = OutBuf::new(&mut memory);
        let used = compact(level, rest, &classes, 2, &mut scratch);
        decode_at(level, scratch.filled(), out)?;
        rest = &rest[used..];
        // A pair that is not in one piece, characters to ignore at its end, or an error.
        let mut first = None;
        let mut digits = rest.iter().enumerate().filter(|(_, byte)| !classes.is_ignored(**byte));
        let end = loop {
            match (digits.next(), first) {
                (None, None) => return Ok(()),
                (None, Some(_)) => return Err(DecodeError::OddNumberOfDigits),
                (Some((_, byte)), _) if !HEX_REVERSE.contains(*byte) => return Err(DecodeError::NonHexDigit),
                (Some((_, byte)), None) => first = Some(HEX_REVERSE.value(*byte)),
                (Some((at, byte)), Some(high)) => {
                    out.push(high << 4 | HEX_REVERSE.value(*byte));
                    break at + 1;
                }
            }
        };
        rest = &rest[end..];
    }
}
