//! The core with tables of a few characters, and with those of a CPython tree where the environment names one.

use crate::generator::{Change, Database, Decomposition, Derived, Layout, Record};
use crate::names::{self, Meaning};
use crate::normalize::{Output, is_normalized, normalize};
use crate::ordering::Mark;
use crate::properties;
use crate::quick_check::{Form, Unit};
use crate::tables::{self, Classes, Range, Stages, Tables, Texts};
use crate::version::Version;
use crate::{graphemes::Graphemes, hangul};
use std::ffi::{CStr, CString};
use std::path::Path;
use std::{env, fs};

/// A vector for ever.
fn leak<T>(vector: Vec<T>) -> &'static [T] {
    Vec::leak(vector)
}

/// The records, and empty ones up to the number that there could be.
fn padded(mut records: Vec<Record>) -> Vec<Record> {
    records.resize(256, Record::default());
    records
}

impl Layout {
    /// The tables in the memory of this process.
    fn leak(self) -> Tables {
        let texts =
            |texts: crate::generator::Texts| Texts { text: leak(texts.text.into_bytes()), ends: leak(texts.ends) };
        let name =
            |name: String| -> &'static CStr { Box::leak(CString::new(name).expect("no NUL").into_boxed_c_str()) };
        let block = |(first, last, of): (u32, u32, String)| tables::Block { first, last, name: name(of) };
        let names = self.names;
        let record = |record: &Record| tables::Record {
            category: record.category,
            bidirectional: record.bidirectional,
            east_asian_width: record.east_asian_width,
        };
        let change = |change: &Change| tables::Change {
            category: change.category,
            bidirectional: change.bidirectional,
            decimal: change.decimal,
            mirrored: change.mirrored,
            east_asian_width: change.east_asian_width,
            numeric: change.numeric,
        };
        let derived = |range: &Derived| tables::Derived { first: range.first, last: range.last, prefix: range.prefix };
        let range = |(first, len, combining): (u32, u32, u8)| Range { first, len, combining };
        let inert: Vec<&'static [Range]> =
            self.inert.into_iter().map(|ranges| leak(ranges.into_iter().map(range).collect())).collect();
        Tables {
            classes: Classes {
                index: leak(self.classes.index).try_into().expect("the whole code space"),
                data: leak(self.classes.data).try_into().expect("all blocks"),
            },
            inert: inert.try_into().expect("four forms"),
            decomposition: Stages { index: leak(self.decomposition.index), data: leak(self.decomposition.data) },
            decompositions: leak(self.decompositions),
            prefixes: texts(self.prefixes),
            pairs: leak(self.pairs),
            pair_slots: leak(self.pair_slots),
            corrections: leak(self.corrections),
            record: Stages { index: leak(self.record.index), data: leak(self.record.data) },
            records: leak(padded(self.records).iter().map(record).collect()).try_into().expect("256 records"),
            first_mirrored: self.first_mirrored as u16,
            change: Stages { index: leak(self.change.index), data: leak(self.change.data) },
            changes: leak(self.changes.iter().map(change).collect()),
            categories: leak(self.categories.into_iter().map(name).collect()),
            bidirectional: leak(self.bidirectional.into_iter().map(name).collect()),
            east_asian_width: leak(self.east_asian_width.into_iter().map(name).collect()),
            grapheme_cluster_break: leak(self.grapheme_cluster_break.into_iter().map(name).collect()),
            indic_conjunct_break: leak(self.indic_conjunct_break.into_iter().map(name).collect()),
            grapheme: Stages { index: leak(self.grapheme.index), data: leak(self.grapheme.data) },
            blocks: leak(self.blocks.into_iter().map(block).collect()),
            block_of_page: leak(self.block_of_page),
            words: leak(names.words),
            lengths: leak(names.lengths),
            first_length: leak(names.first_length),
            common: leak(names.common),
            stream: leak(names.stream),
            name_blocks: leak(names.blocks),
            runs: leak(names.runs),
            run_of_page: leak(names.run_of_page),
            run_of_ranks: leak(names.run_of_ranks),
            displacements: leak(names.displacements),
            slots: leak(names.slots),
            aliases_start: self.aliases_start,
            aliases: leak(self.aliases),
            sequences_start: self.sequences_start,
            sequences: leak(self.sequences),
            sequence_ends: leak(self.sequence_ends),
            derived: leak(self.derived.iter().map(derived).collect()),
            derived_prefixes: texts(self.derived_prefixes),
            named_prefixes: self.named_prefixes as u8,
        }
    }
}

