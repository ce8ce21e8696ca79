//! CRC-32 with AVX-512 and VPCLMULQDQ: Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
//! Instruction", Intel, 2009, with four lanes of 128 bits for each instruction.
//!
//! crc32fast has such a kernel for 2 KiB and more. This one has less to do before and after its loop:
//!
//! - The vector that is not full is the first one. Its bytes are loaded to the end of the vector, after zeros, which a CRC whose
//!   register is zero does not see. All later vectors are whole.
//! - The four lanes of the last vector are folded into one by one multiplication of each half.
//! - The last 96 bits are reduced by one Barrett reduction with a quotient of 64 bits.
//!
//! All bits are reflected: bit `i` of a register of `n` bits is the coefficient of x^(n-1-i).

use core::arch::x86_64::*;

/// The fewest bytes for [`update`]: as many as the CRC has.
pub(super) const MIN: usize = 4;

const VECTOR: usize = 64;

/// The polynomial, x^32 left out.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// x^exponent modulo the polynomial, as a factor of 64 bits. In a product with it there are 32 zeros after the last bit, the
/// coefficients below x^32.
const fn power(exponent: u32) -> i64 {
    let mut value = 1_u32 << 31;
    let mut times = 0;
    while times < exponent {
        value = value >> 1 ^ (POLYNOMIAL * (value & 1));
        times += 1;
    }
    (value as i64) << 1
}

/// The factors for both halves of a lane that is moved by that number of bits.
const fn fold_by(bits: u32) -> [i64; 2] {
    [power(bits + 32), power(bits - 32)]
}

// The first two constants of the paper's example.
const _: () = assert!(fold_by(128)[0] == 0x1_7519_97d0 && fold_by(128)[1] == 0x0_ccaa_009e);

/// The quotient of x^96 and the polynomial, but for its last bit, which does not count.
const QUOTIENT: i64 = {
    let divisor = 1_u128 << 32 | POLYNOMIAL.reverse_bits() as u128;
    let (mut rest, mut quotient, mut bit) = (1_u128 << 96, 0_u128, 65);
    while bit > 0 {
        bit -= 1;
        if rest >> (bit + 32) & 1 == 1 {
            rest ^= divisor << bit;
            quotient |= 1 << bit;
        }
    }
    ((quotient >> 1) as u64).reverse_bits() as i64
};

/// From here on the CRC's four bytes, and the index of a byte that is zero before and after them.
static PLACES: [u8; 3 * VECTOR] = {
    let mut places = [VECTOR as u8 - 1; 3 * VECTOR];
    let mut byte = 0;
    while byte < MIN {
        places[VECTOR + byte] = byte as u8;
        byte += 1;
    }
    places
};

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; VECTOR]) -> __m512i {
    // SAFETY: the reference is valid for 64 bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The same factors for each lane.
#[inline]
#[target_feature(enable = "avx512f")]
fn factors([low, high]: [i64; 2]) -> __m512i {
    _mm512_set4_epi64(high, low, high, low)
}

/// `next` plus each lane of `x`, moved as `factors` say.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn fold(x: __m512i, factors: __m512i, next: __m512i) -> __m512i {
    let low = _mm512_clmulepi64_epi128::<0x00>(x, factors);
    let high = _mm512_clmulepi64_epi128::<0x11>(x, factors);
    const XOR: i32 = 0x96;
    _mm512_ternarylogic_epi64::<XOR>(low, high, next)
}

/// The CRC that is left of 128 bits.
#[inline]
#[target_feature(enable = "avx512f,pclmulqdq,sse4.1")]
fn reduce(x: __m128i) -> u32 {
    // 96 bits: the first half times x^96, and the second times x^32.
    let product = _mm_clmulepi64_si128::<0x00>(x, _mm_cvtsi64_si128(const { power(96) }));
    let x = _mm_xor_si128(product, _mm_srli_si128::<8>(x));
    // Barrett reduction. The quotient is the first half of the first product.
    let quotient = _mm_clmulepi64_si128::<0x00>(x, _mm_cvtsi64_si128(QUOTIENT));
    let product = _mm_clmulepi64_si128::<0x00>(quotient, _mm_cvtsi64_si128((POLYNOMIAL as i64) << 1));
    !(_mm_extract_epi32::<2>(_mm_xor_si128(x, product)) as u32)
}

/// Continues `crc` over [`MIN`] bytes or more.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,pclmulqdq,vpclmulqdq,sse4.1")]
pub(super) fn update(crc: u32, data: &[u8]) -> u32 {
    assert!(data.len() >= MIN);
    let crc = _mm_cvtsi32_si128(!crc as i32);
    if data.len() <= 16 {
        let absent = 16 - data.len();
        // SAFETY: the mask leaves out the bytes before the data, which are not read.
        let bytes = unsafe { _mm_maskz_loadu_epi8(u16::MAX << absent, data.as_ptr().wrapping_sub(absent).cast()) };
        let places = PLACES[VECTOR - absent..].first_chunk::<16>().expect("there are three vectors");
        // SAFETY: the reference is valid for 16 bytes.
        let places = unsafe { _mm_loadu_si128(places.as_ptr().cast()) };
        return reduce(_mm_xor_si128(bytes, _mm_permutexvar_epi8(places, crc)));
    }
    // The first vector has 1 to 64 bytes.
    let absent = data.len().wrapping_neg() % VECTOR;
    let (first, rest) = data.split_at(VECTOR - absent);
    let (mut vectors, _) = rest.as_chunks::<VECTOR>();
    // SAFETY: the mask leaves out the bytes before the data, which are not read.
    let bytes = unsafe { _mm512_maskz_loadu_epi8(u64::MAX << absent, first.as_ptr().wrapping_sub(absent).cast()) };
    let crc = _mm512_zextsi128_si512(crc);
    let place = |absent: usize, places: usize| {
        let places = PLACES[places - absent..].first_chunk().expect("there are three vectors");
        _mm512_permutexvar_epi8(load(places), crc)
    };
    let mut x = _mm512_xor_si512(bytes, place(absent, VECTOR));
    if absent > VECTOR - MIN {
        // The last bytes of the CRC belong to the second vector.
        if let [next, others @ ..] = vectors {
            let next = _mm512_xor_si512(load(next), place(absent, 2 * VECTOR));
            x = fold(x, factors(const { fold_by(512) }), next);
            vectors = others;
        }
    }
    if let [second, third, fourth, others @ ..] = vectors {
        let (mut second, mut third, mut fourth) = (load(second), load(third), load(fourth));
        let (groups, others) = others.as_chunks::<4>();
        for group in groups {
            x = fold(x, factors(const { fold_by(2048) }), load(&group[0]));
            second = fold(second, factors(const { fold_by(2048) }), load(&group[1]));
            third = fold(third, factors(const { fold_by(2048) }), load(&group[2]));
            fourth = fold(fourth, factors(const { fold_by(2048) }), load(&group[3]));
        }
        x = fold(x, factors(const { fold_by(1536) }), fourth);
        x = fold(second, factors(const { fold_by(1024) }), x);
        x = fold(third, factors(const { fold_by(512) }), x);
        vectors = others;
    }
    for vector in vectors {
        x = fold(x, factors(const { fold_by(512) }), load(vector));
    }
    // The lanes in one.
    let [[a, b], [c, d], [e, f]] = const { [fold_by(384), fold_by(256), fold_by(128)] };
    let last = _mm512_maskz_mov_epi64(0b1100_0000, x);
    let x = fold(x, _mm512_set_epi64(0, 0, f, e, d, c, b, a), last);
    let x = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64::<1>(x));
    reduce(_mm_xor_si128(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x)))
}
