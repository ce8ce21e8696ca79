//! Base64 without vector instructions: the Portable level, and the ends that the vector kernels leave.

use super::{GROUP, GROUP_BYTES, Options, PORTABLE_TEXT, check_lenient_end, text_len};
use crate::alphabet::{BASE64, INVALID, PAD, ReverseTable};
use crate::rfc4648::{DecodeError, Encoding, Rules, decode_strict, push_incomplete};
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// The two characters of each twelve bits in the standard alphabet. The table halves the look-ups, and takes an eighth to a
/// quarter of a first-level cache.
static PAIRS: [[u8; 2]; 4096] = {
    let mut pairs = [[0; 2]; 4096];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [BASE64[bits >> 6], BASE64[bits & 63]];
        bits += 1;
    }
    pairs
};

/// The most bytes that [`decode_short`] stores.
const PORTABLE_BYTES: usize = PORTABLE_TEXT / GROUP * GROUP_BYTES;

/// From how many bytes on the standard alphabet is recognised in order to use [`PAIRS`].
const PAIRS_FROM: usize = 64;

/// The four characters of 24 bits.
#[inline(always)]
fn characters(bits: u32, alphabet: &[u8; 64]) -> [u8; GROUP] {
    [18, 12, 6, 0].map(|shift| alphabet[(bits >> shift) as usize & 63])
}

/// Encodes all of `data`.
#[inline]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    // A buffer local to this function can live in registers: its length is not stored and loaded again around every
    // write to memory that might hold it.
    let mut text = OutBuf::new(out.spare_mut());
    let mut rest = data;
    if data.len() >= PAIRS_FROM && *options.alphabet == BASE64 {
        // Six bytes make eight characters: one load and one store of a machine word each.
        let (blocks, after) = data.as_chunks::<6>();
        for &[a, b, c, d, e, f] in blocks {
            let bits = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
            let pair = |shift: u32| PAIRS[(bits >> shift & 0xfff) as usize];
            text.extend_from_slice([pair(36), pair(24), pair(12), pair(0)].as_flattened());
        }
        rest = after;
    }
    let len = text_len(rest.len(), options.padded) + usize::from(options.newline);
    encode_short(rest, options, &mut text.spare_mut()[..len]);
    // SAFETY: all of these bytes have just been stored.
    unsafe { text.advance(len) }
    let len = text.len();
    // SAFETY: `text` is over the spare memory of `out`, and has been filled to `len`.
    unsafe { out.advance(len) }
}

/// Encodes `data` in one line, which is all of `text`.
#[inline]
pub(super) fn encode_short(data: &[u8], options: Options<'_>, text: &mut [MaybeUninit<u8>]) {
    let (groups, rest) = data.as_chunks::<3>();
    let Some((text, end)) = text.split_at_mut_checked(groups.len() * GROUP) else { return };
    for (&[a, b, c], text) in groups.iter().zip(text.as_chunks_mut::<GROUP>().0) {
        *text = characters(u32::from_be_bytes([0, a, b, c]), options.alphabet).map(MaybeUninit::new);
    }
    let mut last = [b'\n'; GROUP + 1];
    if let &[a, ref b @ ..] = rest {
        let b = b.first();
        let chars = characters(u32::from_be_bytes([0, a, b.copied().unwrap_or(0), 0]), options.alphabet);
        let pad = if options.padded { PAD } else { b'\n' };
        last = [chars[0], chars[1], if b.is_some() { chars[2] } else { pad }, pad, b'\n'];
    }
    for (place, character) in end.iter_mut().zip(last) {
        place.write(character);
    }
}

/// Decodes whole groups, the last of which may have pads, and returns how many data characters there are; `None` when there
/// is anything else.
#[inline]
pub(super) fn decode_short(data: &[u8], table: &ReverseTable, bytes: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let bytes = bytes.first_chunk_mut::<PORTABLE_BYTES>()?;
    let (groups, _) = data.as_chunks::<GROUP>();
    let Some((last, groups)) = groups.split_last() else { return Some(0) };
    let mut places = bytes.as_chunks_mut::<3>().0.iter_mut();
    let mut all = 0;
    let mut push = |values: [u32; GROUP]| {
        all |= values[0] | values[1] | values[2] | values[3];
        if let Some(place) = places.next() {
            *place = join(values).map(MaybeUninit::new);
        }
    };
    for group in groups {
        push(group.map(|byte| table.value(byte).into()));
    }
    let [a, b, c, d] = last.map(|byte| table.value(byte).into());
    let (last, pads) = match last {
        [_, _, PAD, PAD] => ([a, b, 0, 0], 2),
        [_, _, _, PAD] => ([a, b, c, 0], 1),
        _ => ([a, b, c, d], 0),
    };
    push(last);
    (all & u32::from(INVALID) == 0).then_some(data.len() - pads)
}

