//! Functions of doubles: the family of the C library's mathematics.
//!
//! The C side, or Clinic's code, turns the arguments into doubles and ends in a jump to the function, which ends in one
//! to what makes a `float`, so that a call costs what it costs in C. The functions themselves cannot panic, being arithmetic and calls
//! of the C library: only raising an exception goes through [`entry`], out of line.

use super::float;
use crate::real;
use cpython_api::exceptions::{PyOverflowError, PyValueError};
use cpython_api::types::PyFloat;
use cpython_api::{Bound, PyErr, PyObject, PyResult, Python, entry};
use pymath::Error;
use std::ffi::CStr;

// The messages for an argument outside the domain; the argument follows.
const ABOVE_MINUS_ONE: Option<&str> = Some("expected argument value > -1, got ");
const FINITE: Option<&str> = Some("expected a finite input, got ");
const FROM_ONE: Option<&str> = Some("expected argument value not less than 1, got ");
const INSIDE_UNIT: Option<&str> = Some("expected a number between -1 and 1, got ");
const NO_POLE: Option<&str> = Some("expected a noninteger or positive integer, got ");
const NONNEGATIVE: Option<&str> = Some("expected a nonnegative input, got ");
const UNIT: Option<&str> = Some("expected a number in range from -1 up to 1, got ");
const POSITIVE: Option<&str> = Some("expected a positive input, got ");
/// Nothing but that there is a domain.
const PLAIN: Option<&str> = None;

/// Returns a float to C, or raises what is wrong with the argument `x`.
#[inline(always)]
fn finish(
    py: Python<'_>,
    name: &'static CStr,
    x: f64,
    result: Result<f64, Error>,
    domain: Option<&'static str>,
) -> *mut PyObject {
    match result {
        Ok(value) => float(py, value),
        Err(error) => fail(py, name, x, error, domain),
    }
}

#[cold]
#[inline(never)]
fn fail(_py: Python<'_>, name: &'static CStr, x: f64, error: Error, domain: Option<&'static str>) -> *mut PyObject {
    // SAFETY: the thread is attached, as `_py` proves.
    unsafe { entry(name, move |py| checked(py, x, Err(error), domain)) }
}

/// A float, or what is wrong with the argument `x`.
fn checked<'py>(
    py: Python<'py>,
    x: f64,
    result: Result<f64, Error>,
    domain: Option<&'static str>,
) -> PyResult<Bound<'py>> {
    match result {
        Ok(value) => PyFloat::new(py, value).map(Bound::into_any),
        Err(error) => Err(raise(py, x, error, domain)),
    }
}

#[cold]
fn raise(py: Python<'_>, x: f64, error: Error, domain: Option<&'static str>) -> PyErr {
    match (error, domain) {
        (Error::ERANGE, _) => PyOverflowError::new_err(py, "math range error"),
        (Error::EDOM, None) => PyValueError::new_err(py, "math domain error"),
        (Error::EDOM, Some(expected)) => match PyFloat::new(py, x).and_then(|x| x.repr()) {
            Ok(repr) => PyValueError::new_err(py, format_args!("{expected}{}", repr.to_string_lossy())),
            Err(error) => error,
        },
    }
}

/// Arc cosine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_acos_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.acos", x, real::acos(x), UNIT)
}

/// Inverse hyperbolic cosine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_acosh_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.acosh", x, real::acosh(x), FROM_ONE)
}

/// Arc sine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_asin_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.asin", x, real::asin(x), UNIT)
}

/// Inverse hyperbolic sine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_asinh_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.asinh", x, real::asinh(x), PLAIN)
}

/// Arc tangent.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_atan_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.atan", x, real::atan(x), PLAIN)
}

/// Inverse hyperbolic tangent.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_atanh_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.atanh", x, real::atanh(x), INSIDE_UNIT)
}

/// Cube root.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_cbrt_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.cbrt", x, real::cbrt(x), PLAIN)
}

/// Cosine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_cos_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.cos", x, real::cos(x), FINITE)
}

/// Hyperbolic cosine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_cosh_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.cosh", x, real::cosh(x), PLAIN)
}

/// Error function.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_erf_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.erf", x, real::erf(x), PLAIN)
}

/// Complementary error function.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_erfc_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.erfc", x, real::erfc(x), PLAIN)
}

/// Exponential.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_exp_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.exp", x, real::exp(x), PLAIN)
}

/// Power of two.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_exp2_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.exp2", x, real::exp2(x), PLAIN)
}

/// Exponential less one.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_expm1_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.expm1", x, real::expm1(x), PLAIN)
}

/// Absolute value.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_fabs_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.fabs", x, real::fabs(x), PLAIN)
}

/// Gamma function.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_gamma_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"math.gamma", move |py| checked(py, x, real::gamma(x), NO_POLE)) }
}

/// Logarithm of the gamma function.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_lgamma_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"math.lgamma", move |py| checked(py, x, real::lgamma(x), NO_POLE)) }
}

/// Logarithm of one more.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log1p_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.log1p", x, real::log1p(x), ABOVE_MINUS_ONE)
}

/// Sine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_sin_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.sin", x, real::sin(x), FINITE)
}

/// Hyperbolic sine.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_sinh_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.sinh", x, real::sinh(x), PLAIN)
}

/// Square root.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_sqrt_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.sqrt", x, real::sqrt(x), NONNEGATIVE)
}

/// Tangent.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_tan_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.tan", x, real::tan(x), FINITE)
}

/// Hyperbolic tangent.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_tanh_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.tanh", x, real::tanh(x), PLAIN)
}

/// Arc tangent of a quotient.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_atan2_impl(_module: *mut PyObject, y: f64, x: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.atan2", y, real::atan2(y, x), PLAIN)
}

/// Sign of another number.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_copysign_impl(_module: *mut PyObject, x: f64, y: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.copysign", x, real::copysign(x, y), PLAIN)
}

/// Remainder of truncated division.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_fmod_impl(_module: *mut PyObject, x: f64, y: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.fmod", x, real::fmod(x, y), PLAIN)
}

/// Power.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_pow_impl(_module: *mut PyObject, x: f64, y: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.pow", x, real::pow(x, y), PLAIN)
}

/// Remainder of rounded division.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_remainder_impl(_module: *mut PyObject, x: f64, y: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.remainder", x, real::remainder(x, y), PLAIN)
}

/// Radians to degrees.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_degrees_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    float(py, real::degrees(x))
}

/// Degrees to radians.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_radians_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    float(py, real::radians(x))
}

/// Unit in the last place.
#[unsafe(no_mangle)]
pub extern "C" fn math_ulp_impl(_module: *mut PyObject, x: f64) -> f64 {
    real::ulp(x)
}

/// The natural logarithm of a float, or of a positive number. The C side asks here first, and
/// [`math_log_impl`](super::log::math_log_impl) for whatever is neither, as for the others.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log_of_double(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.log", x, real::log(x), POSITIVE)
}

/// The binary logarithm of a float, or of a positive number.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log2_of_double(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.log2", x, real::log2(x), POSITIVE)
}

/// The decimal logarithm of a float, or of a positive number.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log10_of_double(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    finish(py, c"math.log10", x, real::log10(x), POSITIVE)
}
