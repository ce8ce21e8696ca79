//! The three kinds of `str` storage: characters of one, two or four bytes (PEP 393).
//!
//! A `str` stores all its characters in the narrowest of the three kinds that holds the largest one. The code that reads
//! and escapes text is generic over them, so that no text is converted before it is read.

use std::ops::Add;

/// A character as one kind of `str` stores it: `Py_UCS1`, `Py_UCS2` or `Py_UCS4`.
pub trait Ucs: Copy + Eq + Ord + From<u8> + Into<u32> + Add<Output = Self> + 'static {
    /// The character, when it fits.
    fn from_char(character: u32) -> Option<Self>;

    /// The low bits of the character. The caller knows that it fits.
    fn truncate(character: u32) -> Self;

    /// The value of an ASCII character; 0xFF for any other, which no JSON syntax uses.
    #[inline(always)]
    fn ascii(self) -> u8 {
        let character: u32 = self.into();
        if character < 0x80 { character as u8 } else { 0xFF }
    }

    /// The length of the prefix without quotes, backslashes and control characters.
    fn plain_len(units: &[Self]) -> usize;

    /// The length of the prefix without these, DEL and characters that are not ASCII.
    fn plain_ascii_len(units: &[Self]) -> usize;

    /// As [`plain_len`](Self::plain_len), for a block of a fixed length.
    fn plain_len_of_block(block: &[Self; BLOCK]) -> usize;

    /// Copies the units, and returns whether all of them are plain: [`plain_len`](Self::plain_len). Both slices have the same
    /// length.
    fn copy_plain(to: &mut [Self], from: &[Self]) -> bool;

    /// A hash of all units.
    fn hash(units: &[Self]) -> u32;

    /// The units as bytes, for the kind of one byte.
    fn as_bytes(units: &[Self]) -> Option<&[u8]>;

    /// The units as text of their kind.
    fn text(units: &[Self]) -> Text<'_>;
}

/// The length of the blocks of [`Ucs::plain_len_of_block`].
pub const BLOCK: usize = 16;

