//! Elements as sequences of their children, and texts that are lists until they are read.

use super::element::{
    Element, JoinedText, Locked, OutOfMemory, Place, This, as_element, child, class_of, get, get_text, len, no_element,
    own_child,
};
use cpython_api::exceptions::{PyDeprecationWarning, PyIndexError, PyRuntimeError, PyTypeError, PyValueError, warn};
use cpython_api::types::{PyAny, PyList, PySlice, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Py_ssize_t, PyErr, PyObject, PyResult, into_c_result, method, method_unguarded, method_value,
    method_with,
};
use std::ffi::c_int;

/// The text or the tail. A list is joined, and replaced by the result.
pub(super) fn text<'py>(element: This<'_, 'py>, place: &Place) -> PyResult<Bound<'py>> {
    match get_text(element, place) {
        JoinedText::Whole(text) => Ok(text),
        JoinedText::Pieces(pieces) => {
            let text = join(&pieces)?;
            let mut locked = Locked::new(element);
            let is_there = locked.get(place).is_some_and(|(object, joined)| joined && object.is(&pieces));
            let old = if is_there { locked.swap(place, text.clone(), false) } else { None };
            drop(locked);
            drop(old);
            Ok(text)
        }
    }
}

/// `"".join(pieces)`
pub(super) fn join<'py>(pieces: &Bound<'py>) -> PyResult<Bound<'py>> {
    let py = pieces.py();
    PyStr::new(py, "")?.call_method(&PyStr::intern(py, c"join")?, [pieces])
}

/// The items of an iterable, as `PySequence_Fast` has them; `TypeError` with this message if the object is not iterable.
pub(super) fn items_of<'py>(iterable: Borrowed<'_, 'py>, message: &str) -> PyResult<Vec<Bound<'py>>> {
    let py = iterable.py();
    let list;
    let mut items = Vec::new();
    let mut collect = |len: usize, found: &mut dyn Iterator<Item = Bound<'py>>| {
        items.try_reserve(len).map_err(|_| PyErr::no_memory(py))?;
        for item in found {
            items.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
            items.push(item);
        }
        Ok::<(), PyErr>(())
    };
    if let Some(tuple) = iterable.cast_exact::<PyTuple>() {
        collect(tuple.len(), &mut tuple.items())?;
        return Ok(items);
    }
    let list = if let Some(list) = iterable.cast_exact::<PyList>() {
        list
    } else {
        let iterator = iterable.iter().map_err(|error| {
            if !error.matches::<PyTypeError>(py) {
                return error;
            }
            error.clear(py);
            PyTypeError::new_err(py, message)
        })?;
        list = PyList::empty(py)?;
        list.extend(&iterator)?;
        &list
    };
    collect(list.len(), &mut list.items())?;
    Ok(items)
}

/// The slot `sq_item`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_item(element: *mut PyObject, index: Py_ssize_t) -> *mut PyObject {
    // As a `usize`, a negative index is larger than any length.
    let own = |element: This<'_, '_>| {
        own_child(element, index.cast_unsigned()).map(|child| into_c_result(Ok(child.into_any())))
    };
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    let child = unsafe { method_unguarded(element, (), |element, ()| own(element)) };
    // SAFETY: as for this function.
    child.unwrap_or_else(|| unsafe { other_item(element, index) })
}

/// A child that another thread may own, or that does not exist.
///
/// # Safety
///
/// - As for [`elementtree_Element_item`].
#[cold]
#[inline(never)]
unsafe fn other_item(element: *mut PyObject, index: Py_ssize_t) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    unsafe { method::<Element>(c"Element.__getitem__", element, move |element| item(element, index)) }
}

fn item<'py>(element: This<'_, 'py>, index: isize) -> PyResult<Bound<'py>> {
    let found = usize::try_from(index).ok().and_then(|index| child(element, index));
    found.map(Bound::into_any).ok_or_else(|| PyIndexError::new_err(element.py(), "child index out of range"))
}

/// The slot `sq_ass_item`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_ass_item(
    element: *mut PyObject,
    index: Py_ssize_t,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: slots are called with objects or NULL, which their caller keeps for the call.
    let value = unsafe { Arg::<PyAny>::optional(&value) };
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_value::<Element, _>(c"Element.__setitem__", element, move |element| {
            let py = element.py();
            set_item(element, index, value.map(|value| value.bind(py)))
        })
    }
}

