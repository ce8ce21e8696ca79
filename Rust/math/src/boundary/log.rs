//! Logarithms, which take ints of any size. Those of floats and of small ints are in [`real`](super::real).

use crate::real;
use cpython_api::{
    Borrowed, Bound, ExceptionType, FloatRepr, IntView, Number, Numbers, Objects, PyErr, PyObject, PyResult, Python,
    entry, float_as_double, float_new, is_int, leave, number_true_divide, small_number,
};

/// A logarithm of a double.
type Log = fn(f64) -> Result<f64, pymath::Error>;

/// The value of an argument that is a positive float, or a positive int that is not too large, as nearly all are.
///
/// # Safety
///
/// - `argument` is an object that somebody else keeps alive.
#[inline]
unsafe fn positive(py: Python<'_>, argument: *mut PyObject) -> Option<f64> {
    // SAFETY: handed on.
    let argument = unsafe { Borrowed::from_borrowed_or_null(py, argument) };
    argument.and_then(small_number).filter(|x| *x > 0.0)
}

/// The logarithm of an argument, by `log`.
///
/// # Safety
///
/// - `argument` is an object that somebody else keeps alive.
#[inline]
unsafe fn logarithm(py: Python<'_>, argument: &*mut PyObject, log: Log) -> PyResult<f64> {
    let mut number = Numbers::new();
    // SAFETY: one object, which is kept alive.
    let objects = unsafe { Objects::from_raw(argument, 1) };
    number.read(objects);
    let x = if number.is_empty() {
        let Some(object) = objects.get(py, 0) else { unreachable!("an argument is an object") };
        if is_int(object) {
            return of_int(object, log);
        }
        float_as_double(object)?
    } else {
        match number.get(0) {
            Number::Float(x) => x,
            Number::Int(1..) | Number::Bool(true) => {
                return Ok(log(number.get(0).as_f64()).unwrap_or(f64::NAN));
            }
            _ => return Err(not_positive(py)),
        }
    };
    match log(x) {
        Ok(value) => Ok(value),
        Err(_) => {
            let text = FloatRepr::new(py, x)?;
            let value_error = ExceptionType::ValueError.bind(py);
            Err(PyErr::format(value_error, format_args!("expected a positive input, got {text}")))
        }
    }
}

#[cold]
fn not_positive(py: Python<'_>) -> PyErr {
    PyErr::new(ExceptionType::ValueError.bind(py), c"expected a positive input")
}

#[cold]
fn of_int(object: Borrowed<'_, '_>, log: Log) -> PyResult<f64> {
    let py = object.py();
    let view = IntView::new(object)?;
    if view.is_negative() || view.small() == Some(0) {
        return Err(not_positive(py));
    }
    let (top, sticky, bits) = view.top_bits();
    Ok(real::log_of_int(top, sticky, bits, |x| log(x).unwrap_or(f64::NAN)))
}

/// The logarithm to any base. The C side counts the arguments: `base` may be NULL.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log_impl(_module: *mut PyObject, x: *mut PyObject, base: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread, with arguments that its caller keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if let Some(Ok(value)) = positive(py, x).map(real::log) {
            if base.is_null() {
                return leave(float_new(py, value));
            }
            if let Some(Ok(base)) = positive(py, base).map(real::log)
                && base != 0.0
            {
                return leave(float_new(py, value / base));
            }
        }
        entry(c"math.log", |py| -> PyResult<Bound<'_>> {
            let number = float_new(py, logarithm(py, &x, real::log)?)?;
            if base.is_null() {
                return Ok(number);
            }
            let base = float_new(py, logarithm(py, &base, real::log)?)?;
            number_true_divide(number.as_borrowed(), base.as_borrowed())
        })
    }
}

/// The binary logarithm.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log2_impl(_module: *mut PyObject, x: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread, with an argument that its caller keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if let Some(Ok(value)) = positive(py, x).map(real::log2) {
            return leave(float_new(py, value));
        }
        entry(c"math.log2", |py| float_new(py, logarithm(py, &x, real::log2)?))
    }
}

/// The decimal logarithm.
///
/// # Safety
///
/// Called by the C side alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn math_log10_impl(_module: *mut PyObject, x: *mut PyObject) -> *mut PyObject {
    // SAFETY: the C side calls on an attached thread, with an argument that its caller keeps alive.
    unsafe {
        let py = Python::assume_attached();
        if let Some(Ok(value)) = positive(py, x).map(real::log10) {
            return leave(float_new(py, value));
        }
        entry(c"math.log10", |py| float_new(py, logarithm(py, &x, real::log10)?))
    }
}
