//! The bzip2 format, read: [`Decompress`].
//!
//! A stream comes in pieces of any size. Everything that is read at once fits into the bits that [`Bits`] holds, so that
//! between two pieces there is nothing to go back to: each [`Phase`] either completes, or waits for more bits.
//!
//! What is an error, and at which bit, is as in libbzip2 1.0.8. What differs is the pace, and the memory: codes are
//! looked up in tables, checksums are taken over whole pieces of output, and a block takes what its content asks for.

mod bits;
pub(crate) mod crc;
mod lookup;
mod output;
mod randomised;
mod symbols;

use crate::stream::{Error, Step};
use bits::Bits;
use lookup::Lookup;
use outbuf::OutBuf;
use output::Output;
use symbols::Symbols;

const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const END: [u8; 6] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/// More selectors than this are read over: no block has so many groups.
const MOST_SELECTORS: usize = 18002;

/// What comes next in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// `BZh` and the size of blocks; so many bytes have been read.
    Magic(usize),
    /// The mark of a block or of the end.
    Mark(usize),
    EndMark(usize),
    StreamCrc,
    BlockCrc,
    Randomised,
    Origin,
    /// Which sixteenths of the bytes occur, then which bytes of each.
    Ranges,
    Range(usize),
    Groups,
    SelectorCount,
    /// Of so many selectors, this is next; so many ones have been read of it.
    Selector(usize, usize, usize),
    /// The first length of a code.
    FirstLength(usize),
    /// The length of a symbol of a code is this, unless changed.
    Length(usize, usize, u8),
    Change(usize, usize, u8),
    Symbols,
    Output,
    Ended,
}

/// A stream that decompresses.
#[derive(Debug)]
pub struct Decompress {
    phase: Phase,
    held: u64,
    held_count: u32,
    /// The most bytes that a block may have.
    most: u32,
    block_crc: u32,
    combined_crc: u32,
    origin: u32,
    ranges: u32,
    alphabet: Vec<u8>,
    /// Which code each group of symbols has, and the codes in the order of their last use.
    selectors: Vec<u8>,
    recent: [u8; 6],
    groups: usize,
    lengths: [u8; 258],
    codes: Vec<Lookup>,
    symbols: Symbols,
    output: Output,
    failed: bool,
}

impl Decompress {
    /// A new stream.
    pub fn new() -> Self {
        Self {
            phase: Phase::Magic(0),
            held: 0,
            held_count: 0,
            most: 0,
            block_crc: 0,
            combined_crc: 0,
            origin: 0,
            ranges: 0,
            alphabet: Vec::new(),
            selectors: Vec::new(),
            recent: [0; 6],
            groups: 0,
            lengths: [0; 258],
            codes: Vec::new(),
            symbols: Symbols::new(),
            output: Output::new(),
            failed: false,
        }
    }

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    ///
    /// After an error every step is an error of sequence, as it is behind the end.
    pub fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Result<Step, Error> {
        if self.failed || self.phase == Phase::Ended {
            return Err(Error::Sequence);
        }
        let mut bits = Bits::new(input, self.held, self.held_count);
        // Stays so if this panics.
        self.failed = true;
        self.run(&mut bits, out)?;
        self.failed = false;
        let (consumed, held, held_count) = bits.leave();
        (self.held, self.held_count) = (held, held_count);
        Ok(Step { consumed, ended: self.phase == Phase::Ended })
    }

    /// Goes on until there is no more input, or no more room.
    fn run(&mut self, bits: &mut Bits<'_>, out: &mut OutBuf<'_>) -> Result<(), Error> {
        loop {
            let next = match self.phase {
                Phase::Symbols => {
                    if !self.symbols.read(bits, &self.codes, &self.selectors, &self.alphabet, self.most)? {
                        return Ok(());
                    }
                    // What has been taken in advance is not consumed before the block is written.
                    bits.give_back();
                    self.symbols.invert(self.origin)?;
                    self.output.begin(&self.symbols, self.origin);
                    Phase::Output
                }
                Phase::Output => {
                    if !self.output.write(&self.symbols, out)? {
                        return Ok(());
                    }
                    let crc = self.output.crc();
                    if crc != self.block_crc {
                        return Err(Error::Data);
                    }
                    self.combined_crc = self.combined_crc.rotate_left(1) ^ crc;
                    Phase::Mark(0)
                }
                Phase::Ended => {
                    bits.give_back();
                    return Ok(());
                }
                _ => match self.header(bits)? {
                    Some(next) => next,
                    None => return Ok(()),
                },
            };
            self.phase = next;
        }
    }

