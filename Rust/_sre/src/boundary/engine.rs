//! Runs an engine on the characters of a string, so that signals are handled and other threads can run during a long match.
//!
//! The backtracking matcher supports every pattern, and is faster if it seldom fails. The automaton of `linear.rs` has the same
//! results, and takes over when the matcher has done much work in relation to the length of the text that it has searched.

#![forbid(unsafe_code)]

use super::ctype::Types;
use super::pattern::Pattern;
use super::subject::Subject;
use crate::core::direct::Direct;
use crate::core::matcher::{Error, Interrupted, Matcher};
use crate::core::program::Program;
use crate::core::text::Unit;
use cpython_api::exceptions::{PyRuntimeError, PySystemError};
use cpython_api::{PyErr, PyResult, Python, StrData};
use regex_automaton::{Automaton, Input, Stop, Text, UNSET};
use std::cell::Cell;
use try_alloc::NoMemory;

/// The kind of match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A match at the start.
    Match,
    /// A match of the whole text.
    FullMatch,
    /// The leftmost match.
    Search,
}

/// Where the next match starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) start: usize,
    /// Whether it must not be empty at `start`, because the last match was empty.
    pub(crate) must_advance: bool,
}

impl Cursor {
    /// The first match.
    #[inline]
    pub(crate) fn new(start: usize) -> Self {
        Self { start, must_advance: false }
    }

    /// The match after another one.
    #[inline]
    pub(crate) fn after(start: usize, end: usize) -> Self {
        Self { start: end, must_advance: start == end }
    }
}

/// One search in a string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// Where the match starts, or the search for it.
    pub(crate) cursor: Cursor,
    /// Where the text ends.
    pub(crate) end: usize,
    pub(crate) mode: Mode,
}

/// The number of positions that are stored without an allocation: those of the match and of four groups.
const FEW: usize = 10;
/// Marks an entry of `few` without a position.
const NONE: u32 = u32::MAX;

/// The spans of the match and of its groups.
///
/// It is part of every match object, so it is small: small objects are created and released faster.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    last_index: u32,
    len: u32,
    few: [u32; FEW],
    /// All positions, if there are more than `FEW` or the text is so long that they may not fit into `u32`; `NOWHERE` for those of
    /// groups that have not matched.
    many: Vec<usize>,
}

