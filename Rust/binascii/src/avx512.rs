//! Helpers of the AVX-512 kernels: loads and stores of 64-byte vectors that stay inside a slice.
//!
//! The kernels do all their memory access through these functions, so that the bounds are proven once. A masked access
//! touches only the lanes of its mask, so the last few bytes need no scalar loop.

use core::arch::x86_64::*;
use core::mem::MaybeUninit;
use core::ops::Deref;
use outbuf::OutBuf;

/// A table of vectors, none of which crosses a cache line.
#[repr(align(64))]
pub(crate) struct Aligned<T>(pub(crate) T);

impl<T> Deref for Aligned<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

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
    // SAFETY: the reference is valid for 64 bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Loads up to 64 bytes from the start of `bytes`; missing ones are zero.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(crate) fn load_partial(bytes: &[u8]) -> __m512i {
    // The pointer of an empty slice may be to unmapped memory, where even a masked load of no lanes is slow: the
    // processor handles the suppressed fault in microcode.
    if bytes.is_empty() {
        return _mm512_setzero_si512();
    }
    let mask = first_lanes(bytes.len());
    // SAFETY: the mask names no lane beyond the slice; lanes outside the mask are not accessed.
    unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
}

/// Stores 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(crate) fn store(out: &mut [MaybeUninit<u8>; 64], vector: __m512i) {
    // SAFETY: the reference is valid for 64 bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), vector) }
}

/// Fills `out`, but no more than its first 64 bytes, from the first bytes of `vector`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(crate) fn store_partial(out: &mut [MaybeUninit<u8>], vector: __m512i) {
    let mask = first_lanes(out.len());
    // SAFETY: the mask names no lane beyond the slice; lanes outside the mask are not accessed.
    unsafe { _mm512_mask_storeu_epi8(out.as_mut_ptr().cast(), mask, vector) }
}

/// How many bytes there are before the first in `out` at which a store of 64 bytes does not cross a cache line.
#[inline]
pub(crate) fn until_aligned(out: &[MaybeUninit<u8>; 64]) -> usize {
    out.as_ptr().addr().wrapping_neg() % 64
}

/// Copies `text`, at most 64 bytes, without the bytes in `dropped` to the start of `out`, and returns how many are left.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi2,popcnt")]
pub(crate) fn compact_short(text: &[u8], dropped: &[u8], out: &mut [MaybeUninit<u8>; 64]) -> usize {
    let block = load_partial(text);
    let drop = |kept, byte: &u8| kept & _mm512_cmpneq_epi8_mask(block, _mm512_set1_epi8(*byte as i8));
    let kept = dropped.iter().fold(first_lanes(text.len()), drop);
    store(out, _mm512_maskz_compress_epi8(kept, block));
    kept.count_ones() as usize
}

/// Copies the data characters of `text` to `out`, in blocks of 64. Stops before a block in which a character is neither
/// data nor ignored, or is not ASCII, and when `out` has room for less than 64 bytes. `classes` are those of the ASCII
/// characters. Returns the number of characters of `text` in the blocks that were copied.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(crate) fn compact(text: &[u8], classes: [&[u8; 64]; 2], out: &mut OutBuf<'_>) -> usize {
    let [low, high] = classes.map(|half| load(half));
    let mut done = 0;
    while done < text.len()
        && let Some(spare) = out.spare_mut().first_chunk_mut::<64>()
    {
        let count = (text.len() - done).min(64);
        let block = load_partial(&text[done..]);
        let class = _mm512_permutex2var_epi8(low, block, high);
        let present = first_lanes(count);
        let other = _mm512_test_epi8_mask(class, _mm512_set1_epi8(0x40)) | _mm512_movepi8_mask(block);
        if other & present != 0 {
            break;
        }
        let data = !_mm512_movepi8_mask(class) & present;
        store(spare, _mm512_maskz_compress_epi8(data, block));
        // SAFETY: 64 bytes have just been stored, and no more are counted.
        unsafe { out.advance(data.count_ones() as usize) }
        done += count;
    }
    done
}