/// Some characters of each kind: letters, marks of three classes, composites, a compatibility character, a singleton, one whose
/// decompositions are outside of the Basic Multilingual Plane, and Hangul.
fn few_characters() -> Database {
    let mut made = Database {
        unidata_version: "0.0.0".to_owned(),
        record_of: vec![0; 0x11_0000],
        records: vec![Record::default()],
        categories: ["Cn", "Mn"].map(str::to_owned).to_vec(),
        bidirectional: ["", "NSM"].map(str::to_owned).to_vec(),
        east_asian_width: ["F", "N"].map(str::to_owned).to_vec(),
        prefixes: ["", "<compat>"].map(str::to_owned).to_vec(),
        change_of: vec![0; 0x11_0000],
        changes: vec![
            Change {
                category: 0xFF,
                bidirectional: 0xFF,
                decimal: 0xFF,
                mirrored: 0xFF,
                east_asian_width: 0xFF,
                numeric: 0.0,
            },
            Change {
                category: 0,
                bidirectional: 0xFF,
                decimal: 0xFF,
                mirrored: 0xFF,
                east_asian_width: 0xFF,
                numeric: 0.0,
            },
        ],
        aliases_start: 0xF_0000,
        aliases: vec![0x0A],
        sequences_start: 0xF_0200,
        sequences: vec![vec![0x23, 0xFE0F, 0x20E3]],
        derived: vec![
            Derived { first: 0x3400, last: 0x4DBF, prefix: 1 },
            Derived { first: 0xAC00, last: 0xD7A3, prefix: 0 },
        ],
        derived_prefixes: ["HANGUL SYLLABLE ", "CJK UNIFIED IDEOGRAPH-"].map(str::to_owned).to_vec(),
        named_prefixes: 2,
        ..Database::default()
    };
    const MAYBE: u8 = 0b0101_0000;
    const NOT_DECOMPOSED: u8 = 0b0000_1010;
    for (mark, combining, quick_check) in [
        (0x300, 230, MAYBE),
        (0x301, 230, MAYBE),
        (0x302, 230, MAYBE),
        (0x323, 220, MAYBE),
        (0x334, 1, 0),
        (0x345, 240, MAYBE),
    ] {
        made.set(mark, Record { combining, quick_check, category: 1, bidirectional: 1, ..Record::default() });
    }
    for (composite, first, second) in [
        (0xC0, 0x41, 0x300),
        (0xC1, 0x41, 0x301),
        (0xE2, 0x61, 0x302),
        (0x1EA0, 0x41, 0x323),
        (0x1EA1, 0x61, 0x323),
        (0x1EA5, 0xE2, 0x301),
        (0x1EAD, 0x1EA1, 0x302),
    ] {
        made.map(composite, 0, &[first, second], NOT_DECOMPOSED);
        made.pairs.push((first, second, composite));
    }
    made.map(0x212B, 0, &[0xC0], 0b1010_1010);
    made.map(0xFB01, 1, &[0x66, 0x69], 0b1000_1000);
    made.map(0xFDFA, 1, &[0xC0, 0x20, 0x1EAD], 0b1000_1000);
    made.map(0xFA6C, 0, &[0x2_42EE], 0b1010_1010);
    for syllable in hangul::S_BASE..hangul::S_BASE + hangul::S_COUNT {
        made.set(syllable, Record { quick_check: NOT_DECOMPOSED, ..Record::default() });
    }
    for jamo in (0x1161..=0x1175).chain(0x11A8..=0x11C2) {
        made.set(jamo, Record { quick_check: MAYBE, ..Record::default() });
    }
    made.change_of[0xFB01] = 1;
    for (code_point, name) in [
        (0x20, "SPACE"),
        (0x41, "LATIN CAPITAL LETTER A"),
        (0x42, "LATIN CAPITAL LETTER B"),
        (0xF42, "TIBETAN MARK BKA- SHOG YIG MGO"),
        (0xF60, "TIBETAN LETTER -A"),
        (0x1_3460, "EGYPTIAN HIEROGLYPH-13460"),
        (0xF_0000, "LINE FEED"),
        (0xF_0200, "KEYCAP NUMBER SIGN"),
    ] {
        made.names.insert(code_point, name.to_owned());
    }
    made
}

