//! Malicious input: time and memory are linear in the size of the input, and nothing recurses.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use xml_parser::{Error, Event, Handlers, Parser};

/// Reads a document and counts its events.
fn read(pieces: &[&[u8]], handlers: Handlers, deferral: bool, separator: Option<u8>) -> Result<usize, Error> {
    let mut parser = Parser::new(None, separator)?;
    parser.set_handlers(handlers);
    parser.set_reparse_deferral(deferral);
    let mut count = 0;
    for (at, piece) in pieces.iter().enumerate() {
        parser.feed(piece, at + 1 == pieces.len())?;
        while parser.next_event()?.is_some() {
            count += 1;
        }
    }
    Ok(count)
}

const ALL: Handlers = Handlers::START_ELEMENT.with(Handlers::END_ELEMENT).with(Handlers::CHARACTER_DATA);

/// The processor time of this thread where the system tells it, to about a millisecond, otherwise the time of the day.
fn clock(start: Instant) -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match line.split(' ').next().and_then(|time| time.parse().ok()) {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => start.elapsed(),
    }
}

/// That a document of `n` parts takes no more than linear time, with much room for other work on the machine.
#[track_caller]
fn is_linear(make: impl Fn(usize) -> Vec<u8>, size: usize, deferral: bool) {
    let time = |n: usize| {
        let data = make(n);
        let pieces: Vec<&[u8]> = data.chunks(size).collect();
        let start = Instant::now();
        let before = clock(start);
        let _ = read(&pieces, ALL, deferral, Some(b' '));
        clock(start) - before
    };
    let small = (0..3).map(|_| time(2_000)).min().unwrap().max(Duration::from_millis(1));
    let large = time(64_000);
    assert!(large < small * 32 * 12, "{small:?} for 2,000, {large:?} for 64,000");
}

#[test]
fn tokens_in_single_bytes() {
    let token = |start: &'static str, middle: &'static str, end: &'static str| {
        move |n: usize| format!("<a>{start}{}{end}</a>", middle.repeat(n)).into_bytes()
    };
    for deferral in [false, true] {
        is_linear(token("<!--", "x", "-->"), 1, deferral);
        is_linear(token("<?p ", "x?", "?>"), 1, deferral);
        is_linear(token("<b x='", "x>", "'/>"), 1, deferral);
        is_linear(|n| (0..n / 8).fold(String::from("<b"), |s, k| s + &format!(" x{k}=''")).into_bytes(), 1, deferral);
        is_linear(token("<![CDATA[", "]x", "]]>"), 1, deferral);
        is_linear(token("", "]", ""), 1, deferral);
        is_linear(|n| format!("<!DOCTYPE a [<!ENTITY e '{}'>]><a/>", "x".repeat(n)).into_bytes(), 1, deferral);
    }
}

#[test]
fn many_attributes_and_declarations() {
    is_linear(|n| (0..n).fold(String::from("<b"), |s, k| s + &format!(" x{k}=''")).into_bytes(), 4096, true);
    is_linear(|n| (0..n).fold(String::from("<b"), |s, k| s + &format!(" xmlns:x{k}='u'")).into_bytes(), 4096, true);
    is_linear(
        |n| {
            let attributes = (0..n / 2).fold(String::new(), |s, k| s + &format!("x{k} CDATA 'v' "));
            format!("<!DOCTYPE a [<!ATTLIST a {attributes}>]><a {}/>", attributes.replace(" CDATA ", "=")).into_bytes()
        },
        4096,
        true,
    );
    is_linear(
        |n| (0..n).fold(String::from("<!DOCTYPE a ["), |s, k| s + &format!("<!ENTITY e{k} ''>")).into_bytes(),
        4096,
        true,
    );
}

#[test]
fn deep_nesting() {
    let n = 300_000;
    let elements = format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert_eq!(read(&[elements.as_bytes()], ALL, true, None), Ok(2 * n));
    let groups = format!("<!DOCTYPE a [<!ELEMENT a {}b{}>]><a/>", "(".repeat(n), ")".repeat(n));
    assert_eq!(read(&[groups.as_bytes()], Handlers::ELEMENT_DECL, true, None), Ok(1));
    let mut entities = String::from("<!DOCTYPE a [<!ENTITY e0 'x'>");
    for k in 1..50_000 {
        entities += &format!("<!ENTITY e{k} '&e{};'>", k - 1);
    }
    let content = format!("{entities}]><a>&e49999;</a>");
    assert_eq!(read(&[content.as_bytes()], ALL, true, None), Ok(3));
    let attribute = format!("{entities}]><a x='&e49999;'/>");
    assert_eq!(read(&[attribute.as_bytes()], ALL, true, None), Ok(2));
    let parameters = (1..50_000).fold(String::from("<!DOCTYPE a [<!ENTITY % e0 ''>"), |s, k| {
        s + &format!("<!ENTITY % e{k} '&#37;e{};'>", k - 1)
    });
    let mut parser = Parser::new(None, None).unwrap();
    parser.set_param_entity_parsing(xml_parser::ParamEntityParsing::Always);
    parser.feed(format!("{parameters}%e49999;]><a/>").as_bytes(), true).unwrap();
    assert!(parser.next_event().unwrap().is_none());
}

