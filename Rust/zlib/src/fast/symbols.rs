//! The symbols of a block: collected, counted, and written.

#![forbid(unsafe_code)]

use crate::block::{Bits, END, Form, Needed, SHORTEST, distance_extra, distance_symbol, length_symbol};
use std::collections::TryReserveError;

/// How many symbols a block has at most, counted as they are packed: fewer take longer, and with more the codes are
/// further from what each part of the data needs.
const MOST: usize = 10 << 10;

/// Where the lengths begin among the first fields, and the literals among the second; and what the second field is when
/// nothing comes second.
const LENGTHS: u32 = 256;
const SECOND_LITERALS: u32 = 32;
const NOTHING: u32 = 31;

/// Symbols in the order in which they are written, packed such that all are written in the same way: to foresee what
/// comes next, where it makes a difference, is what a processor is bad at.
///
/// The lowest nine bits, the first field, are a literal or, from [`LENGTHS`] on, a length. The next nine are what comes
/// second: the symbol of the distance, or nothing, or another literal. The rest are the bits that follow a distance.
pub(super) struct Symbols {
    packed: Vec<u32>,
    count: usize,
    /// How often there is each first field, as a second literal too.
    firsts: [u16; 512],
    /// How often there is each symbol of a distance.
    distances: [u16; 32],
}

impl Symbols {
    pub(super) fn new() -> Result<Self, TryReserveError> {
        let mut packed = Vec::new();
        packed.try_reserve_exact(MOST)?;
        packed.resize(MOST, 0);
        Ok(Self { packed, count: 0, firsts: [0; 512], distances: [0; 32] })
    }

    /// Forgets what there is, and lets `work` collect others.
    pub(super) fn collect<T>(&mut self, work: impl FnOnce(&mut Collector<'_>) -> T) -> T {
        (self.firsts, self.distances) = ([0; 512], [0; 32]);
        let Some(packed) = self.packed.first_chunk_mut() else { unreachable!("the list was made so long") };
        let mut collector = Collector { packed, count: 0, firsts: &mut self.firsts, distances: &mut self.distances };
        let result = work(&mut collector);
        self.count = collector.count;
        result
    }

    /// How often the format's own symbols are needed.
    pub(super) fn needed(&self) -> Needed {
        let mut needed = Needed { literals: [0; 286], distances: [0; 30], extra: 0 };
        let (literals, lengths) = self.firsts.split_at(LENGTHS as usize);
        needed.literals[..literals.len()].copy_from_slice(literals);
        needed.literals[END] = 1;
        for (length, count) in lengths.iter().enumerate() {
            let (symbol, extra, _) = length_symbol(length);
            needed.literals[symbol] += count;
            needed.extra += extra * u32::from(*count);
        }
        for (symbol, (needed_so, count)) in needed.distances.iter_mut().zip(self.distances).enumerate() {
            *needed_so = count;
            needed.extra += distance_extra(symbol) * u32::from(count);
        }
        needed
    }

    /// Writes all, and the end of the block.
    pub(super) fn write(&self, form: &Form, bits: &mut Bits<'_, '_>) {
        let (literals, distances) = form.codes();
        // Of each first field the bits, with those that follow it, and from bit 24 on how many they are.
        let mut firsts = [0_u32; 512];
        // Of each second field the bits, from bit 16 on how many, and from bit 24 on how many with those that follow.
        let mut seconds = [0_u32; 512];
        for value in 0..256 {
            let (code, length) = literals.of(value);
            firsts[value] = code | length << 24;
            seconds[SECOND_LITERALS as usize + value] = code | length << 16 | length << 24;
            let (symbol, extra, more) = length_symbol(value);
            let (code, length) = literals.of(symbol);
            firsts[LENGTHS as usize + value] = code | more << length | (length + extra) << 24;
        }
        for (symbol, second) in seconds.iter_mut().enumerate().take(30) {
            let (code, length) = distances.of(symbol);
            *second = code | length << 16 | (length + distance_extra(symbol)) << 24;
        }
        bits.flush();
        for piece in self.packed[..self.count].chunks(PIECE) {
            // There is room for the piece, and the store of the last bits ends behind it.
            let mut room = [0_u8; ROOM + 8];
            let mut at = 0;
            for packed in piece {
                let first = firsts[(packed & 511) as usize];
                let second = seconds[(packed >> 9 & 511) as usize];
                let more = packed >> 18;
                let behind = u64::from(second & 0xffff) | u64::from(more) << (second >> 16 & 31);
                bits.held |= (u64::from(first & 0xff_ffff) | behind << (first >> 24 & 31)) << bits.count;
                bits.count += (first >> 24) + (second >> 24);
                room[at % ROOM..][..8].copy_from_slice(&bits.held.to_le_bytes());
                at += (bits.count / 8) as usize;
                bits.held >>= bits.count & 0b11_1000;
                bits.count %= 8;
            }
            bits.out.extend_from_slice(&room[..at]);
        }
        bits.symbol(literals, END, 0, 0);
    }
}

/// How many symbols are written at a time. None has more than 20 bits and 28 behind them, and 7 bits wait for more.
const PIECE: usize = 512;
const ROOM: usize = 4096;
const _: () = assert!(PIECE * 6 < ROOM);

/// A place to put symbols into.
pub(super) struct Collector<'a> {
    packed: &'a mut [u32; MOST],
    count: usize,
    firsts: &'a mut [u16; 512],
    distances: &'a mut [u16; 32],
}

