//! `partial`: a function with some of its arguments.
//!
//! What a partial object is made with never changes and lives as long as the object, so a call uses it without counting
//! references. `__setstate__` does not change it, but puts a record, a tuple of the same parts, in front of it: from then on a call
//! takes a reference to the record that is there, and works with that, whatever other threads do meanwhile.

use super::{State, with_objects};
use cpython_api::exceptions::{PySystemError, PyTypeError};
use cpython_api::types::{PyDict, PyInt, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, CallArguments, Class, Instance, InstanceData, InstanceDict, Py, PyErr, PyObject, PyResult,
    PyTypeObject, Python, SharedRef, StrBuilder, Traversal, TupleItems, Vectorcall, Visit, WeakrefList, entry,
    instance_slots, into_c_result, method, method_none_with, rust_instance,
};
use std::array;
use std::ffi::CStr;
use std::mem::offset_of;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// The data of a partial object. C knows where `dict` and `weakrefs` are.
///
/// # Invariants
///
/// - `record` is empty or a tuple from [`Record::pack`].
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Partial {
    /// The parts that `__setstate__` has set last; nothing before, and after the collector has cleared it.
    record: SharedRef<PyTuple>,
    dict: InstanceDict,
    weakrefs: WeakrefList,
    /// Whether `__setstate__` has been called.
    replaced: AtomicBool,
    function: Py,
    arguments: TupleItems,
    /// How many of the arguments are the placeholder.
    placeholders: usize,
    /// The keyword arguments, if there are a few.
    named: Option<Named>,
    /// The dict of the keyword arguments. It is normally created at the first access, and never replaced. Other code may change it
    /// afterwards, so it takes precedence over `named`.
    keywords: SharedRef<PyDict>,
    placeholder: Py,
}

const _: () =
    assert!(offset_of!(Partial, dict) == size_of::<usize>() && offset_of!(Partial, weakrefs) == 2 * size_of::<usize>());
const _: () = assert!(size_of::<Partial>() == 15 * size_of::<usize>(), "the offset of the vectorcall function");

impl InstanceData for Partial {
    const NAME: &'static CStr = c"functools.partial";
    const CALL: Option<Vectorcall> = Some(call);

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.shared(&self.record)?;
        visit.shared(&self.dict)?;
        visit.reference(&self.function)?;
        visit.reference(self.arguments.tuple())?;
        if let Some(named) = &self.named {
            visit.reference(&named.names)?;
            visit.reference(named.values.tuple())?;
        }
        visit.shared(&self.keywords)?;
        visit.reference(&self.placeholder)
    }

    fn clear(&self, py: Python<'_>) {
        // The objects in the other fields are older than this object, or dicts, so a reference cycle through them has
        // another object, which is cleared.
        self.record.set(py, None);
        self.dict.set(py, None);
    }

    fn release(self, py: Python<'_>) {
        drop(self.record.into_inner().map(|record| record.into_bound(py)));
        drop(self.dict.into_inner().map(|dict| dict.into_bound(py)));
        self.function.drop_ref(py);
        self.arguments.into_tuple().drop_ref(py);
        if let Some(named) = self.named {
            named.names.drop_ref(py);
            named.values.into_tuple().drop_ref(py);
        }
        drop(self.keywords.into_inner().map(|keywords| keywords.into_bound(py)));
        self.placeholder.drop_ref(py);
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn functools_partial_instance() -> rust_instance {
    instance_slots::<Partial>()
}

/// A few keyword arguments in immutable tuples, which a call passes on as they are.
#[derive(Debug)]
struct Named {
    /// Exact `str`s, as many as there are values.
    names: Py<PyTuple>,
    values: TupleItems,
}

impl Named {
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py)?;
        set_named(&dict, &self.names.bind(py), self.values.as_slice(py))?;
        Ok(dict)
    }
}

/// Sets the items of a dict that have these names to these values.
fn set_named<'py>(
    dict: &Bound<'py, PyDict>,
    names: &Bound<'py, PyTuple>,
    values: &[Borrowed<'_, 'py>],
) -> PyResult<()> {
    let mut pairs = names.as_slice().iter().zip(values);
    pairs.try_for_each(|(name, value)| dict.set_item(name, value))
}

/// The keyword arguments of a new object.
enum NewKeywords<'py> {
    None,
    /// The names, which are exact `str`s, and the values.
    Named(Bound<'py, PyTuple>, Bound<'py, PyTuple>),
    /// A dict that nobody else has.
    Dict(Bound<'py, PyDict>),
}