impl Database {
    fn set(&mut self, code_point: u32, record: Record) {
        let number = self.records.iter().position(|other| *other == record).unwrap_or_else(|| {
            self.records.push(record);
            self.records.len() - 1
        });
        self.record_of[code_point as usize] = number as u16;
    }

    fn map(&mut self, code_point: u32, prefix: u8, mapping: &[u32], quick_check: u8) {
        self.set(code_point, Record { quick_check, ..Record::default() });
        self.decompositions.insert(code_point, Decomposition { prefix, mapping: mapping.to_vec() });
    }
}

/// The database of the CPython tree that the environment names, or of a few characters. Under Miri there is none but the latter.
fn databases() -> Vec<Database> {
    let mut found = vec![few_characters()];
    if let Some(tree) = env::var_os("CPYTHON_SRCDIR").filter(|_| !cfg!(miri)) {
        let modules = Path::new(&tree).join("Modules");
        let read = |name: &str| fs::read_to_string(modules.join(name)).expect("a header of CPython");
        let texts = [read("unicodedata_db.h"), read("unicodename_db.h"), read("unicodedata.c")];
        found.push(Database::from_headers(&texts[0], &texts[1], &texts[2]).expect("a database"));
    }
    found
}

/// Normalization step by step, as the standard defines it (section 3.11), without any table of its own.
fn oracle(database: &Database, version: Version, form: Form, text: &[u32]) -> Vec<u32> {
    fn decompose(database: &Database, version: Version, form: Form, code_point: u32, out: &mut Vec<u32>) {
        if let Some(syllable) = hangul::decompose(code_point) {
            out.extend(syllable.jamo());
            return;
        }
        let mut code_point = code_point;
        if version == Version::V3_2_0 {
            let corrected = database.corrections.iter().find(|(from, _)| *from == code_point);
            code_point = corrected.map_or(code_point, |(_, to)| *to);
            if database.changes[usize::from(database.change_of[code_point as usize])].category == 0 {
                out.push(code_point);
                return;
            }
        }
        match database.decompositions.get(&code_point) {
            Some(found) if found.prefix == 0 || form.is_compatibility() => {
                found.mapping.iter().for_each(|next| decompose(database, version, form, *next, out));
            }
            _ => out.push(code_point),
        }
    }
    let mut out = Vec::new();
    text.iter().for_each(|code_point| decompose(database, version, form, *code_point, &mut out));
    let combining = |code_point: u32| database.record(code_point).combining;
    for run in out.chunk_by_mut(|a, b| combining(*a) != 0 && combining(*b) != 0) {
        run.sort_by_key(|code_point| combining(*code_point));
    }
    if !form.composes() {
        return out;
    }
    let mut composed: Vec<u32> = Vec::new();
    let mut starter: Option<usize> = None;
    for code_point in out {
        let class = combining(code_point);
        if let Some(place) = starter {
            let last = composed[place + 1..].last().map(|before| combining(*before));
            let blocked = last.is_some_and(|last| last == 0 || last >= class);
            let pair = database.pairs.iter().find(|pair| (pair.0, pair.1) == (composed[place], code_point));
            let composite = hangul::compose(composed[place], code_point).or(pair.map(|pair| pair.2));
            if let Some(composite) = composite.filter(|_| !blocked) {
                composed[place] = composite;
                continue;
            }
        }
        if class == 0 {
            starter = Some(composed.len());
        }
        composed.push(code_point);
    }
    composed
}

fn to_characters(output: Option<Output>, text: &[u32]) -> Vec<u32> {
    match output {
        None => text.to_vec(),
        Some(Output::Short(units, len)) => units[..len].iter().copied().map(u32::from).collect(),
        Some(Output::Ucs2(units)) => units.into_iter().map(u32::from).collect(),
        Some(Output::Ucs4(units)) => units,
    }
}

