//! Text of one byte a character, as nearly all documents are: sixteen bytes at a time, the position from a bit mask.
//!
//! SSE2 is part of x86-64, so nothing is detected and all of it is inlined where strings are scanned: most are shorter
//! than a call to a wider kernel would be worth.

use super::{Ucs, is_special};
use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_max_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_packs_epi32,
    _mm_packus_epi16, _mm_set_epi16, _mm_set_epi32, _mm_set_epi64x, _mm_set1_epi8, _mm_set1_epi16, _mm_sub_epi16,
    _mm_subs_epu16,
};

#[target_feature(enable = "sse2")]
#[inline]
fn load(block: &[u8; 16]) -> __m128i {
    // One load: the compiler sees that the halves are neighbours.
    let whole = u128::from_le_bytes(*block);
    _mm_set_epi64x((whole >> 64) as i64, whole as i64)
}

/// A bit for each quote, backslash and control character.
#[target_feature(enable = "sse2")]
#[inline]
fn special(block: &[u8; 16]) -> i32 {
    special_bytes(load(block))
}

#[target_feature(enable = "sse2")]
#[inline]
fn special_bytes(bytes: __m128i) -> i32 {
    let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
    let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
    // Unsigned, the larger of a control character and the last of them is the last of them.
    let last = _mm_set1_epi8(0x1F);
    let control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last), last);
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control))
}

/// The same for characters of two bytes, of which those above 0xFF become 0xFF.
#[target_feature(enable = "sse2")]
#[inline]
fn special_of_two(block: &[u16; 16]) -> i32 {
    let (low, high) = block.split_at(8);
    let half = |units: &[u16]| {
        let &[a, b, c, d, e, f, g, h] = units.first_chunk().unwrap_or(&[0; 8]);
        let [a, b, c, d, e, f, g, h] = [a, b, c, d, e, f, g, h].map(u16::cast_signed);
        let units = _mm_set_epi16(h, g, f, e, d, c, b, a);
        _mm_sub_epi16(units, _mm_subs_epu16(units, _mm_set1_epi16(0xFF)))
    };
    special_bytes(_mm_packus_epi16(half(low), half(high)))
}

/// The same for characters of four bytes.
#[target_feature(enable = "sse2")]
#[inline]
fn special_of_four(block: &[u32; 16]) -> i32 {
    let quarter = |at: usize| {
        let &[a, b, c, d] = block.get(at..).and_then(<[u32]>::first_chunk).unwrap_or(&[0; 4]);
        let [a, b, c, d] = [a, b, c, d].map(u32::cast_signed);
        _mm_set_epi32(d, c, b, a)
    };
    // No character has the highest bit set.
    let (low, high) = (_mm_packs_epi32(quarter(0), quarter(4)), _mm_packs_epi32(quarter(8), quarter(12)));
    special_bytes(_mm_packus_epi16(low, high))
}

/// The same with DEL and what is not ASCII.
#[target_feature(enable = "sse2")]
#[inline]
fn escaped(block: &[u8; 16]) -> i32 {
    let bytes = load(block);
    let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
    let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
    // As signed bytes, what is not ASCII is below zero.
    let outside = _mm_cmpgt_epi8(_mm_set1_epi8(0x20), bytes);
    let delete = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F));
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), _mm_or_si128(outside, delete)))
}

/// Copies the bytes and looks at them in one pass: whether the mask of each block is zero. Both have the same length.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8], mask: impl Fn(&[u8; 16]) -> i32) -> bool {
    /// Copies both ends, which overlap in the middle, and returns them.
    #[inline(always)]
    fn ends<const N: usize>(to: &mut [u8], from: &[u8]) -> Option<([u8; N], [u8; N])> {
        let (first, last) = (*from.first_chunk()?, *from.last_chunk()?);
        *to.first_chunk_mut()? = first;
        *to.last_chunk_mut()? = last;
        Some((first, last))
    }
    if let Some((first, last)) = ends::<16>(to, from) {
        let mut found = mask(&first) | mask(&last);
        if from.len() > 32 {
            for (to, from) in to.as_chunks_mut::<16>().0.iter_mut().zip(from.as_chunks::<16>().0) {
                *to = *from;
                found |= mask(from);
            }
        }
        return found == 0;
    }
    let block = if let Some((first, last)) = ends::<8>(to, from) {
        u128::from(u64::from_le_bytes(first)) << 64 | u128::from(u64::from_le_bytes(last))
    } else if let Some((first, last)) = ends::<4>(to, from) {
        let word = u64::from(u32::from_le_bytes(first)) << 32 | u64::from(u32::from_le_bytes(last));
        u128::from(word) << 64 | u128::from(word)
    } else {
        let (Some(&first), Some(&middle), Some(&last)) = (from.first(), from.get(from.len() / 2), from.last()) else {
            return true;
        };
        to.iter_mut().zip(from).take(3).for_each(|(to, from)| *to = *from);
        u128::from(u32::from_le_bytes([first, middle, last, last])) * 0x1_0000_0001_0000_0001_0000_0001
    };
    mask(&block.to_le_bytes()) == 0
}

