//! Hexadecimal with AVX-512 (VBMI): 32 bytes are 64 digits.
//!
//! # Encoding
//!
//! 1. A permutation copies each byte to wherever one of its digits goes, so it also leaves the gaps for separators.
//! 2. A multishift, which takes eight bits from anywhere in 64, moves the high nibble down where that one is wanted.
//! 3. A permutation looks up the digits. It takes no notice of the upper two bits of an index, so with the sixteen
//!    digits four times in its table, the other nibble need not be cleared.
//! 4. Separators are blended in.
//!
//! A vector takes as many whole groups as fit. Groups that do not fit are longer than a vector's 32 bytes, and are encoded
//! one by one.
//!
//! # Decoding
//!
//! A permutation of two registers looks up all 128 ASCII characters; the top bit of a result, or of the character
//! itself, marks what is no digit. A multiply-and-add joins two values, and a permutation gathers the results of two
//! vectors.

use super::layout::{HIGH, layouts};
use super::{DIGITS, DecodeError, HEX_REVERSE};
use crate::avx512 as vector;
use core::arch::x86_64::*;
use core::mem::MaybeUninit;
use outbuf::OutBuf;

/// From how many bytes on stores are aligned. Every vector crosses two cache lines otherwise, which costs a third of the
/// speed.
const ALIGN_FROM: usize = 512;

/// The most bytes of which a vector holds a group and its separator.
const MAX_GROUP: usize = 31;

/// The layouts of all groups that fit a vector.
static LAYOUTS: vector::Aligned<[[u8; 64]; MAX_GROUP + 1]> = vector::Aligned(layouts());

/// The constants of the encoder for one layout.
struct Encoder {
    spread: __m512i,
    shifts: __m512i,
    digits: __m512i,
    separators: u64,
}

impl Encoder {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn new(layout: &[u8; 64]) -> Self {
        Self::of(vector::load(layout))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn of(spread: __m512i) -> Self {
        // Eight times the place in 64 bits, and four more for a high nibble.
        let bytes = _mm512_set1_epi64(i64::from_le_bytes([0, 8, 16, 24, 32, 40, 48, 56]));
        let high = _mm512_and_si512(_mm512_srli_epi16::<4>(spread), _mm512_set1_epi8((HIGH >> 4) as i8));
        Self {
            spread,
            shifts: _mm512_add_epi8(bytes, high),
            // SAFETY: the reference is valid for 16 bytes, and the load needs no alignment.
            digits: _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(DIGITS.as_ptr().cast()) }),
            separators: _mm512_movepi8_mask(spread),
        }
    }

    /// The text of the first 32 bytes or fewer, with gaps that hold anything.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn block(&self, bytes: __m512i) -> __m512i {
        let spread = _mm512_permutexvar_epi8(self.spread, bytes);
        _mm512_permutexvar_epi8(_mm512_multishift_epi64_epi8(self.shifts, spread), self.digits)
    }
}

/// Encodes all of `data`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode(data: &[u8], out: &mut OutBuf<'_>) {
    let encoder = Encoder::new(&LAYOUTS[0]);
    let text = &mut out.spare_mut()[..data.len() * 2];
    let mut done = 0;
    if data.len() >= ALIGN_FROM
        && let Some(first) = text.first_chunk_mut::<64>()
    {
        // One block that counts only as far as the next boundary.
        let digits = vector::until_aligned(first);
        if digits.is_multiple_of(2) {
            vector::store(first, encoder.block(vector::load_partial(&data[..32])));
            done = digits / 2;
        }
    }
    let (blocks, rest) = data[done..].as_chunks::<32>();
    let (text_blocks, text_rest) = text[done * 2..].as_chunks_mut::<64>();
    for (block, text) in blocks.iter().zip(text_blocks) {
        vector::store(text, encoder.block(load_32(block)));
    }
    if !rest.is_empty() {
        vector::store_partial(text_rest, encoder.block(vector::load_partial(rest)));
    }
    // SAFETY: the blocks and the rest are the whole text.
    unsafe { out.advance(data.len() * 2) }
}

/// Loads 32 bytes into the lower half of a vector.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_32(bytes: &[u8; 32]) -> __m512i {
    // SAFETY: the reference is valid for 32 bytes, and the load needs no alignment.
    _mm512_castsi256_si512(unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) })
}

