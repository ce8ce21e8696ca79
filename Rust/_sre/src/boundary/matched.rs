//! `re.Match`: the spans of a match and of its groups.

use super::engine::{Found, wrong_span};
use super::kept::KeptPattern;
use super::pattern::PatternRef;
use super::subject::{Subject, buffer_of, owned, substring};
use cpython_api::exceptions::PyIndexError;
use cpython_api::types::{PyBytes, PyDict, PyInt, PyStr, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, Buffer, CallArguments, Class, Declaration, Instance, InstanceData, Nullable, Py, Py_ssize_t,
    PyErr, PyObject, PyResult, Python, SharedRef, Traversal, Visit, entry, instance_slots, method, method_value_with,
    method_with, rust_instance,
};
use std::ffi::CStr;
use std::mem::offset_of;

unsafe extern "C" {
    /// The `repr` of a match.
    fn sre_match_text(object: *mut PyObject, start: isize, end: isize, group: *mut PyObject) -> *mut PyObject;
}

/// The data of a match. C reads the first fields.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Match {
    string: Py,
    pattern: KeptPattern,
    pos: isize,
    endpos: isize,
    found: Found,
    regs: SharedRef<PyTuple>,
}

const _: () = assert!(offset_of!(Match, string) == 0 && offset_of!(Match, pattern) == size_of::<usize>());
const _: () =
    assert!(offset_of!(Match, pos) == 3 * size_of::<usize>() && offset_of!(Match, endpos) == 4 * size_of::<usize>());

impl InstanceData for Match {
    const NAME: &'static CStr = c"re.Match";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(sre_match_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.string)?;
        self.pattern.traverse(visit)?;
        visit.shared(&self.regs)
    }

    fn release(self, py: Python<'_>) {
        self.string.drop_ref(py);
        self.pattern.release(py);
        drop(self.regs.into_inner().map(|regs| regs.into_bound(py)));
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn sre_match_instance() -> rust_instance {
    instance_slots::<Match>()
}

/// A new match.
#[inline(always)]
pub(crate) fn new<'py>(
    pattern: PatternRef<'_, 'py>,
    string: Borrowed<'_, 'py>,
    pos: usize,
    endpos: usize,
    found: Found,
) -> PyResult<Bound<'py>> {
    let py = string.py();
    if found.has_wrong_span() {
        return Err(wrong_span(py));
    }
    let made = Match {
        string: string.to_owned().unbind(),
        pattern: KeptPattern::new(pattern),
        pos: pos as isize,
        endpos: endpos as isize,
        found,
        regs: SharedRef::new(None),
    };
    let class = pattern.data().match_class.as_ptr().cast();
    // SAFETY: `compile` has set it to the class of matches, which the pattern keeps.
    unsafe { Class::<Match>::new(&class) }.object(py, made)
}

#[cold]
fn no_such_group(py: Python<'_>) -> PyErr {
    PyIndexError::new_err(py, "no such group")
}

impl Match {
    /// The pattern.
    #[inline]
    pub(crate) fn pattern<'py>(&self, py: Python<'py>) -> PatternRef<'_, 'py> {
        self.pattern.get(py)
    }

    /// The number of groups, the whole match included.
    #[inline]
    pub(crate) fn groups(&self) -> usize {
        self.found.groups()
    }

    /// The span of a group, (-1, -1) if it has not matched.
    #[inline]
    fn span(&self, group: usize) -> (isize, isize) {
        self.found.span(group)
    }

    /// The span of a group, if it has matched.
    #[inline]
    fn matched_span(&self, group: usize) -> Option<(usize, usize)> {
        let (start, end) = self.span(group);
        Some((usize::try_from(start).ok()?, usize::try_from(end).ok()?))
    }

    /// The number of a group that is given by number or name.
    #[inline]
    fn index(&self, group: Borrowed<'_, '_>) -> PyResult<usize> {
        let py = group.py();
        if let Some(index) = group.exact_i64() {
            return self.checked(py, index);
        }
        self.other_index(group)
    }

    /// As [`index`](Self::index), of anything but an `int`.
    fn other_index(&self, group: Borrowed<'_, '_>) -> PyResult<usize> {
        let py = group.py();
        let pattern = self.pattern(py).data();
        if group.is_exact_instance_of::<PyStr>() {
            // A name in a program is mostly the same object as the name in the pattern, as both are interned.
            if let Some(index) = pattern.number_of(group) {
                return Ok(index);
            }
        } else if group.is_index() {
            // No group has a number that does not fit.
            return self.checked(py, group.index()?.exact_i64().unwrap_or(-1));
        }
        let number = match &pattern.groupindex {
            Some(names) => names.bind(py).get_item(&group)?,
            None => None,
        };
        let number = match number {
            Some(number) if number.is_instance_of::<PyInt>() => number.as_ssize()? as i64,
            _ => -1,
        };
        self.checked(py, number)
    }

    /// The number, if it is that of a group.
    #[inline]
    fn checked(&self, py: Python<'_>, number: i64) -> PyResult<usize> {
        usize::try_from(number).ok().filter(|index| *index < self.groups()).ok_or_else(|| no_such_group(py))
    }

    /// The text of a group; `default` if it has not matched.
    #[inline]
    pub(crate) fn group<'py>(&self, group: usize, default: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
        self.next_group(group, default, &mut None)
    }

    /// As [`group`](Self::group), for a match in this string.
    #[inline]
    fn group_in<'py>(
        &self,
        string: Borrowed<'_, 'py, PyStr>,
        group: usize,
        default: Borrowed<'_, 'py>,
    ) -> PyResult<Bound<'py>> {
        match self.matched_span(group) {
            Some((start, end)) => substring(string, start, end),
            None => Ok(default.to_owned()),
        }
    }

    /// As [`group`](Self::group), for several groups: the buffer of the string is requested once.
    #[inline]
    fn next_group<'py>(
        &self,
        group: usize,
        default: Borrowed<'_, 'py>,
        buffer: &mut Option<Buffer<'py>>,
    ) -> PyResult<Bound<'py>> {
        let py = default.py();
        let string = self.string.bind(py);
        if let Some(string) = string.cast_borrowed::<PyStr>() {
            return self.group_in(string, group, default);
        }
        let Some((start, end)) = self.matched_span(group) else { return Ok(default.to_owned()) };
        if let Some(subject) = Subject::in_place(string) {
            return subject.slice(start, end);
        }
        let buffer = match buffer {
            Some(buffer) => buffer,
            None => buffer.insert(buffer_of(string)?),
        };
        // The object may have been shortened since the match.
        let (start, end) = (start.min(buffer.len()), end.min(buffer.len()));
        let part = buffer.with_range(start, end.saturating_sub(start), |part| PyBytes::new(py, part))?;
        part.unwrap_or_else(|| PyBytes::new(py, &[])).map(Bound::into_any)
    }
}

