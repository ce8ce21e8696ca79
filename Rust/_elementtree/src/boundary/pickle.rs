//! Pickling of elements: their state is the `__dict__` of the elements of the Python implementation.

use super::attributes::{attrib, checked};
use super::element::{Locked, OutOfMemory, Place, This, as_element, class_of, has_block, no_element, set, set_attrib};
use cpython_api::exceptions::PyTypeError;
use cpython_api::types::{PyDict, PyList, PyStr};
use cpython_api::{Borrowed, Bound, PyErr, PyObject, PyResult, PyTypeObject, method, method_with};
use std::ffi::c_int;
use std::ptr;

unsafe extern "C" {
    /// Gets the five items of a state as in C, by parsing the dict as keyword arguments. Each is a new reference, or NULL.
    fn elementtree_state_items(state: *mut PyObject, items: *mut *mut PyObject) -> c_int;
}

/// `element.__getstate__()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element___getstate___impl(element: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe { method(c"Element.__getstate__", element, state_of) }
}

fn state_of<'py>(element: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = element.py();
    let data = element.data();
    let locked = Locked::new(element);
    let children = locked.children();
    let get = |place: &Place| locked.get(place).map(|(object, _)| object);
    let (tag, text, tail) = (get(&data.tag), get(&data.text), get(&data.tail));
    drop(locked);
    let mut children = children.map_err(|OutOfMemory| PyErr::no_memory(py))?;
    let children = PyList::from_tail(py, &mut children, 0)?.into_any();
    let attrib = match attrib(element) {
        Some(attrib) => attrib,
        None => PyDict::new(py)?.into_any(),
    };
    let state = PyDict::new(py)?;
    let items =
        [(c"tag", tag), (c"_children", Some(children)), (c"attrib", Some(attrib)), (c"text", text), (c"tail", tail)];
    for (name, value) in items {
        state.set_item(&PyStr::intern(py, name)?, &value.unwrap_or_else(|| py.None()))?;
    }
    Ok(state.into_any())
}

/// `element.__setstate__(state)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element___setstate___impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    state: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and an object, on an attached thread; its caller keeps them for the call.
    unsafe { method_with(c"Element.__setstate__", element, state, set_state) }
}

fn set_state<'py>(element: This<'_, 'py>, state: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = element.py();
    let Some(state) = state.cast_exact::<PyDict>() else {
        let text = state.repr()?;
        let text = text.to_string_lossy();
        return Err(PyTypeError::new_err(py, format_args!("Don't know how to unpickle \"{text:.200}\" as an Element")));
    };
    let [tag, attrib, text, tail, children] = items(state)?;
    let Some(tag) = tag else { return Err(PyTypeError::new_err(py, "tag may not be NULL")) };
    let data = element.data();
    drop(set(element, &data.tag, tag));
    for (place, text) in [(&data.text, text), (&data.tail, tail)] {
        let text = text.unwrap_or_else(|| py.None());
        let joined = text.is_exact_instance_of::<PyList>();
        let old = Locked::new(element).swap(place, text, joined);
        drop(old);
    }
    if children.is_none() && attrib.is_none() {
        return Ok(py.None());
    }
    if let Some(children) = children {
        set_children(element, &children)?;
    }
    let attrib = attrib.map(|attrib| checked(attrib, 200)).transpose()?;
    match attrib {
        Some(attrib) => set_attrib(element, attrib)?,
        None if has_block(element) => remove_attrib(element),
        None => {}
    }
    Ok(py.None())
}

/// The items of a state: tag, attrib, text, tail, and children.
fn items<'py>(state: &Bound<'py, PyDict>) -> PyResult<[Option<Bound<'py>>; 5]> {
    let py = state.py();
    let mut items = [ptr::null_mut(); 5];
    // SAFETY: a live dict, and places for five references.
    let status = unsafe { elementtree_state_items(state.as_ptr(), items.as_mut_ptr()) };
    if status < 0 {
        // SAFETY: -1 comes with an exception.
        return Err(unsafe { PyErr::already_set(py) });
    }
    // SAFETY: each is a new reference, or NULL.
    Ok(items.map(|item| unsafe { Bound::from_owned_or_null(py, item) }))
}

fn set_children<'py>(element: This<'_, 'py>, children: &Bound<'py>) -> PyResult<()> {
    let py = element.py();
    let Ok(list) = children.cast::<PyList>() else {
        return Err(PyTypeError::new_err(py, "'_children' is not a list"));
    };
    let class = class_of(element);
    let mut found = Vec::new();
    let mut other = None;
    for child in list.items() {
        if as_element(child.as_borrowed(), class).is_none() {
            other = Some(child);
            break;
        }
        found.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
        found.push(child);
    }
    let mut locked = Locked::new(element);
    // SAFETY: all have been looked at.
    let old = unsafe { locked.set_children(&mut found) };
    drop(locked);
    old.map_err(|OutOfMemory| PyErr::no_memory(py))?;
    // As in C, those before the one that is none are there.
    other.map_or(Ok(()), |other| Err(no_element(&other)))
}

fn remove_attrib(element: This<'_, '_>) {
    let old = Locked::new(element).take_attrib();
    drop(old);
}
