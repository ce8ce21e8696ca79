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
pub(crate) trait CharAt: Copy + PartialEq + 'static {
    /// Whether every character is below 256.
    const NARROW: bool;
    fn get(self) -> u32;
    /// The text as bytes if its characters are bytes.
    fn bytes(text: &[Self]) -> Option<&[u8]>;
    /// The character with this code, if the width can hold it.
    fn of(ch: u32) -> Option<Self>;
    /// The pairs of first characters that the width can hold.
    fn pairs(pairs: &Pairs) -> &[[Self; 2]];
}

impl CharAt for u8 {
    const NARROW: bool = true;
    #[inline(always)]
    fn get(self) -> u32 {
        u32::from(self)
    }
    fn bytes(text: &[u8]) -> Option<&[u8]> {
        Some(text)
    }
    fn pairs(pairs: &Pairs) -> &[[u8; 2]] {
        &pairs.narrow
    }
    fn of(ch: u32) -> Option<u8> {
        u8::try_from(ch).ok()
    }
}

impl CharAt for u16 {
    const NARROW: bool = false;
    #[inline(always)]
    fn get(self) -> u32 {
        u32::from(self)
    }
    fn bytes(_: &[u16]) -> Option<&[u8]> {
        None
    }
    fn pairs(pairs: &Pairs) -> &[[u16; 2]] {
        &pairs.wide
    }
    fn of(ch: u32) -> Option<u16> {
        u16::try_from(ch).ok()
    }
}

impl CharAt for u32 {
    const NARROW: bool = false;
    #[inline(always)]
    fn get(self) -> u32 {
        self
    }
    fn bytes(_: &[u32]) -> Option<&[u8]> {
        None
    }
    fn pairs(pairs: &Pairs) -> &[[u32; 2]] {
        &pairs.all
    }
    fn of(ch: u32) -> Option<u32> {
        Some(ch)
    }
}