fn set_item<'py>(element: This<'_, 'py>, index: isize, value: Option<Borrowed<'_, 'py>>) -> PyResult<()> {
    let py = element.py();
    let out_of_range = || PyIndexError::new_err(py, "child assignment index out of range");
    let index = usize::try_from(index).ok().filter(|index| *index < super::element::len(element));
    let index = index.ok_or_else(out_of_range)?;
    let Some(value) = value else {
        let removed = Locked::new(element).remove(index);
        return removed.map(drop).ok_or_else(out_of_range);
    };
    let Some(new) = as_element(value, class_of(element)) else { return Err(no_element(&value)) };
    let old = Locked::new(element).replace(index, new.to_owned());
    match old {
        Ok(_) => Ok(()),
        Err(_) => Err(out_of_range()),
    }
}

/// The index, from the end if it is negative.
fn index_of(element: This<'_, '_>, key: Borrowed<'_, '_>) -> PyResult<isize> {
    let index = match key.exact_i64_of_any() {
        Some(index) => index,
        None => key.as_index()?,
    };
    Ok(if index < 0 { index.saturating_add_unsigned(super::element::len(element)) } else { index })
}

/// Converts an index without a call that can fail.
trait ExactIndex {
    fn exact_i64_of_any(&self) -> Option<isize>;
}

impl ExactIndex for Borrowed<'_, '_> {
    #[inline]
    fn exact_i64_of_any(&self) -> Option<isize> {
        self.exact_i64().and_then(|index| isize::try_from(index).ok())
    }
}

/// The slot `mp_subscript`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_subscript(element: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class and a key, which their caller keeps, on an attached thread.
    let child = unsafe {
        method_unguarded(element, key, |element, key| {
            let child = key.exact_small_index().and_then(|index| own_child(element, index));
            child.map(|child| into_c_result(Ok(child.into_any())))
        })
    };
    // SAFETY: as for this function.
    child.unwrap_or_else(|| unsafe { other_subscript(element, key) })
}

/// A slice, a negative index, or a child that another thread may own or that does not exist.
///
/// # Safety
///
/// - As for [`elementtree_Element_subscript`].
#[cold]
#[inline(never)]
unsafe fn other_subscript(element: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class and a key, which its caller keeps, on an attached thread.
    unsafe { method_with::<Element, _>(c"Element.__getitem__", element, key, subscript) }
}

#[cold]
fn no_index(element: This<'_, '_>) -> PyErr {
    PyTypeError::new_err(element.py(), "element indices must be integers")
}

fn subscript<'py>(element: This<'_, 'py>, key: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = element.py();
    if key.is_index() {
        return item(element, index_of(element, key)?);
    }
    let Some(slice) = key.cast_borrowed::<PySlice>() else { return Err(no_index(element)) };
    let slice = slice.unpack()?;
    let locked = Locked::new(element);
    let indices = slice.adjust(locked.len());
    let mut found = Vec::new();
    let room = found.try_reserve_exact(indices.count).is_ok();
    if room {
        let mut index = indices.start;
        if indices.step == 1 {
            locked.extend_with_children(&mut found, index.unsigned_abs(), indices.count);
        }
        for _ in found.len()..indices.count {
            found.extend(locked.child(index.unsigned_abs()).map(Bound::into_any));
            index = index.wrapping_add(indices.step);
        }
    }
    drop(locked);
    if !room {
        return Err(PyErr::no_memory(py));
    }
    PyList::from_tail(py, &mut found, 0).map(Bound::into_any)
}

/// The slot `mp_ass_subscript`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_ass_subscript(
    element: *mut PyObject,
    key: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: slots are called with objects, which their caller keeps for the call.
    let key = unsafe { Arg::<PyAny>::new(&key) };
    // SAFETY: slots are called with objects or NULL, which their caller keeps for the call.
    let value = unsafe { Arg::<PyAny>::optional(&value) };
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_value::<Element, _>(c"Element.__setitem__", element, move |element| {
            let py = element.py();
            let (element, key, value) = (element, key.bind(py), value.map(|value| value.bind(py)));
            if key.is_index() {
                return set_item(element, index_of(element, key)?, value);
            }
            let Some(slice) = key.cast_borrowed::<PySlice>() else { return Err(no_index(element)) };
            set_slice(element, slice, value)
        })
    }
}

