//! Functions of complex numbers, with CPython's results to the bit.
//!
//! They are pymath's, which follows CPython's algorithms and calls the C library where CPython does. A failure is
//! `EDOM` where the function is not defined or has a pole, and `ERANGE` where the result is too large.
//!
//! One thing is mended around pymath 0.2.0: from the logarithm of a quarter of the largest double on, CPython computes
//! exponentials and hyperbolic functions of `x - 1` and multiplies them with e. pymath has the logarithm of half of the
//! largest double there. Between the two the products below take its place.
//!
//! And some things are done at less cost. CPython's compiler asks the C library for a sine and a cosine in one call, and
//! so does Rust's, but not through pymath. So numbers of an ordinary size go by the definition here, in `cos`, `cosh`,
//! `exp`, `rect`, `sin` and `sinh`, and in `log` without a base, too; all others are pymath's.

#![forbid(unsafe_code)]

pub use num_complex::Complex64;
pub use pymath::cmath::{
    acos, acosh, asin, asinh, atan, atanh, isclose, isfinite, isinf, isnan, log10, polar, sqrt, tan, tanh,
};
use pymath::{Error, Result, cmath};
use std::f64::consts::E;

/// The logarithm of `f64::MAX / 4`.
const CPYTHON: f64 = 708.396_418_532_264_1;

/// Whether no part is special or so large that an exponential of it is.
#[inline]
fn is_ordinary(z: Complex64) -> bool {
    z.re.abs() <= CPYTHON && z.im.is_finite()
}

/// Whether pymath should have scaled `z` and does not.
fn is_between(z: Complex64) -> bool {
    /// pymath's, of `f64::MAX / 2`.
    const PYMATH: f64 = 709.089_565_712_824_1;
    let x = z.re.abs();
    CPYTHON < x && x <= PYMATH && z.im.is_finite()
}

/// `re` and `im` times e.
fn scaled(re: f64, im: f64) -> Result<Complex64> {
    let z = Complex64::new(re * E, im * E);
    if z.re.is_infinite() || z.im.is_infinite() { Err(Error::ERANGE) } else { Ok(z) }
}

/// The angle of a number's direction. It is always a number from -pi to pi, where CPython's C code takes the C library's note of
/// an underflow for an error (CPython issue 153144).
#[inline]
pub fn phase(z: Complex64) -> f64 {
    z.im.atan2(z.re)
}

/// The logarithm to a base, or the natural one.
#[inline]
pub fn log(z: Complex64, base: Option<Complex64>) -> Result<Complex64> {
    let (x, y) = (z.re.abs(), z.im.abs());
    let (larger, smaller) = if x > y { (x, y) } else { (y, x) };
    // Neither too large nor too small for the length. A NaN is in no range, and may be the smaller one.
    if base.is_none() && (f64::MIN_POSITIVE..=f64::MAX / 4.0).contains(&larger) && smaller.is_finite() {
        let length = x.hypot(y);
        // Near 1 the logarithm needs more bits than the length has.
        let re = if (0.71..=1.73).contains(&length) {
            ((larger - 1.0) * (larger + 1.0) + smaller * smaller).ln_1p() / 2.0
        } else {
            length.ln()
        };
        return Ok(Complex64::new(re, z.im.atan2(z.re)));
    }
    cmath::log(z, base)
}

/// e to the power of `z`.
#[inline]
pub fn exp(z: Complex64) -> Result<Complex64> {
    if is_ordinary(z) {
        let (length, (sin, cos)) = (z.re.exp(), z.im.sin_cos());
        return Ok(Complex64::new(length * cos, length * sin));
    }
    if is_between(z) && z.re > 0.0 {
        let length = (z.re - 1.0).exp();
        return scaled(length * z.im.cos(), length * z.im.sin());
    }
    cmath::exp(z)
}

/// The hyperbolic cosine.
#[inline]
pub fn cosh(z: Complex64) -> Result<Complex64> {
    if is_ordinary(z) {
        let (sin, cos) = z.im.sin_cos();
        return Ok(Complex64::new(cos * z.re.cosh(), sin * z.re.sinh()));
    }
    if is_between(z) {
        let x = z.re - 1.0_f64.copysign(z.re);
        return scaled(z.im.cos() * x.cosh(), z.im.sin() * x.sinh());
    }
    cmath::cosh(z)
}

/// The hyperbolic sine.
#[inline]
pub fn sinh(z: Complex64) -> Result<Complex64> {
    if is_ordinary(z) {
        let (sin, cos) = z.im.sin_cos();
        return Ok(Complex64::new(cos * z.re.sinh(), sin * z.re.cosh()));
    }
    if is_between(z) {
        let x = z.re - 1.0_f64.copysign(z.re);
        return scaled(z.im.cos() * x.sinh(), z.im.sin() * x.cosh());
    }
    cmath::sinh(z)
}

/// The complex number with these polar coordinates.
#[inline]
pub fn rect(r: f64, phi: f64) -> Result<Complex64> {
    // The zero of an angle keeps its sign.
    if r.is_finite() && phi.is_finite() && phi != 0.0 {
        let (sin, cos) = phi.sin_cos();
        return Ok(Complex64::new(r * cos, r * sin));
    }
    cmath::rect(r, phi)
}

/// The cosine: the hyperbolic one of `i*z`.
#[inline]
pub fn cos(z: Complex64) -> Result<Complex64> {
    cosh(Complex64::new(-z.im, z.re))
}

/// The sine: `-i` times the hyperbolic one of `i*z`.
#[inline]
pub fn sin(z: Complex64) -> Result<Complex64> {
    let s = sinh(Complex64::new(-z.im, z.re))?;
    Ok(Complex64::new(s.im, -s.re))
}

#[cfg(test)]
mod tests {
    use super::{Complex64, cos, cosh, exp, phase, polar, sinh};
    use pymath::Error;

    #[test]
    fn a_phase_can_be_too_small_for_a_double() {
        for (re, im, phi) in [(2.0, 5e-324, 0.0), (2.0, -5e-324, -0.0), (1e308, 1e-300, 0.0), (1.0, 5e-324, 5e-324)] {
            assert_eq!(phase(Complex64::new(re, im)).to_bits(), f64::to_bits(phi));
            assert_eq!(polar(Complex64::new(re, im)), Ok((re, phi)));
        }
        assert_eq!(polar(Complex64::new(f64::MAX, f64::MAX)), Err(Error::ERANGE));
    }

    #[test]
    fn what_is_mended_around_pymath() {
        // The logarithm that CPython's C code computes.
        assert!(super::is_between(Complex64::new((f64::MAX / 4.0).ln() + 1e-12, 0.0)));
        assert!(!super::is_between(Complex64::new((f64::MAX / 4.0).ln(), 0.0)));
        let z = Complex64::new(708.5, 0.5);
        let x = 707.5_f64;
        let e = std::f64::consts::E;
        assert_eq!(cosh(z), Ok(Complex64::new(0.5_f64.cos() * x.cosh() * e, 0.5_f64.sin() * x.sinh() * e)));
        assert_eq!(sinh(-z), sinh(z).map(|s| -s));
        assert_eq!(exp(z), Ok(Complex64::new(x.exp() * 0.5_f64.cos() * e, x.exp() * 0.5_f64.sin() * e)));
        assert_eq!(cos(Complex64::new(0.5, -708.5)), cosh(z));
        assert_eq!(exp(Complex64::new(711.0, 0.0)), Err(Error::ERANGE));
    }
}
