//! The delivery of the events of a parser: to a `TreeBuilder`, or to the methods of any other target.

#![forbid(unsafe_code)]

use super::builder::{self, Builder, Collected, GivenUp, Refusal, Report, SEVERAL_EVENTS, give_up, utf8};
use super::machine::{Lossy, Machine, Method, This, parse_error};
use super::module::State;

use crate::names::Names;
use cpython_api::exceptions::{PyRuntimeWarning, PyValueError, warn};
use cpython_api::types::{PyBytes, PyDict, PyStr};
use cpython_api::{Borrowed, Bound, Py, PyErr, PyResult, Python, StrData};
use std::ops::ControlFlow;
use xml_parser::{Error, Event, Parser, StartElement};

/// The replacement character of the codecs for undecodable bytes.
const REPLACEMENT_CHARACTER: i32 = 0xFFFD;

/// An event that requires Python code; it does not borrow from the parser.
enum Pending<'py> {
    Start(Bound<'py>, Option<Bound<'py>>),
    End(Option<Bound<'py>>),
    Data(Bound<'py>),
    Comment(Bound<'py>),
    Pi(Bound<'py>, Bound<'py>),
    StartNs(Bound<'py>, Bound<'py>),
    EndNs(Bound<'py>),
    Doctype(Bound<'py>, Bound<'py>, Bound<'py>),
    /// A reference to an entity, with `&` and `;`.
    Entity(Vec<u8>),
    /// The name of an encoding.
    Encoding(Bound<'py>),
    /// An element has been started or ended, which is to be recorded.
    Report(Report, Bound<'py>),
}

/// Why the delivery of events has ended.
enum Pause<'py> {
    /// There are no more events.
    Done,
    Pending(Pending<'py>),
    Malformed(Error),
    Refused(Refusal),
}

impl From<PyErr> for Pause<'_> {
    fn from(error: PyErr) -> Self {
        Self::Refused(Refusal::Raised(error))
    }
}

/// Converts a name of the parser: `uri}local` becomes `{uri}local`.
#[inline]
fn universal<'py>(
    py: Python<'py>,
    names: &mut Names<Py>,
    given_up: &mut GivenUp<'_>,
    name: &[u8],
) -> PyResult<Bound<'py>> {
    if let Some(found) = names.get(name) {
        return Ok(found.bind(py).to_owned());
    }
    let made = if name.contains(&b'}') {
        let mut whole = Vec::new();
        whole.try_reserve_exact(name.len() + 1).map_err(|_| PyErr::no_memory(py))?;
        whole.push(b'{');
        whole.extend_from_slice(name);
        utf8(py, &whole)?
    } else {
        utf8(py, name)?
    };
    let made = made.into_any();
    if given_up.has_room() {
        given_up.add(names.insert(name, made.clone().unbind()));
    }
    Ok(made)
}

/// The attributes of a start tag; `None` if there are none.
#[inline]
fn attributes<'py>(
    py: Python<'py>,
    names: &mut Names<Py>,
    given_up: &mut GivenUp<'_>,
    items: &mut Vec<Bound<'py>>,
    start: &StartElement<'_>,
) -> PyResult<Option<Bound<'py>>> {
    let attributes = start.attributes();
    if attributes.is_empty() {
        return Ok(None);
    }
    items.clear();
    items.try_reserve(attributes.len() * 2).map_err(|_| PyErr::no_memory(py))?;
    for attribute in attributes.iter() {
        items.push(universal(py, names, given_up, attribute.name)?);
        items.push(utf8(py, attribute.value)?.into_any());
    }
    PyDict::from_tail(py, items, 0).map(|dict| Some(dict.into_any()))
}

/// Optional text.
fn text_or_empty<'py>(py: Python<'py>, text: Option<&[u8]>) -> PyResult<Bound<'py>> {
    utf8(py, text.unwrap_or_default()).map(Bound::into_any)
}