fn check_width<U: Unit>(tables: &Tables, version: Version, form: Form, text: &[u32], expected: &[u32]) {
    let units: Option<Vec<U>> = text.iter().map(|code_point| U::try_from(*code_point).ok()).collect();
    let Some(units) = units else { return };
    let found = to_characters(normalize(tables, version, form, &units).expect("memory"), text);
    assert_eq!(found, expected, "{form:?} {version:?} of {text:04X?}");
    let is_normal = is_normalized(tables, version, form, &units).expect("memory");
    assert_eq!(is_normal, found == text, "{form:?} {version:?} of {text:04X?}");
}

/// Compares all forms, in all widths of text.
fn check(tables: &Tables, database: &Database, text: &[u32]) {
    for version in [Version::Current, Version::V3_2_0] {
        for form in Form::ALL {
            let expected = oracle(database, version, form, text);
            check_width::<u8>(tables, version, form, text, &expected);
            check_width::<u16>(tables, version, form, text, &expected);
            check_width::<u32>(tables, version, form, text, &expected);
        }
    }
}

/// A sequence of numbers that looks random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

#[test]
fn texts_are_normalized_as_the_standard_says() {
    for database in databases() {
        let tables = Layout::new(&database).expect("tables").leak();
        let rounds = if cfg!(miri) { 30 } else { 4000 };
        let marks: Vec<u32> = (0..0x11_0000).filter(|code_point| database.record(*code_point).combining != 0).collect();
        let mapped: Vec<u32> = database.decompositions.keys().copied().collect();
        let pairs: Vec<u32> = database.pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect();
        let mut numbers = Numbers(1);
        for round in 0..rounds {
            let len = numbers.below(if round % 16 == 0 { 200 } else { 12 });
            let text: Vec<u32> = (0..len)
                .map(|_| match numbers.below(10) {
                    0 | 1 => marks[numbers.below(marks.len())],
                    2 => mapped[numbers.below(mapped.len())],
                    3 | 4 => pairs[numbers.below(pairs.len())],
                    5 => 0xAC00 + numbers.below(11_172) as u32,
                    6 => [0x1100, 0x1161, 0x11A8, 0x11A7, 0x1112][numbers.below(5)],
                    7 => numbers.below(0x11_0000) as u32,
                    8 => 0x300 + numbers.below(0x50) as u32,
                    _ => numbers.below(0x80) as u32,
                })
                .collect();
            check(&tables, &database, &text);
        }
    }
}

#[test]
fn long_texts_of_few_ranges_are_normalized_as_the_standard_says() {
    // With the vector instructions of this processor.
    cpu_level::Level::detect();
    let database = few_characters();
    let tables = Layout::new(&database).expect("tables").leak();
    let mut numbers = Numbers(2);
    let rounds = if cfg!(miri) { 5 } else { 2000 };
    // A letter, and marks in canonical order.
    let clusters: [&[u32]; 6] =
        [&[0x61], &[0x61, 0x62, 0x20], &[0x62, 0x334, 0x323, 0x301], &[0x61, 0x300], &[0x4E00], &[0x1_F600]];
    for round in 0..rounds {
        let kinds = clusters.len() - usize::from(round % 4 > 0);
        let mut text: Vec<u32> = Vec::new();
        while text.len() < 40 + round % 300 {
            text.extend(clusters[numbers.below(kinds)]);
        }
        check(&tables, &database, &text);
        // Marks in another order, or a character that the forms change.
        let place = numbers.below(text.len());
        let odd: &[u32] = [&[0x301, 0x323][..], &[0x323, 0x334], &[0x334], &[0xC1], &[0x1EAD]][numbers.below(5)];
        text.splice(place..place, odd.iter().copied());
        check(&tables, &database, &text);
        // And another one, most often soon after that.
        let place = text.len().min(place + odd.len() + 1 + numbers.below(24));
        text.insert(place, [0xC1, 0x1EAD, 0x212B, 0xFDFA][numbers.below(4)]);
        check(&tables, &database, &text);
    }
}

