//! `XMLParser`: feeds the parser of the crate `xml-parser`, and passes on its events.
//!
//! One call at a time uses the parser. A second call, from another thread or from a method of the target, raises an exception.

use super::builder::{Builder, Report, close, new_builder, set_events_append, set_report};
use super::element::is_exactly;
use super::machine::{Lossy, METHODS, Machine, Method, Place, This, XmlParser, parse_error};
use super::module::State;
use super::slots::items_of;
use super::target::{run_builder, run_target};
use crate::names::Names;
use cpython_api::exceptions::{PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use cpython_api::types::{PyAny, PyBytes, PyDict, PyInt, PyStr};
use cpython_api::{
    Arg, Borrowed, Bound, Buffer, Class, PyErr, PyMutex, PyObject, PyResult, PyTypeObject, Python, SharedRef,
    c_str_arg, entry, method, method_none, method_value, method_with,
};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem;
use xml_parser::{Error, Handlers, Parser};

/// `tp_new`
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elementtree_XMLParser_new(
    class: *mut PyTypeObject,
    _args: *mut PyObject,
    _kwds: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the constructor is called for the class of parsers, or a subclass, which its caller keeps.
    let class = unsafe { Class::<XmlParser>::new(&class) };
    // SAFETY: constructors are called on an attached thread.
    unsafe {
        entry(c"XMLParser", move |py| {
            let methods = [const { None }; METHODS.len()].map(SharedRef::new);
            let (entity, target) = (SharedRef::new(None), SharedRef::new(None));
            class.object(py, XmlParser { entity, target, methods, place: PyMutex::new(Place::Nowhere) })
        })
    }
}

/// `XMLParser.__init__`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_XMLParser___init___impl(
    parser: *mut PyObject,
    target: *mut PyObject,
    encoding: *const c_char,
) -> c_int {
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let target = unsafe { Arg::<PyAny>::new(&target) };
    let encoding = if encoding.is_null() {
        None
    } else {
        // SAFETY: the parsing code passes a string that its caller keeps for the call.
        Some(unsafe { c_str_arg(&encoding) })
    };
    // SAFETY: methods are called with an object of the class, which their caller keeps, on an attached thread.
    unsafe {
        method_value::<XmlParser, _>(c"XMLParser.__init__", parser, move |parser| {
            init(parser, target.bind(parser.py()), encoding)
        })
    }
}

fn init<'py>(this: This<'_, 'py>, target: Borrowed<'_, 'py>, encoding: Option<&CStr>) -> PyResult<()> {
    let py = this.py();
    let state = this.module_state::<State>()?;
    let target = if target.is_none() {
        let builder = state.builder.bind(py);
        let Some(class) = builder.as_class() else { unreachable!("the class of builders") };
        class.object(py, new_builder(state.element.clone_ref(py)))?
    } else {
        target.to_owned()
    };
    let entity = PyDict::new(py)?;
    let mut handlers = Handlers::START_ELEMENT
        | Handlers::END_ELEMENT
        | Handlers::CHARACTER_DATA
        | Handlers::DEFAULT
        | Handlers::START_DOCTYPE_DECL
        | Handlers::UNKNOWN_ENCODING;
    let mut methods = [const { None }; METHODS.len()];
    if is_exactly(&target, state.builder.as_ptr().cast()) {
        // Events are passed to it without calling its methods.
        handlers = handlers | Handlers::COMMENT | Handlers::PROCESSING_INSTRUCTION;
    } else {
        for (method, name) in methods.iter_mut().zip(METHODS) {
            *method = target.getattr_opt(&PyStr::intern(py, name)?)?;
        }
    }
    let has = |method: Method| methods[method as usize].is_some();
    if has(Method::StartNs) || has(Method::EndNs) {
        handlers = handlers | Handlers::START_NAMESPACE_DECL | Handlers::END_NAMESPACE_DECL;
    }
    if has(Method::Comment) {
        handlers = handlers | Handlers::COMMENT;
    }
    if has(Method::Pi) {
        handlers = handlers | Handlers::PROCESSING_INSTRUCTION;
    }
    let parser = Parser::new(encoding.map(CStr::to_bytes), Some(b'}'));
    let mut parser = parser.map_err(|_| PyErr::no_memory(py))?;
    parser.set_handlers(handlers);
    parser.set_default_expand(true);
    let machine = try_alloc::boxed(Machine { parser, names: Names::new() }).map_err(|_| PyErr::no_memory(py))?;
    let data = this.data();
    let mut place = data.place.lock(py);
    if let Place::InUse = *place {
        drop(place);
        return Err(in_use(py));
    }
    let old = mem::replace(&mut *place, Place::Here(machine));
    drop(place);
    if let Place::Here(machine) = old {
        machine.names.into_values().for_each(|name| name.drop_ref(py));
    }
    data.entity.set(py, Some(entity));
    data.target.set(py, Some(target));
    for (place, method) in data.methods.iter().zip(methods) {
        place.set(py, method);
    }
    Ok(())
}

