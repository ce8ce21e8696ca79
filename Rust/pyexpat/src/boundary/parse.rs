//! `Parse` and `ParseFile`: input is fed to the parser, and the handlers are called for its events.

use super::State;
use super::convert::{Arguments, container, handler_of, text};
use super::owned::Owned;
use super::parser::{Core, This, XmlParser, give_up, position, put, raise_code, take, try_take, with, with_state};
use crate::character_buffer::Added;
use crate::handler::Handler;
use cpython_api::exceptions::{PyTypeError, PyValueError};
use cpython_api::types::{PyByteArray, PyInt, PyStr};
use cpython_api::{Arg, Bound, Buffer, PyErr, PyObject, PyResult, PyTypeObject, Python, method};
use std::ffi::{CStr, c_char, c_int};
use try_alloc::NoMemory;
use xml_parser::{Error, Event};

/// The maximum number of bytes that are fed to the parser at once.
const MAX_CHUNK_SIZE: usize = 1 << 20;
/// The number of bytes that `ParseFile` reads at once.
const READ_SIZE: usize = 2048;

unsafe extern "C" {
    /// Adds the frame of a handler to the traceback of the exception that is set.
    fn pyexpat_add_frame(handler: *const c_char);
    /// Adds a note to the current exception that names the handler whose result was invalid.
    fn pyexpat_note_bad_result(handler: *const c_char);
    /// Stores the characters of all bytes in a single-byte encoding. Returns 0, or -1 with an exception set.
    fn pyexpat_decode_bytes(encoding: *const c_char, map: *mut c_int) -> c_int;
}

/// The parsing of a piece of input.
struct Run<'a, 'py> {
    py: Python<'py>,
    parser: This<'a, 'py>,
    /// `None` only while a handler runs.
    core: Option<Owned<Core>>,
    arguments: Vec<Bound<'py>>,
    attributes: Vec<Bound<'py>>,
    /// Text that did not fit into the buffer.
    spare: Vec<u8>,
    /// The exception of a handler, which ends the parsing: no handler is called any more.
    raised: Option<PyErr>,
}

/// The action that an event requires.
enum Step {
    /// No action.
    Done,
    /// The end of the input.
    End,
    Failed(Error),
    /// Call a handler with the arguments.
    Call(Handler),
    /// Flush the character buffer, then add the spare text.
    Overflow,
    /// Let a Python codec decode the bytes of the encoding with this name, which ends in NUL.
    Decode(Vec<u8>),
}

