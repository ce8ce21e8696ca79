//! What Python calls: the functions that Argument Clinic's parsing code and the C side end in, by what they work on.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/math.h`.

pub mod comb_perm;
pub mod gcd_lcm;
pub mod integer;
mod interrupt;
pub mod log;
pub mod parts;
pub mod real;
pub mod series;
#[cfg(Py_3_15)]
pub mod v3_15;
pub mod vector;

use cpython_api::types::{PyBool, PyFloat, PyInt};
use cpython_api::{Bound, PyObject, PyResult, Python, into_c_result};

/// Returns a truth value to C.
#[inline(always)]
fn truth(py: Python<'_>, value: bool) -> *mut PyObject {
    PyBool::new(py, value).into_ptr()
}

/// A new float.
#[inline(always)]
fn new_float(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    PyFloat::new(py, value).map(Bound::into_any)
}

/// Returns a float to C.
#[inline(always)]
fn float(py: Python<'_>, value: f64) -> *mut PyObject {
    into_c_result(new_float(py, value))
}

/// Returns an int to C.
#[inline(always)]
fn int(py: Python<'_>, value: u64) -> *mut PyObject {
    into_c_result(PyInt::new(py, value).map(Bound::into_any))
}

/// Neither infinity nor NaN.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isfinite_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, x.is_finite())
}

/// Infinity.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isinf_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, x.is_infinite())
}

/// Not a number.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isnan_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    truth(py, x.is_nan())
}
