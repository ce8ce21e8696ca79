//! Functions of the C library that Rust's standard library computes by itself or does not have.

use std::hint::black_box;

unsafe extern "C" {
    // Each takes and returns doubles and has no precondition; errno, which it may set, is read by nobody.

    pub(crate) safe fn acosh(x: f64) -> f64;
    pub(crate) safe fn asinh(x: f64) -> f64;
    pub(crate) safe fn atanh(x: f64) -> f64;
    #[link_name = "fmax"]
    safe fn libm_fmax(x: f64, y: f64) -> f64;
    #[link_name = "fmin"]
    safe fn libm_fmin(x: f64, y: f64) -> f64;
}

type Binary = extern "C" fn(f64, f64) -> f64;

// The compiler knows both by name, and puts code of its own in their place, which takes another one of two zeros than the
// C library does.

/// The larger number, or the one that is not a NaN. Of two zeros it may be either.
#[inline]
pub fn fmax(x: f64, y: f64) -> f64 {
    black_box::<Binary>(libm_fmax)(x, y)
}

/// The smaller number, or the one that is not a NaN. Of two zeros it may be either.
#[inline]
pub fn fmin(x: f64, y: f64) -> f64 {
    black_box::<Binary>(libm_fmin)(x, y)
}
