//! The functions that Python and the C side call: the choice of this process, and the facts of this build.

use crate::choice::{self, Set};
use crate::crates::{self, Crate};
use crate::report::{self, Facts};
use crate::{Module, Plain};
use cpu_level::Level;
use cpython_api::exceptions::{PySystemError, PyValueError};
use cpython_api::types::{PyList, PyModule, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, PyErr, PyObject, PyResult, PyTypeObject, Python, c_str_arg, entry, module_state,
};
use std::ffi::{CStr, c_char, c_int};
use std::sync::OnceLock;

/// The Rust modules of this build, in the order of the table.
const MODULES: &[Module] = include!(concat!(env!("OUT_DIR"), "/selection.rs"));
const _: () = assert!(MODULES.len() <= Set::BITS as usize);

/// The choice for this process. Init functions run in the main interpreter, so there is one choice for all
/// interpreters.
struct Choice {
    set: Set,
    /// Where it comes from, with its value.
    from: Option<(&'static str, Box<[u8]>)>,
}

static CHOICE: OnceLock<Choice> = OnceLock::new();

/// The types of the objects that the functions return, made when the module is executed.
///
/// ```text
/// [clinic input]
/// module _rust
/// [clinic start generated code]
/// ```
#[repr(C)]
#[derive(Debug)]
#[expect(non_snake_case, reason = "the names are those of C and of Python")]
pub struct rust_state {
    /// `_rust.Module`
    pub Module: *mut PyTypeObject,
    /// `_rust.Dependency`
    pub Dependency: *mut PyTypeObject,
    /// `_rust.Build`
    pub Build: *mut PyTypeObject,
    /// `_rust.Processor`
    pub Processor: *mut PyTypeObject,
    /// `_rust.Choice`
    pub Choice: *mut PyTypeObject,
    /// `_rust.ZlibProfile`
    pub ZlibProfile: *mut PyTypeObject,
}

/// A class of the module's state.
fn class<'py>(
    module: Borrowed<'_, 'py, PyModule>,
    field: impl FnOnce(&rust_state) -> *mut PyTypeObject,
) -> PyResult<Bound<'py>> {
    // SAFETY: the C side reserves a rust_state for the module.
    let state: &rust_state = unsafe { module_state(module.py(), module.as_ptr()) };
    // SAFETY: NULL, or a class that the state owns as long as the module runs code.
    let class = unsafe { Borrowed::from_borrowed_or_null(module.py(), field(state).cast()) };
    let class = class.ok_or_else(|| PySystemError::new_err(module.py(), "_rust has not been executed"))?;
    Ok(class.to_owned())
}

/// Whether the implementation of each module has been chosen for this process.
#[unsafe(no_mangle)]
pub extern "C" fn rust_is_decided() -> c_int {
    CHOICE.get().is_some().into()
}

/// Chooses the implementation of each module for this process, unless that has been done: by the value of `-X
/// rust_modules` if it is not NULL, else by that of `PYTHON_RUST_MODULES`. Returns the text of a warning, or None.
///
/// # Safety
///
/// - The thread is attached.
/// - Both are NULL or end in NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_decide(option: *const c_char, environment: *const c_char) -> *mut PyObject {
    // SAFETY: NULL, or a string that ends in NUL (the caller's promise).
    let option = (!option.is_null()).then(|| unsafe { c_str_arg(&option) });
    // SAFETY: NULL, or a string that ends in NUL (the caller's promise).
    let environment = (!environment.is_null()).then(|| unsafe { c_str_arg(&environment) });
    // SAFETY: the thread is attached (the caller's promise).
    unsafe { entry(c"_rust", move |py| decide(py, option, environment)) }
}

fn decide<'py>(py: Python<'py>, option: Option<&CStr>, environment: Option<&CStr>) -> PyResult<Bound<'py>> {
    let option = option.map(|value| ("-X rust_modules", value));
    let environment = environment.map(|value| ("PYTHON_RUST_MODULES", value));
    let from = match option.or(environment) {
        Some((source, value)) => Some((source, copy(py, value.to_bytes())?)),
        None => None,
    };
    let set = match &from {
        Some((_, value)) => choice::parse(value, MODULES, |_| ()),
        None => choice::default_set(MODULES),
    };
    // Of several threads that come here at once one decides, and it is the one that warns.
    if CHOICE.set(Choice { set, from }).is_err() {
        return Ok(py.None());
    }
    let from = CHOICE.get().and_then(|choice| choice.from.as_ref());
    match from.and_then(|(source, value)| choice::warning(source, value, MODULES)) {
        Some(warning) => text(py, &warning),
        None => Ok(py.None()),
    }
}

