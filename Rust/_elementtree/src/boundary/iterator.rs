//! `iter` and `itertext`: the elements of a tree, or their texts, in document order.

use super::element::{Element, This, child_place, get, has_children, is_none, place_equals, try_child};
use super::latch::{BiasedLatch, LatchGuard};
use super::module::State;
use super::slots::text;
use super::thread::Thread;
use cpython_api::types::{PyAny, PyBytes, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyErr, PyObject, PyResult, PyTypeObject, Python,
    Traversal, Visit, entry_next, instance_slots, into_c_result, method, rust_instance,
};
use std::ffi::CStr;

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

/// The slot `tp_iternext`.
///
/// # Safety
///
/// - Called by `_elementtreemodule.c` alone, with the result of `_Py_ThreadId` in this thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_iterator_next(iterator: *mut PyObject, thread: usize) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps for the call.
    let iterator = unsafe { Arg::<Instance<ElementIterator>>::new(&iterator) };
    // SAFETY: slots are called on an attached thread.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: the number of this thread (the caller's promise).
    let walk = Walk { iterator: iterator.bind(py), thread: unsafe { Thread::new(py, thread) } };
    // What returns here cannot panic.
    if walk.data().is_of_text {
        let step = match walk.own_text() {
            Some(OwnText::Found(text)) => return into_c_result(Ok(text)),
            Some(OwnText::Unknown(step)) => Some(step.unbind()),
            None => None,
        };
        // SAFETY: slots are called on an attached thread.
        return unsafe {
            entry_next(c"_element_iterator.__next__", move |py| {
                next_text(Walk::new(iterator.bind(py)), step.map(|(element, is_tail)| Step::new(py, element, is_tail)))
            })
        };
    }
    let step = match walk.own_step() {
        Some((element, true)) => return into_c_result(Ok(element.into_any())),
        Some((element, false)) => Some(element.unbind()),
        None => None,
    };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry_next(c"_element_iterator.__next__", move |py| {
            next_element(Walk::new(iterator.bind(py)), step.map(|element| element.into_bound(py)))
        })
    }
}

/// A step of the traversal.
enum Step<'py> {
    /// An element is entered.
    Enter(Bound<'py, Instance<Element>>),
    /// All children of a descendant of the root have been visited: its tail is next.
    Leave(Bound<'py, Instance<Element>>),
}

impl<'py> Step<'py> {
    fn new(py: Python<'py>, element: Py<Instance<Element>>, is_tail: bool) -> Self {
        let element = element.into_bound(py);
        if is_tail { Self::Leave(element) } else { Self::Enter(element) }
    }

    /// The element, and whether its tail is next.
    fn unbind(self) -> (Py<Instance<Element>>, bool) {
        match self {
            Self::Enter(element) => (element.unbind(), false),
            Self::Leave(element) => (element.unbind(), true),
        }
    }
}

/// A result of [`Walk::own_text`].
enum OwnText<'py> {
    /// A text that is not empty.
    Found(Bound<'py>),
    /// A step to an element whose text or tail takes more than reading.
    Unknown(Step<'py>),
}

/// The text or the tail of an element as `itertext` returns it.
enum PlainText<'py> {
    /// A `str` that is not empty.
    Found(Bound<'py>),
    /// There is no text, or it is empty.
    Skipped,
    /// Reading is not enough: another thread owns an object, or the types are others.
    Unknown,
}

impl PlainText<'_> {
    fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped)
    }
}

/// An iterator in a call of `__next__`.
#[derive(Clone, Copy)]
struct Walk<'a, 'py> {
    iterator: Borrowed<'a, 'py, Instance<ElementIterator>>,
    thread: Thread<'py>,
}

impl<'a, 'py> Walk<'a, 'py> {
    fn new(iterator: Borrowed<'a, 'py, Instance<ElementIterator>>) -> Self {
        Self { iterator, thread: Thread::current(iterator.py()) }
    }

