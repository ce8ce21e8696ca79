//! Runs the engine on the characters of a string: signals are handled meanwhile, and other threads do not have to wait.

use super::ctype::Types;
use super::subject::Subject;
use crate::core::matcher::{Error, Interrupted, Matcher};
use crate::core::program::Program;
use crate::core::text::Unit;
use cpython_api::exceptions::{PyRuntimeError, PySystemError};
use cpython_api::{PyErr, PyResult, Python, StrData};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A match at the start.
    Match,
    /// A match of all.
    FullMatch,
    /// The leftmost match.
    Search,
}

/// Where the next match starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) start: usize,
    /// Whether it must not be empty at the start, as the last one was.
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

/// How many positions a match has room for without memory of its own: those of the match and three groups.
const FEW: usize = 8;

/// Where the whole and the groups have matched, -1 for those that have not.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    last_index: u32,
    len: u32,
    few: [isize; FEW],
    /// All, if they are more.
    many: Vec<isize>,
}

impl Found {
    /// Nothing yet.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { last_index: 0, len: 0, few: [-1; FEW], many: Vec::new() }
    }

    #[inline]
    fn set<C: Unit>(&mut self, matcher: &Matcher<'_, C, Types>, groups: usize) -> Result<(), Error> {
        let len = (groups + 1) * 2;
        self.last_index = matcher.last_index();
        self.len = len as u32;
        if len > FEW {
            self.many.try_reserve_exact(len).map_err(|_| Error::NoMemory)?;
            self.many.resize(len, -1);
        }
        let positions = if len > FEW { self.many.as_mut_slice() } else { self.few.as_mut_slice() };
        let whole = [(matcher.start, matcher.end)].into_iter().map(Some);
        let spans = whole.chain((0..groups).map(|group| matcher.group(group)));
        for (place, span) in positions.chunks_exact_mut(2).zip(spans) {
            if let Some((start, end)) = span {
                place.copy_from_slice(&[start as isize, end as isize]);
            }
        }
        Ok(())
    }

    #[inline]
    fn positions(&self) -> &[isize] {
        if self.len as usize > FEW { &self.many } else { self.few.get(..self.len as usize).unwrap_or_default() }
    }

    /// How many groups there are, with the whole match.
    #[inline]
    pub(crate) fn groups(&self) -> usize {
        self.len as usize / 2
    }

    /// Where a group is.
    #[inline]
    pub(crate) fn span(&self, group: usize) -> (isize, isize) {
        match self.positions().get(group * 2..group * 2 + 2) {
            Some([start, end]) => (*start, *end),
            _ => (-1, -1),
        }
    }

    /// Where the whole match is.
    #[inline]
    pub(crate) fn whole(&self) -> (usize, usize) {
        (self.few_or_many(0) as usize, self.few_or_many(1) as usize)
    }

    #[inline]
    fn few_or_many(&self, place: usize) -> isize {
        self.positions().get(place).copied().unwrap_or(0)
    }

    /// The number of the group that was closed last, 0 if there is none.
    #[inline]
    pub(crate) fn last_index(&self) -> u32 {
        self.last_index
    }

    /// Whether a group ends before it starts, as none does that a pattern of the compiler has.
    #[inline]
    pub(crate) fn has_wrong_span(&self) -> bool {
        self.positions().chunks_exact(2).any(|span| span[0] > span[1])
    }
}

/// The error that ends a match.
#[cold]
fn raise(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::NoMemory => PyErr::no_memory(py),
        // An interruption is the exception of the handler, which has been raised.
        Error::Program | Error::Interrupted => {
            PyRuntimeError::new_err(py, "internal error in regular expression engine")
        }
    }
}

/// The error of a group that ends before it starts.
#[cold]
pub(crate) fn wrong_span(py: Python<'_>) -> PyErr {
    PySystemError::new_err(py, "The span of capturing group is wrong, please report a bug for the re module.")
}

/// Looks for a match in a string that ends at `end`, and sets `found`, which is new, if there is one.
#[inline]
pub(crate) fn find(
    py: Python<'_>,
    program: &Program,
    subject: &Subject<'_, '_>,
    end: usize,
    cursor: Cursor,
    mode: Mode,
    found: &mut Found,
) -> PyResult<bool> {
    match subject.characters() {
        StrData::Ucs1(text) => find_in(py, program, text, end, cursor, mode, found),
        StrData::Ucs2(text) => find_in(py, program, text, end, cursor, mode, found),
        StrData::Ucs4(text) => find_in(py, program, text, end, cursor, mode, found),
    }
}

