//! `TreeBuilder`: builds a tree from calls of `start`, `data`, `end`, `comment` and `pi`.
//!
//! The state of a builder is protected by a lock that is biased towards the thread that owns the builder, and under which no
//! Python code runs. A call that runs no Python code, because the module itself creates the elements and no events are recorded,
//! takes the lock once; a parser takes it once for many events.

use super::element::{
    ElementClass, Locked, Retired, This, append, append_under_lock, fill, fill_own, is_exactly, is_none, new_element,
    reference,
};
use super::module::State;
use super::slots::join;
use cpython_api::exceptions::{PyIndexError, PyRuntimeError, PyTypeError};
use cpython_api::types::{PyAny, PyDict, PyList, PyStr, PyTuple, PyType};
use cpython_api::{
    Arg, BiasedLock, Borrowed, Bound, Class, Declaration, Instance, InstanceData, Py, PyErr, PyObject, PyResult,
    PyTypeObject, Python, SpinLockGuard, Thread, Traversal, Visit, entry, instance_slots, into_c_result, method,
    method_none_with, method_unguarded, method_value, method_with, rust_instance,
};
use std::ffi::{CStr, c_char, c_int};
use std::mem;

unsafe extern "C" {
    /// `PyUnicode_DecodeUTF8`
    fn elementtree_decode(text: *const c_char, size: usize) -> *mut PyObject;
}

/// The kinds of events that a builder records, each with the object that a program has supplied for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    Start,
    End,
    StartNs,
    EndNs,
    Comment,
    Pi,
}

/// The number of kinds.
pub(super) const REPORTS: usize = 6;

/// Text that is not part of an element yet.
#[derive(Debug, Default)]
pub(super) enum Data {
    #[default]
    None,
    /// The argument of a single call of `data`.
    One(Py),
    /// A list of the arguments of several calls of `data`.
    List(Py<PyList>),
    /// The text of a parser, in UTF-8.
    Text(Vec<u8>),
}

impl Data {
    fn into_reference(self, py: Python<'_>) -> Option<Py> {
        match self {
            Self::One(object) => Some(object),
            Self::List(list) => Some(list.into_bound(py).into_any().unbind()),
            Self::None | Self::Text(_) => None,
        }
    }
}

/// The owner of the next text.
#[derive(Debug, Default)]
enum Tail {
    /// The text is that of the last element.
    #[default]
    Text,
    /// The text is the tail of the last element.
    OfLast,
    /// The text is the tail of an inserted comment or processing instruction.
    Of(Py),
}

impl Tail {
    fn into_reference(self) -> Option<Py> {
        match self {
            Self::Of(object) => Some(object),
            Self::Text | Self::OfLast => None,
        }
    }
}

/// The state of a builder.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) root: Option<Py>,
    /// The open element; `None` outside of the root.
    this: Option<Py>,
    /// Whether the last element that was created or closed is the open one.
    last_is_this: bool,
    /// Otherwise, the last element that was closed; `None` before the first.
    closed: Option<Py>,
    tail: Tail,
    pub(super) data: Data,
    /// The ancestors of the open element.
    stack: Vec<Option<Py>>,
    element_factory: Option<Py>,
    comment_factory: Option<Py>,
    pi_factory: Option<Py>,
    events_append: Option<Py>,
    reports: [Option<Py>; REPORTS],
    insert_comments: bool,
    insert_pis: bool,
    indents: Indents,
}

/// A cache of the white space between elements of indented documents: a line feed and spaces, for which all elements share one
/// `str`.
#[derive(Debug, Default)]
struct Indents([Option<Py<PyStr>>; 24]);

impl Indents {
    /// The `str` of a text.
    #[inline]
    fn text<'py>(&mut self, py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyStr>> {
        if let (Some(place), Some((b'\n', spaces))) = (self.0.get_mut(text.len()), text.split_first())
            && spaces.iter().all(|byte| *byte == b' ')
        {
            return match place {
                Some(text) => Ok(text.bind(py).to_owned()),
                None => Ok(place.insert(utf8(py, text)?.unbind()).bind(py).to_owned()),
            };
        }
        utf8(py, text)
    }
}

/// The data of a builder.
#[derive(Debug)]
pub(super) struct TreeBuilder {
    collected: BiasedLock<Collected>,
    element: Py<PyType>,
}

/// A borrowed builder.
pub(super) type Builder<'a, 'py> = Borrowed<'a, 'py, Instance<TreeBuilder>>;

