//! Base64 with AVX-512 (VBMI and VBMI2): 48 bytes are 64 characters. The kernels are those of Muła and Lemire, "Base64
//! encoding and decoding at almost the speed of a memory copy" (2020), with masks for the ends and for text with line ends.
//!
//! # Encoding
//!
//! One byte permutation gives every group `a b c` a 32-bit element `b a c b`, in which each of the four 6-bit fields is
//! a run of adjacent bits. One multishift moves the runs to the low bits of four bytes, and one more permutation looks
//! the characters up; it takes no notice of the upper two bits of an index.
//!
//! # Decoding
//!
//! A permutation of two registers looks up all 128 ASCII characters; the top bit of a result, or of the character
//! itself, marks what is not in the alphabet. Two multiply-and-add steps join four values to 24 bits, and a permutation
//! closes the gaps.
//!
//! Text with line ends is decoded in two passes over pieces that fit the first-level cache: the values of the data
//! characters are compressed into a small array, then whole groups of it are joined. The cost hardly depends on how
//! many other characters there are or where.
//!
//! Masked loads and stores, which cost no more than plain ones, take the ends, so a short text is one block that needs no
//! scalar code.

use super::{Options, check_lenient_end, portable, text_len};
use crate::alphabet::{PAD, ReverseTable};
use crate::avx512 as vector;
use crate::rfc4648::{DecodeError, Encoding, Rules, decode_strict};
use core::arch::x86_64::*;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// From how many bytes on stores are aligned. Every vector crosses two cache lines otherwise, which costs a quarter of the
/// speed.
const ALIGN_FROM: usize = 1024;

/// The constants of the encoder.
struct Encoder {
    spread: __m512i,
    shifts: __m512i,
    alphabet: __m512i,
}

impl Encoder {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn new(alphabet: &[u8; 64]) -> Self {
        static SPREAD: vector::Aligned<[u8; 64]> = vector::Aligned({
            let mut indices = [0; 64];
            let mut i = 0;
            while i < 64 {
                indices[i] = (i / 4 * 3) as u8 + [1, 0, 2, 1][i % 4];
                i += 1;
            }
            indices
        });
        Self {
            spread: vector::load(&SPREAD),
            // Where the four fields of each of two groups begin in 64 bits.
            shifts: _mm512_set1_epi64(i64::from_le_bytes([10, 4, 22, 16, 42, 36, 54, 48])),
            alphabet: vector::load(alphabet),
        }
    }

    /// The characters for the first 48 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn block(&self, bytes: __m512i) -> __m512i {
        let groups = _mm512_permutexvar_epi8(self.spread, bytes);
        _mm512_permutexvar_epi8(_mm512_multishift_epi64_epi8(self.shifts, groups), self.alphabet)
    }
}

/// Encodes all of `data`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    let len = text_len(data.len(), options.padded);
    let text = &mut out.spare_mut()[..len + usize::from(options.newline)];
    if options.newline {
        text[len].write(b'\n');
    }
    let done = if data.len() >= 48 { encode_blocks(data, options.alphabet, text) } else { 0 };
    let rest = &data[done..];
    if !rest.is_empty() {
        let chars = Encoder::new(options.alphabet).block(vector::load_partial(rest));
        // Missing bytes have been encoded as zeros; the characters that encode nothing else become pads.
        let pads = !vector::first_lanes((rest.len() * 8).div_ceil(6));
        let chars = _mm512_mask_mov_epi8(chars, pads, _mm512_set1_epi8(PAD as i8));
        vector::store_partial(&mut text[done / 3 * 4..len], chars);
    }
    // SAFETY: all blocks, the rest and the newline have been stored, which is the whole of `text`.
    unsafe { out.advance(len + usize::from(options.newline)) }
}

/// Encodes `data` in one line, which is all of `text`. What is left after the blocks of 48 bytes becomes at most 64 characters,
/// with the newline.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode_short(data: &[u8], options: Options<'_>, text: &mut [MaybeUninit<u8>]) {
    let encoder = Encoder::new(options.alphabet);
    let (blocks, data) = data.as_chunks::<48>();
    let Some((whole, text)) = text.split_at_mut_checked(blocks.len() * 64) else { return };
    for (block, text) in blocks.iter().zip(whole.as_chunks_mut::<64>().0) {
        vector::store(text, encoder.block(vector::load_partial(block)));
    }
    let pads = !vector::first_lanes((data.len() * 8).div_ceil(6));
    let chars = encoder.block(vector::load_partial(data));
    let mut chars = _mm512_mask_mov_epi8(chars, pads, _mm512_set1_epi8(PAD as i8));
    if options.newline {
        let last = !vector::first_lanes(text.len().saturating_sub(1));
        chars = _mm512_mask_mov_epi8(chars, last, _mm512_set1_epi8(b'\n' as i8));
    }
    vector::store_partial(text, chars);
}

