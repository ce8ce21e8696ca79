//! Functions that are new in CPython 3.15.

use super::truth;
use crate::real;
use cpython_api::{PyObject, Python};

/// The larger of two numbers.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub extern "C" fn math_fmax_impl(_module: *mut PyObject, x: f64, y: f64) -> f64 {
    real::fmax(x, y)
}

/// The smaller of two numbers.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub extern "C" fn math_fmin_impl(_module: *mut PyObject, x: f64, y: f64) -> f64 {
    real::fmin(x, y)
}

/// Neither zero, subnormal, infinite nor NaN.
///
/// # Safety
///
/// Called by the parsing code alone.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isnormal_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, real::isnormal(x))
}

/// Not zero, and smaller than all normal numbers.
///
/// # Safety
///
/// Called by the parsing code alone.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_issubnormal_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, real::issubnormal(x))
}

/// The sign bit.
///
/// # Safety
///
/// Called by the parsing code alone.
#[cfg(Py_3_15)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_signbit_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, real::signbit(x))
}
