//! The names of characters, aliases and named sequences, from a character and to one.
//!
//! Names are numbered by code point. `generator/names.rs` describes how they are kept; a name is found by a perfect hash function
//! of its text (see [`hash`](mod@crate::hash)), and then compared.

#![forbid(unsafe_code)]

use crate::hangul::{self, L_BASE, L_COUNT, N_COUNT, S_BASE, T_BASE, T_COUNT, V_BASE, V_COUNT};
use crate::hash::{self, EMPTY, MAX_NAME, NameBuffer};
use crate::tables::Tables;
use crate::version::Version;

/// As many names start with no words of the one before.
const BLOCK: usize = 8;
/// The most words that a name has.
const MOST_WORDS: usize = 16;
/// Words are copied in pieces of this size.
const PIECE: usize = 16;

/// A name, or a part of one.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    buffer: NameBuffer,
    len: usize,
}

impl Name {
    const fn new() -> Self {
        Self { buffer: EMPTY, len: 0 }
    }

    /// The text, in ASCII.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    fn push(&mut self, text: &[u8]) {
        if let Some(place) = self.buffer.get_mut(self.len..).and_then(|rest| rest.get_mut(..text.len())) {
            place.copy_from_slice(text);
            self.len += text.len();
        }
    }

    /// Appends the `len` bytes at `start`.
    #[inline(always)]
    fn push_word(&mut self, words: &[u8], start: usize, len: usize) {
        let mut done = 0;
        while done < len {
            let from = words.get(start + done..).and_then(<[u8]>::first_chunk::<PIECE>);
            let to = self.buffer.get_mut(self.len + done..).and_then(<[u8]>::first_chunk_mut::<PIECE>);
            if let (Some(from), Some(to)) = (from, to) {
                *to = *from;
            }
            done += PIECE;
        }
        self.len += len;
    }

    /// Appends a code point in hexadecimal digits, four at least.
    fn push_code_point(&mut self, code_point: u32) {
        let digits = if code_point > 0xFFFF { 5 + u32::from(code_point > 0xF_FFFF) } else { 4 };
        for place in (0..digits).rev() {
            let digit = (code_point >> (4 * place)) as u8 & 15;
            self.push(&[if digit < 10 { b'0' + digit } else { b'A' - 10 + digit }]);
        }
    }
}

/// What a code point stands for when it is not only for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A character.
    Character(u32),
    /// An alias of this character.
    Alias(u32),
    /// A sequence of characters.
    Sequence(&'static [u16]),
}

/// What a code point stands for: aliases and named sequences have code points for private use.
#[inline]
pub fn meaning(tables: &Tables, code_point: u32) -> Meaning {
    let alias = code_point.wrapping_sub(tables.aliases_start) as usize;
    if let Some(character) = tables.aliases.get(alias) {
        return Meaning::Alias(*character);
    }
    let sequence = code_point.wrapping_sub(tables.sequences_start) as usize;
    let Some(&end) = tables.sequence_ends.get(sequence) else { return Meaning::Character(code_point) };
    let start = sequence.checked_sub(1).and_then(|before| tables.sequence_ends.get(before)).copied().unwrap_or(0);
    Meaning::Sequence(tables.sequences.get(usize::from(start)..usize::from(end)).unwrap_or_default())
}

/// The prefix of the names of the range that a character is in.
#[inline]
fn derived_prefix(tables: &Tables, code_point: u32) -> Option<usize> {
    let range = tables.derived.iter().find(|range| code_point <= range.last)?;
    (code_point >= range.first).then_some(usize::from(range.prefix))
}

