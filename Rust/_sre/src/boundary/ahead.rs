//! Matches that are found in advance (read-ahead) for `finditer` and `sub`, whose caller asks for one match after the other.
//!
//! Starting a search takes longer than finding the next word. When several matches have been asked for, one search finds the next
//! ones. It stops after a limited amount of work, so that a caller that needs no more matches does not wait for them, and the number
//! of matches grows with the number that has been asked for. The string is immutable, or a copy, so that the result is the same.

#![forbid(unsafe_code)]

use super::ctype::Types;
use super::engine::{Cursor, Found, Mode, Request, find};
use super::pattern::Pattern;
use super::subject::Subject;
use crate::core::matcher::{Interrupted, Matcher};
use crate::core::program::Program;
use crate::core::text::Unit;
use cpython_api::{PyErr, PyResult, Python, StrData};

/// The maximum number of matches that are found in advance.
const LIMIT: usize = 64;
/// The amount of work after which a search for them stops.
const FUEL: isize = 1 << 8;

/// The matches that have been found and not yet been returned.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    spans: Vec<(usize, usize)>,
    /// The index of the next one in `spans`.
    place: usize,
    /// The maximum number of matches of the next search.
    limit: usize,
    /// Whether there are no matches after those in `spans`.
    is_last: bool,
}

impl Ahead {
    /// Discards the matches, because the next match is of another kind.
    #[inline]
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Searches for the leftmost match, as [`find`], and stores it in `found`, which has to be empty.
    #[inline]
    pub(crate) fn find(
        &mut self,
        py: Python<'_>,
        pattern: &Pattern,
        subject: &Subject<'_, '_>,
        end: usize,
        cursor: Cursor,
        found: &mut Found,
    ) -> PyResult<bool> {
        if self.place == self.spans.len() {
            let rest = end.saturating_sub(cursor.start);
            if self.is_last || pattern.is_longer_than(rest) {
                return Ok(false);
            }
            self.limit = (self.limit * 2).clamp(1, LIMIT);
            if self.limit > 1 && pattern.can_search_ahead(py, rest)? {
                self.search(pattern.program(py)?, subject, end, cursor);
                if self.spans.is_empty() {
                    // The search below repeats the work, so the next call does not search in advance.
                    self.limit = 0;
                }
            }
        }
        match self.spans.get(self.place) {
            Some(&(start, end)) => {
                self.place += 1;
                let is_stored = found.set_span(start, end, subject.len());
                is_stored.map(|()| true).map_err(|_| PyErr::no_memory(py))
            }
            None if self.is_last => Ok(false),
            None => find(py, pattern, subject, Request { cursor, end, mode: Mode::Search }, found),
        }
    }

    fn search(&mut self, program: &Program, subject: &Subject<'_, '_>, end: usize, cursor: Cursor) {
        self.spans.clear();
        self.place = 0;
        if self.spans.try_reserve(self.limit).is_err() {
            return;
        }
        match subject.characters() {
            StrData::Ucs1(text) => self.search_in(program, text, end, cursor),
            StrData::Ucs2(text) => self.search_in(program, text, end, cursor),
            StrData::Ucs4(text) => self.search_in(program, text, end, cursor),
        }
    }

    fn search_in<C: Unit>(&mut self, program: &Program, text: &[C], end: usize, mut cursor: Cursor) {
        let mut poll = || Err(Interrupted);
        let Ok(mut matcher) = Matcher::new(program, text, cursor.start, end, Types, &mut poll) else { return };
        matcher.fuel = FUEL;
        let (spans, limit) = (&mut self.spans, self.limit);
        // An error is ignored here: the next search, which has no limit on its work, reports it.
        if let Some(run) = program.lone_run {
            let is_full = matcher.find_runs(run, |start, end| {
                spans.push((start, end));
                Ok(spans.len() < limit)
            });
            self.is_last = is_full == Ok(false);
            return;
        }
        while spans.len() < limit {
            matcher.start = cursor.start;
            matcher.must_advance = cursor.must_advance;
            match matcher.search() {
                Ok(true) => spans.push((matcher.start, matcher.end)),
                is_found => {
                    self.is_last = is_found == Ok(false);
                    return;
                }
            }
            cursor = Cursor::after(matcher.start, matcher.end);
        }
    }
}

impl Pattern {
    /// Whether it is known that no match fits into this number of characters.
    #[inline]
    pub(crate) fn is_longer_than(&self, length: usize) -> bool {
        self.translated().is_some_and(|program| length < program.min_width)
    }

    /// Whether matches may be found in advance in this number of characters. The search has to start in the backtracking matcher.
    /// The pattern must have no groups, as only the spans of whole matches are stored, and must not depend on the locale, which may
    /// change between two matches.
    #[inline]
    fn can_search_ahead(&self, py: Python<'_>, length: usize) -> PyResult<bool> {
        Ok(self.groups() == 0 && self.linear.preferred(length).is_none() && !self.program(py)?.has_locale)
    }
}