impl Collected {
    /// Releases all references.
    fn release(self, py: Python<'_>) {
        let single = [
            self.root,
            self.this,
            self.closed,
            self.tail.into_reference(),
            self.element_factory,
            self.comment_factory,
            self.pi_factory,
            self.events_append,
            self.data.into_reference(py),
        ];
        self.indents.0.into_iter().flatten().for_each(|text| text.drop_ref(py));
        self.stack.into_iter().chain(single).chain(self.reports).flatten().for_each(|object| object.drop_ref(py));
    }

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        match &self.data {
            Data::One(object) => visit.reference(object)?,
            Data::List(list) => visit.reference(list)?,
            Data::None | Data::Text(_) => {}
        }
        let single = [
            &self.root,
            &self.this,
            &self.closed,
            &self.element_factory,
            &self.comment_factory,
            &self.pi_factory,
            &self.events_append,
        ];
        visit.references(single.into_iter().flatten())?;
        if let Tail::Of(object) = &self.tail {
            visit.reference(object)?;
        }
        visit.references(self.stack.iter().flatten())?;
        visit.references(self.reports.iter().flatten())
    }

    /// The last element that was created or closed; `None` before the first.
    #[inline]
    fn last(&self) -> Option<&Py> {
        if self.last_is_this { self.this.as_ref() } else { self.closed.as_ref() }
    }

    /// The element whose tail is the next text; `None` if it is the text of the last element.
    #[inline]
    fn for_tail(&self) -> Option<&Py> {
        match &self.tail {
            Tail::Text => None,
            Tail::OfLast => self.last(),
            Tail::Of(object) => Some(object),
        }
    }

    /// The element that is open.
    pub(super) fn open<'py>(&self, py: Python<'py>) -> Bound<'py> {
        self.this.as_ref().map_or_else(|| py.None(), |this| reference(Thread::current(py), this.bind(py)))
    }

    /// The element that was made or closed last.
    pub(super) fn latest<'py>(&self, py: Python<'py>) -> Bound<'py> {
        self.last().map_or_else(|| py.None(), |last| reference(Thread::current(py), last.bind(py)))
    }

    /// Whether the module itself creates the elements.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.element_factory.is_none()
    }

    /// Whether text of a parser can be appended without creating a `str`.
    #[inline]
    pub(super) fn takes_text(&self) -> bool {
        matches!(self.data, Data::None | Data::Text(_))
    }

    /// Appends text of a parser; false if an allocation fails.
    #[inline]
    pub(super) fn text(&mut self, text: &[u8]) -> bool {
        if self.last().is_none() {
            return true;
        }
        if let Data::None = self.data {
            self.data = Data::Text(Vec::new());
        }
        let Data::Text(collected) = &mut self.data else { return false };
        if collected.try_reserve(text.len()).is_err() {
            return false;
        }
        collected.extend_from_slice(text);
        true
    }

    /// Whether events of this kind are recorded.
    #[inline]
    pub(super) fn reports(&self, report: Report) -> bool {
        self.events_append.is_some() && self.reports[report as usize].is_some()
    }

    /// Whether processing instructions are needed.
    pub(super) fn wants_pi(&self) -> bool {
        self.insert_pis || self.reports(Report::Pi)
    }
}

impl InstanceData for TreeBuilder {
    const NAME: &'static CStr = c"xml.etree.ElementTree.TreeBuilder";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(elementtree_TreeBuilder_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.element)?;
        self.collected.traverse(visit, |visit, collected| collected.traverse(visit))
    }

    fn clear(&self, py: Python<'_>) {
        let all = mem::take(&mut *self.collected.lock(py));
        all.release(py);
    }

    fn release(self, py: Python<'_>) {
        self.collected.into_inner().release(py);
        self.element.drop_ref(py);
    }
}

/// Locks the state of a builder.
#[inline]
pub(super) fn lock<'a>(builder: Builder<'a, '_>) -> SpinLockGuard<'a, Collected> {
    builder.lock(|data| &data.collected)
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn elementtree_TreeBuilder_instance() -> rust_instance {
    instance_slots::<TreeBuilder>()
}

/// The data of a new builder.
pub(super) fn new_builder(element: Py<PyType>) -> TreeBuilder {
    TreeBuilder { collected: BiasedLock::new(Collected::default()), element }
}

/// `tp_new`
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_TreeBuilder_new(
    class: *mut PyTypeObject,
    _args: *mut PyObject,
    _kwds: *mut PyObject,
) -> *mut PyObject {
    let object = class.cast();
    // SAFETY: the constructor is called for a class, which its caller keeps.
    let type_object = unsafe { Arg::<PyType>::new(&object) };
    // SAFETY: it is the class of builders, or a subclass.
    let class = unsafe { Class::<TreeBuilder>::new(&class) };
    // SAFETY: constructors are called on an attached thread.
    unsafe {
        entry(c"TreeBuilder", move |py| {
            let state = type_object.bind(py).module_state::<State>()?;
            class.object(py, new_builder(state.element.clone_ref(py)))
        })
    }
}

/// `TreeBuilder.__init__`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder___init___impl(
    builder: *mut PyObject,
    element_factory: *mut PyObject,
    comment_factory: *mut PyObject,
    pi_factory: *mut PyObject,
    insert_comments: c_int,
    insert_pis: c_int,
) -> c_int {
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let element_factory = unsafe { Arg::<PyAny>::new(&element_factory) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let comment_factory = unsafe { Arg::<PyAny>::new(&comment_factory) };
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let pi_factory = unsafe { Arg::<PyAny>::new(&pi_factory) };
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_value::<TreeBuilder, _>(c"TreeBuilder.__init__", builder, move |builder| {
            let py = builder.py();
            let factories = [element_factory.bind(py), comment_factory.bind(py), pi_factory.bind(py)];
            init(builder, factories, insert_comments != 0, insert_pis != 0)
        })
    }
}

