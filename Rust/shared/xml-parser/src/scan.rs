//! Scanners of the tokens in content: each gets a slice that starts at its token and returns where the token ends.

use crate::chars::{
    COLON, NAME, NAME_START, NON_ASCII, NOT_XML, NameKind, SPACE, Stop, TEXT_STOP, VALUE_STOP, class, name_sequence,
    sequence,
};

/// The position after the `NameStartChar` at `at`.
#[inline]
pub(crate) fn name_start(text: &[u8], at: usize, colon: bool) -> Result<usize, Stop> {
    let &byte = text.get(at).ok_or(Stop::Partial)?;
    let class = class(byte);
    if class & NAME_START != 0 || (colon && class & COLON != 0) {
        return Ok(at + 1);
    }
    if class & NON_ASCII != 0
        && let (length, NameKind::Start) = name_sequence(text, at)?
    {
        return Ok(at + length);
    }
    Err(Stop::Invalid(at))
}

/// The position of the first byte that does not belong to a name; `colon` says whether colons do.
#[inline]
pub(crate) fn name_rest(text: &[u8], mut at: usize, colon: bool) -> Result<usize, Stop> {
    let mask = if colon { NAME | COLON } else { NAME };
    while let Some(&byte) = text.get(at) {
        let class = class(byte);
        if class & mask != 0 {
            at += 1;
        } else if class & NON_ASCII != 0 {
            match name_sequence(text, at)? {
                (_, NameKind::No) => return Err(Stop::Invalid(at)),
                (length, _) => at += length,
            }
        } else {
            return Ok(at);
        }
    }
    Err(Stop::Partial)
}

/// A qualified name of a tag, with the position of the colon when namespaces are on.
#[inline]
fn qualified_name(text: &[u8], at: usize, ns: bool) -> Result<(usize, Option<usize>), Stop> {
    let end = name_rest(text, name_start(text, at, !ns)?, !ns)?;
    if !ns || text.get(end) != Some(&b':') {
        return Ok((end, None));
    }
    let colon = end;
    let end = name_rest(text, name_start(text, colon + 1, false)?, false)?;
    match text.get(end) {
        Some(b':') => Err(Stop::Invalid(end)),
        _ => Ok((end, Some(colon))),
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte of `word` that is `byte`. (A borrow may flag bytes above the first match.)
#[inline]
const fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * byte as u64);
    difference.wrapping_sub(ONES) & !difference & HIGHS
}

/// The high bit of each byte that is below 0x20 or above 0x7F. (A borrow may flag bytes above the first match.)
#[inline]
const fn control_or_high(word: u64) -> u64 {
    (word.wrapping_sub(ONES * 0x20) & !word | word) & HIGHS
}

/// Whether the block has no control character, no byte above 0x7F and none of three ASCII characters. The minimum of the
/// differences and the maximum over the block become a few vector instructions each.
#[inline]
fn is_plain<const A: u8, const B: u8, const C: u8>(block: &[u8; 32]) -> bool {
    let (mut nearest, mut highest) = (u8::MAX, 0);
    for &byte in block {
        nearest = nearest.min(byte ^ A).min(byte ^ B).min(byte ^ C);
        highest = highest.max(byte.wrapping_sub(0x20));
    }
    nearest != 0 && highest < 0x60
}

/// The high bit of the first byte of `word` at which [`skip_plain`] stops, and perhaps of later ones.
#[inline]
const fn stops_in<const A: u8, const B: u8, const C: u8>(word: u64) -> u64 {
    control_or_high(word) | equal(word, A) | equal(word, B) | equal(word, C)
}

/// The position of the first byte at or after `at` that is a control character, above 0x7F, or one of `A`, `B`, `C`; the end
/// of the text, or fewer than 8 bytes before it, if there is none.
#[inline]
fn skip_plain<const A: u8, const B: u8, const C: u8>(text: &[u8], mut at: usize) -> usize {
    // Most runs are short: two words first, then whole blocks, then the word that has the stop.
    for _ in 0..2 {
        let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) else { return at };
        let hits = stops_in::<A, B, C>(u64::from_le_bytes(*block));
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    skip_blocks::<A, B, C>(text, at)
}

/// [`skip_plain`] for long runs.
#[inline(never)]
fn skip_blocks<const A: u8, const B: u8, const C: u8>(text: &[u8], mut at: usize) -> usize {
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<32>) {
        if !is_plain::<A, B, C>(block) {
            break;
        }
        at += 32;
    }
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let hits = stops_in::<A, B, C>(u64::from_le_bytes(*block));
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at
}

