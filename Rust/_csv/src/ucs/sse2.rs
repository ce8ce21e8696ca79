//! The search in blocks of sixteen bytes, the index from a bit mask.
//!
//! SSE2 is part of x86-64, so nothing is detected and all of it is inlined: most fields are shorter than a call to a wider
//! kernel would be worth.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_cmpeq_epi16, _mm_cmpeq_epi32, _mm_cvtsi128_si64, _mm_movemask_epi8, _mm_or_si128,
    _mm_packs_epi32, _mm_packus_epi16, _mm_set_epi64x, _mm_set1_epi16, _mm_set1_epi32, _mm_setzero_si128,
    _mm_unpackhi_epi64,
};

/// A bit for each byte of a block that is part of a unit that is wanted; a unit has as many as its size.
pub(super) type Mask = u32;

#[target_feature(enable = "sse2")]
#[inline]
fn load(block: u128) -> __m128i {
    // One load: the compiler sees that the halves are neighbours.
    _mm_set_epi64x((block >> 64) as i64, block as i64)
}

macro_rules! mask {
    ($name:ident, $safe:ident, $unit:ty, $vector:expr, $compare:ident) => {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn $name<const N: usize>(block: u128, wanted: &[$unit; N]) -> Mask {
            let units = load(block);
            let mut found = _mm_setzero_si128();
            for &each in wanted {
                found = _mm_or_si128(found, $compare(units, $vector(each)));
            }
            _mm_movemask_epi8(found) as Mask
        }

        #[inline(always)]
        pub(super) fn $safe<const N: usize>(block: u128, wanted: &[$unit; N]) -> Mask {
            // SAFETY: SSE2 is there on every x86-64.
            unsafe { $name(block, wanted) }
        }
    };
}

mask!(mask_of_bytes, mask_bytes, [u8; 16], |each| load(u128::from_le_bytes(each)), _mm_cmpeq_epi8);
mask!(mask_of_pairs, mask_pairs, u16, |each| _mm_set1_epi16(each as i16), _mm_cmpeq_epi16);
mask!(mask_of_quads, mask_quads, u32, |each| _mm_set1_epi32(each as i32), _mm_cmpeq_epi32);

/// The units of half a vector as a word, which is one load.
#[inline(always)]
fn word_of_pairs([first, second, third, fourth]: [u16; 4]) -> u64 {
    u64::from(fourth) << 48 | u64::from(third) << 32 | u64::from(second) << 16 | u64::from(first)
}

/// Makes bytes of units: those below U+00FF stay, and the others become 0 or 255.
#[target_feature(enable = "sse2")]
#[inline]
fn pack_pairs(block: &[u16; 16]) -> u128 {
    let [a, b, c, d] = *block.as_chunks::<4>().0 else { return 0 };
    let vector = |low, high| _mm_set_epi64x(word_of_pairs(high) as i64, word_of_pairs(low) as i64);
    store(_mm_packus_epi16(vector(a, b), vector(c, d)))
}

/// The same for units of four bytes, which are characters.
#[target_feature(enable = "sse2")]
#[inline]
fn pack_quads(block: &[u32; 16]) -> u128 {
    let [a, b, c, d] = *block.as_chunks::<4>().0 else { return 0 };
    let vector = |[first, second, third, fourth]: [u32; 4]| {
        let (low, high) = (u64::from(second) << 32 | u64::from(first), u64::from(fourth) << 32 | u64::from(third));
        _mm_set_epi64x(high as i64, low as i64)
    };
    let (first, second) = (_mm_packs_epi32(vector(a), vector(b)), _mm_packs_epi32(vector(c), vector(d)));
    store(_mm_packus_epi16(first, second))
}

#[target_feature(enable = "sse2")]
#[inline]
fn store(vector: __m128i) -> u128 {
    let high = _mm_cvtsi128_si64(_mm_unpackhi_epi64(vector, vector)) as u64;
    u128::from(high) << 64 | u128::from(_mm_cvtsi128_si64(vector) as u64)
}

/// A bit for each unit that may be one of the bytes.
#[inline(always)]
pub(super) fn mask_packed_pairs<const N: usize>(block: &[u16; 16], wanted: &[[u8; 16]; N]) -> Mask {
    // SAFETY: SSE2 is there on every x86-64.
    mask_bytes(unsafe { pack_pairs(block) }, wanted)
}

/// A bit for each unit that may be one of the bytes.
#[inline(always)]
pub(super) fn mask_packed_quads<const N: usize>(block: &[u32; 16], wanted: &[[u8; 16]; N]) -> Mask {
    // SAFETY: SSE2 is there on every x86-64.
    mask_bytes(unsafe { pack_quads(block) }, wanted)
}

