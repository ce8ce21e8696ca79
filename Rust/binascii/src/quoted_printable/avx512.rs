//! Quoted-printable with AVX-512, without a branch for each byte that is quoted.
//!
//! Encoding takes 21 bytes a step. Each gets three places of a vector: one holds `=` or the byte as it is, the others
//! the digits. One compression drops the digits of the bytes that are not quoted. The remaining text may be too long for
//! the line; a mask of the places in which tokens end, compressed in the same way, shows how many of them fit. A run of
//! bytes that are not quoted is copied up to 64 at once instead.
//!
//! Decoding needs no loop over the escapes. Three loads, each one byte further, show for every position the character
//! there and the two after it. Each `=` is then one of five things, which are distinguished for all positions at once: an
//! escape with two digits, a soft line break of two or of three characters, an `=` that stands for itself because of the
//! character after it, or anything else, where the step ends and the portable code takes over. An `=` is neither a digit nor part of a line break, so no two of these can overlap: the
//! byte that an escape stands for goes into the place of its `=`, and one compression drops all places that are left
//! over.

use super::{LINE_CAPACITY, MAX_COLUMN};
use crate::avx512::{Aligned, load, load_partial};
use core::arch::x86_64::*;
use outbuf::OutBuf;

/// The value of each ASCII hexadecimal digit of either case, and 255 for anything else.
static DIGIT: Aligned<[u8; 128]> = Aligned({
    let mut table = [255; 128];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789ABCDEF"[value] as usize] = value as u8;
        table[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    table
});

/// A mask of the lowest `count` bits, at most 64.
#[inline]
fn lowest(count: usize) -> u64 {
    if count < 64 { (1 << count) - 1 } else { u64::MAX }
}

/// Decodes from the start of `data` up to an `=` that starts nothing regular, or to the end, and returns how far it came.
///
/// # Panics
///
/// When `out` has less space than `data` is long.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,popcnt")]
pub(super) fn decode_regular(data: &[u8], header: bool, out: &mut OutBuf<'_>) -> usize {
    // No step writes more than it reads, so this holds before every step for what is left of both.
    assert!(out.remaining() >= data.len());
    let [digits_low, digits_high] = load_both(&DIGIT);
    let underscores = if header { u64::MAX } else { 0 };
    let mut position = 0;
    // How much of a sequence that ends in this step the last step has read. If each step started after such a sequence
    // instead, it would have to wait for the masks of the step before.
    let mut carried = 0;
    while position < data.len() {
        let rest = &data[position..];
        let whole = rest.len() >= 64 + 2;
        let load = |offset: usize| {
            let start = rest.as_ptr().wrapping_add(offset).cast();
            if whole {
                // SAFETY: `offset` is at most 2, and `rest` has 64 bytes after that.
                unsafe { _mm512_loadu_epi8(start) }
            } else {
                // SAFETY: the mask selects only bytes of `rest`; the others are not touched. They count as zeros, which
                // belong to no escape.
                unsafe { _mm512_maskz_loadu_epi8(lowest(rest.len().saturating_sub(offset)), start) }
            }
        };
        let (here, next, third) = (load(0), load(1), load(2));
        let is = |bytes, byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8));

        let equals = is(here, b'=');
        // The look-up uses seven bits of a byte; the sign stands for the eighth.
        let high = _mm512_permutex2var_epi8(digits_low, next, digits_high);
        let low = _mm512_permutex2var_epi8(digits_low, third, digits_high);
        let not_digits = _mm512_movepi8_mask(_mm512_or_si512(_mm512_or_si512(high, low), _mm512_or_si512(next, third)));
        let escapes = equals & !not_digits;
        let breaks2 = equals & is(next, b'\n');
        let breaks3 = equals & is(next, b'\r') & is(third, b'\n');

        let long = escapes | breaks3;
        let mut odd = equals & !(long | breaks2);
        if odd != 0 {
            // An `=` before any character but these stands for itself.
            let special = is(next, b'=') | is(next, b'\r') | is(next, b'\n');
            let literal = !special & lowest(rest.len() - 1);
            odd &= !literal;
        }
        let taken = if odd == 0 { rest.len().min(64) } else { odd.trailing_zeros() as usize };
        let dropped = carried | breaks2 | breaks3 | breaks2 << 1 | long << 1 | long << 2;
        // None of this is an `=`, so it is read for nothing else.
        carried = breaks2 >> 63 | long >> 62 | long >> 63;
        let kept = lowest(taken) & !dropped;

        // There is no shift within bytes; with the upper half masked, nothing reaches the neighbour.
        let high = _mm512_slli_epi16(_mm512_and_si512(high, _mm512_set1_epi8(15)), 4);
        let values = _mm512_or_si512(high, low);
        let bytes = _mm512_mask_blend_epi8(escapes, here, values);
        let bytes = _mm512_mask_mov_epi8(bytes, is(here, b'_') & underscores, _mm512_set1_epi8(b' ' as i8));
        let bytes = _mm512_maskz_compress_epi8(kept, bytes);
        let count = kept.count_ones() as usize;
        let spare = out.spare_mut();
        if spare.len() >= 64 {
            // SAFETY: there is space for 64 bytes.
            unsafe { _mm512_storeu_epi8(spare.as_mut_ptr().cast(), bytes) };
        } else {
            // SAFETY: the mask selects `count` bytes, no more than are left of `data`, for which there is space.
            unsafe { _mm512_mask_storeu_epi8(spare.as_mut_ptr().cast(), lowest(count), bytes) };
        }
        // SAFETY: the first `count` bytes have just been written, inside the spare memory.
        unsafe { out.advance(count) };
        position += taken;
        if odd != 0 {
            break;
        }
    }
    position
}

