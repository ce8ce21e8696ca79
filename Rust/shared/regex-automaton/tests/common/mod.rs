//! What the tests share: character tables, texts, and the iteration of `finditer`.

use std::collections::HashMap;

use regex_automaton::{Automaton, Cache, CharTables, Found, Input, Mode, Stop, Text, UNSET};

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

/// A match: its span, its `lastindex` and its marks.
pub(crate) type Result1 = (Found, Vec<usize>);

/// The match with its groups; checks that the search for the span alone agrees.
pub(crate) fn find(automaton: &Automaton, cache: &mut Cache, input: &Input<'_>, groups: usize) -> Option<Result1> {
    let mut marks = vec![UNSET; 2 * groups];
    let mut poll = || false;
    let found = automaton.captures(cache, input, &mut marks, &mut poll);
    let span = automaton.search(cache, input, &mut poll);
    assert_eq!(span.map(Some), found.map(|found| found.map(|found| (found.start, found.end))).map(Some));
    match found {
        Ok(found) => found.map(|found| (found, marks)),
        Err(Stop::Bounds) => None,
        Err(stop) => panic!("{stop:?}"),
    }
}

/// All matches, as `finditer` goes through them.
pub(crate) fn find_all(automaton: &Automaton, cache: &mut Cache, input: &Input<'_>, groups: usize) -> Vec<Result1> {
    let mut results = Vec::new();
    let mut input = Input { mode: Mode::Search, must_advance: false, ..*input };
    while let Some(result) = find(automaton, cache, &input, groups) {
        input.pos = result.0.end;
        input.must_advance = result.0.end == result.0.start;
        results.push(result);
    }
    results
}
