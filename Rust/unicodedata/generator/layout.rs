//! The tables of the core, as vectors.

use super::database::{Change, Database, Derived, Record};
use super::names::NameTable;
use super::{CODE_POINTS, Result};
use std::collections::HashMap;
use std::hash::Hash;

/// For the two-stage tables: how many bits of a code point are the place in a block.
pub(crate) const CLASS_SHIFT: u32 = 7;
pub(crate) const DECOMPOSITION_SHIFT: u32 = 7;
pub(crate) const RECORD_SHIFT: u32 = 8;
pub(crate) const CHANGE_SHIFT: u32 = 8;
pub(crate) const GRAPHEME_SHIFT: u32 = 7;

/// How many records of properties there could be.
const RECORDS: usize = 256;

/// Shorter ranges of starters are not worth it to be looked for.
pub(crate) const SHORTEST_RANGE: u32 = 2;

/// A two-stage table.
#[derive(Debug)]
pub(crate) struct Stages<V> {
    pub(crate) index: Vec<u8>,
    pub(crate) data: Vec<V>,
}

/// The texts of a property.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) text: String,
    pub(crate) ends: Vec<u16>,
}

/// All tables.
#[derive(Debug)]
pub(crate) struct Layout {
    #[cfg_attr(test, expect(dead_code, reason = "for the build script"))]
    pub(crate) unidata_version: String,
    /// The combining class, and above it the bits of the quick check.
    pub(crate) classes: Stages<u16>,
    /// For each form, the ranges of characters of one combining class for which the quick check says yes, as the first one, the
    /// length, and the class.
    pub(crate) inert: Vec<Vec<(u32, u32, u8)>>,
    /// Where the decomposition of a character is.
    pub(crate) decomposition: Stages<u16>,
    pub(crate) decompositions: Vec<u16>,
    pub(crate) prefixes: Texts,
    pub(crate) pairs: Vec<(u32, u32, u32)>,
    pub(crate) pair_slots: Vec<u16>,
    pub(crate) corrections: Vec<(u32, u32)>,
    pub(crate) record: Stages<u8>,
    pub(crate) records: Vec<Record>,
    /// The number of the first record of mirrored characters.
    pub(crate) first_mirrored: usize,
    pub(crate) change: Stages<u8>,
    pub(crate) changes: Vec<Change>,
    pub(crate) categories: Vec<String>,
    pub(crate) bidirectional: Vec<String>,
    pub(crate) east_asian_width: Vec<String>,
    /// `Grapheme_Cluster_Break` in bits 0 to 3, `Indic_Conjunct_Break` in bits 4 and 5, and `Extended_Pictographic` in bit 6.
    pub(crate) grapheme: Stages<u8>,
    pub(crate) grapheme_cluster_break: Vec<String>,
    pub(crate) indic_conjunct_break: Vec<String>,
    /// The first character, the last one, and the name.
    pub(crate) blocks: Vec<(u32, u32, String)>,
    /// For each 256 code points, the first block that does not end before them.
    pub(crate) block_of_page: Vec<u16>,
    pub(crate) names: NameTable,
    pub(crate) aliases_start: u32,
    pub(crate) aliases: Vec<u32>,
    pub(crate) sequences_start: u32,
    pub(crate) sequences: Vec<u16>,
    pub(crate) sequence_ends: Vec<u16>,
    pub(crate) derived: Vec<Derived>,
    pub(crate) derived_prefixes: Texts,
    pub(crate) named_prefixes: usize,
}

/// Divides a table into blocks, and keeps equal ones once.
fn stages<V: Copy + Eq + Hash>(value: impl Fn(u32) -> V, shift: u32) -> Result<Stages<V>> {
    let mut made = Stages { index: Vec::new(), data: Vec::new() };
    let mut found: HashMap<Vec<V>, u8> = HashMap::new();
    for block in 0..CODE_POINTS >> shift {
        let values: Vec<V> = (block << shift..(block + 1) << shift).map(&value).collect();
        let index = match found.get(&values) {
            Some(index) => *index,
            None => {
                let index = u8::try_from(found.len()).map_err(|_| "more than 256 blocks in a table")?;
                made.data.extend(&values);
                found.insert(values, index);
                index
            }
        };
        made.index.push(index);
    }
    Ok(made)
}

fn texts(list: &[String]) -> Result<Texts> {
    let mut made = Texts::default();
    for text in list {
        if !text.is_ascii() {
            return Err(format!("{text}: not ASCII"));
        }
        made.text += text;
        made.ends.push(u16::try_from(made.text.len()).map_err(|_| "texts that are too long")?);
    }
    Ok(made)
}

