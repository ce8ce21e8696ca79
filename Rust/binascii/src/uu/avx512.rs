//! Uuencoding with AVX-512 (VBMI): a line fits one vector, so nothing is left for scalar code.
//!
//! # Encoding
//!
//! A line is its length, then the data, in six-bit fields; each character but the line feed is such a field looked up.
//! Eight characters come from a 64-bit element with the first byte on top, in which every field is a run of adjacent
//! bits: the last field of one group, all of the next, and three of the one after that. One byte permutation lays the
//! elements out, with the length as the byte before the data, and one multishift moves the fields to a byte each. The
//! look-up takes no notice of the upper two bits of a byte.
//!
//! # Decoding
//!
//! All characters are looked up, also those after the data, where every character with the value zero is legal. The
//! mask of the look-up gives that value to characters that are missing, too. Two multiply-and-add steps join four
//! values to 24 bits, and a permutation closes the gaps.

use super::{Error, MAX_LINE, data_chars, is_padding};
use crate::avx512 as vector;
use core::arch::x86_64::*;
use outbuf::OutBuf;

/// The most bytes that [`decode`] can decode.
pub(super) const MAX_DECODED: usize = 48;

/// The characters by value, with a space for zero and with a backtick.
static CHARACTERS: vector::Aligned<[[u8; 64]; 2]> = vector::Aligned({
    let mut characters = [[0; 64]; 2];
    let mut value = 0;
    while value < 64 {
        characters[0][value] = b' ' + value as u8;
        characters[1][value] = b' ' + value as u8;
        value += 1;
    }
    characters[1][0] = b'`';
    characters
});

/// The values of the ASCII characters; those that are illegal among the data have the top bit set.
static VALUES: vector::Aligned<[[u8; 64]; 2]> = vector::Aligned({
    let mut values = [[0x80; 64]; 2];
    let mut character = b' ';
    while character <= b'`' {
        values[character as usize / 64][character as usize % 64] = (character - b' ') % 64;
        character += 1;
    }
    values[0][b'\n' as usize] = 0;
    values[0][b'\r' as usize] = 0;
    values
});

/// Where the bytes of the encoder's elements come from, each from the end of its second whole group back to the byte
/// before its first, and one more that does not count. The byte before the data is at the end of the vector.
static SPREAD: vector::Aligned<[u8; 64]> = vector::Aligned({
    let mut indices = [0; 64];
    let mut i = 0;
    while i < 64 {
        indices[i] = ((i / 8 * 6 + 5).wrapping_sub(i % 8) % 64) as u8;
        i += 1;
    }
    indices
});

/// Where the decoded bytes are: each 32-bit element has three, the last of them first. The last 16 indices do not
/// count.
static CLOSE: vector::Aligned<[u8; 64]> = vector::Aligned({
    let mut indices = [0; 64];
    let mut i = 0;
    while i < MAX_DECODED {
        indices[i] = (i / 3 * 4) as u8 + [2, 1, 0][i % 3];
        i += 1;
    }
    indices
});

/// Encodes at most [`MAX_LINE`] bytes.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode(data: &[u8], backtick: bool, out: &mut OutBuf<'_>) {
    assert!(data.len() <= MAX_LINE, "a line too long");
    let len = 2 + data.len().div_ceil(3) * 4;
    let line = &mut out.spare_mut()[..len];
    // Bytes that are not there count as zeros.
    let bytes = _mm512_mask_set1_epi8(vector::load_partial(data), 1 << 63, data.len() as i8);
    let bits = _mm512_permutexvar_epi8(vector::load(&SPREAD), bytes);
    // Where the fields begin.
    let shifts = _mm512_set1_epi64(i64::from_le_bytes([48, 42, 36, 30, 24, 18, 12, 6]));
    let values = _mm512_multishift_epi64_epi8(shifts, bits);
    let characters = _mm512_permutexvar_epi8(values, vector::load(&CHARACTERS[usize::from(backtick)]));
    vector::store_partial(line, _mm512_mask_set1_epi8(characters, 1 << (len - 1), b'\n' as i8));
    // SAFETY: the whole line, at most 62 characters, has just been stored.
    unsafe { out.advance(len) }
}

/// Decodes `len` bytes, at most [`MAX_DECODED`], from the text after the length character.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn decode(text: &[u8], len: usize, out: &mut OutBuf<'_>) -> Result<(), Error> {
    assert!(len <= MAX_DECODED, "a line too long");
    let characters = vector::load_partial(text);
    let [low, high] = [0, 1].map(|half| vector::load(&VALUES[half]));
    let values = _mm512_maskz_permutex2var_epi8(vector::first_lanes(text.len()), low, characters, high);
    // The look-up does not see the top bit of a character.
    let marked = _mm512_or_si512(values, _mm512_and_si512(characters, _mm512_set1_epi8(-0x80)));
    let data = vector::first_lanes(data_chars(len));
    if _mm512_movepi8_mask(marked) & data != 0 {
        return Err(Error::IllegalChar);
    }
    if _mm512_test_epi8_mask(marked, marked) & !data != 0 || !text.get(64..).is_none_or(is_padding) {
        return Err(Error::TrailingGarbage);
    }
    let pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0140));
    let groups = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0001_1000));
    let bytes = _mm512_permutexvar_epi8(vector::load(&CLOSE), groups);
    vector::store_partial(&mut out.spare_mut()[..len], bytes);
    // SAFETY: these `len` bytes, fewer than a vector has, have just been stored.
    unsafe { out.advance(len) }
    Ok(())
}
