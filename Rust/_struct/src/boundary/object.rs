//! The data of a `Struct` object, and the state of the module with its cache.

use crate::format::{Format, Invalid, Release};
use cpython_api::exceptions::{PyRuntimeError, PyValueError};
use cpython_api::types::{PyBytes, PyDict, PyModule, PyStr, PyType};
use cpython_api::{
    Borrowed, Bound, Instance, InstanceData, ModuleState, Py, PyErr, PyMutex, PyResult, Python, StrData, Traversal,
    Visit,
};
use std::convert::Infallible;
use std::ffi::CStr;
use std::fmt;
use std::mem::offset_of;
use std::ops::Deref;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicPtr, Ordering};

/// How many formats the cache has at most.
const MAX_CACHE: usize = 100;

/// The data of a `Struct`: its format, which `__init__` may replace.
///
/// A format never changes. The first one stays as long as the object, so that it is read without a lock and without counting
/// references. Only after `__init__` has replaced it, each call takes a copy of the format of the moment: an `Arc` cannot be
/// made without aborting when memory runs out. Either way a call has one format from its start to its end.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Struct {
    /// The size and the number of values, or -1: where CPython's `_testbuffer` looks for them.
    s_size: AtomicIsize,
    s_len: AtomicIsize,
    /// Where C has pointers to its codes and its format, so that what follows has the offset that it has in C.
    _s_codes_and_s_format: [usize; 2],
    /// The list of weak references, which is C's: `__weaklistoffset__` is the offset of this field.
    weak_references: AtomicPtr<()>,
    first: OnceLock<Format>,
    replacement: PyMutex<Option<Format>>,
    is_replaced: AtomicBool,
    pub(crate) is_init_called: AtomicBool,
}

const _: () = assert!(offset_of!(Struct, weak_references) == 32, "the C side knows this offset");

/// The format that an object had at the start of a call.
pub(crate) enum Current<'a> {
    First(&'a Format),
    Replacement(Format),
}

impl Deref for Current<'_> {
    type Target = Format;

    #[inline]
    fn deref(&self) -> &Format {
        match self {
            Self::First(format) => format,
            Self::Replacement(format) => format,
        }
    }
}

impl Struct {
    /// The data of an object that has no format yet.
    pub(crate) fn new() -> Self {
        Self {
            s_size: AtomicIsize::new(-1),
            s_len: AtomicIsize::new(-1),
            _s_codes_and_s_format: [0; 2],
            first: OnceLock::new(),
            weak_references: AtomicPtr::default(),
            replacement: PyMutex::new(None),
            is_replaced: AtomicBool::new(false),
            is_init_called: AtomicBool::new(false),
        }
    }

    /// The size and the number of values, or -1 before there is a format.
    #[inline]
    pub(crate) fn size_and_len(&self) -> (isize, isize) {
        (self.s_size.load(Ordering::Relaxed), self.s_len.load(Ordering::Relaxed))
    }

    /// Whether there is a format.
    pub(crate) fn is_ready(&self) -> bool {
        self.first.get().is_some()
    }

    /// Sets the format, or another one.
    fn set_format(&self, py: Python<'_>, format: Format) {
        self.s_size.store(format.size() as isize, Ordering::Relaxed);
        self.s_len.store(format.len() as isize, Ordering::Relaxed);
        if let Err(format) = self.first.set(format) {
            let before = self.replacement.lock(py).replace(format);
            self.is_replaced.store(true, Ordering::Release);
            drop(before);
        }
    }
}

impl InstanceData for Struct {
    const NAME: &'static CStr = c"_struct.Struct";

