//! Functions of the C library where the crate pymath has none, or does not hand everything to it.

unsafe extern "C" {
    // Each takes and returns doubles and has no precondition; errno, which it may set, is read by nobody.

    /// The larger number, or the one that is not a NaN. Of two zeros it may be either.
    pub safe fn fmax(x: f64, y: f64) -> f64;
    /// The smaller number, or the one that is not a NaN. Of two zeros it may be either.
    pub safe fn fmin(x: f64, y: f64) -> f64;
}
