//! CPython's `binascii` module: conversions between binary data and its ASCII forms.
//!
//! Follows `Modules/binascii.c` of CPython 3.14.7.

pub mod crc_hqx;
pub mod quoted_printable;
pub mod uu;
