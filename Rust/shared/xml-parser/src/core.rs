//! The state of a parser apart from its input, and the step from one event to the next in content.

use std::collections::VecDeque;
use std::sync::Mutex;

use try_alloc::Arc;

use crate::accounting::Accounting;
use crate::chars::Stop;
use crate::dtd::{Dtd, Shared};
use crate::error::Error;
use crate::event::{AttributeSpan, Handlers, Source, Span};
use crate::grammar::Grammar;
use crate::input::Encoding;
use crate::model::{Node, Scaffold};
use crate::namespaces::Namespaces;
use crate::pending::{ParamEntityParsing, Pending, Value};
use crate::scan::Tag;

/// An event as it is stored in the parser: positions instead of slices. Those of declarations are in [`Declaration`].
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
    /// An ASCII character that the input does not have: that of a line end or of a predefined entity.
    Character(u8),
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
    /// Not an event: an action before the parser continues.
    Then(Then),
}

/// The action after an event to which the caller may have responded.
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
    /// After `NotStandalone`; then the token is reported as `Default` or not.
    NotStandalone { default: bool },
    /// After `NotStandalone` that follows the external subset.
    NotStandaloneDoctype { default: bool },
    /// At the end of the document type declaration.
    EndDoctype { default: bool },
    /// After the response to `UnknownEncoding`, for the encoding that is declared at this position or was given by the
    /// caller.
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

/// The encoding that an XML declaration specifies.
#[derive(Debug, Default)]
pub(crate) enum Declared {
    #[default]
    Nothing,
    Known(Encoding),
    /// The position of the name.
    Unknown(usize),
}

/// The part of the document or entity that is being parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The start, where the first bytes determine the encoding.
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

/// The source of the text that is being read.
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

/// The result of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    /// The event in [`Core::item`] is next.
    Event,
    /// The token is complete; continue at `next`.
    Next,
    /// The token is not complete.
    More,
    /// Continue in an internal entity.
    Entity { entity: usize, is_parameter: bool, between_declarations: bool },
    /// The text of an internal entity ends.
    EntityEnd,
    /// Continue with the items in the queue.
    Queue,
}

/// An element that is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenTag {
    /// The start of its name in `names`; the expanded name starts at `expanded` and ends at the start of the next
    /// element's names.
    pub(crate) name: usize,
    pub(crate) expanded: usize,
    /// The number of namespace declarations that were in scope outside.
    pub(crate) bindings: usize,
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
    /// The replacement text of the value as far as it has been read. A parser of an external parameter entity in a value
    /// shares it with its parent, and appends to it.
    pub(crate) value_text: Option<Arc<Mutex<Vec<u8>>>>,
    /// The error of an external entity in the value.
    pub(crate) value_failed: Option<Error>,
    /// Whether a parser for an external parameter entity that is created now reads a part of an entity value.
    pub(crate) expanding_value: bool,
    /// Whether a parser with which the text is shared has been created for the value that is read.
    pub(crate) value_is_shared: bool,
    pub(crate) model: Vec<Node>,
    pub(crate) model_names: Vec<u8>,

    /// The start tag that is read.
    pub(crate) tag: Tag,
    /// The length of the scanned part of an incomplete token.
    pub(crate) resume: usize,
    /// The same for an ignored section, with the number of sections inside it that are open.
    pub(crate) ignore: (usize, usize),
    pub(crate) tags: Vec<OpenTag>,
    pub(crate) names: Vec<u8>,
    /// The number of open elements; an external general entity counts as one.
    pub(crate) level: usize,
    pub(crate) attributes: Vec<AttributeSpan>,
    /// The indices of the attributes that have a prefix, and the position of the colon in the name.
    pub(crate) prefixed: Vec<(usize, usize)>,
    pub(crate) expanded: Vec<(usize, usize)>,
    pub(crate) specified: usize,
    /// For each attribute definition of the element type, whether the start tag specifies the attribute.
    pub(crate) specified_definitions: Vec<bool>,
    pub(crate) id_attribute: Option<usize>,
    /// Text that is reported in another form than it has in the input. Valid until the queue is empty.
    pub(crate) scratch: Vec<u8>,
    pub(crate) queue: VecDeque<Item>,
    /// The event that is reported. It stays here until the caller has it: to copy it would take longer than to read the token, as a
    /// processor cannot forward stores to a wider load.
    pub(crate) item: Item,
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
    /// The encoding given by the caller, and the one that an XML declaration specifies.
    pub(crate) protocol_encoding: Option<Box<[u8]>>,
    pub(crate) declared: Declared,
    /// The caller said that the handler of the current event failed.
    pub(crate) failed: bool,
}

