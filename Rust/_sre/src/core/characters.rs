//! The categories of characters, and their lower case and upper case.

use super::constants::category;

/// The character database of the interpreter, for characters of `str`, and that of the current locale, for bytes.
///
/// The methods other than those of the locale are not called for ASCII characters.
pub trait CharacterTypes: Copy + Send {
    /// `Py_UNICODE_ISDECIMAL`
    fn is_decimal(self, character: u32) -> bool;
    /// `Py_UNICODE_ISSPACE`
    fn is_space(self, character: u32) -> bool;
    /// `Py_UNICODE_ISALNUM`
    fn is_alnum(self, character: u32) -> bool;
    /// `Py_UNICODE_TOLOWER`
    fn lower(self, character: u32) -> u32;
    /// `Py_UNICODE_TOUPPER`
    fn upper(self, character: u32) -> u32;
    /// A bit set of the first 256 characters that are in a category, which does not depend on the locale.
    fn first_256(self, category: u32) -> [u64; 4] {
        first_256(self, category)
    }
    /// The same as a table, if there is one that all programs share.
    fn shared_table(self, _category: u32) -> Option<&'static [bool; 256]> {
        None
    }
    /// `isalnum`
    fn locale_is_alnum(self, byte: u8) -> bool;
    /// `tolower`
    fn locale_lower(self, byte: u8) -> u8;
    /// `toupper`
    fn locale_upper(self, byte: u8) -> u8;
}

/// A bit set of the first 256 characters that are in a category.
pub fn first_256<T: CharacterTypes>(types: T, category: u32) -> [u64; 4] {
    let mut bits = [0; 4];
    for character in 0..256 {
        bits[character as usize >> 6] |= u64::from(is_in(types, category, character)) << (character & 63);
    }
    bits
}

/// The character if it is ASCII.
#[inline(always)]
fn ascii(character: u32) -> Option<u8> {
    (character < 128).then_some(character as u8)
}

/// Whether `\w` matches in ASCII.
#[inline(always)]
pub fn is_word(character: u32) -> bool {
    ascii(character).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `Py_ISSPACE`
#[inline(always)]
fn is_space(character: u32) -> bool {
    matches!(character, 9..=13 | 32)
}

#[inline(always)]
fn is_digit(character: u32) -> bool {
    ascii(character).is_some_and(|byte| byte.is_ascii_digit())
}

/// Whether `\w` matches in Unicode.
#[inline(always)]
pub fn unicode_is_word<T: CharacterTypes>(types: T, character: u32) -> bool {
    if character < 128 { is_word(character) } else { types.is_alnum(character) }
}

/// Whether `\w` matches in the locale.
#[inline(always)]
pub fn locale_is_word<T: CharacterTypes>(types: T, character: u32) -> bool {
    u8::try_from(character).is_ok_and(|byte| types.locale_is_alnum(byte) || byte == b'_')
}

/// The lower case of an ASCII letter; any other character as it is.
#[inline(always)]
pub fn lower_ascii(character: u32) -> u32 {
    ascii(character).map_or(character, |byte| byte.to_ascii_lowercase().into())
}

/// The lower case of a character, if that is one character.
#[inline(always)]
pub fn lower_unicode<T: CharacterTypes>(types: T, character: u32) -> u32 {
    if character < 128 { lower_ascii(character) } else { types.lower(character) }
}

/// The upper case of a character, if that is one character.
#[inline(always)]
pub fn upper_unicode<T: CharacterTypes>(types: T, character: u32) -> u32 {
    match ascii(character) {
        Some(byte) => byte.to_ascii_uppercase().into(),
        None => types.upper(character),
    }
}

/// The lower case in the locale.
#[inline(always)]
pub fn lower_locale<T: CharacterTypes>(types: T, character: u32) -> u32 {
    u8::try_from(character).map_or(character, |byte| types.locale_lower(byte).into())
}

/// The upper case in the locale.
#[inline(always)]
pub fn upper_locale<T: CharacterTypes>(types: T, character: u32) -> u32 {
    u8::try_from(character).map_or(character, |byte| types.locale_upper(byte).into())
}

/// Whether a character of the text equals a character of the pattern, ignoring case in the locale.
#[inline(always)]
pub fn is_locale_equal<T: CharacterTypes>(types: T, pattern: u32, character: u32) -> bool {
    character == pattern || lower_locale(types, character) == pattern || upper_locale(types, character) == pattern
}

/// `Py_UNICODE_ISLINEBREAK`: the characters with the bidirectional type B or with the line break property BK, CR, LF or NL.
#[inline(always)]
fn unicode_is_linebreak(character: u32) -> bool {
    matches!(character, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}

/// Whether a character is in a category.
#[inline]
pub fn is_in<T: CharacterTypes>(types: T, category: u32, character: u32) -> bool {
    match category {
        category::DIGIT => is_digit(character),
        category::NOT_DIGIT => !is_digit(character),
        category::SPACE => is_space(character),
        category::NOT_SPACE => !is_space(character),
        category::WORD => is_word(character),
        category::NOT_WORD => !is_word(character),
        category::LINEBREAK => character == 0x0a,
        category::NOT_LINEBREAK => character != 0x0a,
        category::LOC_WORD => locale_is_word(types, character),
        category::LOC_NOT_WORD => !locale_is_word(types, character),
        category::UNI_DIGIT => unicode_is_digit(types, character),
        category::UNI_NOT_DIGIT => !unicode_is_digit(types, character),
        category::UNI_SPACE => unicode_is_space(types, character),
        category::UNI_NOT_SPACE => !unicode_is_space(types, character),
        category::UNI_WORD => unicode_is_word(types, character),
        category::UNI_NOT_WORD => !unicode_is_word(types, character),
        category::UNI_LINEBREAK => unicode_is_linebreak(character),
        category::UNI_NOT_LINEBREAK => !unicode_is_linebreak(character),
        _ => false,
    }
}

#[inline]
fn unicode_is_digit<T: CharacterTypes>(types: T, character: u32) -> bool {
    if character < 128 { is_digit(character) } else { types.is_decimal(character) }
}

#[inline]
fn unicode_is_space<T: CharacterTypes>(types: T, character: u32) -> bool {
    // The ASCII information separators are spaces, too.
    if character < 128 { is_space(character) || matches!(character, 0x1c..=0x1f) } else { types.is_space(character) }
}
