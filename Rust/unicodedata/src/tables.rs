//! The tables, which the build generates, and how a character is found in them.

#![forbid(unsafe_code)]

use std::ffi::CStr;

/// A two-stage table (The Unicode Standard, section 5.1): the high bits of a code point select a block, the low bits the value in
/// it.
#[derive(Debug, Clone, Copy)]
pub struct Stages<V: 'static, const SHIFT: u32> {
    /// The block of each `1 << SHIFT` code points.
    pub index: &'static [u8],
    /// The blocks.
    pub data: &'static [V],
}

impl<V: Copy + Default, const SHIFT: u32> Stages<V, SHIFT> {
    /// The value of a code point.
    #[inline(always)]
    pub fn get(&self, code_point: u32) -> V {
        let Some(&block) = self.index.get((code_point >> SHIFT) as usize) else { return V::default() };
        let place = usize::from(block) << SHIFT | (code_point & ((1 << SHIFT) - 1)) as usize;
        self.data.get(place).copied().unwrap_or_default()
    }
}

/// The two-stage table in which normalization looks up each character: of fixed size, so that no index needs a bounds
/// check.
#[derive(Debug, Clone, Copy)]
pub struct Classes {
    /// The block of each 128 code points.
    pub index: &'static [u8; 0x11_0000 >> 7],
    /// The blocks, and zeros for those that there could be.
    pub data: &'static [u16; 256 << 7],
}

impl Classes {
    /// The value of a code point.
    #[inline(always)]
    fn get(&self, code_point: u32) -> u16 {
        let block = self.index.get((code_point >> 7) as usize).copied().unwrap_or(0);
        self.data[usize::from(block) << 7 | (code_point & 0x7F) as usize]
    }
}

/// A list of texts, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// All texts, in ASCII.
    pub text: &'static [u8],
    /// Where each ends.
    pub ends: &'static [u16],
}

impl Texts {
    /// One of the texts; an empty one past the end.
    #[inline]
    pub fn get(&self, index: usize) -> &'static [u8] {
        let end = self.ends.get(index).copied().unwrap_or(0);
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(usize::from(start)..usize::from(end)).unwrap_or(b"")
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Code points that follow each other and have the same combining class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// The first one.
    pub first: u32,
    /// How many there are.
    pub len: u32,
    /// `Canonical_Combining_Class`
    pub combining: u8,
}

/// The properties of characters that have few values. Those with names are indices into lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// `General_Category`
    pub category: u8,
    /// `Bidi_Class`
    pub bidirectional: u8,
    /// `East_Asian_Width`
    pub east_asian_width: u8,
}

/// A block of characters.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// The first character.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// Its name.
    pub name: &'static CStr,
}

/// What was different in Unicode 3.2.0; 0xFF where nothing was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// `General_Category`; 0 where the code point was unassigned.
    pub category: u8,
    /// `Bidi_Class`
    pub bidirectional: u8,
    /// The value as a decimal digit.
    pub decimal: u8,
    /// `Bidi_Mirrored`
    pub mirrored: u8,
    /// `East_Asian_Width`
    pub east_asian_width: u8,
    /// `Numeric_Value`: 0.0 where nothing was different, and -1.0 where there was none.
    pub numeric: f64,
}

impl Change {
    /// No difference.
    pub const NONE: Self = Self {
        category: 0xFF,
        bidirectional: 0xFF,
        decimal: 0xFF,
        mirrored: 0xFF,
        east_asian_width: 0xFF,
        numeric: 0.0,
    };
}

/// Characters whose names are a prefix and the code point.
#[derive(Debug, Clone, Copy)]
pub struct Derived {
    /// The first one.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// Index of the prefix. 0 is that of Hangul syllables, whose names have their parts in place of the code point.
    pub prefix: u8,
}

/// The properties of a character that the boundaries of grapheme clusters depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grapheme(pub u8);

