//! Output in lines: the `wrapcol` of CPython 3.15.
//!
//! C encodes everything and then moves each line to its place. Here a piece that fits the first-level cache is encoded at a
//! time and its lines are copied to the output, so that the text passes through memory once.

#![forbid(unsafe_code)]

use core::mem::MaybeUninit;
use outbuf::OutBuf;

/// How many characters are encoded at a time, at most.
pub(crate) const PIECE: usize = 4096;

/// The length of `len` characters in lines of `width`, without a newline at the end; zero for a single line.
#[inline]
pub(crate) fn wrapped_len(len: usize, width: usize) -> usize {
    let newlines = len.saturating_sub(1).checked_div(width).unwrap_or(0);
    len + newlines
}

/// Writes text in lines of a fixed width.
#[derive(Debug)]
pub(crate) struct LineWriter<'o, 'm> {
    out: &'o mut OutBuf<'m>,
    width: usize,
    column: usize,
}

impl<'o, 'm> LineWriter<'o, 'm> {
    /// Lines of `width` characters, which is not zero.
    pub(crate) fn new(width: usize, out: &'o mut OutBuf<'m>) -> Self {
        assert!(width != 0);
        Self { out, width, column: 0 }
    }

    /// How many characters the line can still take. A full line is only ended when more text follows.
    pub(crate) fn left(&self) -> usize {
        self.width - self.column
    }

    /// Ends the line.
    pub(crate) fn end_line(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
    }

    /// Writes `text`.
    pub(crate) fn write(&mut self, mut text: &[u8]) {
        while !text.is_empty() {
            if self.left() == 0 {
                self.end_line();
            }
            let (line, rest) = text.split_at(self.left().min(text.len()));
            copy(line, self.out);
            self.column += line.len();
            text = rest;
        }
    }
}

/// Appends `text`, mostly a line of usual length, without the call of a copying function.
#[inline]
fn copy(text: &[u8], out: &mut OutBuf<'_>) {
    let (blocks, rest) = text.as_chunks::<16>();
    if blocks.len() > 16 {
        return out.extend_from_slice(text);
    }
    for block in blocks {
        out.extend_from_slice(block);
    }
    match text.last_chunk::<16>() {
        // Writes some of the bytes again.
        Some(last) if !rest.is_empty() => {
            out.truncate(out.len() + rest.len() - 16);
            out.extend_from_slice(last);
        }
        _ => rest.iter().for_each(|byte| out.push(*byte)),
    }
}

/// Encodes `data` in lines of `width` characters.
///
/// `encode` encodes one piece; every `group_bytes` bytes are `group` characters or fewer, independent of what is before them.
pub(crate) fn encode_wrapped(
    data: &[u8],
    (group_bytes, group): (usize, usize),
    lines: &mut LineWriter<'_, '_>,
    encode: impl Fn(&[u8], &mut OutBuf<'_>),
) {
    for piece in data.chunks(PIECE / group * group_bytes) {
        let mut memory = [MaybeUninit::uninit(); PIECE];
        let mut text = OutBuf::new(&mut memory);
        encode(piece, &mut text);
        lines.write(text.filled());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::exact;

    #[test]
    fn lengths() {
        assert_eq!(
            [(0, 0), (0, 4), (5, 0), (5, 4), (4, 4), (8, 4), (9, 4)].map(|(n, w)| wrapped_len(n, w)),
            [0, 0, 5, 6, 4, 9, 11]
        );
    }

    #[test]
    fn lines() {
        let data: Vec<u8> = (0..5000u32).map(|i| b'a' + (i % 23) as u8).collect();
        for width in [1, 2, 5, 15, 16, 17, 76, 256, 300, 4999, 5000, 6000] {
            let expected = data.chunks(width).collect::<Vec<_>>().join(&b'\n');
            let found = exact(wrapped_len(data.len(), width), |out| {
                let mut lines = LineWriter::new(width, out);
                encode_wrapped(&data, (1, 1), &mut lines, |piece, out| out.extend_from_slice(piece));
            });
            assert_eq!(found, expected, "{width}");
        }
    }
}
