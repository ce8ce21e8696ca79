//! CPython's `binascii` module: conversions between binary data and its ASCII forms.
//!
//! Follows `Modules/binascii.c` of CPython 3.14.7.

#[cfg(feature = "python")]
mod boundary;

pub mod base64;
pub mod hex;
#[cfg(target_arch = "x86_64")]
mod zmm;

#[cfg(test)]
mod testing;
