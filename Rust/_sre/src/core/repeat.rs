//! Loops of the matcher, and bodies that end in `Success`.

use super::characters::CharacterTypes;
use super::frame::{Kind, LoopState};
use super::matcher::{Error, Matcher, NONE, NOWHERE, Place};
use super::program::Instruction;
use super::text::{Unit, equal};

impl<'a, C: Unit, T: CharacterTypes> Matcher<'a, C, T> {
    /// Whether a body without choice points and groups matches, which needs no frame; `None` for other bodies.
    #[inline]
    pub(super) fn matches_simply(&self, start: usize, from: usize) -> Option<bool> {
        let (mut pc, mut position) = (start, from);
        loop {
            match *self.program.instructions.get(pc)? {
                Instruction::Item(item) => {
                    if !self.matches(item, position) {
                        return Some(false);
                    }
                    position += 1;
                }
                Instruction::Literal { start, len } => {
                    let (start, len) = (start as usize, len as usize);
                    let literal = self.program.literals.get(start..start + len)?;
                    if !self.text.get(position..position + len).is_some_and(|units| equal(units, literal)) {
                        return Some(false);
                    }
                    position += len;
                }
                Instruction::At(at) => {
                    if !self.is_at(at, position) {
                        return Some(false);
                    }
                }
                Instruction::Failure => return Some(false),
                Instruction::Success => return Some(true),
                _ => return None,
            }
            pc += 1;
        }
    }

    /// Enters a loop.
    #[inline]
    pub(super) fn begin_loop(&mut self, place: u32) -> Result<(), Error> {
        let index =
            u32::try_from(self.stacks.loops.len()).ok().filter(|index| *index != NONE).ok_or(Error::NoMemory)?;
        self.stacks.loops.try_reserve(1).map_err(|_| Error::NoMemory)?;
        self.stacks.loops.push(LoopState { place, outer: self.repeat, count: -1, last_position: NOWHERE });
        self.repeat = index;
        Ok(())
    }

    /// The innermost loop.
    #[inline(always)]
    pub(super) fn current_loop(&mut self) -> Result<&mut LoopState, Error> {
        self.stacks.loops.get_mut(self.repeat as usize).ok_or(Error::Program)
    }

    /// `MAX_UNTIL` and `MIN_UNTIL`: the end of the body of a greedy or a non-greedy loop, or the entry of the loop.
    #[inline(always)]
    pub(super) fn until(&mut self, pc: usize, position: usize, is_greedy: bool) -> Result<Place, Error> {
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
        if !is_greedy {
            self.push(Kind::MinUntil, pc, position, count, 0, state.outer != NONE)?;
        } else if count < repeat.max && position != state.last_position {
            self.push(Kind::MaxUntil, pc, position, count, state.last_position, true)?;
            let state = self.current_loop()?;
            state.count = count as isize;
            state.last_position = position;
            return Ok((repeat.body as usize, position));
        }
        self.repeat = state.outer;
        Ok((pc + 1, position))
    }

    /// Starts another iteration of a possessive loop, or continues after it.
    #[inline]
    pub(super) fn possessive(
        &mut self,
        pc: usize,
        position: usize,
        count: usize,
        before: usize,
    ) -> Result<Place, Error> {
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
    pub(super) fn end_possessive(&mut self, after: usize, position: usize) -> Result<Place, Error> {
        let index = self.repeat;
        self.repeat = self.current_loop()?.outer;
        // Nothing that is left was made after it.
        self.stacks.loops.truncate(index as usize);
        Ok((after, position))
    }

    /// The body of the newest frame of a body has matched.
    #[inline]
    pub(super) fn end_body(&mut self, position: usize) -> Result<Option<Place>, Error> {
        let frame = *self.stacks.frames.get(self.barrier).ok_or(Error::Program)?;
        self.stacks.frames.truncate(self.barrier);
        self.stacks.saved.truncate(frame.saved);
        self.stacks.loops.truncate(frame.loops as usize);
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
    pub(super) fn after_possessive(&self, pc: usize) -> Result<usize, Error> {
        let Some(Instruction::PossessiveRepeat(place)) = self.program.instructions.get(pc) else {
            return Err(Error::Program);
        };
        let repeat = self.program.loops.get(*place as usize).ok_or(Error::Program)?;
        Ok(repeat.until as usize + 1)
    }
}
