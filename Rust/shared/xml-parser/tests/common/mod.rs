//! Events as lines of text, for tests and the example `events`.

use xml_parser::{Event, Handlers, Parser};

/// Text on one line.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .flat_map(|c| if c == '\n' { "\\n".chars().collect() } else { vec![c] })
        .collect()
}

/// Text that may be missing.
pub(crate) fn maybe(bytes: Option<&[u8]>) -> String {
    bytes.map_or("None".to_owned(), text)
}

/// An event as one line.
pub(crate) fn describe(event: Event<'_>) -> String {
    match event {
        Event::StartElement(start) => {
            let mut line = format!("start {}", text(start.name()));
            for attribute in start.attributes().iter() {
                line += &format!(" {}={}", text(attribute.name), text(attribute.value));
            }
            line
        }
        Event::EndElement { name } => format!("end {}", text(name)),
        Event::CharacterData(data) => format!("text {}", text(data)),
        Event::Comment(data) => format!("comment {}", text(data)),
        Event::ProcessingInstruction { target, data } => format!("pi {} {}", text(target), text(data)),
        Event::StartCdataSection => "start-cdata".to_owned(),
        Event::EndCdataSection => "end-cdata".to_owned(),
        Event::Default(data) => format!("default {}", text(data)),
        Event::StartNamespaceDecl { prefix, uri } => format!("start-ns {} {}", maybe(prefix), maybe(uri)),
        Event::EndNamespaceDecl { prefix } => format!("end-ns {}", maybe(prefix)),
        Event::XmlDecl { version, encoding, standalone } => {
            let standalone = standalone.map_or(-1, i32::from);
            format!("xmldecl {} {} {standalone}", maybe(version), maybe(encoding))
        }
        Event::StartDoctypeDecl { name, system_id, public_id, has_internal_subset } => format!(
            "doctype {} {} {} {}",
            text(name),
            maybe(system_id),
            maybe(public_id),
            i32::from(has_internal_subset)
        ),
        Event::EndDoctypeDecl => "end-doctype".to_owned(),
        Event::ElementDecl { name, model } => {
            let mut line = format!("element {}", text(name));
            for at in 0..model.len() {
                if let Some(node) = model.node(at) {
                    let (kind, quantifier) = (node.kind as u8, node.quantifier as u8);
                    line += &format!(" {kind},{quantifier},{},{}", maybe(node.name), node.children.len());
                }
            }
            line
        }
        Event::AttlistDecl { element, attribute, kind, default, required } => format!(
            "attlist {} {} {} {} {}",
            text(element),
            text(attribute),
            text(kind),
            maybe(default),
            i32::from(required)
        ),
        Event::EntityDecl { name, is_parameter, value, base, system_id, public_id, notation } => format!(
            "entity {} {} {} {} {} {} {}",
            text(name),
            i32::from(is_parameter),
            maybe(value),
            maybe(base),
            maybe(system_id),
            maybe(public_id),
            maybe(notation)
        ),
        Event::UnparsedEntityDecl { name, base, system_id, public_id, notation } => format!(
            "unparsed {} {} {} {} {}",
            text(name),
            maybe(base),
            text(system_id),
            maybe(public_id),
            text(notation)
        ),
        Event::NotationDecl { name, base, system_id, public_id } => {
            format!("notation {} {} {} {}", text(name), maybe(base), maybe(system_id), maybe(public_id))
        }
        Event::SkippedEntity { name, is_parameter } => format!("skipped {} {}", text(name), i32::from(is_parameter)),
        Event::ExternalEntityRef { context, base, system_id, public_id } => {
            format!("external {} {} {} {}", maybe(context), maybe(base), maybe(system_id), maybe(public_id))
        }
        Event::NotStandalone => "not-standalone".to_owned(),
        Event::UnknownEncoding { name } => format!("encoding {}", text(name)),
    }
}

/// All events but `Default`, which replaces others.
pub(crate) fn everything() -> Handlers {
    Handlers::START_ELEMENT
        | Handlers::END_ELEMENT
        | Handlers::CHARACTER_DATA
        | Handlers::PROCESSING_INSTRUCTION
        | Handlers::COMMENT
        | Handlers::START_CDATA_SECTION
        | Handlers::END_CDATA_SECTION
        | Handlers::START_DOCTYPE_DECL
        | Handlers::END_DOCTYPE_DECL
        | Handlers::NOTATION_DECL
        | Handlers::START_NAMESPACE_DECL
        | Handlers::END_NAMESPACE_DECL
        | Handlers::SKIPPED_ENTITY
        | Handlers::ELEMENT_DECL
        | Handlers::ATTLIST_DECL
        | Handlers::ENTITY_DECL
        | Handlers::XML_DECL
        | Handlers::DEFAULT
        | Handlers::UNKNOWN_ENCODING
}

/// The position of the current event.
pub(crate) fn position(parser: &mut Parser) -> String {
    format!("{}:{}:{}", parser.line_number(), parser.column_number(), parser.byte_index())
}
