//! The current event and its position.

use crate::core::Item;
use crate::event::{Attributes, Event, Span, StartElement};
use crate::model::ContentModel;
use crate::parser::Parser;

/// An ASCII character as text.
#[inline]
fn ascii(character: u8) -> &'static [u8] {
    static CHARACTERS: [u8; 128] = {
        let mut characters = [0; 128];
        let mut c = 0;
        while c < characters.len() {
            characters[c] = c as u8;
            c += 1;
        }
        characters
    };
    CHARACTERS.get(usize::from(character)..).and_then(|rest| rest.get(..1)).unwrap_or_default()
}

impl Parser {
    /// The text that spans of the current event refer to.
    #[inline]
    fn text(&self) -> &[u8] {
        match self.open.last() {
            Some(open) => &open.text,
            None => self.input.text(),
        }
    }

    /// The event that is reported.
    #[inline]
    pub(crate) fn event(&self) -> Event<'_> {
        let text = self.text();
        let scratch = self.core.scratch.as_slice();
        let get = |span: Span| {
            let source = if span.is_scratch() { scratch } else { text };
            source.get(span.start..span.end).unwrap_or_default()
        };
        let maybe = |span: Option<Span>| span.map(get);
        let declaration = &self.core.declaration;
        let name = || maybe(declaration.name).unwrap_or_default();
        match self.core.item {
            Item::Start { name } => Event::StartElement(StartElement {
                name: get(name),
                attributes: Attributes {
                    spans: &self.core.attributes,
                    input: text,
                    scratch,
                    specified: self.core.specified,
                    id: self.core.id_attribute,
                },
            }),
            Item::End { name } | Item::EmptyEnd { name } => Event::EndElement { name: get(name) },
            Item::Text(span) => Event::CharacterData(get(span)),
            Item::Character(c) => Event::CharacterData(ascii(c)),
            Item::Pi { target, data } => Event::ProcessingInstruction { target: get(target), data: get(data) },
            Item::Comment(span) => Event::Comment(get(span)),
            Item::StartCdata => Event::StartCdataSection,
            Item::EndCdata => Event::EndCdataSection,
            Item::Default(span) => Event::Default(get(span)),
            Item::StartNamespace { prefix, uri } => {
                Event::StartNamespaceDecl { prefix: maybe(prefix), uri: maybe(uri) }
            }
            Item::EndNamespace { prefix } => Event::EndNamespaceDecl { prefix: maybe(prefix) },
            Item::XmlDecl { standalone } => {
                Event::XmlDecl { version: maybe(declaration.second), encoding: maybe(declaration.third), standalone }
            }
            Item::StartDoctype { has_internal_subset } => Event::StartDoctypeDecl {
                name: name(),
                system_id: maybe(declaration.system_id),
                public_id: maybe(declaration.public_id),
                has_internal_subset,
            },
            Item::EndDoctype => Event::EndDoctypeDecl,
            Item::ElementDecl => Event::ElementDecl {
                name: name(),
                model: ContentModel { nodes: &self.core.model, names: &self.core.model_names },
            },
            Item::AttlistDecl { required } => Event::AttlistDecl {
                element: name(),
                attribute: maybe(declaration.second).unwrap_or_default(),
                kind: maybe(declaration.third).unwrap_or_default(),
                default: maybe(declaration.value),
                required,
            },
            Item::EntityDecl { is_parameter } => Event::EntityDecl {
                name: name(),
                is_parameter,
                value: maybe(declaration.value),
                base: maybe(declaration.base),
                system_id: maybe(declaration.system_id),
                public_id: maybe(declaration.public_id),
                notation: maybe(declaration.notation),
            },
            Item::UnparsedEntityDecl => Event::UnparsedEntityDecl {
                name: name(),
                base: maybe(declaration.base),
                system_id: maybe(declaration.system_id).unwrap_or_default(),
                public_id: maybe(declaration.public_id),
                notation: maybe(declaration.notation).unwrap_or_default(),
            },
            Item::NotationDecl => Event::NotationDecl {
                name: name(),
                base: maybe(declaration.base),
                system_id: maybe(declaration.system_id),
                public_id: maybe(declaration.public_id),
            },
            Item::Skipped { name, is_parameter } => Event::SkippedEntity { name: get(name), is_parameter },
            Item::ExternalRef => Event::ExternalEntityRef {
                context: maybe(declaration.third),
                base: maybe(declaration.base),
                system_id: maybe(declaration.system_id),
                public_id: maybe(declaration.public_id),
            },
            Item::ParameterRef => Event::ExternalEntityRef {
                context: None,
                base: maybe(self.core.external.base),
                system_id: maybe(self.core.external.system_id),
                public_id: maybe(self.core.external.public_id),
            },
            Item::UnknownEncoding => Event::UnknownEncoding { name: maybe(declaration.third).unwrap_or_default() },
            // `take` and `run` give no `Then`.
            Item::NotStandalone | Item::Then(_) => Event::NotStandalone,
        }
    }

    /// Twice the number of attributes in the last start tag (`XML_GetSpecifiedAttributeCount`).
    #[must_use]
    pub const fn specified_attribute_count(&self) -> usize {
        2 * self.core.specified
    }

    /// Twice the index of the ID attribute of the last start tag, or -1 (`XML_GetIdAttributeIndex`).
    #[must_use]
    pub const fn id_attribute_index(&self) -> isize {
        match self.core.id_attribute {
            Some(at) => 2 * at.cast_signed(),
            None => -1,
        }
    }

    /// The position of the current event in the text.
    #[inline]
    fn text_position(&self) -> usize {
        self.core.event.map_or(0, |(start, _)| start)
    }

    /// The line number and the column number, if neither they nor the byte index have to be counted.
    #[must_use]
    #[inline]
    pub fn known_position(&self) -> Option<(u64, u64)> {
        self.input.known_line_and_column(self.text_position()).map(|(line, column)| (line + 1, column))
    }

    /// Line and column of the current event, both from 0.
    fn line_and_column(&mut self) -> (u64, u64) {
        self.input.line_and_column(self.text_position())
    }

    /// The line of the current event or error, from 1 (`XML_GetCurrentLineNumber`).
    #[must_use]
    pub fn line_number(&mut self) -> u64 {
        self.line_and_column().0 + 1
    }

    /// The column of the current event or error, from 0, in characters (`XML_GetCurrentColumnNumber`).
    #[must_use]
    pub fn column_number(&mut self) -> u64 {
        self.line_and_column().1
    }

    /// The offset of the current event or error in the bytes of the input, or -1 if there is none
    /// (`XML_GetCurrentByteIndex`).
    #[must_use]
    #[inline]
    pub fn byte_index(&mut self) -> i64 {
        match self.core.event {
            Some((start, _)) => self.input.byte_index(start).cast_signed(),
            None => -1,
        }
    }

    /// The number of bytes of the current event; inside the expansion of an entity those of the reference
    /// (`XML_GetCurrentByteCount`).
    #[must_use]
    pub fn byte_count(&mut self) -> usize {
        match self.core.event {
            Some((start, end)) => {
                let start = self.input.byte_index(start);
                usize::try_from(self.input.byte_index(end) - start).unwrap_or(0)
            }
            None => 0,
        }
    }

    /// The part of the input that is in memory and the offset of the current event in it (`XML_GetInputContext`).
    #[must_use]
    pub fn input_context(&mut self) -> Option<(&[u8], usize)> {
        let (start, _) = self.core.event?;
        Some(self.input.context(start))
    }
}
