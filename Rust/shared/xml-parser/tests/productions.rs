//! The productions of the specification by their numbers: what is accepted, and which error at which position something
//! else gives. Expected errors are those of expat.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{describe, everything, position};
use xml_parser::{Handlers, Parser};

/// The events of a document with all handlers, without positions, and the error with its position.
fn events(document: &[u8], separator: Option<u8>) -> Vec<String> {
    let mut parser = Parser::new(None, separator).unwrap();
    parser.set_handlers(everything().without(Handlers::DEFAULT));
    parser.feed(document, true).unwrap();
    let mut lines = Vec::new();
    loop {
        match parser.next_event() {
            Ok(Some(event)) => lines.push(describe(event)),
            Ok(None) => return lines,
            Err(error) => {
                lines.push(format!("error {} {}", error.code(), position(&mut parser)));
                return lines;
            }
        }
    }
}

/// The error of a document with its position, or nothing.
fn error(document: &str) -> String {
    match events(document.as_bytes(), None).pop() {
        Some(line) if line.starts_with("error") => line,
        _ => String::new(),
    }
}

#[track_caller]
fn accepts(documents: &[&str]) {
    for document in documents {
        assert_eq!(error(document), "", "{document}");
    }
}

#[track_caller]
fn rejects(documents: &[(&str, &str)]) {
    for (document, expected) in documents {
        assert_eq!(error(document), format!("error {expected}"), "{document}");
    }
}

#[test]
fn document_1() {
    accepts(&["<a/>", "<a></a>", " <a/> ", "<!-- c --><a/><?p?>\n"]);
    rejects(&[
        ("", "3 1:0:0"),
        (" ", "3 1:1:1"),
        ("<a>", "3 1:3:3"),
        ("<a/><b/>", "9 1:4:4"),
        ("<a/>x", "9 1:4:4"),
        ("x", "2 1:0:0"),
        ("<a/>&lt;", "4 1:4:4"),
    ]);
}

#[test]
fn char_2() {
    accepts(&["<a>\t\n\r \u{7F}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}</a>"]);
    rejects(&[("<a>\0</a>", "4 1:3:3"), ("<a>\u{1F}</a>", "4 1:3:3"), ("<a>x\u{FFFE}</a>", "4 1:4:4")]);
    for bad in
        [&b"<a>\xC0\x80"[..], b"<a>\xED\xA0\x80", b"<a>\xF4\x90\x80\x80", b"<a>\x80", b"<a>\xFF", b"<a>\xE0\x80\x80"]
    {
        assert_eq!(events(bad, None).last().unwrap(), "error 4 1:3:3", "{bad:x?}");
    }
    for cut in [&b"<a>\xC3"[..], b"<a>\xE4\xB8", b"<a>\xF0\x9F\x98"] {
        assert_eq!(events(cut, None).last().unwrap(), "error 6 1:3:3", "{cut:x?}");
    }
}

#[test]
fn char_2_in_long_text() {
    // Long text is validated by other code than short text. The error is where the character is, wherever that may be.
    let filler = "\u{4E2D}\u{E9} x\u{1F600}\u{44F}";
    let accepted: [&[u8]; 4] = [b"\xEF\xBF\xBD", b"\xEF\xBE\xBF", b"\xF0\x9F\xBF\xBF", b"]]x"];
    let rejected: [&[u8]; 8] = [
        b"\xEF\xBF\xBE",
        b"\xEF\xBF\xBF",
        b"\xED\xA0\x80",
        b"\xE0\x80\x80",
        b"\xC1\xBF",
        b"\x80",
        b"\xF4\x90\x80\x80",
        b"\x01",
    ];
    for before in (0..40).chain(90..140).chain([1000]) {
        let start: String = filler.chars().cycle().take(before).collect();
        let document = |part| [b"<a>", start.as_bytes(), part, filler.repeat(60).as_bytes(), b"</a>"].concat();
        for part in accepted {
            let found = events(&document(part), None);
            assert!(!found.last().unwrap().starts_with("error"), "{part:x?} after {before}: {found:?}");
        }
        for part in rejected {
            let error = format!("error 4 1:{}:{}", 3 + before, 3 + start.len());
            assert_eq!(events(&document(part), None).last().unwrap(), &error, "{part:x?} after {before}");
        }
    }
}

#[test]
fn names_4_to_8() {
    accepts(&["<a.-1/>", "<_/>", "<:/>", "<a:b:c/>", "<\u{E9}\u{B7}/>", "<\u{10000}/>", "<a x:y:z='1'/>"]);
    rejects(&[("<1/>", "4 1:1:1"), ("<-a/>", "4 1:1:1"), ("<a\u{D7}/>", "4 1:2:2"), ("< a/>", "4 1:1:1")]);
}