fn init<'py>(
    builder: Builder<'_, 'py>,
    factories: [Borrowed<'_, 'py>; 3],
    insert_comments: bool,
    insert_pis: bool,
) -> PyResult<()> {
    let py = builder.py();
    let state = builder.module_state::<State>()?;
    let [element, comment, pi] = factories.map(|f| Some(f).filter(|f| !f.is_none()).map(|f| f.to_owned()));
    let element = element.map(Bound::unbind);
    let comment = comment.or_else(|| state.comment_factory.get(py)).map(Bound::unbind);
    let pi = pi.or_else(|| state.pi_factory.get(py)).map(Bound::unbind);
    let mut collected = lock(builder);
    collected.insert_comments = insert_comments && comment.is_some();
    collected.insert_pis = insert_pis && pi.is_some();
    let old = [
        mem::replace(&mut collected.element_factory, element),
        mem::replace(&mut collected.comment_factory, comment),
        mem::replace(&mut collected.pi_factory, pi),
    ];
    drop(collected);
    old.into_iter().flatten().for_each(|old| old.drop_ref(py));
    Ok(())
}

/// The result of a call under the lock.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It needs Python code.
    NotPlain,
    /// An exception has to be raised after the lock has been released.
    Memory,
    MultipleRoots,
    EmptyStack,
    Raised(PyErr),
}

impl Refusal {
    /// Raises the exception, after the lock has been released.
    #[cold]
    pub(super) fn raise(self, builder: Builder<'_, '_>) -> PyErr {
        let py = builder.py();
        match self {
            Self::Memory => PyErr::no_memory(py),
            Self::EmptyStack => PyIndexError::new_err(py, "pop from empty stack"),
            Self::MultipleRoots => match builder.module_state::<State>() {
                Ok(state) => PyErr::raise(&state.parse_error.bind(py), "multiple elements on top level"),
                Err(error) => error,
            },
            Self::Raised(error) => error,
            Self::NotPlain => PyRuntimeError::new_err(py, "the builder cannot do this without Python code"),
        }
    }
}

/// References to release, and memory to free, after the lock has been released. They are stored in an array of the caller, so that
/// storing them cannot fail; the lock is released as soon as there is no room for those of another event.
#[derive(Debug)]
pub(super) struct GivenUp<'a> {
    objects: &'a mut [Option<Py>],
    count: usize,
    /// At most one: an event adds no more, and `has_room` is false as long as there is one.
    retired: Option<Retired>,
}

/// The number of references that an event gives up at most, apart from those of names.
const OF_EVENT: usize = 6;

/// Room for the references of one event.
const ONE_EVENT: [Option<Py>; OF_EVENT] = [const { None }; OF_EVENT];

/// Room for the references of several events.
pub(super) const SEVERAL_EVENTS: [Option<Py>; 32] = [const { None }; 32];

impl<'a> GivenUp<'a> {
    /// An empty collection, with this room for references.
    #[inline]
    pub(super) fn new(objects: &'a mut [Option<Py>]) -> Self {
        Self { objects, count: 0, retired: None }
    }

    /// Whether there is room for the references and the memory of another event.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.count + OF_EVENT <= self.objects.len() && self.retired.is_none()
    }

    /// Adds a reference.
    #[inline]
    pub(super) fn add(&mut self, object: Option<Py>) {
        let Some(object) = object else { return };
        let Some(place) = self.objects.get_mut(self.count) else { unreachable!("there is room for those of an event") };
        *place = Some(object);
        self.count += 1;
    }

    /// Adds a piece of memory.
    #[inline]
    fn add_memory(&mut self, retired: Option<Retired>) {
        if retired.is_some() {
            debug_assert!(self.retired.is_none(), "there is room for one");
            self.retired = retired;
        }
    }
}

impl TreeBuilder {
    /// The class of the elements.
    #[inline]
    pub(super) fn class(&self) -> *mut PyTypeObject {
        self.element.as_ptr().cast()
    }

    fn exact<'a, 'py>(&self, py: Python<'py>, object: &'a Py) -> Option<This<'a, 'py>> {
        let object = object.bind(py);
        // SAFETY: the class makes elements.
        is_exactly(&object, self.class()).then(|| unsafe { object.cast_unchecked() })
    }

