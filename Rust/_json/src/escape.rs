//! Strings as JSON has them: quoted, with escapes for the characters that may not stand there (RFC 8259, section 7).
//!
//! A string is written in two alternating steps. The longest run without such characters is found and copied with one
//! call. Then, from the next such character on, a few characters are written one by one, as often more of them are
//! near.

#![forbid(unsafe_code)]

use crate::ucs::{BLOCK, Text, Ucs, copy_plain_ascii, escaped_mask, special_mask};
use crate::writer::{NoMemory, QUOTED_MAX, ShortText, Unit, Writer};
use std::mem::{self, MaybeUninit};

/// How many characters are written one by one in a turn, at most.
const PIECE: usize = 64;
/// After this number of plain characters in a row, the next run is searched again.
const NEAR: usize = 8;
/// The encoded-length bound of one character with [`Style::Ascii`]: a surrogate pair.
const ASCII_BOUND: usize = 12;
/// The encoded-length bound of one character with [`Style::Unicode`].
const UNICODE_BOUND: usize = 6;
/// The bounds for a piece. Six characters are stored as a word of eight.
const ASCII_PIECE: usize = PIECE * ASCII_BOUND + 2;
const UNICODE_PIECE: usize = PIECE * UNICODE_BOUND + 2;
/// Plain parts are looked for and copied in pieces that stay in the first-level cache.
const PLAIN: usize = 1 << 14;
/// Which characters are not escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Printable ASCII: `ensure_ascii` of `json`.
    Ascii,
    /// All but quotes, backslashes and control characters.
    Unicode,
}

/// Writes `text` with quotes and escapes.
#[inline]
pub fn string(text: Text<'_>, style: Style, out: &mut Writer) -> Result<(), NoMemory> {
    const QUOTE: &ShortText = &ShortText::literal(b"\"");
    if quoted(QUOTE, text, QUOTE, style, out)? {
        return Ok(());
    }
    out.byte(b'"')?;
    parts(text, style, out)?;
    out.byte(b'"')?;
    out.close_if_full()
}

/// Writes the text between two others, in one go, if it is short and needs no escapes, as most do. Returns whether it has
/// written anything.
#[inline(always)]
pub fn quoted(
    start: &ShortText,
    text: Text<'_>,
    end: &ShortText,
    style: Style,
    out: &mut Writer,
) -> Result<bool, NoMemory> {
    let text = match text {
        Text::Ucs1(text) if text.len() <= QUOTED_MAX => text,
        Text::Ucs1(_) => return Ok(false),
        wide if style == Style::Unicode => return quoted_wide(start, wide, end, out),
        _ => return Ok(false),
    };
    match style {
        Style::Ascii => out.quoted(start, text, end, copy_plain_ascii),
        Style::Unicode => out.quoted(start, text, end, u8::copy_plain),
    }
}

#[inline(never)]
fn quoted_wide(start: &ShortText, text: Text<'_>, end: &ShortText, out: &mut Writer) -> Result<bool, NoMemory> {
    match text {
        Text::Ucs1(_) => Ok(false),
        Text::Ucs2(text) => out.quoted_wide(start, text, end, u16::copy_plain),
        Text::Ucs4(text) => out.quoted_wide(start, text, end, u32::copy_plain),
    }
}

/// Whether the text needs no escapes.
#[inline(always)]
pub fn is_plain<U: Ucs>(units: &[U], style: Style) -> bool {
    plain_len(units, style) == units.len()
}

#[inline(always)]
fn plain_len<U: Ucs>(units: &[U], style: Style) -> usize {
    match style {
        Style::Ascii => U::plain_ascii_len(units),
        Style::Unicode => U::plain_len(units),
    }
}

