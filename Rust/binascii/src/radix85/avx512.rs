//! Radix 85 with AVX-512 (VBMI and VBMI2): 64 bytes are 80 characters.
//!
//! # Encoding
//!
//! Each 32-bit element is divided by 85² with a multiplication by the reciprocal (Granlund and Montgomery, "Division by
//! invariant integers using multiplication", 1994), and so is the quotient, in floating point, which is exact for its few
//! bits. The two remainders are 13-bit numbers in one element, which one 16-bit multiplication divides by 85. The first
//! digits are in one vector then and the other four in another: a permutation interleaves them, and one more looks up the
//! characters. A group with a short form gets a first digit of 85 or 86, and a compression drops its other characters.
//!
//! # Decoding
//!
//! The look-up is that of base64. Multiply-and-add steps join the last four digits of each group; a comparison after the
//! addition of the first one finds the numbers that do not fit 32 bits.

use super::{GROUP, GROUP_BYTES, RADIX2, RADIX4, ShortForms};
use crate::alphabet::ReverseTable;
use crate::avx512 as vector;
use core::arch::x86_64::*;
use outbuf::OutBuf;

/// The groups of a vector.
const GROUPS: usize = 16;

/// Reverses the bytes of 32-bit elements.
static REVERSE: vector::Aligned<[u8; 64]> = vector::Aligned({
    let mut indices = [0; 64];
    let mut i = 0;
    while i < 64 {
        indices[i] = (i ^ 3) as u8;
        i += 1;
    }
    indices
});

/// For each of 80 characters (and 48 places unused), where the digit is: the first digits are the lowest bytes of the elements
/// of the second vector, and the other four the elements of the first one.
static INTERLEAVE: vector::Aligned<[u8; 128]> = vector::Aligned({
    let mut indices = [0; 128];
    let mut i = 0;
    while i < GROUPS * GROUP {
        let element = i / GROUP * 4;
        indices[i] = (if i % GROUP == 0 { 64 + element } else { element + i % GROUP - 1 }) as u8;
        i += 1;
    }
    indices
});

/// For each byte of the vector of the other four digits, and of the vector of the first ones, which character it is.
static OTHERS: vector::Aligned<[u8; 64]> = vector::Aligned({
    let mut indices = [0; 64];
    let mut i = 0;
    while i < 64 {
        indices[i] = (i / 4 * GROUP + 1 + i % 4) as u8;
        i += 1;
    }
    indices
});
static FIRST: vector::Aligned<[u8; 64]> = vector::Aligned({
    let mut indices = [0; 64];
    let mut i = 0;
    while i < 64 {
        indices[i] = (i / 4 * GROUP) as u8;
        i += 1;
    }
    indices
});

/// Encodes groups.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) fn encode_groups(
    groups: &[[u8; GROUP_BYTES]],
    alphabet: &[u8; 85],
    short: ShortForms,
    out: &mut OutBuf<'_>,
) {
    // The 87 characters of digits and short forms.
    let mut characters = vector::Aligned([0; 128]);
    characters.0[..85].copy_from_slice(alphabet);
    characters.0[85..87].copy_from_slice(b"zy");
    let (halves, _) = characters.as_chunks::<64>();
    let (low, high) = (vector::load(&halves[0]), vector::load(&halves[1]));
    let (interleave, _) = INTERLEAVE.as_chunks::<64>();
    let interleave = [vector::load(&interleave[0]), vector::load(&interleave[1])];
    let reverse = vector::load(&REVERSE);

    for block in groups.chunks(GROUPS) {
        let bytes = block.as_flattened();
        let values = _mm512_shuffle_epi8(vector::load_partial(bytes), reverse);
        let (mut first, others) = digits(values);
        let present = (1u32 << block.len()).wrapping_sub(1) as u16;
        let zeros = if short.zeros { _mm512_cmpeq_epi32_mask(values, _mm512_setzero_si512()) } else { 0 };
        let spaces = if short.spaces { _mm512_cmpeq_epi32_mask(values, _mm512_set1_epi32(0x2020_2020)) } else { 0 };
        let shortened = (zeros | spaces) & present;
        if shortened != 0 {
            first = _mm512_mask_mov_epi32(first, zeros, _mm512_set1_epi32(85));
            first = _mm512_mask_mov_epi32(first, spaces, _mm512_set1_epi32(86));
        }
        let text = interleave.map(|indices| {
            let digits = _mm512_permutex2var_epi8(others, indices, first);
            _mm512_permutex2var_epi8(low, digits, high)
        });
        let len = block.len() * GROUP;
        if shortened == 0 {
            let (start, end) = out.spare_mut()[..len].split_at_mut(len.min(64));
            vector::store_partial(start, text[0]);
            vector::store_partial(end, text[1]);
            // SAFETY: all of the `len` characters, at most 80, have just been stored.
            unsafe { out.advance(len) }
            continue;
        }
        let dropped = dropped_characters(shortened);
        let kept = [vector::first_lanes(len), vector::first_lanes(len.saturating_sub(64))];
        for i in [0, 1] {
            let kept = kept[i] & !dropped[i];
            let len = kept.count_ones() as usize;
            vector::store_partial(&mut out.spare_mut()[..len], _mm512_maskz_compress_epi8(kept, text[i]));
            // SAFETY: these characters have just been stored.
            unsafe { out.advance(len) }
        }
    }
}

