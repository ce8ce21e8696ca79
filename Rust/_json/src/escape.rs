//! Strings as JSON has them: quoted, and with escapes for what cannot stand there as it is.

#![forbid(unsafe_code)]

use crate::units::{Text, Unit};
use crate::writer::{NoMemory, Writer};

/// How many units are escaped into one piece of output.
const PIECE: usize = 32;
/// The longest escape: a surrogate pair.
const LONGEST: usize = 12;
/// Plain parts are looked for and copied in pieces that stay in the cache.
const PLAIN: usize = 1 << 14;

/// Which characters may stand as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Printable ASCII.
    Ascii,
    /// All but quotes, backslashes and control characters.
    Unicode,
}

/// Writes `text` with quotes and escapes.
#[inline]
pub fn string(text: Text<'_>, style: Style, out: &mut Writer) -> Result<(), NoMemory> {
    match text {
        Text::One(units) => quoted(units, style, out),
        Text::Two(units) => quoted(units, style, out),
        Text::Four(units) => quoted(units, style, out),
    }
}

/// Whether the text needs no escapes.
pub fn is_plain(text: Text<'_>, style: Style) -> bool {
    fn all<U: Unit>(units: &[U], style: Style) -> bool {
        plain_len(units, style) == units.len()
    }
    match text {
        Text::One(units) => all(units, style),
        Text::Two(units) => all(units, style),
        Text::Four(units) => all(units, style),
    }
}

#[inline(always)]
fn plain_len<U: Unit>(units: &[U], style: Style) -> usize {
    match style {
        Style::Ascii => U::plain_ascii_len(units),
        Style::Unicode => U::plain_len(units),
    }
}

#[inline]
fn quoted<U: Unit>(mut units: &[U], style: Style, out: &mut Writer) -> Result<(), NoMemory> {
    out.ascii(b"\"")?;
    while !units.is_empty() {
        let plain = plain_len(&units[..units.len().min(PLAIN)], style);
        out.text(U::text(&units[..plain]))?;
        units = &units[plain..];
        if plain < PLAIN && !units.is_empty() {
            units = escapes(units, style, out)?;
        }
    }
    out.ascii(b"\"")
}

/// Writes escapes for the units up to the first that needs none, or some of them; returns the rest.
#[inline(never)]
fn escapes<'a, U: Unit>(units: &'a [U], style: Style, out: &mut Writer) -> Result<&'a [U], NoMemory> {
    let mut piece = [0; PIECE * LONGEST];
    let mut len = 0;
    let mut done = 0;
    for &unit in units.iter().take(PIECE) {
        let character: u32 = unit.into();
        let plain = match style {
            Style::Ascii => matches!(character, 0x20..=0x7E),
            Style::Unicode => character >= 0x20,
        };
        if plain && !matches!(unit.ascii(), b'"' | b'\\') {
            break;
        }
        len += escape(character, &mut piece[len..]);
        done += 1;
    }
    out.ascii(&piece[..len])?;
    Ok(&units[done..])
}

/// Puts the escape of a character at the front of `out`, and returns its length.
#[inline(always)]
fn escape(character: u32, out: &mut [u8]) -> usize {
    let short = match character {
        0x22 => b'"',
        0x5C => b'\\',
        0x08 => b'b',
        0x0C => b'f',
        0x0A => b'n',
        0x0D => b'r',
        0x09 => b't',
        _ => 0,
    };
    if short != 0 {
        out[..2].copy_from_slice(&[b'\\', short]);
        return 2;
    }
    if character < 0x1_0000 {
        out[..6].copy_from_slice(&unicode_escape(character));
        return 6;
    }
    let offset = character - 0x1_0000;
    out[..6].copy_from_slice(&unicode_escape(0xD800 + (offset >> 10)));
    out[6..12].copy_from_slice(&unicode_escape(0xDC00 + (offset & 0x3FF)));
    12
}

#[inline(always)]
fn unicode_escape(unit: u32) -> [u8; 6] {
    let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 0xF) as usize];
    [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]
}

#[cfg(test)]
mod tests {
    use super::{Style, is_plain, string};
    use crate::testing::{Random, characters};
    use crate::units::Text;
    use crate::writer::Writer;

    /// One character after the other, as the definition says.
    fn naive(text: &[u32], style: Style) -> Vec<u32> {
        let mut out = String::from("\"");
        let mut all: Vec<u32> = Vec::new();
        for &c in text {
            let escape = match c {
                0x22 => "\\\"".to_owned(),
                0x5C => "\\\\".to_owned(),
                0x0A => "\\n".to_owned(),
                0x0D => "\\r".to_owned(),
                0x09 => "\\t".to_owned(),
                0x0C => "\\f".to_owned(),
                0x08 => "\\b".to_owned(),
                0..=0x1F => format!("\\u{c:04x}"),
                0x20..=0x7E => String::from(char::from(c as u8)),
                _ if style == Style::Unicode => {
                    all.extend(out.drain(..).map(u32::from));
                    all.push(c);
                    continue;
                }
                0x1_0000.. => {
                    let mut units = [0; 2];
                    char::from_u32(c).expect("not a surrogate").encode_utf16(&mut units);
                    format!("\\u{:04x}\\u{:04x}", units[0], units[1])
                }
                _ => format!("\\u{c:04x}"),
            };
            out.push_str(&escape);
        }
        out.push('"');
        all.extend(out.chars().map(u32::from));
        all
    }

    fn check(text: &[u32]) {
        let one: Option<Vec<u8>> = text.iter().map(|&c| c.try_into().ok()).collect();
        let two: Option<Vec<u16>> = text.iter().map(|&c| c.try_into().ok()).collect();
        for style in [Style::Ascii, Style::Unicode] {
            let expected = naive(text, style);
            let mut texts = vec![Text::Four(text)];
            texts.extend(one.as_deref().map(Text::One));
            texts.extend(two.as_deref().map(Text::Two));
            for text in texts {
                let mut out = Writer::new();
                string(text, style, &mut out).expect("memory");
                assert_eq!(is_plain(text, style), expected.len() == naive_len(text) + 2, "{text:?}");
                assert_eq!(characters(out), expected, "{text:?}");
            }
        }
    }

    fn naive_len(text: Text<'_>) -> usize {
        match text {
            Text::One(units) => units.len(),
            Text::Two(units) => units.len(),
            Text::Four(units) => units.len(),
        }
    }

    #[test]
    fn every_character() {
        for c in (0..0x3000).chain(0xD7F0..0xE010).chain(0xFFF0..0x1_0010).chain(0x10_FFF0..0x11_0000) {
            check(&[c]);
        }
    }

    #[test]
    fn random_texts() {
        let mut random = Random::new(3);
        for len in 0..300 {
            let limit = [0x80, 0x100, 0x1_0000, 0x11_0000][random.below(4) as usize];
            let dense = random.below(3);
            let text: Vec<u32> = (0..len)
                .map(|_| match random.below(1 + dense * 10) {
                    0 => random.below(limit) as u32,
                    1 => 0x22,
                    _ => 0x61,
                })
                .collect();
            check(&text);
        }
    }

    #[test]
    fn long_plain_texts() {
        for len in [(1 << 14) - 1, 1 << 14, (1 << 14) + 1, 3 << 14] {
            check(&vec![0x61; len]);
        }
    }
}
