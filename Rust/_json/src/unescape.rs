//! Strings of a document: where they end, and what they say.

#![forbid(unsafe_code)]

use crate::units::{Text, Unit};
use crate::writer::{NoMemory, Writer};

/// Why a string is none. A position is that which the exception names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The document ends inside of the string that begins at this quote.
    Unterminated(usize),
    /// A control character, which a strict scanner refuses.
    ControlCharacter(usize),
    /// A backslash before what it cannot stand before.
    Escape(usize),
    /// `\u` without four hexadecimal digits.
    UnicodeEscape(usize),
    /// There is no memory for the decoded string.
    NoMemory,
}

impl From<NoMemory> for Error {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

/// A string that has been scanned, with the position behind its closing quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// The string is the units from where it began up to here, and one quote.
    Plain(usize),
    /// It had escapes: the writer has it.
    Decoded(usize),
}

/// Scans the string whose first unit after the opening quote is at `start`.
///
/// Text without escapes is left where it is; otherwise the writer, which is cleared, gets the decoded string.
#[inline]
pub fn string<U: Unit>(document: &[U], start: usize, strict: bool, out: &mut Writer) -> Result<Scanned, Error> {
    let rest = &document[start..];
    let plain = U::plain_len(rest);
    if rest.get(plain).is_some_and(|unit| *unit == U::from(b'"')) {
        return Ok(Scanned::Plain(start + plain));
    }
    with_escapes(document, start, start + plain, strict, out)
}

/// How many units are collected before they go to the writer.
const PIECE: usize = 64;
/// How many plain units are copied one by one before the rest of them is looked for as a whole. Where there is an escape,
/// another is often near.
const NEAR: usize = 16;

/// As [`string`], from `at` on, where the first plain part has ended with anything but a quote.
#[inline(never)]
fn with_escapes<U: Unit>(
    document: &[U],
    start: usize,
    mut at: usize,
    strict: bool,
    out: &mut Writer,
) -> Result<Scanned, Error> {
    out.clear();
    let unterminated = Error::Unterminated(start.wrapping_sub(1));
    // Control characters that are allowed are plain.
    loop {
        let unit = *document.get(at).ok_or(unterminated)?;
        match unit.ascii() {
            b'"' => return Ok(Scanned::Plain(at)),
            b'\\' => break,
            byte if strict && byte < 0x20 => return Err(Error::ControlCharacter(at)),
            byte if byte < 0x20 => at += 1,
            _ => at += U::plain_len(&document[at..]),
        }
    }
    out.text(U::text(&document[start..at]))?;
    let mut piece = [0; PIECE];
    let mut len = 0;
    let mut near = 0;
    loop {
        if len == PIECE {
            write_piece(&piece, out)?;
            len = 0;
        }
        let unit = *document.get(at).ok_or(unterminated)?;
        match unit.ascii() {
            b'"' => {
                write_piece(&piece[..len], out)?;
                return Ok(Scanned::Decoded(at + 1));
            }
            b'\\' => {
                (piece[len], at) = escape(document, start, at)?;
                len += 1;
                near = 0;
            }
            byte if strict && byte < 0x20 => return Err(Error::ControlCharacter(at)),
            _ if near < NEAR => {
                piece[len] = unit.into();
                len += 1;
                at += 1;
                near += 1;
            }
            _ => {
                let plain = U::plain_len(&document[at + 1..]) + 1;
                write_piece(&piece[..len], out)?;
                len = 0;
                out.text(U::text(&document[at..][..plain]))?;
                at += plain;
            }
        }
    }
}

/// Writes characters in the narrowest width that holds them all.
#[inline]
fn write_piece(piece: &[u32], out: &mut Writer) -> Result<(), NoMemory> {
    let all = piece.iter().fold(0, |all, &character| all | character);
    if all < 0x100 {
        let mut narrow = [0u8; PIECE];
        narrow.iter_mut().zip(piece).for_each(|(to, &from)| *to = from as u8);
        out.ascii(&narrow[..piece.len()])
    } else if all < 0x1_0000 {
        let mut narrow = [0u16; PIECE];
        narrow.iter_mut().zip(piece).for_each(|(to, &from)| *to = from as u16);
        out.text(Text::Two(&narrow[..piece.len()]))
    } else {
        out.text(Text::Four(piece))
    }
}

/// The character that the escape at `at`, a backslash, stands for, and where the escape ends.
#[inline]
fn escape<U: Unit>(document: &[U], start: usize, at: usize) -> Result<(u32, usize), Error> {
    let Some(unit) = document.get(at + 1) else { return Err(Error::Unterminated(start.wrapping_sub(1))) };
    let character = match unit.ascii() {
        b'"' => b'"',
        b'\\' => b'\\',
        b'/' => b'/',
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unicode_escape(document, at),
        _ => return Err(Error::Escape(at)),
    };
    Ok((character.into(), at + 2))
}

