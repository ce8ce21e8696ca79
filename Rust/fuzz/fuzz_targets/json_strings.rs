//! Strings of a document scan alike in every width of text, and what is escaped scans to what it was.
#![no_main]

use _json::escape::{self, Style};
use _json::ucs::{Text, Ucs};
use _json::unescape::{self, Decoded, Error, Scanned, Source};
use _json::writer::Writer;
use fuzz::choices;
use libfuzzer_sys::fuzz_target;
use std::mem::MaybeUninit;

fn to_characters(text: Text<'_>) -> Vec<u32> {
    match text {
        Text::Ucs1(units) => units.iter().map(|unit| u32::from(*unit)).collect(),
        Text::Ucs2(units) => units.iter().map(|unit| u32::from(*unit)).collect(),
        Text::Ucs4(units) => units.to_vec(),
    }
}

fn characters(writer: Writer) -> Vec<u32> {
    writer.finish().expect("memory").iter().flat_map(|block| to_characters(block.text())).collect()
}

fn scan<U: Source>(document: &[U], strict: bool) -> Result<(Scanned, Vec<u32>), Error> {
    let mut decoded = Decoded::new();
    let scanned = unescape::string(document, 0, strict, &mut decoded)?;
    let characters = match scanned {
        Scanned::Decoded(_) => {
            let start = to_characters(U::text(&document[..decoded.start_len()]));
            [start, to_characters(decoded.text())].concat()
        }
        Scanned::Plain(_) => Vec::new(),
    };
    Ok((scanned, characters))
}

/// What is written into memory of the length that is counted before.
fn check_filled<U: Ucs>(units: &[U], style: Style, document: &[u32]) {
    assert_eq!(document.len(), escape::encoded_len(units, style));
    assert_eq!(document.len(), escape::encoded_len_of_few(units, style));
    let fills: [fn(&[U], Style, &mut [MaybeUninit<u32>]); 2] = [escape::fill, escape::fill_few];
    for fill in fills {
        let mut out = vec![MaybeUninit::new(u32::MAX); document.len()];
        fill(units, style, &mut out);
        // SAFETY: all has been initialised from the beginning.
        let out: Vec<u32> = out.into_iter().map(|unit| unsafe { unit.assume_init() }).collect();
        assert_eq!(out, document);
    }
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
        0 => (Text::Ucs2(&pairs), pairs.iter().map(|unit| u32::from(*unit)).collect()),
        1 => (Text::Ucs4(&quads), quads.clone()),
        _ => (Text::Ucs1(data), four),
    };
    let mut writer = Writer::new();
    escape::string(text, style, &mut writer).expect("memory");
    let document = characters(writer);
    match text {
        Text::Ucs1(units) => check_filled(units, style, &document),
        Text::Ucs2(units) => check_filled(units, style, &document),
        Text::Ucs4(units) => check_filled(units, style, &document),
    }
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
