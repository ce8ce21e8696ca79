//! Base64 with AVX2: 24 bytes are 32 characters. The kernels are those of Muła and Lemire, "Faster Base64 encoding and
//! decoding using AVX2 instructions" (2018).
//!
//! # Encoding
//!
//! 1. Each 128-bit lane takes twelve bytes; a byte shuffle gives every group `a b c` a 32-bit element `b a c b`, so that
//!    each of the two 16-bit halves holds the bits of two characters.
//! 2. Two multiplications shift the four 6-bit fields of each element into its four bytes: AVX2 has no shift by a
//!    different count for each 16-bit element, but a multiplication by a power of two is one.
//! 3. A value becomes its character by adding an offset that depends on which of five ranges it is in.
//!
//! # Decoding
//!
//! 1. A byte is in the alphabet if two tables, looked up by its low and by its high nibble, have no bit in common. A bit
//!    stands for a set of high nibbles with the same valid low nibbles.
//! 2. A character becomes its value by adding an offset that depends on its high nibble (and on whether it is a slash).
//! 3. Two multiply-and-add steps join four values to 24 bits; shuffles close the gaps.
//!
//! A scalar loop skips line ends and other characters, and comes back here after each run of them.
//!
//! Alphabets other than the standard one are looked up in tables.

use super::{Options, portable};
use crate::alphabet::{BASE64 as ALPHABET, BASE64_REVERSE, ReverseTable};
use crate::avx2::{Reverse, load_lanes, look_up, store, table};
use crate::rfc4648::{DecodeError, Encoding, Rules, decode_strict};
use core::arch::x86_64::*;
use core::ptr;
use cpu_level::Level;
use outbuf::OutBuf;

/// Encodes all of `data`.
#[target_feature(enable = "avx2")]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    /// What to add to a value: first to an upper-case letter's, then a lower-case one's, the ten digits' and the last two.
    const OFFSETS: [u8; 16] = {
        let mut offsets = [ALPHABET[52].wrapping_sub(52); 16];
        offsets[0] = ALPHABET[0];
        offsets[1] = ALPHABET[26] - 26;
        offsets[12] = ALPHABET[62].wrapping_sub(62);
        offsets[13] = ALPHABET[63].wrapping_sub(63);
        offsets
    };
    let offsets = table(&OFFSETS);
    let standard = *options.alphabet == ALPHABET;
    let (quarters, _) = options.alphabet.as_chunks::<16>();
    let alphabet = [0, 1, 2, 3].map(|i| table(&quarters[i]));
    let spread = table(&[1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10]);

    let mut done = 0;
    // A load takes 16 bytes for the twelve of its lane, so four must follow the 24.
    while let Some(block) = data.get(done..done + 28)
        && let Some(spare) = out.spare_mut().first_chunk_mut::<32>()
    {
        let groups = _mm256_shuffle_epi8(load_lanes(block, 12), spread);
        // The lower half is aaaaaaaabbbbbbbb, the upper bbbbbbbbcccccccc. The first and third field are in their upper
        // parts, and move down by ten and by six bits into the low bytes.
        let first_third = _mm256_and_si256(groups, _mm256_set1_epi32(0x0fc0_fc00));
        let first_third = _mm256_mulhi_epu16(first_third, _mm256_set1_epi32(0x0400_0040));
        // The second and fourth are below these, and move up by four and by eight bits into the high bytes.
        let second_fourth = _mm256_and_si256(groups, _mm256_set1_epi32(0x003f_03f0));
        let second_fourth = _mm256_mullo_epi16(second_fourth, _mm256_set1_epi32(0x0100_0010));
        let values = _mm256_or_si256(first_third, second_fourth);
        let text = if standard {
            // Zero for the letters and 1 to 12 for the other values; then one for the lower-case letters, and 2 to 13.
            let range = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
            let above_upper = _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25));
            let range = _mm256_sub_epi8(range, above_upper);
            _mm256_add_epi8(values, _mm256_shuffle_epi8(offsets, range))
        } else {
            look_up(&alphabet, values)
        };
        store(spare, text);
        // SAFETY: the 32 bytes of `spare` have been initialised.
        unsafe { out.advance(32) };
        done += 24;
    }
    portable::encode(&data[done..], options, out);
}

