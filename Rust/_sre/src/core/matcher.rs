//! The backtracking matcher.
//!
//! It runs a program at one position of a text. A choice point is a [`Frame`] on an explicit stack; a failure resumes the newest
//! one. The order of the alternatives, and the state that is restored, are those of the C module: `lastmark` and `lastindex` are
//! always restored, the marks themselves only inside loops.

use super::characters::{
    CharacterTypes, is_word, locale_is_word, lower_ascii, lower_locale, lower_unicode, unicode_is_word,
};
use super::frame::{Frame, Kind, Stacks};
use super::program::{At, Instruction, Item, Program, RepeatOne};
use super::set::Fold;
use super::text::{Unit, equal};
use memchr::memmem::Finder;

/// The caller has requested that the match end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Why a match ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// An allocation failed.
    NoMemory,
    /// The caller has requested it.
    Interrupted,
    /// The program is malformed; `translate` creates no such programs.
    Program,
}

impl From<Interrupted> for Error {
    fn from(Interrupted: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// A function that is called every few milliseconds.
pub type Poll<'a> = &'a mut dyn FnMut() -> Result<(), Interrupted>;

/// No mark, loop or frame.
pub(super) const NONE: u32 = u32::MAX;
/// No position.
pub(super) const NOWHERE: usize = usize::MAX;
/// The amount of work between two calls of the poll function. A unit is a failure, or several characters of a repeat.
const FUEL: isize = 1 << 15;
/// The maximum number of characters of a repeat that are matched between two calls of the poll function.
pub(super) const STRETCH: usize = 1 << 18;

/// A matcher of a program on a text, which keeps its memory from one match to the next.
pub struct Matcher<'a, C, T> {
    pub(super) program: &'a Program,
    /// The string up to `endpos`.
    pub(super) text: &'a [C],
    /// The whole string: a match may start after `endpos`, and its assertions then see the characters before it.
    pub(super) full: &'a [C],
    pub(super) types: T,
    pub(super) poll: Poll<'a>,
    /// The amount of work before the next call of the poll function.
    pub fuel: isize,
    /// Where the match starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether it has to end at the end of the text.
    pub match_all: bool,
    /// Whether it must not be empty.
    pub must_advance: bool,
    pub(super) mark_count: u32,
    pub(super) last_index: u32,
    pub(super) stacks: Stacks,
    pub(super) repeat: u32,
    pub(super) barrier: usize,
    /// The finder for the literal prefix, created by the first search in a long text.
    pub(super) finder: Option<Finder<'a>>,
}

impl<C, T> std::fmt::Debug for Matcher<'_, C, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher").field("start", &self.start).field("end", &self.end).finish_non_exhaustive()
    }
}

impl<C, T> Drop for Matcher<'_, C, T> {
    #[inline]
    fn drop(&mut self) {
        if self.stacks.frames.capacity() > 0 || self.program.groups > 0 {
            std::mem::take(&mut self.stacks).keep();
        }
    }
}

/// An instruction and a position at which the matcher continues.
pub(super) type Place = (usize, usize);

impl<'a, C: Unit, T: CharacterTypes> Matcher<'a, C, T> {
    /// A matcher on a string, whose matches start at `start` or later and end at `end` or before.
    #[inline]
    pub fn new(
        program: &'a Program,
        full: &'a [C],
        start: usize,
        end: usize,
        types: T,
        poll: Poll<'a>,
    ) -> Result<Self, Error> {
        let mut stacks = if program.groups > 0 { Stacks::take() } else { Stacks::default() };
        program.groups.checked_mul(2).and_then(|count| stacks.reserve_marks(count)).ok_or(Error::NoMemory)?;
        Ok(Self {
            program,
            text: full.get(..end).unwrap_or(full),
            full,
            types,
            poll,
            fuel: FUEL,
            start,
            end: start,
            match_all: false,
            must_advance: false,
            mark_count: 0,
            last_index: 0,
            stacks,
            repeat: NONE,
            barrier: NOWHERE,
            finder: None,
        })
    }