/// Moves over UTF-8 sequences of two or three bytes, as text in other scripts than Latin has them one after the other. Stops
/// at everything that needs a closer look, and at `limit`.
#[inline]
fn skip_sequences(text: &[u8], mut at: usize, limit: usize) -> usize {
    while at < limit
        && let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<4>)
    {
        let word = u32::from_le_bytes(*block);
        let lead = block[0];
        if word & 0x00C0_C0F0 == 0x0080_80E0 && !matches!(lead, 0xE0 | 0xED | 0xEF) {
            at += 3;
        } else if word & 0xC0E0 == 0x80C0 && lead >= 0xC2 {
            at += 2;
        } else {
            break;
        }
    }
    at
}

/// The number of bytes for which the validation of UTF-8 by SIMD is worth the call.
const LONG: usize = 96;

/// Moves over characters that character data may have, if there are many.
#[inline(never)]
fn skip_text(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let mut end = 0;
    while let Some(block) = rest.get(end..).and_then(<[u8]>::first_chunk::<33>) {
        if !is_text(block) {
            break;
        }
        end += 32;
    }
    if end < LONG {
        return at;
    }
    match simdutf8::compat::from_utf8(rest.get(..end).unwrap_or_default()) {
        Ok(_) => at + end,
        Err(error) => at + error.valid_up_to(),
    }
}

/// Whether the block without its last byte has no control character, none of `<&]`, and no bytes with which U+FFFE or U+FFFF start.
#[inline]
fn is_text(block: &[u8; 33]) -> bool {
    let mut nearest = u8::MAX;
    for (&byte, &next) in block.iter().zip(&block[1..]) {
        let noncharacter = (byte ^ 0xEF) | (next ^ 0xBF);
        nearest = nearest.min(byte ^ b'<').min(byte ^ b'&').min(byte ^ b']').min(byte & 0xE0).min(noncharacter);
    }
    nearest != 0
}

/// How a run of character data ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// The run ends at this position, which is not 0.
    Run(usize),
    /// The text is `]` or `]]` and the input ends after it.
    TrailingBracket,
}

/// Character data (14): the run up to the next markup, line end, `]]>`, invalid byte or incomplete character. `keep_cr` is
/// set in replacement text, where a CR is a character like others.
#[inline]
pub(crate) fn character_data(text: &[u8], keep_cr: bool) -> Result<Text, Stop> {
    let mut at = 0;
    if text.first() == Some(&b']') {
        match text.get(1) {
            None => return Ok(Text::TrailingBracket),
            Some(b']') => match text.get(2) {
                None => return Ok(Text::TrailingBracket),
                Some(b'>') => return Err(Stop::Invalid(2)),
                Some(_) => {}
            },
            Some(_) => {}
        }
        at = 1;
    }
    // Where the search for a long run is worth it, for the next time.
    let mut next_long = LONG;
    loop {
        at = skip_plain::<b'<', b'&', b']'>(text, at);
        let Some(&byte) = text.get(at) else { break };
        let class = class(byte);
        if class & TEXT_STOP == 0 || (keep_cr && byte == b'\r') {
            at += 1;
        } else if class & NON_ASCII != 0 {
            if at >= next_long {
                at = skip_text(text, at);
                next_long = at + LONG;
                continue;
            }
            let skipped = skip_sequences(text, at, next_long);
            if skipped == at {
                match sequence(text, at) {
                    Ok(length) => at += length,
                    Err(stop) if at == 0 => return Err(stop),
                    Err(_) => return Ok(Text::Run(at)),
                }
            } else {
                at = skipped;
            }
        } else if byte == b']' {
            match (text.get(at + 1), text.get(at + 2)) {
                (Some(b']'), Some(b'>')) => return Err(Stop::Invalid(at + 2)),
                (None, _) | (Some(b']'), None) => break,
                _ => at += 1,
            }
        } else if at == 0 {
            return Err(Stop::Invalid(0));
        } else {
            break;
        }
    }
    Ok(Text::Run(at))
}

/// A token of a CDATA section (20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cdata {
    /// `]]>`.
    Close,
    /// A line end up to this position.
    Newline(usize),
    /// Text up to this position.
    Run(usize),
}

