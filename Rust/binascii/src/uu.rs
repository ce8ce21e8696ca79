//! Uuencoding of one line: a length character, then four characters for every three bytes.
//!
//! A character carries six bits, most significant first, as `' ' + value`; zero may also be written as a backtick,
//! which survives mail systems that strip spaces. A line holds at most 45 bytes, so a call is short and its fixed cost
//! is what matters.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx512;

#[cfg(test)]
mod tests;

use cpu_level::Level;
use outbuf::OutBuf;

/// The most bytes that [`encode`] puts on a line.
pub const MAX_LINE: usize = 45;

/// Why a line cannot be encoded or decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// More than [`MAX_LINE`] bytes were to be encoded: "At most 45 bytes at once".
    LineTooLong,
    /// The text is empty: "Missing length byte".
    MissingLength,
    /// A character outside the alphabet stands where data is expected: "Illegal char".
    IllegalChar,
    /// Something other than padding follows the data: "Trailing garbage".
    TrailingGarbage,
}

impl Error {
    /// The message of the C module.
    pub fn message(self) -> &'static str {
        match self {
            Self::LineTooLong => "At most 45 bytes at once",
            Self::MissingLength => "Missing length byte",
            Self::IllegalChar => "Illegal char",
            Self::TrailingGarbage => "Trailing garbage",
        }
    }
}

/// How many characters the encoding of `len` bytes takes, length character and line feed included.
///
/// # Errors
///
/// [`Error::LineTooLong`].
#[inline]
pub fn encoded_len(len: usize) -> Result<usize, Error> {
    if len > MAX_LINE { Err(Error::LineTooLong) } else { Ok(2 + len.div_ceil(3) * 4) }
}

/// Encodes `data` as one line that ends in a line feed; zeros become backticks instead of spaces when `backtick`.
///
/// `out` needs space for [`encoded_len`] more characters.
///
/// # Errors
///
/// [`Error::LineTooLong`], with nothing written.
#[inline]
pub fn encode(data: &[u8], backtick: bool, out: &mut OutBuf<'_>) -> Result<(), Error> {
    encode_at(Level::detect(), data, backtick, out)
}

/// [`encode`] with the kernel of `level`, or of the processor's own level if that is lower.
#[inline]
fn encode_at(level: Level, data: &[u8], backtick: bool, out: &mut OutBuf<'_>) -> Result<(), Error> {
    encoded_len(data.len())?;
    match level.min(Level::detect()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has what its own level names.
        Level::Avx512 => unsafe { avx512::encode(data, backtick, out) },
        _ => portable::encode(data, backtick, out),
    }
    Ok(())
}

/// How many bytes the line says that it holds: 0 to 63.
///
/// # Errors
///
/// [`Error::MissingLength`].
#[inline]
pub fn decoded_len(data: &[u8]) -> Result<usize, Error> {
    let first = data.first().ok_or(Error::MissingLength)?;
    Ok(usize::from(first.wrapping_sub(b' ') & 0x3f))
}

/// Decodes one line.
///
/// Characters that are missing, and line ends in the middle, count as spaces that some program has stripped. `out`
/// needs space for [`decoded_len`] more bytes.
///
/// # Errors
///
/// All but [`Error::LineTooLong`], with nothing written.
#[inline]
pub fn decode(data: &[u8], out: &mut OutBuf<'_>) -> Result<(), Error> {
    decode_at(Level::detect(), data, out)
}

/// [`decode`] with the kernel of `level`, or of the processor's own level if that is lower.
#[inline]
fn decode_at(level: Level, data: &[u8], out: &mut OutBuf<'_>) -> Result<(), Error> {
    let len = decoded_len(data)?;
    let text = &data[1..];
    match level.min(Level::detect()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has what its own level names.
        Level::Avx512 if len <= avx512::MAX_DECODED => unsafe { avx512::decode(text, len, out) },
        _ => portable::decode(text, len, out),
    }
}

/// How many characters carry bits of `len` bytes: an incomplete last group ends early.
#[inline]
fn data_chars(len: usize) -> usize {
    (len * 8).div_ceil(6)
}

/// Whether `rest` has nothing but what may follow the data.
#[inline]
fn is_padding(rest: &[u8]) -> bool {
    let is_padding = |character: &u8| matches!(character, b' ' | b'`' | b'\n' | b'\r');
    // The characters of a block are compared without a branch for each, so that the compiler can use vectors.
    let (blocks, last) = rest.as_chunks::<64>();
    let all = |block: &[u8; 64]| block.iter().fold(true, |all, character| all & is_padding(character));
    blocks.iter().all(all) && last.iter().all(is_padding)
}
