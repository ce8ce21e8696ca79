//! What Python calls, and what the C side asks: the choice of this process, and the facts of this build.

use crate::choice::{self, Set};
use crate::crates::{self, Crate};
use crate::report::{self, Facts};
use crate::{Module, Plain};
use cpu_level::Level;
use cpython_api::{
    Borrowed, Bound, Constant, ExceptionType, PyErr, PyObject, PyResult, PyTypeObject, Python, StrData, call, call1,
    constant, entry, import_attribute, list_append, list_from_end, module_state, sequence_tuple, str_from_data,
};
use std::ffi::{CStr, c_char, c_int};
use std::sync::OnceLock;

/// The Rust modules of this build, in the order of the table.
const MODULES: &[Module] = include!(concat!(env!("OUT_DIR"), "/selection.rs"));
const _: () = assert!(MODULES.len() <= Set::BITS as usize);

/// What was chosen for this process. Init functions run in the main interpreter, so there is one choice for all.
struct Choice {
    set: Set,
    /// Where it comes from, with its value.
    from: Option<(&'static str, Box<[u8]>)>,
}

static CHOICE: OnceLock<Choice> = OnceLock::new();

/// The types of what the functions return, made when the module is executed.
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
}

/// The module's state.
///
/// # Safety
///
/// - `module` is this module, executed.
unsafe fn state<'a>(py: Python<'_>, module: *mut PyObject) -> &'a rust_state {
    // SAFETY: the C side reserves a rust_state for the module and fills it before any function can be called.
    unsafe { module_state(py, module) }
}

/// A type of the state, lent for as long as the module runs code.
///
/// # Safety
///
/// - `object` is one of the types in the state of a module that lives for `'a`.
unsafe fn lent<'a, 'py>(py: Python<'py>, object: *mut PyTypeObject) -> PyResult<Borrowed<'a, 'py>> {
    // SAFETY: the state owns a reference while the module lives.
    unsafe { Borrowed::from_borrowed_or_null(py, object.cast()) }
        .ok_or_else(|| PyErr::new(ExceptionType::SystemError.bind(py), c"_rust has not been executed"))
}

/// Whether somebody has decided already what runs on what.
#[unsafe(no_mangle)]
pub extern "C" fn rust_is_decided() -> c_int {
    CHOICE.get().is_some().into()
}

/// Decides for this process what runs on what, unless that has been done: by the value of `-X rust_modules` when it is
/// not NULL, else by that of `PYTHON_RUST_MODULES`. Returns the text of a warning, or None.
///
/// # Safety
///
/// - The thread is attached.
/// - Both are NULL or end in NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_decide(option: *const c_char, environment: *const c_char) -> *mut PyObject {
    // SAFETY: the caller vouches for it.
    unsafe {
        entry(c"_rust", |py| {
            let mut from = None;
            for (source, value) in [("-X rust_modules", option), ("PYTHON_RUST_MODULES", environment)] {
                if from.is_none() && !value.is_null() {
                    from = Some((source, copy(py, CStr::from_ptr(value).to_bytes())?));
                }
            }
            let set = match &from {
                Some((_, value)) => choice::parse(value, MODULES, |_| ()),
                None => choice::default_set(MODULES),
            };
            // Of several threads that come here at once one decides, and it is the one that warns.
            if CHOICE.set(Choice { set, from }).is_err() {
                return Ok(constant(py, Constant::None));
            }
            let from = CHOICE.get().and_then(|choice| choice.from.as_ref());
            match from.and_then(|(source, value)| choice::warning(source, value, MODULES)) {
                Some(warning) => text(py, &warning),
                None => Ok(constant(py, Constant::None)),
            }
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
    // SAFETY: the caller vouches for it.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
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

/// A `str`.
fn text<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py>> {
    if text.is_ascii() {
        return str_from_data(py, StrData::Ucs1(text.as_bytes()));
    }
    let mut units: Vec<u32> = Vec::new();
    units.try_reserve_exact(text.len()).map_err(|_| PyErr::no_memory(py))?;
    units.extend(text.chars().map(u32::from));
    str_from_data(py, StrData::Ucs4(&units))
}

/// A `str`, or `None`.
fn text_or_none<'py>(py: Python<'py>, value: Option<&str>) -> PyResult<Bound<'py>> {
    value.map_or_else(|| Ok(constant(py, Constant::None)), |value| text(py, value))
}

fn tuple<'py>(py: Python<'py>, items: impl Iterator<Item = PyResult<Bound<'py>>>) -> PyResult<Bound<'py>> {
    let list = list_from_end(py, &mut Vec::new(), 0)?;
    for item in items {
        list_append(list.as_borrowed(), item?.as_borrowed())?;
    }
    sequence_tuple(list.as_borrowed())
}

/// An instance of one of the types of the state.
fn instance<'py, const N: usize>(class: Borrowed<'_, 'py>, fields: [PyResult<Bound<'py>>; N]) -> PyResult<Bound<'py>> {
    call1(class, tuple(class.py(), fields.into_iter())?.as_borrowed())
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
    // SAFETY: the parsing code passes the module, and calls on an attached thread.
    unsafe {
        entry(c"_rust.modules", |py| {
            let class = lent(py, state(py, module).Module)?;
            tuple(
                py,
                modules().map(|(module, is_rust)| {
                    let behind = crates::behind(module.name);
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
                            text_or_none(py, behind.map(|behind| behind.version)),
                            texts(py, behind.map_or(&[], |behind| behind.on)),
                        ],
                    )
                }),
            )
        })
    }
}

