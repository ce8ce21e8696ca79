//! `copy.copy` and `copy.deepcopy` of elements.

use super::attributes::{attrib, checked};
use super::element::{
    Draft, Element, ElementClass, JoinedText, Place, This, as_element, class_of, copy_of, get, get_own_str, get_text,
    get_unique, has_block, is_none, len, no_element, readable_block, unique_child,
};
use super::module::State;
use cpython_api::types::{PyDict, PyStr};
use cpython_api::{Arg, Bound, Instance, PyErr, PyObject, PyResult, PyTypeObject, Thread, method};
use std::ffi::c_int;
use std::ptr;
use std::sync::atomic::Ordering;

unsafe extern "C" {
    /// Copies a dict whose keys and values are all exactly `str`: 1 and a new reference; 0 for any other object; -1 with an
    /// exception set.
    fn elementtree_copy_plain_dict(dict: *mut PyObject, copy: *mut *mut PyObject) -> c_int;
}

/// `element.__copy__()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element___copy___impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"Element.__copy__", element, move |element| copy(element).map(Bound::into_any)) }
}

fn copy<'py>(element: This<'_, 'py>) -> PyResult<Bound<'py, Instance<Element>>> {
    let py = element.py();
    let tag = get(element, &element.data().tag).unwrap_or_else(|| py.None());
    let attrib = attrib(element).filter(|attrib| !super::element::is_empty_dict(attrib));
    copy_of(element, tag, attrib)
}

/// `element.__deepcopy__(memo)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element___deepcopy___impl(
    element: *mut PyObject,
    memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code has made sure that this is a dict, which its caller keeps for the call.
    let memo = unsafe { Arg::<PyDict>::new(&memo) };
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method::<Element>(c"Element.__deepcopy__", element, move |element| {
            let py = element.py();
            let copier = Copier {
                state: element.module_state::<State>()?,
                memo: &memo.bind(py),
                class: class_of(element),
                thread: Thread::current(py),
            };
            copier.element(element).map(Bound::into_any)
        })
    }
}

/// Whether an object is its own copy.
#[inline]
fn is_atomic(object: &Bound<'_>) -> bool {
    object.is_none() || object.is_exact_instance_of::<PyStr>()
}

/// A copy of a dict whose keys and values are all exactly `str`; `None` for any other object.
#[inline]
fn plain_dict<'py>(object: &Bound<'py>) -> PyResult<Option<Bound<'py>>> {
    let py = object.py();
    let mut copy = ptr::null_mut();
    // SAFETY: a live object, and a variable for the copy.
    if unsafe { elementtree_copy_plain_dict(object.as_ptr(), &mut copy) } < 0 {
        // SAFETY: a negative result comes with an exception.
        return Err(unsafe { PyErr::already_set(py) });
    }
    // SAFETY: a new reference, or NULL.
    Ok(unsafe { Bound::from_owned_or_null(py, copy) })
}

/// The state of a deep copy.
struct Copier<'a, 'py> {
    state: &'a State,
    memo: &'a Bound<'py, PyDict>,
    class: *mut PyTypeObject,
    thread: Thread<'py>,
}

impl<'py> Copier<'_, 'py> {
    fn element(&self, element: This<'_, 'py>) -> PyResult<Bound<'py, Instance<Element>>> {
        element.py().with_recursion(c" in Element.__deepcopy__", || self.copy_element(element))
    }

    fn copy_element(&self, element: This<'_, 'py>) -> PyResult<Bound<'py, Instance<Element>>> {
        let py = element.py();
        let data = element.data();
        let tag = match get_own_str(py, &data.tag) {
            Some(tag) => tag,
            None => {
                let (found, unique) = get_unique(self.thread, element, &data.tag).unwrap_or_else(|| (py.None(), false));
                self.object(found, unique)?
            }
        };
        let found = readable_block(element).map(|block| &block.attrib);
        let found = found.filter(|place| !place.load(Ordering::Acquire).is_null());
        let attrib = match found.and_then(|place| get_unique(self.thread, element, place)) {
            Some((attrib, unique)) => Some(self.attributes(attrib, unique)?),
            None => None,
        };
        let mut new = Draft::new(tag, attrib.filter(|attrib| !super::element::is_empty_dict(attrib)))?;
        for (place, is_tail) in [(&data.text, false), (&data.tail, true)] {
            if !is_none(place) {
                self.text(element, place, is_tail, &mut new)?;
            }
        }
        if has_block(element) {
            new.reserve(len(element))?;
        }
        let mut index = 0;
        while let Some((child, unique)) = unique_child(self.thread, element, index) {
            let copy = self.object(child, unique)?;
            if as_element(copy.as_borrowed(), self.class).is_none() {
                return Err(no_element(&copy));
            }
            // SAFETY: an element.
            new.push(unsafe { copy.cast_into_unchecked() })?;
            index += 1;
        }
        // SAFETY: the class of the module, which the element that is copied keeps.
        let new = new.finish(unsafe { ElementClass::new(&self.class) })?;
        self.memo.set_item(&element.id()?, &new)?;
        Ok(new)
    }

    /// Copies the text or the tail.
    fn text(&self, element: This<'_, 'py>, place: &Place, is_tail: bool, new: &mut Draft<'py>) -> PyResult<()> {
        if let Some(text) = get_own_str(element.py(), place) {
            new.set_text(is_tail, text, false);
            return Ok(());
        }
        let (text, joined) = match get_text(element, place) {
            JoinedText::Whole(text) => (text, false),
            JoinedText::Pieces(pieces) => (pieces, true),
        };
        let text = self.object(text, false)?;
        new.set_text(is_tail, text, joined);
        Ok(())
    }

    /// A deep copy of attributes.
    fn attributes(&self, attrib: Bound<'py>, unique: bool) -> PyResult<Bound<'py>> {
        if unique && let Some(copy) = plain_dict(&attrib)? {
            self.thread.release(attrib);
            return Ok(copy);
        }
        checked(self.other(attrib, false)?, 200)
    }

    /// A deep copy of any object. An object with a single reference is not looked up in the memo.
    #[inline]
    fn object(&self, object: Bound<'py>, unique: bool) -> PyResult<Bound<'py>> {
        if unique && super::element::is_exactly(&object, self.class) {
            // SAFETY: the class makes elements.
            let element: Bound<'py, Instance<Element>> = unsafe { object.cast_into_unchecked() };
            let copy = self.element(element.as_borrowed());
            self.thread.release(element);
            return copy.map(Bound::into_any);
        }
        self.other(object, unique)
    }

    /// As [`object`](Self::object) for what is no element.
    fn other(&self, object: Bound<'py>, unique: bool) -> PyResult<Bound<'py>> {
        if is_atomic(&object) {
            return Ok(object);
        }
        if unique && let Some(copy) = plain_dict(&object)? {
            return Ok(copy);
        }
        self.state.deepcopy.bind(object.py()).call([&object, self.memo.as_any()])
    }
}
