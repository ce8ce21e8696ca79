//! Uuencoding on any processor: eight characters at a time in a `u64`, with no table and hardly a branch on the data.

#![forbid(unsafe_code)]

use super::{Error, data_chars, is_padding};
use outbuf::OutBuf;

/// The value 1 in each byte of a word, for arithmetic on eight characters at once.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Encodes at most [`MAX_LINE`](super::MAX_LINE) bytes.
pub(super) fn encode(data: &[u8], backtick: bool, out: &mut OutBuf<'_>) {
    // The length character is a value like any other, so that its zero becomes a backtick as well.
    out.push(characters(data.len() as u64, backtick) as u8);
    let mut rest = data;
    // Six bytes become eight characters; they are loaded with the two bytes after them, in one load.
    while let Some(window) = rest.first_chunk() {
        let bits = u64::from_be_bytes(*window) >> 16;
        out.extend_from_slice(&characters(spread(bits), backtick).to_be_bytes());
        rest = &rest[6..];
    }
    for group in rest.chunks(3) {
        // The missing bytes of the last group count as zeros.
        let mut window = [0; 8];
        window[2..][..group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(window);
        out.extend_from_slice(&characters(spread(bits), backtick).to_be_bytes()[..4]);
    }
    out.push(b'\n');
}

/// Moves the eight groups of six bits in the low 48 bits to a byte each.
#[inline]
fn spread(bits: u64) -> u64 {
    let halves = (bits & 0xffff_ff00_0000) << 8 | bits & 0xff_ffff;
    let quarters = (halves & 0x00ff_f000_00ff_f000) << 4 | halves & 0x0000_0fff_0000_0fff;
    (quarters & 0x0fc0_0fc0_0fc0_0fc0) << 2 | quarters & 0x003f_003f_003f_003f
}

/// The inverse of [`spread`].
#[inline]
fn gather(values: u64) -> u64 {
    let quarters = (values & 0x3f00_3f00_3f00_3f00) >> 2 | values & 0x003f_003f_003f_003f;
    let halves = (quarters & 0x0fff_0000_0fff_0000) >> 4 | quarters & 0x0000_0fff_0000_0fff;
    (halves & 0x00ff_ffff_0000_0000) >> 8 | halves & 0xff_ffff
}

/// Turns eight values below 64 into their characters.
#[inline]
fn characters(values: u64, backtick: bool) -> u64 {
    // No byte of these sums overflows: 63 + 63 < 256, and only a zero, which becomes 0x20, gets the 0x40 as well.
    let not_zero = (values + EACH * 0x3f) & (EACH * 0x40);
    let lift = if backtick { not_zero ^ (EACH * 0x40) } else { 0 };
    values + EACH * 0x20 + lift
}

/// Decodes `len` bytes, at most 63, from the text after the length character.
pub(super) fn decode(text: &[u8], len: usize, out: &mut OutBuf<'_>) -> Result<(), Error> {
    let (mut text, rest) = text.split_at(text.len().min(data_chars(len)));
    let start = out.len();
    let mut missing = len;
    while missing > 0 {
        let word = match text.split_first_chunk() {
            Some((word, after)) => {
                text = after;
                *word
            }
            None => {
                let mut word = [b' '; 8];
                word[..text.len()].copy_from_slice(text);
                text = &[];
                word
            }
        };
        let Some(values) = values(word) else {
            out.truncate(start);
            return Err(Error::IllegalChar);
        };
        let [_, _, bytes @ ..] = gather(values).to_be_bytes();
        if missing < bytes.len() {
            out.extend_from_slice(&bytes[..missing]);
            break;
        }
        out.extend_from_slice(&bytes);
        missing -= bytes.len();
    }
    if !is_padding(rest) {
        out.truncate(start);
        return Err(Error::TrailingGarbage);
    }
    Ok(())
}

/// The values of eight characters, of which only the low six bits count, if all are legal.
#[inline]
fn values(characters: [u8; 8]) -> Option<u64> {
    let word = u64::from_be_bytes(characters);
    // A character from ' ' to '`' has bit 5 or 6 set, and not bit 7 even when 31 is added. A sum that overflows into
    // the neighbour comes from a character that has bit 7 set itself.
    let high_enough = (word | word << 1) & (EACH * 0x40);
    let too_high = (word | word.wrapping_add(EACH * 0x1f)) & (EACH * 0x80);
    if high_enough == EACH * 0x40 && too_high == 0 {
        return Some(word - EACH * 0x20);
    }
    values_with_line_ends(characters)
}

/// The same for a line that was broken, or that has lost its spaces.
#[cold]
fn values_with_line_ends(mut characters: [u8; 8]) -> Option<u64> {
    for character in &mut characters {
        *character = match character {
            b'\n' | b'\r' => 0,
            b' '..=b'`' => *character - b' ',
            _ => return None,
        };
    }
    Some(u64::from_be_bytes(characters))
}
