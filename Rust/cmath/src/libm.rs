//! `asinh` of the C library: Rust's standard library has its own, and pymath does not export that of C unchanged.

unsafe extern "C" {
    /// The inverse hyperbolic sine. There is no precondition.
    pub(crate) safe fn asinh(x: f64) -> f64;
}
