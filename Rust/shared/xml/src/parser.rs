//! [`Parser`]: the interface.

use crate::error::Error;
use crate::event::{Event, Handlers};

/// `enum XML_ParamEntityParsing`, with its values: whether the external subset and external parameter entities are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ParamEntityParsing {
    /// They are skipped.
    #[default]
    Never = 0,
    /// They are read unless the document says `standalone="yes"`.
    UnlessStandalone = 1,
    /// They are read.
    Always = 2,
}

/// A parser of one document, or of one external entity.
///
/// The parser is `Send` and `Sync`. A parser and those created from it with `external_entity_parser` for parameter
/// entities share the DTD, which is behind a lock that is held during `next_event` only.
#[derive(Debug)]
pub struct Parser {
    handlers: Handlers,
    base: Option<Vec<u8>>,
    default_expand: bool,
    namespace_triplets: bool,
    reparse_deferral: bool,
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
        let _ = (encoding, namespace_separator);
        Ok(Self {
            handlers: Handlers::NONE,
            base: None,
            default_expand: true,
            namespace_triplets: false,
            reparse_deferral: true,
        })
    }

    /// A parser for an external entity (`XML_ExternalEntityParserCreate`), in answer to [`Event::ExternalEntityRef`]
    /// with the `context` of that event. It inherits handlers and options. Parameter entities (`context` is `None`) share
    /// the DTD with `self`, general entities get a copy.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn external_entity_parser(&mut self, context: Option<&[u8]>, encoding: Option<&[u8]>) -> Result<Self, Error> {
        let _ = (context, encoding);
        Err(Error::UnexpectedState)
    }

    /// Which events the caller wants from now on. Any set may be set at any time.
    pub const fn set_handlers(&mut self, handlers: Handlers) {
        self.handlers = handlers;
    }

    /// The events that the caller wants.
    #[must_use]
    pub const fn handlers(&self) -> Handlers {
        self.handlers
    }

    /// Whether internal entities are expanded although [`Handlers::DEFAULT`] is set: true for
    /// `XML_SetDefaultHandlerExpand` and initially, false for `XML_SetDefaultHandler`. As in expat, the last call decides.
    pub const fn set_default_expand(&mut self, expand: bool) {
        self.default_expand = expand;
    }

    /// The encoding that overrides the declared one (`XML_SetEncoding`).
    ///
    /// # Errors
    ///
    /// [`Error::CantChangeFeatureOnceParsing`] after the first `feed`.
    pub fn set_encoding(&mut self, encoding: Option<&[u8]>) -> Result<(), Error> {
        let _ = encoding;
        Ok(())
    }

    /// The base for relative system identifiers, which events carry along (`XML_SetBase`).
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn set_base(&mut self, base: Option<&[u8]>) -> Result<(), Error> {
        self.base = base.map(<[u8]>::to_vec);
        Ok(())
    }

    /// The base that is set (`XML_GetBase`).
    #[must_use]
    pub fn base(&self) -> Option<&[u8]> {
        self.base.as_deref()
    }

    /// Whether expanded names end in separator and prefix (`XML_SetReturnNSTriplet`). Without effect after the first
    /// `feed`.
    pub const fn set_namespace_triplets(&mut self, triplets: bool) {
        self.namespace_triplets = triplets;
    }

    /// Whether external parameter entities are read (`XML_SetParamEntityParsing`). False after the first `feed`.
    pub const fn set_param_entity_parsing(&mut self, parsing: ParamEntityParsing) -> bool {
        let _ = parsing;
        true
    }

    /// Ask for an external subset even if the document has none (`XML_UseForeignDTD`).
    ///
    /// # Errors
    ///
    /// [`Error::CantChangeFeatureOnceParsing`] after the first `feed`.
    pub const fn use_foreign_dtd(&mut self, use_dtd: bool) -> Result<(), Error> {
        let _ = use_dtd;
        Ok(())
    }

    /// Whether a token that did not end is looked at again only when the input has grown enough
    /// (`XML_SetReparseDeferralEnabled`). It is on initially.
    pub const fn set_reparse_deferral(&mut self, enabled: bool) {
        self.reparse_deferral = enabled;
    }

    /// Whether reparse deferral is on.
    #[must_use]
    pub const fn reparse_deferral(&self) -> bool {
        self.reparse_deferral
    }

    /// `XML_SetBillionLaughsAttackProtectionMaximumAmplification`: false for a parser of an external entity, NaN, and
    /// values below 1.
    pub const fn set_amplification_maximum(&mut self, factor: f32) -> bool {
        factor >= 1.0
    }

    /// `XML_SetBillionLaughsAttackProtectionActivationThreshold`: false for a parser of an external entity.
    pub const fn set_amplification_threshold(&mut self, bytes: u64) -> bool {
        let _ = bytes;
        true
    }

    /// `XML_SetAllocTrackerMaximumAmplification`: false for a parser of an external entity, NaN, and values below 1.
    pub const fn set_allocation_maximum(&mut self, factor: f32) -> bool {
        factor >= 1.0
    }

    /// `XML_SetAllocTrackerActivationThreshold`: false for a parser of an external entity.
    pub const fn set_allocation_threshold(&mut self, bytes: u64) -> bool {
        let _ = bytes;
        true
    }

    /// The next piece of the document; `is_final` says that it is the last one. The data is copied. All events of the
    /// piece before should have been pulled: `next_event` returned `Ok(None)`.
    ///
    /// # Errors
    ///
    /// [`Error::Finished`] after the final piece or `stop`, [`Error::NoMemory`]. An error of the document does not show
    /// here but again in the next `next_event`.
    pub fn feed(&mut self, data: &[u8], is_final: bool) -> Result<(), Error> {
        let _ = (data, is_final);
        Err(Error::UnexpectedState)
    }

    /// The next event; `None` when the input is used up: more has to be fed, or the document is complete.
    ///
    /// # Errors
    ///
    /// The error of the document. It is final: all later calls return it too, and the position stays.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        Err(Error::UnexpectedState)
    }

    /// Say that the handler of the current [`Event::ExternalEntityRef`] or [`Event::NotStandalone`] failed (returned 0):
    /// the next call of `next_event` returns [`Error::ExternalEntityHandling`] or [`Error::NotStandalone`].
    pub const fn fail(&mut self) {}

    /// End parsing as `XML_StopParser(parser, XML_FALSE)` does: `next_event` returns [`Error::Aborted`], and `feed`
    /// [`Error::Finished`]. (To suspend, just do not call `next_event`.)
    pub const fn stop(&mut self) {}

    /// The answer to [`Event::UnknownEncoding`]: the code point of each byte, or -1 for a byte that is not allowed.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownEncoding`] if the map is not one that expat takes (an ASCII character that XML uses is elsewhere).
    pub fn set_unknown_encoding(&mut self, map: &[i32; 256]) -> Result<(), Error> {
        let _ = map;
        Err(Error::UnknownEncoding)
    }

    /// Twice the number of attributes in the last start tag (`XML_GetSpecifiedAttributeCount`).
    #[must_use]
    pub const fn specified_attribute_count(&self) -> usize {
        0
    }

    /// Twice the index of the ID attribute of the last start tag, or -1 (`XML_GetIdAttributeIndex`).
    #[must_use]
    pub const fn id_attribute_index(&self) -> isize {
        -1
    }

    /// The line of the current event or error, from 1 (`XML_GetCurrentLineNumber`).
    #[must_use]
    pub const fn line_number(&mut self) -> u64 {
        1
    }

    /// The column of the current event or error, from 0, in characters (`XML_GetCurrentColumnNumber`).
    #[must_use]
    pub const fn column_number(&mut self) -> u64 {
        0
    }

    /// The offset of the current event or error in the bytes of the input, or -1 if there is none
    /// (`XML_GetCurrentByteIndex`).
    #[must_use]
    pub const fn byte_index(&self) -> i64 {
        -1
    }

    /// The number of bytes of the current event; 0 inside the expansion of an entity (`XML_GetCurrentByteCount`).
    #[must_use]
    pub const fn byte_count(&self) -> usize {
        0
    }

    /// The part of the input that is in memory and the offset of the current event in it (`XML_GetInputContext`).
    #[must_use]
    pub const fn input_context(&self) -> Option<(&[u8], usize)> {
        None
    }
}
