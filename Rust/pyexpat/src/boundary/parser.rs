//! The class `xmlparser`.
//!
//! A method takes the parser out of the object, and puts it back before any Python code runs. The critical section of the object
//! excludes other threads. A thread that enters while the section is suspended, or Python code that runs during the lookup of a
//! name, may find that it is taken, which raises an exception. Getters read it in its place, without the critical section.

#![forbid(unsafe_code)]

use super::State;
use super::owned::Owned;
use crate::character_buffer::{CharacterBuffer, DEFAULT_SIZE};
use crate::handler::{Handler, Installed};
use crate::name_table::NameTable;
use cpython_api::exceptions::PyRuntimeError;
use cpython_api::types::{PyDict, PyInt, PyStr};
use cpython_api::{BiasedLock, Borrowed, Bound, Instance, Py, PyErr, PyResult, Python};
use std::fmt::Display;
use std::mem::{self, offset_of};
use xml_parser::{Error, Parser};

/// The data of a parser. C reads the first field.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct XmlParser {
    /// The interned strings: a dict that maps each string to itself.
    pub(super) intern: Option<Py<PyDict>>,
    /// The parent, if this parser parses an external entity.
    pub(super) parent: Option<Py>,
    /// `None` while a call has it.
    pub(super) core: BiasedLock<Option<Owned<Core>>>,
}

const _: () = assert!(offset_of!(XmlParser, intern) == 0 && size_of::<Option<Py<PyDict>>>() == size_of::<usize>());

/// The functions that are set for handlers.
pub(super) type Handlers = [Option<Py>; Handler::COUNT];

/// No functions.
const NO_HANDLERS: Handlers = [const { None }; Handler::COUNT];

/// The mutable state of a parser.
#[derive(Debug)]
pub(crate) struct Core {
    pub(super) parser: Parser,
    /// The functions that are set, indexed by the numbers of the handlers.
    pub(super) handlers: Handlers,
    pub(super) installed: Installed,
    pub(super) text: CharacterBuffer,
    pub(super) names: NameTable<Py<PyStr>>,
    /// The error number of the last call; 0 for none.
    pub(super) error: u8,
    /// Whether a call of `Parse` or `ParseFile` is in progress.
    pub(super) is_parsing: bool,
    /// Whether the document has ended, or an exception has stopped the parser.
    pub(super) is_finished: bool,
    /// Whether a handler is running.
    pub(super) in_callback: bool,
    pub(super) ordered_attributes: bool,
    pub(super) specified_attributes: bool,
    pub(super) namespace_prefixes: bool,
}

impl Core {
    fn new(parser: Parser) -> Self {
        Self {
            parser,
            handlers: NO_HANDLERS,
            installed: Installed::NONE,
            text: CharacterBuffer::new(DEFAULT_SIZE),
            names: NameTable::default(),
            error: 0,
            is_parsing: false,
            is_finished: false,
            in_callback: false,
            ordered_attributes: false,
            specified_attributes: false,
            namespace_prefixes: false,
        }
    }

    /// A parser for an external entity, with the settings and the handlers of this one.
    pub(super) fn external_entity(&mut self, context: Option<&[u8]>, encoding: Option<&[u8]>) -> Result<Self, Error> {
        let parser = self.parser.external_entity_parser(context, encoding)?;
        let mut text = CharacterBuffer::new(self.text.size());
        text.enable(self.text.is_enabled());
        let mut core = Self {
            installed: self.installed,
            text,
            ordered_attributes: self.ordered_attributes,
            specified_attributes: self.specified_attributes,
            namespace_prefixes: self.namespace_prefixes,
            ..Self::new(parser)
        };
        core.install();
        Ok(core)
    }

    /// Passes the set of installed handlers to the parser.
    pub(super) fn install(&mut self) {
        self.parser.set_handlers(self.installed.events());
        self.parser.set_default_expand(self.installed.expands());
    }

    /// Installs or removes a handler.
    pub(super) fn set_handler(&mut self, handler: Handler, is_set: bool) {
        self.installed.set(handler, is_set);
        self.install();
    }

    /// The function that is set for a handler.
    #[inline]
    pub(super) fn handler<'py>(&self, py: Python<'py>, handler: Handler) -> Option<Bound<'py>> {
        Some(self.handlers.get(handler.index())?.as_ref()?.bind(py).to_owned())
    }

    #[inline]
    pub(super) fn has_handler(&self, handler: Handler) -> bool {
        matches!(self.handlers.get(handler.index()), Some(Some(_)))
    }

    /// Removes all handlers after an exception, and returns the functions, which the caller releases when the parser is back in
    /// its object. References to external entities are errors from then on.
    pub(super) fn remove_handlers(&mut self) -> Handlers {
        self.installed = Installed::NONE;
        self.parser.set_handlers(xml_parser::Handlers::EXTERNAL_ENTITY_REF);
        mem::replace(&mut self.handlers, NO_HANDLERS)
    }
}

/// Releases the functions of handlers.
pub(super) fn give_up(py: Python<'_>, handlers: Handlers) {
    handlers.into_iter().flatten().for_each(|handler| handler.drop_ref(py));
}

