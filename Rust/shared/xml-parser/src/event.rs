//! The events of the parser: one variant for each of expat's handlers.

use crate::model::ContentModel;

/// Declares the bits of [`Handlers`].
macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Handlers {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
        }
    };
}

/// The set of events that the caller requests; it corresponds to the set of handlers that are installed in expat.
///
/// As in expat, an event that is not requested is reported as [`Event::Default`] if that event is requested and the
/// event has text of its own, and is skipped otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handlers(u32);

handlers! {
    /// [`Event::StartElement`].
    START_ELEMENT = 0;
    /// [`Event::EndElement`].
    END_ELEMENT = 1;
    /// [`Event::CharacterData`].
    CHARACTER_DATA = 2;
    /// [`Event::ProcessingInstruction`].
    PROCESSING_INSTRUCTION = 3;
    /// [`Event::Comment`].
    COMMENT = 4;
    /// [`Event::StartCdataSection`].
    START_CDATA_SECTION = 5;
    /// [`Event::EndCdataSection`].
    END_CDATA_SECTION = 6;
    /// [`Event::Default`]. Internal entities are expanded or not as [`crate::Parser::set_default_expand`] says.
    DEFAULT = 7;
    /// [`Event::StartDoctypeDecl`].
    START_DOCTYPE_DECL = 8;
    /// [`Event::EndDoctypeDecl`].
    END_DOCTYPE_DECL = 9;
    /// [`Event::UnparsedEntityDecl`]; if it is not requested, an unparsed entity is an [`Event::EntityDecl`].
    UNPARSED_ENTITY_DECL = 10;
    /// [`Event::NotationDecl`].
    NOTATION_DECL = 11;
    /// [`Event::StartNamespaceDecl`].
    START_NAMESPACE_DECL = 12;
    /// [`Event::EndNamespaceDecl`].
    END_NAMESPACE_DECL = 13;
    /// [`Event::NotStandalone`].
    NOT_STANDALONE = 14;
    /// [`Event::ExternalEntityRef`].
    EXTERNAL_ENTITY_REF = 15;
    /// [`Event::SkippedEntity`].
    SKIPPED_ENTITY = 16;
    /// [`Event::UnknownEncoding`].
    UNKNOWN_ENCODING = 17;
    /// [`Event::ElementDecl`].
    ELEMENT_DECL = 18;
    /// [`Event::AttlistDecl`].
    ATTLIST_DECL = 19;
    /// [`Event::EntityDecl`].
    ENTITY_DECL = 20;
    /// [`Event::XmlDecl`].
    XML_DECL = 21;
}

impl Handlers {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Whether one of the members of `other` is in this set.
    #[must_use]
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// This set and `other`.
    #[must_use]
    #[inline]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without `other`.
    #[must_use]
    #[inline]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl std::ops::BitOr for Handlers {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.with(other)
    }
}

