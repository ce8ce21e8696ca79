//! The tables as the source of a static variable.

use super::layout::{Layout, Stages, Texts};
use std::fmt::{Display, Write as _};

/// A list of numbers.
fn list<V: Display>(values: impl IntoIterator<Item = V>) -> String {
    let mut text = String::from("&[");
    for (count, value) in values.into_iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{value},{}", if count % 32 == 31 { "\n" } else { "" });
    }
    text + "]"
}

/// Bytes as a literal, which the compiler reads faster than a list.
fn bytes(values: &[u8]) -> String {
    let mut text = String::from("b\"");
    for byte in values {
        let _ = write!(text, "\\x{byte:02x}");
    }
    text + "\""
}

fn byte_stages(stages: &Stages<u8>) -> String {
    format!("Stages {{ index: {}, data: {} }}", bytes(&stages.index), bytes(&stages.data))
}

fn classes(stages: &Stages<u16>) -> String {
    format!("Classes {{ index: {}, data: {} }}", bytes(&stages.index), list(&stages.data))
}

fn word_stages(stages: &Stages<u16>) -> String {
    format!("Stages {{ index: {}, data: {} }}", bytes(&stages.index), list(&stages.data))
}

fn texts(texts: &Texts) -> String {
    format!("Texts {{ text: b{:?}, ends: {} }}", texts.text, list(&texts.ends))
}

fn pairs<A: Display, B: Display>(values: impl IntoIterator<Item = (A, B)>) -> String {
    list(values.into_iter().map(|(a, b)| format!("({a}, {b})")))
}

impl Layout {
    /// The source.
    pub(crate) fn source(&self) -> String {
        let names = &self.names;
        let records = self.records.iter().map(|record| {
            format!(
                "Record {{ category: {}, bidirectional: {}, east_asian_width: {} }}",
                record.category, record.bidirectional, record.east_asian_width,
            )
        });
        let changes = self.changes.iter().map(|change| {
            format!(
                "Change {{ category: {}, bidirectional: {}, decimal: {}, mirrored: {}, east_asian_width: {}, \
                 numeric: {:?} }}",
                change.category,
                change.bidirectional,
                change.decimal,
                change.mirrored,
                change.east_asian_width,
                change.numeric,
            )
        });
        let derived = self.derived.iter().map(|range| {
            format!("Derived {{ first: {}, last: {}, prefix: {} }}", range.first, range.last, range.prefix)
        });
        let range = |(first, len, combining): &(u32, u32, u8)| {
            format!("Range {{ first: {first}, len: {len}, combining: {combining} }}")
        };
        let inert = self.inert.iter().map(|ranges| list(ranges.iter().map(range)));
        let composites =
            self.pairs.iter().map(|(first, second, composite)| format!("({first}, {second}, {composite})"));
        let name = |name: &String| format!("c{name:?}");
        let blocks = self.blocks.iter().map(|(first, last, block)| {
            format!("crate::tables::Block {{ first: {first}, last: {last}, name: {} }}", name(block))
        });
        let fields = [
            ("classes", classes(&self.classes)),
            ("inert", format!("[{}]", inert.collect::<Vec<_>>().join(", "))),
            ("decomposition", word_stages(&self.decomposition)),
            ("decompositions", list(&self.decompositions)),
            ("prefixes", texts(&self.prefixes)),
            ("pairs", list(composites)),
            ("pair_slots", list(&self.pair_slots)),
            ("corrections", pairs(self.corrections.iter().copied())),
            ("record", byte_stages(&self.record)),
            ("records", list(records)),
            ("first_mirrored", self.first_mirrored.to_string()),
            ("change", byte_stages(&self.change)),
            ("changes", list(changes)),
            ("categories", list(self.categories.iter().map(name))),
            ("bidirectional", list(self.bidirectional.iter().map(name))),
            ("east_asian_width", list(self.east_asian_width.iter().map(name))),
            ("grapheme", byte_stages(&self.grapheme)),
            ("grapheme_cluster_break", list(self.grapheme_cluster_break.iter().map(name))),
            ("indic_conjunct_break", list(self.indic_conjunct_break.iter().map(name))),
            ("blocks", list(blocks)),
            ("block_of_page", list(&self.block_of_page)),
            ("words", bytes(&names.words)),
            ("lengths", pairs(names.lengths.iter().copied())),
            ("first_length", bytes(&names.first_length)),
            ("common", list(&names.common)),
            ("stream", bytes(&names.stream)),
            ("name_blocks", list(&names.blocks)),
            ("runs", pairs(names.runs.iter().copied())),
            ("run_of_page", list(&names.run_of_page)),
            ("run_of_ranks", list(&names.run_of_ranks)),
            ("displacements", list(&names.displacements)),
            ("slots", list(&names.slots)),
            ("aliases_start", self.aliases_start.to_string()),
            ("aliases", list(&self.aliases)),
            ("sequences_start", self.sequences_start.to_string()),
            ("sequences", list(&self.sequences)),
            ("sequence_ends", list(&self.sequence_ends)),
            ("derived", list(derived)),
            ("derived_prefixes", texts(&self.derived_prefixes)),
            ("named_prefixes", self.named_prefixes.to_string()),
        ];
        let mut source = String::from("/// The tables.\npub static TABLES: Tables = Tables {\n");
        for (name, value) in fields {
            let _ = writeln!(source, "{name}: {value},");
        }
        source + "};\n"
    }
}
