//! CPython's `_sre` module: regular expressions.
//!
//! Follows `Modules/_sre/sre.c` and `sre_lib.h` of CPython 3.14 and 3.15. As for the C module, `Lib/re` parses a pattern and
//! compiles it to a list of code words; this module validates the list and runs the matching.
//!
//! The pure core, which does not depend on Python, is in `core/`:
//!
//! - [`constants`](core::constants): the opcodes of `Lib/re/_constants.py`.
//! - [`translate`](core::translate): the validation of a code list, and its translation to a program.
//! - [`direct`](core::direct): a match of a code list that has not been translated yet.
//! - [`program`](core::program): the instructions of a program.
//! - [`set`](core::set): character sets.
//! - [`characters`](core::characters): the categories of characters, and their lower case and upper case.
//! - [`guard`](core::guard): tests of the first character of alternatives and of the tails of repeats.
//! - [`dispatch`](core::dispatch): the alternatives of a branch that can match at a character.
//! - [`words`](core::words): a table of many words; [`word_search`](core::word_search): the search with it.
//! - [`first`](core::first): the characters with which a match can start.
//! - [`text`](core::text): characters of 1, 2 and 4 bytes, and the search for one.
//! - [`item`](core::item): instructions that match one character, and the length of a run of characters that match.
//! - [`matcher`](core::matcher): the backtracking matcher. Its choices are in [`choice`](core::choice), its loops in
//!   [`repeat`](core::repeat), and its stack in [`frame`](core::frame).
//! - [`straight`](core::straight): programs that never backtrack.
//! - [`search`](core::search): the search for the leftmost match.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions of the module, and its state.
//! - `boundary/pattern.rs`, `boundary/find.rs`, `boundary/substitute.rs`, `boundary/matched.rs`, `boundary/scanner.rs`,
//!   `boundary/template.rs`: the classes.
//! - `boundary/kept.rs`, `boundary/tuples.rs`: the references to a pattern from its matches and scanners.
//! - `boundary/engine.rs`, `boundary/linear.rs`: the choice between the matcher and the automaton of the crate `regex-automaton`.
//! - `boundary/ahead.rs`: matches that are found ahead.
//! - `boundary/subject.rs`: the string that is searched. `boundary/ctype.rs`: the interpreter's and the locale's character types.
//!
//! Doc/sre.md describes the engine. Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod core;
