//! The methods of elements that change their children, and the attributes tag, text and tail.

use super::element::{
    BLOCK_SIZE, Element, Locked, OutOfMemory, Place, This, append, as_element, child, class_of, equal, get, get_own,
    new_like, no_element, set,
};
use super::slots::{items_of, text};
use cpython_api::exceptions::{PyAttributeError, PyValueError};
use cpython_api::types::PyDict;
use cpython_api::{
    Arg, Borrowed, Bound, Instance, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, into_c_result, method,
    method_none, method_none_with, method_unguarded, method_value, method_with, setter,
};
use std::ffi::{CStr, c_int, c_void};

/// `element.append(subelement)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_append_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    subelement: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code has made sure that this is an element, which its caller keeps for the call.
    let subelement = unsafe { Arg::<Instance<Element>>::new(&subelement) };
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe {
        method_none::<Element>(c"Element.append", element, move |element| {
            append(element, subelement.bind(element.py()).to_owned())
        })
    }
}

/// `element.extend(elements)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_extend_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    elements: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an element and an object, on an attached thread; its caller keeps them for the call.
    unsafe { method_none_with(c"Element.extend", element, elements, extend) }
}

fn extend<'py>(element: This<'_, 'py>, elements: Borrowed<'_, 'py>) -> PyResult<()> {
    let class = class_of(element);
    for item in items_of(elements, "'elements' must be an iterable")? {
        let Some(item) = as_element(item.as_borrowed(), class) else { return Err(no_element(&item)) };
        append(element, item.to_owned())?;
    }
    Ok(())
}

/// `element.insert(index, subelement)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_insert_impl(
    element: *mut PyObject,
    index: Py_ssize_t,
    subelement: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code has made sure that this is an element, which its caller keeps for the call.
    let subelement = unsafe { Arg::<Instance<Element>>::new(&subelement) };
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe {
        method_none::<Element>(c"Element.insert", element, move |element| {
            let py = element.py();
            let subelement = subelement.bind(py).to_owned();
            let mut locked = Locked::new(element);
            let index =
                if index < 0 { locked.len().saturating_sub(index.unsigned_abs()) } else { index.unsigned_abs() };
            let result = locked.insert(index, subelement);
            drop(locked);
            result.map_err(|OutOfMemory| PyErr::no_memory(py))
        })
    }
}

/// `element.remove(subelement)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_remove_impl(
    element: *mut PyObject,
    subelement: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code has made sure that this is an element, which its caller keeps for the call.
    let subelement = unsafe { Arg::<Instance<Element>>::new(&subelement) };
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe {
        method_none::<Element>(c"Element.remove", element, move |element| {
            remove(element, subelement.bind(element.py()))
        })
    }
}

fn remove<'py>(element: This<'_, 'py>, subelement: This<'_, 'py>) -> PyResult<()> {
    let mut index = 0;
    loop {
        let Some(child) = child(element, index) else {
            return Err(not_found(element, subelement));
        };
        if child.is(&subelement) || equal(&child, &subelement)? {
            break;
        }
        index += 1;
    }
    // If Python code has changed the children, another child is removed, or none, as in C.
    let removed = Locked::new(element).remove(index);
    drop(removed);
    Ok(())
}

#[cold]
fn not_found(element: This<'_, '_>, subelement: This<'_, '_>) -> PyErr {
    let py = element.py();
    if cfg!(Py_3_15) {
        let texts = subelement.repr().and_then(|sub| Ok((sub, element.repr()?)));
        let (sub, this) = match texts {
            Ok(texts) => texts,
            Err(error) => return error,
        };
        return PyValueError::new_err(py, format_args!("{} not in {}", sub.to_string_lossy(), this.to_string_lossy()));
    }
    PyValueError::new_err(py, "Element.remove(x): element not found")
}

/// `element.clear()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_clear_impl(element: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an element, on an attached thread; its caller keeps it for the call.
    unsafe {
        method_none::<Element>(c"Element.clear", element, |element| {
            let py = element.py();
            let taken = Locked::new(element).take_block();
            drop(taken.map_err(|OutOfMemory| PyErr::no_memory(py))?);
            drop(set(element, &element.data().text, py.None()));
            drop(set(element, &element.data().tail, py.None()));
            Ok(())
        })
    }
}

