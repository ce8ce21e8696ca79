//! Character tables and texts, which the tests and the example share.

use std::collections::HashMap;

use regex_automaton::{CharTables, Text};

/// Tables of the characters that a fixture names; other characters have no category and no case.
#[derive(Default)]
pub(crate) struct Rows(pub(crate) HashMap<u32, (u32, u32, u32)>);

impl CharTables for Rows {
    fn category(&self, category: u32, ch: u32) -> bool {
        self.0.get(&ch).is_some_and(|row| row.2 >> ((category - 10) / 2) & 1 != 0)
    }
    fn lower(&self, ch: u32) -> u32 {
        self.0.get(&ch).map_or(ch, |row| row.0)
    }
    fn upper(&self, ch: u32) -> u32 {
        self.0.get(&ch).map_or(ch, |row| row.1)
    }
}

/// A text in the width that `str` would have.
pub(crate) enum Owned {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Owned {
    pub(crate) fn new(codes: &[u32], width: u32) -> Owned {
        match width {
            1 => Owned::One(codes.iter().map(|&ch| ch as u8).collect()),
            2 => Owned::Two(codes.iter().map(|&ch| ch as u16).collect()),
            _ => Owned::Four(codes.to_vec()),
        }
    }

    pub(crate) fn text(&self) -> Text<'_> {
        match self {
            Owned::One(text) => Text::One(text),
            Owned::Two(text) => Text::Two(text),
            Owned::Four(text) => Text::Four(text),
        }
    }
}
