//! CPython's `_elementtree` module: the elements of `xml.etree.ElementTree`, the builder of trees, and the parser.
//!
//! Follows `Modules/_elementtree.c` of CPython. [`names`] is the cache of the strings that a parser creates for names, and
//! [`path`] distinguishes tags from path expressions. `boundary` contains the classes: an element is changed under its lock and
//! read without it. The XML parser is the crate `xml-parser`; its events are passed to a `TreeBuilder` without running Python
//! code.
//!
//! Differences: see Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod names;
pub mod path;
