//! Hexadecimal without vector intrinsics: loops of a fixed length over bytes, which the compiler turns into whatever
//! vector instructions it may use.
//!
//! All is `inline(always)`: a caller with more instructions enabled gets its own, wider version.

use super::{DIGITS, DecodeError};
use outbuf::OutBuf;

/// How many bytes the vectorised loops take at a time.
const BLOCK: usize = 32;

/// How many bytes they take of what is too short for that.
const SMALL_BLOCK: usize = 16;

/// Encodes all of `data`.
#[inline(always)]
pub(super) fn encode(data: &[u8], out: &mut OutBuf<'_>) {
    let (blocks, rest) = data.as_chunks::<BLOCK>();
    for block in blocks {
        out.extend_from_slice(digits(block).as_flattened());
    }
    let (small_blocks, rest) = rest.as_chunks::<SMALL_BLOCK>();
    for block in small_blocks {
        out.extend_from_slice(digits(block).as_flattened());
    }
    for byte in rest {
        out.extend_from_slice(&PAIRS[usize::from(*byte)]);
    }
}

/// The two digits of each byte.
pub(super) static PAIRS: [[u8; 2]; 256] = {
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < pairs.len() {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// The two digits of each byte.
#[inline(always)]
fn digits<const N: usize>(bytes: &[u8; N]) -> [[u8; 2]; N] {
    // Arithmetic rather than a table: a vector has no quick look-up in every instruction set.
    let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
    bytes.map(|byte| [digit(byte >> 4), digit(byte & 15)])
}

/// Encodes all of `data`, with `sep` between each two groups of `group` bytes.
#[inline(always)]
pub(super) fn encode_groups(data: &[u8], sep: u8, group: usize, out: &mut OutBuf<'_>) {
    let mut groups = data.chunks(group);
    if let Some(first) = groups.next() {
        encode(first, out);
    }
    if group >= SMALL_BLOCK {
        for group in groups {
            out.push(sep);
            encode(group, out);
        }
        return;
    }
    // A buffer of this function's own, which unlike `out` can live in registers: its length is not stored and loaded again
    // around every write to memory that might hold it.
    let mut text = OutBuf::new(out.spare_mut());
    for group in groups {
        let (first, rest) = (group[0], &group[1..]);
        let [high, low] = PAIRS[usize::from(first)];
        text.extend_from_slice(&[sep, high, low]);
        for byte in rest {
            text.extend_from_slice(&PAIRS[usize::from(*byte)]);
        }
    }
    let len = text.len();
    // SAFETY: `text` is over the spare memory of `out`, and has been filled to `len`.
    unsafe { out.advance(len) }
}

/// Decodes all of `pairs`.
#[inline(always)]
pub(super) fn decode(pairs: &[[u8; 2]], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    let (blocks, rest) = pairs.as_chunks::<BLOCK>();
    for block in blocks {
        out.extend_from_slice(&bytes(block)?);
    }
    for pair in rest {
        out.extend_from_slice(&bytes(&[*pair])?);
    }
    Ok(())
}

/// The byte of each two digits.
#[inline(always)]
fn bytes<const N: usize>(pairs: &[[u8; 2]; N]) -> Result<[u8; N], DecodeError> {
    let mut invalid = false;
    let mut value = |digit: u8| {
        let number = digit.wrapping_sub(b'0');
        let letter = (digit | 0x20).wrapping_sub(b'a');
        invalid |= number >= 10 && letter >= 6;
        if number < 10 { number } else { letter.wrapping_add(10) }
    };
    let bytes = pairs.map(|[high, low]| value(high) << 4 | value(low));
    if invalid { Err(DecodeError::NonHexDigit) } else { Ok(bytes) }
}
