//! Programs that never backtrack.
//!
//! Many patterns are a sequence of characters, assertions, groups and repeats of one character, in which the character after a
//! repeat cannot be matched by the repeat: `(\w+)=(\d*)`. Then a repeat that gives back a character leads to a failure, because
//! the tail would have to match that character: the repeat could be possessive, as PCRE2 makes it ("auto-possessification"). A
//! program in which this is true of all repeats is run once, from the first instruction to the last, without a stack.

use super::characters::CharacterTypes;
use super::matcher::{Error, STRETCH, is_at};
use super::program::{At, First, Instruction, Item, Program, RepeatOne, Start, Straight};
use super::search::find_literal;
use super::text::{Unit, equal};

/// The maximum number of groups of such a program: the marks that it sets are counted in a word.
const GROUPS: usize = 32;
/// The number of instructions that count as one unit of work, whether they consume characters or not.
const INSTRUCTIONS: usize = 64;
/// The maximum number of instructions that are examined for the tail of a repeat.
const TAIL: usize = 8;

impl Straight {
    const ALWAYS: Self = Self { bytes: true, wide: true };

    fn and(self, other: Self) -> Self {
        Self { bytes: self.bytes && other.bytes, wide: self.wide && other.wide }
    }

    /// Items that are disjoint on wider characters are also disjoint on bytes, so that `bytes` is set whenever `wide` is.
    fn is_never(self) -> bool {
        !self.bytes
    }
}

impl Program {
    /// Whether the program never backtracks.
    pub(super) fn find_out_whether_straight<T: CharacterTypes>(&self, types: T) -> Straight {
        let never = Straight::default();
        let Some((Instruction::Success, instructions)) = self.instructions.split_last() else { return never };
        let mut straight = Straight::ALWAYS;
        // The marks that have been set: each group starts, and then ends, once.
        let mut marks = 0_u64;
        for instruction in instructions {
            match *instruction {
                Instruction::Item(_)
                | Instruction::Literal { .. }
                | Instruction::At(_)
                | Instruction::RepeatOne(_)
                | Instruction::PossessiveRepeatOne(_) => {}
                Instruction::Mark(mark) if mark < 2 * GROUPS as u32 => {
                    let is_after_start = mark & 1 == 0 || marks >> (mark - 1) & 1 != 0;
                    if !is_after_start || marks >> mark & 1 != 0 {
                        return never;
                    }
                    marks |= 1 << mark;
                }
                _ => return never,
            }
        }
        if marks.count_ones() as usize != 2 * self.groups {
            return never;
        }
        // Whether all instructions after the current one are optional.
        let mut is_tail_optional = true;
        for (place, instruction) in instructions.iter().enumerate().rev() {
            match *instruction {
                Instruction::RepeatOne(repeat) => {
                    let Some(repeat) = self.repeats.get(repeat as usize) else { return never };
                    straight = straight.and(self.is_greedy_right(repeat, place + 1, is_tail_optional, types));
                    if straight.is_never() {
                        return never;
                    }
                    is_tail_optional &= repeat.min == 0;
                }
                Instruction::Mark(_) => {}
                _ => is_tail_optional = false,
            }
        }
        straight
    }

