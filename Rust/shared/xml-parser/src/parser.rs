//! [`Parser`]: the interface, and the loop that returns one event after the other.

use std::sync::Mutex;

use try_alloc::Arc;

use crate::accounting::Accounting;
use crate::core::{Core, Declared, Flow, Item, Place, State, Then};
use crate::dtd::{Dtd, Shared, lock};
use crate::error::Error;
use crate::event::{Event, Handlers};
use crate::input::{Encoding, Input};
use crate::namespaces::Namespaces;
use crate::scan::{self, Cdata};

/// An internal entity whose replacement text is read.
#[derive(Debug)]
pub(crate) struct OpenEntity {
    /// Its index among the general or the parameter entities.
    entity: usize,
    pub(crate) text: Shared,
    pos: usize,
    start_level: usize,
    is_parameter: bool,
    between_declarations: bool,
}

/// A parser of one document, or of one external entity.
///
/// The parser is `Send` and `Sync`. A parser and those created from it with [`Parser::external_entity_parser`] share the
/// DTD, which is protected by a lock that is held only during `next_event`.
#[derive(Debug)]
pub struct Parser {
    pub(crate) core: Core,
    pub(crate) input: Input,
    pub(crate) open: Vec<OpenEntity>,
    /// The error that ended the document.
    pub(crate) error: Option<Error>,
    /// The map that the caller gave for an unknown encoding, or why it cannot be used.
    pub(crate) unknown: Option<Result<Encoding, Error>>,
    /// The position of the event during which the caller stopped the parser.
    pub(crate) stopped_at: Option<(usize, usize)>,
    pub(crate) started: bool,
    pub(crate) finished: bool,
    /// Whether reparse deferral allows the parser to process the input.
    pub(crate) ready: bool,
    /// Where the first token of this piece of input starts, in the bytes of the document.
    pub(crate) attempt: u64,
    pub(crate) reparse_deferral: bool,
}

