//! `iter` and `itertext`: the elements of a tree, or their texts, in document order.

use super::element::{Element, This, child_place, get, has_children, is_none, place_equals, try_child};
use super::module::State;
use super::slots::text;
use cpython_api::types::{PyAny, PyBytes, PyStr};
use cpython_api::{
    Arg, BiasedLock, Borrowed, Bound, Declaration, Instance, InstanceData, Own, Py, PyErr, PyObject, PyResult,
    PyTypeObject, Python, SpinLockGuard, Thread, Traversal, Visit, entry_next, instance_slots, into_c_result, method,
    method_unguarded, rust_instance,
};
use std::ffi::CStr;

/// The path from the root to the next element.
#[derive(Debug)]
struct Way {
    /// The root element, before the first step.
    root: Option<Py<Instance<Element>>>,
    /// The last element that has been entered, until the next step, which goes to its first child if it has children by then.
    current: Option<Py<Instance<Element>>>,
    /// Its ancestors, each with the index of its next child.
    parents: Vec<(Py<Instance<Element>>, usize)>,
}

/// The data of an iterator.
#[derive(Debug)]
struct ElementIterator {
    way: BiasedLock<Way>,
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
        self.way.traverse(visit, |visit, way| {
            visit.references(&way.root)?;
            visit.references(&way.current)?;
            visit.references(way.parents.iter().map(|(parent, _)| parent))
        })
    }

    fn release(self, py: Python<'_>) {
        let way = self.way.into_inner();
        way.root.into_iter().chain(way.current).for_each(|element| element.drop_ref(py));
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
    let iterator = element.module_state::<State>()?.iterator.bind(py);
    let Some(class) = iterator.as_class::<ElementIterator>() else { unreachable!("the class of iterators") };
    let way = Way { root: Some(element.to_owned().unbind()), current: None, parents: Vec::new() };
    class.object(py, ElementIterator { way: BiasedLock::new(way), tag: tag.unbind(), is_of_text })
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
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_iterator_next(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps, on an attached thread.
    let found = unsafe {
        method_unguarded(iterator, (), |iterator, ()| {
            let walk = Walk { iterator, thread: Thread::current(iterator.py()) };
            let found = match (walk.data().is_of_text, walk.data().tag.bind(iterator.py()).is_none()) {
                (true, _) => walk.own_text(),
                (false, true) => walk.own_element::<true>(),
                (false, false) => walk.own_element::<false>(),
            };
            found.map(|found| into_c_result(Ok(found)))
        })
    };
    // SAFETY: as for this function.
    found.unwrap_or_else(|| unsafe { any_next(iterator) })
}

/// The slot in the cases without a result of [`Walk::own_element`] and [`Walk::own_text`].
///
/// # Safety
///
/// - As for [`elementtree_iterator_next`].
#[cold]
#[inline(never)]
unsafe fn any_next(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps for the call.
    let iterator = unsafe { Arg::<Instance<ElementIterator>>::new(&iterator) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry_next(c"_element_iterator.__next__", move |py| {
            let walk = Walk { iterator: iterator.bind(py), thread: Thread::current(py) };
            if walk.data().is_of_text { next_text(walk) } else { next_element(walk) }
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

/// An iterator in a call of `__next__`.
#[derive(Clone, Copy)]
struct Walk<'a, 'py> {
    iterator: Borrowed<'a, 'py, Instance<ElementIterator>>,
    thread: Thread<'py>,
}

impl<'a, 'py> Walk<'a, 'py> {
    fn py(self) -> Python<'py> {
        self.iterator.py()
    }

    fn data(self) -> &'a ElementIterator {
        self.iterator.data()
    }

    fn lock(self) -> SpinLockGuard<'a, Way> {
        self.iterator.lock(|data| &data.way)
    }

    #[inline]
    fn lock_as_owner(self) -> Option<SpinLockGuard<'a, Way>> {
        self.iterator.lock_as_owner(|data| &data.way)
    }

    /// The next element with the tag, or any, under one lock for all elements with other tags. `None`, without a step to such an
    /// element, if this thread does not own the iterator or what has to be read, a tag is not a `str`, or the stack is full.
    #[inline(always)]
    fn own_element<const ALL: bool>(self) -> Option<Bound<'py>> {
        let (py, thread) = (self.py(), self.thread);
        let sought = self.data().tag.bind(py);
        loop {
            let mut way = self.lock_as_owner()?;
            let Way { current, parents, .. } = &mut *way;
            let last = loop {
                if let Some(entered) = current.take_if(|entered| !has_children(entered.bind(py))) {
                    if let Some(last) = thread.release_unless_last(entered) {
                        break last;
                    }
                } else if current.is_some() {
                    if parents.len() == parents.capacity() {
                        return None;
                    }
                    parents.extend(current.take().map(|entered| (entered, 0)));
                }
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
                let child: Own<'_, Instance<Element>> = unsafe { child.cast_unchecked() };
                if !ALL {
                    let element = child.bind(py);
                    // SAFETY: a place of an element; the tag is compared at once.
                    let tag = unsafe { thread.read(&element.data().tag) }?;
                    if !tag.equals(sought)? {
                        *index += 1;
                        if has_children(element) {
                            *current = Some(thread.new_reference(child).unbind());
                        }
                        continue;
                    }
                }
                let [entered, found] = thread.new_references(child);
                *index += 1;
                *current = Some(entered.unbind());
                return Some(found.into_any());
            };
            drop(way);
            // This may run Python code.
            last.drop_ref(py);
        }
    }

    /// The next text, under one lock for all elements without text. `None` in the cases of [`own_element`](Self::own_element).
    #[inline(always)]
    fn own_text(self) -> Option<Bound<'py>> {
        let (py, thread) = (self.py(), self.thread);
        loop {
            let mut way = self.lock_as_owner()?;
            let Way { current, parents, .. } = &mut *way;
            let (last, tail) = loop {
                if let Some(entered) = current {
                    if has_children(entered.bind(py)) {
                        if parents.len() == parents.capacity() {
                            return None;
                        }
                        parents.extend(current.take().map(|entered| (entered, 0)));
                    } else {
                        // The root has no tail.
                        let tail = if parents.is_empty() { None } else { self.plain_text(entered.bind(py), true)? };
                        match (thread.release_unless_last(current.take()?), tail) {
                            (None, Some(tail)) => return Some(tail),
                            (None, None) => {}
                            (Some(last), tail) => break (last, tail),
                        }
                    }
                }
                let is_inner = parents.len() > 1;
                let (parent, index) = parents.last_mut()?;
                let Some(place) = child_place(parent.bind(py), *index) else {
                    let tail = if is_inner { self.plain_text(parent.bind(py), true)? } else { None };
                    let (left, _) = parents.pop()?;
                    match (thread.release_unless_last(left), tail) {
                        (None, Some(tail)) => return Some(tail),
                        (None, None) => continue,
                        (Some(last), tail) => break (last, tail),
                    }
                };
                // SAFETY: the place of a child; there is no safepoint before the last use of it in this iteration.
                let child = unsafe { thread.read(place) }?;
                // SAFETY: children are elements.
                let child: Own<'_, Instance<Element>> = unsafe { child.cast_unchecked() };
                let element = child.bind(py);
                let text = self.plain_text(element, false)?;
                if text.is_none() && !has_children(element) {
                    let tail = self.plain_text(element, true)?;
                    *index += 1;
                    if tail.is_some() {
                        return tail;
                    }
                    continue;
                }
                *index += 1;
                *current = Some(thread.new_reference(child).unbind());
                if text.is_some() {
                    return text;
                }
            };
            drop(way);
            // This may run Python code.
            last.drop_ref(py);
            if tail.is_some() {
                return tail;
            }
        }
    }

    /// The text of an element whose tag is `None` or a `str`, or its tail, unless it is empty. `None` if this thread does not own what
    /// has to be read, or the types are others.
    #[inline]
    fn plain_text(self, element: This<'_, 'py>, is_tail: bool) -> Option<Option<Bound<'py>>> {
        let (data, thread) = (element.data(), self.thread);
        let place = if is_tail { &data.tail } else { &data.text };
        if is_none(place) {
            return Some(None);
        }
        // SAFETY: a place of an element; there is no safepoint before the end of this function.
        let text = unsafe { thread.read(place) }?;
        let len = text.str_len()?;
        if !is_tail {
            // SAFETY: as above.
            let tag = unsafe { thread.read(&data.tag) }?;
            if !tag.is_none() {
                tag.str_len()?;
            }
        }
        Some((len != 0).then(|| thread.new_reference(text)))
    }

    /// The next step in the cases without a result of [`own_element`](Self::own_element) and [`own_text`](Self::own_text).
    #[cold]
    #[inline(never)]
    fn enter<const TEXT: bool>(self) -> PyResult<Option<Step<'py>>> {
        let py = self.py();
        loop {
            let mut way = self.lock();
            let Way { root, current, parents } = &mut *way;
            if parents.len() == parents.capacity() && parents.try_reserve(8).is_err() {
                drop(way);
                return Err(PyErr::no_memory(py));
            }
            if let Some(root) = root.take() {
                let entered = root.bind(py).to_owned();
                *current = Some(root);
                return Ok(Some(Step::Enter(entered)));
            }
            let mut left = current.take_if(|entered| !has_children(entered.bind(py)));
            parents.extend(current.take().map(|entered| (entered, 0)));
            let found = match (&left, parents.last_mut()) {
                (Some(_), _) => Ok(None),
                (None, Some((parent, index))) => {
                    let found = try_child(parent.bind(py), *index);
                    *index += usize::from(matches!(found, Ok(Some(_))));
                    found
                }
                (None, None) => {
                    drop(way);
                    return Ok(None);
                }
            };
            match found {
                Ok(Some(child)) => {
                    *current = Some(child.clone().unbind());
                    return Ok(Some(Step::Enter(child)));
                }
                Ok(None) => {
                    left = left.or_else(|| parents.pop().map(|(left, _)| left));
                    let is_inner = !parents.is_empty();
                    drop(way);
                    let Some(left) = left else { continue };
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
fn next_element<'py>(walk: Walk<'_, 'py>) -> PyResult<Option<Bound<'py>>> {
    let sought = walk.data().tag.bind(walk.py());
    loop {
        match walk.enter::<false>()? {
            Some(Step::Enter(element)) => {
                if sought.is_none() || place_equals(element.as_borrowed(), &element.data().tag, &sought)? {
                    return Ok(Some(element.into_any()));
                }
            }
            Some(Step::Leave(_)) => {}
            None => return Ok(None),
        }
        if let Some(found) = walk.own_element::<false>() {
            return Ok(Some(found));
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
fn next_text<'py>(walk: Walk<'_, 'py>) -> PyResult<Option<Bound<'py>>> {
    loop {
        let (element, is_tail) = match walk.enter::<true>()? {
            Some(Step::Enter(element)) => (element, false),
            Some(Step::Leave(element)) => (element, true),
            None => return Ok(None),
        };
        if let Some(found) = any_text(element.as_borrowed(), is_tail)? {
            return Ok(Some(found));
        }
        if let Some(found) = walk.own_text() {
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