    /// Whether a repeat never has to give back characters. `tail` is the index of the instruction after it.
    fn is_greedy_right<T: CharacterTypes>(
        &self,
        repeat: &RepeatOne,
        tail: usize,
        is_tail_optional: bool,
        types: T,
    ) -> Straight {
        if repeat.min == repeat.max {
            return Straight::ALWAYS;
        }
        let tail = self.instructions.get(tail..).unwrap_or_default();
        let mut right = Straight::ALWAYS;
        let mut and = |other: Item| {
            let (bytes, wide) = Item::are_disjoint([repeat.item, other], self, types);
            right = right.and(Straight { bytes, wide });
            right
        };
        // If the tail consists of optional items, the first attempt is a match. It is also a match of the whole text if there is
        // one: in a match in which the repeat has fewer characters, the tail matches the next character, which the repeat can match
        // instead. Repeating this leads to the first attempt.
        let other = if is_tail_optional { Straight::ALWAYS } else { Straight::default() };
        // Whether none of the assertions so far holds before a character that the repeat matches.
        let mut excludes = true;
        // Whether all assertions so far are `$` or `\Z`, which hold at the end, and `$` before a newline there, too. When the repeat
        // gives back a character, it has matched up to the end or to such a newline, where they hold as well: if the first attempt
        // fails, all others do.
        let mut are_ends = true;
        for instruction in tail.iter().take(TAIL) {
            let right = match *instruction {
                Instruction::Mark(_) => continue,
                Instruction::At(at) => {
                    excludes &= self.is_excluded(repeat.item, at, types);
                    are_ends &= matches!(at, At::End | At::EndString);
                    continue;
                }
                Instruction::Item(item) => and(item),
                Instruction::Literal { start, .. } => match self.literals.get(start as usize) {
                    Some(literal) => and(Item::Literal(*literal)),
                    None => return other,
                },
                Instruction::RepeatOne(place) | Instruction::PossessiveRepeatOne(place) => {
                    let Some(next) = self.repeats.get(place as usize) else { return other };
                    let right = and(next.item);
                    if next.min == 0 && right.bytes {
                        continue;
                    }
                    right
                }
                // A match in which the repeat has fewer characters is shorter, and so never a match of the whole text.
                Instruction::Success if excludes || are_ends => right,
                _ => return other,
            };
            return if right.bytes { right } else { other };
        }
        other
    }

    /// Whether an assertion never holds at a position at which an item matches.
    fn is_excluded<T: CharacterTypes>(&self, item: Item, at: At, types: T) -> bool {
        match at {
            At::EndString => true,
            // It also holds before a line feed.
            At::End | At::EndLine => !item.is_locale(self) && !item.matches(self, types, 0x0a),
            _ => false,
        }
    }

    /// Whether the program never backtracks on a text of this width.
    #[inline(always)]
    pub fn is_straight_on<C: Unit>(&self) -> bool {
        if size_of::<C>() == 1 { self.straight.bytes } else { self.straight.wide }
    }

    /// Runs a program that never backtracks, or its part from the instruction `entry` on. Returns the end of the match.
    #[inline(always)]
    pub fn run_straight<C: Unit, T: CharacterTypes>(
        &self,
        types: T,
        (entry, from): (usize, usize),
        text: &[C],
        is_at: impl Fn(At, usize) -> bool,
        mut set_mark: impl FnMut(u32, usize),
        mut spend: impl FnMut(usize) -> Result<(), Error>,
    ) -> Result<Option<usize>, Error> {
        let mut position = from;
        for (number, instruction) in self.instructions.get(entry..).unwrap_or_default().iter().enumerate() {
            if number % INSTRUCTIONS == INSTRUCTIONS - 1 {
                spend(1)?;
            }
            match *instruction {
                Instruction::Item(item) => match text.get(position) {
                    Some(unit) if item.matches(self, types, unit.character()) => position += 1,
                    _ => return Ok(None),
                },
                Instruction::Literal { start, len } => {
                    let (start, len) = (start as usize, len as usize);
                    match (text.get(position..position + len), self.literals.get(start..start + len)) {
                        (Some(units), Some(literal)) if equal(units, literal) => position += len,
                        _ => return Ok(None),
                    }
                }
                Instruction::At(at) => {
                    if !is_at(at, position) {
                        return Ok(None);
                    }
                }
                Instruction::Mark(mark) => set_mark(mark, position),
                Instruction::RepeatOne(place) | Instruction::PossessiveRepeatOne(place) => {
                    let repeat = self.repeats.get(place as usize).ok_or(Error::Program)?;
                    // After `endpos`, not even zero repetitions match.
                    let Some(rest) = text.get(position..) else { return Ok(None) };
                    let rest = rest.get(..repeat.max).unwrap_or(rest);
                    let mut count = repeat.item.count(self, types, rest.get(..STRETCH).unwrap_or(rest));
                    spend(repeat.item.work(count))?;
                    if count == STRETCH {
                        let rest = rest.get(STRETCH..).unwrap_or_default();
                        count += count_long(self, types, repeat.item, rest, &mut spend)?;
                    }
                    if count < repeat.min {
                        return Ok(None);
                    }
                    position += count;
                }
                _ => return Ok(Some(position)),
            }
        }
        Ok(Some(position))
    }
}

