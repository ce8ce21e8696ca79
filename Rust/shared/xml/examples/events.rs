//! Writes the events of a document, one a line, in the form that `Tools/rust/testing` compares with pyexpat's.
//!
//! Usage: `events [-n] [-c SIZE] [-e ENCODING] [-d] [-D] [-x] [-r] FILE...`: with namespaces, in pieces of this size, in this
//! encoding, with only the default handler, without expanding entities, with external entities, with reparse deferral.

use std::io::Write as _;
use std::path::Path;

use xml_parser::{Event, Handlers, Parser};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .flat_map(|c| if c == '\n' { "\\n".chars().collect() } else { vec![c] })
        .collect()
}

fn maybe(bytes: Option<&[u8]>) -> String {
    bytes.map_or("None".to_owned(), text)
}

fn describe(event: Event<'_>) -> String {
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
fn everything() -> Handlers {
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

fn position(parser: &mut Parser) -> String {
    format!("{}:{}:{}", parser.line_number(), parser.column_number(), parser.byte_index())
}

/// How a document is read.
struct Settings {
    size: usize,
    encoding: Option<Vec<u8>>,
    separator: Option<u8>,
    handlers: Handlers,
    expand: bool,
    externals: bool,
    deferral: bool,
}

/// Feeds `data` to `parser` and writes its events. Whether the document is well-formed.
fn pull(parser: &mut Parser, data: &[u8], settings: &Settings, folder: &Path, lines: &mut Vec<String>) -> bool {
    let mut pieces = data.chunks(settings.size.max(1)).peekable();
    loop {
        let piece = pieces.next().unwrap_or_default();
        let is_final = pieces.peek().is_none();
        if parser.feed(piece, is_final).is_err() {
            return false;
        }
        loop {
            let mut system = None;
            let unknown;
            let line = match parser.next_event() {
                Ok(None) => break,
                Ok(Some(event)) => {
                    if let Event::ExternalEntityRef { context, system_id, .. } = event {
                        let name = String::from_utf8_lossy(system_id.unwrap_or_default()).into_owned();
                        system = Some((context.map(<[u8]>::to_vec), name));
                    }
                    unknown = matches!(event, Event::UnknownEncoding { name: b"x-latin-1" });
                    describe(event)
                }
                Err(error) => {
                    let at = position(parser);
                    lines.push(format!("error {} @{at}", error.code()));
                    return false;
                }
            };
            let at = position(parser);
            if unknown {
                let mut map = [0; 256];
                (0..256).zip(&mut map).for_each(|(byte, point)| *point = byte);
                if parser.set_unknown_encoding(&map).is_err() {
                    return false;
                }
                continue;
            }
            if line.starts_with("encoding ") {
                continue;
            }
            lines.push(format!("{line} @{at}"));
            let Some((context, name)) = system else { continue };
            let data = std::fs::read(folder.join(name)).unwrap_or_default();
            let read = parser
                .external_entity_parser(context.as_deref(), None)
                .is_ok_and(|mut child| pull(&mut child, &data, settings, folder, lines));
            if !read {
                parser.fail();
            }
        }
        if is_final {
            return true;
        }
    }
}

fn dump(data: &[u8], settings: &Settings, folder: &Path) -> Result<Vec<String>, xml_parser::Error> {
    let mut lines = Vec::new();
    let mut parser = Parser::new(settings.encoding.as_deref(), settings.separator)?;
    parser.set_handlers(settings.handlers);
    parser.set_reparse_deferral(settings.deferral);
    parser.set_default_expand(settings.expand);
    if settings.externals {
        parser.set_handlers(settings.handlers | Handlers::EXTERNAL_ENTITY_REF);
        parser.set_param_entity_parsing(xml_parser::ParamEntityParsing::Always);
    }
    pull(&mut parser, data, settings, folder, &mut lines);
    Ok(lines)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut settings = Settings {
        size: usize::MAX,
        encoding: None,
        separator: None,
        handlers: everything(),
        expand: true,
        externals: false,
        deferral: false,
    };
    let mut files = Vec::new();
    while let Some(argument) = arguments.next() {
        match &*argument {
            "-n" => settings.separator = Some(b' '),
            "-c" => settings.size = arguments.next().unwrap_or_default().parse()?,
            "-e" => settings.encoding = arguments.next().map(String::into_bytes),
            "-d" => settings.handlers = Handlers::DEFAULT,
            "-D" => settings.expand = false,
            "-x" => settings.externals = true,
            "-r" => settings.deferral = true,
            _ => files.push(argument),
        }
    }
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for file in files {
        let data = std::fs::read(&file)?;
        let folder = Path::new(&file).parent().unwrap_or(Path::new("."));
        writeln!(output, "== {file}")?;
        for line in dump(&data, &settings, folder)? {
            writeln!(output, "{line}")?;
        }
    }
    Ok(())
}
