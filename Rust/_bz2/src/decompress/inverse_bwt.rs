//! The inverse Burrows-Wheeler transform.
//!
//! The rows of the sorted rotations form a linked list: the row that starts with the byte at position `i` of the text is
//! followed by the one that starts at `i + 1` (Burrows and Wheeler, 1994). Each step is a load from an address that the
//! load before has returned, in 3.6 MB for a large block, so one walk is bound by the latency of the cache. For large
//! blocks several walks therefore run at a time: they start at rows spread over the block, and each stops at a row where
//! another one has started. This gives segments of the text in any order; reading them follows the stops from one to the
//! next. (J. Kärkkäinen, D. Kempa and S. Puglisi, "Slashing the Time for BWT Inversion", DCC 2012, discuss the cache
//! misses, and walks from several positions that the encoder has stored, which this format does not have.)

#![forbid(unsafe_code)]

use super::mtf::LastColumn;
use crate::stream::Error;

/// An entry has the number of the next row in its lower 20 bits, and the first byte of its own row above them.
const ROW_MASK: u32 = (1 << 20) - 1;
const BYTE_SHIFT: u32 = 20;

/// Set for the row where a segment starts.
const SEGMENT_START: u32 = 1 << 31;

/// How many walks run at a time in large blocks. Loads from the first level of the cache take less time, and smaller
/// blocks, which fit there, are read by fewer.
const LANES: usize = 16;
const LANES_FROM: usize = 6000;
const FEW_LANES: usize = 4;
const FEW_LANES_FROM: usize = 500;

/// How many segments small blocks have.
const FEW_SEGMENTS: usize = 16;

/// The mean length of segments: at least this, and as much as makes this many segments.
const MIN_SEGMENT: usize = 200;
const MAX_SEGMENTS: usize = 4096;

/// Texts of a period up to this are read once and copied: the segments would be as short.
const SHORT_PERIOD: usize = 64;

/// A part of the text that has been read from the list.
#[derive(Clone, Copy, Debug, Default)]
struct Segment {
    /// Where it is in [`LastColumn::bytes`].
    start: u32,
    len: u32,
    /// The row that follows it.
    next_row: u32,
}

/// The text of a block, as a list of rows.
#[derive(Debug)]
pub(super) struct InverseBwt {
    /// For each row the next one. As long as the longest block so far.
    #[doc(alias = "tt")]
    pub(super) rows: Vec<u32>,
    segments: Vec<Segment>,
    /// Segment `i` starts in row `spacing * i` or one of the following `spacing - 1` rows.
    spacing: usize,
    /// The next row to read.
    #[doc(alias = "tPos")]
    row: u32,
    /// What remains to be read of a segment before that row.
    segment: Segment,
}

