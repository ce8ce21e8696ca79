//! Strings of a document: where they end, and their escapes decoded, as `scanstring_unicode` in C.

#![forbid(unsafe_code)]

use crate::ucs::{BLOCK, Text, Ucs, is_special, special_mask};
use crate::writer::{Buffer, NoMemory};
use std::mem;

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

/// A kind of `str` storage, and what is next when a character does not fit.
pub trait Source: Ucs {
    /// The next wider kind; the widest one itself.
    type Wider: Source;

    /// The buffer of this kind.
    fn memory(out: &mut Decoded) -> &mut Buffer<Self>;

    /// The text that is in it.
    fn decoded(out: &Decoded) -> Text<'_>;
}

macro_rules! source {
    ($type:ty, $buffer:ident, $wider:ty) => {
        impl Source for $type {
            type Wider = $wider;

            #[inline(always)]
            fn memory(out: &mut Decoded) -> &mut Buffer<Self> {
                &mut out.$buffer
            }

            #[inline(always)]
            fn decoded(out: &Decoded) -> Text<'_> {
                Self::text(out.$buffer.units())
            }
        }
    };
}

source!(u8, ucs1, u16);
source!(u16, ucs2, u32);
source!(u32, ucs4, u32);

/// Memory for a decoded string, which is in the buffer of a kind that holds it. When the first escape stands for a character
/// that the document's kind does not hold, a long part before it is not copied as the wider kind, but left in the document.
#[derive(Debug)]
pub struct Decoded {
    start_len: usize,
    ucs1: Buffer<u8>,
    ucs2: Buffer<u16>,
    ucs4: Buffer<u32>,
    text: fn(&Self) -> Text<'_>,
}

impl Default for Decoded {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoded {
    /// Memory for one string after the other.
    pub const fn new() -> Self {
        Self { start_len: 0, ucs1: Buffer::new(), ucs2: Buffer::new(), ucs4: Buffer::new(), text: u8::decoded }
    }

    /// The string that has been decoded last, without the start that was left in the document.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        (self.text)(self)
    }

    /// How many units at the start of the string were left in the document, mostly 0.
    #[inline]
    pub fn start_len(&self) -> usize {
        self.start_len
    }

    /// Continues with the next wider kind, in which the text so far is copied.
    #[cold]
    fn widen<V: Source>(&mut self) -> Result<(), NoMemory> {
        let narrow = mem::take(V::memory(self));
        let wide = V::Wider::memory(self);
        wide.clear();
        let result = wide.write(narrow.units());
        *V::memory(self) = narrow;
        result
    }
}

/// Scans the string whose first unit after the opening quote is at `start`. A string with escapes is decoded into `out`.
#[inline(always)]
pub fn string<U: Source>(document: &[U], start: usize, strict: bool, out: &mut Decoded) -> Result<Scanned, Error> {
    match plain_end(document, start, start, strict)? {
        Plain::Quote(end) => Ok(Scanned::Plain(end)),
        Plain::Escape(at) => decode_string(document, start, at, strict, out).map(Scanned::Decoded),
    }
}

/// The units of the string whose first one is at `start` and the position after its closing quote, if it has no escapes and no
/// control characters; otherwise the position of the first of these. It cannot panic.
#[inline(always)]
pub fn plain<U: Source>(document: &[U], start: usize) -> Result<(&[U], usize), usize> {
    let rest = document.get(start..).unwrap_or_default();
    let quote = U::from(b'"');
    let len = if rest.len() < BLOCK {
        // One by one: a processor predicts how many there are, and makes the `str` before they have been compared.
        rest.iter().position(|&unit| is_special(unit)).unwrap_or(rest.len())
    } else {
        U::plain_len(rest)
    };
    match rest.split_at_checked(len) {
        Some((units, [next, ..])) if *next == quote => Ok((units, start + len + 1)),
        _ => Err(start + len),
    }
}

/// The character of the string that has one escape from `at` on and nothing else, and the position after its closing quote. It
/// cannot panic.
#[inline]
pub fn one_escape<U: Source>(document: &[U], at: usize) -> Option<(u32, usize)> {
    if *document.get(at)? != U::from(b'\\') {
        return None;
    }
    let (character, end) = escape(document, at, at).ok()?;
    (*document.get(end)? == U::from(b'"')).then_some((character, end + 1))
}

