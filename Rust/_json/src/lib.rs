//! CPython's `_json` module, which `json` uses in place of its own Python code: scanner and encoder of JSON documents.
//!
//! Follows `Modules/_json.c` of CPython. The pure core knows the text of a document and nothing of Python:
//!
//! - [`units`] is what a document is made of: one, two or four bytes a character, as a `str` stores them;
//! - [`scan`] finds the ends of strings and numbers, [`unescape`] decodes a string;
//! - [`writer`] collects output, [`escape`] writes a string into it, [`float`] prints a float as `repr` does.
//!
//! Differences:
//!
//! - A list or dict is filled when its closing bracket is reached, a long one every few hundred items.
//! - Python's `gc` does not see a container while it is being parsed.
//! - Nesting takes less of the machine's stack, so containers may be nested deeper than in C before `RecursionError`.
//! - `make_scanner` and `make_encoder` have a member `__vectorcalloffset__`.

#[cfg(feature = "python")]
pub mod boundary;

pub mod escape;
pub mod float;
pub mod scan;
pub mod unescape;
pub mod units;
pub mod writer;

#[cfg(test)]
mod testing;
