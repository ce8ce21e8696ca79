//! The second stage: the last bytes of the sorted rotations as symbols.
//!
//! What follows alike is preceded alike, so the same byte comes again and again, and few others between. A symbol says
//! how many others there were since the byte was last there; runs of the byte that was last are written as numbers.

use std::collections::TryReserveError;

/// The bytes in the order of their last use, eight in a word, the last one the lowest.
struct Recent([u64; 32]);

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

impl Recent {
    /// Moves a byte to the front; returns where it was.
    #[inline]
    fn move_to_front(&mut self, byte: u8) -> usize {
        let mut carry = u64::from(byte);
        let wanted = carry * ONES;
        let mut place = 0;
        for word in &mut self.0 {
            let moved = *word << 8 | carry;
            carry = *word >> 56;
            let different = *word ^ wanted;
            // The lowest of the bits that are set is that of the first byte without a difference.
            let found = different.wrapping_sub(ONES) & !different & HIGHS;
            if found != 0 {
                let bit = found.trailing_zeros() - 7;
                let kept = (u64::MAX << 8) << bit;
                *word = *word & kept | moved & !kept;
                return place + bit as usize / 8;
            }
            *word = moved;
            place += 8;
        }
        // Not reached: all bytes are there.
        0
    }
}

/// Replaces `symbols` by those for these bytes; returns how many different ones there may be.
///
/// 0 and 1 are the digits of a number, the others how far in front a byte was, and the last is the end.
pub(super) fn symbols(
    bytes: impl ExactSizeIterator<Item = u8>,
    used: &[bool; 256],
    symbols: &mut Vec<u16>,
) -> Result<usize, TryReserveError> {
    let mut order = [0; 256];
    let mut count = 0;
    for (byte, _) in (0..=255).zip(used).filter(|(_, used)| **used) {
        order[count] = byte;
        count += 1;
    }
    // A byte that is not used may be there behind the others, as often as there is room.
    let (words, _) = order.as_chunks();
    let mut recent = Recent([0; 32]);
    for (recent, word) in recent.0.iter_mut().zip(words) {
        *recent = u64::from_le_bytes(*word);
    }

    symbols.clear();
    symbols.try_reserve_exact(bytes.len() + 1)?;
    let mut last = order[0];
    let mut run = 0_usize;
    for byte in bytes {
        if byte == last {
            run += 1;
            continue;
        }
        put_run(symbols, run);
        run = 0;
        symbols.push(recent.move_to_front(byte) as u16 + 1);
        last = byte;
    }
    put_run(symbols, run);
    symbols.push(count as u16 + 1);
    Ok(count + 2)
}

/// Writes a number with the digits one and two, the lowest first.
#[inline]
fn put_run(symbols: &mut Vec<u16>, mut run: usize) {
    while run > 0 {
        run -= 1;
        symbols.push((run & 1) as u16);
        run >>= 1;
    }
}
