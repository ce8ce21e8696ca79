//! CPython's `_bz2` module: the objects behind `bz2`, which compress and decompress the format of bzip2.
//!
//! Follows `Modules/_bz2module.c` of CPython. Both directions are our own, for their speed and because they take
//! memory as the data asks for it. Compressed bytes are the same as C's.
//!
//! Differences:
//!
//! - Of a block of 10,000 bytes or more that is nothing but a longer piece repeated, the number that says where among its
//!   rotations it begins may differ: several are right, as those rotations are equal.
//! - Memory is taken as the data asks for it, so running out of it is an error of `compress()` and `flush()`, not of the
//!   constructor.
//! - `tracemalloc` does not see the states of the streams: they come from Rust's allocator.
//! - `eof`, `unused_data` and `needs_input` are computed attributes, so that reading one while another thread
//!   decompresses is safe; in C they are member descriptors.

#[cfg(feature = "python")]
pub mod boundary;
#[cfg(feature = "python")]
mod compressor;
pub mod decode;
#[cfg(feature = "python")]
mod decompressor;
pub mod encode;
#[cfg(feature = "python")]
mod failure;
pub mod stream;
