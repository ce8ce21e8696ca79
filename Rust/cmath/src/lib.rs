//! CPython's `cmath` module: functions of complex numbers.
//!
//! Follows `Modules/cmathmodule.c` of CPython. All functions are those of the crate pymath; `exp` `cos` `cosh`
//! `sin` `sinh` are mended in [`complex`] where they differ from CPython, and these, `log` and `rect` go by the definition
//! there for numbers of an ordinary size.
//!
//! Differences: none.

#[cfg(feature = "python")]
pub mod boundary;

pub mod complex;
