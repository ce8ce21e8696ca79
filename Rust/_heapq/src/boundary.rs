//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. It locks the list, too. `make regen`
//! writes `Include/rust/_heapq.h`.

use crate::heap::{self, Heap};
use cpython_api::exceptions::{PyIndexError, PyRuntimeError};
use cpython_api::types::PyList;
use cpython_api::{Arg, Bound, Keyed, LockedList, Numbered, Py, PyErr, PyObject, PyResult, Python, Raised, entry};
use std::convert::Infallible;
use std::hint::select_unpredictable;

/// The length from which `heapify` compares copies of the numbers in the list, if all items are such numbers.
const MANY: usize = 16;

/// Why an operation on a heap stops before its end.
enum Failure {
    Raised(Raised),
    /// A comparison has changed the length of the list.
    Resized,
    Empty,
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Self {
        Self::Raised(raised)
    }
}

impl Failure {
    #[cold]
    fn into_err(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Raised(raised) => raised.into_err(py),
            Self::Resized => PyRuntimeError::new_err(py, "list changed size during iteration"),
            Self::Empty => PyIndexError::new_err(py, "index out of range"),
        }
    }
}

/// A list as a min-heap, or as a max-heap.
struct ListHeap<'a, 'list, const MAX: bool> {
    items: &'a mut LockedList<'list>,
    len: usize,
}

impl<const MAX: bool> Heap for ListHeap<'_, '_, MAX> {
    type Error = Failure;

    #[inline]
    fn size(&self) -> usize {
        self.len
    }

    #[inline]
    fn above(&mut self, left: usize, right: usize) -> Result<bool, Failure> {
        let (left, right) = if MAX { (right, left) } else { (left, right) };
        match self.items.lt(left, right) {
            Ok(Some(less)) if self.items.len() == self.len => Ok(less),
            Ok(_) => Err(Failure::Resized),
            Err(raised) => Err(Failure::Raised(raised)),
        }
    }

    #[inline]
    fn swap(&mut self, left: usize, right: usize) {
        self.items.swap(left, right);
    }

    #[inline]
    fn sift_up_at_once(&mut self, top: usize, position: usize) -> Option<usize> {
        self.items.sift_up(top, position, MAX)
    }

    #[inline]
    fn sift_down_at_once(&mut self, top: usize) -> Option<usize> {
        self.items.sift_down(top, MAX)
    }
}

impl<'a, 'list, const MAX: bool> ListHeap<'a, 'list, MAX> {
    #[inline]
    fn new(items: &'a mut LockedList<'list>) -> Self {
        let len = items.len();
        Self { items, len }
    }
}

/// A number that is compared as an integer, which takes less time than to compare floats.
trait Key {
    fn order(&self) -> i64;
}

impl Key for i64 {
    #[inline]
    fn order(&self) -> i64 {
        *self
    }
}

/// After [`set_orders`].
impl Key for f64 {
    #[inline]
    fn order(&self) -> i64 {
        self.to_bits() as i64
    }
}

/// Makes the bits of each float those of an integer of the same order. False if one is a NaN, which has no place in an order.
fn set_orders(items: &mut [Keyed<f64>]) -> bool {
    let mut is_nan = false;
    for item in items {
        is_nan |= item.key.is_nan();
        // The two zeros are equal: this makes both the positive one.
        let bits = (item.key + 0.0).to_bits() as i64;
        // The greater the magnitude of a negative float is, the less it is.
        item.key = f64::from_bits((bits ^ (bits >> 63 & i64::MAX)) as u64);
    }
    !is_nan
}

/// The values of the items of a list as a min-heap, or as a max-heap.
struct NumberHeap<'a, K, const MAX: bool>(&'a mut [Keyed<K>]);

impl<K: Key, const MAX: bool> NumberHeap<'_, K, MAX> {
    #[inline]
    fn is_above(&self, left: usize, right: usize) -> bool {
        let (left, right) = if MAX { (right, left) } else { (left, right) };
        self.0[left].key.order() < self.0[right].key.order()
    }
}