impl<'py> NewKeywords<'py> {
    /// Those of a dict as they are at one moment.
    fn new(dict: Borrowed<'_, 'py, PyDict>) -> PyResult<Self> {
        let py = dict.py();
        let few = dict.snapshot::<FEW_KEYWORDS>();
        let Some((names, values, count)) = few.filter(|(names, ..)| names.iter().flatten().all(is_exact_str)) else {
            return dict.copy().map(Self::Dict);
        };
        let tuple = |objects| PyTuple::from_slice(py, &borrow_all(objects, dict.as_any().as_borrowed())[..count]);
        Ok(Self::Named(tuple(&names)?, tuple(&values)?))
    }

    fn check_values(&self, placeholder: Borrowed<'_, 'py>) -> PyResult<()> {
        let refused = |value: &Borrowed<'_, 'py>| value.is(&placeholder);
        let found = match self {
            Self::None => false,
            Self::Named(_, values) => values.as_slice().iter().any(refused),
            Self::Dict(dict) => {
                let mut found = false;
                for pair in dict.items()?.iter()? {
                    found |= pair?.cast::<PyTuple>()?.as_slice().get(1).is_some_and(refused);
                }
                found
            }
        };
        if found {
            return Err(PyTypeError::new_err(placeholder.py(), "Placeholder cannot be passed as a keyword argument"));
        }
        Ok(())
    }

    /// Sets the items of a dict.
    fn add_to(&self, dict: &Bound<'py, PyDict>) -> PyResult<()> {
        match self {
            Self::None => Ok(()),
            Self::Named(names, values) => set_named(dict, names, values.as_slice()),
            Self::Dict(other) => dict.update(other),
        }
    }
}

/// The objects of a snapshot, padded with `filler`.
fn borrow_all<'a, 'py>(
    objects: &'a [Option<Bound<'py>>; FEW_KEYWORDS],
    filler: Borrowed<'a, 'py>,
) -> [Borrowed<'a, 'py>; FEW_KEYWORDS] {
    array::from_fn(|at| objects[at].as_ref().map_or(filler, Bound::as_borrowed))
}

fn is_exact_str(object: &Bound<'_>) -> bool {
    object.is_exact_instance_of::<PyStr>()
}

/// The keyword arguments of a record.
#[derive(Clone, Copy)]
enum Keywords<'a, 'py> {
    None,
    /// Nobody has seen the dict yet.
    Named(&'a Named),
    Dict(Borrowed<'a, 'py, PyDict>),
}

impl<'py> Keywords<'_, 'py> {
    /// The dict, or a new one if nobody has seen it.
    fn to_dict(self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match self {
            Self::None => PyDict::new(py),
            Self::Named(named) => named.to_dict(py),
            Self::Dict(dict) => Ok(dict.to_owned()),
        }
    }
}

/// The parts of a partial object.
#[derive(Clone, Copy)]
struct Record<'a, 'py> {
    function: Borrowed<'a, 'py>,
    arguments: Borrowed<'a, 'py, PyTuple>,
    keywords: Keywords<'a, 'py>,
    /// How many of the arguments are the placeholder.
    placeholders: usize,
    placeholder: Borrowed<'a, 'py>,
}

fn count(arguments: &[Borrowed<'_, '_>], placeholder: Borrowed<'_, '_>) -> usize {
    arguments.iter().filter(|argument| argument.as_ptr() == placeholder.as_ptr()).count()
}

impl<'a, 'py: 'a> Record<'a, 'py> {
    /// A new record, for the parts that `__setstate__` gets.
    fn pack(
        function: Bound<'py>,
        arguments: Bound<'py, PyTuple>,
        keywords: Bound<'py, PyDict>,
        placeholder: Bound<'py>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = function.py();
        let placeholders = PyInt::new(py, count(arguments.as_slice(), placeholder.as_borrowed()))?.into_any();
        PyTuple::pack(py, [function, arguments.into_any(), keywords.into_any(), placeholders, placeholder])
    }

    /// The parts of a record.
    ///
    /// # Safety
    ///
    /// - `record` is from [`pack`](Self::pack).
    unsafe fn unpack(record: Borrowed<'a, 'py, PyTuple>) -> PyResult<Self> {
        let &[function, arguments, keywords, placeholders, placeholder] = record.as_slice() else {
            unreachable!("a record has five items")
        };
        // SAFETY: the second one is a tuple (the caller's promise).
        let arguments: Borrowed<'a, 'py, PyTuple> = unsafe { arguments.cast_unchecked() };
        // SAFETY: the third one is a dict (the caller's promise).
        let keywords = Keywords::Dict(unsafe { keywords.cast_unchecked() });
        let placeholders = usize::try_from(placeholders.as_i64()?).unwrap_or(0);
        Ok(Self { function, arguments, keywords, placeholders, placeholder })
    }
}