    /// Stores collected text in its element, without running Python code.
    #[inline]
    pub(super) fn flush_plain(
        &self,
        py: Python<'_>,
        collected: &mut Collected,
        given_up: &mut GivenUp<'_>,
    ) -> Result<(), Refusal> {
        let Collected { data, this, closed, tail, last_is_this, indents, .. } = collected;
        let last = if *last_is_this { this } else { closed };
        let (element, is_tail) = match tail {
            Tail::Text => (last.as_ref(), false),
            Tail::OfLast => (last.as_ref(), true),
            Tail::Of(object) => (Some(&*object), true),
        };
        let element = element.and_then(|element| self.exact(py, element)).ok_or(Refusal::NotPlain)?;
        let place = if is_tail { &element.data().tail } else { &element.data().text };
        let text = match data {
            Data::None => return Ok(()),
            Data::Text(text) => Some(indents.text(py, text).map_err(Refusal::Raised)?),
            Data::One(_) | Data::List(_) => None,
        };
        if !is_none(place) {
            given_up.add(text.map(|text| text.into_any().unbind()));
            return Err(Refusal::NotPlain);
        }
        let (new, joined) = match (text, &mut *data) {
            (Some(text), Data::Text(buffer)) => {
                // The memory is reused for the next text, unless it is large.
                if buffer.capacity() <= 1 << 16 {
                    buffer.clear();
                } else {
                    *data = Data::None;
                }
                (Some(text.into_any()), false)
            }
            (_, data) => {
                let is_list = matches!(data, Data::List(_));
                (mem::take(data).into_reference(py).map(|object| object.into_bound(py)), is_list)
            }
        };
        match new.map_or(Ok(()), |new| fill(element, place, new, joined)) {
            Ok(()) => Ok(()),
            // Another thread has set the text meanwhile.
            Err(text) => {
                *data = match text.cast_into::<PyList>() {
                    Ok(list) => Data::List(list.unbind()),
                    Err(text) => Data::One(text.unbind()),
                };
                Err(Refusal::NotPlain)
            }
        }
    }

    /// The start of an element, without running Python code.
    #[inline]
    pub(super) fn start_plain<'py>(
        &self,
        py: Python<'py>,
        collected: &mut Collected,
        tag: Bound<'py>,
        attrib: Option<Bound<'py>>,
        given_up: &mut GivenUp<'_>,
    ) -> Result<(), Refusal> {
        self.flush_if_any(py, collected, given_up)?;
        let parent = match &collected.this {
            Some(this) => Some(self.exact(py, this).ok_or(Refusal::NotPlain)?),
            None if collected.root.is_some() => {
                given_up.add(mem::take(&mut collected.tail).into_reference());
                return Err(Refusal::MultipleRoots);
            }
            None => None,
        };
        if collected.stack.try_reserve(1).is_err() {
            return Err(Refusal::Memory);
        }
        let class = self.class();
        // SAFETY: the class of elements, which this keeps.
        let class = unsafe { ElementClass::new(&class) };
        let node = new_element(class, tag, attrib).map_err(Refusal::Raised)?;
        match parent {
            Some(parent) => match append_under_lock(parent, reference(Thread::current(py), node.as_borrowed())) {
                Ok(retired) => given_up.add_memory(retired),
                Err(error) => {
                    given_up.add(Some(node.into_any().unbind()));
                    return Err(Refusal::Raised(error));
                }
            },
            None => collected.root = Some(reference(Thread::current(py), node.as_borrowed()).into_any().unbind()),
        }
        let this = collected.this.replace(node.into_any().unbind());
        collected.stack.push(this);
        collected.last_is_this = true;
        given_up.add(collected.closed.take());
        given_up.add(mem::take(&mut collected.tail).into_reference());
        Ok(())
    }

    #[inline]
    fn flush_if_any(
        &self,
        py: Python<'_>,
        collected: &mut Collected,
        given_up: &mut GivenUp<'_>,
    ) -> Result<(), Refusal> {
        match &collected.data {
            Data::None => Ok(()),
            Data::Text(text) if text.is_empty() => Ok(()),
            _ => self.flush_plain(py, collected, given_up),
        }
    }

    /// The end of an element, without running Python code.
    #[inline]
    pub(super) fn end_plain(
        &self,
        py: Python<'_>,
        collected: &mut Collected,
        given_up: &mut GivenUp<'_>,
    ) -> Result<(), Refusal> {
        self.flush_if_any(py, collected, given_up)?;
        let around = collected.stack.pop().ok_or(Refusal::EmptyStack)?;
        let closed = mem::replace(&mut collected.this, around);
        given_up.add(mem::replace(&mut collected.closed, closed));
        collected.last_is_this = false;
        given_up.add(mem::replace(&mut collected.tail, Tail::OfLast).into_reference());
        Ok(())
    }
}