    /// Where a group, from 0 on, has matched.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        if group * 2 + 1 >= self.mark_count as usize {
            return None;
        }
        match self.stacks.marks.get(group * 2..group * 2 + 2)? {
            [NOWHERE, _] | [_, NOWHERE] => None,
            [start, end] => Some((*start, *end)),
            _ => None,
        }
    }

    /// The number of the group that was closed last, from 1 on; 0 if there is none.
    #[inline]
    pub fn last_index(&self) -> u32 {
        self.last_index
    }

    /// Forgets the groups.
    #[inline]
    pub fn reset(&mut self) {
        self.mark_count = 0;
        self.last_index = 0;
    }

    /// Matches at the position `start`.
    #[inline]
    pub fn match_here(&mut self) -> Result<bool, Error> {
        if self.text.len().saturating_sub(self.start) < self.program.min_width {
            return Ok(false);
        }
        self.run(0, self.start, true)
    }

    /// Counts work, and calls the poll function when the fuel is used up.
    #[inline(always)]
    pub(super) fn spend(&mut self, work: usize) -> Result<(), Error> {
        spend(&mut self.fuel, &mut self.poll, work)
    }

    #[inline(always)]
    pub(super) fn matches(&self, item: Item, position: usize) -> bool {
        match self.text.get(position) {
            Some(unit) => item.matches(self.program, self.types, unit.character()),
            None => false,
        }
    }

    /// The number of consecutive characters that match an item, up to `max`; `None` if it is less than `min`.
    #[inline(always)]
    pub(super) fn count(&mut self, repeat: &RepeatOne, position: usize, max: usize) -> Result<Option<usize>, Error> {
        // After `endpos`, not even zero repetitions match.
        let Some(text) = self.text.get(position..) else { return Ok(None) };
        let text = text.get(..max).unwrap_or(text);
        let mut count = repeat.item.count(self.program, self.types, text.get(..STRETCH).unwrap_or(text));
        self.spend(repeat.item.work(count))?;
        if count == STRETCH {
            count += self.count_long(repeat.item, text.get(STRETCH..).unwrap_or_default())?;
        }
        Ok((count >= repeat.min).then_some(count))
    }

    #[inline(never)]
    pub(super) fn count_long(&mut self, item: Item, text: &'a [C]) -> Result<usize, Error> {
        let mut total = 0;
        for stretch in text.chunks(STRETCH) {
            let count = item.count(self.program, self.types, stretch);
            total += count;
            self.spend(item.work(count))?;
            if count < stretch.len() {
                break;
            }
        }
        Ok(total)
    }

    /// Whether an assertion holds at a position.
    #[inline]
    pub(super) fn is_at(&self, at: At, position: usize) -> bool {
        is_at(at, position, self.text, self.full, self.types)
    }

    #[inline(always)]
    pub(super) fn set_mark(&mut self, mark: u32, position: usize) {
        if mark & 1 != 0 {
            self.last_index = mark / 2 + 1;
        }
        if mark >= self.mark_count {
            // The marks in between are unset.
            if let Some(between) = self.stacks.marks.get_mut(self.mark_count as usize..mark as usize) {
                between.fill(NOWHERE);
            }
            self.mark_count = mark + 1;
        }
        if let Some(place) = self.stacks.marks.get_mut(mark as usize) {
            *place = position;
        }
    }

    /// The length of the text of a group, if it is at a position.
    #[inline]
    pub(super) fn matches_group(&mut self, group: u32, fold: Fold, position: usize) -> Result<Option<usize>, Error> {
        let Some((start, end)) = self.group(group as usize) else { return Ok(None) };
        if start == end {
            return Ok(Some(0));
        }
        let Some(group) = self.text.get(start..end) else { return Ok(None) };
        let Some(text) = position.checked_add(group.len()).and_then(|end| self.text.get(position..end)) else {
            return Ok(None);
        };
        self.spend(group.len() >> 4)?;
        let types = self.types;
        let equal_by = |fold: &dyn Fn(u32) -> u32| {
            text.iter().zip(group).all(|(unit, other)| fold(unit.character()) == fold(other.character()))
        };
        let is_equal = match fold {
            Fold::None => text == group,
            Fold::Ascii => equal_by(&lower_ascii),
            Fold::Unicode => equal_by(&|character| lower_unicode(types, character)),
            Fold::Locale => equal_by(&|character| lower_locale(types, character)),
        };
        Ok(is_equal.then_some(group.len()))
    }

    /// Whether a match may end at a position.
    #[inline(always)]
    pub(super) fn may_end(&self, position: usize, is_top: bool) -> bool {
        self.barrier != NOWHERE || !is_top || self.is_end(position)
    }

    /// Whether a match of the whole program may end at a position.
    #[inline(always)]
    fn is_end(&self, position: usize) -> bool {
        !(self.match_all && position != self.text.len() || self.must_advance && position == self.start)
    }

    /// Adds a frame.
    #[inline(always)]
    pub(super) fn push(
        &mut self,
        kind: Kind,
        place: usize,
        position: usize,
        count: usize,
        before: usize,
        has_marks: bool,
    ) -> Result<(), Error> {
        let saved = self.stacks.saved.len();
        if has_marks && self.mark_count > 0 {
            let marks = self.stacks.marks.get(..self.mark_count as usize).ok_or(Error::Program)?;
            if self.stacks.saved.capacity() - saved < marks.len() {
                self.stacks.saved.try_reserve(marks.len().max(16)).map_err(|_| Error::NoMemory)?;
            }
            match marks {
                // A single group is so common that a call of memcpy would be too slow.
                [start, end] => self.stacks.saved.extend([*start, *end]),
                marks => self.stacks.saved.extend_from_slice(marks),
            }
        }
        if self.stacks.frames.len() == self.stacks.frames.capacity() {
            self.stacks.frames.try_reserve(16).map_err(|_| Error::NoMemory)?;
        }
        self.stacks.frames.push(Frame {
            kind,
            has_marks,
            place: place as u32,
            repeat: self.repeat,
            loops: self.stacks.loops.len() as u32,
            mark_count: self.mark_count,
            last_index: self.last_index,
            position,
            count,
            saved,
            before,
        });
        Ok(())
    }

    /// Adds the frame of a body that ends in `Success`.
    #[inline]
    pub(super) fn push_body(
        &mut self,
        kind: Kind,
        pc: usize,
        position: usize,
        count: usize,
        has_marks: bool,
    ) -> Result<(), Error> {
        let frame = self.stacks.frames.len();
        self.push(kind, pc, position, count, self.barrier, has_marks)?;
        self.barrier = frame;
        Ok(())
    }

    /// Restores the state that a frame has saved.
    #[inline(always)]
    pub(super) fn restore(&mut self, frame: &Frame) {
        self.mark_count = frame.mark_count;
        self.last_index = frame.last_index;
        self.repeat = frame.repeat;
        self.stacks.loops.truncate(frame.loops as usize);
        if frame.has_marks {
            let count = frame.mark_count as usize;
            if let (Some(marks), Some(saved)) =
                (self.stacks.marks.get_mut(..count), self.stacks.saved.get(frame.saved..frame.saved + count))
            {
                match (marks, saved) {
                    ([start, end], [saved_start, saved_end]) => (*start, *end) = (*saved_start, *saved_end),
                    (marks, saved) => marks.copy_from_slice(saved),
                }
            }
        }
    }

    /// Pops the newest frame.
    #[inline(always)]
    pub(super) fn pop(&mut self, frame: &Frame) {
        self.stacks.saved.truncate(frame.saved);
        self.stacks.frames.pop();
    }

    #[inline(always)]
    pub(super) fn in_loop(&self) -> bool {
        self.repeat != NONE
    }

    /// Runs the program from an instruction and a position. Returns whether it matches; in that case `end` is set.
    #[inline(always)]
    pub(super) fn run(&mut self, entry: usize, from: usize, is_top: bool) -> Result<bool, Error> {
        if self.program.is_straight_on::<C>() {
            self.run_straight(entry, from, is_top)
        } else if let (Some(first), 0, false) = (self.program.first_word, entry, self.match_all) {
            self.run_words(first, from)
        } else {
            self.run_backtracking(entry, from, is_top)
        }
    }

    /// As [`run`](Self::run), for a program that never backtracks.
    fn run_straight(&mut self, entry: usize, from: usize, is_top: bool) -> Result<bool, Error> {
        let Self { program, text, full, types, stacks, last_index, fuel, poll, .. } = self;
        let (program, text, full, types) = (*program, *text, *full, *types);
        let marks = stacks.marks.as_mut_slice();
        let end = program.run_straight(
            types,
            (entry, from),
            text,
            |at, position| is_at(at, position, text, full, types),
            |mark, position| {
                if mark & 1 != 0 {
                    *last_index = mark / 2 + 1;
                }
                if let Some(place) = marks.get_mut(mark as usize) {
                    *place = position;
                }
            },
            |work| spend(fuel, poll, work),
        )?;
        match end {
            Some(end) if !is_top || self.is_end(end) => {
                // A match has set all marks.
                self.mark_count = program.groups as u32 * 2;
                self.end = end;
                Ok(true)
            }
            _ => self.spend(1).map(|()| false),
        }
    }

    /// As [`run`](Self::run), for any program.
    fn run_backtracking(&mut self, entry: usize, from: usize, is_top: bool) -> Result<bool, Error> {
        let (program, text, types) = (self.program, self.text, self.types);
        if self.program.groups == 0 && self.stacks.frames.capacity() == 0 {
            self.stacks = Stacks::take();
        }
        self.stacks.clear();
        self.repeat = NONE;
        self.barrier = NOWHERE;
        let (mut pc, mut position) = (entry, from);
        loop {
            // An instruction that matches continues this loop; otherwise it has failed.
            while let Some(instruction) = program.instructions.get(pc) {
                match *instruction {
                    Instruction::Item(item) => {
                        if let Some(unit) = text.get(position)
                            && item.matches(program, types, unit.character())
                        {
                            (pc, position) = (pc + 1, position + 1);
                            continue;
                        }
                    }
                    Instruction::Literal { start, len } => {
                        let (start, len) = (start as usize, len as usize);
                        if let (Some(units), Some(literal)) =
                            (text.get(position..position + len), program.literals.get(start..start + len))
                            && equal(units, literal)
                        {
                            (pc, position) = (pc + 1, position + len);
                            continue;
                        }
                    }
                    Instruction::At(at) => {
                        if self.is_at(at, position) {
                            pc += 1;
                            continue;
                        }
                    }
                    Instruction::Mark(mark) => {
                        self.set_mark(mark, position);
                        pc += 1;
                        continue;
                    }
                    Instruction::Jump(target) => {
                        pc = target as usize;
                        continue;
                    }
                    Instruction::Branch(first) => {
                        if let Some(body) = self.branch(first, position)? {
                            pc = body;
                            continue;
                        }
                    }
                    Instruction::RepeatOne(place) => {
                        let repeat = program.repeats.get(place as usize).ok_or(Error::Program)?;
                        if let Some(count) = self.count(repeat, position, repeat.max)? {
                            let high = position + count;
                            if matches!(program.instructions.get(pc + 1), Some(Instruction::Success))
                                && self.may_end(high, is_top)
                            {
                                (pc, position) = (pc + 1, high);
                                continue;
                            }
                            if let Some(after) = self.after_repeat(pc, repeat, high, count)? {
                                (pc, position) = (pc + 1, after);
                                continue;
                            }
                        }
                    }
                    Instruction::MinRepeatOne(place) => {
                        let repeat = program.repeats.get(place as usize).ok_or(Error::Program)?;
                        if let Some(count) = self.count(repeat, position, repeat.min)? {
                            let low = position + count;
                            if matches!(program.instructions.get(pc + 1), Some(Instruction::Success))
                                && self.may_end(low, is_top)
                            {
                                (pc, position) = (pc + 1, low);
                                continue;
                            }
                            if let Some(after) = self.after_min_repeat(pc, repeat, low, count)? {
                                (pc, position) = (pc + 1, after);
                                continue;
                            }
                        }
                    }
                    Instruction::PossessiveRepeatOne(place) => {
                        let repeat = program.repeats.get(place as usize).ok_or(Error::Program)?;
                        // A long sequence of repeats takes time even if they match no characters.
                        self.spend((place % 64 == 63).into())?;
                        if let Some(count) = self.count(repeat, position, repeat.max)? {
                            (pc, position) = (pc + 1, position + count);
                            continue;
                        }
                    }
                    Instruction::Repeat(place) => {
                        self.begin_loop(place)?;
                        pc = program.loops.get(place as usize).ok_or(Error::Program)?.until as usize;
                        continue;
                    }
                    Instruction::MaxUntil => {
                        (pc, position) = self.until(pc, position, true)?;
                        continue;
                    }
                    Instruction::MinUntil => {
                        (pc, position) = self.until(pc, position, false)?;
                        continue;
                    }
                    Instruction::PossessiveRepeat(_) => {
                        self.begin_loop(NONE)?;
                        (pc, position) = self.possessive(pc, position, 0, NOWHERE)?;
                        continue;
                    }
                    Instruction::AtomicGroup { after } => {
                        self.push_body(Kind::AtomicGroup, after as usize, position, 0, false)?;
                        pc += 1;
                        continue;
                    }
                    Instruction::Assert { back, after } => {
                        if let Some(behind) = position.checked_sub(back as usize) {
                            match self.matches_simply(pc + 1, behind) {
                                Some(true) => {
                                    pc = after as usize;
                                    continue;
                                }
                                Some(false) => break,
                                None => {}
                            }
                            self.push_body(Kind::Assert, after as usize, position, 0, false)?;
                            (pc, position) = (pc + 1, behind);
                            continue;
                        }
                    }
                    Instruction::AssertNot { back, after } => {
                        match position.checked_sub(back as usize) {
                            Some(behind) => {
                                match self.matches_simply(pc + 1, behind) {
                                    Some(true) => break,
                                    Some(false) => {
                                        pc = after as usize;
                                        continue;
                                    }
                                    None => {}
                                }
                                let in_loop = self.in_loop();
                                self.push_body(Kind::AssertNot, after as usize, position, 0, in_loop)?;
                                (pc, position) = (pc + 1, behind);
                            }
                            None => pc = after as usize,
                        }
                        continue;
                    }
                    Instruction::GroupRef { group, fold } => {
                        if let Some(len) = self.matches_group(group, fold, position)? {
                            (pc, position) = (pc + 1, position + len);
                            continue;
                        }
                    }
                    Instruction::GroupRefExists { group, otherwise } => {
                        let exists = self.group(group as usize).is_some_and(|(start, end)| start <= end);
                        pc = if exists { pc + 1 } else { otherwise as usize };
                        continue;
                    }
                    Instruction::Success => {
                        if self.barrier != NOWHERE {
                            if let Some(place) = self.end_body(position)? {
                                (pc, position) = place;
                                continue;
                            }
                        } else if self.may_end(position, is_top) {
                            self.end = position;
                            return Ok(true);
                        }
                    }
                    Instruction::Failure => {}
                }
                break;
            }
            match self.backtrack()? {
                Some(place) => (pc, position) = place,
                None => return Ok(false),
            }
        }
    }
}

