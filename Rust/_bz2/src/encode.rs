//! Whole streams of little data, written in one go: [`compress`].
//!
//! libbz2-rs-sys clears memory for the largest block that there could be, megabytes of it, before it looks at the data.
//! What has turned out to be little when the stream is finished is compressed here instead, with memory of its own size.
//! The stream is the same, but for the origin of a block that is all repetitions: there several are right.

mod codes;
mod lengths;
mod sort;

use crate::decode::crc;
use codes::Codes;
use std::collections::TryReserveError;

/// Up to how many bytes are little.
pub const MOST: usize = 16384;

/// The mark of a block, and that of the end.
const BLOCK: u64 = 0x3141_5926_5359;
const END: u64 = 0x1772_4538_5090;

/// After so many equal bytes a byte says how many more there are, at most so many.
const RUN: usize = 4;
const MOST_REPEATS: usize = 251;

/// Bits on their way out, the highest of each byte first.
struct Bits {
    out: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    /// Writes `count` bits, from 1 to 48.
    fn put(&mut self, bits: u64, count: u32) -> Result<(), TryReserveError> {
        self.held |= bits << (64 - self.count - count);
        self.count += count;
        self.out.try_reserve(8)?;
        while self.count >= 8 {
            self.out.push((self.held >> 56) as u8);
            self.held <<= 8;
            self.count -= 8;
        }
        Ok(())
    }
}

/// The stream for `data`, at most [`MOST`] bytes, with `level` in its header.
pub fn compress(data: &[u8], level: u8) -> Result<Vec<u8>, TryReserveError> {
    debug_assert!(data.len() <= MOST);
    let mut bits = Bits { out: Vec::new(), held: 0, count: 0 };
    bits.out.try_reserve(data.len() / 2 + 64)?;
    bits.put(0x42_5a_68_30 + u64::from(level), 32)?;
    let mut checksum = 0;
    if !data.is_empty() {
        checksum = !crc::update(!0, data);
        bits.put(BLOCK, 48)?;
        bits.put(checksum.into(), 32)?;
        write_block(&shorten_runs(data)?, &mut bits)?;
    }
    bits.put(END, 48)?;
    // Of a single block the checksum of the stream is that of the block.
    bits.put(checksum.into(), 32)?;
    if bits.count > 0 {
        bits.put(0, 8 - bits.count)?;
    }
    Ok(bits.out)
}

/// The data with its long runs made short.
fn shorten_runs(data: &[u8]) -> Result<Vec<u8>, TryReserveError> {
    let mut block = Vec::new();
    block.try_reserve_exact(data.len() + data.len() / RUN)?;
    for mut run in data.chunk_by(|a, b| a == b) {
        while run.len() >= RUN {
            let repeats = (run.len() - RUN).min(MOST_REPEATS);
            block.extend_from_slice(&run[..RUN]);
            block.push(repeats as u8);
            run = &run[RUN + repeats..];
        }
        block.extend_from_slice(run);
    }
    Ok(block)
}

fn write_block(block: &[u8], bits: &mut Bits) -> Result<(), TryReserveError> {
    let order = sort::rotations(block)?;
    let origin = order.iter().position(|start| *start == 0).unwrap_or_default();
    // Not randomised.
    bits.put(0, 1)?;
    bits.put(origin as u64, 24)?;

    let mut used = [false; 256];
    for byte in block {
        used[usize::from(*byte)] = true;
    }
    let ranges = used.as_chunks::<16>().0;
    let bitmap = |flags: &mut dyn Iterator<Item = bool>| flags.fold(0, |map, flag| map << 1 | u64::from(flag));
    bits.put(bitmap(&mut ranges.iter().map(|range| range.contains(&true))), 16)?;
    for range in ranges.iter().filter(|range| range.contains(&true)) {
        bits.put(bitmap(&mut range.iter().copied()), 16)?;
    }
    let (symbols, alphabet) = move_to_front(block, &order, &used)?;
    Codes::new(&symbols, alphabet)?.write(&symbols, bits)
}

/// The last bytes of the sorted rotations as symbols, and how many symbols there may be: 0 and 1 are the digits of the
/// length of a run of the byte that was last, the others are how far in front of it a byte was, and the last is the end.
fn move_to_front(block: &[u8], order: &[u32], used: &[bool; 256]) -> Result<(Vec<u16>, usize), TryReserveError> {
    let mut recent = [0_u8; 256];
    let mut count = 0;
    for (byte, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        recent[count] = byte as u8;
        count += 1;
    }
    let mut symbols = Vec::new();
    symbols.try_reserve_exact(block.len() + 1)?;
    let mut run = 0_usize;
    // In a system of base two whose digits are one and two, the lowest first.
    let end_run = |symbols: &mut Vec<u16>, run: &mut usize| {
        while *run > 0 {
            *run -= 1;
            symbols.push((*run & 1) as u16);
            *run >>= 1;
        }
    };
    for start in order {
        let before = (*start as usize).checked_sub(1).unwrap_or(block.len() - 1);
        let byte = block[before];
        let place = place_of(byte, &recent);
        if place == 0 {
            run += 1;
            continue;
        }
        end_run(&mut symbols, &mut run);
        recent.copy_within(..place, 1);
        recent[0] = byte;
        symbols.push(place as u16 + 1);
    }
    end_run(&mut symbols, &mut run);
    symbols.push(count as u16 + 1);
    Ok((symbols, count + 2))
}

/// Where a byte is that is there. Sixteen places are looked at in one comparison.
fn place_of(byte: u8, recent: &[u8; 256]) -> usize {
    let chunks = recent.as_chunks::<16>().0;
    let is_in = |chunk: &[u8; 16]| chunk.iter().fold(false, |found, other| found | (*other == byte));
    let chunk = chunks.iter().position(is_in).unwrap_or_default();
    chunk * 16 + chunks[chunk].iter().position(|other| *other == byte).unwrap_or_default()
}

#[cfg(test)]
mod tests;