/// Encodes all of `data`, with `sep` between each two groups of `group` bytes.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode_groups(data: &[u8], sep: u8, group: usize, out: &mut OutBuf<'_>) {
    let Some(layout) = LAYOUTS.get(group) else {
        let mut groups = data.chunks(group);
        if let Some(first) = groups.next() {
            encode(first, out);
        }
        for group in groups {
            out.push(sep);
            encode(group, out);
        }
        return;
    };
    let encoder = Encoder::new(layout);
    let separator = _mm512_set1_epi8(sep as i8);
    let groups = 64 / (group * 2 + 1);
    let mut rest = data;
    loop {
        let (block, after) = rest.split_at(rest.len().min(groups * group));
        let bytes = match rest.first_chunk::<32>() {
            Some(bytes) => load_32(bytes),
            None => vector::load_partial(block),
        };
        let text = _mm512_mask_mov_epi8(encoder.block(bytes), encoder.separators, separator);
        // No separator after the last group.
        let len = if after.is_empty() { block.len() * 2 + (block.len() - 1) / group } else { groups * (group * 2 + 1) };
        let spare = out.spare_mut();
        match spare.first_chunk_mut::<64>() {
            Some(spare) => vector::store(spare, text),
            None => vector::store_partial(&mut spare[..len], text),
        }
        // SAFETY: `len` bytes, which is at most 64, have just been stored.
        unsafe { out.advance(len) }
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

/// Encodes all of `data` to `text`, which has just the space for it, with `sep` between groups of `group` bytes after a
/// first one of `first` bytes, or none if that is zero. Returns false, and stores nothing, when a vector does not hold the text.
///
/// A shorter first group is the end of a whole one: the layout is read from there on.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode_short_groups(
    data: &[u8],
    sep: u8,
    group: usize,
    first: usize,
    text: &mut [MaybeUninit<u8>],
) -> bool {
    let missing = if first == 0 { 0 } else { group - first };
    let group = if text.len() == 2 * data.len() { 0 } else { group };
    let Some(layout) = LAYOUTS.get(group).and_then(|layout| layout.get(2 * missing..)) else { return false };
    if text.len() > layout.len() {
        return false;
    }
    let layout = vector::load_partial(layout);
    let mut encoder = Encoder::of(layout);
    // The marks in the upper bits, which this may change, have been read.
    encoder.spread = _mm512_sub_epi8(layout, _mm512_set1_epi8(missing as i8));
    let digits = encoder.block(vector::load_partial(data));
    vector::store_partial(text, _mm512_mask_mov_epi8(digits, encoder.separators, _mm512_set1_epi8(sep as i8)));
    true
}

/// Decodes all of `pairs`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn decode(pairs: &[[u8; 2]], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    let table = HEX_REVERSE.ascii_values().map(|half| vector::load(half));
    if pairs.len() <= 32 {
        // One vector, without the constants that are needed for two.
        let text = vector::load_partial(pairs.as_flattened());
        let values = _mm512_permutex2var_epi8(table[0], text, table[1]);
        let invalid = _mm512_movepi8_mask(_mm512_or_si512(text, values));
        if invalid & vector::first_lanes(2 * pairs.len()) != 0 {
            return Err(DecodeError::NonHexDigit);
        }
        let bytes = _mm512_cvtepi16_epi8(_mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110)));
        vector::store_partial(&mut out.spare_mut()[..pairs.len()], _mm512_castsi256_si512(bytes));
        // SAFETY: these bytes, at most 32, have just been stored.
        unsafe { out.advance(pairs.len()) }
        return Ok(());
    }
    // The bytes of each two digits, and whether they were digits.
    let block = |low: __m512i, high: __m512i| {
        /// The even bytes of two vectors.
        static EVEN: vector::Aligned<[u8; 64]> = vector::Aligned({
            let mut indices = [0; 64];
            let mut i = 0;
            while i < 64 {
                indices[i] = 2 * i as u8;
                i += 1;
            }
            indices
        });
        let values = [low, high].map(|text| _mm512_permutex2var_epi8(table[0], text, table[1]));
        let marks = [0, 1].map(|i| _mm512_movepi8_mask(_mm512_or_si512([low, high][i], values[i])));
        let joined = values.map(|values| _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110)));
        (_mm512_permutex2var_epi8(joined[0], vector::load(&EVEN), joined[1]), marks)
    };

    let (blocks, rest) = pairs.as_chunks::<64>();
    let spare: &mut [MaybeUninit<u8>] = &mut out.spare_mut()[..pairs.len()];
    let (out_blocks, out_rest) = spare.as_chunks_mut::<64>();
    for (text, out) in blocks.iter().zip(out_blocks) {
        let (text, _) = text.as_flattened().as_chunks::<64>();
        let (bytes, invalid) = block(vector::load(&text[0]), vector::load(&text[1]));
        if invalid[0] | invalid[1] != 0 {
            return Err(DecodeError::NonHexDigit);
        }
        vector::store(out, bytes);
    }
    if !rest.is_empty() {
        let text = rest.as_flattened();
        let (low, high) = text.split_at(text.len().min(64));
        let (bytes, invalid) = block(vector::load_partial(low), vector::load_partial(high));
        if invalid[0] & vector::first_lanes(low.len()) | invalid[1] & vector::first_lanes(high.len()) != 0 {
            return Err(DecodeError::NonHexDigit);
        }
        vector::store_partial(out_rest, bytes);
    }
    // SAFETY: the blocks and the rest are all bytes.
    unsafe { out.advance(pairs.len()) }
    Ok(())
}