impl<'a, 'py> Run<'a, 'py> {
    /// Takes the parser for a call. It is an error if another call is in progress.
    fn begin(parser: This<'a, 'py>, state: &State) -> PyResult<Self> {
        let py = parser.py();
        let mut core = take(parser)?;
        if core.is_parsing {
            let position = position(&mut core.parser);
            put(parser, core);
            return Err(raise_code(py, state, position, 0));
        }
        core.is_parsing = true;
        let (arguments, attributes, spare) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { py, parser, core: Some(core), arguments, attributes, spare, raised: None })
    }

    /// Puts the parser back, and returns the result of the call.
    fn end(mut self, state: &State, result: Result<(), Error>) -> PyResult<Bound<'py>> {
        let py = self.py;
        if self.raised.is_none() && result.is_ok() {
            self.flush();
        }
        let mut error = self.raised.take();
        if let Some(mut core) = self.core.take() {
            core.is_parsing = false;
            if let (None, Err(code)) = (&error, result) {
                let position = position(&mut core.parser);
                put(self.parser, core);
                error = Some(raise_code(py, state, position, code.code()));
            } else {
                put(self.parser, core);
            }
        }
        match error {
            Some(error) => Err(error),
            None => PyInt::new(py, 1_i64).map(Bound::into_any),
        }
    }

    /// Feeds a piece of input, and handles the events.
    fn feed(&mut self, piece: &[u8], is_final: bool) -> Result<(), Error> {
        self.feed_buffer(piece, piece.len(), is_final)
    }

    /// As [`feed`](Self::feed), for a piece in a buffer that was requested with this size (`XML_GetBuffer`).
    fn feed_buffer(&mut self, piece: &[u8], requested: usize, is_final: bool) -> Result<(), Error> {
        let Some(core) = &mut self.core else { return Err(Error::UnexpectedState) };
        let mut result = core.parser.feed_buffer(piece, requested, is_final);
        if result.is_ok() {
            result = loop {
                match self.step() {
                    Step::Done => {}
                    Step::End => break Ok(()),
                    Step::Failed(error) => break Err(error),
                    Step::Call(handler) => self.call(handler),
                    Step::Overflow => self.overflow(),
                    Step::Decode(name) => self.decode(&name),
                }
            };
        }
        if let Some(core) = &mut self.core {
            core.error = result.err().map_or(0, Error::code);
            core.is_finished |= is_final && result.is_ok();
        }
        result
    }

    /// Takes an event from the parser, and collects the arguments for its handler.
    #[inline]
    fn step(&mut self) -> Step {
        let py = self.py;
        let Some(core) = self.core.as_deref_mut() else { return Step::Failed(Error::UnexpectedState) };
        let Core { parser, installed, handlers, text: buffer, names, specified_attributes, .. } = core;
        let event = match parser.next_event() {
            Ok(Some(event)) => event,
            Ok(None) => return Step::End,
            Err(error) => return Step::Failed(error),
        };
        let Some(handler) = handler_of(&event, installed.default_handler()) else {
            let (Event::UnknownEncoding { name }, None) = (event, &self.raised) else { return Step::Done };
            return match try_alloc::collect(name.iter().copied().chain([0])) {
                Ok(name) => Step::Decode(name),
                Err(NoMemory) => {
                    self.raised = Some(PyErr::no_memory(py));
                    Step::Done
                }
            };
        };
        if self.raised.is_some() || !matches!(handlers.get(handler.index()), Some(Some(_))) {
            if matches!(handler, Handler::NotStandalone | Handler::ExternalEntityRef) {
                parser.fail();
            }
            return Step::Done;
        }
        if let (Event::CharacterData(piece), true) = (event, buffer.is_enabled()) {
            match buffer.add(piece) {
                Ok(Added::Kept) => return Step::Done,
                Ok(Added::TooLong) => {}
                Ok(Added::Full) if self.spare.try_reserve(piece.len()).is_ok() => {
                    self.spare.extend_from_slice(piece);
                    return Step::Overflow;
                }
                Ok(Added::Full) | Err(_) => {
                    self.raised = Some(PyErr::no_memory(py));
                    return Step::Done;
                }
            }
        }
        let mut arguments = Arguments {
            py,
            intern: self.parser.data().intern.as_ref().map(|intern| intern.bind(py)),
            names,
            arguments: &mut self.arguments,
            attributes: &mut self.attributes,
        };
        match arguments.collect(&event, *specified_attributes) {
            Ok(()) => Step::Call(handler),
            Err(error) => {
                self.raised = Some(error);
                self.remove_handlers();
                Step::Done
            }
        }
    }

    /// Calls a handler with the arguments that have been collected.
    fn call(&mut self, handler: Handler) {
        if handler != Handler::CharacterData && self.core.as_ref().is_some_and(|core| !core.text.is_empty()) {
            let arguments = std::mem::take(&mut self.arguments);
            let attributes = std::mem::take(&mut self.attributes);
            self.flush();
            (self.arguments, self.attributes) = (arguments, attributes);
            if let (Some(_), Handler::NotStandalone | Handler::ExternalEntityRef, Some(core)) =
                (&self.raised, handler, &mut self.core)
            {
                // As if the handler had returned 0.
                core.parser.fail();
            }
        }
        if self.raised.is_none() {
            if handler == Handler::StartElement {
                let ordered = self.core.as_ref().is_some_and(|core| core.ordered_attributes);
                match container(self.py, &mut self.attributes, ordered) {
                    Ok(attributes) => self.argument(attributes),
                    Err(error) => self.raised = Some(error),
                }
            }
            self.run(handler);
        }
        self.arguments.clear();
        self.attributes.clear();
    }

    /// Adds an argument. If the allocation fails, no handler is called any more.
    #[inline]
    fn argument(&mut self, argument: Bound<'py>) {
        if let Err(NoMemory) = try_alloc::push(&mut self.arguments, argument) {
            self.raised = Some(PyErr::no_memory(self.py));
        }
    }

    /// Runs a handler with the arguments.
    #[inline]
    fn run(&mut self, handler: Handler) {
        let py = self.py;
        if self.raised.is_some() {
            self.remove_handlers();
            return;
        }
        let Some(mut core) = self.core.take() else { return };
        let Some(function) = core.handler(py, handler) else {
            self.core = Some(core);
            return;
        };
        core.in_callback = true;
        put(self.parser, core);
        let result = match self.arguments.as_slice() {
            [] => function.call0(),
            [a] => function.call1(a),
            [a, b] => function.call([a, b]),
            [a, b, c] => function.call([a, b, c]),
            [a, b, c, d] => function.call([a, b, c, d]),
            [a, b, c, d, e] => function.call([a, b, c, d, e]),
            [a, b, c, d, e, f, g] => function.call([a, b, c, d, e, f, g]),
            _ => unreachable!("no handler has another number of arguments"),
        };
        if result.is_err() {
            // SAFETY: the thread is attached, an exception is set, and this is the name of a handler.
            unsafe { pyexpat_add_frame(handler.name().as_ptr()) };
        }
        let answer = match (&result, handler) {
            (Ok(value), Handler::NotStandalone | Handler::ExternalEntityRef) => Some(value.as_long()),
            _ => None,
        };
        match take(self.parser) {
            Ok(mut core) => {
                core.in_callback = false;
                // As in C, the result is truncated to an int; an error is not 0.
                if result.is_err() {
                    core.parser.stop();
                    core.is_finished = true;
                }
                let is_asked = matches!(handler, Handler::NotStandalone | Handler::ExternalEntityRef);
                if is_asked && (result.is_err() || matches!(answer, Some(Ok(answer)) if answer as c_int == 0)) {
                    core.parser.fail();
                }
                self.core = Some(core);
            }
            Err(error) => {
                drop(result);
                self.raised = Some(error);
                return;
            }
        }
        if let Some(Err(error)) = answer {
            // SAFETY: the thread is attached, an exception is set, and this is the name of a handler.
            unsafe { pyexpat_note_bad_result(handler.name().as_ptr()) };
            self.raised = Some(error);
        }
        if let Err(error) = result {
            self.raised = Some(error);
            self.remove_handlers();
        }
    }

    /// Removes all handlers after an exception.
    #[cold]
    fn remove_handlers(&mut self) {
        if let Some(mut core) = self.core.take() {
            let handlers = core.remove_handlers();
            put(self.parser, core);
            give_up(self.py, handlers);
            self.core = try_take(self.parser);
        }
    }

    /// Calls the handler with the text that is in the buffer.
    fn flush(&mut self) {
        let Some(core) = &mut self.core else { return };
        if core.text.is_empty() {
            return;
        }
        if !core.has_handler(Handler::CharacterData) {
            core.text.begin_flush();
            core.text.end_flush();
            return;
        }
        match text(self.py, core.text.text()) {
            Ok(text) => {
                core.text.begin_flush();
                self.argument(text.into_any());
                self.run(Handler::CharacterData);
                self.arguments.clear();
            }
            Err(error) => {
                self.raised = Some(error);
                self.remove_handlers();
            }
        }
        if let Some(core) = &mut self.core {
            core.text.end_flush();
        }
    }

    /// Flushes the buffer, and adds the text that did not fit.
    fn overflow(&mut self) {
        self.flush();
        let spare = std::mem::take(&mut self.spare);
        if self.raised.is_none()
            && let Some(core) = &mut self.core
            && core.has_handler(Handler::CharacterData)
        {
            // The handler may have changed the settings of the buffer.
            let added = if core.text.is_enabled() { core.text.add(&spare) } else { Ok(Added::TooLong) };
            match added {
                Ok(Added::Kept) => {}
                Ok(Added::TooLong | Added::Full) => match text(self.py, &spare) {
                    Ok(text) => {
                        self.argument(text.into_any());
                        self.call(Handler::CharacterData);
                    }
                    Err(error) => {
                        self.raised = Some(error);
                        self.remove_handlers();
                    }
                },
                Err(_) => self.raised = Some(PyErr::no_memory(self.py)),
            }
        }
        self.spare = spare;
        self.spare.clear();
    }

    /// Gets the characters of an encoding from Python's codec.
    fn decode(&mut self, name: &[u8]) {
        // A name with a NUL: without a map the parser reports an unknown encoding.
        let Ok(name) = CStr::from_bytes_with_nul(name) else { return };
        let Some(core) = self.core.take() else { return };
        put(self.parser, core);
        let mut map = [-1; 256];
        // SAFETY: the thread is attached; the name is NUL-terminated, and the map has 256 entries.
        let status = unsafe { pyexpat_decode_bytes(name.as_ptr(), map.as_mut_ptr()) };
        if status < 0 {
            // SAFETY: the call has set an exception.
            self.raised = Some(unsafe { PyErr::already_set(self.py) });
        }
        match take(self.parser) {
            Ok(mut core) => {
                if status == 0 {
                    // If no map is set, the parser reports an unknown encoding.
                    let _refused = core.parser.set_unknown_encoding(&map);
                }
                self.core = Some(core);
            }
            Err(error) => self.raised = Some(error),
        }
    }
}