/// Counts work, and calls the poll function when the fuel is used up.
#[inline(always)]
fn spend(fuel: &mut isize, poll: &mut Poll<'_>, work: usize) -> Result<(), Error> {
    *fuel -= work as isize;
    if *fuel < 0 { ask(fuel, poll) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn ask(fuel: &mut isize, poll: &mut Poll<'_>) -> Result<(), Error> {
    *fuel = FUEL;
    poll()?;
    Ok(())
}

/// Whether an assertion holds at a position of a text. `text` is the part of the string `full` before `endpos`.
#[inline(always)]
pub fn is_at<C: Unit, T: CharacterTypes>(at: At, position: usize, text: &[C], full: &[C], types: T) -> bool {
    let is_line_feed = |place: usize| full.get(place).is_some_and(|unit| unit.character() == 0x0a);
    let is_boundary = |is_word: &dyn Fn(u32) -> bool| {
        let before = position.checked_sub(1).and_then(|place| full.get(place));
        let is_word = |unit: Option<&C>| unit.is_some_and(|unit| is_word(unit.character()));
        is_word(before) != is_word(text.get(position))
    };
    match at {
        At::Beginning => position == 0,
        At::BeginningLine => position == 0 || is_line_feed(position - 1),
        At::End => position == text.len() || position + 1 == text.len() && is_line_feed(position),
        At::EndLine => position == text.len() || is_line_feed(position),
        At::EndString => position == text.len(),
        At::Boundary => is_boundary(&is_word),
        At::NonBoundary => !is_boundary(&is_word),
        At::LocBoundary => is_boundary(&|character| locale_is_word(types, character)),
        At::LocNonBoundary => !is_boundary(&|character| locale_is_word(types, character)),
        At::UniBoundary => is_boundary(&|character| unicode_is_word(types, character)),
        At::UniNonBoundary => !is_boundary(&|character| unicode_is_word(types, character)),
    }
}
