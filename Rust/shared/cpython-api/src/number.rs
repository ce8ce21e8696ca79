//! Numbers, truth values among them, and what Python's operators make of any objects.

use crate::call::owned_or_err;
use crate::{Borrowed, Bound, PyErr, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;
use std::ptr;

/// A new `int`.
#[inline]
pub fn int_from_u32(py: Python<'_>, value: u32) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached; the call returns a new reference, or NULL with an exception set.
    unsafe {
        let object = ffi::PyLong_FromUnsignedLong(value.into());
        Bound::from_owned_or_null(py, object).ok_or_else(|| PyErr::already_set(py))
    }
}

/// `True` or `False`.
#[inline]
pub fn bool_object(py: Python<'_>, value: bool) -> Bound<'_> {
    // SAFETY: the thread is attached; the call returns a reference to one of two objects that exist while an interpreter
    // runs, and so never NULL.
    unsafe { Bound::from_owned_or_null(py, ffi::PyBool_FromLong(value.into())).unwrap_unchecked() }
}

/// A new `int`.
#[inline]
pub fn int_from_i64(py: Python<'_>, value: i64) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached.
    unsafe { owned_or_err(py, ffi::PyLong_FromLongLong(value)) }
}

/// A new `int` from a length or an index.
#[inline]
pub fn int_from_isize(py: Python<'_>, value: isize) -> PyResult<Bound<'_>> {
    // SAFETY: the thread is attached.
    unsafe { owned_or_err(py, ffi::PyLong_FromSsize_t(value)) }
}

/// `int(text)` for decimal digits, with the limit on their number.
#[inline]
pub fn int_from_decimal<'py>(py: Python<'py>, text: &CStr) -> PyResult<Bound<'py>> {
    // SAFETY: the thread is attached and the text ends in NUL; no end is asked for.
    unsafe { owned_or_err(py, ffi::PyLong_FromString(text.as_ptr(), ptr::null_mut(), 10)) }
}

/// `id(object)`
#[inline]
pub fn id<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: the thread is attached; the pointer is only a number here.
    unsafe { owned_or_err(object.py(), ffi::PyLong_FromVoidPtr(object.as_ptr().cast())) }
}

/// `int.__repr__(integer)`, whatever a subclass has; `None` when the object is no `int`.
#[inline]
pub fn int_repr<'py>(integer: Borrowed<'_, 'py>) -> Option<PyResult<Bound<'py>>> {
    let py = integer.py();
    // SAFETY: the object is live and the thread attached, and it is an int.
    unsafe {
        if ffi::shim_PyLong_Check(integer.as_ptr()) == 0 {
            return None;
        }
        Some(owned_or_err(py, ffi::shim_PyLong_Type_repr(integer.as_ptr())))
    }
}

/// A new `int`.
#[inline]
pub fn int_from_u64(py: Python<'_>, value: u64) -> PyResult<Bound<'_>> {
    // SAFETY: as for `int_from_u32`.
    unsafe { owned_or_err(py, ffi::PyLong_FromUnsignedLongLong(value)) }
}

/// A new `int` of the integer part of a double; `OverflowError` of an infinity and `ValueError` of a NaN.
#[inline]
pub fn int_from_f64(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    // SAFETY: as for `int_from_u32`.
    unsafe { owned_or_err(py, ffi::PyLong_FromDouble(value)) }
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

/// The value of what is exactly an `int` and fits. No Python code runs.
#[inline]
pub fn small_int(object: Borrowed<'_, '_>) -> Option<i64> {
    let mut value = 0;
    // SAFETY: the object is live and the thread attached; the value is stored if there is one.
    unsafe { (ffi::shim_small_int(object.as_ptr(), &mut value) != 0).then_some(value) }
}

/// The value of what is exactly a `float`, or exactly an `int` that fits 64 bits. No Python code runs.
#[inline]
pub fn small_number(object: Borrowed<'_, '_>) -> Option<f64> {
    let (object, mut value) = (object.as_ptr(), 0.0);
    // SAFETY: the object is live and the thread attached; the value is stored if there is one.
    unsafe { (ffi::shim_array_doubles(&object, 1, &mut value) != 0).then_some(value) }
}

/// `operator.index(object)`: exactly an `int`. It may run any Python code.
#[inline]
pub fn number_index<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: the object is live and the thread attached; the call returns a new reference or sets an exception.
    unsafe { owned_or_err(object.py(), ffi::PyNumber_Index(object.as_ptr())) }
}

/// `abs(object)`. It may run any Python code.
#[inline]
pub fn number_absolute<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { owned_or_err(object.py(), ffi::PyNumber_Absolute(object.as_ptr())) }
}

/// `left + right`. It may run any Python code.
#[inline]
pub fn number_add<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { owned_or_err(left.py(), ffi::PyNumber_Add(left.as_ptr(), right.as_ptr())) }
}

/// `left - right`. It may run any Python code.
#[inline]
pub fn number_subtract<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { owned_or_err(left.py(), ffi::PyNumber_Subtract(left.as_ptr(), right.as_ptr())) }
}

/// `left * right`. It may run any Python code.
#[inline]
pub fn number_multiply<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { owned_or_err(left.py(), ffi::PyNumber_Multiply(left.as_ptr(), right.as_ptr())) }
}

/// `left // right`. It may run any Python code.
#[inline]
pub fn number_floor_divide<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { owned_or_err(left.py(), ffi::PyNumber_FloorDivide(left.as_ptr(), right.as_ptr())) }
}

/// `left / right`. It may run any Python code.
#[inline]
pub fn number_true_divide<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    // SAFETY: as for `number_index`.
    unsafe { owned_or_err(left.py(), ffi::PyNumber_TrueDivide(left.as_ptr(), right.as_ptr())) }
}

/// Runs the handlers of signals that have come in, so that long work can be stopped.
#[inline]
pub fn check_signals(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the thread is attached; a negative answer comes with an exception.
    unsafe { if ffi::PyErr_CheckSignals() < 0 { Err(PyErr::already_set(py)) } else { Ok(()) } }
}
