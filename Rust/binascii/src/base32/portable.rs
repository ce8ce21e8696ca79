//! Base32 without vector instructions: the Portable level, and the ends that the vector kernels leave.

#![forbid(unsafe_code)]

use super::{GROUP, GROUP_BYTES, Options};
use crate::alphabet::{INVALID, PAD, ReverseTable};
use outbuf::OutBuf;

/// The eight characters of 40 bits.
#[inline(always)]
fn characters(bits: u64, alphabet: &[u8; 32]) -> [u8; GROUP] {
    core::array::from_fn(|i| alphabet[(bits >> (35 - 5 * i)) as usize & 31])
}

/// Encodes all of `data`.
#[inline]
pub(super) fn encode(data: &[u8], options: Options<'_>, out: &mut OutBuf<'_>) {
    let (groups, rest) = data.as_chunks::<GROUP_BYTES>();
    for &[a, b, c, d, e] in groups {
        let bits = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
        out.extend_from_slice(&characters(bits, options.alphabet));
    }
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[3..3 + rest.len()].copy_from_slice(rest);
        let mut text = characters(u64::from_be_bytes(last), options.alphabet);
        let len = (rest.len() * 8).div_ceil(5);
        text[len..].fill(PAD);
        out.extend_from_slice(if options.padded { &text } else { &text[..len] });
    }
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
