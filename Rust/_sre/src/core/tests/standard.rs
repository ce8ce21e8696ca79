//! Character types of Rust's standard library. The tests and the fuzz target include this file; both import the trait.

use super::CharacterTypes;

/// The types of Rust's standard library, and the locale C.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standard;

fn standard(character: u32) -> char {
    char::from_u32(character).unwrap_or('\0')
}

impl CharacterTypes for Standard {
    fn is_decimal(self, character: u32) -> bool {
        standard(character).is_ascii_digit()
    }

    fn is_space(self, character: u32) -> bool {
        standard(character).is_whitespace()
    }

    fn is_alnum(self, character: u32) -> bool {
        standard(character).is_alphanumeric()
    }

    fn lower(self, character: u32) -> u32 {
        standard(character).to_lowercase().next().map_or(character, u32::from)
    }

    fn upper(self, character: u32) -> u32 {
        standard(character).to_uppercase().next().map_or(character, u32::from)
    }

    fn locale_is_alnum(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
    }

    fn locale_lower(self, byte: u8) -> u8 {
        byte.to_ascii_lowercase()
    }

    fn locale_upper(self, byte: u8) -> u8 {
        byte.to_ascii_uppercase()
    }
}
