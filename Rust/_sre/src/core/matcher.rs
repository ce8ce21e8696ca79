//! The backtracking matcher.
//!
//! It runs a program at one position of a text. A choice is a [`Frame`] on a stack of its own; a failure resumes the newest one. The
//! order of the choices, and what is restored when one is resumed, are those of the C module: the number of valid marks and the last
//! group always are, the marks themselves inside loops only.

use super::characters::{
    CharacterTypes, is_word, locale_is_word, lower_ascii, lower_locale, lower_unicode, unicode_is_word,
};
use super::frame::{Frame, Kind, LoopState};
use super::item::Item;
use super::program::{Alternative, At, Instruction, Program, RepeatOne};
use super::set::Fold;
use super::text::{Unit, equal};

/// The caller has asked for an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Why a match ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no memory for the stack.
    NoMemory,
    /// The caller has asked for it.
    Interrupted,
    /// The program is not one that a translation makes.
    Program,
}

impl From<Interrupted> for Error {
    fn from(Interrupted: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// What is called now and then, within milliseconds.
pub type Poll<'a> = &'a mut dyn FnMut() -> Result<(), Interrupted>;

/// No mark, loop or frame.
const NONE: u32 = u32::MAX;
/// No position.
const NOWHERE: usize = usize::MAX;
/// How much work is done before the caller is asked. A unit is a failure, or some characters of a repeat.
const FUEL: isize = 1 << 15;
/// How many characters of a repeat are looked at before the caller is asked.
const STRETCH: usize = 1 << 18;

/// A matcher of a program on a text, which keeps its memory from one match to the next.
pub struct Matcher<'a, C, T> {
    pub(super) program: &'a Program,
    /// The string, up to where the match has to end.
    pub(super) text: &'a [C],
    pub(super) types: T,
    poll: Poll<'a>,
    fuel: isize,
    /// Where the match starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether it has to end at the end of the text.
    pub match_all: bool,
    /// Whether it must not be empty.
    pub must_advance: bool,
    marks: Vec<usize>,
    mark_count: u32,
    last_index: u32,
    frames: Vec<Frame>,
    saved: Vec<usize>,
    loops: Vec<LoopState>,
    repeat: u32,
    barrier: usize,
}

impl<C, T> std::fmt::Debug for Matcher<'_, C, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher").field("start", &self.start).field("end", &self.end).finish_non_exhaustive()
    }
}

/// Where the matcher goes on.
type Place = (usize, usize);

impl<'a, C: Unit, T: CharacterTypes> Matcher<'a, C, T> {
    /// A matcher whose matches start at `start` or later.
    #[inline]
    pub fn new(program: &'a Program, text: &'a [C], start: usize, types: T, poll: Poll<'a>) -> Result<Self, Error> {
        let mut marks = Vec::new();
        if program.groups > 0 {
            let count = program.groups.checked_mul(2).ok_or(Error::NoMemory)?;
            marks.try_reserve_exact(count).map_err(|_| Error::NoMemory)?;
            marks.resize(count, NOWHERE);
        }
        Ok(Self {
            program,
            text,
            types,
            poll,
            fuel: FUEL,
            start,
            end: start,
            match_all: false,
            must_advance: false,
            marks,
            mark_count: 0,
            last_index: 0,
            frames: Vec::new(),
            saved: Vec::new(),
            loops: Vec::new(),
            repeat: NONE,
            barrier: NOWHERE,
        })
    }

