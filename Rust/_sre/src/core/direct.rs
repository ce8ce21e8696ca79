//! Runs a code list as it is.
//!
//! Translating a code list takes several times as long as matching a short text once, and many patterns are used once or twice. The
//! first matches of a pattern in short texts therefore run the list, as the C module does, with the results of the matcher. Only
//! what is simple is supported: characters, sets, groups, repeats of one character, alternatives and assertions, with a few choice
//! points. Anything else is left to the program.

use super::characters::{CharacterTypes, is_in};
use super::constants::{MAXREPEAT, category, info, op};
use super::matcher::is_at;
use super::program::Item;
use super::set::is_member;
use super::text::{Unit, equal};
use super::translate::position as at;

/// The maximum number of characters of a text.
const SHORT: usize = 64;
/// The maximum number of choice points.
const CHOICES: usize = 8;
/// The maximum number of groups.
const GROUPS: usize = 8;
/// The maximum number of failures: the program fails more cheaply.
const FAILURES: usize = 64;
/// The maximum depth of nested assertions.
const DEPTH: usize = 4;
/// No position.
const NOWHERE: u32 = u32::MAX;

/// A choice point.
#[derive(Clone, Copy)]
struct Choice {
    /// The tail of a repeat, or the next alternative.
    pc: u32,
    position: u32,
    /// The lowest position at which the tail of the repeat may start; `NOWHERE` for an alternative.
    low: u32,
    mark_count: u32,
    last_index: u32,
}

/// A match of a code list, which has been validated.
pub struct Direct<'a, C, T> {
    code: &'a [u32],
    /// The string up to `endpos`.
    text: &'a [C],
    full: &'a [C],
    types: T,
    match_all: bool,
    marks: [u32; 2 * GROUPS],
    mark_count: u32,
    last_index: u32,
    choices: [Choice; CHOICES],
    /// The number of choice points.
    len: usize,
    /// The number of failures that are left.
    left: usize,
}

impl<C, T> std::fmt::Debug for Direct<'_, C, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct").finish_non_exhaustive()
    }
}

impl<'a, C: Unit, T: CharacterTypes> Direct<'a, C, T> {
    /// A match in a string up to `end`; `None` if there are too many groups.
    #[inline]
    pub fn new(code: &'a [u32], groups: usize, full: &'a [C], end: usize, match_all: bool, types: T) -> Option<Self> {
        let none = Choice { pc: 0, position: 0, low: 0, mark_count: 0, last_index: 0 };
        (groups <= GROUPS).then(|| Self {
            code,
            text: full.get(..end).unwrap_or(full),
            full,
            types,
            match_all,
            marks: [NOWHERE; 2 * GROUPS],
            mark_count: 0,
            last_index: 0,
            choices: [none; CHOICES],
            len: 0,
            left: FAILURES,
        })
    }

    /// The span of the match at `start` or, if `is_search` is set, of the leftmost one from there on; `Some(None)` if there is none.
    /// `None` if this is not supported.
    #[inline]
    pub fn find(&mut self, start: usize, is_search: bool) -> Option<Option<(usize, usize)>> {
        let rest = self.text.get(start..)?;
        if rest.len() > SHORT || self.text.len().max(self.code.len()) >= NOWHERE as usize {
            return None;
        }
        let mut pc = 0;
        if let [op::INFO, skip, flags, min_width, ..] = *self.code {
            if rest.len() < min_width as usize {
                return Some(None);
            }
            if is_search && flags & info::LITERAL != 0 {
                let [len, skip] = *self.code.get(5..7)? else { return None };
                let literal = self.code.get(7..7 + len as usize).filter(|literal| !literal.is_empty())?;
                let place = rest.windows(literal.len()).position(|units| equal(units, literal));
                return Some(place.map(|place| (start + place, start + place + skip as usize)));
            }
            pc = 1 + skip as usize;
        }
        for start in start..=self.text.len() {
            if let Some(end) = self.run(pc, start, 0)? {
                return Some(Some((start, end)));
            }
            if !is_search {
                break;
            }
            (self.mark_count, self.last_index) = (0, 0);
        }
        Some(None)
    }

