//! Decompositions of characters other than Hangul syllables.

#![forbid(unsafe_code)]

use crate::tables::Tables;
use crate::version::Version;

/// Code points in UTF-16 without lone surrogates.
#[derive(Debug, Clone, Copy)]
pub struct Utf16(&'static [u16]);

impl Iterator for Utf16 {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.0.split_first()?;
        if first & 0xF800 != 0xD800 {
            self.0 = rest;
            return Some(first.into());
        }
        let (&second, rest) = rest.split_first()?;
        self.0 = rest;
        Some(0x1_0000 + ((u32::from(first) & 0x3FF) << 10 | u32::from(second) & 0x3FF))
    }
}

/// A `Decomposition_Mapping`, which may contain characters that decompose further.
#[derive(Debug, Clone, Copy)]
pub struct Mapping {
    /// Index of its tag, such as `<compat>`; 0 for a canonical mapping.
    pub prefix: usize,
    /// What the character is mapped to.
    pub units: Utf16,
}

/// A number of units, and what comes after them.
#[inline]
fn take(data: &'static [u16], count: usize) -> (&'static [u16], &'static [u16]) {
    data.split_at_checked(count).unwrap_or_default()
}

/// The entry of a character in the data; `None` if it has no decomposition.
#[inline]
fn entry(tables: &Tables, code_point: u32) -> Option<(u16, &'static [u16], &'static [u16])> {
    let place = tables.decomposition.get(code_point);
    if place == 0 {
        return None;
    }
    let (&head, rest) = tables.decompositions.get(usize::from(place)..)?.split_first()?;
    let (mapping, rest) = take(rest, usize::from(head & 31));
    Some((head, mapping, rest))
}

/// The mapping of a character; `None` if it has none.
#[inline]
pub fn mapping(tables: &Tables, code_point: u32) -> Option<Mapping> {
    let (head, units, _) = entry(tables, code_point)?;
    Some(Mapping { prefix: usize::from(head >> 5 & 31), units: Utf16(units) })
}

/// The character that stands for this one: in Unicode 3.2.0 a few compatibility ideographs had another mapping (Corrigenda 3 and
/// 4).
#[inline]
pub fn corrected(tables: &Tables, version: Version, code_point: u32) -> u32 {
    if version == Version::Current {
        return code_point;
    }
    let found = tables.corrections.iter().find(|(from, _)| *from == code_point);
    found.map_or(code_point, |(_, to)| *to)
}

/// The full canonical or compatibility decomposition of a character; `None` if it decomposes to itself.
#[inline]
pub fn full(tables: &Tables, version: Version, code_point: u32, compatibility: bool) -> Option<Utf16> {
    if version.is_unassigned(tables, code_point) {
        return None;
    }
    let (head, mapping, rest) = entry(tables, code_point)?;
    let own = |data: &'static [u16]| match data.split_first() {
        Some((&count, data)) => take(data, usize::from(count)),
        None => (data, data),
    };
    let (canonical, compatible) = (head >> 10 & 3, head >> 12 & 3);
    let units = match if compatibility { compatible } else { canonical } {
        0 => return None,
        1 => mapping,
        2 if compatibility && canonical == 2 => own(own(rest).1).0,
        _ => own(rest).0,
    };
    Some(Utf16(units))
}