/// A copy of an event, which is delivered without holding a lock; `None` if the target does not need it.
fn owned<'py>(
    py: Python<'py>,
    event: &Event<'_>,
    names: &mut Names<Py>,
    given_up: &mut GivenUp<'_>,
    items: &mut Vec<Bound<'py>>,
) -> PyResult<Option<Pending<'py>>> {
    let text = |text| utf8(py, text).map(Bound::into_any);
    Ok(Some(match event {
        Event::StartElement(start) => {
            let tag = universal(py, names, given_up, start.name())?;
            Pending::Start(tag, attributes(py, names, given_up, items, start)?)
        }
        Event::EndElement { name } => Pending::End(Some(universal(py, names, given_up, name)?)),
        Event::CharacterData(data) => Pending::Data(text(data)?),
        Event::Comment(comment) => Pending::Comment(text(comment)?),
        Event::ProcessingInstruction { target, data } => Pending::Pi(text(target)?, text(data)?),
        Event::StartNamespaceDecl { prefix, uri } => {
            Pending::StartNs(text_or_empty(py, *prefix)?, text_or_empty(py, *uri)?)
        }
        Event::EndNamespaceDecl { prefix } => Pending::EndNs(text_or_empty(py, *prefix)?),
        Event::StartDoctypeDecl { name, system_id, public_id, .. } => {
            let mut id = |id: Option<&[u8]>| id.map_or_else(|| Ok(py.None()), |id| universal(py, names, given_up, id));
            Pending::Doctype(id(Some(name))?, id(*public_id)?, id(*system_id)?)
        }
        Event::Default(text @ [b'&', _, ..]) => {
            let mut copy = Vec::new();
            copy.try_reserve_exact(text.len()).map_err(|_| PyErr::no_memory(py))?;
            copy.extend_from_slice(text);
            Pending::Entity(copy)
        }
        Event::UnknownEncoding { name } => Pending::Encoding(text(name)?),
        _ => return Ok(None),
    }))
}

/// Adds events to a builder under its lock, as long as no Python code is needed.
fn take<'py>(
    builder: Builder<'_, 'py>,
    machine: &mut Machine,
    collected: &mut Collected,
    given_up: &mut GivenUp<'_>,
    items: &mut Vec<Bound<'py>>,
) -> Pause<'py> {
    let (py, this) = (builder.py(), builder.data());
    let Machine { parser, names, .. } = machine;
    let is_plain = collected.is_plain();
    loop {
        if !given_up.has_room() {
            // The lock has to be released first, so that the references can be.
            return Pause::Refused(Refusal::NotPlain);
        }
        // The event is read where it is: to copy it takes longer than some events themselves.
        let next = parser.next_event();
        let event = match &next {
            Ok(Some(event)) => event,
            Ok(None) => return Pause::Done,
            Err(error) => return Pause::Malformed(*error),
        };
        match event {
            Event::CharacterData(text) if collected.takes_text() => {
                if !collected.text(text) {
                    return Pause::Refused(Refusal::Memory);
                }
            }
            Event::StartElement(start) if is_plain => {
                let made = universal(py, names, given_up, start.name())
                    .and_then(|tag| Ok((tag, attributes(py, names, given_up, items, start)?)));
                let (tag, attrib) = match made {
                    Ok(made) => made,
                    Err(error) => return error.into(),
                };
                match this.start_plain(py, collected, tag.clone(), attrib.clone(), given_up) {
                    Ok(()) if collected.reports(Report::Start) => {
                        return Pause::Pending(Pending::Report(Report::Start, collected.open(py)));
                    }
                    Ok(()) => {}
                    Err(Refusal::NotPlain) => return Pause::Pending(Pending::Start(tag, attrib)),
                    Err(refusal) => return Pause::Refused(refusal),
                }
            }
            Event::EndElement { .. } => match this.end_plain(py, collected, given_up) {
                Ok(()) if collected.reports(Report::End) => {
                    return Pause::Pending(Pending::Report(Report::End, collected.latest(py)));
                }
                Ok(()) => {}
                Err(Refusal::NotPlain) => return Pause::Pending(Pending::End(None)),
                Err(refusal) => return Pause::Refused(refusal),
            },
            Event::ProcessingInstruction { .. } if !collected.wants_pi() => {}
            Event::StartNamespaceDecl { .. } if !collected.reports(Report::StartNs) => {}
            Event::EndNamespaceDecl { .. } if !collected.reports(Report::EndNs) => {}
            event => match owned(py, event, names, given_up, items) {
                Ok(Some(pending)) => return Pause::Pending(pending),
                Ok(None) => {}
                Err(error) => return error.into(),
            },
        }
    }
}