impl Found {
    /// An empty result.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { last_index: 0, len: 0, few: [NONE; FEW], many: Vec::new() }
    }

    /// Makes room for the positions of a match with this number of groups in a text of this length.
    #[inline]
    fn reserve(&mut self, groups: usize, text_len: usize) -> Result<(), Error> {
        let len = (groups + 1) * 2;
        self.len = len as u32;
        if len > FEW || text_len >= NONE as usize {
            self.many.clear();
            self.many.try_reserve_exact(len).map_err(|_| Error::NoMemory)?;
            self.many.resize(len, NOWHERE);
        }
        Ok(())
    }

    /// Stores a position.
    #[inline(always)]
    fn put(&mut self, place: usize, position: usize) {
        if !self.many.is_empty() {
            if let Some(place) = self.many.get_mut(place) {
                *place = position;
            }
        } else if let Some(place) = self.few.get_mut(place) {
            *place = position as u32;
        }
    }

    /// Stores the span of a match without groups.
    #[inline]
    pub(crate) fn set_span(&mut self, start: usize, end: usize, text_len: usize) -> Result<(), Error> {
        self.reserve(0, text_len)?;
        self.put(0, start);
        self.put(1, end);
        Ok(())
    }

    #[inline]
    fn set(
        &mut self,
        span: (usize, usize),
        group_of: impl Fn(usize) -> Option<(usize, usize)>,
        last_index: u32,
        groups: usize,
        text_len: usize,
    ) -> Result<(), Error> {
        let spans = (0..groups).map(|group| group_of(group).unwrap_or((NOWHERE, NOWHERE)));
        self.set_all([span].into_iter().chain(spans), last_index, groups, text_len)
    }

    /// Stores a match of the automaton.
    fn set_marks(&mut self, found: regex_automaton::Found, marks: &[usize], text_len: usize) -> Result<(), Error> {
        const { assert!(UNSET == NOWHERE) };
        let spans = marks.as_chunks::<2>().0.iter().map(|&[start, end]| (start, end));
        let last_index = found.lastindex.unwrap_or(0) as u32;
        self.set_all([(found.start, found.end)].into_iter().chain(spans), last_index, marks.len() / 2, text_len)
    }

    /// Stores the span of the match, and those of its groups.
    #[inline(always)]
    fn set_all(
        &mut self,
        spans: impl Iterator<Item = (usize, usize)>,
        last_index: u32,
        groups: usize,
        text_len: usize,
    ) -> Result<(), Error> {
        let len = (groups + 1) * 2;
        (self.len, self.last_index) = (len as u32, last_index);
        if len > FEW || text_len >= NONE as usize {
            self.many.clear();
            self.many.try_reserve_exact(len).map_err(|_| Error::NoMemory)?;
            self.many.extend(spans.flat_map(|(start, end)| [start, end]));
        } else {
            const { assert!(NOWHERE as u32 == NONE) };
            for ([first, second], (start, end)) in self.few.as_chunks_mut::<2>().0.iter_mut().zip(spans) {
                (*first, *second) = (start as u32, end as u32);
            }
        }
        Ok(())
    }

    /// A position, -1 for that of a group that has not matched.
    #[inline(always)]
    fn position(&self, place: usize) -> isize {
        if !self.many.is_empty() {
            return self.many.get(place).map_or(-1, |position| *position as isize);
        }
        match self.few.get(place) {
            Some(&position) if position != NONE => position as isize,
            _ => -1,
        }
    }

    /// The number of groups, the whole match included.
    #[inline]
    pub(crate) fn groups(&self) -> usize {
        self.len as usize / 2
    }

    /// The span of a group, (-1, -1) if it has not matched.
    #[inline]
    pub(crate) fn span(&self, group: usize) -> (isize, isize) {
        let position = |position| if position == NONE { -1 } else { position as isize };
        match self.few.get(group * 2..group * 2 + 2) {
            Some(&[start, end]) if self.many.is_empty() => (position(start), position(end)),
            _ => (self.position(group * 2), self.position(group * 2 + 1)),
        }
    }

    /// The span of the whole match.
    #[inline]
    pub(crate) fn whole(&self) -> (usize, usize) {
        (self.position(0) as usize, self.position(1) as usize)
    }

    /// The number of the group that was closed last, 0 if there is none.
    #[inline]
    pub(crate) fn last_index(&self) -> u32 {
        self.last_index
    }

    /// Whether a group ends before it starts, which is impossible for the code lists of `re`.
    #[inline]
    pub(crate) fn has_wrong_span(&self) -> bool {
        (0..self.groups()).any(|group| self.position(group * 2) > self.position(group * 2 + 1))
    }
}

impl From<NoMemory> for Error {
    fn from(NoMemory: NoMemory) -> Self {
        Self::NoMemory
    }
}

/// Converts the error that ends a match to an exception.
#[cold]
fn raise(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::NoMemory => PyErr::no_memory(py),
        // If a match is interrupted, the exception of the signal handler is raised instead.
        Error::Program | Error::Interrupted => {
            PyRuntimeError::new_err(py, "internal error in regular expression engine")
        }
    }
}

/// The exception for a group that ends before it starts.
#[cold]
pub(crate) fn wrong_span(py: Python<'_>) -> PyErr {
    PySystemError::new_err(py, "The span of capturing group is wrong, please report a bug for the re module.")
}