/// Appends an item to the queue.
pub(crate) fn enqueue(queue: &mut VecDeque<Item>, item: Item) -> Result<(), Error> {
    queue.try_reserve(1)?;
    queue.push_back(item);
    Ok(())
}

/// A span of the input.
#[inline]
pub(crate) const fn input(start: usize, end: usize) -> Span {
    Span { start, end, source: Source::Input }
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
            value_text: None,
            value_failed: None,
            expanding_value: false,
            value_is_shared: false,
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
            specified_definitions: Vec::new(),
            id_attribute: None,
            scratch: Vec::new(),
            queue: VecDeque::new(),
            item: Item::NotStandalone,
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
        try_alloc::extend(&mut self.scratch, text)?;
        Ok(Span { start, end: self.scratch.len(), source: Source::Scratch })
    }

    /// Appends text with normalized line ends (2.11) to the scratch area, if there is anything to normalize.
    pub(crate) fn normalize_lines(&mut self, text: &[u8], start: usize, end: usize) -> Result<Span, Error> {
        let part = text.get(start..end).unwrap_or_default();
        if memchr::memchr(b'\r', part).is_none() {
            return Ok(input(start, end));
        }
        let from = self.scratch.len();
        try_alloc::reserve(&mut self.scratch, part.len())?;
        let mut rest = part;
        while let Some(at) = memchr::memchr(b'\r', rest) {
            self.scratch.extend_from_slice(rest.get(..at).unwrap_or_default());
            self.scratch.push(b'\n');
            let skip = if rest.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 };
            rest = rest.get(skip..).unwrap_or_default();
        }
        self.scratch.extend_from_slice(rest);
        Ok(Span { start: from, end: self.scratch.len(), source: Source::Scratch })
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

    /// The text of a token as a `Default` event, if that is requested.
    #[inline]
    pub(crate) fn default(&mut self, place: Place, start: usize, end: usize) -> Flow {
        if !self.handlers.contains(Handlers::DEFAULT) {
            return Flow::Next;
        }
        self.text_event(place, start, end, true)
    }

    /// Character data or a `Default` event; in pieces if it had to be converted.
    #[inline]
    pub(crate) fn text_event(&mut self, place: Place, start: usize, end: usize, default: bool) -> Flow {
        if self.converted && !place.in_entity && end - start > PIECE {
            self.pieces = Some((start, end, default));
            return Flow::Queue;
        }
        let span = input(start, end);
        self.report(if default { Item::Default(span) } else { Item::Text(span) })
    }

    /// Reports an event.
    #[inline]
    pub(crate) const fn report(&mut self, item: Item) -> Flow {
        self.item = item;
        Flow::Event
    }

    /// Reports the next piece of a long text, if there is one.
    pub(crate) fn next_piece(&mut self, text: &[u8]) -> bool {
        let Some((start, end, default)) = self.pieces else { return false };
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
        self.report(if default { Item::Default(span) } else { Item::Text(span) });
        true
    }

    /// Whether a text is reported in pieces.
    pub(crate) const fn must_split(&self, span: Span) -> bool {
        self.converted && span.end - span.start > PIECE
    }

    /// Whether the caller has requested the event.
    pub(crate) fn is_requested(&self) -> bool {
        let handler = match self.item {
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
}

/// The longest piece in which converted text is reported (`INIT_DATA_BUF_SIZE`).
const PIECE: usize = 1024;
