//! Base32 with AVX2: 20 bytes are 32 characters.
//!
//! # Encoding
//!
//! A 128-bit lane takes ten bytes. A 5-bit field is inside two adjacent bytes: byte shuffles give each its own 16-bit
//! element, and a multiplication by a power of two, of which the upper half is kept, shifts it down. The even and the odd
//! fields are two vectors, which are joined before the look-up.
//!
//! # Decoding
//!
//! Two multiply-and-add steps join four values to 20 bits, a shift joins two of these to 40, and a shuffle closes the gaps and
//! reverses the bytes. Each lane is stored by itself, the second over the unused bytes of the first.

use super::{GROUP_BYTES, Options, portable};
use crate::alphabet::ReverseTable;
use crate::avx2::{Reverse, load_lanes, look_up, store, store_lanes, table};
use core::arch::x86_64::*;
use outbuf::OutBuf;

/// The characters and the bytes of a vector, and the bytes of a lane.
const BLOCK: usize = 32;
const BLOCK_BYTES: usize = 20;
const LANE_BYTES: usize = 2 * GROUP_BYTES;

/// Encodes all of `data`.
#[target_feature(enable = "avx2")]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    // For each field the byte after the one that it begins in, and that one. They begin at the bits 0, 10, 20, 30 and at 5,
    // 15, 25, 35.
    let even = table(&[1, 0, 2, 1, 3, 2, 4, 3, 6, 5, 7, 6, 8, 7, 9, 8]);
    let odd = table(&[1, 0, 2, 1, 4, 3, 5, 4, 6, 5, 7, 6, 9, 8, 10, 9]);
    // An element of 16 bits is shifted to the right by 16 less than the bit that is set here.
    let even_shifts = _mm256_set1_epi64x(1 << 5 | 1 << (16 + 7) | 1 << (32 + 9) | 1 << (48 + 11));
    let odd_shifts = _mm256_set1_epi64x(1 << 10 | 1 << (16 + 12) | 1 << (32 + 6) | 1 << (48 + 8));
    let field = _mm256_set1_epi16(31);
    let (alphabet, _) = options.alphabet.as_chunks::<16>();
    let alphabet = [table(&alphabet[0]), table(&alphabet[1])];

    let mut done = 0;
    // A load takes 16 bytes for the ten of its lane, so six must follow the 20.
    while let Some(block) = data.get(done..done + LANE_BYTES + 16)
        && let Some(spare) = out.spare_mut().first_chunk_mut::<BLOCK>()
    {
        let bytes = load_lanes(block, LANE_BYTES);
        let even = _mm256_and_si256(_mm256_mulhi_epu16(_mm256_shuffle_epi8(bytes, even), even_shifts), field);
        let odd = _mm256_and_si256(_mm256_mulhi_epu16(_mm256_shuffle_epi8(bytes, odd), odd_shifts), field);
        let text = look_up(&alphabet, _mm256_or_si256(even, _mm256_slli_epi16::<8>(odd)));
        store(spare, text);
        // SAFETY: the 32 bytes of `spare` have been initialised.
        unsafe { out.advance(BLOCK) };
        done += BLOCK_BYTES;
    }
    portable::encode(&data[done..], options, out);
}

/// Decodes groups of eight data characters up to the first that is not one, and says how many characters that were.
///
/// The alphabet of `table` is printable ASCII.
#[target_feature(enable = "avx2")]
pub(super) fn groups(data: &[u8], reverse: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    debug_assert!(reverse.is_printable());
    let values_of = Reverse::new(reverse);
    let close = table(&[4, 3, 2, 1, 0, 12, 11, 10, 9, 8, 255, 255, 255, 255, 255, 255]);
    let mut done = 0;
    while let Some(block) = data.get(done..done + BLOCK)
        && let Some(spare) = out.spare_mut().get_mut(..LANE_BYTES + 16)
    {
        // SAFETY: the block has 32 bytes, and the load needs no alignment.
        let text = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
        let (values, invalid) = values_of.values(text);
        if _mm256_movemask_epi8(invalid) != 0 {
            break;
        }
        let tens = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0120));
        let twenties = _mm256_madd_epi16(tens, _mm256_set1_epi32(0x0001_0400));
        let forties = _mm256_or_si256(_mm256_slli_epi64::<20>(twenties), _mm256_srli_epi64::<32>(twenties));
        let bytes = _mm256_shuffle_epi8(forties, close);
        store_lanes(spare, LANE_BYTES, bytes);
        // SAFETY: the 26 bytes of `spare` have been initialised, of which 20 are counted.
        unsafe { out.advance(BLOCK_BYTES) };
        done += BLOCK;
    }
    done + portable::groups(&data[done..], reverse, out)
}
