//! Extended grapheme clusters (UAX #29), of Unicode 15.1 and later.

#![forbid(unsafe_code)]

use crate::quick_check::Unit;
use crate::tables::{Grapheme, Tables};

/// The values of `Grapheme_Cluster_Break`.
mod value {
    pub(super) const OTHER: u8 = 0;
    pub(super) const PREPEND: u8 = 1;
    pub(super) const CR: u8 = 2;
    pub(super) const LF: u8 = 3;
    pub(super) const CONTROL: u8 = 4;
    pub(super) const EXTEND: u8 = 5;
    pub(super) const REGIONAL_INDICATOR: u8 = 6;
    pub(super) const SPACING_MARK: u8 = 7;
    pub(super) const L: u8 = 8;
    pub(super) const V: u8 = 9;
    pub(super) const T: u8 = 10;
    pub(super) const LV: u8 = 11;
    pub(super) const LVT: u8 = 12;
    pub(super) const ZWJ: u8 = 13;
}
use value::*;

/// The values of `Indic_Conjunct_Break`.
mod conjunct {
    pub(super) const LINKER: u8 = 1;
    pub(super) const CONSONANT: u8 = 2;
    pub(super) const EXTEND: u8 = 3;
}

/// How much of `\p{Extended_Pictographic} Extend* ZWJ \p{Extended_Pictographic}` has been seen (rule GB11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pictograph {
    None,
    Started,
    Joiner,
    Joined,
}

impl Pictograph {
    #[inline]
    fn next(self, value: u8, is_pictographic: bool) -> Self {
        match (self, value) {
            (Self::Joiner, _) if is_pictographic => Self::Joined,
            _ if is_pictographic => Self::Started,
            (Self::Started | Self::Joined, EXTEND) => Self::Started,
            (Self::Started | Self::Joined, ZWJ) => Self::Joiner,
            _ => Self::None,
        }
    }
}

/// How much of `Consonant [Extend Linker]* Linker [Extend Linker]* Consonant` has been seen (rule GB9c).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conjunct {
    None,
    Started,
    Linked,
    Joined,
}

impl Conjunct {
    #[inline]
    fn next(self, value: u8) -> Self {
        match (self, value) {
            (Self::Linked, conjunct::CONSONANT) => Self::Joined,
            (_, conjunct::CONSONANT) => Self::Started,
            (Self::None, _) => Self::None,
            (Self::Linked, conjunct::EXTEND) | (_, conjunct::LINKER) => Self::Linked,
            (_, conjunct::EXTEND) => Self::Started,
            _ => Self::None,
        }
    }
}

/// The clusters of a part of a text.
///
/// The boundaries of a cluster depend on its own characters only, so no state is carried from one cluster to the next: the sequences
/// that rules GB9c, GB11, GB12 and GB13 look back at never extend over a boundary.
#[derive(Debug)]
pub struct Graphemes {
    /// Where the next cluster starts.
    start: usize,
    end: usize,
}

impl Graphemes {
    /// The clusters from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Where the next cluster starts and ends; `None` after the last one.
    #[inline]
    pub fn next<U: Unit>(&mut self, tables: &Tables, text: &[U]) -> Option<(usize, usize)> {
        let text = text.get(..self.end).unwrap_or(text);
        let start = self.start;
        self.start += cluster_len(tables, text.get(start..)?)?;
        Some((start, self.start))
    }
}

/// Whether there is a boundary between a character and another one, before or after it, for which this is true, too. These are most
/// of all characters: those without a rule, and Hangul syllables.
#[inline(always)]
fn is_separate(character: Grapheme) -> bool {
    [OTHER, LV, LVT].map(Grapheme::of).contains(&character)
}

/// The length of the cluster at the start of a text; `None` if the text is empty.
#[inline]
fn cluster_len<U: Unit>(tables: &Tables, text: &[U]) -> Option<usize> {
    let (&first, rest) = text.split_first()?;
    let first = tables.grapheme(first.into());
    if is_separate(first) && rest.first().is_none_or(|&next| is_separate(tables.grapheme(next.into()))) {
        return Some(1);
    }
    Some(1 + extension_len(tables, first, rest))
}

/// How many characters of `rest` belong to the cluster that a character starts.
///
/// It is not inlined, so that the usual case needs few registers.
#[inline(never)]
fn extension_len<U: Unit>(tables: &Tables, first: Grapheme, rest: &[U]) -> usize {
    let mut context = Context::new(first);
    let place = rest.iter().position(|&unit| context.ends_before(tables.grapheme(unit.into())));
    place.unwrap_or(rest.len())
}

/// The state of the boundary rules after the characters of a cluster that have been read.
#[derive(Debug, Clone, Copy)]
struct Context {
    /// `Grapheme_Cluster_Break` of the last one.
    before: u8,
    pictograph: Pictograph,
    conjunct: Conjunct,
    /// Whether it ends in an odd number of regional indicators.
    is_odd: bool,
}

impl Context {
    /// The state after the first character.
    #[inline(always)]
    fn new(character: Grapheme) -> Self {
        let none = Self { before: 0, pictograph: Pictograph::None, conjunct: Conjunct::None, is_odd: false };
        none.followed_by(character)
    }

    /// The state after one more character.
    #[inline(always)]
    fn followed_by(self, character: Grapheme) -> Self {
        let value = character.cluster_break();
        Self {
            before: value,
            pictograph: self.pictograph.next(value, character.is_pictographic()),
            conjunct: self.conjunct.next(character.conjunct_break()),
            is_odd: value == REGIONAL_INDICATOR && !self.is_odd,
        }
    }

    /// Adds a character, and says whether the cluster ends before it: the rules of UAX #29, section 3.1.1, in their order.
    #[inline(always)]
    fn ends_before(&mut self, character: Grapheme) -> bool {
        let before = self.before;
        *self = self.followed_by(character);
        match (before, self.before) {
            (CR, LF) => false,                                       // GB3
            (CR | LF | CONTROL, _) | (_, CR | LF | CONTROL) => true, // GB4, GB5
            (L, L | V | LV | LVT) => false,                          // GB6
            (LV | V, V | T) => false,                                // GB7
            (LVT | T, T) => false,                                   // GB8
            (_, EXTEND | ZWJ | SPACING_MARK) => false,               // GB9, GB9a
            (PREPEND, _) => false,                                   // GB9b
            _ if self.conjunct == Conjunct::Joined => false,         // GB9c
            _ if self.pictograph == Pictograph::Joined => false,     // GB11
            (REGIONAL_INDICATOR, REGIONAL_INDICATOR) => self.is_odd, // GB12, GB13
            _ => true,                                               // GB999
        }
    }
}
