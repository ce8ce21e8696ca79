//! The CRC by carry-less multiplication: 64 or 256 bytes a step. The method is that of Gopal et al., "Fast CRC computation
//! for generic polynomials using PCLMULQDQ instruction" (Intel, 2009).
//!
//! Data is a polynomial over the field of two elements, the first bit the coefficient of the highest power, and its CRC
//! depends only on the remainder modulo the CRC's polynomial P. So 128 bits of data that stand d bits before others
//! may be replaced by anything that, moved by d bits, has the same remainder:
//!
//! ```text
//! (high * x^64 + low) * x^d  =  high * (x^(d+64) mod P) + low * (x^d mod P)    (mod P)
//! ```
//!
//! Both products, of 64 by 16 bits, fit in 128 bits, and are added (XOR) to the later data. Repeating that "folds" any
//! amount of data into 128 bits, to which the tables are applied. Several independent folds side by side hide the
//! latency of the multiplication.

use core::arch::x86_64::*;

/// x^exponent mod P.
const fn power(exponent: u32) -> i64 {
    let mut remainder: u16 = 1;
    let mut done = 0;
    while done < exponent {
        remainder = (remainder << 1) ^ (super::POLYNOMIAL * (remainder >> 15));
        done += 1;
    }
    remainder as i64
}

/// The factors that move 128 bits by `$distance` bits, the one for the high half first.
macro_rules! factors {
    ($distance:expr) => {
        (const { power($distance + 64) }, const { power($distance) })
    };
}

/// Loads 16 bytes as a polynomial: the first byte highest.
#[inline]
#[target_feature(enable = "ssse3")]
fn load128(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array has 16 bytes, and the load needs no alignment.
    let bytes = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    reverse128(bytes)
}

/// Reverses the order of the bytes.
#[inline]
#[target_feature(enable = "ssse3")]
fn reverse128(bytes: __m128i) -> __m128i {
    _mm_shuffle_epi8(bytes, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
}

/// The bytes of a polynomial, highest first.
#[inline]
#[target_feature(enable = "ssse3")]
fn bytes_of(polynomial: __m128i) -> [u8; 16] {
    let mut bytes = [0; 16];
    let reversed = reverse128(polynomial);
    // SAFETY: the array has 16 bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), reversed) };
    bytes
}

/// Moves `early` by the distance of the factors and adds it to `late`.
#[inline]
#[target_feature(enable = "pclmulqdq")]
fn fold128(early: __m128i, (high, low): (i64, i64), late: __m128i) -> __m128i {
    let factors = _mm_set_epi64x(high, low);
    let products =
        _mm_xor_si128(_mm_clmulepi64_si128(early, factors, 0x11), _mm_clmulepi64_si128(early, factors, 0x00));
    _mm_xor_si128(products, late)
}

/// Folds `first` and `blocks` into 16 bytes that have the same CRC, when that starts from 0; `crc` is what it really starts from.
#[target_feature(enable = "pclmulqdq,ssse3")]
pub(super) fn fold_pclmulqdq(crc: u16, first: &[u8; 64], blocks: &[[u8; 64]]) -> [u8; 16] {
    let load = |block: &[u8; 64]| {
        let (parts, _) = block.as_chunks();
        [load128(&parts[0]), load128(&parts[1]), load128(&parts[2]), load128(&parts[3])]
    };
    let mut sums = load(first);
    sums[0] = _mm_xor_si128(sums[0], _mm_set_epi64x(i64::from(crc) << 48, 0));
    for block in blocks {
        for (sum, part) in sums.iter_mut().zip(load(block)) {
            *sum = fold128(*sum, factors!(512), part);
        }
    }
    let [a, b, c, d] = sums;
    bytes_of(fold128(fold128(fold128(a, factors!(128), b), factors!(128), c), factors!(128), d))
}

/// Loads four polynomials.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load512(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array has 64 bytes, and the load needs no alignment.
    let bytes = unsafe { _mm512_loadu_epi8(bytes.as_ptr().cast()) };
    let order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    _mm512_shuffle_epi8(bytes, _mm512_broadcast_i32x4(order))
}

/// [`fold128`] four times.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn fold512(early: __m512i, (high, low): (i64, i64), late: __m512i) -> __m512i {
    let factors = _mm512_set_epi64(high, low, high, low, high, low, high, low);
    let high = _mm512_clmulepi64_epi128(early, factors, 0x11);
    let low = _mm512_clmulepi64_epi128(early, factors, 0x00);
    // The truth table of a XOR of three.
    _mm512_ternarylogic_epi64(high, low, late, 0x96)
}

/// [`fold_pclmulqdq`] with wider registers.
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq,pclmulqdq,ssse3")]
pub(super) fn fold_vpclmulqdq(crc: u16, first: &[u8; 64], blocks: &[[u8; 64]]) -> [u8; 16] {
    let crc = _mm512_zextsi128_si512(_mm_set_epi64x(i64::from(crc) << 48, 0));
    let mut sum = _mm512_xor_si512(load512(first), crc);
    let mut rest = blocks;
    // The first of four sums is there already.
    if let [b, c, d, after @ ..] = rest
        && after.len() >= 4
    {
        let mut sums = [sum, load512(b), load512(c), load512(d)];
        let (steps, after) = after.as_chunks::<4>();
        for step in steps {
            for (sum, block) in sums.iter_mut().zip(step) {
                *sum = fold512(*sum, factors!(2048), load512(block));
            }
        }
        let [a, b, c, d] = sums;
        sum = fold512(fold512(fold512(a, factors!(512), b), factors!(512), c), factors!(512), d);
        rest = after;
    }
    for block in rest {
        sum = fold512(sum, factors!(512), load512(block));
    }
    let [a, b, c, d] = [
        _mm512_extracti32x4_epi32(sum, 0),
        _mm512_extracti32x4_epi32(sum, 1),
        _mm512_extracti32x4_epi32(sum, 2),
        _mm512_extracti32x4_epi32(sum, 3),
    ];
    bytes_of(fold128(fold128(fold128(a, factors!(128), b), factors!(128), c), factors!(128), d))
}
