//! The hash functions of names and of pairs of characters, which the generator of the tables uses, too.
//!
//! The table of names is a perfect hash function by hash and displace (D. Belazzougui, F. C. Botelho, M. Dietzfelbinger: Hash,
//! displace, and compress, 2009): the hash of a name selects a bucket, and the displacement of the bucket selects a slot, so
//! that each name has a slot of its own.

#![forbid(unsafe_code)]

/// No name is longer; the generator sees to that.
pub const MAX_NAME: usize = 120;

/// Memory for a name, with room for copying in pieces of fixed size.
pub type NameBuffer = [u8; MAX_NAME + 40];

/// A buffer without a name.
pub const EMPTY: NameBuffer = [0; MAX_NAME + 40];

const K1: u64 = 0x9E37_79B9_7F4A_7C15;
const K2: u64 = 0xD6E8_FEB8_6659_FD93;

/// The hash of a name in capital letters; the buffer is zero after `len`.
#[inline]
pub fn hash(name: &NameBuffer, len: usize) -> u64 {
    let mut hash = (len as u64).wrapping_mul(K2);
    let (words, _) = name.as_chunks::<8>();
    for word in words.iter().take(len.div_ceil(8)) {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(K1);
        hash ^= hash >> 32;
    }
    hash.wrapping_mul(K2) ^ hash >> 29
}

/// Which of `count` buckets a hash is in.
#[inline]
pub fn bucket(hash: u64, count: usize) -> usize {
    (((hash >> 32) * count as u64) >> 32) as usize
}

/// Which of `count` slots a hash has in a bucket with this displacement.
#[inline]
pub fn slot(hash: u64, displacement: u16, count: usize) -> usize {
    let mixed = (hash ^ u64::from(displacement).wrapping_mul(K1)).wrapping_mul(K2);
    (((mixed >> 32) * count as u64) >> 32) as usize
}

/// The hash of two characters that may compose.
#[inline]
pub fn pair(first: u32, second: u32) -> u64 {
    (u64::from(first) << 21 ^ u64::from(second)).wrapping_mul(K1) >> 40
}