/// The same without memory for more strings: a short one with escapes is decoded on the stack. The units before `at` are known
/// to be plain. `take` gets the start of the string that is left in the document, mostly nothing, the rest of it, and the
/// position after its closing quote.
#[inline]
pub fn one_string<U: Source, R>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    take: impl FnOnce(&[U], Text<'_>, usize) -> R,
) -> Result<R, Error> {
    let at = if document.get(at) == Some(&U::from(b'\\')) {
        at
    } else {
        match plain_end(document, start, at, strict)? {
            Plain::Quote(end) => return Ok(take(&[], U::text(&document[start..end]), end + 1)),
            Plain::Escape(at) => at,
        }
    };
    if let Ok((character, end)) = escape(document, start, at) {
        // What is before it is copied from the document if that is much: joining takes longer than decoding a few units.
        let is_joined = at == start || at - start > TURN;
        if is_joined && document.get(end) == Some(&U::from(b'"')) {
            return Ok(take(&document[start..at], Text::Ucs4(&[character]), end + 1));
        }
        if U::from_char(character).is_none() && at - start <= TURN {
            return one_wider_string(document, start, strict, take);
        }
    }
    if at - start > TURN {
        return one_long_string(document, start, at, strict, take);
    }
    // Most have room there, and characters of the document's kind alone.
    let mut room = [U::from(0); TURN + 2 * BLOCK];
    let (len, stop) = turn(document, start, start, strict, &mut room)?;
    match stop {
        Stop::End(end) => Ok(take(&[], U::text(&room[..len]), end)),
        Stop::Wider(_) => one_wider_string(document, start, strict, take),
        Stop::Full(next) => one_longer_string(document, start, &room[..len], next, strict, take),
    }
}

/// The same for a string whose first escape, at `at`, is not near its start.
#[inline(never)]
fn one_long_string<U: Source, R>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    take: impl FnOnce(&[U], Text<'_>, usize) -> R,
) -> Result<R, Error> {
    let mut out = Decoded::new();
    let end = decode_string(document, start, at, strict, &mut out)?;
    Ok(take(&document[start..][..out.start_len], out.text(), end))
}