impl<K: Key, const MAX: bool> Heap for NumberHeap<'_, K, MAX> {
    type Error = Infallible;

    #[inline]
    fn size(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn above(&mut self, left: usize, right: usize) -> Result<bool, Infallible> {
        Ok(self.is_above(left, right))
    }

    #[inline]
    fn swap(&mut self, left: usize, right: usize) {
        self.0.swap(left, right);
    }

    #[inline]
    fn sift_down_at_once(&mut self, top: usize) -> Option<usize> {
        let (len, mut position) = (self.size(), top);
        while position < len / 2 {
            let mut child = 2 * position + 1;
            if child + 1 < len {
                child += usize::from(!self.is_above(child, child + 1));
            }
            self.swap(position, child);
            position = child;
        }
        loop {
            // Most items stay in the leaf or go up by one, which nothing predicts: so this takes no branch.
            let parent = position.saturating_sub(1) / 2;
            let rises = (position > top) & self.is_above(position, parent);
            let next = select_unpredictable(rises, parent, position);
            self.swap(position, next);
            position = next;
            let parent = position.saturating_sub(1) / 2;
            if !(rises & (position > top) & self.is_above(position, parent)) {
                return None;
            }
        }
    }
}

/// Returns the item that has been taken out, unless the heap could not be put in order.
#[inline]
fn taken<'py>(py: Python<'py>, (item, done): (Py, Result<(), Failure>)) -> PyResult<Bound<'py>> {
    let item = item.into_bound(py);
    match done {
        Ok(()) => Ok(item),
        Err(failure) => Err(failure.into_err(py)),
    }
}

#[inline]
fn heappush<'py, const MAX: bool>(list: &Bound<'py, PyList>, item: &Bound<'py>) -> PyResult<Bound<'py>> {
    let (py, item) = (list.py(), item.clone().unbind());
    let done = list.with_locked(|items| {
        items.append(item)?;
        let last = items.len().saturating_sub(1);
        heap::sift_up(&mut ListHeap::<MAX>::new(items), 0, last)
    });
    match done {
        Ok(()) => Ok(py.None()),
        Err(failure) => Err(failure.into_err(py)),
    }
}

/// Puts an item into the place of the one at the top, and then moves it to its own.
#[inline]
fn replace_top<const MAX: bool>(items: &mut LockedList<'_>, item: Py) -> (Py, Result<(), Failure>) {
    match items.exchange(0, item) {
        Ok(top) => (top, heap::sift_down(&mut ListHeap::<MAX>::new(items), 0)),
        Err(item) => (item, Err(Failure::Empty)),
    }
}

#[inline]
fn heapreplace<'py, const MAX: bool>(list: &Bound<'py, PyList>, item: Bound<'py>) -> PyResult<Bound<'py>> {
    let (py, item) = (list.py(), item.unbind());
    taken(py, list.with_locked(|items| replace_top::<MAX>(items, item)))
}

#[inline]
fn heappop<'py, const MAX: bool>(list: &Bound<'py, PyList>) -> PyResult<Bound<'py>> {
    let popped = list.with_locked(|items| {
        let last = items.pop()?.ok_or(Failure::Empty)?;
        Ok(if items.is_empty() { (last, Ok(())) } else { replace_top::<MAX>(items, last) })
    });
    match popped {
        Ok(popped) => taken(list.py(), popped),
        Err(failure) => Err(Failure::into_err(failure, list.py())),
    }
}

#[inline]
fn heappushpop<'py, const MAX: bool>(list: &Bound<'py, PyList>, item: &Bound<'py>) -> PyResult<Bound<'py>> {
    let (py, comparand, new) = (list.py(), item.as_comparand(), item.clone().unbind());
    let pushed = list.with_locked(|items| {
        let less = if MAX { items.exact_lt_item(comparand, 0) } else { items.item_exact_lt(0, comparand) };
        match less {
            Some(true) => Ok(replace_top::<MAX>(items, new)),
            None if !items.is_empty() => Err(new),
            _ => Ok((new, Ok(()))),
        }
    });
    let item = match pushed {
        Ok(pushed) => return taken(py, pushed),
        Err(item) => item.into_bound(py),
    };
    // What Python code says of the two, which may change the list.
    let Some(top) = list.get_item(0) else { return Ok(item) };
    let less = if MAX { item.lt(&top)? } else { top.lt(&item)? };
    drop(top);
    if less { heapreplace::<MAX>(list, item) } else { Ok(item) }
}

