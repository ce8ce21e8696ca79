//! Base64 without vector instructions: the Portable level, and what the vector kernels leave over.

#![forbid(unsafe_code)]

use super::{ALPHABET, DecodeError, INVALID, PAD, VALUES};
use outbuf::OutBuf;

/// The character for the low six bits of `bits`.
#[inline]
fn character(bits: u64) -> u8 {
    ALPHABET[(bits & 63) as usize]
}

/// Encodes all of `data`.
#[inline]
pub(super) fn encode(data: &[u8], newline: bool, out: &mut OutBuf<'_>) {
    // Six bytes make eight characters: one load and one store of a machine word each.
    let (blocks, _) = data.as_chunks::<6>();
    for &[a, b, c, d, e, f] in blocks {
        let bits = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        out.extend_from_slice(&[
            character(bits >> 42),
            character(bits >> 36),
            character(bits >> 30),
            character(bits >> 24),
            character(bits >> 18),
            character(bits >> 12),
            character(bits >> 6),
            character(bits),
        ]);
    }
    let (groups, rest) = data[blocks.len() * 6..].as_chunks::<3>();
    for &[a, b, c] in groups {
        let bits = u64::from_be_bytes([0, 0, 0, 0, 0, a, b, c]);
        out.extend_from_slice(&[character(bits >> 18), character(bits >> 12), character(bits >> 6), character(bits)]);
    }
    match *rest {
        [a] => {
            let bits = u64::from(a);
            out.extend_from_slice(&[character(bits >> 2), character(bits << 4), PAD, PAD]);
        }
        [a, b] => {
            let bits = u64::from(a) << 8 | u64::from(b);
            out.extend_from_slice(&[character(bits >> 10), character(bits >> 4), character(bits << 2), PAD]);
        }
        _ => {}
    }
    if newline {
        out.push(b'\n');
    }
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
    let mut done = 0;
    for &[a, b, c, d] in groups {
        let [a, b, c, d] = [value(a), value(b), value(c), value(d)];
        if (a | b | c | d) & u32::from(INVALID) != 0 {
            break;
        }
        let [_, x, y, z] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
        out.extend_from_slice(&[x, y, z]);
        done += 4;
    }
    done
}

/// Decodes all of `data` in lenient mode. `groups` is [`groups`] or a vector kernel that does the same.
#[inline]
pub(super) fn decode_lenient(
    data: &[u8],
    out: &mut OutBuf<'_>,
    groups: impl Fn(&[u8], &mut OutBuf<'_>) -> usize,
) -> Result<(), DecodeError> {
    let start = out.len();
    let mut pos = groups(data, out);
    // The values of an unfinished group, and how many those are.
    let (mut bits, mut held) = (0u32, 0);
    while let Some(&byte) = data.get(pos) {
        pos += 1;
        let value = VALUES[usize::from(byte)];
        if value == INVALID {
            if held == 0 {
                // Between groups, as line ends mostly are. Pass the whole run, then go on at full speed.
                pos += data[pos..].iter().take_while(|byte| VALUES[usize::from(**byte)] == INVALID).count();
                pos += groups(&data[pos..], out);
            }
            continue;
        }
        bits = bits << 6 | u32::from(value);
        held += 1;
        if held == 4 {
            let [_, x, y, z] = bits.to_be_bytes();
            out.extend_from_slice(&[x, y, z]);
            (bits, held) = (0, 0);
            pos += groups(&data[pos..], out);
        }
    }
    match held {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    check_lenient_end(data, held, out.len() - start)
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
    let bits = rest[..held].iter().fold(0, |bits, byte| bits << 6 | u32::from(VALUES[usize::from(*byte)]));
    match held {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
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