/// The length of the text with its escapes and quotes. No unit takes a branch, and the counts are as wide as a unit, so that
/// compilers use vector instructions.
pub fn encoded_len<U: Ucs>(units: &[U], style: Style) -> usize {
    #[inline(always)]
    fn extra<U: Ucs>(unit: U, is_long: impl Fn(U) -> bool, is_pair: impl Fn(U) -> bool) -> U {
        let below = |limit| unit < U::from(limit);
        let short =
            (unit == U::from(b'"')) | (unit == U::from(b'\\')) | (below(14) & !below(8) & (unit != U::from(11)));
        let long = (below(0x20) | is_long(unit)) & !short;
        U::from(u8::from(short)) + U::from(if long { 5 } else { 0 }) + U::from(if is_pair(unit) { 6 } else { 0 })
    }
    #[inline(always)]
    fn sum<U: Ucs>(units: &[U], is_long: impl Fn(U) -> bool, is_pair: impl Fn(U) -> bool) -> usize {
        let (blocks, rest) = units.as_chunks::<BLOCK>();
        let mut sum = units.len() + 2;
        // A unit adds 11 at most, for a surrogate pair, so that the counts of 23 blocks fit in a byte.
        for blocks in blocks.chunks(23) {
            let mut lanes = [U::from(0); BLOCK];
            for block in blocks {
                for (lane, &unit) in lanes.iter_mut().zip(block) {
                    *lane = *lane + extra(unit, &is_long, &is_pair);
                }
            }
            sum += lanes.iter().fold(0, |sum, &lane| sum + lane.into()) as usize;
        }
        rest.iter().fold(sum, |sum, &unit| sum + extra(unit, &is_long, &is_pair).into() as usize)
    }
    match style {
        Style::Ascii if size_of::<U>() < 4 => sum(units, |unit| unit >= U::from(0x7F), |_| false),
        Style::Ascii => sum(units, |unit| unit >= U::from(0x7F), |unit| unit.into() > 0xFFFF),
        Style::Unicode => sum(units, |_| false, |_| false),
    }
}

#[inline(always)]
fn table_of(style: Style) -> &'static [u64; 256] {
    match style {
        Style::Ascii => &ASCII,
        Style::Unicode => &UNICODE,
    }
}

/// The same for a short text, one unit after the other.
#[inline(always)]
pub fn encoded_len_of_few<U: Ucs>(units: &[U], style: Style) -> usize {
    let table = table_of(style);
    units.iter().fold(2, |len, &unit| {
        let character: u32 = unit.into();
        len + match table.get(character as usize) {
            Some(escape) => (*escape >> 56) as usize,
            None if style == Style::Unicode => 1,
            None => 6 + 6 * usize::from(character > 0xFFFF),
        }
    })
}

/// Memory that is filled from its start on, as far as there is some.
struct Cursor<'a, V>(&'a mut [MaybeUninit<V>]);

impl<V: Ucs> Cursor<'_, V> {
    #[inline(always)]
    fn put<const N: usize>(&mut self, units: [V; N]) {
        if let Some((first, rest)) = mem::take(&mut self.0).split_first_chunk_mut() {
            *first = units.map(MaybeUninit::new);
            self.0 = rest;
        }
    }

    /// Puts the first `count` of some units. The caller has room for all of them, and the others are overwritten later.
    #[inline(always)]
    fn put_start<const N: usize>(&mut self, units: [V; N], count: usize) {
        if let Some(room) = self.0.first_chunk_mut() {
            *room = units.map(MaybeUninit::new);
            self.advance(count);
        }
    }

    #[inline(always)]
    fn advance(&mut self, count: usize) {
        self.0 = mem::take(&mut self.0).get_mut(count..).unwrap_or_default();
    }

    /// Puts each character of a block, or its escape. Each is written as eight units, of which the first ones count, so there has
    /// to be room for more than the block needs; if there is not, nothing is written and the result is false.
    #[inline(always)]
    fn put_block(&mut self, block: &[u8; BLOCK], table: &[u64; 256]) -> bool {
        const ROOM: usize = BLOCK * UNICODE_BOUND + 2;
        let Some(room) = self.0.first_chunk_mut::<ROOM>() else { return false };
        let mut len = 0;
        for &unit in block {
            let escape = table[usize::from(unit)];
            if let Some(word) = room.get_mut(len..).and_then(<[_]>::first_chunk_mut::<8>) {
                *word = escape.to_le_bytes().map(|byte| MaybeUninit::new(V::from(byte)));
            }
            len += (escape >> 56) as usize;
        }
        self.advance(len);
        true
    }

    /// Puts the six characters of an escape.
    #[inline(always)]
    fn put_escape(&mut self, escape: u64) {
        let [a, b, c, d, e, f, ..] = escape.to_le_bytes().map(V::from);
        self.put([a, b, c, d, e, f]);
    }

    /// Puts one character or its escape; returns whether it is escaped.
    #[inline(always)]
    fn put_character<U: Ucs>(&mut self, unit: U, table: &[u64; 256], style: Style) -> bool {
        let character: u32 = unit.into();
        match table.get(character as usize) {
            Some(&escape) => {
                let [first, second, ..] = escape.to_le_bytes().map(V::from);
                match escape >> 56 {
                    1 => {
                        self.put([first]);
                        return false;
                    }
                    2 => self.put([first, second]),
                    _ => self.put_escape(escape),
                }
            }
            None if style == Style::Unicode => {
                self.put([V::truncate(character)]);
                return false;
            }
            None if character < 0x1_0000 => self.put_escape(unicode_escape(character)),
            None => {
                let offset = character - 0x1_0000;
                self.put_escape(unicode_escape(0xD800 + (offset >> 10)));
                self.put_escape(unicode_escape(0xDC00 + (offset & 0x3FF)));
            }
        }
        true
    }

    /// Puts characters that need no escapes.
    #[inline(always)]
    fn put_plain<U: Ucs>(&mut self, units: &[U]) {
        if let Some((first, rest)) = mem::take(&mut self.0).split_at_mut_checked(units.len()) {
            first.iter_mut().zip(units).for_each(|(to, &from)| {
                to.write(V::truncate(from.into()));
            });
            self.0 = rest;
        }
    }
}

