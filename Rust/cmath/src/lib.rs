//! CPython's `cmath` module: functions of complex numbers.
//!
//! Follows `Modules/cmathmodule.c` of CPython. All functions are those of the crate pymath; `exp` `cos` `cosh`
//! `sin` `sinh` are mended in [`complex`] where they differ from CPython, and these, `acos`, `acosh`, `log`, `rect`, `tan` and
//! `tanh` are computed there for most numbers.
//!
//! Differences: none.

#[cfg(feature = "python")]
pub mod boundary;

pub mod complex;
mod libm;
