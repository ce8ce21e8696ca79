//! `re.Pattern`: a program, and the attributes of the pattern. It is immutable.

use super::ctype::Types;
use super::linear::Linear;
use super::subject::{Subject, owned};
use super::tuples::Tuples;
use super::{State, state};
use crate::core::constants::flag;
use crate::core::program::Program;
use crate::core::translate::{self, translate, validate};
use cpython_api::exceptions::PyRuntimeError;
use cpython_api::types::{CompareOp, PyDict, PyList, PyModule, PyStr, PyTuple, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Declaration, Instance, InstanceData, Py, Py_ssize_t, PyErr, PyObject, PyResult, Python,
    Traversal, Visit, WeakrefList, entry, instance_slots, method, method_value, method_with, rust_instance,
};
use std::collections::TryReserveError;
use std::ffi::{CStr, c_int};
use std::fmt::Write;
use std::mem::offset_of;
use std::ops::Deref;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use try_alloc::boxed;

unsafe extern "C" {
    /// `PyDictProxy_New`
    fn sre_mapping_proxy(dict: *mut PyObject) -> *mut PyObject;
    /// `Py_HashBuffer`
    fn sre_hash_code(code: *const u32, count: isize) -> isize;
    /// The words of a code list, at most `count`: stores them and returns their number, or -1 with an exception set.
    fn sre_code_words(list: *mut PyObject, words: *mut u32, count: isize) -> isize;
    /// The `repr` of a pattern; flags may be NULL.
    fn sre_pattern_text(pattern: *mut PyObject, flags: *mut PyObject) -> *mut PyObject;
}

/// The maximum number of matches that run the code list: together they lose less time than the translation takes.
const DIRECT: u8 = 4;

/// The maximum number of names that are compared.
const NAMES: usize = 16;

/// The maximum number of words that are stored without an allocation.
const FEW: usize = 24;

/// The words of a code list.
#[derive(Debug)]
pub(crate) enum Code {
    /// A few, and their number.
    Few([u32; FEW], usize),
    Many(Vec<u32>),
}

impl Deref for Code {
    type Target = [u32];

    #[inline]
    fn deref(&self) -> &[u32] {
        match self {
            Self::Few(words, len) => words.get(..*len).unwrap_or_default(),
            Self::Many(words) => words,
        }
    }
}

/// The data of a pattern. The member definitions in `_sremodule.c` have the offsets of some fields.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Pattern {
    pattern: Py,
    groups: isize,
    weakrefs: WeakrefList,
    flags: c_int,
    /// Whether it matches `bytes` or `str`; `None`, if the pattern is `None`, for both.
    pub(crate) is_bytes: Option<bool>,
    /// `None` if it is empty.
    pub(crate) groupindex: Option<Py<PyDict>>,
    pub(crate) indexgroup: Option<Py<PyTuple>>,
    /// The addresses of the names, if `groupindex` agrees with `indexgroup`: see [`names`](Self::names).
    addresses: OnceLock<Option<Box<[usize; NAMES]>>>,
    /// The code list, which is valid.
    pub(crate) code: Code,
    /// The program, which is translated when it is first needed.
    program: OnceLock<Box<Program>>,
    /// How many matches have run the code list instead; it may be too low by a few.
    direct: AtomicU8,
    pub(crate) linear: Linear,
    /// The class `re.Match`, whose objects have the data `Match`.
    pub(crate) match_class: Py<PyType>,
    pub(crate) tuples: Tuples,
}

const _: () = assert!(offset_of!(Pattern, pattern) == 0 && offset_of!(Pattern, groups) == size_of::<usize>());
const _: () = assert!(
    offset_of!(Pattern, weakrefs) == 2 * size_of::<usize>() && offset_of!(Pattern, flags) == 3 * size_of::<usize>()
);

impl InstanceData for Pattern {
    const NAME: &'static CStr = c"re.Pattern";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(sre_pattern_instance) });

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.pattern)?;
        visit.references(&self.groupindex)?;
        visit.references(&self.indexgroup)?;
        visit.reference(&self.match_class)?;
        self.tuples.traverse(visit)
    }

    fn clear(&self, py: Python<'_>) {
        self.tuples.clear(py);
    }

    fn release(self, py: Python<'_>) {
        self.pattern.drop_ref(py);
        self.groupindex.into_iter().for_each(|groupindex| groupindex.drop_ref(py));
        self.indexgroup.into_iter().for_each(|indexgroup| indexgroup.drop_ref(py));
        self.match_class.drop_ref(py);
        self.tuples.release(py);
    }
}

