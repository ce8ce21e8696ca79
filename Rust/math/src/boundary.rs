//! What Python calls: the functions that Argument Clinic's parsing code and the C side end in, by what they work on.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/math.h`.

pub mod integer;
mod interrupt;
pub mod log;
pub mod parts;
pub mod real;
pub mod series;
pub mod vector;

use cpython_api::{PyObject, Python, bool_object};

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

/// Neither infinity nor NaN.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isfinite_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { truth(x.is_finite()) }
}

/// Infinity.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isinf_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { truth(x.is_infinite()) }
}

/// Not a number.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isnan_impl(_module: *mut PyObject, x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { truth(x.is_nan()) }
}
