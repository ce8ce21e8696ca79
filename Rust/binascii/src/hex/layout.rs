//! Where a vector kernel puts the digits and separators of groups.
//!
//! A layout says for each place in a vector of text which of the bytes before it shows there. It is also the index vector of
//! a byte shuffle, which takes no notice of the marks in its upper bits, or shuffles a zero in for the uppermost.

#![forbid(unsafe_code)]

/// Marks the place of a high nibble's digit.
pub(super) const HIGH: u8 = 0x40;

/// Marks the place of a separator.
pub(super) const SEPARATOR: u8 = 0x80;

/// The layouts of groups of no bytes, one byte and so on, each group with a separator after it. There are no separators
/// in the first.
pub(super) const fn layouts<const PLACES: usize, const COUNT: usize>() -> [[u8; PLACES]; COUNT] {
    let mut layouts = [[0; PLACES]; COUNT];
    let mut group = 0;
    while group < COUNT {
        let (mut place, mut digits) = (0, 0);
        while place < PLACES {
            layouts[group][place] = if group != 0 && place % (group * 2 + 1) == group * 2 {
                SEPARATOR
            } else {
                digits += 1;
                ((digits - 1) / 2) | (if digits % 2 == 1 { HIGH } else { 0 })
            };
            place += 1;
        }
        group += 1;
    }
    layouts
}
