//! An upper bound of the length of quoted-printable text.
//!
//! The C module finds the exact length by a first pass through the whole state machine. Here the result may be a few per
//! cent too large: the bytes that may be quoted are counted without following the lines, so that no count depends on the one
//! before, and the compiler turns the loop into vector code that is several times as fast as the encoder.

use super::MAX_COLUMN;
use super::encode::{Options, QUOTED_LEN, has_crlf};
use cpu_level::Level;

/// Bytes counted together.
const BLOCK: usize = 64;

/// The space that [`encode`](super::encode()) needs: the length of its output, or a few per cent more.
///
/// `None` when that is more than an object can hold (`isize::MAX`).
pub fn max_encoded_len(data: &[u8], options: Options) -> Option<usize> {
    max_encoded_len_at(Level::detect(), data, options)
}

/// [`max_encoded_len`] with the instructions of `level`, which this processor must have.
pub(super) fn max_encoded_len_at(level: Level, data: &[u8], options: Options) -> Option<usize> {
    let Some((_, all_but_last)) = data.split_last() else { return Some(0) };
    let crlf = has_crlf(data);
    // The last byte is quoted at worst.
    let extra = growth(level, all_but_last, &data[1..], options, crlf).saturating_add(QUOTED_LEN - 1);
    let tokens = data.len().checked_add(extra)?;
    // A soft line break comes after 73 columns or more.
    let breaks = tokens / (MAX_COLUMN - QUOTED_LEN + 1);
    let len = tokens.checked_add(breaks.checked_mul(2 + usize::from(crlf))?)?;
    (len <= isize::MAX as usize).then_some(len)
}

/// By how much `bytes` may grow when `nexts` are the bytes that follow them.
fn growth(level: Level, bytes: &[u8], nexts: &[u8], options: Options, crlf: bool) -> usize {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx2 {
        // SAFETY: the level says that the processor has these instructions.
        return unsafe { growth_avx2(bytes, nexts, options, crlf) };
    }
    let _ = level;
    growth_of_blocks(bytes, nexts, options, crlf)
}

/// The same loop, compiled for wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn growth_avx2(bytes: &[u8], nexts: &[u8], options: Options, crlf: bool) -> usize {
    growth_of_blocks(bytes, nexts, options, crlf)
}

#[inline(always)]
fn growth_of_blocks(bytes: &[u8], nexts: &[u8], options: Options, crlf: bool) -> usize {
    let (blocks, rest) = bytes.as_chunks();
    let (next_blocks, next_rest) = nexts.as_chunks();
    // What follows the last whole block is filled up with bytes that do not grow.
    let (mut last, mut last_nexts) = ([b'x'; BLOCK], [b'x'; BLOCK]);
    last[..rest.len()].copy_from_slice(rest);
    last_nexts[..rest.len()].copy_from_slice(next_rest);
    let mut total = growth_of_block(&last, &last_nexts, options, crlf);
    for (block, nexts) in blocks.iter().zip(next_blocks) {
        total = total.saturating_add(growth_of_block(block, nexts, options, crlf));
    }
    total
}

#[inline(always)]
fn growth_of_block(block: &[u8; BLOCK], nexts: &[u8; BLOCK], options: Options, crlf: bool) -> usize {
    // No byte grows by more than 3, so that the sum fits in a byte, which keeps the vectors narrow.
    let sum = block.iter().zip(nexts).fold(0, |sum, (byte, next)| sum + growth_of_byte(*byte, *next, options, crlf));
    usize::from(sum)
}

/// By how much `byte` may grow when `next` follows. Without branches, because it is done to many at once.
#[inline(always)]
fn growth_of_byte(byte: u8, next: u8, options: Options, crlf: bool) -> u8 {
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
