//! Functions of complex numbers, with CPython's results to the bit.
//!
//! They are pymath's, which follows CPython's algorithms and calls the C library where CPython does. A failure is
//! `EDOM` where the function is not defined or has a pole, and `ERANGE` where the result is too large.
//!
//! One result of pymath 0.2.0 is corrected. From the logarithm of a quarter of the largest double on, CPython computes
//! exponentials and hyperbolic functions of `x - 1` and multiplies them by e. pymath does so from the logarithm of half
//! of the largest double on. Between the two the products are computed here.
//!
//! Some functions are computed here because that is faster. CPython's compiler joins a sine and a cosine of one number
//! to one call of `sincos`, and so does Rust's, but not through pymath. So `cos`, `cosh`, `exp`, `rect`, `sin` and
//! `sinh` of numbers of an ordinary size are computed here by their definitions, and `tan` and `tanh` of large numbers
//! too. The same goes for `acos`, `acosh` and `log` of numbers of an ordinary size, as pymath's functions return
//! results through memory and test for special values that cannot occur there. All other results are pymath's.

#![forbid(unsafe_code)]

use crate::libm::asinh as libm_asinh;
pub use num_complex::Complex64;
pub use pymath::cmath::{asin, asinh, atan, atanh, isclose, isfinite, isinf, isnan, log10, polar};
use pymath::{Error, Result, cmath};
use std::f64::consts::E;

/// The logarithm of `f64::MAX / 4`.
const CPYTHON: f64 = 708.396_418_532_264_1;

/// Whether neither part is infinite or a NaN, and the real part is not too large for its exponential.
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

/// The larger and the smaller one of the magnitudes of both parts.
#[inline(always)]
fn magnitudes(z: Complex64) -> (f64, f64) {
    let (x, y) = (z.re.abs(), z.im.abs());
    if x > y { (x, y) } else { (y, x) }
}

/// Whether a number is neither too large nor too small for its length.
#[inline(always)]
pub fn has_ordinary_log(z: Complex64) -> bool {
    let (larger, smaller) = magnitudes(z);
    // A NaN is in no range, and may be the smaller one.
    (f64::MIN_POSITIVE..=f64::MAX / 4.0).contains(&larger) && smaller.is_finite()
}

/// The natural logarithm of a number that has an ordinary one.
#[inline(always)]
pub fn ordinary_log(z: Complex64) -> Complex64 {
    let (larger, smaller) = magnitudes(z);
    let length = z.re.abs().hypot(z.im.abs());
    // Near 1 the logarithm needs more bits than the length has.
    let re = if (0.71..=1.73).contains(&length) {
        ((larger - 1.0) * (larger + 1.0) + smaller * smaller).ln_1p() / 2.0
    } else {
        length.ln()
    };
    Complex64::new(re, z.im.atan2(z.re))
}

/// The logarithm to a base, or the natural one.
#[inline]
pub fn log(z: Complex64, base: Option<Complex64>) -> Result<Complex64> {
    if has_ordinary_log(z) {
        let Some(base) = base else { return Ok(ordinary_log(z)) };
        if has_ordinary_log(base)
            && let Some(quotient) = quotient(ordinary_log(z), ordinary_log(base))
        {
            return Ok(quotient);
        }
    }
    cmath::log(z, base)
}

/// The quotient of two finite numbers, by Smith's algorithm (Algorithm 116, Communications of the ACM 5, 1962), as CPython
/// divides; `None` for a divisor of zero.
#[inline(always)]
fn quotient(a: Complex64, b: Complex64) -> Option<Complex64> {
    if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let divisor = b.re + b.im * ratio;
        (b.re != 0.0).then(|| Complex64::new((a.re + a.im * ratio) / divisor, (a.im - a.re * ratio) / divisor))
    } else {
        let ratio = b.re / b.im;
        let divisor = b.re * ratio + b.im;
        Some(Complex64::new((a.re * ratio + a.im) / divisor, (a.im * ratio - a.re) / divisor))
    }
}

/// Whether no part is special or so large that its length, or twice the number, might be too large.
#[inline(always)]
fn is_moderate(z: Complex64) -> bool {
    z.re.abs() <= f64::MAX / 4.0 && z.im.abs() <= f64::MAX / 4.0
}