impl Partial {
    fn new<'py>(
        function: Bound<'py>,
        arguments: Bound<'py, PyTuple>,
        keywords: NewKeywords<'py>,
        placeholder: Borrowed<'_, 'py>,
    ) -> Self {
        let arguments = TupleItems::new(arguments);
        let placeholders = count(arguments.as_slice(placeholder.py()), placeholder);
        let (named, keywords) = match keywords {
            NewKeywords::None => (None, None),
            NewKeywords::Named(names, values) => {
                (Some(Named { names: names.unbind(), values: TupleItems::new(values) }), None)
            }
            NewKeywords::Dict(dict) => (None, Some(dict)),
        };
        Self {
            record: SharedRef::new(None),
            dict: InstanceDict::new(None),
            weakrefs: WeakrefList::new(),
            replaced: AtomicBool::new(false),
            function: function.unbind(),
            arguments,
            placeholders,
            named,
            keywords: SharedRef::new(keywords),
            placeholder: placeholder.to_owned().unbind(),
        }
    }

    /// Runs `body` with the parts of the object.
    fn with_record<'py, R>(&self, py: Python<'py>, body: impl FnOnce(Record<'_, 'py>) -> PyResult<R>) -> PyResult<R> {
        if self.replaced.load(Ordering::Acquire) {
            let record = self.record.get(py);
            let record = record.ok_or_else(|| PySystemError::new_err(py, "the partial object has been cleared"))?;
            // SAFETY: the record is from `pack` (invariants).
            return body(unsafe { Record::unpack(record.as_borrowed()) }?);
        }
        let keywords = self.keywords.get(py);
        body(Record {
            function: self.function.bind(py),
            arguments: self.arguments.tuple().bind(py),
            keywords: match (&keywords, &self.named) {
                (Some(keywords), _) => Keywords::Dict(keywords.as_borrowed()),
                (None, Some(named)) => Keywords::Named(named),
                (None, None) => Keywords::None,
            },
            placeholders: self.placeholders,
            placeholder: self.placeholder.bind(py),
        })
    }

    /// The dict of the keyword arguments of a record, made if nobody has seen it yet.
    fn keywords<'py>(&self, py: Python<'py>, record: Record<'_, 'py>) -> PyResult<Bound<'py, PyDict>> {
        match record.keywords {
            Keywords::Dict(keywords) => Ok(keywords.to_owned()),
            others => self.keywords.get_or_try_init(py, || others.to_dict(py)),
        }
    }

    /// Whether a call has no keyword arguments but its own, and `__setstate__` has not been called.
    #[inline]
    fn is_simple(&self) -> bool {
        self.named.is_none() && self.keywords.is_empty() && !self.replaced.load(Ordering::Acquire)
    }
}

/// Makes an object: `tp_new`.
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_new(
    cls: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot is called with the class with the slots above, or a subclass, which its caller keeps.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the slot is called with the tuple of the arguments, which its caller keeps for the call.
    let args = unsafe { Arg::<PyTuple>::new(&args) };
    // SAFETY: the slot is called with the dict of the keyword arguments, which its caller keeps for the call, or NULL.
    let kwargs = unsafe { Arg::<PyDict>::optional(&kwargs) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry(c"functools.partial", move |py| {
            let kwargs = kwargs.map(|kwargs| kwargs.bind(py)).filter(|kwargs| !kwargs.is_empty());
            class.object(py, new(py, class.module_state(py)?, args.bind(py).as_slice(), kwargs)?)
        })
    }
}