impl Pattern {
    /// The state of the module.
    #[inline]
    pub(crate) fn state<'a>(&'a self, py: Python<'_>) -> PyResult<&'a State> {
        self.match_class.bind(py).module_state()
    }

    /// The names of the groups, each at the place of its number, if there are few and `groupindex` had the same names and
    /// numbers in the same order when it was first asked for them. That is so for what `re` compiles.
    #[inline]
    pub(crate) fn names<'a, 'py>(&'a self, py: Python<'py>) -> Option<Borrowed<'a, 'py, PyTuple>> {
        let names = self.indexgroup.as_ref()?.bind(py);
        self.addresses(py).map(|_| names)
    }

    /// The number of the group with a name, if [`names`](Self::names) has that very object.
    #[inline]
    pub(crate) fn number_of(&self, name: Borrowed<'_, '_>) -> Option<usize> {
        // No object has the address 0, with which the list is filled up. `indexgroup` keeps the others.
        self.addresses(name.py())?.iter().position(|address| *address == name.as_ptr().addr())
    }

    #[inline]
    fn addresses(&self, py: Python<'_>) -> Option<&[usize; NAMES]> {
        match self.addresses.get() {
            Some(addresses) => addresses.as_deref(),
            None => self.compare_names(&self.indexgroup.as_ref()?.bind(py)),
        }
    }

    #[cold]
    fn compare_names(&self, names: &Bound<'_, PyTuple>) -> Option<&[usize; NAMES]> {
        let snapshot = self.groupindex.as_ref().and_then(|groupindex| groupindex.bind(names.py()).snapshot::<NAMES>());
        let agree = snapshot.is_some_and(|(keys, numbers, count)| {
            let mut expected = keys.iter().flatten().zip(numbers.iter().flatten()).take(count);
            let mut named = (0_i64..).zip(names.items()).filter(|(_, name)| !name.is_none());
            let same = named.all(|(index, name)| {
                name.is_exact_instance_of::<PyStr>()
                    && expected
                        .next()
                        .is_some_and(|(key, number)| key.as_ptr() == name.as_ptr() && number.exact_i64() == Some(index))
            });
            same && expected.next().is_none() && names.len() <= NAMES.min(self.groups() + 1)
        });
        let mut addresses = [0; NAMES];
        addresses.iter_mut().zip(names.items()).for_each(|(address, name)| *address = name.as_ptr().addr());
        // Without memory, the names are looked up in the dict.
        let addresses = if agree { boxed(addresses).ok() } else { None };
        // Another thread may have come first, with the same result unless the dict is being changed.
        self.addresses.get_or_init(|| addresses).as_deref()
    }

    /// The number of groups.
    #[inline]
    pub(crate) fn groups(&self) -> usize {
        self.groups as usize
    }

    /// The program.
    #[inline]
    pub(crate) fn program(&self, py: Python<'_>) -> PyResult<&Program> {
        match self.program.get() {
            Some(program) => Ok(program),
            None => self.translate(py),
        }
    }

    /// The program, if there is one already.
    #[inline]
    pub(crate) fn translated(&self) -> Option<&Program> {
        self.program.get().map(|program| &**program)
    }

    /// The code list, if a match may run it because there is no program: few matches have done so.
    #[inline]
    pub(crate) fn direct(&self) -> Option<&[u32]> {
        let before = self.direct.load(Ordering::Relaxed);
        (before < DIRECT).then(|| {
            self.direct.store(before + 1, Ordering::Relaxed);
            &*self.code
        })
    }