    fn py(self) -> Python<'py> {
        self.iterator.py()
    }

    fn data(self) -> &'a ElementIterator {
        self.iterator.data()
    }

    fn lock(self) -> LatchGuard<'a, Way> {
        let is_owner = self.thread.owns(self.iterator);
        // SAFETY: the thread has just been compared with the owner of the iterator, which is allocated by `PyType_GenericAlloc`.
        unsafe { self.data().way.lock(self.py(), is_owner) }
    }

    #[inline]
    fn lock_as_owner(self) -> Option<LatchGuard<'a, Way>> {
        let is_owner = self.thread.owns(self.iterator);
        // SAFETY: the thread has just been compared with the owner of the iterator, which is allocated by `PyType_GenericAlloc`.
        unsafe { self.data().way.lock_as_owner(is_owner) }
    }

    /// Enters the next element with the tag, or one with a tag that may be equal to it: the flag says which. `None` if the iterator or
    /// an element is not owned by this thread, or there is no room on the stack.
    #[inline]
    fn own_step(self) -> Option<(Bound<'py, Instance<Element>>, bool)> {
        let (py, thread) = (self.py(), self.thread);
        let sought = self.data().tag.bind(py);
        let all = sought.is_none();
        loop {
            let mut way = self.lock_as_owner()?;
            let parents = &mut way.parents;
            let last = loop {
                let has_room = parents.len() < parents.capacity();
                let (parent, index) = parents.last_mut()?;
                let Some(place) = child_place(parent.bind(py), *index) else {
                    let (left, _) = parents.pop()?;
                    match thread.release_unless_last(left) {
                        Some(last) => break last,
                        None => continue,
                    }
                };
                // SAFETY: the place of a child; there is no safepoint before the last use of it in this iteration.
                let child = unsafe { thread.read(place) }?;
                // SAFETY: children are elements.
                let element = unsafe { child.element(py) };
                // SAFETY: as above.
                let found = if all {
                    Some(true)
                } else {
                    unsafe { thread.read(&element.data().tag) }.and_then(|tag| tag.equals(sought))
                };
                let is_skipped = found == Some(false);
                if is_skipped && !has_children(element) {
                    *index += 1;
                    continue;
                }
                if !has_room {
                    return None;
                }
                *index += 1;
                if is_skipped {
                    // SAFETY: children are elements.
                    let entered = unsafe { thread.new_reference(child).cast_into_unchecked::<Instance<Element>>() };
                    parents.push((entered.unbind(), 0));
                    continue;
                }
                // SAFETY: children are elements.
                let [entered, result] =
                    thread.new_references(child).map(|child| unsafe { child.cast_into_unchecked() });
                parents.push((entered.unbind(), 0));
                return Some((result, found.is_some()));
            };
            drop(way);
            // This may run Python code.
            last.drop_ref(py);
        }
    }

    /// The next text, under one lock for all elements without text. `None` in the cases of [`own_step`](Self::own_step).
    #[inline]
    fn own_text(self) -> Option<OwnText<'py>> {
        let (py, thread) = (self.py(), self.thread);
        loop {
            let mut way = self.lock_as_owner()?;
            let parents = &mut way.parents;
            let (last, found) = loop {
                let has_room = parents.len() < parents.capacity();
                let (parent, index) = parents.last_mut()?;
                if let Some(place) = child_place(parent.bind(py), *index) {
                    // SAFETY: the place of a child; there is no safepoint before the last use of it in this iteration.
                    let child = unsafe { thread.read(place) }?;
                    // SAFETY: children are elements.
                    let element = unsafe { child.element(py) };
                    let text = self.plain_text(element, false);
                    if text.is_skipped() && !has_children(element) {
                        match self.plain_text(element, true) {
                            PlainText::Skipped => {
                                *index += 1;
                                continue;
                            }
                            PlainText::Found(tail) => {
                                *index += 1;
                                return Some(OwnText::Found(tail));
                            }
                            PlainText::Unknown => {}
                        }
                    }
                    if !has_room {
                        drop(way);
                        drop(text);
                        return None;
                    }
                    *index += 1;
                    // SAFETY: children are elements.
                    let entered = unsafe { thread.new_reference(child).cast_into_unchecked::<Instance<Element>>() };
                    parents.push((entered.unbind(), 0));
                    match text {
                        PlainText::Found(text) => return Some(OwnText::Found(text)),
                        PlainText::Skipped => continue,
                        PlainText::Unknown => return Some(OwnText::Unknown(Step::Enter(element.to_owned()))),
                    }
                }
                let (left, _) = parents.pop()?;
                // The root has no tail.
                let text = if parents.is_empty() { PlainText::Skipped } else { self.plain_text(left.bind(py), true) };
                let found = match text {
                    PlainText::Found(text) => Some(text),
                    PlainText::Skipped => None,
                    PlainText::Unknown => return Some(OwnText::Unknown(Step::Leave(left.into_bound(py)))),
                };
                match (thread.release_unless_last(left), found) {
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

    /// The text of an element whose tag is `None` or a `str`, or its tail.
    #[inline]
    fn plain_text(self, element: This<'_, 'py>, is_tail: bool) -> PlainText<'py> {
        let (data, thread) = (element.data(), self.thread);
        let place = if is_tail { &data.tail } else { &data.text };
        if is_none(place) {
            return PlainText::Skipped;
        }
        // SAFETY: a place of an element; there is no safepoint before the end of this function.
        let Some(text) = (unsafe { thread.read(place) }) else { return PlainText::Unknown };
        let Some(len) = text.str_len() else { return PlainText::Unknown };
        if !is_tail {
            // SAFETY: as above.
            let tag = unsafe { thread.read(&data.tag) };
            if !tag.is_some_and(|tag| tag.is_none() || tag.str_len().is_some()) {
                return PlainText::Unknown;
            }
        }
        if len == 0 { PlainText::Skipped } else { PlainText::Found(thread.new_reference(text)) }
    }

    /// The next step in the cases without a result of [`own_step`](Self::own_step): another thread, the root element, and a full stack.
    #[cold]
    #[inline(never)]
    fn enter<const TEXT: bool>(self) -> PyResult<Option<Step<'py>>> {
        let py = self.py();
        loop {
            let mut way = self.lock();
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

/// The next element with the tag. `entered` has been entered before, but not compared.
#[inline]
fn next_element<'py>(
    walk: Walk<'_, 'py>,
    entered: Option<Bound<'py, Instance<Element>>>,
) -> PyResult<Option<Bound<'py>>> {
    let sought = walk.data().tag.bind(walk.py());
    let mut next = entered.map(|element| (element, false));
    loop {
        let (element, is_found) = match next.take().or_else(|| walk.own_step()) {
            Some(found) => found,
            None => match walk.enter::<false>()? {
                Some(Step::Enter(element)) => (element, sought.is_none()),
                Some(Step::Leave(_)) => continue,
                None => return Ok(None),
            },
        };
        if is_found || place_equals(element.as_borrowed(), &element.data().tag, &sought)? {
            return Ok(Some(element.into_any()));
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

/// The next text that is not empty. `step` has been made before, but its text has not been read.
fn next_text<'py>(walk: Walk<'_, 'py>, step: Option<Step<'py>>) -> PyResult<Option<Bound<'py>>> {
    let mut next = step.map(OwnText::Unknown);
    loop {
        let step = match next.take().or_else(|| walk.own_text()) {
            Some(OwnText::Found(text)) => return Ok(Some(text)),
            Some(OwnText::Unknown(step)) => step,
            None => match walk.enter::<true>()? {
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