/// A block of two halves, each of which is of whole words.
#[inline(always)]
fn block_of(low: u64, high: u64) -> [u8; 16] {
    (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
}

/// The position of the first byte in the mask; the length when there is none.
#[inline(always)]
fn position(bytes: &[u8], mask: impl Fn(&[u8; 16]) -> i32) -> usize {
    const PLAIN: u64 = 0x6161_6161_6161_6161;
    let (blocks, rest) = bytes.as_chunks::<16>();
    for (index, block) in blocks.iter().enumerate() {
        let mask = mask(block);
        if mask != 0 {
            return index * 16 + mask.trailing_zeros() as usize;
        }
    }
    // Both ends of the rest, which overlap: what is in both is found in the first.
    let (ends, half) = if rest.is_empty() {
        return bytes.len();
    } else if let Some(last) = bytes.last_chunk::<16>() {
        // What comes before the rest has been looked at.
        (*last, 16)
    } else if let (Some(first), Some(last)) = (rest.first_chunk(), rest.last_chunk()) {
        (block_of(u64::from_le_bytes(*first), u64::from_le_bytes(*last)), 8)
    } else if let (Some(first), Some(last)) = (rest.first_chunk(), rest.last_chunk()) {
        let word = u64::from(u32::from_le_bytes(*last)) << 32 | u64::from(u32::from_le_bytes(*first));
        (block_of(word, word), 4)
    } else {
        // One to three bytes: the first, the middle and the last one.
        let middle = rest.len() / 2;
        let (Some(&first), Some(&second), Some(&third)) = (rest.first(), rest.get(middle), rest.last()) else {
            return bytes.len();
        };
        let short = u64::from(first) | u64::from(second) << 8 | u64::from(third) << 16;
        // The other bytes of the block are plain.
        let mask = mask(&block_of(short | PLAIN << 24, PLAIN));
        return match mask.trailing_zeros() {
            0 => 0,
            1 => middle,
            2 => rest.len() - 1,
            _ => rest.len(),
        };
    };
    let mask = mask(&ends);
    if mask == 0 {
        return bytes.len();
    }
    let first = mask.trailing_zeros() as usize;
    if first < half && half < 16 { first } else { bytes.len() - half + first % half }
}

/// The length from which a text is searched by groups of blocks first.
const LONG: usize = 256;

/// The number of bytes before the first group of four blocks with a byte in the mask. There is one branch for a group: the time of a loop
/// over blocks depends on where the compiler places it, by a factor of up to 1.8.
#[inline(never)]
fn plain_groups(bytes: &[u8], mask: impl Fn(&[u8; 16]) -> i32) -> usize {
    let mut done = 0;
    for group in bytes.as_chunks::<64>().0 {
        if group.as_chunks::<16>().0.iter().fold(0, |found, block| found | mask(block)) != 0 {
            break;
        }
        done += group.len();
    }
    done
}

/// As [`position`], and faster for a text with a long start without such bytes.
#[inline(always)]
fn position_in_any(bytes: &[u8], mask: impl Fn(&[u8; 16]) -> i32 + Copy) -> usize {
    let done = if bytes.len() < LONG { 0 } else { plain_groups(bytes, mask) };
    done + position(bytes.get(done..).unwrap_or_default(), mask)
}

#[inline]
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    position_in_any(bytes, |block| unsafe { special(block) })
}

