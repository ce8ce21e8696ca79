//! `SRE_Scanner`: returns successive matches.

use super::ahead::Ahead;
use super::engine::{Cursor, Found, Mode, Request, find, poll};
use super::kept::KeptPattern;
use super::matched;
use super::pattern::PatternRef;
use super::subject::{Subject, owned};
use cpython_api::exceptions::PyValueError;
use cpython_api::types::PyBytes;
use cpython_api::{
    BiasedLock, Borrowed, Bound, Buffer, Declaration, HeldBuffer, Instance, InstanceData, Py, PyObject, PyResult,
    PyTypeObject, Python, Traversal, Visit, instance_slots, method, rust_instance,
};
use std::ffi::CStr;
use std::mem::offset_of;
use std::sync::atomic::{AtomicU8, Ordering};

unsafe extern "C" {
    /// An iterator over the results of `scanner.search()`, until it returns `None`.
    fn sre_iterator(scanner: *mut PyObject) -> *mut PyObject;
}

/// The data of a scanner. C reads the first field.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Scanner {
    pattern: KeptPattern,
    string: Py,
    /// A copy of the buffer, if the object is neither `str` nor `bytes`.
    copy: Option<Py<PyBytes>>,
    buffer: Option<HeldBuffer>,
    pos: usize,
    endpos: usize,
    /// The number of calls since the last poll.
    calls: AtomicU8,
    /// Locked during a search. Nothing waits for the lock: a call during a search raises an exception.
    progress: BiasedLock<Progress>,
}

/// How far the scanner has come.
#[derive(Debug)]
struct Progress {
    /// `None` after the last match.
    cursor: Option<Cursor>,
    ahead: Ahead,
}

const _: () = assert!(offset_of!(Scanner, pattern) == 0);

impl InstanceData for Scanner {
    const NAME: &'static CStr = c"_sre.SRE_Scanner";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(sre_scanner_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        self.pattern.traverse(visit)?;
        visit.reference(&self.string)?;
        match &self.buffer {
            Some(buffer) => buffer.traverse(visit),
            None => Ok(()),
        }
    }

    fn release(self, py: Python<'_>) {
        self.pattern.release(py);
        if let Some(copy) = self.copy {
            copy.drop_ref(py);
        }
        if let Some(buffer) = self.buffer {
            buffer.release(py);
        }
        self.string.drop_ref(py);
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn sre_scanner_instance() -> rust_instance {
    instance_slots::<Scanner>()
}

/// A new scanner.
pub(crate) fn new<'py>(
    pattern: PatternRef<'_, 'py>,
    string: Borrowed<'_, 'py>,
    pos: isize,
    endpos: isize,
) -> PyResult<Bound<'py>> {
    let py = string.py();
    let subject = Subject::for_pattern(string, pattern.data().is_bytes)?;
    let (pos, endpos) = (subject.clip(pos), subject.clip(endpos));
    let (copy, buffer) = subject.into_copy().map_or((None, None), |(copy, buffer)| (Some(copy), buffer));
    let data = Scanner {
        pattern: KeptPattern::new(pattern),
        string: string.to_owned().unbind(),
        copy: copy.map(Bound::unbind),
        buffer: buffer.map(Buffer::unbind),
        pos,
        endpos,
        calls: AtomicU8::new(0),
        progress: BiasedLock::new(Progress { cursor: Some(Cursor::new(pos)), ahead: Ahead::default() }),
    };
    pattern.data().state(py)?.new_scanner(py, data)
}

/// An iterator over the matches of a scanner.
pub(crate) fn iterator(scanner: Bound<'_>) -> PyResult<Bound<'_>> {
    // SAFETY: a live object and an attached thread.
    let iterator = unsafe { sre_iterator(scanner.as_ptr()) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned(scanner.py(), iterator) }
}

impl Scanner {
    #[inline]
    fn next<'py>(scanner: Borrowed<'_, 'py, Instance<Self>>, mode: Mode) -> PyResult<Bound<'py>> {
        let (py, data) = (scanner.py(), scanner.data());
        let calls = data.calls.load(Ordering::Relaxed).wrapping_add(1);
        data.calls.store(calls, Ordering::Relaxed);
        if calls == 0 {
            // A search that ends soon does not poll, and the caller may be C code that consumes an iterator. A signal handler can
            // use the scanner, which is not executing yet.
            poll(py)?;
        }
        match scanner.try_lock(|data| &data.progress) {
            Some(mut progress) => data.next_after(py, mode, &mut progress),
            None => Err(PyValueError::new_err(py, "regular expression scanner already executing")),
        }
    }

    #[inline]
    fn next_after<'py>(&self, py: Python<'py>, mode: Mode, progress: &mut Progress) -> PyResult<Bound<'py>> {
        let Some(cursor) = progress.cursor else { return Ok(py.None()) };
        let pattern = self.pattern.get(py);
        if pattern.data().is_longer_than(self.endpos.saturating_sub(cursor.start)) {
            progress.cursor = None;
            return Ok(py.None());
        }
        let string = self.string.bind(py);
        let subject = match &self.copy {
            Some(copy) => Subject::with_copy(string, copy.bind(py).to_owned()),
            None => Subject::new(string)?,
        };
        let mut found = Found::new();
        let is_found = if mode == Mode::Search {
            progress.ahead.find(py, pattern.data(), &subject, self.endpos, cursor, &mut found)?
        } else {
            progress.ahead.clear();
            find(py, pattern.data(), &subject, Request { cursor, end: self.endpos, mode }, &mut found)?
        };
        progress.cursor = is_found.then(|| Cursor::after(found.whole().0, found.whole().1));
        if is_found { matched::new(pattern, string, self.pos, self.endpos, found) } else { Ok(py.None()) }
    }
}

/// `scanner.match()`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Scanner_prefixmatch_impl(
    scanner: *mut PyObject,
    _cls: *mut PyTypeObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class, which its caller keeps, on an attached thread.
    unsafe { method::<Scanner>(c"SRE_Scanner.match", scanner, |scanner| Scanner::next(scanner, Mode::Match)) }
}

/// `scanner.search()`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Scanner_search_impl(
    scanner: *mut PyObject,
    _cls: *mut PyTypeObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of the class, which its caller keeps, on an attached thread.
    unsafe { method::<Scanner>(c"SRE_Scanner.search", scanner, |scanner| Scanner::next(scanner, Mode::Search)) }
}
