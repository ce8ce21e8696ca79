//! The search in text of one byte a character: sixteen bytes at a time, the index from a bit mask.
//!
//! SSE2 is part of x86-64, so nothing is detected and all of it is inlined: most fields are shorter than a call to a wider
//! kernel would be worth.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_setzero_si128,
};

#[target_feature(enable = "sse2")]
#[inline]
fn load(block: &[u8; 16]) -> __m128i {
    // One load: the compiler sees that the halves are neighbours.
    let whole = u128::from_le_bytes(*block);
    _mm_set_epi64x((whole >> 64) as i64, whole as i64)
}

/// A bit for each byte that is wanted.
#[target_feature(enable = "sse2")]
#[inline]
fn mask<const N: usize>(block: &[u8; 16], wanted: &[u8; N]) -> u32 {
    let bytes = load(block);
    let mut found = _mm_setzero_si128();
    for &each in wanted {
        found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(each as i8)));
    }
    _mm_movemask_epi8(found) as u32
}

#[inline(always)]
pub(super) fn find<const N: usize>(bytes: &[u8], from: usize, wanted: &[u8; N]) -> usize {
    let (blocks, rest) = bytes[from..].as_chunks::<16>();
    let mut at = from;
    for block in blocks {
        // SAFETY: SSE2 is there on every x86-64.
        let mask = unsafe { mask(block, wanted) };
        if mask != 0 {
            return at + mask.trailing_zeros() as usize;
        }
        at += 16;
    }
    if rest.is_empty() {
        return bytes.len();
    }
    let Some(last) = bytes.last_chunk::<16>() else {
        return at + rest.iter().position(|byte| wanted.contains(byte)).unwrap_or(rest.len());
    };
    // The bits of the bytes before the rest are shifted out.
    // SAFETY: SSE2 is there on every x86-64.
    let mask = unsafe { mask(last, wanted) } >> (16 - rest.len());
    if mask == 0 { bytes.len() } else { at + mask.trailing_zeros() as usize }
}
