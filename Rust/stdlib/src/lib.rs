//! The one static library that holds the selected modules.
//!
//! Rust cannot link several Rust static libraries into one program (rust-lang/rust issue 104707), so the module crates
//! are ordinary libraries and this one gathers them. It has no code of its own: naming a crate makes the linker keep
//! what its C side exports.

#![forbid(unsafe_code)]

// regen: crates
#[cfg(feature = "binascii")]
use binascii as _;
#[cfg(feature = "cmath")]
use cmath as _;
#[cfg(feature = "math")]
use math as _;
// end
