//! CPython's `_bz2` module: the objects that `bz2` uses to compress and decompress the bzip2 format.
//!
//! Follows `Modules/_bz2module.c` of CPython, and libbzip2 1.0.8 in place of linking it. Compressed bytes are
//! those of libbzip2.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions that Argument Clinic's code calls.
//! - `boundary/compressor.rs`, `boundary/decompressor.rs`: `BZ2Compressor` and `BZ2Decompressor`.
//! - `boundary/error.rs`: the exception of each error.
//!
//! The pure core, which knows nothing of Python:
//!
//! - `stream.rs`: types that both directions share; `crc32.rs`: the checksum; `words.rs`: eight bytes in a
//!   word.
//! - `compress.rs`: the encoder, with a file for each stage of a block: `rle1.rs`, `bwt.rs` (its sort in `bwt/`),
//!   `mtf.rs`, `coding_tables.rs`, `code_lengths.rs`, `bit_writer.rs`.
//! - `decompress.rs`: the decoder, with the same stages in the opposite order: `bit_reader.rs`, `huffman.rs`, `mtf.rs`,
//!   `inverse_bwt.rs`, `derandomise.rs`, `rle1.rs`.
//!
//! Differences:
//!
//! - For a block of 10,000 bytes or more that repeats a longer string, `origPtr`, the row of the block among its sorted
//!   rotations, may differ: several rows are equal, and each is right.
//! - Memory is allocated as the data needs it, so `MemoryError` is raised by `compress()` and `flush()`, not by the
//!   constructor.
//! - `tracemalloc` does not see the state of the streams, which comes from Rust's allocator.
//! - `unused_data` is a computed attribute, so that reading it while another thread decompresses is safe; in C it is a
//!   member descriptor, as `eof` and `needs_input` are here too.

#[cfg(feature = "python")]
pub mod boundary;
pub mod compress;
mod crc32;
pub mod decompress;
pub mod stream;
mod words;