#[test]
fn texts_of_every_short_length_are_normalized_as_the_standard_says() {
    let database = few_characters();
    let tables = Layout::new(&database).expect("tables").leak();
    // Output of one to six times as many characters, wider characters, and marks that are put into order.
    let parts: [&[u32]; 8] =
        [&[0x61], &[0xC1], &[0xFDFA], &[0xAC01], &[0xFA6C], &[0x301, 0x323], &[0x334, 0x301], &[0x61, 0x323, 0x302]];
    for part in parts {
        for len in 0..if cfg!(miri) { 3 } else { 70 } {
            let mut text: Vec<u32> = part.iter().copied().cycle().take(len).collect();
            check(&tables, &database, &text);
            text.insert(0, 0xC1);
            check(&tables, &database, &text);
            text.push(0xFA6C);
            check(&tables, &database, &text);
        }
    }
}

#[test]
fn every_character_is_normalized_as_the_standard_says() {
    for database in databases() {
        let tables = Layout::new(&database).expect("tables").leak();
        let step = if cfg!(miri) { 9973 } else { 1 };
        for code_point in (0..0x11_0000).step_by(step) {
            if code_point > 0x3_0000 && database.record(code_point) == Record::default() && code_point % 16 != 0 {
                continue;
            }
            check(&tables, &database, &[code_point]);
        }
    }
}

#[test]
fn properties_are_those_of_the_database() {
    for database in databases() {
        let tables = Layout::new(&database).expect("tables").leak();
        let step = if cfg!(miri) { 9973 } else { 1 };
        for code_point in (0..0x11_0000_u32).step_by(step) {
            let record = database.record(code_point);
            let change = database.changes[usize::from(database.change_of[code_point as usize])];
            let category = &database.categories[usize::from(record.category)];
            assert_eq!(properties::category(&tables, Version::Current, code_point).to_str(), Ok(category.as_str()));
            assert_eq!(properties::combining(&tables, Version::Current, code_point), record.combining);
            assert_eq!(Version::V3_2_0.is_unassigned(&tables, code_point), change.category == 0);
            let combining = if change.category == 0 { 0 } else { record.combining };
            assert_eq!(properties::combining(&tables, Version::V3_2_0, code_point), combining);
        }
    }
}

#[test]
fn names_lead_to_their_characters_and_back() {
    for database in databases() {
        let tables = Layout::new(&database).expect("tables").leak();
        for (&code_point, name) in &database.names {
            let found = names::name(&tables, Version::Current, code_point, true).expect("a name");
            assert_eq!(std::str::from_utf8(found.as_bytes()), Ok(name.as_str()));
            let small = name.to_ascii_lowercase();
            let is_derived = database.derived_prefixes.iter().any(|prefix| name.starts_with(prefix));
            for name in [name, &small] {
                assert_eq!(names::code(&tables, name.as_bytes()), (!is_derived).then_some(code_point), "{name}");
            }
            for wrong in [&name[1..], &name[..name.len() - 1], &format!("{name}X"), &format!("{name} "), "", "A"] {
                if !database.names.values().any(|other| other == wrong) {
                    assert_eq!(names::code(&tables, wrong.as_bytes()), None, "{wrong}");
                }
                if database.names.len() > 1000 {
                    break;
                }
            }
        }
        for code_point in (0..0x11_0000_u32).step_by(if cfg!(miri) { 9973 } else { 1 }) {
            let is_derived = database.derived.iter().any(|range| (range.first..=range.last).contains(&code_point));
            if !is_derived && !database.names.contains_key(&code_point) {
                assert!(names::name(&tables, Version::Current, code_point, true).is_none(), "{code_point:X}");
            }
        }
    }
}

