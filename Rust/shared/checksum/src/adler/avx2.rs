//! Adler-32 with AVX2: vectors of 32 bytes.

use super::{BASE, NMAX};
use core::arch::x86_64::*;

/// The bytes of a vector.
const VECTOR: usize = 32;

/// A byte counts once for itself and once for each byte after it in the vector.
static WEIGHTS: [u8; VECTOR] = {
    let mut weights = [0; VECTOR];
    let mut index = 0;
    while index < VECTOR {
        weights[index] = (VECTOR - index) as u8;
        index += 1;
    }
    weights
};

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; VECTOR]) -> __m256i {
    // SAFETY: the reference is valid for 32 bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// The sum of the eight parts.
#[inline]
#[target_feature(enable = "avx2")]
fn sum(parts: __m256i) -> u32 {
    let four = _mm_add_epi32(_mm256_castsi256_si128(parts), _mm256_extracti128_si256::<1>(parts));
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two))) as u32
}

/// Continues `adler` over whole vectors.
#[target_feature(enable = "avx2")]
pub(super) fn update(adler: u32, vectors: &[[u8; VECTOR]]) -> u32 {
    let (mut a, mut b) = (adler & 0xffff, adler >> 16);
    let zero = _mm256_setzero_si256();
    let one = _mm256_set1_epi16(1);
    let weights = load(&WEIGHTS);
    for piece in vectors.chunks(NMAX / VECTOR) {
        // The first sum, its values before each vector, and the second sum within each vector.
        let (mut sums, mut before, mut weighted) = (zero, zero, zero);
        for vector in piece {
            let vector = load(vector);
            before = _mm256_add_epi32(before, sums);
            sums = _mm256_add_epi32(sums, _mm256_sad_epu8(vector, zero));
            // Two products of at most 255 * 32 fit into 16 bits.
            let pairs = _mm256_maddubs_epi16(vector, weights);
            weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(pairs, one));
        }
        // As in zlib, NMAX bytes do not overflow 32 bits.
        b += a * (piece.len() * VECTOR) as u32 + VECTOR as u32 * sum(before) + sum(weighted);
        a = (a + sum(sums)) % BASE;
        b %= BASE;
    }
    b << 16 | a
}
