//! The module `_rust`: what the Rust part of this interpreter is, and which implementation each module runs on.
//!
//! CPython has no such module. It is built in wherever a Rust module is, and it is where the choice between the two
//! implementations of a module is made; the init function of every module with two of them asks here.
//!
//! - [`choice`]: what `-X rust_modules` and `PYTHON_RUST_MODULES` mean
//! - [`crates`]: the crates that each module uses, written by `make dependencies`
//! - [`report`]: the table that `make status` prints

#![cfg_attr(not(feature = "python"), forbid(unsafe_code))]

#[cfg(feature = "python")]
pub mod boundary;

pub mod choice;
pub mod crates;
pub mod report;

/// The implementation that the plain name of a module gives in this build, unless another is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// The Rust implementation; C's is `_c_NAME`.
    Rust,
    /// The C implementation, which has no other name.
    C,
    /// There is no such module: this one is for tests.
    Nothing,
}

/// A Rust module of this build.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// The name that users import.
    pub name: &'static str,
    /// The stage in `Modules/Setup.rust`.
    pub stage: &'static str,
    /// The implementation that the plain name gives.
    pub plain: Plain,
    /// Whether it can give the other implementation.
    pub switchable: bool,
    /// Whether the C implementation can be imported as `_c_NAME`.
    pub has_c_name: bool,
}
