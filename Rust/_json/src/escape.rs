//! Strings as JSON has them: quoted, and with escapes for what cannot stand there as it is.

#![forbid(unsafe_code)]

use crate::units::{Text, Unit};
use crate::writer::{NoMemory, Writer};

/// How many units are written one by one from an escape on, at most. Where there is one, others are often near.
const PIECE: usize = 64;
/// After how many plain ones in a row it is better to look for the next escape.
const NEAR: usize = 12;
/// The longest escape: a surrogate pair.
const LONGEST: usize = 12;
/// Plain parts are looked for and copied in pieces that stay in the cache.
const PLAIN: usize = 1 << 14;

/// The longest string that is looked through as a whole before anything is written.
const SHORT: usize = 256;

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
        // Most strings are short and plain, and are then written in one go.
        Text::One(units) if units.len() <= SHORT && plain_len(units, style) == units.len() => out.in_quotes(units),
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

#[inline(never)]
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

/// Writes the next units, at least one of them, whatever they are; returns the rest.
#[inline(never)]
fn escapes<'a, U: Unit>(units: &'a [U], style: Style, out: &mut Writer) -> Result<&'a [U], NoMemory> {
    let table = match style {
        Style::Ascii => &ASCII,
        Style::Unicode => &UNICODE,
    };
    let mut piece = [0; PIECE * LONGEST];
    let mut len = 0;
    let mut done = 0;
    let mut plain = 0;
    for &unit in units.iter().take(PIECE) {
        let character: u32 = unit.into();
        if let Some(Escape { text, len: count }) = table.get(character as usize) {
            piece[len..][..8].copy_from_slice(text);
            len += usize::from(*count);
            plain = if *count == 1 { plain + 1 } else { 0 };
            if plain > NEAR {
                done += 1;
                break;
            }
        } else if style == Style::Unicode {
            // Wider than a byte, and plain.
            break;
        } else {
            len += wide_escape(character, &mut piece[len..]);
        }
        done += 1;
    }
    out.ascii(&piece[..len])?;
    Ok(&units[done..])
}

/// What a character of one byte becomes: the first `len` bytes of `text`. All eight are copied, which takes one store.
#[derive(Clone, Copy)]
struct Escape {
    text: [u8; 8],
    len: u8,
}

static ASCII: [Escape; 256] = table(0x7F);
static UNICODE: [Escape; 256] = table(0x100);

/// The escapes of all characters of one byte, of which those from `limit` on cannot stand as they are.
const fn table(limit: usize) -> [Escape; 256] {
    let mut table = [Escape { text: [0; 8], len: 0 }; 256];
    let mut byte = 0;
    while byte < 256 {
        let short = match byte as u8 {
            c @ (b'"' | b'\\') => c,
            0x08 => b'b',
            0x0C => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => 0,
        };
        let escape = &mut table[byte];
        if short != 0 {
            escape.text[0] = b'\\';
            escape.text[1] = short;
            escape.len = 2;
        } else if byte >= 0x20 && byte < limit {
            escape.text[0] = byte as u8;
            escape.len = 1;
        } else {
            let [a, b, c, d, e, f] = unicode_escape(byte as u32);
            escape.text = [a, b, c, d, e, f, 0, 0];
            escape.len = 6;
        }
        byte += 1;
    }
    table
}

/// Puts the escape of a character of more than a byte at the front of `out`, and returns its length.
#[inline(always)]
fn wide_escape(character: u32, out: &mut [u8]) -> usize {
    if character < 0x1_0000 {
        let [a, b, c, d, e, f] = unicode_escape(character);
        out[..8].copy_from_slice(&[a, b, c, d, e, f, 0, 0]);
        return 6;
    }
    let offset = character - 0x1_0000;
    let [a, b, c, d, e, f] = unicode_escape(0xD800 + (offset >> 10));
    let [g, h, i, j, k, l] = unicode_escape(0xDC00 + (offset & 0x3FF));
    out[..12].copy_from_slice(&[a, b, c, d, e, f, g, h, i, j, k, l]);
    12
}

/// The two hexadecimal digits of each byte.
static HEX: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xF]];
        byte += 1;
    }
    pairs
};

#[inline(always)]
const fn unicode_escape(unit: u32) -> [u8; 6] {
    let [a, b] = HEX[(unit >> 8 & 0xFF) as usize];
    let [c, d] = HEX[(unit & 0xFF) as usize];
    [b'\\', b'u', a, b, c, d]
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
