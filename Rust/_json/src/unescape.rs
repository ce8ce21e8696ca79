//! Strings of a document: where they end, and their escapes decoded, as `scanstring_unicode` in C.

#![forbid(unsafe_code)]

use crate::ucs::{BLOCK, Text, Ucs};
use crate::writer::{Buffer, NoMemory};

/// Why a string is not valid, with the position that the exception names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The document ends inside of the string that begins at this quote.
    Unterminated(usize),
    /// A control character, which a strict scanner refuses.
    ControlCharacter(usize),
    /// A backslash before a character that does not make an escape with it.
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

/// A string that has been scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// The string has no escapes: it is the units from its start up to here, where its closing quote is.
    Plain(usize),
    /// The string had escapes and has been decoded; the position after its closing quote.
    Decoded(usize),
}

/// Memory for a decoded string, which is in the buffer of the narrowest kind that holds it.
#[derive(Debug, Default)]
pub struct Decoded {
    ucs1: Buffer<u8>,
    ucs2: Buffer<u16>,
    ucs4: Buffer<u32>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default)]
enum Kind {
    #[default]
    Ucs1,
    Ucs2,
    Ucs4,
}

impl Decoded {
    /// Memory for one string after the other.
    pub const fn new() -> Self {
        Self { ucs1: Buffer::new(), ucs2: Buffer::new(), ucs4: Buffer::new(), kind: Kind::Ucs1 }
    }

    /// The string that has been decoded last.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        match self.kind {
            Kind::Ucs1 => Text::Ucs1(self.ucs1.units()),
            Kind::Ucs2 => Text::Ucs2(self.ucs2.units()),
            Kind::Ucs4 => Text::Ucs4(self.ucs4.units()),
        }
    }
}

/// Scans the string whose first unit after the opening quote is at `start`. A string with escapes is decoded into `out`.
#[inline]
pub fn string<U: Source>(document: &[U], start: usize, strict: bool, out: &mut Decoded) -> Result<Scanned, Error> {
    let rest = &document[start..];
    let plain = U::plain_len(rest);
    if rest.get(plain).is_some_and(|unit| *unit == U::from(b'"')) {
        return Ok(Scanned::Plain(start + plain));
    }
    with_escapes(document, start, start + plain, strict, out)
}

/// The kind of a document.
pub trait Source: Ucs + Into<u32> {
    /// Decodes the string that begins at `start` and has its first escape at `at`.
    fn decode(document: &[Self], start: usize, at: usize, strict: bool, out: &mut Decoded) -> Result<usize, Error>;
}

impl Source for u8 {
    fn decode(document: &[u8], start: usize, at: usize, strict: bool, out: &mut Decoded) -> Result<usize, Error> {
        // The kind that the first escape asks for is often that of the whole string.
        let (first, _) = escape(document, start, at)?;
        if first > 0xFFFF {
            return decode_from_ucs4(document, start, at, strict, out);
        }
        if first > 0xFF {
            return decode_from_ucs2(document, start, at, strict, out);
        }
        out.kind = Kind::Ucs1;
        out.ucs1.clear();
        out.ucs1.write(&document[start..at])?;
        match decode(document, start, at, strict, &mut out.ucs1)? {
            Progress::End(end) => Ok(end),
            Progress::Wider(at) => {
                out.kind = Kind::Ucs2;
                out.ucs2.clear();
                out.ucs2.write(out.ucs1.units())?;
                decode_ucs2(document, start, at, strict, out)
            }
        }
    }
}

impl Source for u16 {
    fn decode(document: &[u16], start: usize, at: usize, strict: bool, out: &mut Decoded) -> Result<usize, Error> {
        let (first, _) = escape(document, start, at)?;
        if first > 0xFFFF {
            return decode_from_ucs4(document, start, at, strict, out);
        }
        decode_from_ucs2(document, start, at, strict, out)
    }
}

impl Source for u32 {
    fn decode(document: &[u32], start: usize, at: usize, strict: bool, out: &mut Decoded) -> Result<usize, Error> {
        decode_from_ucs4(document, start, at, strict, out)
    }
}

/// Decodes into the buffer of two bytes a character from the start.
fn decode_from_ucs2<U: Source + Into<u16>>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    out.kind = Kind::Ucs2;
    out.ucs2.clear();
    out.ucs2.write(&document[start..at])?;
    decode_ucs2(document, start, at, strict, out)
}

/// Decodes into the buffer of four bytes a character from the start.
fn decode_from_ucs4<U: Source>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    out.kind = Kind::Ucs4;
    out.ucs4.clear();
    out.ucs4.write(&document[start..at])?;
    decode_ucs4(document, start, at, strict, out)
}

/// Goes on at `at` in the buffer of two bytes a character.
fn decode_ucs2<U: Source + Into<u16>>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    match decode(document, start, at, strict, &mut out.ucs2)? {
        Progress::End(end) => Ok(end),
        Progress::Wider(at) => {
            out.kind = Kind::Ucs4;
            out.ucs4.clear();
            out.ucs4.write(out.ucs2.units())?;
            decode_ucs4(document, start, at, strict, out)
        }
    }
}

/// Goes on at `at` in the buffer of four bytes a character, which holds all.
fn decode_ucs4<U: Source>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    match decode::<U, u32>(document, start, at, strict, &mut out.ucs4)? {
        Progress::End(end) | Progress::Wider(end) => Ok(end),
    }
}

