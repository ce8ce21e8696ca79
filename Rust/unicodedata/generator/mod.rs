//! Makes the tables of the core from the headers that CPython's own module includes, `Modules/unicodedata_db.h` and
//! `Modules/unicodename_db.h`, so that each release has its own version of Unicode.
//!
//! - `header.rs`: the arrays and constants of a C header.
//! - `database.rs`: what they say, character by character and without any compression.
//! - `names.rs`: the table of names: words, tokens, and a perfect hash function.
//! - `layout.rs`: the other tables.
//! - `source.rs`: the tables as Rust source.
//!
//! The build script includes this, and so do the tests of the core, which make tables of a few characters with it.

mod database;
mod header;
mod layout;
mod names;
#[cfg(not(test))]
mod source;

pub(crate) use database::Database;
#[cfg(test)]
pub(crate) use database::{Change, Decomposition, Derived, Record};
pub(crate) use layout::Layout;
#[cfg(test)]
pub(crate) use layout::Texts;

/// How many code points there are.
pub(crate) const CODE_POINTS: u32 = 0x11_0000;

/// What went wrong, in words.
pub(crate) type Result<T> = std::result::Result<T, String>;
