//! The state of a parser apart from its input, and the step from one event to the next in content.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::accounting::Accounting;
use crate::chars::Stop;
use crate::declarations::Pending;
use crate::dtd::{Dtd, Shared};
use crate::error::Error;
use crate::event::{AttributeSpan, Handlers, Span};
use crate::grammar::Grammar;
use crate::input::Encoding;
use crate::memory;
use crate::model::{Node, Scaffold};
use crate::namespaces::Namespaces;
use crate::parser::ParamEntityParsing;
use crate::scan::{self, Cdata, Reference, Tag, TagError, Text};
use crate::value::Value;

/// An event as the parser keeps it: positions instead of slices. Those of declarations are in [`Declaration`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item {
    XmlDecl {
        standalone: Option<bool>,
    },
    StartDoctype {
        has_internal_subset: bool,
    },
    EndDoctype,
    ElementDecl,
    AttlistDecl {
        required: bool,
    },
    EntityDecl {
        is_parameter: bool,
    },
    UnparsedEntityDecl,
    NotationDecl,
    StartNamespace {
        prefix: Option<Span>,
        uri: Option<Span>,
    },
    EndNamespace {
        prefix: Option<Span>,
    },
    Start {
        name: Span,
    },
    End {
        name: Span,
    },
    /// The second half of an empty-element tag; the flag says that the first half was reported.
    EmptyEnd {
        name: Span,
    },
    Text(Span),
    Static(&'static str),
    Pi {
        target: Span,
        data: Span,
    },
    Comment(Span),
    StartCdata,
    EndCdata,
    Default(Span),
    Skipped {
        name: Span,
        is_parameter: bool,
    },
    ExternalRef,
    /// An external entity without context; its parts are in `external`.
    ParameterRef,
    NotStandalone,
    UnknownEncoding,
    /// Not an event: what to do before the parser goes on.
    Then(Then),
}

/// What follows an event whose handler has an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// After a reference to a general entity.
    GeneralEntity,
    /// After the reference to the external subset at the end of the document type declaration, or before the root element.
    ExternalSubset { had_references: bool, at_root: bool, default: bool },
    /// After a parameter entity between or inside declarations.
    ParameterEntity { entity: usize },
    /// After a parameter entity in an entity value.
    EntityValue { entity: usize },
    /// After `NotStandalone`; then report the token to `Default` or not.
    NotStandalone { default: bool },
    /// After `NotStandalone` that follows the external subset.
    NotStandaloneDoctype { default: bool },
    /// At the end of the document type declaration.
    EndDoctype { default: bool },
    /// After the answer to `UnknownEncoding` for the encoding that is declared at this position, or was given.
    UnknownEncoding { position: Option<usize> },
    /// After the XML declaration: switch the encoding.
    XmlDecl,
    /// The position of the events that follow, in the text of the input.
    Position(usize),
    /// The error of a token whose first events have been reported.
    Fail(Error),
}

/// The parts of a declaration that is being read, or of the event for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Declaration {
    pub(crate) name: Option<Span>,
    /// The attribute of an attribute-list declaration, the version of an XML declaration.
    pub(crate) second: Option<Span>,
    /// The type of an attribute, the encoding of an XML declaration, the context of an external entity.
    pub(crate) third: Option<Span>,
    pub(crate) value: Option<Span>,
    pub(crate) base: Option<Span>,
    pub(crate) system_id: Option<Span>,
    pub(crate) public_id: Option<Span>,
    pub(crate) notation: Option<Span>,
}

/// The encoding that an XML declaration asks for.
#[derive(Clone, Debug, Default)]
pub(crate) enum Declared {
    #[default]
    Nothing,
    Known(Encoding),
    /// The position of the name.
    Unknown(usize),
}

/// What the parser reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The first bytes decide about the encoding.
    Start,
    Prolog,
    Content,
    Cdata,
    Epilog,
    /// An ignored conditional section (63).
    Ignore,
    /// The start of an external general entity, before its text declaration.
    GeneralEntityStart,
    /// The start of an external parameter entity.
    ParameterEntityStart,
    /// An external parameter entity that stands in an entity value.
    EntityValueStart,
    EntityValue,
}

/// Where the text that is read comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The start of the token.
    pub(crate) pos: usize,
    /// Whether this is the replacement text of an internal entity.
    pub(crate) in_entity: bool,
    /// Whether more text may follow.
    pub(crate) have_more: bool,
    /// The number of open elements at the start of the entity; 0 for the document.
    pub(crate) start_level: usize,
}

