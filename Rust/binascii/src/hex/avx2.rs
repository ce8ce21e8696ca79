//! Hexadecimal with AVX2: mostly the portable code, which the compiler turns into vectors as good as hand-written ones.
//!
//! Short groups with separators it does not see through. For these a byte shuffle copies each byte to the places of its
//! digits, one nibble or the other is selected, and a second shuffle looks the digits up. A 128-bit lane takes as many whole
//! groups as fit its 16 places; each lane is stored by itself, the second over the unused places of the first.

use super::layout::layouts;
use super::{DIGITS, DecodeError, portable};
use crate::avx2::{store_lanes, table};
use core::arch::x86_64::*;
use outbuf::OutBuf;

/// The most bytes of which a lane holds a group and its separator.
const MAX_GROUP: usize = 7;

/// The layouts of all groups that fit a lane.
static LAYOUTS: [[u8; 16]; MAX_GROUP + 1] = layouts();

/// Encodes all of `data`.
#[target_feature(enable = "avx2")]
pub(super) fn encode(data: &[u8], out: &mut OutBuf<'_>) {
    portable::encode(data, out);
}

/// Encodes all of `data`, with `sep` between each two groups of `group` bytes.
#[target_feature(enable = "avx2")]
pub(super) fn encode_groups(data: &[u8], sep: u8, group: usize, out: &mut OutBuf<'_>) {
    let mut rest = data;
    if let Some(layout) = LAYOUTS.get(group) {
        let digits = table(&DIGITS);
        let layout = table(layout);
        // The mark of a high nibble, moved up to the bit by which a blend selects.
        let high = _mm256_slli_epi16::<1>(layout);
        let nibble = _mm256_set1_epi8(0x0f);
        let separator = _mm256_set1_epi8(sep as i8);
        let groups = 16 / (group * 2 + 1);
        let (bytes, text_len) = (groups * group, groups * (group * 2 + 1));
        // A lane loads eight bytes, and stores 16. The last group, which no separator follows, is left over.
        while rest.len() > 2 * bytes
            && let (Some(first), Some(second)) = (rest.first_chunk::<8>(), rest[bytes..].first_chunk::<8>())
            && let Some(spare) = out.spare_mut().get_mut(..text_len + 16)
        {
            let data = _mm256_set_epi64x(0, i64::from_le_bytes(*second), 0, i64::from_le_bytes(*first));
            let spread = _mm256_shuffle_epi8(data, layout);
            let nibbles = _mm256_blendv_epi8(spread, _mm256_srli_epi16::<4>(spread), high);
            let text = _mm256_shuffle_epi8(digits, _mm256_and_si256(nibbles, nibble));
            let text = _mm256_blendv_epi8(text, separator, layout);
            store_lanes(spare, text_len, text);
            // SAFETY: the first `text_len + 16` bytes have been initialised; as `text_len` is not more than 16, these include
            // the `2 * text_len` that are counted.
            unsafe { out.advance(2 * text_len) };
            rest = &rest[2 * bytes..];
        }
    }
    portable::encode_groups(rest, sep, group, out);
}

/// Decodes all of `pairs`.
#[target_feature(enable = "avx2")]
pub(super) fn decode(pairs: &[[u8; 2]], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    portable::decode(pairs, out)
}
