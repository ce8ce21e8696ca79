//! What Python calls: the functions that Argument Clinic's parsing code and the C side end in, by what they work on.
//!
//! The clinic input is part of each function's documentation. `make regen` carries it into `Include/rust/math.h`, and
//! the build makes the parsing code from there. Clinic has to know the module before any function, so the block that
//! names it stands with the first function of this file, which is read before those below it.

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
/// ```text
/// [clinic input]
/// module math
/// [clinic start generated code]
/// ```
///
/// ```text
/// [clinic input]
/// math.isfinite
///
///     x: object
///     /
///
/// Return True if x is a number, neither an infinity nor a NaN.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isfinite_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { truth(x.is_finite()) }
}

/// Infinity.
///
/// ```text
/// [clinic input]
/// math.isinf
///
///     x: object
///     /
///
/// Return True if x is an infinity, of either sign.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isinf_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { truth(x.is_infinite()) }
}

/// Not a number.
///
/// ```text
/// [clinic input]
/// math.isnan
///
///     x: object
///     /
///
/// Return True if x is a NaN.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isnan_impl(x: f64) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread.
    unsafe { truth(x.is_nan()) }
}