/// The maximum number of characters of a text that is matched without a call of the poll function.
const SOON: usize = 1 << 16;
/// The same for a search that tries several positions: at each of them it may read all the characters.
const SOON_SQUARE: usize = 1 << 6;

impl Program {
    /// Whether [`find_soon`](Self::find_soon) may support a program.
    #[inline(always)]
    pub fn may_be_found_soon<C: Unit>(&self) -> bool {
        self.is_straight_on::<C>() || self.is_literal()
    }

    /// The match at the position `from` of a string or, if `is_search` is set, the leftmost one from there on. It ends at `end` or
    /// before and, if `match_all` is set, at `end`. Supported are the most frequent cases, which take little time and need no matcher:
    /// programs that never backtrack, and the search for a literal. `None` for other cases; `Some(None)` if there is no match.
    #[inline(always)]
    pub fn find_soon<C: Unit, T: CharacterTypes>(
        &self,
        types: T,
        full: &[C],
        (from, end): (usize, usize),
        (is_search, match_all): (bool, bool),
        mut set_mark: impl FnMut(u32, usize),
    ) -> Option<Option<(usize, usize)>> {
        let text = full.get(..end).unwrap_or(full);
        let rest = text.get(from..)?;
        if rest.len() > SOON {
            return None;
        }
        if rest.len() < self.min_width {
            return Some(None);
        }
        if let (true, Start::Prefix { len, skip, is_all: true, .. }) = (is_search, &self.start) {
            let characters = self.literals.get(..*len)?;
            let place = match *characters {
                [character] => C::from_character(character).and_then(|unit| C::find(rest, unit)),
                _ if rest.len() <= SOON_SQUARE => find_literal(rest, characters, None),
                _ => return None,
            };
            return Some(place.map(|place| (from + place, from + place + skip)));
        }
        if !self.is_straight_on::<C>() {
            return None;
        }
        let mut start = from;
        let first = if is_search && !self.is_anchored {
            let first = self.first.get_or_init(|| First::of(self, types)).as_deref()?;
            if rest.len() > SOON_SQUARE || first.may_be_empty() {
                return None;
            }
            Some(first)
        } else {
            None
        };
        loop {
            if let Some(first) = first {
                match first.find(text.get(start..)?) {
                    Some(place) => start += place,
                    None => return Some(None),
                }
            }
            let is_at = |at, position| is_at(at, position, text, full, types);
            let found = self.run_straight(types, (0, start), text, is_at, &mut set_mark, |_| Ok(())).ok()?;
            match found.filter(|end| !match_all || *end == text.len()) {
                Some(end) => return Some(Some((start, end))),
                None if first.is_none() => return Some(None),
                None => start += 1,
            }
        }
    }
}

/// The number of characters at the start of a long text that match an item.
#[inline(never)]
fn count_long<C: Unit, T: CharacterTypes>(
    program: &Program,
    types: T,
    item: Item,
    text: &[C],
    spend: &mut impl FnMut(usize) -> Result<(), Error>,
) -> Result<usize, Error> {
    let mut total = 0;
    for stretch in text.chunks(STRETCH) {
        let count = item.count(program, types, stretch);
        total += count;
        spend(item.work(count))?;
        if count < stretch.len() {
            break;
        }
    }
    Ok(total)
}
