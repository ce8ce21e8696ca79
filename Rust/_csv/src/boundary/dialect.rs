//! `Dialect`: the options of readers and writers. Its objects never change.

use super::{State, text};
use crate::dialect::{self, Options, QUOTINGS, Quoting};
use cpython_api::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use cpython_api::types::{PyInt, PyStr, PyType};
use cpython_api::{
    Arg, Borrowed, Bound, Class, Declaration, Instance, InstanceData, Objects, Py, PyErr, PyObject, PyResult,
    PyTypeObject, Python, Traversal, Visit, entry, instance_slots, rust_instance,
};
use std::ffi::CStr;
use std::mem::offset_of;
use std::sync::OnceLock;

/// The data of a dialect. C reads the first three fields.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Dialect {
    doublequote: bool,
    skipinitialspace: bool,
    strict: bool,
    lineterminator: Py<PyStr>,
    options: Options,
    core: Core,
}

/// The form of a dialect that readers and writers work with, which is derived from the options.
#[derive(Debug)]
enum Core {
    /// That of `excel`, which all dialects with its options share.
    Excel(&'static dialect::Dialect),
    /// Any other. The first reader or writer derives it, as that takes longer than the rest of the constructor.
    Derived(OnceLock<Box<dialect::Dialect>>),
}

const _: () = assert!(offset_of!(Dialect, doublequote) == 0 && offset_of!(Dialect, skipinitialspace) == 1);
const _: () = assert!(offset_of!(Dialect, strict) == 2);

impl InstanceData for Dialect {
    const NAME: &'static CStr = c"_csv.Dialect";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(csv_dialect_instance) });

    // It needs no `clear`: the line terminator is older than the dialect, so a reference cycle with it has another
    // object, which is cleared.
    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.reference(&self.lineterminator)
    }

    fn release(self, py: Python<'_>) {
        self.lineterminator.drop_ref(py);
    }
}

impl Dialect {
    fn new(lineterminator: Bound<'_, PyStr>, options: Options, core: Core) -> Self {
        let Options { doublequote, skipinitialspace, strict, .. } = options;
        Self { doublequote, skipinitialspace, strict, lineterminator: lineterminator.unbind(), options, core }
    }

    /// The options.
    #[inline(always)]
    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// The form of the dialect that readers and writers work with; `MemoryError` if it cannot be derived.
    #[inline(always)]
    pub(super) fn core(&self, py: Python<'_>) -> PyResult<&dialect::Dialect> {
        match &self.core {
            Core::Excel(core) => Ok(core),
            Core::Derived(cell) => match cell.get() {
                Some(core) => Ok(core),
                None => self.derive(py, cell),
            },
        }
    }

    #[cold]
    fn derive<'a>(&self, py: Python<'_>, cell: &'a OnceLock<Box<dialect::Dialect>>) -> PyResult<&'a dialect::Dialect> {
        let core = dialect::Dialect::new(self.options, text(self.lineterminator.bind(py).data()));
        let core = core.map_err(|_| PyErr::no_memory(py))?;
        let core = try_alloc::boxed(core).map_err(|_| PyErr::no_memory(py))?;
        // If another thread has stored its result first, that one, which is equal, is used.
        Ok(cell.get_or_init(|| core))
    }

    /// What a writer writes after each record.
    #[inline(always)]
    pub(super) fn lineterminator(&self) -> &Py<PyStr> {
        &self.lineterminator
    }
}

/// The values of the options that are not given: those of the dialect `excel`.
const DEFAULT: Options = Options {
    delimiter: b',' as u32,
    quotechar: Some(b'"' as u32),
    escapechar: None,
    quoting: Quoting::Minimal,
    doublequote: true,
    skipinitialspace: false,
    strict: false,
};
const LINETERMINATOR: &str = "\r\n";

/// The dialect with the default options, `excel`, which all interpreters share.
static EXCEL: OnceLock<dialect::Dialect> = OnceLock::new();

/// The parts of the object that `Dialect()` gives.
#[derive(Debug)]
pub(super) struct Excel {
    lineterminator: Py<PyStr>,
    core: &'static dialect::Dialect,
}