/// The order of the values of `Grapheme_Cluster_Break` and `Indic_Conjunct_Break` in the core.
const GRAPHEME_CLUSTER_BREAK: [&str; 14] = [
    "Other",
    "Prepend",
    "CR",
    "LF",
    "Control",
    "Extend",
    "Regional_Indicator",
    "SpacingMark",
    "L",
    "V",
    "T",
    "LV",
    "LVT",
    "ZWJ",
];
const INDIC_CONJUNCT_BREAK: [&str; 4] = ["None", "Linker", "Consonant", "Extend"];

impl Layout {
    /// Makes the tables.
    pub(crate) fn new(database: &Database) -> Result<Self> {
        check_values("Grapheme_Cluster_Break", &database.grapheme_cluster_break, &GRAPHEME_CLUSTER_BREAK)?;
        check_values("Indic_Conjunct_Break", &database.indic_conjunct_break, &INDIC_CONJUNCT_BREAK)?;
        let class = |code_point| {
            let record = database.record(code_point);
            u16::from(record.quick_check) << 8 | u16::from(record.combining)
        };
        let mut classes = stages(class, CLASS_SHIFT)?;
        classes.data.resize(256 << CLASS_SHIFT, 0);
        let (decomposition, decompositions) = decompositions(database)?;
        let (record, records) = records(database)?;
        let change = stages(|code_point| database.change_of[code_point as usize], CHANGE_SHIFT)?;
        let grapheme = |code_point| {
            let record = database.record(code_point);
            record.grapheme_cluster_break | record.indic_conjunct_break << 4 | record.extended_pictographic << 6
        };
        let block_of_page =
            (0..CODE_POINTS >> 8).map(|page| database.blocks.partition_point(|(_, last, _)| *last < page << 8) as u16);
        let mut sequences = Vec::new();
        let ends = database.sequences.iter().map(|sequence| {
            sequences.extend(sequence);
            sequences.len() as u16
        });
        Ok(Self {
            sequence_ends: ends.collect(),
            sequences,
            unidata_version: database.unidata_version.clone(),
            classes,
            inert: (0..4).map(|form| inert(&class, form)).collect(),
            decomposition,
            decompositions,
            prefixes: texts(&database.prefixes)?,
            pair_slots: pair_slots(database)?,
            pairs: database.pairs.clone(),
            corrections: database.corrections.clone(),
            record,
            first_mirrored: records.iter().position(|record| record.mirrored != 0).unwrap_or(RECORDS),
            records,
            change,
            changes: database.changes.clone(),
            categories: database.categories.clone(),
            bidirectional: database.bidirectional.clone(),
            east_asian_width: database.east_asian_width.clone(),
            grapheme_cluster_break: database.grapheme_cluster_break.clone(),
            indic_conjunct_break: database.indic_conjunct_break.clone(),
            grapheme: stages(grapheme, GRAPHEME_SHIFT)?,
            blocks: database.blocks.clone(),
            block_of_page: block_of_page.collect(),
            names: NameTable::new(&database.names)?,
            aliases_start: database.aliases_start,
            aliases: database.aliases.clone(),
            sequences_start: database.sequences_start,
            derived: database.derived.clone(),
            derived_prefixes: texts(&database.derived_prefixes)?,
            named_prefixes: database.named_prefixes,
        })
    }
}

fn check_values(property: &str, found: &[String], known: &[&str]) -> Result<()> {
    // Before 3.15 there are none.
    let is_known = found.is_empty() || found == known;
    if is_known { Ok(()) } else { Err(format!("{property} has other values: {found:?}")) }
}

/// The table of properties but for those of normalization and of grapheme clusters, which have tables of their own. The records of
/// mirrored characters come last, so that the number of a record tells that property.
fn records(database: &Database) -> Result<(Stages<u8>, Vec<Record>)> {
    let properties = |record: &Record| {
        let Record { category, bidirectional, mirrored, east_asian_width, .. } = *record;
        Record { category, bidirectional, mirrored, east_asian_width, ..Record::default() }
    };
    let mut records = Vec::new();
    for record in database.records.iter().map(properties) {
        if !records.contains(&record) {
            records.push(record);
        }
    }
    records.sort_by_key(|record| record.mirrored);
    if records.len() > RECORDS {
        return Err("more than 256 records".into());
    }
    let number_of =
        |record: &Record| records.iter().position(|other| *other == properties(record)).unwrap_or_default() as u8;
    let number_of: Vec<u8> = database.records.iter().map(number_of).collect();
    // One for each number that there could be, so that no number needs a bounds check.
    records.resize(RECORDS, Record::default());
    let value = |code_point: u32| number_of[usize::from(database.record_of[code_point as usize])];
    Ok((stages(value, RECORD_SHIFT)?, records))
}

