//! The search for the leftmost match.
//!
//! This is the search with the backtracking matcher, which supports every pattern. The work that it counts decides whether the
//! automaton of the crate `regex-automaton` takes over, with the same results.

use super::characters::CharacterTypes;
use super::matcher::{Error, Matcher, is_at};
use super::program::{Behind, First, LoneRun, Program, Start};
use super::text::{Unit, equal};
use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::{Finder, FinderBuilder};

/// The length of a text up to which no finder is created.
const SHORT: usize = 128;
/// The number of characters that are searched between two calls of the poll function.
const STRETCH: usize = 1 << 20;

impl<C: Unit, T: CharacterTypes> Matcher<'_, C, T> {
    /// Finds the leftmost match from `start` on, and sets `start` and `end`.
    #[inline]
    pub fn search(&mut self) -> Result<bool, Error> {
        let program = self.program;
        if self.text.len().checked_sub(self.start).is_none_or(|rest| rest < program.min_width) {
            return Ok(false);
        }
        if let Start::Prefix { len, bytes, skip, is_all, entry } = &program.start {
            let characters = program.literals.get(..*len).unwrap_or_default();
            if size_of::<C>() == 1 && *len > 1 && self.finder.is_none() && self.text.len() - self.start > SHORT {
                let bytes = bytes.get_or_init(|| first_bytes(characters));
                self.finder =
                    (!bytes.is_empty()).then(|| finder(bytes, self.text.get(self.start..).unwrap_or_default()));
            }
            return self.search_prefix(characters, *skip, *is_all, *entry);
        }
        if let Some(behind) = program.behind {
            return self.search_behind(behind);
        }
        if program.is_anchored {
            // A match can start only at the start of the string.
            return self.run(0, self.start, true);
        }
        match program.first.get_or_init(|| First::of(program, self.types)).as_deref() {
            Some(first) if first.may_be_empty() => self.search_ends(first),
            Some(first) => self.search_first(first),
            None => self.search_anywhere(),
        }
    }

    /// Searches with a pattern that starts with a literal.
    #[inline]
    fn search_prefix(&mut self, characters: &[u32], skip: usize, is_all: bool, entry: usize) -> Result<bool, Error> {
        let text = self.text;
        let mut from = self.start;
        self.must_advance = false;
        while let Some(place) = self.find_prefix(characters, from)? {
            self.start = place;
            if is_all {
                self.end = place + skip;
                return Ok(true);
            }
            if self.run(entry, place + skip, false)? {
                return Ok(true);
            }
            self.reset();
            from = place + 1;
            if from > text.len() {
                break;
            }
        }
        Ok(false)
    }

    /// The next occurrence of a literal.
    #[inline]
    fn find_prefix(&mut self, characters: &[u32], from: usize) -> Result<Option<usize>, Error> {
        let text = self.text;
        let mut from = from;
        loop {
            let Some(rest) = text.get(from..) else { return Ok(None) };
            let stretch = rest.get(..STRETCH + characters.len()).unwrap_or(rest);
            let found = match *characters {
                [character] => C::from_character(character).and_then(|unit| C::find(stretch, unit)),
                _ => find_literal(stretch, characters, self.finder.as_ref()),
            };
            if let Some(place) = found {
                self.spend(place >> 7)?;
                return Ok(Some(from + place));
            }
            if stretch.len() == rest.len() {
                return Ok(None);
            }
            // An occurrence may extend into the next stretch.
            from += STRETCH;
            self.spend(STRETCH >> 7)?;
        }
    }

    /// Searches with a pattern that starts with a look-behind assertion of a literal: a match can start after the literal only.
    #[inline]
    fn search_behind(&mut self, behind: Behind) -> Result<bool, Error> {
        let (start, len, first) = (behind.start as usize, behind.len as usize, self.start);
        let characters = self.program.literals.get(start..start + len).unwrap_or_default();
        let mut from = first.saturating_sub(len);
        while let Some(place) = self.find_prefix(characters, from)? {
            self.start = place + len;
            let is_top = self.start == first;
            self.must_advance &= is_top;
            if self.run(behind.after as usize, self.start, is_top)? {
                self.must_advance = false;
                return Ok(true);
            }
            self.reset();
            self.spend(1)?;
            from = place + 1;
        }
        self.must_advance = false;
        Ok(false)
    }

    /// Searches with a pattern whose first characters are known, and which can match the empty string at the beginning or at the end
    /// only.
    #[inline(never)]
    fn search_ends(&mut self, first: &First) -> Result<bool, Error> {
        let start = self.start;
        let mut is_found = self.run(0, start, true)?;
        self.must_advance = false;
        if !is_found && start < self.text.len() {
            self.reset();
            self.start = start + 1;
            is_found = self.search_first(first)?;
            if !is_found && first.at_end {
                self.reset();
                self.start = self.text.len();
                is_found = self.run(0, self.start, false)?;
            }
        }
        Ok(is_found)
    }

    /// Searches with a pattern whose first characters are known.
    #[inline]
    fn search_first(&mut self, first: &First) -> Result<bool, Error> {
        let text = self.text;
        self.must_advance = false;
        let mut from = self.start;
        while let Some(rest) = text.get(from..) {
            let stretch = rest.get(..STRETCH).unwrap_or(rest);
            match first.find(stretch) {
                Some(place) => {
                    self.spend(place >> 6)?;
                    self.start = from + place;
                    if self.run(0, self.start, false)? {
                        return Ok(true);
                    }
                    self.reset();
                    self.spend(1)?;
                    from += place;
                    from += self.leading_row(from)?.max(1);
                }
                None if stretch.len() == rest.len() => break,
                None => {
                    self.spend(STRETCH >> 6)?;
                    from += STRETCH;
                }
            }
        }
        Ok(false)
    }

    /// Finds the matches of a pattern that matches the runs of an item, from `start` on, and calls a function with the span of each
    /// until it returns `false`. Returns `false` at the end of the text.
    ///
    /// One bit for each of 64 characters says whether the item matches it. Where a run starts or ends, a bit differs from the one
    /// before it. This takes no branch that depends on the lengths of the runs, which a processor would often predict wrongly.
    #[inline]
    pub fn find_runs(
        &mut self,
        LoneRun { item, boundary }: LoneRun,
        mut found: impl FnMut(usize, usize) -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        let (program, types, text, full) = (self.program, self.types, self.text, self.full);
        let mut found = |start, end| {
            let is_match =
                boundary.is_none_or(|at| is_at(at, start, text, full, types) && is_at(at, end, text, full, types));
            if is_match { found(start, end) } else { Ok(true) }
        };
        let table = item.table(program);
        let is_in = |unit: C| match table {
            // Bytes need no more than the table.
            Some(table) if size_of::<C>() == 1 => table[usize::from(unit.character() as u8)],
            _ => item.matches(program, types, unit.character()),
        };
        let mut from = self.start;
        // The start of the run that the next characters may continue.
        let mut run = None;
        for units in text.get(from..).unwrap_or_default().chunks(64) {
            let bits = (0..).zip(units).fold(0, |bits, (place, unit)| bits | u64::from(is_in(*unit)) << place);
            let mut edges = bits ^ (bits << 1 | u64::from(run.is_some()));
            while edges != 0 {
                let place = from + edges.trailing_zeros() as usize;
                edges &= edges - 1;
                let Some(start) = run.take() else {
                    run = Some(place);
                    continue;
                };
                (self.start, self.end) = (place, place);
                if !found(start, place)? {
                    return Ok(true);
                }
            }
            from += units.len();
            self.start = run.unwrap_or(from);
            self.spend(1)?;
        }
        match run {
            Some(start) => {
                self.end = text.len();
                Ok(!found(start, text.len())?)
            }
            None => Ok(false),
        }
    }

    /// The length of the run of characters at a position that match the item with which the program starts.
    #[inline]
    fn leading_row(&mut self, from: usize) -> Result<usize, Error> {
        let (Some(item), Some(rest)) = (self.program.leading, self.text.get(from..)) else { return Ok(0) };
        let row = item.count(self.program, self.types, rest);
        self.spend(row >> 4)?;
        Ok(row)
    }

    /// Searches with any other pattern: each position is tried.
    #[inline]
    fn search_anywhere(&mut self) -> Result<bool, Error> {
        let mut place = self.start;
        let mut is_top = true;
        let last = self.text.len() - self.program.min_width;
        loop {
            self.start = place;
            if self.run(0, place, is_top)? {
                self.must_advance = false;
                return Ok(true);
            }
            self.reset();
            self.must_advance = false;
            is_top = false;
            if place >= last {
                return Ok(false);
            }
            place += 1;
        }
    }
}