/// A part of the document. All text is valid UTF-8 without NUL, whatever the encoding of the input; it is a byte slice,
/// because this crate does not need the type `str`.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// `XmlDeclHandler`: an XML declaration (23) or a text declaration (77), where `version` may be missing.
    XmlDecl {
        /// The version, `1.0`.
        version: Option<&'a [u8]>,
        /// The declared encoding.
        encoding: Option<&'a [u8]>,
        /// `yes` or `no`; expat's -1 is `None`.
        standalone: Option<bool>,
    },
    /// `StartDoctypeDeclHandler`: the start of the document type declaration (28).
    StartDoctypeDecl {
        /// The name of the root element.
        name: &'a [u8],
        /// The system identifier of the external subset.
        system_id: Option<&'a [u8]>,
        /// The public identifier of the external subset, normalized.
        public_id: Option<&'a [u8]>,
        /// Whether `[` follows.
        has_internal_subset: bool,
    },
    /// `EndDoctypeDeclHandler`.
    EndDoctypeDecl,
    /// `ElementDeclHandler`: an element type declaration (45).
    ElementDecl {
        /// The name of the element type.
        name: &'a [u8],
        /// The content model.
        model: ContentModel<'a>,
    },
    /// `AttlistDeclHandler`: one attribute of an attribute-list declaration (52).
    AttlistDecl {
        /// The name of the element type.
        element: &'a [u8],
        /// The name of the attribute.
        attribute: &'a [u8],
        /// `CDATA`, `ID`, ..., or for enumerations `(a|b)` or `NOTATION(a|b)`.
        kind: &'a [u8],
        /// The default value, normalized; `None` for `#IMPLIED` and `#REQUIRED`.
        default: Option<&'a [u8]>,
        /// `#REQUIRED`, or `#FIXED` where there is a default.
        required: bool,
    },
    /// `EntityDeclHandler`: an entity declaration (70).
    EntityDecl {
        /// The name of the entity.
        name: &'a [u8],
        /// Whether it is a parameter entity.
        is_parameter: bool,
        /// The replacement text of an internal entity. Empty text is `Some`.
        value: Option<&'a [u8]>,
        /// The base that was set when the entity was declared.
        base: Option<&'a [u8]>,
        /// The system identifier of an external entity.
        system_id: Option<&'a [u8]>,
        /// The public identifier of an external entity, normalized.
        public_id: Option<&'a [u8]>,
        /// The notation of an unparsed entity.
        notation: Option<&'a [u8]>,
    },
    /// `UnparsedEntityDeclHandler`: an external entity with `NDATA` (76).
    UnparsedEntityDecl {
        /// The name of the entity.
        name: &'a [u8],
        /// The base that was set when the entity was declared.
        base: Option<&'a [u8]>,
        /// The system identifier.
        system_id: &'a [u8],
        /// The public identifier, normalized.
        public_id: Option<&'a [u8]>,
        /// The name of the notation.
        notation: &'a [u8],
    },
    /// `NotationDeclHandler`: a notation declaration (82).
    NotationDecl {
        /// The name of the notation.
        name: &'a [u8],
        /// The base that is set.
        base: Option<&'a [u8]>,
        /// The system identifier.
        system_id: Option<&'a [u8]>,
        /// The public identifier, normalized.
        public_id: Option<&'a [u8]>,
    },
    /// `StartNamespaceDeclHandler`: before the start of the element that has the declaration.
    StartNamespaceDecl {
        /// The prefix; `None` for the default namespace.
        prefix: Option<&'a [u8]>,
        /// The namespace; `None` for `xmlns=""`.
        uri: Option<&'a [u8]>,
    },
    /// `EndNamespaceDeclHandler`: after the end of the element that has the declaration.
    EndNamespaceDecl {
        /// The prefix; `None` for the default namespace.
        prefix: Option<&'a [u8]>,
    },
    /// `StartElementHandler`: a start tag (40), or the first half of an empty-element tag (44).
    StartElement(StartElement<'a>),
    /// `EndElementHandler`: an end tag (42), or the second half of an empty-element tag.
    EndElement {
        /// The name, expanded as that of the start tag.
        name: &'a [u8],
    },
    /// `CharacterDataHandler`: a piece of text. Line ends, character references and references to predefined entities
    /// are pieces of their own, as are the parts of a text that arrives in several calls of `feed`.
    CharacterData(&'a [u8]),
    /// `ProcessingInstructionHandler` (16).
    ProcessingInstruction {
        /// The target.
        target: &'a [u8],
        /// The text after the white space that follows the target, with normalized line ends.
        data: &'a [u8],
    },
    /// `CommentHandler` (15): the text with normalized line ends.
    Comment(&'a [u8]),
    /// `StartCdataSectionHandler`.
    StartCdataSection,
    /// `EndCdataSectionHandler`.
    EndCdataSection,
    /// `DefaultHandler`: the text of something that no other event reported, as it stands in the input but in UTF-8.
    Default(&'a [u8]),
    /// `SkippedEntityHandler`: a reference to an entity that was not read.
    SkippedEntity {
        /// The name of the entity.
        name: &'a [u8],
        /// Whether it is a parameter entity.
        is_parameter: bool,
    },
    /// `ExternalEntityRefHandler`: a reference to an external parsed entity, or to the external subset. The caller may
    /// create a parser for it with [`crate::Parser::external_entity_parser`] and run that to its end before it requests
    /// the next event, or report a failure by [`crate::Parser::fail`].
    ExternalEntityRef {
        /// The context for `external_entity_parser`; `None` for parameter entities and the external subset.
        context: Option<&'a [u8]>,
        /// The base that was set when the entity was declared.
        base: Option<&'a [u8]>,
        /// The system identifier. It is missing for a foreign DTD.
        system_id: Option<&'a [u8]>,
        /// The public identifier, normalized.
        public_id: Option<&'a [u8]>,
    },
    /// `NotStandaloneHandler`: there is an external subset or a reference to a parameter entity, and the document does not
    /// say `standalone="yes"`. [`crate::Parser::fail`] makes it an error.
    NotStandalone,
    /// `UnknownEncodingHandler`: the caller responds by [`crate::Parser::set_unknown_encoding`] before it requests the
    /// next event; otherwise that call returns [`crate::Error::UnknownEncoding`].
    UnknownEncoding {
        /// The name that the document or the caller gave.
        name: &'a [u8],
    },
}

/// The start of an element with its attributes.
#[derive(Clone, Copy, Debug)]
pub struct StartElement<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) attributes: Attributes<'a>,
}

impl<'a> StartElement<'a> {
    /// The name; with namespaces `uri SEPARATOR local`, or for triplets `uri SEPARATOR local SEPARATOR prefix`.
    #[must_use]
    #[inline]
    pub const fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The attributes in the order of the start tag, then those that the DTD adds.
    #[must_use]
    #[inline]
    pub const fn attributes(&self) -> Attributes<'a> {
        self.attributes
    }

    /// The number of attributes that are specified in the start tag. (`XML_GetSpecifiedAttributeCount` is twice this
    /// number.)
    #[must_use]
    #[inline]
    pub const fn specified(&self) -> usize {
        self.attributes.specified
    }

    /// The index of the attribute of type ID among the attributes, if there is one.
    #[must_use]
    #[inline]
    pub const fn id_attribute(&self) -> Option<usize> {
        self.attributes.id
    }
}