/// The next token of a CDATA section. `keep_cr` is as for [`character_data`].
pub(crate) fn cdata(text: &[u8], keep_cr: bool) -> Result<Cdata, Stop> {
    let mut at = match *text {
        [] | [b']'] | [b']', b']'] => return Err(Stop::Partial),
        [b'\r'] if !keep_cr => return Err(Stop::Partial),
        [b']', b']', b'>', ..] => return Ok(Cdata::Close),
        [b'\r', b'\n', ..] if !keep_cr => return Ok(Cdata::Newline(2)),
        [b'\r', ..] if !keep_cr => return Ok(Cdata::Newline(1)),
        [b'\n', ..] => return Ok(Cdata::Newline(1)),
        [b']', ..] => 1,
        [byte, ..] if class(byte) & NON_ASCII != 0 => sequence(text, 0)?,
        [byte, ..] if class(byte) & NOT_XML != 0 => return Err(Stop::Invalid(0)),
        _ => 1,
    };
    loop {
        at = skip_plain::<b']', b']', b']'>(text, at);
        let Some(&byte) = text.get(at) else { break };
        let class = class(byte);
        if class & NON_ASCII != 0 {
            match sequence(text, at) {
                Ok(length) => at += length,
                Err(_) => break,
            }
        } else if class & NOT_XML != 0 || matches!(byte, b']' | b'\n') || (byte == b'\r' && !keep_cr) {
            break;
        } else {
            at += 1;
        }
    }
    Ok(Cdata::Run(at))
}

/// Moves `at` over characters to the next `STOP`; an error for a character that is not allowed.
#[inline]
fn skip_to<const STOP: u8>(text: &[u8], at: &mut usize) -> Result<(), Stop> {
    loop {
        *at = skip_plain::<STOP, STOP, STOP>(text, *at);
        let &byte = text.get(*at).ok_or(Stop::Partial)?;
        let class = class(byte);
        if byte == STOP {
            return Ok(());
        } else if class & NON_ASCII != 0 {
            *at += sequence(text, *at)?;
        } else if class & NOT_XML != 0 {
            return Err(Stop::Invalid(*at));
        } else {
            *at += 1;
        }
    }
}

/// A comment (15): `text` starts with `<!-`. Returns the position after `-->`.
///
/// `resume` is 0 at the start of the token. After [`Stop::Partial`] it says how far the token has been scanned, so that
/// the next piece of input does not scan it again.
pub(crate) fn comment(text: &[u8], resume: &mut usize) -> Result<usize, Stop> {
    if *text.get(3).ok_or(Stop::Partial)? != b'-' {
        return Err(Stop::Invalid(3));
    }
    *resume = (*resume).max(4);
    loop {
        skip_to::<b'-'>(text, resume)?;
        let at = *resume;
        if *text.get(at + 1).ok_or(Stop::Partial)? == b'-' {
            return match text.get(at + 2).ok_or(Stop::Partial)? {
                b'>' => Ok(at + 3),
                _ => Err(Stop::Invalid(at + 2)),
            };
        }
        *resume += 1;
    }
}

/// The parts of a processing instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pi {
    /// The end of the target.
    pub(crate) target: usize,
    /// The position after `?>`.
    pub(crate) next: usize,
    /// Whether the target is `xml`.
    pub(crate) is_xml: bool,
}

/// A processing instruction (16), or an XML or text declaration: `text` starts with `<?`. `resume` is as for [`comment`].
pub(crate) fn pi(text: &[u8], colon: bool, resume: &mut usize) -> Result<Pi, Stop> {
    let target = name_rest(text, name_start(text, 2, colon)?, colon)?;
    let name = text.get(2..target).unwrap_or_default();
    let is_xml = name == b"xml";
    let &byte = text.get(target).ok_or(Stop::Partial)?;
    if class(byte) & SPACE == 0 && byte != b'?' || (!is_xml && name.eq_ignore_ascii_case(b"xml")) {
        return Err(Stop::Invalid(target));
    }
    if byte == b'?' {
        return match text.get(target + 1).ok_or(Stop::Partial)? {
            b'>' => Ok(Pi { target, next: target + 2, is_xml }),
            _ => Err(Stop::Invalid(target + 1)),
        };
    }
    *resume = (*resume).max(target + 1);
    loop {
        skip_to::<b'?'>(text, resume)?;
        match text.get(*resume + 1).ok_or(Stop::Partial)? {
            b'>' => return Ok(Pi { target, next: *resume + 2, is_xml }),
            _ => *resume += 1,
        }
    }
}

