//! Numbers by free functions; [`types`](crate::types) has the methods.

use crate::ffi_call::{new_reference, status};
use crate::types::{ExactCheck, PyBool, PyInt, PyTypeCheck};
use crate::{Borrowed, Bound, PyResult, Python};
use cpython_sys as ffi;
use std::ffi::CStr;

macro_rules! new_int {
    ($($name:ident $type:ty)*) => {$(
        /// As [`PyInt::new`].
        #[inline]
        pub fn $name(py: Python<'_>, value: $type) -> PyResult<Bound<'_>> {
            crate::types::IntoPyInt::into_py_int(value, py)
        }
    )*}
}

new_int! {
    int_from_u32 u32
    int_from_i64 i64
    int_from_isize isize
    int_from_u64 u64
}

/// As [`PyBool::new`].
#[inline]
pub fn bool_object(py: Python<'_>, value: bool) -> Bound<'_> {
    PyBool::new(py, value).into_any()
}

/// As [`PyInt::from_decimal`].
#[inline]
pub fn int_from_decimal<'py>(py: Python<'py>, text: &CStr) -> PyResult<Bound<'py>> {
    PyInt::from_decimal(py, text).map(Bound::into_any)
}

/// As [`PyInt::from_f64`].
#[inline]
pub fn int_from_f64(py: Python<'_>, value: f64) -> PyResult<Bound<'_>> {
    PyInt::from_f64(py, value).map(Bound::into_any)
}

/// `id(object)`
#[inline]
pub fn id<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    crate::types::IntoPyInt::into_py_int(object.as_ptr() as usize, object.py())
}

/// `int.__repr__(integer)`, whatever a subclass has; `None` when the object is no `int`.
#[inline]
pub fn int_repr<'py>(integer: Borrowed<'_, 'py>) -> Option<PyResult<Bound<'py>>> {
    integer.cast_borrowed::<PyInt>().map(|integer| integer.int_repr().map(Bound::into_any))
}

/// Whether `object` is an `int`, of a subclass too.
#[inline]
pub fn is_int(object: Borrowed<'_, '_>) -> bool {
    PyInt::check(&object)
}

/// Whether `object` is exactly an `int`.
#[inline]
pub fn is_exact_int(object: Borrowed<'_, '_>) -> bool {
    PyInt::check_exact(&object)
}

/// The value of an object that is exactly an `int` and fits. No Python code runs.
#[inline]
pub fn small_int(object: Borrowed<'_, '_>) -> Option<i64> {
    let mut value = 0;
    // SAFETY: the object is live and the thread attached (invariants); the value is stored if there is one.
    let found = unsafe { ffi::shim_small_int(object.as_ptr(), &mut value) };
    (found != 0).then_some(value)
}

/// The value of an object that is exactly a `float` or a `bool`, or exactly an `int` of some thousand bits at most. No Python code runs.
#[inline]
pub fn small_number(object: Borrowed<'_, '_>) -> Option<f64> {
    let (object, mut value) = (object.as_ptr(), 0.0);
    // SAFETY: the object is live and the thread attached (invariants); the value is stored if there is one.
    let found = unsafe { ffi::shim_array_doubles(&object, 1, &mut value) };
    (found != 0).then_some(value)
}

/// `operator.index(object)`: exactly an `int`. It may run any Python code.
#[inline]
pub fn number_index<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    new_reference!(object.py(), PyNumber_Index(object))
}

/// `abs(object)`. It may run any Python code.
#[inline]
pub fn number_absolute<'py>(object: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    object.abs()
}

macro_rules! operators {
    ($($name:ident $method:ident $operator:literal)*) => {$(
        #[doc = concat!("`left ", $operator, " right`. It may run any Python code.")]
        #[inline]
        pub fn $name<'py>(left: Borrowed<'_, 'py>, right: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
            left.$method(&right)
        }
    )*}
}

operators! {
    number_add add "+"
    number_subtract sub "-"
    number_multiply mul "*"
    number_floor_divide floor_div "//"
    number_true_divide true_div "/"
}

/// Runs the handlers of signals that have come in, so that long work can be stopped.
#[inline]
pub fn check_signals(py: Python<'_>) -> PyResult<()> {
    status!(py, PyErr_CheckSignals()).map(drop)
}
