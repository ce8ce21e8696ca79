//! Integer square roots and factorials, and what functions of integers share.

use super::int;
use super::interrupt::interruptible;
use crate::combinatorics;
use crate::natural::{self, Error, Natural, SignalPoll};
use cpython_api::exceptions::{PyOverflowError, PyValueError};
use cpython_api::types::PyInt;
use cpython_api::{Arg, Borrowed, Bound, IntView, PyErr, PyObject, PyResult, Python, entry};
use std::ffi::c_long;

/// The limbs of an int, without its sign.
pub(super) fn limbs(py: Python<'_>, view: &IntView<'_, '_>) -> PyResult<Natural> {
    let mut limbs = Vec::new();
    let len = view.limb_len();
    limbs.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
    limbs.resize(len, 0);
    view.copy_limbs(&mut limbs);
    natural::normalize(&mut limbs);
    Ok(limbs)
}

/// A new int that is not negative.
pub(super) fn from_limbs<'py>(py: Python<'py>, limbs: &[u64]) -> PyResult<Bound<'py>> {
    PyInt::from_limbs(py, false, limbs).map(Bound::into_any)
}

pub(super) fn from_u64(py: Python<'_>, value: u64) -> PyResult<Bound<'_>> {
    PyInt::new(py, value).map(Bound::into_any)
}

pub(super) fn from_u128(py: Python<'_>, value: u128) -> PyResult<Bound<'_>> {
    from_limbs(py, &natural::words(value))
}

/// A new int, of what `work` computes.
pub(super) fn computed<'py>(
    py: Python<'py>,
    work: impl FnOnce(&mut SignalPoll<'_>) -> Result<Natural, Error> + Send,
) -> PyResult<Bound<'py>> {
    from_limbs(py, &interruptible(py, work)?)
}

/// The value of an argument that is a small int and not negative.
#[inline]
pub(super) fn small_natural(argument: Borrowed<'_, '_>) -> Option<u64> {
    u64::try_from(argument.exact_i64()?).ok()
}

/// Integer square root.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_isqrt(_module: *mut PyObject, n: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python passes an argument that its caller keeps alive.
    let n: Arg<'_> = unsafe { Arg::new(&n) };
    // SAFETY: Python calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(n) = small_natural(n.bind(py)) {
        return int(py, natural::isqrt_u64(n));
    }
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"math.isqrt", move |py| isqrt(n.bind(py))) }
}

fn isqrt<'py>(n: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    if let Some((false, n)) = n.exact_u128() {
        return from_u64(py, natural::isqrt_u128(n));
    }
    let n = n.index()?;
    let view = n.view()?;
    if view.is_negative() {
        return Err(PyValueError::new_err(py, "isqrt() argument must be nonnegative"));
    }
    let mut few = [0; 5];
    if view.limb_len() <= few.len() {
        view.copy_limbs(&mut few);
        if let Some(root) = natural::isqrt_short(natural::significant(&few)) {
            return from_u128(py, root);
        }
    }
    let limbs = limbs(py, &view)?;
    drop(view);
    computed(py, |poll| natural::isqrt(&limbs, poll))
}

/// The factorial.
///
/// # Safety
///
/// Called by Python alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_factorial(_module: *mut PyObject, arg: *mut PyObject) -> *mut PyObject {
    // SAFETY: Python passes an argument that its caller keeps alive.
    let n: Arg<'_> = unsafe { Arg::new(&arg) };
    // SAFETY: Python calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(value) = small_natural(n.bind(py)).and_then(combinatorics::factorial) {
        return int(py, value);
    }
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"math.factorial", move |py| factorial(n.bind(py))) }
}

pub(super) fn factorial<'py>(n: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = n.py();
    let n = n.index()?;
    let n = n.small().or(n.is_negative().then_some(-1));
    let Some(n) = n.filter(|n| c_long::try_from(*n).is_ok() || *n < 0) else {
        let limit = c_long::MAX;
        return Err(PyOverflowError::new_err(py, format_args!("factorial() argument should not exceed {limit}")));
    };
    let Ok(n) = u64::try_from(n) else {
        return Err(PyValueError::new_err(py, "factorial() not defined for negative values"));
    };
    if let Some(value) = combinatorics::factorial(n) {
        return from_u64(py, value);
    }
    computed(py, |poll| natural::factorial(n, poll))
}
