//! What the AVX2 kernels share: look-ups of more than 16 bytes.

use crate::alphabet::ReverseTable;
use core::arch::x86_64::*;

/// The same 16 bytes in both 128-bit lanes: a table for `_mm256_shuffle_epi8`, which looks up in each lane by itself.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn table(entries: &[u8; 16]) -> __m256i {
    // SAFETY: the reference is good for 16 bytes, and the load asks for no alignment.
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