#[test]
fn attributes_10_40_41() {
    accepts(&["<a x='1' y=\"2\"/>", "<a x = '1'\n\ty='2' />", "<a x='>'/>", "<a x='\"'/>"]);
    rejects(&[
        ("<a x/>", "4 1:4:4"),
        ("<a x=1/>", "4 1:5:5"),
        ("<a x='1'y='2'/>", "4 1:8:8"),
        ("<a x='<'/>", "4 1:6:6"),
        ("<a x='&'/>", "4 1:7:7"),
        ("<a x='1' x='2'/>", "8 1:9:9"),
        ("<a x='", "5 1:0:0"),
        ("<a x='&#0;'/>", "14 1:6:6"),
        ("<a x='&u;'/>", "11 1:0:0"),
    ]);
}

#[test]
fn comments_15() {
    accepts(&["<a><!----><!-- - --></a>"]);
    rejects(&[("<a><!-- -- --></a>", "4 1:10:10"), ("<a><!-- --->", "4 1:10:10"), ("<a><!-x", "4 1:6:6")]);
}

#[test]
fn processing_instructions_16() {
    let lines = events(b"<?t?><?t  a b ?><a/>", None);
    assert_eq!(lines, ["pi t ", "pi t a b ", "start a", "end a"]);
    rejects(&[
        ("<a><?xml?></a>", "17 1:3:3"),
        ("<a><?XML?></a>", "4 1:8:8"),
        ("<??><a/>", "4 1:2:2"),
        ("<?t", "5 1:0:0"),
        (" <?xml version='1.0'?><a/>", "17 1:1:1"),
    ]);
}

#[test]
fn cdata_18_to_21() {
    let lines = events(b"<a><![CDATA[<&]]]]><![CDATA[]]></a>", None);
    let section = ["start-cdata", "text <&", "text ]", "text ]", "end-cdata", "start-cdata", "end-cdata"];
    assert_eq!(lines[1..8], section);
    rejects(&[("<a><![CDATA[x", "20 1:13:13"), ("<a><![cdata[", "4 1:6:6"), ("<a>]]></a>", "4 1:5:5")]);
}

#[test]
fn xml_declaration_23_to_26_and_32() {
    let line = |document: &str| events(document.as_bytes(), None).swap_remove(0);
    assert_eq!(line("<?xml version='1.0'?><a/>"), "xmldecl 1.0 None -1");
    assert_eq!(line("<?xml version='1.1' encoding=\"utf-8\" standalone='no' ?><a/>"), "xmldecl 1.1 utf-8 0");
    rejects(&[
        ("<?xml?><a/>", "30 1:5:5"),
        ("<?xml encoding='utf-8'?><a/>", "30 1:6:6"),
        ("<?xml version=''?><a/>", "30 1:15:15"),
        ("<?xml version='' encoding='utf-8'?><a/>", "30 1:15:15"),
        ("<?xml version='1.0' standalone='x'?><a/>", "30 1:32:32"),
        ("<?xml version='1.0' encoding='-'?><a/>", "30 1:30:30"),
        ("<?xml version='1.0' encoding='utf-16'?><a/>", "19 1:30:30"),
    ]);
}

#[test]
fn line_ends_2_11() {
    let lines = events(b"<a>x\r\ny\rz\n</a>", None);
    assert_eq!(lines, ["start a", "text x", "text \\n", "text y", "text \\n", "text z", "text \\n", "end a"]);
    let lines = events(b"<a x='1\r\n2\t3'/>", None);
    assert_eq!(lines[0], "start a x=1 2 3");
    let lines = events(b"<!--a\r\nb\rc--><a/>", None);
    assert_eq!(lines[0], "comment a\\nb\\nc");
}

#[test]
fn doctype_28_and_external_ids_75() {
    let line = |document: &str| events(document.as_bytes(), None).swap_remove(0);
    assert_eq!(line("<!DOCTYPE a><a/>"), "doctype a None None 0");
    assert_eq!(line("<!DOCTYPE a SYSTEM 's' ><a/>"), "doctype a s None 0");
    assert_eq!(line("<!DOCTYPE a PUBLIC ' p  q ' \"s\"[]><a/>"), "doctype a s p q 1");
    rejects(&[
        ("<!DOCTYPE><a/>", "4 1:9:9"),
        ("<!DOCTYPE a PUBLIC 'p'><a/>", "2 1:22:22"),
        ("<!DOCTYPE a PUBLIC 'p\u{7B}' 's'><a/>", "32 1:21:21"),
        ("<!DOCTYPE a><!DOCTYPE a><a/>", "2 1:12:12"),
        ("<!DOCTYPE a [", "3 1:13:13"),
    ]);
}

#[test]
fn element_declarations_45_to_51() {
    let document =
        b"<!DOCTYPE a [<!ELEMENT a ((b|c?)+,d*)><!ELEMENT b (#PCDATA|x)*><!ELEMENT c EMPTY><!ELEMENT d ANY>]><a/>";
    let lines = events(document, None);
    assert_eq!(lines[1], "element a 6,0,None,2 5,3,None,2 4,2,d,0 4,0,b,0 4,1,c,0");
    assert_eq!(lines[2], "element b 3,2,None,1 4,0,x,0");
    assert_eq!(lines[3..5], ["element c 1,0,None,0", "element d 2,0,None,0"]);
    rejects(&[
        ("<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>", "2 1:29:29"),
        ("<!DOCTYPE a [<!ELEMENT a ()>]><a/>", "2 1:26:26"),
        ("<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)>]><a/>", "2 1:35:35"),
    ]);
}

