//! The attributes of elements: a dict that is created when it is first needed, or the instance of a dict subclass or, since
//! CPython 3.15, the `frozendict` that a program has set.

use super::element::{Element, Locked, OutOfMemory, This, get, readable_block, set_attrib};
use super::methods::given;
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyDict, PyList};
use cpython_api::{Bound, PyErr, PyObject, PyResult, Thread, into_c_result, method, method_unguarded, setter};
use std::ffi::{c_int, c_void};

unsafe extern "C" {
    /// `PyDict_Check`, or `PyAnyDict_Check` where there is a `frozendict`.
    fn elementtree_is_dict(object: *mut PyObject) -> c_int;
    /// `PyDict_Copy`, or `_PyDict_CopyAsDict`.
    fn elementtree_copy_dict(dict: *mut PyObject) -> *mut PyObject;
}

/// Whether an object can be the attributes of an element.
#[inline]
pub(super) fn is_dict(object: &Bound<'_>) -> bool {
    // SAFETY: a live object.
    unsafe { elementtree_is_dict(object.as_ptr()) != 0 }
}

/// A `dict` with the items of an object for which [`is_dict`] is true.
pub(super) fn copy_dict<'py>(dict: &Bound<'py>) -> PyResult<Bound<'py, PyDict>> {
    let py = dict.py();
    // SAFETY: a live object; the function refuses one that is not a dict.
    let copy = unsafe { elementtree_copy_dict(dict.as_ptr()) };
    // SAFETY: a new reference, or NULL.
    let copy = unsafe { Bound::from_owned_or_null(py, copy) };
    // SAFETY: NULL comes with an exception.
    let copy = copy.ok_or_else(|| unsafe { PyErr::already_set(py) })?;
    // SAFETY: the function creates a `dict`.
    Ok(unsafe { copy.cast_into_unchecked() })
}

/// Attributes as a dict: the functions of `PyDict` that read take a `frozendict`, too, and those that write refuse it.
#[inline]
fn as_dict<'a, 'py>(attrib: &'a Bound<'py>) -> &'a Bound<'py, PyDict> {
    let dict: *const Bound<'py> = attrib;
    // SAFETY: a handle is a pointer to an object, whatever its type (`repr(transparent)`). What elements have as attributes is an
    // object that C's functions of dicts take: new ones, and those that `checked` or the parsing of arguments has let pass.
    unsafe { &*dict.cast() }
}

/// Checks that an object can be the attributes of an element. The exception has so much of the name of its type, before CPython 3.15.
pub(super) fn checked<'py>(object: Bound<'py>, limit: u16) -> PyResult<Bound<'py>> {
    if is_dict(&object) {
        return Ok(object);
    }
    let py = object.py();
    if cfg!(Py_3_15) {
        let class = object.get_type().fully_qualified_name()?;
        let class = class.to_string_lossy();
        return Err(PyTypeError::new_err(py, format_args!("attrib must be dict or frozendict, not {class}")));
    }
    Err(PyTypeError::with_type_name(c"attrib must be dict, not ", &object, limit))
}

/// The attributes, if the element has a dict for them.
#[inline]
pub(super) fn attrib<'py>(element: This<'_, 'py>) -> Option<Bound<'py>> {
    get(element, &readable_block(element)?.attrib)
}

/// The attributes; a dict is created if the element has none.
pub(super) fn attrib_or_new<'py>(element: This<'_, 'py>) -> PyResult<Bound<'py>> {
    if let Some(attrib) = attrib(element) {
        return Ok(attrib);
    }
    let py = element.py();
    let new = PyDict::new(py)?.into_any();
    let mut locked = Locked::new(element);
    let Ok(block) = locked.block_or_new().map_err(|OutOfMemory| ()) else {
        drop(locked);
        return Err(PyErr::no_memory(py));
    };
    // Another thread may have created one meanwhile.
    let found = locked.get(&block.attrib).map(|(attrib, _)| attrib);
    let old = if found.is_none() { locked.swap(&block.attrib, new.clone(), false) } else { None };
    drop(locked);
    drop(old);
    Ok(found.unwrap_or(new))
}

/// `element.get(key, default)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_get_impl(
    element: *mut PyObject,
    key: *mut PyObject,
    default: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_unguarded(element, [key, default], |element, [key, default]| {
            let Some(attrib) = attrib(element) else { return into_c_result(Ok(default.to_owned())) };
            let found = as_dict(&attrib).get_item(&key);
            Thread::current(element.py()).release(attrib);
            into_c_result(found.map(|found| found.unwrap_or_else(|| default.to_owned())))
        })
    }
}

/// `element.set(key, value)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_set_impl(
    element: *mut PyObject,
    key: *mut PyObject,
    value: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_unguarded(element, [key, value], |element, [key, value]| {
            let set = attrib_or_new(element).and_then(|attrib| {
                let set = as_dict(&attrib).set_item(&key, &value);
                Thread::current(element.py()).release(attrib);
                set
            });
            into_c_result(set.map(|()| element.py().None()))
        })
    }
}

/// `element.items()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_items_impl(element: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe {
        method::<Element>(c"Element.items", element, |element| match attrib(element) {
            Some(attrib) => Ok(as_dict(&attrib).items()?.into_any()),
            None => Ok(PyList::empty(element.py())?.into_any()),
        })
    }
}

/// `element.keys()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_keys_impl(element: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe {
        method::<Element>(c"Element.keys", element, |element| match attrib(element) {
            Some(attrib) => Ok(as_dict(&attrib).keys()?.into_any()),
            None => Ok(PyList::empty(element.py())?.into_any()),
        })
    }
}

/// The attribute `attrib`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_attrib_getter(element: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"Element.attrib", element, attrib_or_new) }
}

/// The attribute `attrib` is set.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_attrib_setter(
    element: *mut PyObject,
    value: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    // SAFETY: slots are called with an object of the class and an object or NULL, on an attached thread; their caller keeps them.
    unsafe {
        setter(c"Element.attrib", element, value, |element, value| {
            set_attrib(element, checked(given(element, value)?.to_owned(), 200)?)
        })
    }
}
