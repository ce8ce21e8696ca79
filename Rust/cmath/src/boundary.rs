//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/cmath.h`.

use crate::complex::{self, Complex64};
use cpython_api::exceptions::{PyOverflowError, PyValueError};
use cpython_api::types::{PyBool, PyComplex, PyFloat, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Py_complex, PyErr, PyObject, PyResult, Python, entry, entry_value, into_c_result,
};
use pymath::{Error, Result};
use std::ffi::{CStr, c_int};

unsafe extern "C" {
    /// Stores an error for the parsing code: 1 for `EDOM`, 2 for `ERANGE`.
    safe fn cmath_set_errno(error: c_int);
}

/// Returns a complex result to the parsing code, which raises the exception for any error that is stored.
///
/// The functions themselves cannot panic, being arithmetic and calls of the C library.
#[inline(always)]
fn with_errno(result: Result<Complex64>) -> Py_complex {
    match result {
        Ok(z) => Py_complex { real: z.re, imag: z.im },
        Err(error) => {
            cmath_set_errno(match error {
                Error::EDOM => 1,
                Error::ERANGE => 2,
            });
            Py_complex { real: 0.0, imag: 0.0 }
        }
    }
}

fn number(z: Py_complex) -> Complex64 {
    Complex64::new(z.real, z.imag)
}

#[cold]
fn raise(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::EDOM => PyValueError::new_err(py, "math domain error"),
        Error::ERANGE => PyOverflowError::new_err(py, "math range error"),
    }
}

/// Returns a truth value to C.
#[inline(always)]
fn truth(py: Python<'_>, value: bool) -> *mut PyObject {
    PyBool::new(py, value).into_ptr()
}

/// Raises what is wrong.
///
/// The functions themselves cannot panic, being arithmetic and calls of the C library: only raising an exception goes
/// through [`entry`], out of line.
#[cold]
#[inline(never)]
fn fail(_py: Python<'_>, name: &'static CStr, error: Error) -> *mut PyObject {
    // SAFETY: the thread is attached, as `_py` proves.
    unsafe { entry(name, move |py| Err(raise(py, error))) }
}

/// Arc cosine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_acos_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::acos(number(z)))
}

/// Inverse hyperbolic cosine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_acosh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::acosh(number(z)))
}

/// Arc sine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_asin_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::asin(number(z)))
}

/// Inverse hyperbolic sine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_asinh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::asinh(number(z)))
}

/// Arc tangent.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_atan_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::atan(number(z)))
}

/// Inverse hyperbolic tangent.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_atanh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::atanh(number(z)))
}

/// Cosine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_cos_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::cos(number(z)))
}

/// Hyperbolic cosine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_cosh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::cosh(number(z)))
}

/// Exponential.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_exp_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::exp(number(z)))
}

/// Decimal logarithm.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_log10_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::log10(number(z)))
}

/// Sine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_sin_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::sin(number(z)))
}

/// Hyperbolic sine.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_sinh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::sinh(number(z)))
}

/// Square root.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_sqrt_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::sqrt(number(z)))
}

/// Tangent.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_tan_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::tan(number(z)))
}

/// Hyperbolic tangent.
#[unsafe(no_mangle)]
pub extern "C" fn cmath_tanh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    with_errno(complex::tanh(number(z)))
}

/// Logarithm.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_log_impl(_module: *mut PyObject, x: Py_complex, y_obj: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes NULL, or an argument that its caller keeps alive.
    let base: Option<Arg<'_>> = unsafe { Arg::optional(&y_obj) };
    if base.is_none() && complex::has_ordinary_log(number(x)) {
        let z = complex::ordinary_log(number(x));
        // SAFETY: the parsing code calls on an attached thread.
        let py = unsafe { Python::assume_attached() };
        return into_c_result(PyComplex::new(py, z.re, z.im).map(Bound::into_any));
    }
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"cmath.log", move |py| log(py, number(x), base.map(|base| base.bind(py)))) }
}

fn log<'py>(py: Python<'py>, x: Complex64, base: Option<Borrowed<'_, 'py>>) -> PyResult<Bound<'py>> {
    let base = match base {
        None => None,
        Some(base) => {
            let (re, im) = base.as_complex()?;
            Some(Complex64::new(re, im))
        }
    };
    let z = complex::log(x, base).map_err(|error| raise(py, error))?;
    PyComplex::new(py, z.re, z.im).map(Bound::into_any)
}

/// Phase.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_phase_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    into_c_result(PyFloat::new(py, complex::phase(number(z))).map(Bound::into_any))
}

/// Polar coordinates.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_polar_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    match complex::polar(number(z)) {
        Ok((r, phi)) => into_c_result(pair(py, r, phi)),
        Err(error) => fail(py, c"cmath.polar", error),
    }
}

fn pair(py: Python<'_>, first: f64, second: f64) -> PyResult<Bound<'_>> {
    let (first, second) = (PyFloat::new(py, first)?, PyFloat::new(py, second)?);
    PyTuple::pack(py, [first.into_any(), second.into_any()]).map(Bound::into_any)
}

/// Rectangular coordinates.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_rect_impl(_module: *mut PyObject, r: f64, phi: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    match complex::rect(r, phi) {
        Ok(z) => into_c_result(PyComplex::new(py, z.re, z.im).map(Bound::into_any)),
        Err(error) => fail(py, c"cmath.rect", error),
    }
}

/// Neither infinite nor NaN.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isfinite_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, complex::isfinite(number(z)))
}

/// Infinity.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isinf_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, complex::isinf(number(z)))
}

/// Not a number.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isnan_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, complex::isnan(number(z)))
}

/// Nearness.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isclose_impl(
    _module: *mut PyObject,
    a: Py_complex,
    b: Py_complex,
    rel_tol: f64,
    abs_tol: f64,
) -> c_int {
    match complex::isclose(number(a), number(b), Some(rel_tol), Some(abs_tol)) {
        Ok(close) => c_int::from(close),
        // SAFETY: the parsing code calls on an attached thread.
        Err(_) => unsafe {
            entry_value(c"cmath.isclose", move |py| -> PyResult<bool> {
                Err(PyValueError::new_err(py, "tolerances must be non-negative"))
            })
        },
    }
}