/// The input of the automaton.
#[inline]
fn input(characters: StrData<'_>, Request { cursor, end, mode }: Request) -> Input<'_> {
    let text = match characters {
        StrData::Ucs1(text) => Text::One(text),
        StrData::Ucs2(text) => Text::Two(text),
        StrData::Ucs4(text) => Text::Four(text),
    };
    let mode = match mode {
        Mode::Match => regex_automaton::Mode::Match,
        Mode::FullMatch => regex_automaton::Mode::Fullmatch,
        Mode::Search => regex_automaton::Mode::Search,
    };
    Input { text, pos: cursor.start, end, mode, must_advance: cursor.must_advance }
}

/// Searches a string, and stores a match in `found`, which has to be empty.
#[inline]
pub(crate) fn find(
    py: Python<'_>,
    pattern: &Pattern,
    subject: &Subject<'_, '_>,
    request: Request,
    found: &mut Found,
) -> PyResult<bool> {
    let characters = subject.characters();
    let linear = &pattern.linear;
    // A match at the start may be short even if the text is long.
    let Request { cursor, end, mode } = request;
    let length = if mode == Mode::Match { 0 } else { end.saturating_sub(cursor.start) };
    if let Some(automaton) = linear.preferred(length) {
        return find_linear(py, automaton, pattern, characters, request, found);
    }
    let mut budget = linear.budget();
    loop {
        match find_exactly(py, pattern, characters, request, budget, found)? {
            Outcome::Ended(is_found) => return Ok(is_found),
            Outcome::Spent(place) => {
                let work = budget.unwrap_or(usize::MAX);
                let automaton = linear.after(&pattern.code, work, place.saturating_sub(cursor.start));
                if let Some(automaton) = automaton.map_err(|error| raise(py, error.into()))? {
                    return find_linear(py, automaton, pattern, characters, request, found);
                }
                budget = linear.budget().map(|_| work.saturating_mul(4));
            }
        }
    }
}

/// The result of a search with the backtracking matcher.
enum Outcome<T> {
    /// The search is complete.
    Ended(T),
    /// The budget is spent; the position that the search has reached.
    Spent(usize),
}

/// As [`find`], with the automaton.
fn find_linear(
    py: Python<'_>,
    automaton: &Automaton,
    pattern: &Pattern,
    characters: StrData<'_>,
    request: Request,
    found: &mut Found,
) -> PyResult<bool> {
    let groups = pattern.groups();
    let text_len = super::subject::len(characters);
    let input = input(characters, request);
    let is_found = py.interruptible(|poll| {
        let mut few = [UNSET; FEW - 2];
        let mut many = Vec::new();
        let marks = match few.get_mut(..groups * 2) {
            Some(marks) => marks,
            None => {
                many.try_reserve_exact(groups * 2).map_err(|_| Error::NoMemory)?;
                many.resize(groups * 2, UNSET);
                many.as_mut_slice()
            }
        };
        let mut cache = pattern.linear.take()?;
        let result = automaton.captures(&mut cache, &input, marks, &mut || poll().is_err());
        pattern.linear.give_back(cache);
        match result {
            Ok(None) => Ok(Some(false)),
            Ok(Some(whole)) => found.set_marks(whole, marks, text_len).map(|()| Some(true)),
            Err(Stop::Interrupted) => Err(Error::Interrupted),
            Err(Stop::Memory) => Err(Error::NoMemory),
            Err(Stop::Bounds) => Ok(None),
            Err(Stop::Limit) => {
                pattern.linear.give_up();
                Ok(None)
            }
        }
    })?;
    match is_found.map_err(|error| raise(py, error))? {
        Some(is_found) => Ok(is_found),
        None => {
            let outcome = find_exactly(py, pattern, characters, request, None, found)?;
            Ok(matches!(outcome, Outcome::Ended(true)))
        }
    }
}

/// Searches with a matcher, which stops when the budget is spent.
#[inline]
fn with_matcher<C: Unit, T: Send>(
    py: Python<'_>,
    program: &Program,
    text: &[C],
    (start, end): (usize, usize),
    budget: Option<usize>,
    search: impl FnOnce(&mut Matcher<'_, C, Types>) -> Result<T, Error> + Send,
) -> PyResult<Outcome<T>> {
    let is_limited = budget.is_some();
    let mut spent = None;
    let result = py.interruptible(|poll| {
        let mut poll = || if is_limited { Err(Interrupted) } else { poll().map_err(|_| Interrupted) };
        let mut matcher = Matcher::new(program, text, start, end, Types, &mut poll)?;
        if let Some(budget) = budget {
            matcher.fuel = budget as isize;
        }
        let result = search(&mut matcher);
        if is_limited && matches!(result, Err(Error::Interrupted)) {
            spent = Some(matcher.start);
        }
        result
    })?;
    match (result, spent) {
        (Err(Error::Interrupted), Some(place)) => Ok(Outcome::Spent(place)),
        (result, _) => result.map(Outcome::Ended).map_err(|error| raise(py, error)),
    }
}

/// As [`find`], with the backtracking matcher.
#[inline]
fn find_exactly(
    py: Python<'_>,
    pattern: &Pattern,
    characters: StrData<'_>,
    request: Request,
    budget: Option<usize>,
    found: &mut Found,
) -> PyResult<Outcome<bool>> {
    match characters {
        StrData::Ucs1(text) => find_in(py, pattern, text, request, budget, found),
        StrData::Ucs2(text) => find_in(py, pattern, text, request, budget, found),
        StrData::Ucs4(text) => find_in(py, pattern, text, request, budget, found),
    }
}

fn find_in<C: Unit>(
    py: Python<'_>,
    pattern: &Pattern,
    text: &[C],
    request: Request,
    budget: Option<usize>,
    found: &mut Found,
) -> PyResult<Outcome<bool>> {
    let program = match pattern.translated() {
        Some(program) => program,
        None => match find_early(py, pattern, text, request, found)? {
            Ok(program) => program,
            Err(is_found) => return Ok(Outcome::Ended(is_found)),
        },
    };
    if let Some(is_found) = find_soon(program, text, request, found).map_err(|error| raise(py, error))? {
        return Ok(Outcome::Ended(is_found));
    }
    let Request { cursor, end, mode } = request;
    with_matcher(py, program, text, (cursor.start, end), budget, |matcher| {
        matcher.must_advance = cursor.must_advance;
        matcher.match_all = mode == Mode::FullMatch;
        let is_found = if mode == Mode::Search { matcher.search()? } else { matcher.match_here()? };
        if is_found {
            let span = (matcher.start, matcher.end);
            found.set(span, |group| matcher.group(group), matcher.last_index(), program.groups, text.len())?;
        }
        Ok(is_found)
    })
}

/// As [`find_in`], before there is a program, which is the result if it is needed.
#[cold]
#[inline(never)]
fn find_early<'a, C: Unit>(
    py: Python<'_>,
    pattern: &'a Pattern,
    text: &[C],
    request: Request,
    found: &mut Found,
) -> PyResult<Result<&'a Program, bool>> {
    match find_directly(pattern, text, request, found).map_err(|error| raise(py, error))? {
        Some(is_found) => Ok(Err(is_found)),
        None => pattern.program(py).map(Ok),
    }
}

