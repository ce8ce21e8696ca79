//! The numbers of `Lib/re/_constants.py`, the same in CPython 3.14 and 3.15 (`MAGIC` 20230612).

/// The version of the code list that this crate reads.
pub(crate) const MAGIC: u32 = 20230612;

pub(crate) const FAILURE: u32 = 0;
pub(crate) const SUCCESS: u32 = 1;
pub(crate) const ANY: u32 = 2;
pub(crate) const ANY_ALL: u32 = 3;
pub(crate) const AT: u32 = 6;
pub(crate) const BRANCH: u32 = 7;
pub(crate) const CATEGORY: u32 = 8;
pub(crate) const CHARSET: u32 = 9;
pub(crate) const BIGCHARSET: u32 = 10;
pub(crate) const IN: u32 = 13;
pub(crate) const INFO: u32 = 14;
pub(crate) const JUMP: u32 = 15;
pub(crate) const LITERAL: u32 = 16;
pub(crate) const MARK: u32 = 17;
pub(crate) const MAX_UNTIL: u32 = 18;
pub(crate) const MIN_UNTIL: u32 = 19;
pub(crate) const NOT_LITERAL: u32 = 20;
pub(crate) const NEGATE: u32 = 21;
pub(crate) const RANGE: u32 = 22;
pub(crate) const REPEAT: u32 = 23;
pub(crate) const REPEAT_ONE: u32 = 24;
pub(crate) const MIN_REPEAT_ONE: u32 = 26;
pub(crate) const IN_IGNORE: u32 = 31;
pub(crate) const LITERAL_IGNORE: u32 = 32;
pub(crate) const NOT_LITERAL_IGNORE: u32 = 33;
pub(crate) const IN_UNI_IGNORE: u32 = 39;
pub(crate) const LITERAL_UNI_IGNORE: u32 = 40;
pub(crate) const NOT_LITERAL_UNI_IGNORE: u32 = 41;
pub(crate) const RANGE_UNI_IGNORE: u32 = 42;

pub(crate) const MAXREPEAT: u32 = u32::MAX;

pub(crate) const AT_BEGINNING: u32 = 0;
pub(crate) const AT_BEGINNING_LINE: u32 = 1;
pub(crate) const AT_BEGINNING_STRING: u32 = 2;
pub(crate) const AT_BOUNDARY: u32 = 3;
pub(crate) const AT_NON_BOUNDARY: u32 = 4;
pub(crate) const AT_END: u32 = 5;
pub(crate) const AT_END_LINE: u32 = 6;
pub(crate) const AT_END_STRING: u32 = 7;
pub(crate) const AT_UNI_BOUNDARY: u32 = 10;
pub(crate) const AT_UNI_NON_BOUNDARY: u32 = 11;

pub(crate) const CATEGORY_DIGIT: u32 = 0;
pub(crate) const CATEGORY_NOT_LINEBREAK: u32 = 7;
pub(crate) const CATEGORY_UNI_DIGIT: u32 = 10;
pub(crate) const CATEGORY_UNI_WORD: u32 = 14;
pub(crate) const CATEGORY_UNI_NOT_LINEBREAK: u32 = 17;
