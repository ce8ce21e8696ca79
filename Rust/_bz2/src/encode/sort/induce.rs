//! The order of all rotations, from that of the valleys.
//!
//! Among rotations that begin with the same byte those that fall come before those that rise. The one before a rotation
//! that falls or is a valley is put behind all that are known of its byte, from the least rotation upwards, if it falls;
//! the one before any other in front of those, from the greatest downwards, if it rises.

use super::valleys::Tally;
use super::{PLACE, PLACE_BITS, Ring};

/// Fills `entries`, whose first ones are those of the valleys in their order.
pub(super) fn induce(ring: Ring<'_>, tally: &Tally, entries: &mut [u32]) {
    let mut starts = [0_usize; 256];
    let mut middles = [0_usize; 256];
    let mut ends = [0_usize; 256];
    let mut sum = 0;
    for byte in 0..256 {
        starts[byte] = sum;
        middles[byte] = sum + tally.falls[byte] as usize;
        sum = middles[byte] + tally.rises[byte] as usize;
        ends[byte] = sum;
    }
    spread(tally, &ends, entries);
    falls(ring, tally, &starts, &middles, &ends, entries);
    rises(ring, &starts, &middles, &ends, entries);
}

/// Moves the valleys of each byte to the end of all that begin with it.
fn spread(tally: &Tally, ends: &[usize; 256], entries: &mut [u32]) {
    let mut left = tally.valley_count();
    for (count, end) in tally.valleys.iter().zip(ends).rev() {
        let count = *count as usize;
        entries.copy_within(left - count..left, end - count);
        left -= count;
    }
}

/// The entry of the rotation that begins a byte before this one.
#[inline]
fn before(ring: Ring<'_>, entry: u32) -> u32 {
    let place = entry & PLACE;
    let start = if place == 0 { ring.len() as u32 } else { place } - 1;
    start | u32::from(ring.second_before(place as usize)) << PLACE_BITS
}

fn falls(
    ring: Ring<'_>,
    tally: &Tally,
    starts: &[usize; 256],
    middles: &[usize; 256],
    ends: &[usize; 256],
    entries: &mut [u32],
) {
    let mut nexts = *starts;
    for byte in 0..256 {
        for place in starts[byte]..middles[byte] {
            let entry = entries[place];
            let first = (entry >> PLACE_BITS) as usize & 255;
            if first >= byte {
                entries[nexts[first]] = before(ring, entry);
                nexts[first] += 1;
            }
        }
        for place in ends[byte] - tally.valleys[byte] as usize..ends[byte] {
            let entry = entries[place];
            let first = (entry >> PLACE_BITS) as usize & 255;
            entries[nexts[first]] = before(ring, entry);
            nexts[first] += 1;
        }
    }
}

fn rises(ring: Ring<'_>, starts: &[usize; 256], middles: &[usize; 256], ends: &[usize; 256], entries: &mut [u32]) {
    let mut nexts = *ends;
    for byte in (0..256).rev() {
        for place in (middles[byte]..ends[byte]).rev() {
            let entry = entries[place];
            let first = (entry >> PLACE_BITS) as usize & 255;
            if first <= byte {
                nexts[first] -= 1;
                entries[nexts[first]] = before(ring, entry);
            }
        }
        for place in (starts[byte]..middles[byte]).rev() {
            let entry = entries[place];
            let first = (entry >> PLACE_BITS) as usize & 255;
            if first < byte {
                nexts[first] -= 1;
                entries[nexts[first]] = before(ring, entry);
            }
        }
    }
}
