//! Writes the events of a document, one a line, in the form that `Tools/rust/testing` compares with pyexpat's.
//!
//! Usage: `events [-n] [-c SIZE] [-e ENCODING] [-d] [-D] [-x] [-r] FILE...`: with namespaces, in pieces of this size, in this
//! encoding, with only the default handler, without expanding entities, with external entities, with reparse deferral.

use std::io::Write as _;
use std::path::Path;

#[path = "../tests/common/mod.rs"]
mod common;

use common::{describe, everything, position};
use xml_parser::{Event, Handlers, Parser};

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
