//! Hexadecimal with SSE2, which every x86-64 processor has: 16 or 8 bytes at a time, for short data.

use super::DIGITS;
use core::arch::x86_64::*;
use core::mem::MaybeUninit;

/// The difference between a letter and the character that comes after `9`.
const LETTER: i8 = (DIGITS[10] - b'9' - 1) as i8;

/// The two digits of each of the lower eight bytes, and of each of the upper eight.
#[inline]
#[target_feature(enable = "sse2")]
fn digits(bytes: __m128i) -> [__m128i; 2] {
    let nibble = _mm_set1_epi8(0x0f);
    let (high, low) = (_mm_and_si128(_mm_srli_epi16::<4>(bytes), nibble), _mm_and_si128(bytes, nibble));
    [_mm_unpacklo_epi8(high, low), _mm_unpackhi_epi8(high, low)].map(|values| {
        let letters = _mm_and_si128(_mm_cmpgt_epi8(values, _mm_set1_epi8(9)), _mm_set1_epi8(LETTER));
        _mm_add_epi8(_mm_add_epi8(values, _mm_set1_epi8(b'0' as i8)), letters)
    })
}

/// Encodes 16 bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn encode_16(bytes: &[u8; 16], text: &mut [MaybeUninit<u8>; 32]) {
    // SAFETY: the reference is valid for 16 bytes, and the load needs no alignment.
    let [first, second] = digits(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) });
    let text = text.as_mut_ptr();
    // SAFETY: the reference is valid for 32 bytes, of which these are the first 16.
    unsafe { _mm_storeu_si128(text.cast(), first) };
    // SAFETY: the reference is valid for 32 bytes, so an offset of 16 is inside of it.
    let text = unsafe { text.add(16) };
    // SAFETY: these are the other 16.
    unsafe { _mm_storeu_si128(text.cast(), second) };
}

/// Encodes 8 bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn encode_8(bytes: &[u8; 8], text: &mut [MaybeUninit<u8>; 16]) {
    let [digits, _] = digits(_mm_cvtsi64_si128(i64::from_le_bytes(*bytes)));
    // SAFETY: the reference is valid for 16 bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(text.as_mut_ptr().cast(), digits) };
}

/// The bytes of eight pairs of digits, in the lower half of a vector, and the mask of the digits among 16 characters.
#[inline]
#[target_feature(enable = "sse2")]
fn bytes(text: __m128i) -> (__m128i, i32) {
    let number = _mm_sub_epi8(text, _mm_set1_epi8(b'0' as i8));
    let letter = _mm_sub_epi8(_mm_or_si128(text, _mm_set1_epi8(0x20)), _mm_set1_epi8(b'a' as i8));
    let is_number = _mm_cmpeq_epi8(_mm_min_epu8(number, _mm_set1_epi8(9)), number);
    let is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
    let letter = _mm_add_epi8(letter, _mm_set1_epi8(10));
    let values = _mm_or_si128(_mm_and_si128(is_number, number), _mm_and_si128(is_letter, letter));
    // The high nibble comes first, and so is in the low byte of an element of 16 bits.
    let joined = _mm_or_si128(_mm_slli_epi16::<4>(values), _mm_srli_epi16::<8>(values));
    let bytes = _mm_packus_epi16(_mm_and_si128(joined, _mm_set1_epi16(0xff)), _mm_setzero_si128());
    (bytes, _mm_movemask_epi8(_mm_or_si128(is_number, is_letter)))
}

/// Decodes eight pairs, and says whether all are digits.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn decode_8(pairs: &[[u8; 2]; 8]) -> ([u8; 8], bool) {
    // SAFETY: the reference is valid for 16 bytes, and the load needs no alignment.
    let (bytes, valid) = bytes(unsafe { _mm_loadu_si128(pairs.as_ptr().cast()) });
    (_mm_cvtsi128_si64(bytes).to_le_bytes(), valid == 0xffff)
}

/// Decodes four pairs, and says whether all are digits.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn decode_4(pairs: &[[u8; 2]; 4]) -> ([u8; 4], bool) {
    let &[[a, b], [c, d], [e, f], [g, h]] = pairs;
    let (bytes, valid) = bytes(_mm_cvtsi64_si128(i64::from_le_bytes([a, b, c, d, e, f, g, h])));
    (_mm_cvtsi128_si32(bytes).to_le_bytes(), valid & 0xff == 0xff)
}
