//! CPython's `_functools` module.
//!
//! Follows `Modules/_functoolsmodule.c` of CPython 3.14 and 3.15.
//!
//! Differences: see `Doc/differences.md`.
//!
//! - [`lru`]: the table of a cache, and which entry was used last
//! - `boundary`: what Python calls

#[cfg(feature = "python")]
pub mod boundary;

pub mod lru;
