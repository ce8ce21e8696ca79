//! Radix 85 without vector instructions.

#![forbid(unsafe_code)]

use super::{GROUP, GROUP_BYTES, RADIX2, RADIX4, SHORT, ShortForms};
use crate::alphabet::{INVALID, ReverseTable};
use core::mem::MaybeUninit;
use outbuf::OutBuf;

/// The five characters of a number.
#[inline(always)]
pub(super) fn characters(value: u32, alphabet: &[u8; 85]) -> [u8; GROUP] {
    // Two digits at a time make for short chains of divisions.
    let (upper, lower) = (value / RADIX2, value % RADIX2);
    let (first, middle) = (upper / RADIX2, upper % RADIX2);
    [first, middle / 85, middle % 85, lower / 85, lower % 85].map(|digit| alphabet[digit as usize])
}

/// Encodes groups.
#[inline]
pub(super) fn encode_groups(
    groups: &[[u8; GROUP_BYTES]],
    alphabet: &[u8; 85],
    short: ShortForms,
    out: &mut OutBuf<'_>,
) {
    for group in groups {
        let value = u32::from_be_bytes(*group);
        match short.character(value) {
            Some(character) => out.push(character),
            None => out.extend_from_slice(&characters(value, alphabet)),
        }
    }
}

/// Encodes `data` to `text`, which has exactly the space for it, without short forms.
#[inline(always)]
pub(super) fn encode_short(data: &[u8], alphabet: &[u8; 85], text: &mut [MaybeUninit<u8>]) {
    let (groups, rest) = data.as_chunks::<GROUP_BYTES>();
    let Some((text, end)) = text.split_at_mut_checked(groups.len() * GROUP) else { return };
    for (group, text) in groups.iter().zip(text.as_chunks_mut::<GROUP>().0) {
        *text = characters(u32::from_be_bytes(*group), alphabet).map(MaybeUninit::new);
    }
    if !rest.is_empty() {
        let value = rest.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)) << (32 - 8 * rest.len());
        for (place, character) in end.iter_mut().zip(characters(value, alphabet)) {
            place.write(character);
        }
    }
}

/// Decodes at most eight groups; returns false when one is not of data characters, or its value does not fit, or is zero if
/// `zero_ends`.
#[inline(always)]
pub(super) fn decode_short(
    groups: &[[u8; GROUP]],
    table: &ReverseTable,
    zero_ends: bool,
    bytes: &mut [MaybeUninit<u8>; SHORT],
) -> bool {
    let (mut all, mut overflow, mut zero) = (0, 0, false);
    for (group, bytes) in groups.iter().zip(bytes.as_chunks_mut::<GROUP_BYTES>().0) {
        let digits = group.map(|byte| table.value(byte));
        all |= digits.iter().fold(0, |all, digit| all | digit);
        // The products do not wait for each other, as those of Horner's scheme do.
        let [a, b, c, d, e] = digits.map(u64::from);
        let value = a * u64::from(RADIX4) + b * (85 * u64::from(RADIX2)) + c * u64::from(RADIX2) + d * 85 + e;
        overflow |= value >> 32;
        zero |= value == 0;
        *bytes = (value as u32).to_be_bytes().map(MaybeUninit::new);
    }
    all & INVALID == 0 && overflow == 0 && !(zero_ends && zero)
}

/// Decodes groups of five data characters, as [`super::decode_groups`] says.
#[inline]
pub(super) fn decode_groups(data: &[u8], table: &ReverseTable, zero_ends: bool, out: &mut OutBuf<'_>) -> usize {
    let mut done = 0;
    for group in data.as_chunks::<GROUP>().0 {
        let digits = group.map(|byte| table.value(byte));
        if digits.iter().fold(0, |all, digit| all | digit) & INVALID != 0 {
            break;
        }
        let value = digits.iter().fold(0u64, |value, digit| value * 85 + u64::from(*digit));
        let Ok(value) = u32::try_from(value) else { break };
        if zero_ends && value == 0 {
            break;
        }
        out.extend_from_slice(&value.to_be_bytes());
        done += GROUP;
    }
    done
}