#[test]
fn names_of_other_kinds() {
    let tables = Layout::new(&few_characters()).expect("tables").leak();
    let name = |code_point| names::name(&tables, Version::Current, code_point, false);
    let text = |code_point: u32| String::from_utf8(name(code_point).expect("a name").as_bytes().to_vec());
    assert_eq!(text(0xAC01).as_deref(), Ok("HANGUL SYLLABLE GAG"));
    assert_eq!(text(0xC544).as_deref(), Ok("HANGUL SYLLABLE A"));
    assert_eq!(text(0x3400).as_deref(), Ok("CJK UNIFIED IDEOGRAPH-3400"));
    assert!(name(0xF_0000).is_none() && name(0xF_0200).is_none() && name(0x10_FFFF).is_none() && name(0x43).is_none());
    for syllable in hangul::S_BASE..hangul::S_BASE + hangul::S_COUNT {
        let name = name(syllable).expect("a name");
        assert_eq!(names::code(&tables, name.as_bytes()), Some(syllable));
    }
    for (text, expected) in [
        ("cjk unified ideograph-3400", Some(0x3400)),
        ("CJK UNIFIED IDEOGRAPH-03400", None),
        ("CJK UNIFIED IDEOGRAPH-4E00", None),
        ("CJK UNIFIED IDEOGRAPH-3G00", None),
        ("CJK UNIFIED IDEOGRAPH-", None),
        ("CJK UNIFIED IDEOGRAPH-123456789", None),
        ("HANGUL SYLLABLE ", None),
        ("HANGUL SYLLABLE GAGA", None),
        ("HANGUL SYLLABLE G", None),
        ("LINE FEED", Some(0xF_0000)),
        ("KEYCAP NUMBER SIGN", Some(0xF_0200)),
    ] {
        assert_eq!(names::code(&tables, text.as_bytes()), expected, "{text}");
    }
    assert_eq!(names::code(&tables, &[b'A'; 300]), None);
    assert_eq!(names::meaning(&tables, 0xF_0000), Meaning::Alias(0x0A));
    assert_eq!(names::meaning(&tables, 0xF_0200), Meaning::Sequence(&[0x23, 0xFE0F, 0x20E3]));
    assert_eq!(names::meaning(&tables, 0xF_0001), Meaning::Character(0xF_0001));
}

#[test]
fn runs_of_marks_take_linear_time() {
    let tables = Layout::new(&few_characters()).expect("tables").leak();
    let len = if cfg!(miri) { 100 } else { 1_000_000 };
    let mut marks = vec![0x61_u16];
    marks.extend((0..len).map(|index| [0x345_u16, 0x301, 0x323, 0x334][index % 4]));
    let mut expected: Vec<u16> = marks[1..].to_vec();
    expected.sort_by_key(|mark| tables.class((*mark).into()).combining());
    expected.insert(0, 0x61);
    let found = normalize(&tables, Version::Current, Form::Nfd, &marks).expect("memory");
    assert_eq!(found, Some(Output::Ucs2(expected.clone())));
    let found = normalize(&tables, Version::Current, Form::Nfc, &marks).expect("memory");
    // The first mark below composes with the letter.
    let place = expected.iter().position(|mark| *mark == 0x323).expect("a mark");
    expected.remove(place);
    expected[0] = 0x1EA1;
    assert_eq!(found, Some(Output::Ucs2(expected)));
}

#[test]
fn marks_hold_both() {
    let mark = Mark::new(0x10_FFFF, 254);
    assert_eq!((mark.code_point(), mark.combining()), (0x10_FFFF, 254));
}

#[test]
fn decompositions_are_written_as_in_the_database() {
    let tables = Layout::new(&few_characters()).expect("tables").leak();
    let text = |code_point| {
        let text = properties::decomposition(&tables, Version::Current, code_point);
        String::from_utf8(text.as_bytes().to_vec()).expect("ASCII")
    };
    assert_eq!(text(0xC0), "0041 0300");
    assert_eq!(text(0xFB01), "<compat> 0066 0069");
    assert_eq!(text(0xFA6C), "242EE");
    assert_eq!(text(0xAC01), "1100 1161 11A8");
    assert_eq!(text(0x41), "");
    assert!(properties::decomposition(&tables, Version::V3_2_0, 0xFB01).as_bytes().is_empty());
}

#[test]
fn clusters_cover_the_text() {
    // Without any property every character is a cluster, and CR LF would be one with them: the twin test has the rest.
    let tables = Layout::new(&few_characters()).expect("tables").leak();
    let text = [0x61_u8, 0x62, 0x63];
    let mut clusters = Graphemes::new(1, 3);
    assert_eq!(clusters.next(&tables, &text), Some((1, 2)));
    assert_eq!(clusters.next(&tables, &text), Some((2, 3)));
    assert_eq!(clusters.next(&tables, &text), None);
    assert_eq!(Graphemes::new(4, 3).next(&tables, &text), None);
}
