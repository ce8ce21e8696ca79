//! Base32 with AVX-512 (VBMI): 40 bytes are 64 characters. The method is that of Muła and Lemire for base64 ("Base64
//! encoding and decoding at almost the speed of a memory copy", 2020), with fields of five bits.
//!
//! # Encoding
//!
//! A byte permutation gives each group a 64-bit element, last byte first, in which the eight 5-bit fields are adjacent. A
//! multishift moves each field to the low bits of a byte, and a permutation looks up the characters. It takes the lower six
//! bits of an index, of which the uppermost is not cleared: the alphabet is in its table twice.
//!
//! # Decoding
//!
//! A permutation of two registers looks up all 128 ASCII characters; the top bit of a result, or of the character itself,
//! marks one that is not in the alphabet. Two multiply-and-add steps join four values to 20 bits, a shift joins two of
//! these to 40, and a permutation closes the gaps and reverses the bytes.

use super::{GROUP, GROUP_BYTES, Options};
use crate::alphabet::{PAD, ReverseTable};
use crate::avx512 as vector;
use core::arch::x86_64::*;
use core::mem::MaybeUninit;
use outbuf::OutBuf;

/// The characters and the bytes of a vector.
const BLOCK: usize = 64;
const BLOCK_BYTES: usize = BLOCK / GROUP * GROUP_BYTES;

/// For each byte of the text, the byte of the data that its 64-bit element has there.
static SPREAD: vector::Aligned<[u8; BLOCK]> = vector::Aligned({
    let mut indices = [0; BLOCK];
    let mut i = 0;
    while i < BLOCK {
        // The bytes above the fifth are not used.
        indices[i] = (i / GROUP * GROUP_BYTES) as u8 + [4, 3, 2, 1, 0, 0, 0, 0][i % GROUP];
        i += 1;
    }
    indices
});

/// For each byte of the data, where the elements have it.
static CLOSE: vector::Aligned<[u8; BLOCK]> = vector::Aligned({
    let mut indices = [0; BLOCK];
    let mut i = 0;
    while i < BLOCK_BYTES {
        indices[i] = (i / GROUP_BYTES * GROUP + 4 - i % GROUP_BYTES) as u8;
        i += 1;
    }
    indices
});

/// The constants of the encoder.
struct Encoder {
    spread: __m512i,
    shifts: __m512i,
    alphabet: __m512i,
}

impl Encoder {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(alphabet: &[u8; 32]) -> Self {
        Self {
            spread: vector::load(&SPREAD),
            shifts: _mm512_set1_epi64(i64::from_le_bytes([35, 30, 25, 20, 15, 10, 5, 0])),
            // SAFETY: the reference is valid for 32 bytes, and the load needs no alignment.
            alphabet: _mm512_broadcast_i64x4(unsafe { _mm256_loadu_si256(alphabet.as_ptr().cast()) }),
        }
    }

    /// The characters for the first 40 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn characters(&self, bytes: __m512i) -> __m512i {
        let fields = _mm512_multishift_epi64_epi8(self.shifts, _mm512_permutexvar_epi8(self.spread, bytes));
        _mm512_permutexvar_epi8(fields, self.alphabet)
    }

    /// The characters for `rest`, which is the last of the data, and pads.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
    fn padded_characters(&self, rest: &[u8]) -> __m512i {
        // Missing bytes are zeros; the characters that encode nothing else become pads.
        let pads = !vector::first_lanes((rest.len() * 8).div_ceil(5));
        let chars = self.characters(vector::load_partial(rest));
        _mm512_mask_mov_epi8(chars, pads, _mm512_set1_epi8(PAD as i8))
    }
}

/// Encodes `data`, at most 40 bytes, in one line, which is all of `text`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode_short(data: &[u8], options: Options<'_>, text: &mut [MaybeUninit<u8>]) {
    vector::store_partial(text, Encoder::new(options.alphabet).padded_characters(data));
}

