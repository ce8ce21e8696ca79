//! Compression with DEFLATE (RFC 1951) in raw, zlib (RFC 1950) and gzip (RFC 1952) streams.
//!
//! [`Deflate`] is a stream with the calls of `zlib.h`: `deflateInit2`, `deflate`, `deflateSetDictionary`, `deflateParams`,
//! `deflateCopy`, `deflateReset`, `deflateBound`. It has two profiles:
//!
//! - [`Profile::Exact`] gives byte for byte what zlib 1.2.12 to 1.3.1 give for the same calls, with the same results and the same
//!   amounts read and written in each. It is for golden files and reproducible builds.
//! - [`Profile::Fast`] is faster, and about as small or smaller. Its output depends on the data, the parameters and the flushes,
//!   not on how input and output are cut.
//!
//! Neither takes more memory than zlib. Memory is reserved when a stream is made, and running out is [`Error::Mem`].
//!
//! # Files
//!
//! Both profiles share the state machine of `stream.rs`, the symbols and pending output of `pending.rs`, the Huffman codes
//! of `trees.rs` and the blocks of `block.rs`.
//!
//! Exact: `window.rs` is the window with zlib's hash chains, `longest_match.rs` their search; `stored.rs`, `fast.rs`,
//! `slow.rs`, `huff.rs` and `rle.rs` are zlib's functions of these names. What differs from zlib is how decisions are computed,
//! not which: strings are inserted into the hash chains in groups ahead of the search, compared by words, and the search
//! has a loop of its own for each length found so far. Deutsch, "DEFLATE Compressed Data Format Specification", RFC 1951,
//! section 4, describes lazy evaluation and the limits on chains.
//!
//! Fast: `history.rs` is the window with hash chains of four-byte strings and a table of three-byte strings, `lazy.rs` the parser
//! of levels 2 to 9 and `split.rs` its block splitting, as in libdeflate (Eric Biggers); `quick.rs` is level 1, one
//! probe of a hash table for each string, as in Intel's ISA-L; `parser.rs` is what both learn from the block so far;
//! `two_queues.rs` is how codes are made, and `plain.rs` has the strategies and the level without search.

#![deny(unsafe_code)]

mod block;
mod bytes;
mod config;
mod fast;
mod history;
mod huff;
mod lazy;
mod longest_match;
mod parser;
mod pending;
mod plain;
mod quick;
mod rle;
mod slow;
mod split;
mod stored;
mod stream;
mod tables;
#[cfg(test)]
mod tests;
mod trees;
mod two_queues;
mod window;
#[expect(unsafe_code, reason = "unaligned loads")]
mod words;

pub use config::{Config, Error, Flush, Profile, Status, Strategy};
pub use stream::Deflate;
