//! The input: the buffer, its encoding, and the position in the document.

use crate::error::Error;

/// The number of bytes before the current position that are kept in the buffer (`XML_CONTEXT_BYTES` of CPython's build
/// of expat).
const CONTEXT: usize = 1024;
/// The size from which the buffer grows (`INIT_BUFFER_SIZE`).
const INITIAL_SIZE: usize = 1024;

/// The encoding of the input.
#[derive(Debug)]
pub(crate) enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Utf16Le,
    Utf16Be,
    /// An 8-bit encoding: the code point of each byte, `u32::MAX` for a byte that is not allowed.
    Map(Box<[u32; 256]>),
}

impl Encoding {
    /// The built-in encoding with this name (4.3.3), in any case. `UTF-16` without a byte order mark is big-endian.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        const NAMES: [(&[u8], Encoding); 6] = [
            (b"UTF-8", Encoding::Utf8),
            (b"US-ASCII", Encoding::Ascii),
            (b"ISO-8859-1", Encoding::Latin1),
            (b"UTF-16", Encoding::Utf16Be),
            (b"UTF-16BE", Encoding::Utf16Be),
            (b"UTF-16LE", Encoding::Utf16Le),
        ];
        NAMES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, encoding)| encoding)
    }

    /// Whether its code units are two bytes wide.
    pub(crate) const fn is_utf16(&self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// Whether text is reported in pieces of 1024 bytes, as expat does for encodings that it converts.
    pub(crate) const fn is_converted(&self) -> bool {
        !matches!(self, Self::Utf8 | Self::Ascii)
    }

    /// The map that `XML_UnknownEncodingHandler` gave; an error if expat would refuse it.
    pub(crate) fn from_map(map: &[i32; 256]) -> Result<Self, Error> {
        // The ASCII characters of XML markup must have their ASCII codes, and no other code.
        let significant = |c: usize| {
            let byte = u8::try_from(c).unwrap_or(0);
            matches!(byte, b'\t' | b'\n' | b'\r')
                || (byte.is_ascii_graphic() || byte == b' ') && !b"$@\\^`{}~".contains(&byte)
        };
        let mut points = try_alloc::boxed([u32::MAX; 256])?;
        for (byte, (&c, point)) in map.iter().zip(points.iter_mut()).enumerate() {
            let c = match usize::try_from(c) {
                Ok(c) => c,
                Err(_) if c == -1 && !(byte < 0x80 && significant(byte)) => continue,
                Err(_) => return Err(Error::UnknownEncoding),
            };
            if (byte < 0x80 && significant(byte) || c < 0x80 && significant(c)) && c != byte || c > 0xFFFF {
                return Err(Error::UnknownEncoding);
            }
            *point = u32::try_from(c).unwrap_or(u32::MAX);
        }
        Ok(Self::Map(points))
    }
}

/// The bytes that have not been parsed yet, with some context before them, and their conversion to UTF-8.
#[derive(Debug)]
pub(crate) struct Input {
    /// The unconverted bytes.
    raw: Vec<u8>,
    /// The capacity that expat's buffer would have, which determines how much context is kept.
    limit: usize,
    /// The offset in the document of the end of `raw`.
    raw_end_index: u64,
    pub(crate) encoding: Encoding,
    /// The conversion of `raw[anchor_raw - ...]` to UTF-8, unless the encoding is UTF-8.
    text: Vec<u8>,
    /// The length of the part of `raw` that has been converted.
    converted: usize,
    /// A position in the text and the position in `raw` that it corresponds to.
    anchor: (usize, usize),
    /// The position of the next token in the text.
    pub(crate) pos: usize,
    /// The text position up to which `line` and `column` are counted.
    counted: usize,
    line: u64,
    column: u64,
    /// Whether the final piece has been fed.
    pub(crate) is_final: bool,
    /// For reparse deferral: the size of the buffer that was requested for the last piece, and the amount of input at the
    /// last attempt that completed no token.
    last_size: usize,
    deferred: usize,
}

impl Input {
    pub(crate) const fn new() -> Self {
        Self {
            raw: Vec::new(),
            limit: 0,
            raw_end_index: 0,
            encoding: Encoding::Utf8,
            text: Vec::new(),
            converted: 0,
            anchor: (0, 0),
            pos: 0,
            counted: 0,
            line: 0,
            column: 0,
            is_final: false,
            last_size: 0,
            deferred: 0,
        }
    }

    /// The text in UTF-8, of which `pos` and all positions of tokens are indices.
    #[inline]
    pub(crate) fn text(&self) -> &[u8] {
        match self.encoding {
            Encoding::Utf8 => &self.raw,
            _ => &self.text,
        }
    }

