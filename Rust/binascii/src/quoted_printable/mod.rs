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

pub use decode::decode;
pub use encode::{Options, encode};
pub use encoded_len::max_encoded_len;

#[cfg(test)]
mod tests;
