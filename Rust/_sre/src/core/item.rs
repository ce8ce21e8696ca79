//! Instructions that match one character, and the length of a run of characters that match.

use super::characters::{CharacterTypes, is_locale_equal, is_word, lower_ascii, lower_unicode, unicode_is_word};
use super::program::{At, Item, Program};
use super::set::Set;
use super::text::Unit;

impl Item {
    /// Whether the item matches a character.
    #[inline(always)]
    pub fn matches<T: CharacterTypes>(self, program: &Program, types: T, character: u32) -> bool {
        self.matches_with(types, character, |set| {
            program.sets.get(set as usize).is_some_and(|set| set.contains(&program.members, types, character))
        })
    }

    /// As [`matches`](Self::matches); `is_in` says whether the character is in a set.
    #[inline(always)]
    pub(super) fn matches_with<T: CharacterTypes>(
        self,
        types: T,
        character: u32,
        is_in: impl FnOnce(u32) -> bool,
    ) -> bool {
        match self {
            Self::Any => character != 0x0a,
            Self::AnyAll => true,
            Self::Never => false,
            Self::Literal(literal) => character == literal,
            Self::NotLiteral(literal) => character != literal,
            Self::LiteralIgnore(literal) => lower_ascii(character) == literal,
            Self::NotLiteralIgnore(literal) => lower_ascii(character) != literal,
            Self::LiteralUniIgnore(literal) => lower_unicode(types, character) == literal,
            Self::NotLiteralUniIgnore(literal) => lower_unicode(types, character) != literal,
            Self::LiteralLocIgnore(literal) => is_locale_equal(types, literal, character),
            Self::NotLiteralLocIgnore(literal) => !is_locale_equal(types, literal, character),
            Self::In(set) => is_in(set),
        }
    }

    /// Whether the item may match characters above 255.
    fn has_others(self, program: &Program) -> bool {
        match self {
            Self::Never => false,
            Self::Literal(character) | Self::LiteralIgnore(character) => character > 255,
            Self::In(set) => program.sets.get(set as usize).is_none_or(Set::has_others),
            _ => true,
        }
    }

    /// Whether all characters of a set are word characters, as the assertion of a word boundary has them.
    pub(super) fn is_of_words<T: CharacterTypes>(self, program: &Program, at: At, types: T) -> bool {
        let Self::In(set) = self else { return false };
        let Some(set) = program.sets.get(set as usize) else { return false };
        let Some(table) = set.table() else { return false };
        let is_unicode = at == At::UniBoundary;
        let is_word = |character| if is_unicode { unicode_is_word(types, character) } else { is_word(character) };
        let has_only_words = (0..).zip(table).all(|(character, is_in)| !is_in || is_word(character));
        has_only_words && (!set.has_others() || is_unicode && set.is_words_or_digits(&program.members))
    }

    /// The table of a set for the first 256 characters.
    pub(super) fn table(self, program: &Program) -> Option<&[bool; 256]> {
        match self {
            Self::In(set) => program.sets.get(set as usize)?.table(),
            _ => None,
        }
    }

    /// Whether the result depends on the locale.
    pub(super) fn is_locale(self, program: &Program) -> bool {
        match self {
            Self::LiteralLocIgnore(_) | Self::NotLiteralLocIgnore(_) => true,
            Self::In(set) => program.sets.get(set as usize).is_none_or(|set| set.table().is_none()),
            _ => false,
        }
    }

    /// Whether no byte matches both items, and whether no character does.
    pub fn are_disjoint<T: CharacterTypes>(pair: [Self; 2], program: &Program, types: T) -> (bool, bool) {
        let are_both = |character| pair.iter().all(|item| item.matches(program, types, character));
        if pair.iter().any(|item| item.is_locale(program)) || pair.contains(&Self::AnyAll) {
            return (false, false);
        }
        if let [Self::Literal(literal), _] | [_, Self::Literal(literal)] = pair {
            let are_disjoint = !are_both(literal);
            return (are_disjoint || literal > 255, are_disjoint);
        }
        let bytes = match pair.map(|item| item.table(program)) {
            [Some(one), Some(other)] => {
                !one.iter().zip(other).fold(false, |are_both, (is_one, is_other)| are_both | (is_one & is_other))
            }
            // Two items that are not sets have most characters in common.
            [None, None] => false,
            _ => !(0..256).any(are_both),
        };
        (bytes, bytes && !pair.iter().all(|item| item.has_others(program)))
    }

    /// The amount of work, in failures of the matcher, that counting so many characters takes.
    #[inline(always)]
    pub(super) fn work(self, count: usize) -> usize {
        match self {
            // Nothing is compared.
            Self::AnyAll => 0,
            // The search for one character, by vector instructions.
            Self::Any | Self::NotLiteral(_) => count >> 8,
            _ => count >> 4,
        }
    }

    /// The length of the run of matching characters at the start of a text.
    #[inline(always)]
    pub fn count<C: Unit, T: CharacterTypes>(self, program: &Program, types: T, text: &[C]) -> usize {
        let first_not = |place: Option<usize>| place.unwrap_or(text.len());
        match self {
            Self::Any => match C::from_character(0x0a) {
                Some(line_feed) => first_not(C::find(text, line_feed)),
                None => text.len(),
            },
            Self::AnyAll => text.len(),
            Self::Literal(literal) => match C::from_character(literal) {
                Some(literal) => first_not(text.iter().position(|unit| *unit != literal)),
                None => 0,
            },
            Self::NotLiteral(literal) => match C::from_character(literal) {
                Some(literal) => first_not(C::find(text, literal)),
                None => text.len(),
            },
            Self::In(set) => {
                let Some(set) = program.sets.get(set as usize) else { return 0 };
                match set.table() {
                    // Bytes need no more than the table.
                    Some(table) if size_of::<C>() == 1 => {
                        first_not(text.iter().position(|unit| !table[usize::from(unit.character() as u8)]))
                    }
                    _ => {
                        first_not(text.iter().position(|unit| !set.contains(&program.members, types, unit.character())))
                    }
                }
            }
            _ => first_not(text.iter().position(|unit| !self.matches(program, types, unit.character()))),
        }
    }
}