/// Adds all events to a builder.
pub(super) fn run_builder<'py>(this: This<'_, 'py>, builder: Builder<'_, 'py>, machine: &mut Machine) -> PyResult<()> {
    let py = this.py();
    let mut room = SEVERAL_EVENTS;
    let mut given_up = GivenUp::new(&mut room);
    let mut items = Vec::new();
    loop {
        let mut collected = builder::lock(builder);
        let pause = take(builder, machine, &mut collected, &mut given_up, &mut items);
        drop(collected);
        give_up(py, &mut given_up);
        let result = match pause {
            Pause::Done => return Ok(()),
            Pause::Malformed(error) => return Err(parse_error(this, &mut machine.parser, error)),
            Pause::Refused(Refusal::NotPlain) => Ok(()),
            Pause::Refused(refusal) => Err(refusal.raise(builder)),
            Pause::Pending(pending) => tell_builder(this, builder, pending, machine),
        };
        if let Err(error) = result {
            return Err(skip(py, machine, error));
        }
    }
}

/// Discards the remaining events of the input, as C does after an exception.
fn skip(py: Python<'_>, machine: &mut Machine, error: PyErr) -> PyErr {
    error.set_aside(py, || {
        while let Ok(Some(_)) = machine.parser.next_event() {}
        Ok(())
    })
}

fn tell_builder<'py>(
    this: This<'_, 'py>,
    builder: Builder<'_, 'py>,
    pending: Pending<'py>,
    machine: &mut Machine,
) -> PyResult<()> {
    match pending {
        Pending::Start(tag, attrib) => builder::start(builder, &tag, attrib.as_ref()).map(drop),
        Pending::End(_) => builder::end(builder).map(drop),
        Pending::Data(data) => builder::data(builder, &data),
        Pending::Comment(text) => builder::comment(builder, text).map(drop),
        Pending::Pi(target, text) => builder::pi(builder, target, text).map(drop),
        Pending::StartNs(prefix, uri) => {
            let pair = cpython_api::types::PyTuple::pack(this.py(), [prefix, uri])?;
            builder::report(builder, Report::StartNs, &pair)
        }
        Pending::EndNs(_) => builder::report(builder, Report::EndNs, &this.py().None()),
        Pending::Doctype(name, public_id, system_id) => doctype(this, [&name, &public_id, &system_id]),
        Pending::Entity(reference) => match entity(this, &reference, &mut machine.parser)? {
            Some(value) => builder::data(builder, &value),
            None => Ok(()),
        },
        Pending::Encoding(name) => encoding(&name, &mut machine.parser),
        Pending::Report(kind, node) => builder::report(builder, kind, &node),
    }
}

/// Calls the methods of the target for all events.
pub(super) fn run_target(this: This<'_, '_>, machine: &mut Machine) -> PyResult<()> {
    let py = this.py();
    let mut items = Vec::new();
    let mut room = SEVERAL_EVENTS;
    let mut given_up = GivenUp::new(&mut room);
    loop {
        let Machine { parser, names, .. } = machine;
        let pending = match parser.next_event() {
            Ok(Some(event)) => owned(py, &event, names, &mut given_up, &mut items),
            Ok(None) => return Ok(()),
            Err(error) => return Err(parse_error(this, parser, error)),
        };
        let result = pending.and_then(|pending| match pending {
            Some(pending) => tell_target(this, pending, machine),
            None => Ok(ControlFlow::Continue(())),
        });
        give_up(py, &mut given_up);
        if let Err(error) = result {
            return Err(skip(py, machine, error));
        }
    }
}

