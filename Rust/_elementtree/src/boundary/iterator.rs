//! `iter` and `itertext`: the elements of a tree, or their texts, in document order.

use super::element::{Element, This, get, is_none, place_equals, try_child};
use super::latch::Latch;
use super::module::State;
use super::slots::text;
use cpython_api::types::{PyAny, PyBytes, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, Declaration, Instance, InstanceData, Py, PyErr, PyObject, PyResult, PyTypeObject, Python,
    Traversal, Visit, entry, entry_next, instance_slots, rust_instance,
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
    way: Latch<Way>,
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
    class.object(py, ElementIterator { way: Latch::new(way), tag: tag.unbind(), is_of_text })
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
    // SAFETY: methods are called with an object of the class, which their caller keeps for the call.
    let element = unsafe { Arg::<Instance<Element>>::new(&element) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let tag = unsafe { Arg::<PyAny>::new(&tag) };
    // SAFETY: Python calls on an attached thread.
    unsafe {
        entry(c"Element.iter", move |py| {
            let tag = tag.bind(py);
            let tag = if is_star(tag)? { py.None() } else { tag.to_owned() };
            new(element.bind(py), tag, false)
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
    // SAFETY: methods are called with an object of the class, which their caller keeps for the call.
    let element = unsafe { Arg::<Instance<Element>>::new(&element) };
    // SAFETY: Python calls on an attached thread.
    unsafe { entry(c"Element.itertext", move |py| new(element.bind(py), py.None(), true)) }
}

/// The slot `tp_iternext`.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_iterator_next(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of the class, which its caller keeps for the call.
    let iterator = unsafe { Arg::<Instance<ElementIterator>>::new(&iterator) };
    // SAFETY: slots are called on an attached thread.
    unsafe { entry_next(c"_element_iterator.__next__", move |py| next(iterator.bind(py).data(), py)) }
}

/// A step of the traversal.
enum Step<'py> {
    /// An element is entered.
    Enter(Bound<'py, Instance<Element>>),
    /// All children of a descendant of the root have been visited: its tail is next.
    Leave(Bound<'py, Instance<Element>>),
}

/// The maximum number of elements that are left under one lock.
const FEW: usize = 2;

impl ElementIterator {
    /// The next step; `None` at the end.
    #[inline]
    fn step<'py>(&self, py: Python<'py>) -> PyResult<Option<Step<'py>>> {
        // References that are released after the lock.
        let mut left: [Option<Py<Instance<Element>>>; FEW] = [const { None }; FEW];
        let mut count = 0;
        let result = loop {
            let mut way = self.way.lock(py);
            let Way { root, parents } = &mut *way;
            if parents.len() == parents.capacity() && parents.try_reserve(parents.len().max(8)).is_err() {
                drop(way);
                break Err(PyErr::no_memory(py));
            }
            let Some((parent, index)) = parents.last() else {
                let Some(root) = root.take() else {
                    drop(way);
                    break Ok(None);
                };
                let entered = root.bind(py).to_owned();
                parents.push((root, 0));
                break Ok(Some(Step::Enter(entered)));
            };
            let mut found = try_child(parent.bind(py), *index);
            // Elements without further children are left at once, unless their tails are requested.
            while matches!(found, Ok(None))
                && parents.len() > 1
                && (!self.is_of_text || parents.last().is_some_and(|(last, _)| is_none(py, &last.bind(py).data().tail)))
            {
                let Some(place) = left.get_mut(count) else { break };
                *place = parents.pop().map(|(parent, _)| parent);
                count += 1;
                let Some((parent, index)) = parents.last() else { unreachable!("there was more than one") };
                found = try_child(parent.bind(py), *index);
            }
            match found {
                Ok(Some(child)) => {
                    if let Some((_, index)) = parents.last_mut() {
                        *index += 1;
                    }
                    if self.is_of_text && is_none(py, &child.data().text) {
                        // It is entered without being returned.
                        parents.push((child.unbind(), 0));
                        drop(way);
                        left.iter_mut().filter_map(Option::take).for_each(|parent| parent.drop_ref(py));
                        count = 0;
                        continue;
                    }
                    parents.push((child.clone().unbind(), 0));
                    break Ok(Some(Step::Enter(child)));
                }
                Ok(None) => {
                    let Some((parent, _)) = parents.pop() else { unreachable!("there is a last one") };
                    let is_inner = !parents.is_empty();
                    drop(way);
                    if self.is_of_text && is_inner {
                        break Ok(Some(Step::Leave(parent.into_bound(py))));
                    }
                    parent.drop_ref(py);
                }
                Err(stale) => {
                    drop(way);
                    drop(stale);
                }
            }
            left.iter_mut().filter_map(Option::take).for_each(|parent| parent.drop_ref(py));
            count = 0;
        };
        if count > 0 {
            left.into_iter().flatten().for_each(|parent| parent.drop_ref(py));
        }
        result
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

fn next<'py>(iterator: &ElementIterator, py: Python<'py>) -> PyResult<Option<Bound<'py>>> {
    let sought = iterator.tag.bind(py);
    let all = sought.is_none();
    while let Some(step) = iterator.step(py)? {
        let found = match step {
            Step::Enter(element) if iterator.is_of_text => {
                let tag = get(element.as_borrowed(), &element.data().tag);
                if tag.is_some_and(|tag| !tag.is_none() && !tag.is_instance_of::<PyStr>()) {
                    continue;
                }
                text(element.as_borrowed(), &element.data().text)?
            }
            Step::Enter(element) => {
                if all || place_equals(element.as_borrowed(), &element.data().tag, &sought)? {
                    return Ok(Some(element.into_any()));
                }
                continue;
            }
            Step::Leave(element) => text(element.as_borrowed(), &element.data().tail)?,
        };
        if !found.is_none() && is_truthy(&found)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
