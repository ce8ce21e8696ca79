//! The search for words: a branch of literals, in a text in which they are frequent.
//!
//! A table has a bit set for each character and each of the first four places of a word: the words that can have the character at
//! that place. The intersection of four such sets is the set of the words that can start at a position, and its first member is the
//! match, as the alternatives are tried in order. This takes no branch that depends on the text until there is a match, other than
//! an automaton, which returns to its first state after each of them. The table is that of the algorithm Shift-And (Baeza-Yates and
//! Gonnet, "A new approach to text searching", CACM 35(10), 1992).

use super::characters::CharacterTypes;
use super::matcher::{Error, Matcher};
use super::program::{Instruction, Item, Program};
use super::text::Unit;
use try_alloc::boxed;

/// The maximum number of words, that of the bits of a word.
const MAX: usize = 64;
/// The number of characters of a word that are in the table.
const PLACES: usize = 4;
/// The number of positions that are looked at together.
const BLOCK: usize = 64;
/// The minimum number of characters of a text for which the table is created.
const LONG: usize = 512;
/// The amount of work that a block without a match counts as: an automaton is faster if there are many.
const WITHOUT_MATCH: usize = 8;

/// The words that can have a character at each of their first places.
type Row = [u64; PLACES];

/// The table of the words of a program.
#[derive(Debug)]
pub struct Words {
    rows: [Row; 256],
    /// The row of all characters above 255, and of the end of the text.
    other: Row,
    /// The alternatives.
    alternatives: [u32; MAX],
    /// The length of each word, if it is in the table as a whole.
    lens: [Option<u8>; MAX],
}

impl Words {
    /// The words of a program; `None` if it is not a branch of at most 64 literals, if these have characters above 255, or if the
    /// allocation fails.
    fn of(program: &Program) -> Option<Box<Self>> {
        let mut next = Some(program.first_word?);
        let none = Self { rows: [[0; PLACES]; 256], other: [0; PLACES], alternatives: [0; MAX], lens: [None; MAX] };
        let mut words = boxed(none).ok()?;
        let mut count = 0;
        while let Some(number) = next {
            let alternative = program.alternatives.get(number as usize)?;
            *words.alternatives.get_mut(count)? = number;
            let mut place = 0;
            for instruction in program.instructions.get(alternative.body as usize..)? {
                let single;
                let characters = match *instruction {
                    Instruction::Item(Item::Literal(character)) => {
                        single = [character];
                        &single[..]
                    }
                    Instruction::Literal { start, len } => {
                        program.literals.get(start as usize..start as usize + len as usize)?
                    }
                    _ => break,
                };
                for character in characters {
                    let row = words.rows.get_mut(*character as usize)?;
                    if let Some(set) = row.get_mut(place) {
                        *set |= 1 << count;
                    }
                    place += 1;
                }
            }
            // After a word that is shorter there may be anything.
            let Self { rows, other, .. } = &mut *words;
            for row in rows.iter_mut().chain([other]) {
                row.iter_mut().skip(place).for_each(|set| *set |= 1 << count);
            }
            *words.lens.get_mut(count)? = u8::try_from(place).ok().filter(|_| place <= PLACES);
            count += 1;
            next = alternative.next;
        }
        Some(words)
    }

    /// The words that can start at each of the next positions of a text, and one bit for each position at which there are any.
    #[inline(never)]
    fn candidates<C: Unit>(&self, text: &[C], candidates: &mut [u64; BLOCK]) -> u64 {
        let mut rows = [&self.other; BLOCK + PLACES - 1];
        for (row, unit) in rows.iter_mut().zip(text) {
            *row = self.rows.get(unit.character() as usize).unwrap_or(&self.other);
        }
        let mut bits = 0_u64;
        for (words, rows) in candidates.iter_mut().zip(rows.windows(PLACES)).rev() {
            let [first, second, third, fourth] = *rows else { continue };
            *words = first[0] & second[1] & third[2] & fourth[3];
            bits = bits << 1 | u64::from(*words != 0);
        }
        bits
    }
}

impl Program {
    /// The table of the words, if the program is a branch of literals and a text of this length is worth it.
    #[inline]
    pub fn words(&self, length: usize) -> Option<&Words> {
        self.first_word?;
        if length < LONG {
            return None;
        }
        self.words.get_or_init(|| Words::of(self)).as_deref()
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