/// Makes an object of positional arguments: what a call of the class does.
///
/// # Safety
///
/// Called by `tp_vectorcall` of the class alone, with arguments without names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_call(
    cls: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
) -> *mut PyObject {
    // SAFETY: the arguments of this call.
    let arguments = unsafe { CallArguments::new(&cls, args, nargsf, ptr::null_mut()) };
    let type_pointer = cls.cast();
    // SAFETY: the slot is called with the class with the slots above, which its caller keeps.
    let class = unsafe { Class::new(&type_pointer) };
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry(c"functools.partial", |py| {
            class.object(py, new(py, class.module_state(py)?, arguments.positional(py), None)?)
        })
    }
}

fn new<'py>(
    py: Python<'py>,
    state: &State,
    args: &[Borrowed<'_, 'py>],
    kwargs: Option<Borrowed<'_, 'py, PyDict>>,
) -> PyResult<Partial> {
    let Some((function, new)) = args.split_first() else {
        return Err(PyTypeError::new_err(py, "type 'partial' takes at least one argument"));
    };
    if !function.is_callable() {
        return Err(PyTypeError::new_err(py, "the first argument must be callable"));
    }
    let placeholder = state.placeholder.bind(py);
    check_last(py, new, placeholder)?;
    let keywords = kwargs.map_or(Ok(NewKeywords::None), NewKeywords::new)?;
    keywords.check_values(placeholder)?;
    if let Some(inner) = inner(*function, state) {
        return inner.with_record(py, |inner| {
            let arguments = merge(inner, new)?;
            let bound = match inner.keywords {
                Keywords::None => None,
                Keywords::Named(named) => Some(named.to_dict(py)?),
                Keywords::Dict(bound) => Some(bound.copy()?).filter(|bound| !bound.is_empty()),
            };
            let keywords = match bound {
                None => keywords,
                Some(bound) => {
                    keywords.add_to(&bound)?;
                    NewKeywords::new(bound.as_borrowed())?
                }
            };
            Ok(Partial::new(inner.function.to_owned(), arguments, keywords, placeholder))
        });
    }
    let function: Borrowed<'_, 'py> = *function;
    Ok(Partial::new(function.to_owned(), PyTuple::from_slice(py, new)?, keywords, placeholder))
}

/// The data of `function` if it is a partial object without a `__dict__`: a partial object of it is flattened, so it
/// calls the inner function directly.
fn inner<'a>(function: Borrowed<'a, '_>, state: &State) -> Option<&'a Partial> {
    let py = function.py();
    if !function.is_instance_of_type(&state.partial_type.bind(py)) {
        return None;
    }
    // SAFETY: an instance of the class, or of a subclass.
    let function: Borrowed<'a, '_, Instance<Partial>> = unsafe { function.cast_unchecked() };
    Some(function.data()).filter(|partial| partial.dict.is_empty())
}

fn check_last<'py>(py: Python<'py>, arguments: &[Borrowed<'_, 'py>], placeholder: Borrowed<'_, 'py>) -> PyResult<()> {
    if arguments.last().is_some_and(|last| last.is(&placeholder)) {
        return Err(PyTypeError::new_err(py, "trailing Placeholders are not allowed"));
    }
    Ok(())
}

/// The arguments of a partial object of another one: new ones take the places of placeholders first.
fn merge<'py>(inner: Record<'_, 'py>, new: &[Borrowed<'_, 'py>]) -> PyResult<Bound<'py, PyTuple>> {
    let py = inner.function.py();
    let bound = inner.arguments.as_slice();
    let filled = inner.placeholders.min(new.len());
    with_objects(inner.function, bound.len() + new.len() - filled, |all| {
        fill(all, bound, inner.placeholder, new);
        PyTuple::from_slice(py, all)
    })
}

/// Writes the arguments of a call: the bound ones, with given ones in place of placeholders, and the given ones that are left.
#[inline]
fn fill<'a, 'py>(
    all: &mut [Borrowed<'a, 'py>],
    bound: &[Borrowed<'a, 'py>],
    placeholder: Borrowed<'_, 'py>,
    given: &[Borrowed<'a, 'py>],
) {
    let mut given = given.iter();
    let (first, rest) = all.split_at_mut(bound.len());
    for (place, bound) in first.iter_mut().zip(bound) {
        *place = if bound.is(&placeholder) { *given.next().unwrap_or(bound) } else { *bound };
    }
    for (place, given) in rest.iter_mut().zip(given) {
        *place = *given;
    }
}

