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

use super::{LINE_CAPACITY, MAX_COLUMN};
#[cfg(target_arch = "x86_64")]
use crate::avx512::Aligned;
use cpu_level::Level;
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

/// The length of the longest line: 76 columns, of which the last is white space that is quoted, and CR LF.
const LONGEST_LINE: usize = MAX_COLUMN + QUOTED_LEN + 2;

/// The length of `=XX`.
pub(super) const QUOTED_LEN: usize = 3;

impl Options {
    /// All combinations, in the order of [`Options::index`].
    const ALL: [Self; 8] = {
        let mut all = [Self { quotetabs: false, istext: false, header: false }; 8];
        let mut index = 0;
        while index < 8 {
            all[index] = Self { quotetabs: index & 1 != 0, istext: index & 2 != 0, header: index & 4 != 0 };
            index += 1;
        }
        all
    };

    fn index(self) -> usize {
        usize::from(self.quotetabs) | usize::from(self.istext) << 1 | usize::from(self.header) << 2
    }
}

/// What a byte becomes where it stands neither alone on a line nor last: up to three characters in the low bytes, first
/// one lowest, and their number in the highest byte.
///
/// The number is 0 for the two bytes that may be a line end, and that need a closer look.
type Token = u32;

const fn plain(byte: u8) -> Token {
    Token::from_le_bytes([byte, 0, 0, 1])
}

const fn quoted(byte: u8) -> Token {
    let digits = b"0123456789ABCDEF";
    Token::from_le_bytes([b'=', digits[(byte >> 4) as usize], digits[(byte & 15) as usize], QUOTED_LEN as u8])
}

const fn token_len(token: Token) -> usize {
    (token >> 24) as usize
}

const fn token(byte: u8, options: Options) -> Token {
    match byte {
        b'\r' | b'\n' if options.istext => 0,
        b' ' | b'\t' if options.quotetabs => quoted(byte),
        b' ' if options.header => plain(b'_'),
        b'_' if options.header => quoted(byte),
        b'=' => quoted(byte),
        b'\t' | b' '..=b'~' => plain(byte),
        _ => quoted(byte),
    }
}

