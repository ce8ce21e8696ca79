//! Base64 without vector instructions: the Portable level, and what the vector kernels leave over.

use super::{ALPHABET, DecodeError, INVALID, PAD, VALUES};
use outbuf::OutBuf;

/// The character for the low six bits of `bits`.
#[inline]
fn character(bits: u64) -> u8 {
    ALPHABET[(bits & 63) as usize]
}

/// The two characters for each twelve bits. It halves the look-ups, and takes an eighth to a quarter of a first-level
/// cache.
static PAIRS: [[u8; 2]; 4096] = {
    let mut pairs = [[0; 2]; 4096];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [ALPHABET[bits >> 6], ALPHABET[bits & 63]];
        bits += 1;
    }
    pairs
};

/// Encodes all of `data`.
#[inline]
pub(super) fn encode(data: &[u8], newline: bool, out: &mut OutBuf<'_>) {
    // A buffer of this function's own, which unlike `out` can live in registers: its length is not stored and loaded again
    // around every write to memory that might hold it.
    let mut text = OutBuf::new(out.spare_mut());
    // Six bytes make eight characters: one load and one store of a machine word each.
    let (blocks, _) = data.as_chunks::<6>();
    for &[a, b, c, d, e, f] in blocks {
        let bits = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let pair = |shift: u32| PAIRS[(bits >> shift & 0xfff) as usize];
        text.extend_from_slice([pair(36), pair(24), pair(12), pair(0)].as_flattened());
    }
    let (groups, rest) = data[blocks.len() * 6..].as_chunks::<3>();
    for &[a, b, c] in groups {
        let bits = u64::from_be_bytes([0, 0, 0, 0, 0, a, b, c]);
        text.extend_from_slice(&[character(bits >> 18), character(bits >> 12), character(bits >> 6), character(bits)]);
    }
    match *rest {
        [a] => {
            let bits = u64::from(a);
            text.extend_from_slice(&[character(bits >> 2), character(bits << 4), PAD, PAD]);
        }
        [a, b] => {
            let bits = u64::from(a) << 8 | u64::from(b);
            text.extend_from_slice(&[character(bits >> 10), character(bits >> 4), character(bits << 2), PAD]);
        }
        _ => {}
    }
    if newline {
        text.push(b'\n');
    }
    let len = text.len();
    // SAFETY: `text` is over the spare memory of `out`, and has been filled to `len`.
    unsafe { out.advance(len) }
}

/// Decodes all of `data`.
pub(super) fn decode(data: &[u8], strict: bool, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    if strict {
        let start = out.len();
        let done = groups(data, out);
        finish_strict(data, done, start, out)
    } else {
        decode_lenient(data, out, groups)
    }
}

/// Decodes groups of four data characters up to the first that is not one, and says how many characters that were.
#[inline]
pub(super) fn groups(data: &[u8], out: &mut OutBuf<'_>) -> usize {
    let value = |byte: u8| u32::from(VALUES[usize::from(byte)]);
    let (groups, _) = data.as_chunks::<4>();
    // As in `encode`.
    let mut bytes = OutBuf::new(out.spare_mut());
    let mut done = 0;
    for &[a, b, c, d] in groups {
        let [a, b, c, d] = [value(a), value(b), value(c), value(d)];
        if (a | b | c | d) & u32::from(INVALID) != 0 {
            break;
        }
        bytes.extend_from_slice(&join([a, b, c, d]));
        done += 4;
    }
    let len = bytes.len();
    // SAFETY: `bytes` is over the spare memory of `out`, and has been filled to `len`.
    unsafe { out.advance(len) }
    done
}

