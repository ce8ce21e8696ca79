//! Character sets.
//!
//! A set in a code list is a list of members; the first member that contains a character decides. The results for the first 256
//! characters are in a table; for other characters, and for sets that depend on the locale, the members are evaluated.

use super::characters::{CharacterTypes, is_in, lower_ascii, lower_locale, lower_unicode, upper_locale, upper_unicode};
use super::constants::{category, op};
use std::ops::Deref;
use try_alloc::{NoMemory, boxed};

/// How the case of a character is folded before it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Not at all.
    None,
    /// To lower case in ASCII.
    Ascii,
    /// To lower case.
    Unicode,
    /// To lower case, then to upper case, in the current locale.
    Locale,
}

/// A table of the first 256 characters.
#[derive(Debug)]
enum Table {
    Shared(&'static [bool; 256]),
    Own(Box<[bool; 256]>),
}

impl Deref for Table {
    type Target = [bool; 256];

    #[inline(always)]
    fn deref(&self) -> &[bool; 256] {
        match self {
            Self::Shared(table) => table,
            Self::Own(table) => table,
        }
    }
}

/// A character set.
#[derive(Debug)]
pub struct Set {
    /// The results for the first 256 characters, unless they depend on the locale.
    table: Table,
    /// The result for all other characters, if it is the same for all of them.
    others: Option<bool>,
    /// The result for other characters that are word characters of Unicode, if the set is `\w` or `\W`.
    words: Option<bool>,
    /// Whether the result depends on the locale.
    is_locale: bool,
    fold: Fold,
    /// The index at which its members start: in the code list, or in those of the program.
    start: usize,
}

impl Set {
    /// A set whose members, which have been validated, start at `start` of the code list.
    pub fn new<T: CharacterTypes>(code: &[u32], start: usize, fold: Fold, types: T) -> Result<Self, NoMemory> {
        let is_locale = fold == Fold::Locale || has_locale_category(code, start);
        let others = if fold == Fold::None && !is_locale { answer_for_others(code, start) } else { None };
        let members = code.get(start..).unwrap_or_default();
        let words = match *members {
            [op::CATEGORY, category::UNI_WORD, op::FAILURE, ..] if fold == Fold::None => Some(true),
            [op::CATEGORY, category::UNI_NOT_WORD, op::FAILURE, ..] if fold == Fold::None => Some(false),
            _ => None,
        };
        let shared = match *members {
            _ if is_locale => Some(&[false; 256]),
            [op::CATEGORY, category, op::FAILURE, ..] if fold == Fold::None => types.shared_table(category),
            _ => None,
        };
        let table = match shared {
            Some(table) => Table::Shared(table),
            None => {
                let mut table = boxed([false; 256])?;
                Bits::of_members(members, types).folded(fold).fill(&mut table);
                Table::Own(table)
            }
        };
        Ok(Self { table, others, words, is_locale, fold, start })
    }

    /// Whether a character is in the set.
    #[inline(always)]
    pub fn contains<T: CharacterTypes>(&self, code: &[u32], types: T, character: u32) -> bool {
        match self.table.get(character as usize) {
            Some(answer) if !self.is_locale => *answer,
            _ => self.contains_other(code, types, character),
        }
    }

    #[inline]
    fn contains_other<T: CharacterTypes>(&self, code: &[u32], types: T, character: u32) -> bool {
        match (self.others, self.words) {
            (Some(others), _) => others,
            (None, Some(words)) => types.is_alnum(character) == words,
            (None, None) => self.find(code, types, character),
        }
    }

    /// The table for the first 256 characters, unless it depends on the locale.
    #[inline]
    pub fn table(&self) -> Option<&[bool; 256]> {
        (!self.is_locale).then_some(&self.table)
    }

    /// Whether there are characters for which the members are evaluated.
    pub fn needs_members(&self) -> bool {
        self.is_locale || self.others.is_none()
    }

    /// The set with its members at another index.
    pub fn at(self, start: usize) -> Self {
        Self { start, ..self }
    }

    /// Whether the set may contain characters above 255.
    pub fn has_others(&self) -> bool {
        self.others.unwrap_or(true)
    }

    /// Whether the set is `\w` or `\d` of Unicode.
    pub fn is_words_or_digits(&self, code: &[u32]) -> bool {
        let members = code.get(self.start..).unwrap_or_default();
        let is_either = |category: &u32| matches!(*category, category::UNI_WORD | category::UNI_DIGIT);
        self.fold == Fold::None && matches!(members, [op::CATEGORY, category, op::FAILURE, ..] if is_either(category))
    }

