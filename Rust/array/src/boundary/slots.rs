//! The slots and attributes of arrays.

use super::array::{Array, This, code, object_like};
use super::extend::extend_by_array;
use super::search;
use super::slices::{bad_argument, get, get_item, get_small, set, set_item};
use super::text::repr;
use crate::typecode::Typecode;
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyInt, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, Instance, Py_buffer, Py_ssize_t, PyErr, PyObject, PyResult, Python, entry_value,
    into_c_result, method, method_unguarded, method_value, method_value_with, method_with, setter,
};
use std::ffi::{c_int, c_void};

/// The slots `sq_length` and `mp_length`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_len(array: *mut PyObject) -> Py_ssize_t {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_value::<Array, _>(c"array.array.__len__", array, move |array| Ok(array.data().items.len() as isize))
    }
}

/// The slot `sq_concat`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_concat(array: *mut PyObject, other: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class and an object, which their caller keeps, on an attached
    // thread.
    unsafe { method_with(c"array.array.__add__", array, other, concat) }
}

/// The slot `sq_repeat`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_repeat(array: *mut PyObject, times: Py_ssize_t) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__mul__", array, move |array| repeat(array, times)) }
}

/// The slot `sq_item`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_item(array: *mut PyObject, index: Py_ssize_t) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__getitem__", array, move |array| get_item(array, index as usize)) }
}

/// The slot `sq_ass_item`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_ass_item(array: *mut PyObject, index: Py_ssize_t, value: *mut PyObject) -> c_int {
    // SAFETY: slots are called with an object of the class and an object or NULL, which their caller keeps, on an
    // attached thread.
    unsafe {
        setter(c"array.array.__setitem__", array, value, move |array, value| set_item(array, index as usize, value))
    }
}

/// The slot `sq_contains`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_contains(array: *mut PyObject, object: *mut PyObject) -> c_int {
    // SAFETY: slots are called with an object of the class and an object, which their caller keeps, on an attached
    // thread.
    unsafe {
        method_value_with(c"array.array.__contains__", array, object, move |array, object| {
            Ok(search::find(array, object, 0..usize::MAX)?.is_some())
        })
    }
}

/// The slot `sq_inplace_concat`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_inplace_concat(array: *mut PyObject, other: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class and an object, which their caller keeps, on an attached
    // thread.
    unsafe { method_with(c"array.array.__iadd__", array, other, inplace_concat) }
}

/// The slot `sq_inplace_repeat`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_inplace_repeat(array: *mut PyObject, times: Py_ssize_t) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__imul__", array, move |array| inplace_repeat(array, times)) }
}

/// The slot `mp_subscript`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_subscript(array: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class and a key, which their caller keeps, on an attached thread.
    let item = unsafe { method_unguarded(array, key, |array, key| get_small(array, key).map(into_c_result)) };
    // SAFETY: as above.
    item.unwrap_or_else(|| unsafe { method_with(c"array.array.__getitem__", array, key, get) })
}

/// The slot `mp_ass_subscript`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_ass_subscript(
    array: *mut PyObject,
    key: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: slots are called with objects or NULL, which their caller keeps for the call.
    let value = unsafe { Arg::<'_>::optional(&value) };
    // SAFETY: slots are called with an object of the class and an object, which their caller keeps, on an attached
    // thread.
    unsafe {
        method_value_with::<Array, _, _>(c"array.array.__setitem__", array, key, move |array, key| {
            let py = array.py();
            set(array, key, value.map(|value| value.bind(py)))
        })
    }
}

/// The slot `tp_repr`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_repr(array: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"array.array.__repr__", array, repr) }
}

/// The attribute `typecode`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_get_typecode(array: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method::<Array>(c"array.array.typecode", array, move |array| {
            Ok(PyStr::new(array.py(), code(array).as_str())?.into_any())
        })
    }
}

/// The attribute `itemsize`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_get_itemsize(array: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method::<Array>(c"array.array.itemsize", array, move |array| {
            Ok(PyInt::new(array.py(), array.data().items.item_size())?.into_any())
        })
    }
}

/// The slot `bf_getbuffer`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_getbuffer(object: *mut PyObject, view: *mut Py_buffer, flags: c_int) -> c_int {
    // SAFETY: slots are called with an object of the class, which their caller keeps for the call.
    let array = unsafe { Arg::<Instance<Array>>::new(&object) };
    let export = move |py: Python<'_>| {
        let items = &array.bind(py).data().items;
        let typecode = items.kind();
        // A `wchar_t` is exported as the character that it is.
        let format = if typecode == Typecode::u { Typecode::w } else { typecode };
        // SAFETY: the items are a part of the object. The view is NULL or to be filled, and is released by the slot below.
        unsafe { items.export(py, object, view, flags, format.as_c_str()) }
    };
    // SAFETY: slots are called on an attached thread.
    unsafe { entry_value(c"array.array.__buffer__", export) }
}

/// The slot `bf_releasebuffer`.
///
/// # Safety
///
/// - Called as the slot alone, once for each view that has been filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_array_releasebuffer(array: *mut PyObject, _view: *mut Py_buffer) {
    // SAFETY: slots are called with an object of the class, which their caller keeps for the call.
    let array = unsafe { Arg::<Instance<Array>>::new(&array) };
    let end = move |py: Python<'_>| {
        // SAFETY: a view that has been filled is released.
        unsafe { array.bind(py).data().items.end_export() }
    };
    // SAFETY: slots are called on an attached thread.
    unsafe { cpython_api::entry_dealloc(c"array.array.__release_buffer__", end) };
}

/// The other operand of an operator, as an array; otherwise `TypeError`, with `before` and `after` around the name of its class.
fn operand<'a, 'py>(
    array: This<'_, 'py>,
    other: Borrowed<'a, 'py>,
    before: &str,
    after: &str,
) -> PyResult<This<'a, 'py>> {
    array.cast_like(other).ok_or_else(|| not_an_array(other, before, after))
}

#[cold]
fn not_an_array(other: Borrowed<'_, '_>, before: &str, after: &str) -> PyErr {
    match other.get_type().c_name() {
        Ok(class) => {
            let class = class.to_string_lossy();
            PyTypeError::new_err(other.py(), format_args!("{before}{class}{after}"))
        }
        Err(error) => error,
    }
}

fn concat<'py>(array: This<'_, 'py>, other: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = array.py();
    let other = operand(array, other, "can only append array (not \"", "\") to array")?;
    if code(array) != code(other) {
        return Err(bad_argument(py));
    }
    object_like(array, array.data().items.to_joined(&other.data().items, py))
}

fn repeat<'py>(array: This<'_, 'py>, times: Py_ssize_t) -> PyResult<Bound<'py>> {
    let repeated = array.data().items.to_repeated(usize::try_from(times).unwrap_or(0), array.py());
    object_like(array, repeated)
}

fn inplace_concat<'py>(array: This<'_, 'py>, other: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    extend_by_array(array, operand(array, other, "can only extend array with array (not \"", "\")")?)?;
    Ok(array.to_owned().into_any())
}

fn inplace_repeat<'py>(array: This<'_, 'py>, times: Py_ssize_t) -> PyResult<Bound<'py>> {
    let times = usize::try_from(times).unwrap_or(0);
    if times != 1 {
        array.data().change(array.py(), |items| items.repeat(times))?;
    }
    Ok(array.to_owned().into_any())
}
