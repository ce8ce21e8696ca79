//! CPython's `zlib` module: compression with deflate, in zlib, gzip and raw containers.
//!
//! Follows `Modules/zlibmodule.c` of CPython 3.14.7 and 3.15.0rc2. Compression is zlib-rs, except for small inputs and
//! for whole streams of level 1; decompression is the crate `inflate`.
//!
//! Differences:
//!
//! - Compressed bytes are those of zlib-rs, which follows zlib-ng's choices, or of `small.rs` and `fast.rs`, not zlib's.
//!   They decompress to the same data anywhere. Their lengths differ by up to 2 % at each level over a mixed corpus, and
//!   headers are the same.
//! - Level 1 of objects is zlib-rs's level 2 with a smaller search: see `stream.rs`.
//! - A compression object gets its memory when it has been given more than little data.
//! - Up to four finished states of each kind are kept for the next use: some 370 KiB each for compression and 40 KiB for
//!   decompression.
//! - `eof`, `unused_data`, `unconsumed_tail` and `needs_input` are computed attributes, so that reading one while
//!   another thread decompresses is safe; in C they are member descriptors.
//! - `_ZlibDecompressor` uses its `zdict` for streams with a zlib header, too, and raises `error` when a dictionary is
//!   needed and there is none. C returns from the method without an exception there, which becomes a `SystemError`.
//! - A `zdict` whose `__buffer__` uses the decompressor that asks for it works; in C it waits for itself.

mod block;
#[cfg(feature = "python")]
pub mod boundary;
#[cfg(feature = "python")]
mod compressor;
#[cfg(feature = "python")]
mod decompressor;
#[cfg(feature = "python")]
mod failure;
pub mod fast;
#[cfg(feature = "python")]
mod oneshot;
pub mod pool;
pub mod reader;
pub mod shape;
pub mod small;
pub mod stream;
#[cfg(test)]
mod testing;
mod words;
#[cfg(feature = "python")]
mod zlib_decompressor;
