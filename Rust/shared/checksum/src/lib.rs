//! The checksums that several modules share.
//!
//! `binascii` and `zlib` both have a function for CRC-32, with the same meaning of the starting value, so it is here.

mod adler;
mod combine;
mod crc;
#[cfg(test)]
mod testing;

pub use adler::adler32;
pub use combine::{adler32_combine, crc32_combine};
pub use crc::crc32;