#[inline]
pub(super) fn plain_ascii_len(bytes: &[u8]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    position_in_any(bytes, |block| unsafe { escaped(block) })
}

/// The number of characters of a block before the first one in the mask.
#[inline(always)]
fn len_before(mask: i32) -> usize {
    // The bit after the last one of the mask ends the block.
    (mask | 1 << 16).trailing_zeros() as usize
}

#[inline(always)]
pub(super) fn plain_len_of_block(block: &[u8; 16]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    len_before(unsafe { special(block) })
}

#[inline(always)]
pub(super) fn plain_len_of_block_of_two(block: &[u16; 16]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    len_before(unsafe { special_of_two(block) })
}

#[inline(always)]
pub(super) fn plain_len_of_block_of_four(block: &[u32; 16]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    len_before(unsafe { special_of_four(block) })
}

/// A bit for each byte of the block, the lowest one for the first: set if it has to be escaped.
#[inline(always)]
pub(super) fn special_mask(block: &[u8; 16]) -> u32 {
    // SAFETY: SSE2 is there on every x86-64.
    unsafe { special(block) }.cast_unsigned()
}

/// The same when the output has to be ASCII.
#[inline(always)]
pub(super) fn escaped_mask(block: &[u8; 16]) -> u32 {
    // SAFETY: SSE2 is there on every x86-64.
    unsafe { escaped(block) }.cast_unsigned()
}

#[inline(always)]
pub(super) fn copy_plain(to: &mut [u8], from: &[u8]) -> bool {
    // SAFETY: SSE2 is there on every x86-64.
    copy(to, from, |block| unsafe { special(block) })
}

#[inline(always)]
pub(super) fn copy_plain_ascii(to: &mut [u8], from: &[u8]) -> bool {
    // SAFETY: SSE2 is there on every x86-64.
    copy(to, from, |block| unsafe { escaped(block) })
}

/// The position of the first character of a wider kind in the mask; the length when there is none.
#[inline(always)]
fn position_wide<U: Ucs>(units: &[U], mask: impl Fn(&[U; 16]) -> i32) -> usize {
    let (blocks, rest) = units.as_chunks::<16>();
    for (index, block) in blocks.iter().enumerate() {
        let mask = mask(block);
        if mask != 0 {
            return index * 16 + mask.trailing_zeros() as usize;
        }
    }
    match units.last_chunk::<16>() {
        // What comes before the rest has been looked at.
        Some(last) => match mask(last) {
            0 => units.len(),
            mask => units.len() - 16 + mask.trailing_zeros() as usize,
        },
        None => rest.iter().position(|&unit| is_special(unit)).unwrap_or(rest.len()),
    }
}

/// Copies characters of a wider kind and looks at them in one pass: whether the mask of each block is zero. Both have the same
/// length.
#[inline(always)]
fn copy_wide<U: Ucs>(to: &mut [U], from: &[U], mask: impl Fn(&[U; 16]) -> i32) -> bool {
    let (Some(last), Some(to_last)) = (from.last_chunk::<16>(), to.last_chunk_mut::<16>()) else {
        let copied = to.iter_mut().zip(from).take(15);
        return copied.fold(true, |plain, (to, &from)| {
            *to = from;
            plain & !is_special(from)
        });
    };
    *to_last = *last;
    let mut found = mask(last);
    for (to, from) in to.as_chunks_mut::<16>().0.iter_mut().zip(from.as_chunks::<16>().0) {
        *to = *from;
        found |= mask(from);
    }
    found == 0
}

pub(super) fn plain_len_of_two(units: &[u16]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    position_wide(units, |block| unsafe { special_of_two(block) })
}

pub(super) fn plain_len_of_four(units: &[u32]) -> usize {
    // SAFETY: SSE2 is there on every x86-64.
    position_wide(units, |block| unsafe { special_of_four(block) })
}

pub(super) fn copy_plain_of_two(to: &mut [u16], from: &[u16]) -> bool {
    // SAFETY: SSE2 is there on every x86-64.
    copy_wide(to, from, |block| unsafe { special_of_two(block) })
}

pub(super) fn copy_plain_of_four(to: &mut [u32], from: &[u32]) -> bool {
    // SAFETY: SSE2 is there on every x86-64.
    copy_wide(to, from, |block| unsafe { special_of_four(block) })
}