/// Chooses the profile of the compressor of zlib, unless the module has done that: by the value of `-X rust_zlib` when it is not
/// NULL, else by that of `PYTHON_RUST_ZLIB`. Returns the text of a warning, or None.
///
/// # Safety
///
/// - The thread is attached.
/// - Both are NULL or end in NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_choose_zlib_profile(option: *const c_char, environment: *const c_char) -> *mut PyObject {
    // SAFETY: NULL, or a string that ends in NUL (the caller's promise).
    let option = (!option.is_null()).then(|| unsafe { c_str_arg(&option) });
    // SAFETY: NULL, or a string that ends in NUL (the caller's promise).
    let environment = (!environment.is_null()).then(|| unsafe { c_str_arg(&environment) });
    // SAFETY: the thread is attached (the caller's promise).
    unsafe {
        entry(c"_rust", |py| match zlib_profile::choose(option.map(CStr::to_bytes), environment.map(CStr::to_bytes)) {
            Ok(warning) => text_or_none(py, warning.as_deref()),
            Err(_) => Err(PyErr::no_memory(py)),
        })
    }
}

/// Whether the plain name gives Rust: 1 or 0, -1 when this build has no such module. Asked after [`rust_decide`].
///
/// # Safety
///
/// - `name` ends in NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_is_rust(name: *const c_char) -> c_int {
    // SAFETY: the string ends in NUL (the caller's promise).
    is_rust(unsafe { c_str_arg(&name) })
}

fn is_rust(name: &CStr) -> c_int {
    let name = name.to_bytes();
    let found = modules().find(|(module, _)| module.name.as_bytes() == name && module.plain != Plain::Nothing);
    found.map_or(-1, |(_, is_rust)| is_rust.into())
}

/// The modules, each with whether its plain name gives Rust.
fn modules() -> impl Iterator<Item = (Module, bool)> {
    let set = CHOICE.get().map_or_else(|| choice::default_set(MODULES), |choice| choice.set);
    MODULES.iter().enumerate().map(move |(index, module)| (*module, set >> index & 1 != 0))
}

/// A copy of bytes of any length.
fn copy(py: Python<'_>, bytes: &[u8]) -> PyResult<Box<[u8]>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| PyErr::no_memory(py))?;
    copy.extend_from_slice(bytes);
    Ok(copy.into_boxed_slice())
}

fn text<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py>> {
    PyStr::new(py, text).map(Bound::into_any)
}

/// A `str`, or `None`.
fn text_or_none<'py>(py: Python<'py>, value: Option<&str>) -> PyResult<Bound<'py>> {
    value.map_or_else(|| Ok(py.None()), |value| text(py, value))
}

fn tuple<'py>(py: Python<'py>, items: impl Iterator<Item = PyResult<Bound<'py>>>) -> PyResult<Bound<'py>> {
    PyList::new(py, items)?.as_tuple().map(Bound::into_any)
}

/// An instance of one of the types of the state.
fn instance<'py, const N: usize>(class: &Bound<'py>, fields: [PyResult<Bound<'py>>; N]) -> PyResult<Bound<'py>> {
    class.call1(&tuple(class.py(), fields.into_iter())?)
}

fn texts<'py>(py: Python<'py>, values: &[&str]) -> PyResult<Bound<'py>> {
    tuple(py, values.iter().map(|value| text(py, value)))
}

/// Describes the modules.
///
/// ```text
/// [clinic input]
/// _rust.modules
///
/// Return a tuple that describes each Rust module of this build.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_modules_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.modules", move |py| describe_modules(module.bind(py))) }
}

fn describe_modules<'py>(module: Borrowed<'_, 'py, PyModule>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let class = &class(module, |state| state.Module)?;
    tuple(
        py,
        modules().map(|(module, is_rust)| {
            let used = crates::of_module(module.name);
            instance(
                class,
                [
                    text(py, module.name),
                    text(py, module.stage),
                    text_or_none(py, report::implementation(module, is_rust)),
                    text_or_none(py, report::implementation(module, module.plain == Plain::Rust)),
                    text(py, &format!("_rust_{}", module.name)),
                    text_or_none(py, report::c_name(module, is_rust).as_deref()),
                    text(py, module.name),
                    text_or_none(py, used.map(|used| used.version)),
                    texts(py, used.map_or(&[], |used| used.dependencies)),
                ],
            )
        }),
    )
}

/// Tells how the Rust code was built.
///
/// ```text
/// [clinic input]
/// _rust.build
///
/// Return the compiler, the target, the profile and the linked crates.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_build_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.build", move |py| describe_build(module.bind(py))) }
}

fn describe_build<'py>(module: Borrowed<'_, 'py, PyModule>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let dependency = &class(module, |state| state.Dependency)?;
    let dependencies = tuple(
        py,
        crates::linked(MODULES.iter().map(|module| module.name)).map(|Crate { name, version, licence }| {
            instance(dependency, [text(py, name), text(py, version), text(py, licence)])
        }),
    );
    instance(
        &class(module, |state| state.Build)?,
        [text(py, env!("RUST_VERSION")), text(py, env!("RUST_TARGET")), text(py, env!("RUST_PROFILE")), dependencies],
    )
}