    #[inline(never)]
    fn find<T: CharacterTypes>(&self, code: &[u32], types: T, character: u32) -> bool {
        let members = code.get(self.start..).unwrap_or_default();
        match self.fold {
            Fold::None => is_member(members, types, character),
            Fold::Ascii => is_member(members, types, lower_ascii(character)),
            Fold::Unicode => is_member(members, types, lower_unicode(types, character)),
            Fold::Locale => {
                let (lower, upper) = (lower_locale(types, character), upper_locale(types, character));
                is_member(members, types, lower) || upper != lower && is_member(members, types, upper)
            }
        }
    }
}

/// A member of a set.
enum Member<'a> {
    Negate,
    Literal(u32),
    Category(u32),
    Range(u32, u32),
    RangeUniIgnore(u32, u32),
    /// 256 bits.
    Charset(&'a [u32]),
    /// The numbers of the blocks, four in a word, then the blocks, 256 bits each.
    BigCharset(&'a [u32], &'a [u32]),
}

/// The members of a set, up to `FAILURE`.
struct Members<'a>(&'a [u32]);

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    #[inline]
    fn next(&mut self) -> Option<Member<'a>> {
        let (member, rest) = match *self.0 {
            [op::NEGATE, ref rest @ ..] => (Member::Negate, rest),
            [op::LITERAL, character, ref rest @ ..] => (Member::Literal(character), rest),
            [op::CATEGORY, category, ref rest @ ..] => (Member::Category(category), rest),
            [op::RANGE, low, high, ref rest @ ..] => (Member::Range(low, high), rest),
            [op::RANGE_UNI_IGNORE, low, high, ref rest @ ..] => (Member::RangeUniIgnore(low, high), rest),
            [op::CHARSET, ref rest @ ..] => {
                let (bits, rest) = rest.split_at_checked(8)?;
                (Member::Charset(bits), rest)
            }
            [op::BIGCHARSET, count, ref rest @ ..] => {
                let (numbers, rest) = rest.split_at_checked(64)?;
                let (blocks, rest) = rest.split_at_checked((count as usize).checked_mul(8)?)?;
                (Member::BigCharset(numbers, blocks), rest)
            }
            _ => return None,
        };
        self.0 = rest;
        Some(member)
    }
}

/// One bit for each of the first 256 characters.
#[derive(Clone, Copy)]
pub(crate) struct Bits(pub(crate) [u64; 4]);

impl Bits {
    const NONE: Self = Self([0; 4]);

    /// Stores each bit as a `bool`.
    pub(crate) fn fill(self, table: &mut [bool; 256]) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let bytes = self.0.iter().flat_map(|word| word.to_le_bytes());
        for (eight, byte) in table.as_chunks_mut::<8>().0.iter_mut().zip(bytes) {
            // Byte i of `bits` is nonzero if bit i of `byte` is set. The addition carries it to the highest bit of its byte.
            let bits = (u64::from(byte) * ONES) & 0x8040_2010_0804_0201;
            let highest = ((bits + 0x7f * ONES) >> 7) & ONES;
            *eight = highest.to_le_bytes().map(|byte| byte != 0);
        }
    }

    /// The characters whose lower case is in the set.
    fn folded(self, fold: Fold) -> Self {
        // The upper case letters, whose lower case is 32 characters after them: `A` to `Z`, and those of Latin-1, without the
        // multiplication sign among them. They are in the lower half of a word, and their lower case in the upper half.
        const ASCII: u64 = 0x07ff_fffe;
        const LATIN_1: u64 = 0x7f7f_ffff;
        let fold_word = |word: u64, letters: u64| word & !letters | word >> 32 & letters;
        let [controls, ascii, latin_1_controls, latin_1] = self.0;
        match fold {
            Fold::None | Fold::Locale => self,
            Fold::Ascii => Self([controls, fold_word(ascii, ASCII), latin_1_controls, latin_1]),
            Fold::Unicode => Self([controls, fold_word(ascii, ASCII), latin_1_controls, fold_word(latin_1, LATIN_1)]),
        }
    }

    fn of_range(low: u32, high: u32) -> Self {
        let mut bits = Self::NONE;
        for (start, word) in (0..).step_by(64).zip(&mut bits.0) {
            let (first, last) = (low.max(start), high.min(start + 63));
            if first <= last {
                *word = u64::MAX >> (63 - (last - first)) << (first - start);
            }
        }
        bits
    }

    fn of_those(is_it: impl Fn(u32) -> bool) -> Self {
        let mut bits = Self::NONE;
        for character in 0..256 {
            bits.0[character as usize >> 6] |= u64::from(is_it(character)) << (character & 63);
        }
        bits
    }

    /// The first 256 characters that a member contains.
    fn of_member<T: CharacterTypes>(member: &Member<'_>, types: T) -> Self {
        match *member {
            Member::Negate => Self::NONE,
            Member::Literal(character) => Self::of_range(character, character),
            Member::Range(low, high) => Self::of_range(low, high),
            Member::Charset(words) => {
                let mut bits = Self::NONE;
                for (word, pair) in bits.0.iter_mut().zip(words.chunks_exact(2)) {
                    *word = u64::from(pair[1]) << 32 | u64::from(pair[0]);
                }
                bits
            }
            Member::Category(category) => Self(types.first_256(category)),
            Member::RangeUniIgnore(..) | Member::BigCharset(..) => {
                Self::of_those(|character| member.contains(types, character))
            }
        }
    }

    /// The first 256 characters that a set contains: the first member that contains a character decides.
    fn of_members<T: CharacterTypes>(members: &[u32], types: T) -> Self {
        let (mut found, mut decided, mut answer) = (Self::NONE, Self::NONE, true);
        for member in Members(members) {
            if matches!(member, Member::Negate) {
                answer = !answer;
                continue;
            }
            let bits = Self::of_member(&member, types);
            for ((found, decided), bits) in found.0.iter_mut().zip(&mut decided.0).zip(bits.0) {
                if answer {
                    *found |= bits & !*decided;
                }
                *decided |= bits;
            }
        }
        if !answer {
            found.0.iter_mut().zip(decided.0).for_each(|(found, decided)| *found |= !decided);
        }
        found
    }
}

