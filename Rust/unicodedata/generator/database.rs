//! The contents of the headers without their compression: a record for each code point, and sorted lists.

use super::header::Header;
use super::{CODE_POINTS, Result};
use std::collections::BTreeMap;

/// The properties of a character that have few values, as indices into lists of names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) category: u8,
    pub(crate) combining: u8,
    pub(crate) bidirectional: u8,
    pub(crate) mirrored: u8,
    pub(crate) east_asian_width: u8,
    /// Two bits for each form, as `QuickcheckResult` in C: NFD the lowest, NFKD, NFC, NFKC.
    pub(crate) quick_check: u8,
    pub(crate) grapheme_cluster_break: u8,
    pub(crate) indic_conjunct_break: u8,
    pub(crate) extended_pictographic: u8,
}

/// The Decomposition_Mapping of a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decomposition {
    /// Index of the tag, such as `<compat>`; 0 for a canonical mapping.
    pub(crate) prefix: u8,
    pub(crate) mapping: Vec<u32>,
}

/// What was different in Unicode 3.2.0; 0xFF where nothing was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Change {
    pub(crate) bidirectional: u8,
    /// 0: unassigned.
    pub(crate) category: u8,
    pub(crate) decimal: u8,
    pub(crate) mirrored: u8,
    pub(crate) east_asian_width: u8,
    /// 0.0 where nothing was; -1.0: none.
    pub(crate) numeric: f64,
}

/// A range of characters with names that consist of a prefix and the code point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Derived {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) prefix: u8,
}

/// The database.
#[derive(Debug, Default)]
pub(crate) struct Database {
    pub(crate) unidata_version: String,
    /// For each code point, the index of its record.
    pub(crate) record_of: Vec<u16>,
    pub(crate) records: Vec<Record>,
    pub(crate) categories: Vec<String>,
    pub(crate) bidirectional: Vec<String>,
    pub(crate) east_asian_width: Vec<String>,
    pub(crate) grapheme_cluster_break: Vec<String>,
    pub(crate) indic_conjunct_break: Vec<String>,
    pub(crate) blocks: Vec<(u32, u32, String)>,
    pub(crate) decompositions: BTreeMap<u32, Decomposition>,
    pub(crate) prefixes: Vec<String>,
    /// The primary composites: first, second, and what they compose to.
    pub(crate) pairs: Vec<(u32, u32, u32)>,
    /// For each code point, the index of its change.
    pub(crate) change_of: Vec<u8>,
    pub(crate) changes: Vec<Change>,
    /// Characters that decomposed to another one in Unicode 3.2.0.
    pub(crate) corrections: Vec<(u32, u32)>,
    /// The names of characters, and of aliases and named sequences, which have code points for private use.
    pub(crate) names: BTreeMap<u32, String>,
    pub(crate) aliases_start: u32,
    pub(crate) aliases: Vec<u32>,
    pub(crate) sequences_start: u32,
    pub(crate) sequences: Vec<Vec<u16>>,
    pub(crate) derived: Vec<Derived>,
    pub(crate) derived_prefixes: Vec<String>,
    /// How many of the prefixes `name()` knows; `lookup()` knows all.
    pub(crate) named_prefixes: usize,
}

impl Database {
    /// Reads the two headers. `module` is the text of the C module, which says how it uses one of them.
    pub(crate) fn from_headers(database: &str, names: &str, module: &str) -> Result<Self> {
        let mut made = Self::default();
        let (database, names) = (Header::new(database), Header::new(names));
        made.read_records(database)?;
        made.read_decompositions(database)?;
        made.read_compositions(database)?;
        made.read_changes(database)?;
        made.read_names(names, module)?;
        Ok(made)
    }

    /// The record of a code point.
    pub(crate) fn record(&self, code_point: u32) -> Record {
        self.records[usize::from(self.record_of[code_point as usize])]
    }

    fn read_records(&mut self, header: Header<'_>) -> Result<()> {
        let version = header.define("UNIDATA_VERSION").ok_or("no UNIDATA_VERSION")?;
        self.unidata_version = version.trim_matches('"').to_owned();
        let rows = header.rows("_PyUnicode_Database_Records")?;
        for row in rows {
            let field = |index: usize| row.get(index).map_or(0, |value| *value as u8);
            if row.len() != 6 && row.len() != 9 {
                return Err(format!("a record of the database has {} fields", row.len()));
            }
            self.records.push(Record {
                category: field(0),
                combining: field(1),
                bidirectional: field(2),
                mirrored: field(3),
                east_asian_width: field(4),
                quick_check: field(5),
                grapheme_cluster_break: field(6),
                indic_conjunct_break: field(7),
                extended_pictographic: field(8),
            });
        }
        let index = [header.numbers("index1")?, header.numbers("index2")?];
        let found = expand(&index, header.number("SHIFT")?)?;
        self.record_of = found.into_iter().map(|index| index as u16).collect();
        self.categories = header.strings("_PyUnicode_CategoryNames")?;
        self.bidirectional = header.strings("_PyUnicode_BidirectionalNames")?;
        self.east_asian_width = header.strings("_PyUnicode_EastAsianWidthNames")?;
        if !header.has("_PyUnicode_Blocks") {
            return Ok(());
        }
        self.grapheme_cluster_break = header.strings("_PyUnicode_GraphemeBreakNames")?;
        self.indic_conjunct_break = header.strings("_PyUnicode_IndicConjunctBreakNames")?;
        let names = header.strings("_PyUnicode_BlockNames")?;
        for block in header.numbers("_PyUnicode_Blocks")?.chunks_exact(3) {
            let name = names.get(block[2] as usize).ok_or("a block without a name")?;
            self.blocks.push((block[0], block[1], name.clone()));
        }
        Ok(())
    }

