//! CPython's `array` module: sequences of numbers and characters of one machine type.
//!
//! Follows `Modules/arraymodule.c` of CPython. [`typecode`] has the type codes, [`kernels`] what is done with many items at once
//! ([`dispatch`] with the vector instructions of the processor),
//! and [`machine_format`] the formats in pickles. `boundary` has the classes: an array is an `ItemStorage` of the safe layer, which
//! threads change under a lock and read item by item without one.
//!
//! Differences: items are converted once, before the array is looked at; see Doc/differences.md.

#[cfg(feature = "python")]
pub mod boundary;

pub mod dispatch;
pub mod kernels;
pub mod machine_format;
pub mod typecode;
