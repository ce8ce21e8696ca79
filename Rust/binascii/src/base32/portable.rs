//! Base32 without vector instructions: the Portable level, and the ends that the vector kernels leave.

use super::{GROUP, GROUP_BYTES, Options, text_len};
use crate::alphabet::{INVALID, PAD, ReverseTable};
use core::mem::MaybeUninit;
use outbuf::OutBuf;

/// The eight characters of 40 bits.
#[inline(always)]
fn characters(bits: u64, alphabet: &[u8; 32]) -> [u8; GROUP] {
    core::array::from_fn(|i| alphabet[(bits >> (35 - 5 * i)) as usize & 31])
}

/// Encodes all of `data`.
#[inline]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    let len = text_len(data.len(), options.padded);
    encode_short(data, options, &mut out.spare_mut()[..len]);
    // SAFETY: all of these bytes have just been stored.
    unsafe { out.advance(len) }
}

/// Encodes `data` in one line, which is all of `text`.
#[inline]
pub(super) fn encode_short(data: &[u8], options: Options<'_>, text: &mut [MaybeUninit<u8>]) {
    let (groups, rest) = data.as_chunks::<GROUP_BYTES>();
    let Some((text, end)) = text.split_at_mut_checked(groups.len() * GROUP) else { return };
    for (&[a, b, c, d, e], text) in groups.iter().zip(text.as_chunks_mut::<GROUP>().0) {
        let bits = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
        *text = characters(bits, options.alphabet).map(MaybeUninit::new);
    }
    if !rest.is_empty() {
        let bits = rest.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)) << (40 - 8 * rest.len());
        let chars = (rest.len() * 8).div_ceil(5);
        let last = characters(bits, options.alphabet);
        for (index, (place, character)) in end.iter_mut().zip(last).enumerate() {
            place.write(if index < chars { character } else { PAD });
        }
    }
}

/// Decodes whole groups, the last of which may have pads, and returns how many data characters there are; `None` when there
/// is anything else.
#[inline]
pub(super) fn decode_short(data: &[u8], table: &ReverseTable, bytes: &mut [MaybeUninit<u8>; 64]) -> Option<usize> {
    let (groups, _) = data.as_chunks::<GROUP>();
    let Some((last, groups)) = groups.split_last() else { return Some(0) };
    let mut places = bytes.as_chunks_mut::<GROUP_BYTES>().0.iter_mut();
    let mut all = 0;
    let mut push = |values: [u8; GROUP]| {
        all |= values.iter().fold(0, |all, value| all | value);
        let bits = values.iter().fold(0u64, |bits, value| bits << 5 | u64::from(*value));
        if let Some(place) = places.next() {
            let [_, _, _, bytes @ ..] = bits.to_be_bytes();
            *place = bytes.map(MaybeUninit::new);
        }
    };
    for group in groups {
        push(group.map(|byte| table.value(byte)));
    }
    let pads = last.iter().rev().take_while(|byte| **byte == PAD).count();
    let mut values = last.map(|byte| table.value(byte));
    for value in values.iter_mut().rev().take(pads) {
        *value = 0;
    }
    push(values);
    (all & INVALID == 0).then(|| data.len() - pads)
}

/// Decodes groups of eight data characters up to the first that is not one, and says how many characters that were.
#[inline]
pub(super) fn groups(data: &[u8], table: &ReverseTable, out: &mut OutBuf<'_>) -> usize {
    let (groups, _) = data.as_chunks::<GROUP>();
    let mut done = 0;
    for group in groups {
        let values = group.map(|byte| table.value(byte));
        if values.iter().fold(0, |all, value| all | value) & INVALID != 0 {
            break;
        }
        let bits = values.iter().fold(0u64, |bits, value| bits << 5 | u64::from(*value));
        let [_, _, _, bytes @ ..] = bits.to_be_bytes();
        out.extend_from_slice(&bytes);
        done += GROUP;
    }
    done
}