#[cold]
fn in_use(py: Python<'_>) -> PyErr {
    PyRuntimeError::new_err(py, "XMLParser is in use by another call")
}

/// Runs `body` with the parser, which no other call can use meanwhile.
fn with_machine<'py, R>(this: This<'_, 'py>, body: impl FnOnce(&mut Machine) -> PyResult<R>) -> PyResult<R> {
    /// Puts the parser back.
    struct PutBack<'a, 'py>(This<'a, 'py>, Option<Box<Machine>>);
    impl Drop for PutBack<'_, '_> {
        fn drop(&mut self) {
            if let Some(machine) = self.1.take() {
                *self.0.data().place.lock(self.0.py()) = Place::Here(machine);
            }
        }
    }
    let py = this.py();
    let mut place = this.data().place.lock(py);
    let found = match &*place {
        Place::Here(_) => mem::replace(&mut *place, Place::InUse),
        Place::InUse => Place::InUse,
        Place::Nowhere => Place::Nowhere,
    };
    drop(place);
    match found {
        Place::Here(machine) => {
            let mut machine = PutBack(this, Some(machine));
            let Some(machine) = &mut machine.1 else { unreachable!("it has just been put there") };
            body(machine)
        }
        Place::InUse => Err(in_use(py)),
        Place::Nowhere => Err(PyValueError::new_err(py, "XMLParser.__init__() wasn't called")),
    }
}

/// The target, if it is a builder whose methods need not be called.
fn as_builder<'a, 'py>(this: This<'_, 'py>, target: &'a Bound<'py>) -> PyResult<Option<Builder<'a, 'py>>> {
    let class = this.module_state::<State>()?.builder.as_ptr().cast();
    // SAFETY: the class makes builders.
    Ok(is_exactly(target, class).then(|| unsafe { target.as_borrowed().cast_unchecked() }))
}

/// The target.
fn target_of<'py>(this: This<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = this.py();
    let target = this.data().target.get(py);
    target.ok_or_else(|| PyValueError::new_err(py, "XMLParser.__init__() wasn't called"))
}

/// Parses a piece of the document.
fn parse(this: This<'_, '_>, machine: &mut Machine, data: &[u8], is_final: bool) -> PyResult<()> {
    if data.len() > c_int::MAX as usize {
        return Err(PyOverflowError::new_err(this.py(), "size does not fit in an int"));
    }
    if let Err(error) = machine.parser.feed(data, is_final) {
        return Err(parse_error(this, &mut machine.parser, error));
    }
    let target = target_of(this)?;
    match as_builder(this, &target)? {
        Some(builder) => run_builder(this, builder, machine),
        None => run_target(this, machine),
    }
}

/// The end of the document.
fn finish<'py>(this: This<'_, 'py>, is_whole: bool) -> PyResult<Bound<'py>> {
    let py = this.py();
    with_machine(this, |machine| parse(this, machine, b"", true))?;
    let target = target_of(this)?;
    if let Some(builder) = as_builder(this, &target)? {
        return Ok(close(builder));
    }
    match this.data().method(py, Method::Close) {
        Some(method) if !is_whole => method.call0(),
        _ => Ok(py.None()),
    }
}

/// `parser.close()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_XMLParser_close_impl(parser: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, on an attached thread; its caller keeps it for the call.
    unsafe { method(c"XMLParser.close", parser, |parser| finish(parser, false)) }
}

/// `parser.flush()`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_XMLParser_flush_impl(parser: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser, on an attached thread; its caller keeps it for the call.
    unsafe {
        method_none(c"XMLParser.flush", parser, |this| {
            with_machine(this, |machine| {
                machine.parser.set_reparse_deferral(false);
                let result = parse(this, machine, b"", false);
                machine.parser.set_reparse_deferral(true);
                result
            })?;
            Ok(())
        })
    }
}

/// `parser.feed(data)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_XMLParser_feed_impl(parser: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser and an object, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with::<XmlParser, _>(c"XMLParser.feed", parser, data, |parser, data| {
            feed(parser, data).map(|()| parser.py().None())
        })
    }
}

fn feed<'py>(this: This<'_, 'py>, data: Borrowed<'_, 'py>) -> PyResult<()> {
    if let Some(text) = data.cast_borrowed::<PyStr>() {
        let check = with_machine(this, |_| Ok(()));
        check?;
        let text = text.to_str()?;
        return with_machine(this, |machine| {
            // After the first piece it cannot be set any more, which is not an error.
            if machine.parser.set_encoding(Some(b"utf-8")) == Err(Error::NoMemory) {
                return Err(PyErr::no_memory(this.py()));
            }
            parse(this, machine, text.as_bytes(), false)
        });
    }
    if let Some(bytes) = data.cast_borrowed::<PyBytes>() {
        return with_machine(this, |machine| parse(this, machine, bytes.as_bytes(), false));
    }
    with_machine(this, |_| Ok(()))?;
    let buffer = Buffer::of(&data)?;
    let input = buffer.input()?;
    with_machine(this, |machine| parse(this, machine, &input, false))
}

