//! CPython's `unicodedata` module: the Unicode Character Database, and normalization.
//!
//! Follows `Modules/unicodedata.c` of CPython.
//!
//! The tables are made by the build, from the headers that CPython's own module includes, so that each release has its own version
//! of Unicode: `generator/`.
//!
//! The pure core, which knows nothing of Python and takes the tables as an argument:
//!
//! - `tables.rs`: the tables, and how a character is found in them.
//! - `version.rs`, `properties.rs`: version 3.2.0 of Unicode, and the properties of single characters.
//! - `hangul.rs`, `decomposition.rs`: what characters decompose to.
//! - `quick_check.rs`: the normalization forms, and the quick check.
//! - `ordered_ranges.rs`: the comparison of characters with ranges, compiled for AVX2 as well.
//! - `normalize.rs`, `ordering.rs`, `buffer.rs`: normalization, the order of marks, and memory for the output.
//! - `names.rs`, `hash.rs`: names.
//! - `graphemes.rs`: grapheme clusters.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions that Argument Clinic's code calls.
//! - `boundary/normalization.rs`: `normalize` and `is_normalized`.
//! - `boundary/names.rs`: `name`, `lookup`, and the functions by which the compiler finds `\N{...}`.
//! - `boundary/graphemes.rs`: the iterator over grapheme clusters, and its segments.
//!
//! Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

mod buffer;
pub mod decomposition;
pub mod graphemes;
pub mod hangul;
pub mod hash;
pub mod names;
pub mod normalize;
mod ordered_ranges;
pub mod ordering;
pub mod properties;
pub mod quick_check;
pub mod tables;
pub mod version;

/// The tables of the CPython that is built.
#[cfg(feature = "tables")]
#[expect(clippy::unreadable_literal, reason = "generated")]
mod generated {
    use crate::tables::{Change, Classes, Derived, Range, Record, Stages, Tables, Texts};

    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

#[cfg(feature = "tables")]
pub use generated::TABLES;

#[cfg(test)]
#[path = "../generator/mod.rs"]
mod generator;

#[cfg(test)]
mod tests;