/// A `str` from UTF-8.
#[inline]
pub(super) fn utf8<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyStr>> {
    if text.is_ascii() {
        // SAFETY: all bytes are ASCII.
        return unsafe { PyStr::from_ascii(py, [text]) };
    }
    // SAFETY: the thread is attached, as the token proves, and the pointer and the length are those of a slice.
    let text = unsafe { elementtree_decode(text.as_ptr().cast(), text.len()) };
    // SAFETY: a new reference, or NULL with an exception set.
    let text = unsafe { Bound::from_owned_or_null(py, text) };
    // SAFETY: NULL comes with an exception.
    let text = text.ok_or_else(|| unsafe { PyErr::already_set(py) })?;
    // SAFETY: the call makes a str.
    Ok(unsafe { text.cast_into_unchecked() })
}

/// Releases references and frees memory, when no lock is held.
#[inline]
pub(super) fn give_up(py: Python<'_>, given_up: &mut GivenUp<'_>) {
    let objects = given_up.objects.iter_mut().take(mem::take(&mut given_up.count));
    objects.filter_map(Option::take).for_each(|object| object.drop_ref(py));
    drop(given_up.retired.take());
}

/// Stores collected text in its element.
pub(super) fn flush(builder: Builder<'_, '_>) -> PyResult<()> {
    let (py, this) = (builder.py(), builder.data());
    let mut collected = lock(builder);
    let mut room = ONE_EVENT;
    let mut given_up = GivenUp::new(&mut room);
    let plain = this.flush_if_any(py, &mut collected, &mut given_up);
    if !matches!(plain, Err(Refusal::NotPlain)) {
        drop(collected);
        give_up(py, &mut given_up);
        return plain.map_err(|refusal| refusal.raise(builder));
    }
    let data = mem::take(&mut collected.data);
    let is_tail = collected.for_tail().is_some();
    let element = collected.for_tail().or(collected.last());
    let element = element.map(|element| element.clone_ref(py).into_bound(py));
    drop(collected);
    // The reference to the text that could not be stored.
    give_up(py, &mut given_up);
    let is_parsed = matches!(data, Data::Text(_));
    let data = match data {
        Data::One(object) => object.into_bound(py),
        Data::List(list) => list.into_bound(py).into_any(),
        Data::Text(text) => utf8(py, &text)?.into_any(),
        Data::None => return Ok(()),
    };
    let Some(element) = element else { return Ok(()) };
    let result = put_text(builder, &element, is_tail, &data, is_parsed);
    if result.is_err() {
        // As in C, the next call tries again.
        let data = match data.cast_into::<PyList>() {
            Ok(list) => Data::List(list.unbind()),
            Err(object) => Data::One(object.unbind()),
        };
        let mut collected = lock(builder);
        if let Data::None = collected.data {
            collected.data = data;
        } else {
            drop(collected);
            data.into_reference(py).into_iter().for_each(|object| object.drop_ref(py));
        }
    }
    result
}

/// Appends text, from a parser or from calls of `data`, to the text or tail of any object.
fn put_text<'py>(
    builder: Builder<'_, 'py>,
    element: &Bound<'py>,
    is_tail: bool,
    data: &Bound<'py>,
    is_parsed: bool,
) -> PyResult<()> {
    let py = builder.py();
    if is_exactly(element, builder.data().class()) {
        // SAFETY: the class makes elements.
        let element: This<'_, '_> = unsafe { element.as_borrowed().cast_unchecked() };
        let place = if is_tail { &element.data().tail } else { &element.data().text };
        loop {
            let is_list = data.is_exact_instance_of::<PyList>();
            if fill(element, place, data.clone(), is_list).is_ok() {
                return Ok(());
            }
            let mut locked = Locked::new(element);
            let before = locked.get(place);
            if before.as_ref().is_none_or(|(object, _)| object.is_none()) {
                let old = locked.swap(place, data.clone(), is_list);
                drop(locked);
                drop((old, before));
                return Ok(());
            }
            drop(locked);
            let Some((before, joined)) = before else { unreachable!("None is one of the cases above") };
            if joined && let Ok(list) = before.cast::<PyList>() {
                if !data.is_exact_instance_of::<PyStr>() && !data.is_exact_instance_of::<PyList>() {
                    data.iter().map_err(|error| {
                        error.clear(py);
                        PyTypeError::new_err(py, "can only assign an iterable")
                    })?;
                }
                return list.extend(data);
            }
            if !is_parsed || !before.is_exact_instance_of::<PyStr>() {
                break;
            }
            // Appending a piece to a list does not copy the pieces before it.
            let list = PyList::new(py, [Ok(before.clone()), Ok(data.clone())])?.into_any();
            let mut locked = Locked::new(element);
            let is_there = locked.get(place).is_some_and(|(object, joined)| !joined && object.is(&before));
            let old = if is_there { locked.swap(place, list, true) } else { None };
            drop(locked);
            drop(old);
            if is_there {
                return Ok(());
            }
        }
    }
    let state = builder.module_state::<State>()?;
    let name = if is_tail { &state.tail } else { &state.text }.bind(py);
    let before = element.getattr(&name)?;
    let joined = join(data)?;
    let joined = if before.is_none() { joined } else { before.add(&joined)? };
    element.setattr(&name, &joined)
}

