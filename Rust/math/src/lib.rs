//! CPython's `math` module: functions of doubles, exact sums, and integers.
//!
//! Follows `Modules/mathmodule.c` of CPython 3.14.7.

#[cfg(feature = "python")]
pub mod boundary;

pub mod extended;
pub mod natural;
pub mod real;
pub mod small;
pub mod sum;
