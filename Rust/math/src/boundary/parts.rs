//! Functions that take doubles apart or put them together, step between them, and compare them.

use crate::real;
use cpython_api::{
    Borrowed, Bound, ExceptionType, IntView, PyErr, PyObject, PyResult, Python, entry, entry_value, float_new,
    int_from_f64, int_from_i64, is_int, leave, number_index, small_int, tuple_of_two,
};
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
    leave(float_new(py, mantissa).and_then(|mantissa| tuple_of_two(mantissa, int_from_i64(py, exponent.into())?)))
}

/// The inverse of frexp.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_ldexp_impl(_module: *mut PyObject, x: f64, i: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with an argument that its caller keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if let Some(exponent) = Borrowed::from_borrowed_or_null(py, i).and_then(small_int)
            && let Ok(value) = real::ldexp(x, exponent)
        {
            return leave(float_new(py, value));
        }
        entry(c"math.ldexp", |py| {
            let exponent = match Borrowed::from_borrowed_or_null(py, i) {
                Some(exponent) if is_int(exponent) => IntView::new(exponent)?,
                _ => {
                    let type_error = ExceptionType::TypeError.bind(py);
                    return Err(PyErr::new(type_error, c"Expected an int as second argument to ldexp."));
                }
            };
            let out_of_reach = if exponent.is_negative() { i64::MIN } else { i64::MAX };
            match real::ldexp(x, exponent.small().unwrap_or(out_of_reach)) {
                Ok(value) => float_new(py, value),
                Err(_) => Err(PyErr::new(ExceptionType::OverflowError.bind(py), c"math range error")),
            }
        })
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
    leave(float_new(py, fraction).and_then(|fraction| tuple_of_two(fraction, float_new(py, integer)?)))
}

/// Multiplication and addition with one rounding.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_fma_impl(_module: *mut PyObject, x: f64, y: f64, z: f64) -> *mut PyObject {
    match real::fma(x, y, z) {
        // SAFETY: the parsing code calls on an attached thread.
        Ok(value) => leave(float_new(unsafe { Python::assume_attached() }, value)),
        // SAFETY: the parsing code calls on an attached thread.
        Err(error) => unsafe {
            entry(c"math.fma", |py| -> PyResult<Bound<'_>> {
                Err(match error {
                    Error::EDOM => PyErr::new(ExceptionType::ValueError.bind(py), c"invalid operation in fma"),
                    Error::ERANGE => PyErr::new(ExceptionType::OverflowError.bind(py), c"overflow in fma"),
                })
            })
        },
    }
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
            entry_value(c"math.isclose", |py| -> PyResult<bool> {
                Err(PyErr::new(ExceptionType::ValueError.bind(py), c"tolerances must be non-negative"))
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
    // SAFETY: the parsing code calls on an attached thread, with an argument that its caller keeps alive.
    unsafe {
        let py = Python::assume_attached();
        let Some(steps) = Borrowed::from_borrowed_or_null(py, steps) else {
            return leave(float_new(py, real::nextafter(x, y, None)));
        };
        if let Some(steps) = small_int(steps).and_then(|steps| u64::try_from(steps).ok()) {
            return leave(float_new(py, real::nextafter(x, y, Some(steps))));
        }
        entry(c"math.nextafter", |py| nextafter(x, y, Borrowed::from_ptr(py, steps.as_ptr())))
    }
}

#[cold]
#[inline(never)]
fn nextafter<'py>(x: f64, y: f64, steps: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = steps.py();
    if steps.is_none() {
        return float_new(py, real::nextafter(x, y, None));
    }
    let steps = number_index(steps)?;
    let steps = IntView::new(steps.as_borrowed())?;
    if steps.is_negative() {
        let value_error = ExceptionType::ValueError.bind(py);
        return Err(PyErr::new(value_error, c"steps must be a non-negative integer"));
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
    float_new(py, real::nextafter(x, y, Some(count)))
}

/// What [`math_ceil_impl`], [`math_floor_impl`] and [`math_trunc_impl`] return: the integer that `x` is rounded to, which
/// is `small` where it fits.
///
/// # Safety
///
/// - The thread is attached.
#[inline(always)]
unsafe fn rounded(x: f64, small: Option<i64>, round: impl Fn(f64) -> f64) -> *mut PyObject {
    // SAFETY: the caller vouches for the thread.
    let py = unsafe { Python::assume_attached() };
    leave(match small {
        Some(value) => int_from_i64(py, value),
        None => int_from_f64(py, round(x)),
    })
}

/// Rounding up. The C side asks `__ceil__` first.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_ceil_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { rounded(x, real::ceil_to_i64(x), real::ceil) }
}

/// Rounding down. The C side asks `__floor__` first.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_floor_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { rounded(x, real::floor_to_i64(x), real::floor) }
}

/// Rounding towards zero. The C side asks `__trunc__` of whatever is not a float.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_trunc_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { rounded(x, real::trunc_to_i64(x), real::trunc) }
}
