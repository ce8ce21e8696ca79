//! The symbols of a block: runs and moves to the front, and from them the inverse of the Burrows-Wheeler transform.

#![forbid(unsafe_code)]

use super::bits::Bits;
use super::lookup::Lookup;
use crate::stream::Error;

/// So many symbols share a code.
const GROUP: u32 = 50;

/// A run that would be longer is an error by itself.
const LONGEST_RUN: u32 = 2 << 20;

/// A block while it is read, and then to be written.
#[derive(Debug)]
pub(super) struct Symbols {
    /// The bytes of the block, sorted by what follows; when inverted, each with the place of the next one above it. As
    /// long as the largest block so far.
    pub(super) places: Vec<u32>,
    /// How many bytes there are.
    pub(super) len: usize,
    counts: [u32; 256],
    /// The bytes of the alphabet, those seen last in front.
    recent: [u8; 256],
    /// The number of the next group, and how many symbols of the present one are left.
    group: usize,
    left: u32,
    /// The length of the run so far, and what its next digit counts.
    run: u32,
    weight: u32,
}

impl Symbols {
    pub(super) fn new() -> Self {
        Self { places: Vec::new(), len: 0, counts: [0; 256], recent: [0; 256], group: 0, left: 0, run: 0, weight: 1 }
    }

    /// Before the first symbol of a block with this alphabet.
    pub(super) fn begin(&mut self, alphabet: &[u8]) {
        self.recent[..alphabet.len()].copy_from_slice(alphabet);
        self.counts.fill(0);
        (self.len, self.group, self.left, self.run, self.weight) = (0, 0, 0, 0, 1);
    }

    /// Reads symbols; returns whether the last one has been read.
    pub(super) fn read(
        &mut self,
        bits: &mut Bits<'_>,
        codes: &[Lookup],
        selectors: &[u8],
        alphabet: &[u8],
        most: u32,
    ) -> Result<bool, Error> {
        let end = alphabet.len() as u16 + 1;
        loop {
            if self.left == 0 {
                if self.group == selectors.len() {
                    return Err(Error::Data);
                }
                self.group += 1;
                self.left = GROUP;
            }
            let code = &codes[usize::from(selectors[self.group - 1])];
            while self.left > 0 {
                if bits.held().1 <= 20 {
                    bits.fill();
                }
                let Some(symbol) = code.read(bits)? else { return Ok(false) };
                self.left -= 1;
                if symbol <= 1 {
                    if self.weight >= LONGEST_RUN {
                        return Err(Error::Data);
                    }
                    self.run += self.weight << symbol;
                    self.weight <<= 1;
                    continue;
                }
                if self.run > 0 {
                    self.put_run(most)?;
                }
                if symbol == end {
                    return Ok(true);
                }
                if self.len >= most as usize {
                    return Err(Error::Data);
                }
                if self.len == self.places.len() {
                    self.grow(1, most)?;
                }
                let byte = self.move_to_front(usize::from(symbol) - 1);
                self.places[self.len] = u32::from(byte);
                self.counts[usize::from(byte)] += 1;
                self.len += 1;
            }
        }
    }

    fn put_run(&mut self, most: u32) -> Result<(), Error> {
        let run = self.run as usize;
        if run > most as usize - self.len {
            return Err(Error::Data);
        }
        if run > self.places.len() - self.len {
            self.grow(run, most)?;
        }
        let byte = self.recent[0];
        self.places[self.len..][..run].fill(u32::from(byte));
        self.counts[usize::from(byte)] += self.run;
        self.len += run;
        (self.run, self.weight) = (0, 1);
        Ok(())
    }

    /// Makes room for `more` bytes. Small blocks take little; one that is not small takes what the largest may.
    #[cold]
    fn grow(&mut self, more: usize, most: u32) -> Result<(), Error> {
        let needed = self.len + more;
        let size = if needed <= 16384 { needed.next_power_of_two().max(256) } else { most as usize };
        self.places.try_reserve_exact(size - self.places.len()).map_err(|_| Error::Memory)?;
        self.places.resize(size, 0);
        Ok(())
    }

    /// The byte at `index` of those seen last, which comes to the front.
    #[inline]
    fn move_to_front(&mut self, index: usize) -> u8 {
        let byte = self.recent[index];
        if index < 8
            && let Some(first) = self.recent.first_chunk_mut::<8>()
        {
            // Those before it move up in one word.
            let word = u64::from_le_bytes(*first);
            let kept = (u64::MAX << 8) << (index * 8);
            *first = (word & kept | word << 8 & !kept | u64::from(byte)).to_le_bytes();
        } else {
            self.recent.copy_within(..index, 1);
            self.recent[0] = byte;
        }
        byte
    }

    /// Links each byte to the one that follows it in the data.
    pub(super) fn invert(&mut self, origin: u32) -> Result<(), Error> {
        if origin as usize >= self.len {
            return Err(Error::Data);
        }
        let mut next = [0; 256];
        let mut sum = 0;
        for (next, count) in next.iter_mut().zip(self.counts) {
            *next = sum;
            sum += count;
        }
        let places = &mut self.places[..self.len];
        for index in 0..places.len() {
            // Only the lowest byte: what is above it may have been set.
            let place = &mut next[usize::from(places[index] as u8)];
            places[*place as usize] |= (index as u32) << 8;
            *place += 1;
        }
        Ok(())
    }
}