    /// Reads one item of what is around the symbols; returns what comes after it, or `None` for lack of input.
    fn header(&mut self, bits: &mut Bits<'_>) -> Result<Option<Phase>, Error> {
        let count = match self.phase {
            Phase::StreamCrc | Phase::BlockCrc => 32,
            Phase::Randomised | Phase::Selector(..) | Phase::Length(..) | Phase::Change(..) => 1,
            Phase::Origin => 24,
            Phase::Ranges => 16,
            Phase::Range(index) => {
                if self.ranges >> (15 - index) & 1 == 0 {
                    return self.after_range(index).map(Some);
                }
                16
            }
            Phase::Groups => 3,
            Phase::SelectorCount => 15,
            Phase::FirstLength(_) => 5,
            _ => 8,
        };
        if let Phase::Length(_, _, length) = self.phase
            && !(1..=20).contains(&length)
        {
            return Err(Error::Data);
        }
        let Some(value) = bits.take(count) else { return Ok(None) };
        self.item(value).map(Some)
    }

    /// What comes after an item with this value.
    fn item(&mut self, value: u32) -> Result<Phase, Error> {
        let check = |right: bool, next| if right { Ok(next) } else { Err(Error::Data) };
        let byte = value as u8;
        match self.phase {
            Phase::Magic(3) => {
                self.most = u32::from(byte.wrapping_sub(b'0')) * 100_000;
                check((b'1'..=b'9').contains(&byte), Phase::Mark(0))
            }
            Phase::Magic(index) => check(byte == b"BZh"[index], Phase::Magic(index + 1)),
            Phase::Mark(0) if byte == END[0] => Ok(Phase::EndMark(1)),
            Phase::Mark(5) => check(byte == BLOCK[5], Phase::BlockCrc),
            Phase::Mark(index) => check(byte == BLOCK[index], Phase::Mark(index + 1)),
            Phase::EndMark(5) => check(byte == END[5], Phase::StreamCrc),
            Phase::EndMark(index) => check(byte == END[index], Phase::EndMark(index + 1)),
            Phase::StreamCrc => check(value == self.combined_crc, Phase::Ended),
            Phase::BlockCrc => {
                self.block_crc = value;
                Ok(Phase::Randomised)
            }
            Phase::Randomised => {
                self.output.randomise(value == 1);
                Ok(Phase::Origin)
            }
            Phase::Origin => {
                self.origin = value;
                check(value <= self.most + 10, Phase::Ranges)
            }
            Phase::Ranges => {
                self.ranges = value;
                self.alphabet.clear();
                self.alphabet.try_reserve_exact(256).map_err(|_| Error::Memory)?;
                Ok(Phase::Range(0))
            }
            Phase::Range(index) => {
                let used = (0..16).filter(|place| value >> (15 - place) & 1 == 1);
                self.alphabet.extend(used.map(|place| (index * 16 + place) as u8));
                self.after_range(index)
            }
            Phase::Groups => {
                self.groups = value as usize;
                check((2..=6).contains(&value), Phase::SelectorCount)
            }
            Phase::SelectorCount => {
                let count = value as usize;
                self.recent = [0, 1, 2, 3, 4, 5];
                self.selectors.clear();
                self.selectors.try_reserve_exact(count.min(MOST_SELECTORS)).map_err(|_| Error::Memory)?;
                self.codes.clear();
                self.codes.try_reserve_exact(self.groups).map_err(|_| Error::Memory)?;
                check(count > 0, Phase::Selector(count, 0, 0))
            }
            Phase::Selector(count, index, ones) if value == 1 => {
                check(ones + 1 < self.groups, Phase::Selector(count, index, ones + 1))
            }
            Phase::Selector(count, index, ones) => {
                self.recent[..=ones].rotate_right(1);
                if index < MOST_SELECTORS {
                    self.selectors.push(self.recent[0]);
                }
                Ok(if index + 1 < count { Phase::Selector(count, index + 1, 0) } else { Phase::FirstLength(0) })
            }
            Phase::FirstLength(code) => Ok(Phase::Length(code, 0, byte)),
            Phase::Length(code, symbol, length) if value == 1 => Ok(Phase::Change(code, symbol, length)),
            Phase::Length(code, symbol, length) => {
                self.lengths[symbol] = length;
                let symbols = self.alphabet.len() + 2;
                if symbol + 1 < symbols {
                    return Ok(Phase::Length(code, symbol + 1, length));
                }
                self.codes.push(Lookup::new(&self.lengths[..symbols]));
                if code + 1 < self.groups {
                    return Ok(Phase::FirstLength(code + 1));
                }
                self.symbols.begin(&self.alphabet);
                Ok(Phase::Symbols)
            }
            Phase::Change(code, symbol, length) => {
                Ok(Phase::Length(code, symbol, if value == 0 { length + 1 } else { length - 1 }))
            }
            Phase::Symbols | Phase::Output | Phase::Ended => Err(Error::Sequence),
        }
    }

    fn after_range(&self, index: usize) -> Result<Phase, Error> {
        match index {
            0..15 => Ok(Phase::Range(index + 1)),
            _ if self.alphabet.is_empty() => Err(Error::Data),
            _ => Ok(Phase::Groups),
        }
    }
}

impl Default for Decompress {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