/// Appends a child to any object.
fn add_subelement<'py>(builder: Builder<'_, 'py>, parent: &Bound<'py>, child: &Bound<'py>) -> PyResult<()> {
    let class = builder.data().class();
    if is_exactly(parent, class) {
        // SAFETY: the class makes elements.
        let parent: This<'_, '_> = unsafe { parent.as_borrowed().cast_unchecked() };
        let Some(child) = super::element::as_element(child.as_borrowed(), class) else {
            return Err(super::element::no_element(child));
        };
        return append(parent, child.to_owned());
    }
    let state = builder.module_state::<State>()?;
    parent.call_method(&state.append.bind(builder.py()), [child]).map(drop)
}

/// Records an event, if its kind is recorded.
pub(super) fn report<'py>(builder: Builder<'_, 'py>, report: Report, node: &Bound<'py>) -> PyResult<()> {
    let py = builder.py();
    let collected = lock(builder);
    let (Some(append), Some(name)) = (&collected.events_append, &collected.reports[report as usize]) else {
        return Ok(());
    };
    let (append, name) = (append.clone_ref(py).into_bound(py), name.clone_ref(py).into_bound(py));
    drop(collected);
    append.call1(&PyTuple::pack(py, [name, node.clone()])?).map(drop)
}

/// `builder.start(tag, attrib)`
pub(super) fn start<'py>(
    builder: Builder<'_, 'py>,
    tag: &Bound<'py>,
    attrib: Option<&Bound<'py>>,
) -> PyResult<Bound<'py>> {
    let (py, this) = (builder.py(), builder.data());
    let mut collected = lock(builder);
    if collected.is_plain() {
        let mut room = ONE_EVENT;
        let mut given_up = GivenUp::new(&mut room);
        let copy = attrib.filter(|attrib| !super::element::is_empty_dict(attrib)).cloned();
        let result = this.start_plain(
            py,
            &mut collected,
            reference(Thread::current(py), tag.as_borrowed()),
            copy,
            &mut given_up,
        );
        let node = collected.open(py);
        let reports = collected.reports(Report::Start);
        drop(collected);
        give_up(py, &mut given_up);
        match result {
            Ok(()) => {
                if reports {
                    report(builder, Report::Start, &node)?;
                }
                return Ok(node);
            }
            Err(Refusal::NotPlain) => {}
            Err(refusal) => return Err(refusal.raise(builder)),
        }
    } else {
        drop(collected);
    }
    flush(builder)?;
    let factory = lock(builder).element_factory.as_ref().map(|factory| factory.clone_ref(py));
    let node = match factory {
        Some(factory) => {
            let attrib = match attrib {
                Some(attrib) => attrib.clone(),
                None => PyDict::new(py)?.into_any(),
            };
            factory.into_bound(py).call([tag, &attrib])?
        }
        None => {
            let class = this.class();
            // SAFETY: the class of elements, which the builder keeps.
            let class = unsafe { ElementClass::new(&class) };
            let attrib = attrib.filter(|attrib| !super::element::is_empty_dict(attrib));
            new_element(class, tag.clone(), attrib.cloned())?.into_any()
        }
    };
    let mut collected = lock(builder);
    let old = mem::take(&mut collected.tail).into_reference();
    let parent = collected.this.as_ref().map(|parent| parent.clone_ref(py).into_bound(py));
    let is_second = parent.is_none() && collected.root.is_some();
    if parent.is_none() && !is_second {
        collected.root = Some(node.clone().unbind());
    }
    drop(collected);
    old.into_iter().for_each(|old| old.drop_ref(py));
    if is_second {
        return Err(Refusal::MultipleRoots.raise(builder));
    }
    if let Some(parent) = &parent {
        add_subelement(builder, parent, &node)?;
    }
    let entered = Some(node.clone()).filter(|node| !node.is_none());
    let mut collected = lock(builder);
    if collected.stack.try_reserve(1).is_err() {
        drop(collected);
        return Err(PyErr::no_memory(py));
    }
    collected.stack.push(parent.map(Bound::unbind));
    let old = [mem::replace(&mut collected.this, entered.map(Bound::unbind)), collected.closed.take()];
    collected.last_is_this = true;
    drop(collected);
    old.into_iter().flatten().for_each(|old| old.drop_ref(py));
    report(builder, Report::Start, &node)?;
    Ok(node)
}

