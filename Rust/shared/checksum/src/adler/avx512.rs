//! Adler-32 with AVX-512 (VNNI): groups of four vectors.
//!
//! One instruction multiplies 64 bytes by weights and adds the products up by fours. With weights of 1 that is the
//! first sum. In the second, a byte counts once for itself and each byte after it: within a pair of vectors 128 times
//! for the first down to once for the last, which as weights are one less, so that they are not more than 127, the most
//! there can be. The difference is the first sum again; and each pair counts 128 times for each pair after it.

use super::{BASE, NMAX};
use core::arch::x86_64::*;

/// The bytes of a group.
pub(super) const GROUP: usize = 256;

/// The number of groups that are added up before the sums are reduced modulo `BASE`. With each group a lane of the
/// first sum grows by at most 2 * 4 * 255, so the sum of its values is at most 1024 * 1024 * 1020. A lane of the second
/// sum grows by at most 4 * 255 * 127. Both stay below 2^31.
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
    // SAFETY: the reference is valid for 64 bytes, and the load needs no alignment.
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

/// The most bytes for [`update_short`]: zlib's `NMAX`, so that the sums stay below 2^32.
pub(super) const MAX_SHORT: usize = NMAX;

/// The weights of one vector.
static SHORT_WEIGHTS: [u8; 64] = {
    let mut weights = [0; 64];
    let mut index = 0;
    while index < 64 {
        weights[index] = 64 - index as u8;
        index += 1;
    }
    weights
};

/// Continues `adler` over at least one byte and at most [`MAX_SHORT`].
///
/// The vector that is not full is the first one: its bytes are at its end, after zeros, which do not change the sums.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,sse4.1")]
pub(super) fn update_short(adler: u32, data: &[u8]) -> u32 {
    debug_assert!((1..=MAX_SHORT).contains(&data.len()));
    if data.len() <= 16 {
        let absent = 16 - data.len();
        // SAFETY: the mask leaves out the bytes before the data, which are not read.
        let bytes = unsafe { _mm_maskz_loadu_epi8(u16::MAX << absent, data.as_ptr().wrapping_sub(absent).cast()) };
        let zero = _mm_setzero_si128();
        let weights = _mm_set_epi8(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        let weighted = _mm_dpbusd_epi32(zero, bytes, weights);
        let weighted = _mm_add_epi32(weighted, _mm_shuffle_epi32::<0b01_00_11_10>(weighted));
        let weighted = _mm_add_epi32(weighted, _mm_shuffle_epi32::<0b10_11_00_01>(weighted));
        let sums = _mm_sad_epu8(bytes, zero);
        let sum = _mm_cvtsi128_si32(sums) + _mm_extract_epi32::<2>(sums);
        return total(adler, data.len(), sum as u32, _mm_cvtsi128_si32(weighted) as u32);
    }
    let absent = data.len().wrapping_neg() % 64;
    let (first, rest) = data.split_at(64 - absent);
    let (mut vectors, _) = rest.as_chunks::<64>();
    let zero = _mm512_setzero_si512();
    let one = _mm512_set1_epi8(1);
    let weights = load(&SHORT_WEIGHTS);
    // SAFETY: the mask leaves out the bytes before the data, which are not read.
    let first = unsafe { _mm512_maskz_loadu_epi8(u64::MAX << absent, first.as_ptr().wrapping_sub(absent).cast()) };
    // Of the first and the second vector of each pair: the sums of the bytes, and within each vector the second sum. An odd one
    // is the second vector of a pair.
    let (mut sums, mut weighted) = ([zero; 2], [zero; 2]);
    let mut second = first;
    if let [next, others @ ..] = vectors
        && others.len().is_multiple_of(2)
    {
        sums[0] = _mm512_dpbusd_epi32(zero, first, one);
        weighted[0] = _mm512_dpbusd_epi32(zero, first, weights);
        second = load(next);
        vectors = others;
    }
    sums[1] = _mm512_dpbusd_epi32(zero, second, one);
    weighted[1] = _mm512_dpbusd_epi32(zero, second, weights);
    let mut before = zero;
    let (pairs, _) = vectors.as_chunks::<2>();
    for pair in pairs {
        before = _mm512_add_epi32(before, _mm512_add_epi32(sums[0], sums[1]));
        for n in 0..2 {
            let vector = load(&pair[n]);
            sums[n] = _mm512_dpbusd_epi32(sums[n], vector, one);
            weighted[n] = _mm512_dpbusd_epi32(weighted[n], vector, weights);
        }
    }
    let weighted = _mm512_add_epi32(
        _mm512_add_epi32(weighted[0], weighted[1]),
        // A byte counts once for each byte after it in its pair, and in later pairs.
        _mm512_add_epi32(_mm512_slli_epi32::<6>(sums[0]), _mm512_slli_epi32::<7>(before)),
    );
    let sum = _mm512_reduce_add_epi32(_mm512_add_epi32(sums[0], sums[1]));
    total(adler, data.len(), sum as u32, _mm512_reduce_add_epi32(weighted) as u32)
}

/// The checksum from the two sums of `len` bytes, which are the last.
#[inline]
fn total(adler: u32, len: usize, sum: u32, weighted: u32) -> u32 {
    let (a, b) = (adler & 0xffff, adler >> 16);
    (((b + a * len as u32 + weighted) % BASE) << 16) | ((a + sum) % BASE)
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