    /// Threads that need the program at the same time may each translate it, so that none waits for another.
    #[cold]
    #[inline(never)]
    fn translate(&self, py: Python<'_>) -> PyResult<&Program> {
        let program = translate(&self.code, self.groups, Types).map_err(|error| raise(py, error))?;
        Ok(self.program.get_or_init(|| program))
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn sre_pattern_instance() -> rust_instance {
    instance_slots::<Pattern>()
}

/// Creates a pattern from a code list.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_compile_impl(
    module: *mut PyObject,
    pattern: *mut PyObject,
    flags: c_int,
    code: *mut PyObject,
    groups: Py_ssize_t,
    groupindex: *mut PyObject,
    indexgroup: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps for the call.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code passes an object that its caller keeps for the call.
    let pattern: Arg<'_> = unsafe { Arg::new(&pattern) };
    // SAFETY: the parsing code has checked that this is a list, which its caller keeps for the call.
    let code = unsafe { Arg::<PyList>::new(&code) };
    // SAFETY: the parsing code has checked that this is a dict, which its caller keeps for the call.
    let groupindex = unsafe { Arg::<PyDict>::new(&groupindex) };
    // SAFETY: the parsing code has checked that this is a tuple, which its caller keeps for the call.
    let indexgroup = unsafe { Arg::<PyTuple>::new(&indexgroup) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe {
        entry(c"_sre.compile", move |py| {
            let (module, pattern) = (module.bind(py), pattern.bind(py));
            let code = words(&code.bind(py))?;
            let is_bytes = if pattern.is_none() { None } else { Some(Subject::new(pattern)?.is_bytes()) };
            validate(&code, groups, Types).map_err(|error| raise(py, error))?;
            let state = state(module)?;
            let groupindex = groupindex.bind(py);
            let groupindex = (!groupindex.is_empty()).then(|| groupindex.to_owned().unbind());
            let indexgroup = indexgroup.bind(py);
            let has_names = groupindex.is_some() && !indexgroup.is_empty();
            let data = Pattern {
                pattern: pattern.to_owned().unbind(),
                groups,
                weakrefs: WeakrefList::new(),
                flags,
                is_bytes,
                groupindex,
                indexgroup: has_names.then(|| indexgroup.to_owned().unbind()),
                addresses: OnceLock::new(),
                code,
                program: OnceLock::new(),
                direct: AtomicU8::new(0),
                linear: Linear::new(),
                match_class: state.match_class.clone_ref(py),
                tuples: Tuples::new(),
            };
            let class = state.pattern_class.bind(py);
            let Some(class) = class.as_class::<Pattern>() else { unreachable!("the class of patterns") };
            class.object(py, data)
        })
    }
}

/// Converts the error of the translation to an exception.
#[cold]
fn raise(py: Python<'_>, error: translate::Error) -> PyErr {
    match error {
        translate::Error::Invalid => PyRuntimeError::new_err(py, "invalid SRE code"),
        translate::Error::NoMemory => PyErr::no_memory(py),
    }
}

/// The words of a code list.
fn words(list: &Bound<'_, PyList>) -> PyResult<Code> {
    let py = list.py();
    let len = list.len();
    let copy = |words, room: usize| {
        // SAFETY: a live list and an attached thread; the function writes at most as many words as there is room for.
        let count = unsafe { sre_code_words(list.as_ptr(), words, room as isize) };
        // SAFETY: a negative number comes with an exception.
        usize::try_from(count).map_err(|_| unsafe { PyErr::already_set(py) })
    };
    if len <= FEW {
        let mut few = [0; FEW];
        let count = copy(few.as_mut_ptr(), len)?;
        return Ok(Code::Few(few, count));
    }
    let mut words = Vec::new();
    words.try_reserve_exact(len).map_err(|_| PyErr::no_memory(py))?;
    let count = copy(words.as_mut_ptr(), words.capacity())?;
    // SAFETY: the function has written that many words, for which there is room.
    unsafe { words.set_len(count) };
    Ok(Code::Many(words))
}

/// The attribute `groupindex`.
///
/// # Safety
///
/// Called by the class's getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_pattern_groupindex(pattern: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { method(c"re.Pattern.groupindex", pattern, groupindex) }
}

fn groupindex<'py>(pattern: PatternRef<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = pattern.py();
    let Some(groupindex) = &pattern.data().groupindex else { return PyDict::new(py).map(Bound::into_any) };
    // SAFETY: a live dict and an attached thread.
    let proxy = unsafe { sre_mapping_proxy(groupindex.as_ptr()) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned(py, proxy) }
}

const FLAGS: [(&str, i32); 8] = [
    ("re.IGNORECASE", flag::IGNORECASE),
    ("re.LOCALE", flag::LOCALE),
    ("re.MULTILINE", flag::MULTILINE),
    ("re.DOTALL", flag::DOTALL),
    ("re.UNICODE", flag::UNICODE),
    ("re.VERBOSE", flag::VERBOSE),
    ("re.DEBUG", flag::DEBUG),
    ("re.ASCII", flag::ASCII),
];

/// An upper bound of the length of the text of flags: 8 names of at most 13 characters, a hexadecimal number, and separators.
const LONGEST: usize = 8 * 14 + 10;