/// Writes a short text with quotes and escapes, as many units as [`encoded_len_of_few`] returns.
#[inline(always)]
pub fn fill_few<U: Ucs, V: Ucs>(units: &[U], style: Style, out: &mut [MaybeUninit<V>]) {
    let table = table_of(style);
    let mut out = Cursor(out);
    out.put([V::from(b'"')]);
    for &unit in units {
        out.put_character(unit, table, style);
    }
    out.put([V::from(b'"')]);
}

/// Writes a text with quotes and escapes, as many units as [`encoded_len`] returns.
#[inline]
pub fn fill<U: Ucs, V: Ucs>(units: &[U], style: Style, out: &mut [MaybeUninit<V>]) {
    let mut out = Cursor(out);
    out.put([V::from(b'"')]);
    match U::as_bytes(units) {
        Some(bytes) => fill_bytes(bytes, style, &mut out),
        None => fill_wide(units, style, &mut out),
    }
    out.put([V::from(b'"')]);
}

/// Writes text of one byte a character. A block with one escape is copied up to there. A block with more than one is written
/// from the table, character by character without a branch.
#[inline(always)]
fn fill_bytes<V: Ucs>(mut units: &[u8], style: Style, out: &mut Cursor<'_, V>) {
    let table = table_of(style);
    while let Some((block, after_block)) = units.split_first_chunk::<BLOCK>() {
        let mask = match style {
            Style::Ascii => escaped_mask(block),
            Style::Unicode => special_mask(block),
        };
        if mask & mask.wrapping_sub(1) != 0 {
            if !out.put_block(block, table) {
                block.iter().for_each(|&unit| _ = out.put_character(unit, table, style));
            }
            units = after_block;
            continue;
        }
        let plain = (mask | 1 << BLOCK).trailing_zeros() as usize;
        out.put_start(block.map(V::from), plain);
        units = match units.get(plain..).and_then(<[u8]>::split_first) {
            Some((&unit, rest)) if plain < BLOCK => {
                out.put_character(unit, table, style);
                rest
            }
            _ => after_block,
        };
    }
    units.iter().for_each(|&unit| _ = out.put_character(unit, table, style));
}

#[inline(always)]
fn fill_wide<U: Ucs, V: Ucs>(mut units: &[U], style: Style, out: &mut Cursor<'_, V>) {
    let table = table_of(style);
    while !units.is_empty() {
        let plain = plain_len(&units[..units.len().min(PLAIN)], style);
        out.put_plain(&units[..plain]);
        units = &units[plain..];
        while !units.is_empty() {
            let (near, rest) = units.split_at(units.len().min(NEAR));
            units = rest;
            let mut escaped = false;
            for &unit in near {
                escaped |= out.put_character(unit, table, style);
            }
            if !escaped {
                break;
            }
        }
    }
}