/// Decodes all of `data` in lenient mode. `groups` is [`groups`] or a vector kernel that does the same.
///
/// Long runs of whole groups, as the lines of MIME text are, go to `groups`. Where runs are short, a piece of text is
/// taken in two steps that do not branch on what the bytes are: their values are stored one behind the other, the place
/// moving on only for data characters; then the values are joined.
#[inline]
pub(super) fn decode_lenient(
    data: &[u8],
    out: &mut OutBuf<'_>,
    groups: impl Fn(&[u8], &mut OutBuf<'_>) -> usize,
) -> Result<(), DecodeError> {
    /// How many characters a long run has, and a piece.
    const PIECE: usize = 32;
    let start = out.len();
    let mut rest = data;
    // Whether the last piece had no junk in it: only then a long run is likely.
    let mut clean = true;
    loop {
        if clean {
            let run = groups(rest, out);
            rest = &rest[run..];
            let junk = rest.iter().take_while(|byte| VALUES[usize::from(**byte)] == INVALID).count();
            rest = &rest[junk..];
            if rest.is_empty() {
                return Ok(());
            }
            if run >= PIECE && junk != 0 {
                continue;
            }
        }

        let mut values = [0; PIECE + 4];
        let mut held = 0;
        let mut hold = |byte: u8| {
            let value = VALUES[usize::from(byte)];
            values[held] = value;
            held += usize::from(value != INVALID);
            held
        };
        let (piece, mut behind) = rest.split_at(rest.len().min(PIECE));
        let mut count = 0;
        for &byte in piece {
            count = hold(byte);
        }
        clean = count == piece.len();
        while count % 4 != 0
            && let Some((&byte, next)) = behind.split_first()
        {
            count = hold(byte);
            behind = next;
        }
        rest = behind;
        let (whole, last) = values[..count].as_chunks::<4>();
        // As in `encode`.
        let mut bytes = OutBuf::new(out.spare_mut());
        for &values in whole {
            bytes.extend_from_slice(&join(values.map(u32::from)));
        }
        let len = bytes.len();
        // SAFETY: `bytes` is over the spare memory of `out`, and has been filled to `len`.
        unsafe { out.advance(len) }
        if !last.is_empty() {
            // The text has come to its end within a group.
            push_unfinished(last, out);
            return check_lenient_end(data, last.len(), out.len() - start);
        }
    }
}

/// The bytes of a group of four values.
#[inline]
fn join([a, b, c, d]: [u32; 4]) -> [u8; 3] {
    let [_, x, y, z] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
    [x, y, z]
}

/// Writes the whole bytes of a group that has fewer than four values.
#[inline]
fn push_unfinished(values: &[u8], out: &mut OutBuf<'_>) {
    let mut group = [0; 4];
    group.iter_mut().zip(values).for_each(|(slot, value)| *slot = u32::from(*value));
    out.extend_from_slice(&join(group)[..values.len() * 6 / 8]);
}

/// Whether a text may end with `held` (below four) characters in its last group, `written` bytes having been written.
#[inline]
pub(super) fn check_lenient_end(data: &[u8], held: usize, written: usize) -> Result<(), DecodeError> {
    match held {
        0 => Ok(()),
        1 => Err(DecodeError::InvalidLength(invalid_length(written))),
        _ => {
            let behind = data.iter().rev().take_while(|byte| VALUES[usize::from(**byte)] == INVALID);
            let pads = behind.filter(|byte| **byte == PAD).take(4 - held).count();
            if held + pads == 4 { Ok(()) } else { Err(DecodeError::IncorrectPadding) }
        }
    }
}

/// The number of data characters in a text whose last one stands alone behind `written` bytes.
fn invalid_length(written: usize) -> usize {
    written / 3 * 4 + 1
}

/// Decodes in strict mode what is left of `data` behind all its leading whole groups, `done` characters, the output of
/// which began at `start`.
pub(super) fn finish_strict(data: &[u8], done: usize, start: usize, out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    let rest = &data[done..];
    // The characters of an unfinished group; nothing but its pads may follow.
    let held = rest.iter().take(4).take_while(|byte| VALUES[usize::from(**byte)] != INVALID).count();
    debug_assert!(held < 4);
    let mut values = [0; 3];
    values.iter_mut().zip(&rest[..held]).for_each(|(value, byte)| *value = VALUES[usize::from(*byte)]);
    push_unfinished(&values[..held], out);
    let needed = (4 - held) % 4;
    for (pads, &byte) in rest[held..].iter().enumerate() {
        if byte == PAD {
            match held {
                0 if done == 0 => return Err(DecodeError::LeadingPadding),
                1 => return Err(DecodeError::InvalidLength(invalid_length(out.len() - start))),
                _ if pads == needed => return Err(DecodeError::ExcessPadding),
                _ => {}
            }
        } else if VALUES[usize::from(byte)] == INVALID {
            return Err(DecodeError::NotBase64);
        } else if pads == needed {
            return Err(DecodeError::ExcessData);
        } else {
            return Err(DecodeError::DiscontinuousPadding);
        }
    }
    match held {
        0 => Ok(()),
        1 => Err(DecodeError::InvalidLength(invalid_length(out.len() - start))),
        _ if rest.len() - held < needed => Err(DecodeError::IncorrectPadding),
        _ => Ok(()),
    }
}