    /// Where a group, from 0 on, has matched.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        if group * 2 + 1 >= self.mark_count as usize {
            return None;
        }
        match self.marks.get(group * 2..group * 2 + 2)? {
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

    /// Matches at `start`.
    #[inline]
    pub fn match_here(&mut self) -> Result<bool, Error> {
        if self.text.len().checked_sub(self.start).is_none_or(|rest| rest < self.program.min_width) {
            return Ok(false);
        }
        self.run(0, self.start, true)
    }

    /// Counts work, and asks the caller when it was enough.
    #[inline(always)]
    pub(super) fn spend(&mut self, work: usize) -> Result<(), Error> {
        self.fuel -= work as isize;
        if self.fuel < 0 { self.ask() } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn ask(&mut self) -> Result<(), Error> {
        self.fuel = FUEL;
        (self.poll)()?;
        Ok(())
    }

    #[inline(always)]
    fn matches(&self, item: Item, position: usize) -> bool {
        match self.text.get(position) {
            Some(unit) => item.matches(self.program, self.types, unit.character()),
            None => false,
        }
    }

    /// How often an item matches in a row, at most `max` times.
    #[inline(always)]
    fn count(&mut self, item: Item, position: usize, max: usize) -> Result<usize, Error> {
        let text = self.text.get(position..).unwrap_or_default();
        let text = text.get(..max).unwrap_or(text);
        if text.len() <= STRETCH {
            let count = item.count(self.program, self.types, text);
            self.spend(count >> 4)?;
            return Ok(count);
        }
        self.count_long(item, text)
    }

    #[inline(never)]
    fn count_long(&mut self, item: Item, text: &'a [C]) -> Result<usize, Error> {
        let mut total = 0;
        for stretch in text.chunks(STRETCH) {
            let count = item.count(self.program, self.types, stretch);
            total += count;
            self.spend(count >> 4)?;
            if count < stretch.len() {
                break;
            }
        }
        Ok(total)
    }

    /// Whether a position is what is asked for.
    #[inline]
    fn is_at(&self, at: At, position: usize) -> bool {
        let is_line_feed = |place: usize| self.text.get(place).is_some_and(|unit| unit.character() == 0x0a);
        let is_boundary = |is_word: &dyn Fn(u32) -> bool| {
            let before = position.checked_sub(1).and_then(|place| self.text.get(place));
            let is_word = |unit: Option<&C>| unit.is_some_and(|unit| is_word(unit.character()));
            is_word(before) != is_word(self.text.get(position))
        };
        let types = self.types;
        match at {
            At::Beginning => position == 0,
            At::BeginningLine => position == 0 || is_line_feed(position - 1),
            At::End => position == self.text.len() || position + 1 == self.text.len() && is_line_feed(position),
            At::EndLine => position == self.text.len() || is_line_feed(position),
            At::EndString => position == self.text.len(),
            At::Boundary => is_boundary(&is_word),
            At::NonBoundary => !is_boundary(&is_word),
            At::LocBoundary => is_boundary(&|character| locale_is_word(types, character)),
            At::LocNonBoundary => !is_boundary(&|character| locale_is_word(types, character)),
            At::UniBoundary => is_boundary(&|character| unicode_is_word(types, character)),
            At::UniNonBoundary => !is_boundary(&|character| unicode_is_word(types, character)),
        }
    }

    #[inline(always)]
    fn set_mark(&mut self, mark: u32, position: usize) {
        if mark & 1 != 0 {
            self.last_index = mark / 2 + 1;
        }
        if mark >= self.mark_count {
            // Those between have not been set.
            if let Some(between) = self.marks.get_mut(self.mark_count as usize..mark as usize) {
                between.fill(NOWHERE);
            }
            self.mark_count = mark + 1;
        }
        if let Some(place) = self.marks.get_mut(mark as usize) {
            *place = position;
        }
    }

    /// The text of a group that has been closed.
    #[inline]
    fn group_text(&self, group: u32) -> Option<&'a [C]> {
        let (start, end) = self.group(group as usize)?;
        self.text.get(start..end)
    }

    /// The length of the text of a group, if it is at a position.
    #[inline]
    fn matches_group(&mut self, group: u32, fold: Fold, position: usize) -> Result<Option<usize>, Error> {
        let Some(group) = self.group_text(group) else { return Ok(None) };
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

    /// Whether a match may end here.
    #[inline(always)]
    fn may_end(&self, position: usize, is_top: bool) -> bool {
        self.barrier != NOWHERE
            || !is_top
            || !(self.match_all && position != self.text.len() || self.must_advance && position == self.start)
    }

    /// Adds a frame.
    #[inline(always)]
    fn push(
        &mut self,
        kind: Kind,
        place: usize,
        position: usize,
        count: usize,
        before: usize,
        has_marks: bool,
    ) -> Result<(), Error> {
        let saved = self.saved.len();
        if has_marks && self.mark_count > 0 {
            let marks = self.marks.get(..self.mark_count as usize).ok_or(Error::Program)?;
            self.saved.try_reserve(marks.len()).map_err(|_| Error::NoMemory)?;
            self.saved.extend_from_slice(marks);
        }
        if self.frames.len() == self.frames.capacity() {
            self.frames.try_reserve(16).map_err(|_| Error::NoMemory)?;
        }
        self.frames.push(Frame {
            kind,
            has_marks,
            place: place as u32,
            repeat: self.repeat,
            loops: self.loops.len() as u32,
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
    fn push_body(
        &mut self,
        kind: Kind,
        pc: usize,
        position: usize,
        count: usize,
        has_marks: bool,
    ) -> Result<(), Error> {
        let frame = self.frames.len();
        self.push(kind, pc, position, count, self.barrier, has_marks)?;
        self.barrier = frame;
        Ok(())
    }

    /// Restores what a frame has saved.
    #[inline(always)]
    fn restore(&mut self, frame: &Frame) {
        self.mark_count = frame.mark_count;
        self.last_index = frame.last_index;
        self.repeat = frame.repeat;
        self.loops.truncate(frame.loops as usize);
        if frame.has_marks {
            let count = frame.mark_count as usize;
            if let (Some(marks), Some(saved)) =
                (self.marks.get_mut(..count), self.saved.get(frame.saved..frame.saved + count))
            {
                marks.copy_from_slice(saved);
            }
        }
    }

    /// Takes away the newest frame.
    #[inline(always)]
    fn pop(&mut self, frame: &Frame) {
        self.saved.truncate(frame.saved);
        self.frames.pop();
    }

    #[inline(always)]
    fn in_loop(&self) -> bool {
        self.repeat != NONE
    }

    /// The first alternative, from one on, that can match at a position.
    #[inline]
    fn viable(&self, mut next: Option<u32>, position: usize) -> Option<(u32, &'a Alternative)> {
        loop {
            let place = next?;
            let alternative = self.program.alternatives.get(place as usize)?;
            if alternative.guard.is_none_or(|guard| self.matches(guard, position)) {
                return Some((place, alternative));
            }
            next = alternative.next;
        }
    }

    /// Chooses an alternative, and remembers the next one.
    #[inline]
    fn branch(&mut self, first: u32, position: usize) -> Result<Option<usize>, Error> {
        let Some((_, alternative)) = self.viable(Some(first), position) else { return Ok(None) };
        let next = self.viable(alternative.next, position);
        let in_loop = self.in_loop();
        if next.is_some() || in_loop && self.program.has_conditional {
            let place = next.map_or(NONE, |(place, _)| place);
            self.push(Kind::Branch, place as usize, position, 0, 0, in_loop)?;
        }
        Ok(Some(alternative.body as usize))
    }

    /// The last position, not before `low`, at which what comes after the repeat can match.
    #[inline(always)]
    fn retreat(&self, repeat: &RepeatOne, low: usize, high: usize) -> Option<usize> {
        let Some(guard) = repeat.guard else { return Some(high) };
        if self.matches(guard, high) {
            return Some(high);
        }
        if repeat.is_disjoint::<C>() {
            return None;
        }
        let between = self.text.get(low..high)?;
        let place = match guard {
            Item::Literal(literal) => C::rfind(between, C::from_character(literal)?),
            _ => between.iter().rposition(|unit| guard.matches(self.program, self.types, unit.character())),
        };
        place.map(|place| low + place)
    }

    /// Goes on after a repeat that has matched `count` times, up to `high`, or fewer.
    #[inline(always)]
    fn after_repeat(
        &mut self,
        pc: usize,
        repeat: &RepeatOne,
        high: usize,
        count: usize,
    ) -> Result<Option<usize>, Error> {
        let low = high - (count - repeat.min);
        let Some(position) = self.retreat(repeat, low, high) else { return Ok(None) };
        self.spend((high - position) >> 4)?;
        let in_loop = self.in_loop();
        let is_last = position == low || repeat.is_disjoint::<C>();
        if !is_last || in_loop && self.program.has_conditional {
            let left = if is_last { repeat.min } else { count - (high - position) };
            self.push(Kind::RepeatOne, pc, position, left, 0, in_loop)?;
        }
        Ok(Some(position))
    }

    /// Lets a repeat take characters until what comes after it can match.
    #[inline(always)]
    fn advance(&mut self, repeat: &RepeatOne, from: usize, count: usize) -> Result<Option<Place>, Error> {
        let Some(guard) = repeat.guard else { return Ok(Some((from, count))) };
        let (mut position, mut count) = (from, count);
        while !self.matches(guard, position) {
            if count >= repeat.max || !self.matches(repeat.item, position) {
                return Ok(None);
            }
            position += 1;
            count += 1;
            if count % STRETCH == 0 {
                self.spend(STRETCH >> 3)?;
            }
        }
        self.spend((position - from) >> 4)?;
        Ok(Some((position, count)))
    }

    /// Goes on after a repeat that has matched as few times as possible.
    #[inline(always)]
    fn after_min_repeat(
        &mut self,
        pc: usize,
        repeat: &RepeatOne,
        from: usize,
        count: usize,
    ) -> Result<Option<usize>, Error> {
        let Some((position, count)) = self.advance(repeat, from, count)? else { return Ok(None) };
        let in_loop = self.in_loop();
        if count < repeat.max && position < self.text.len() || in_loop && self.program.has_conditional {
            self.push(Kind::MinRepeatOne, pc, position, count, 0, in_loop)?;
        }
        Ok(Some(position))
    }

    /// Begins a loop.
    #[inline]
    fn begin_loop(&mut self, place: u32) -> Result<(), Error> {
        let index = u32::try_from(self.loops.len()).ok().filter(|index| *index != NONE).ok_or(Error::NoMemory)?;
        self.loops.try_reserve(1).map_err(|_| Error::NoMemory)?;
        self.loops.push(LoopState { place, outer: self.repeat, count: -1, last_position: NOWHERE });
        self.repeat = index;
        Ok(())
    }

    /// The innermost loop.
    #[inline(always)]
    fn current_loop(&mut self) -> Result<&mut LoopState, Error> {
        self.loops.get_mut(self.repeat as usize).ok_or(Error::Program)
    }

    /// At the end of the body of a loop that is repeated as often as possible, or before its first time.
    #[inline]
    fn max_until(&mut self, pc: usize, position: usize) -> Result<Place, Error> {
        let program = self.program;
        let state = *self.current_loop()?;
        let repeat = program.loops.get(state.place as usize).ok_or(Error::Program)?;
        let count = (state.count + 1) as usize;
        self.spend(1)?;
        if count < repeat.min {
            self.push(Kind::Count, pc, position, count, 0, false)?;
            self.current_loop()?.count = count as isize;
            return Ok((repeat.body as usize, position));
        }
        if count < repeat.max && position != state.last_position {
            self.push(Kind::MaxUntil, pc, position, count, state.last_position, true)?;
            let state = self.current_loop()?;
            state.count = count as isize;
            state.last_position = position;
            return Ok((repeat.body as usize, position));
        }
        self.repeat = state.outer;
        Ok((pc + 1, position))
    }

    /// At the end of the body of a loop that is repeated as few times as possible, or before its first time.
    #[inline]
    fn min_until(&mut self, pc: usize, position: usize) -> Result<Place, Error> {
        let program = self.program;
        let state = *self.current_loop()?;
        let repeat = program.loops.get(state.place as usize).ok_or(Error::Program)?;
        let count = (state.count + 1) as usize;
        self.spend(1)?;
        if count < repeat.min {
            self.push(Kind::Count, pc, position, count, 0, false)?;
            self.current_loop()?.count = count as isize;
            return Ok((repeat.body as usize, position));
        }
        let has_marks = state.outer != NONE;
        self.push(Kind::MinUntil, pc, position, count, 0, has_marks)?;
        self.repeat = state.outer;
        Ok((pc + 1, position))
    }

    /// Begins the body of a possessive loop once more, or goes on after it.
    #[inline]
    fn possessive(&mut self, pc: usize, position: usize, count: usize, before: usize) -> Result<Place, Error> {
        let program = self.program;
        let Some(Instruction::PossessiveRepeat(place)) = program.instructions.get(pc) else {
            return Err(Error::Program);
        };
        let repeat = program.loops.get(*place as usize).ok_or(Error::Program)?;
        self.spend(1)?;
        if count < repeat.min {
            self.push_body(Kind::PossessiveMin, pc, position, count, false)?;
            return Ok((repeat.body as usize, position));
        }
        if count < repeat.max && position != before {
            self.push_body(Kind::PossessiveMax, pc, position, count, true)?;
            return Ok((repeat.body as usize, position));
        }
        self.end_possessive(repeat.until as usize + 1, position)
    }

    #[inline]
    fn end_possessive(&mut self, after: usize, position: usize) -> Result<Place, Error> {
        let index = self.repeat;
        self.repeat = self.current_loop()?.outer;
        // Nothing that is left was made after it.
        self.loops.truncate(index as usize);
        Ok((after, position))
    }

    /// The body of the newest frame of a body has matched.
    #[inline]
    fn end_body(&mut self, position: usize) -> Result<Option<Place>, Error> {
        let frame = *self.frames.get(self.barrier).ok_or(Error::Program)?;
        self.frames.truncate(self.barrier);
        self.saved.truncate(frame.saved);
        self.loops.truncate(frame.loops as usize);
        self.repeat = frame.repeat;
        self.barrier = frame.before;
        let place = frame.place as usize;
        Ok(match frame.kind {
            Kind::AtomicGroup => Some((place, position)),
            Kind::Assert => Some((place, frame.position)),
            Kind::PossessiveMin => Some(self.possessive(place, position, frame.count + 1, NOWHERE)?),
            Kind::PossessiveMax => Some(self.possessive(place, position, frame.count + 1, frame.position)?),
            _ => None,
        })
    }

    #[inline]
    fn after_possessive(&self, pc: usize) -> Result<usize, Error> {
        let Some(Instruction::PossessiveRepeat(place)) = self.program.instructions.get(pc) else {
            return Err(Error::Program);
        };
        let repeat = self.program.loops.get(*place as usize).ok_or(Error::Program)?;
        Ok(repeat.until as usize + 1)
    }

    /// Resumes the newest choice; `None` when there is none left.
    #[inline]
    fn backtrack(&mut self) -> Result<Option<Place>, Error> {
        loop {
            self.spend(1)?;
            let Some(&frame) = self.frames.last() else { return Ok(None) };
            let place = frame.place as usize;
            match frame.kind {
                Kind::Branch => {
                    self.restore(&frame);
                    let first = (frame.place != NONE).then_some(frame.place);
                    let Some((_, alternative)) = self.viable(first, frame.position) else {
                        self.pop(&frame);
                        continue;
                    };
                    match self.viable(alternative.next, frame.position) {
                        None if !(frame.has_marks && self.program.has_conditional) => self.pop(&frame),
                        next => {
                            let newest = self.frames.last_mut().ok_or(Error::Program)?;
                            newest.place = next.map_or(NONE, |(place, _)| place);
                        }
                    }
                    return Ok(Some((alternative.body as usize, frame.position)));
                }
                Kind::RepeatOne => {
                    self.restore(&frame);
                    let repeat = self.repeat_one(place)?;
                    let found = match frame.count.checked_sub(repeat.min + 1) {
                        Some(more) => self.retreat(repeat, frame.position - 1 - more, frame.position - 1),
                        None => None,
                    };
                    let Some(position) = found else {
                        self.pop(&frame);
                        continue;
                    };
                    self.spend((frame.position - position) >> 4)?;
                    let left = frame.count - (frame.position - position);
                    if left == repeat.min && !(frame.has_marks && self.program.has_conditional) {
                        self.pop(&frame);
                    } else {
                        let newest = self.frames.last_mut().ok_or(Error::Program)?;
                        newest.position = position;
                        newest.count = left;
                    }
                    return Ok(Some((place + 1, position)));
                }
                Kind::MinRepeatOne => {
                    self.restore(&frame);
                    let repeat = self.repeat_one(place)?;
                    let found = if frame.count < repeat.max && self.matches(repeat.item, frame.position) {
                        self.advance(repeat, frame.position + 1, frame.count + 1)?
                    } else {
                        None
                    };
                    let Some((position, count)) = found else {
                        self.pop(&frame);
                        continue;
                    };
                    let newest = self.frames.last_mut().ok_or(Error::Program)?;
                    newest.position = position;
                    newest.count = count;
                    return Ok(Some((place + 1, position)));
                }
                Kind::Count => {
                    self.pop(&frame);
                    self.restore_loop(frame.repeat, frame.count, None)?;
                }
                Kind::LastPosition => {
                    self.pop(&frame);
                    self.restore_loop(frame.repeat, frame.count, Some(frame.before))?;
                }
                Kind::MaxUntil => {
                    self.restore(&frame);
                    self.pop(&frame);
                    self.restore_loop(frame.repeat, frame.count, Some(frame.before))?;
                    self.repeat = self.current_loop()?.outer;
                    return Ok(Some((place + 1, frame.position)));
                }
                Kind::MinUntil => {
                    self.restore(&frame);
                    self.pop(&frame);
                    let program = self.program;
                    let state = *self.current_loop()?;
                    let repeat = program.loops.get(state.place as usize).ok_or(Error::Program)?;
                    if frame.count >= repeat.max || frame.position == state.last_position {
                        continue;
                    }
                    self.push(Kind::LastPosition, place, frame.position, frame.count, state.last_position, false)?;
                    let state = self.current_loop()?;
                    state.count = frame.count as isize;
                    state.last_position = frame.position;
                    return Ok(Some((repeat.body as usize, frame.position)));
                }
                Kind::PossessiveMin | Kind::AtomicGroup | Kind::Assert => {
                    self.pop(&frame);
                    self.barrier = frame.before;
                }
                Kind::PossessiveMax => {
                    self.restore(&frame);
                    self.pop(&frame);
                    self.barrier = frame.before;
                    let after = self.after_possessive(place)?;
                    return self.end_possessive(after, frame.position).map(Some);
                }
                Kind::AssertNot => {
                    self.restore(&frame);
                    self.pop(&frame);
                    self.barrier = frame.before;
                    return Ok(Some((place, frame.position)));
                }
            }
        }
    }

    #[inline(always)]
    fn repeat_one(&self, pc: usize) -> Result<&'a RepeatOne, Error> {
        match self.program.instructions.get(pc) {
            Some(Instruction::RepeatOne(place) | Instruction::MinRepeatOne(place)) => {
                self.program.repeats.get(*place as usize).ok_or(Error::Program)
            }
            _ => Err(Error::Program),
        }
    }

    #[inline]
    fn restore_loop(&mut self, index: u32, count: usize, last_position: Option<usize>) -> Result<(), Error> {
        let state = self.loops.get_mut(index as usize).ok_or(Error::Program)?;
        state.count = count as isize - 1;
        if let Some(last_position) = last_position {
            state.last_position = last_position;
        }
        Ok(())
    }

    /// Runs the program from an instruction and a position on. Its result is whether it matches, then `end` is set.
    pub(super) fn run(&mut self, entry: usize, from: usize, is_top: bool) -> Result<bool, Error> {
        let (program, text, types) = (self.program, self.text, self.types);
        self.frames.clear();
        self.saved.clear();
        self.loops.clear();
        self.repeat = NONE;
        self.barrier = NOWHERE;
        let (mut pc, mut position) = (entry, from);
        loop {
            // What has matched continues this loop; the rest has failed.
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
                        let count = self.count(repeat.item, position, repeat.max)?;
                        if count >= repeat.min {
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
                        let count = if repeat.min > 0 { self.count(repeat.item, position, repeat.min)? } else { 0 };
                        if count >= repeat.min {
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
                        let count = self.count(repeat.item, position, repeat.max)?;
                        if count >= repeat.min {
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
                        (pc, position) = self.max_until(pc, position)?;
                        continue;
                    }
                    Instruction::MinUntil => {
                        (pc, position) = self.min_until(pc, position)?;
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
                            self.push_body(Kind::Assert, after as usize, position, 0, false)?;
                            (pc, position) = (pc + 1, behind);
                            continue;
                        }
                    }
                    Instruction::AssertNot { back, after } => {
                        match position.checked_sub(back as usize) {
                            Some(behind) => {
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