fn unicode_escape<U: Unit>(document: &[U], at: usize) -> Result<(u32, usize), Error> {
    let first = hex_digits(document, at + 2).ok_or(Error::UnicodeEscape(at + 1))?;
    let end = at + 6;
    if !(0xD800..=0xDBFF).contains(&first) {
        return Ok((first, end));
    }
    // The second half of a pair. As in C, the digits are not looked at when they are the very end of the document,
    // where no quote can follow; and digits that are none are an error even though the first half could stand alone.
    let escaped = end + 6 < document.len() && document[end] == U::from(b'\\') && document[end + 1] == U::from(b'u');
    if escaped {
        let second = hex_digits(document, end + 2).ok_or(Error::UnicodeEscape(end + 1))?;
        if (0xDC00..=0xDFFF).contains(&second) {
            return Ok((0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), end + 6));
        }
    }
    Ok((first, end))
}

/// The value of the four hexadecimal digits at `at`.
#[inline(always)]
fn hex_digits<U: Unit>(document: &[U], at: usize) -> Option<u32> {
    let [a, b, c, d] = document.get(at..)?.first_chunk::<4>()?.map(|unit| u32::from(HEX[usize::from(unit.ascii())]));
    // What is no digit has bits above the lowest four.
    if (a | b | c | d) < 16 { Some(a << 12 | b << 8 | c << 4 | d) } else { None }
}

/// The value of each hexadecimal digit, and 255 for all else.
static HEX: [u8; 256] = {
    let mut values = [0xFF; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::{Error, Scanned, string};
    use crate::testing::characters;
    use crate::writer::Writer;

    fn scan(text: &str, strict: bool) -> (Result<Scanned, Error>, Vec<u32>) {
        let mut writer = Writer::new();
        writer.ascii(b"left over").expect("memory");
        let wide: Vec<u32> = text.chars().map(u32::from).collect();
        let wide_result = string(&wide, 1, strict, &mut writer);
        let result = if text.is_ascii() { string(text.as_bytes(), 1, strict, &mut writer) } else { wide_result };
        assert_eq!(result, wide_result, "{text}");
        let decoded = match result {
            Ok(Scanned::Plain(end)) => wide[1..end].to_vec(),
            Ok(Scanned::Decoded(_)) => characters(writer),
            Err(_) => Vec::new(),
        };
        (result, decoded)
    }

    #[test]
    fn strings_that_are_good() {
        for (text, expected) in [
            (r#""""#, ""),
            (r#""abc"x"#, "abc"),
            (r#""a\"b""#, "a\"b"),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\x08\x0c\n\r\t"),
            (r#""\u0041\u00e9\u20AC!""#, "Aé€!"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""x\uD83D\uDE00y""#, "x😀y"),
            (r#""é€😀""#, "é€😀"),
        ] {
            let (result, decoded) = scan(text, true);
            assert!(result.is_ok(), "{text}");
            assert_eq!(decoded, expected.chars().map(u32::from).collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn lone_surrogates_stay() {
        for (text, expected) in [
            (r#""\ud83d""#, vec![0xD83D]),
            (r#""\ud83dx""#, vec![0xD83D, 0x78]),
            (r#""\ud83d\u0041""#, vec![0xD83D, 0x41]),
            (r#""\ude00\ud83d""#, vec![0xDE00, 0xD83D]),
            (r#""\ud83d\ud83d\ude00""#, vec![0xD83D, 0x1F600]),
        ] {
            assert_eq!(scan(text, true).1, expected, "{text}");
        }
    }

    #[test]
    fn strings_that_are_bad() {
        use Error::{ControlCharacter, Escape, UnicodeEscape, Unterminated};
        for (text, expected) in [
            ("\"", Unterminated(0)),
            ("\"abc", Unterminated(0)),
            ("\"abc\\", Unterminated(0)),
            ("\"a\nb\"", ControlCharacter(2)),
            ("\"a\\nb\x1f\"", ControlCharacter(5)),
            (r#""a\x""#, Escape(2)),
            (r#""\u12""#, UnicodeEscape(2)),
            (r#""\u12g4""#, UnicodeEscape(2)),
            (r#""\ud83d\u12g4xxx""#, UnicodeEscape(8)),
            (r#""\ud83d\u123"#, UnicodeEscape(8)),
            (r#""\ud83d\ude00"#, Unterminated(0)),
        ] {
            assert_eq!(scan(text, true).0, Err(expected), "{text}");
        }
    }

    #[test]
    fn control_characters_may_be_allowed() {
        assert_eq!(scan("\"a\nb\"", false), (Ok(Scanned::Plain(4)), vec![0x61, 0x0A, 0x62]));
        assert_eq!(scan("\"a\n\\\\b\"", false).1, vec![0x61, 0x0A, 0x5C, 0x62]);
        assert_eq!(scan("\"a\n", false).0, Err(Error::Unterminated(0)));
    }
}
