//! What Python calls: the functions that Argument Clinic's parsing code ends in.
//!
//! The parsing code is that of the C module, which the build takes from CPython's source. `make regen` writes
//! `Include/rust/_bisect.h`.

use crate::search::Bounds;
use cpython_api::exceptions::PyValueError;
use cpython_api::types::{PyInt, PyList, PyModule, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, ModuleState, Py, PyObject, PyResult, Python, Traversal, Visit, entry, entry_value,
    module_exec,
};
use std::ffi::{CStr, c_int};

/// The length from which a search prefetches the items that it may compare next: those of a shorter list are mostly in
/// a near cache.
const FAR: usize = 1 << 14;

/// On which side of the items that are equal to it an item is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What C passes to every function.
#[derive(Clone, Copy)]
struct Arguments<'a> {
    a: Arg<'a>,
    x: Arg<'a>,
    lo: isize,
    hi: isize,
    key: Arg<'a>,
}

/// The arguments of one search.
struct Search<'a, 'py> {
    sequence: &'a Bound<'py>,
    /// The object that the items are compared with: for `insort` the key of the new item.
    item: &'a Bound<'py>,
    key: Option<&'a Bound<'py>>,
    side: Side,
}

impl<'py> Search<'_, 'py> {
    fn new_bounds(&self, lo: isize, hi: isize) -> PyResult<Bounds> {
        let Ok(lo) = usize::try_from(lo) else {
            // Since 3.15 the parsing code raises an exception of its own.
            return Err(PyValueError::new_err(self.sequence.py(), "lo must be non-negative"));
        };
        let hi = if hi == -1 { self.sequence.sequence_len()? } else { hi };
        if !self.sequence.has_sq_item() {
            // It fails, with the message for such a type.
            self.sequence.get_index(0)?;
        }
        Ok(Bounds { lo, hi: usize::try_from(hi).unwrap_or(0) })
    }

    /// Finds the place in a list whose items are compared without Python code, as far as they are.
    #[inline]
    fn in_locked_list(&self, list: &Bound<'py, PyList>, lo: isize, hi: isize) -> Result<usize, Option<Bounds>> {
        let (item, side) = (self.item.as_comparand(), self.side);
        let lo = usize::try_from(lo).map_err(|_| None)?;
        list.with_locked(|items| {
            let hi = if hi == -1 { items.len() } else { usize::try_from(hi).unwrap_or(0) };
            let mut bounds = Bounds { lo, hi };
            let is_after = |mid| match side {
                Side::Left => items.item_exact_lt(mid, item).ok_or(()),
                Side::Right => items.exact_lt_item(item, mid).map(|less| !less).ok_or(()),
            };
            let place = if hi.saturating_sub(lo) < FAR {
                bounds.search::<(), false>(|step| is_after(step.mid))
            } else {
                bounds.search::<(), true>(|step| {
                    items.prefetch(step.below);
                    items.prefetch(step.above);
                    is_after(step.mid)
                })
            };
            place.map_err(|()| Some(bounds))
        })
    }

    /// Finds the place in any sequence.
    fn in_sequence(&self, bounds: &mut Bounds) -> PyResult<usize> {
        let place = match self.side {
            Side::Left => c" in _bisect.bisect_left",
            Side::Right => c" in _bisect.bisect_right",
        };
        // C compares objects of one type by its slot, until that does not implement it for two of them.
        let mut by_slot = true;
        self.sequence.py().with_recursion(place, || {
            // The calls take long, but a wrong prediction, after which they are begun again, takes longer than to wait for the answer.
            bounds.search::<_, false>(|step| {
                let (key, item) = (self.key, self.item);
                match self.side {
                    Side::Left => self.sequence.item_lt(step.mid, key, item, &mut by_slot),
                    Side::Right => self.sequence.lt_item(step.mid, key, item, &mut by_slot).map(|less| !less),
                }
            })
        })
    }

    /// Finds the place, after a search in the locked list has ended with an error.
    #[cold]
    fn go_on(&self, bounds: Option<Bounds>, lo: isize, hi: isize) -> PyResult<usize> {
        let mut bounds = match bounds {
            Some(bounds) => bounds,
            None => self.new_bounds(lo, hi)?,
        };
        self.in_sequence(&mut bounds)
    }

    #[inline]
    fn run(&self, lo: isize, hi: isize) -> PyResult<usize> {
        match self.sequence.cast_exact::<PyList>() {
            Some(list) if self.key.is_none() => {
                self.in_locked_list(list, lo, hi).or_else(|bounds| self.go_on(bounds, lo, hi))
            }
            _ => self.go_on(None, lo, hi),
        }
    }
}

fn key_function<'a, 'py>(key: &'a Bound<'py>) -> Option<&'a Bound<'py>> {
    (!key.is_none()).then_some(key)
}