/// Encodes whole blocks of 48 bytes from the start of `data`, until fewer are left, and says how many bytes that were.
///
/// Not inlined, for the sake of the registers and time that short data would spend on it. The same goes for the loops of the
/// decoder.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
fn encode_blocks(data: &[u8], alphabet: &[u8; 64], text: &mut [MaybeUninit<u8>]) -> usize {
    let encoder = Encoder::new(alphabet);
    let mut done = 0;
    if data.len() >= ALIGN_FROM
        && let Some(first) = text.first_chunk_mut::<64>()
    {
        // One block that counts only as far as the next boundary.
        let chars = vector::until_aligned(first);
        if chars.is_multiple_of(4) {
            vector::store(first, encoder.block(vector::load_partial(&data[..48])));
            done = chars / 4 * 3;
        }
    }
    let (fours, _) = data[done..].as_chunks::<192>();
    let (text_fours, _) = text[done / 3 * 4..].as_chunks_mut::<256>();
    for (four, text) in fours.iter().zip(text_fours) {
        for (block, text) in four.as_chunks::<48>().0.iter().zip(text.as_chunks_mut::<64>().0) {
            vector::store(text, encoder.block(vector::load_partial(block)));
        }
    }
    done += fours.len() * 192;
    let (blocks, _) = data[done..].as_chunks::<48>();
    let (text_blocks, _) = text[done / 3 * 4..].as_chunks_mut::<64>();
    for (block, text) in blocks.iter().zip(text_blocks) {
        vector::store(text, encoder.block(vector::load_partial(block)));
    }
    done + blocks.len() * 48
}

/// The constants of the decoder.
struct Decoder {
    values: [__m512i; 2],
    close: [__m512i; 3],
}

impl Decoder {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn new(table: &ReverseTable) -> Self {
        /// Where the bytes of 64 groups are: each the lower three of a 32-bit element, last byte first. These elements fill
        /// four vectors and their bytes three, so a vector of bytes comes from two of elements, counted from the first.
        static CLOSE: vector::Aligned<[u8; 192]> = vector::Aligned({
            let mut indices = [0; 192];
            let mut i = 0;
            while i < 192 {
                indices[i] = (i / 3 * 4 - i / 64 * 64) as u8 + [2, 1, 0][i % 3];
                i += 1;
            }
            indices
        });
        let (close, _) = CLOSE.as_chunks::<64>();
        Self {
            values: table.ascii_values().map(|half| vector::load(half)),
            close: [0, 1, 2].map(|i| vector::load(&close[i])),
        }
    }

    /// The value of each character, and a vector with the top bit set for those that are not in the alphabet and have
    /// no value.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn marked_values(&self, text: __m512i) -> (__m512i, __m512i) {
        let values = _mm512_permutex2var_epi8(self.values[0], text, self.values[1]);
        (values, _mm512_or_si512(values, text))
    }

    /// The value of each character, and the mask of those that are not in the alphabet and have no value.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn values(&self, text: __m512i) -> (__m512i, u64) {
        let (values, marks) = self.marked_values(text);
        (values, _mm512_movepi8_mask(marks))
    }

    /// 48 bytes from 64 values.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn join(&self, values: __m512i) -> __m512i {
        _mm512_permutexvar_epi8(self.close[0], quads(values))
    }
}

/// The 24 bits of each four values, in the low bytes of 32-bit elements.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn quads(values: __m512i) -> __m512i {
    let pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0140));
    _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0001_1000))
}