/// The name of a character, or of an alias or a sequence if `any`.
pub fn name(tables: &Tables, version: Version, code_point: u32, any: bool) -> Option<Name> {
    let is_character = matches!(meaning(tables, code_point), Meaning::Character(_));
    if !is_character && (!any || version == Version::V3_2_0) || version.is_unassigned(tables, code_point) {
        return None;
    }
    let mut name = Name::new();
    match derived_prefix(tables, code_point) {
        Some(0) => {
            let index = code_point.wrapping_sub(S_BASE);
            name.push(tables.derived_prefixes.get(0));
            for (letters, part) in LETTERS.iter().zip([index / N_COUNT, index % N_COUNT / T_COUNT, index % T_COUNT]) {
                name.push(letters.get(part as usize).copied().unwrap_or_default().as_bytes());
            }
        }
        Some(prefix) if prefix < usize::from(tables.named_prefixes) => {
            name.push(tables.derived_prefixes.get(prefix));
            name.push_code_point(code_point);
        }
        _ => expand(tables, rank(tables, code_point)?, code_point, &mut name),
    }
    Some(name)
}

/// The number of a character's name; `None` if it has none of its own.
#[inline]
fn rank(tables: &Tables, code_point: u32) -> Option<usize> {
    let mut run = usize::from(*tables.run_of_page.get((code_point >> 8) as usize)?);
    while tables.runs.get(run + 1)?.0 <= code_point {
        run += 1;
    }
    let &(first, rank) = tables.runs.get(run)?;
    let rank = usize::from(rank) + code_point.checked_sub(first)? as usize;
    (rank < usize::from(tables.runs.get(run + 1)?.1)).then_some(rank)
}

/// The character that has the name of this number.
#[inline]
fn character(tables: &Tables, rank: usize) -> Option<u32> {
    let mut run = usize::from(*tables.run_of_ranks.get(rank / 64)?);
    while usize::from(tables.runs.get(run + 1)?.1) <= rank {
        run += 1;
    }
    let &(first, start) = tables.runs.get(run)?;
    Some(first + rank.checked_sub(usize::from(start))? as u32)
}

/// Writes the name of this number.
#[inline]
fn expand(tables: &Tables, rank: usize, code_point: u32, name: &mut Name) {
    let mut words = [0; MOST_WORDS];
    let count = words_of(tables, rank, &mut words).unwrap_or(0);
    for (place, &word) in words.iter().take(count).enumerate() {
        if word == 0 {
            // The empty word.
            name.push_code_point(code_point);
            continue;
        }
        let Some((start, len)) = find_word(tables, word) else { return };
        name.push_word(tables.words, start, len);
        let ends_in_hyphen = name.buffer.get(name.len.wrapping_sub(1)) == Some(&b'-');
        if place + 1 < count && !ends_in_hyphen {
            name.push(b" ");
        }
    }
}

/// The words of a name, and how many there are.
#[inline]
fn words_of(tables: &Tables, rank: usize, words: &mut [u16; MOST_WORDS]) -> Option<usize> {
    let mut bytes = tables.stream.get(*tables.name_blocks.get(rank / BLOCK)? as usize..)?.iter().copied();
    let mut count = 0;
    for _ in 0..=rank % BLOCK {
        let head = bytes.next()?;
        count = usize::from(head >> 4);
        for _ in 0..head & 15 {
            let first = usize::from(bytes.next()?);
            words[count % MOST_WORDS] = match tables.common.get(first) {
                Some(word) => *word,
                None => ((first - tables.common.len()) << 8) as u16 | u16::from(bytes.next()?),
            };
            count += 1;
        }
    }
    Some(count)
}

/// Where a word is, and how long it is.
#[inline]
fn find_word(tables: &Tables, word: u16) -> Option<(usize, usize)> {
    let mut len = usize::from(*tables.first_length.get(usize::from(word >> 8))?);
    while tables.lengths.get(len + 1)?.0 <= word {
        len += 1;
    }
    let &(first, start) = tables.lengths.get(len)?;
    Some((start as usize + usize::from(word - first) * len, len))
}