/// Text in one of the three kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// Latin-1.
    Ucs1(&'a [u8]),
    /// The Basic Multilingual Plane, lone surrogates included.
    Ucs2(&'a [u16]),
    /// All of Unicode.
    Ucs4(&'a [u32]),
}

impl Text<'_> {
    /// The number of characters.
    #[inline(always)]
    pub fn len(self) -> usize {
        match self {
            Self::Ucs1(units) => units.len(),
            Self::Ucs2(units) => units.len(),
            Self::Ucs4(units) => units.len(),
        }
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Whether a character has to be escaped in every JSON string (RFC 8259, section 7).
#[inline(always)]
pub fn is_special<U: Ucs>(unit: U) -> bool {
    unit == U::from(b'"') || unit == U::from(b'\\') || unit < U::from(0x20)
}

/// Whether a character has to be escaped in a JSON string of printable ASCII characters.
#[inline(always)]
fn is_escaped<U: Ucs>(unit: U) -> bool {
    is_special(unit) || unit >= U::from(0x7F)
}

/// The position of the first unit that is `wanted`. Blocks are tested as a whole, without a branch for each unit, which
/// compilers turn into vector instructions of the target's baseline.
#[inline(always)]
fn position_in_blocks<U: Ucs, const N: usize>(units: &[U], wanted: impl Fn(U) -> bool) -> usize {
    let mut done = 0;
    for block in units.as_chunks::<N>().0 {
        if block.iter().fold(false, |any, &unit| any | wanted(unit)) {
            break;
        }
        done += N;
    }
    let rest = units.get(done..).unwrap_or(&[]);
    done + rest.iter().position(|&unit| wanted(unit)).unwrap_or(rest.len())
}

macro_rules! ucs {
    ($type:ty, $kind:ident, $plain:path, $plain_ascii:path, $block:path, $copy:path, $hash:path, $bytes:path) => {
        impl Ucs for $type {
            #[inline(always)]
            fn from_char(character: u32) -> Option<Self> {
                character.try_into().ok()
            }

            #[inline(always)]
            fn truncate(character: u32) -> Self {
                character as Self
            }

            #[inline(always)]
            fn plain_len(units: &[Self]) -> usize {
                $plain(units)
            }

            #[inline(always)]
            fn plain_ascii_len(units: &[Self]) -> usize {
                $plain_ascii(units)
            }

            #[inline(always)]
            fn plain_len_of_block(block: &[Self; BLOCK]) -> usize {
                $block(block)
            }

            #[inline(always)]
            fn copy_plain(to: &mut [Self], from: &[Self]) -> bool {
                $copy(to, from)
            }

            #[inline(always)]
            fn hash(units: &[Self]) -> u32 {
                $hash(units)
            }

            #[inline(always)]
            fn as_bytes(units: &[Self]) -> Option<&[u8]> {
                $bytes(units)
            }

            #[inline(always)]
            fn text(units: &[Self]) -> Text<'_> {
                Text::$kind(units)
            }
        }
    };
}

#[cfg(not(target_arch = "x86_64"))]
fn plain_in_blocks<U: Ucs, const N: usize>(units: &[U]) -> usize {
    position_in_blocks::<U, N>(units, is_special)
}

fn plain_ascii_in_blocks<U: Ucs, const N: usize>(units: &[U]) -> usize {
    position_in_blocks::<U, N>(units, is_escaped)
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn plain_in_block<U: Ucs>(block: &[U; BLOCK]) -> usize {
    position_in_blocks::<U, BLOCK>(block, is_special)
}

ucs!(
    u8,
    Ucs1,
    bytes::plain_len,
    bytes::plain_ascii_len,
    bytes::plain_len_of_block,
    bytes::copy_plain,
    hash_bytes,
    Some
);
ucs!(
    u16,
    Ucs2,
    bytes::plain_len_of_two,
    plain_ascii_in_blocks::<u16, 16>,
    bytes::plain_len_of_block_of_two,
    bytes::copy_plain_of_two,
    hash_units,
    no_bytes
);
ucs!(
    u32,
    Ucs4,
    bytes::plain_len_of_four,
    plain_ascii_in_blocks::<u32, 8>,
    bytes::plain_len_of_block_of_four,
    bytes::copy_plain_of_four,
    hash_units,
    no_bytes
);

fn no_bytes<U>(_units: &[U]) -> Option<&[u8]> {
    None
}

/// Whether two keys of the same length are equal, mostly without a call.
#[inline(always)]
pub fn equal<U: Ucs>(one: &[U], other: &[U]) -> bool {
    #[inline(always)]
    fn ends<const N: usize>(one: &[u8], other: &[u8]) -> Option<bool> {
        let first = one.first_chunk::<N>()? == other.first_chunk()?;
        Some(first & (one.last_chunk::<N>()? == other.last_chunk()?))
    }
    match (U::as_bytes(one), U::as_bytes(other)) {
        (Some(one), Some(other)) if one.len() <= 16 => {
            let short = || one.iter().zip(other).fold(0, |all, (one, other)| all | (one ^ other)) == 0;
            ends::<8>(one, other).or_else(|| ends::<4>(one, other)).unwrap_or_else(short)
        }
        _ => one == other,
    }
}

/// Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4): the factor is 2^64 divided by
/// the golden ratio, and the highest bits of the product are the hash.
#[inline(always)]
fn mix(word: u64) -> u64 {
    word.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[inline(always)]
fn hash_units<U: Ucs>(units: &[U]) -> u32 {
    let sum = units.iter().fold(0u64, |sum, &unit| mix(sum.rotate_left(5) ^ u64::from(unit.into())));
    (sum >> 32) as u32
}

/// Eight bytes at a time, the last ones overlapping.
#[inline(always)]
fn hash_bytes(bytes: &[u8]) -> u32 {
    let len = bytes.len() as u64;
    let sum = if let Some(last) = bytes.last_chunk::<8>() {
        let words = bytes.as_chunks::<8>().0;
        let sum = words.iter().fold(len, |sum, word| mix(sum.rotate_left(29) ^ u64::from_le_bytes(*word)));
        sum.rotate_left(29) ^ u64::from_le_bytes(*last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        len ^ (u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)))
    } else {
        bytes.iter().fold(len, |sum, &byte| sum << 8 | u64::from(byte))
    };
    (mix(sum) >> 32) as u32
}

#[cfg(target_arch = "x86_64")]
#[path = "ucs/sse2.rs"]
mod bytes;

#[cfg(not(target_arch = "x86_64"))]
mod bytes {
    pub(super) use super::{
        plain_in_block as plain_len_of_block, plain_in_block as plain_len_of_block_of_two,
        plain_in_block as plain_len_of_block_of_four,
    };

    fn mask(block: &[u8; 16], wanted: impl Fn(u8) -> bool) -> u32 {
        block.iter().rev().fold(0, |mask, &byte| mask << 1 | u32::from(wanted(byte)))
    }

    pub(super) fn special_mask(block: &[u8; 16]) -> u32 {
        mask(block, super::is_special)
    }

    pub(super) fn escaped_mask(block: &[u8; 16]) -> u32 {
        mask(block, super::is_escaped)
    }

    pub(super) fn plain_len(bytes: &[u8]) -> usize {
        super::plain_in_blocks::<u8, 16>(bytes)
    }

    pub(super) fn plain_ascii_len(bytes: &[u8]) -> usize {
        super::plain_ascii_in_blocks::<u8, 16>(bytes)
    }

    pub(super) fn copy_plain(to: &mut [u8], from: &[u8]) -> bool {
        to.copy_from_slice(from);
        plain_len(from) == from.len()
    }

    pub(super) fn copy_plain_ascii(to: &mut [u8], from: &[u8]) -> bool {
        to.copy_from_slice(from);
        plain_ascii_len(from) == from.len()
    }

    pub(super) fn plain_len_of_two(units: &[u16]) -> usize {
        super::plain_in_blocks::<u16, 16>(units)
    }

    pub(super) fn plain_len_of_four(units: &[u32]) -> usize {
        super::plain_in_blocks::<u32, 8>(units)
    }

    pub(super) fn copy_plain_of_two(to: &mut [u16], from: &[u16]) -> bool {
        to.copy_from_slice(from);
        plain_len_of_two(from) == from.len()
    }

    pub(super) fn copy_plain_of_four(to: &mut [u32], from: &[u32]) -> bool {
        to.copy_from_slice(from);
        plain_len_of_four(from) == from.len()
    }
}

/// A bit for each byte of a block, the lowest one for the first: set if [`Ucs::plain_len`] stops there.
#[inline(always)]
pub fn special_mask(block: &[u8; BLOCK]) -> u32 {
    bytes::special_mask(block)
}

/// The same for [`Ucs::plain_ascii_len`].
#[inline(always)]
pub fn escaped_mask(block: &[u8; BLOCK]) -> u32 {
    bytes::escaped_mask(block)
}

/// As [`Ucs::copy_plain`], for bytes and [`Ucs::plain_ascii_len`].
#[inline(always)]
pub fn copy_plain_ascii(to: &mut [u8], from: &[u8]) -> bool {
    bytes::copy_plain_ascii(to, from)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Ucs, copy_plain_ascii, equal, escaped_mask, is_escaped, is_special, special_mask};
    use crate::testing::Random;

    fn check<U: Ucs>() {
        let mut random = Random::new(7);
        for len in (0..100).chain([255, 256, 257, 330]) {
            for offset in 0..17 {
                // Every character at every place, and text without any that ends it.
                let mut units: Vec<U> = (0..offset + len).map(|_| U::from(random.below(94) as u8 + 33)).collect();
                for unit in &mut units {
                    if is_escaped(*unit) {
                        *unit = U::from(b'x');
                    }
                }
                assert_eq!(U::plain_len(&units[offset..]), len);
                assert_eq!(U::plain_ascii_len(&units[offset..]), len);
                if len == 0 {
                    continue;
                }
                let at = random.below(len as u64) as usize;
                for character in (0..300).chain([0xD800, 0xFFFF, 0x1_0000, 0x10_FFFF]) {
                    let Some(unit) = U::from_char(character) else { continue };
                    units[offset + at] = unit;
                    let plain = if is_special(unit) { at } else { len };
                    let mut copy = vec![U::from(0); len];
                    assert_eq!(
                        U::copy_plain(&mut copy, &units[offset..]),
                        plain == len,
                        "{character:x} at {at} of {len}"
                    );
                    assert!(plain < len || copy == units[offset..], "{character:x} at {at} of {len}");
                    assert_eq!(U::plain_len(&units[offset..]), plain, "{character:x} at {at} of {len}");
                    if let Some(block) = units[offset..].first_chunk::<BLOCK>() {
                        assert_eq!(U::plain_len_of_block(block), plain.min(BLOCK), "{character:x} at {at} of {len}");
                    }
                    let plain = if is_escaped(unit) { at } else { len };
                    assert_eq!(U::plain_ascii_len(&units[offset..]), plain, "{character:x} at {at} of {len}");
                }
            }
        }
    }

    #[test]
    fn plain_parts_end_where_the_definition_says() {
        check::<u8>();
        check::<u16>();
        check::<u32>();
    }

    #[test]
    fn copies_are_whole_and_see_every_byte() {
        for len in 0..100 {
            let plain: Vec<u8> = (0..len).map(|i| b'a' + i % 26).collect();
            let mut copy = vec![0; plain.len()];
            assert!(u8::copy_plain(&mut copy, &plain) && copy == plain, "{len}");
            copy.fill(0);
            assert!(copy_plain_ascii(&mut copy, &plain) && copy == plain, "{len}");
            for at in 0..plain.len() {
                for byte in 0..=255 {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    assert_eq!(u8::copy_plain(&mut copy, &bytes), !is_special(byte), "{byte:x} at {at} of {len}");
                    assert_eq!(copy_plain_ascii(&mut copy, &bytes), !is_escaped(byte), "{byte:x} at {at} of {len}");
                }
            }
        }
    }

    #[test]
    fn masks_have_a_bit_for_each_byte() {
        let mut random = Random::new(17);
        for _ in 0..3000 {
            let block = [(); BLOCK].map(|()| random.below(256) as u8);
            for (at, &byte) in block.iter().enumerate() {
                assert_eq!(special_mask(&block) >> at & 1, u32::from(is_special(byte)), "{block:x?} {at}");
                assert_eq!(escaped_mask(&block) >> at & 1, u32::from(is_escaped(byte)), "{block:x?} {at}");
            }
            assert_eq!((special_mask(&block) | escaped_mask(&block)) >> BLOCK, 0);
        }
    }

    #[test]
    fn keys_are_equal_when_all_units_are() {
        for len in 0..40 {
            let one: Vec<u8> = (0..len).collect();
            let wide: Vec<u16> = one.iter().map(|&unit| unit.into()).collect();
            assert!(equal(&one, &one.clone()) && equal(&wide, &wide.clone()), "{len}");
            for at in 0..one.len() {
                let (mut other, mut wide_other) = (one.clone(), wide.clone());
                other[at] ^= 0x40;
                wide_other[at] ^= 0x4000;
                assert!(!equal(&one, &other) && !equal(&wide, &wide_other), "{at} of {len}");
            }
        }
    }

    #[test]
    fn the_characters_that_end_plain_parts() {
        let special: Vec<u8> = (0..=255).filter(|&unit: &u8| is_special(unit)).collect();
        let mut expected: Vec<u8> = (0..0x20).collect();
        expected.extend([b'"', b'\\']);
        assert_eq!(special, expected);
        let escaped: Vec<u8> = (0..=255).filter(|&unit: &u8| is_escaped(unit)).collect();
        expected.extend(0x7F..=0xFF);
        assert_eq!(escaped, expected);
    }
}
