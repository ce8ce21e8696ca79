//! Functions of doubles that give doubles, with the C library's results to the bit.
//!
//! Many are pymath's, which calls the C library where CPython does. A failure is `EDOM` where the function is not
//! defined or has a pole, and `ERANGE` where the result is too large.

#![forbid(unsafe_code)]

pub use pymath::math::{
    atan2, ceil, copysign, degrees, erf, erfc, exp2, floor, fma, fmod, frexp, isclose, lgamma, log2, log10, modf,
    nextafter, pow, radians, trunc,
};

// New in CPython 3.15.
pub use crate::libm::{fmax, fmin};

use crate::libm;
use pymath::{Error, Result};

/// Neither zero, subnormal, infinite nor a NaN. New in CPython 3.15.
#[inline]
pub fn isnormal(x: f64) -> bool {
    x.is_normal()
}

/// Not zero, and smaller than all normal numbers. New in CPython 3.15.
#[inline]
pub fn issubnormal(x: f64) -> bool {
    x.is_subnormal()
}

/// Whether the sign bit is set, of zeros and NaNs too. New in CPython 3.15.
#[inline]
pub fn signbit(x: f64) -> bool {
    x.is_sign_negative()
}

/// The natural logarithm.
#[inline]
pub fn log(x: f64) -> Result<f64> {
    pymath::math::log(x, None)
}

/// The `value` of a function of the C library for `x`, or its failure: `EDOM` if the value is a NaN and `x` is not, and
/// `infinite` if the value is infinite and `x` is finite.
///
/// pymath (0.2.0) and CPython also look at `errno` when the value is finite. A C library sets it then for an underflow
/// alone, which is no failure. Looking would take a tenth of the time of a call from Python.
#[inline(always)]
fn checked(x: f64, value: f64, infinite: Error) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else if value.is_nan() {
        if x.is_nan() { Ok(value) } else { Err(Error::EDOM) }
    } else if x.is_finite() {
        Err(infinite)
    } else {
        Ok(value)
    }
}

macro_rules! from_libm {
    ($($(#[$doc:meta])* $name:ident($function:path, $infinite:ident))*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(x: f64) -> Result<f64> {
            checked(x, $function(x), Error::$infinite)
        }
    )*};
}

// The methods of f64 that are named here call the C library, but for two that are instructions: the square root and the
// absolute value.
from_libm! {
    /// The arc cosine.
    acos(f64::acos, EDOM)
    /// The inverse hyperbolic cosine.
    acosh(libm::acosh, EDOM)
    /// The arc sine.
    asin(f64::asin, EDOM)
    /// The inverse hyperbolic sine.
    asinh(libm::asinh, EDOM)
    /// The arc tangent.
    atan(f64::atan, EDOM)
    /// The inverse hyperbolic tangent.
    atanh(libm::atanh, EDOM)
    /// The cube root.
    cbrt(f64::cbrt, EDOM)
    /// The cosine.
    cos(f64::cos, EDOM)
    /// The hyperbolic cosine.
    cosh(f64::cosh, ERANGE)
    /// e to the power of `x`.
    exp(f64::exp, ERANGE)
    /// `exp(x) - 1`
    expm1(f64::exp_m1, ERANGE)
    /// The absolute value.
    fabs(f64::abs, EDOM)
    /// The sine.
    sin(f64::sin, EDOM)
    /// The hyperbolic sine.
    sinh(f64::sinh, ERANGE)
    /// The square root.
    sqrt(f64::sqrt, EDOM)
    /// The tangent.
    tan(f64::tan, EDOM)
}

/// The hyperbolic tangent, which cannot fail.
#[inline]
pub fn tanh(x: f64) -> Result<f64> {
    Ok(x.tanh())
}

/// The gamma function. pymath (0.2.0) leaves 23.0 to its approximation, where CPython's table still has `22!`.
#[inline]
pub fn gamma(x: f64) -> Result<f64> {
    if x == 23.0 { Ok(1_124_000_727_777_607_680_000.0) } else { pymath::math::gamma(x) }
}

/// The natural logarithm of `1 + x`. pymath (0.2.0) returns a NaN as it is, where the C library makes a quiet one of it.
#[inline]
pub fn log1p(x: f64) -> Result<f64> {
    if x.is_nan() { Ok(x + x) } else { pymath::math::log1p(x) }
}

/// The value of the last bit of `x`, from its exponent alone.
#[inline]
pub fn ulp(x: f64) -> f64 {
    match (x.to_bits() >> 52) & 0x7ff {
        0x7ff => {
            if x.is_nan() {
                x
            } else {
                f64::INFINITY
            }
        }
        exponent @ 53.. => f64::from_bits((exponent - 52) << 52),
        // The result is subnormal.
        exponent => f64::from_bits(1 << exponent.saturating_sub(1)),
    }
}

