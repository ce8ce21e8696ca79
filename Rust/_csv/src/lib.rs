//! CPython's `_csv` module: reads and writes comma-separated values.
//!
//! Follows `Modules/_csv.c` of CPython 3.14 and 3.15.
//!
//! The pure core, which knows nothing of Python:
//!
//! - [`ucs`]: characters in the widths of `str`, buffers of them, and the search for one of a few characters.
//! - [`dialect`]: the options of a dialect, and the characters that they make special.
//! - [`parser`]: the state machine of `Reader`.
//! - [`record`]: the line that a `Writer` puts together.
//! - [`number`]: floats from the text of a field, and the text of ints.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions of the module, and its state.
//! - `boundary/dialect.rs`, `boundary/reader.rs`, `boundary/writer.rs`: the classes.
//!
//! Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod dialect;
pub mod number;
pub mod parser;
pub mod record;
pub mod ucs;
