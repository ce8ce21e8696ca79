//! A module that fails on demand: it panics in every kind of function that C calls, and it shows the defects that
//! the long checks must find. It is there for the tests of the boundary: no default build has it, and nothing imports it
//! but those tests.

#[cfg(feature = "python")]
pub mod boundary;

pub mod panics;
