//! What base85 and Ascii85 share: four bytes, as a number in big-endian order, are five digits in radix 85.
//!
//! There are no AVX2 kernels: the look-up of 85 characters and the gaps of five bytes take so many of its instructions that
//! scalar code is as fast.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx512;

use crate::alphabet::ReverseTable;
use crate::ignorechars::{Backoff, Classes, PIECE, SHORTEST_PIECE, compact};
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// The bytes and the characters of a group.
pub(crate) const GROUP_BYTES: usize = 4;
pub(crate) const GROUP: usize = 5;

/// The divisor that splits a number into an upper part and two lower digits.
const RADIX2: u32 = 85 * 85;
const RADIX4: u32 = RADIX2 * RADIX2;

/// Which groups have a short form of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShortForms {
    /// `z` is four zeros.
    pub(crate) zeros: bool,
    /// `y` is four spaces.
    pub(crate) spaces: bool,
}

impl ShortForms {
    /// No short forms, as in base85.
    pub(crate) const NONE: Self = Self { zeros: false, spaces: false };

    /// The short form of the group with this value.
    #[inline(always)]
    fn character(self, value: u32) -> Option<u8> {
        match value {
            0 if self.zeros => Some(b'z'),
            0x2020_2020 if self.spaces => Some(b'y'),
            _ => None,
        }
    }
}

/// The length of the text of `len` bytes without short forms. Without `pad` the last group has only the characters that its
/// bytes need.
#[inline]
pub(crate) fn text_len(len: usize, pad: bool) -> usize {
    let last = len % GROUP_BYTES;
    len / GROUP_BYTES * GROUP
        + match last {
            0 => 0,
            _ if pad => GROUP,
            _ => last + 1,
        }
}

/// Encodes all of `data`. The processor has the instructions of `level` if it is [`Level::detect`] or lower, which is
/// checked.
#[inline]
pub(crate) fn encode(
    level: Level,
    data: &[u8],
    alphabet: &[u8; 85],
    short: ShortForms,
    pad: bool,
    out: &mut OutBuf<'_>,
) {
    let (groups, rest) = data.as_chunks::<GROUP_BYTES>();
    match level.min(Level::detect()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level and of the lower ones.
        Level::Avx512 => unsafe { avx512::encode_groups(groups, alphabet, short, out) },
        _ => portable::encode_groups(groups, alphabet, short, out),
    }
    if !rest.is_empty() {
        let mut last = [0; GROUP_BYTES];
        last[..rest.len()].copy_from_slice(rest);
        if pad {
            portable::encode_groups(&[last], alphabet, short, out);
        } else {
            let text = portable::characters(u32::from_be_bytes(last), alphabet);
            out.extend_from_slice(&text[..rest.len() + 1]);
        }
    }
}

/// The most bytes that [`encode_short`] takes.
///
/// cbindgen:ignore
pub const SHORT: usize = 32;
/// The most characters that [`decode_short`] takes.
///
/// cbindgen:ignore
pub const SHORT_TEXT: usize = 40;

/// How many bytes [`encode_short`] writes for `data`; `None` when there are too many for it, more than one line of `width`
/// characters, or a group that may have a short form.
#[inline(always)]
pub(crate) fn short_len(data: &[u8], short: ShortForms, pad: bool, width: usize) -> Option<usize> {
    let len = text_len(data.len(), pad);
    if data.len() > SHORT || width != 0 && width < len {
        return None;
    }
    let (groups, rest) = data.as_chunks::<GROUP_BYTES>();
    let shortened = groups.iter().any(|group| short.character(u32::from_be_bytes(*group)).is_some());
    (!shortened && (rest.is_empty() || !pad || short == ShortForms::NONE)).then_some(len)
}

/// Encodes `data`, for which [`short_len`] does not say `None`, without the choice of a kernel; returns false, and writes
/// nothing, when `out` has not exactly the space. This cannot panic.
#[inline(always)]
pub(crate) fn encode_short(data: &[u8], alphabet: &[u8; 85], pad: bool, out: &mut OutBuf<'_>) -> bool {
    let text = out.spare_mut();
    let len = text.len();
    if len != text_len(data.len(), pad) {
        return false;
    }
    portable::encode_short(data, alphabet, text);
    // SAFETY: all of `text` has been stored.
    unsafe { out.advance(len) }
    true
}