#[inline]
fn heapify<'py, const MAX: bool>(list: &Bound<'py, PyList>) -> PyResult<Bound<'py>> {
    let py = list.py();
    let done = list.with_locked(|items| {
        let mut are_ordered = true;
        let reordered = items.len() >= MANY
            && items.reorder_numbers(|numbers| {
                let Ok(()) = match numbers {
                    Numbered::Ints(items) => heap::heapify(&mut NumberHeap::<_, MAX>(items)),
                    Numbered::Floats(items) => {
                        are_ordered = set_orders(items);
                        if are_ordered { heap::heapify(&mut NumberHeap::<_, MAX>(items)) } else { Ok(()) }
                    }
                };
            });
        if reordered && are_ordered { Ok(()) } else { heap::heapify(&mut ListHeap::<MAX>::new(items)) }
    });
    match done {
        Ok(()) => Ok(py.None()),
        Err(failure) => Err(failure.into_err(py)),
    }
}

/// Adds an item.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heappush_impl(
    _module: *mut PyObject,
    heap: *mut PyObject,
    item: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item: Arg<'_> = unsafe { Arg::new(&item) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heappush", move |py| heappush::<false>(&heap.bind(py), &item.bind(py))) }
}

/// Removes the item at the top.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heappop_impl(_module: *mut PyObject, heap: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heappop", move |py| heappop::<false>(&heap.bind(py))) }
}

/// Removes the item at the top, then adds another.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heapreplace_impl(
    _module: *mut PyObject,
    heap: *mut PyObject,
    item: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item: Arg<'_> = unsafe { Arg::new(&item) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heapreplace", move |py| heapreplace::<false>(&heap.bind(py), item.bind(py).to_owned())) }
}

/// Adds an item, then removes the one at the top.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heappushpop_impl(
    _module: *mut PyObject,
    heap: *mut PyObject,
    item: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item: Arg<'_> = unsafe { Arg::new(&item) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heappushpop", move |py| heappushpop::<false>(&heap.bind(py), &item.bind(py))) }
}

/// Makes a heap of a list.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heapify_impl(_module: *mut PyObject, heap: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heapify", move |py| heapify::<false>(&heap.bind(py))) }
}

/// Adds an item. The list is a max-heap.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heappush_max_impl(
    _module: *mut PyObject,
    heap: *mut PyObject,
    item: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item: Arg<'_> = unsafe { Arg::new(&item) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heappush_max", move |py| heappush::<true>(&heap.bind(py), &item.bind(py))) }
}

/// Removes the item at the top. The list is a max-heap.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heappop_max_impl(_module: *mut PyObject, heap: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heappop_max", move |py| heappop::<true>(&heap.bind(py))) }
}

/// Removes the item at the top, then adds another. The list is a max-heap.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heapreplace_max_impl(
    _module: *mut PyObject,
    heap: *mut PyObject,
    item: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item: Arg<'_> = unsafe { Arg::new(&item) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heapreplace_max", move |py| heapreplace::<true>(&heap.bind(py), item.bind(py).to_owned())) }
}

/// Adds an item, then removes the one at the top. The list is a max-heap.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heappushpop_max_impl(
    _module: *mut PyObject,
    heap: *mut PyObject,
    item: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let item: Arg<'_> = unsafe { Arg::new(&item) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heappushpop_max", move |py| heappushpop::<true>(&heap.bind(py), &item.bind(py))) }
}

/// Makes a heap of a list. The list is a max-heap.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _heapq_heapify_max_impl(_module: *mut PyObject, heap: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a list, which its caller keeps for the call.
    let heap = unsafe { Arg::<PyList>::new(&heap) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_heapq.heapify_max", move |py| heapify::<true>(&heap.bind(py))) }
}
