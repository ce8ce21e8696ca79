//! The methods of `re.Pattern` that find matches.

use super::engine::{Cursor, Found, Matches, Mode, Request, find, group};
use super::parts::Parts;
use super::pattern::{Pattern, PatternRef};
use super::subject::Subject;
use super::{matched, scanner};
use cpython_api::types::{PyList, PyTuple};
use cpython_api::{Borrowed, Bound, Py_ssize_t, PyErr, PyObject, PyResult, PyTypeObject, Python, method_with};
use std::ffi::CStr;

/// `pattern.match`, `fullmatch` or `search`, as `mode` says.
///
/// # Safety
///
/// - `pattern` is an object of the class; it and `string` are objects that the caller keeps for the call.
/// - The thread is attached.
#[inline]
unsafe fn find_one(
    name: &'static CStr,
    pattern: *mut PyObject,
    string: *mut PyObject,
    range: (isize, isize),
    mode: Mode,
) -> *mut PyObject {
    // SAFETY: the caller passes a pattern and an object, and keeps them for the call, on an attached thread (its
    // promise).
    unsafe {
        method_with::<Pattern, _>(name, pattern, string, move |pattern, string| {
            let py = string.py();
            let subject = Subject::for_pattern(string, pattern.data().is_bytes)?;
            let (pos, endpos) = (subject.clip(range.0), subject.clip(range.1));
            let mut found = Found::new();
            let request = Request { cursor: Cursor::new(pos), end: endpos, mode };
            if find(py, pattern.data(), &subject, request, &mut found)? {
                matched::new(pattern, subject.object(), pos, endpos, found)
            } else {
                Ok(py.None())
            }
        })
    }
}

/// `pattern.match(string, pos, endpos)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_prefixmatch_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    string: *mut PyObject,
    pos: Py_ssize_t,
    endpos: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a pattern and an object, which its caller keeps, on an attached thread.
    unsafe { find_one(c"re.Pattern.match", pattern, string, (pos, endpos), Mode::Match) }
}

/// `pattern.fullmatch(string, pos, endpos)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_fullmatch_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    string: *mut PyObject,
    pos: Py_ssize_t,
    endpos: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a pattern and an object, which its caller keeps, on an attached thread.
    unsafe { find_one(c"re.Pattern.fullmatch", pattern, string, (pos, endpos), Mode::FullMatch) }
}

/// `pattern.search(string, pos, endpos)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_search_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    string: *mut PyObject,
    pos: Py_ssize_t,
    endpos: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a pattern and an object, which its caller keeps, on an attached thread.
    unsafe { find_one(c"re.Pattern.search", pattern, string, (pos, endpos), Mode::Search) }
}

/// Appends an item; the allocation may fail.
#[inline]
pub(crate) fn push<'py>(items: &mut Vec<Bound<'py>>, item: Bound<'py>) -> PyResult<()> {
    if items.len() == items.capacity() {
        items.try_reserve(8).map_err(|_| PyErr::no_memory(item.py()))?;
    }
    items.push(item);
    Ok(())
}

/// `pattern.findall(string, pos, endpos)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_findall_impl(
    pattern: *mut PyObject,
    string: *mut PyObject,
    pos: Py_ssize_t,
    endpos: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with(c"re.Pattern.findall", pattern, string, move |pattern, string| {
            find_all(pattern, string, pos, endpos)
        })
    }
}

fn find_all<'py>(
    pattern: PatternRef<'_, 'py>,
    string: Borrowed<'_, 'py>,
    pos: isize,
    endpos: isize,
) -> PyResult<Bound<'py>> {
    let py = string.py();
    let data = pattern.data();
    let subject = Subject::for_pattern(string, data.is_bytes)?;
    let (mut cursor, end) = (Cursor::new(subject.clip(pos)), subject.clip(endpos));
    let mut matches = Matches::new(data);
    let mut items = Vec::new();
    let mut parts = Parts::new(&subject);
    let mut part = |positions: &[usize], index| {
        let (start, end) = group(py, positions, index)?.unwrap_or((0, 0));
        parts.get(start, end)
    };
    while !matches.is_done {
        matches.find(py, data, &subject, end, &mut cursor, usize::MAX)?;
        if data.groups() == 0 {
            items.try_reserve(matches.len()).map_err(|_| PyErr::no_memory(py))?;
        }
        // The matches of a literal are equal, so they are one object.
        let is_literal = data.groups() == 0 && data.program(py)?.is_literal();
        for positions in matches.iter() {
            let item = match data.groups() {
                0 if is_literal && let Some(last) = items.last() => Bound::clone(last),
                groups @ (0 | 1) => part(positions, groups)?,
                groups => {
                    let tuple = PyTuple::build(py, groups, |tuple| {
                        (1..=groups).try_for_each(|index| tuple.push(part(positions, index)?))
                    })?;
                    tuple.into_any()
                }
            };
            push(&mut items, item)?;
        }
    }
    PyList::from_tail(py, &mut items, 0).map(Bound::into_any)
}