/// `<![CDATA[`; `text` starts with `<![`. Returns the position after it.
pub(crate) fn cdata_open(text: &[u8]) -> Result<usize, Stop> {
    const OPEN: &[u8; 9] = b"<![CDATA[";
    if text.len() < OPEN.len() {
        return Err(Stop::Partial);
    }
    match (3..OPEN.len()).find(|&at| text.get(at) != OPEN.get(at)) {
        Some(at) => Err(Stop::Invalid(at)),
        None => Ok(OPEN.len()),
    }
}

/// An end tag (42): `text` starts with `</`. Returns the end of the name and the position after `>`.
#[inline]
pub(crate) fn end_tag(text: &[u8], ns: bool) -> Result<(usize, usize), Stop> {
    let name = name_rest(text, name_start(text, 2, !ns)?, true)?;
    let mut at = name;
    loop {
        let &byte = text.get(at).ok_or(Stop::Partial)?;
        if byte == b'>' {
            return Ok((name, at + 1));
        }
        if class(byte) & SPACE == 0 {
            return Err(Stop::Invalid(at));
        }
        at += 1;
    }
}

/// A reference (67) as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// `&name;`, which ends at this position.
    Entity(usize),
    /// `&#...;`, which ends at this position.
    Char(usize),
}

/// A reference: `text` starts with `&`.
pub(crate) fn reference(text: &[u8], colon: bool) -> Result<Reference, Stop> {
    match text.get(1) {
        None => Err(Stop::Partial),
        Some(b'#') => char_reference(text),
        Some(_) => {
            let at = name_rest(text, name_start(text, 1, colon)?, colon)?;
            match text.get(at) {
                Some(b';') => Ok(Reference::Entity(at + 1)),
                _ => Err(Stop::Invalid(at)),
            }
        }
    }
}

/// A character reference (66): `text` starts with `&#`.
fn char_reference(text: &[u8]) -> Result<Reference, Stop> {
    let hex = text.get(2) == Some(&b'x');
    let start = if hex { 3 } else { 2 };
    let mut at = start;
    loop {
        match *text.get(at).ok_or(Stop::Partial)? {
            b'0'..=b'9' => at += 1,
            b'a'..=b'f' | b'A'..=b'F' if hex => at += 1,
            b';' if at > start => return Ok(Reference::Char(at + 1)),
            _ => return Err(Stop::Invalid(at)),
        }
    }
}

/// The code point of a character reference that [`reference`] accepted, if it is one that XML allows.
pub(crate) fn char_reference_value(reference: &[u8]) -> Option<char> {
    let digits = reference.get(2..reference.len().checked_sub(1)?)?;
    let (digits, radix) = match digits {
        [b'x', rest @ ..] => (rest, 16),
        _ => (digits, 10),
    };
    let mut value = 0u32;
    for &digit in digits {
        value = value * radix + char::from(digit).to_digit(radix)?;
        if value > 0x10_FFFF {
            return None;
        }
    }
    char::from_u32(value).filter(|&c| crate::chars::is_char(c.into()))
}

/// The character of a predefined entity (4.6).
pub(crate) fn predefined_entity(name: &[u8]) -> Option<u8> {
    match name {
        b"lt" => Some(b'<'),
        b"gt" => Some(b'>'),
        b"amp" => Some(b'&'),
        b"quot" => Some(b'"'),
        b"apos" => Some(b'\''),
        _ => None,
    }
}

/// An attribute of a start tag; positions are relative to the `<` of the tag.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RawAttribute {
    pub(crate) name: (usize, usize),
    pub(crate) value: (usize, usize),
    /// The position of the colon in the name when namespaces are on; 0 if there is none.
    pub(crate) colon: usize,
    /// Whether the value in the tag is already in the form that is reported for type CDATA.
    pub(crate) plain: bool,
}

/// A start tag (40) or an empty-element tag (44) as far as it has been scanned.
#[derive(Debug, Default)]
pub(crate) struct Tag {
    /// The end of the element type name, which starts at 1.
    pub(crate) name_end: usize,
    /// The position of the colon in the name when namespaces are on; 0 if there is none.
    pub(crate) colon: usize,
    pub(crate) attributes: Vec<RawAttribute>,
    /// The attribute whose value has not ended.
    open: RawAttribute,
    phase: Phase,
    at: usize,
}

/// The state of the scan of an incomplete tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// At the start of the tag.
    #[default]
    Start,
    /// After the name or after the closing quote of a value.
    Between,
    /// Inside a value.
    Value,
}

