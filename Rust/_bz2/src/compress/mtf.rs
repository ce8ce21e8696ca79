//! The move-to-front transform, and zero-run coding of its output (`generateMTFValues` of libbzip2).
//!
//! The last column of the sorted rotations has the same byte again after few others. Its move-to-front transform (Bentley,
//! Sleator, Tarjan and Wei, "A Locally Adaptive Data Compression Scheme", CACM 29, 1986) consists of small numbers, most
//! of them zeros. A run of zeros is written as its length in bijective base 2, with the digits RUNA (1) and RUNB (2).

use crate::words::{ONES, zero_bytes};
use std::collections::TryReserveError;

/// The bytes in the order of their last use, eight to a word, the most recent one in the least significant byte.
struct RecencyList([u64; 32]);

impl RecencyList {
    /// Moves a byte to the front; returns its former index.
    #[inline]
    fn move_to_front(&mut self, byte: u8) -> usize {
        let mut carry = u64::from(byte);
        let wanted = carry * ONES;
        let mut index = 0;
        for word in &mut self.0 {
            let shifted = *word << 8 | carry;
            carry = *word >> 56;
            let found = zero_bytes(*word ^ wanted);
            if found != 0 {
                let bit = found.trailing_zeros() - 7;
                let kept = (u64::MAX << 8) << bit;
                *word = *word & kept | shifted & !kept;
                return index + bit as usize / 8;
            }
            *word = shifted;
            index += 8;
        }
        // Not reached: the list has all bytes.
        0
    }
}

/// Replaces `symbols` by the symbols of these bytes; returns the size of the alphabet.
///
/// Symbols 0 and 1 are RUNA and RUNB, those above are one more than the index of the byte, and the last is EOB.
pub(super) fn symbols(
    bytes: impl ExactSizeIterator<Item = u8>,
    in_use: &[bool; 256],
    symbols: &mut Vec<u16>,
) -> Result<usize, TryReserveError> {
    let mut order = [0; 256];
    let mut count = 0;
    for (byte, _) in (0..=255).zip(in_use).filter(|(_, in_use)| **in_use) {
        order[count] = byte;
        count += 1;
    }
    // Unused entries after the last byte in use are never reached.
    let (words, _) = order.as_chunks();
    let mut recent = RecencyList([0; 32]);
    for (recent, word) in recent.0.iter_mut().zip(words) {
        *recent = u64::from_le_bytes(*word);
    }

    symbols.clear();
    symbols.try_reserve_exact(bytes.len() + 1)?;
    let mut last = order[0];
    let mut zero_run = 0_usize;
    for byte in bytes {
        if byte == last {
            zero_run += 1;
            continue;
        }
        put_zero_run(symbols, zero_run);
        zero_run = 0;
        symbols.push(recent.move_to_front(byte) as u16 + 1);
        last = byte;
    }
    put_zero_run(symbols, zero_run);
    symbols.push(count as u16 + 1);
    Ok(count + 2)
}

/// Writes the length of a run of zeros in bijective base 2, the least significant digit first.
#[inline]
fn put_zero_run(symbols: &mut Vec<u16>, mut run: usize) {
    while run > 0 {
        run -= 1;
        symbols.push((run & 1) as u16);
        run >>= 1;
    }
}