/// The square root of a number whose parts are finite, as CPython computes it.
#[inline(always)]
fn finite_sqrt(z: Complex64) -> Complex64 {
    let (x, y) = (z.re.abs(), z.im.abs());
    if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        // A square root never fails.
        return cmath::sqrt(z).unwrap_or_default();
    }
    // By eighths, so that the sum is not too large.
    let x = x / 8.0;
    let larger = 2.0 * (x + x.hypot(y / 8.0)).sqrt();
    let smaller = y / (2.0 * larger);
    if z.re >= 0.0 {
        Complex64::new(larger, smaller.copysign(z.im))
    } else {
        Complex64::new(smaller, larger.copysign(z.im))
    }
}

/// The square root.
#[inline]
pub fn sqrt(z: Complex64) -> Result<Complex64> {
    if z.re.is_finite() && z.im.is_finite() { Ok(finite_sqrt(z)) } else { cmath::sqrt(z) }
}

/// The arc cosine (Kahan, "Branch Cuts for Complex Elementary Functions", 1987).
#[inline]
pub fn acos(z: Complex64) -> Result<Complex64> {
    if !is_moderate(z) {
        return cmath::acos(z);
    }
    let one = finite_sqrt(Complex64::new(1.0 - z.re, -z.im));
    let other = finite_sqrt(Complex64::new(1.0 + z.re, z.im));
    Ok(Complex64::new(2.0 * one.re.atan2(other.re), libm_asinh(other.re * one.im - other.im * one.re)))
}

/// The inverse hyperbolic cosine.
#[inline]
pub fn acosh(z: Complex64) -> Result<Complex64> {
    if !is_moderate(z) {
        return cmath::acosh(z);
    }
    let one = finite_sqrt(Complex64::new(z.re - 1.0, z.im));
    let other = finite_sqrt(Complex64::new(z.re + 1.0, z.im));
    Ok(Complex64::new(libm_asinh(one.re * other.re + one.im * other.im), 2.0 * one.im.atan2(other.re)))
}

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh(z: Complex64) -> Result<Complex64> {
    if is_ordinary(z) {
        let (tanh, tan, inverse) = (z.re.tanh(), z.im.tan(), 1.0 / z.re.cosh());
        let product = tanh * tan;
        let divisor = 1.0 + product * product;
        return Ok(Complex64::new(tanh * (1.0 + tan * tan) / divisor, tan / divisor * inverse * inverse));
    }
    large_tanh(z)
}

/// [`tanh`] of a number with a large real part, or with a part that is infinite or a NaN.
#[cold]
#[inline(never)]
fn large_tanh(z: Complex64) -> Result<Complex64> {
    if z.im.is_finite() && z.re.abs() > CPYTHON {
        // So near 1, and the imaginary part so near 0, that an approximation of both is exact.
        let (sin, cos) = z.im.sin_cos();
        return Ok(Complex64::new(1.0_f64.copysign(z.re), 4.0 * sin * cos * (-2.0 * z.re.abs()).exp()));
    }
    if z.im.is_infinite() && z.re.is_finite() {
        return Err(Error::EDOM);
    }
    cmath::tanh(z)
}

/// The tangent: `-i` times the hyperbolic one of `i*z`.
#[inline]
pub fn tan(z: Complex64) -> Result<Complex64> {
    let t = tanh(Complex64::new(-z.im, z.re))?;
    Ok(Complex64::new(t.im, -t.re))
}

/// e to the power of `z`.
#[inline]
pub fn exp(z: Complex64) -> Result<Complex64> {
    if is_ordinary(z) {
        let (length, (sin, cos)) = (z.re.exp(), z.im.sin_cos());
        return Ok(Complex64::new(length * cos, length * sin));
    }
    large_exp(z)
}

