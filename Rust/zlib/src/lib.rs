//! CPython's `zlib` module: compression and decompression with DEFLATE, in the zlib, gzip and raw formats.
//!
//! Follows `Modules/zlibmodule.c` of CPython 3.14.7 and 3.15.0rc2. Compression is the crate `deflate`, decompression the crate
//! `inflate`, checksums the crate `checksum`.
//!
//! Files that touch Python:
//!
//! - `boundary.rs`: the functions of the module that Argument Clinic's code calls.
//! - `boundary/oneshot.rs`: `compress()` and `decompress()`.
//! - `boundary/compress.rs`, `boundary/decompress.rs`, `boundary/zlib_decompressor.rs`: the methods of the three classes; next to
//!   each, in a folder of its name, `state.rs` is the data of an object.
//! - `boundary/module_state.rs`: the exception, the classes, and the choice of the profile.
//! - `boundary/error.rs`: the exception of each error.
//! - `boundary/memory.rs`: the allocator of decompressors, and the pool that all share.
//! - `boundary/release.rs`, `boundary/v3_15.rs`: differences between the releases of CPython.
//!
//! Without Python: `pool.rs`, the pool of streams, `boxed.rs`, where they are kept, and `return_code.rs`, zlib's return codes.
//!
//! Differences:
//!
//! - Compressed bytes are those of zlib 1.3.1 in the exact profile only, which `-X rust_zlib=exact` or `PYTHON_RUST_ZLIB=exact`
//!   choose. Those of the fast profile decompress to the same data anywhere. They depend on the data, the parameters
//!   and the flushes, not on how the data are cut into pieces.
//! - Up to four streams of each kind are kept for the next use: some 260 KiB each for compression and 40 KiB for
//!   decompression. `tracemalloc` does not see the former, which come from Rust's allocator.
//! - `unused_data` and `unconsumed_tail` are computed attributes, so that reading one while another thread decompresses is
//!   safe; in C they are member descriptors up to CPython 3.14.
//! - `_ZlibDecompressor` uses its `zdict` for streams with a zlib header, too, and raises `error` when a dictionary is
//!   needed and there is none. C returns from the method without an exception there, which becomes a `SystemError`.
//! - A `zdict` whose `__buffer__` uses the same decompressor works; in C it deadlocks.

#[cfg(feature = "python")]
pub mod boundary;
pub mod boxed;
pub mod pool;
pub mod return_code;
