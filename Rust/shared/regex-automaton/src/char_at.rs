//! Characters of one, two and four bytes, and the pairs of first characters for each width.

/// The pairs of characters that a match can start with, for each width of a text.
#[derive(Debug)]
pub(crate) struct Pairs {
    pub(crate) narrow: Vec<[u8; 2]>,
    pub(crate) wide: Vec<[u16; 2]>,
    pub(crate) all: Vec<[u32; 2]>,
    /// Whether the pairs include all characters above 255 that a match can start with.
    pub(crate) exact: bool,
}

/// A character of a text: one, two or four bytes wide.
pub(crate) trait CharAt: Copy + PartialEq + Into<u32> + TryFrom<u32> + 'static {
    /// Whether every character is below 256.
    const NARROW: bool = false;
    #[inline(always)]
    fn get(self) -> u32 {
        self.into()
    }
    /// The text as bytes if its characters are bytes.
    fn bytes(_: &[Self]) -> Option<&[u8]> {
        None
    }
    /// The character with this code, if the width can hold it.
    fn of(ch: u32) -> Option<Self> {
        ch.try_into().ok()
    }
    /// The pairs of first characters that the width can hold.
    fn pairs(pairs: &Pairs) -> &[[Self; 2]];
}

impl CharAt for u8 {
    const NARROW: bool = true;
    fn bytes(text: &[u8]) -> Option<&[u8]> {
        Some(text)
    }
    fn pairs(pairs: &Pairs) -> &[[u8; 2]] {
        &pairs.narrow
    }
}

impl CharAt for u16 {
    fn pairs(pairs: &Pairs) -> &[[u16; 2]] {
        &pairs.wide
    }
}

impl CharAt for u32 {
    fn pairs(pairs: &Pairs) -> &[[u32; 2]] {
        &pairs.all
    }
}
