//! A module that panics on demand, in every kind of function that C calls. It is there for the tests of the boundary:
//! no default build has it, and nothing imports it but those tests.

#[cfg(feature = "python")]
pub mod boundary;

pub mod panics;