fn pair(py: Python<'_>, (start, end): (isize, isize)) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::build(py, 2, |pair| pair.extend_i64(&[start as i64, end as i64]))
}

/// `match.group(*groups)`
///
/// # Safety
///
/// Called by the class's method alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_match_group(
    object: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: a method is called with that many objects, which its caller keeps for the call, and no names.
    let arguments = unsafe { CallArguments::new(&object, arguments, count as usize, std::ptr::null_mut()) };
    // SAFETY: a method is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Match>(c"re.Match.group", object, move |object| {
            let py = object.py();
            let data = object.data();
            let none = py.None();
            let default = none.as_borrowed();
            match arguments.positional(py) {
                [] => data.group(0, default),
                [group] => data.group(data.index(*group)?, default),
                groups => {
                    let tuple = PyTuple::build(py, groups.len(), |tuple| {
                        groups.iter().try_for_each(|group| tuple.push(data.group(data.index(*group)?, default)?))
                    })?;
                    Ok(tuple.into_any())
                }
            }
        })
    }
}

/// `match[group]`
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_match_getitem(object: *mut PyObject, group: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of its class and a key, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Match, _>(c"re.Match.__getitem__", object, group, |object, group| {
            let data = object.data();
            data.group(data.index(group)?, group.py().None().as_borrowed())
        })
    }
}

/// `match.groups(default)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match_groups_impl(object: *mut PyObject, default: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Match, _>(c"re.Match.groups", object, default, |object, default| {
            let (py, data) = (default.py(), object.data());
            let tuple = if let Some(string) = data.string.bind(py).cast_borrowed::<PyStr>() {
                PyTuple::build(py, data.groups() - 1, |tuple| {
                    (1..data.groups()).try_for_each(|group| tuple.push(data.group_in(string, group, default)?))
                })
            } else {
                let mut buffer = None;
                PyTuple::build(py, data.groups() - 1, |tuple| {
                    (1..data.groups()).try_for_each(|group| tuple.push(data.next_group(group, default, &mut buffer)?))
                })
            };
            Ok(tuple?.into_any())
        })
    }
}

/// `match.groupdict(default)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match_groupdict_impl(object: *mut PyObject, default: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Match, _>(c"re.Match.groupdict", object, default, |object, default| {
            group_dict(object.data(), default)
        })
    }
}

/// The maximum number of names whose groups are added to the dict one by one.
const FEW: usize = 2;

