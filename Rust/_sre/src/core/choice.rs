//! The choice points of the matcher, alternatives and the counts of repeated items, and how they are resumed.

use super::characters::CharacterTypes;
use super::frame::Kind;
use super::matcher::{Error, Matcher, NONE, Place, STRETCH};
use super::program::{Alternative, At, Instruction, Item, RepeatOne};
use super::text::Unit;

impl<'a, C: Unit, T: CharacterTypes> Matcher<'a, C, T> {
    /// The first alternative, starting with `next`, whose guard holds at a position.
    #[inline]
    pub(super) fn viable(&self, mut next: Option<u32>, position: usize) -> Option<(u32, &'a Alternative)> {
        if let Some(alternative) = self.program.alternatives.get(next? as usize)
            && alternative.dispatch.is_some()
            && let Some(unit) = self.text.get(position)
            && let Some(found) = self.program.dispatched(alternative, unit.character())
        {
            return found;
        }
        loop {
            let place = next?;
            let alternative = self.program.alternatives.get(place as usize)?;
            if alternative.guard.is_none_or(|guard| self.matches(guard, position)) {
                return Some((place, alternative));
            }
            next = alternative.next;
        }
    }

    /// Runs a program that is a branch of literals. The first alternative that is in the text at this
    /// position is the match.
    pub(super) fn run_words(&mut self, first: u32, from: usize) -> Result<bool, Error> {
        let (program, text) = (self.program, self.text);
        let mut next = Some(first);
        while let Some((_, alternative)) = self.viable(next, from) {
            if let Some(end) = program.end_of_word(alternative, text, from) {
                self.end = end;
                return Ok(true);
            }
            self.spend(1)?;
            next = alternative.next;
        }
        self.spend(1)?;
        Ok(false)
    }

    /// Chooses an alternative, and pushes a frame for the next one.
    #[inline]
    pub(super) fn branch(&mut self, first: u32, position: usize) -> Result<Option<usize>, Error> {
        let Some((_, alternative)) = self.viable(Some(first), position) else { return Ok(None) };
        let next = self.viable(alternative.next, position);
        let in_loop = self.in_loop();
        if next.is_some() || in_loop && self.program.has_conditional {
            let place = next.map_or(NONE, |(place, _)| place);
            self.push(Kind::Branch, place as usize, position, 0, 0, in_loop)?;
        }
        Ok(Some(alternative.body as usize))
    }

    /// The last position from `low` to `high` at which the tail of the repeat can match.
    #[inline(always)]
    pub(super) fn retreat(&self, repeat: &RepeatOne, low: usize, high: usize) -> Option<usize> {
        let Some(guard) = repeat.guard else {
            return match repeat.at {
                Some(at) => self.retreat_to(at, low, high),
                None => Some(high),
            };
        };
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

    /// The last position from `low` to `high` at which the assertion holds.
    #[inline]
    fn retreat_to(&self, at: At, low: usize, high: usize) -> Option<usize> {
        let low = match at {
            // Only the end, or the position before a final line feed.
            At::End | At::EndString => low.max(self.text.len().saturating_sub(1)),
            _ => low,
        };
        (low..=high).rev().find(|position| self.is_at(at, *position))
    }

    /// Continues after a greedy repeat that has matched up to `count` times, the last time before `high`.
    #[inline(always)]
    pub(super) fn after_repeat(
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

    /// Lets a repeat consume characters until its tail can match.
    #[inline(always)]
    pub(super) fn advance(&mut self, repeat: &RepeatOne, from: usize, count: usize) -> Result<Option<Place>, Error> {
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

    /// Continues after a repeat that has matched as few times as possible.
    #[inline(always)]
    pub(super) fn after_min_repeat(
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

    /// Resumes the newest choice point; `None` if there is none left.
    #[inline]
    pub(super) fn backtrack(&mut self) -> Result<Option<Place>, Error> {
        loop {
            self.spend(1)?;
            let Some(&frame) = self.stacks.frames.last() else { return Ok(None) };
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
                            let newest = self.stacks.frames.last_mut().ok_or(Error::Program)?;
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
                        let newest = self.stacks.frames.last_mut().ok_or(Error::Program)?;
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
                    let newest = self.stacks.frames.last_mut().ok_or(Error::Program)?;
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
    pub(super) fn repeat_one(&self, pc: usize) -> Result<&'a RepeatOne, Error> {
        match self.program.instructions.get(pc) {
            Some(Instruction::RepeatOne(place) | Instruction::MinRepeatOne(place)) => {
                self.program.repeats.get(*place as usize).ok_or(Error::Program)
            }
            _ => Err(Error::Program),
        }
    }

    #[inline]
    pub(super) fn restore_loop(&mut self, index: u32, count: usize, last_position: Option<usize>) -> Result<(), Error> {
        let state = self.stacks.loops.get_mut(index as usize).ok_or(Error::Program)?;
        state.count = count as isize - 1;
        if let Some(last_position) = last_position {
            state.last_position = last_position;
        }
        Ok(())
    }
}