    /// Where a group, from 0 on, has matched.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        if group * 2 + 1 >= self.mark_count as usize {
            return None;
        }
        match self.marks.get(group * 2..group * 2 + 2)? {
            [NOWHERE, _] | [_, NOWHERE] => None,
            [start, end] => Some((*start as usize, *end as usize)),
            _ => None,
        }
    }

    /// The number of the group that was closed last, from 1 on; 0 if there is none.
    #[inline]
    pub fn last_index(&self) -> u32 {
        self.last_index
    }

    /// The end of a match of the code at `pc`, up to `SUCCESS`; `Some(None)` if it fails, and `None` if it is not supported.
    fn run(&mut self, pc: usize, from: usize, depth: usize) -> Option<Option<usize>> {
        let (code, text, types) = (self.code, self.text, self.types);
        let base = self.len;
        let (mut pc, mut position) = (pc, from);
        loop {
            let has_matched = match *code.get(pc..)? {
                [op::SUCCESS, ..] => {
                    if depth > 0 || !self.match_all || position == text.len() {
                        // The choice points of a body are given up.
                        self.len = base;
                        return Some(Some(position));
                    }
                    false
                }
                [op::MARK, mark, ..] => {
                    self.set_mark(mark, position)?;
                    pc += 2;
                    true
                }
                [op::AT, argument, ..] => {
                    pc += 2;
                    is_at(at(argument)?, position, text, self.full, types)
                }
                [op::REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE, skip, min, max, ..] => {
                    let (item, _) = self.item(pc + 4)?;
                    let rest = text.get(position..)?;
                    let rest = if max == MAXREPEAT { rest } else { rest.get(..max as usize).unwrap_or(rest) };
                    let count = self.count(item, rest);
                    let tail = pc + 1 + skip as usize;
                    let low = position + min as usize;
                    position += count;
                    if position > low && code.get(pc) == Some(&op::REPEAT_ONE) {
                        self.push(tail, position, low as u32)?;
                    }
                    pc = tail;
                    position >= low
                }
                [op::BRANCH, ..] => {
                    pc = self.alternative(pc + 1, position)?;
                    true
                }
                [op::JUMP | op::INFO, skip, ..] => {
                    pc += 1 + skip as usize;
                    true
                }
                [opcode @ (op::ASSERT | op::ASSERT_NOT), skip, back, ..] if depth < DEPTH => {
                    let before = (self.mark_count, self.last_index);
                    let found = match position.checked_sub(back as usize) {
                        Some(behind) => self.run(pc + 3, behind, depth + 1)?.is_some(),
                        None => false,
                    };
                    if opcode == op::ASSERT_NOT {
                        (self.mark_count, self.last_index) = before;
                    }
                    pc += 1 + skip as usize;
                    found == (opcode == op::ASSERT)
                }
                _ => {
                    let (item, next) = self.item(pc)?;
                    let found = text.get(position).is_some_and(|unit| self.matches(item, unit.character()));
                    (pc, position) = (next, position + 1);
                    found
                }
            };
            if !has_matched {
                if self.len == base {
                    return Some(None);
                }
                (pc, position) = self.backtrack()?;
            }
        }
    }

    /// The item at `pc`, and the index after it.
    #[inline]
    fn item(&self, pc: usize) -> Option<(Item, usize)> {
        Some(match *self.code.get(pc..)? {
            [op::LITERAL, character, ..] => (Item::Literal(character), pc + 2),
            [op::NOT_LITERAL, character, ..] => (Item::NotLiteral(character), pc + 2),
            [op::IN, skip, ..] => (Item::In(u32::try_from(pc + 2).ok()?), pc + 1 + skip as usize),
            [op::ANY, ..] => (Item::Any, pc + 1),
            [op::ANY_ALL, ..] => (Item::AnyAll, pc + 1),
            [op::FAILURE, ..] => (Item::Never, pc + 1),
            _ => return None,
        })
    }

    #[inline(always)]
    fn matches(&self, item: Item, character: u32) -> bool {
        let is_in = |start: u32| is_member(self.code.get(start as usize..).unwrap_or_default(), self.types, character);
        item.matches_with(self.types, character, is_in)
    }

    /// The length of the run of characters at the start of a text that match an item.
    #[inline]
    fn count(&self, item: Item, text: &[C]) -> usize {
        let types = self.types;
        let other = match item {
            Item::In(start) => match *self.code.get(start as usize..).unwrap_or_default() {
                [op::CATEGORY, category, op::FAILURE, ..]
                    if !matches!(category, category::LOC_WORD | category::LOC_NOT_WORD)
                        && let Some(table) = types.shared_table(category) =>
                {
                    text.iter().position(|unit| match table.get(unit.character() as usize) {
                        Some(is_in) => !is_in,
                        None => !is_in(types, category, unit.character()),
                    })
                }
                ref members => text.iter().position(|unit| !is_member(members, types, unit.character())),
            },
            Item::NotLiteral(character) => text.iter().position(|unit| unit.character() == character),
            _ => text.iter().position(|unit| !self.matches(item, unit.character())),
        };
        other.unwrap_or(text.len())
    }

    /// The body of the first alternative, whose skip is at `place`, with a choice point for the next one.
    #[inline]
    fn alternative(&mut self, place: usize, position: usize) -> Option<usize> {
        let next = place + *self.code.get(place)? as usize;
        if *self.code.get(next)? != 0 {
            self.push(next, position, NOWHERE)?;
        }
        Some(place + 1)
    }

    #[inline]
    fn push(&mut self, pc: usize, position: usize, low: u32) -> Option<()> {
        let (mark_count, last_index) = (self.mark_count, self.last_index);
        *self.choices.get_mut(self.len)? =
            Choice { pc: pc as u32, position: position as u32, low, mark_count, last_index };
        self.len += 1;
        Some(())
    }

    /// Resumes the newest choice point.
    #[inline]
    fn backtrack(&mut self) -> Option<(usize, usize)> {
        self.left = self.left.checked_sub(1)?;
        let last = self.len.checked_sub(1)?;
        let choice = self.choices.get_mut(last)?;
        (self.mark_count, self.last_index) = (choice.mark_count, choice.last_index);
        if choice.low == NOWHERE {
            let (next, position) = (choice.pc as usize, choice.position as usize);
            self.len = last;
            return Some((self.alternative(next, position)?, position));
        }
        choice.position -= 1;
        if choice.position == choice.low {
            self.len = last;
        }
        Some((choice.pc as usize, choice.position as usize))
    }

    #[inline]
    fn set_mark(&mut self, mark: u32, position: usize) -> Option<()> {
        if mark & 1 != 0 {
            self.last_index = mark / 2 + 1;
        }
        *self.marks.get_mut(mark as usize)? = position as u32;
        if mark >= self.mark_count {
            // The marks in between are unset.
            self.marks.get_mut(self.mark_count as usize..mark as usize)?.fill(NOWHERE);
            self.mark_count = mark + 1;
        }
        Some(())
    }
}
