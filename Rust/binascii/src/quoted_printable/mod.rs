//! Quoted-printable, the transfer encoding for text that is mostly ASCII (RFC 2045, section 6.7), and its variant for
//! mail headers, "Q" (RFC 2047, section 4.2).
//!
//! The C module departs from the RFCs in several places, and programs have come to rely on them: what is written here
//! follows its behaviour, not the RFCs.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod decode;
mod encode;
mod room;

pub use decode::decode;
pub use encode::{Options, encode};
pub use room::max_encoded_len;

#[cfg(test)]
mod tests;