    /// Adds a piece of input, for which expat's caller would have requested a buffer of this size. Returns whether data
    /// has moved, which invalidates the positions of the last event.
    pub(crate) fn feed(&mut self, data: &[u8], requested: usize, is_final: bool) -> Result<bool, Error> {
        let at = self.raw_position(self.pos);
        let mut moved = false;
        self.last_size = requested;
        if self.limit == 0 || requested > self.limit - self.raw.len() {
            let keep = at.min(CONTEXT);
            let needed = (keep + (self.raw.len() - at)).checked_add(requested).ok_or(Error::NoMemory)?;
            self.discard(at, at - keep);
            if needed > self.limit {
                let mut size = self.limit.max(INITIAL_SIZE);
                loop {
                    size = size.checked_mul(2).ok_or(Error::NoMemory)?;
                    if size >= needed {
                        break;
                    }
                }
                self.limit = size;
                let missing = needed - self.raw.len();
                try_alloc::reserve(&mut self.raw, missing)?;
            }
            moved = true;
        }
        try_alloc::extend(&mut self.raw, data)?;
        self.raw_end_index += data.len() as u64;
        self.is_final = is_final;
        self.convert()?;
        Ok(moved)
    }

    /// Discards the first `offset` bytes, which have been parsed; `at` is the position of the next token in `raw`.
    fn discard(&mut self, at: usize, offset: usize) {
        self.count_to(self.pos);
        self.raw.drain(..offset);
        if matches!(self.encoding, Encoding::Utf8) {
            self.pos -= offset;
            self.counted = self.pos;
        } else {
            self.text.drain(..self.pos);
            self.pos = 0;
            self.counted = 0;
            self.converted -= offset;
        }
        self.anchor = (self.pos, at - offset);
    }

    /// Whether reparse deferral allows the parser to process the input now.
    pub(crate) fn is_worth_parsing(&mut self, deferral: bool) -> bool {
        if !deferral || self.is_final {
            return true;
        }
        let at = self.raw_position(self.pos);
        let have = self.raw.len() - at;
        let room = at.saturating_sub(CONTEXT) + (self.limit - self.raw.len());
        have >= self.deferred.saturating_mul(2) || self.last_size > room
    }

    /// Records, after an attempt that started at this offset in the document, the amount of input that was not enough.
    pub(crate) fn attempted(&mut self, start: u64) {
        let at = self.raw_position(self.pos);
        self.deferred = if self.byte_index(self.pos) == start { self.raw.len() - at } else { 0 };
    }

    /// Continues in another encoding from the current position.
    pub(crate) fn switch_encoding(&mut self, encoding: Encoding) -> Result<(), Error> {
        let at = self.raw_position(self.pos);
        self.count_to(self.pos);
        self.encoding = encoding;
        self.text.clear();
        if matches!(self.encoding, Encoding::Utf8) {
            self.pos = at;
            self.counted = at;
            self.anchor = (at, at);
            return Ok(());
        }
        self.pos = 0;
        self.counted = 0;
        self.anchor = (0, at);
        self.converted = at;
        self.convert()
    }

    /// The first bytes from the current position, before the encoding is known.
    pub(crate) fn first_bytes(&self) -> &[u8] {
        self.raw.get(self.pos..).unwrap_or_default()
    }

