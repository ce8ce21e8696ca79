//! The boundary to Python: the classes of the module and its functions.
//!
//! The parsing code, the method tables and the docstrings are those of the C module, which the build takes from CPython's source.
//! `make regen` writes `Include/rust/_elementtree.h`.

pub mod attributes;
pub mod builder;
pub mod construct;
pub mod copy;
pub mod element;
pub mod find;
pub mod iterator;
pub mod machine;
pub mod methods;
pub mod module;
pub mod parser;
pub mod pickle;
pub mod slots;
pub mod target;