/// Parses a `str`, or a buffer.
fn parse<'py>(parser: This<'_, 'py>, state: &State, input: &Bound<'py>, is_final: bool) -> PyResult<Bound<'py>> {
    if let Ok(string) = input.cast::<PyStr>() {
        let string = string.to_str()?;
        let mut run = Run::begin(parser, state)?;
        // Once parsing has begun, the encoding cannot be changed; this is ignored as in C.
        let set = run.core.as_mut().map(|core| core.parser.set_encoding(Some(b"utf-8")));
        let result = match set {
            Some(Err(Error::NoMemory)) => Err(Error::NoMemory),
            _ => feed_pieces(&mut run, string.as_bytes(), is_final),
        };
        return run.end(state, result);
    }
    if let Some(bytes) = input.as_borrowed().bytes_contents() {
        let mut run = Run::begin(parser, state)?;
        let result = feed_pieces(&mut run, bytes, is_final);
        return run.end(state, result);
    }
    let buffer = Buffer::of(input)?;
    let bytes = buffer.input()?;
    let mut run = Run::begin(parser, state)?;
    let result = feed_pieces(&mut run, &bytes, is_final);
    drop(bytes);
    drop(buffer);
    run.end(state, result)
}

/// Feeds input in the same chunks as C, because text is split at their ends.
fn feed_pieces(run: &mut Run<'_, '_>, mut input: &[u8], is_final: bool) -> Result<(), Error> {
    while input.len() > MAX_CHUNK_SIZE {
        let (piece, rest) = input.split_at(MAX_CHUNK_SIZE);
        run.feed(piece, false)?;
        input = rest;
    }
    run.feed(input, is_final)
}