/// Decodes all of `data`. The alphabet of `table` is printable ASCII.
#[target_feature(enable = "avx2")]
pub(super) fn decode(
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    debug_assert!(table.is_printable());
    let groups = |data: &[u8], out: &mut OutBuf<'_>| groups(data, table, out);
    if strict {
        let start = out.len();
        decode_strict(Level::Avx2, Encoding::Base64, data, table, rules, (0, start), out, groups)
    } else {
        portable::decode_lenient(data, table, rules, out, groups)
    }
}

/// Decodes groups of four data characters up to the first that is not one, and says how many characters that were.
#[target_feature(enable = "avx2")]
fn groups(data: &[u8], reverse: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    let standard = ptr::eq(reverse, &BASE64_REVERSE);
    let reverse_table = Reverse::new(reverse);
    let by_low = table(&NIBBLES.0);
    let by_high = table(&NIBBLES.1);
    let offsets = table(&OFFSETS);
    let close = table(&[2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255]);
    let low_nibble = _mm256_set1_epi8(0x0f);

    let mut done = 0;
    while let Some(block) = data.get(done..done + 32)
        && let Some(spare) = out.spare_mut().first_chunk_mut::<32>()
    {
        // SAFETY: the block has 32 bytes, and the load needs no alignment.
        let text = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
        let values = if standard {
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(text), low_nibble);
            let low = _mm256_and_si256(text, low_nibble);
            if _mm256_testz_si256(_mm256_shuffle_epi8(by_low, low), _mm256_shuffle_epi8(by_high, high)) == 0 {
                break;
            }
            // A slash takes the entry before that of its nibble, which is otherwise free.
            let slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'/' as i8));
            _mm256_add_epi8(text, _mm256_shuffle_epi8(offsets, _mm256_add_epi8(high, slash)))
        } else {
            let (values, invalid) = reverse_table.values(text);
            if _mm256_movemask_epi8(invalid) != 0 {
                break;
            }
            values
        };
        let pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));
        let quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001_1000));
        let bytes = _mm256_shuffle_epi8(quads, close);
        let bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
        store(spare, bytes);
        // SAFETY: the 32 bytes of `spare` have been initialised, of which 24 are counted.
        unsafe { out.advance(24) };
        done += 32;
    }
    done + portable::groups(&data[done..], reverse, out)
}

/// For each low and each high nibble, the classes of high nibbles: a byte is in the alphabet if its two entries share
/// no bit.
///
/// High nibbles with the same valid low nibbles are one class, and a class is one bit. An entry for a high nibble is
/// its class; an entry for a low nibble has the classes in which that low nibble is not valid.
const NIBBLES: ([u8; 16], [u8; 16]) = {
    let (mut by_low, mut by_high) = ([0; 16], [0; 16]);
    let mut classes = 0;
    let mut high = 0;
    while high < 16 {
        let mut same = 0;
        while same < high && !same_row(same, high) {
            same += 1;
        }
        if same < high {
            by_high[high] = by_high[same];
        } else {
            by_high[high] = 1 << classes;
            classes += 1;
            let mut low = 0;
            while low < 16 {
                if !in_alphabet(high, low) {
                    by_low[low] |= by_high[high];
                }
                low += 1;
            }
        }
        high += 1;
    }
    (by_low, by_high)
};

/// Whether the byte of these nibbles is in the standard alphabet.
const fn in_alphabet(high: usize, low: usize) -> bool {
    let mut value = 0;
    while value < ALPHABET.len() {
        if ALPHABET[value] as usize == high * 16 + low {
            return true;
        }
        value += 1;
    }
    false
}

/// Whether two high nibbles have the same valid low nibbles.
const fn same_row(a: usize, b: usize) -> bool {
    let mut low = 0;
    while low < 16 {
        if in_alphabet(a, low) != in_alphabet(b, low) {
            return false;
        }
        low += 1;
    }
    true
}

/// What to add to a character, by its high nibble, and one entry before for the slash.
const OFFSETS: [u8; 16] = {
    let mut offsets = [0; 16];
    let mut value = 0;
    while value < ALPHABET.len() {
        let character = ALPHABET[value];
        let index = (character >> 4) - (character == b'/') as u8;
        offsets[index as usize] = (value as u8).wrapping_sub(character);
        value += 1;
    }
    offsets
};