/// As [`end`], if the thread owns the builder and the element, the text is a `str` or there is none, and the event is not reported;
/// `None` otherwise, and nothing has changed.
#[inline]
fn end_own<'py>(builder: Builder<'_, 'py>) -> Option<Bound<'py>> {
    let (py, this) = (builder.py(), builder.data());
    let thread = Thread::current(py);
    let mut guard = builder.lock_as_owner(|data| &data.collected)?;
    let collected = &mut *guard;
    if collected.reports(Report::End)
        || collected.stack.is_empty()
        || collected.this.is_none()
        || matches!(collected.tail, Tail::Of(_))
    {
        return None;
    }
    if let Data::One(text) = &collected.data {
        let element = this.exact(py, collected.last()?)?;
        let place = if let Tail::OfLast = collected.tail { &element.data().tail } else { &element.data().text };
        if !fill_own(element, place, text) {
            return None;
        }
        // The place has the reference.
        collected.data = Data::None;
    } else if !matches!(collected.data, Data::None) {
        return None;
    }
    let around = collected.stack.pop().flatten();
    let closed = mem::replace(&mut collected.this, around);
    let last = closed.as_ref().map(|closed| reference(thread, closed.bind(py)));
    let old = mem::replace(&mut collected.closed, closed);
    collected.last_is_this = false;
    collected.tail = Tail::OfLast;
    drop(guard);
    if let Some(old) = old {
        thread.release(old.into_bound(py));
    }
    last
}

/// `builder.end()`
pub(super) fn end<'py>(builder: Builder<'_, 'py>) -> PyResult<Bound<'py>> {
    let (py, this) = (builder.py(), builder.data());
    let mut room = ONE_EVENT;
    let mut given_up = GivenUp::new(&mut room);
    loop {
        let mut collected = lock(builder);
        let result = this.end_plain(py, &mut collected, &mut given_up);
        let last = collected.latest(py);
        let reports = collected.reports(Report::End);
        drop(collected);
        give_up(py, &mut given_up);
        match result {
            Ok(()) => {
                if reports {
                    report(builder, Report::End, &last)?;
                }
                return Ok(last);
            }
            Err(Refusal::NotPlain) => flush(builder)?,
            Err(refusal) => return Err(refusal.raise(builder)),
        }
    }
}

/// As [`data`] for the first text of an element, a `str` of this thread, if the thread owns the builder; false otherwise. Text before
/// the first element is ignored.
#[inline]
fn data_own(builder: Builder<'_, '_>, text: Borrowed<'_, '_>) -> bool {
    let py = builder.py();
    let Some(mut collected) = builder.lock_as_owner(|data| &data.collected) else { return false };
    if !matches!(&collected.data, Data::None) {
        return false;
    }
    if collected.last().is_none() {
        return true;
    }
    let thread = Thread::current(py);
    // SAFETY: a live object; there is no safepoint before the end of this function.
    let Some(text) = (unsafe { thread.own(text.as_ptr()) }).filter(|text| text.str_len().is_some()) else {
        return false;
    };
    collected.data = Data::One(thread.new_reference(text).unbind());
    true
}

/// `builder.data(data)`
pub(super) fn data<'py>(builder: Builder<'_, 'py>, data: &Bound<'py>) -> PyResult<()> {
    let py = builder.py();
    let new = data.clone().unbind();
    // As in C, a list is taken for the collected pieces and appended to.
    let list = data.cast_exact::<PyList>().map(|list| list.clone().unbind());
    let mut collected = lock(builder);
    let before = match &collected.data {
        Data::None if collected.last().is_none() => {
            drop(collected);
            new.drop_ref(py);
            list.into_iter().for_each(|list| list.drop_ref(py));
            return Ok(());
        }
        Data::None => None,
        Data::Text(text) if text.is_empty() => None,
        Data::List(before) => {
            let before = before.clone_ref(py).into_bound(py);
            drop(collected);
            new.drop_ref(py);
            list.into_iter().for_each(|list| list.drop_ref(py));
            return before.append(data);
        }
        Data::One(_) | Data::Text(_) => Some(mem::take(&mut collected.data)),
    };
    let Some(before) = before else {
        collected.data = match list {
            Some(list) => {
                let given_up = mem::replace(&mut collected.data, Data::List(list));
                drop(collected);
                drop(given_up);
                new.drop_ref(py);
                return Ok(());
            }
            None => Data::One(new),
        };
        return Ok(());
    };
    drop(collected);
    let new = new.into_bound(py);
    list.into_iter().for_each(|list| list.drop_ref(py));
    let before = match before {
        Data::One(object) => object.into_bound(py),
        Data::Text(text) => utf8(py, &text)?.into_any(),
        Data::None | Data::List(_) => unreachable!("the two cases above"),
    };
    let list = PyList::new(py, [Ok(before), Ok(new)])?;
    let mut collected = lock(builder);
    let old = mem::replace(&mut collected.data, Data::List(list.unbind()));
    drop(collected);
    old.into_reference(py).into_iter().for_each(|object| object.drop_ref(py));
    Ok(())
}