/// What a step came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    Event(Item),
    /// The token is done; go on at `next`.
    Next,
    /// The token is not complete.
    More,
    /// Go on in an internal entity.
    Entity {
        entity: usize,
        is_parameter: bool,
        between_declarations: bool,
    },
    /// The text of an internal entity ends.
    EntityEnd,
    /// Go on with the items in the queue.
    Queue,
}

/// An element that is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenTag {
    /// Where its name starts in `names`; the expanded name starts at `expanded` and ends at the next element's.
    name: usize,
    expanded: usize,
    /// How many namespace declarations were in scope outside.
    bindings: usize,
}

/// The state of a parser apart from its input.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) handlers: Handlers,
    pub(crate) default_expand: bool,
    pub(crate) namespaces: Option<Namespaces>,
    pub(crate) base: Option<Shared>,
    pub(crate) is_child: bool,
    pub(crate) is_parameter_entity: bool,
    /// Whether text is reported in pieces of 1024 bytes.
    pub(crate) converted: bool,
    pub(crate) state: State,
    /// The state after the encoding is known.
    pub(crate) entry: State,
    pub(crate) grammar: Grammar,
    pub(crate) dtd: Arc<Mutex<Dtd>>,
    /// Whether the DTD declares attributes.
    pub(crate) has_attlists: bool,
    /// Whether the DTD declares entities.
    pub(crate) has_entities: bool,
    pub(crate) accounting: Arc<Accounting>,
    pub(crate) param_entity_parsing: ParamEntityParsing,
    pub(crate) use_foreign_dtd: bool,
    pub(crate) declaration: Declaration,
    /// The parts of a reference to an external parameter entity.
    pub(crate) external: Declaration,
    pub(crate) pending: Pending,
    pub(crate) scaffold: Scaffold,
    /// The entity value that is read.
    pub(crate) value: Option<Value>,
    /// The error of an external entity in the value.
    pub(crate) value_failed: Option<Error>,
    /// Whether a parser for an external parameter entity that is created now reads a part of an entity value.
    pub(crate) expanding_value: bool,
    pub(crate) model: Vec<Node>,
    pub(crate) model_names: Vec<u8>,

    /// The start tag that is read.
    pub(crate) tag: Tag,
    /// How far a token that is not complete has been scanned.
    pub(crate) resume: usize,
    /// The same for an ignored section, with the number of sections inside it that are open.
    pub(crate) ignore: (usize, usize),
    pub(crate) tags: Vec<OpenTag>,
    names: Vec<u8>,
    /// The number of open elements; an external general entity counts as one.
    pub(crate) level: usize,
    pub(crate) attributes: Vec<AttributeSpan>,
    /// The indices of the attributes that have a prefix, and the position of the colon in the name.
    pub(crate) prefixed: Vec<(usize, usize)>,
    pub(crate) expanded: Vec<(usize, usize)>,
    pub(crate) specified: usize,
    pub(crate) id_attribute: Option<usize>,
    /// Text that does not stand in the input as it is reported. Valid until the queue is empty.
    pub(crate) scratch: Vec<u8>,
    pub(crate) queue: VecDeque<Item>,
    /// A long text that is reported in pieces.
    pub(crate) pieces: Option<(usize, usize, bool)>,
    /// Start and end of the current event in the text of the input.
    pub(crate) event: Option<(usize, usize)>,
    /// Where the next token starts.
    pub(crate) next: usize,
    /// The general entities that are being read, by index.
    pub(crate) open_general: Vec<bool>,
    /// Whether an internal entity is being read.
    pub(crate) in_internal_entity: bool,
    /// The encoding that the caller gave, and what an XML declaration asks for.
    pub(crate) protocol_encoding: Option<Box<[u8]>>,
    pub(crate) declared: Declared,
    /// The caller said that the handler of the current event failed.
    pub(crate) failed: bool,
}

/// Appends an item to the queue.
pub(crate) fn enqueue(queue: &mut VecDeque<Item>, item: Item) -> Result<(), Error> {
    queue.try_reserve(1).map_err(|_| Error::NoMemory)?;
    queue.push_back(item);
    Ok(())
}

/// A span of the input.
#[inline]
pub(crate) const fn input(start: usize, end: usize) -> Span {
    Span { start, end, scratch: false }
}