/// Decodes all of `data`. The alphabet of `table` is printable ASCII.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn decode(
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    debug_assert!(table.is_printable());
    let decoder = Decoder::new(table);
    let start = out.len();
    let done = if data.len() >= 64 { clean_blocks(data, table, out) } else { 0 };
    let rest = &data[done..];
    if rest.len() > 64 {
        // The next block has something that is not in the alphabet.
        if strict {
            return strict_rest(data, table, rules, (done, start), out);
        }
        let count = compressed(rest, table, out);
        return check_lenient_end(data, table, rules, count % 4, out.len() - start);
    }

    // Missing bytes are zeros, and so not in the alphabet.
    let text = vector::load_partial(rest);
    let (values, invalid) = decoder.values(text);
    let pads = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(PAD as i8));
    let clean = invalid.trailing_zeros() as usize;
    let padding = rest.len() - clean;
    if rest.len().is_multiple_of(4)
        && padding <= 2
        && pads.count_ones() as usize == padding
        && (padding == 0 || rules.padded && !rules.canonical)
    {
        // The mark of a pad must not reach into the bits of the character before it.
        push_joined(&decoder, _mm512_maskz_mov_epi8(!invalid, values), clean, out);
        return Ok(());
    }
    if strict {
        return strict_rest(data, table, rules, (done, start), out);
    }
    let valid = !invalid;
    let count = valid.count_ones() as usize;
    push_joined(&decoder, _mm512_maskz_compress_epi8(valid, values), count, out);
    let held = count % 4;
    if held < 2 || rules.canonical || !rules.padded {
        return check_lenient_end(rest, table, rules, held, out.len() - start);
    }
    let trailing_pads = pads.checked_shr(64 - valid.leading_zeros()).unwrap_or(0);
    if held + trailing_pads.count_ones() as usize >= 4 { Ok(()) } else { Err(DecodeError::IncorrectPadding) }
}

/// Decodes a text, and returns how many characters come before the pads that are all of its rest; `None` when there is anything
/// else, or `bytes` has no space for a vector of bytes after those of all blocks of 64 characters but the last. The alphabet of
/// `table` is printable ASCII.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,popcnt")]
pub(super) fn decode_short(data: &[u8], table: &ReverseTable, mut bytes: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let decoder = Decoder::new(table);
    let mut last = data;
    while let Some((block, after)) = last.split_first_chunk::<64>()
        && !after.is_empty()
    {
        let (values, invalid) = decoder.values(vector::load(block));
        if invalid != 0 {
            return None;
        }
        vector::store(bytes.first_chunk_mut()?, decoder.join(values));
        (last, bytes) = (after, bytes.get_mut(48..)?);
    }
    // Missing bytes are zeros, and so not in the alphabet.
    let text = vector::load_partial(last);
    let (values, invalid) = decoder.values(text);
    let pads = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(PAD as i8));
    // The mark of a pad must not reach into the bits of the character before it.
    vector::store(bytes.first_chunk_mut()?, decoder.join(_mm512_maskz_mov_epi8(!invalid, values)));
    let chars = invalid.trailing_zeros() as usize;
    let is_valid = pads == vector::first_lanes(last.len()) ^ vector::first_lanes(chars);
    is_valid.then_some(data.len().wrapping_sub(last.len()).wrapping_add(chars))
}

/// Decodes a text of at most 64 characters, those of the alphabet alone, and returns how many these are. The alphabet of `table`
/// is printable ASCII.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) fn decode_short_lenient(data: &[u8], table: &ReverseTable, bytes: &mut [MaybeUninit<u8>; 64]) -> usize {
    let decoder = Decoder::new(table);
    let (values, invalid) = decoder.values(vector::load_partial(data));
    vector::store(bytes, decoder.join(_mm512_maskz_compress_epi8(!invalid, values)));
    (!invalid).count_ones() as usize
}

/// Decodes in strict mode the rest after `done` characters. Texts without characters to ignore come here with their last
/// group, or because they are not valid.
#[cold]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
fn strict_rest(
    data: &[u8],
    table: &ReverseTable,
    rules: &Rules,
    done_and_start: (usize, usize),
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    decode_strict(Level::Avx512, Encoding::Base64, data, table, rules, done_and_start, out, |data, out| {
        let done = if data.len() >= 64 { clean_blocks(data, table, out) } else { 0 };
        done + portable::groups(&data[done..], table, out)
    })
}

