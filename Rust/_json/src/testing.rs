//! Helpers for the tests of the core.

use crate::ucs::{Text, Ucs};
use crate::writer::Writer;
use std::mem::MaybeUninit;

/// A small xorshift generator: the same numbers in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// The characters of a text.
pub(crate) fn to_characters(text: Text<'_>) -> Vec<u32> {
    match text {
        Text::Ucs1(units) => units.iter().map(|&unit| unit.into()).collect(),
        Text::Ucs2(units) => units.iter().map(|&unit| unit.into()).collect(),
        Text::Ucs4(units) => units.to_vec(),
    }
}

/// The characters that a writer has collected.
pub(crate) fn characters(writer: Writer) -> Vec<u32> {
    writer.finish().expect("memory").iter().flat_map(|block| to_characters(block.text())).collect()
}

/// The characters that `fill` writes, all of which it has to write.
pub(crate) fn filled<V: Ucs>(len: usize, fill: impl FnOnce(&mut [MaybeUninit<V>])) -> Vec<u32> {
    let mut out = vec![MaybeUninit::new(V::from(0x7F)); len];
    fill(&mut out);
    // SAFETY: all has been initialised from the beginning.
    out.into_iter().map(|unit| unsafe { unit.assume_init() }.into()).collect()
}