/// The ranges of characters of one combining class for which the quick check says yes. Starters in short ranges are left out.
fn inert(class: &impl Fn(u32) -> u16, form: u16) -> Vec<(u32, u32, u8)> {
    let mask = 3 << (8 + 2 * form);
    let combining = |code_point| {
        let class = class(code_point);
        (class & mask == 0).then_some(class as u8)
    };
    let mut ranges: Vec<(u32, u32, u8)> = Vec::new();
    for code_point in 0..CODE_POINTS {
        let Some(combining) = combining(code_point) else { continue };
        match ranges.last_mut() {
            Some((first, len, of)) if *first + *len == code_point && *of == combining => *len += 1,
            _ => ranges.push((code_point, 1, combining)),
        }
    }
    ranges.retain(|(_, len, combining)| *combining != 0 || *len >= SHORTEST_RANGE);
    ranges
}

/// Applies mappings until there is none left.
fn decompose(database: &Database, code_point: u32, compatibility: bool, out: &mut Vec<u32>) {
    match database.decompositions.get(&code_point) {
        Some(found) if compatibility || found.prefix == 0 => {
            for &next in &found.mapping {
                decompose(database, next, compatibility, out);
            }
        }
        _ => out.push(code_point),
    }
}

fn utf16(code_points: &[u32]) -> Result<Vec<u16>> {
    let mut units = Vec::new();
    for &code_point in code_points {
        let character = char::from_u32(code_point).ok_or("a surrogate in a decomposition")?;
        units.extend(character.encode_utf16(&mut [0; 2]).iter());
    }
    Ok(units)
}

/// The decompositions, in UTF-16. Each starts with a word:
///
/// - bits 0 to 4: the number of units of the mapping, which follows;
/// - bits 5 to 9: its tag;
/// - bits 10 and 11: the full canonical decomposition is 0: none, 1: the mapping, 2: its own;
/// - bits 12 and 13: the full compatibility decomposition is 1: the mapping, 2: its own, 3: the canonical one.
///
/// Those of their own come after the mapping, each after a word with its number of units.
fn decompositions(database: &Database) -> Result<(Stages<u16>, Vec<u16>)> {
    let mut data = vec![0];
    let mut places: HashMap<u32, u16> = HashMap::new();
    let mut found: HashMap<Vec<u16>, u16> = HashMap::new();
    for (&code_point, decomposition) in &database.decompositions {
        let full = |compatibility: bool| {
            let mut out = Vec::new();
            decompose(database, code_point, compatibility, &mut out);
            utf16(&out)
        };
        let (mapping, canonical, compatible) = (utf16(&decomposition.mapping)?, full(false)?, full(true)?);
        if [&mapping, &canonical, &compatible].iter().any(|units| units.len() > 31) || decomposition.prefix > 31 {
            return Err(format!("U+{code_point:04X} has a decomposition that is too long"));
        }
        let canonical_is = if decomposition.prefix != 0 { 0 } else { 1 + usize::from(canonical != mapping) };
        let compatible_is = match () {
            () if compatible == mapping => 1,
            () if canonical_is == 2 && compatible == canonical => 3,
            () => 2,
        };
        let head = mapping.len() | usize::from(decomposition.prefix) << 5 | canonical_is << 10 | compatible_is << 12;
        let mut entry = vec![head as u16];
        entry.extend(&mapping);
        for (is, units) in [(canonical_is, &canonical), (compatible_is, &compatible)] {
            if is == 2 {
                entry.push(units.len() as u16);
                entry.extend(units);
            }
        }
        let place = match found.get(&entry) {
            Some(place) => *place,
            None => {
                let place = u16::try_from(data.len()).map_err(|_| "too many decompositions")?;
                data.extend(&entry);
                found.insert(entry, place);
                place
            }
        };
        places.insert(code_point, place);
    }
    let stages = stages(|code_point| places.get(&code_point).copied().unwrap_or(0), DECOMPOSITION_SHIFT)?;
    Ok((stages, data))
}

/// The slot at which the search for a pair starts. The number of slots is a power of two.
fn pair_hash(first: u32, second: u32, slots: usize) -> usize {
    crate::hash::pair(first, second) as usize & (slots - 1)
}

/// A hash table with linear probing of the pairs of characters that compose.
fn pair_slots(database: &Database) -> Result<Vec<u16>> {
    let count = (2 * database.pairs.len()).next_power_of_two().max(2);
    let mut slots = vec![u16::MAX; count];
    for (number, &(first, second, composite)) in database.pairs.iter().enumerate() {
        if [first, composite].iter().any(|code_point| database.record(*code_point).combining != 0) {
            return Err(format!("U+{composite:04X} is composed of a mark"));
        }
        let mut slot = pair_hash(first, second, count);
        while slots[slot] != u16::MAX {
            slot = (slot + 1) & (count - 1);
        }
        slots[slot] = number as u16;
    }
    Ok(slots)
}
