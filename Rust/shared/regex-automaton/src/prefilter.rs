//! The prefilter, which finds the positions at which a match can start: those of a literal prefix, of a few pairs of
//! characters, or of the first characters.

use crate::char_at::{CharAt, Pairs};
use crate::class::Classes;
use crate::nfa::{Nfa, Node};
use crate::prefix::{BytePrefix, PrefixFinder};
use crate::unit::literal;
use try_alloc::{NoMemory, boxed, collect, extend, filled, push};

/// Finds the positions at which a match can start.
#[derive(Debug)]
pub(crate) struct Prefilter {
    /// The literal with which every match starts.
    prefix: Vec<u32>,
    /// The prefix, if all its characters are below 256.
    bytes: Option<BytePrefix>,
    /// The first characters of matches, if there is no prefix.
    first: Option<Box<First>>,
    /// Every match starts at the start of a line.
    lines: bool,
}

/// The first characters of a pattern.
#[derive(Debug)]
struct First {
    table: [bool; 256],
    /// The number of characters in the table.
    count: usize,
    /// The characters of the table, if there are at most three.
    narrow: Vec<u32>,
    /// All first characters, above 255 too, if they are known and there are at most three.
    few: Vec<u32>,
    /// Whether a match may start with a character above 255.
    wide: bool,
    /// The first two characters of the matches, if they are few.
    pairs: Option<Pairs>,
    /// Whether searching for the first characters is faster than the DFA in typical text.
    rare: bool,
}

impl Prefilter {
    /// The prefilter, and whether the pattern is nothing but the literal and the ends of groups; `None` if a match can
    /// start with too many characters, or be empty.
    pub(crate) fn new(nfa: &Nfa, classes: &Classes, lines: bool) -> Result<Option<(Prefilter, bool)>, NoMemory> {
        let units = classes.units();
        let mut prefix = Vec::new();
        let mut id = nfa.start;
        let mut plain = true;
        let all = loop {
            match &nfa.nodes[id as usize] {
                Node::Match => break true,
                Node::Mark { next, .. } => id = *next,
                // An assertion restricts the positions at which the pattern can start, but not its first characters.
                Node::Assert { next, .. } => {
                    plain = false;
                    id = *next;
                }
                Node::Char { unit, next } => match literal(units, *unit) {
                    Some(ch) if prefix.len() < 256 => {
                        push(&mut prefix, ch)?;
                        id = *next;
                    }
                    _ => break false,
                },
                Node::Split(_) | Node::Fail => break false,
            }
        };
        if prefix.is_empty() && lines {
            return Ok(Some((Prefilter { prefix, bytes: None, first: None, lines }, false)));
        }
        if prefix.is_empty() {
            let Some(first) = first_characters(nfa, classes)? else { return Ok(None) };
            let mut first = boxed(first)?;
            // A single byte is found faster alone.
            if first.count != 1 {
                first.pairs = Pairs::new(nfa, classes)?;
            }
            first.rare |= first.pairs.is_some();
            let first = Some(first);
            return Ok(Some((Prefilter { prefix, bytes: None, first, lines: false }, false)));
        }
        let is_narrow = prefix.iter().all(|&ch| ch < 256);
        let bytes = if is_narrow { Some(BytePrefix::new(&prefix)?) } else { None };
        Ok(Some((Prefilter { prefix, bytes, first: None, lines: false }, all && plain)))
    }

    /// The length of the literal prefix.
    pub(crate) fn len(&self) -> usize {
        self.prefix.len()
    }

    /// Whether the prefilter is also worthwhile in the middle of a scan.
    pub(crate) fn is_rare(&self) -> bool {
        self.first.as_ref().is_none_or(|first| first.rare)
    }

