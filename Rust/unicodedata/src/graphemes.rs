//! Extended grapheme clusters (UAX #29), of Unicode 15.1 and later.

#![forbid(unsafe_code)]

use crate::quick_check::Unit;
use crate::tables::Tables;

/// The values of `Grapheme_Cluster_Break`, by their numbers in a [`Record`](crate::tables::Record).
mod value {
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

/// The state of a search for the boundaries in a text.
#[derive(Debug, Clone, Copy)]
pub struct Graphemes {
    /// Where the next cluster starts.
    start: usize,
    /// The next character to look at.
    next: usize,
    end: usize,
    /// `Grapheme_Cluster_Break` of the character before.
    before: u8,
    pictograph: Pictograph,
    conjunct: Conjunct,
    /// Whether an odd number of regional indicators has been seen.
    is_odd: bool,
}

impl Graphemes {
    /// The clusters from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            next: start,
            end,
            before: 0,
            pictograph: Pictograph::None,
            conjunct: Conjunct::None,
            is_odd: false,
        }
    }

    /// Where the next cluster starts and ends; `None` after the last one.
    pub fn next<U: Unit>(&mut self, tables: &Tables, text: &[U]) -> Option<(usize, usize)> {
        let (start, end) = (self.start, self.end.min(text.len()));
        if start >= end {
            return None;
        }
        while let Some(&unit) = text.get(self.next).filter(|_| self.next < end) {
            let record = tables.record(unit.into());
            let value = record.grapheme_cluster_break;
            self.pictograph = self.pictograph.next(value, record.extended_pictographic != 0);
            self.is_odd = value == REGIONAL_INDICATOR && !self.is_odd;
            self.conjunct = self.conjunct.next(record.indic_conjunct_break);
            let before = std::mem::replace(&mut self.before, value);
            let place = self.next;
            self.next += 1;
            if place != start && self.is_boundary(before, value) {
                self.start = place;
                return Some((start, place));
            }
        }
        self.start = end;
        Some((start, end))
    }

    /// Whether a cluster ends between two characters: the rules of UAX #29, section 3.1.1, in their order.
    #[inline]
    fn is_boundary(&self, before: u8, value: u8) -> bool {
        match (before, value) {
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
