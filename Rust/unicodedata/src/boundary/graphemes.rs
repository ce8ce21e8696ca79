//! The iterator over grapheme clusters, and the segments that it returns.

use crate::TABLES;
use crate::graphemes::Graphemes;
use cpython_api::types::{PyModule, PyStr, PyType};
use cpython_api::{
    Arg, BiasedLock, Borrowed, Bound, Class, Instance, InstanceData, ModuleState, Py, Py_ssize_t, PyObject, PyResult,
    Python, StrData, Traversal, Visit, entry, exec_with_classes, instance_slots, into_c_result, method, method_next,
    rust_instance,
};
use std::ffi::{CStr, c_int};
use std::mem::{self, offset_of};
use std::ptr;

/// The state of the module: the classes, which C makes.
#[derive(Debug)]
struct State {
    segment: Py<PyType>,
    iterator: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"unicodedata";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.segment)?;
        visit.reference(&self.iterator)
    }

    fn release(self, py: Python<'_>) {
        self.segment.drop_ref(py);
        self.iterator.drop_ref(py);
    }
}

/// A part of a text. C reads the two numbers.
#[derive(Debug)]
#[repr(C)]
struct Segment {
    text: Py<PyStr>,
    start: Py_ssize_t,
    end: Py_ssize_t,
}

const _: () =
    assert!(offset_of!(Segment, start) == size_of::<usize>() && offset_of!(Segment, end) == 2 * size_of::<usize>());

impl InstanceData for Segment {
    const NAME: &'static CStr = c"unicodedata.Segment";
    const CANNOT_PANIC: bool = true;

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.text)
    }

    fn release(self, py: Python<'_>) {
        self.text.drop_ref(py);
    }
}

impl Segment {
    /// The part as a text of its own.
    fn to_str<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        let whole = self.text.bind(py);
        let range = self.start as usize..self.end as usize;
        let part = match whole.data() {
            StrData::Ucs1(units) if range == (0..units.len()) => None,
            StrData::Ucs2(units) if range == (0..units.len()) => None,
            StrData::Ucs4(units) if range == (0..units.len()) => None,
            StrData::Ucs1(units) => Some(StrData::Ucs1(units.get(range).unwrap_or_default())),
            StrData::Ucs2(units) => Some(StrData::Ucs2(units.get(range).unwrap_or_default())),
            StrData::Ucs4(units) => Some(StrData::Ucs4(units.get(range).unwrap_or_default())),
        };
        match (part, whole.cast_exact::<PyStr>()) {
            (Some(part), _) => PyStr::from_data(py, part).map(Bound::into_any),
            (None, Some(whole)) => Ok(whole.clone().into_any()),
            (None, None) => PyStr::from_data(py, whole.data()).map(Bound::into_any),
        }
    }
}

/// The data of an iterator.
#[derive(Debug)]
struct GraphemeBreakIterator {
    text: Py<PyStr>,
    /// The characters of the text.
    data: StrData<'static>,
    /// The class of the segments, so that it need not be looked up for each.
    segment: Py<PyType>,
    clusters: BiasedLock<Graphemes>,
}

impl InstanceData for GraphemeBreakIterator {
    const NAME: &'static CStr = c"unicodedata.GraphemeBreakIterator";

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.text)?;
        visit.reference(&self.segment)
    }

    fn release(self, py: Python<'_>) {
        self.text.drop_ref(py);
        self.segment.drop_ref(py);
    }
}

/// Makes the state of the module.
///
/// # Safety
///
/// Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_exec(module: *mut PyObject, classes: *const *mut PyObject) -> c_int {
    // SAFETY: the slot is called with this module, and passes two classes, on an attached thread.
    unsafe {
        exec_with_classes(module, classes, |_, [segment, iterator]| {
            Ok(State { segment: segment.unbind(), iterator: iterator.unbind() })
        })
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_Segment_instance() -> rust_instance {
    instance_slots::<Segment>()
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn unicodedata_GraphemeBreakIterator_instance() -> rust_instance {
    instance_slots::<GraphemeBreakIterator>()
}

/// Where an index of a slice of `len` items is.
fn adjust(index: Py_ssize_t, len: usize) -> usize {
    if index < 0 { len.saturating_sub(index.unsigned_abs()) } else { index.unsigned_abs() }
}

/// `iter_graphemes`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_iter_graphemes_impl(
    module: *mut PyObject,
    text: *mut PyObject,
    start: Py_ssize_t,
    end: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes a str, which its caller keeps for the call.
    let text = unsafe { Arg::<PyStr>::new(&text) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"unicodedata.iter_graphemes", |py| iter_graphemes(module.bind(py), text.bind(py), start, end)) }
}