/// The call of an object.
///
/// # Safety
///
/// - C calls this as the vectorcall of an object of the class, on an attached thread.
unsafe extern "C" fn call(
    partial: *mut PyObject,
    arguments: *const *mut PyObject,
    nargsf: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the arguments of this call.
    let arguments = unsafe { CallArguments::new(&partial, arguments, nargsf, names) };
    // SAFETY: an object of the class or of a subclass, which its caller keeps for the call.
    let partial = unsafe { Arg::<Instance<Partial>>::new(&partial) };
    // SAFETY: the thread is attached (the caller's promise).
    let py = unsafe { Python::assume_attached() };
    let data = partial.bind(py).data();
    let mut arguments = arguments;
    if data.is_simple() {
        // Nothing here can panic.
        let (function, bound) = (data.function.bind(py), data.arguments.as_slice(py));
        let called = if data.placeholders == 0 {
            arguments.call_after(&function, bound)
        } else {
            arguments.call_filled(&function, bound, &data.placeholder.bind(py), data.placeholders)
        };
        match called {
            Ok(result) => return into_c_result(result),
            Err(others) => arguments = others,
        }
    }
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry(c"functools.partial", move |py| {
            partial.bind(py).data().with_record(py, |record| call_record(py, record, arguments))
        })
    }
}

fn call_record<'py>(py: Python<'py>, record: Record<'_, 'py>, arguments: CallArguments<'_>) -> PyResult<Bound<'py>> {
    let (given, placeholders) = (arguments.positional(py), record.placeholders);
    if given.len() < placeholders {
        return Err(too_few(py, placeholders, given.len()));
    }
    match record.keywords {
        Keywords::Named(named) => {
            let (names, values) = (named.names.bind(py), named.values.as_slice(py));
            return call_named(py, record, names.as_slice(), values, Some(names), &arguments);
        }
        Keywords::Dict(keywords) if !keywords.is_empty() => {
            return call_with_keywords(py, record, keywords, &arguments);
        }
        Keywords::None | Keywords::Dict(_) => {}
    }
    let bound = record.arguments.as_slice();
    let (all, names) = (arguments.all(py), arguments.names(py));
    with_objects(record.function, bound.len() + all.len() - placeholders, |stack| {
        fill(stack, bound, record.placeholder, all);
        record.function.vectorcall(stack, names.as_deref())
    })
}

#[cold]
fn too_few(py: Python<'_>, placeholders: usize, given: usize) -> PyErr {
    PyTypeError::new_err(
        py,
        format_args!("missing positional arguments in 'partial' call; expected at least {placeholders}, got {given}"),
    )
}

/// How many keyword arguments a record has at most for a call without a dict.
const FEW_KEYWORDS: usize = 6;

fn call_with_keywords<'py>(
    py: Python<'py>,
    record: Record<'_, 'py>,
    keywords: Borrowed<'_, 'py, PyDict>,
    arguments: &CallArguments<'_>,
) -> PyResult<Bound<'py>> {
    // Other code can change the dict at any time, so it is read once.
    let snapshot = keywords.snapshot::<FEW_KEYWORDS>();
    if let Some((names, values, count)) = &snapshot
        && names.iter().flatten().all(is_exact_str)
    {
        let (names, values) = (borrow_all(names, record.function), borrow_all(values, record.function));
        return call_named(py, record, &names[..*count], &values[..*count], None, arguments);
    }
    call_with_dict(py, record, keywords, arguments)
}

/// Calls with a few keyword arguments, whose names are exact `str`s, perhaps those of a tuple.
fn call_named<'a, 'py>(
    py: Python<'py>,
    record: Record<'a, 'py>,
    bound_names: &[Borrowed<'a, 'py>],
    bound_values: &[Borrowed<'a, 'py>],
    tuple: Option<Borrowed<'_, 'py, PyTuple>>,
    arguments: &CallArguments<'a>,
) -> PyResult<Bound<'py>> {
    let (bound, given) = (record.arguments.as_slice(), arguments.positional(py));
    let values = &arguments.all(py)[given.len()..];
    let names = arguments.names(py).map_or(&[][..], Borrowed::as_slice);
    let positional = bound.len() + given.len() - record.placeholders;
    let count = bound_names.len();
    let filler = record.function;
    with_objects(filler, positional + count + values.len(), |stack| {
        fill(&mut stack[..positional], bound, record.placeholder, given);
        stack[positional..positional + count].copy_from_slice(bound_values);
        if let Some(tuple) = tuple.filter(|_| names.is_empty()) {
            return record.function.vectorcall(stack, Some(&tuple));
        }
        let mut all_names = [filler; 2 * FEW_KEYWORDS];
        if count + names.len() > all_names.len() {
            return call_with_dict(py, record, record.keywords.to_dict(py)?.as_borrowed(), arguments);
        }
        all_names[..count].copy_from_slice(bound_names);
        let mut total = count;
        for (name, value) in names.iter().zip(values) {
            let place = match position(bound_names, *name)? {
                Some(place) => place,
                None => {
                    all_names[total] = *name;
                    total += 1;
                    total - 1
                }
            };
            stack[positional + place] = *value;
        }
        let all_names = PyTuple::from_slice(py, &all_names[..total])?;
        record.function.vectorcall(&stack[..positional + total], Some(&all_names))
    })
}

