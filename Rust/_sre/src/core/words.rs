//! A table of words, by which they are found in a text in which they are frequent.
//!
//! The table has a bit set for each character and each of the first four places of a word: the words that can have the character at
//! that place. The intersection of four such sets is the set of the words that can start at a position, and its first member is the
//! match, as the alternatives are tried in order. This takes no branch that depends on the text until there is a match, other than
//! an automaton, which returns to its first state after each of them. The table is that of the algorithm Shift-And (Baeza-Yates and
//! Gonnet, "A new approach to text searching", CACM 35(10), 1992).

use super::text::Unit;
use try_alloc::boxed;

/// The maximum number of words, that of the bits of a word.
pub(super) const MAX: usize = 64;
/// The number of characters of a word that are in the table.
const PLACES: usize = 4;
/// The number of positions that are looked at together.
pub(super) const BLOCK: usize = 64;

/// The words that can have a character at each of their first places.
type Row = [u64; PLACES];

/// The table.
#[derive(Debug)]
pub struct Words {
    rows: [Row; 256],
    /// The row of all characters above 255, and of the end of the text.
    other: Row,
    /// The number of each word.
    pub(super) alternatives: [u32; MAX],
    /// The length of each word, if it is in the table as a whole.
    pub(super) lens: [Option<u8>; MAX],
    count: usize,
}

impl Words {
    /// A table without words; `None` if the allocation fails.
    pub(super) fn new() -> Option<Box<Self>> {
        let none =
            Self { rows: [[0; PLACES]; 256], other: [0; PLACES], alternatives: [0; MAX], lens: [None; MAX], count: 0 };
        boxed(none).ok()
    }

    /// Adds a word, which the caller knows by a number. `None` if there are too many, or if it has a character above 255.
    pub(super) fn add<'a>(&mut self, number: u32, characters: impl Iterator<Item = &'a u32>) -> Option<()> {
        let index = self.count;
        *self.alternatives.get_mut(index)? = number;
        let mut place = 0;
        for character in characters {
            if let Some(set) = self.rows.get_mut(*character as usize)?.get_mut(place) {
                *set |= 1 << index;
            }
            place += 1;
        }
        // After a word that is shorter there may be anything.
        for row in self.rows.iter_mut().chain([&mut self.other]) {
            row.iter_mut().skip(place).for_each(|set| *set |= 1 << index);
        }
        *self.lens.get_mut(index)? = u8::try_from(place).ok().filter(|_| place <= PLACES);
        self.count += 1;
        Some(())
    }

    /// The words that can start at each of the next positions of a text, and one bit for each position at which there are any.
    #[inline(never)]
    pub(super) fn candidates<C: Unit>(&self, text: &[C], candidates: &mut [u64; BLOCK]) -> u64 {
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