impl Excel {
    pub(super) fn new(py: Python<'_>) -> PyResult<Self> {
        let lineterminator = PyStr::new(py, LINETERMINATOR)?;
        let core = dialect::Dialect::new(DEFAULT, text(lineterminator.data()));
        let core = core.map_err(|_| PyErr::no_memory(py))?;
        Ok(Self { core: EXCEL.get_or_init(|| core), lineterminator: lineterminator.unbind() })
    }

    pub(super) fn release(self, py: Python<'_>) {
        self.lineterminator.drop_ref(py);
    }

    fn data(&self, py: Python<'_>) -> Dialect {
        Dialect::new(self.lineterminator.bind(py).to_owned(), DEFAULT, Core::Excel(self.core))
    }

    /// `Dialect()`, of the class of dialects.
    pub(super) fn dialect<'py>(
        &self,
        py: Python<'py>,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Bound<'py, Instance<Dialect>>> {
        let Some(class) = class.as_class::<Dialect>() else { unreachable!("the class of dialects") };
        let dialect = class.object(py, self.data(py))?;
        // SAFETY: it has just been made with this data.
        Ok(unsafe { dialect.cast_into_unchecked() })
    }
}

/// How many options there are.
const OPTIONS: usize = 8;

/// The names of the options, in the order in which they are read.
const NAMES: [&CStr; OPTIONS] = [
    c"delimiter",
    c"doublequote",
    c"escapechar",
    c"lineterminator",
    c"quotechar",
    c"quoting",
    c"skipinitialspace",
    c"strict",
];

/// Makes a dialect.
///
/// # Safety
///
/// Called by `tp_new` alone, with the class or a subclass, and nine objects or NULLs: the dialect from which missing options are
/// taken, and the options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_new_dialect(cls: *mut PyTypeObject, given: *const *mut PyObject) -> *mut PyObject {
    // SAFETY: `tp_new` passes this class or a subclass, and its caller keeps it.
    let class = unsafe { Class::new(&cls) };
    // SAFETY: that many objects, which the caller of `tp_new` keeps, or NULLs.
    let given = unsafe { Objects::from_raw(given, 1 + OPTIONS as isize) };
    // SAFETY: `tp_new` is called on an attached thread.
    unsafe {
        entry(c"_csv.Dialect", move |py| {
            let options = std::array::from_fn(|index| given.get(py, index + 1));
            new(py, class, class.module_state(py)?, given.get(py, 0), options)
        })
    }
}

fn new<'py>(
    py: Python<'py>,
    class: Class<'_, Dialect>,
    state: &State,
    base: Option<Borrowed<'_, 'py>>,
    given: [Option<Borrowed<'_, 'py>>; OPTIONS],
) -> PyResult<Bound<'py>> {
    let base = match base {
        Some(name) if name.is_instance_of::<PyStr>() => Some(state.registered(&name)?),
        base => base.map(Borrowed::to_owned),
    };
    if let Some(base) = &base
        && base.is_instance_of_type(&state.dialect_type.bind(py))
        && given.iter().all(Option::is_none)
    {
        return Ok(base.clone());
    }
    if base.is_none() && given.iter().all(Option::is_none) {
        return class.object(py, state.excel.data(py));
    }
    let mut values = given.map(|value| value.map(Borrowed::to_owned));
    if let Some(base) = &base {
        for (value, name) in values.iter_mut().zip(NAMES) {
            if value.is_none() {
                *value = attribute(base, name)?;
            }
        }
    }
    let (lineterminator, options) = convert(py, state, &values)?;
    class.object(py, Dialect::new(lineterminator, options, Core::Derived(OnceLock::new())))
}

/// An attribute of an object, if it has it. Before CPython 3.15 every exception is cleared.
fn attribute<'py>(base: &Bound<'py>, name: &CStr) -> PyResult<Option<Bound<'py>>> {
    let py = base.py();
    match base.getattr_opt(&PyStr::intern(py, name)?) {
        Err(error) if !cfg!(Py_3_15) => {
            error.clear(py);
            Ok(None)
        }
        found => found,
    }
}