#[inline]
fn has_bit(bits: &[u32], character: u32) -> bool {
    bits.get(character as usize / 32).is_some_and(|word| word >> (character % 32) & 1 != 0)
}

/// The block number of a character, one of the bytes of the table in memory order.
#[inline]
fn block_number(numbers: &[u32], character: u32) -> Option<usize> {
    let place = character as usize >> 8;
    Some(numbers.get(place / 4)?.to_ne_bytes()[place % 4].into())
}

impl Member<'_> {
    /// Whether the member contains a character.
    #[inline]
    fn contains<T: CharacterTypes>(&self, types: T, character: u32) -> bool {
        match *self {
            Self::Negate => false,
            Self::Literal(literal) => character == literal,
            Self::Category(category) => is_in(types, category, character),
            Self::Range(low, high) => (low..=high).contains(&character),
            Self::RangeUniIgnore(low, high) => {
                (low..=high).contains(&character) || (low..=high).contains(&upper_unicode(types, character))
            }
            Self::Charset(bits) => character < 256 && has_bit(bits, character),
            Self::BigCharset(numbers, blocks) => {
                character < 0x10000
                    && block_number(numbers, character)
                        .and_then(|number| blocks.get(number * 8..number * 8 + 8))
                        .is_some_and(|bits| has_bit(bits, character & 255))
            }
        }
    }
}

/// Whether a character is in a set.
#[inline]
pub(super) fn is_member<T: CharacterTypes>(members: &[u32], types: T, character: u32) -> bool {
    let mut answer = true;
    for member in Members(members) {
        if matches!(member, Member::Negate) {
            answer = !answer;
        } else if member.contains(types, character) {
            return answer;
        }
    }
    !answer
}

fn has_locale_category(code: &[u32], start: usize) -> bool {
    let is_locale = |member| matches!(member, Member::Category(category::LOC_WORD | category::LOC_NOT_WORD));
    Members(code.get(start..).unwrap_or_default()).any(is_locale)
}

/// The result for all characters above 255, if it is the same for all of them.
fn answer_for_others(code: &[u32], start: usize) -> Option<bool> {
    let mut is_negated = false;
    for member in Members(code.get(start..)?) {
        match member {
            Member::Negate => is_negated = !is_negated,
            Member::Literal(0..256) | Member::Range(_, 0..256) | Member::Charset(_) => {}
            Member::Category(category::DIGIT | category::SPACE | category::WORD | category::LINEBREAK) => {}
            // Contains all of them.
            Member::Category(
                category::NOT_DIGIT | category::NOT_SPACE | category::NOT_WORD | category::NOT_LINEBREAK,
            ) => return Some(!is_negated),
            _ => return None,
        }
    }
    Some(is_negated)
}