/// `element.makeelement(tag, attrib)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_makeelement_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    tag: *mut PyObject,
    attrib: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code has made sure that this is a dict, which its caller keeps for the call.
    let attrib = unsafe { Arg::<PyDict>::new(&attrib) };
    // SAFETY: the parsing code passes an element and an object, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with::<Element, _>(c"Element.makeelement", element, tag, move |element, tag| {
            let attrib = attrib.bind(element.py()).copy()?;
            let attrib = Some(attrib).filter(|attrib| !attrib.is_empty()).map(Bound::into_any);
            new_like(element, tag.to_owned(), attrib).map(Bound::into_any)
        })
    }
}

/// `element.__sizeof__()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element___sizeof___impl(element: *mut PyObject) -> usize {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    let size = unsafe {
        method_value(c"Element.__sizeof__", element, |element: This<'_, '_>| {
            let (has_block, outside) = Locked::new(element).memory();
            let more = if has_block { BLOCK_SIZE } else { 0 } + outside * size_of::<Place>();
            Ok(element.basic_size_with(size_of::<Element>())? + more.cast_signed())
        })
    };
    // As in C, -1 stands for an exception.
    size.cast_unsigned()
}

/// The length of an element: the slots `sq_length` and `mp_length`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_len(element: *mut PyObject) -> Py_ssize_t {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method_unguarded(element, (), |element, ()| super::element::len(element) as Py_ssize_t) }
}

/// What is stored in a place of an element of this thread, for C.
#[inline]
fn own_value(element: This<'_, '_>, place: &Place) -> Option<*mut PyObject> {
    get_own(element.py(), place).map(|value| into_c_result(Ok(value)))
}

/// The attribute `tag`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_tag_getter(element: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    let own = unsafe { method_unguarded(element, (), |element, ()| own_value(element, &element.data().tag)) };
    // SAFETY: as above.
    own.unwrap_or_else(|| unsafe { method(c"Element.tag", element, tag) })
}

fn tag<'py>(element: This<'_, 'py>) -> PyResult<Bound<'py>> {
    // There is none after the collector has cleared the element.
    Ok(get(element, &element.data().tag).unwrap_or_else(|| element.py().None()))
}

/// The text or the tail.
///
/// # Safety
///
/// - As for a getter of the class.
#[inline]
unsafe fn get_joined(name: &'static CStr, element: *mut PyObject, place: impl Fn(&Element) -> &Place) -> *mut PyObject {
    // SAFETY: getters are called with an object of the class, which their caller keeps, on an attached thread.
    let own = unsafe { method_unguarded(element, (), |element, ()| own_value(element, place(element.data()))) };
    // SAFETY: as above.
    own.unwrap_or_else(|| unsafe {
        method::<Element>(name, element, move |element| text(element, place(element.data())))
    })
}

/// The attribute `text`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_text_getter(element: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    unsafe { get_joined(c"Element.text", element, |element| &element.text) }
}

/// The attribute `tail`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_tail_getter(element: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    unsafe { get_joined(c"Element.tail", element, |element| &element.tail) }
}

/// The value that an attribute is set to; an attempt to delete it raises an exception.
pub(super) fn given<'a, 'py>(element: This<'_, '_>, value: Option<Borrowed<'a, 'py>>) -> PyResult<Borrowed<'a, 'py>> {
    value.ok_or_else(|| PyAttributeError::new_err(element.py(), "can't delete element attribute"))
}

/// Assigns to a place.
fn assign<'py>(element: This<'_, 'py>, place: &Place, value: Option<Borrowed<'_, 'py>>) -> PyResult<()> {
    drop(set(element, place, given(element, value)?.to_owned()));
    Ok(())
}

/// The attribute `tag` is set.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_tag_setter(
    element: *mut PyObject,
    value: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    // SAFETY: slots are called with an object of the class and an object or NULL, on an attached thread; their caller keeps them.
    unsafe {
        setter::<Element>(c"Element.tag", element, value, |element, value| assign(element, &element.data().tag, value))
    }
}

/// The attribute `text` is set.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_text_setter(
    element: *mut PyObject,
    value: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    // SAFETY: slots are called with an object of the class and an object or NULL, on an attached thread; their caller keeps them.
    unsafe {
        setter::<Element>(c"Element.text", element, value, |element, value| {
            assign(element, &element.data().text, value)
        })
    }
}

/// The attribute `tail` is set.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn element_tail_setter(
    element: *mut PyObject,
    value: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    // SAFETY: slots are called with an object of the class and an object or NULL, on an attached thread; their caller keeps them.
    unsafe {
        setter::<Element>(c"Element.tail", element, value, |element, value| {
            assign(element, &element.data().tail, value)
        })
    }
}
