//! CPython's `_sre` module: regular expressions.
//!
//! Follows `Modules/_sre/sre.c` and `sre_lib.h` of CPython 3.14 and 3.15. Patterns are parsed and compiled to a list of code words by
//! `Lib/re/_compiler.py`, as for the C module; this module validates the list, and matches.
//!
//! The pure core, which knows nothing of Python, is in `core/`:
//!
//! - [`constants`](core::constants): the opcodes of `Lib/re/_constants.py`.
//! - [`translate`](core::translate): the validation of a code list, and its translation to a program.
//! - [`program`](core::program): the instructions of a program.
//! - [`set`](core::set): character sets.
//! - [`characters`](core::characters): the categories of characters, and their lower case and upper case.
//! - [`guard`](core::guard): what the first character of alternatives, and of what comes after repeats, has to be.
//! - [`first`](core::first): the characters with which a match can start.
//! - [`text`](core::text): characters of 1, 2 and 4 bytes, and the search for one.
//! - [`item`](core::item): instructions that match one character, and how often they do in a row.
//! - [`matcher`](core::matcher): the backtracking matcher. Its choices are in [`choice`](core::choice), its loops in
//!   [`repeat`](core::repeat), and its stack in [`frame`](core::frame).
//! - [`search`](core::search): the search for the leftmost match.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions of the module, and its state.
//! - `boundary/pattern.rs`, `boundary/find.rs`, `boundary/substitute.rs`, `boundary/matched.rs`, `boundary/scanner.rs`,
//!   `boundary/template.rs`: the classes.
//! - `boundary/engine.rs`, `boundary/linear.rs`: which engine runs, the matcher or the automaton of the crate `regex-automaton`.
//! - `boundary/subject.rs`: the text that is matched. `boundary/ctype.rs`: the interpreter's and the locale's character types.
//!
//! Doc/sre.md describes the engine. Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod core;
