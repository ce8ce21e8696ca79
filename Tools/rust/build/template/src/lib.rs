//! CPython's `NAME` module.
//!
//! Follows `Modules/SOURCE` of CPython.
//!
//! Differences: not all of it is here yet.

#[cfg(feature = "python")]
pub mod boundary;

pub mod core;