/// The maximum number of characters of a literal that the finder searches for.
pub(super) const FINDER_LEN: usize = 32;

/// The bytes that the finder of a literal searches for; none if there are other characters in it, or if the allocation fails.
#[cold]
fn first_bytes(characters: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let len = characters.len().min(FINDER_LEN);
    if characters.iter().all(|character| *character < 256) && bytes.try_reserve_exact(len).is_ok() {
        bytes.extend(characters.iter().take(len).map(|character| *character as u8));
    }
    bytes
}

/// The number of characters at the start of a text that are counted.
const SAMPLE: usize = 64;

/// A finder for the bytes of a literal. If the text seems to consist of its first byte, the finder looks for other bytes.
#[inline]
fn finder<'a, C: Unit>(bytes: &'a [u8], text: &[C]) -> Finder<'a> {
    let sample = text.get(..SAMPLE).unwrap_or(text);
    let is_first = |unit: &&C| bytes.first().is_some_and(|first| unit.character() == u32::from(*first));
    if sample.iter().filter(is_first).count() > sample.len() / 4 {
        return FinderBuilder::new().build_forward_with_ranker(Counts::of(sample), bytes);
    }
    Finder::new(bytes)
}

/// How often each byte occurs in a text.
struct Counts([u8; 256]);

impl Counts {
    #[inline(never)]
    fn of<C: Unit>(text: &[C]) -> Self {
        let mut counts = [0_u8; 256];
        for unit in text {
            if let Some(count) = counts.get_mut(unit.character() as usize) {
                *count = count.saturating_add(1);
            }
        }
        Self(counts)
    }
}

impl HeuristicFrequencyRank for Counts {
    #[inline]
    fn rank(&self, byte: u8) -> u8 {
        self.0[usize::from(byte)]
    }
}

/// The first occurrence of a literal of two characters or more.
#[inline]
pub(super) fn find_literal<C: Unit>(text: &[C], characters: &[u32], finder: Option<&Finder<'_>>) -> Option<usize> {
    if characters.len() <= FINDER_LEN {
        return C::find_literal(text, characters, finder);
    }
    let mut from = 0;
    loop {
        let place = from + C::find_literal(text.get(from..)?, characters.get(..FINDER_LEN)?, finder)?;
        if equal(text.get(place..place + characters.len())?, characters) {
            return Some(place);
        }
        from = place + 1;
    }
}

impl Program {
    /// The character, if the pattern consists of one character without groups.
    #[inline]
    pub fn lone_character(&self) -> Option<u32> {
        match &self.start {
            Start::Prefix { len: 1, is_all: true, .. } if self.groups == 0 => self.literals.first().copied(),
            _ => None,
        }
    }

    /// Whether the pattern consists of a literal alone.
    pub fn is_literal(&self) -> bool {
        matches!(self.start, Start::Prefix { is_all: true, .. })
    }
}