fn group_dict<'py>(data: &Match, default: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = default.py();
    let pattern = data.pattern(py).data();
    let Some(groupindex) = &pattern.groupindex else { return PyDict::new(py).map(Bound::into_any) };
    let groupindex = groupindex.bind(py);
    let mut buffer = None;
    if let Some(names) = pattern.names(py)
        && groupindex.len() <= FEW
    {
        // A few calls take less time than the memory for a list of items.
        let dict = PyDict::new(py)?;
        names
            .items()
            .enumerate()
            .filter(|(_, name)| !name.is_none())
            .try_for_each(|(index, name)| dict.set_item(&name, &data.next_group(index, default, &mut buffer)?))?;
        return Ok(dict.into_any());
    }
    let mut items = Vec::new();
    items.try_reserve(2 * groupindex.len()).map_err(|_| PyErr::no_memory(py))?;
    let mut add = |name: Bound<'py>, index: usize| -> PyResult<()> {
        let part = data.next_group(index, default, &mut buffer)?;
        items.try_reserve(2).map_err(|_| PyErr::no_memory(py))?;
        items.push(name);
        items.push(part);
        Ok(())
    };
    if let Some(names) = pattern.names(py) {
        names.items().enumerate().filter(|(_, name)| !name.is_none()).try_for_each(|(index, name)| add(name, index))?;
    } else {
        groupindex.keys()?.items().try_for_each(|name| {
            let index = data.index(name.as_borrowed())?;
            add(name, index)
        })?;
    }
    PyDict::from_tail(py, &mut items, 0).map(Bound::into_any)
}

/// The group argument of a method, 0 if it is omitted.
#[inline]
fn index_or_whole(data: &Match, group: Option<Borrowed<'_, '_>>) -> PyResult<usize> {
    group.map_or(Ok(0), |group| data.index(group))
}

/// The start or the end of a group.
///
/// # Safety
///
/// As for a method of the class; the group is NULL if it is left out.
#[inline]
unsafe fn position(
    name: &'static CStr,
    object: *mut PyObject,
    group: *mut PyObject,
    part: impl FnOnce((isize, isize)) -> isize,
) -> Py_ssize_t {
    // SAFETY: the caller passes a match, and an object or NULL, and keeps them for the call, on an attached thread (its
    // promise).
    unsafe {
        method_value_with::<Match, _, _>(name, object, Nullable(group), |object, group| {
            let data = object.data();
            Ok(part(data.span(index_or_whole(data, group)?)))
        })
    }
}

/// `match.start(group)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match_start_impl(object: *mut PyObject, group: *mut PyObject) -> Py_ssize_t {
    // SAFETY: the parsing code passes a match, and an object or NULL, which its caller keeps, on an attached thread.
    unsafe { position(c"re.Match.start", object, group, |span| span.0) }
}

/// `match.end(group)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match_end_impl(object: *mut PyObject, group: *mut PyObject) -> Py_ssize_t {
    // SAFETY: the parsing code passes a match, and an object or NULL, which its caller keeps, on an attached thread.
    unsafe { position(c"re.Match.end", object, group, |span| span.1) }
}

/// `match.span(group)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match_span_impl(object: *mut PyObject, group: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an object or NULL, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Match, _>(c"re.Match.span", object, Nullable(group), |object, group| {
            let data = object.data();
            Ok(pair(object.py(), data.span(index_or_whole(data, group)?))?.into_any())
        })
    }
}

/// `copy.copy(match)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match___copy___impl(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object that its caller keeps for the call.
    let object: Arg<'_> = unsafe { Arg::new(&object) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"re.Match.__copy__", move |py| Ok(object.bind(py).to_owned())) }
}

/// `copy.deepcopy(match)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Match___deepcopy___impl(
    object: *mut PyObject,
    _memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a match, which its caller keeps, on an attached thread: the same as to
    // `__copy__`.
    unsafe { _sre_SRE_Match___copy___impl(object) }
}

/// The attribute `lastindex`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_match_lastindex(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Match>(c"re.Match.lastindex", object, |object| match object.data().found.last_index() {
            0 => Ok(object.py().None()),
            index => PyInt::new(object.py(), index as isize).map(Bound::into_any),
        })
    }
}

/// The attribute `lastgroup`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_match_lastgroup(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Match>(c"re.Match.lastgroup", object, |object| {
            let (py, data) = (object.py(), object.data());
            let names = data.pattern(py).data().indexgroup.as_ref();
            let name = match (data.found.last_index(), names) {
                (0, _) | (_, None) => None,
                (index, Some(names)) => names.bind(py).get_item(index as usize),
            };
            Ok(name.unwrap_or_else(|| py.None()))
        })
    }
}

/// The attribute `regs`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_match_regs(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method::<Match>(c"re.Match.regs", object, |object| {
            let (py, data) = (object.py(), object.data());
            let regs = data.regs.get_or_try_init(py, || {
                PyTuple::build(py, data.groups(), |regs| {
                    (0..data.groups()).try_for_each(|group| regs.push(pair(py, data.span(group))?.into_any()))
                })
            })?;
            Ok(regs.into_any())
        })
    }
}

/// `repr(match)`
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_match_repr(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { method(c"re.Match", object, repr) }
}

fn repr<'py>(object: Borrowed<'_, 'py, Instance<Match>>) -> PyResult<Bound<'py>> {
    let py = object.py();
    let group = object.data().group(0, py.None().as_borrowed())?;
    let (start, end) = object.data().span(0);
    // SAFETY: live objects and an attached thread.
    let text = unsafe { sre_match_text(object.as_ptr(), start, end, group.as_ptr()) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned(py, text) }
}
