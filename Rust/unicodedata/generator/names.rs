//! The table of names.
//!
//! A name is a sequence of words, and a word a number. The names are sorted by code point, so that most of them start with words of
//! the one before: in a block of `BLOCK` names each says how many words it shares with that, and which follow (front
//! coding). The words are sorted by length, so that the number of a word says where it is. The words that are used most have
//! numbers of one byte, all others of two.

use super::Result;
use crate::hash::{self, MAX_NAME};
use std::collections::{BTreeMap, HashMap};

/// How many names there are in a block.
pub(crate) const BLOCK: usize = 8;
/// As many code points have one entry in the index of runs, and as many names.
pub(crate) const PAGE: u32 = 256;
pub(crate) const RANKS: usize = 64;
/// No name is of more words.
const MOST_WORDS: usize = 15;

/// The tables of names.
#[derive(Debug, Default)]
pub(crate) struct NameTable {
    /// All words, sorted by length, and padding.
    pub(crate) words: Vec<u8>,
    /// For each length, the number of the first word that is at least so long, and where it is.
    pub(crate) lengths: Vec<(u16, u32)>,
    /// For each 256 words, the length of the first one.
    pub(crate) first_length: Vec<u8>,
    /// The words of one byte.
    pub(crate) common: Vec<u16>,
    pub(crate) stream: Vec<u8>,
    /// Where the blocks are in the stream.
    pub(crate) blocks: Vec<u32>,
    /// Runs of code points that all have names: the first code point, and its rank among all names.
    pub(crate) runs: Vec<(u32, u16)>,
    /// For each page of code points, and each page of ranks, a run that is not after the first one.
    pub(crate) run_of_page: Vec<u16>,
    pub(crate) run_of_ranks: Vec<u16>,
    pub(crate) displacements: Vec<u16>,
    pub(crate) slots: Vec<u16>,
}

/// Appends all names of a packed DAWG (directed acyclic word graph) from a node on, in its order. `Tools/unicode/dawg.py` of
/// CPython describes the format.
pub(crate) fn expand_dawg(dawg: &[u8], node: usize, prefix: &mut String, names: &mut Vec<String>) -> Result<()> {
    let broken = || "a broken DAWG".to_owned();
    let number = |at: &mut usize| -> Result<usize> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = *dawg.get(*at).ok_or_else(broken)?;
            *at += 1;
            value |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
    };
    let mut at = node;
    if number(&mut at)? & 1 != 0 {
        names.push(prefix.clone());
    }
    let mut target = at;
    let mut is_first = true;
    loop {
        let edge = number(&mut at)?;
        if edge == 0 && is_first {
            return Ok(());
        }
        is_first = false;
        target += edge >> 2;
        let mut size = 1;
        if edge & 2 == 0 {
            size = usize::from(*dawg.get(at).ok_or_else(broken)?);
            at += 1;
        }
        let label = dawg.get(at..).and_then(|rest| rest.get(..size)).ok_or_else(broken)?;
        let len = prefix.len();
        prefix.push_str(std::str::from_utf8(label).map_err(|_| broken())?);
        if prefix.len() > MAX_NAME || names.len() > usize::from(u16::MAX) {
            return Err(format!("a name that is too long, or too many: {prefix}"));
        }
        expand_dawg(dawg, target, prefix, names)?;
        prefix.truncate(len);
        at += size;
        if edge & 1 != 0 {
            return Ok(());
        }
    }
}

/// The words of a name. They end before a space, or after a hyphen unless a space follows; the empty word stands for the code
/// point in hexadecimal digits.
fn split(code_point: u32, name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let bytes = name.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let after_hyphen = at > start && bytes[at - 1] == b'-';
        if byte == b' ' && !after_hyphen {
            words.push(&name[start..at]);
            start = at + 1;
        } else if byte != b' ' && after_hyphen {
            words.push(&name[start..at]);
            start = at;
        }
    }
    words.push(&name[start..]);
    if let Some(last) = words.last_mut()
        && *last == format!("{code_point:04X}")
    {
        *last = "";
    }
    words
}

impl NameTable {
    /// Makes the tables.
    pub(crate) fn new(names: &BTreeMap<u32, String>) -> Result<Self> {
        let mut made = Self::default();
        if let Some(name) = names.values().find(|name| !name.is_ascii() || name.len() > MAX_NAME || name.is_empty()) {
            return Err(format!("{name}: not ASCII, or too long"));
        }
        let split: Vec<Vec<&str>> = names.iter().map(|(code_point, name)| split(*code_point, name)).collect();
        if split.iter().any(|words| words.len() > MOST_WORDS) {
            return Err("a name of too many words".to_owned());
        }
        let new: Vec<(usize, &[&str])> = split
            .iter()
            .enumerate()
            .map(|(rank, words)| {
                let before: &[&str] = if rank % BLOCK == 0 { &[] } else { &split[rank - 1] };
                let shared = before.iter().zip(words).take_while(|(a, b)| a == b).count();
                (shared, &words[shared..])
            })
            .collect();
        let numbers = made.number_words(&new)?;
        made.write_stream(&new, &numbers)?;
        made.find_runs(names)?;
        made.place(names)?;
        Ok(made)
    }

