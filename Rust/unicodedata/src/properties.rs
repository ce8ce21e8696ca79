//! The properties of single characters, of this version of Unicode or of version 3.2.0.

#![forbid(unsafe_code)]

use crate::hangul;
use crate::tables::{Change, Tables};
use crate::version::Version;
use std::ffi::CStr;

/// The name of a value.
#[inline]
fn named(names: &[&'static CStr], value: u8) -> &'static CStr {
    names.get(usize::from(value)).copied().unwrap_or(c"")
}

/// A value of the version, given that of the current one; 0 where the code point was unassigned.
#[inline]
fn in_version(tables: &Tables, version: Version, code_point: u32, now: u8, before: impl Fn(Change) -> u8) -> u8 {
    if version == Version::Current {
        return now;
    }
    let change = version.change(tables, code_point);
    match (change.category, before(change)) {
        (0, _) => 0,
        (_, 0xFF) => now,
        (_, before) => before,
    }
}

/// The `General_Category`, by name.
#[inline]
pub fn category(tables: &Tables, version: Version, code_point: u32) -> &'static CStr {
    let now = tables.record(code_point).category;
    named(tables.categories, in_version(tables, version, code_point, now, |change| change.category))
}

/// The `Bidi_Class`, by name; empty where there is none.
#[inline]
pub fn bidirectional(tables: &Tables, version: Version, code_point: u32) -> &'static CStr {
    let now = tables.record(code_point).bidirectional;
    named(tables.bidirectional, in_version(tables, version, code_point, now, |change| change.bidirectional))
}

/// `Bidi_Mirrored`
#[inline]
pub fn mirrored(tables: &Tables, version: Version, code_point: u32) -> u8 {
    let now = tables.is_mirrored(code_point).into();
    in_version(tables, version, code_point, now, |change| change.mirrored)
}

/// The `East_Asian_Width`, by name.
#[inline]
pub fn east_asian_width(tables: &Tables, version: Version, code_point: u32) -> &'static CStr {
    let now = tables.record(code_point).east_asian_width;
    named(tables.east_asian_width, in_version(tables, version, code_point, now, |change| change.east_asian_width))
}

/// The `Canonical_Combining_Class`
#[inline]
pub fn combining(tables: &Tables, version: Version, code_point: u32) -> u8 {
    if version.is_unassigned(tables, code_point) { 0 } else { tables.class(code_point).combining() }
}

/// The value as a decimal digit, of which `now` is that of the current version; `None` where there is none.
#[inline]
pub fn decimal(tables: &Tables, version: Version, code_point: u32, now: i32) -> Option<i32> {
    let change = version.change(tables, code_point);
    match change.decimal {
        _ if change.category == 0 => None,
        0xFF => (now >= 0).then_some(now),
        before => Some(before.into()),
    }
}

/// The numeric value, of which `now` is that of the current version and -1.0 stands for none; `None` where there is none.
#[inline]
pub fn numeric(tables: &Tables, version: Version, code_point: u32, now: f64) -> Option<f64> {
    let change = version.change(tables, code_point);
    let value = if change.numeric == 0.0 { now } else { change.numeric };
    (change.category != 0 && value != -1.0).then_some(value)
}

/// The block that a character is in, by name.
pub fn block(tables: &Tables, code_point: u32) -> &'static CStr {
    // A page of 256 characters has few blocks.
    let first = tables.block_of_page.get((code_point >> 8) as usize).copied().unwrap_or(u16::MAX);
    let rest = tables.blocks.get(usize::from(first)..).unwrap_or_default();
    match rest.iter().find(|block| block.last >= code_point) {
        Some(block) if block.first <= code_point => block.name,
        _ => c"No_Block",
    }
}

/// The `Grapheme_Cluster_Break` of a character, by name.
pub fn grapheme_cluster_break(tables: &Tables, code_point: u32) -> &'static CStr {
    named(tables.grapheme_cluster_break, tables.grapheme(code_point).cluster_break())
}

/// The `Indic_Conjunct_Break` of a character, by name.
pub fn indic_conjunct_break(tables: &Tables, code_point: u32) -> &'static CStr {
    named(tables.indic_conjunct_break, tables.grapheme(code_point).conjunct_break())
}

/// Text of a length that is not known before.
#[derive(Debug)]
pub struct Text {
    bytes: [u8; 256],
    len: usize,
}

impl Text {
    /// What has been written.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    /// Writes a code point in hexadecimal digits, four at least, after a space if it is not the first.
    fn push_code_point(&mut self, code_point: u32) {
        if self.len > 0 {
            self.push(b' ');
        }
        let digits = if code_point > 0xFFFF { 5 + u32::from(code_point > 0xF_FFFF) } else { 4 };
        for place in (0..digits).rev() {
            let digit = (code_point >> (4 * place)) as u8 & 15;
            self.push(if digit < 10 { b'0' + digit } else { b'A' - 10 + digit });
        }
    }
}

/// The `Decomposition_Mapping` with its tag, as UnicodeData.txt has it; empty where there is none.
pub fn decomposition(tables: &Tables, version: Version, code_point: u32) -> Text {
    let mut text = Text { bytes: [0; 256], len: 0 };
    if version.is_unassigned(tables, code_point) {
        return text;
    }
    if let Some(syllable) = hangul::decompose(code_point) {
        syllable.jamo().iter().for_each(|jamo| text.push_code_point(*jamo));
        return text;
    }
    if let Some(mapping) = crate::decomposition::mapping(tables, code_point) {
        tables.prefixes.get(mapping.prefix).iter().for_each(|byte| text.push(*byte));
        mapping.units.for_each(|code_point| text.push_code_point(code_point));
    }
    text
}