static TOKENS: [[Token; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut index = 0;
    while index < 8 {
        let mut byte = 0;
        while byte < 256 {
            tables[index][byte] = token(byte as u8, Options::ALL[index]);
            byte += 1;
        }
        index += 1;
    }
    tables
};

/// Whether line ends are written as CR LF: when the first one of `data` is.
pub(super) fn has_crlf(data: &[u8]) -> bool {
    data.iter().position(|byte| *byte == b'\n').is_some_and(|line_feed| line_feed > 0 && data[line_feed - 1] == b'\r')
}

/// The first character of the token of every ASCII byte, 0 for a possible line end.
#[cfg(target_arch = "x86_64")]
static FIRST_CHARACTERS: Aligned<[[u8; 128]; 8]> = Aligned({
    let mut tables = [[0; 128]; 8];
    let mut index = 0;
    while index < 8 {
        let mut byte = 0;
        while byte < 128 {
            tables[index][byte] = TOKENS[index][byte] as u8;
            byte += 1;
        }
        index += 1;
    }
    tables
});

/// Encodes `data`.
///
/// `out` needs space for [`max_encoded_len`](super::max_encoded_len) more bytes.
///
/// # Panics
///
/// When `out` has less space.
pub fn encode(data: &[u8], options: Options, out: &mut OutBuf<'_>) {
    encode_at(Level::detect(), data, options, out);
}

/// [`encode`] with the instructions of `level`, which this processor must have.
pub(super) fn encode_at(level: Level, data: &[u8], options: Options, out: &mut OutBuf<'_>) {
    let Some(last) = data.len().checked_sub(1) else { return };
    let tokens = &TOKENS[options.index()];
    let mut line =
        Line { text: [0; _], column: 0, crlf: has_crlf(data), short: data.len() < SHORT_LINE, broken: false };
    let mut position = 0;
    // The last byte has rules of its own; every other one has a next.
    while position < last {
        if line.column == 0 && options.istext {
            if matches!(data[position], b'\n' | b'\r') {
                let lines = empty_lines(&data[position..last], line.crlf);
                if lines > 0 {
                    out.extend_from_slice(&data[position..][..lines]);
                    position += lines;
                    line.short = true;
                    continue;
                }
            }
            if matches!(data[position + 1], b'\n' | b'\r') {
                let read = lines_of_one_byte(&data[position..last], tokens, line.crlf, out);
                if read > 0 {
                    position += read;
                    (line.short, line.broken) = (true, false);
                    continue;
                }
            }
        }
        // Most bytes are the start of no line and the end of none.
        if token_len(tokens[usize::from(data[position])]) != 0 && (line.column > 0 || data[position] != b'.') {
            position += line.fill(level, &data[position..last], options);
            if position == last {
                break;
            }
        }
        let (byte, next) = (data[position], data[position + 1]);
        position += 1;
        let mut token = tokens[usize::from(byte)];
        if token_len(token) == 0 {
            if byte == b'\n' || next == b'\n' {
                position += usize::from(byte == b'\r');
                line.finish(out);
                continue;
            }
            token = plain(byte);
        }
        if line.column == 0 && byte == b'.' && matches!(next, b'\n' | b'\r' | 0) {
            token = quoted(byte);
        }
        let may_fill_the_line = next == b'\n' && token_len(token) == 1;
        if line.column + token_len(token) > MAX_COLUMN && !may_fill_the_line {
            line.soft_break(out);
        }
        line.push(token);
    }
    if position == last {
        let byte = data[last];
        let token = tokens[usize::from(byte)];
        if token_len(token) == 0 && byte == b'\n' {
            line.finish(out);
        } else if token_len(token) == QUOTED_LEN || matches!(byte, b' ' | b'\t') || (line.column == 0 && byte == b'.') {
            if line.column + QUOTED_LEN > MAX_COLUMN {
                line.soft_break(out);
            }
            line.push(quoted(byte));
        } else {
            line.push(plain(byte));
        }
    }
    line.flush(out);
}

/// How many bytes at the start of `data` are line ends that are written as they are.
#[inline]
fn empty_lines(data: &[u8], crlf: bool) -> usize {
    if crlf {
        let (pairs, _) = data.as_chunks();
        2 * pairs.iter().take_while(|pair| *pair == b"\r\n").count()
    } else {
        data.iter().take_while(|byte| **byte == b'\n').count()
    }
}

/// Encodes the lines of one byte at the start of `data` whose line ends do not change, and returns their length. It stops when
/// `out` has less space than one store needs.
#[inline(never)]
fn lines_of_one_byte(data: &[u8], tokens: &[Token; 256], crlf: bool, out: &mut OutBuf<'_>) -> usize {
    let line_end = if crlf { b"\r\n".as_slice() } else { b"\n" };
    let line_end_token = line_end.iter().rev().fold(0, |token, byte| token << 8 | u64::from(*byte));
    let mut rest = data;
    while let [byte, after @ ..] = rest
        && let Some(after) = after.strip_prefix(line_end)
        && out.remaining() >= size_of::<u64>()
    {
        let token = match tokens[usize::from(*byte)] {
            token if token_len(token) == 0 => break,
            // White space at the end of a line is quoted, and a full stop that is alone.
            token if [b' ', b'\t', b'.'].map(plain).contains(&token) => quoted(*byte),
            token => token,
        };
        let len = token_len(token);
        let text = u64::from(token & 0xff_ffff) | line_end_token << (8 * len);
        let end = out.len() + len + line_end.len();
        out.extend_from_slice(&text.to_le_bytes());
        out.truncate(end);
        rest = after;
    }
    data.len() - rest.len()
}

/// The line of output under way.
///
/// It is put together in an array of constant size, where a token of any length is one store.
struct Line {
    text: [u8; LINE_CAPACITY],
    column: usize,
    crlf: bool,
    /// Whether the last line of the input was short. The set-up of the vector kernel takes longer than such a line.
    short: bool,
    /// Whether this line follows a soft line break, within a line of the input.
    broken: bool,
}

/// The length of a line below which scalar code is faster.
const SHORT_LINE: usize = 24;

impl Line {
    /// Encodes from the start of `data` what fits, up to a possible line end, and returns how many bytes that were.
    #[inline]
    fn fill(&mut self, level: Level, data: &[u8], options: Options) -> usize {
        #[cfg(target_arch = "x86_64")]
        if level >= Level::Avx512 && !self.short {
            let first = &FIRST_CHARACTERS[options.index()];
            // SAFETY: the level says that the processor has these instructions.
            let (count, column) = unsafe { super::avx512::fill_line(&mut self.text, self.column, data, first) };
            self.column = column;
            return count;
        }
        let _ = level;
        let tokens = &TOKENS[options.index()];
        let mut column = self.column;
        let mut count = 0;
        for byte in data {
            let token = tokens[usize::from(*byte)];
            let end = column + token_len(token);
            if end > MAX_COLUMN || token_len(token) == 0 {
                break;
            }
            self.text[column..][..4].copy_from_slice(&token.to_le_bytes());
            column = end;
            count += 1;
        }
        self.column = column;
        count
    }

    #[inline]
    fn push(&mut self, token: Token) {
        self.text[self.column..][..4].copy_from_slice(&token.to_le_bytes());
        self.column += token_len(token);
    }

    #[inline]
    fn soft_break(&mut self, out: &mut OutBuf<'_>) {
        self.text[self.column] = b'=';
        self.column += 1;
        (self.short, self.broken) = (false, true);
        self.flush_with_end(out);
    }

    /// Ends the line, quoting the white space that it ends in, if any.
    #[inline(always)]
    fn finish(&mut self, out: &mut OutBuf<'_>) {
        if let Some(white @ (b' ' | b'\t')) = self.text[..self.column].last().copied() {
            self.column -= 1;
            self.push(quoted(white));
        }
        self.short = self.column < SHORT_LINE && !self.broken;
        self.broken = false;
        self.flush_with_end(out);
    }

    #[inline(never)]
    fn flush_with_end(&mut self, out: &mut OutBuf<'_>) {
        if self.crlf {
            self.text[self.column] = b'\r';
            self.column += 1;
        }
        self.text[self.column] = b'\n';
        self.column += 1;
        self.flush(out);
    }

    #[inline(always)]
    fn flush(&mut self, out: &mut OutBuf<'_>) {
        if self.column <= 16 && out.remaining() >= 16 {
            let end = out.len() + self.column;
            out.extend_from_slice(&self.text[..16]);
            out.truncate(end);
        } else if out.remaining() >= LONGEST_LINE {
            // A copy of constant size is a few instructions.
            let end = out.len() + self.column;
            out.extend_from_slice(&self.text[..LONGEST_LINE]);
            out.truncate(end);
        } else {
            out.extend_from_slice(&self.text[..self.column]);
        }
        self.column = 0;
    }
}
