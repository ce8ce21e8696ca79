//! External entities, the external subset, and encodings that the caller knows.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{describe, everything, position};
use xml_parser::{Error, Event, Handlers, ParamEntityParsing, Parser};

/// Pulls the events of a parser; external entities are looked up by their system identifier.
fn pull(parser: &mut Parser, data: &[u8], entities: &[(&str, &str)], lines: &mut Vec<String>) -> Result<(), Error> {
    parser.feed(data, true)?;
    loop {
        let mut found = None;
        match parser.next_event()? {
            None => return Ok(()),
            Some(event) => {
                lines.push(describe(event));
                if let Event::ExternalEntityRef { context, system_id, .. } = event {
                    let name = system_id.unwrap_or(b"foreign");
                    let text = entities.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, text)| *text);
                    found = Some((context.map(<[u8]>::to_vec), text));
                }
            }
        }
        let Some((context, text)) = found else { continue };
        let mut child = parser.external_entity_parser(context.as_deref(), None)?;
        let is_read = text.is_some_and(|text| pull(&mut child, text.as_bytes(), entities, lines).is_ok());
        if !is_read {
            parser.fail();
        }
    }
}

/// The events of a document of which everything is read, and its error.
fn events(document: &str, entities: &[(&str, &str)], separator: Option<u8>) -> (Vec<String>, Result<(), Error>) {
    let mut parser = Parser::new(None, separator).unwrap();
    parser.set_handlers(everything().without(Handlers::DEFAULT) | Handlers::EXTERNAL_ENTITY_REF);
    parser.set_param_entity_parsing(ParamEntityParsing::Always);
    let mut lines = Vec::new();
    let result = pull(&mut parser, document.as_bytes(), entities, &mut lines);
    (lines, result)
}

#[test]
fn a_general_entity_sees_the_namespaces_and_is_open() {
    let document = "<!DOCTYPE a [<!ENTITY e SYSTEM 's'>]><p:a xmlns:p='u'>&e;</p:a>";
    let text = "<?xml encoding='utf-8'?><p:b/>t";
    let (lines, result) = events(document, &[("s", text)], Some(b' '));
    assert_eq!(result, Ok(()));
    assert_eq!(lines[5], "external xml=http://www.w3.org/XML/1998/namespace\x0Cp=u\x0Ce None s None");
    assert_eq!(lines[6..], ["xmldecl None utf-8 -1", "start u b", "end u b", "text t", "end u a", "end-ns p"]);
    let (_, result) = events(document, &[("s", "<b>&e;</b>")], None);
    assert_eq!(result, Err(Error::ExternalEntityHandling));
    let (_, result) = events(document, &[("s", "<b>")], None);
    assert_eq!(result, Err(Error::ExternalEntityHandling));
    assert_eq!(events(document, &[], None).1, Err(Error::ExternalEntityHandling));
}

#[test]
fn the_external_subset_declares() {
    let document = "<!DOCTYPE a SYSTEM 's' [<!ENTITY % k 'INCLUDE'>]><a>&e;</a>";
    let subset = "<?xml version='1.0' encoding='utf-8'?><![%k;[<!ENTITY e 'in'>]]><![IGNORE[<!ENTITY e '<![x]]>'>]]>\
        <!ENTITY % p '1&#37;q;2'><!ENTITY % q 'x'><!ENTITY f '%p;'><!ATTLIST a y CDATA '&f;'>";
    let (lines, result) = events(document, &[("s", subset)], None);
    assert_eq!(result, Ok(()));
    assert_eq!(lines[2], "external None None s None");
    assert_eq!(lines[lines.len() - 3..], ["start a y=1x2", "text in", "end a"]);
}

#[test]
fn an_external_parameter_entity_in_a_value() {
    let document = "<!DOCTYPE a SYSTEM 's'><a>&e;</a>";
    let subset = "<!ENTITY % p SYSTEM 'p'><!ENTITY e '[%p;]'>";
    let (lines, result) = events(document, &[("s", subset), ("p", "<?xml version='1.0'?>v%q;")], None);
    assert_eq!(result, Ok(()));
    assert!(lines.contains(&"entity e 0 [v] None None None None".to_owned()), "{lines:?}");
    assert_eq!(events(document, &[("s", subset)], None).1, Err(Error::ExternalEntityHandling));
    let circle = "<!ENTITY % p SYSTEM 'p'><!ENTITY e '%p;'>";
    assert_eq!(events(document, &[("s", circle), ("p", "%p;")], None).1, Err(Error::ExternalEntityHandling));
}

#[test]
fn parameter_entities_have_complete_declarations() {
    let read = |text: &str| events("<!DOCTYPE a SYSTEM 's'><a/>", &[("s", text)], None).1;
    assert_eq!(read("<!ENTITY % p '<!ENTITY x'>%p; 'y'>"), Err(Error::ExternalEntityHandling));
    assert_eq!(read("<!ENTITY % p \"'v'\"><!ENTITY x %p;>"), Ok(()));
    assert_eq!(read("<!ENTITY % p '%p;'>"), Err(Error::ExternalEntityHandling));
    assert_eq!(read("<![INCLUDE["), Err(Error::ExternalEntityHandling));
}

