//! CPython's `_bz2` module: the objects behind `bz2`, which compress and decompress the format of bzip2.
//!
//! Follows `Modules/_bz2module.c` of CPython 3.14.7. Decompression is our own, for its speed and because it takes memory
//! as the data asks for; so is compression of little data. The rest is compressed by libbz2-rs-sys.
//!
//! Differences:
//!
//! - Of little data that is nothing but repetitions, such as "abab", the compressed bytes may differ: where the block
//!   begins among its rotations can be said in several ways.
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