/// `product * factor`. A multiplication of two NaNs may give either; here the first one is the result.
#[inline]
pub fn times(product: f64, factor: f64) -> f64 {
    if product.is_nan() { product + product } else { product * factor }
}

/// The product of many numbers, multiplied one after the other as by [`times`].
#[inline]
pub fn times_all(product: f64, factors: impl Iterator<Item = f64> + Clone) -> f64 {
    let result = factors.clone().fold(product, |product, factor| product * factor);
    if result.is_nan() { factors.fold(product, times) } else { result }
}

/// `x - n*y` with the integer `n` closest to `x / y`. pymath (0.2.0) leaves NaNs to the C library, where CPython returns
/// the first of them as it is.
#[inline]
pub fn remainder(x: f64, y: f64) -> Result<f64> {
    if x.is_nan() {
        Ok(x)
    } else if y.is_nan() {
        Ok(y)
    } else {
        pymath::math::remainder(x, y)
    }
}

/// `x * 2**exponent`, rounded once.
#[inline]
pub fn ldexp(x: f64, exponent: i64) -> Result<f64> {
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    match i32::try_from(exponent) {
        Ok(exponent) => pymath::math::ldexp(x, exponent),
        Err(_) if exponent > 0 => Err(Error::ERANGE),
        Err(_) => Ok(0.0_f64.copysign(x)),
    }
}

/// `x` without its fraction, if that is far from where integers do not fit.
#[inline]
pub fn trunc_to_i64(x: f64) -> Option<i64> {
    // Both bounds are exact, and a NaN is inside no bounds.
    const LIMIT: f64 = (1_u64 << 62) as f64;
    (-LIMIT < x && x < LIMIT).then_some(x as i64)
}

/// The largest integer that is not above `x`, as [`trunc_to_i64`]. A number with a fraction is below 2^53, where the way
/// back to a double is exact.
#[inline]
pub fn floor_to_i64(x: f64) -> Option<i64> {
    trunc_to_i64(x).map(|whole| whole - i64::from(whole as f64 > x))
}

/// The smallest integer that is not below `x`, as [`floor_to_i64`].
#[inline]
pub fn ceil_to_i64(x: f64) -> Option<i64> {
    trunc_to_i64(x).map(|whole| whole + i64::from((whole as f64) < x))
}

/// A positive integer of any size as a mantissa, from 0.5 to 1, and an exponent of two.
///
/// `top` are its `bits` significant bits when they are at most 64, and otherwise the highest 64 of them, `sticky`
/// telling whether any bit below is set. The mantissa is rounded once, half to even.
fn mantissa_and_exponent(top: u64, sticky: bool, bits: u64) -> (f64, u64) {
    const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;
    let top = top << (64 - bits.min(64));
    // The sticky bit breaks what would look like a tie. The lowest bit is far below the 53 that are kept.
    let mantissa = (top | u64::from(sticky)) as f64 / TWO_TO_64;
    if mantissa == 1.0 { (0.5, bits + 1) } else { (mantissa, bits) }
}

/// A natural number of any size, given as for [`log_of_int`], as a double, if it is not too large.
pub fn int_to_f64(top: u64, sticky: bool, bits: u64) -> Option<f64> {
    if bits == 0 {
        return Some(0.0);
    }
    let (mantissa, exponent) = mantissa_and_exponent(top, sticky, bits);
    // Exact: a mantissa of 53 bits moved to an exponent that doubles have.
    i64::try_from(exponent).ok().and_then(|exponent| ldexp(mantissa, exponent).ok())
}

/// The logarithm, by `log`, of a positive integer of any size.
///
/// `top` are its `bits` significant bits when they are at most 64, and otherwise the highest 64 of them, `sticky`
/// telling whether any bit below is set.
///
/// An integer too large for a double is split into mantissa and exponent: the logarithm of the mantissa, plus the
/// exponent times the logarithm of 2.
pub fn log_of_int(top: u64, sticky: bool, bits: u64, log: impl Fn(f64) -> f64) -> f64 {
    if let Some(value) = int_to_f64(top, sticky, bits) {
        return log(value);
    }
    let (mantissa, exponent) = mantissa_and_exponent(top, sticky, bits);
    log(mantissa) + log(2.0) * exponent as f64
}