/// As [`find`], with the code list, if this is one of the first matches; `None` also for what is not simple.
#[inline]
fn find_directly<C: Unit>(
    pattern: &Pattern,
    text: &[C],
    request: Request,
    found: &mut Found,
) -> Result<Option<bool>, Error> {
    let groups = pattern.groups();
    let Request { cursor, end, mode } = request;
    if cursor.must_advance {
        return Ok(None);
    }
    let Some(code) = pattern.direct() else { return Ok(None) };
    let Some(mut direct) = Direct::new(code, groups, text, end, mode == Mode::FullMatch, Types) else {
        return Ok(None);
    };
    match direct.find(cursor.start, mode == Mode::Search) {
        Some(Some(span)) => found.set(span, |group| direct.group(group), direct.last_index(), groups, text.len())?,
        Some(None) => return Ok(Some(false)),
        None => return Ok(None),
    }
    Ok(Some(true))
}

/// As [`find`], for the most frequent kinds of calls, which need no matcher; `None` for other calls.
#[inline(always)]
fn find_soon<C: Unit>(
    program: &Program,
    text: &[C],
    request: Request,
    found: &mut Found,
) -> Result<Option<bool>, Error> {
    let Request { cursor, end, mode } = request;
    if cursor.must_advance || !program.may_be_found_soon::<C>() {
        return Ok(None);
    }
    found.reserve(program.groups, text.len())?;
    let kind = (mode == Mode::Search, mode == Mode::FullMatch);
    let span = program.find_soon(Types, text, (cursor.start, end), kind, |mark, position| {
        if mark & 1 != 0 {
            found.last_index = mark / 2 + 1;
        }
        found.put(mark as usize + 2, position);
    });
    Ok(span.map(|span| {
        if let Some((start, end)) = span {
            found.put(0, start);
            found.put(1, end);
        }
        span.is_some()
    }))
}