/// Parses the content of a file, which is read by its `read` method.
fn parse_file<'py>(parser: This<'_, 'py>, state: &State, file: &Bound<'py>) -> PyResult<Bound<'py>> {
    let py = parser.py();
    let read = file.getattr_opt(&PyStr::intern(py, c"read")?)?;
    let Some(read) = read else {
        return Err(PyTypeError::new_err(py, "argument must have 'read' attribute"));
    };
    let size = PyInt::new(py, READ_SIZE as i64)?.into_any();
    loop {
        // As in C, nothing is read for a parser that is finished or in use.
        let (is_busy, is_finished) = with(parser, |core| (core.is_parsing, core.is_finished))?;
        if is_busy || is_finished {
            return Run::begin(parser, state)?.fail(state, Error::Finished);
        }
        let piece = read.call1(&size)?;
        let copied;
        let bytes = match piece.as_borrowed().bytes_contents() {
            Some(bytes) => bytes,
            None => match piece.cast::<PyByteArray>() {
                Ok(array) => {
                    copied = array.to_bytes()?;
                    copied.as_bytes()
                }
                Err(_) => {
                    let class = piece.get_type().c_name()?;
                    let message =
                        format_args!("read() did not return a bytes object (type={:.400})", class.to_string_lossy());
                    return Err(PyTypeError::new_err(py, message));
                }
            },
        };
        if bytes.len() > READ_SIZE {
            let message =
                format_args!("read() returned too much data: {READ_SIZE} bytes requested, {} returned", bytes.len());
            return Err(PyValueError::new_err(py, message));
        }
        let is_final = bytes.is_empty();
        let mut run = Run::begin(parser, state)?;
        let result = run.feed_buffer(bytes, READ_SIZE, is_final);
        if is_final || result.is_err() || run.raised.is_some() {
            return run.end(state, result);
        }
        run.pause();
    }
}