fn find_in<C: Unit>(
    py: Python<'_>,
    program: &Program,
    text: &[C],
    end: usize,
    cursor: Cursor,
    mode: Mode,
    found: &mut Found,
) -> PyResult<bool> {
    let is_found = py.interruptible(|poll| {
        let mut poll = || poll().map_err(|_| Interrupted);
        let mut matcher = Matcher::new(program, text, cursor.start, end, Types, &mut poll)?;
        matcher.must_advance = cursor.must_advance;
        matcher.match_all = mode == Mode::FullMatch;
        let is_found = if mode == Mode::Search { matcher.search()? } else { matcher.match_here()? };
        if is_found {
            found.set(&matcher, program.groups)?;
        }
        Ok(is_found)
    })?;
    is_found.map_err(|error| raise(py, error))
}

/// A group that has not matched.
pub(crate) const NOWHERE: usize = usize::MAX;

/// Matches that have been found, one after the other: of each the start and the end, then those of the groups.
#[derive(Debug)]
pub(crate) struct Matches {
    positions: Vec<usize>,
    /// How many positions a match has.
    width: usize,
    /// Whether there are no more.
    pub(crate) is_done: bool,
}

/// About how many positions are found at a time.
const BATCH: usize = 1 << 12;

impl Matches {
    /// None yet.
    pub(crate) fn new(program: &Program) -> Self {
        Self { positions: Vec::new(), width: (program.groups + 1) * 2, is_done: false }
    }

    /// The matches of the last call.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[usize]> {
        self.positions.chunks_exact(self.width)
    }

    /// How many they are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.positions.len() / self.width
    }

    /// Finds the next matches, at most `limit`, in place of those that were found before.
    #[inline]
    pub(crate) fn find(
        &mut self,
        py: Python<'_>,
        program: &Program,
        subject: &Subject<'_, '_>,
        cursor: &mut Cursor,
        limit: usize,
    ) -> PyResult<()> {
        let limit = limit.min((BATCH / self.width).max(1));
        match subject.characters() {
            StrData::Ucs1(text) => self.find_in(py, program, text, text.len(), cursor, limit),
            StrData::Ucs2(text) => self.find_in(py, program, text, text.len(), cursor, limit),
            StrData::Ucs4(text) => self.find_in(py, program, text, text.len(), cursor, limit),
        }
    }

    /// As [`find`](Self::find), up to `end`.
    #[inline]
    pub(crate) fn find_before(
        &mut self,
        py: Python<'_>,
        program: &Program,
        subject: &Subject<'_, '_>,
        end: usize,
        cursor: &mut Cursor,
    ) -> PyResult<()> {
        let limit = (BATCH / self.width).max(1);
        match subject.characters() {
            StrData::Ucs1(text) => self.find_in(py, program, text, end, cursor, limit),
            StrData::Ucs2(text) => self.find_in(py, program, text, end, cursor, limit),
            StrData::Ucs4(text) => self.find_in(py, program, text, end, cursor, limit),
        }
    }

    fn find_in<C: Unit>(
        &mut self,
        py: Python<'_>,
        program: &Program,
        text: &[C],
        end: usize,
        cursor: &mut Cursor,
        limit: usize,
    ) -> PyResult<()> {
        self.positions.clear();
        let (positions, is_done, width) = (&mut self.positions, &mut self.is_done, self.width);
        let found = py.interruptible(|poll| {
            let mut poll = || poll().map_err(|_| Interrupted);
            let mut matcher = Matcher::new(program, text, cursor.start, end, Types, &mut poll)?;
            for _ in 0..limit {
                matcher.start = cursor.start;
                matcher.must_advance = cursor.must_advance;
                matcher.reset();
                if !matcher.search()? {
                    *is_done = true;
                    break;
                }
                positions.try_reserve(width).map_err(|_| Error::NoMemory)?;
                positions.extend([matcher.start, matcher.end]);
                for group in 0..program.groups {
                    let (start, end) = matcher.group(group).unwrap_or((NOWHERE, NOWHERE));
                    positions.extend([start, end]);
                }
                *cursor = Cursor::after(matcher.start, matcher.end);
            }
            Ok(())
        })?;
        found.map_err(|error| raise(py, error))
    }
}

/// A group of a match, from 1 on.
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
