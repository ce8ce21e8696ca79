//! CPython's `binascii` module: conversions between binary data and its ASCII forms.
//!
//! Follows `Modules/binascii.c` of CPython.

#[cfg(feature = "python")]
pub mod boundary;

pub mod base64;
pub mod hex;
#[cfg(target_arch = "x86_64")]
mod zmm;

pub mod crc_hqx;
pub mod quoted_printable;
#[cfg(test)]
mod testing;
pub mod uu;
