//! Decompression of DEFLATE (RFC 1951) in raw, zlib (RFC 1950) and gzip (RFC 1952) streams.
//!
//! [`Inflate`] is a stream that takes input and room for output in pieces of any size. Its states are those of zlib's
//! `inflate.c`, so that it stops where zlib stops: the same error for the same byte, the same number of bytes consumed.
//! The main loop, which runs as long as there is input and room for several symbols, follows libdeflate's: table entries
//! that hold the bits of the code and of the extra bits together, a refill without branches, runs of up to three literals,
//! and copies of whole vectors that may write past the end of a match.
//!
//! | file | content |
//! | --- | --- |
//! | `state.rs` | [`Inflate`]: the states and the step from one to the next |
//! | `header.rs` | the headers of zlib and gzip |
//! | `dynamic.rs` | the header of a block with dynamic codes |
//! | `table.rs` | decoding tables (`inflate_table`) |
//! | `fast.rs` | the main loop (`inflate_fast`) |
//! | `bits.rs` | the bit reader (`NEEDBITS`, `PULLBYTE`, `DROPBITS`), and the next symbol of a code |
//! | `window.rs` | the last 32 KiB of output, for the next call |
//! | `allocation.rs` | memory whose allocation may fail |

mod allocation;
mod bits;
mod dynamic;
mod fast;
mod header;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod window;

pub use allocation::{Allocate, Memory, Release};
pub use state::{Error, Flush, Inflate, Status, Step};