impl Core {
    /// The state before the first token.
    pub(crate) fn new(namespaces: Option<Namespaces>, dtd: Arc<Mutex<Dtd>>, accounting: Arc<Accounting>) -> Self {
        Self {
            handlers: Handlers::NONE,
            default_expand: true,
            namespaces,
            base: None,
            is_child: false,
            is_parameter_entity: false,
            converted: false,
            state: State::Start,
            entry: State::Prolog,
            grammar: Grammar::document(),
            dtd,
            has_attlists: false,
            has_entities: false,
            accounting,
            param_entity_parsing: ParamEntityParsing::Never,
            use_foreign_dtd: false,
            declaration: Declaration::default(),
            external: Declaration::default(),
            pending: Pending::default(),
            scaffold: Scaffold::default(),
            value: None,
            value_failed: None,
            expanding_value: false,
            model: Vec::new(),
            model_names: Vec::new(),
            tag: Tag::default(),
            resume: 0,
            ignore: (0, 0),
            tags: Vec::new(),
            names: Vec::new(),
            level: 0,
            attributes: Vec::new(),
            prefixed: Vec::new(),
            expanded: Vec::new(),
            specified: 0,
            id_attribute: None,
            scratch: Vec::new(),
            queue: VecDeque::new(),
            pieces: None,
            event: None,
            next: 0,
            open_general: Vec::new(),
            in_internal_entity: false,
            protocol_encoding: None,
            declared: Declared::Nothing,
            failed: false,
        }
    }

    /// Appends text to the scratch area.
    #[inline]
    pub(crate) fn store(&mut self, text: &[u8]) -> Result<Span, Error> {
        let start = self.scratch.len();
        memory::extend(&mut self.scratch, text)?;
        Ok(Span { start, end: self.scratch.len(), scratch: true })
    }

