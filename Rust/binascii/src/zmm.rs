//! Loads and stores of 64-byte vectors that stay inside a slice.
//!
//! The AVX-512 kernels do all their memory access through these four functions, so that the bounds are proven once.
//! A masked access touches only the lanes of its mask; that lets a kernel treat the last few bytes like any others.

use core::arch::x86_64::{__m512i, _mm512_loadu_si512, _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8};
use core::arch::x86_64::{_bzhi_u64, _mm512_storeu_si512};
use core::mem::MaybeUninit;

/// The mask of the first `len` lanes, of all when `len` is 64 or more.
#[inline]
#[target_feature(enable = "bmi2")]
pub(crate) fn first_lanes(len: usize) -> u64 {
    _bzhi_u64(u64::MAX, len.min(64) as u32)
}

/// Loads 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the reference is good for 64 bytes, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Loads up to 64 bytes from the start of `bytes`; missing ones are zero.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(crate) fn load_partial(bytes: &[u8]) -> __m512i {
    // SAFETY: the mask names no lane beyond the slice; lanes outside the mask are not accessed.
    unsafe { _mm512_maskz_loadu_epi8(first_lanes(bytes.len()), bytes.as_ptr().cast()) }
}

/// Stores 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn store(out: &mut [MaybeUninit<u8>; 64], vector: __m512i) {
    // SAFETY: the reference is good for 64 bytes, and the store asks for no alignment.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), vector) }
}

/// Fills `out`, but no more than its first 64 bytes, from the first bytes of `vector`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(crate) fn store_partial(out: &mut [MaybeUninit<u8>], vector: __m512i) {
    // SAFETY: the mask names no lane beyond the slice; lanes outside the mask are not accessed.
    unsafe { _mm512_mask_storeu_epi8(out.as_mut_ptr().cast(), first_lanes(out.len()), vector) }
}

/// How many bytes there are before the first in `out` at which a store of 64 bytes does not cross a cache line.
#[inline]
pub(crate) fn until_aligned(out: &[MaybeUninit<u8>; 64]) -> usize {
    out.as_ptr().addr().wrapping_neg() % 64
}
