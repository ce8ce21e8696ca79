//! `_lru_cache_wrapper`: a function whose results are kept.
//!
//! C's class has no vectorcall function, so that each call makes a tuple, and it locks the object for the whole search. Here
//! a key is searched for by its items as they are passed, under one stripe of a lock that readers share
//! ([`StripedLock`]), and a tuple is made only for a key that is stored.
//!
//! Inside the lock nothing runs Python code. Items that are not equal without it (`exact_eq`) are compared outside, with
//! its own references, and the search starts again with what has been learnt of that entry.

use super::{State, with_objects};
use crate::lru::{Found, Hashing, Lru, Match, Uses};
use cpython_api::exceptions::{PyOverflowError, PyTypeError};
use cpython_api::types::{PyInt, PyTuple};
use cpython_api::{
    Arg, Borrowed, Bound, CallArguments, Class, Instance, InstanceData, InstanceDict, Py, PyErr, PyObject, PyResult,
    PyTypeObject, Python, StripedLock, Traversal, Vectorcall, Visit, WeakrefList, entry, instance_slots, method,
    method_none, rust_instance,
};
use std::ffi::{CStr, c_int};
use std::mem::offset_of;

/// A result that is kept.
#[derive(Debug)]
struct Cached {
    /// The only argument if that is exactly an int or a str, or a tuple.
    key: Py,
    is_scalar: bool,
    result: Py,
}

impl Cached {
    fn release(self, py: Python<'_>) {
        self.key.drop_ref(py);
        self.result.drop_ref(py);
    }
}

/// What threads count.
#[derive(Debug, Default)]
struct Counts {
    hits: isize,
    misses: isize,
    /// When results were used.
    uses: Uses,
}

/// How many results are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MaxSize {
    None,
    Zero,
    /// Not zero.
    Most(isize),
}

/// The data of an object. C knows where the first two fields are.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct LruCache {
    dict: InstanceDict,
    weakrefs: WeakrefList,
    /// One, in memory of its own because of its alignment.
    cache: Box<[StripedLock<Lru<Cached>, Counts>; 1]>,
    hashing: Hashing,
    typed: bool,
    maxsize: MaxSize,
    function: Py,
    kwd_mark: Py,
    cache_info_type: Py,
}

const _: () = assert!(offset_of!(LruCache, dict) == 0 && offset_of!(LruCache, weakrefs) == size_of::<usize>());

impl InstanceData for LruCache {
    const NAME: &'static CStr = c"functools._lru_cache_wrapper";
    const CALL: Option<Vectorcall> = Some(call);

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.striped(&self.cache[0], |visit, table| {
            table.entries().try_for_each(|cached| {
                visit.reference(&cached.key)?;
                visit.reference(&cached.result)
            })
        })?;
        visit.reference(&self.function)?;
        visit.reference(&self.kwd_mark)?;
        visit.reference(&self.cache_info_type)?;
        visit.shared(&self.dict)
    }

    fn clear(&self, py: Python<'_>) {
        // The function and the class are older than this object, so a reference cycle through them has another object,
        // which is cleared.
        self.clear_cache(py, false);
        self.dict.set(py, None);
    }

    fn release(self, py: Python<'_>) {
        let [cache] = *self.cache;
        for entry in cache.into_inner().clear() {
            entry.value.release(py);
        }
        self.function.drop_ref(py);
        self.kwd_mark.drop_ref(py);
        self.cache_info_type.drop_ref(py);
        drop(self.dict.into_inner().map(|dict| dict.into_bound(py)));
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn functools_lru_cache_instance() -> rust_instance {
    instance_slots::<LruCache>()
}

/// Makes an object that keeps at most `maxsize` results of a function; no limit if that is None.
///
/// # Safety
///
/// Called by the C side's `tp_new` alone, with the class and with arguments that its caller keeps.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn functools_lru_cache_new(
    cls: *mut PyTypeObject,
    function: *mut PyObject,
    maxsize: *mut PyObject,
    typed: c_int,
    cache_info_type: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the C side passes the class with the slots above, which its caller keeps.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let function: Arg<'_> = unsafe { Arg::new(&function) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let maxsize: Arg<'_> = unsafe { Arg::new(&maxsize) };
    // SAFETY: the C side passes an object that its caller keeps for the call.
    let cache_info_type: Arg<'_> = unsafe { Arg::new(&cache_info_type) };
    // SAFETY: the C side calls on an attached thread.
    unsafe {
        entry(c"functools._lru_cache_wrapper", move |py| {
            let function = function.bind(py);
            if !function.is_callable() {
                return Err(PyTypeError::new_err(py, "the first argument must be callable"));
            }
            let maxsize = max_size(maxsize.bind(py))?;
            let mark = class.module_state::<State>(py)?.kwd_mark.bind(py);
            class.object(py, LruCache::new(function, mark, cache_info_type.bind(py), maxsize, typed != 0)?)
        })
    }
}