/// Where a name is among others, which are strs.
fn position<'py>(names: &[Borrowed<'_, 'py>], name: Borrowed<'_, 'py>) -> PyResult<Option<usize>> {
    if let Some(place) = names.iter().position(|other| other.is(&name)) {
        return Ok(Some(place));
    }
    for (place, other) in names.iter().enumerate() {
        // As a dict compares them, in which the names are keys.
        let equal = match other.exact_eq(&name) {
            Some(equal) => equal,
            None => other.eq(&name)?,
        };
        if equal {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Calls with a tuple and a dict: for keywords that are many, or no strs.
fn call_with_dict<'py>(
    py: Python<'py>,
    record: Record<'_, 'py>,
    keywords: Borrowed<'_, 'py, PyDict>,
    arguments: &CallArguments<'_>,
) -> PyResult<Bound<'py>> {
    let given = arguments.positional(py);
    let positional = record.arguments.len() + given.len() - record.placeholders;
    let values = arguments.all(py).get(given.len()..).unwrap_or_default();
    let keywords = keywords.copy()?;
    if let Some(names) = arguments.names(py) {
        for (name, value) in names.as_slice().iter().zip(values) {
            keywords.set_item(name, value)?;
        }
    }
    let tuple = with_objects(record.function, positional, |all| {
        fill(all, record.arguments.as_slice(), record.placeholder, given);
        PyTuple::from_slice(py, all)
    })?;
    record.function.call_tuple(&tuple, Some(&keywords))
}

/// The parts of the record that are attributes.
#[derive(Clone, Copy)]
enum Part {
    Function,
    Arguments,
    Keywords,
}

/// The attribute `part` of a partial object, for its getter.
///
/// # Safety
///
/// - `partial` is an object of the class, which the caller keeps for the call.
/// - The thread is attached.
#[inline]
unsafe fn get(partial: *mut PyObject, part: Part) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps for the call.
    let partial = unsafe { Arg::<Instance<Partial>>::new(&partial) };
    // SAFETY: getters are called on an attached thread.
    unsafe {
        entry(c"functools.partial", move |py| {
            let partial = partial.bind(py).data();
            partial.with_record(py, |record| {
                Ok(match part {
                    Part::Function => record.function.to_owned(),
                    Part::Arguments => record.arguments.to_owned().into_any(),
                    Part::Keywords => partial.keywords(py, record)?.into_any(),
                })
            })
        })
    }
}

/// The attribute `func`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_func(partial: *mut PyObject) -> *mut PyObject {
    // SAFETY: the getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { get(partial, Part::Function) }
}

/// The attribute `args`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_args(partial: *mut PyObject) -> *mut PyObject {
    // SAFETY: the getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { get(partial, Part::Arguments) }
}

/// The attribute `keywords`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_keywords(partial: *mut PyObject) -> *mut PyObject {
    // SAFETY: the getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { get(partial, Part::Keywords) }
}

/// `repr(partial)`
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_repr(partial: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Partial>(c"functools.partial", partial, move |partial| {
            let py = partial.py();
            let text = partial.with_repr_guard(|| partial.data().with_record(py, |record| repr(partial, record)))?;
            match text {
                Some(text) => Ok(text.into_any()),
                None => Ok(PyStr::new(py, "...")?.into_any()),
            }
        })
    }
}