/// [`exp`] of a number with a large real part, or with a part that is infinite or a NaN.
#[cold]
#[inline(never)]
fn large_exp(z: Complex64) -> Result<Complex64> {
    if is_between(z) && z.re > 0.0 {
        let length = (z.re - 1.0).exp();
        return scaled(length * z.im.cos(), length * z.im.sin());
    }
    if z.im.is_infinite() && (z.re.is_finite() || z.re == f64::INFINITY) {
        return Err(Error::EDOM);
    }
    if z.re == f64::NEG_INFINITY && z.im.is_finite() {
        let (sin, cos) = z.im.sin_cos();
        return Ok(Complex64::new(0.0_f64.copysign(cos), 0.0_f64.copysign(sin)));
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
    large_cosh(z)
}

/// [`cosh`] of a number with a large real part, or with a part that is infinite or a NaN.
#[cold]
#[inline(never)]
fn large_cosh(z: Complex64) -> Result<Complex64> {
    if is_between(z) {
        let x = z.re - 1.0_f64.copysign(z.re);
        return scaled(z.im.cos() * x.cosh(), z.im.sin() * x.sinh());
    }
    if z.im.is_infinite() && !z.re.is_nan() {
        return Err(Error::EDOM);
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
    large_sinh(z)
}

/// [`sinh`] of a number with a large real part, or with a part that is infinite or a NaN.
#[cold]
#[inline(never)]
fn large_sinh(z: Complex64) -> Result<Complex64> {
    if is_between(z) {
        let x = z.re - 1.0_f64.copysign(z.re);
        return scaled(z.im.cos() * x.sinh(), z.im.sin() * x.cosh());
    }
    if z.im.is_infinite() && !z.re.is_nan() {
        return Err(Error::EDOM);
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
    if phi.is_infinite() && r != 0.0 && !r.is_nan() {
        return Err(Error::EDOM);
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
    use super::{Complex64, acos, acosh, cos, cosh, exp, log, phase, polar, rect, sinh, sqrt, tan, tanh};
    use pymath::{Error, cmath};

    /// Numbers of all sizes, special ones among them, and both zeros.
    fn numbers() -> impl Iterator<Item = Complex64> {
        let sizes = [0.0, 5e-324, 1e-310, 1e-300, 1e-9, 0.3, 0.999_999_999, 1.0, 1.5, 2.0, 20.0, 708.39, 708.5, 709.5];
        let large = [1e150, f64::MAX / 4.0, f64::MAX / 3.0, f64::MAX, f64::INFINITY, f64::NAN];
        let parts: Vec<f64> = sizes.into_iter().chain(large).flat_map(|part| [part, -part]).collect();
        parts.clone().into_iter().flat_map(move |re| parts.clone().into_iter().map(move |im| Complex64::new(re, im)))
    }

    fn bits(result: pymath::Result<Complex64>) -> Result<(u64, u64), Error> {
        // Which NaN it is does not count.
        let bits = |part: f64| if part.is_nan() { f64::NAN.to_bits() } else { part.to_bits() };
        result.map(|z| (bits(z.re), bits(z.im)))
    }

    #[test]
    fn own_functions_give_the_results_of_pymath() {
        for z in numbers() {
            assert_eq!(bits(acos(z)), bits(cmath::acos(z)), "{z}");
            assert_eq!(bits(acosh(z)), bits(cmath::acosh(z)), "{z}");
            assert_eq!(bits(tanh(z)), bits(cmath::tanh(z)), "{z}");
            assert_eq!(bits(tan(z)), bits(cmath::tan(z)), "{z}");
            assert_eq!(bits(sqrt(z)), bits(cmath::sqrt(z)), "{z}");
            assert_eq!(bits(log(z, None)), bits(cmath::log(z, None)), "{z}");
            assert_eq!(bits(rect(z.re, z.im)), bits(cmath::rect(z.re, z.im)), "{z}");
            for base in numbers().step_by(7) {
                assert_eq!(bits(log(z, Some(base))), bits(cmath::log(z, Some(base))), "{z} {base}");
            }
            if !super::is_between(z) {
                assert_eq!(bits(exp(z)), bits(cmath::exp(z)), "{z}");
                assert_eq!(bits(cosh(z)), bits(cmath::cosh(z)), "{z}");
                assert_eq!(bits(sinh(z)), bits(cmath::sinh(z)), "{z}");
            }
        }
    }

    #[test]
    fn a_phase_can_be_too_small_for_a_double() {
        for (re, im, phi) in [(2.0, 5e-324, 0.0), (2.0, -5e-324, -0.0), (1e308, 1e-300, 0.0), (1.0, 5e-324, 5e-324)] {
            assert_eq!(phase(Complex64::new(re, im)).to_bits(), f64::to_bits(phi));
            assert_eq!(polar(Complex64::new(re, im)), Ok((re, phi)));
        }
        assert_eq!(polar(Complex64::new(f64::MAX, f64::MAX)), Err(Error::ERANGE));
    }

    #[test]
    fn corrections_of_pymath_near_the_overflow() {
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
