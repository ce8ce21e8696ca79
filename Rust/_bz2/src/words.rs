//! Eight bytes in a word.

#![forbid(unsafe_code)]

/// The value 1 in each byte.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;

/// The highest bit of the first byte that is zero, counted from the lowest, and perhaps bits of later ones (Mycroft's test):
/// a borrow can only mislead about the bytes above.
#[inline]
pub(crate) const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}