/// Tells how the Rust code was built.
///
/// ```text
/// [clinic input]
/// _rust.build
///
/// Return the compiler, the target, the profile and the crates that are linked.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_build_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes the module, and calls on an attached thread.
    unsafe {
        entry(c"_rust.build", |py| {
            let state = state(py, module);
            let class = lent(py, state.Dependency)?;
            let dependencies = tuple(
                py,
                crates::linked(MODULES.iter().map(|module| module.name)).map(|Crate { name, version, licence }| {
                    instance(class, [text(py, name), text(py, version), text(py, licence)])
                }),
            );
            instance(
                lent(py, state.Build)?,
                [
                    text(py, env!("RUST_VERSION")),
                    text(py, env!("RUST_TARGET")),
                    text(py, env!("RUST_PROFILE")),
                    dependencies,
                ],
            )
        })
    }
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
    // SAFETY: the parsing code passes the module, and calls on an attached thread.
    unsafe {
        entry(c"_rust.processor", |py| {
            let features = tuple(py, cpu_level::features().map(|name| text(py, name)));
            instance(lent(py, state(py, module).Processor)?, [text(py, Level::detect().name()), features])
        })
    }
}

/// Tells what has been chosen.
///
/// ```text
/// [clinic input]
/// _rust.choice
///
/// Return where the choice in force comes from, and its value; None twice if nothing was chosen.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_choice_impl(module: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes the module, and calls on an attached thread.
    unsafe {
        entry(c"_rust.choice", |py| {
            let from = CHOICE.get().and_then(|choice| choice.from.as_ref());
            let value = from.map(|(_, value)| String::from_utf8_lossy(value));
            instance(
                lent(py, state(py, module).Choice)?,
                [text_or_none(py, from.map(|(source, _)| *source)), text_or_none(py, value.as_deref())],
            )
        })
    }
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
/// Return 'Rust' or 'C': what importing the module of that name gives here.
/// [clinic start generated code]
/// ```
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _rust_implementation_impl(_module: *mut PyObject, name: *const c_char) -> *mut PyObject {
    // SAFETY: the parsing code passes a string that ends in NUL, and calls on an attached thread.
    unsafe {
        entry(c"_rust.implementation", |py| match rust_is_rust(name) {
            1 => text(py, "Rust"),
            0 => text(py, "C"),
            _ => {
                let message = format!("this build has no such Rust module; its modules are {}", choice::names(MODULES));
                let message = text(py, &message)?;
                Err(PyErr::from_value(ExceptionType::ValueError.bind(py), message.as_borrowed()))
            }
        })
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
    unsafe {
        entry(c"_rust.status", |py| {
            let modules: Vec<(Module, bool)> = modules().collect();
            let features: Vec<&str> = cpu_level::features().collect();
            let from = CHOICE.get().and_then(|choice| choice.from.as_ref());
            let value = from.map(|(_, value)| String::from_utf8_lossy(value));
            let status = report::status(&Facts {
                modules: &modules,
                rustc: env!("RUST_VERSION"),
                target: env!("RUST_TARGET"),
                profile: env!("RUST_PROFILE"),
                path: Level::detect().name(),
                features: &features.join(" "),
                choice: from.map(|(source, _)| *source).zip(value.as_deref()),
            });
            let print = import_attribute(py, c"builtins", c"print")?;
            call(print.as_borrowed(), [text(py, &status)?.as_borrowed()])
        })
    }
}
