//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The clinic input is part of each function's documentation. `make regen` carries it into `Include/rust/cmath.h`, and
//! the build makes the parsing code from there. Clinic has to know the module before any function, so the block that
//! names it stands with the first one.

use crate::complex::{self, Complex64};
use cpython_api::{
    Borrowed, Bound, ExceptionType, Py_complex, PyErr, PyObject, PyResult, Python, bool_object, complex_as_parts,
    complex_new, entry, float_new, leave, tuple_of_two,
};
use pymath::{Error, Result};
use std::ffi::CStr;

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
///
/// ```text
/// [clinic input]
/// module cmath
/// [clinic start generated code]
/// ```
///
/// ```text
/// [clinic input]
/// cmath.acos
///
///     z: Py_complex
///     /
///
/// Return the arc cosine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_acos_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.acos", complex::acos(number(z))) }
}

/// Inverse hyperbolic cosine.
///
/// ```text
/// [clinic input]
/// cmath.acosh
///
///     z: Py_complex
///     /
///
/// Return the inverse hyperbolic cosine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_acosh_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.acosh", complex::acosh(number(z))) }
}

/// Arc sine.
///
/// ```text
/// [clinic input]
/// cmath.asin
///
///     z: Py_complex
///     /
///
/// Return the arc sine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_asin_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.asin", complex::asin(number(z))) }
}

/// Inverse hyperbolic sine.
///
/// ```text
/// [clinic input]
/// cmath.asinh
///
///     z: Py_complex
///     /
///
/// Return the inverse hyperbolic sine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_asinh_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.asinh", complex::asinh(number(z))) }
}

/// Arc tangent.
///
/// ```text
/// [clinic input]
/// cmath.atan
///
///     z: Py_complex
///     /
///
/// Return the arc tangent of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_atan_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.atan", complex::atan(number(z))) }
}

/// Inverse hyperbolic tangent.
///
/// ```text
/// [clinic input]
/// cmath.atanh
///
///     z: Py_complex
///     /
///
/// Return the inverse hyperbolic tangent of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_atanh_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.atanh", complex::atanh(number(z))) }
}

/// Cosine.
///
/// ```text
/// [clinic input]
/// cmath.cos
///
///     z: Py_complex
///     /
///
/// Return the cosine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_cos_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.cos", complex::cos(number(z))) }
}

/// Hyperbolic cosine.
///
/// ```text
/// [clinic input]
/// cmath.cosh
///
///     z: Py_complex
///     /
///
/// Return the hyperbolic cosine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_cosh_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.cosh", complex::cosh(number(z))) }
}

/// Exponential.
///
/// ```text
/// [clinic input]
/// cmath.exp
///
///     z: Py_complex
///     /
///
/// Return e to the power of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_exp_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.exp", complex::exp(number(z))) }
}

/// Decimal logarithm.
///
/// ```text
/// [clinic input]
/// cmath.log10
///
///     z: Py_complex
///     /
///
/// Return the logarithm of z to base 10.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_log10_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.log10", complex::log10(number(z))) }
}

/// Sine.
///
/// ```text
/// [clinic input]
/// cmath.sin
///
///     z: Py_complex
///     /
///
/// Return the sine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_sin_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.sin", complex::sin(number(z))) }
}

/// Hyperbolic sine.
///
/// ```text
/// [clinic input]
/// cmath.sinh
///
///     z: Py_complex
///     /
///
/// Return the hyperbolic sine of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_sinh_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.sinh", complex::sinh(number(z))) }
}

/// Square root.
///
/// ```text
/// [clinic input]
/// cmath.sqrt
///
///     z: Py_complex
///     /
///
/// Return the square root of z, the one to the right of the imaginary axis.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_sqrt_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.sqrt", complex::sqrt(number(z))) }
}

/// Tangent.
///
/// ```text
/// [clinic input]
/// cmath.tan
///
///     z: Py_complex
///     /
///
/// Return the tangent of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_tan_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.tan", complex::tan(number(z))) }
}

/// Hyperbolic tangent.
///
/// ```text
/// [clinic input]
/// cmath.tanh
///
///     z: Py_complex
///     /
///
/// Return the hyperbolic tangent of z.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_tanh_impl(_module: *mut PyObject, z: Py_complex) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.tanh", complex::tanh(number(z))) }
}

/// Logarithm.
///
/// ```text
/// [clinic input]
/// cmath.log
///
///     z as x: Py_complex
///     base as y_obj: object = NULL
///     /
///
/// log(z[, base]) -> the logarithm of z to a base, which is e unless given.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cmath_log_impl(_module: *mut PyObject, x: Py_complex, y_obj: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread, with NULL or an argument that its caller keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if y_obj.is_null()
            && let Ok(z) = complex::log(number(x), None)
        {
            return leave(complex_new(py, z.re, z.im));
        }
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
/// ```text
/// [clinic input]
/// cmath.phase
///
///     z: Py_complex
///     /
///
/// Return the phase of z: the angle of its direction, between -pi and pi.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// cmath.polar
///
///     z: Py_complex
///     /
///
/// Return the polar coordinates of z: its distance from 0, and its phase.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// cmath.rect
///
///     r: double
///     phi: double
///     /
///
/// Return the complex number with the polar coordinates r and phi.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// cmath.isfinite
///
///     z: Py_complex
///     /
///
/// Return True if both parts of z are finite.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// cmath.isinf
///
///     z: Py_complex
///     /
///
/// Return True if one of the parts of z is an infinity.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// cmath.isnan
///
///     z: Py_complex
///     /
///
/// Return True if one of the parts of z is a NaN.
/// [clinic start generated code]
/// ```
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
/// ```text
/// [clinic input]
/// cmath.isclose
///
///     a: Py_complex
///     b: Py_complex
///     *
///     rel_tol: double = 1e-09
///         how far apart they may be, relative to the larger of the two
///     abs_tol: double = 0.0
///         how far apart they may be, whatever their size
///
/// Return True if two complex numbers are close to each other by one of the tolerances.
///
/// Infinities are close only to themselves, and a NaN is close to nothing.
/// [clinic start generated code]
/// ```
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
) -> *mut PyObject {
    match complex::isclose(number(a), number(b), Some(rel_tol), Some(abs_tol)) {
        // SAFETY: the parsing code calls on an attached thread.
        Ok(close) => unsafe { truth(close) },
        // SAFETY: the parsing code calls on an attached thread.
        Err(_) => unsafe {
            entry(c"cmath.isclose", |py| -> PyResult<Bound<'_>> {
                Err(PyErr::new(ExceptionType::ValueError.bind(py), c"tolerances must be non-negative"))
            })
        },
    }
}