/// Why children cannot be assigned to a slice.
enum Refused<'py> {
    Memory,
    Size(usize, usize),
    NoElement(Bound<'py>),
}

fn set_slice<'py>(
    element: This<'_, 'py>,
    slice: Borrowed<'_, 'py, PySlice>,
    value: Option<Borrowed<'_, 'py>>,
) -> PyResult<()> {
    let py = element.py();
    let slice = slice.unpack()?;
    let mut new = match value {
        Some(value) => items_of(value, "assignment expects an iterable")?,
        None => Vec::new(),
    };
    let class = class_of(element);
    let mut locked = Locked::new(element);
    let mut children = Vec::new();
    let mut change = |new: &mut Vec<Bound<'py>>| {
        children = locked.children().map_err(|OutOfMemory| Refused::Memory)?;
        let indices = slice.adjust(children.len());
        let (count, step) = (indices.count, indices.step);
        let from = indices.start.unsigned_abs();
        if value.is_some() {
            if step != 1 && new.len() != count {
                return Err(Refused::Size(new.len(), count));
            }
            if let Some(other) = new.iter().find(|item| as_element(item.as_borrowed(), class).is_none()) {
                return Err(Refused::NoElement(other.clone()));
            }
        }
        children.try_reserve(new.len()).map_err(|_| Refused::Memory)?;
        // All children, old and new, stay alive in `new`, `children` or the result until the lock has been released.
        if step == 1 {
            let given = new.drain(..);
            // New references to the old children; those that the element holds are returned below.
            std::mem::drop(children.splice(from..from + count, given));
        } else {
            if value.is_some() {
                let places =
                    (0..count).map(|n| indices.start.wrapping_add(step.wrapping_mul(n as isize)).unsigned_abs());
                for (index, item) in places.zip(new.drain(..)) {
                    if let Some(place) = children.get_mut(index) {
                        *place = item;
                    }
                }
            } else {
                // In ascending order.
                let mut removed = (0..count).map(|n| {
                    let n = if step < 0 { count - 1 - n } else { n };
                    indices.start.wrapping_add(step.wrapping_mul(n as isize)).unsigned_abs()
                });
                let mut next = removed.next();
                let mut index = 0;
                children.retain(|_| {
                    let keep = next != Some(index);
                    if !keep {
                        next = removed.next();
                    }
                    index += 1;
                    keep
                });
            }
        }
        // SAFETY: they are former children, and objects whose type has been checked.
        unsafe { locked.set_children(&mut children) }.map_err(|OutOfMemory| Refused::Memory)
    };
    let result = change(&mut new);
    drop(locked);
    match result {
        Ok(mut old) => {
            // Finalizers are called in the order of C, which releases the list of removed children from the end.
            while old.pop().is_some() {}
            Ok(())
        }
        Err(Refused::Memory) => Err(PyErr::no_memory(py)),
        Err(Refused::NoElement(other)) => Err(no_element(&other)),
        Err(Refused::Size(new, old)) => Err(PyValueError::new_err(
            py,
            format_args!("attempt to assign sequence of size {new} to extended slice of size {old}"),
        )),
    }
}

/// `repr(element)`
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_repr(element: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method(c"Element.__repr__", element, repr) }
}

fn repr<'py>(element: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = element.py();
    let tag = get(element, &element.data().tag).unwrap_or_else(|| py.None());
    match element.with_repr_guard(|| tag.repr())? {
        Some(tag) => {
            let end = PyStr::format(py, format_args!(" at {:#x}>", element.as_ptr().addr()))?;
            Ok(PyStr::new(py, "<Element ")?.concat(&tag)?.concat(&end)?.into_any())
        }
        None => {
            let name = element.get_type().tp_name()?;
            let message = PyStr::new(py, "reentrant call inside ")?.concat(&name)?;
            Err(PyRuntimeError::new_err(py, &message.concat(&PyStr::new(py, ".__repr__")?)?))
        }
    }
}

/// `bool(element)`
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_Element_bool(element: *mut PyObject) -> c_int {
    // SAFETY: slots are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_value(c"Element.__bool__", element, |element| {
            let message = "Testing an element's truth value will always return True in future versions.  Use specific \
                           'len(elem)' or 'elem is not None' test instead.";
            warn::<PyDeprecationWarning>(element.py(), message)?;
            Ok(len(element) != 0)
        })
    }
}