    fn read_decompositions(&mut self, header: Header<'_>) -> Result<()> {
        self.prefixes = header.strings("decomp_prefix")?;
        let data = header.numbers("decomp_data")?;
        let index = [header.numbers("decomp_index1")?, header.numbers("decomp_index2")?];
        for (code_point, at) in (0..).zip(expand(&index, header.number("DECOMP_SHIFT")?)?) {
            let head = *data.get(at as usize).ok_or("a decomposition outside of the data")?;
            let mapping = data.get(at as usize + 1..).and_then(|rest| rest.get(..(head >> 8) as usize));
            let mapping = mapping.ok_or("a decomposition outside of the data")?;
            if !mapping.is_empty() {
                let prefix = head as u8;
                self.decompositions.insert(code_point, Decomposition { prefix, mapping: mapping.to_vec() });
            }
        }
        Ok(())
    }

    fn read_compositions(&mut self, header: Header<'_>) -> Result<()> {
        let reindexed = |name: &str| -> Result<Vec<(u32, usize)>> {
            let mut found = Vec::new();
            for row in header.numbers(name)?.chunks_exact(3).filter(|row| row[0] != 0) {
                found.extend((0..=row[1]).map(|offset| (row[0] + offset, (row[2] + offset) as usize)));
            }
            Ok(found)
        };
        let (total, shift) = (header.number("TOTAL_LAST")?, header.number("COMP_SHIFT")?);
        let (index, data) = (header.numbers("comp_index")?, header.numbers("comp_data")?);
        let lasts = reindexed("nfc_last")?;
        for (first, row) in reindexed("nfc_first")? {
            for &(last, column) in &lasts {
                let at = row * total + column;
                let block = *index.get(at >> shift).ok_or("a composition outside of the index")? as usize;
                let at = (block << shift) + (at & ((1 << shift) - 1));
                let composite = *data.get(at).ok_or("a composition outside of the data")?;
                if composite != 0 {
                    self.pairs.push((first, last, composite));
                }
            }
        }
        Ok(())
    }

    fn read_changes(&mut self, header: Header<'_>) -> Result<()> {
        for row in header.rows("change_records_3_2_0")? {
            let [bidirectional, category, decimal, mirrored, east_asian_width, numeric] = row[..] else {
                return Err(format!("a change has {} fields", row.len()));
            };
            self.changes.push(Change {
                bidirectional: bidirectional as u8,
                category: category as u8,
                decimal: decimal as u8,
                mirrored: mirrored as u8,
                east_asian_width: east_asian_width as u8,
                numeric,
            });
        }
        let index = header.numbers("changes_3_2_0_index")?;
        let shift = (CODE_POINTS as usize / index.len().max(1)).ilog2() as usize;
        let found = expand(&[index, header.numbers("changes_3_2_0_data")?], shift)?;
        self.change_of = found.into_iter().map(|index| index as u8).collect();
        self.corrections = header.cases("normalization_3_2_0")?;
        Ok(())
    }

    fn read_names(&mut self, header: Header<'_>, module: &str) -> Result<()> {
        let dawg: Vec<u8> = header.numbers("packed_name_dawg")?.into_iter().map(|byte| byte as u8).collect();
        let code_points = header.numbers("dawg_pos_to_codepoint")?;
        let mut names = Vec::new();
        super::names::expand_dawg(&dawg, 0, &mut String::new(), &mut names)?;
        if names.len() != code_points.len() {
            return Err(format!("{} names for {} code points", names.len(), code_points.len()));
        }
        self.names = code_points.into_iter().zip(names).collect();
        self.aliases_start = header.constant("aliases_start")?;
        self.aliases = header.numbers("name_aliases")?;
        self.sequences_start = header.constant("named_sequences_start")?;
        for row in header.rows("named_sequences")? {
            self.sequences.push(row.iter().skip(1).map(|unit| *unit as u16).collect());
            if row.first().is_none_or(|len| *len as usize != row.len() - 1) {
                return Err("a named sequence of another length".to_owned());
            }
        }
        for range in header.numbers("derived_name_ranges")?.chunks_exact(3) {
            self.derived.push(Derived { first: range[0], last: range[1], prefix: range[2] as u8 });
        }
        self.derived_prefixes = header.strings("derived_name_prefixes")?;
        // Before 3.15 name() ignores all but the first two: Hangul syllables and CJK ideographs.
        let only_two = module.contains("if (prefixid == 1)");
        self.named_prefixes = if only_two { 2 } else { self.derived_prefixes.len() };
        Ok(())
    }
}

/// Expands a two-stage table.
fn expand(stages: &[Vec<u32>; 2], shift: usize) -> Result<Vec<u32>> {
    let [index, data] = stages;
    let value = |code_point: usize| {
        let block = *index.get(code_point >> shift)? as usize;
        data.get((block << shift) + (code_point & ((1 << shift) - 1))).copied()
    };
    (0..CODE_POINTS as usize).map(|code_point| value(code_point).ok_or("a table ends early".to_owned())).collect()
}