/// A borrowed parser.
pub(super) type This<'a, 'py> = Borrowed<'a, 'py, Instance<XmlParser>>;

/// Takes the parser; `None` while another call has it.
#[inline]
pub(super) fn try_take(object: This<'_, '_>) -> Option<Owned<Core>> {
    object.lock(|data| &data.core).take()
}

/// Takes the parser.
#[inline]
pub(super) fn take(object: This<'_, '_>) -> PyResult<Owned<Core>> {
    try_take(object).ok_or_else(|| in_use(object.py()))
}

/// Puts the parser back. The place is empty, because only the owner of a parser can put one into it.
#[inline]
pub(super) fn put(object: This<'_, '_>, core: Owned<Core>) {
    let before = object.lock(|data| &data.core).replace(core);
    debug_assert!(before.is_none(), "two parsers for one object");
    mem::forget(before);
}

/// Calls `body` with the parser. It must not run Python code.
#[inline]
pub(super) fn with<R>(object: This<'_, '_>, body: impl FnOnce(&mut Core) -> R) -> PyResult<R> {
    let mut core = take(object)?;
    let result = body(&mut core);
    put(object, core);
    Ok(result)
}

/// Calls `body` with the parser of an object, which other threads cannot use meanwhile. It must not run Python code.
#[inline]
pub(super) fn locked<R>(object: This<'_, '_>, body: impl FnOnce(&mut Core) -> R) -> PyResult<R> {
    object.with_critical_section(|| with(object, body))
}

/// As [`locked`], for a `body` of nanoseconds, which makes no object and releases none: it needs no critical section unless another
/// call has the parser.
#[inline]
pub(super) fn read<R>(object: This<'_, '_>, body: impl FnOnce(&mut Core) -> R) -> PyResult<R> {
    if let Some(core) = object.lock(|data| &data.core).as_deref_mut() {
        return Ok(body(core));
    }
    locked(object, body)
}

/// As [`read`], if the thread is the owner of the object and no other one has used the parser; `None` otherwise.
#[inline]
pub(super) fn read_own<R>(object: This<'_, '_>, body: impl FnOnce(&mut Core) -> R) -> Option<R> {
    object.lock_as_owner(|data| &data.core)?.as_deref_mut().map(body)
}

/// Calls `body` with the state of the module of a parser.
pub(super) fn with_state<'py, R>(parser: This<'_, 'py>, body: impl FnOnce(&State) -> PyResult<R>) -> PyResult<R> {
    let class = parser.get_type();
    body(class.as_borrowed().module_state::<State>()?)
}

#[cold]
fn in_use(py: Python<'_>) -> PyErr {
    PyRuntimeError::new_err(py, "the parser is in use")
}

/// A new parser.
pub(super) fn create<'py>(
    py: Python<'py>,
    state: &State,
    encoding: Option<&[u8]>,
    separator: Option<u8>,
    intern: Option<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py>> {
    let parser = Parser::new(encoding, separator).map_err(|_| PyErr::no_memory(py))?;
    let mut core = Core::new(parser);
    core.install();
    object(py, state, core, intern, None)
}

/// A new object.
pub(super) fn object<'py>(
    py: Python<'py>,
    state: &State,
    core: Core,
    intern: Option<Bound<'py, PyDict>>,
    parent: Option<Bound<'py>>,
) -> PyResult<Bound<'py>> {
    let core = BiasedLock::new(Some(Owned::new(core).ok_or_else(|| PyErr::no_memory(py))?));
    let class = state.parser_type.bind(py);
    let Some(class) = class.as_class::<XmlParser>() else { unreachable!("the class of parsers") };
    let data = XmlParser { intern: intern.map(Bound::unbind), parent: parent.map(Bound::unbind), core };
    class.object(py, data)
}

/// Raises `ExpatError`.
#[cold]
pub(super) fn raise(
    py: Python<'_>,
    state: &State,
    (line, column): (u64, u64),
    code: u8,
    message: impl Display,
) -> PyErr {
    let class = state.error.bind(py);
    let raised = (|| {
        let message = PyStr::format(py, format_args!("{message}"))?;
        let error = class.call1(&message)?;
        for (name, value) in [(c"code", u64::from(code)), (c"lineno", line), (c"offset", column)] {
            error.setattr(&PyStr::intern(py, name)?, &PyInt::new(py, value)?)?;
        }
        Ok(error)
    })();
    match raised {
        Ok(error) => PyErr::from_value(&class, &error),
        Err(error) => error,
    }
}

/// Raises `ExpatError` for an error of expat.
#[cold]
pub(super) fn raise_code(py: Python<'_>, state: &State, position: (u64, u64), code: u8) -> PyErr {
    let (line, column) = position;
    let text = Error::from_code(code).map_or("parser called from a handler or by two threads", Error::message);
    raise(py, state, position, code, format_args!("{text}: line {line}, column {column}"))
}

/// The line and the column of the parser.
pub(super) fn position(parser: &mut Parser) -> (u64, u64) {
    (parser.line_number(), parser.column_number())
}