fn tell_target<'py>(this: This<'_, 'py>, pending: Pending<'py>, machine: &mut Machine) -> PyResult<ControlFlow<()>> {
    let py = this.py();
    let call = |method: Method, arguments: &[Borrowed<'_, 'py>]| {
        this.data().method(py, method).map_or(Ok(()), |method| method.vectorcall(arguments, None).map(drop))
    };
    match pending {
        Pending::Start(tag, attrib) => {
            let attrib = match attrib {
                Some(attrib) => attrib,
                None => PyDict::new(py)?.into_any(),
            };
            call(Method::Start, &[tag.as_borrowed(), attrib.as_borrowed()])
        }
        Pending::End(tag) => {
            let tag = tag.unwrap_or_else(|| py.None());
            call(Method::End, &[tag.as_borrowed()])
        }
        Pending::Data(data) => call(Method::Data, &[data.as_borrowed()]),
        Pending::Comment(text) => call(Method::Comment, &[text.as_borrowed()]),
        Pending::Pi(target, text) => call(Method::Pi, &[target.as_borrowed(), text.as_borrowed()]),
        Pending::StartNs(prefix, uri) => call(Method::StartNs, &[prefix.as_borrowed(), uri.as_borrowed()]),
        Pending::EndNs(prefix) => call(Method::EndNs, &[prefix.as_borrowed()]),
        Pending::Doctype(name, public_id, system_id) => doctype(this, [&name, &public_id, &system_id]),
        Pending::Entity(reference) => match entity(this, &reference, &mut machine.parser)? {
            Some(value) => call(Method::Data, &[value.as_borrowed()]),
            None => Ok(()),
        },
        Pending::Encoding(name) => encoding(&name, &mut machine.parser),
        Pending::Report(..) => Ok(()),
    }
    .map(ControlFlow::Continue)
}

/// The start of the document type declaration.
fn doctype<'py>(this: This<'_, 'py>, arguments: [&Bound<'py>; 3]) -> PyResult<()> {
    let py = this.py();
    if let Some(method) = this.data().method(py, Method::Doctype) {
        return method.call(arguments).map(drop);
    }
    let state = this.module_state::<State>()?;
    if !this.hasattr(&state.doctype.bind(py))? {
        return Ok(());
    }
    let message = "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.";
    warn::<PyRuntimeWarning>(py, message)
}

/// The value that `parser.entity` has for a reference to an entity.
fn entity<'py>(this: This<'_, 'py>, reference: &[u8], parser: &mut Parser) -> PyResult<Option<Bound<'py>>> {
    let py = this.py();
    let name = reference.get(1..reference.len() - 1).unwrap_or_default();
    let Some(entities) = this.data().entity.get(py) else { return Ok(None) };
    if let Some(value) = entities.get_item(&utf8(py, name)?)? {
        return Ok(Some(value));
    }
    let shown = reference.get(..100).unwrap_or(reference);
    let shown = Lossy(shown);
    let (line, column) = (parser.line_number(), parser.column_number());
    Err(super::machine::error_at(this, Error::UndefinedEntity, format_args!("undefined entity {shown}"), line, column))
}

/// Gets the character of each byte of an encoding from Python's codec.
fn encoding<'py>(name: &Bound<'py>, parser: &mut Parser) -> PyResult<()> {
    let py = name.py();
    let mut all = [0; 256];
    for (byte, place) in (0..=u8::MAX).zip(&mut all) {
        *place = byte;
    }
    let decode = PyStr::intern(py, c"decode")?;
    let replace = PyStr::intern(py, c"replace")?;
    let decoded = PyBytes::new(py, &all)?.call_method(&decode, [name, &replace])?;
    let text = decoded.cast::<PyStr>()?;
    if text.len() != all.len() {
        return Err(PyValueError::new_err(py, "multi-byte encodings are not supported"));
    }
    let mut map = [-1; 256];
    let set = |(place, character): (&mut i32, u32)| {
        let character = i32::try_from(character).unwrap_or(-1);
        *place = if character == REPLACEMENT_CHARACTER { -1 } else { character };
    };
    match text.data() {
        StrData::Ucs1(units) => map.iter_mut().zip(units.iter().map(|&unit| u32::from(unit))).for_each(set),
        StrData::Ucs2(units) => map.iter_mut().zip(units.iter().map(|&unit| u32::from(unit))).for_each(set),
        StrData::Ucs4(units) => map.iter_mut().zip(units.iter().copied()).for_each(set),
    }
    // An invalid map becomes an error in the document at the next event.
    let _ = parser.set_unknown_encoding(&map);
    Ok(())
}
