//! What a step of a stream comes to, in either direction.

/// Why a stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no memory.
    Memory,
    /// This is not bzip2's format, or a checksum is wrong.
    Data,
    /// The calls came in an order that makes no sense.
    Sequence,
}

/// What one step of a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How much of the input has been consumed.
    pub consumed: usize,
    /// Whether the stream has ended.
    pub ended: bool,
}

#[cfg(test)]
mod tests;
