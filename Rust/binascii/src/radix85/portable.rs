//! Radix 85 without vector instructions.

#![forbid(unsafe_code)]

use super::{GROUP, GROUP_BYTES, RADIX2, ShortForms};
use crate::alphabet::{INVALID, ReverseTable};
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
