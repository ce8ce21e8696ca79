//! CPython's `zlib` module: compression with deflate, in zlib, gzip and raw containers.
//!
//! Follows `Modules/zlibmodule.c` of CPython. Deflate is zlib-rs, but for little data and for whole streams
//! of level 1; inflate is zlib-rs where speed counts, and else our own. Around these is the module.
//!
//! Differences:
//!
//! - Compressed bytes are those of zlib-rs, which follows zlib-ng's choices, or of `small.rs` and `fast.rs`, not zlib's.
//!   They decompress to the same data anywhere. Their lengths differ by up to 2 % at each level over a mixed corpus, and
//!   headers are the same.
//! - Level 1 of objects is zlib-rs's level 2 with a smaller search: see `stream.rs`.
//! - A compression object gets its memory when it has been given more than little data.
//! - A `_ZlibDecompressor` that is given damaged data in the middle of a stream may say "invalid distance too far back"
//!   where zlib says "invalid distance code" or "invalid literal/length code": zlib-rs forgets which of them it was.
//! - Up to four finished states of each kind are kept for the next use: some 370 KiB each for compression, 47 KiB for
//!   decompression by zlib-rs, and 40 KiB for our own.
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
pub mod inflate;
mod owned;
pub mod reader;
pub mod shape;
pub mod small;
pub mod spare;
pub mod stream;
#[cfg(test)]
mod testing;
#[cfg(feature = "python")]
mod whole;
mod words;
#[cfg(feature = "python")]
mod zlib_decompressor;