#[test]
fn foreign_dtd() {
    for (document, expected) in [("<a/>", "start a x=d"), ("<!DOCTYPE a><a/>", "start a x=d")] {
        let mut parser = Parser::new(None, None).unwrap();
        parser.set_handlers(everything().without(Handlers::DEFAULT) | Handlers::EXTERNAL_ENTITY_REF);
        parser.set_param_entity_parsing(ParamEntityParsing::Always);
        parser.use_foreign_dtd(true).unwrap();
        let mut lines = Vec::new();
        pull(&mut parser, document.as_bytes(), &[("foreign", "<!ATTLIST a x CDATA 'd'>")], &mut lines).unwrap();
        assert!(lines.contains(&expected.to_owned()), "{lines:?}");
        assert_eq!(parser.use_foreign_dtd(false), Err(Error::CantChangeFeatureOnceParsing));
    }
}

#[test]
fn not_standalone() {
    let read = |document: &[u8], fail: bool| {
        let mut parser = Parser::new(None, None).unwrap();
        parser.set_handlers(Handlers::NOT_STANDALONE);
        parser.feed(document, true).unwrap();
        let mut count = 0;
        loop {
            match parser.next_event() {
                Ok(Some(Event::NotStandalone)) => count += 1,
                Ok(None) => return Ok(count),
                Err(error) => return Err(error),
                other => panic!("{other:?}"),
            }
            if fail {
                parser.fail();
            }
        }
    };
    assert_eq!(read(b"<!DOCTYPE a SYSTEM 's'><a/>", false), Ok(1));
    assert_eq!(read(b"<!DOCTYPE a SYSTEM 's'><a/>", true), Err(Error::NotStandalone));
    assert_eq!(read(b"<?xml version='1.0' standalone='yes'?><!DOCTYPE a SYSTEM 's'><a/>", true), Ok(0));
}

#[test]
fn fail_counts_more_than_stop() {
    let mut parser = Parser::new(None, None).unwrap();
    parser.set_handlers(Handlers::EXTERNAL_ENTITY_REF);
    parser.feed(b"<!DOCTYPE a [<!ENTITY e SYSTEM 's'>]><a>&e;</a>", true).unwrap();
    assert!(matches!(parser.next_event(), Ok(Some(Event::ExternalEntityRef { .. }))));
    parser.stop();
    parser.fail();
    assert_eq!(parser.next_event().unwrap_err(), Error::ExternalEntityHandling);
    assert_eq!(position(&mut parser), "1:40:40");
}

/// Reads a document in an encoding for which there may be a map.
fn mapped(document: &[u8], encoding: Option<&[u8]>, map: Option<&[i32; 256]>) -> Result<Vec<String>, Error> {
    let mut parser = Parser::new(encoding, None)?;
    parser.set_handlers(Handlers::START_ELEMENT | Handlers::CHARACTER_DATA | Handlers::UNKNOWN_ENCODING);
    parser.feed(document, true)?;
    let mut lines = Vec::new();
    while let Some(event) = parser.next_event()? {
        let asks = matches!(event, Event::UnknownEncoding { .. });
        lines.push(describe(event));
        if asks && let Some(map) = map {
            parser.set_unknown_encoding(map)?;
        }
    }
    Ok(lines)
}

#[test]
fn unknown_encodings() {
    let mut map = [0; 256];
    (0..).zip(&mut map).for_each(|(byte, point)| *point = byte);
    map[0xE9] = 0x416;
    map[0xFF] = -1;
    let document = b"<?xml version='1.0' encoding='x-test'?><\xE9>\xE9\xE9</\xE9>";
    assert_eq!(
        mapped(document, None, Some(&map)).unwrap(),
        ["encoding x-test", "start \u{416}", "text \u{416}\u{416}"]
    );
    assert_eq!(mapped(b"<\xE9/>", Some(b"x"), Some(&map)).unwrap(), ["encoding x", "start \u{416}"]);
    assert_eq!(mapped(document, None, None), Err(Error::UnknownEncoding));
    assert_eq!(mapped(b"<a>\xFF</a>", Some(b"x"), Some(&map)), Err(Error::InvalidToken));
    map[usize::from(b'<')] = 0x20AC;
    assert_eq!(mapped(document, None, Some(&map)), Err(Error::UnknownEncoding));
}

#[test]
fn built_in_encodings() {
    let latin1 = b"<?xml version='1.0' encoding='ISO-8859-1'?><\xE9>\xE9</\xE9>";
    assert_eq!(mapped(latin1, None, None).unwrap(), ["start \u{E9}", "text \u{E9}"]);
    assert_eq!(mapped(b"<\xE9/>", Some(b"iso-8859-1"), None).unwrap(), ["start \u{E9}"]);
    assert_eq!(mapped(b"<a>\xE9</a>", Some(b"us-ascii"), None), Err(Error::InvalidToken));
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let document = utf16("\u{FEFF}<?xml version='1.0' encoding='utf-16'?><a>\u{1F600}</a>");
    assert_eq!(mapped(&document, None, None).unwrap(), ["start a", "text \u{1F600}"]);
    assert_eq!(mapped(document.get(..document.len() - 1).unwrap(), None, None), Err(Error::UnclosedToken));
    let mut lone = utf16("<a>");
    lone.extend([0x00, 0xDC, b'<', 0]);
    assert_eq!(mapped(&lone, None, None), Err(Error::InvalidToken));
}