/// The code point of a name in any case: of a character, or one for private use that stands for an alias or a sequence.
pub fn code(tables: &Tables, name: &[u8]) -> Option<u32> {
    let buffer = capitals(name)?;
    let name = buffer.get(..name.len())?;
    for number in 0..tables.derived_prefixes.len() {
        let prefix = tables.derived_prefixes.get(number);
        // Most names differ in the first letter already.
        if prefix.first() == name.first()
            && let Some(rest) = name.strip_prefix(prefix)
        {
            return if number == 0 { syllable(rest) } else { derived(tables, number, rest) };
        }
    }
    let hash = hash::hash(&buffer, name.len());
    let displacement = *tables.displacements.get(hash::bucket(hash, tables.displacements.len()))?;
    let rank = usize::from(*tables.slots.get(hash::slot(hash, displacement, tables.slots.len()))?);
    let code_point = character(tables, rank)?;
    let mut found = Name::new();
    expand(tables, rank, code_point, &mut found);
    (found.as_bytes() == name).then_some(code_point)
}

/// The name in capital letters; `None` if it is too long to be one.
#[inline]
fn capitals(name: &[u8]) -> Option<NameBuffer> {
    if name.len() > MAX_NAME {
        return None;
    }
    let mut buffer = EMPTY;
    for (to, from) in buffer.iter_mut().zip(name) {
        *to = from.to_ascii_uppercase();
    }
    Some(buffer)
}

/// The character of a range whose names have a prefix, of the digits after it.
fn derived(tables: &Tables, prefix: usize, digits: &[u8]) -> Option<u32> {
    if !(4..=6).contains(&digits.len()) || digits.first() == Some(&b'0') {
        return None;
    }
    let mut code_point = 0;
    for digit in digits {
        code_point = code_point << 4 | char::from(*digit).to_digit(16)?;
    }
    (derived_prefix(tables, code_point) == Some(prefix)).then_some(code_point)
}

/// The `Jamo_Short_Name` of the leading consonants, the vowels, and the trailing consonants.
const LETTERS: [&[&str]; 3] = [
    &["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"],
    &[
        "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU",
        "EU", "YI", "I",
    ],
    &[
        "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S",
        "SS", "NG", "J", "C", "K", "T", "P", "H",
    ],
];

/// The letters of a name, and how many there are in the highest byte, so that one comparison is enough.
const fn packed<const N: usize>(names: &[&str]) -> [u32; N] {
    let mut packed = [0; N];
    let mut number = 0;
    while number < N {
        let name = names[number].as_bytes();
        let mut place = 0;
        while place < name.len() {
            packed[number] |= (name[place] as u32) << (8 * place);
            place += 1;
        }
        packed[number] |= (name.len() as u32) << 24;
        number += 1;
    }
    packed
}

const LEADING: [u32; L_COUNT as usize] = packed(LETTERS[0]);
const VOWELS: [u32; V_COUNT as usize] = packed(LETTERS[1]);
const TRAILING: [u32; T_COUNT as usize] = packed(LETTERS[2]);

/// The number of the longest of some names that a text starts with, and what comes after it.
#[inline]
fn strip_longest<'a>(names: &[u32], text: &'a [u8]) -> Option<(u32, &'a [u8])> {
    let start = text.iter().take(3).rev().fold(0, |start, letter| start << 8 | u32::from(*letter));
    let mut longest = None;
    for (number, name) in (0..).zip(names) {
        let len = name >> 24;
        if (start ^ name) & ((1 << (8 * len)) - 1) == 0 {
            longest = longest.max(Some((len, number)));
        }
    }
    let (len, number) = longest?;
    Some((number, text.get(len as usize..)?))
}

/// The Hangul syllable of a name without its prefix.
fn syllable(name: &[u8]) -> Option<u32> {
    let (l, rest) = strip_longest(&LEADING, name)?;
    let (v, rest) = strip_longest(&VOWELS, rest)?;
    let (t, rest) = strip_longest(&TRAILING, rest)?;
    let pair = hangul::compose(L_BASE + l, V_BASE + v)?;
    rest.is_empty().then(|| if t == 0 { pair } else { hangul::compose(pair, T_BASE + t).unwrap_or(pair) })
}

const _: () = assert!(LETTERS[0].len() == L_COUNT as usize && LETTERS[1].len() == V_COUNT as usize);
const _: () = assert!(LETTERS[2].len() == T_COUNT as usize);