/// The masks of the characters to drop, of two vectors, for the groups that have a short form.
#[inline]
#[target_feature(enable = "bmi2")]
fn dropped_characters(shortened: u16) -> [u64; 2] {
    /// The first characters of thirteen groups, and of three in the second vector.
    const FIRSTS: u64 = {
        let (mut mask, mut group) = (0, 0);
        while group * GROUP < 64 {
            mask |= 1 << (group * GROUP);
            group += 1;
        }
        mask
    };
    let shortened = u64::from(shortened);
    let start = _pdep_u64(shortened, FIRSTS);
    // The last character of the thirteenth group is in the second vector.
    let end = _pdep_u64(shortened >> 13, 1 << 1 | 1 << 6 | 1 << 11);
    // The four after the first of each.
    [start.wrapping_mul(0b11110), (end * 0b11110) | (shortened >> 12 & 1)]
}

/// The first digit of each number, and the other four.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn digits(values: __m512i) -> (__m512i, __m512i) {
    /// 2**44 / 85², rounded up: right for all 32-bit numbers.
    const RECIPROCAL: i64 = (1 << 44) / RADIX2 as i64 + 1;
    /// Slightly above 1 / 85², so that the rounded products of the multiples are not below their quotients.
    const RECIPROCAL_F32: f32 = (1.0 + 1.0 / (1 << 22) as f32) / RADIX2 as f32;
    /// 2**22 / 85, rounded up: right for all numbers below 85².
    const RECIPROCAL_16: i16 = 49345u16 as i16;
    let radix2 = _mm512_set1_epi32(RADIX2 as i32);
    let reciprocal = _mm512_set1_epi64(RECIPROCAL);
    let even = _mm512_srli_epi64::<44>(_mm512_mul_epu32(values, reciprocal));
    let odd = _mm512_srli_epi64::<12>(_mm512_mul_epu32(_mm512_srli_epi64::<32>(values), reciprocal));
    let upper = _mm512_mask_mov_epi32(even, 0xaaaa, odd);
    let lower = _mm512_sub_epi32(values, _mm512_mullo_epi32(upper, radix2));
    let quotient = _mm512_mul_ps(_mm512_cvtepi32_ps(upper), _mm512_set1_ps(RECIPROCAL_F32));
    let first = _mm512_cvttps_epi32(quotient);
    let middle = _mm512_sub_epi32(upper, _mm512_mullo_epi32(first, radix2));
    let pairs = _mm512_or_si512(middle, _mm512_slli_epi32::<16>(lower));
    let tens = _mm512_srli_epi16::<6>(_mm512_mulhi_epu16(pairs, _mm512_set1_epi16(RECIPROCAL_16)));
    let ones = _mm512_sub_epi16(pairs, _mm512_mullo_epi16(tens, _mm512_set1_epi16(85)));
    (first, _mm512_or_si512(tens, _mm512_slli_epi16::<8>(ones)))
}

/// Decodes groups of five data characters, as [`super::decode_groups`] says. The alphabet is printable ASCII.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2")]
pub(super) fn decode_groups(data: &[u8], table: &ReverseTable, zero_ends: bool, out: &mut OutBuf<'_>) -> usize {
    debug_assert!(table.is_printable());
    let [low, high] = table.ascii_values().map(|half| vector::load(half));
    let (first, others) = (vector::load(&FIRST), vector::load(&OTHERS));
    let reverse = vector::load(&REVERSE);
    let mut done = 0;
    for block in data.chunks(GROUPS * GROUP) {
        // Missing characters are NUL, which is not in the alphabet.
        let (start, end) = block.split_at(block.len().min(64));
        let text = [vector::load_partial(start), vector::load_partial(end)];
        let values = text.map(|text| _mm512_permutex2var_epi8(low, text, high));
        let invalid = [0, 1].map(|i| _mm512_movepi8_mask(_mm512_or_si512(values[i], text[i])));
        let clean = u128::from(invalid[0]) | u128::from(invalid[1]) << 64;
        let groups = clean.trailing_zeros() as usize / GROUP;

        let others = _mm512_permutex2var_epi8(values[0], others, values[1]);
        let first = _mm512_permutex2var_epi8(values[0], first, values[1]);
        let first = _mm512_and_si512(first, _mm512_set1_epi32(0xff));
        let pairs = _mm512_maddubs_epi16(others, _mm512_set1_epi16(1 << 8 | 85));
        let others = _mm512_madd_epi16(pairs, _mm512_set1_epi32(1 << 16 | RADIX2 as i32));
        let first_value = _mm512_mullo_epi32(first, _mm512_set1_epi32(RADIX4 as i32));
        let numbers = _mm512_add_epi32(first_value, others);
        // With a first digit of 82 the sum may not fit, with a greater one not even the product.
        let mut stops = _mm512_cmplt_epu32_mask(numbers, first_value)
            | _mm512_cmpgt_epu32_mask(first, _mm512_set1_epi32((u32::MAX / RADIX4) as i32));
        if zero_ends {
            stops |= _mm512_cmpeq_epi32_mask(numbers, _mm512_setzero_si512());
        }
        let groups = groups.min(stops.trailing_zeros() as usize);
        let bytes = _mm512_shuffle_epi8(numbers, reverse);
        vector::store_partial(&mut out.spare_mut()[..groups * GROUP_BYTES], bytes);
        // SAFETY: these bytes, at most 64, have just been stored.
        unsafe { out.advance(groups * GROUP_BYTES) }
        done += groups * GROUP;
        if groups < GROUPS {
            break;
        }
    }
    done
}