    /// The first position from `at` on at which a match can start. `finder` is always used with
    /// the same prefilter.
    pub(crate) fn find<'a, T: CharAt>(&'a self, finder: &PrefixFinder<'a>, text: &[T], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        if let Some(first) = &self.first {
            if first.count == 0 && T::NARROW {
                return None;
            }
            if let Some(pairs) = &first.pairs
                && (T::NARROW || pairs.exact)
            {
                return pairs.find(rest).map(|found| at + found);
            }
            let chars = if T::NARROW { &first.narrow } else { &first.few };
            let found = match (T::bytes(rest), &chars[..]) {
                (Some(bytes), &[a]) => memchr::memchr(a as u8, bytes),
                (Some(bytes), &[a, b]) => memchr::memchr2(a as u8, b as u8, bytes),
                (Some(bytes), &[a, b, c]) => memchr::memchr3(a as u8, b as u8, c as u8, bytes),
                (None, &[a]) => position(rest, |ch| ch.get() == a),
                (None, &[a, b]) => position(rest, |ch| ch.get() == a || ch.get() == b),
                (None, &[a, b, c]) => position(rest, |ch| ch.get() == a || ch.get() == b || ch.get() == c),
                _ => rest.iter().position(|ch| first.table.get(ch.get() as usize).copied().unwrap_or(first.wide)),
            };
            return found.map(|found| at + found);
        }
        if self.lines {
            if at == 0 || text.get(at - 1).is_some_and(|ch| ch.get() == 10) {
                return Some(at);
            }
            let found = match T::bytes(rest) {
                Some(bytes) => memchr::memchr(b'\n', bytes),
                None => position(rest, |ch| ch.get() == 10),
            };
            return found.map(|found| at + found + 1);
        }
        if let Some(bytes) = T::bytes(rest) {
            return self.bytes.as_ref()?.find(finder, bytes).map(|found| at + found);
        }
        let first = T::of(*self.prefix.first()?)?;
        let mut start = 0;
        loop {
            start += position(&rest[start..], |ch| ch == first)?;
            let candidate = rest.get(start..start + self.prefix.len())?;
            if candidate.iter().zip(&self.prefix).all(|(ch, expected)| ch.get() == *expected) {
                return Some(at + start);
            }
            start += 1;
        }
    }
}

/// The position of the first character that passes the test. The search is in blocks, so that the compiler can
/// vectorise the loop.
fn position<T: CharAt>(text: &[T], test: impl Fn(T) -> bool) -> Option<usize> {
    let mut at = 0;
    for block in text.chunks(32) {
        if block.iter().fold(false, |any, &ch| any | test(ch)) {
            return block.iter().position(|&ch| test(ch)).map(|found| at + found);
        }
        at += block.len();
    }
    None
}

/// The maximum number of first characters for which a search is worthwhile.
const MAX_FIRST: usize = 160;

/// The characters that a match can start with, or `None` if it can be empty or start with too many.
fn first_characters(nfa: &Nfa, classes: &Classes) -> Result<Option<First>, NoMemory> {
    let mut first = First {
        table: [false; 256],
        count: 0,
        narrow: Vec::new(),
        few: Vec::new(),
        wide: false,
        pairs: None,
        rare: false,
    };
    let mut others = false;
    let mut seen_units = filled(false, classes.units().len())?;
    let mut seen = filled(false, nfa.nodes.len())?;
    let mut stack = Vec::new();
    push(&mut stack, nfa.start)?;
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut seen[id as usize], true) {
            continue;
        }
        match &nfa.nodes[id as usize] {
            // The pattern can match the empty string, so a match can start anywhere.
            Node::Match => return Ok(None),
            Node::Fail => {}
            Node::Char { unit, .. } => {
                if std::mem::replace(&mut seen_units[*unit as usize], true) {
                    continue;
                }
                for (ch, slot) in first.table.iter_mut().enumerate() {
                    *slot |= classes.latin1_accepts(ch as u8, *unit);
                }
                match literal(classes.units(), *unit) {
                    Some(ch) => {
                        first.wide |= ch > 255;
                        push(&mut first.few, ch)?;
                    }
                    None => {
                        first.wide = true;
                        others = true;
                    }
                }
            }
            Node::Split(targets) => extend(&mut stack, targets)?,
            Node::Assert { next, .. } | Node::Mark { next, .. } => push(&mut stack, *next)?,
        }
    }
    first.count = first.table.iter().filter(|&&set| set).count();
    // The most frequent characters of English text.
    first.rare = b"etaoinsrhdlu ".iter().filter(|&&ch| first.table[usize::from(ch)]).count() < 2;
    if first.count <= 3 {
        first.narrow = collect((0..256).filter(|&ch| first.table[ch as usize]))?;
    }
    first.few.sort_unstable();
    first.few.dedup();
    if others || first.few.len() > 3 {
        first.few.clear();
    }
    Ok((first.count <= MAX_FIRST).then_some(first))
}
