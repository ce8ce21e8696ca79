//! Base64 as `b2a_base64` and `a2b_base64` define it (RFC 4648, section 4, with CPython's rules for bad input).
//!
//! Encoding is textbook. Decoding has two modes. The lenient one drops every byte that is neither in the alphabet nor
//! a pad, and treats a pad in the middle in the same way: only pads behind the last data character are counted, and
//! only when that character leaves a group unfinished. The strict one refuses the first byte that is out of place.
//! So in both modes a run of alphabet characters can be decoded wherever it starts on a group boundary, which is what
//! the vector kernels do; what comes between such runs is left to one scalar loop.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

#[cfg(test)]
mod tests;

use core::fmt;
use cpu_level::Level;
use outbuf::OutBuf;

/// The 64 characters, by value (RFC 4648, table 1).
const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What fills an unfinished group.
const PAD: u8 = b'=';

/// Marks in [`VALUES`] a byte that is not in the alphabet. The top bit, because vector code tests that one for free.
const INVALID: u8 = 0x80;

/// The value of each character, [`INVALID`] for every other byte, pads among them.
static VALUES: [u8; 256] = {
    let mut values = [INVALID; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Why a text could not be decoded. `Display` gives the message that users of CPython know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Strict: the text begins with a pad.
    LeadingPadding,
    /// Strict: a pad where no group needs one.
    ExcessPadding,
    /// Strict: a byte that is neither in the alphabet nor a pad.
    NotBase64,
    /// Strict: a data character behind complete padding.
    ExcessData,
    /// Strict: a data character between pads.
    DiscontinuousPadding,
    /// This number of data characters leaves a last one that holds only six bits of a byte.
    InvalidLength(usize),
    /// The last group is unfinished and has too few pads.
    IncorrectPadding,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LeadingPadding => "Leading padding not allowed",
            Self::ExcessPadding => "Excess padding not allowed",
            Self::NotBase64 => "Only base64 data is allowed",
            Self::ExcessData => "Excess data after padding",
            Self::DiscontinuousPadding => "Discontinuous padding not allowed",
            Self::InvalidLength(count) => {
                return write!(
                    f,
                    "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a \
                     multiple of 4"
                );
            }
            Self::IncorrectPadding => "Incorrect padding",
        })
    }
}

impl std::error::Error for DecodeError {}

/// How many bytes [`encode`] writes for `len` bytes.
///
/// `None` for what C refuses as too much data for one line: more than `(isize::MAX - 3) / 2` bytes.
#[inline]
pub fn encoded_len(len: usize, newline: bool) -> Option<usize> {
    const MAX_LEN: usize = (isize::MAX as usize - 3) / 2;
    (len <= MAX_LEN).then(|| len.div_ceil(3) * 4 + usize::from(newline))
}

/// The most bytes that [`decode`] can write for `len` bytes of text; room for these is what it asks for.
#[inline]
pub fn max_decoded_len(len: usize) -> usize {
    len.div_ceil(4) * 3
}

/// Encodes `data`, with a newline behind it if asked for.
///
/// # Panics
///
/// When `out` has less room than [`encoded_len`] says.
#[inline]
pub fn encode(data: &[u8], newline: bool, out: &mut OutBuf<'_>) {
    // SAFETY: the processor has what its own level names.
    unsafe { encode_unchecked(Level::detect(), data, newline, out) }
}

/// [`encode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn encode_at(level: Level, data: &[u8], newline: bool, out: &mut OutBuf<'_>) {
    // SAFETY: the processor has what its own level names, and levels include the lower ones.
    unsafe { encode_unchecked(level.min(Level::detect()), data, newline, out) }
}

/// # Safety
///
/// The processor has the instructions of `level`.
#[inline]
unsafe fn encode_unchecked(level: Level, data: &[u8], newline: bool, out: &mut OutBuf<'_>) {
    assert!(encoded_len(data.len(), newline).is_some_and(|len| len <= out.remaining()), "no room for the text");
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller vouches for the instructions; there is room for the text.
        Level::Avx512 => unsafe { avx512::encode(data, newline, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller vouches for the instructions.
        Level::Avx2 => unsafe { avx2::encode(data, newline, out) },
        _ => portable::encode(data, newline, out),
    }
}

/// Decodes `data`.
///
/// What `out` holds after an error is unspecified.
///
/// # Errors
///
/// The first that C finds, going through the text byte by byte.
///
/// # Panics
///
/// When `out` has less room than [`max_decoded_len`] says.
#[inline]
pub fn decode(data: &[u8], strict: bool, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    // SAFETY: the processor has what its own level names.
    unsafe { decode_unchecked(Level::detect(), data, strict, out) }
}

/// [`decode`] with the kernels of `level`, or of the processor's own level if that is lower.
pub fn decode_at(level: Level, data: &[u8], strict: bool, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    // SAFETY: the processor has what its own level names, and levels include the lower ones.
    unsafe { decode_unchecked(level.min(Level::detect()), data, strict, out) }
}

/// # Safety
///
/// The processor has the instructions of `level`.
#[inline]
unsafe fn decode_unchecked(level: Level, data: &[u8], strict: bool, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    assert!(max_decoded_len(data.len()) <= out.remaining(), "no room for the data");
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller vouches for the instructions.
        Level::Avx512 => unsafe { avx512::decode(data, strict, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller vouches for the instructions.
        Level::Avx2 => unsafe { avx2::decode(data, strict, out) },
        _ => portable::decode(data, strict, out),
    }
}
