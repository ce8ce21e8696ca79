//! `iter` and `itertext`: the elements of a tree, or their texts, in document order.

use super::element::{
    Element, PlainText, This, child_place, get, own_child, own_twice, place_equals, plain_text, release_unless_last,
    try_child,
};
use super::latch::{BiasedLatch, LatchGuard, is_owner};
use super::module::State;
use super::slots::text;
use cpython_api::types::{PyAny, PyBytes, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyErr, PyObject, PyResult, PyTypeObject, Python,
    Traversal, Visit, entry_next, instance_slots, into_c_result, method, rust_instance,
};
use std::ffi::{CStr, c_int};

/// The path from the root to the next element.
#[derive(Debug)]
struct Way {
    /// The root element, before the first step.
    root: Option<Py<Instance<Element>>>,
    /// The entered elements, each with the index of its next child.
    parents: Vec<(Py<Instance<Element>>, usize)>,
}

/// The data of an iterator.
#[derive(Debug)]
struct ElementIterator {
    way: BiasedLatch<Way>,
    /// The tag to search for, or `None` for all elements.
    tag: Py,
    is_of_text: bool,
}

impl InstanceData for ElementIterator {
    const NAME: &'static CStr = c"_elementtree._element_iterator";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(elementtree_iterator_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.tag)?;
        // SAFETY: no other thread runs during a traversal.
        let Some(way) = (unsafe { self.way.value_while_stopped() }) else { return Ok(()) };
        visit.references(&way.root)?;
        visit.references(way.parents.iter().map(|(parent, _)| parent))
    }

    fn release(self, py: Python<'_>) {
        let way = self.way.into_inner();
        way.root.into_iter().for_each(|root| root.drop_ref(py));
        way.parents.into_iter().rev().for_each(|(parent, _)| parent.drop_ref(py));
        self.tag.drop_ref(py);
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn elementtree_iterator_instance() -> rust_instance {
    instance_slots::<ElementIterator>()
}

fn new<'py>(element: This<'_, 'py>, tag: Bound<'py>, is_of_text: bool) -> PyResult<Bound<'py>> {
    let py = element.py();
    let class = element.base_class();
    let iterator = class.as_borrowed().module_state::<State>()?.iterator.bind(py);
    let Some(class) = iterator.as_class::<ElementIterator>() else { unreachable!("the class of iterators") };
    let way = Way { root: Some(element.to_owned().unbind()), parents: Vec::new() };
    class.object(py, ElementIterator { way: BiasedLatch::new(way), tag: tag.unbind(), is_of_text })
}

/// `element.iter(tag)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_iter_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
    tag: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let tag = unsafe { Arg::<PyAny>::new(&tag) };
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method::<Element>(c"Element.iter", element, move |element| {
            let py = element.py();
            let tag = tag.bind(py);
            let tag = if is_star(tag)? { py.None() } else { tag.to_owned() };
            new(element, tag, false)
        })
    }
}

/// Whether the tag is `*`.
fn is_star(tag: Borrowed<'_, '_>) -> PyResult<bool> {
    if let Some(tag) = tag.cast_borrowed::<PyStr>() {
        return Ok(tag.len() == 1 && tag.to_string_lossy() == "*");
    }
    Ok(tag.cast_borrowed::<PyBytes>().is_some_and(|tag| tag.as_bytes() == b"*"))
}

/// `element.itertext()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_Element_itertext_impl(
    element: *mut PyObject,
    _class: *mut PyTypeObject,
) -> *mut PyObject {
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe { method::<Element>(c"Element.itertext", element, move |element| new(element, element.py().None(), true)) }
}

/// The slot `tp_iternext`. `is_owner` says whether this thread owns the iterator; C has compared them immediately before the call.
///
/// # Safety
///
/// - Called by `_elementtreemodule.c` alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_iterator_next(iterator: *mut PyObject, is_owner: c_int) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps for the call.
    let iterator = unsafe { Arg::<Instance<ElementIterator>>::new(&iterator) };
    // SAFETY: slots are called on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let walk = Walk { iterator: iterator.bind(py) };
    if walk.data().is_of_text {
        // SAFETY: slots are called on an attached thread.
        return unsafe {
            entry_next(c"_element_iterator.__next__", move |py| next_text(Walk { iterator: iterator.bind(py) }, py))
        };
    }
    let mut is_owner = is_owner != 0;
    let sought = walk.data().tag.bind(py);
    let all = sought.is_none();
    // Nothing in this loop panics.
    // SAFETY: C has compared thread and owner, or the end of the loop has: there is no safepoint between that and this call.
    while let Some(Step::Enter(element)) = unsafe { walk.own_step(py, is_owner) } {
        match if all { Ok(true) } else { place_equals(element.as_borrowed(), &element.data().tag, &sought) } {
            Ok(false) => {}
            found => return into_c_result(found.map(|_| element.into_any())),
        }
        drop(element);
        is_owner = walk.is_owner();
    }
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry_next(c"_element_iterator.__next__", move |py| next_element(Walk { iterator: iterator.bind(py) }, py))
    }
}