/// Searches in blocks of sixteen units, of which a mask says which may be wanted.
#[inline(always)]
pub(super) fn find_packed<U: Copy>(
    units: &[U],
    from: usize,
    mask: impl Fn(&[U; 16]) -> Mask,
    is_wanted: impl Fn(U) -> bool,
) -> usize {
    let first_of = |block: &[U; 16], mut mask: Mask| {
        while mask != 0 {
            let index = mask.trailing_zeros() as usize;
            if is_wanted(block[index]) {
                return Some(index);
            }
            mask &= mask - 1;
        }
        None
    };
    let (blocks, rest) = units[from..].as_chunks::<16>();
    let mut at = from;
    for block in blocks {
        let mask = mask(block);
        if mask != 0
            && let Some(index) = first_of(block, mask)
        {
            return at + index;
        }
        at += 16;
    }
    let Some(last) = units.last_chunk::<16>() else { return units.len() };
    // The bits of the units before the rest do not count.
    let seen = 16 - rest.len();
    match first_of(last, mask(last) >> seen << seen) {
        Some(index) => units.len() - 16 + index,
        None => units.len(),
    }
}

/// Searches in blocks of `LANES` units, and then in those at the end, of which some have been looked at before.
#[inline(always)]
pub(super) fn find<U: Copy + Eq, const LANES: usize>(
    units: &[U],
    from: usize,
    mask: impl Fn(&[U; LANES]) -> Mask,
    short: impl Fn(&[U]) -> usize,
) -> usize {
    let size = size_of::<U>();
    let (blocks, rest) = units[from..].as_chunks::<LANES>();
    let mut at = from;
    for block in blocks {
        let mask = mask(block);
        if mask != 0 {
            return at + mask.trailing_zeros() as usize / size;
        }
        at += LANES;
    }
    if rest.is_empty() {
        return units.len();
    }
    let Some(last) = units.last_chunk::<LANES>() else { return at + short(rest) };
    // The bits of the units before the rest are shifted out.
    let mask = mask(last) >> (16 - size_of_val(rest));
    if mask == 0 { units.len() } else { at + mask.trailing_zeros() as usize / size }
}

/// The same for bytes.
#[inline(always)]
pub(super) fn find_byte<const N: usize>(bytes: &[u8], from: usize, wanted: &[[u8; 16]; N]) -> usize {
    let mask = |block: &[u8; 16]| mask_bytes(u128::from_le_bytes(*block), wanted);
    find::<u8, 16>(bytes, from, mask, |few| find_in_few_bytes(few, wanted))
}

/// A bit for each of the wanted bytes from `from` on, and how many bytes have been looked at: all there are, but at most 64.
#[inline(always)]
pub(super) fn hits<const N: usize>(bytes: &[u8], from: usize, wanted: &[[u8; 16]; N]) -> (u64, usize) {
    let mask = |block: &[u8; 16]| u64::from(mask_bytes(u128::from_le_bytes(*block), wanted));
    let (blocks, rest) = bytes[from..].as_chunks::<16>();
    let (mut bits, mut seen) = (0, 0);
    for block in blocks.iter().take(4) {
        bits |= mask(block) << seen;
        seen += 16;
    }
    if seen == 64 || rest.is_empty() {
        return (bits, seen);
    }
    let last = match bytes.last_chunk() {
        // The bits of the bytes before the rest are shifted out.
        Some(last) => mask(last) >> (16 - rest.len()),
        None => {
            let mut last = [0; 16];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            mask(&last) & ((1 << rest.len()) - 1)
        }
    };
    (bits | last << seen, seen + rest.len())
}

/// The index in fewer than sixteen bytes. Four words, which overlap, are one block: no branch depends on the length, but that for fewer
/// than four bytes.
#[inline(always)]
pub(super) fn find_in_few_bytes<const N: usize>(bytes: &[u8], wanted: &[[u8; 16]; N]) -> usize {
    let len = bytes.len();
    let word = |at: usize| bytes.get(at..)?.first_chunk().map(|&word| u32::from_le_bytes(word));
    let starts = [0, len.min(8).saturating_sub(4), len.saturating_sub(8), len.saturating_sub(4)];
    let [Some(a), Some(b), Some(c), Some(d)] = starts.map(word) else {
        // The first, the middle and the last one.
        let middle = len / 2;
        let (Some(&first), Some(&second), Some(&last)) = (bytes.first(), bytes.get(middle), bytes.last()) else {
            return 0;
        };
        let block = u128::from(u32::from_le_bytes([first, second, last, last]));
        // The other bytes of the block do not count.
        return match (mask_bytes(block, wanted) & 0b111).trailing_zeros() {
            0 => 0,
            1 => middle,
            2 => len - 1,
            _ => len,
        };
    };
    let (low, high) = (u64::from(b) << 32 | u64::from(a), u64::from(d) << 32 | u64::from(c));
    let mask = mask_bytes(u128::from(high) << 64 | u128::from(low), wanted);
    let first = mask.trailing_zeros() as usize;
    // The lowest bit is that of the first one: the words are in order, or the first two have all bytes.
    starts.get(first / 4).map_or(len, |start| start + first % 4)
}
