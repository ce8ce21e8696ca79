//! Strings as JSON has them: quoted, and with escapes for what cannot stand there as it is.

#![forbid(unsafe_code)]

use crate::units::{Text, Unit, copy_plain, copy_plain_ascii};
use crate::writer::{NoMemory, PASSAGE, Short, Writer};

/// How many units are written one by one from an escape on, at most. Where there is one, others are often near.
const PIECE: usize = 64;
/// When so many of them in a row are plain, it is better to look for the next escape.
const NEAR: usize = 8;
/// The longest escape, a surrogate pair, and what lies behind it in the two words that it is written as.
const LONGEST: usize = 12;
const ROOM: usize = PIECE * LONGEST + 4;
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
        Text::One(units) => {
            const QUOTE: Short = Short::literal(b"\"");
            if between(&QUOTE, units, &QUOTE, style, out)? { Ok(()) } else { quoted(units, style, out) }
        }
        Text::Two(units) => quoted(units, style, out),
        Text::Four(units) => quoted(units, style, out),
    }
}

/// Writes the text between two others, in one go, if it is short and needs no escapes, as most do. Returns whether it has
/// written anything.
#[inline(always)]
pub fn between(before: &Short, text: &[u8], behind: &Short, style: Style, out: &mut Writer) -> Result<bool, NoMemory> {
    if text.len() > PASSAGE {
        return Ok(false);
    }
    match style {
        Style::Ascii => out.between(before, text, behind, copy_plain_ascii),
        Style::Unicode => out.between(before, text, behind, copy_plain),
    }
}

/// Whether the text is ASCII and needs no escapes.
#[inline(always)]
pub fn is_plain_ascii(text: &[u8]) -> bool {
    plain_len(text, Style::Ascii) == text.len()
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
    let mut done = 0;
    out.ascii_with(|room: &mut [u8; ROOM]| {
        let mut len = 0;
        for near in units[..units.len().min(PIECE)].chunks(NEAR) {
            let start = len;
            for &unit in near {
                let character: u32 = unit.into();
                if let Some(escape) = table.get(character as usize) {
                    put(room, len, *escape);
                    len += (*escape >> 56) as usize;
                } else if style == Style::Unicode {
                    // Wider than a byte, and plain.
                    return len;
                } else if character < 0x1_0000 {
                    put(room, len, unicode_escape(character));
                    len += 6;
                } else {
                    let offset = character - 0x1_0000;
                    put(room, len, unicode_escape(0xD800 + (offset >> 10)));
                    put(room, len + 6, unicode_escape(0xDC00 + (offset & 0x3FF)));
                    len += 12;
                }
                done += 1;
            }
            if len - start == near.len() {
                break;
            }
        }
        len
    })?;
    Ok(&units[done..])
}

/// Writes all eight bytes of a word, which takes one store.
#[inline(always)]
fn put(room: &mut [u8; ROOM], at: usize, word: u64) {
    room[at..][..8].copy_from_slice(&word.to_le_bytes());
}

static ASCII: [u64; 256] = table(0x7F);
static UNICODE: [u64; 256] = table(0x100);

/// What each character of one byte becomes, when those from `limit` on cannot stand as they are: the text from the
/// lowest byte on, and its length in the highest.
const fn table(limit: usize) -> [u64; 256] {
    let mut table = [0; 256];
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
        table[byte] = if short != 0 {
            2 << 56 | (short as u64) << 8 | b'\\' as u64
        } else if byte >= 0x20 && byte < limit {
            1 << 56 | byte as u64
        } else {
            6 << 56 | unicode_escape(byte as u32)
        };
        byte += 1;
    }
    table
}

/// The two hexadecimal digits of each byte, the first one lower.
static HEX: [u16; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = u16::from_le_bytes([DIGITS[byte >> 4], DIGITS[byte & 0xF]]);
        byte += 1;
    }
    pairs
};

/// The six characters of an escape, from the lowest byte on.
#[inline(always)]
const fn unicode_escape(unit: u32) -> u64 {
    let (high, low) = (HEX[(unit >> 8 & 0xFF) as usize] as u64, HEX[(unit & 0xFF) as usize] as u64);
    low << 32 | high << 16 | u16::from_le_bytes(*b"\\u") as u64
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
