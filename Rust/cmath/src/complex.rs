//! Functions of complex numbers, with CPython's results to the bit.
//!
//! They are pymath's, which follows CPython's algorithms and calls the C library where CPython does. A failure is
//! `EDOM` where the function is not defined or has a pole, and `ERANGE` where the result is too large.

#![forbid(unsafe_code)]

pub use num_complex::Complex64;
pub use pymath::cmath::{
    acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, isclose, isfinite, isinf, isnan, log, log10, phase, polar,
    rect, sin, sinh, sqrt, tan, tanh,
};