/// A step of the traversal.
enum Step<'py> {
    /// An element is entered.
    Enter(Bound<'py, Instance<Element>>),
    /// All children of a descendant of the root have been visited: its tail is next.
    Leave(Bound<'py, Instance<Element>>),
}

/// A result of [`Walk::own_text`].
enum OwnText<'py> {
    /// A text that is not empty.
    Found(Bound<'py>),
    /// A step to an element whose text or tail takes more than reading.
    Unknown(Step<'py>),
}

/// An iterator in a call of `__next__`.
#[derive(Clone, Copy)]
struct Walk<'a, 'py> {
    iterator: Borrowed<'a, 'py, Instance<ElementIterator>>,
}

impl<'a, 'py> Walk<'a, 'py> {
    fn data(self) -> &'a ElementIterator {
        self.iterator.data()
    }

    /// Whether this thread owns the iterator. The answer holds until the next safepoint, as a collection can change the owner: see
    /// [`BiasedLatch`].
    #[inline(always)]
    fn is_owner(self) -> bool {
        is_owner(self.iterator)
    }

    fn lock(self, py: Python<'_>) -> LatchGuard<'a, Way> {
        let is_owner = self.is_owner();
        // SAFETY: the thread has just been compared with the owner of the iterator, which is allocated by `PyType_GenericAlloc`.
        unsafe { self.data().way.lock(py, is_owner) }
    }

    /// The next step, if this thread owns the iterator and the elements and there is room for it on the stack; `None` otherwise.
    /// The last reference to an element that has been left is released after the lock has been released.
    ///
    /// # Safety
    ///
    /// - If `is_owner` is set, this thread owns the iterator: the two have been compared after the last safepoint of the thread.
    #[inline(always)]
    unsafe fn own_step(self, py: Python<'py>, mut is_owner: bool) -> Option<Step<'py>> {
        loop {
            // SAFETY: the thread has been compared with the owner of the iterator, which is allocated by `PyType_GenericAlloc`: by
            // the caller (its promise), or at the end of the loop.
            let mut way = unsafe { self.data().way.lock_as_owner(is_owner) }?;
            let parents = &mut way.parents;
            let last = loop {
                let (parent, index) = parents.last_mut()?;
                if let Some(place) = child_place(parent.bind(py), *index) {
                    let (child, second) = own_twice(py, place)?;
                    if parents.len() < parents.capacity() {
                        parents.push((second.unbind(), 0));
                        if let [.., (_, index), _] = parents.as_mut_slice() {
                            *index += 1;
                        }
                        return Some(Step::Enter(child));
                    }
                    drop(way);
                    drop((child, second));
                    return None;
                }
                let (left, _) = parents.pop()?;
                if let Some(last) = release_unless_last(left) {
                    break last;
                }
            };
            drop(way);
            // This may run Python code.
            last.drop_ref(py);
            is_owner = self.is_owner();
        }
    }

    /// The next text, under one lock for all elements without text. `None` in the cases of [`own_step`](Self::own_step).
    #[inline]
    fn own_text(self, py: Python<'py>) -> Option<OwnText<'py>> {
        loop {
            let is_owner = self.is_owner();
            // SAFETY: the thread has just been compared with the owner of the iterator, which is allocated by `PyType_GenericAlloc`.
            let mut way = unsafe { self.data().way.lock_as_owner(is_owner) }?;
            let parents = &mut way.parents;
            let (last, found) = loop {
                let has_room = parents.len() < parents.capacity();
                let (parent, index) = parents.last_mut()?;
                if let Some(place) = child_place(parent.bind(py), *index) {
                    if !has_room {
                        return None;
                    }
                    let child = own_child(py, place)?;
                    *index += 1;
                    let text = plain_text(child.as_borrowed(), false);
                    let unknown = if let PlainText::Unknown = text { Some(child.clone()) } else { None };
                    parents.push((child.unbind(), 0));
                    match (text, unknown) {
                        (PlainText::Found(text), _) => return Some(OwnText::Found(text)),
                        (_, Some(child)) => return Some(OwnText::Unknown(Step::Enter(child))),
                        _ => continue,
                    }
                }
                let (left, _) = parents.pop()?;
                // The root has no tail.
                let text = if parents.is_empty() { PlainText::Skipped } else { plain_text(left.bind(py), true) };
                let found = match text {
                    PlainText::Found(text) => Some(text),
                    PlainText::Skipped => None,
                    PlainText::Unknown => return Some(OwnText::Unknown(Step::Leave(left.into_bound(py)))),
                };
                match (release_unless_last(left), found) {
                    (None, Some(found)) => return Some(OwnText::Found(found)),
                    (None, None) => {}
                    (Some(last), found) => break (last, found),
                }
            };
            drop(way);
            // This may run Python code.
            last.drop_ref(py);
            if let Some(found) = found {
                return Some(OwnText::Found(found));
            }
        }
    }

    /// The next step in the cases without a result of [`own_step`](Self::own_step): another thread, the root element, and a full stack.
    #[cold]
    #[inline(never)]
    fn enter<const TEXT: bool>(self, py: Python<'py>) -> PyResult<Option<Step<'py>>> {
        loop {
            let mut way = self.lock(py);
            let Way { root, parents } = &mut *way;
            if parents.len() == parents.capacity() && parents.try_reserve(8).is_err() {
                drop(way);
                return Err(PyErr::no_memory(py));
            }
            let Some((parent, index)) = parents.last_mut() else {
                let Some(root) = root.take() else {
                    drop(way);
                    return Ok(None);
                };
                let entered = root.bind(py).to_owned();
                parents.push((root, 0));
                return Ok(Some(Step::Enter(entered)));
            };
            match try_child(parent.bind(py), *index) {
                Ok(Some(child)) => {
                    *index += 1;
                    parents.push((child.clone().unbind(), 0));
                    return Ok(Some(Step::Enter(child)));
                }
                Ok(None) => {
                    let left = parents.pop();
                    let is_inner = !parents.is_empty();
                    drop(way);
                    let Some((left, _)) = left else { continue };
                    if TEXT && is_inner {
                        return Ok(Some(Step::Leave(left.into_bound(py))));
                    }
                    left.drop_ref(py);
                }
                Err(stale) => {
                    drop(way);
                    drop(stale);
                }
            }
        }
    }
}

/// The next element with the tag.
#[inline]
fn next_element<'py>(walk: Walk<'_, 'py>, py: Python<'py>) -> PyResult<Option<Bound<'py>>> {
    let sought = walk.data().tag.bind(py);
    let all = sought.is_none();
    loop {
        let is_owner = walk.is_owner();
        // SAFETY: the thread has just been compared with the owner.
        let step = match unsafe { walk.own_step(py, is_owner) } {
            Some(step) => Some(step),
            None => walk.enter::<false>(py)?,
        };
        match step {
            Some(Step::Enter(element)) => {
                if all || place_equals(element.as_borrowed(), &element.data().tag, &sought)? {
                    return Ok(Some(element.into_any()));
                }
            }
            Some(Step::Leave(_)) => {}
            None => return Ok(None),
        }
    }
}

/// `bool(text)`
#[inline]
fn is_truthy(text: &Bound<'_>) -> PyResult<bool> {
    match text.cast_exact::<PyStr>() {
        Some(text) => Ok(!text.is_empty()),
        None => text.is_truthy(),
    }
}

/// The next text that is not empty.
fn next_text<'py>(walk: Walk<'_, 'py>, py: Python<'py>) -> PyResult<Option<Bound<'py>>> {
    loop {
        let step = match walk.own_text(py) {
            Some(OwnText::Found(text)) => return Ok(Some(text)),
            Some(OwnText::Unknown(step)) => step,
            None => match walk.enter::<true>(py)? {
                Some(step) => step,
                None => return Ok(None),
            },
        };
        let (element, is_tail) = match &step {
            Step::Enter(element) => (element, false),
            Step::Leave(element) => (element, true),
        };
        if let Some(found) = any_text(element.as_borrowed(), is_tail)? {
            return Ok(Some(found));
        }
    }
}

/// The text, if the tag is `None` or a `str`, or the tail; `None` if its truth value is false.
#[cold]
#[inline(never)]
fn any_text<'py>(element: This<'_, 'py>, is_tail: bool) -> PyResult<Option<Bound<'py>>> {
    let data = element.data();
    let found = if is_tail {
        text(element, &data.tail)?
    } else {
        let tag = get(element, &data.tag);
        if tag.is_some_and(|tag| !tag.is_none() && !tag.is_instance_of::<PyStr>()) {
            return Ok(None);
        }
        text(element, &data.text)?
    };
    Ok(if !found.is_none() && is_truthy(&found)? { Some(found) } else { None })
}
