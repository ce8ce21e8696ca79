//! CPython's `binascii` module: conversions between binary data and its ASCII forms.
//!
//! Follows `Modules/binascii.c` of CPython 3.14.7 and 3.15.0rc2.

#[cfg(feature = "python")]
pub mod boundary;

pub mod alphabet;
pub mod ascii85;
pub mod base32;
pub mod base64;
pub mod base85;
pub mod crc_hqx;
pub mod hex;
pub mod ignorechars;
pub mod quoted_printable;
pub mod uu;

mod line_wrap;
mod radix85;
mod rfc4648;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(test)]
mod testing;
