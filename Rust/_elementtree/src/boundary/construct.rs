//! The creation of elements: the constructor, and `SubElement`. Their arguments are parsed in C.

use super::element::{
    Element, ElementClass, Locked, OutOfMemory, This, append, is_empty_dict, new_element, set, set_attrib,
};
use cpython_api::types::PyAny;
use cpython_api::{Arg, Bound, Py, PyErr, PyObject, PyResult, PyTypeObject, Python, entry, method, method_value};
use std::ffi::c_int;

/// `tp_new`: an element without a tag.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_new(
    class: *mut PyTypeObject,
    _args: *mut PyObject,
    _kwds: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the constructor is called for the class of elements, or a subclass, which its caller keeps.
    let class = unsafe { ElementClass::new(&class) };
    // SAFETY: constructors are called on an attached thread.
    unsafe { entry(c"Element", move |py| new_element(class, py.None(), None).map(Bound::into_any)) }
}

/// `Element(tag, attrib)`, after the arguments have been parsed. A non-NULL reference to the attributes is stolen.
///
/// # Safety
///
/// - Called by `_elementtreemodule.c` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_make(
    class: *mut PyTypeObject,
    tag: *mut PyObject,
    attrib: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C has the class of elements, or a subclass, and its caller keeps it.
    let class = unsafe { ElementClass::new(&class) };
    // SAFETY: an object that the caller keeps for the call.
    let tag = unsafe { Arg::<PyAny>::new(&tag) };
    // SAFETY: NULL, or a reference that is handed over.
    let attrib = unsafe { Py::from_owned_or_null(attrib) };
    // SAFETY: constructors are called on an attached thread.
    unsafe {
        entry(c"Element", move |py| {
            let attrib = attributes(py, attrib);
            new_element(class, tag.bind(py).to_owned(), attrib).map(Bound::into_any)
        })
    }
}

/// The attributes that C code passes, unless they are empty.
fn attributes(py: Python<'_>, attrib: Option<Py>) -> Option<Bound<'_>> {
    attrib.map(|attrib| attrib.into_bound(py)).filter(|attrib| !is_empty_dict(attrib))
}

/// `Element.__init__`, after the arguments have been parsed. A non-NULL reference to the attributes is stolen.
///
/// # Safety
///
/// - Called by `_elementtreemodule.c` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_fill(
    element: *mut PyObject,
    tag: *mut PyObject,
    attrib: *mut PyObject,
) -> c_int {
    // SAFETY: an object that the caller keeps for the call.
    let tag = unsafe { Arg::<PyAny>::new(&tag) };
    // SAFETY: NULL, or a reference that is handed over.
    let attrib = unsafe { Py::from_owned_or_null(attrib) };
    // SAFETY: the slot is called with an element, which its caller keeps, on an attached thread.
    unsafe {
        method_value::<Element, _>(c"Element.__init__", element, move |element| {
            let py = element.py();
            let attrib = attributes(py, attrib);
            fill(element, tag.bind(py).to_owned(), attrib)
        })
    }
}

fn fill<'py>(element: This<'_, 'py>, tag: Bound<'py>, attrib: Option<Bound<'py>>) -> PyResult<()> {
    if let Some(attrib) = attrib {
        // As in C, a second call removes the children.
        let taken = Locked::new(element).take_block();
        drop(taken.map_err(|OutOfMemory| PyErr::no_memory(element.py()))?);
        set_attrib(element, attrib)?;
    }
    let (py, data) = (element.py(), element.data());
    drop(set(element, &data.tag, tag));
    drop(set(element, &data.text, py.None()));
    drop(set(element, &data.tail, py.None()));
    Ok(())
}

/// `SubElement(parent, tag, attrib)`, after the arguments have been parsed. A non-NULL reference to the attributes is stolen.
///
/// # Safety
///
/// - Called by `_elementtreemodule.c` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_subelement(
    class: *mut PyTypeObject,
    parent: *mut PyObject,
    tag: *mut PyObject,
    attrib: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C has the class of elements, and its caller keeps it.
    let class = unsafe { ElementClass::new(&class) };
    // SAFETY: an object that the caller keeps for the call.
    let tag = unsafe { Arg::<PyAny>::new(&tag) };
    // SAFETY: NULL, or a reference that is handed over.
    let attrib = unsafe { Py::from_owned_or_null(attrib) };
    // SAFETY: C has made sure that this is an element, which its caller keeps, on an attached thread.
    unsafe {
        method::<Element>(c"SubElement", parent, move |parent| {
            let py = parent.py();
            let attrib = attributes(py, attrib);
            let element = new_element(class, tag.bind(py).to_owned(), attrib)?;
            append(parent, element.clone())?;
            Ok(element.into_any())
        })
    }
}
