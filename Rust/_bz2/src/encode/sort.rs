//! The rotations of a block in order, and with them the Burrows-Wheeler transform: [`Sorter`].
//!
//! A rotation *falls* when it is greater than the one that begins a byte later, otherwise it *rises*; one that rises
//! behind one that falls is a *valley*. At most every second rotation is a valley, in most data every third or fourth.
//!
//! 1. The valleys are sorted: by some bytes each, in [`valleys`], and those that are still alike by the ranks of the
//!    valleys behind them, in [`ranks`], which doubles the reach each time.
//! 2. All others follow from them, in [`induce`]: from a rotation in its place that of the one before it is known, when
//!    all that begin with the same byte and are less are in their places.
//!
//! There is no kind of data for which this takes much longer than for others, and so no second way that is taken when
//! the first takes too long. The one exception is a block that is a shorter one repeated, whose rotations are not all
//! different: [`powers`].

mod induce;
mod powers;
mod ranks;
mod ring;
mod valleys;

pub(super) use ring::{AFTER, BEFORE, Ring};

use std::collections::TryReserveError;

/// An entry is where a rotation begins, in so many bits, and above them the byte before it.
const PLACE_BITS: u32 = 20;
const PLACE: u32 = (1 << PLACE_BITS) - 1;

/// Memory for sorting, which is kept for the next block.
#[derive(Debug, Default)]
pub(super) struct Sorter {
    /// An entry for each rotation; before, what is known of the valleys.
    entries: Vec<u32>,
    keys: Vec<u64>,
}

/// The rotations of a block in order.
pub(super) struct Sorted<'a> {
    entries: &'a [u32],
    /// Which of them is the block itself.
    pub(super) origin: usize,
}

impl Sorted<'_> {
    /// The last byte of each rotation.
    #[inline]
    pub(super) fn last_bytes(&self) -> impl ExactSizeIterator<Item = u8> {
        self.entries.iter().map(|entry| (entry >> PLACE_BITS) as u8)
    }
}

impl Sorter {
    /// Sorts the rotations of a block of at least one byte.
    pub(super) fn sort(&mut self, ring: Ring<'_>) -> Result<Sorted<'_>, TryReserveError> {
        let len = ring.len();
        self.entries.clear();
        self.entries.try_reserve_exact(len)?;
        self.entries.resize(len, 0);
        let base = powers::base(ring);
        if base < len {
            return self.sort_power(ring, base);
        }
        self.sort_different(ring)?;
        let origin = self.entries.iter().position(|entry| entry & PLACE == 0).unwrap_or_default();
        Ok(Sorted { entries: &self.entries, origin })
    }

    /// Sorts rotations of which no two are equal.
    fn sort_different(&mut self, ring: Ring<'_>) -> Result<(), TryReserveError> {
        let entries = &mut self.entries[..ring.len()];
        if let [only] = entries {
            *only = u32::from(ring.at(0)) << PLACE_BITS;
            return Ok(());
        }
        let tally = valleys::list(ring, entries);
        let (order, list) = valleys::split(entries, tally.valley_count());
        valleys::sort(ring, order, list, &mut self.keys)?;
        ranks::rank(order, list, &mut self.keys)?;
        valleys::put(ring, order, list);
        induce::induce(ring, &tally, entries);
        Ok(())
    }

    /// Sorts the rotations of a block that is its first `base` bytes repeated.
    fn sort_power(&mut self, ring: Ring<'_>, base: usize) -> Result<Sorted<'_>, TryReserveError> {
        let times = ring.len() / base;
        let offset = powers::offset(ring, base, &mut self.entries)?;
        let mut text = Vec::new();
        ring.first(base, &mut text)?;
        self.sort_different(Ring::close(&mut text))?;
        let first = self.entries[..base].iter().position(|entry| entry & PLACE == 0).unwrap_or_default();
        for rank in (0..base).rev() {
            let entry = self.entries[rank];
            self.entries[rank * times..][..times].fill(entry);
        }
        Ok(Sorted { entries: &self.entries, origin: first * times + offset })
    }
}

#[cfg(test)]
mod tests;
