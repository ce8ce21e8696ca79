//! `find`, `findtext`, `findall`, `iterfind`: a tag is compared with those of the children here; a path is evaluated by
//! `xml.etree.ElementPath`.

use super::element::{Element, This, find_child};
use super::module::State;
use super::slots::text;
use crate::path::is_path;
use cpython_api::types::{PyBytes, PyList, PyStr};
use cpython_api::{Borrowed, Bound, Instance, Py, PyErr, PyObject, PyResult, PyTypeObject, StrData, method_with};
use std::ops::ControlFlow;

/// Whether the path may be more than a tag.
fn may_be_path(path: Borrowed<'_, '_>) -> bool {
    if let Some(path) = path.cast_borrowed::<PyStr>() {
        return match path.data() {
            StrData::Ucs1(units) => is_path(units),
            StrData::Ucs2(units) => is_path(units),
            StrData::Ucs4(units) => is_path(units),
        };
    }
    path.cast_borrowed::<PyBytes>().is_none_or(|path| is_path(path.as_bytes()))
}

/// Calls a function of `xml.etree.ElementPath`.
fn by_path<'py, const N: usize>(
    element: This<'_, 'py>,
    name: impl FnOnce(&State) -> &Py<PyStr>,
    arguments: [&Bound<'py>; N],
) -> PyResult<Bound<'py>> {
    let py = element.py();
    let state = element.module_state::<State>()?;
    state.element_path.bind(py).call_method(&name(state).bind(py), arguments)
}

/// Calls `found` with each child that has the tag.
#[inline]
fn each<'py>(
    element: This<'_, 'py>,
    tag: &Bound<'py>,
    mut found: impl FnMut(Bound<'py, Instance<Element>>) -> PyResult<ControlFlow<()>>,
) -> PyResult<()> {
    let mut index = 0;
    while let Some(child) = find_child(element, &mut index, tag)? {
        if found(child)?.is_break() {
            break;
        }
        index += 1;
    }
    Ok(())
}

/// `element.find(path, namespaces)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_find_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    path: *mut PyObject,
    namespaces: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with::<Element, _>(c"Element.find", element, [path, namespaces], |element, [path, namespaces]| {
            if may_be_path(path) || !namespaces.is_none() {
                return by_path(element, |state| &state.find, [element.as_any(), &path, &namespaces]);
            }
            let mut result = element.py().None();
            each(element, &path, |child| {
                result = child.into_any();
                Ok(ControlFlow::Break(()))
            })?;
            Ok(result)
        })
    }
}

/// `element.findtext(path, default, namespaces)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_findtext_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    path: *mut PyObject,
    default: *mut PyObject,
    namespaces: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        let arguments = [path, default, namespaces];
        method_with::<Element, _>(c"Element.findtext", element, arguments, |element, [path, default, namespaces]| {
            if may_be_path(path) || !namespaces.is_none() {
                let arguments = [element.as_any(), &path, &default, &namespaces];
                return by_path(element, |state| &state.findtext, arguments);
            }
            let mut result = None;
            each(element, &path, |child| {
                result = Some(text(child.as_borrowed(), &child.data().text)?);
                Ok(ControlFlow::Break(()))
            })?;
            match result {
                None => Ok(default.to_owned()),
                Some(text) if text.is_none() => Ok(PyStr::new(element.py(), "")?.into_any()),
                Some(text) => Ok(text),
            }
        })
    }
}

/// `element.findall(path, namespaces)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_findall_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    path: *mut PyObject,
    namespaces: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with::<Element, _>(c"Element.findall", element, [path, namespaces], |element, [path, namespaces]| {
            if may_be_path(path) || !namespaces.is_none() {
                return by_path(element, |state| &state.findall, [element.as_any(), &path, &namespaces]);
            }
            let py = element.py();
            let mut found = Vec::new();
            each(element, &path, |child| {
                found.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
                found.push(child.into_any());
                Ok(ControlFlow::Continue(()))
            })?;
            PyList::from_tail(py, &mut found, 0).map(Bound::into_any)
        })
    }
}

/// `element.iterfind(path, namespaces)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_iterfind_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    path: *mut PyObject,
    namespaces: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with::<Element, _>(c"Element.iterfind", element, [path, namespaces], |element, [path, namespaces]| {
            by_path(element, |state| &state.iterfind, [element.as_any(), &path, &namespaces])
        })
    }
}