/// [`log_of_int`] as CPython 3.15 has it: the last product and sum are rounded once. It also serves objects with `__index__`
/// whose conversion to a double overflows.
pub fn log_of_int_fused(top: u64, sticky: bool, bits: u64, log: impl Fn(f64) -> f64) -> f64 {
    if let Some(value) = int_to_f64(top, sticky, bits) {
        return log(value);
    }
    let (mantissa, exponent) = mantissa_and_exponent(top, sticky, bits);
    log(2.0).mul_add(exponent as f64, log(mantissa))
}

#[cfg(test)]
mod tests {
    use super::{
        ceil_to_i64, floor_to_i64, fmax, fmin, gamma, isnormal, issubnormal, ldexp, log, log_of_int, log_of_int_fused,
        log1p, remainder, signbit, times, times_all, trunc_to_i64, ulp,
    };
    use pymath::Error;
    use std::hint::black_box;

    #[test]
    fn corrections_of_pymath_for_gamma_and_nans() {
        assert_eq!(gamma(23.0), Ok(1_124_000_727_777_607_680_000.0));
        // Constant folding by the compiler gives other NaNs.
        let [nan, negative_nan] = black_box([f64::NAN, -f64::NAN]);
        let signals = black_box(f64::from_bits(0x7ff0_0000_0000_0005));
        assert_eq!(log1p(signals).map(f64::to_bits), Ok(0x7ff8_0000_0000_0005));
        assert_eq!(times(negative_nan, nan).to_bits(), negative_nan.to_bits());
        assert_eq!(times(2.0, negative_nan).to_bits(), negative_nan.to_bits());
        assert_eq!(times_all(2.0, [3.0, negative_nan, nan].into_iter()).to_bits(), negative_nan.to_bits());
        assert_eq!(times_all(2.0, [3.0, 4.0].into_iter()), 24.0);
        assert_eq!(remainder(nan, negative_nan).map(f64::to_bits), Ok(nan.to_bits()));
        assert_eq!(remainder(1.0, negative_nan).map(f64::to_bits), Ok(negative_nan.to_bits()));
        assert_eq!(remainder(5.0, 2.0), Ok(1.0));
    }

    #[test]
    fn the_last_bit_is_the_distance_to_the_next_number() {
        for exponent in 0..2047_u64 {
            for mantissa in [0, 1, (1 << 52) - 1] {
                let x = f64::from_bits(exponent << 52 | mantissa);
                assert_eq!(ulp(x), pymath::math::ulp(x), "{x}");
                assert_eq!(ulp(-x), ulp(x));
            }
        }
        assert_eq!((ulp(f64::NEG_INFINITY), ulp(f64::INFINITY)), (f64::INFINITY, f64::INFINITY));
        let negative_nan = black_box(-f64::NAN);
        assert_eq!(ulp(negative_nan).to_bits(), negative_nan.to_bits());
    }

    /// The failures are those of pymath, which reads `errno` as well.
    #[test]
    fn failures_are_told_by_the_value_alone() {
        type Function = fn(f64) -> Result<f64, Error>;
        let functions: [(Function, Function); 17] = [
            (super::acos, pymath::math::acos),
            (super::acosh, pymath::math::acosh),
            (super::asin, pymath::math::asin),
            (super::asinh, pymath::math::asinh),
            (super::atan, pymath::math::atan),
            (super::atanh, pymath::math::atanh),
            (super::cbrt, pymath::math::cbrt),
            (super::cos, pymath::math::cos),
            (super::cosh, pymath::math::cosh),
            (super::exp, pymath::math::exp),
            (super::expm1, pymath::math::expm1),
            (super::fabs, pymath::math::fabs),
            (super::sin, pymath::math::sin),
            (super::sinh, pymath::math::sinh),
            (super::sqrt, pymath::math::sqrt),
            (super::tan, pymath::math::tan),
            (super::tanh, pymath::math::tanh),
        ];
        let sizes = [0.0, 5e-324, 1e-310, 1e-300, 1e-9, 0.5, 1.0, 1.5, 20.0, 709.9, 711.0, 1e22, f64::MAX];
        for x in sizes.into_iter().chain([f64::INFINITY, f64::NAN]).flat_map(|x| [black_box(x), black_box(-x)]) {
            for (index, (ours, theirs)) in functions.iter().enumerate() {
                assert_eq!(ours(x).map(f64::to_bits), theirs(x).map(f64::to_bits), "{index} {x}");
            }
        }
    }