/// `parser._parse_whole(file)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_XMLParser__parse_whole_impl(
    parser: *mut PyObject,
    file: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser and an object, on an attached thread; its caller keeps them for the call.
    unsafe { method_with(c"XMLParser._parse_whole", parser, file, parse_whole) }
}

/// The number of bytes that are read from a file at once.
const PIECE: i64 = 64 * 1024;

fn parse_whole<'py>(this: This<'_, 'py>, file: Borrowed<'_, 'py>) -> PyResult<Bound<'py>> {
    let py = this.py();
    with_machine(this, |_| Ok(()))?;
    let read = file.getattr_named(c"read")?;
    let size = PyInt::new(py, PIECE)?;
    loop {
        let mut piece = read.call1(&size)?;
        if piece.is_exact_instance_of::<PyStr>() {
            if piece.cast::<PyStr>()?.is_empty() {
                break;
            }
            let encode = PyStr::intern(py, c"encode")?;
            let arguments = [PyStr::intern(py, c"utf-8")?, PyStr::intern(py, c"surrogatepass")?];
            piece = piece.call_method(&encode, [arguments[0].as_any(), arguments[1].as_any()])?;
        }
        let Some(bytes) = piece.cast_exact::<PyBytes>().filter(|bytes| !bytes.as_bytes().is_empty()) else { break };
        with_machine(this, |machine| parse(this, machine, bytes.as_bytes(), false))?;
    }
    finish(this, true)
}

/// `parser._setevents(events_queue, events_to_report)`
///
/// # Safety
///
/// - Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _elementtree_XMLParser__setevents_impl(
    parser: *mut PyObject,
    queue: *mut PyObject,
    events: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes a parser and objects, on an attached thread; its caller keeps them for the call.
    unsafe {
        method_with::<XmlParser, _>(c"XMLParser._setevents", parser, [queue, events], |parser, [queue, events]| {
            set_events(parser, queue, events).map(|()| parser.py().None())
        })
    }
}

fn set_events<'py>(this: This<'_, 'py>, queue: Borrowed<'_, 'py>, events: Borrowed<'_, 'py>) -> PyResult<()> {
    let py = this.py();
    with_machine(this, |_| Ok(()))?;
    let target = target_of(this)?;
    let Some(builder) = as_builder(this, &target)? else {
        let message = "event handling only supported for ElementTree.TreeBuilder targets";
        return Err(PyTypeError::new_err(py, message));
    };
    set_events_append(builder, queue.getattr_named(c"append")?);
    if events.is_none() {
        set_report(builder, Report::End, PyStr::new(py, "end")?.as_any());
        return Ok(());
    }
    for event in items_of(events, "events must be a sequence")? {
        let name = if let Ok(name) = event.cast::<PyStr>() {
            match name.to_str() {
                Ok(name) => Some(name.as_bytes()),
                Err(error) => {
                    error.clear(py);
                    None
                }
            }
        } else if let Ok(name) = event.cast::<PyBytes>() {
            Some(name.as_bytes())
        } else {
            None
        };
        let Some(name) = name else { return Err(PyValueError::new_err(py, "invalid events sequence")) };
        // C reads up to the first NUL.
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let (report, handlers) = match name {
            b"start" => (Report::Start, Handlers::NONE),
            b"end" => (Report::End, Handlers::NONE),
            b"start-ns" => (Report::StartNs, Handlers::START_NAMESPACE_DECL | Handlers::END_NAMESPACE_DECL),
            b"end-ns" => (Report::EndNs, Handlers::START_NAMESPACE_DECL | Handlers::END_NAMESPACE_DECL),
            b"comment" => (Report::Comment, Handlers::COMMENT),
            b"pi" => (Report::Pi, Handlers::PROCESSING_INSTRUCTION),
            _ => {
                return Err(PyValueError::new_err(py, format_args!("unknown event '{}'", Lossy(name))));
            }
        };
        set_report(builder, report, &event);
        with_machine(this, |machine| {
            let all = machine.parser.handlers() | handlers;
            machine.parser.set_handlers(all);
            Ok(())
        })?;
    }
    Ok(())
}

/// The attribute `version`: that of expat which `pyexpat` has.
///
/// # Safety
///
/// - Called as the slot alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xmlparser_version_getter(_parser: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    // SAFETY: slots are called on an attached thread.
    unsafe {
        entry(c"XMLParser.version", move |py| {
            let version = py.import_attribute(c"pyexpat", c"version_info")?.to_tuple()?;
            let mut text = PyStr::new(py, "Expat ")?;
            for (index, number) in version.items().enumerate() {
                if index > 0 {
                    text = text.append(&PyStr::new(py, ".")?)?;
                }
                text = text.append(&number.str()?)?;
            }
            Ok(text.into_any())
        })
    }
}