    /// Sorts the words, and selects those of one byte. Returns how each is written.
    fn number_words<'a>(&mut self, names: &[(usize, &[&'a str])]) -> Result<HashMap<&'a str, Vec<u8>>> {
        let mut uses: HashMap<&str, usize> = HashMap::from([("", 0)]);
        for word in names.iter().flat_map(|(_, words)| words.iter()) {
            *uses.entry(word).or_default() += 1;
        }
        let mut words: Vec<&str> = uses.keys().copied().collect();
        words.sort_unstable_by_key(|word| (word.len(), *word));
        let pages = words.len().div_ceil(256);
        if pages > 200 {
            return Err(format!("{} words are too many", words.len()));
        }
        for (number, word) in words.iter().enumerate() {
            while self.lengths.len() <= word.len() {
                self.lengths.push((number as u16, self.words.len() as u32));
            }
            if number % 256 == 0 {
                self.first_length.push(word.len() as u8);
            }
            self.words.extend(word.as_bytes());
        }
        self.lengths.push((u16::MAX, self.words.len() as u32));
        // Words are copied in pieces of 16 bytes.
        self.words.extend([b' '; 32]);
        let mut by_use: Vec<usize> = (0..words.len()).collect();
        by_use.sort_by_key(|number| std::cmp::Reverse(uses[words[*number]]));
        by_use.truncate(256 - pages);
        by_use.sort_unstable();
        let mut numbers = HashMap::new();
        for (number, word) in words.iter().enumerate() {
            let code = match by_use.binary_search(&number) {
                Ok(short) => vec![short as u8],
                Err(_) => vec![(by_use.len() + (number >> 8)) as u8, number as u8],
            };
            numbers.insert(*word, code);
        }
        self.common = by_use.into_iter().map(|number| number as u16).collect();
        Ok(numbers)
    }

    fn write_stream(&mut self, names: &[(usize, &[&str])], numbers: &HashMap<&str, Vec<u8>>) -> Result<()> {
        for (rank, (shared, words)) in names.iter().enumerate() {
            if rank % BLOCK == 0 {
                self.blocks.push(u32::try_from(self.stream.len()).map_err(|error| error.to_string())?);
            }
            self.stream.push((shared << 4 | words.len()) as u8);
            self.stream.extend(words.iter().flat_map(|word| &numbers[word]));
        }
        Ok(())
    }

    fn find_runs(&mut self, names: &BTreeMap<u32, String>) -> Result<()> {
        let mut next = None;
        for (rank, &code_point) in names.keys().enumerate() {
            if next != Some(code_point) {
                self.runs.push((code_point, u16::try_from(rank).map_err(|error| error.to_string())?));
            }
            next = Some(code_point + 1);
        }
        let last = next.unwrap_or(0);
        let (runs, ranks) = (&self.runs, names.len());
        let not_after = |found: usize| found.saturating_sub(1) as u16;
        let by_page = (0..=last / PAGE).map(|page| not_after(runs.partition_point(|run| run.0 <= page * PAGE)));
        self.run_of_page = by_page.collect();
        let by_rank =
            (0..=ranks / RANKS).map(|page| not_after(runs.partition_point(|run| usize::from(run.1) <= page * RANKS)));
        self.run_of_ranks = by_rank.collect();
        // The end of the last run.
        self.runs.push((u32::MAX, ranks as u16));
        Ok(())
    }

    /// Places the names by hash and displace.
    fn place(&mut self, names: &BTreeMap<u32, String>) -> Result<()> {
        let count = names.len() + names.len() / 24 + 1;
        let mut buckets: Vec<Vec<(u64, u16)>> = vec![Vec::new(); names.len() / 4 + 1];
        for (rank, name) in names.values().enumerate() {
            let mut buffer = hash::EMPTY;
            buffer[..name.len()].copy_from_slice(name.as_bytes());
            let hash = hash::hash(&buffer, name.len());
            buckets[hash::bucket(hash, names.len() / 4 + 1)].push((hash, rank as u16));
        }
        let mut order: Vec<usize> = (0..buckets.len()).collect();
        order.sort_by_key(|bucket| std::cmp::Reverse(buckets[*bucket].len()));
        self.displacements = vec![0; buckets.len()];
        self.slots = vec![u16::MAX; count];
        for bucket in order {
            let fits = |displacement: &u16| {
                let slots: Vec<usize> =
                    buckets[bucket].iter().map(|(hash, _)| hash::slot(*hash, *displacement, count)).collect();
                let free = slots.iter().all(|slot| self.slots[*slot] == u16::MAX);
                free && (1..slots.len()).all(|index| !slots[..index].contains(&slots[index]))
            };
            let displacement = (0..=u16::MAX).find(fits).ok_or("no place for a name in the hash table")?;
            self.displacements[bucket] = displacement;
            for (hash, rank) in &buckets[bucket] {
                self.slots[hash::slot(*hash, displacement, count)] = *rank;
            }
        }
        Ok(())
    }
}