/// The error of [`Tag::scan`]: the scan stopped, or there was no memory for one more attribute.
pub(crate) enum TagError {
    Stop(Stop),
    NoMemory,
}

impl From<Stop> for TagError {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl Tag {
    /// Resets the scanner for a new tag.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.phase = Phase::Start;
    }

    /// Scans the tag that `text` starts with. Returns the position after it and whether it is an empty-element tag.
    #[inline]
    pub(crate) fn scan(&mut self, text: &[u8], ns: bool) -> Result<(usize, bool), TagError> {
        if self.phase == Phase::Start {
            let (end, colon) = qualified_name(text, 1, ns)?;
            self.name_end = end;
            self.colon = colon.unwrap_or(0);
            self.attributes.clear();
            self.at = end;
            self.phase = Phase::Between;
        }
        if self.phase == Phase::Value {
            self.value(text, ns)?;
        }
        loop {
            // Between attributes: `at` is after the name or after a closing quote.
            let mut at = self.at;
            let mut space = false;
            loop {
                let &byte = text.get(at).ok_or(Stop::Partial)?;
                if class(byte) & SPACE == 0 {
                    break;
                }
                space = true;
                at += 1;
            }
            match text.get(at) {
                Some(b'>') => return Ok((at + 1, false)),
                Some(b'/') => {
                    return match text.get(at + 1).ok_or(Stop::Partial)? {
                        b'>' => Ok((at + 2, true)),
                        _ => Err(Stop::Invalid(at + 1).into()),
                    };
                }
                Some(_) if space => {}
                _ => return Err(Stop::Invalid(at).into()),
            }
            let start = at;
            let (end, colon) = qualified_name(text, at, ns)?;
            at = end;
            while class(*text.get(at).ok_or(Stop::Partial)?) & SPACE != 0 {
                at += 1;
            }
            if text.get(at) != Some(&b'=') {
                return Err(Stop::Invalid(at).into());
            }
            at += 1;
            while class(*text.get(at).ok_or(Stop::Partial)?) & SPACE != 0 {
                at += 1;
            }
            if !matches!(text.get(at), Some(b'"' | b'\'')) {
                return Err(Stop::Invalid(at).into());
            }
            at += 1;
            self.open = RawAttribute { name: (start, end), value: (at, at), colon: colon.unwrap_or(0), plain: true };
            self.at = at;
            self.phase = Phase::Value;
            self.value(text, ns)?;
        }
    }

    /// Scans the rest of an attribute value (10) from `self.at` and adds the attribute.
    #[inline]
    fn value(&mut self, text: &[u8], ns: bool) -> Result<(), TagError> {
        let mut at = self.at;
        let mut plain = self.open.plain;
        let &quote = text.get(self.open.value.0 - 1).ok_or(Stop::Partial)?;
        let stop = loop {
            let Some(&byte) = text.get(at) else { break Stop::Partial };
            let class = class(byte);
            if class & VALUE_STOP == 0 {
                at += 1;
                if at & 15 == 0 {
                    at = if quote == b'"' {
                        skip_plain::<b'<', b'&', b'"'>(text, at)
                    } else {
                        skip_plain::<b'<', b'&', b'\''>(text, at)
                    };
                }
            } else if byte == quote {
                if self.attributes.len() == self.attributes.capacity() && self.attributes.try_reserve(8).is_err() {
                    return Err(TagError::NoMemory);
                }
                let RawAttribute { name, value: (start, _), colon, .. } = self.open;
                self.attributes.push(RawAttribute { name, value: (start, at), colon, plain });
                self.at = at + 1;
                self.phase = Phase::Between;
                return Ok(());
            } else if class & NON_ASCII != 0 {
                match sequence(text, at) {
                    Ok(length) => at += length,
                    Err(stop) => break stop,
                }
            } else if byte == b'&' {
                plain = false;
                match reference(text.get(at..).unwrap_or_default(), !ns) {
                    Ok(Reference::Entity(length) | Reference::Char(length)) => at += length,
                    Err(Stop::Invalid(inside)) => break Stop::Invalid(at + inside),
                    Err(stop) => break stop,
                }
            } else if byte == b'<' || class & NOT_XML != 0 {
                break Stop::Invalid(at);
            } else {
                plain &= class & SPACE == 0;
                at += 1;
            }
        };
        self.open.plain = plain;
        self.at = at;
        Err(stop.into())
    }
}
