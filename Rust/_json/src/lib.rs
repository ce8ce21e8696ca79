//! CPython's `_json` module, which `json` uses in place of its own Python code: the scanner and the encoder of JSON documents.
//!
//! Follows `Modules/_json.c` of CPython. The names of C's functions are in brackets.
//!
//! The pure core works on slices of characters and knows nothing of Python:
//!
//! - [`ucs`]: text of one, two or four bytes a character (PEP 393), searched 16 bytes at a time;
//! - [`scan`]: white space and the grammar of numbers (`_match_number_unicode`); [`decimal`]: floats from digits;
//! - [`unescape`]: the ends of strings and their escapes (`scanstring_unicode`);
//! - [`escape`]: strings with escapes (`escape_unicode`, `ascii_escape_unicode`); [`float`]: the `repr` of floats; [`int`]:
//!   the digits of integers;
//! - [`writer`]: output that grows (`PyUnicodeWriter`).
//!
//! `boundary` touches Python. It has the functions that `_jsonmodule.c` calls, `boundary/decode.rs` (the scanner, with
//! its keys in `memo.rs`) and `boundary/encode.rs` (the encoder, with its layout in `sink.rs`, the search for circular
//! references in `markers.rs` and the notes of exceptions in `notes.rs`). `boundary/objects.rs` has the fields of both,
//! and `boundary/text.rs` converts between the core's text and `str`.
//!
//! Differences:
//!
//! - A list or dict is filled when its closing bracket is reached, a long one every 8,192 values.
//! - Python's `gc` does not see a container while it is being parsed.
//! - Nesting takes less of the C stack, so containers may be nested deeper than in C before `RecursionError`.

#[cfg(feature = "python")]
pub mod boundary;

pub mod decimal;
pub mod escape;
pub mod float;
pub mod int;
pub mod scan;
pub mod ucs;
pub mod unescape;
pub mod writer;

#[cfg(test)]
mod testing;