fn repr<'py>(partial: Borrowed<'_, 'py, Instance<Partial>>, record: Record<'_, 'py>) -> PyResult<Bound<'py, PyStr>> {
    let py = partial.py();
    let (comma, equals) = (PyStr::new(py, ", ")?, PyStr::new(py, "=")?);
    let mut list = Vec::new();
    let mut push = |pieces: &[&Bound<'py, PyStr>]| -> PyResult<()> {
        list.try_reserve(pieces.len()).map_err(|_| PyErr::no_memory(py))?;
        list.extend(pieces.iter().map(|&piece| piece.clone()));
        Ok(())
    };
    for argument in record.arguments.as_slice() {
        push(&[&comma, &argument.repr()?])?;
    }
    for pair in record.keywords.to_dict(py)?.items()?.iter()? {
        let Some((key, value)) = pair?.cast::<PyTuple>()?.as_pair() else { continue };
        push(&[&comma, &key.str()?, &equals, &value.repr()?])?;
    }
    let class = partial.get_type();
    let start = [class.module_name()?.str()?, PyStr::new(py, ".")?, class.qualname()?.str()?, PyStr::new(py, "(")?];
    let (function, end) = (record.function.repr()?, PyStr::new(py, ")")?);
    let pieces = || start.iter().chain([&function]).chain(&list).chain([&end]).map(|piece| piece.data());
    let mut text = StrBuilder::for_pieces(py, pieces())?;
    pieces().for_each(|piece| text.push(piece));
    Ok(text.finish())
}

/// `partial.__reduce__()`
///
/// # Safety
///
/// Called by the class's method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_reduce(
    partial: *mut PyObject,
    _no_argument: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Partial>(c"functools.partial.__reduce__", partial, move |partial| {
            let py = partial.py();
            partial.data().with_record(py, |record| reduce(partial, record))
        })
    }
}

fn reduce<'py>(partial: Borrowed<'_, 'py, Instance<Partial>>, record: Record<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = partial.py();
    let dict = partial.data().dict.get(py).map_or_else(|| py.None(), Bound::into_any);
    let function = || record.function.to_owned();
    let (arguments, keywords) =
        (record.arguments.to_owned().into_any(), partial.data().keywords(py, record)?.into_any());
    let made_of = PyTuple::pack(py, [function()])?.into_any();
    let state = PyTuple::pack(py, [function(), arguments, keywords, dict])?.into_any();
    Ok(PyTuple::pack(py, [partial.get_type().into_any(), made_of, state])?.into_any())
}

/// `partial.__setstate__(state)`
///
/// # Safety
///
/// Called by the class's method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_partial_setstate(partial: *mut PyObject, state: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method is called with an object of its class and an object, which its caller keeps, on an attached
    // thread.
    unsafe {
        method_none_with::<Partial, _>(c"functools.partial.__setstate__", partial, state, move |partial, state| {
            set_state(partial.data(), state)?;
            Ok(())
        })
    }
}

fn set_state(partial: &Partial, state: Borrowed<'_, '_>) -> PyResult<()> {
    let py = state.py();
    let invalid = || PyTypeError::new_err(py, "invalid partial state");
    let state = state.cast_borrowed::<PyTuple>().ok_or_else(invalid)?;
    let [function, arguments, keywords, dict] = *state.as_slice() else { return Err(invalid()) };
    let arguments = arguments.cast_borrowed::<PyTuple>().filter(|_| function.is_callable()).ok_or_else(invalid)?;
    let is_dict_or_none = |object: Borrowed<'_, '_>| object.is_none() || object.is_instance_of::<PyDict>();
    if !is_dict_or_none(keywords) || !is_dict_or_none(dict) {
        return Err(invalid());
    }
    let placeholder = partial.placeholder.bind(py);
    check_last(py, arguments.as_slice(), placeholder)?;
    let arguments = match arguments.cast_exact::<PyTuple>() {
        Some(arguments) => arguments.clone(),
        None => arguments.to_tuple()?,
    };
    let keywords = match keywords.cast_borrowed::<PyDict>() {
        None => PyDict::new(py)?,
        Some(keywords) if keywords.is_exact_instance_of::<PyDict>() => keywords.to_owned(),
        Some(keywords) => keywords.copy()?,
    };
    let record = Record::pack(function.to_owned(), arguments, keywords, placeholder.to_owned())?;
    partial.record.set(py, Some(record));
    partial.replaced.store(true, Ordering::Release);
    partial.dict.set(py, dict.cast_borrowed::<PyDict>().map(Borrowed::to_owned));
    Ok(())
}