#[inline]
fn bisect(py: Python<'_>, arguments: Arguments<'_>, side: Side) -> PyResult<isize> {
    let (a, x, key) = (arguments.a.bind(py), arguments.x.bind(py), arguments.key.bind(py));
    let search = Search { sequence: &a, item: &x, key: key_function(&key), side };
    // No sequence has a place that is not an index.
    search.run(arguments.lo, arguments.hi).map(|place| isize::try_from(place).unwrap_or(isize::MAX))
}

#[inline]
fn insort<'py>(module: Borrowed<'_, 'py, PyModule>, arguments: Arguments<'_>, side: Side) -> PyResult<Bound<'py>> {
    let py = module.py();
    let (a, x, key) = (arguments.a.bind(py), arguments.x.bind(py), arguments.key.bind(py));
    let key = key_function(&key);
    let key_of_x = key.map(|key| key.call1(&x)).transpose()?;
    let search = Search { sequence: &a, item: key_of_x.as_ref().unwrap_or(&x), key, side };
    let Some(list) = a.cast_exact::<PyList>() else {
        let place = search.run(arguments.lo, arguments.hi)?;
        let insert = &module.state::<State>()?.insert;
        let place = PyInt::new(py, place)?;
        a.call_method(&insert.bind(py), [place.as_any(), &x])?;
        return Ok(py.None());
    };
    let (lo, hi) = (arguments.lo, arguments.hi);
    let bounds = if search.key.is_some() {
        None
    } else {
        // The list stays locked until the item is inserted.
        let inserted = list.with_critical_section(|| match search.in_locked_list(list, lo, hi) {
            Ok(place) => list.insert(place, &x).map(Ok),
            Err(bounds) => Ok(Err(bounds)),
        })?;
        match inserted {
            Ok(()) => return Ok(py.None()),
            Err(bounds) => bounds,
        }
    };
    let place = search.go_on(bounds, lo, hi)?;
    list.insert(place, &x)?;
    Ok(py.None())
}

/// The state of the module.
#[derive(Debug)]
struct State {
    /// The name of the method that inserts into a sequence that is not exactly a list.
    insert: Py<PyStr>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_bisect";

    fn new<'py>(py: Python<'py>, _module: &Bound<'py, PyModule>) -> PyResult<Self> {
        Ok(Self { insert: PyStr::intern(py, c"insert")?.unbind() })
    }

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.insert)
    }

    fn release(self, py: Python<'_>) {
        self.insert.drop_ref(py);
    }
}

/// Makes the state of a module: its `Py_mod_exec` slot.
///
/// # Safety
///
/// Called by the import of the module alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bisect_exec(module: *mut PyObject) -> c_int {
    // SAFETY: the slot is called with the new module, on an attached thread.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the slot is called on an attached thread.
    unsafe { entry_value(c"_bisect", |py| module_exec::<State>(module.bind(py))) }
}

/// The place of an item before those that are equal to it.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bisect_bisect_left_impl(
    _module: *mut PyObject,
    a: *mut PyObject,
    x: *mut PyObject,
    lo: isize,
    hi: isize,
    key: *mut PyObject,
) -> isize {
    // SAFETY: the parsing code passes objects, which its caller keeps for the call.
    let a = unsafe { Arg::new(&a) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let x = unsafe { Arg::new(&x) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let key = unsafe { Arg::new(&key) };
    let arguments = Arguments { a, x, lo, hi, key };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry_value(c"_bisect.bisect_left", |py| bisect(py, arguments, Side::Left)) }
}

/// Inserts an item before those that are equal to it.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bisect_insort_left_impl(
    module: *mut PyObject,
    a: *mut PyObject,
    x: *mut PyObject,
    lo: isize,
    hi: isize,
    key: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes objects, which its caller keeps for the call.
    let a = unsafe { Arg::new(&a) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let x = unsafe { Arg::new(&x) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let key = unsafe { Arg::new(&key) };
    let arguments = Arguments { a, x, lo, hi, key };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_bisect.insort_left", |py| insort(module.bind(py), arguments, Side::Left)) }
}

/// The place of an item after those that are equal to it.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bisect_bisect_right_impl(
    _module: *mut PyObject,
    a: *mut PyObject,
    x: *mut PyObject,
    lo: isize,
    hi: isize,
    key: *mut PyObject,
) -> isize {
    // SAFETY: the parsing code passes objects, which its caller keeps for the call.
    let a = unsafe { Arg::new(&a) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let x = unsafe { Arg::new(&x) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let key = unsafe { Arg::new(&key) };
    let arguments = Arguments { a, x, lo, hi, key };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry_value(c"_bisect.bisect_right", |py| bisect(py, arguments, Side::Right)) }
}

/// Inserts an item after those that are equal to it.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _bisect_insort_right_impl(
    module: *mut PyObject,
    a: *mut PyObject,
    x: *mut PyObject,
    lo: isize,
    hi: isize,
    key: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes objects, which its caller keeps for the call.
    let a = unsafe { Arg::new(&a) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let x = unsafe { Arg::new(&x) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let key = unsafe { Arg::new(&key) };
    let arguments = Arguments { a, x, lo, hi, key };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_bisect.insort_right", |py| insort(module.bind(py), arguments, Side::Right)) }
}