#[test]
fn attribute_lists_52_to_60() {
    let document =
        b"<!DOCTYPE a [<!ATTLIST a x CDATA 'd' y (p|q) #IMPLIED i ID #REQUIRED n NMTOKENS #FIXED ' u  v '>]>\
        <a y=' p ' i=' 1'/>";
    let lines = events(document, None);
    assert_eq!(
        lines[1..],
        [
            "attlist a x CDATA d 0",
            "attlist a y (p|q) None 0",
            "attlist a i ID None 1",
            "attlist a n NMTOKENS u v 1",
            "end-doctype",
            "start a y=p i=1 x=d n=u v",
            "end a"
        ]
    );
}

#[test]
fn references_66_to_69() {
    let lines = events(b"<a>&#65;&#x4e2d;&lt;&quot;</a>", None);
    assert_eq!(lines, ["start a", "text A", "text \u{4E2D}", "text <", "text \"", "end a"]);
    rejects(&[
        ("<a>&#0;</a>", "14 1:3:3"),
        ("<a>&#xD800;</a>", "14 1:3:3"),
        ("<a>&#x110000;</a>", "14 1:3:3"),
        ("<a>&#99999999999999999999;</a>", "14 1:3:3"),
        ("<a>&#x;</a>", "4 1:6:6"),
        ("<a>&x</a>", "4 1:5:5"),
        ("<a>&x;</a>", "11 1:3:3"),
        ("<a>& </a>", "4 1:4:4"),
    ]);
}

#[test]
fn entities_70_to_76() {
    let document = b"<!DOCTYPE a [<!ENTITY e 'x<b>&#38;f;</b>'><!ENTITY f \"y\">]><a k='&f;'>&e;</a>";
    let lines = events(document, None);
    assert_eq!(lines[4..], ["start a k=y", "text x", "start b", "text y", "end b", "end a"]);
    let lines = events(b"<!DOCTYPE a [<!ENTITY e '\nx\r\n\ry\n&#13;\n'>]><a b='&e;'>&e;</a>", None);
    assert_eq!(lines[1], "entity e 0 \\nx\\n\\ny\\n\r\\n None None None None");
    assert_eq!(lines[3], "start a b= x  y   ");
    rejects(&[
        ("<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>", "12 1:35:35"),
        ("<!DOCTYPE a [<!ENTITY e '&f;'><!ENTITY f '&e;'>]><a k='&e;'/>", "12 1:49:49"),
        ("<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</a>", "13 1:35:35"),
        ("<!DOCTYPE a [<!ENTITY e '</a>'>]><a>&e;</a>", "13 1:36:36"),
        ("<!DOCTYPE a [<!NOTATION n SYSTEM 'n'><!ENTITY e SYSTEM 's' NDATA n>]><a>&e;</a>", "15 1:72:72"),
        ("<!DOCTYPE a [<!ENTITY e SYSTEM 's'>]><a k='&e;'/>", "16 1:43:43"),
        ("<!DOCTYPE a [<!ENTITY e '%p;'>]><a/>", "10 1:25:25"),
    ]);
}

#[test]
fn end_tags_42() {
    accepts(&["<a></a >", "<a></a\n>"]);
    rejects(&[("<a></b>", "7 1:5:5"), ("<a></a x>", "4 1:7:7"), ("<a></ab>", "7 1:5:5"), ("</a>", "4 1:1:1")]);
}

#[test]
fn namespaces() {
    let lines = events(b"<a xmlns='d' xmlns:p='u' p:x='1' y='2'><p:b/><c xmlns=''/></a>", Some(b' '));
    assert_eq!(
        lines,
        [
            "start-ns None d",
            "start-ns p u",
            "start d a u x=1 y=2",
            "start u b",
            "end u b",
            "start-ns None None",
            "start c",
            "end c",
            "end-ns None",
            "end d a",
            "end-ns p",
            "end-ns None"
        ]
    );
    for (document, expected) in [
        ("<p:a/>", "error 27 1:0:0"),
        ("<a p:x='1'/>", "error 27 1:0:0"),
        ("<a xmlns:p=''/>", "error 28 1:0:0"),
        ("<a xmlns:xml='u'/>", "error 38 1:0:0"),
        ("<a xmlns:xmlns='u'/>", "error 39 1:0:0"),
        ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "error 40 1:0:0"),
        ("<a xmlns:p='u v'/>", "error 2 1:0:0"),
        ("<a:b:c/>", "error 4 1:4:4"),
        ("<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>", "error 8 1:0:0"),
    ] {
        assert_eq!(events(document.as_bytes(), Some(b' ')).last().unwrap(), expected, "{document}");
    }
}

#[test]
fn triplets() {
    let mut parser = Parser::new(None, Some(b' ')).unwrap();
    parser.set_namespace_triplets(true);
    parser.set_handlers(Handlers::START_ELEMENT);
    parser.feed(b"<p:a xmlns:p='u' p:x='1'/>", true).unwrap();
    assert_eq!(describe(parser.next_event().unwrap().unwrap()), "start u a p u x p=1");
}
