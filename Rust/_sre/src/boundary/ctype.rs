//! The character types of the interpreter and of the current locale.
//!
//! The types of the interpreter are cached for each character, as a lookup takes four calls of C functions.

use crate::core::characters::{CharacterTypes, first_256};
use crate::core::set::Bits;
use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

unsafe extern "C" {
    /// The results of `Py_UNICODE_ISALNUM`, `Py_UNICODE_ISDECIMAL` and `Py_UNICODE_ISSPACE` as a bit set.
    safe fn sre_character_types(character: u32) -> c_int;
    /// `Py_UNICODE_TOLOWER`
    safe fn sre_lower(character: u32) -> u32;
    /// `Py_UNICODE_TOUPPER`
    safe fn sre_upper(character: u32) -> u32;
    /// `isalnum`
    safe fn sre_locale_isalnum(byte: u8) -> c_int;
    /// `tolower`
    safe fn sre_locale_tolower(byte: u8) -> u8;
    /// `toupper`
    safe fn sre_locale_toupper(byte: u8) -> u8;
}

const IS_ALNUM: u8 = 1;
const IS_DECIMAL: u8 = 2;
const IS_SPACE: u8 = 4;
/// The bit that says that the others are valid.
const IS_KNOWN: u8 = 8;

/// A cache of the types of characters of the Basic Multilingual Plane; 0 for those not looked up yet.
static TYPES: [AtomicU8; 0x10000] = [const { AtomicU8::new(0) }; 0x10000];
/// A cache of the lower case of characters below U+2000, plus one; 0 for those not looked up yet.
static LOWER: [AtomicU32; 0x2000] = [const { AtomicU32::new(0) }; 0x2000];

/// The character types of the interpreter, and of the current locale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Types;

#[inline(always)]
fn types(character: u32) -> u8 {
    match TYPES.get(character as usize).map(|types| types.load(Ordering::Relaxed)) {
        None | Some(0) => look_up(character),
        Some(types) => types,
    }
}

#[inline(never)]
fn look_up(character: u32) -> u8 {
    let types = sre_character_types(character) as u8 | IS_KNOWN;
    if let Some(place) = TYPES.get(character as usize) {
        place.store(types, Ordering::Relaxed);
    }
    types
}

#[inline(never)]
fn look_up_lower(character: u32) -> u32 {
    let lower = sre_lower(character);
    if let Some(place) = LOWER.get(character as usize) {
        place.store(lower + 1, Ordering::Relaxed);
    }
    lower
}

/// The first 256 characters of a category.
struct First256 {
    bits: [u64; 4],
    table: [bool; 256],
}

/// A cache of the first 256 characters of each category.
static FIRST_256: [OnceLock<First256>; 18] = [const { OnceLock::new() }; 18];

#[inline]
fn cached(category: u32) -> Option<&'static First256> {
    let compute = || {
        let bits = first_256(Types, category);
        let mut table = [false; 256];
        Bits(bits).fill(&mut table);
        First256 { bits, table }
    };
    Some(FIRST_256.get(category as usize)?.get_or_init(compute))
}

impl CharacterTypes for Types {
    #[inline]
    fn first_256(self, category: u32) -> [u64; 4] {
        cached(category).map_or([0; 4], |first| first.bits)
    }

    #[inline]
    fn shared_table(self, category: u32) -> Option<&'static [bool; 256]> {
        Some(&cached(category)?.table)
    }

    #[inline(always)]
    fn is_decimal(self, character: u32) -> bool {
        types(character) & IS_DECIMAL != 0
    }

    #[inline(always)]
    fn is_space(self, character: u32) -> bool {
        types(character) & IS_SPACE != 0
    }

    #[inline(always)]
    fn is_alnum(self, character: u32) -> bool {
        types(character) & IS_ALNUM != 0
    }

    #[inline(always)]
    fn lower(self, character: u32) -> u32 {
        match LOWER.get(character as usize).map(|lower| lower.load(Ordering::Relaxed)) {
            None | Some(0) => look_up_lower(character),
            Some(lower) => lower - 1,
        }
    }

    #[inline]
    fn upper(self, character: u32) -> u32 {
        sre_upper(character)
    }

    #[inline]
    fn locale_is_alnum(self, byte: u8) -> bool {
        sre_locale_isalnum(byte) != 0
    }

    #[inline]
    fn locale_lower(self, byte: u8) -> u8 {
        sre_locale_tolower(byte)
    }

    #[inline]
    fn locale_upper(self, byte: u8) -> u8 {
        sre_locale_toupper(byte)
    }
}
