//! The portable code, compiled with AVX2.
//!
//! The compiler's vectors are as good here as hand-written ones.

#![forbid(unsafe_code)]

use super::{DecodeError, portable};
use outbuf::OutBuf;

/// Encodes all of `data`.
#[target_feature(enable = "avx2")]
pub(super) fn encode(data: &[u8], out: &mut OutBuf<'_>) {
    portable::encode(data, out);
}

/// Encodes all of `data`, with `sep` between each two groups of `group` bytes.
#[target_feature(enable = "avx2")]
pub(super) fn encode_groups(data: &[u8], sep: u8, group: usize, out: &mut OutBuf<'_>) {
    portable::encode_groups(data, sep, group, out);
}

/// Decodes all of `pairs`.
#[target_feature(enable = "avx2")]
pub(super) fn decode(pairs: &[[u8; 2]], out: &mut OutBuf<'_>) -> Result<(), DecodeError> {
    portable::decode(pairs, out)
}
