//! CPython's `binascii` module: conversions between binary data and its ASCII forms.
//!
//! Follows `Modules/binascii.c` of CPython. Differences are listed in `Doc/differences.md`.
//!
//! - [`boundary`](self): what Python calls, one file for each encoding, and one for each release whose signatures differ.
//! - [`base64`], [`base32`]: RFC 4648. Their decoding rules are in `rfc4648`.
//! - [`base85`], [`ascii85`]: two encodings of 32-bit numbers in `radix85`.
//! - [`hex`], [`uu`], [`quoted_printable`]: the other encodings.
//! - [`crc_hqx`]: the CRC of BinHex. The other CRC is in the crate `checksum`.
//! - [`alphabet`], [`ignorechars`], `line_wrap`: what several encodings share.
//! - `avx2`, `avx512`: what several vector kernels share. In each folder of an encoding, `portable` is the code without
//!   vector instructions, and `avx2` and `avx512` are the kernels; `tests` compares all of them with a plain oracle.

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