/// Bytes a step: three places for each in a vector of 64.
const STEP: usize = 21;

/// The first place of every token.
const FIRST_PLACES: u64 = 0x1249_2492_4924_9249;

/// Which byte goes to which place.
static THRICE: Aligned<[u8; 64]> = Aligned({
    let mut places = [0; 64];
    let mut place = 0;
    while place < 3 * STEP {
        places[place] = (place / 3) as u8;
        place += 1;
    }
    places
});

/// Loads a table of 128 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_both(table: &[u8; 128]) -> [__m512i; 2] {
    let (halves, _) = table.as_chunks::<64>();
    [load(&halves[0]), load(&halves[1])]
}

/// Encodes from the start of `data` what fits on a line that has `column` characters, up to a possible line end.
///
/// `first` holds for every ASCII byte the first character of its token, or 0 when it may be a line end. Returns how
/// many bytes were encoded, and the new column.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt,lzcnt")]
pub(super) fn fill_line(
    text: &mut [u8; LINE_CAPACITY],
    column: usize,
    data: &[u8],
    first: &[u8; 128],
) -> (usize, usize) {
    let [first_low, first_high] = load_both(first);
    let thrice = load(&THRICE);
    // SAFETY: the string has 16 bytes, and the load needs no alignment.
    let digits = _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(b"0123456789ABCDEF".as_ptr().cast()) });
    let equals = _mm512_set1_epi8(b'=' as i8);
    let (mut position, mut column) = (0, column);
    while column < MAX_COLUMN && position < data.len() {
        let rest = &data[position..];
        let bytes = load_partial(rest);
        // The look-up uses seven bits of a byte; those with the eighth set are quoted, too.
        let firsts = _mm512_permutex2var_epi8(first_low, bytes, first_high);
        let high = _mm512_movepi8_mask(bytes);
        let quoted = _mm512_cmpeq_epi8_mask(firsts, equals) | high;
        let line_ends = _mm512_testn_epi8_mask(firsts, firsts) & !high;
        let count = rest.len().min(line_ends.trailing_zeros() as usize);
        let plain = count.min(quoted.trailing_zeros() as usize);
        let free_columns = MAX_COLUMN - column;
        // The array has 64 bytes after the last column.
        let place: &mut [u8; 64] = (&mut text[column..][..64]).try_into().unwrap_or_else(|_| unreachable!());
        if plain >= free_columns.min(STEP) {
            // SAFETY: `place` has 64 bytes.
            unsafe { _mm512_storeu_epi8(place.as_mut_ptr().cast(), firsts) };
            let taken = plain.min(free_columns);
            position += taken;
            column += taken;
            continue;
        }
        let places = lowest(count.min(STEP) * 3);
        // Where the first places of quoted bytes are; the two after each are the digits.
        let quoted = _pdep_u64(quoted, FIRST_PLACES) & places;
        let kept = FIRST_PLACES & places | quoted << 1 | quoted << 2;
        let ends = FIRST_PLACES & places & !quoted | quoted << 2;

        let spread = _mm512_permutexvar_epi8(thrice, bytes);
        // The look-up of digits uses four bits when the highest is clear.
        let nibbles = _mm512_mask_blend_epi8(FIRST_PLACES << 1, spread, _mm512_srli_epi16(spread, 4));
        let token_digits = _mm512_shuffle_epi8(digits, _mm512_and_si512(nibbles, _mm512_set1_epi8(15)));
        let tokens = _mm512_mask_blend_epi8(FIRST_PLACES, token_digits, _mm512_permutexvar_epi8(thrice, firsts));
        let tokens = _mm512_mask_mov_epi8(tokens, quoted, equals);
        let tokens = _mm512_maskz_compress_epi8(kept, tokens);
        // SAFETY: `place` has 64 bytes.
        unsafe { _mm512_storeu_epi8(place.as_mut_ptr().cast(), tokens) };

        let fitting = _pext_u64(ends, kept) & lowest(free_columns);
        position += fitting.count_ones() as usize;
        column += 64 - fitting.leading_zeros() as usize;
        if count == 0 || kept.count_ones() as usize > free_columns {
            break;
        }
    }
    (position, column)
}
