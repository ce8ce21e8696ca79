//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/cmath.h`.

use crate::complex::{self, Complex64};
use cpython_api::{
    Borrowed, Bound, ExceptionType, Py_complex, PyErr, PyObject, PyResult, Python, bool_object, complex_as_parts,
    complex_new, entry, entry_value, float_new, leave, tuple_of_two,
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
        Error::EDOM => PyErr::new(ExceptionType::ValueError.bind(py), c"math domain error"),
        Error::ERANGE => PyErr::new(ExceptionType::OverflowError.bind(py), c"math range error"),
    }
}

/// Returns a complex result to C, or raises what is wrong.
///
/// The functions themselves cannot panic, being arithmetic and calls of the C library: only raising an exception goes
/// through [`entry`], out of line.
///
/// # Safety
///
/// - The thread is attached.
#[inline(always)]
unsafe fn complex(name: &'static CStr, result: Result<Complex64>) -> *mut PyObject {
    // SAFETY: handed on.
    unsafe {
        match result {
            Ok(z) => leave(complex_new(Python::assume_attached(), z.re, z.im)),
            Err(error) => fail(name, error),
        }
    }
}

/// Returns a truth value to C.
///
/// # Safety
///
/// - The thread is attached.
#[inline(always)]
unsafe fn truth(value: bool) -> *mut PyObject {
    // SAFETY: the caller vouches for the thread.
    bool_object(unsafe { Python::assume_attached() }, value).into_ptr()
}

/// # Safety
///
/// - The thread is attached.
#[cold]
#[inline(never)]
unsafe fn fail(name: &'static CStr, error: Error) -> *mut PyObject {
    // SAFETY: the caller vouches for the thread.
    unsafe { entry(name, |py| -> PyResult<Bound<'_>> { Err(raise(py, error)) }) }
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
    // SAFETY: the parsing code calls on an attached thread, with NULL or an argument that its caller keeps alive.
    unsafe {
        entry(c"cmath.log", |py| -> PyResult<Bound<'_>> {
            let base = match Borrowed::from_borrowed_or_null(py, y_obj) {
                None => None,
                Some(base) => {
                    let (re, im) = complex_as_parts(base)?;
                    Some(Complex64::new(re, im))
                }
            };
            let z = complex::log(number(x), base).map_err(|error| raise(py, error))?;
            complex_new(py, z.re, z.im)
        })
    }
}

/// Phase.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_phase_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { leave(float_new(Python::assume_attached(), complex::phase(number(z)))) }
}

/// Polar coordinates.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_polar_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        match complex::polar(number(z)) {
            Ok((r, phi)) => {
                let py = Python::assume_attached();
                leave(float_new(py, r).and_then(|r| tuple_of_two(r, float_new(py, phi)?)))
            }
            Err(error) => fail(c"cmath.polar", error),
        }
    }
}

/// Rectangular coordinates.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_rect_impl(_module: *mut PyObject, r: f64, phi: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.rect", complex::rect(r, phi)) }
}

/// Neither infinite nor NaN.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isfinite_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { truth(complex::isfinite(number(z))) }
}

/// Infinity.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isinf_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { truth(complex::isinf(number(z))) }
}

/// Not a number.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_isnan_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { truth(complex::isnan(number(z))) }
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
            entry_value(c"cmath.isclose", |py| -> PyResult<bool> {
                Err(PyErr::new(ExceptionType::ValueError.bind(py), c"tolerances must be non-negative"))
            })
        },
    }
}
