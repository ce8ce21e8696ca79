//! CPython's `_bz2` module: the objects behind `bz2`, which compress and decompress the format of bzip2.
//!
//! Follows `Modules/_bz2module.c` of CPython 3.14.7. The algorithm is libbz2-rs-sys; what is here is the module
//! around it.
//!
//! Differences:
//!
//! - `tracemalloc` does not see the states of the streams, up to 7.6 MB each: they come from Rust's allocator.
//! - `eof`, `unused_data` and `needs_input` are computed attributes, so that reading one while another thread
//!   decompresses is safe; in C they are member descriptors.

#[cfg(feature = "python")]
pub mod boundary;
#[cfg(feature = "python")]
mod compressor;
pub mod decode;
#[cfg(feature = "python")]
mod decompressor;
#[cfg(feature = "python")]
mod failure;
pub mod stream;