/// Writes `text` with its escapes.
#[inline]
fn parts(text: Text<'_>, style: Style, out: &mut Writer) -> Result<(), NoMemory> {
    match text {
        Text::Ucs1(units) => parts_of(units, style, out),
        Text::Ucs2(units) => parts_of(units, style, out),
        Text::Ucs4(units) => parts_of(units, style, out),
    }
}

#[inline(never)]
fn parts_of<U: Escape>(mut units: &[U], style: Style, out: &mut Writer) -> Result<(), NoMemory> {
    while !units.is_empty() {
        let piece = &units[..units.len().min(PLAIN)];
        let plain = plain_len(piece, style);
        if plain > 0 {
            match style {
                Style::Ascii => out.ascii(&units[..plain])?,
                Style::Unicode => out.text(U::text(&units[..plain]))?,
            }
            units = &units[plain..];
        }
        if plain < PLAIN && !units.is_empty() {
            let mut done = 0;
            let piece = &units[..units.len().min(PIECE)];
            match style {
                Style::Ascii => out.fill_some::<u8, ASCII_PIECE>(piece.len() * ASCII_BOUND + 2, |room| {
                    let (read, written) = escape_ascii(piece, room);
                    done = read;
                    written
                })?,
                Style::Unicode => out.fill_some::<U, UNICODE_PIECE>(piece.len() * UNICODE_BOUND + 2, |room| {
                    let (read, written) = U::escape(piece, room);
                    done = read;
                    written
                })?,
            }
            units = &units[done..];
        }
    }
    Ok(())
}

/// Escapes for [`Style::Ascii`] up to the end or to a plain part. `out` has the encoded-length bound and two more units.
/// Returns how many units have been read and written.
#[inline(always)]
fn escape_ascii<U: Ucs>(units: &[U], out: &mut [u8]) -> (usize, usize) {
    let (mut done, mut len) = (0, 0);
    for near in units.chunks(NEAR) {
        let start = len;
        for &unit in near {
            let character: u32 = unit.into();
            if let Some(escape) = ASCII.get(character as usize) {
                put(out, len, *escape);
                len += (*escape >> 56) as usize;
            } else if character < 0x1_0000 {
                put(out, len, unicode_escape(character));
                len += 6;
            } else {
                let offset = character - 0x1_0000;
                put(out, len, unicode_escape(0xD800 + (offset >> 10)));
                put(out, len + 6, unicode_escape(0xDC00 + (offset & 0x3FF)));
                len += 12;
            }
        }
        done += near.len();
        if len - start == near.len() {
            break;
        }
    }
    (done, len)
}

/// A unit of text, with the escapes for [`Style::Unicode`].
trait Escape: Unit {
    /// Escapes characters up to the end or to a plain part. Returns how many units have been read and written.
    fn escape(units: &[Self], out: &mut [Self]) -> (usize, usize);
}

impl Escape for u8 {
    #[inline(always)]
    fn escape(units: &[Self], out: &mut [Self]) -> (usize, usize) {
        escape_latin1(units, out)
    }
}

impl Escape for u16 {
    #[inline(always)]
    fn escape(units: &[Self], out: &mut [Self]) -> (usize, usize) {
        escape_wide(units, out)
    }
}

impl Escape for u32 {
    #[inline(always)]
    fn escape(units: &[Self], out: &mut [Self]) -> (usize, usize) {
        escape_wide(units, out)
    }
}

/// The same for [`Style::Unicode`] and text of one byte a character, which a table holds.
#[inline(always)]
fn escape_latin1(units: &[u8], out: &mut [u8]) -> (usize, usize) {
    let (mut done, mut len) = (0, 0);
    for near in units.chunks(NEAR) {
        let start = len;
        for &unit in near {
            let escape = UNICODE[usize::from(unit)];
            put(out, len, escape);
            len += (escape >> 56) as usize;
        }
        done += near.len();
        if len - start == near.len() {
            break;
        }
    }
    (done, len)
}