    fn release(self, _py: Python<'_>) {}
}

/// A `Struct`, whose class leads to the state of the module.
pub(crate) type Object<'a, 'py> = Borrowed<'a, 'py, Instance<Struct>>;

/// The format of an object; `RuntimeError` before it has one.
#[inline]
pub(crate) fn format_of<'a>(object: Object<'a, '_>) -> PyResult<Current<'a>> {
    let data = object.data();
    match data.first.get() {
        Some(first) if !data.is_replaced.load(Ordering::Acquire) => Ok(Current::First(first)),
        Some(_) => replacement_of(object).map(Current::Replacement),
        None => Err(not_initialized(object.py())),
    }
}

/// A copy of the format that has replaced the first one.
#[cold]
fn replacement_of(object: Object<'_, '_>) -> PyResult<Format> {
    let py = object.py();
    let copy = object.data().replacement.lock(py).as_ref().map(Format::try_clone);
    copy.map_or_else(|| Err(not_initialized(py)), |copy| copy.map_err(|_| PyErr::no_memory(py)))
}

#[cold]
fn not_initialized(py: Python<'_>) -> PyErr {
    PyRuntimeError::new_err(py, "Struct object is not initialized")
}

/// Raises `struct.error`.
#[cold]
pub(crate) fn struct_error(object: Object<'_, '_>, message: fmt::Arguments<'_>) -> PyErr {
    with_state(object, |state| Err(PyErr::format(&state.error.bind(object.py()), message)))
        .map_or_else(|error| error, |never: Infallible| match never {})
}

/// Runs `body` with the state of the module of an object's class.
pub(crate) fn with_state<R>(object: Object<'_, '_>, body: impl FnOnce(&State) -> PyResult<R>) -> PyResult<R> {
    let class = object.get_type();
    body(class.as_borrowed().module_state::<State>()?)
}

/// The release whose formats this build has.
const RELEASE: Release = if cfg!(Py_3_15) { Release::V3_15 } else { Release::V3_14 };

/// Parses a text, a `bytes` or a `str`, and sets it as the format of an object.
pub(crate) fn compile(object: Object<'_, '_>, text: &Bound<'_>) -> PyResult<()> {
    let py = object.py();
    let bytes = match text.cast::<PyStr>() {
        Ok(text) => match text.data() {
            StrData::Ucs1(bytes) => bytes,
            _ => &[0xff],
        },
        Err(_) => text.cast::<PyBytes>().map_err(PyErr::from)?.as_bytes(),
    };
    if RELEASE == Release::V3_15 && !bytes.is_ascii() {
        return Err(PyValueError::new_err(py, "non-ASCII character in struct format"));
    }
    let format = Format::parse(bytes, RELEASE);
    let error = |message: &str| Err(struct_error(object, format_args!("{message}")));
    match format {
        Ok(format) => {
            object.data().set_format(py, format);
            Ok(())
        }
        Err(Invalid::EmbeddedNull) => error("embedded null character"),
        Err(Invalid::BadChar) => error("bad char in struct format"),
        Err(Invalid::CountWithoutCode) => error("repeat count given without format specifier"),
        Err(Invalid::TooLong) => error("total struct size too long"),
        Err(Invalid::NoMemory) => Err(PyErr::no_memory(py)),
    }
}

/// The state of the module.
#[derive(Debug)]
pub(crate) struct State {
    /// `Struct` objects by their formats.
    cache: Py<PyDict>,
    error: Py<PyType>,
    classes: OnceLock<Classes>,
}

/// The classes, which C makes.
#[derive(Debug)]
pub(crate) struct Classes {
    pub(crate) structs: Py<PyType>,
    pub(crate) iterators: Py<PyType>,
}

impl ModuleState for State {
    const NAME: &'static CStr = c"_struct";

    fn new<'py>(py: Python<'py>, module: &Bound<'py, PyModule>) -> PyResult<Self> {
        let cache = PyDict::new(py)?;
        let error = Bound::<PyType>::new_exception(py, c"struct.error", None, None)?;
        module.add(c"error", &error)?;
        Ok(Self { cache: cache.unbind(), error: error.unbind(), classes: OnceLock::new() })
    }

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.cache)?;
        visit.reference(&self.error)?;
        let Some(classes) = self.classes.get() else { return Ok(()) };
        visit.reference(&classes.structs)?;
        visit.reference(&classes.iterators)
    }

    fn release(self, py: Python<'_>) {
        self.cache.drop_ref(py);
        self.error.drop_ref(py);
        if let Some(classes) = self.classes.into_inner() {
            classes.structs.drop_ref(py);
            classes.iterators.drop_ref(py);
        }
    }
}

impl State {
    pub(crate) fn set_classes(&self, py: Python<'_>, classes: Classes) {
        if let Err(classes) = self.classes.set(classes) {
            classes.structs.drop_ref(py);
            classes.iterators.drop_ref(py);
        }
    }

    pub(crate) fn classes(&self, py: Python<'_>) -> PyResult<&Classes> {
        self.classes.get().ok_or_else(|| PyRuntimeError::new_err(py, "the module has no classes yet"))
    }

    /// A new object for a format, which is added to the cache.
    pub(crate) fn add<'py>(&self, format: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
        let py = format.py();
        let object = self.classes(py)?.structs.bind(py).call1(&format)?;
        let cache = self.cache.bind(py);
        if cache.len() >= MAX_CACHE {
            cache.clear();
        }
        if let Err(error) = cache.set_item(&format, &object) {
            error.clear(py);
        }
        Ok(object)
    }

    pub(crate) fn cache<'py>(&self, py: Python<'py>) -> Bound<'py> {
        self.cache.bind(py).to_owned().into_any()
    }

    pub(crate) fn clear_cache(&self, py: Python<'_>) {
        self.cache.bind(py).clear();
    }
}
