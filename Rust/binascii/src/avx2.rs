//! Helpers of the AVX2 kernels: loads and stores, and look-ups of more than 16 bytes.

use crate::alphabet::ReverseTable;
use core::arch::x86_64::*;
use core::mem::MaybeUninit;

/// The size of a 128-bit lane.
const LANE: usize = 16;

/// Loads a lane each from the start of `bytes` and from `second` on.
///
/// # Panics
///
/// When there are fewer than `second + 16` bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn load_lanes(bytes: &[u8], second: usize) -> __m256i {
    let (low, high) = (&bytes[..LANE], &bytes[second..][..LANE]);
    // SAFETY: the slice has 16 bytes, and the load needs no alignment.
    let low = unsafe { _mm_loadu_si128(low.as_ptr().cast()) };
    // SAFETY: the slice has 16 bytes, and the load needs no alignment.
    let high = unsafe { _mm_loadu_si128(high.as_ptr().cast()) };
    _mm256_set_m128i(high, low)
}

/// Stores 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn store(out: &mut [MaybeUninit<u8>; 2 * LANE], vector: __m256i) {
    // SAFETY: the reference is valid for 32 bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), vector) }
}

/// Stores the lower lane at the start of `out`, and then the upper one from `second` on, so that the first `second + 16` bytes
/// are initialised.
///
/// # Panics
///
/// When `second` is more than 16, or there are fewer than `second + 16` bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn store_lanes(out: &mut [MaybeUninit<u8>], second: usize, vector: __m256i) {
    assert!(second <= LANE);
    let (low, lane) = (&mut out[..LANE], _mm256_castsi256_si128(vector));
    // SAFETY: the slice has 16 bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(low.as_mut_ptr().cast(), lane) };
    let (high, lane) = (&mut out[second..][..LANE], _mm256_extracti128_si256::<1>(vector));
    // SAFETY: the slice has 16 bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(high.as_mut_ptr().cast(), lane) };
}

/// The same 16 bytes in both 128-bit lanes: a table for `_mm256_shuffle_epi8`, which looks up in each lane by itself.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn table(entries: &[u8; 16]) -> __m256i {
    // SAFETY: the reference is valid for 16 bytes, and the load needs no alignment.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(entries.as_ptr().cast()) })
}

/// The entries for indices below `16 * N`.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn look_up<const N: usize>(tables: &[__m256i; N], indices: __m256i) -> __m256i {
    let mut found = _mm256_setzero_si256();
    let mut relative = indices;
    for table in tables {
        // Of indices relative to this table, 16 to 127 get the top bit here; those below zero have it. A shuffle yields zero
        // for them.
        let index = _mm256_adds_epu8(relative, _mm256_set1_epi8(0x70));
        found = _mm256_or_si256(found, _mm256_shuffle_epi8(*table, index));
        relative = _mm256_sub_epi8(relative, _mm256_set1_epi8(16));
    }
    found
}

/// A reverse table of printable ASCII characters.
pub(crate) struct Reverse([__m256i; 6]);

impl Reverse {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn new(reverse: &ReverseTable) -> Self {
        let [low, high] = reverse.ascii_values();
        let (low, high) = (low.as_chunks::<16>().0, high.as_chunks::<16>().0);
        Self([&low[2], &low[3], &high[0], &high[1], &high[2], &high[3]].map(|entries| table(entries)))
    }

    /// The value of each character, and a vector with the top bit set for those that are not in the alphabet.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn values(&self, text: __m256i) -> (__m256i, __m256i) {
        let values = look_up(&self.0, _mm256_sub_epi8(text, _mm256_set1_epi8(32)));
        let control = _mm256_cmpgt_epi8(_mm256_set1_epi8(32), text);
        (values, _mm256_or_si256(values, control))
    }
}