    /// Converts the bytes added since the last call. An invalid byte becomes 0xFF, which is invalid in UTF-8, and an
    /// incomplete character at the end of the document becomes the first byte of a long sequence.
    fn convert(&mut self) -> Result<(), Error> {
        let Some(source) = self.raw.get(self.converted..) else { return Ok(()) };
        let text = &mut self.text;
        let mut used = 0;
        match &self.encoding {
            Encoding::Utf8 => {}
            Encoding::Ascii => {
                try_alloc::reserve(text, source.len())?;
                for &byte in source {
                    text.push(if byte < 0x80 { byte } else { 0xFF });
                }
                used = source.len();
            }
            Encoding::Latin1 => {
                try_alloc::reserve(text, source.len() + source.iter().filter(|&&byte| byte >= 0x80).count())?;
                for &byte in source {
                    push(text, char::from(byte));
                }
                used = source.len();
            }
            Encoding::Map(points) => {
                try_alloc::reserve(text, source.len() * 3)?;
                for &byte in source {
                    match char::from_u32(points[usize::from(byte)]) {
                        Some(c) => push(text, c),
                        None => text.push(0xFF),
                    }
                }
                used = source.len();
            }
            Encoding::Utf16Le | Encoding::Utf16Be => {
                try_alloc::reserve(text, source.len() / 2 * 3 + 1)?;
                let little = matches!(self.encoding, Encoding::Utf16Le);
                let unit = |at: usize| {
                    let pair = source.get(at..at + 2)?.first_chunk::<2>()?;
                    Some(if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) })
                };
                while let Some(first) = unit(used) {
                    match (first, unit(used + 2)) {
                        (0xD800..=0xDBFF, None) => break,
                        (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) => {
                            let c = 0x10000 + (u32::from(first & 0x3FF) << 10) + u32::from(second & 0x3FF);
                            push(text, char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
                            used += 4;
                        }
                        _ => {
                            match char::from_u32(first.into()) {
                                Some(c) => push(text, c),
                                None => text.push(0xFF),
                            }
                            used += 2;
                        }
                    }
                }
                if self.is_final && source.len() - used >= 2 {
                    text.push(0xF0);
                    used = source.len();
                }
            }
        }
        self.converted += used;
        Ok(())
    }

    /// Whether all that is left of the document is half a code unit.
    #[inline]
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.is_final && self.encoding.is_utf16() && self.pos == self.text.len() && self.converted < self.raw.len()
    }

    /// The position in `raw` of a position in the text.
    #[inline]
    pub(crate) fn raw_position(&mut self, text_position: usize) -> usize {
        match self.encoding {
            Encoding::Utf8 => text_position,
            _ => self.converted_position(text_position),
        }
    }

    /// As [`raw_position`](Self::raw_position), if the text is not the input itself.
    fn converted_position(&mut self, text_position: usize) -> usize {
        let (mut text_anchor, mut raw_anchor) = self.anchor;
        if let Encoding::Ascii = self.encoding {
            return raw_anchor + text_position - text_anchor;
        }
        if text_position < text_anchor {
            // Only an error inside a token that was read already; tokens are short.
            let back = self.text.get(text_position..text_anchor).unwrap_or_default();
            return raw_anchor - self.raw_length(back);
        }
        let between = self.text.get(text_anchor..text_position).unwrap_or_default();
        raw_anchor += self.raw_length(between);
        text_anchor = text_position;
        self.anchor = (text_anchor, raw_anchor);
        raw_anchor
    }

    /// How many bytes of input a piece of the text stands for.
    fn raw_length(&self, text: &[u8]) -> usize {
        let characters = text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        match self.encoding {
            Encoding::Utf8 | Encoding::Ascii => text.len(),
            Encoding::Latin1 | Encoding::Map(_) => characters,
            Encoding::Utf16Le | Encoding::Utf16Be => {
                2 * (characters + text.iter().filter(|&&byte| (0xF0..0xFF).contains(&byte)).count())
            }
        }
    }

    /// The offset in the document of a position in the text.
    #[inline]
    pub(crate) fn byte_index(&mut self, text_position: usize) -> u64 {
        let at = self.raw_position(text_position);
        self.raw_end_index - (self.raw.len() - at) as u64
    }

    /// The bytes in memory and the position in them.
    pub(crate) fn context(&mut self, text_position: usize) -> (&[u8], usize) {
        let at = self.raw_position(text_position);
        (&self.raw, at)
    }

    /// As [`line_and_column`](Self::line_and_column), if neither they nor the offset have to be counted.
    #[inline]
    pub(crate) fn known_line_and_column(&self, text_position: usize) -> Option<(u64, u64)> {
        let is_known = text_position <= self.counted && matches!(self.encoding, Encoding::Utf8);
        is_known.then_some((self.line, self.column))
    }

    /// Line and column, both from 0, of a position in the text that is not before the last one asked for.
    pub(crate) fn line_and_column(&mut self, text_position: usize) -> (u64, u64) {
        self.count_to(text_position);
        (self.line, self.column)
    }

    /// Counts lines and columns up to a position in the text. A byte order mark is a column.
    fn count_to(&mut self, text_position: usize) {
        if text_position <= self.counted {
            return;
        }
        let text = match self.encoding {
            Encoding::Utf8 => &self.raw,
            _ => &self.text,
        };
        let text = text.get(self.counted..text_position).unwrap_or_default();
        self.counted = text_position;
        let last_break = memchr::memrchr2(b'\n', b'\r', text);
        if let Some(last_break) = last_break {
            let mut breaks = memchr::memchr_iter(b'\n', text).count();
            for at in memchr::memchr_iter(b'\r', text) {
                breaks += usize::from(text.get(at + 1) != Some(&b'\n'));
            }
            self.line += breaks as u64;
            self.column = 0;
            self.column += characters(text.get(last_break + 1..).unwrap_or_default());
        } else {
            self.column += characters(text);
        }
    }
}

/// The number of characters of UTF-8 text.
fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64
}

/// Appends a character to text in which room for it is reserved.
#[inline]
fn push(text: &mut Vec<u8>, c: char) {
    if c.is_ascii() {
        text.push(c as u8);
    } else {
        text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}