/// Decodes blocks of 64 data characters up to the first that has anything else, and says how many characters that were.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
fn clean_blocks(data: &[u8], table: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    let decoder = &Decoder::new(table);
    let mut done = 0;
    // Four blocks are three whole vectors of bytes.
    let (fours, _) = data.as_chunks::<256>();
    let (out_fours, _) = out.spare_mut().as_chunks_mut::<192>();
    for (four, out) in fours.iter().zip(out_fours) {
        let (text, _) = four.as_chunks::<64>();
        let [(a, w), (b, x), (c, y), (d, z)] = [0, 1, 2, 3].map(|i| decoder.marked_values(vector::load(&text[i])));
        let marks = _mm512_or_si512(_mm512_or_si512(w, x), _mm512_or_si512(y, z));
        if _mm512_movepi8_mask(marks) != 0 {
            break;
        }
        let [a, b, c, d] = [a, b, c, d].map(|values| quads(values));
        let (out, _) = out.as_chunks_mut::<64>();
        vector::store(&mut out[0], _mm512_permutex2var_epi8(a, decoder.close[0], b));
        vector::store(&mut out[1], _mm512_permutex2var_epi8(b, decoder.close[1], c));
        vector::store(&mut out[2], _mm512_permutex2var_epi8(c, decoder.close[2], d));
        done += 256;
    }
    // SAFETY: each round of the loop has stored 192 bytes, each after those before it.
    unsafe { out.advance(done / 4 * 3) }
    let (blocks, _) = data[done..].as_chunks::<64>();
    for block in blocks {
        let (values, invalid) = decoder.values(vector::load(block));
        if invalid != 0 {
            break;
        }
        push_joined(decoder, values, 64, out);
        done += 64;
    }
    done
}

/// Writes the bytes of the first `count` values.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
fn push_joined(decoder: &Decoder, values: __m512i, count: usize, out: &mut OutBuf<'_>) {
    let bytes = decoder.join(values);
    let len = count * 6 / 8;
    let spare = out.spare_mut();
    match spare.first_chunk_mut::<64>() {
        Some(spare) => vector::store(spare, bytes),
        None => vector::store_partial(&mut spare[..len], bytes),
    }
    // SAFETY: these `len` bytes, at most 48, have just been stored.
    unsafe { out.advance(len) }
}

/// Decodes all of `data` in lenient mode, up to pads, and says how many data characters it has.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
fn compressed(data: &[u8], table: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    let decoder = &Decoder::new(table);
    // A piece, and space for the last store of 64.
    let mut memory = [MaybeUninit::uninit(); 2048 + 64];
    let mut held = OutBuf::new(&mut memory);
    let mut total = 0;
    let mut pos = 0;
    loop {
        // The second block of a pair does not have to wait for the count of the first.
        while let Some(pair) = data[pos..].first_chunk::<128>()
            && let Some(spare) = held.spare_mut().first_chunk_mut::<128>()
        {
            let (blocks, _) = pair.as_chunks::<64>();
            let (first, first_invalid) = decoder.values(vector::load(&blocks[0]));
            let (second, second_invalid) = decoder.values(vector::load(&blocks[1]));
            let count = first_invalid.count_zeros() as usize;
            let [first, second] = [
                _mm512_maskz_compress_epi8(!first_invalid, first),
                _mm512_maskz_compress_epi8(!second_invalid, second),
            ];
            let Some(place) = spare.first_chunk_mut::<64>() else { break };
            vector::store(place, first);
            let Some(place) = spare[count..].first_chunk_mut::<64>() else { break };
            vector::store(place, second);
            // SAFETY: 64 bytes have just been stored after the first `count`, and no more are counted.
            unsafe { held.advance(count + second_invalid.count_zeros() as usize) }
            pos += 128;
        }
        while pos < data.len()
            && let Some(spare) = held.spare_mut().first_chunk_mut::<64>()
        {
            let text = match data[pos..].first_chunk::<64>() {
                Some(block) => vector::load(block),
                None => vector::load_partial(&data[pos..]),
            };
            let (values, invalid) = decoder.values(text);
            vector::store(spare, _mm512_maskz_compress_epi8(!invalid, values));
            // SAFETY: 64 bytes have just been stored, and no more are counted.
            unsafe { held.advance(invalid.count_zeros() as usize) }
            pos += 64;
        }
        let (blocks, rest) = held.filled().as_chunks::<64>();
        total += held.len();
        for block in blocks {
            push_joined(decoder, vector::load(block), 64, out);
        }
        let (count, values) = (rest.len(), vector::load_partial(rest));
        if pos >= data.len() {
            push_joined(decoder, values, count, out);
            return total;
        }
        // Incomplete blocks begin the next piece.
        total -= count;
        held.truncate(0);
        if let Some(spare) = held.spare_mut().first_chunk_mut::<64>() {
            vector::store(spare, values);
            // SAFETY: 64 bytes have just been stored, and fewer are counted.
            unsafe { held.advance(count) }
        }
    }
}
