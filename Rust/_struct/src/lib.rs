//! CPython's `_struct` module: packs values into bytes, and unpacks them, as a format string says.
//!
//! Follows `Modules/_struct.c` of CPython.
//!
//! The pure core, which knows nothing of Python:
//!
//! - `format.rs`: parses a format into an immutable list of fields with their offsets.
//! - `few.rs`: short sequences without memory of their own.
//! - `ints.rs`: stores and loads the integers of a field.
//! - `floats.rs`: stores and loads floats, half floats included.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the methods.
//! - `boundary/object.rs`: the data of a `Struct` object.
//! - `boundary/constructor.rs`: how it gets its format; `boundary/v3_14.rs`, `boundary/v3_15.rs`: what differs between releases.
//! - `boundary/state.rs`: the state of the module with its cache.
//! - `boundary/pack.rs`, `boundary/unpack.rs`: from objects to bytes, and back.
//! - `boundary/iterator.rs`: `unpack_iterator`.
//!
//! Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod few;
pub mod floats;
pub mod format;
pub mod ints;