/// The options of these objects, and the line terminator.
fn convert<'py>(
    py: Python<'py>,
    state: &State,
    values: &[Option<Bound<'py>>; OPTIONS],
) -> PyResult<(Bound<'py, PyStr>, Options)> {
    let [delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict] = values;
    let delimiter = match delimiter {
        Some(value) => character("delimiter", "a unicode character", value)?,
        None => DEFAULT.delimiter,
    };
    let doublequote = truth(doublequote, DEFAULT.doublequote)?;
    let escapechar = character_or_none("escapechar", escapechar, DEFAULT.escapechar)?;
    let lineterminator = match lineterminator {
        Some(value) => match value.cast::<PyStr>() {
            Ok(value) => value.clone(),
            Err(_) => return Err(wrong_type("lineterminator", "a string", value)),
        },
        None => state.excel.lineterminator.bind(py).to_owned(),
    };
    let quotechar_value = character_or_none("quotechar", quotechar, DEFAULT.quotechar)?;
    let number = quoting.as_ref().map(quoting_number).transpose()?;
    let skipinitialspace = truth(skipinitialspace, DEFAULT.skipinitialspace)?;
    let strict = truth(strict, DEFAULT.strict)?;

    let quoting = match number {
        None if quotechar.as_ref().is_some_and(|quotechar| quotechar.is_none()) => Some(Quoting::None),
        None => Some(DEFAULT.quoting),
        Some(number) => usize::try_from(number).ok().and_then(|number| QUOTINGS.get(number)).copied(),
    };
    let Some(quoting) = quoting else { return Err(PyTypeError::new_err(py, "bad \"quoting\" value")) };
    if quoting != Quoting::None && quotechar_value.is_none() {
        return Err(PyTypeError::new_err(py, "quotechar must be set if quoting enabled"));
    }
    let options =
        Options { delimiter, quotechar: quotechar_value, escapechar, quoting, doublequote, skipinitialspace, strict };
    validate(&lineterminator, &options)?;
    Ok((lineterminator, options))
}

/// Refuses characters that have two meanings.
fn validate(lineterminator: &Bound<'_, PyStr>, options: &Options) -> PyResult<()> {
    let py = lineterminator.py();
    let Options { delimiter, quotechar, escapechar, skipinitialspace, .. } = *options;
    let characters = [("delimiter", Some(delimiter)), ("escapechar", escapechar), ("quotechar", quotechar)];
    let lineterminator = text(lineterminator.data());
    for (name, character) in characters {
        let Some(character) = character else { continue };
        let is_bad_space = character == u32::from(b' ') && name != "delimiter" && skipinitialspace;
        if character == u32::from(b'\r') || character == u32::from(b'\n') || is_bad_space {
            return Err(PyValueError::new_err(py, format_args!("bad {name} value")));
        }
        if lineterminator.characters().any(|each| each == character) {
            return Err(PyValueError::new_err(py, format_args!("bad {name} or lineterminator value")));
        }
    }
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let ((one, first), (other, second)) = (characters[one], characters[other]);
        if first.is_some() && first == second {
            return Err(PyValueError::new_err(py, format_args!("bad {one} or {other} value")));
        }
    }
    Ok(())
}

#[cold]
fn wrong_type(name: &str, expected: &str, value: &Bound<'_>) -> PyErr {
    match value.get_type().fully_qualified_name() {
        Ok(class) => PyTypeError::new_err(
            value.py(),
            format_args!("\"{name}\" must be {expected}, not {}", class.to_string_lossy()),
        ),
        Err(error) => error,
    }
}

fn truth(value: &Option<Bound<'_>>, default: bool) -> PyResult<bool> {
    value.as_ref().map_or(Ok(default), |value| value.is_truthy())
}

