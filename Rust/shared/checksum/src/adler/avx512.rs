//! Adler-32 with AVX-512 (VNNI): groups of four vectors.
//!
//! One instruction multiplies 64 bytes by weights and adds the products up by fours. With weights of 1 that is the first
//! sum. In the second, a byte counts once for itself and each byte after it: within a pair of vectors 128 times for the
//! first down to once for the last, which as weights are one less, so that they are not more than 127, the most there can
//! be. The difference is the first sum once more; and each pair counts 128 times for each pair after it.

use super::BASE;
use core::arch::x86_64::*;

/// The bytes of a group.
pub(super) const GROUP: usize = 256;

/// How many groups are added up before the sums are brought into range. A part of the first sum grows by 2 * 4 * 255 with
/// each group, so that the sum over its values comes to 1024 * 1024 * 1020, and a part of the second by 4 * 255 * 127:
/// each below 2^31.
const GROUPS: usize = 1024;

/// The weights of a pair of vectors.
static WEIGHTS: [[u8; 64]; 2] = {
    let mut weights = [[0; 64]; 2];
    let mut index = 0;
    while index < 128 {
        weights[index / 64][index % 64] = 127 - index as u8;
        index += 1;
    }
    weights
};

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the reference is good for 64 bytes, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The sum of the parts.
#[inline]
#[target_feature(enable = "avx512f")]
fn sum(parts: __m512i) -> u64 {
    let low = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(parts));
    let high = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64::<1>(parts));
    _mm512_reduce_add_epi64(_mm512_add_epi64(low, high)) as u64
}

/// The weights of one vector, and zeros: the weights of its first bytes for a vector of fewer.
static SHORT_WEIGHTS: [u8; 127] = {
    let mut weights = [0; 127];
    let mut index = 0;
    while index < 64 {
        weights[index] = 64 - index as u8;
        index += 1;
    }
    weights
};

/// The most bytes for [`update_short`]: a part of the sums of `before` grows by 4 * 255 for each vector before it, so that the sum of its
/// values stays below 2^31.
const MAX_SHORT: usize = 8192;

/// Continues `adler` over at most [`MAX_SHORT`] bytes, of which the last ones need not fill a vector.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn update_short(adler: u32, data: &[u8]) -> u32 {
    debug_assert!(data.len() <= MAX_SHORT);
    let (vectors, tail) = data.as_chunks();
    let (a, b) = (u64::from(adler & 0xffff), u64::from(adler >> 16));
    let zero = _mm512_setzero_si512();
    let one = _mm512_set1_epi8(1);
    let (mut sums, mut weighted) = (zero, zero);
    let mut first = 0;
    let mut before = 0;
    if !vectors.is_empty() {
        let (weights, _) = SHORT_WEIGHTS.split_first_chunk().expect("127 is more than 64");
        let weights = load(weights);
        let mut all_before = zero;
        for vector in vectors {
            let vector = load(vector);
            all_before = _mm512_add_epi32(all_before, sums);
            sums = _mm512_dpbusd_epi32(sums, vector, one);
            weighted = _mm512_dpbusd_epi32(weighted, vector, weights);
        }
        first = _mm512_reduce_add_epi32(sums) as u32;
        before = _mm512_reduce_add_epi32(all_before) as u32;
    }
    let mut last = 0;
    if !tail.is_empty() {
        let mask = u64::MAX >> (64 - tail.len());
        // SAFETY: only the bytes of `tail` are read, since the mask has as many bits.
        let vector = unsafe { _mm512_maskz_loadu_epi8(mask, tail.as_ptr().cast()) };
        let weights = SHORT_WEIGHTS[64 - tail.len()..].first_chunk().expect("64 weights after any of the first 64");
        weighted = _mm512_dpbusd_epi32(weighted, vector, load(weights));
        last = _mm512_reduce_add_epi32(_mm512_dpbusd_epi32(zero, vector, one)) as u32;
    }
    let weighted = _mm512_reduce_add_epi32(weighted) as u32;
    let b =
        b + a * data.len() as u64 + 64 * u64::from(before) + u64::from(first) * tail.len() as u64 + u64::from(weighted);
    let a = a + u64::from(first) + u64::from(last);
    let base = u64::from(BASE);
    (((b % base) << 16) | (a % base)) as u32
}

/// Continues `adler` over whole groups.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn update(adler: u32, groups: &[[u8; GROUP]]) -> u32 {
    let (mut a, mut b) = (u64::from(adler & 0xffff), u64::from(adler >> 16));
    let base = u64::from(BASE);
    let zero = _mm512_setzero_si512();
    let one = _mm512_set1_epi8(1);
    let weights = [load(&WEIGHTS[0]), load(&WEIGHTS[1])];
    for piece in groups.chunks(GROUPS) {
        // Of the first and of the second pair of each group: the first sum, its values before each group, the second.
        let (mut sums, mut before, mut weighted) = ([zero; 2], [zero; 2], [zero; 4]);
        for group in piece {
            let (vectors, _) = group.as_chunks();
            for pair in 0..2 {
                let (first, second) = (load(&vectors[2 * pair]), load(&vectors[2 * pair + 1]));
                before[pair] = _mm512_add_epi32(before[pair], sums[pair]);
                sums[pair] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(sums[pair], first, one), second, one);
                weighted[2 * pair] = _mm512_dpbusd_epi32(weighted[2 * pair], first, weights[0]);
                weighted[2 * pair + 1] = _mm512_dpbusd_epi32(weighted[2 * pair + 1], second, weights[1]);
            }
        }
        let (first, second) = (sum(sums[0]), sum(sums[1]));
        b += a * (piece.len() * GROUP) as u64;
        b += weighted.into_iter().map(|parts| sum(parts)).sum::<u64>() + first + second;
        // Each first pair is before its second one.
        b += 128 * first + GROUP as u64 * (sum(before[0]) + sum(before[1]));
        a = (a + first + second) % base;
        b %= base;
    }
    (((b % base) << 16) | (a % base)) as u32
}
