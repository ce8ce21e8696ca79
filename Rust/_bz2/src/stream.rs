//! Types and constants that both directions share.

#![cfg_attr(not(test), forbid(unsafe_code))]

/// The six bytes that start a block, the first digits of pi, and those that start the stream trailer, of its square root.
pub(crate) const BLOCK_MAGIC: u64 = 0x3141_5926_5359;
pub(crate) const END_MAGIC: u64 = 0x1772_4538_5090;

/// Why a stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Memory could not be allocated.
    #[doc(alias = "BZ_MEM_ERROR")]
    Memory,
    /// The data is not in the bzip2 format, or a checksum does not match.
    #[doc(alias = "BZ_DATA_ERROR")]
    Data,
    /// A call that is not allowed in the current state.
    #[doc(alias = "BZ_SEQUENCE_ERROR")]
    Sequence,
}

/// The result of one step of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of the input have been consumed.
    pub consumed: usize,
    /// Whether the stream has ended.
    pub ended: bool,
}

#[cfg(test)]
mod tests;