/// A group that has not matched.
pub(crate) const NOWHERE: usize = usize::MAX;

/// A list of matches: of each the start and the end, then those of its groups.
#[derive(Debug)]
pub(crate) struct Matches {
    positions: Vec<usize>,
    /// The number of positions of each match.
    width: usize,
    /// The spans that the automaton has found for a pattern without groups.
    spans: Vec<(usize, usize)>,
    /// Whether there are no more.
    pub(crate) is_done: bool,
}

/// Runs the handlers of signals that have arrived, and lets a pause of all threads begin.
pub(crate) fn poll(py: Python<'_>) -> PyResult<()> {
    py.interruptible(|poll| poll().is_ok()).map(drop)
}

/// The minimum number of positions for which room is made.
const FEW_POSITIONS: usize = 16;
/// The maximum number of characters that are searched without a call of the poll function.
const POLLED: usize = 1 << 16;
/// The approximate number of positions of a batch.
const BATCH: usize = 1 << 12;

thread_local! {
    /// The memory of the last batch of the thread, for the next one: allocating it takes as long as a short search.
    static POSITIONS: Cell<Vec<usize>> = const { Cell::new(Vec::new()) };
}

/// The maximum number of positions for which a thread keeps the memory.
const KEPT: usize = 256;

impl Drop for Matches {
    #[inline]
    fn drop(&mut self) {
        if self.positions.capacity() <= KEPT {
            self.positions.clear();
            // When the thread ends there is no next batch.
            let _ = POSITIONS.try_with(|kept| kept.set(std::mem::take(&mut self.positions)));
        }
    }
}

