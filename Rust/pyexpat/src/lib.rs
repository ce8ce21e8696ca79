//! CPython's `pyexpat` module: the interface of expat, implemented by the XML parser in `Rust/shared/xml-parser`.
//!
//! Follows `Modules/pyexpat.c` of CPython 3.14 and 3.15.
//!
//! The pure core, which does not depend on Python:
//!
//! - [`handler`]: the handlers, their numbers, and the set of installed handlers.
//! - [`character_buffer`]: the buffer of `buffer_text`.
//! - [`name_table`]: a cache of names.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions of the module, and its state.
//! - `boundary/parser.rs`: the class `xmlparser`, the data of its objects, and the exceptions for parse errors.
//! - `boundary/owned.rs`: a box in memory of the interpreter.
//! - `boundary/attributes.rs`: the attributes of the class.
//! - `boundary/methods.rs`: the methods other than those that parse.
//! - `boundary/parse.rs`: `Parse` and `ParseFile`, and the calls of handlers.
//! - `boundary/convert.rs`: the conversion of events to handler arguments.
//! - `boundary/capi.rs`: the parser for the C functions of the capsule `expat_CAPI`.
//!
//! Differences are in Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod character_buffer;
pub mod handler;
pub mod name_table;