fn max_size(maxsize: Borrowed<'_, '_>) -> PyResult<MaxSize> {
    if maxsize.is_index() {
        return match maxsize.index()?.as_ssize() {
            Ok(..=0) => Ok(MaxSize::Zero),
            Ok(most) => Ok(MaxSize::Most(most)),
            Err(error) => Err(too_large(maxsize, error)),
        };
    }
    if maxsize.is_none() {
        return Ok(MaxSize::None);
    }
    Err(PyTypeError::new_err(maxsize.py(), "maxsize should be integer or None"))
}

/// The error that `PyNumber_AsSsize_t` raises, instead of that of `PyLong_AsSsize_t`.
#[cold]
fn too_large(maxsize: Borrowed<'_, '_>, error: PyErr) -> PyErr {
    let py = maxsize.py();
    error.clear(py);
    let raise = || {
        let name = maxsize.get_type().c_name()?;
        let name = name.to_str()?;
        Ok(PyOverflowError::new_err(py, format_args!("cannot fit '{name}' into an index-sized integer")))
    };
    raise().unwrap_or_else(|error| error)
}

/// The kinds of keys, which are never equal to those of another kind.
const SCALAR: u64 = 1;
const ITEMS: u64 = 2;

/// The key of a call.
#[derive(Clone, Copy)]
enum Key<'a, 'py> {
    Scalar(Borrowed<'a, 'py>),
    Items(&'a [Borrowed<'a, 'py>]),
}

impl<'py> Key<'_, 'py> {
    /// The key as it is stored.
    fn to_object(self, py: Python<'py>) -> PyResult<Bound<'py>> {
        match self {
            Self::Scalar(object) => Ok(object.to_owned()),
            Self::Items(items) => Ok(PyTuple::from_slice(py, items)?.into_any()),
        }
    }

    /// Whether it is the key of a result. It runs no Python code.
    #[inline]
    fn matches(self, py: Python<'py>, cached: &Cached) -> Match {
        let stored = cached.key.bind(py);
        let equal = match self {
            Self::Scalar(object) if cached.is_scalar => stored.exact_eq(&object),
            Self::Items(items) if !cached.is_scalar => {
                // The other keys are tuples.
                stored.cast_borrowed::<PyTuple>().and_then(|stored| stored.exact_eq_items(items))
            }
            _ => Some(false),
        };
        match equal {
            Some(true) => Match::Equal,
            Some(false) => Match::Different,
            None => Match::Unknown,
        }
    }
}

/// What came of a search.
enum LookUp<'py> {
    /// The result, and the number of the entry.
    Hit(Bound<'py>, u64),
    /// There is none in this version of the table.
    Miss(u64),
    /// Whether this entry's key is equal takes Python code.
    Ask(Bound<'py>, u64),
}

/// What happened when a result was to be stored.
enum Store {
    /// It is stored, and there may be another one that has made room or was there before.
    Done(Option<Cached>),
    /// Others have stored results meanwhile.
    Changed(Cached),
    NoMemory(Cached),
}

impl LruCache {
    fn new<'py>(
        function: Borrowed<'_, 'py>,
        kwd_mark: Borrowed<'_, 'py>,
        cache_info_type: Borrowed<'_, 'py>,
        maxsize: MaxSize,
        typed: bool,
    ) -> PyResult<Self> {
        let py = function.py();
        let most = match maxsize {
            MaxSize::None => None,
            MaxSize::Zero => Some(0),
            MaxSize::Most(most) => Some(most.unsigned_abs()),
        };
        let table = Lru::new(most);
        let hashing = table.hashing();
        let mut memory = Vec::new();
        memory.try_reserve_exact(1).map_err(|_| PyErr::no_memory(py))?;
        memory.push(StripedLock::new(table, Counts::default));
        let Ok(cache) = memory.try_into() else { unreachable!("there is one") };
        Ok(Self {
            dict: InstanceDict::new(None),
            weakrefs: WeakrefList::new(),
            cache,
            hashing,
            typed,
            maxsize,
            function: function.to_owned().unbind(),
            kwd_mark: kwd_mark.to_owned().unbind(),
            cache_info_type: cache_info_type.to_owned().unbind(),
        })
    }

    #[inline]
    fn call<'py>(&self, py: Python<'py>, arguments: CallArguments<'_>) -> PyResult<Bound<'py>> {
        if self.maxsize == MaxSize::Zero {
            self.cache[0].read(py, |_, counts| counts.misses = counts.misses.wrapping_add(1));
            return arguments.call(&self.function.bind(py));
        }
        let positional = arguments.positional(py);
        let names = arguments.names(py).filter(|names| !names.is_empty());
        if names.is_none() && !self.typed {
            if let [key] = positional
                && let Some(hash) = key.hash_int_or_str()
            {
                let hash = self.hashing.hash_one(SCALAR, hash);
                return self.call_cached(py, Key::Scalar(*key), hash, arguments);
            }
            let hash = self.hash(positional)?;
            return self.call_cached(py, Key::Items(positional), hash, arguments);
        }
        let names = names.map_or(&[][..], Borrowed::as_slice);
        let all = arguments.all(py);
        let mut types = Vec::new();
        if self.typed {
            types.try_reserve_exact(all.len()).map_err(|_| PyErr::no_memory(py))?;
            types.extend(all.iter().map(|argument| argument.get_type().into_any()));
        }
        let values = &all[positional.len()..];
        let marked = usize::from(!names.is_empty());
        let count = positional.len() + marked + 2 * names.len() + types.len();
        with_objects(self.kwd_mark.bind(py), count, |items| {
            // The filler is the mark already.
            let (first, rest) = items.split_at_mut(positional.len());
            first.copy_from_slice(positional);
            let (pairs, last) = rest[marked..].split_at_mut(2 * names.len());
            for (pair, (name, value)) in pairs.chunks_exact_mut(2).zip(names.iter().zip(values)) {
                pair.copy_from_slice(&[*name, *value]);
            }
            for (place, class) in last.iter_mut().zip(&types) {
                *place = class.as_borrowed();
            }
            let hash = self.hash(items)?;
            self.call_cached(py, Key::Items(items), hash, arguments)
        })
    }

    /// The hash of a key of several items, computed from the hash of each.
    #[inline]
    fn hash(&self, items: &[Borrowed<'_, '_>]) -> PyResult<u64> {
        let start = self.hashing.hash(ITEMS, []);
        items.iter().try_fold(start, |state, item| Ok(self.hashing.hash_more(state, item.hash()?)))
    }

    #[inline]
    fn call_cached<'py>(
        &self,
        py: Python<'py>,
        key: Key<'_, 'py>,
        hash: u64,
        arguments: CallArguments<'_>,
    ) -> PyResult<Bound<'py>> {
        let version = match self.search(py, hash, true, |_, cached| key.matches(py, cached)) {
            LookUp::Hit(result, _) => return Ok(result),
            LookUp::Miss(version) => version,
            LookUp::Ask(stored, id) => match self.look_up(py, key, hash, true, Some((stored, id)))? {
                LookUp::Hit(result, _) => return Ok(result),
                LookUp::Miss(version) | LookUp::Ask(_, version) => version,
            },
        };
        let result = arguments.call(&self.function.bind(py))?;
        self.store(py, key, hash, version, &result)?;
        Ok(result)
    }

    /// Searches once. If `count`, a hit or a miss is counted, and a hit is a use of the entry.
    #[inline]
    fn search<'py>(
        &self,
        py: Python<'py>,
        hash: u64,
        count: bool,
        matches: impl Fn(u64, &Cached) -> Match,
    ) -> LookUp<'py> {
        self.cache[0].read(py, |table, counts| match table.find(hash, |entry| matches(entry.id, &entry.value)) {
            Found::Hit(index) => {
                let entry = table.entry(index);
                if count {
                    counts.hits = counts.hits.wrapping_add(1);
                    if self.maxsize != MaxSize::None {
                        counts.uses.note(table, index);
                    }
                }
                LookUp::Hit(entry.value.result.bind(py).to_owned(), entry.id)
            }
            Found::Miss => {
                if count {
                    counts.misses = counts.misses.wrapping_add(1);
                }
                LookUp::Miss(table.version())
            }
            Found::Unknown(index) => {
                let entry = table.entry(index);
                LookUp::Ask(entry.value.key.bind(py).to_owned(), entry.id)
            }
        })
    }

    /// Searches until it is known, and compares by Python code where that is needed. The result is a hit or a miss.
    #[cold]
    fn look_up<'py>(
        &self,
        py: Python<'py>,
        key: Key<'_, 'py>,
        hash: u64,
        count: bool,
        mut ask: Option<(Bound<'py>, u64)>,
    ) -> PyResult<LookUp<'py>> {
        let (mut equal, mut different) = (None, Vec::new());
        loop {
            if let Some((stored, id)) = ask {
                if stored.eq(&key.to_object(py)?)? {
                    equal = Some(id);
                } else {
                    different.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
                    different.push(id);
                }
            }
            let found = self.search(py, hash, count, |id, cached| {
                if equal == Some(id) {
                    Match::Equal
                } else if different.contains(&id) {
                    Match::Different
                } else {
                    key.matches(py, cached)
                }
            });
            match found {
                LookUp::Ask(stored, id) => ask = Some((stored, id)),
                found => return Ok(found),
            }
        }
    }

    /// Stores a result, of a key for which there was none in this version of the table.
    fn store<'py>(
        &self,
        py: Python<'py>,
        key: Key<'_, 'py>,
        hash: u64,
        mut version: u64,
        result: &Bound<'py>,
    ) -> PyResult<()> {
        let is_scalar = matches!(key, Key::Scalar(_));
        let mut cached = Cached { key: key.to_object(py)?.unbind(), is_scalar, result: result.clone().unbind() };
        loop {
            match self.try_to_store(py, hash, version, cached) {
                Store::Done(old) => {
                    if let Some(old) = old {
                        old.release(py);
                    }
                    return Ok(());
                }
                Store::NoMemory(cached) => {
                    cached.release(py);
                    return Err(PyErr::no_memory(py));
                }
                Store::Changed(again) => cached = again,
            }
            match self.look_up(py, key, hash, false, None) {
                Ok(LookUp::Miss(now) | LookUp::Ask(_, now)) => version = now,
                Ok(LookUp::Hit(_, id)) => {
                    // Somebody else was faster. As in C, the last result counts if there is no limit, and the first one if there is.
                    if self.maxsize == MaxSize::None && !self.replace(py, hash, id, &mut cached) {
                        continue;
                    }
                    cached.release(py);
                    return Ok(());
                }
                Err(error) => {
                    cached.release(py);
                    return Err(error);
                }
            }
        }
    }

    /// Stores a result, unless the table is of another version.
    fn try_to_store(&self, py: Python<'_>, hash: u64, version: u64, cached: Cached) -> Store {
        self.cache[0].write(py, |table, counts| {
            if table.version() != version {
                return Store::Changed(cached);
            }
            match table.insert(hash, cached, counts.iter().map(|counts| &counts.uses)) {
                Ok(old) => Store::Done(old),
                Err((cached, _)) => Store::NoMemory(cached),
            }
        })
    }

    /// Exchanges the result of an entry, if it is still there.
    fn replace(&self, py: Python<'_>, hash: u64, id: u64, cached: &mut Cached) -> bool {
        self.cache[0].write(py, |table, _| {
            match table.find(hash, |entry| if entry.id == id { Match::Equal } else { Match::Different }) {
                Found::Hit(index) => {
                    std::mem::swap(&mut table.entry_mut(index).value.result, &mut cached.result);
                    true
                }
                _ => false,
            }
        })
    }

    /// Forgets all results, and what has been counted if `counted`.
    fn clear_cache(&self, py: Python<'_>, counted: bool) {
        let entries = self.cache[0].write(py, |table, counts| {
            for counts in counts {
                counts.uses.clear();
                if counted {
                    (counts.hits, counts.misses) = (0, 0);
                }
            }
            table.clear()
        });
        for entry in entries {
            entry.value.release(py);
        }
    }

    fn cache_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py>> {
        let (hits, misses, size) = self.cache[0].write(py, |table, counts| {
            let (mut hits, mut misses) = (0_isize, 0_isize);
            for counts in counts {
                hits = hits.wrapping_add(counts.hits);
                misses = misses.wrapping_add(counts.misses);
            }
            (hits, misses, table.len())
        });
        let maxsize = match self.maxsize {
            MaxSize::None => py.None(),
            MaxSize::Zero => PyInt::new(py, 0)?.into_any(),
            MaxSize::Most(most) => PyInt::new(py, most)?.into_any(),
        };
        let (hits, misses, size) = (PyInt::new(py, hits)?, PyInt::new(py, misses)?, PyInt::new(py, size)?);
        self.cache_info_type.bind(py).call([&hits, &misses, &maxsize, &size])
    }
}

/// The call of an object.
///
/// # Safety
///
/// - C calls this as the vectorcall of an object of the class, on an attached thread.
unsafe extern "C" fn call(
    cache: *mut PyObject,
    arguments: *const *mut PyObject,
    nargsf: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the arguments of this call.
    let arguments = unsafe { CallArguments::new(&cache, arguments, nargsf, names) };
    // SAFETY: an object of the class, which its caller keeps for the call.
    let cache = unsafe { Arg::<Instance<LruCache>>::new(&cache) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(c"functools._lru_cache_wrapper", move |py| cache.bind(py).data().call(py, arguments)) }
}

/// What has been counted.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _functools__lru_cache_wrapper_cache_info_impl(cache: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method::<LruCache>(c"functools._lru_cache_wrapper.cache_info", cache, move |cache| {
            cache.data().cache_info(cache.py())
        })
    }
}

/// Forgets all results.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _functools__lru_cache_wrapper_cache_clear_impl(cache: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes an object of this class, which its caller keeps, on an attached thread.
    unsafe {
        method_none::<LruCache>(c"functools._lru_cache_wrapper.cache_clear", cache, move |cache| {
            let py = cache.py();
            cache.data().clear_cache(py, true);
            Ok(())
        })
    }
}
