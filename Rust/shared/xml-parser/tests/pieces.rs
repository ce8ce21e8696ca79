//! Every document gives the same events however it is cut into pieces, apart from where character data is split.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{describe, everything, position};
use xml_parser::{Event, Handlers, Parser};

/// The events of a document in these pieces with their positions; adjacent pieces of text are one.
fn events(pieces: &[&[u8]], separator: Option<u8>, handlers: Handlers) -> Vec<String> {
    let mut parser = Parser::new(None, separator).unwrap();
    parser.set_handlers(handlers);
    parser.set_reparse_deferral(false);
    let mut lines: Vec<String> = Vec::new();
    let mut in_text = false;
    for (at, piece) in pieces.iter().enumerate() {
        parser.feed(piece, at + 1 == pieces.len()).unwrap();
        loop {
            let (line, is_text) = match parser.next_event() {
                Ok(None) => break,
                Ok(Some(event)) => (describe(event), matches!(event, Event::CharacterData(_) | Event::Default(_))),
                Err(error) => {
                    lines.push(format!("error {} {}", error.code(), position(&mut parser)));
                    return lines;
                }
            };
            match lines.last_mut() {
                Some(last) if is_text && in_text => last.push_str(line.split_once(' ').unwrap().1),
                _ if is_text => lines.push(line),
                _ => lines.push(format!("{line} @{}", position(&mut parser))),
            }
            in_text = is_text;
        }
    }
    lines
}

const DOCUMENTS: &[&str] = &[
    "<?xml version='1.0' encoding='utf-8'?>\r\n<!DOCTYPE a PUBLIC 'p  q' \"s\" [\r\n<!ENTITY e 'x&#65;<b/>'>\
     <!ATTLIST a x CDATA 'd'><!ELEMENT a (b|(c,d)*)+><!NOTATION n SYSTEM 'n'><!-- c --><?pi x?> ]>\
     <a y='1&lt;\r\n2' z=\"&e2;\">&e;</a>",
    "<a xmlns:p='u' p:x='\u{E9}\u{4E2D}\u{1F600}'>text\r\n\r\u{E9}\u{4E2D}\u{1F600}]] ]>&amp;&#x10FFFF;<!--\r\n--><p:b/></a>\r\n<!--x-->",
    "<a><![CDATA[x]]]\r\n]]]]><b>]</b ><c/>]]</a><?t d?> \r",
    "\u{FEFF}<a>x</a>",
    "<a><b></a>",
    "<a>&u;</a>",
    "<!DOCTYPE a [<!ENTITY % p \"<!ENTITY e 'v'>\">%p;]><a>&e;</a>",
];

#[test]
fn every_cut() {
    for document in DOCUMENTS {
        let mut encoded = vec![document.as_bytes().to_vec()];
        encoded.push([0xFE, 0xFF].into_iter().chain(document.encode_utf16().flat_map(u16::to_be_bytes)).collect());
        encoded.push(document.encode_utf16().flat_map(u16::to_le_bytes).collect());
        for data in encoded {
            for separator in [None, Some(b' ')] {
                for handlers in [everything(), Handlers::DEFAULT, everything().without(Handlers::DEFAULT)] {
                    let whole = events(&[&data], separator, handlers);
                    for at in 0..=data.len() {
                        let (first, second) = data.split_at(at);
                        assert_eq!(events(&[first, second], separator, handlers), whole, "{document} cut at {at}");
                    }
                    let bytes: Vec<&[u8]> = data.chunks(1).collect();
                    assert_eq!(events(&bytes, separator, handlers), whole, "{document} in bytes");
                    let threes: Vec<&[u8]> = data.chunks(3).collect();
                    assert_eq!(events(&threes, separator, handlers), whole, "{document} in threes");
                }
            }
        }
    }
}

#[test]
fn default_text_is_the_document() {
    for document in DOCUMENTS {
        let mut parser = Parser::new(None, None).unwrap();
        parser.set_handlers(Handlers::DEFAULT);
        parser.set_default_expand(false);
        parser.feed(document.as_bytes(), true).unwrap();
        let mut seen = Vec::new();
        let error = loop {
            match parser.next_event() {
                Ok(Some(Event::Default(text))) => seen.extend_from_slice(text),
                Ok(None) => break false,
                Err(_) => break true,
                other => panic!("{other:?}"),
            }
        };
        let text = String::from_utf8(seen).unwrap();
        let expected = document.trim_start_matches('\u{FEFF}');
        if error {
            assert!(expected.starts_with(&text), "{text}");
        } else {
            assert_eq!(text, expected);
        }
    }
}
