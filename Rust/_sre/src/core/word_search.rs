//! The search for words: a branch of literals, in a text in which they are frequent.

use super::characters::CharacterTypes;
use super::matcher::{Error, Matcher};
use super::program::{Instruction, Item, Program};
use super::text::Unit;
use super::words::{BLOCK, MAX, Words};

/// The minimum number of characters of a text for which the table is created.
const LONG: usize = 512;
/// The amount of work that a block without a match counts as: an automaton is faster if there are many.
const WITHOUT_MATCH: usize = 8;

impl Program {
    /// The table of the words, if the program is a branch of literals and a text of this length is worth it.
    #[inline]
    pub fn words(&self, length: usize) -> Option<&Words> {
        self.first_word?;
        if length < LONG {
            return None;
        }
        self.words.get_or_init(|| self.table_of_words()).as_deref()
    }

    /// `None` if this is not a branch of at most 64 literals, if these have characters above 255, or if the allocation fails.
    fn table_of_words(&self) -> Option<Box<Words>> {
        let mut next = Some(self.first_word?);
        let mut words = Words::new()?;
        while let Some(number) = next {
            let alternative = self.alternatives.get(number as usize)?;
            let literals =
                self.instructions.get(alternative.body as usize..)?.iter().map_while(|instruction| match instruction {
                    Instruction::Item(Item::Literal(character)) => Some(std::slice::from_ref(character)),
                    Instruction::Literal { start, len } => {
                        self.literals.get(*start as usize..*start as usize + *len as usize)
                    }
                    _ => None,
                });
            words.add(number, literals.flatten())?;
            next = alternative.next;
        }
        Some(words)
    }
}

impl<C: Unit, T: CharacterTypes> Matcher<'_, C, T> {
    /// Finds the matches of a program that is a branch of literals, from `start` on, and calls a function with the span of each until
    /// it returns `false`. Returns `false` at the end of the text.
    #[inline(never)]
    pub fn find_words(
        &mut self,
        words: &Words,
        mut found: impl FnMut(usize, usize) -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        let (program, text) = (self.program, self.text);
        let mut from = self.start;
        while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
            let mut candidates = [0; BLOCK];
            let mut bits = words.candidates(rest, &mut candidates);
            let mut end = from;
            while bits != 0 {
                let place = bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let start = from + place;
                let mut candidates = candidates[place % BLOCK];
                while candidates != 0 {
                    let word = candidates.trailing_zeros() as usize % MAX;
                    candidates &= candidates - 1;
                    let whole = match words.lens[word] {
                        Some(len) => Some(start + usize::from(len)),
                        None => {
                            let alternative = program.alternatives.get(words.alternatives[word] as usize);
                            alternative.and_then(|alternative| program.end_of_word(alternative, text, start))
                        }
                    };
                    if let Some(whole) = whole {
                        end = whole;
                        if !found(start, end)? {
                            return Ok(true);
                        }
                        // The next match does not start in this one.
                        bits &= u64::MAX.checked_shl((end - from) as u32).unwrap_or(0);
                        break;
                    }
                }
            }
            let work = if end > from { 1 } else { WITHOUT_MATCH };
            from = end.max(from + BLOCK);
            self.start = from;
            self.spend(work)?;
        }
        Ok(false)
    }
}
