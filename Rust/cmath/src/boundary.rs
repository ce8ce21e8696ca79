//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The clinic input is part of each function's documentation. `make regen` carries it into `Include/rust/cmath.h`, and
//! the build makes the parsing code from there. Clinic has to know the module and the complex return value before any
//! function, so the blocks that say so stand with the first one.

use crate::complex::{self, Complex64};
use cpython_api::{
    Borrowed, Bound, EntryValue, ExceptionType, Py_complex, PyErr, PyObject, PyResult, Python, complex_as_parts,
    complex_new, entry, float_new, leave, tuple_of_two,
};
use pymath::{Error, Result};
use std::ffi::{CStr, c_int};

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
unsafe fn complex(name: &'static CStr, result: Result<Complex64>) -> Py_complex {
    match result {
        Ok(z) => Py_complex { real: z.re, imag: z.im },
        // SAFETY: handed on.
        Err(error) => unsafe { fail::<Py_complex>(name, error) },
    }
}

/// # Safety
///
/// - The thread is attached.
#[cold]
#[inline(never)]
unsafe fn fail<T: EntryValue>(name: &'static CStr, error: Error) -> T::C {
    // SAFETY: the caller vouches for the thread.
    unsafe { entry(name, |py| -> PyResult<T> { Err(raise(py, error)) }) }
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
/// [python input]
/// class Py_complex_return_converter(CReturnConverter):
///     type = 'Py_complex'
///
///     def render(self, function, data):
///         self.declare(data)
///         self.err_occurred_if('_return_value.real == -1.0', data)
///         data.return_conversion.append('return_value = PyComplex_FromCComplex(_return_value);\n')
/// [python start generated code]
/// ```
///
/// ```text
/// [clinic input]
/// cmath.acos -> Py_complex
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
pub unsafe extern "C" fn cmath_acos_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.acos", complex::acos(number(z))) }
}

/// Inverse hyperbolic cosine.
///
/// ```text
/// [clinic input]
/// cmath.acosh -> Py_complex
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
pub unsafe extern "C" fn cmath_acosh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.acosh", complex::acosh(number(z))) }
}

/// Arc sine.
///
/// ```text
/// [clinic input]
/// cmath.asin -> Py_complex
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
pub unsafe extern "C" fn cmath_asin_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.asin", complex::asin(number(z))) }
}

/// Inverse hyperbolic sine.
///
/// ```text
/// [clinic input]
/// cmath.asinh -> Py_complex
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
pub unsafe extern "C" fn cmath_asinh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.asinh", complex::asinh(number(z))) }
}

/// Arc tangent.
///
/// ```text
/// [clinic input]
/// cmath.atan -> Py_complex
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
pub unsafe extern "C" fn cmath_atan_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.atan", complex::atan(number(z))) }
}

/// Inverse hyperbolic tangent.
///
/// ```text
/// [clinic input]
/// cmath.atanh -> Py_complex
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
pub unsafe extern "C" fn cmath_atanh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.atanh", complex::atanh(number(z))) }
}

/// Cosine.
///
/// ```text
/// [clinic input]
/// cmath.cos -> Py_complex
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
pub unsafe extern "C" fn cmath_cos_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.cos", complex::cos(number(z))) }
}

/// Hyperbolic cosine.
///
/// ```text
/// [clinic input]
/// cmath.cosh -> Py_complex
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
pub unsafe extern "C" fn cmath_cosh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.cosh", complex::cosh(number(z))) }
}

/// Exponential.
///
/// ```text
/// [clinic input]
/// cmath.exp -> Py_complex
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
pub unsafe extern "C" fn cmath_exp_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.exp", complex::exp(number(z))) }
}

/// Decimal logarithm.
///
/// ```text
/// [clinic input]
/// cmath.log10 -> Py_complex
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
pub unsafe extern "C" fn cmath_log10_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.log10", complex::log10(number(z))) }
}

/// Sine.
///
/// ```text
/// [clinic input]
/// cmath.sin -> Py_complex
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
pub unsafe extern "C" fn cmath_sin_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.sin", complex::sin(number(z))) }
}

/// Hyperbolic sine.
///
/// ```text
/// [clinic input]
/// cmath.sinh -> Py_complex
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
pub unsafe extern "C" fn cmath_sinh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.sinh", complex::sinh(number(z))) }
}

/// Square root.
///
/// ```text
/// [clinic input]
/// cmath.sqrt -> Py_complex
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
pub unsafe extern "C" fn cmath_sqrt_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.sqrt", complex::sqrt(number(z))) }
}

/// Tangent.
///
/// ```text
/// [clinic input]
/// cmath.tan -> Py_complex
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
pub unsafe extern "C" fn cmath_tan_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.tan", complex::tan(number(z))) }
}

/// Hyperbolic tangent.
///
/// ```text
/// [clinic input]
/// cmath.tanh -> Py_complex
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
pub unsafe extern "C" fn cmath_tanh_impl(_module: *mut PyObject, z: Py_complex) -> Py_complex {
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
/// cmath.phase -> double
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
pub unsafe extern "C" fn cmath_phase_impl(_module: *mut PyObject, z: Py_complex) -> f64 {
    match complex::phase(number(z)) {
        Ok(phi) => phi,
        // SAFETY: the parsing code calls on an attached thread.
        Err(error) => unsafe { fail::<f64>(c"cmath.phase", error) },
    }
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
            Err(error) => fail::<Bound<'_>>(c"cmath.polar", error),
        }
    }
}

/// Rectangular coordinates.
///
/// ```text
/// [clinic input]
/// cmath.rect -> Py_complex
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
pub unsafe extern "C" fn cmath_rect_impl(_module: *mut PyObject, r: f64, phi: f64) -> Py_complex {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { complex(c"cmath.rect", complex::rect(r, phi)) }
}

/// Neither infinite nor NaN.
///
/// ```text
/// [clinic input]
/// cmath.isfinite -> bool
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
pub unsafe extern "C" fn cmath_isfinite_impl(_module: *mut PyObject, z: Py_complex) -> c_int {
    complex::isfinite(number(z)).into()
}

/// Infinity.
///
/// ```text
/// [clinic input]
/// cmath.isinf -> bool
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
pub unsafe extern "C" fn cmath_isinf_impl(_module: *mut PyObject, z: Py_complex) -> c_int {
    complex::isinf(number(z)).into()
}

/// Not a number.
///
/// ```text
/// [clinic input]
/// cmath.isnan -> bool
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
pub unsafe extern "C" fn cmath_isnan_impl(_module: *mut PyObject, z: Py_complex) -> c_int {
    complex::isnan(number(z)).into()
}

/// Nearness.
///
/// ```text
/// [clinic input]
/// cmath.isclose -> bool
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
) -> c_int {
    match complex::isclose(number(a), number(b), Some(rel_tol), Some(abs_tol)) {
        Ok(close) => close.into(),
        // SAFETY: the parsing code calls on an attached thread.
        Err(_) => unsafe {
            entry(c"cmath.isclose", |py| -> PyResult<bool> {
                Err(PyErr::new(ExceptionType::ValueError.bind(py), c"tolerances must be non-negative"))
            })
        },
    }
}
