//! CPython's `_elementtree` module: the elements of `xml.etree.ElementTree`, the builder of trees, and the parser.
//!
//! Follows `Modules/_elementtree.c` of CPython. [`names`] has the strings that a parser makes of names once, and [`path`] tells tags
//! from path expressions. `boundary` has the classes: what an element owns is changed under the element's lock and read without one.
//! The XML parser is the crate `xml-parser`; its events go to a `TreeBuilder` without a call of Python code.
//!
//! Differences: see Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod names;
pub mod path;