/// The same for a string whose part before `next` has been decoded into `decoded`.
#[inline(never)]
fn one_longer_string<U: Source, R>(
    document: &[U],
    start: usize,
    decoded: &[U],
    next: usize,
    strict: bool,
    take: impl FnOnce(&[U], Text<'_>, usize) -> R,
) -> Result<R, Error> {
    let mut out = Decoded::new();
    let buffer = U::memory(&mut out);
    buffer.spare(4 * TURN)?;
    buffer.write(decoded)?;
    let end = decode::<U, U>(document, start, next, strict, &mut out)?;
    Ok(take(&[], out.text(), end))
}

/// The same for a string with escapes of characters that the document's kind does not hold.
#[inline(never)]
fn one_wider_string<U: Source, R>(
    document: &[U],
    start: usize,
    strict: bool,
    take: impl FnOnce(&[U], Text<'_>, usize) -> R,
) -> Result<R, Error> {
    let mut room = [0_u32; TURN + 2 * BLOCK];
    let (len, stop) = turn(document, start, start, strict, &mut room)?;
    match stop {
        Stop::End(end) => Ok(take(&[], Text::Ucs4(&room[..len]), end)),
        // A longer one goes on where the room ends.
        Stop::Full(next) | Stop::Wider(next) => {
            let mut out = Decoded::new();
            out.ucs4.write(&room[..len])?;
            let end = decode::<U, u32>(document, start, next, strict, &mut out)?;
            Ok(take(&[], out.text(), end))
        }
    }
}

/// What ends the characters at the start of a string that need no decoding.
enum Plain {
    /// The closing quote.
    Quote(usize),
    /// An escape.
    Escape(usize),
}

#[inline(always)]
fn plain_end<U: Source>(document: &[U], start: usize, at: usize, strict: bool) -> Result<Plain, Error> {
    let at = at + U::plain_len(&document[at..]);
    match document.get(at) {
        Some(unit) if *unit == U::from(b'"') => Ok(Plain::Quote(at)),
        Some(unit) if *unit == U::from(b'\\') => Ok(Plain::Escape(at)),
        _ => after_control_characters(document, start, at, strict),
    }
}

/// As [`plain_end`], from `at` on, where a control character stands or the document ends.
#[inline(never)]
fn after_control_characters<U: Source>(
    document: &[U],
    start: usize,
    mut at: usize,
    strict: bool,
) -> Result<Plain, Error> {
    // Control characters that are allowed are plain.
    loop {
        let unit = *document.get(at).ok_or(unterminated(start))?;
        match unit.ascii() {
            b'"' => return Ok(Plain::Quote(at)),
            b'\\' => return Ok(Plain::Escape(at)),
            byte if strict && byte < 0x20 => return Err(Error::ControlCharacter(at)),
            byte if byte < 0x20 => at += 1,
            _ => at += U::plain_len(&document[at..]),
        }
    }
}

fn unterminated(start: usize) -> Error {
    Error::Unterminated(start.wrapping_sub(1))
}

/// Decodes the string that begins at `start` and has its first escape at `at`; returns the position after its closing quote.
#[inline(never)]
fn decode_string<U: Source>(
    document: &[U],
    start: usize,
    at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    // The characters after the first escape are often as wide as that one.
    let (character, next) = escape(document, start, at)?;
    let mut plain = &document[start..at];
    out.start_len = 0;
    if let Some(unit) = U::from_char(character) {
        return decode_after::<U, U>(document, start, plain, unit, next, strict, out);
    }
    if plain.len() > TURN {
        out.start_len = plain.len();
        plain = &[];
    }
    if let Some(unit) = u16::from_char(character) {
        decode_after::<U, u16>(document, start, plain, unit, next, strict, out)
    } else {
        decode_after::<U, u32>(document, start, plain, character, next, strict, out)
    }
}

/// Writes the start of a string, its plain part and its first escape, to the buffer of the kind `V`, and decodes from `next` on.
#[inline]
fn decode_after<U: Source, V: Source>(
    document: &[U],
    start: usize,
    plain: &[U],
    escaped: V,
    next: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    let buffer = V::memory(out);
    buffer.clear();
    buffer.write(plain)?;
    buffer.spare(1)?[0] = escaped;
    buffer.advance(1);
    if document.get(next) == Some(&U::from(b'"')) {
        out.text = V::decoded;
        return Ok(next + 1);
    }
    decode::<U, V>(document, start, next, strict, out)
}

/// Decodes from `at` on, after the text in the buffer of the kind `V`, or in one of a wider kind as soon as a character asks
/// for it.
fn decode<U: Source, V: Source>(
    document: &[U],
    start: usize,
    mut at: usize,
    strict: bool,
    out: &mut Decoded,
) -> Result<usize, Error> {
    loop {
        let buffer = V::memory(out);
        let (len, stop) = turn(document, start, at, strict, buffer.spare(TURN + 2 * BLOCK)?)?;
        buffer.advance(len);
        match stop {
            Stop::End(end) => {
                out.text = V::decoded;
                return Ok(end);
            }
            Stop::Full(next) => at = next,
            Stop::Wider(next) => {
                out.widen::<V>()?;
                return decode::<U, V::Wider>(document, start, next, strict, out);
            }
        }
    }
}

/// Why a turn has ended, and where.
enum Stop {
    /// The string has ended: the position after the closing quote.
    End(usize),
    /// There is no more room.
    Full(usize),
    /// The escape at this position is a character that this kind does not hold.
    Wider(usize),
}

/// How many units a turn writes at most, not counting a last block; room is for one more, of which all is stored.
const TURN: usize = 48;

/// Decodes from `at` on into `spare`, which has room for a turn and a block; returns how many units are written.
///
/// Escapes are often next to each other, so after each of them a second one is looked for first, at a position that does
/// not depend on a search. Plain parts are copied in blocks.
#[inline(always)]
fn turn<U: Source, V: Source>(
    document: &[U],
    start: usize,
    mut at: usize,
    strict: bool,
    spare: &mut [V],
) -> Result<(usize, Stop), Error> {
    let mut len = 0;
    while len < TURN {
        if let Some(block) = document.get(at..).and_then(<[U]>::first_chunk::<BLOCK>)
            && block[0] != U::from(b'\\')
        {
            if block[1] == U::from(b'\\') && block[0] >= U::from(0x20) && block[0] != U::from(b'"') {
                // A single character between two escapes: a search takes longer than a branch that is predicted well.
                spare[len] = V::truncate(block[0].into());
                len += 1;
                at += 1;
            } else if let Some(window) = U::as_bytes(document).and_then(|bytes| bytes.get(at..)?.first_chunk()) {
                let (read, written) = letters(window, spare.get_mut(len..).unwrap_or_default());
                len += written;
                at += read;
                if read >= BLOCK {
                    continue;
                }
            } else {
                let plain = U::plain_len_of_block(block);
                if let Some(room) = spare.get_mut(len..).and_then(<[V]>::first_chunk_mut::<BLOCK>) {
                    room.iter_mut().zip(block).for_each(|(to, &from)| *to = V::truncate(from.into()));
                }
                len += plain;
                at += plain;
                if plain == BLOCK {
                    continue;
                }
            }
        }
        let unit = *document.get(at).ok_or(unterminated(start))?;
        if unit == U::from(b'\\') {
            let (character, end) = escape(document, start, at)?;
            let Some(character) = V::from_char(character) else { return Ok((len, Stop::Wider(at))) };
            spare[len] = character;
            len += 1;
            at = end;
            continue;
        }
        match unit.ascii() {
            b'"' => return Ok((len, Stop::End(at + 1))),
            byte if strict && byte < 0x20 => return Err(Error::ControlCharacter(at)),
            _ => {
                spare[len] = V::truncate(unit.into());
                len += 1;
                at += 1;
            }
        }
    }
    Ok((len, Stop::Full(at)))
}

/// Decodes the first block of a window, in which all escapes are a backslash and a letter, or as much of it as precedes another special
/// character; returns how many bytes have been read, and how many units written. All special characters of the block
/// are found at once, so that the place of one does not depend on a search that begins after the one before it.
#[inline(always)]
fn letters<V: Ucs>(window: &[u8; 2 * BLOCK], spare: &mut [V]) -> (usize, usize) {
    let mut specials = window.first_chunk().map_or(0, special_mask);
    let (mut read, mut written) = (0, 0);
    while read < BLOCK {
        let end = (specials | 1 << BLOCK).trailing_zeros() as usize;
        if let Some(plain) = window.get(read..).and_then(<[u8]>::first_chunk::<BLOCK>)
            && let Some(room) = spare.get_mut(written..).and_then(<[V]>::first_chunk_mut::<BLOCK>)
        {
            room.iter_mut().zip(plain).for_each(|(to, &from)| *to = V::from(from));
        }
        written += end - read;
        read = end;
        if end == BLOCK || window[end] != b'\\' {
            break;
        }
        let character = LETTERS[usize::from(window[end + 1])];
        let Some(room) = spare.get_mut(written).filter(|_| character != 0) else { break };
        *room = V::from(character);
        written += 1;
        read += 2;
        // A backslash that is a letter here is no escape.
        specials &= !(3 << end);
    }
    (read, written)
}

/// The character that the escape at `at`, a backslash, stands for, and where the escape ends.
#[inline(always)]
fn escape<U: Ucs>(document: &[U], start: usize, at: usize) -> Result<(u32, usize), Error> {
    let Some(letter) = document.get(at + 1).map(|unit| unit.ascii()) else { return Err(unterminated(start)) };
    if letter == b'u' {
        return match hex_digits(document, at + 2) {
            Some(character) if character & 0xFC00 != 0xD800 => Ok((character, at + 6)),
            Some(first) => second_half(document, at + 6, first),
            None => Err(Error::UnicodeEscape(at + 1)),
        };
    }
    match LETTERS[usize::from(letter)] {
        0 => Err(Error::Escape(at)),
        character => Ok((character.into(), at + 2)),
    }
}

/// The character that a backslash and this letter stand for; 0 if they are no escape, and for `u`.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut index = 0;
    while index < 8 {
        letters[b"\"\\/bfnrt"[index] as usize] = b"\"\\/\x08\x0C\n\r\t"[index];
        index += 1;
    }
    letters
};

/// The character that `first`, a high surrogate, makes with the escape at `end`, or alone; and where it ends.
///
/// As in C, the digits of the second escape are not looked at when they are the very end of the document, where no quote can
/// follow; and digits that are none are an error even though the first half could stand alone.
#[inline(always)]
fn second_half<U: Ucs>(document: &[U], end: usize, first: u32) -> Result<(u32, usize), Error> {
    if let Some([backslash, letter, _, _, _, _, _, ..]) = document.get(end..)
        && *backslash == U::from(b'\\')
        && *letter == U::from(b'u')
    {
        let second = hex_digits(document, end + 2).ok_or(Error::UnicodeEscape(end + 1))?;
        if second & 0xFC00 == 0xDC00 {
            return Ok((0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), end + 6));
        }
    }
    Ok((first, end))
}

/// The value of the four hexadecimal digits at `at`.
#[inline(always)]
fn hex_digits<U: Ucs>(document: &[U], at: usize) -> Option<u32> {
    let [a, b, c, d] = document.get(at..)?.first_chunk::<4>()?.map(|unit| u32::from(HEX[usize::from(unit.ascii())]));
    // The value for a character that is no digit has bits above the lowest four.
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
    use super::{Decoded, Error, Scanned, Source, one_string, string};
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
            Ok(Scanned::Decoded(_)) => {
                let start = to_characters(U::text(&document[1..][..decoded.start_len()]));
                [start, to_characters(decoded.text())].concat()
            }
            Err(_) => Vec::new(),
        };
        let one = one_string(document, 1, 1, strict, |start, text, end| {
            ([to_characters(U::text(start)), to_characters(text)].concat(), end)
        });
        let end = result.map(|scanned| match scanned {
            Scanned::Plain(end) => end + 1,
            Scanned::Decoded(end) => end,
        });
        assert_eq!(one, end.map(|end| (characters.clone(), end)));
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
    fn encoded_strings_are_decoded() {
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
