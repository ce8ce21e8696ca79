//! Quoted-printable, the transfer encoding for text that is mostly ASCII (RFC 2045, section 6.7), and its variant for
//! mail headers, "Q" (RFC 2047, section 4.2).
//!
//! The C module departs from the RFCs in several places on which programs rely. This code follows the C module, not the
//! RFCs.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod decode;
mod encode;
mod encoded_len;

pub use decode::{SHORT, decode, decode_short, is_literal};
pub use encode::{Options, encode};
pub use encoded_len::max_encoded_len;

/// How far a line is filled unless a hard line end, or nothing, follows.
const MAX_COLUMN: usize = 75;

/// The size of the array for a line, with space for the widest store after the last column.
const LINE_CAPACITY: usize = MAX_COLUMN + 1 + 64;

#[cfg(test)]
mod tests;