impl InverseBwt {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), segments: Vec::new(), spacing: 1, row: 0, segment: Segment::default() }
    }

    /// Links the rows. The bytes of the column are overwritten.
    pub(super) fn begin(&mut self, column: &mut LastColumn, orig_ptr: u32) -> Result<(), Error> {
        let len = column.len;
        if orig_ptr as usize >= len {
            return Err(Error::Data);
        }
        if self.rows.len() < len {
            // As much at once as the column has taken.
            let size = column.bytes.len();
            self.rows.try_reserve_exact(size - self.rows.len()).map_err(|_| Error::Memory)?;
            self.rows.resize(size, 0);
        }
        // The first row that starts with each byte and has not been linked.
        let mut next = [0; 256];
        let mut sum = 0;
        for (next, count) in next.iter_mut().zip(column.counts) {
            *next = sum;
            sum += count;
        }
        let rows = &mut self.rows[..len];
        for (row, &byte) in (0..).zip(&column.bytes[..len]) {
            let linked = &mut next[usize::from(byte)];
            rows[*linked as usize] = row | u32::from(byte) << BYTE_SHIFT;
            *linked += 1;
        }
        (self.row, self.segment) = (orig_ptr, Segment::default());
        self.segments.clear();
        if len >= FEW_LANES_FROM {
            let text = &mut column.bytes[..len];
            match self.short_period(orig_ptr) {
                Some(period) => self.repeat_period(text, orig_ptr, period)?,
                None if len < LANES_FROM => {
                    self.read_segments::<FEW_LANES>(text, orig_ptr, len.div_ceil(FEW_SEGMENTS))?;
                }
                None => {
                    let spacing = len.div_ceil(MAX_SEGMENTS).max(MIN_SEGMENT);
                    self.read_segments::<LANES>(text, orig_ptr, spacing)?;
                }
            }
        }
        Ok(())
    }

    /// After how many rows the text begins again, if these are few.
    fn short_period(&self, orig_ptr: u32) -> Option<usize> {
        let mut row = orig_ptr;
        (1..=SHORT_PERIOD).find(|_| {
            row = self.rows[row as usize] & ROW_MASK;
            row == orig_ptr
        })
    }

    /// Reads a text with this period as one segment.
    fn repeat_period(&mut self, text: &mut [u8], orig_ptr: u32, period: usize) -> Result<(), Error> {
        let mut row = orig_ptr;
        for byte in &mut text[..period] {
            *byte = (self.rows[row as usize] >> BYTE_SHIFT) as u8;
            row = self.rows[row as usize] & ROW_MASK;
        }
        let mut filled = period;
        while filled < text.len() {
            let count = filled.min(text.len() - filled);
            text.copy_within(..count, filled);
            filled += count;
        }
        self.segments.try_reserve_exact(1).map_err(|_| Error::Memory)?;
        // The row after the text, if its length is no multiple of the period.
        let next_row = (0..text.len() % period).fold(orig_ptr, |row, _| self.rows[row as usize] & ROW_MASK);
        self.segments.push(Segment { start: 0, len: text.len() as u32, next_row });
        self.spacing = text.len();
        self.rows[orig_ptr as usize] |= SEGMENT_START;
        Ok(())
    }

    /// Marks the rows where segments start, and reads the segments into `text`, several at a time.
    fn read_segments<const LANES: usize>(
        &mut self,
        text: &mut [u8],
        orig_ptr: u32,
        spacing: usize,
    ) -> Result<(), Error> {
        let rows = &mut self.rows[..text.len()];
        self.spacing = spacing;
        let count = rows.len().div_ceil(self.spacing);
        self.segments.try_reserve_exact(count).map_err(|_| Error::Memory)?;
        // Random rows: in text with a structure, those at regular distances may be close to each other in the text.
        let mut random = 1_u32;
        for first in (0..rows.len()).step_by(self.spacing) {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let choices = self.spacing.min(rows.len() - first);
            let own = (first..first + choices).contains(&(orig_ptr as usize));
            let row = if own { orig_ptr as usize } else { first + (random >> 16) as usize % choices };
            rows[row] |= SEGMENT_START;
            self.segments.push(Segment { next_row: row as u32, ..Segment::default() });
        }
        let segments = &mut self.segments;
        // Each lane writes to its own part of the text. Each byte that a lane writes stands for a row that no lane has
        // visited before, so the parts are used up before the lanes run out of rows.
        let part = text.len() / LANES;
        let mut lanes: [Lane; LANES] = std::array::from_fn(|segment| Lane { segment, from: 0 });
        let mut lane_rows = lanes.map(|lane| segments[lane.segment].next_row);
        let mut entries = lane_rows.map(|row| rows[row as usize]);
        let mut unread = LANES..segments.len();
        let mut step = 0;
        'steps: while step < part {
            let mut marks = 0;
            for lane in 0..LANES {
                text[lane * part + step] = (entries[lane] >> BYTE_SHIFT) as u8;
                lane_rows[lane] = entries[lane] & ROW_MASK;
                entries[lane] = rows[lane_rows[lane] as usize];
                marks |= entries[lane];
            }
            step += 1;
            if marks & SEGMENT_START == 0 {
                continue;
            }
            for (index, lane) in lanes.iter_mut().enumerate() {
                if entries[index] & SEGMENT_START == 0 {
                    continue;
                }
                segments[lane.segment] = lane.segment_until(step, index * part, lane_rows[index]);
                let Some(segment) = unread.next() else {
                    lane.from = step;
                    break 'steps;
                };
                *lane = Lane { segment, from: step };
                lane_rows[index] = segments[segment].next_row;
                entries[index] = rows[lane_rows[index] as usize];
            }
        }
        // The segments that the other lanes have not finished are continued when they are read.
        for (index, lane) in lanes.iter().enumerate().filter(|(_, lane)| lane.from < step) {
            segments[lane.segment] = lane.segment_until(step, index * part, lane_rows[index]);
        }
        Ok(())
    }

    /// Reads the next bytes of the text into all of `out`. The byte after the last one is the first.
    pub(super) fn read(&mut self, column: &LastColumn, out: &mut [u8]) {
        let rows = &self.rows[..column.len];
        let mut filled = 0;
        while filled < out.len() {
            let rest = &mut out[filled..];
            if self.segment.len > 0 {
                let count = rest.len().min(self.segment.len as usize);
                rest[..count].copy_from_slice(&column.bytes[self.segment.start as usize..][..count]);
                self.segment.start += count as u32;
                self.segment.len -= count as u32;
                if self.segment.len == 0 {
                    self.row = self.segment.next_row;
                }
                filled += count;
                continue;
            }
            let mut entry = rows[self.row as usize];
            if entry & SEGMENT_START != 0 {
                self.segment = self.segments[self.row as usize / self.spacing];
                if self.segment.len > 0 {
                    continue;
                }
            }
            for slot in rest {
                *slot = (entry >> BYTE_SHIFT) as u8;
                filled += 1;
                self.row = entry & ROW_MASK;
                entry = rows[self.row as usize];
                if entry & SEGMENT_START != 0 {
                    break;
                }
            }
        }
    }
}

