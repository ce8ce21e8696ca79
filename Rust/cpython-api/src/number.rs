//! Numbers: small `int` objects, and what Python's operators make of any objects.

use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;

/// The new reference that a C function has returned, or the exception that it has set.
///
/// # Safety
///
/// - `object` is NULL with an exception set, or a new reference.
#[inline]
unsafe fn returned(py: Python<'_>, object: *mut ffi::PyObject) -> PyResult<Bound<'_>> {
    // SAFETY: handed on.
    unsafe { Bound::from_owned_or_null(py, object).ok_or_else(|| PyErr::already_set(py)) }
}

/// A new `int`.
#[inline]
pub fn int_from_u32(py: Python<'_>, value: u32) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached; the call returns a new reference, or NULL with an exception set.
    unsafe { returned(py, ffi::PyLong_FromUnsignedLong(value.into())) }
}

/// A new `int`.
#[inline]
pub fn int_from_i64(py: Python<'_>, value: i64) -> PyResult<Bound<'_>> {
    // SAFETY: as for `int_from_u32`.
    unsafe { returned(py, ffi::PyLong_FromLongLong(value)) }
}

/// A new `int`.
#[inline]
pub fn int_from_u64(py: Python<'_>, value: u64) -> PyResult<Bound<'_>> {
    // SAFETY: as for `int_from_u32`.
    unsafe { returned(py, ffi::PyLong_FromUnsignedLongLong(value)) }
}

/// A new `int` of the integer part of a double; `OverflowError` of an infinity and `ValueError` of a NaN.
pub fn int_from_f64(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    // SAFETY: as for `int_from_u32`.
    unsafe { returned(py, ffi::PyLong_FromDouble(value)) }
}

/// Whether `object` is an `int`, of a subclass too.
#[inline]
pub fn is_int(object: Borrowed<'_, '_>) -> bool {
    // SAFETY: the object is live and the thread attached.
    unsafe { ffi::shim_PyLong_Check(object.as_ptr()) != 0 }
}

/// Whether `object` is exactly an `int`.
#[inline]
pub fn is_exact_int(object: Borrowed<'_, '_>) -> bool {
    // SAFETY: the object is live and the thread attached.
    unsafe { ffi::shim_PyLong_CheckExact(object.as_ptr()) != 0 }
}

/// `True` or `False`.
#[inline]
pub fn bool_new(py: Python<'_>, value: bool) -> PyResult<Bound<'_>> {
    // SAFETY: as for `int_from_u32`.
    unsafe { returned(py, ffi::PyBool_FromLong(value.into())) }
}

/// `operator.index(object)`: exactly an `int`. It may run any Python code.
#[inline]
pub fn number_index<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: the object is live and the thread attached; the call returns a new reference or sets an exception.
    unsafe { returned(object.py(), ffi::PyNumber_Index(object.as_ptr())) }
}

/// `abs(object)`. It may run any Python code.
pub fn number_absolute<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { returned(object.py(), ffi::PyNumber_Absolute(object.as_ptr())) }
}

/// `left + right`. It may run any Python code.
pub fn number_add<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { returned(left.py(), ffi::PyNumber_Add(left.as_ptr(), right.as_ptr())) }
}

/// `left - right`. It may run any Python code.
pub fn number_subtract<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { returned(left.py(), ffi::PyNumber_Subtract(left.as_ptr(), right.as_ptr())) }
}

/// `left * right`. It may run any Python code.
pub fn number_multiply<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { returned(left.py(), ffi::PyNumber_Multiply(left.as_ptr(), right.as_ptr())) }
}

/// `left // right`. It may run any Python code.
pub fn number_floor_divide<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { returned(left.py(), ffi::PyNumber_FloorDivide(left.as_ptr(), right.as_ptr())) }
}

/// `left / right`. It may run any Python code.
pub fn number_true_divide<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { returned(left.py(), ffi::PyNumber_TrueDivide(left.as_ptr(), right.as_ptr())) }
}

/// `(first, second)`.
pub fn pair<'py>(first: &Bound<'py>, second: &Bound<'py>) -> PyResult<Bound<'py>> {
    // SAFETY: both objects are live, the thread is attached, and there are as many objects as the call says.
    unsafe { returned(first.py(), ffi::PyTuple_Pack(2, first.as_ptr(), second.as_ptr())) }
}

/// Runs the handlers of signals that have come in, so that long work can be stopped.
#[inline]
pub fn check_signals(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the thread is attached; a negative answer comes with an exception.
    unsafe { if ffi::PyErr_CheckSignals() < 0 { Err(PyErr::already_set(py)) } else { Ok(()) } }
}
