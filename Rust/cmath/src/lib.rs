//! CPython's `cmath` module: functions of complex numbers.
//!
//! Follows `Modules/cmathmodule.c` of CPython 3.14.7.

#[cfg(feature = "python")]
pub mod boundary;

pub mod complex;