/// Encodes all of `data`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    let encoder = Encoder::new(options.alphabet);
    let len = super::text_len(data.len(), options.padded);
    let text = &mut out.spare_mut()[..len];
    let (blocks, rest) = data.as_chunks::<BLOCK_BYTES>();
    let (text_blocks, text_rest) = text.as_chunks_mut::<BLOCK>();
    for (block, text) in blocks.iter().zip(&mut *text_blocks) {
        vector::store(text, encoder.characters(vector::load_partial(block)));
    }
    if !rest.is_empty() {
        // The last characters are a block when the rest is 39 bytes or so.
        let target = match text_blocks.get_mut(blocks.len()) {
            Some(block) => &mut block[..],
            None => text_rest,
        };
        vector::store_partial(target, encoder.padded_characters(rest));
    }
    // SAFETY: the blocks and the rest, which are all of these bytes, have been stored.
    unsafe { out.advance(len) }
}

/// The constants of the decoder.
struct Decoder {
    values: [__m512i; 2],
    close: __m512i,
}

impl Decoder {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(table: &ReverseTable) -> Self {
        Self { values: table.ascii_values().map(|half| vector::load(half)), close: vector::load(&CLOSE) }
    }

    /// The value of each character, and the mask of those that are not in the alphabet and have no value.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn values(&self, text: __m512i) -> (__m512i, u64) {
        let values = _mm512_permutex2var_epi8(self.values[0], text, self.values[1]);
        (values, _mm512_movepi8_mask(_mm512_or_si512(values, text)))
    }

    /// 40 bytes from 64 values.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn join(&self, values: __m512i) -> __m512i {
        let tens = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0120));
        let twenties = _mm512_madd_epi16(tens, _mm512_set1_epi32(0x0001_0400));
        let forties = _mm512_or_si512(_mm512_slli_epi64::<20>(twenties), _mm512_srli_epi64::<32>(twenties));
        _mm512_permutexvar_epi8(self.close, forties)
    }
}

/// Decodes a text of at most 64 characters, and returns how many characters come before the pads that are all of its rest;
/// `None` when there is anything else. The alphabet of `table` is printable ASCII.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2")]
pub(super) fn decode_short(data: &[u8], table: &ReverseTable, bytes: &mut [MaybeUninit<u8>; 64]) -> Option<usize> {
    let decoder = Decoder::new(table);
    // Missing bytes are zeros, and so not in the alphabet.
    let text = vector::load_partial(data);
    let (values, invalid) = decoder.values(text);
    let pads = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(PAD as i8));
    // The mark of a pad must not reach into the bits of the character before it.
    vector::store(bytes, decoder.join(_mm512_maskz_mov_epi8(!invalid, values)));
    let chars = invalid.trailing_zeros() as usize;
    (pads == vector::first_lanes(data.len()) ^ vector::first_lanes(chars)).then_some(chars)
}

/// Decodes groups of eight data characters up to the first that is not one, and says how many characters that were.
///
/// The alphabet of `table` is printable ASCII.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2")]
pub(super) fn groups(data: &[u8], table: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    debug_assert!(table.is_printable());
    let decoder = Decoder::new(table);
    let decoded = |text: __m512i| {
        let (values, invalid) = decoder.values(text);
        (decoder.join(values), invalid)
    };
    let (blocks, rest) = data.as_chunks::<BLOCK>();
    let mut done = 0;
    for block in blocks {
        let (bytes, invalid) = decoded(vector::load(block));
        // The output has space for all of the text, so this is all 40 bytes.
        let spare = out.spare_mut();
        if invalid == 0 {
            vector::store_partial(&mut spare[..BLOCK_BYTES], bytes);
            // SAFETY: these bytes have just been stored.
            unsafe { out.advance(BLOCK_BYTES) }
            done += BLOCK;
            continue;
        }
        let groups = invalid.trailing_zeros() as usize / GROUP;
        vector::store_partial(&mut spare[..groups * GROUP_BYTES], bytes);
        // SAFETY: these bytes have just been stored.
        unsafe { out.advance(groups * GROUP_BYTES) }
        return done + groups * GROUP;
    }
    // NUL, which missing characters are, is not in the alphabet.
    let (bytes, invalid) = decoded(vector::load_partial(rest));
    let groups = invalid.trailing_zeros() as usize / GROUP;
    vector::store_partial(&mut out.spare_mut()[..groups * GROUP_BYTES], bytes);
    // SAFETY: these bytes have just been stored.
    unsafe { out.advance(groups * GROUP_BYTES) }
    done + groups * GROUP
}