impl<'py> Run<'_, 'py> {
    /// Puts the parser back between two pieces of a file.
    fn pause(mut self) {
        if let Some(mut core) = self.core.take() {
            core.is_parsing = false;
            put(self.parser, core);
        }
    }

    /// Ends the call with an error about the state of the parser.
    fn fail(mut self, state: &State, error: Error) -> PyResult<Bound<'py>> {
        if let Some(core) = &mut self.core {
            core.error = error.code();
        }
        self.end(state, Err(error))
    }
}

/// Parses a piece of a document.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_Parse_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    data: *mut PyObject,
    isfinal: c_int,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let data: Arg<'_> = unsafe { Arg::new(&data) };
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.Parse", parser, move |parser| {
            let py = parser.py();
            with_state(parser, |state| {
                parser.with_critical_section(|| parse(parser, state, &data.bind(py), isfinal != 0))
            })
        })
    }
}

/// Parses a file.
///
/// # Safety
///
/// Called by the parsing code alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyexpat_xmlparser_ParseFile_impl(
    parser: *mut PyObject,
    _cls: *mut PyTypeObject,
    file: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the parsing code passes an object, which its caller keeps for the call.
    let file: Arg<'_> = unsafe { Arg::new(&file) };
    // SAFETY: the parsing code passes a parser, which its caller keeps for the call, on an attached thread.
    unsafe {
        method::<XmlParser>(c"pyexpat.xmlparser.ParseFile", parser, move |parser| {
            let py = parser.py();
            with_state(parser, |state| parser.with_critical_section(|| parse_file(parser, state, &file.bind(py))))
        })
    }
}

/// Flushes the character buffer before an attribute is set.
pub(super) fn flush(parser: This<'_, '_>) -> PyResult<()> {
    parser.with_critical_section(|| {
        let core = take(parser)?;
        let mut run = Run {
            py: parser.py(),
            parser,
            core: Some(core),
            arguments: Vec::new(),
            attributes: Vec::new(),
            spare: Vec::new(),
            raised: None,
        };
        run.flush();
        if let Some(core) = run.core.take() {
            put(parser, core);
        }
        run.raised.map_or(Ok(()), Err)
    })
}