fn iter_graphemes<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    text: Borrowed<'_, 'py, PyStr>,
    start: Py_ssize_t,
    end: Py_ssize_t,
) -> PyResult<Bound<'py>> {
    let py = module.py();
    let len = text.len();
    let clusters = BiasedLock::new(Graphemes::new(adjust(start, len), adjust(end, len).min(len)));
    let state = module.state::<State>()?;
    let class = state.iterator.bind(py).as_type_ptr();
    // SAFETY: the class with these slots, which the state of the module keeps.
    let class = unsafe { Class::new(&class) };
    let segment = state.segment.clone_ref(py);
    // SAFETY: the iterator keeps the text for as long as it has the slice, and nobody changes or moves the characters of a str.
    let data = unsafe { mem::transmute::<StrData<'_>, StrData<'static>>(text.data()) };
    class.object(py, GraphemeBreakIterator { text: text.to_owned().unbind(), data, segment, clusters })
}

/// The slot `tp_iternext`.
///
/// # Safety
///
/// Called by the type's slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_GraphemeBreakIterator_next(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps for the call.
    let this = unsafe { Arg::<Instance<GraphemeBreakIterator>>::new(&iterator) };
    // SAFETY: on an attached thread.
    let this = this.bind(unsafe { Python::assume_attached() });
    // Neither this nor a segment panics; the wait for another thread may.
    let next = match this.lock_as_owner(|data| &data.clusters) {
        Some(mut clusters) => this.data().advance(&mut clusters),
        // SAFETY: as for this function.
        None => return unsafe { next_of_shared(iterator) },
    };
    match next {
        Some(range) => into_c_result(segment(this, range)),
        None => ptr::null_mut(),
    }
}

/// The slot of an iterator that another thread owns or has used.
///
/// # Safety
///
/// As for [`unicodedata_GraphemeBreakIterator_next`].
#[cold]
#[inline(never)]
unsafe fn next_of_shared(iterator: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method_next::<GraphemeBreakIterator>(c"unicodedata.GraphemeBreakIterator.__next__", iterator, move |iterator| {
            let next = iterator.data().advance(&mut iterator.lock(|data| &data.clusters));
            next.map(|range| segment(iterator, range)).transpose()
        })
    }
}

impl GraphemeBreakIterator {
    /// The next cluster: its start and end.
    #[inline]
    fn advance(&self, clusters: &mut Graphemes) -> Option<(usize, usize)> {
        match self.data {
            StrData::Ucs1(units) => clusters.next(&TABLES, units),
            StrData::Ucs2(units) => clusters.next(&TABLES, units),
            StrData::Ucs4(units) => clusters.next(&TABLES, units),
        }
    }
}

/// A part of the text of an iterator.
fn segment<'py>(
    iterator: Borrowed<'_, 'py, Instance<GraphemeBreakIterator>>,
    (start, end): (usize, usize),
) -> PyResult<Bound<'py>> {
    let py = iterator.py();
    let class = iterator.data().segment.bind(py).as_type_ptr();
    // SAFETY: the class with these slots, which the iterator keeps.
    let class = unsafe { Class::new(&class) };
    let text = iterator.data().text.clone_ref(py);
    class.object(py, Segment { text, start: start as Py_ssize_t, end: end as Py_ssize_t })
}

/// `str(segment)`
///
/// # Safety
///
/// Called by the type's slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_Segment_str(segment: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Segment>(c"unicodedata.Segment.__str__", segment, move |segment| segment.data().to_str(segment.py()))
    }
}

/// `repr(segment)`
///
/// # Safety
///
/// Called by the type's slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unicodedata_Segment_repr(segment: *mut PyObject) -> *mut PyObject {
    // SAFETY: a slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Segment>(c"unicodedata.Segment.__repr__", segment, move |segment| {
            let py = segment.py();
            let Segment { start, end, .. } = segment.data();
            PyStr::format(py, format_args!("<Segment {start}:{end}>")).map(Bound::into_any)
        })
    }
}
