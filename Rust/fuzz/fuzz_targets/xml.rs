//! A document gives the same events in one piece and in many, with entities in scope or not, and never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xml_parser::{Error, Event, Handlers, ParamEntityParsing, Parser};

/// All events but `Default`.
const ALL: Handlers = Handlers::START_ELEMENT
    .with(Handlers::END_ELEMENT)
    .with(Handlers::CHARACTER_DATA)
    .with(Handlers::PROCESSING_INSTRUCTION)
    .with(Handlers::COMMENT)
    .with(Handlers::START_CDATA_SECTION)
    .with(Handlers::END_CDATA_SECTION)
    .with(Handlers::START_DOCTYPE_DECL)
    .with(Handlers::END_DOCTYPE_DECL)
    .with(Handlers::NOTATION_DECL)
    .with(Handlers::START_NAMESPACE_DECL)
    .with(Handlers::END_NAMESPACE_DECL)
    .with(Handlers::EXTERNAL_ENTITY_REF)
    .with(Handlers::SKIPPED_ENTITY)
    .with(Handlers::ELEMENT_DECL)
    .with(Handlers::ATTLIST_DECL)
    .with(Handlers::ENTITY_DECL)
    .with(Handlers::XML_DECL);

/// The compared result: events with their positions, adjacent text as one run, and the error.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    lines: Vec<String>,
    text: Vec<u8>,
}

impl Seen {
    fn add(&mut self, line: String) {
        if !self.text.is_empty() {
            self.lines.push(format!("{:?}", std::mem::take(&mut self.text)));
        }
        self.lines.push(line);
    }
}

fn read(parser: &mut Parser, pieces: &[&[u8]], external: &[u8], depth: usize, seen: &mut Seen) -> bool {
    for (at, piece) in pieces.iter().enumerate() {
        if parser.feed(piece, at + 1 == pieces.len()).is_err() {
            return false;
        }
        loop {
            let mut context = None;
            let line = match parser.next_event() {
                Ok(None) => break,
                Ok(Some(Event::CharacterData(text) | Event::Default(text))) => {
                    assert!(std::str::from_utf8(text).is_ok());
                    seen.text.extend_from_slice(text);
                    continue;
                }
                Ok(Some(event)) => {
                    if let Event::ExternalEntityRef { context: found, .. } = event {
                        context = Some(found.map(<[u8]>::to_vec));
                    }
                    format!("{event:?}")
                }
                Err(error) => {
                    let at = (parser.line_number(), parser.column_number(), parser.byte_index());
                    // How much of a run before `]]>` is reported depends on the pieces, as in expat.
                    seen.text.clear();
                    // So does the error for bytes after the root element.
                    use Error::{InvalidToken, JunkAfterDocElement, PartialChar, UnclosedToken};
                    seen.add(match error {
                        InvalidToken | UnclosedToken | PartialChar | JunkAfterDocElement => "error".to_owned(),
                        _ => format!("{error:?} {at:?}"),
                    });
                    return false;
                }
            };
            let at = (parser.line_number(), parser.column_number(), parser.byte_index(), parser.byte_count());
            // The spans in the Debug form of start tags depend on the buffer.
            let line = if line.starts_with("StartElement") { String::from("start") } else { line };
            seen.add(format!("{line} {at:?}"));
            if let Some((context, offset)) = parser.input_context() {
                assert!(offset <= context.len());
            }
            let Some(context) = context else { continue };
            let child = parser.external_entity_parser(context.as_deref(), None);
            let is_read =
                depth < 3 && child.is_ok_and(|mut child| read(&mut child, &[external], external, depth + 1, seen));
            if !is_read {
                parser.fail();
            }
        }
    }
    true
}

fuzz_target!(|data: &[u8]| {
    let [options, size, split, data @ ..] = data else { return };
    let (document, external) = data.split_at((usize::from(*split) * data.len()).div_ceil(255).min(data.len()));
    let run = |pieces: &[&[u8]]| {
        let separator = (options & 1 != 0).then_some(b' ');
        let mut parser = Parser::new(None, separator).expect("memory");
        parser.set_handlers(if options & 2 != 0 { ALL } else { Handlers::DEFAULT | Handlers::EXTERNAL_ENTITY_REF });
        parser.set_reparse_deferral(options & 4 != 0);
        parser.set_default_expand(options & 8 != 0);
        parser.set_amplification_threshold(10_000);
        if options & 16 != 0 {
            parser.set_param_entity_parsing(ParamEntityParsing::Always);
        }
        if options & 32 != 0 {
            let _ = parser.use_foreign_dtd(true);
        }
        let mut seen = Seen::default();
        read(&mut parser, pieces, external, 0, &mut seen);
        seen
    };
    let whole = run(&[document]);
    // A single byte may determine the encoding, so the first piece has the four bytes that are examined.
    let (first, rest) = document.split_at(document.len().min(4));
    let mut pieces = vec![first];
    pieces.extend(rest.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, run(&pieces));
});