/// Decodes a text of at most [`PORTABLE_TEXT`] characters, those of the alphabet alone, and returns how many these are.
#[inline]
pub(super) fn decode_short_lenient(data: &[u8], table: &ReverseTable, bytes: &mut [MaybeUninit<u8>; 64]) -> usize {
    let mut values = [0; PORTABLE_TEXT + GROUP];
    let mut count = 0;
    for byte in data {
        // The next data character takes the place of one that is not.
        let value = table.value(*byte);
        if let Some(place) = values.get_mut(count) {
            *place = value;
        }
        count += usize::from(value != INVALID);
    }
    // What stands after the last data character is zero, or the mark of another, which the mask makes zero.
    let groups = values.as_chunks::<GROUP>().0.iter().take(count.div_ceil(GROUP));
    for (group, bytes) in groups.zip(bytes.as_chunks_mut::<GROUP_BYTES>().0) {
        *bytes = join(group.map(|value| u32::from(value & 63))).map(MaybeUninit::new);
    }
    count
}

/// Decodes all of `data`.
pub(super) fn decode(
    data: &[u8],
    table: &ReverseTable,
    strict: bool,
    rules: &Rules,
    out: &mut OutBuf<'_>,
) -> Result<(), DecodeError> {
    let groups = |data: &[u8], out: &mut OutBuf<'_>| groups(data, table, out);
    if strict {
        let start = out.len();
        decode_strict(Level::Portable, Encoding::Base64, data, table, rules, (0, start), out, groups)
    } else {
        decode_lenient(data, table, rules, out, groups)
    }
}

/// Decodes groups of four data characters up to the first that is not one, and says how many characters that were.
#[inline]
pub(super) fn groups(data: &[u8], table: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    let value = |byte: u8| u32::from(table.value(byte));
    let (groups, _) = data.as_chunks::<4>();
    // A local buffer, as in `encode`.
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
/// taken in two steps that do not branch on the bytes: their values are stored one after the other, the position
/// advancing only for data characters; then the values are joined.
#[inline]
pub(super) fn decode_lenient(
    data: &[u8],
    table: &ReverseTable,
    rules: &Rules,
    out: &mut OutBuf<'_>,
    groups: impl Fn(&[u8], &mut OutBuf<'_>) -> usize,
) -> Result<(), DecodeError> {
    /// How many characters a long run has, and a piece.
    const PIECE: usize = 32;
    let start = out.len();
    let mut rest = data;
    // Whether the last piece was all data: only then a long run is likely.
    let mut clean = true;
    loop {
        if clean {
            let run = groups(rest, out);
            rest = &rest[run..];
            let skipped = rest.iter().take_while(|byte| !table.contains(**byte)).count();
            rest = &rest[skipped..];
            if rest.is_empty() {
                return Ok(());
            }
            if run >= PIECE && skipped != 0 {
                continue;
            }
        }

        let mut values = [0; PIECE + 4];
        let mut held = 0;
        let mut hold = |byte: u8| {
            let value = table.value(byte);
            values[held] = value;
            held += usize::from(value != INVALID);
            held
        };
        let (piece, mut after) = rest.split_at(rest.len().min(PIECE));
        let mut count = 0;
        for &byte in piece {
            count = hold(byte);
        }
        clean = count == piece.len();
        while count % 4 != 0
            && let Some((&byte, next)) = after.split_first()
        {
            count = hold(byte);
            after = next;
        }
        rest = after;
        let (whole, last) = values[..count].as_chunks::<4>();
        // A local buffer, as in `encode`.
        let mut bytes = OutBuf::new(out.spare_mut());
        for &values in whole {
            bytes.extend_from_slice(&join(values.map(u32::from)));
        }
        let len = bytes.len();
        // SAFETY: `bytes` is over the spare memory of `out`, and has been filled to `len`.
        unsafe { out.advance(len) }
        if !last.is_empty() {
            // The text has come to its end within a group.
            let bits = last.iter().fold(0, |bits, value| bits << 6 | u64::from(*value));
            push_incomplete(Encoding::Base64, bits, last.len(), out);
            return check_lenient_end(data, table, rules, last.len(), out.len() - start);
        }
    }
}

/// The bytes of a group of four values.
#[inline]
pub(super) fn join([a, b, c, d]: [u32; 4]) -> [u8; 3] {
    let [_, x, y, z] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
    [x, y, z]
}