impl Matches {
    /// An empty batch.
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let positions = POSITIONS.try_with(Cell::take).unwrap_or_default();
        Self { positions, width: (pattern.groups() + 1) * 2, spans: Vec::new(), is_done: false }
    }

    /// The matches that the last call has found.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[usize]> {
        self.positions.chunks_exact(self.width)
    }

    /// The number of matches.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.positions.len() / self.width
    }

    /// Replaces the matches by the next ones up to `end`, at most `limit`.
    #[inline]
    pub(crate) fn find(
        &mut self,
        py: Python<'_>,
        pattern: &Pattern,
        subject: &Subject<'_, '_>,
        end: usize,
        cursor: &mut Cursor,
        limit: usize,
    ) -> PyResult<()> {
        let limit = limit.min((BATCH / self.width).max(1));
        if self.len() > 0 {
            // The search for a batch of close matches may end before it polls.
            poll(py)?;
        }
        self.positions.clear();
        let characters = subject.characters();
        let linear = &pattern.linear;
        if let Some(automaton) = linear.preferred(end.saturating_sub(cursor.start))
            && self.find_linear(py, automaton, pattern, characters, end, cursor, limit)?
        {
            return Ok(());
        }
        let mut budget = linear.budget();
        let mut before = cursor.start;
        while let Outcome::Spent(place) = self.find_exactly(py, pattern, characters, end, cursor, limit, budget)? {
            let work = budget.unwrap_or(usize::MAX);
            let automaton = linear.after(&pattern.code, work, place.saturating_sub(before));
            if let Some(automaton) = automaton.map_err(|error| raise(py, error.into()))? {
                if self.find_linear(py, automaton, pattern, characters, end, cursor, limit)? {
                    return Ok(());
                }
                budget = None;
            } else {
                // The search that ran out of budget starts again.
                let has_advanced = cursor.start > before;
                budget = linear.budget().map(|least| if has_advanced { least } else { work.saturating_mul(4) });
                before = cursor.start;
            }
        }
        Ok(())
    }

    /// As [`find`](Self::find), with the automaton; the matches are appended. Returns false if the automaton cannot continue.
    #[expect(clippy::too_many_arguments, reason = "those of `find`")]
    fn find_linear(
        &mut self,
        py: Python<'_>,
        automaton: &Automaton,
        pattern: &Pattern,
        characters: StrData<'_>,
        end: usize,
        cursor: &mut Cursor,
        limit: usize,
    ) -> PyResult<bool> {
        let width = self.width;
        let left = limit - self.len();
        let (positions, spans, is_done) = (&mut self.positions, &mut self.spans, &mut self.is_done);
        let mut input = input(characters, Request { cursor: *cursor, end, mode: Mode::Search });
        let result = py.interruptible(|poll| {
            let mut poll = || poll().is_err();
            let mut cache = pattern.linear.take()?;
            let result = if width == 2 {
                spans.clear();
                let result = automaton.spans(&mut cache, &mut input, left, spans, &mut poll);
                *is_done = result.is_ok() && spans.len() < left;
                match positions.try_reserve(spans.len() * 2) {
                    Ok(()) => {
                        positions.extend(spans.iter().flat_map(|(start, end)| [*start, *end]));
                        result
                    }
                    Err(_) => return Err(Error::NoMemory),
                }
            } else {
                let mut next = || {
                    for _ in 0..left {
                        let place = positions.len();
                        positions.try_reserve(width).map_err(|_| Stop::Memory)?;
                        positions.resize(place + width, NOWHERE);
                        let (_, found) = positions.split_at_mut(place);
                        let [start, end, marks @ ..] = found else { break };
                        match automaton.captures(&mut cache, &input, marks, &mut poll) {
                            Ok(Some(whole)) => (*start, *end) = (whole.start, whole.end),
                            nothing => {
                                positions.truncate(place);
                                *is_done = nothing?.is_none();
                                break;
                            }
                        }
                        (input.pos, input.must_advance) = (*end, start == end);
                    }
                    Ok(())
                };
                next()
            };
            pattern.linear.give_back(cache);
            match result {
                Ok(()) => Ok(true),
                Err(Stop::Interrupted) => Err(Error::Interrupted),
                Err(Stop::Memory) => Err(Error::NoMemory),
                Err(Stop::Bounds) => Ok(false),
                Err(Stop::Limit) => {
                    pattern.linear.give_up();
                    Ok(false)
                }
            }
        })?;
        *cursor = Cursor { start: input.pos, must_advance: input.must_advance };
        result.map_err(|error| raise(py, error))
    }

    /// As [`find`](Self::find), with the backtracking matcher; the matches are appended.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "those of `find`")]
    fn find_exactly(
        &mut self,
        py: Python<'_>,
        pattern: &Pattern,
        characters: StrData<'_>,
        end: usize,
        cursor: &mut Cursor,
        limit: usize,
        budget: Option<usize>,
    ) -> PyResult<Outcome<()>> {
        match characters {
            StrData::Ucs1(text) => self.find_in(py, pattern, text, end, cursor, limit, budget),
            StrData::Ucs2(text) => self.find_in(py, pattern, text, end, cursor, limit, budget),
            StrData::Ucs4(text) => self.find_in(py, pattern, text, end, cursor, limit, budget),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "those of `find`")]
    fn find_in<C: Unit>(
        &mut self,
        py: Python<'_>,
        pattern: &Pattern,
        text: &[C],
        end: usize,
        cursor: &mut Cursor,
        limit: usize,
        budget: Option<usize>,
    ) -> PyResult<Outcome<()>> {
        let left = limit - self.len();
        let program = pattern.program(py)?;
        let (positions, is_done, width) = (&mut self.positions, &mut self.is_done, self.width);
        if let Some(character) = program.lone_character()
            && end.saturating_sub(cursor.start) <= POLLED
        {
            // No matcher is needed.
            let rest = text.get(..end).unwrap_or(text).get(cursor.start..).unwrap_or_default();
            let mut from = 0;
            let unit = C::from_character(character);
            for _ in 0..left {
                let Some(place) = unit.and_then(|unit| C::find(rest.get(from..)?, unit)) else {
                    *is_done = true;
                    break;
                };
                reserve_positions(positions, 2).map_err(|error| raise(py, error))?;
                let start = cursor.start + from + place;
                push_span(positions, start, start + 1);
                from += place + 1;
            }
            *cursor = Cursor::new(cursor.start + from);
            return Ok(Outcome::Ended(()));
        }
        with_matcher(py, program, text, (cursor.start, end), budget, |matcher| {
            if let Some(run) = program.lone_run {
                let mut left = left;
                *is_done = !matcher.find_runs(run, |start, end| {
                    reserve_positions(positions, 2)?;
                    push_span(positions, start, end);
                    *cursor = Cursor::after(start, end);
                    left = left.saturating_sub(1);
                    Ok(left > 0)
                })?;
                return Ok(());
            }
            if let Some(words) = program.words(end.saturating_sub(matcher.start)) {
                let mut left = left;
                *is_done = !matcher.find_words(words, |start, end| {
                    reserve_positions(positions, 2)?;
                    push_span(positions, start, end);
                    *cursor = Cursor::after(start, end);
                    left = left.saturating_sub(1);
                    Ok(left > 0)
                })?;
                return Ok(());
            }
            for _ in 0..left {
                matcher.start = cursor.start;
                matcher.must_advance = cursor.must_advance;
                matcher.reset();
                if !matcher.search()? {
                    *is_done = true;
                    break;
                }
                reserve_positions(positions, width)?;
                push_span(positions, matcher.start, matcher.end);
                for group in 0..program.groups {
                    let (start, end) = matcher.group(group).unwrap_or((NOWHERE, NOWHERE));
                    push_span(positions, start, end);
                }
                *cursor = Cursor::after(matcher.start, matcher.end);
            }
            Ok(())
        })
    }
}

/// Adds a span, for which there is room. One position after the other: both at once would be a load that is wider than the stores by
/// which the matcher has just written them, and would wait for these.
#[inline(always)]
fn push_span(positions: &mut Vec<usize>, start: usize, end: usize) {
    positions.push(start);
    positions.push(end);
}

/// Makes room for the positions of a match; the first allocation is large enough for the matches of a short text.
#[inline(always)]
fn reserve_positions(positions: &mut Vec<usize>, width: usize) -> Result<(), Error> {
    if positions.capacity() - positions.len() < width {
        let more = width.max(FEW_POSITIONS);
        positions.try_reserve(more).map_err(|_| Error::NoMemory)?;
    }
    Ok(())
}

/// A group of a match; groups are numbered from 1.
#[inline]
pub(crate) fn group(py: Python<'_>, positions: &[usize], group: usize) -> PyResult<Option<(usize, usize)>> {
    match positions.get(group * 2..group * 2 + 2) {
        Some(&[start, end]) if start != NOWHERE => {
            if start <= end {
                Ok(Some((start, end)))
            } else {
                Err(wrong_span(py))
            }
        }
        _ => Ok(None),
    }
}