/// As [`string`], from `at` on, where the first plain part has ended with anything but a quote.
#[inline(never)]
fn with_escapes<U: Source>(
    document: &[U],
    start: usize,
    mut at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<Scanned, Error> {
    // Control characters that are allowed are plain.
    loop {
        let unit = *document.get(at).ok_or(unterminated(start))?;
        match unit.ascii() {
            b'"' => return Ok(Scanned::Plain(at)),
            b'\\' => return U::decode(document, start, at, strict, out).map(Scanned::Decoded),
            byte if strict && byte < 0x20 => return Err(Error::ControlCharacter(at)),
            byte if byte < 0x20 => at += 1,
            _ => at += U::plain_len(&document[at..]),
        }
    }
}

fn unterminated(start: usize) -> Error {
    Error::Unterminated(start.wrapping_sub(1))
}

/// How far a string has been decoded.
enum Progress {
    /// To its end: the position after the closing quote.
    End(usize),
    /// To the escape at this position, whose character the buffer cannot hold.
    Wider(usize),
}

/// How many units a turn of [`decode`] writes at most, besides a last block.
const TURN: usize = 48;

/// Decodes from the escape at `at` on into `out`.
///
/// Escapes are often next to each other, so after each of them a second one is looked for first, at a position that does
/// not depend on a search. Plain parts are copied in blocks.
#[inline(never)]
fn decode<U: Source + Into<V>, V: Ucs>(
    document: &[U],
    start: usize,
    mut at: usize,
    strict: bool,
    out: &mut Buffer<V>,
) -> Result<Progress, Error> {
    loop {
        let spare = out.spare(TURN + BLOCK)?;
        let mut len = 0;
        while len < TURN {
            if let Some(block) = document.get(at..).and_then(<[U]>::first_chunk::<BLOCK>)
                && block[0] != U::from(b'\\')
            {
                let plain = U::plain_len_of_block(block);
                if let Some(room) = spare.get_mut(len..).and_then(<[V]>::first_chunk_mut::<BLOCK>) {
                    room.iter_mut().zip(block).for_each(|(to, &from)| *to = from.into());
                }
                len += plain;
                at += plain;
                if plain == BLOCK {
                    continue;
                }
            }
            let unit = *document.get(at).ok_or(unterminated(start))?;
            match unit.ascii() {
                b'"' => {
                    out.advance(len);
                    return Ok(Progress::End(at + 1));
                }
                b'\\' => {
                    let (character, end) = escape(document, start, at)?;
                    let Some(character) = V::from_char(character) else {
                        out.advance(len);
                        return Ok(Progress::Wider(at));
                    };
                    spare[len] = character;
                    len += 1;
                    at = end;
                }
                byte if strict && byte < 0x20 => return Err(Error::ControlCharacter(at)),
                _ => {
                    spare[len] = unit.into();
                    len += 1;
                    at += 1;
                }
            }
        }
        out.advance(len);
    }
}

/// The character that the escape at `at`, a backslash, stands for, and where the escape ends.
#[inline]
fn escape<U: Ucs>(document: &[U], start: usize, at: usize) -> Result<(u32, usize), Error> {
    let Some(unit) = document.get(at + 1) else { return Err(unterminated(start)) };
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

fn unicode_escape<U: Ucs>(document: &[U], at: usize) -> Result<(u32, usize), Error> {
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
fn hex_digits<U: Ucs>(document: &[U], at: usize) -> Option<u32> {
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
    use super::{Decoded, Error, Scanned, Source, string};
    use crate::escape::{self, Style};
    use crate::testing::{Random, characters, to_characters};
    use crate::ucs::Text;
    use crate::writer::Writer;

    fn scan_kind<U: Source>(document: &[U], strict: bool) -> (Result<Scanned, Error>, Vec<u32>) {
        let mut decoded = Decoded::new();
        assert!(string(b"x\\n\"", 0, strict, &mut decoded).is_ok());
        let result = string(document, 1, strict, &mut decoded);
        let characters = match result {
            Ok(Scanned::Plain(end)) => to_characters(U::text(&document[1..end])),
            Ok(Scanned::Decoded(_)) => to_characters(decoded.text()),
            Err(_) => Vec::new(),
        };
        (result, characters)
    }

    fn scan(text: &str, strict: bool) -> (Result<Scanned, Error>, Vec<u32>) {
        let wide: Vec<u32> = text.chars().map(u32::from).collect();
        let found = scan_kind(&wide, strict);
        let two: Option<Vec<u16>> = wide.iter().map(|&c| c.try_into().ok()).collect();
        let one: Option<Vec<u8>> = wide.iter().map(|&c| c.try_into().ok()).collect();
        if let Some(two) = two {
            assert_eq!(scan_kind(&two, strict), found, "{text}");
        }
        if let Some(one) = one {
            assert_eq!(scan_kind(&one, strict), found, "{text}");
        }
        found
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let mut random = Random::new(9);
        for len in 0..600 {
            let limit = [0x80, 0x100, 0x1_0000, 0x11_0000][random.below(4) as usize];
            let rare = random.below(40) + 1;
            let text: String = (0..len)
                .map(|_| {
                    if random.below(rare) > 0 {
                        'x'
                    } else {
                        char::from_u32(random.below(limit) as u32).unwrap_or('\\')
                    }
                })
                .collect();
            let mut units: Vec<u32> = text.chars().map(u32::from).collect();
            for style in [Style::Ascii, Style::Unicode] {
                let mut out = Writer::new();
                escape::string(Text::Ucs4(&units), style, &mut out).expect("memory");
                let encoded: String = characters(out).into_iter().filter_map(char::from_u32).collect();
                let (result, decoded) = scan(&encoded, true);
                assert!(result.is_ok());
                assert_eq!(decoded, units, "{encoded}");
            }
            units.clear();
        }
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
