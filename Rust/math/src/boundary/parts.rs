//! Functions that take doubles apart or put them together, step between them, and compare them.

use super::float;
use crate::real;
use cpython_api::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use cpython_api::types::{PyFloat, PyInt, PyTuple};
use cpython_api::{Arg, Borrowed, Bound, PyObject, PyResult, Python, entry, entry_value, into_c_result};
use pymath::Error;
use std::ffi::c_int;

/// Mantissa and exponent.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_frexp_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let (mantissa, exponent) = real::frexp(x);
    into_c_result(PyFloat::new(py, mantissa).and_then(|mantissa| pair(mantissa, PyInt::new(py, exponent)?)))
}

fn pair<'py, T>(first: Bound<'py, PyFloat>, second: Bound<'py, T>) -> PyResult<Bound<'py>> {
    PyTuple::pack(first.py(), [first.into_any(), second.into_any()]).map(Bound::into_any)
}

/// The inverse of frexp.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_ldexp_impl(_module: *mut PyObject, x: f64, i: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an argument that its caller keeps alive.
    let i: Arg<'_> = unsafe { Arg::new(&i) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let exponent = i.bind(py);
    // An exponent that does not fit is out of reach, too.
    let saturated = || exponent.exact_sign().map(|sign| if sign < 0 { i64::MIN } else { i64::MAX });
    if let Some(exponent) = exponent.exact_i64().or_else(saturated)
        && let Ok(value) = real::ldexp(x, exponent)
    {
        return float(py, value);
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.ldexp", move |py| ldexp(x, i.bind(py))) }
}

fn ldexp<'py>(x: f64, exponent: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = exponent.py();
    let Some(exponent) = exponent.cast_borrowed::<PyInt>() else {
        return Err(PyTypeError::new_err(py, "Expected an int as second argument to ldexp."));
    };
    let exponent = exponent.view()?;
    let out_of_reach = if exponent.is_negative() { i64::MIN } else { i64::MAX };
    match real::ldexp(x, exponent.small().unwrap_or(out_of_reach)) {
        Ok(value) => PyFloat::new(py, value).map(Bound::into_any),
        Err(_) => Err(PyOverflowError::new_err(py, "math range error")),
    }
}

/// Fraction and integer.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_modf_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let (fraction, integer) = real::modf(x);
    into_c_result(PyFloat::new(py, fraction).and_then(|fraction| pair(fraction, PyFloat::new(py, integer)?)))
}

/// Multiplication and addition with one rounding.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_fma_impl(_module: *mut PyObject, x: f64, y: f64, z: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    match real::fma(x, y, z) {
        Ok(value) => float(py, value),
        // SAFETY: the parsing code calls on an attached thread.
        Err(error) => unsafe { entry(c"math.fma", move |py| no_fma(py, error)) },
    }
}

#[cold]
fn no_fma(py: Python<'_>, error: Error) -> PyResult<Bound<'_>> {
    Err(match error {
        Error::EDOM => PyValueError::new_err(py, "invalid operation in fma"),
        Error::ERANGE => PyOverflowError::new_err(py, "overflow in fma"),
    })
}

/// Nearness.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isclose_impl(
    _module: *mut PyObject,
    a: f64,
    b: f64,
    rel_tol: f64,
    abs_tol: f64,
) -> c_int {
    match real::isclose(a, b, Some(rel_tol), Some(abs_tol)) {
        Ok(close) => c_int::from(close),
        // SAFETY: the parsing code calls on an attached thread.
        Err(_) => unsafe {
            entry_value(c"math.isclose", move |py| -> PyResult<bool> {
                Err(PyValueError::new_err(py, "tolerances must be non-negative"))
            })
        },
    }
}

/// The next float.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_nextafter_impl(
    _module: *mut PyObject,
    x: f64,
    y: f64,
    steps: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes NULL, or an argument that its caller keeps alive.
    let steps: Option<Arg<'_>> = unsafe { Arg::optional(&steps) };
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let Some(steps) = steps.filter(|steps| !steps.bind(py).is_none()) else {
        return float(py, real::nextafter(x, y, None));
    };
    if let Some(steps) = steps.bind(py).exact_i64().and_then(|steps| u64::try_from(steps).ok()) {
        return float(py, real::nextafter(x, y, Some(steps)));
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"math.nextafter", move |py| nextafter(x, y, steps.bind(py))) }
}

#[cold]
#[inline(never)]
fn nextafter<'py>(x: f64, y: f64, steps: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = steps.py();
    let steps = steps.index()?;
    let steps = steps.view()?;
    if steps.is_negative() {
        return Err(PyValueError::new_err(py, "steps must be a non-negative integer"));
    }
    // No two doubles are further apart than the largest step count.
    // The length is that of the digits, so that a number of 64 bits has room for two limbs.
    let mut limbs = [0; 2];
    let count = if steps.limb_len() > limbs.len() {
        u64::MAX
    } else {
        steps.copy_limbs(&mut limbs);
        if limbs[1] == 0 { limbs[0] } else { u64::MAX }
    };
    PyFloat::new(py, real::nextafter(x, y, Some(count))).map(Bound::into_any)
}

/// What [`math_ceil_impl`], [`math_floor_impl`] and [`math_trunc_impl`] return: the integer that `x` is rounded to, which
/// is `small` where it fits.
#[inline(always)]
fn rounded(py: Python<'_>, x: f64, small: Option<i64>, round: impl Fn(f64) -> f64) -> *mut PyObject {
    let result = match small {
        Some(value) => PyInt::new(py, value),
        None => PyInt::from_f64(py, round(x)),
    };
    into_c_result(result.map(Bound::into_any))
}

/// Rounding up. The C side calls `__ceil__` first.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_ceil_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    rounded(py, x, real::ceil_to_i64(x), real::ceil)
}

/// Rounding down. The C side calls `__floor__` first.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_floor_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    rounded(py, x, real::floor_to_i64(x), real::floor)
}

/// Rounding towards zero. The C side calls `__trunc__` of an object that is not a float.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_trunc_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    rounded(py, x, real::trunc_to_i64(x), real::trunc)
}
