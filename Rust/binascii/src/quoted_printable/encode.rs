//! Bytes to quoted-printable.
//!
//! The output is a sequence of tokens: a byte as it is, `=` with two hexadecimal digits, or a line end. Before a token
//! that would reach the 76th column comes a soft line break, an `=` at the end of the line. What makes this intricate:
//!
//! - The first line feed of the input decides whether line ends are written as LF or CR LF, soft ones as well.
//! - In text, LF and CR LF are line ends; a CR alone is an ordinary byte. In other data all are quoted.
//! - A byte as it is may use the 76th column when it is the last one, or when a line feed follows in the input.
//! - White space is quoted in front of a line end and at the end of the input, or everywhere when so asked.
//! - A full stop is quoted when it is all there is on a line, since SMTP takes such a line as the end of the message.
//!   It counts as alone when a CR, LF or NUL follows in the input.
//! - In a header, `_` is quoted because it stands for a space.

#![forbid(unsafe_code)]

use outbuf::OutBuf;

/// How a text or other data is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Quote spaces and tabs everywhere, not only at the end of a line.
    pub quotetabs: bool,
    /// Keep line ends as line ends instead of quoting their characters.
    pub istext: bool,
    /// Write a space as `_`, for mail headers.
    pub header: bool,
}

/// How far a line is filled unless a hard line end, or nothing, follows.
const MAX_COLUMN: usize = 75;

/// The length of `=XX`.
const QUOTED_LEN: usize = 3;

/// Classes of bytes; which of them matter depends on the options.
mod class {
    /// Controls, high bytes and `=`: always quoted.
    pub(super) const BINARY: u8 = 1;
    pub(super) const SPACE: u8 = 2;
    pub(super) const TAB: u8 = 4;
    pub(super) const LINE_END: u8 = 8;
    pub(super) const UNDERSCORE: u8 = 16;
}

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' => class::SPACE,
            b'\t' => class::TAB,
            b'\n' | b'\r' => class::LINE_END,
            b'_' => class::UNDERSCORE,
            0..b' ' | b'=' | 127.. => class::BINARY,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// `=XX` for every byte.
static QUOTED: [[u8; QUOTED_LEN]; 256] = {
    let digits = b"0123456789ABCDEF";
    let mut table = [[b'='; QUOTED_LEN]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte][1] = digits[byte >> 4];
        table[byte][2] = digits[byte & 15];
        byte += 1;
    }
    table
};

impl Options {
    /// The classes that are quoted wherever they stand.
    fn quoted_classes(self) -> u8 {
        let mut classes = class::BINARY;
        if self.quotetabs {
            classes |= class::SPACE | class::TAB;
        }
        if !self.istext {
            classes |= class::LINE_END;
        }
        if self.header {
            classes |= class::UNDERSCORE;
        }
        classes
    }
}

/// Whether line ends are written as CR LF: when the first one of `data` is.
fn has_crlf(data: &[u8]) -> bool {
    data.iter().position(|byte| *byte == b'\n').is_some_and(|line_feed| line_feed > 0 && data[line_feed - 1] == b'\r')
}

/// The room that [`encode`] needs: the length of its output, or a few per cent more.
///
/// `None` when that is more than an object can hold (`isize::MAX`).
///
/// This counts what can grow, without following the lines: where no count depends on the one before, a pass is so fast
/// that an exact one would cost more than it saves.
pub fn max_encoded_len(data: &[u8], options: Options) -> Option<usize> {
    let Some(count) = data.len().checked_sub(1) else { return Some(0) };
    let crlf = has_crlf(data);
    // The last byte is quoted at worst.
    let mut extra = QUOTED_LEN - 1;
    // A pair grows by 3 at most, so that the sum of a block fits in a byte, which keeps the vectors narrow.
    for (bytes, nexts) in data[..count].chunks(64).zip(data[1..].chunks(64)) {
        let block = bytes.iter().zip(nexts).fold(0, |sum, (byte, next)| sum + growth(*byte, *next, options, crlf));
        extra += usize::from(block);
    }
    let tokens = data.len().checked_add(extra)?;
    // A soft line break comes behind 73 columns or more.
    let breaks = tokens / (MAX_COLUMN - QUOTED_LEN + 1);
    let len = tokens.checked_add(breaks.checked_mul(2 + usize::from(crlf))?)?;
    (len <= isize::MAX as usize).then_some(len)
}