    #[test]
    fn exponents_beyond_the_c_int_saturate() {
        for exponent in [i64::from(i32::MAX) + 1, i64::MAX] {
            assert_eq!(ldexp(1.0, exponent), Err(Error::ERANGE));
            assert_eq!(ldexp(-1.0, -exponent).map(f64::to_bits), Ok((-0.0_f64).to_bits()));
            assert_eq!(ldexp(f64::INFINITY, -exponent), Ok(f64::INFINITY));
            assert_eq!(ldexp(-0.0, exponent).map(f64::to_bits), Ok((-0.0_f64).to_bits()));
        }
        assert_eq!(ldexp(5.0, 3), Ok(40.0));
    }

    #[test]
    fn classes_of_doubles() {
        let tiny = 5e-324;
        for (x, normal, subnormal, negative) in [
            (0.0, false, false, false),
            (-0.0, false, false, true),
            (tiny, false, true, false),
            (-tiny, false, true, true),
            (f64::MIN_POSITIVE, true, false, false),
            (-f64::MIN_POSITIVE, true, false, true),
            (f64::from_bits(f64::MIN_POSITIVE.to_bits() - 1), false, true, false),
            (f64::MAX, true, false, false),
            (f64::INFINITY, false, false, false),
            (f64::NEG_INFINITY, false, false, true),
            (f64::NAN, false, false, false),
            (-f64::NAN, false, false, true),
        ] {
            assert_eq!((isnormal(x), issubnormal(x), signbit(x)), (normal, subnormal, negative), "{x}");
        }
    }

    #[test]
    fn the_larger_and_the_smaller_number() {
        let nan = f64::NAN;
        for (x, y, smaller, larger) in [
            (1.0, 2.0, 1.0, 2.0),
            (2.0, -1.0, -1.0, 2.0),
            (nan, 3.0, 3.0, 3.0),
            (-3.0, nan, -3.0, -3.0),
            (f64::INFINITY, 1.0, 1.0, f64::INFINITY),
        ] {
            assert_eq!((fmin(x, y), fmax(x, y)), (smaller, larger));
        }
        assert!(fmin(nan, nan).is_nan() && fmax(nan, nan).is_nan());
        assert_eq!((fmin(0.0, -0.0), fmax(-0.0, 0.0)), (0.0, 0.0));
    }

    #[test]
    fn logarithms_of_large_integers_rounded_once() {
        let ln = |x| log(x).unwrap_or(f64::NAN);
        assert_eq!(log_of_int_fused(5, false, 3, ln), ln(5.0));
        let mut differences = 0;
        for bits in 1025..3000 {
            let (fused, apart) = (log_of_int_fused(3 << 62, true, bits, ln), log_of_int(3 << 62, true, bits, ln));
            assert!((fused - apart).abs() <= fused * f64::EPSILON);
            differences += u32::from(fused != apart);
        }
        assert!(differences > 0);
    }

    #[test]
    fn rounding_stops_where_integers_do_not_fit() {
        for x in [0.0, -0.0, 0.3, -0.3, 2.0, -2.0, 2.5, -2.5, 4_503_599_627_370_495.5, -4_503_599_627_370_495.5, 5e-324]
        {
            assert_eq!(floor_to_i64(x), Some(x.floor() as i64), "{x}");
            assert_eq!(ceil_to_i64(x), Some(x.ceil() as i64), "{x}");
            assert_eq!(trunc_to_i64(x), Some(x.trunc() as i64), "{x}");
        }
        let large = 4_611_686_018_427_387_392_i64;
        for round in [floor_to_i64, ceil_to_i64, trunc_to_i64] {
            assert_eq!(round(large as f64), Some(large));
            assert_eq!(round(-large as f64), Some(-large));
            for x in [f64::NAN, f64::INFINITY, -f64::INFINITY, 4_611_686_018_427_387_904.0, -1e300] {
                assert_eq!(round(x), None);
            }
        }
    }

    #[test]
    fn integers_are_rounded_once_before_their_logarithm() {
        let ln = |x| log(x).unwrap_or(f64::NAN);
        assert_eq!(log_of_int(5, false, 3, ln), 5.0_f64.ln());
        // All ones rounds up to a power of two.
        assert_eq!(log_of_int(u64::MAX, true, 100, ln), ln(2.0_f64.powi(100)));
        // A tie goes to even, unless something is below it.
        let tie = (1 << 63) | (1 << 10);
        assert_eq!(log_of_int(tie, false, 70, |x| x), 2.0_f64.powi(69));
        assert_eq!(log_of_int(tie, true, 70, |x| x), 2.0_f64.powi(69) * (1.0 + f64::EPSILON));
        assert_eq!(log_of_int(1 << 63, false, 1024, |x| x), 2.0_f64.powi(1023));
        assert_eq!(log_of_int(1 << 63, false, 1025, ln), ln(0.5) + ln(2.0) * 1025.0);
    }
}
