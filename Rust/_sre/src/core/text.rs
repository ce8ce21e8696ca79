//! Characters of 1, 2 and 4 bytes, and searching for them.

/// A unit of a text: a byte, or a character of a `str` in one of its widths.
pub trait Unit: Copy + Eq + Into<u32> + TryFrom<u32> + Send + Sync + 'static {
    /// The character.
    #[inline(always)]
    fn character(self) -> u32 {
        self.into()
    }

    /// The unit of a character; `None` if it does not fit.
    #[inline(always)]
    fn from_character(character: u32) -> Option<Self> {
        character.try_into().ok()
    }

    /// The text, if its units are bytes.
    #[inline]
    fn bytes(text: &[Self]) -> Option<&[u8]> {
        let _ = text;
        None
    }

    /// The position of the first unit that is `needle`.
    ///
    /// Searches in blocks, for which the compiler generates vector instructions, then in the block that contains the unit.
    #[inline]
    fn find(text: &[Self], needle: Self) -> Option<usize> {
        const BLOCK: usize = 32;
        let mut start = 0;
        for block in text.chunks_exact(BLOCK) {
            if block.iter().fold(false, |found, unit| found | (*unit == needle)) {
                break;
            }
            start += BLOCK;
        }
        let rest = text.get(start..)?;
        rest.iter().position(|unit| *unit == needle).map(|place| start + place)
    }

    /// The position of the last unit that is `needle`.
    #[inline]
    fn rfind(text: &[Self], needle: Self) -> Option<usize> {
        text.iter().rposition(|unit| *unit == needle)
    }

    /// The position of the first unit that is one of two.
    #[inline]
    fn find2(text: &[Self], needles: [Self; 2]) -> Option<usize> {
        text.iter().position(|unit| needles.contains(unit))
    }

    /// The position of the first unit that is one of three.
    #[inline]
    fn find3(text: &[Self], needles: [Self; 3]) -> Option<usize> {
        text.iter().position(|unit| needles.contains(unit))
    }

    /// The position of the first occurrence of `needle`, which has two units or more; `finder` is for its bytes.
    #[inline]
    fn find_literal(text: &[Self], needle: &[u32], finder: Option<&memchr::memmem::Finder<'_>>) -> Option<usize> {
        if let (Some(finder), Some(bytes)) = (finder, Self::bytes(text)) {
            return finder.find(bytes);
        }
        if needle.iter().any(|character| Self::from_character(*character).is_none()) {
            return None;
        }
        let (first, rest) = needle.split_first()?;
        let first = Self::from_character(*first)?;
        let mut start = 0;
        loop {
            let candidates = text.get(start..(text.len() + 1).checked_sub(needle.len())?)?;
            start += Self::find(candidates, first)?;
            if equal(text.get(start + 1..start + needle.len())?, rest) {
                return Some(start);
            }
            start += 1;
        }
    }
}

/// Whether the units are equal to these characters.
#[inline(always)]
pub fn equal<C: Unit>(units: &[C], characters: &[u32]) -> bool {
    units.len() == characters.len()
        && units.iter().zip(characters).all(|(unit, character)| unit.character() == *character)
}

impl Unit for u8 {
    #[inline]
    fn bytes(text: &[Self]) -> Option<&[u8]> {
        Some(text)
    }

    #[inline]
    fn find(text: &[Self], needle: Self) -> Option<usize> {
        memchr::memchr(needle, text)
    }

    #[inline]
    fn rfind(text: &[Self], needle: Self) -> Option<usize> {
        memchr::memrchr(needle, text)
    }

    #[inline]
    fn find2(text: &[Self], needles: [Self; 2]) -> Option<usize> {
        memchr::memchr2(needles[0], needles[1], text)
    }

    #[inline]
    fn find3(text: &[Self], needles: [Self; 3]) -> Option<usize> {
        memchr::memchr3(needles[0], needles[1], needles[2], text)
    }
}

impl Unit for u16 {}

impl Unit for u32 {}