/// The same for text of a wider kind. A character that is not escaped costs no branch.
#[inline(always)]
fn escape_wide<U: Ucs>(units: &[U], out: &mut [U]) -> (usize, usize) {
    let (mut done, mut len) = (0, 0);
    for near in units.chunks(NEAR) {
        let start = len;
        for &unit in near {
            let letter = ESCAPE_LETTERS[usize::from(unit.ascii())];
            let Some([first, second]) = out.get_mut(len..).and_then(<[U]>::first_chunk_mut) else { break };
            *first = if letter == 0 { unit } else { U::from(b'\\') };
            *second = U::from(letter);
            len += 1 + usize::from(letter != 0);
            if letter == b'u' {
                let digits = unicode_escape(unit.into()).to_le_bytes();
                if let Some(room) = out.get_mut(len..len + 4) {
                    room.iter_mut().zip(&digits[2..6]).for_each(|(to, &from)| *to = U::from(from));
                }
                len += 4;
            }
        }
        done += near.len();
        if len - start == near.len() {
            break;
        }
    }
    (done, len)
}

/// Writes all eight bytes of a word, which takes one store.
#[inline(always)]
fn put(out: &mut [u8], at: usize, word: u64) {
    out[at..][..8].copy_from_slice(&word.to_le_bytes());
}

/// The letter after the backslash for each ASCII character that is always escaped, `u` when four digits follow; 0 for all
/// others.
static ESCAPE_LETTERS: [u8; 256] = {
    let table = table(0x100);
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 0x80 {
        let escape = table[byte];
        if escape >> 56 > 1 {
            letters[byte] = (escape >> 8) as u8;
        }
        byte += 1;
    }
    letters
};

static ASCII: [u64; 256] = table(0x7F);
static UNICODE: [u64; 256] = table(0x100);

/// The text that is written for each character of one byte, when all from `limit` on are escaped: its characters from the
/// lowest byte on, and its length in the highest byte.
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

/// The two hexadecimal digits of each byte, the first of them in the lower byte.
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
    use super::{Style, encoded_len, encoded_len_of_few, fill, fill_few, string};
    use crate::testing::{Random, characters, filled};
    use crate::ucs::{Text, Ucs};
    use crate::writer::Writer;

    /// One character after the other, as the definition says.
    fn reference(text: &[u32], style: Style) -> Vec<u32> {
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

    fn check_filled<U: Ucs>(units: &[U], style: Style, expected: &[u32]) {
        fn check<U: Ucs, V: Ucs>(units: &[U], style: Style, expected: &[u32]) {
            assert_eq!(filled::<V>(expected.len(), |out| fill(units, style, out)), expected);
            assert_eq!(filled::<V>(expected.len(), |out| fill_few(units, style, out)), expected);
        }
        let lengths = (encoded_len(units, style), encoded_len_of_few(units, style));
        assert_eq!(lengths, (expected.len(), expected.len()));
        check::<U, U>(units, style, expected);
        if expected.iter().all(|character| *character < 0x80) {
            check::<U, u8>(units, style, expected);
        }
    }

    fn check(text: &[u32]) {
        let one: Option<Vec<u8>> = text.iter().map(|&c| c.try_into().ok()).collect();
        let two: Option<Vec<u16>> = text.iter().map(|&c| c.try_into().ok()).collect();
        for style in [Style::Ascii, Style::Unicode] {
            let expected = reference(text, style);
            let mut texts = vec![Text::Ucs4(text)];
            texts.extend(one.as_deref().map(Text::Ucs1));
            texts.extend(two.as_deref().map(Text::Ucs2));
            for text in texts {
                let mut out = Writer::new();
                string(text, style, &mut out).expect("memory");
                assert_eq!(characters(out), expected, "{text:?}");
                // Into a block of the widest kind.
                let mut out = Writer::new();
                out.text(Text::Ucs4(&[0x1_F600])).expect("memory");
                string(text, style, &mut out).expect("memory");
                assert_eq!(characters(out)[1..], expected, "{text:?}");
                match text {
                    Text::Ucs1(units) => check_filled(units, style, &expected),
                    Text::Ucs2(units) => check_filled(units, style, &expected),
                    Text::Ucs4(units) => check_filled(units, style, &expected),
                }
            }
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
                    2 => 0x1F,
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
