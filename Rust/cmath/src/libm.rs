//! A function of the C library that Rust's standard library computes by itself and pymath does not hand on as it is.

unsafe extern "C" {
    /// The inverse hyperbolic sine. There is no precondition.
    pub(crate) safe fn asinh(x: f64) -> f64;
}