/// A walk over the rows: the segment that it reads, and the step at which that began.
#[derive(Clone, Copy)]
struct Lane {
    segment: usize,
    from: usize,
}

impl Lane {
    /// The segment if it ends before this step and this row, in a lane whose part of the text starts at `part_start`.
    fn segment_until(&self, step: usize, part_start: usize, next_row: u32) -> Segment {
        Segment { start: (part_start + self.from) as u32, len: (step - self.from) as u32, next_row }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mtf::LastColumn;
    use super::{FEW_LANES_FROM, InverseBwt, LANES_FROM};

    /// Reads a block from its last column, in one walk.
    fn naive(column: &[u8], orig_ptr: usize, count: usize) -> Vec<u8> {
        let mut next: Vec<usize> = (0..column.len()).collect();
        next.sort_by_key(|row| column[*row]);
        let mut row = orig_ptr;
        let step = |_| {
            row = next[row];
            column[row]
        };
        (0..count).map(step).collect()
    }

    fn compare(column: &[u8], orig_ptr: usize) {
        let count = column.len() + 1;
        let mut last = LastColumn::new();
        last.bytes = column.to_vec();
        last.len = column.len();
        column.iter().for_each(|byte| last.counts[usize::from(*byte)] += 1);
        let mut inverse = InverseBwt::new();
        inverse.begin(&mut last, orig_ptr as u32).expect("memory");
        let mut text = vec![0; count];
        for piece in text.chunks_mut(777) {
            inverse.read(&last, piece);
        }
        assert!(text == naive(column, orig_ptr, count), "{} {orig_ptr}", column.len());
    }

    /// Columns that are no transform of a block, and have short and long cycles; and blocks around the smallest size that
    /// is read by several walks.
    #[test]
    fn any_column() {
        let mut seed = 7_u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed >> 20) as usize
        };
        for len in [
            1,
            2,
            100,
            FEW_LANES_FROM - 1,
            FEW_LANES_FROM,
            3 * FEW_LANES_FROM,
            LANES_FROM - 1,
            LANES_FROM,
            LANES_FROM + 1,
            3 * LANES_FROM,
            20 * LANES_FROM + 5,
        ] {
            for letters in [1, 2, 5, 256] {
                let column: Vec<u8> = (0..len).map(|_| (random() % letters) as u8).collect();
                for orig_ptr in [0, len / 3, len - 1, random() % len] {
                    compare(&column, orig_ptr);
                }
                let mut sorted = column;
                sorted.sort_unstable();
                compare(&sorted, len / 2);
                sorted.reverse();
                compare(&sorted, len / 2);
            }
        }
    }
}
