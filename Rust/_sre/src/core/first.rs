//! The characters with which a match can start.
//!
//! The C module gets them from the compiler of `re`, for patterns that start with a literal or a set. Here they are derived from
//! the program, for any pattern that cannot match the empty string, so that a search does not run the program at positions where
//! it must fail. A failed attempt has no side effects, so this does not change the result. The set of the compiler is not used: it
//! does not contain the first characters of `(?a:\W)`, because the compiler ignores the scoped flags.

use super::characters::CharacterTypes;
use super::program::{At, First, Instruction, Item, Program};
use super::text::Unit;
use try_alloc::boxed;

/// The maximum number of instructions that are examined.
const STEPS: usize = 64;

impl First {
    /// The first characters of a program; `None` if a match can be empty, if they are unknown or include all characters, or if
    /// the allocation fails.
    pub fn of<T: CharacterTypes>(program: &Program, types: T) -> Option<Box<Self>> {
        let none = Self { table: [false; 256], others: false, at_beginning: false, at_end: false, needles: None };
        let mut first = boxed(none).ok()?;
        let mut steps = STEPS;
        first.add(program, types, 0, false, &mut steps)?;
        let mut bytes = (0..=255_u8).filter(|byte| first.table[usize::from(*byte)]);
        let needles = [bytes.next(), bytes.next(), bytes.next()];
        let more = bytes.next().is_some();
        if let ([Some(byte), second, third], false) = (needles, more) {
            first.needles = Some([byte, second.unwrap_or(byte), third.or(second).unwrap_or(byte)]);
        }
        (first.table.contains(&false) || !first.others).then_some(first)
    }

    /// Adds the first characters of the code at `start`; `None` if they are unknown, or if it can match the empty string other than
    /// at the end. `is_end` says that the code comes after an assertion of the end of the string or of a line.
    fn add<T: CharacterTypes>(
        &mut self,
        program: &Program,
        types: T,
        start: usize,
        is_end: bool,
        steps: &mut usize,
    ) -> Option<()> {
        let (mut pc, mut is_end) = (start, is_end);
        loop {
            *steps = steps.checked_sub(1)?;
            match *program.instructions.get(pc)? {
                Instruction::Item(item) => return self.add_item(program, types, item),
                Instruction::Literal { start, .. } => {
                    return self.add_item(program, types, Item::Literal(*program.literals.get(start as usize)?));
                }
                Instruction::At(At::Beginning) => {
                    self.at_beginning = true;
                    return Some(());
                }
                Instruction::At(At::End | At::EndLine | At::EndString) => {
                    is_end = true;
                    pc += 1;
                }
                // Another assertion only restricts the match.
                Instruction::Mark(_) | Instruction::At(_) | Instruction::AtomicGroup { .. } => pc += 1,
                Instruction::Jump(target) => pc = target as usize,
                Instruction::Assert { after, .. } | Instruction::AssertNot { after, .. } => pc = after as usize,
                Instruction::Branch(alternative) => {
                    let mut next = Some(alternative);
                    while let Some(place) = next {
                        let alternative = program.alternatives.get(place as usize)?;
                        self.add(program, types, alternative.body as usize, is_end, steps)?;
                        next = alternative.next;
                    }
                    return Some(());
                }
                Instruction::RepeatOne(place)
                | Instruction::MinRepeatOne(place)
                | Instruction::PossessiveRepeatOne(place) => {
                    let repeat = program.repeats.get(place as usize)?;
                    self.add_item(program, types, repeat.item)?;
                    if repeat.min > 0 {
                        return Some(());
                    }
                    pc += 1;
                }
                Instruction::Repeat(place) | Instruction::PossessiveRepeat(place) => {
                    let repeat = program.loops.get(place as usize)?;
                    self.add(program, types, repeat.body as usize, is_end, steps)?;
                    if repeat.min > 0 {
                        return Some(());
                    }
                    pc = repeat.until as usize + 1;
                }
                Instruction::Failure => return Some(()),
                // The end of the program, before a line feed or at the end of the string.
                Instruction::Success if is_end && pc + 1 == program.instructions.len() => {
                    self.at_end = true;
                    return self.add_item(program, types, Item::Literal(0x0a));
                }
                // The end of the program or of a body, which can be empty; or the text of a group.
                Instruction::Success
                | Instruction::MaxUntil
                | Instruction::MinUntil
                | Instruction::GroupRef { .. }
                | Instruction::GroupRefExists { .. } => return None,
            }
        }
    }

    fn add_item<T: CharacterTypes>(&mut self, program: &Program, types: T, item: Item) -> Option<()> {
        match item {
            Item::Never => {}
            Item::Literal(character) => match self.table.get_mut(character as usize) {
                Some(place) => *place = true,
                None => self.others = true,
            },
            Item::In(set) => {
                let table = program.sets.get(set as usize)?.table()?;
                self.table.iter_mut().zip(table).for_each(|(place, is_in)| *place |= is_in);
                self.others |= program.sets.get(set as usize)?.has_others();
            }
            // The locale may change between searches.
            Item::LiteralLocIgnore(_) | Item::NotLiteralLocIgnore(_) => return None,
            _ => {
                for (character, place) in (0..).zip(&mut self.table) {
                    *place |= item.matches(program, types, character);
                }
                self.others |= !matches!(item, Item::LiteralIgnore(0..256));
            }
        }
        Some(())
    }

    /// Whether a match can start at a position whatever the character there is.
    pub(super) fn may_be_empty(&self) -> bool {
        self.at_beginning || self.at_end
    }

    /// Whether a match can start with a character.
    #[inline(always)]
    pub fn contains(&self, character: u32) -> bool {
        self.table.get(character as usize).copied().unwrap_or(self.others)
    }

    /// The position of the first character of a text with which a match can start.
    #[inline]
    pub fn find<C: Unit>(&self, text: &[C]) -> Option<usize> {
        if let Some([a, b, c]) = self.needles
            && (size_of::<C>() == 1 || !self.others)
        {
            let unit = |byte: u8| C::from_character(byte.into());
            let needles = [unit(a)?, unit(b)?, unit(c)?];
            return if a == b {
                C::find(text, needles[0])
            } else if b == c {
                C::find2(text, [needles[0], needles[1]])
            } else {
                C::find3(text, needles)
            };
        }
        if size_of::<C>() == 1 {
            return text.iter().position(|unit| self.table[usize::from(unit.character() as u8)]);
        }
        let mut start = 0;
        if let Some(needles) = self.needles {
            // Blocks without candidates, which the compiler compares with vector instructions.
            const BLOCK: usize = 32;
            let [a, b, c] = needles.map(u32::from);
            let is_candidate = |character| character > 255 || character == a || character == b || character == c;
            let is_free =
                |block: &&[C]| !block.iter().fold(false, |found, unit| found | is_candidate(unit.character()));
            start = text.chunks_exact(BLOCK).take_while(is_free).count() * BLOCK;
        }
        let place = text.get(start..)?.iter().position(|unit| self.contains(unit.character()))?;
        Some(start + place)
    }
}
