//! Strings of a document scan alike in every width of text, and what is escaped scans to what it was.
#![no_main]

use _json::escape::{self, Style};
use _json::unescape::{self, Error, Scanned};
use _json::units::{Text, Unit};
use _json::writer::Writer;
use fuzz::choices;
use libfuzzer_sys::fuzz_target;

fn characters(writer: Writer) -> Vec<u32> {
    let mut all = Vec::new();
    for block in writer.finish().expect("memory") {
        match block.text() {
            Text::One(units) => all.extend(units.iter().map(|unit| u32::from(*unit))),
            Text::Two(units) => all.extend(units.iter().map(|unit| u32::from(*unit))),
            Text::Four(units) => all.extend(units),
        }
    }
    all
}

fn scan<U: Unit>(document: &[U], strict: bool) -> Result<(Scanned, Vec<u32>), Error> {
    let mut writer = Writer::new();
    let scanned = unescape::string(document, 0, strict, &mut writer)?;
    Ok((scanned, if matches!(scanned, Scanned::Decoded(_)) { characters(writer) } else { Vec::new() }))
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let strict = choice & 1 != 0;
    let two: Vec<u16> = data.iter().map(|unit| u16::from(*unit)).collect();
    let four: Vec<u32> = data.iter().map(|unit| u32::from(*unit)).collect();
    let found = scan(data, strict);
    assert_eq!(scan(&two, strict), found);
    assert_eq!(scan(&four, strict), found);

    // The data as text of one of the widths.
    let style = if choice & 2 != 0 { Style::Ascii } else { Style::Unicode };
    let pairs: Vec<u16> = data.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let quads: Vec<u32> =
        data.chunks_exact(4).map(|quad| u32::from_le_bytes([quad[0], quad[1], quad[2], quad[3]]) % 0x11_0000).collect();
    let (text, plain): (Text<'_>, Vec<u32>) = match choice >> 2 & 3 {
        0 => (Text::Two(&pairs), pairs.iter().map(|unit| u32::from(*unit)).collect()),
        1 => (Text::Four(&quads), quads.clone()),
        _ => (Text::One(data), four),
    };
    let mut writer = Writer::new();
    escape::string(text, style, &mut writer).expect("memory");
    let document = characters(writer);
    assert_eq!((document.first(), document.last()), (Some(&u32::from(b'"')), Some(&u32::from(b'"'))));
    let back = match scan(&document[1..], true).expect("its own string") {
        (Scanned::Plain(end), _) => document[1..][..end].to_vec(),
        (Scanned::Decoded(_), characters) => characters,
    };
    // Two surrogates that stand side by side are one character to JSON.
    if !plain.iter().any(|character| (0xD800..0xE000).contains(character)) {
        assert_eq!(back, plain);
    }
});