impl Parser {
    /// A parser for a document (`XML_ParserCreate_MM`).
    ///
    /// `encoding` overrides the declared encoding. With `namespace_separator` names are expanded to namespace, separator
    /// and local name; the separator 0 means none.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(encoding: Option<&[u8]>, namespace_separator: Option<u8>) -> Result<Self, Error> {
        let namespaces = namespace_separator.map(Namespaces::new).transpose()?;
        let core = Core::new(namespaces, Arc::try_new(Mutex::new(Dtd::new()))?, Arc::try_new(Accounting::new())?);
        let mut parser = Self::with_core(core);
        parser.set_encoding(encoding)?;
        Ok(parser)
    }

    const fn with_core(core: Core) -> Self {
        Self {
            core,
            input: Input::new(),
            open: Vec::new(),
            error: None,
            unknown: None,
            stopped_at: None,
            started: false,
            finished: false,
            ready: false,
            attempt: 0,
            reparse_deferral: true,
        }
    }

    /// A parser for an external entity (`XML_ExternalEntityParserCreate`), in answer to [`Event::ExternalEntityRef`]
    /// with the `context` of that event; it is `None` for parameter entities. The parser inherits handlers and options.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn external_entity_parser(&mut self, context: Option<&[u8]>, encoding: Option<&[u8]>) -> Result<Self, Error> {
        let namespaces = match (&self.core.namespaces, context) {
            (Some(namespaces), _) => Some(namespaces.child()?),
            (None, _) => None,
        };
        let mut core = Core::new(namespaces, self.core.dtd.clone(), self.core.accounting.clone());
        core.handlers = self.core.handlers;
        core.default_expand = self.core.default_expand;
        core.is_child = true;
        core.has_attlists = self.core.has_attlists;
        core.has_entities = self.core.has_entities;
        core.param_entity_parsing = self.core.param_entity_parsing;
        if let Some(context) = context {
            core.entry = State::GeneralEntityStart;
            core.level = 1;
            core.set_context(context)?;
        } else {
            core.is_parameter_entity = true;
            core.start_parameter_entity(self.core.expanding_value);
            if self.core.expanding_value {
                core.value_text = self.core.value_text.clone();
                self.core.value_is_shared = true;
            }
        }
        let mut parser = Self::with_core(core);
        parser.reparse_deferral = self.reparse_deferral;
        parser.set_encoding(encoding)?;
        Ok(parser)
    }

    /// The next piece of the document; `is_final` says that it is the last one. The data is copied. All events of the
    /// piece before should have been pulled: `next_event` returned `Ok(None)`.
    ///
    /// # Errors
    ///
    /// [`Error::Finished`] after the final piece or `stop`, [`Error::NoMemory`]. An error in the document is not
    /// reported here but by the next call of `next_event`.
    pub fn feed(&mut self, data: &[u8], is_final: bool) -> Result<(), Error> {
        self.feed_buffer(data, data.len(), is_final)
    }

    /// The next piece of the document, as `XML_ParseBuffer` reads it from a buffer that was requested with the size
    /// `requested`, which may be larger than the piece.
    ///
    /// # Errors
    ///
    /// As for [`Parser::feed`].
    pub fn feed_buffer(&mut self, data: &[u8], requested: usize, is_final: bool) -> Result<(), Error> {
        if self.finished {
            return Err(Error::Finished);
        }
        self.started = true;
        if self.error.is_some() {
            return Ok(());
        }
        if self.input.feed(data, requested.max(data.len()), is_final)? {
            self.core.event = None;
        }
        self.ready = self.input.is_worth_parsing(self.reparse_deferral);
        self.attempt = self.input.byte_index(self.input.pos);
        Ok(())
    }

    /// The next event; `None` at the end of the input: more has to be fed, or the document is complete.
    ///
    /// # Errors
    ///
    /// The error of the document. It is final: all later calls return it too, and the position stays.
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        match self.advance() {
            Ok(true) => Ok(Some(self.event())),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads the next event; `false` if there is none.
    fn advance(&mut self) -> Result<bool, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if !self.ready {
            return Ok(false);
        }
        let result = self.run();
        if let Err(error) = result {
            self.error = Some(error);
            if let Some((start, _)) = self.core.event {
                self.core.event = Some((start, start));
            }
        }
        result
    }

    fn run(&mut self) -> Result<bool, Error> {
        loop {
            if self.core.pieces.is_some() && self.core.next_piece(self.input.text()) {
                return Ok(true);
            }
            if let Some(item) = self.core.queue.pop_front() {
                if self.take(item)? {
                    return Ok(true);
                }
                continue;
            }
            self.core.scratch.clear();
            match self.step()? {
                Flow::Event => return Ok(true),
                Flow::Next | Flow::Queue => {}
                Flow::More => {
                    self.ready = false;
                    if self.input.is_final {
                        self.finished = true;
                    } else {
                        self.input.attempted(self.attempt);
                    }
                    return Ok(false);
                }
                Flow::Entity { entity, is_parameter, between_declarations } => {
                    self.open_entity(entity, is_parameter, between_declarations)?;
                }
                Flow::EntityEnd => self.close_entity()?,
            }
        }
    }

    /// An item from the queue: an action, or an event, which is reported if it is requested.
    fn take(&mut self, item: Item) -> Result<bool, Error> {
        self.core.item = item;
        match item {
            Item::Then(then) => {
                self.then(then)?;
                Ok(false)
            }
            _ if !self.core.is_requested() => Ok(false),
            Item::EmptyEnd { .. } => {
                if self.open.is_empty()
                    && let Some((_, end)) = self.core.event
                {
                    self.core.event = Some((end, end));
                }
                Ok(true)
            }
            Item::Default(span) if self.open.is_empty() && !span.is_scratch() && self.core.must_split(span) => {
                self.core.pieces = Some((span.start, span.end, true));
                Ok(false)
            }
            _ => Ok(true),
        }
    }

    /// Reads one token.
    #[inline]
    fn step(&mut self) -> Result<Flow, Error> {
        if let Some(open) = self.open.last_mut() {
            let place = Place { pos: open.pos, in_entity: true, have_more: false, start_level: open.start_level };
            let text = &*open.text;
            let flow = match self.core.state {
                _ if open.is_parameter => self.core.prolog(text, place, open.between_declarations),
                State::Cdata => self.core.cdata(text, place),
                _ => self.core.content(text, place),
            }?;
            if !matches!(flow, Flow::EntityEnd | Flow::More) {
                let read = self.core.next - open.pos;
                open.pos = self.core.next;
                self.core.accounting.add_indirect(read)?;
            }
            return Ok(flow);
        }
        let pos = self.input.pos;
        if self.core.has_entities && !self.core.is_child {
            let at = self.input.byte_index(pos);
            self.core.accounting.set_direct(at);
        }
        let place = Place {
            pos,
            in_entity: false,
            have_more: !self.input.is_final,
            start_level: usize::from(self.core.is_child),
        };
        if self.input.is_cut_off() && self.core.state != State::Start {
            self.core.event = Some((pos, pos));
            let in_cdata = self.core.state == State::Cdata;
            return Err(if in_cdata { Error::UnclosedCdataSection } else { Error::UnclosedToken });
        }
        let text = self.input.text();
        if self.core.state == State::Content && !self.core.has_entities && !self.core.is_child {
            let flow = self.core.content_run(text, pos, !self.input.is_final)?;
            self.input.pos = self.core.next;
            return Ok(flow);
        }
        let flow = match self.core.state {
            State::Content => self.core.content(text, place),
            State::Cdata => self.core.cdata(text, place),
            State::Prolog => self.core.prolog(text, place, true),
            State::Epilog => self.core.epilog(text, place),
            State::Start => return self.start(),
            State::Ignore => self.core.ignored_section(text, place),
            State::GeneralEntityStart => self.core.general_entity_start(text, place),
            State::ParameterEntityStart => {
                let flow = self.core.prolog(text, place, true);
                match flow {
                    Ok(Flow::More) if !self.input.is_final => {}
                    // Before the first token of a parameter entity expat has no position.
                    Err(Error::InvalidToken | Error::UnclosedToken | Error::PartialChar) => self.core.event = None,
                    _ => self.core.state = State::Prolog,
                }
                flow
            }
            State::EntityValueStart | State::EntityValue => self.core.entity_value_text(text, place),
        }?;
        if !matches!(flow, Flow::More) {
            self.input.pos = self.core.next;
            if self.core.is_child {
                self.core.accounting.add_indirect(self.core.next - pos)?;
            }
        }
        Ok(flow)
    }

    /// Starts to read the replacement text of an internal entity.
    fn open_entity(&mut self, entity: usize, is_parameter: bool, between_declarations: bool) -> Result<(), Error> {
        let text = {
            let mut dtd = lock(&self.core.dtd);
            let found = if is_parameter { dtd.parameter.get_mut(entity) } else { dtd.general.get_mut(entity) };
            let Some(found) = found else { return Err(Error::UnexpectedState) };
            if is_parameter {
                found.open = true;
            }
            found.text.clone().unwrap_or_default()
        };
        if !is_parameter {
            self.core.set_open(entity, true)?;
        }
        let start_level = self.core.level;
        let open = OpenEntity { entity, text, pos: 0, start_level, is_parameter, between_declarations };
        try_alloc::push(&mut self.open, open)?;
        self.core.in_internal_entity = true;
        Ok(())
    }

    /// Ends the innermost internal entity.
    fn close_entity(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.pop() else { return Err(Error::UnexpectedState) };
        if open.is_parameter {
            if let Some(entity) = lock(&self.core.dtd).parameter.get_mut(open.entity) {
                entity.open = false;
            }
        } else {
            self.core.set_open(open.entity, false)?;
        }
        self.core.in_internal_entity = !self.open.is_empty();
        Ok(())
    }

    /// Detects the encoding from the first bytes (appendix F).
    fn start(&mut self) -> Result<Flow, Error> {
        if self.core.is_parameter_entity {
            lock(&self.core.dtd).param_entity_read = true;
        }
        let in_content = matches!(self.core.entry, State::GeneralEntityStart);
        let named = match &self.core.protocol_encoding {
            None => Some(Encoding::Utf8),
            Some(name) => Encoding::named(name),
        };
        let Some(named) = named else {
            let answer = self.unknown.take();
            if let Some(Ok(encoding)) = answer {
                return self.begin(encoding, 0);
            }
            self.core.event = None;
            if !self.core.handlers.contains(Handlers::UNKNOWN_ENCODING) {
                return Err(Error::UnknownEncoding);
            }
            let name = self.core.protocol_encoding.take().unwrap_or_default();
            let span = self.core.store(&name)?;
            self.core.protocol_encoding = Some(name);
            self.core.declaration.third = Some(span);
            crate::core::enqueue(&mut self.core.queue, Item::UnknownEncoding)?;
            crate::core::enqueue(&mut self.core.queue, Item::Then(Then::UnknownEncoding { position: None }))?;
            return Ok(Flow::Queue);
        };
        let given = self.core.protocol_encoding.is_some();
        let given_latin1 = given && matches!(named, Encoding::Latin1);
        let first = self.input.first_bytes();
        let is_final = self.input.is_final;
        let more = |error: Error| if is_final { Err(error) } else { Ok(Flow::More) };
        self.core.event = if self.core.is_parameter_entity { None } else { Some((0, 0)) };
        let (encoding, mark) = match *first {
            [] if !is_final => return Ok(Flow::More),
            [] => (named, 0),
            [_] if given && named.is_utf16() => return more(Error::UnclosedToken),
            [0xFE | 0xFF | 0xEF] if given_latin1 && in_content => (named, 0),
            [0xFE | 0xFF | 0xEF | 0x00 | 0x3C] => return more(Error::UnclosedToken),
            [0xFE, 0xFF, ..] if !(given_latin1 && in_content) => (Encoding::Utf16Be, 2),
            [0xFF, 0xFE, ..] if !(given_latin1 && in_content) => (Encoding::Utf16Le, 2),
            [0x3C, 0x00, ..] if !(given && named.is_utf16() && in_content) => (Encoding::Utf16Le, 0),
            [0xEF, 0xBB, ..] if in_content && (given_latin1 || given && named.is_utf16()) => (named, 0),
            [0xEF, 0xBB] => return more(Error::UnclosedToken),
            [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
            [0x00, _, ..] if !(in_content && given && matches!(named, Encoding::Utf16Le)) => (Encoding::Utf16Be, 0),
            [_, 0x00, ..] if !in_content => (Encoding::Utf16Le, 0),
            _ => (named, 0),
        };
        self.begin(encoding, mark)
    }

    /// Starts to read in this encoding after a byte order mark of this length.
    fn begin(&mut self, encoding: Encoding, mark: usize) -> Result<Flow, Error> {
        self.switch_encoding(encoding)?;
        if mark > 0 {
            // U+FEFF in UTF-8.
            self.input.pos += 3;
        }
        self.core.state = self.core.entry;
        Ok(Flow::Next)
    }

    fn switch_encoding(&mut self, encoding: Encoding) -> Result<(), Error> {
        self.core.converted = encoding.is_converted();
        self.input.switch_encoding(encoding)
    }

    /// Performs the action after the events of a token.
    fn then(&mut self, then: Then) -> Result<(), Error> {
        let failed = std::mem::take(&mut self.core.failed);
        match then {
            Then::Fail(error) => Err(error),
            Then::Position(at) => {
                self.core.event = Some((at, at));
                Ok(())
            }
            Then::XmlDecl => self.after_xml_declaration(),
            Then::UnknownEncoding { position } => {
                let answer = self.unknown.take().unwrap_or(Err(Error::UnknownEncoding));
                match (answer, position) {
                    (Ok(encoding), Some(_)) => self.switch_encoding(encoding),
                    (Ok(encoding), None) => self.begin(encoding, 0).map(|_| ()),
                    (Err(error), position) => {
                        if let Some(position) = position {
                            self.core.event = Some((position, position));
                        }
                        Err(error)
                    }
                }
            }
            Then::GeneralEntity if failed => Err(Error::ExternalEntityHandling),
            Then::GeneralEntity => Ok(()),
            _ => {
                self.core.expanding_value = false;
                self.core.after_declaration(then, failed)
            }
        }
    }

    /// Continues in the encoding that an XML declaration names.
    fn after_xml_declaration(&mut self) -> Result<(), Error> {
        match std::mem::take(&mut self.core.declared) {
            Declared::Nothing => Ok(()),
            Declared::Known(encoding) => {
                let is_utf16 = self.input.encoding.is_utf16();
                let name = self.core.encoding_name();
                let same = match (&self.input.encoding, &encoding) {
                    (Encoding::Utf16Le, Encoding::Utf16Be) => name.is_some_and(|name| name.end - name.start == 6),
                    (Encoding::Utf16Be, Encoding::Utf16Le) => false,
                    _ => is_utf16 == encoding.is_utf16(),
                };
                if !same {
                    if let Some(name) = name {
                        self.core.event = Some((name.start, name.start));
                    }
                    return Err(Error::IncorrectEncoding);
                }
                if is_utf16 { Ok(()) } else { self.switch_encoding(encoding) }
            }
            Declared::Unknown(position) => {
                if !self.core.handlers.contains(Handlers::UNKNOWN_ENCODING) {
                    self.core.event = Some((position, position));
                    return Err(Error::UnknownEncoding);
                }
                crate::core::enqueue(&mut self.core.queue, Item::UnknownEncoding)?;
                let then = Then::UnknownEncoding { position: Some(position) };
                crate::core::enqueue(&mut self.core.queue, Item::Then(then))
            }
        }
    }

    /// Say that the handler of the current [`Event::ExternalEntityRef`] or [`Event::NotStandalone`] failed (returned 0):
    /// the next call of `next_event` returns [`Error::ExternalEntityHandling`] or [`Error::NotStandalone`], also after
    /// [`Parser::stop`].
    pub fn fail(&mut self) {
        self.core.failed = true;
        if self.error == Some(Error::Aborted)
            && let Some(&Item::Then(then)) = self.core.queue.front()
        {
            let is_standalone = matches!(then, Then::NotStandalone { .. } | Then::NotStandaloneDoctype { .. });
            self.error = Some(if is_standalone { Error::NotStandalone } else { Error::ExternalEntityHandling });
            self.core.event = self.stopped_at;
        }
    }

    /// End parsing as `XML_StopParser(parser, XML_FALSE)` does: `next_event` returns [`Error::Aborted`], and `feed`
    /// [`Error::Finished`]. (To suspend the parser, do not call `next_event`.)
    pub fn stop(&mut self) {
        if self.error.is_none() {
            self.error = Some(Error::Aborted);
            self.stopped_at = self.core.event;
            if self.open.is_empty() && matches!(self.core.state, State::Content | State::Cdata | State::Epilog) {
                let at = self.position_after_stop();
                self.core.event = Some((at, at));
            }
            if self.core.failed {
                self.fail();
            }
        }
        self.finished = true;
    }

    /// Where expat's position is after a handler has stopped the parser: at the end of the token, except for CDATA sections.
    fn position_after_stop(&self) -> usize {
        let next = self.core.next;
        let Some((start, end)) = self.core.event else { return next };
        match self.input.text().get(start..end) {
            Some(b"]]>") => start,
            // expat reads the first token of the section.
            Some(b"<![CDATA[") if self.core.state == State::Cdata => {
                match scan::cdata(self.input.text().get(next..).unwrap_or_default(), false) {
                    Ok(Cdata::Newline(length) | Cdata::Run(length)) => next + length,
                    _ => next,
                }
            }
            _ => next,
        }
    }

    /// The response to [`Event::UnknownEncoding`]: the code point of each byte, or -1 for a byte that is not allowed.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownEncoding`] if expat would refuse the map (an ASCII character of XML markup has another code),
    /// [`Error::NoMemory`]. The next call of `next_event` returns the error, too.
    pub fn set_unknown_encoding(&mut self, map: &[i32; 256]) -> Result<(), Error> {
        let (encoding, result) = match Encoding::from_map(map) {
            Ok(encoding) => (Ok(encoding), Ok(())),
            Err(error) => (Err(error), Err(error)),
        };
        self.unknown = Some(encoding);
        result
    }
}
