//! CPython's `pyexpat` module: the interface of expat, on the XML parser of `Rust/shared/xml`.
//!
//! Follows `Modules/pyexpat.c` of CPython 3.14 and 3.15.
//!
//! The pure core, which knows nothing of Python:
//!
//! - [`handler`]: the handlers, their numbers, and which of them are installed.
//! - [`character_buffer`]: the buffer of `buffer_text`.
//! - [`name_table`]: a table of names that have been seen.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions of the module, and its state.
//! - `boundary/parser.rs`: the class `xmlparser`, what its objects hold, and exceptions of the parser.
//! - `boundary/slot.rs`: the place in an object from which a call takes the parser.
//! - `boundary/attributes.rs`: the attributes of the class.
//! - `boundary/methods.rs`: the methods other than those that parse.
//! - `boundary/parse.rs`: `Parse` and `ParseFile`, and the calls of handlers.
//! - `boundary/convert.rs`: arguments of handlers from events.
//! - `boundary/capi.rs`: the parser for the C functions of the capsule `expat_CAPI`.
//!
//! Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod character_buffer;
pub mod handler;
pub mod name_table;
