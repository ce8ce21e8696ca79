//! The alternatives of a branch that can match at a character.
//!
//! A branch with many alternatives that each start with a known character, such as a list of words, has a table: for each of the
//! first 256 characters, a bit set of the alternatives that can start with it. Only these are tried.

use super::program::{Alternative, Dispatch, Instruction, Item, Program};
use super::text::{Unit, equal};
use std::sync::OnceLock;

/// The minimum number of alternatives for a table.
const MIN: usize = 6;
/// The maximum number, that of the bits of a word.
const MAX: usize = 64;

impl Program {
    /// Finds the branches for which a table is useful. If an allocation fails, a branch is left without one.
    pub(super) fn find_dispatches(&mut self) {
        for place in 0..self.instructions.len() {
            if let Instruction::Branch(first) = self.instructions[place] {
                self.add_dispatch(first);
            }
        }
    }

    fn add_dispatch(&mut self, first: u32) -> Option<()> {
        let mut alternatives = Vec::new();
        let mut next = Some(first);
        while let Some(place) = next {
            let alternative = self.alternatives.get(place as usize)?;
            let has_table = match alternative.guard? {
                Item::Literal(_) | Item::Never => true,
                item @ Item::In(_) => item.table(self).is_some(),
                _ => false,
            };
            if !has_table || alternatives.len() == MAX {
                return None;
            }
            alternatives.try_reserve(1).ok()?;
            alternatives.push(place);
            next = alternative.next;
        }
        if alternatives.len() < MIN {
            return None;
        }
        self.dispatches.try_reserve(1).ok()?;
        for (index, place) in alternatives.iter().enumerate() {
            let alternative = self.alternatives.get_mut(*place as usize)?;
            alternative.dispatch = Some((self.dispatches.len() as u32, index as u8));
        }
        self.dispatches.push(Dispatch { alternatives, sets: OnceLock::new() });
        Some(())
    }

    /// The first alternative, if the program is a branch of literals without groups: `cat|dog`.
    pub(super) fn first_word(&self) -> Option<u32> {
        let [Instruction::Branch(first), .., Instruction::Success] = *self.instructions else { return None };
        let end = self.instructions.len() - 1;
        let is_word = |alternative: &Alternative| {
            let body = self.instructions.iter().skip(alternative.body as usize);
            let is_character =
                |at: &&Instruction| matches!(at, Instruction::Literal { .. } | Instruction::Item(Item::Literal(_)));
            let mut after = body.skip_while(is_character);
            matches!(after.next(), Some(Instruction::Jump(target)) if *target as usize == end)
        };
        let mut next = Some(first);
        while let Some(place) = next {
            let alternative = self.alternatives.get(place as usize)?;
            if alternative.guard.is_none() || !is_word(alternative) {
                return None;
            }
            next = alternative.next;
        }
        (self.groups == 0).then_some(first)
    }

    /// The end of the literal of an alternative, if the literal is in the text at a position. The program is a branch of literals.
    #[inline(always)]
    pub(super) fn end_of_word<C: Unit>(&self, alternative: &Alternative, text: &[C], from: usize) -> Option<usize> {
        let mut position = from;
        for instruction in self.instructions.get(alternative.body as usize..)? {
            match *instruction {
                Instruction::Item(Item::Literal(character)) => {
                    if text.get(position)?.character() != character {
                        return None;
                    }
                    position += 1;
                }
                Instruction::Literal { start, len } => {
                    let literal = self.literals.get(start as usize..start as usize + len as usize)?;
                    if !equal(text.get(position..position + literal.len())?, literal) {
                        return None;
                    }
                    position += literal.len();
                }
                _ => break,
            }
        }
        Some(position)
    }

    /// The first alternative from this one on that can match at a character; `Some(None)` if none can. `None` if there is no
    /// table, or if the character is not in it.
    #[inline]
    pub(super) fn dispatched(&self, alternative: &Alternative, character: u32) -> Option<Option<(u32, &Alternative)>> {
        let (dispatch, index) = alternative.dispatch?;
        let dispatch = self.dispatches.get(dispatch as usize)?;
        let sets = dispatch.sets.get_or_init(|| self.sets_of(dispatch)).as_ref()?;
        let set = sets.get(character as usize)? >> index;
        if set == 0 {
            return Some(None);
        }
        let place = *dispatch.alternatives.get(usize::from(index) + set.trailing_zeros() as usize)?;
        Some(Some((place, self.alternatives.get(place as usize)?)))
    }

    #[cold]
    fn sets_of(&self, dispatch: &Dispatch) -> Option<Vec<u64>> {
        let mut sets = Vec::new();
        sets.try_reserve_exact(256).ok()?;
        sets.resize(256, 0_u64);
        for (index, place) in dispatch.alternatives.iter().enumerate() {
            match self.alternatives.get(*place as usize)?.guard? {
                Item::Literal(character) => {
                    if let Some(set) = sets.get_mut(character as usize) {
                        *set |= 1 << index;
                    }
                }
                item => {
                    let table = item.table(self);
                    for (set, is_in) in sets.iter_mut().zip(table.into_iter().flatten()) {
                        *set |= u64::from(*is_in) << index;
                    }
                }
            }
        }
        Some(sets)
    }
}
