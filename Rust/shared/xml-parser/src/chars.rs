//! Character classes of XML 1.0 (fifth edition) and the check of UTF-8 sequences.

/// White space (production 3).
pub(crate) const SPACE: u8 = 1;
/// ASCII `NameStartChar` (4) except the colon.
pub(crate) const NAME_START: u8 = 2;
/// ASCII `NameChar` (4a) except the colon.
pub(crate) const NAME: u8 = 4;
/// The colon, which is a `NameStartChar` unless namespaces are on.
pub(crate) const COLON: u8 = 8;
/// A byte that ends a run of character data: markup, `]`, line ends, control characters, and every byte above 0x7F.
pub(crate) const TEXT_STOP: u8 = 16;
/// A byte that needs processing inside an attribute value: both quotes, `<`, `&`, white space other than U+0020,
/// control characters, and every byte above 0x7F.
pub(crate) const VALUE_STOP: u8 = 32;
/// A control character that is not allowed (production 2).
pub(crate) const NOT_XML: u8 = 64;
/// A byte above 0x7F.
pub(crate) const NON_ASCII: u8 = 128;

/// The classes of each byte.
pub(crate) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        let mut class = 0;
        if matches!(c, b' ' | b'\t' | b'\r' | b'\n') {
            class |= SPACE;
        }
        if c.is_ascii_alphabetic() || c == b'_' {
            class |= NAME_START | NAME;
        }
        if c.is_ascii_digit() || c == b'-' || c == b'.' {
            class |= NAME;
        }
        if c == b':' {
            class |= COLON;
        }
        if c < 0x20 && class & SPACE == 0 {
            class |= NOT_XML | TEXT_STOP | VALUE_STOP;
        }
        if matches!(c, b'<' | b'&' | b']' | b'\r' | b'\n') {
            class |= TEXT_STOP;
        }
        if matches!(c, b'<' | b'&' | b'"' | b'\'' | b'\r' | b'\n' | b'\t') {
            class |= VALUE_STOP;
        }
        if c >= 0x80 {
            class |= NON_ASCII | TEXT_STOP | VALUE_STOP;
        }
        table[byte] = class;
        byte += 1;
    }
    table
}

/// The classes of a byte.
#[inline]
pub(crate) fn class(byte: u8) -> u8 {
    CLASS[usize::from(byte)]
}

/// Why a scanner stopped before the end of its token. Positions are relative to the slice that was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The byte at this position cannot follow.
    Invalid(usize),
    /// The input ends inside the token.
    Partial,
    /// The input ends inside a character.
    PartialChar,
}

/// The length of the UTF-8 sequence at `at`, which starts with a byte above 0x7F.
///
/// Surrogates, code points above U+10FFFF, overlong forms, U+FFFE and U+FFFF are invalid.
#[inline]
pub(crate) fn sequence(text: &[u8], at: usize) -> Result<usize, Stop> {
    let rest = text.get(at..).unwrap_or_default();
    match *rest {
        [0xE1..=0xEC | 0xEE, 0x80..=0xBF, 0x80..=0xBF, ..] | [0xE0, 0xA0..=0xBF, 0x80..=0xBF, ..] => Ok(3),
        [0xC2..=0xDF, 0x80..=0xBF, ..] => Ok(2),
        _ => rare_sequence(rest, at),
    }
}

#[cold]
fn rare_sequence(rest: &[u8], at: usize) -> Result<usize, Stop> {
    match *rest {
        [0xED, 0x80..=0x9F, 0x80..=0xBF, ..] => Ok(3),
        [0xEF, 0x80..=0xBE, 0x80..=0xBF, ..] | [0xEF, 0xBF, 0x80..=0xBD, ..] => Ok(3),
        [0xF0, 0x90..=0xBF, 0x80..=0xBF, 0x80..=0xBF, ..]
        | [0xF1..=0xF3, 0x80..=0xBF, 0x80..=0xBF, 0x80..=0xBF, ..]
        | [0xF4, 0x80..=0x8F, 0x80..=0xBF, 0x80..=0xBF, ..] => Ok(4),
        [0xC0..=0xDF] | [0xE0..=0xEF] | [0xE0..=0xEF, _] => Err(Stop::PartialChar),
        [0xF0..=0xF4] | [0xF0..=0xF4, _] | [0xF0..=0xF4, _, _] => Err(Stop::PartialChar),
        _ => Err(Stop::Invalid(at)),
    }
}

/// The code point of a sequence that [`sequence`] accepted.
fn code_point(bytes: &[u8]) -> u32 {
    let low = |byte: u8| u32::from(byte & 0x3F);
    match *bytes {
        [a, b] => u32::from(a & 0x1F) << 6 | low(b),
        [a, b, c] => u32::from(a & 0x0F) << 12 | low(b) << 6 | low(c),
        [a, b, c, d] => u32::from(a & 0x07) << 18 | low(b) << 12 | low(c) << 6 | low(d),
        _ => 0,
    }
}

/// The part of production 4 above ASCII.
fn is_name_start(c: u32) -> bool {
    matches!(c,
        0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x2FF | 0x370..=0x37D | 0x37F..=0x1FFF | 0x200C..=0x200D
        | 0x2070..=0x218F | 0x2C00..=0x2FEF | 0x3001..=0xD7FF | 0xF900..=0xFDCF | 0xFDF0..=0xFFFD
        | 0x10000..=0xEFFFF)
}

/// The part of production 4a above ASCII.
fn is_name(c: u32) -> bool {
    is_name_start(c) || matches!(c, 0xB7 | 0x300..=0x36F | 0x203F..=0x2040)
}

/// Whether production 2 allows this code point.
pub(crate) fn is_char(c: u32) -> bool {
    matches!(c, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..=0x10FFFF)
}

/// The kind of name character that a sequence above ASCII is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameKind {
    Start,
    Inner,
    No,
}

/// The length and the kind of the sequence at `at`.
#[cold]
pub(crate) fn name_sequence(text: &[u8], at: usize) -> Result<(usize, NameKind), Stop> {
    let length = sequence(text, at)?;
    let c = code_point(text.get(at..at + length).unwrap_or_default());
    let kind = match () {
        () if is_name_start(c) => NameKind::Start,
        () if is_name(c) => NameKind::Inner,
        () => NameKind::No,
    };
    Ok((length, kind))
}