/// Calls a factory, and appends the result to the open element if the builder inserts such nodes.
fn insert<'py>(
    builder: Builder<'_, 'py>,
    select: impl FnOnce(&Collected) -> (Option<&Py>, bool),
    make: impl FnOnce(Option<Bound<'py>>) -> PyResult<Bound<'py>>,
    kind: Report,
) -> PyResult<Bound<'py>> {
    let py = builder.py();
    flush(builder)?;
    let collected = lock(builder);
    let (factory, inserts) = select(&collected);
    let factory = factory.map(|factory| factory.clone_ref(py).into_bound(py));
    drop(collected);
    let inserts = inserts && factory.is_some();
    let node = make(factory)?;
    let collected = lock(builder);
    let parent = collected.this.as_ref().filter(|_| inserts).map(|parent| parent.clone_ref(py).into_bound(py));
    drop(collected);
    if let Some(parent) = parent {
        add_subelement(builder, &parent, &node)?;
        let new = node.clone().unbind();
        let old = mem::replace(&mut lock(builder).tail, Tail::Of(new));
        old.into_reference().into_iter().for_each(|old| old.drop_ref(py));
    }
    report(builder, kind, &node)?;
    Ok(node)
}

/// `builder.comment(text)`
pub(super) fn comment<'py>(builder: Builder<'_, 'py>, text: Bound<'py>) -> PyResult<Bound<'py>> {
    insert(
        builder,
        |collected| (collected.comment_factory.as_ref(), collected.insert_comments),
        |factory| factory.map_or_else(|| Ok(text.clone()), |factory| factory.call1(&text)),
        Report::Comment,
    )
}

/// `builder.pi(target, text)`
pub(super) fn pi<'py>(builder: Builder<'_, 'py>, target: Bound<'py>, text: Bound<'py>) -> PyResult<Bound<'py>> {
    insert(
        builder,
        |collected| (collected.pi_factory.as_ref(), collected.insert_pis),
        |factory| match factory {
            Some(factory) => factory.call([&target, &text]),
            None => Ok(PyTuple::pack(builder.py(), [target.clone(), text.clone()])?.into_any()),
        },
        Report::Pi,
    )
}

/// `builder.close()`
pub(super) fn close<'py>(builder: Builder<'_, 'py>) -> Bound<'py> {
    let py = builder.py();
    let collected = lock(builder);
    let root = collected.root.as_ref().map(|root| root.clone_ref(py).into_bound(py));
    drop(collected);
    root.unwrap_or_else(|| py.None())
}

/// Sets the function that records events.
pub(super) fn set_events_append(builder: Builder<'_, '_>, append: Bound<'_>) {
    let py = builder.py();
    let append = append.unbind();
    let mut collected = lock(builder);
    let old = collected.events_append.replace(append);
    let reports = mem::take(&mut collected.reports);
    drop(collected);
    reports.into_iter().chain([old]).flatten().for_each(|old| old.drop_ref(py));
}

/// Sets the object with which a kind of event is recorded.
pub(super) fn set_report<'py>(builder: Builder<'_, 'py>, report: Report, name: &Bound<'py>) {
    let py = builder.py();
    let name = name.clone().unbind();
    let old = lock(builder).reports[report as usize].replace(name);
    old.into_iter().for_each(|old| old.drop_ref(py));
}

/// `builder.data(data)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder_data_impl(
    builder: *mut PyObject,
    text: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a builder and an object, on an attached thread; its caller keeps them for the call.
    let added = unsafe {
        method_unguarded::<TreeBuilder, _, _>(builder, text, |builder, text| {
            data_own(builder, text).then(|| into_c_result(Ok(builder.py().None())))
        })
    };
    // SAFETY: as above.
    added.unwrap_or_else(|| unsafe {
        method_none_with::<TreeBuilder, _>(c"TreeBuilder.data", builder, text, |builder, text| data(builder, &text))
    })
}

/// `builder.start(tag, attrs)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder_start_impl(
    builder: *mut PyObject,
    tag: *mut PyObject,
    attrs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a builder and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with(c"TreeBuilder.start", builder, [tag, attrs], |builder, [tag, attrs]| {
            start(builder, &tag, Some(&attrs))
        })
    }
}

/// `builder.end(tag)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder_end_impl(
    builder: *mut PyObject,
    _tag: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a builder, on an attached thread; its caller keeps it for the call.
    let closed =
        unsafe { method_unguarded(builder, (), |builder, ()| end_own(builder).map(|last| into_c_result(Ok(last)))) };
    // SAFETY: as above.
    closed.unwrap_or_else(|| unsafe { method(c"TreeBuilder.end", builder, end) })
}

/// `builder.comment(text)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder_comment_impl(
    builder: *mut PyObject,
    text: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a builder and an object, on an attached thread; its caller keeps them for the call.
    unsafe { method_with(c"TreeBuilder.comment", builder, text, |builder, text| comment(builder, text.to_owned())) }
}

/// `builder.pi(target, text)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder_pi_impl(
    builder: *mut PyObject,
    target: *mut PyObject,
    text: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a builder and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with(c"TreeBuilder.pi", builder, [target, text], |builder, [target, text]| {
            pi(builder, target.to_owned(), text.to_owned())
        })
    }
}

/// `builder.close()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_TreeBuilder_close_impl(builder: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a builder, on an attached thread; its caller keeps it for the call.
    unsafe { method(c"TreeBuilder.close", builder, |builder| Ok(close(builder))) }
}
