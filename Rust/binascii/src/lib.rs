//! CPython's `binascii` module: conversions between binary data and its ASCII forms.
//!
//! Follows `Modules/binascii.c` of CPython 3.14.7.

#[cfg(feature = "python")]
mod boundary;
