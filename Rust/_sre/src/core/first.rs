//! The characters with which a match can start.
//!
//! The C module gets them from the compiler of `re`, for patterns that start with a literal or a set. Here they are derived from
//! the program, for any pattern that cannot match the empty string, so that a search does not run the program at positions where
//! it must fail. A failed attempt has no side effects, so this does not change the result. The set of the compiler is not used: it
//! does not contain the first characters of `(?a:\W)`, because the compiler ignores the scoped flags.

use super::characters::{CharacterTypes, lower_unicode};
use super::program::{At, First, Instruction, Item, Others, Program};
use super::text::Unit;
use try_alloc::boxed;

/// The maximum number of instructions that are examined.
const STEPS: usize = 64;

impl First {
    /// The first characters of a program; `None` if a match can be empty other than at the beginning of the string and at the end of
    /// the string or of a line, if they are unknown or include all characters, or if the allocation fails.
    pub fn of<T: CharacterTypes>(program: &Program, types: T) -> Option<Box<Self>> {
        let none = Self {
            table: [false; 256],
            others: Others::None,
            at_beginning: false,
            at_end: false,
            is_sparse: false,
            needles: None,
        };
        let mut first = boxed(none).ok()?;
        let mut steps = STEPS;
        first.add(program, types, 0, false, &mut steps)?;
        let mut bytes = (0..=255_u8).filter(|byte| first.table[usize::from(*byte)]);
        let needles = [bytes.next(), bytes.next(), bytes.next()];
        let more = bytes.next().is_some();
        first.is_sparse = !more;
        if let ([Some(byte), second, third], false) = (needles, more) {
            first.needles = Some([byte, second.unwrap_or(byte), third.or(second).unwrap_or(byte)]);
        }
        (first.table.contains(&false) || first.others != Others::Any).then_some(first)
    }

    /// Adds the first characters of the code at `start`; `None` if they are unknown, or if it can match the empty string elsewhere than
    /// at the end. `is_end` says whether the code comes after an assertion of the end of the string or of a line.
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
                None => self.others = self.others.and(character),
            },
            Item::In(set) => {
                let set = program.sets.get(set as usize)?;
                self.table.iter_mut().zip(set.table()?).for_each(|(place, is_in)| *place |= is_in);
                if set.has_others() {
                    self.others = Others::Any;
                }
            }
            // The locale may change between searches.
            Item::LiteralLocIgnore(_) | Item::NotLiteralLocIgnore(_) => return None,
            _ => {
                for (character, place) in (0..).zip(&mut self.table) {
                    *place |= item.matches(program, types, character);
                }
                self.others = match item {
                    Item::LiteralIgnore(literal) => self.others.and(literal),
                    Item::LiteralUniIgnore(lower) => with_lower_case(types, lower).fold(self.others, Others::and),
                    _ => Others::Any,
                };
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
    fn contains(&self, character: u32) -> bool {
        match (self.table.get(character as usize), self.others) {
            (Some(is_first), _) => *is_first,
            (None, Others::None) => false,
            (None, Others::Few(few)) => few.contains(&character),
            (None, Others::Any) => true,
        }
    }

    /// The position of the first character of a text with which a match can start.
    #[inline]
    pub fn find<C: Unit>(&self, text: &[C]) -> Option<usize> {
        if size_of::<C>() > 1 {
            return self.find_wide(text);
        }
        if let Some(needles) = self.needles {
            let [a, b, c] = needles.map(|byte| C::from_character(byte.into()));
            return match (a?, b?, c?) {
                (a, b, c) if a == b && b == c => C::find(text, a),
                (a, b, c) if b == c => C::find2(text, [a, b]),
                (a, b, c) => C::find3(text, [a, b, c]),
            };
        }
        text.iter().position(|unit| self.table[usize::from(unit.character() as u8)])
    }

    /// As [`find`](Self::find), in text of more than one byte a character.
    #[inline(never)]
    fn find_wide<C: Unit>(&self, text: &[C]) -> Option<usize> {
        /// The number of characters that are looked at first.
        const NEAR: usize = 16;
        /// The length of a block.
        const BLOCK: usize = 64;

        let is_first = |unit: &C| self.contains(unit.character());
        let near = text.get(..NEAR).unwrap_or(text);
        if let Some(place) = near.iter().position(is_first) {
            return Some(place);
        }
        let mut start = near.len();
        if self.is_sparse {
            // Blocks without such a character are skipped by vector instructions, which the compiler generates for these loops.
            let few = if let Others::Few(few) = &self.others { &few[..] } else { &[] };
            let narrow = self.needles.iter().flatten().map(|byte| u32::from(*byte));
            let mut needles = [0; 11];
            let mut count = 0;
            for needle in narrow.chain(few.iter().copied()) {
                if !needles[..count].contains(&needle) {
                    needles[count] = needle;
                    count += 1;
                }
            }
            let has_any = self.others == Others::Any;
            let is_free = |block: &&[C]| {
                let is_wide = has_any && block.iter().fold(false, |found, unit| found | (unit.character() > 255));
                !is_wide
                    && needles[..count]
                        .iter()
                        .filter_map(|needle| C::from_character(*needle))
                        .all(|needle| !block.iter().fold(false, |found, unit| found | (*unit == needle)))
            };
            start += text.get(start..)?.chunks_exact(BLOCK).take_while(is_free).count() * BLOCK;
        }
        let place = text.get(start..)?.iter().position(is_first)?;
        Some(start + place)
    }
}

/// The characters whose lower case is `lower`.
///
/// Most of them are that character, its upper case, or the title case of a Greek letter, which comes 8 or 9 characters after it. These
/// are the others. A test compares with the lower case of all characters.
fn with_lower_case<T: CharacterTypes>(types: T, lower: u32) -> impl Iterator<Item = u32> {
    const MORE: [u32; 10] = [0x130, 0x1C5, 0x1C8, 0x1CB, 0x1F2, 0x3F4, 0x1E9E, 0x2126, 0x212A, 0x212B];
    let candidates = [lower, types.upper(lower), lower.saturating_add(8), lower.saturating_add(9)];
    candidates.into_iter().chain(MORE).filter(move |character| lower_unicode(types, *character) == lower)
}

impl Others {
    /// These characters, and another one, unless it is one of the first 256.
    fn and(self, character: u32) -> Self {
        match self {
            _ if character < 256 => self,
            Self::None => Self::Few([character; 8]),
            Self::Few(mut few) => {
                // The first one is repeated at the end.
                let last = few.iter().rposition(|other| *other != few[0]).unwrap_or(0);
                if few.contains(&character) {
                    return self;
                }
                match few.get_mut(last + 1) {
                    Some(place) => *place = character,
                    None => return Self::Any,
                }
                Self::Few(few)
            }
            Self::Any => Self::Any,
        }
    }
}