impl Collector<'_> {
    /// How many more can be put in.
    #[inline(always)]
    pub(super) fn room(&self) -> usize {
        MOST - self.count
    }

    #[inline(always)]
    fn put(&mut self, packed: u32) {
        self.packed[self.count] = packed;
        self.count += 1;
    }

    /// Puts a literal in.
    #[inline(always)]
    pub(super) fn literal(&mut self, literal: u8) {
        self.firsts[usize::from(literal)] += 1;
        self.put(u32::from(literal) | NOTHING << 9);
    }

    /// Puts two literals in, as one.
    #[inline(always)]
    pub(super) fn two_literals(&mut self, first: u8, second: u8) {
        self.firsts[usize::from(first)] += 1;
        self.firsts[usize::from(second)] += 1;
        self.put(u32::from(first) | (SECOND_LITERALS + u32::from(second)) << 9);
    }

    /// Puts in a repetition.
    #[inline(always)]
    pub(super) fn repetition(&mut self, length: usize, distance: u32) {
        let first = LENGTHS + (length - SHORTEST) as u32 % 256;
        let (second, _, more) = distance_symbol(distance as usize);
        self.firsts[first as usize] += 1;
        self.distances[second % 32] += 1;
        self.put(first | (second as u32) << 9 | more << 18);
    }
}

#[cfg(test)]
mod tests {
    use super::Symbols;
    use crate::block::{Bits, Code, END, Form, Needed, distance_symbol, length_symbol};
    use outbuf::OutBuf;
    use std::mem::MaybeUninit;

    fn repetition(
        bits: &mut Bits<'_, '_>,
        (literals, distances): (&Code<286>, &Code<30>),
        length: usize,
        distance: usize,
    ) {
        let (symbol, extra, more) = length_symbol(length - 3);
        bits.symbol(literals, symbol, extra, more);
        let (symbol, extra, more) = distance_symbol(distance);
        bits.symbol(distances, symbol, extra, more);
    }

    /// All lengths and distances of all sizes, with codes as long as there are, and with whatever bits before them.
    #[test]
    fn packed_symbols_are_written_like_single_ones() {
        // The first has as many bits as any can have.
        let all = (3..=258).map(|length| (length, 1 << (length % 16)));
        let repetitions: Vec<(usize, usize)> = [(257, 32_768), (3, 1), (200, 24_577)].into_iter().chain(all).collect();
        let mut symbols = Symbols::new().expect("memory");
        symbols.collect(|found| {
            for (length, distance) in &repetitions {
                found.repetition(*length, *distance as u32);
                found.two_literals(*length as u8, 0xff);
            }
            (0..=255).for_each(|literal| found.literal(literal));
        });
        let mut needed: Needed = symbols.needed();
        // The first symbols are short, and the last as long as can be.
        for (index, count) in needed.literals.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            *count = 1 << (15 - index.min(15));
        }
        for (index, count) in needed.distances.iter_mut().enumerate() {
            *count = 1 << (15 - index.min(15));
        }
        let (form, _) = Form::shortest(&needed, 1 << 20).expect("less than that");
        assert!(form.codes().0.lengths.contains(&15) && form.codes().1.lengths.contains(&15));
        for count in 0..32 {
            let mut written = [(); 2].map(|()| vec![MaybeUninit::uninit(); 8000]);
            let [packed, single] = &mut written;
            let mut packed = OutBuf::new(packed);
            let mut bits = Bits { out: &mut packed, held: 0x5a5a_5a5a & ((1 << count) - 1), count };
            symbols.write(&form, &mut bits);
            bits.align();
            let mut single = OutBuf::new(single);
            let mut bits = Bits { out: &mut single, held: 0x5a5a_5a5a & ((1 << count) - 1), count };
            let literals = form.codes().0;
            for (length, distance) in &repetitions {
                repetition(&mut bits, form.codes(), *length, *distance);
                bits.symbol(literals, length & 0xff, 0, 0);
                bits.symbol(literals, 0xff, 0, 0);
            }
            (0..=255).for_each(|literal| bits.symbol(literals, literal, 0, 0));
            bits.symbol(literals, END, 0, 0);
            bits.align();
            assert!(packed.filled() == single.filled(), "behind {count} bits");
        }
    }
}