/// By how much `byte` may grow when `next` follows. Without branches, because it is done to many at once.
#[inline]
fn growth(byte: u8, next: u8, options: Options, crlf: bool) -> u8 {
    let white = (byte == b' ') | (byte == b'\t');
    let line_end = (byte == b'\n') | (byte == b'\r');
    let quoted = ((byte < b' ') & !white & !line_end)
        | (byte > b'~')
        | (byte == b'=')
        | ((byte == b'_') & options.header)
        | (white & options.quotetabs)
        | (line_end & !options.istext);
    let before_line_end = (next == b'\n') | (next == b'\r');
    let alone = (byte == b'.') & (before_line_end | (next == 0));
    let lone_line_feed = (next == b'\n') & (byte != b'\r') & crlf & options.istext;
    u8::from(quoted | alone | (white & before_line_end)) * (QUOTED_LEN as u8 - 1) + u8::from(lone_line_feed)
}

/// Encodes `data`.
///
/// `out` needs room for [`max_encoded_len`] more bytes.
pub fn encode(data: &[u8], options: Options, out: &mut OutBuf<'_>) {
    let Some(last) = data.len().checked_sub(1) else { return };
    let line_end: &[u8] = if has_crlf(data) { b"\r\n" } else { b"\n" };
    let mut lines = Lines { start: out.len(), out, column: 0, line_end };
    let quoted_classes = options.quoted_classes();
    // What is copied in runs: neither quoted nor part of a line end nor a header's space.
    let special_classes = quoted_classes | class::LINE_END | if options.header { class::SPACE } else { 0 };
    let mut position = 0;
    // The last byte has rules of its own; every other one has a next.
    while position < last {
        let [byte, next, ..] = data[position..] else { break };
        if byte == b'.' && lines.column == 0 && matches!(next, b'\n' | b'\r' | 0) {
            lines.quote(byte);
            position += 1;
            continue;
        }
        let room = MAX_COLUMN.saturating_sub(lines.column);
        let run = plain_run(&data[position..last.min(position + room)], special_classes);
        if run > 0 {
            lines.out.extend_from_slice(&data[position..position + run]);
            lines.column += run;
            position += run;
        } else if CLASS[usize::from(byte)] & quoted_classes != 0 {
            lines.quote(byte);
            position += 1;
        } else if byte == b'\n' && options.istext {
            lines.end_line();
            position += 1;
        } else if byte == b'\r' && next == b'\n' && options.istext {
            lines.end_line();
            position += 2;
        } else {
            if lines.column >= MAX_COLUMN && next != b'\n' {
                lines.soft_break();
            }
            lines.out.push(if byte == b' ' && options.header { b'_' } else { byte });
            lines.column += 1;
            position += 1;
        }
    }
    if position == last {
        let byte = data[last];
        let white = matches!(byte, b' ' | b'\t');
        let alone = byte == b'.' && lines.column == 0;
        if CLASS[usize::from(byte)] & quoted_classes != 0 || white || alone {
            lines.quote(byte);
        } else if byte == b'\n' && options.istext {
            lines.end_line();
        } else {
            lines.out.push(byte);
        }
    }
}

/// How many bytes at the start of `data` are of no special class.
fn plain_run(data: &[u8], special_classes: u8) -> usize {
    data.iter().position(|byte| CLASS[usize::from(*byte)] & special_classes != 0).unwrap_or(data.len())
}

/// The output, and where on its current line it stands.
struct Lines<'o, 'a> {
    out: &'o mut OutBuf<'a>,
    /// Where this output starts in `out`.
    start: usize,
    column: usize,
    line_end: &'static [u8],
}

impl Lines<'_, '_> {
    #[inline]
    fn quote(&mut self, byte: u8) {
        if self.column + QUOTED_LEN > MAX_COLUMN {
            self.soft_break();
        }
        self.out.extend_from_slice(&QUOTED[usize::from(byte)]);
        self.column += QUOTED_LEN;
    }

    #[inline]
    fn soft_break(&mut self) {
        self.out.push(b'=');
        self.out.extend_from_slice(self.line_end);
        self.column = 0;
    }

    /// Ends the line, quoting the white space that it ends in, if any.
    fn end_line(&mut self) {
        if let Some(white @ (b' ' | b'\t')) = self.out.filled()[self.start..].last().copied() {
            self.out.truncate(self.out.len() - 1);
            self.out.extend_from_slice(&QUOTED[usize::from(white)]);
        }
        self.out.extend_from_slice(self.line_end);
        self.column = 0;
    }
}