    /// Appends text with normalized line ends (2.11) to the scratch area, if there is anything to normalize.
    pub(crate) fn normalize_lines(&mut self, text: &[u8], start: usize, end: usize) -> Result<Span, Error> {
        let part = text.get(start..end).unwrap_or_default();
        if memchr::memchr(b'\r', part).is_none() {
            return Ok(input(start, end));
        }
        let from = self.scratch.len();
        memory::reserve(&mut self.scratch, part.len())?;
        let mut rest = part;
        while let Some(at) = memchr::memchr(b'\r', rest) {
            self.scratch.extend_from_slice(rest.get(..at).unwrap_or_default());
            self.scratch.push(b'\n');
            let skip = if rest.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 };
            rest = rest.get(skip..).unwrap_or_default();
        }
        self.scratch.extend_from_slice(rest);
        Ok(Span { start: from, end: self.scratch.len(), scratch: true })
    }

    /// Sets the position of the current event.
    #[inline]
    pub(crate) const fn mark(&mut self, place: Place, start: usize, end: usize) {
        if !place.in_entity {
            self.event = Some((start, end));
        }
        self.next = end;
    }

    /// Sets the position of an error.
    pub(crate) const fn error_at(&mut self, place: Place, at: usize, error: Error) -> Error {
        if !place.in_entity {
            self.event = Some((at, at));
        }
        error
    }

    /// The result of a token that does not end: more input, or an error.
    pub(crate) const fn stopped(&mut self, place: Place, stop: Stop, partial: Error) -> Result<Flow, Error> {
        match stop {
            Stop::Invalid(at) => Err(self.error_at(place, place.pos + at, Error::InvalidToken)),
            _ if place.have_more => Ok(Flow::More),
            Stop::Partial => Err(partial),
            Stop::PartialChar => Err(Error::PartialChar),
        }
    }

    /// The text of a token as a `Default` event, if that is wanted.
    #[inline]
    pub(crate) fn default(&mut self, place: Place, start: usize, end: usize) -> Flow {
        if !self.handlers.contains(Handlers::DEFAULT) {
            return Flow::Next;
        }
        self.text_event(place, start, end, true)
    }

    /// Character data or a `Default` event; in pieces if it had to be converted.
    #[inline]
    fn text_event(&mut self, place: Place, start: usize, end: usize, default: bool) -> Flow {
        if self.converted && !place.in_entity && end - start > PIECE {
            self.pieces = Some((start, end, default));
            return Flow::Queue;
        }
        let span = input(start, end);
        Flow::Event(if default { Item::Default(span) } else { Item::Text(span) })
    }

    /// The next piece of a long text.
    pub(crate) fn next_piece(&mut self, text: &[u8]) -> Option<Item> {
        let (start, end, default) = self.pieces?;
        let mut cut = end;
        if end - start > PIECE {
            cut = start + PIECE;
            while text.get(cut).is_some_and(|&byte| byte & 0xC0 == 0x80) {
                cut -= 1;
            }
        }
        self.pieces = if cut < end { Some((cut, end, default)) } else { None };
        self.event = Some((start, cut));
        let span = input(start, cut);
        Some(if default { Item::Default(span) } else { Item::Text(span) })
    }

    /// Whether a text is reported in pieces.
    pub(crate) const fn must_split(&self, span: Span) -> bool {
        self.converted && span.end - span.start > PIECE
    }

    /// Whether the caller wants this item.
    pub(crate) fn wants(&self, item: Item) -> bool {
        let handler = match item {
            Item::StartNamespace { .. } => Handlers::START_NAMESPACE_DECL,
            Item::EndNamespace { .. } => Handlers::END_NAMESPACE_DECL,
            Item::Start { .. } => Handlers::START_ELEMENT,
            Item::End { .. } | Item::EmptyEnd { .. } => Handlers::END_ELEMENT,
            Item::Default(_) => Handlers::DEFAULT,
            Item::EndDoctype => Handlers::END_DOCTYPE_DECL,
            Item::StartDoctype { .. } => Handlers::START_DOCTYPE_DECL,
            _ => return true,
        };
        self.handlers.contains(handler)
    }

    /// Reads tokens of content (43) from `pos` on until there is something to report or to do. Returns that and the position
    /// after the last token.
    pub(crate) fn content_run(&mut self, text: &[u8], pos: usize, have_more: bool) -> Result<(Flow, usize), Error> {
        let mut place = Place { pos, in_entity: false, have_more, start_level: 0 };
        loop {
            match self.content(text, place)? {
                Flow::Next if self.state == State::Content && self.queue.is_empty() => place.pos = self.next,
                Flow::More => return Ok((Flow::More, place.pos)),
                flow => return Ok((flow, self.next)),
            }
        }
    }

    /// Reads one token of content (43).
    #[inline]
    pub(crate) fn content(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        if !place.in_entity {
            self.event = Some((pos, pos));
        }
        match *rest {
            [] => self.content_end(place),
            [b'<', b'/', ..] => self.end_tag(rest, place),
            [b'<', b'!', ..] => self.declaration_in_content(rest, place),
            [b'<', b'?', ..] => self.processing_instruction(text, place),
            [b'<', ..] => self.start_tag(text, place),
            [b'&', ..] => self.reference(rest, place),
            [b'\r'] if !place.in_entity => {
                if place.have_more {
                    return Ok(Flow::More);
                }
                self.mark(place, pos, pos + 1);
                // The document ends in content, which is an error after this event.
                self.fail_at_end(place)?;
                Ok(self.newline(place, pos, pos + 1))
            }
            [b'\r', b'\n', ..] if !place.in_entity => {
                self.mark(place, pos, pos + 2);
                Ok(self.newline(place, pos, pos + 2))
            }
            // In the replacement text of an entity line ends are normalized already, and a CR comes from `&#13;`.
            [b'\n', ..] | [b'\r', ..] if !place.in_entity || rest.first() == Some(&b'\n') => {
                self.mark(place, pos, pos + 1);
                Ok(self.newline(place, pos, pos + 1))
            }
            _ => match scan::character_data(rest, place.in_entity) {
                Ok(Text::Run(length)) => {
                    self.mark(place, pos, pos + length);
                    if self.handlers.contains(Handlers::CHARACTER_DATA) {
                        Ok(self.text_event(place, pos, pos + length, false))
                    } else {
                        Ok(self.default(place, pos, pos + length))
                    }
                }
                Ok(Text::TrailingBracket) => {
                    if place.have_more {
                        return Ok(Flow::More);
                    }
                    let end = text.len();
                    self.mark(place, pos, end);
                    if self.handlers.contains(Handlers::CHARACTER_DATA) {
                        Ok(self.text_event(place, pos, end, false))
                    } else {
                        Ok(self.default(place, pos, end))
                    }
                }
                Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
            },
        }
    }

    /// The end of the text in content.
    fn content_end(&self, place: Place) -> Result<Flow, Error> {
        if place.have_more {
            Ok(Flow::More)
        } else if place.start_level == 0 {
            Err(Error::NoElements)
        } else if self.level != place.start_level {
            Err(Error::AsyncEntity)
        } else if place.in_entity {
            Ok(Flow::EntityEnd)
        } else {
            Ok(Flow::More)
        }
    }

    /// Remembers the error of a document that ends after this token, whose position is that of the token.
    fn fail_at_end(&mut self, place: Place) -> Result<(), Error> {
        let error = match () {
            () if place.start_level == 0 => Error::NoElements,
            () if self.level != place.start_level => Error::AsyncEntity,
            () => return Ok(()),
        };
        enqueue(&mut self.queue, Item::Then(Then::Fail(error)))
    }

    #[inline]
    fn newline(&mut self, place: Place, start: usize, end: usize) -> Flow {
        if self.handlers.contains(Handlers::CHARACTER_DATA) {
            return Flow::Event(Item::Static("\n"));
        }
        self.default(place, start, end)
    }

    /// An end tag (42).
    #[inline]
    fn end_tag(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let ns = self.namespaces.is_some();
        // The name is nearly always that of the start tag: compare before anything else.
        let open = self.tags.last().copied();
        let scanned = {
            let expected = open.and_then(|open| self.names.get(open.name..open.expanded)).unwrap_or_default();
            let end = 2 + expected.len();
            let matches = !expected.is_empty() && rest.get(2..end) == Some(expected);
            if matches && rest.get(end) == Some(&b'>') {
                Ok((end, end + 1, true))
            } else {
                scan::end_tag(rest, ns).map(|(name, length)| (name, length, rest.get(2..name) == Some(expected)))
            }
        };
        let (name_end, length, matches) = match scanned {
            Ok(found) => found,
            Err(stop) => return self.stopped(place, stop, Error::UnclosedToken),
        };
        self.mark(place, pos, pos + length);
        if self.level == place.start_level {
            return Err(Error::AsyncEntity);
        }
        if !matches {
            return Err(self.error_at(place, pos + 2, Error::TagMismatch));
        }
        let Some(open) = self.tags.pop() else { return Err(Error::UnexpectedState) };
        self.level -= 1;
        let wanted = self.handlers.contains(Handlers::END_ELEMENT);
        let mut name = input(pos + 2, pos + name_end);
        if self.names.len() > open.expanded && wanted {
            name = Span { start: self.scratch.len(), end: 0, scratch: true };
            let expanded = self.names.get(open.expanded..).unwrap_or_default();
            memory::extend(&mut self.scratch, expanded)?;
            name.end = self.scratch.len();
        }
        self.names.truncate(open.name);
        self.unbind(open.bindings)?;
        if self.level == 0 {
            self.state = State::Epilog;
        }
        Ok(if wanted { Flow::Event(Item::End { name }) } else { self.default(place, pos, pos + length) })
    }

    /// Takes namespace declarations out of scope and puts the events for it into the queue.
    fn unbind(&mut self, depth: usize) -> Result<(), Error> {
        let Some(namespaces) = &mut self.namespaces else { return Ok(()) };
        while namespaces.depth() > depth {
            let Some(prefix) = namespaces.unbind() else { break };
            let prefix = match namespaces.prefix_name(prefix) {
                Some(name) => {
                    let start = self.scratch.len();
                    memory::extend(&mut self.scratch, name)?;
                    Some(Span { start, end: self.scratch.len(), scratch: true })
                }
                None => None,
            };
            enqueue(&mut self.queue, Item::EndNamespace { prefix })?;
        }
        Ok(())
    }

    /// `<!` in content: a comment (15) or the start of a CDATA section (18).
    fn declaration_in_content(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let result = match rest.get(2) {
            None => Err(Stop::Partial),
            Some(b'-') => scan::comment(rest, &mut self.resume),
            Some(b'[') => {
                return match scan::cdata_open(rest) {
                    Ok(length) => {
                        self.mark(place, pos, pos + length);
                        self.state = State::Cdata;
                        Ok(if self.handlers.contains(Handlers::START_CDATA_SECTION) {
                            Flow::Event(Item::StartCdata)
                        } else {
                            self.default(place, pos, pos + length)
                        })
                    }
                    Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
                };
            }
            Some(_) => Err(Stop::Invalid(2)),
        };
        match result {
            Ok(length) => {
                self.resume = 0;
                self.comment_event(rest, place, length)
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
        }
    }

    /// A comment of this length.
    pub(crate) fn comment_event(&mut self, rest: &[u8], place: Place, length: usize) -> Result<Flow, Error> {
        let pos = place.pos;
        self.mark(place, pos, pos + length);
        if !self.handlers.contains(Handlers::COMMENT) {
            return Ok(self.default(place, pos, pos + length));
        }
        let mut data = self.normalize_lines(rest, 4, length - 3)?;
        if !data.scratch {
            data = input(pos + 4, pos + length - 3);
        }
        Ok(Flow::Event(Item::Comment(data)))
    }

    /// A processing instruction (16) in content.
    fn processing_instruction(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let rest = text.get(place.pos..).unwrap_or_default();
        match scan::pi(rest, self.namespaces.is_none(), &mut self.resume) {
            Ok(pi) => {
                self.resume = 0;
                self.mark(place, place.pos, place.pos + pi.next);
                if pi.is_xml {
                    return Err(Error::MisplacedXmlPi);
                }
                self.pi_event(text, place, pi)
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
        }
    }

    /// A processing instruction that has been scanned.
    pub(crate) fn pi_event(&mut self, text: &[u8], place: Place, pi: scan::Pi) -> Result<Flow, Error> {
        let pos = place.pos;
        self.mark(place, pos, pos + pi.next);
        if !self.handlers.contains(Handlers::PROCESSING_INSTRUCTION) {
            return Ok(self.default(place, pos, pos + pi.next));
        }
        let target = input(pos + 2, pos + pi.target);
        let mut start = target.end;
        let end = pos + pi.next - 2;
        while start < end && text.get(start).is_some_and(|&byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            start += 1;
        }
        let data = self.normalize_lines(text, start, end)?;
        Ok(Flow::Event(Item::Pi { target, data }))
    }

    /// A reference (67) in content.
    fn reference(&mut self, rest: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        match scan::reference(rest, self.namespaces.is_none()) {
            Ok(Reference::Char(length)) => {
                self.mark(place, pos, pos + length);
                let Some(c) = scan::char_reference_value(rest.get(..length).unwrap_or_default()) else {
                    return Err(Error::BadCharRef);
                };
                if self.handlers.contains(Handlers::CHARACTER_DATA) {
                    let span = self.store(c.encode_utf8(&mut [0; 4]).as_bytes())?;
                    return Ok(Flow::Event(Item::Text(span)));
                }
                Ok(self.default(place, pos, pos + length))
            }
            Ok(Reference::Entity(length)) => {
                self.mark(place, pos, pos + length);
                let name = rest.get(1..length - 1).unwrap_or_default();
                if let Some(c) = scan::predefined_entity(name) {
                    if self.handlers.contains(Handlers::CHARACTER_DATA) {
                        return Ok(Flow::Event(Item::Static(c)));
                    }
                    return Ok(self.default(place, pos, pos + length));
                }
                self.general_entity(name, place, pos + length)
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedToken),
        }
    }

    /// A start tag (40) or an empty-element tag (44).
    #[inline]
    fn start_tag(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        let rest = text.get(pos..).unwrap_or_default();
        let (length, empty) = match self.tag.scan(rest, self.namespaces.is_some()) {
            Ok(found) => found,
            Err(TagError::NoMemory) => return Err(Error::NoMemory),
            Err(TagError::Stop(stop)) => return self.stopped(place, stop, Error::UnclosedToken),
        };
        self.tag.reset();
        self.mark(place, pos, pos + length);
        self.scratch.clear();
        let raw_name = rest.get(1..self.tag.name_end).unwrap_or_default();
        let bindings = self.namespaces.as_ref().map_or(0, Namespaces::depth);
        if !empty {
            // expat counts the element before it looks at the attributes.
            self.level += 1;
        }
        if let Err(error) = self.store_attributes(rest, place) {
            return self.tag_error(error, place, length, empty.then_some(bindings));
        }
        let mut name = input(pos + 1, pos + self.tag.name_end);
        if let Some(namespaces) = &self.namespaces
            && let Some((prefix, local)) = element_prefix(namespaces, raw_name, self.tag.colon)
        {
            let Some(prefix) = prefix else {
                return self.tag_error(Error::UnboundPrefix, place, length, empty.then_some(bindings));
            };
            let start = self.scratch.len();
            namespaces.expand(prefix, local, &mut self.scratch)?;
            name = Span { start, end: self.scratch.len(), scratch: true };
        }
        if empty {
            return self.empty_element(name, place, bindings, length);
        }
        let start = self.names.len();
        memory::extend(&mut self.names, raw_name)?;
        let expanded = self.names.len();
        if name.scratch {
            memory::extend(&mut self.names, self.scratch.get(name.start..name.end).unwrap_or_default())?;
        }
        memory::push(&mut self.tags, OpenTag { name: start, expanded, bindings })?;
        let wanted = self.handlers.contains(Handlers::START_ELEMENT);
        if self.queue.is_empty() {
            return Ok(if wanted { Flow::Event(Item::Start { name }) } else { self.default(place, pos, pos + length) });
        }
        let item = if wanted { Item::Start { name } } else { Item::Default(input(pos, pos + length)) };
        enqueue(&mut self.queue, item)?;
        Ok(Flow::Queue)
    }

    /// The error of a start tag, after the events of its namespace declarations. Those of an empty-element tag go out of
    /// scope first.
    fn tag_error(&mut self, error: Error, place: Place, length: usize, bindings: Option<usize>) -> Result<Flow, Error> {
        if self.queue.is_empty() {
            return Err(error);
        }
        if let Some((at, _)) = self.event {
            enqueue(&mut self.queue, Item::Then(Then::Position(at)))?;
        }
        self.mark(place, place.pos, place.pos + length);
        if let Some(bindings) = bindings {
            self.unbind(bindings)?;
        }
        enqueue(&mut self.queue, Item::Then(Then::Fail(error)))?;
        Ok(Flow::Queue)
    }

    /// The events of an empty-element tag (44).
    fn empty_element(&mut self, name: Span, place: Place, bindings: usize, length: usize) -> Result<Flow, Error> {
        if self.level == 0 {
            self.state = State::Epilog;
        }
        let wanted = self.handlers.contains(Handlers::START_ELEMENT);
        if !wanted && !self.handlers.contains(Handlers::END_ELEMENT) {
            if self.handlers.contains(Handlers::DEFAULT) {
                enqueue(&mut self.queue, Item::Default(input(place.pos, place.pos + length)))?;
            }
        } else {
            if wanted {
                enqueue(&mut self.queue, Item::Start { name })?;
            }
            enqueue(&mut self.queue, if wanted { Item::EmptyEnd { name } } else { Item::End { name } })?;
        }
        self.unbind(bindings)?;
        Ok(Flow::Queue)
    }

    /// Reads one token of a CDATA section (20).
    pub(crate) fn cdata(&mut self, text: &[u8], place: Place) -> Result<Flow, Error> {
        let pos = place.pos;
        if !place.in_entity {
            self.event = Some((pos, pos));
        }
        match scan::cdata(text.get(pos..).unwrap_or_default(), place.in_entity) {
            Ok(Cdata::Close) => {
                self.mark(place, pos, pos + 3);
                self.state = State::Content;
                if self.handlers.contains(Handlers::END_CDATA_SECTION) {
                    return Ok(Flow::Event(Item::EndCdata));
                }
                Ok(self.default(place, pos, pos + 3))
            }
            Ok(Cdata::Newline(length)) => {
                self.mark(place, pos, pos + length);
                Ok(self.newline(place, pos, pos + length))
            }
            Ok(Cdata::Run(length)) => {
                self.mark(place, pos, pos + length);
                if self.handlers.contains(Handlers::CHARACTER_DATA) {
                    return Ok(self.text_event(place, pos, pos + length, false));
                }
                Ok(self.default(place, pos, pos + length))
            }
            Err(stop) => self.stopped(place, stop, Error::UnclosedCdataSection),
        }
    }
}

/// The longest piece in which converted text is reported (`INIT_DATA_BUF_SIZE`).
const PIECE: usize = 1024;

/// The prefix of an element name, `None` if it is not bound, and the local name. Nothing if the element is in no namespace.
fn element_prefix<'a>(namespaces: &Namespaces, name: &'a [u8], colon: usize) -> Option<(Option<usize>, &'a [u8])> {
    if colon > 0 {
        let (prefix, local) = name.split_at_checked(colon - 1)?;
        return Some((namespaces.bound(prefix), local.get(1..).unwrap_or_default()));
    }
    namespaces.uri(crate::namespaces::DEFAULT).map(|_| (Some(crate::namespaces::DEFAULT), name))
}