impl Grapheme {
    /// A character with this `Grapheme_Cluster_Break` and no other of the properties.
    #[inline(always)]
    pub(crate) const fn of(cluster_break: u8) -> Self {
        Self(cluster_break)
    }

    /// `Grapheme_Cluster_Break`
    #[inline(always)]
    pub fn cluster_break(self) -> u8 {
        self.0 & 15
    }

    /// `Indic_Conjunct_Break`
    #[inline(always)]
    pub fn conjunct_break(self) -> u8 {
        self.0 >> 4 & 3
    }

    /// `Extended_Pictographic`
    #[inline(always)]
    pub fn is_pictographic(self) -> bool {
        self.0 & 1 << 6 != 0
    }
}

/// Everything that the core knows of characters. `generator/layout.rs` describes the formats.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are described where they are generated")]
pub struct Tables {
    pub classes: Classes,
    pub inert: [&'static [Range]; 4],
    pub decomposition: Stages<u16, 7>,
    pub decompositions: &'static [u16],
    pub prefixes: Texts,
    pub pairs: &'static [(u32, u32, u32)],
    pub pair_slots: &'static [u16],
    pub corrections: &'static [(u32, u32)],
    pub record: Stages<u8, 8>,
    pub records: &'static [Record; 256],
    pub first_mirrored: u16,
    pub change: Stages<u8, 8>,
    pub changes: &'static [Change],
    pub categories: &'static [&'static CStr],
    pub bidirectional: &'static [&'static CStr],
    pub east_asian_width: &'static [&'static CStr],
    pub grapheme: Stages<u8, 7>,
    pub grapheme_cluster_break: &'static [&'static CStr],
    pub indic_conjunct_break: &'static [&'static CStr],
    pub blocks: &'static [Block],
    pub block_of_page: &'static [u16],
    pub words: &'static [u8],
    pub lengths: &'static [(u16, u32)],
    pub first_length: &'static [u8],
    pub common: &'static [u16],
    pub stream: &'static [u8],
    pub name_blocks: &'static [u32],
    pub runs: &'static [(u32, u16)],
    pub run_of_page: &'static [u16],
    pub run_of_ranks: &'static [u16],
    pub displacements: &'static [u16],
    pub slots: &'static [u16],
    pub aliases_start: u32,
    pub aliases: &'static [u32],
    pub sequences_start: u32,
    pub sequences: &'static [u16],
    pub sequence_ends: &'static [u16],
    pub derived: &'static [Derived],
    pub derived_prefixes: Texts,
    pub named_prefixes: u8,
}

impl Tables {
    /// The record of a character.
    #[inline]
    pub fn record(&self, code_point: u32) -> Record {
        self.records[usize::from(self.record.get(code_point))]
    }

    /// `Bidi_Mirrored`
    #[inline]
    pub fn is_mirrored(&self, code_point: u32) -> bool {
        u16::from(self.record.get(code_point)) >= self.first_mirrored
    }

    /// The properties that the boundaries of grapheme clusters depend on.
    #[inline(always)]
    pub fn grapheme(&self, code_point: u32) -> Grapheme {
        Grapheme(self.grapheme.get(code_point))
    }

    /// What was different in Unicode 3.2.0.
    #[inline]
    pub fn change(&self, code_point: u32) -> Change {
        self.changes.get(usize::from(self.change.get(code_point))).copied().unwrap_or(Change::NONE)
    }

    /// The bits of a character that decide about normalization.
    #[inline(always)]
    pub fn class(&self, code_point: u32) -> Class {
        Class(self.classes.get(code_point))
    }
}

/// The answers of the quick check and the canonical combining class of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class(pub u16);

impl Class {
    /// `Canonical_Combining_Class`
    #[inline(always)]
    pub fn combining(self) -> u8 {
        self.0 as u8
    }

    /// Whether the character is a starter.
    #[inline(always)]
    pub fn is_starter(self) -> bool {
        self.combining() == 0
    }
}