/// A document whose entities expand to 10 to the power of `levels` characters.
fn laughs(levels: usize) -> String {
    let mut document = String::from("<!DOCTYPE a [<!ENTITY e0 'x'>");
    for k in 1..=levels {
        document += &format!("<!ENTITY e{k} '{}'>", format!("&e{};", k - 1).repeat(10));
    }
    document + "]>"
}

#[test]
fn amplification() {
    let content = laughs(9) + "<a>&e9;</a>";
    assert_eq!(read(&[content.as_bytes()], Handlers::NONE, true, None), Err(Error::AmplificationLimitBreach));
    let attribute = laughs(9) + "<a x='&e9;'/>";
    assert_eq!(read(&[attribute.as_bytes()], Handlers::NONE, true, None), Err(Error::AmplificationLimitBreach));
    let default = laughs(9).replace("]>", "<!ATTLIST a x CDATA '&e9;'>]>") + "<a/>";
    assert_eq!(read(&[default.as_bytes()], Handlers::NONE, true, None), Err(Error::AmplificationLimitBreach));
    // One large entity, often ("quadratic blow-up").
    let blowup = format!("<!DOCTYPE a [<!ENTITY e '{}'>]><a>{}</a>", "x".repeat(100_000), "&e;".repeat(30_000));
    assert_eq!(read(&[blowup.as_bytes()], Handlers::NONE, true, None), Err(Error::AmplificationLimitBreach));
    // A little is allowed, and the limits can be set.
    let small = laughs(3) + "<a>&e3;</a>";
    assert_eq!(read(&[small.as_bytes()], ALL, true, None), Ok(1002));
    let mut parser = Parser::new(None, None).unwrap();
    assert!(parser.set_amplification_threshold(100));
    assert!(parser.set_amplification_maximum(2.0));
    assert!(!parser.set_amplification_maximum(0.5) && !parser.set_amplification_maximum(f32::NAN));
    parser.feed(small.as_bytes(), true).unwrap();
    assert_eq!(parser.next_event().unwrap_err(), Error::AmplificationLimitBreach);
}

#[test]
fn memory_limits() {
    let mut parser = Parser::new(None, None).unwrap();
    assert!(parser.set_allocation_threshold(3) && parser.set_allocation_maximum(1.0));
    parser.feed((laughs(4) + "<a/>").as_bytes(), true).unwrap();
    assert_eq!(parser.next_event().unwrap_err(), Error::NoMemory);
}

#[test]
fn errors_are_final() {
    let mut parser = Parser::new(None, None).unwrap();
    parser.feed(b"<a></b>", false).unwrap();
    assert_eq!(parser.next_event().unwrap_err(), Error::TagMismatch);
    assert_eq!((parser.line_number(), parser.column_number(), parser.byte_index()), (1, 5, 5));
    parser.feed(b"<c/>", true).unwrap();
    assert_eq!(parser.next_event().unwrap_err(), Error::TagMismatch);
    assert_eq!(parser.byte_index(), 5);
}

#[test]
fn stop_and_finish() {
    let mut parser = Parser::new(None, None).unwrap();
    parser.set_handlers(ALL);
    parser.feed(b"<a>x</a>", true).unwrap();
    assert!(matches!(parser.next_event(), Ok(Some(Event::StartElement(_)))));
    parser.stop();
    assert_eq!(parser.next_event().unwrap_err(), Error::Aborted);
    assert_eq!(parser.feed(b"", true), Err(Error::Finished));

    let mut parser = Parser::new(None, None).unwrap();
    parser.feed(b"<a/>", true).unwrap();
    assert!(parser.next_event().unwrap().is_none());
    assert_eq!(parser.feed(b" ", true), Err(Error::Finished));
}

#[test]
fn error_codes() {
    for (at, error) in Error::ALL.iter().enumerate() {
        assert_eq!(usize::from(error.code()), at + 1);
        assert_eq!(Error::from_code(error.code()), Some(*error));
    }
    assert_eq!(Error::from_code(0), None);
    assert_eq!(Error::from_code(45), None);
    assert_eq!(Error::Syntax.to_string(), "syntax error");
}

#[test]
fn parsers_can_move_to_other_threads_and_be_shared() {
    const fn check<T: Send + Sync>() {}
    check::<Parser>();
}