/// `pattern.split(string, maxsplit)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_split_impl(
    pattern: *mut PyObject,
    string: *mut PyObject,
    maxsplit: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with(c"re.Pattern.split", pattern, string, move |pattern, string| split(pattern, string, maxsplit))
    }
}

/// The maximum number of matches for a count argument: 0 means all, and a negative count none.
#[inline]
pub(crate) fn limit(count: isize) -> usize {
    if count == 0 { usize::MAX } else { usize::try_from(count).unwrap_or(0) }
}

fn split<'py>(pattern: PatternRef<'_, 'py>, string: Borrowed<'_, 'py>, maxsplit: isize) -> PyResult<Bound<'py>> {
    let py = string.py();
    let data = pattern.data();
    let subject = Subject::for_pattern(string, data.is_bytes)?;
    let mut left = limit(maxsplit);
    let mut cursor = Cursor::new(0);
    let mut matches = Matches::new(data);
    let mut items = Vec::new();
    let mut parts = Parts::new(&subject);
    let mut last = 0;
    while left > 0 && !matches.is_done {
        matches.find(py, data, &subject, subject.len(), &mut cursor, left)?;
        left -= matches.len();
        if items.is_empty() && (left == 0 || matches.is_done) {
            // There is one batch, as in most texts: the length of the list is known.
            let list = PyList::build(py, matches.len() * (data.groups() + 1) + 1, |list| {
                add_parts(py, data.groups(), &matches, &mut parts, &mut last, |item| list.push(item))?;
                list.push(parts.get(last, subject.len())?)
            });
            return list.map(Bound::into_any);
        }
        add_parts(py, data.groups(), &matches, &mut parts, &mut last, |item| push(&mut items, item))?;
    }
    push(&mut items, parts.get(last, subject.len())?)?;
    PyList::from_tail(py, &mut items, 0).map(Bound::into_any)
}

/// Adds the parts before the matches, and the groups of these. `last` is the end of the match before.
#[inline(always)]
fn add_parts<'py>(
    py: Python<'py>,
    groups: usize,
    matches: &Matches,
    parts: &mut Parts<'_, '_, 'py>,
    last: &mut usize,
    mut add: impl FnMut(Bound<'py>) -> PyResult<()>,
) -> PyResult<()> {
    for positions in matches.iter() {
        add(parts.get(*last, positions[0])?)?;
        for index in 1..=groups {
            let item = match group(py, positions, index)? {
                Some((start, end)) => parts.get(start, end)?,
                None => py.None(),
            };
            add(item)?;
        }
        *last = positions[1];
    }
    Ok(())
}

/// `pattern.finditer(string, pos, endpos)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_finditer_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    string: *mut PyObject,
    pos: Py_ssize_t,
    endpos: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with(c"re.Pattern.finditer", pattern, string, move |pattern, string| {
            scanner::iterator(scanner::new(pattern, string, pos, endpos)?)
        })
    }
}

/// `pattern.scanner(string, pos, endpos)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern_scanner_impl(
    pattern: *mut PyObject,
    _cls: *mut PyTypeObject,
    string: *mut PyObject,
    pos: Py_ssize_t,
    endpos: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class and an argument, which its caller keeps, on an attached thread.
    unsafe {
        method_with(c"re.Pattern.scanner", pattern, string, move |pattern, string| {
            scanner::new(pattern, string, pos, endpos)
        })
    }
}