fn character(name: &str, expected: &str, value: &Bound<'_>) -> PyResult<u32> {
    let Ok(value) = value.cast::<PyStr>() else { return Err(wrong_type(name, expected, value)) };
    let characters = text(value.data());
    match characters.get(0) {
        Some(character) if characters.len() == 1 => Ok(character),
        _ => Err(PyTypeError::new_err(
            value.py(),
            format_args!("\"{name}\" must be {expected}, not a string of length {}", characters.len()),
        )),
    }
}

fn character_or_none(name: &str, value: &Option<Bound<'_>>, default: Option<u32>) -> PyResult<Option<u32>> {
    match value {
        None => Ok(default),
        Some(value) if value.is_none() => Ok(None),
        Some(value) => character(name, "a unicode character or None", value).map(Some),
    }
}

fn quoting_number(value: &Bound<'_>) -> PyResult<i32> {
    if !value.is_exact_instance_of::<PyInt>() {
        return Err(wrong_type("quoting", "an integer", value));
    }
    match value.exact_i64().and_then(|value| i32::try_from(value).ok()) {
        Some(number) => Ok(number),
        None => Err(PyOverflowError::new_err(value.py(), "Python int too large to convert to C int")),
    }
}

/// The slots of the class that are the same for all.
#[unsafe(no_mangle)]
pub extern "C" fn csv_dialect_instance() -> rust_instance {
    instance_slots::<Dialect>()
}

/// A `str` of one character, or `None`.
fn character_object(py: Python<'_>, character: Option<u32>) -> PyResult<Bound<'_>> {
    match character.and_then(|character| i32::try_from(character).ok()) {
        Some(character) => PyStr::from_ordinal(py, character).map(Bound::into_any),
        None => Ok(py.None()),
    }
}

/// The body of a getter.
///
/// # Safety
///
/// - `dialect` is an object of the class, which the caller keeps for the call, and the thread is attached.
#[inline(always)]
unsafe fn get(
    dialect: *mut PyObject,
    name: &'static CStr,
    get: impl for<'py> FnOnce(Python<'py>, Borrowed<'_, 'py, Instance<Dialect>>) -> PyResult<Bound<'py>>,
) -> *mut PyObject {
    // SAFETY: an object of the class, which is kept (the caller's promise).
    let dialect = unsafe { Arg::<Instance<Dialect>>::new(&dialect) };
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(name, move |py| get(py, dialect.bind(py))) }
}

/// The character between fields.
///
/// # Safety
///
/// Called as a getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_dialect_delimiter(dialect: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class.
    unsafe {
        get(dialect, c"_csv.Dialect.delimiter", |py, dialect| {
            character_object(py, Some(dialect.data().options().delimiter))
        })
    }
}

/// The character before one that loses its meaning.
///
/// # Safety
///
/// Called as a getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_dialect_escapechar(dialect: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class.
    unsafe {
        get(dialect, c"_csv.Dialect.escapechar", |py, dialect| {
            character_object(py, dialect.data().options().escapechar)
        })
    }
}

/// The character around quoted fields.
///
/// # Safety
///
/// Called as a getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_dialect_quotechar(dialect: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class.
    unsafe {
        get(dialect, c"_csv.Dialect.quotechar", |py, dialect| character_object(py, dialect.data().options().quotechar))
    }
}

/// What a writer writes after each record.
///
/// # Safety
///
/// Called as a getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_dialect_lineterminator(dialect: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class.
    unsafe {
        get(dialect, c"_csv.Dialect.lineterminator", |py, dialect| {
            Ok(dialect.data().lineterminator.bind(py).to_owned().into_any())
        })
    }
}

/// When fields are quoted, as a number.
///
/// # Safety
///
/// Called as a getter alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn csv_dialect_quoting(dialect: *mut PyObject) -> *mut PyObject {
    // SAFETY: a getter is called with an object of its class.
    unsafe {
        get(dialect, c"_csv.Dialect.quoting", |py, dialect| {
            let quoting = dialect.data().options().quoting;
            let number = QUOTINGS.iter().position(|&each| each == quoting);
            PyInt::new(py, number.unwrap_or_default()).map(Bound::into_any)
        })
    }
}
