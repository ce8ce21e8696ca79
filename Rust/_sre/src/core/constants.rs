//! The numbers of `Lib/re/_constants.py`: opcodes, positions, categories and flags. They are the same in CPython 3.14 and 3.15.

#![expect(missing_docs, reason = "the names are those of the file")]

/// Declares constants that are numbered from 0.
macro_rules! numbered {
    ($($(#[$doc:meta])* $module:ident { $($name:ident)* })*) => {$(
        $(#[$doc])*
        pub mod $module {
            #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are those of the file")]
            #[derive(Clone, Copy)]
            enum Number { $($name),* }
            $(pub const $name: u32 = Number::$name as u32;)*
        }
    )*};
}

numbered! {
    /// Opcodes.
    op {
        FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF GROUPREF_EXISTS IN INFO JUMP
        LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT REPEAT_ONE SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP
        POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE
        GROUPREF_LOC_IGNORE IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE GROUPREF_UNI_IGNORE IN_UNI_IGNORE
        LITERAL_UNI_IGNORE NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
    }
    /// Positions.
    at {
        BEGINNING BEGINNING_LINE BEGINNING_STRING BOUNDARY NON_BOUNDARY END END_LINE END_STRING LOC_BOUNDARY LOC_NON_BOUNDARY
        UNI_BOUNDARY UNI_NON_BOUNDARY
    }
    /// Categories.
    category {
        DIGIT NOT_DIGIT SPACE NOT_SPACE WORD NOT_WORD LINEBREAK NOT_LINEBREAK LOC_WORD LOC_NOT_WORD UNI_DIGIT UNI_NOT_DIGIT
        UNI_SPACE UNI_NOT_SPACE UNI_WORD UNI_NOT_WORD UNI_LINEBREAK UNI_NOT_LINEBREAK
    }
}

/// The version of the code lists.
pub const MAGIC: u32 = 20_230_612;
/// The maximum of a repeat without an upper bound.
pub const MAXREPEAT: u32 = u32::MAX;
/// The maximum number of groups of a pattern.
pub const MAXGROUPS: u32 = i32::MAX as u32 / 2;

/// Flags of patterns.
pub mod flag {
    pub const IGNORECASE: i32 = 2;
    pub const LOCALE: i32 = 4;
    pub const MULTILINE: i32 = 8;
    pub const DOTALL: i32 = 16;
    pub const UNICODE: i32 = 32;
    pub const VERBOSE: i32 = 64;
    pub const DEBUG: i32 = 128;
    pub const ASCII: i32 = 256;
}

/// Flags of `INFO`.
pub mod info {
    /// The pattern has a prefix that is a literal.
    pub const PREFIX: u32 = 1;
    /// The pattern is a literal.
    pub const LITERAL: u32 = 2;
    /// The pattern starts with a character of a set.
    pub const CHARSET: u32 = 4;
}