/// One attribute of a start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The name, expanded as element names are.
    pub name: &'a [u8],
    /// The normalized value.
    pub value: &'a [u8],
}

/// Where a piece of text is. It has the size of a word, so that a [`Span`] has no padding, and is copied by registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Source {
    /// In the input, or in the text of the entity that is being read.
    #[default]
    Input,
    /// In the scratch area of the parser.
    Scratch,
}

/// The location of a piece of text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) source: Source,
}

impl Span {
    /// Whether the text is in the scratch area.
    #[inline]
    pub(crate) const fn is_scratch(self) -> bool {
        matches!(self.source, Source::Scratch)
    }
}

/// Name and value of an attribute of the current start tag.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AttributeSpan {
    pub(crate) name: Span,
    pub(crate) value: Span,
}

/// The attributes of a start tag.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    pub(crate) spans: &'a [AttributeSpan],
    pub(crate) input: &'a [u8],
    pub(crate) scratch: &'a [u8],
    pub(crate) specified: usize,
    pub(crate) id: Option<usize>,
}

impl<'a> Attributes<'a> {
    /// The number of attributes, defaults included.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The attribute with this index.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<Attribute<'a>> {
        let span = self.spans.get(index)?;
        Some(Attribute { name: self.text(span.name), value: self.text(span.value) })
    }

    /// The attributes in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Attribute<'a>> + use<'a> {
        let this = *self;
        this.spans.iter().map(move |span| Attribute { name: this.text(span.name), value: this.text(span.value) })
    }

    #[inline]
    fn text(&self, span: Span) -> &'a [u8] {
        let source = if span.is_scratch() { self.scratch } else { self.input };
        source.get(span.start..span.end).unwrap_or_default()
    }
}
