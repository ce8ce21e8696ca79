//! Little-endian loads and stores in byte slices.

/// The four bytes from `at` on.
#[inline(always)]
pub(crate) fn load_u32(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..][..4]);
    u32::from_le_bytes(word)
}

/// Stores `word` in the four bytes from `at` on.
#[inline(always)]
pub(crate) fn store_u32(bytes: &mut [u8], at: usize, word: u32) {
    bytes[at..][..4].copy_from_slice(&word.to_le_bytes());
}

/// Stores `word` in the eight bytes from `at` on.
#[inline(always)]
pub(crate) fn store_u64(bytes: &mut [u8], at: usize, word: u64) {
    bytes[at..][..8].copy_from_slice(&word.to_le_bytes());
}