/// The flags as `repr()` shows them.
fn flags_text(data: &Pattern) -> Result<String, TryReserveError> {
    let mut flags = data.flags;
    // UNICODE is the default of patterns for str, which the repr omits.
    if data.is_bytes == Some(false) && flags & (flag::LOCALE | flag::UNICODE | flag::ASCII) == flag::UNICODE {
        flags &= !flag::UNICODE;
    }
    let mut text = String::new();
    text.try_reserve(LONGEST)?;
    for (name, value) in FLAGS {
        if flags & value != 0 {
            text.push_str(if text.is_empty() { "" } else { "|" });
            text.push_str(name);
            flags &= !value;
        }
    }
    if flags != 0 {
        text.push_str(if text.is_empty() { "" } else { "|" });
        // Writing to a `String` returns no error, and there is room for the text.
        let _ = write!(text, "{flags:#x}");
    }
    Ok(text)
}

/// `repr(pattern)`
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_pattern_repr(pattern: *mut PyObject) -> *mut PyObject {
    // SAFETY: the slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe { method(c"re.Pattern", pattern, repr) }
}

fn repr<'py>(pattern: PatternRef<'_, 'py>) -> PyResult<Bound<'py>> {
    let (py, data) = (pattern.py(), pattern.data());
    let flags = flags_text(data).map_err(|_| PyErr::no_memory(py))?;
    let flags = if flags.is_empty() { None } else { Some(PyStr::new(py, &flags)?) };
    let flags = flags.as_ref().map_or(std::ptr::null_mut(), Bound::as_ptr);
    // SAFETY: live objects, or NULL for flags, and an attached thread.
    let text = unsafe { sre_pattern_text(data.pattern.as_ptr(), flags) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { owned(py, text) }
}

/// `hash(pattern)`
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_pattern_hash(pattern: *mut PyObject) -> Py_ssize_t {
    // SAFETY: the slot is called with an object of its class, which its caller keeps, on an attached thread.
    unsafe {
        method_value::<Pattern, _>(c"re.Pattern.__hash__", pattern, move |pattern| hash(pattern.py(), pattern.data()))
    }
}

fn hash(py: Python<'_>, data: &Pattern) -> PyResult<isize> {
    let code = &data.code;
    let is_bytes = data.is_bytes.map_or(-1, isize::from);
    // SAFETY: the pointer and the length are those of a slice.
    let code_hash = unsafe { sre_hash_code(code.as_ptr(), code.len() as isize) };
    let hash = data.pattern.bind(py).hash()? ^ code_hash ^ data.flags as isize ^ is_bytes ^ code.len() as isize;
    Ok(if hash == -1 { -2 } else { hash })
}

/// `left == right` and `left != right`
///
/// # Safety
///
/// Called as the slot of the class alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sre_pattern_richcompare(
    left: *mut PyObject,
    right: *mut PyObject,
    op: c_int,
) -> *mut PyObject {
    // SAFETY: the slot is called with an object of its class and another one, which its caller keeps, on an attached thread.
    unsafe {
        method_with::<Pattern, _>(c"re.Pattern", left, right, move |left, right| {
            let py = right.py();
            let op = CompareOp::from_raw(op);
            let (Some(CompareOp::Eq | CompareOp::Ne), Some(other)) = (op, right.cast_instance::<Pattern>()) else {
                return Ok(py.NotImplemented());
            };
            let is_equal = left.is(&other) || are_equal(py, left.data(), other.data())?;
            py_bool(py, is_equal == matches!(op, Some(CompareOp::Eq)))
        })
    }
}

fn py_bool(py: Python<'_>, value: bool) -> PyResult<Bound<'_>> {
    Ok(cpython_api::types::PyBool::new(py, value).into_any())
}

fn are_equal(py: Python<'_>, left: &Pattern, right: &Pattern) -> PyResult<bool> {
    // The code of the same pattern can differ, depending on the locale.
    if left.flags != right.flags || left.is_bytes != right.is_bytes || *left.code != *right.code {
        return Ok(false);
    }
    left.pattern.bind(py).eq(&right.pattern.bind(py))
}

/// `copy.copy(pattern)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern___copy___impl(pattern: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object that its caller keeps for the call.
    let pattern: Arg<'_> = unsafe { Arg::new(&pattern) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"re.Pattern.__copy__", move |py| Ok(pattern.bind(py).to_owned())) }
}

/// `copy.deepcopy(pattern)`
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _sre_SRE_Pattern___deepcopy___impl(
    pattern: *mut PyObject,
    _memo: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a pattern, which its caller keeps, on an attached thread: the same as to
    // `__copy__`.
    unsafe { _sre_SRE_Pattern___copy___impl(pattern) }
}

/// A borrowed pattern.
pub(crate) type PatternRef<'a, 'py> = Borrowed<'a, 'py, Instance<Pattern>>;
