//! Comparison of arrays.

use super::array::This;
use crate::typecode::{Format, Typecode};
use crate::{dispatch, kernels};
use cpython_api::types::{CompareOp, PyBool};
use cpython_api::{Borrowed, Bound, LockedItems, PyErr, PyObject, PyResult, Python, method_with};
use std::cmp::Ordering;
use std::ffi::c_int;

/// The slot `tp_richcompare`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_richcompare(a: *mut PyObject, b: *mut PyObject, op: c_int) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class and an object, which its caller keeps, on an attached
    // thread.
    unsafe { method_with(c"array.array.__eq__", a, b, move |this, other| rich_compare(this, other, op)) }
}

fn rich_compare<'py>(array: This<'_, 'py>, other: Borrowed<'_, 'py>, op: c_int) -> PyResult<Bound<'py>> {
    let py = array.py();
    let (Some(other), Some(op)) = (array.cast_like(other), CompareOp::from_raw(op)) else {
        return Ok(py.NotImplemented());
    };
    let (this, that) = (&array.data().items, &other.data().items);
    let result = |result: bool| Ok(PyBool::new(py, result).into_any());
    if this.kind() != that.kind() {
        return compare_objects(py, array, other, op);
    }
    let format = this.kind().format();
    if is_equality(op) && has_bytes_as_values(format) {
        return result(this.has_same_bytes(that, py) == (op == CompareOp::Eq));
    }
    let compared = match this.lock_two(that, py) {
        Some((items, others)) => compare(&items, &others, format, op),
        None => {
            let items = this.lock(py);
            compare(&items, &items, format, op)
        }
    };
    match compared {
        Compared::Known(known) => result(known),
        Compared::Items(a, b) => {
            if matches!(format, Format::C32 | Format::C64) {
                // Refused, with the message for two complex numbers.
                let a = super::convert::to_object(py, this.kind(), &a[..format.size()])?;
                let b = super::convert::to_object(py, this.kind(), &b[..format.size()])?;
                return a.rich_compare(&b, op);
            }
            result(holds(op, kernels::order(format, this.kind() == Typecode::u, &a, &b)))
        }
    }
}

/// What comparing the items says.
enum Compared {
    /// The result.
    Known(bool),
    /// The first two items that are not equal.
    Items([u8; 16], [u8; 16]),
}

/// Whether two that are ordered in this way are in the relation.
fn holds(op: CompareOp, order: Option<Ordering>) -> bool {
    let Some(order) = order else { return op == CompareOp::Ne };
    match op {
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }
}

fn is_equality(op: CompareOp) -> bool {
    matches!(op, CompareOp::Eq | CompareOp::Ne)
}

/// Whether items are equal if, and only if, their bytes are.
fn has_bytes_as_values(format: Format) -> bool {
    format.is_integer() || format == Format::Char
}

/// Compares the items of arrays of one type.
fn compare(
    a: &LockedItems<'_, '_, Typecode>,
    b: &LockedItems<'_, '_, Typecode>,
    format: Format,
    op: CompareOp,
) -> Compared {
    let (len, other_len) = (a.len(), b.len());
    if len != other_len && is_equality(op) {
        return Compared::Known(op == CompareOp::Ne);
    }
    if has_bytes_as_values(format) && a.same_bytes(b, len.min(other_len)) {
        return Compared::Known(holds(op, Some(len.cmp(&other_len))));
    }
    let difference = a.first_difference(b, len.min(other_len), |a, b| dispatch::first_difference(format, a, b));
    let Some(index) = difference else { return Compared::Known(holds(op, Some(len.cmp(&other_len)))) };
    if is_equality(op) {
        return Compared::Known(op == CompareOp::Ne);
    }
    let (mut item, mut other) = ([0; 16], [0; 16]);
    a.read(index, &mut item[..format.size()]);
    b.read(index, &mut other[..format.size()]);
    Compared::Items(item, other)
}

/// Compares arrays of two types, as objects.
fn compare_objects<'py>(
    py: Python<'py>,
    array: This<'_, 'py>,
    other: This<'_, 'py>,
    op: CompareOp,
) -> PyResult<Bound<'py>> {
    let result = |result: bool| Ok::<_, PyErr>(PyBool::new(py, result).into_any());
    if array.data().items.len() != other.data().items.len() && is_equality(op) {
        return result(op == CompareOp::Ne);
    }
    let (items, others) = (array.data().snapshot(py)?, other.data().snapshot(py)?);
    for index in 0..items.len().min(others.len()) {
        let (a, b) = (items.get(py, index)?, others.get(py, index)?);
        if !a.eq(&b)? {
            return if is_equality(op) { result(op == CompareOp::Ne) } else { a.rich_compare(&b, op) };
        }
    }
    result(holds(op, Some(items.len().cmp(&others.len()))))
}