/// Tells what the processor can do.
///
/// ```text
/// [clinic input]
/// _rust.processor
///
/// Return the code path in use and the features that were found.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_processor_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.processor", move |py| describe_processor(module.bind(py))) }
}

fn describe_processor<'py>(module: Borrowed<'_, 'py, PyModule>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let features = tuple(py, cpu_level::features().map(|name| text(py, name)));
    instance(&class(module, |state| state.Processor)?, [text(py, Level::detect().name()), features])
}

/// Tells what has been chosen.
///
/// ```text
/// [clinic input]
/// _rust.choice
///
/// Return where the choice in force comes from, and its value.
///
/// Both are None if nothing was chosen.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_choice_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.choice", move |py| describe_choice(module.bind(py))) }
}

fn describe_choice<'py>(module: Borrowed<'_, 'py, PyModule>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let from = CHOICE.get().and_then(|choice| choice.from.as_ref());
    let value = from.map(|(_, value)| String::from_utf8_lossy(value));
    instance(
        &class(module, |state| state.Choice)?,
        [text_or_none(py, from.map(|(source, _)| *source)), text_or_none(py, value.as_deref())],
    )
}

/// Tells how zlib compresses.
///
/// ```text
/// [clinic input]
/// _rust.zlib_profile
///
/// Return the name of the profile of the Rust zlib, and what has chosen it.
///
/// The last two are None if nothing was chosen.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_zlib_profile_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes this module, which its caller keeps.
    let module = unsafe { Arg::<PyModule>::new(&module) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.zlib_profile", |py| describe_zlib_profile(module.bind(py))) }
}

fn describe_zlib_profile<'py>(module: Borrowed<'_, 'py, PyModule>) -> PyResult<Bound<'py>> {
    let py = module.py();
    let choice = zlib_profile::choice();
    let source = choice.and_then(zlib_profile::Choice::source);
    let value = source.map(|(_, value)| String::from_utf8_lossy(value));
    instance(
        &class(module, |state| state.ZlibProfile)?,
        [
            text_or_none(py, choice.map(zlib_profile::Choice::name)),
            text_or_none(py, source.map(|(source, _)| source)),
            text_or_none(py, value.as_deref()),
        ],
    )
}

/// Tells what the plain name of a module gives.
///
/// ```text
/// [clinic input]
/// _rust.implementation
///
///     name: str
///     /
///
/// Return 'Rust' or 'C': what importing this module gives here.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_implementation_impl(_module: *mut PyObject, name: *const c_char) -> *mut PyObject {
    // SAFETY: the parsing code passes a string that ends in NUL and outlives the call.
    let name = unsafe { c_str_arg(&name) };
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.implementation", move |py| implementation(py, name)) }
}

fn implementation<'py>(py: Python<'py>, name: &CStr) -> PyResult<Bound<'py>> {
    match is_rust(name) {
        1 => text(py, "Rust"),
        0 => text(py, "C"),
        _ => {
            let names = choice::names(MODULES);
            Err(PyValueError::new_err(py, format_args!("this build has no such Rust module; its modules are {names}")))
        }
    }
}

/// Prints everything.
///
/// ```text
/// [clinic input]
/// _rust.status
///
/// Print everything that this module knows, as tables.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_status_impl(_module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code calls on an attached thread.
    unsafe { entry(c"_rust.status", print_status) }
}

fn print_status(py: Python<'_>) -> PyResult<Bound<'_>> {
    let modules: Vec<(Module, bool)> = modules().collect();
    let features: Vec<&str> = cpu_level::features().collect();
    let from = CHOICE.get().and_then(|choice| choice.from.as_ref());
    let value = from.map(|(_, value)| String::from_utf8_lossy(value));
    let zlib_profile = zlib_profile::choice();
    let zlib_choice = zlib_profile.and_then(zlib_profile::Choice::source);
    let zlib_value = zlib_choice.map(|(_, value)| String::from_utf8_lossy(value));
    let status = report::status(&Facts {
        modules: &modules,
        rustc: env!("RUST_VERSION"),
        target: env!("RUST_TARGET"),
        profile: env!("RUST_PROFILE"),
        path: Level::detect().name(),
        features: &features.join(" "),
        choice: from.map(|(source, _)| *source).zip(value.as_deref()),
        zlib_profile: zlib_profile.map_or("", zlib_profile::Choice::name),
        zlib_choice: zlib_choice.map(|(source, _)| source).zip(zlib_value.as_deref()),
    });
    let print = py.import_attribute(c"builtins", c"print")?;
    print.call1(&text(py, &status)?)
}