/// Decodes `data` if it is short, and only whole groups of data characters; returns false, and writes nothing that counts,
/// for any other text, which may be valid all the same, and for a group of the value zero if `zero_ends`. This cannot panic.
#[inline(always)]
pub(crate) fn decode_short(data: &[u8], table: &ReverseTable, zero_ends: bool, out: &mut OutBuf<'_>) -> bool {
    let (groups, rest) = data.as_chunks::<GROUP>();
    let Some(bytes) = out.spare_mut().first_chunk_mut::<SHORT>() else { return false };
    if data.len() > SHORT_TEXT || !rest.is_empty() || !portable::decode_short(groups, table, zero_ends, bytes) {
        return false;
    }
    // SAFETY: at most eight groups have been decoded to four bytes each.
    unsafe { out.advance(groups.len() * GROUP_BYTES) }
    true
}

/// Decodes groups of five data characters up to the first that is not one, or whose value does not fit, or is zero if
/// `zero_ends`. Returns how many characters the groups are.
#[inline]
fn decode_groups(level: Level, data: &[u8], table: &ReverseTable, zero_ends: bool, out: &mut OutBuf<'_>) -> usize {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level has been checked in `decode`.
        Level::Avx512 => unsafe { avx512::decode_groups(data, table, zero_ends, out) },
        _ => portable::decode_groups(data, table, zero_ends, out),
    }
}

/// A group that is complete, or the last one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The number of characters it took, with the ignored ones.
    Characters(usize),
    /// There is no more text.
    End,
}

/// Decodes all of `data`, from group boundary to group boundary: runs of whole groups by the kernels, and the rest by
/// `decode_group`, which decodes one group at the position that it gets, or finds the error.
pub(crate) fn decode<E>(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    zero_ends: bool,
    classes: impl Fn() -> Option<Classes>,
    out: &mut OutBuf<'_>,
    decode_group: impl Fn(usize, &mut OutBuf<'_>) -> Result<Group, E>,
) -> Result<(), E> {
    // A short text is mostly an error, as `decode_short` leaves it, or ends within a group.
    let portable = !table.is_printable() || data.len() <= SHORT_TEXT;
    let level = if portable { Level::Portable } else { level.min(Level::detect()) };
    let mut done = 0;
    let mut backoff = Backoff::new();
    let mut all_classes = None;
    loop {
        let mut run = decode_groups(level, &data[done..], table, zero_ends, out);
        let mut failed = false;
        if data.len() - done - run >= SHORTEST_PIECE
            && let Some(classes) = all_classes.get_or_insert_with(&classes)
        {
            let (used, ok) = decode_pieces(level, &data[done + run..], table, zero_ends, classes, out);
            (run, failed) = (run + used, !ok);
        }
        done += run;
        // An error is found group by group.
        let singly = if failed { usize::MAX } else { backoff.next(run / GROUP) };
        for _ in 0..singly {
            match decode_group(done, out)? {
                Group::Characters(used) => done += used,
                Group::End => return Ok(()),
            }
        }
    }
}

/// Decodes pieces of text in which there are characters to ignore, as long as they are long. Returns how many characters they
/// are, and false if there is a group in the next piece that cannot be decoded.
#[inline(never)]
fn decode_pieces(
    level: Level,
    data: &[u8],
    table: &ReverseTable,
    zero_ends: bool,
    classes: &Classes,
    out: &mut OutBuf<'_>,
) -> (usize, bool) {
    let mut done = 0;
    loop {
        let mut memory = [MaybeUninit::uninit(); PIECE + 64];
        let mut scratch = OutBuf::new(&mut memory);
        let used = compact(level, &data[done..], classes, GROUP, &mut scratch);
        if used < SHORTEST_PIECE {
            return (done, true);
        }
        let before = out.len();
        if decode_groups(level, scratch.filled(), table, zero_ends, out) < scratch.len() {
            out.truncate(before);
            return (done, false);
        }
        done += used;
    }
}

/// The number that `value` (below 2**32, `held` digits) becomes with one digit more; `None` when it does not fit.
#[inline]
pub(crate) fn push_digit(value: u32, digit: u8) -> Option<u32> {
    value.checked_mul(85)?.checked_add(digit.into())
}

/// Whether the last group, of `missing` characters too few and with this value, is what an encoder writes.
///
/// The missing digits have been taken as the highest. An encoder takes the missing bytes as zeros, and writes the upper
/// digits of that number.
pub(crate) fn is_canonical(value: u32, missing: usize) -> bool {
    let zeros = 8 * missing as u32;
    let divisor = 85u32.pow(missing as u32);
    (value >> zeros << zeros) / divisor == value / divisor
}
