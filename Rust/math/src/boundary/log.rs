//! Logarithms, which take ints of any size. Those of floats and of small ints are in [`real`](super::real).

use super::float;
#[cfg(not(Py_3_15))]
use crate::real::log_of_int;
#[cfg(Py_3_15)]
use crate::real::log_of_int_fused as log_of_int;
use crate::real::{log, log2, log10};
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyFloat, PyInt};
use cpython_api::{Arg, Borrowed, Bound, PyErr, PyObject, PyResult, Python, entry};

/// A logarithm of a double.
type Log = fn(f64) -> Result<f64, pymath::Error>;

/// The logarithm of a positive float, or of a positive int that is not too large, as nearly all arguments are.
#[inline(always)]
fn quick(number: Borrowed<'_, '_>, log: impl Fn(f64) -> Result<f64, pymath::Error>) -> Option<f64> {
    number.exact_f64().filter(|x| *x > 0.0).and_then(|x| log(x).ok())
}

/// The logarithm of any argument.
fn logarithm(number: Borrowed<'_, '_>, log: Log) -> PyResult<f64> {
    if let Some(int) = number.cast_borrowed::<PyInt>() {
        return of_int(&int, log);
    }
    let py = number.py();
    let x = match number.as_f64() {
        Ok(x) => x,
        Err(error) => return no_double(number, error, log),
    };
    match log(x) {
        Ok(value) => Ok(value),
        Err(_) => {
            let text = PyFloat::new(py, x)?.repr()?;
            let text = text.to_string_lossy();
            Err(PyValueError::new_err(py, format_args!("expected a positive input, got {text}")))
        }
    }
}

/// The argument is no number that has a double.
#[cfg(not(Py_3_15))]
fn no_double(_number: Borrowed<'_, '_>, error: PyErr, _log: Log) -> PyResult<f64> {
    Err(error)
}

/// The argument is no number that has a double; it may be an integer that is too large for one.
#[cfg(Py_3_15)]
#[cold]
fn no_double(number: Borrowed<'_, '_>, error: PyErr, log: Log) -> PyResult<f64> {
    let py = number.py();
    if !error.matches::<cpython_api::exceptions::PyOverflowError>(py) || !number.is_index() {
        return Err(error);
    }
    error.clear(py);
    of_int(&number.index()?, log)
}

#[cold]
fn of_int(int: &Bound<'_, PyInt>, log: Log) -> PyResult<f64> {
    let view = int.view()?;
    if view.is_negative() || view.small() == Some(0) {
        return Err(PyValueError::new_err(int.py(), "expected a positive input"));
    }
    let (top, sticky, bits) = view.top_bits();
    Ok(log_of_int(top, sticky, bits, |x| log(x).unwrap_or(f64::NAN)))
}

/// The logarithm to any base. The C side counts the arguments: `base` may be NULL.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log_impl(_module: *mut PyObject, x: *mut PyObject, base: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side passes an argument that its caller keeps alive.
    let x: Arg<'_> = unsafe { Arg::new(&x) };
    // SAFETY: the C side passes an argument that its caller keeps alive, or NULL.
    let base: Option<Arg<'_>> = unsafe { Arg::optional(&base) };
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(value) = quick(x.bind(py), log) {
        match base.map(|base| quick(base.bind(py), log)) {
            None => return float(py, value),
            Some(Some(base)) if base != 0.0 => return float(py, value / base),
            _ => {}
        }
    }
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"math.log", move |py| log_to_base(x.bind(py), base.map(|base| base.bind(py)))) }
}

fn log_to_base<'py>(x: Borrowed<'_, 'py>, base: Option<Borrowed<'_, 'py>>) -> PyResult<Bound<'py>> {
    let number = PyFloat::new(x.py(), logarithm(x, log)?)?;
    match base {
        None => Ok(number.into_any()),
        Some(base) => {
            let divisor = PyFloat::new(base.py(), logarithm(base, log)?)?;
            number.true_div(&divisor)
        }
    }
}

/// The binary logarithm.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log2_impl(_module: *mut PyObject, x: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side passes an argument that its caller keeps alive.
    let x: Arg<'_> = unsafe { Arg::new(&x) };
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(value) = quick(x.bind(py), log2) {
        return float(py, value);
    }
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"math.log2", move |py| Ok(PyFloat::new(py, logarithm(x.bind(py), log2)?)?.into_any())) }
}

/// The decimal logarithm.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log10_impl(_module: *mut PyObject, x: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side passes an argument that its caller keeps alive.
    let x: Arg<'_> = unsafe { Arg::new(&x) };
    // SAFETY: the C side calls on an attached thread.
    let py = unsafe { Python::assume_attached() };
    if let Some(value) = quick(x.bind(py), log10) {
        return float(py, value);
    }
    // SAFETY: the C side calls on an attached thread.
    unsafe { entry(c"math.log10", move |py| Ok(PyFloat::new(py, logarithm(x.bind(py), log10)?)?.into_any())) }
}
