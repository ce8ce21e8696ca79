//! Single-character tests of the code list: literals and character sets, evaluated as `SRE(charset)` in
//! `Modules/_sre/sre_lib.h` does.

use crate::CharTables;
use crate::opcode::*;

/// How a character is folded before it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    None,
    Ascii,
    Unicode,
}

/// A test that one character of the text passes or fails.
#[derive(Debug)]
pub(crate) enum Unit {
    /// `ANY`: everything but a line feed.
    Any,
    /// `ANY_ALL`.
    AnyAll,
    /// `LITERAL`, `NOT_LITERAL` and their variants for `IGNORECASE`.
    Literal { ch: u32, negate: bool, fold: Fold },
    /// `IN` and its variants: the set's code with its `FAILURE` at the end.
    In { set: Box<[u32]>, fold: Fold },
}

fn fold(ch: u32, fold: Fold, tables: &dyn CharTables) -> u32 {
    match fold {
        Fold::None => ch,
        Fold::Ascii => lower_ascii(ch),
        Fold::Unicode => tables.lower(ch),
    }
}

fn lower_ascii(ch: u32) -> u32 {
    if (0x41..=0x5a).contains(&ch) { ch + 32 } else { ch }
}

/// `SRE_IS_WORD`: the ASCII letters, digits and the underscore.
pub(crate) fn is_ascii_word(ch: u32) -> bool {
    u8::try_from(ch).is_ok_and(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn category(number: u32, ch: u32, tables: &dyn CharTables) -> bool {
    match number {
        0 => (0x30..=0x39).contains(&ch),
        2 => (9..=13).contains(&ch) || ch == 32,
        4 => is_ascii_word(ch),
        6 => ch == 10,
        1 | 3 | 5 | 7 => !category(number - 1, ch, tables),
        10 | 12 | 14 | 16 => tables.category(number, ch),
        11 | 13 | 15 | 17 => !tables.category(number - 1, ch),
        _ => false,
    }
}

fn in_charset(set: &[u32], ch: u32, tables: &dyn CharTables) -> bool {
    let mut ok = true;
    let mut i = 0;
    loop {
        let operand = |k: usize| set.get(i + k).copied().unwrap_or(0);
        match operand(0) {
            FAILURE => return !ok,
            LITERAL => {
                if ch == operand(1) {
                    return ok;
                }
                i += 2;
            }
            CATEGORY => {
                if category(operand(1), ch, tables) {
                    return ok;
                }
                i += 2;
            }
            CHARSET => {
                if ch < 256 && operand(1 + (ch / 32) as usize) & (1 << (ch & 31)) != 0 {
                    return ok;
                }
                i += 1 + 8;
            }
            RANGE => {
                if operand(1) <= ch && ch <= operand(2) {
                    return ok;
                }
                i += 3;
            }
            RANGE_UNI_IGNORE => {
                let range = operand(1)..=operand(2);
                if range.contains(&ch) || range.contains(&tables.upper(ch)) {
                    return ok;
                }
                i += 3;
            }
            NEGATE => {
                ok = !ok;
                i += 1;
            }
            BIGCHARSET => {
                if ch < 0x10000 {
                    let high = (ch >> 8) as usize;
                    let block = u32::from(operand(2 + high / 4).to_ne_bytes()[high % 4]);
                    if operand(2 + 64 + ((block * 256 + (ch & 255)) / 32) as usize) & (1 << (ch & 31)) != 0 {
                        return ok;
                    }
                }
                i += 2 + 64 + operand(1) as usize * 8;
            }
            _ => return false,
        }
    }
}

/// Whether a set's code is well formed and independent of the locale.
pub(crate) fn set_is_supported(set: &[u32]) -> bool {
    let mut i = 0;
    loop {
        match set.get(i) {
            Some(&FAILURE) => return i + 1 == set.len(),
            Some(&NEGATE) => i += 1,
            Some(&LITERAL) => i += 2,
            Some(&CATEGORY) => match set.get(i + 1) {
                Some(CATEGORY_DIGIT..=CATEGORY_NOT_LINEBREAK | CATEGORY_UNI_DIGIT..=CATEGORY_UNI_NOT_LINEBREAK) => {
                    i += 2;
                }
                _ => return false,
            },
            Some(&(RANGE | RANGE_UNI_IGNORE)) => i += 3,
            Some(&CHARSET) => i += 9,
            Some(&BIGCHARSET) => {
                let blocks = set.get(i + 1).copied().unwrap_or(u32::MAX);
                if blocks > 256 {
                    return false;
                }
                let indices = set.get(i + 2..i + 66).unwrap_or(&[]);
                if indices.iter().flat_map(|word| word.to_ne_bytes()).any(|block| u32::from(block) >= blocks) {
                    return false;
                }
                i += 2 + 64 + blocks as usize * 8;
            }
            _ => return false,
        }
    }
}

impl Unit {
    /// Whether the test accepts `ch`.
    pub(crate) fn accepts(&self, ch: u32, tables: &dyn CharTables) -> bool {
        match self {
            Unit::Any => ch != 10,
            Unit::AnyAll => true,
            Unit::Literal { ch: literal, negate, fold: how } => (fold(ch, *how, tables) == *literal) != *negate,
            Unit::In { set, fold: how } => in_charset(set, fold(ch, *how, tables), tables),
        }
    }
}

/// The character of a test that only one character passes.
pub(crate) fn literal(units: &[Unit], unit: u32) -> Option<u32> {
    match units[unit as usize] {
        Unit::Literal { ch, negate: false, fold: Fold::None } => Some(ch),
        _ => None,
    }
}
