//! The normalization forms, and the quick check, which recognises most text that is in one of them (UAX #15, section 9).

#![forbid(unsafe_code)]

use crate::ordered_ranges::{self, CHUNK, OrderedRange, RANGES};
use crate::tables::{Class, Range, Tables};

/// A unit of the characters of a `str`.
pub trait Unit: Copy + Default + Ord + Into<u32> + TryFrom<u32> + 'static {
    /// The largest unit.
    const LARGEST: u32;
    /// Whether [`within`](Self::within) knows marks. Text with marks has two bytes a character, most often.
    const KNOWS_MARKS: bool;
    /// How many ranges units are compared with.
    const RANGES: usize;
    /// The unit of a code point that is not larger than that.
    fn truncated(code_point: u32) -> Self;
    /// How many chunks have units of these ranges alone, in canonical order, until there is one that has not; and how many units
    /// of that.
    ///
    /// `before` is the combining class of the character before the first one, and is set to that of the last one of the chunks.
    fn within(chunks: &[[Self; CHUNK]], ranges: &[KnownRange<Self>; RANGES], before: &mut u8) -> (usize, usize);
}

/// A range of characters that the form does not change, all of one combining class.
#[derive(Debug, Clone, Copy)]
pub struct KnownRange<U> {
    /// The first one, and the number of them, with the highest bit inverted: most vector instructions compare signed numbers.
    first: U,
    len: U,
    class: u8,
}

impl<U: Unit> KnownRange<U> {
    const HIGHEST_BIT: u32 = U::LARGEST / 2 + 1;

    /// The part of a range that has such units.
    fn new(range: Range) -> Self {
        let len = range.len.min(U::LARGEST - range.first);
        Self {
            first: U::truncated(range.first ^ Self::HIGHEST_BIT),
            len: U::truncated(len ^ Self::HIGHEST_BIT),
            class: range.combining,
        }
    }

    fn contains(&self, unit: u32) -> bool {
        let (first, len) = (self.first.into() ^ Self::HIGHEST_BIT, self.len.into() ^ Self::HIGHEST_BIT);
        unit.wrapping_sub(first) < len
    }
}

macro_rules! unit {
    ($unit:ty, $signed:ty) => {
        impl Unit for $unit {
            const LARGEST: u32 = <$unit>::MAX as u32;
            const KNOWS_MARKS: bool = false;
            const RANGES: usize = 3;

            #[inline(always)]
            fn truncated(code_point: u32) -> Self {
                code_point as Self
            }

            #[inline(always)]
            fn within(
                chunks: &[[Self; CHUNK]],
                ranges: &[KnownRange<Self>; RANGES],
                before: &mut u8,
            ) -> (usize, usize) {
                // Copies, so that the loop has the ranges in registers.
                let [a, b, c, ..] = ranges.map(|range| (range.first, range.len as $signed));
                let is_within = |units: &[Self; CHUNK]| {
                    // Without branches, so that the compiler uses vectors.
                    let mut all = true;
                    for &unit in units {
                        let [a, b, c] = [a, b, c].map(|(first, len)| (unit.wrapping_sub(first) as $signed) < len);
                        all &= a | b | c;
                    }
                    all
                };
                let within = chunks.iter().position(|chunk| !is_within(chunk)).unwrap_or(chunks.len());
                // There are no marks in these ranges.
                *before = if within > 0 { 0 } else { *before };
                let is_within = |unit: &Self| ranges.iter().any(|range| range.contains((*unit).into()));
                let rest = chunks.get(within).and_then(|chunk| chunk.iter().position(|unit| !is_within(unit)));
                (within, rest.unwrap_or(0))
            }
        }
    };
}

unit!(u8, i8);
unit!(u32, i32);

impl Unit for u16 {
    const LARGEST: u32 = Self::MAX as u32;
    const KNOWS_MARKS: bool = true;
    const RANGES: usize = RANGES;

    #[inline(always)]
    fn truncated(code_point: u32) -> Self {
        code_point as Self
    }

    #[inline(always)]
    fn within(chunks: &[[Self; CHUNK]], ranges: &[KnownRange<Self>; RANGES], before: &mut u8) -> (usize, usize) {
        let ranges = ranges.map(|range| OrderedRange::new(range.first, range.len, range.class));
        ordered_ranges::within(chunks, &ranges, before)
    }
}

/// A normalization form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Canonical decomposition.
    Nfd,
    /// Compatibility decomposition.
    Nfkd,
    /// Canonical decomposition, followed by canonical composition.
    Nfc,
    /// Compatibility decomposition, followed by canonical composition.
    Nfkc,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 4] = [Self::Nfd, Self::Nfkd, Self::Nfc, Self::Nfkc];

    /// The form of a name, which is four bytes in memory: a name of three characters ends in a zero.
    #[inline]
    pub fn from_name(name: u32) -> Option<Self> {
        const NFC: u32 = u32::from_ne_bytes(*b"NFC\0");
        const NFD: u32 = u32::from_ne_bytes(*b"NFD\0");
        const NFKC: u32 = u32::from_ne_bytes(*b"NFKC");
        const NFKD: u32 = u32::from_ne_bytes(*b"NFKD");
        match name {
            NFC => Some(Self::Nfc),
            NFD => Some(Self::Nfd),
            NFKC => Some(Self::Nfkc),
            NFKD => Some(Self::Nfkd),
            _ => None,
        }
    }

    /// Whether compatibility mappings apply.
    #[inline]
    pub fn is_compatibility(self) -> bool {
        matches!(self, Self::Nfkd | Self::Nfkc)
    }

    /// Whether characters are composed.
    #[inline]
    pub fn composes(self) -> bool {
        matches!(self, Self::Nfc | Self::Nfkc)
    }

    /// The form without the composition.
    #[inline(always)]
    pub(crate) fn decomposed(self) -> Self {
        if self.is_compatibility() { Self::Nfkd } else { Self::Nfd }
    }

    #[inline(always)]
    fn shift(self) -> u32 {
        8 + 2 * self as u32
    }

    /// The ranges of characters that this form does not change.
    #[inline(always)]
    fn inert(self, tables: &Tables) -> &'static [Range] {
        tables.inert[self as usize]
    }

    /// All characters below this one are boundaries.
    #[inline(always)]
    pub(crate) fn low(self, tables: &Tables) -> u32 {
        self.inert(tables).first().filter(|range| range.first == 0).map_or(0, |range| range.len)
    }
}

impl Class {
    /// Whether the quick check says yes.
    #[inline(always)]
    pub(crate) fn is_yes(self, form: Form) -> bool {
        self.0 & (3 << form.shift()) == 0
    }

    /// Whether the quick check says maybe.
    #[inline(always)]
    pub(crate) fn is_maybe(self, form: Form) -> bool {
        self.0 >> form.shift() & 3 == 1
    }

    /// Whether a form changes neither the character nor what comes before it, whatever that is: a starter for which the quick
    /// check says yes.
    #[inline(always)]
    pub(crate) fn is_boundary(self, form: Form) -> bool {
        self.0 & (3 << form.shift() | 0xFF) == 0
    }

    /// Whether the character composes with one before it.
    #[inline(always)]
    pub(crate) fn is_second(self) -> bool {
        self.0 & (1 << Form::Nfc.shift()) != 0
    }
}

/// The number of characters that are tested one by one at first: the first one that is not in the form is often near the start.
const NEAR: usize = 32;

/// The first character that keeps the text from being certainly in the form: one for which the quick check does not say yes, or a
/// mark that follows one of a higher class. The length of the text if there is none.
#[inline]
pub fn first_not_yes<U: Unit>(tables: &Tables, text: &[U], form: Form) -> usize {
    first_not_yes_near(tables, text, form).unwrap_or_else(|| first_not_yes_far(tables, text, form))
}

/// As [`first_not_yes`]; `None` if it is not near the start. This is a few instructions, and cannot panic.
#[inline(always)]
pub(crate) fn first_not_yes_near<U: Unit>(tables: &Tables, text: &[U], form: Form) -> Option<usize> {
    // No form has all characters of more than a byte.
    if U::LARGEST == 0xFF && form.low(tables) > U::LARGEST {
        return Some(text.len());
    }
    let near = text.get(..NEAR).unwrap_or(text);
    Check::new(form).position(tables, near).or((near.len() == text.len()).then_some(near.len()))
}

/// As [`first_not_yes`], of a text of which [`first_not_yes_near`] does not tell. This cannot panic.
pub(crate) fn first_not_yes_far<U: Unit>(tables: &Tables, text: &[U], form: Form) -> usize {
    let before = text.get(NEAR - 1).map_or(0, |unit| tables.class((*unit).into()).combining());
    Check { before, ..Check::new(form) }.search(tables, text, NEAR, &mut Known::new(form.low(tables)))
}

/// As [`first_not_yes`], from `start` on, which is the place of a starter. `known` is what is known of the text before.
pub(crate) fn next_not_yes<U: Unit>(
    tables: &Tables,
    text: &[U],
    start: usize,
    form: Form,
    known: &mut Known<U>,
) -> usize {
    if form.low(tables) > U::LARGEST { text.len() } else { Check::new(form).search(tables, text, start, known) }
}

/// The number of ranges that are looked for at first. Each chunk that is within the known ranges allows one search
/// more.
const CREDIT: u32 = 4;

/// The number of chunks that are looked up in the tables without a comparison with the ranges, after one that was in
/// none.
const PATIENCE: u32 = 6;

/// The ranges with which chunks are compared: text has characters of few blocks.
pub(crate) struct Known<U> {
    ranges: [KnownRange<U>; RANGES],
    /// The one that is replaced next. The first one stays.
    next: usize,
    credit: u32,
}

impl<U: Unit> Known<U> {
    /// The characters below `low` alone.
    pub(crate) fn new(low: u32) -> Self {
        let range = KnownRange::new(Range { first: 0, len: low, combining: 0 });
        Self { ranges: [range; RANGES], next: 1, credit: CREDIT }
    }

    /// Adds the ranges of the characters that are in none.
    #[inline(never)]
    fn learn(&mut self, inert: &[Range], chunk: &[U; CHUNK]) {
        for unit in chunk.iter().map(|unit| (*unit).into()) {
            if self.credit == 0 || self.ranges.iter().any(|range| range.contains(unit)) {
                continue;
            }
            self.credit -= 1;
            let number = inert.partition_point(|range| range.first <= unit);
            let range = number.checked_sub(1).and_then(|number| inert.get(number));
            // It may be in a range that is too short to be there.
            if let Some(&range) = range.filter(|range| unit - range.first < range.len)
                && (U::KNOWS_MARKS || range.combining == 0)
            {
                if let Some(place) = self.ranges.get_mut(self.next) {
                    *place = KnownRange::new(range);
                }
                self.next = self.next % (U::RANGES - 1) + 1;
            }
        }
    }
}

/// The state of the quick check.
#[derive(Clone, Copy)]
struct Check {
    form: Form,
    /// Its bits.
    mask: u16,
    /// The combining class of the character before.
    before: u8,
    /// Whether the last chunk has characters that are no starters, and so are in no range.
    has_marks: bool,
}

impl Check {
    fn new(form: Form) -> Self {
        Self { form, mask: 3 << form.shift(), before: 0, has_marks: false }
    }

    /// The first character from `start` on that is not certainly in the form.
    ///
    /// A chunk is compared with the ranges that the characters before it were in; its characters are looked up only if one of
    /// them is in none.
    fn search<U: Unit>(mut self, tables: &Tables, text: &[U], start: usize, known: &mut Known<U>) -> usize {
        let (mut chunks, rest) = text.get(start..).unwrap_or_default().as_chunks::<CHUNK>();
        let mut at = start;
        // How many chunks are looked up before one is compared with the ranges again.
        let mut patience = 0;
        loop {
            if patience > 0
                && let Some((chunk, more)) = chunks.split_first()
            {
                if self.stops_within(tables, chunk) {
                    return at + self.position(tables, chunk).unwrap_or(0);
                }
                patience -= 1;
                (at, chunks) = (at + CHUNK, more);
                continue;
            }
            let (within, units) = U::within(chunks, &known.ranges, &mut self.before);
            at += within * CHUNK;
            let Some((chunk, more)) = chunks.get(within..).and_then(<[_]>::split_first) else { break };
            known.credit = known.credit.saturating_add(u32::try_from(within).unwrap_or(u32::MAX));
            // Most often the first character that is in no range is not in the form.
            if chunk.get(units).is_some_and(|unit| tables.class((*unit).into()).0 & self.mask != 0) {
                return at + units;
            }
            if self.stops_within(tables, chunk) {
                return at + self.position(tables, chunk).unwrap_or(0);
            }
            if known.credit > 0 && (U::KNOWS_MARKS || !self.has_marks) {
                known.learn(self.form.inert(tables), chunk);
            } else if within == 0 {
                patience = PATIENCE;
            }
            (at, chunks) = (at + CHUNK, more);
        }
        at + self.position(tables, rest).unwrap_or(rest.len())
    }

    /// The first character of a text that is not certainly in the form.
    #[inline(always)]
    fn position<U: Unit>(&mut self, tables: &Tables, text: &[U]) -> Option<usize> {
        text.iter().position(|unit| self.stops_at(tables, (*unit).into()))
    }

    /// Whether a character is not certainly in the form.
    #[inline(always)]
    fn stops_at(&mut self, tables: &Tables, code_point: u32) -> bool {
        let class = tables.class(code_point);
        let before = std::mem::replace(&mut self.before, class.combining());
        class.0 & (self.mask | 0xFF) != 0 && (class.0 & self.mask != 0 || before > class.combining())
    }

    /// Whether any character of a chunk is not certainly in the form. If none is, the last one is the one before now.
    #[inline(always)]
    fn stops_within<U: Unit>(&mut self, tables: &Tables, chunk: &[U; CHUNK]) -> bool {
        // The classes are looked up one by one, and then compared by vectors.
        let mut classes = [u16::from(self.before); CHUNK + 1];
        for (class, unit) in classes.iter_mut().skip(1).zip(chunk) {
            *class = tables.class((*unit).into()).0;
        }
        let (mut found, mut all) = (0, 0);
        for index in 0..CHUNK {
            let (before, class) = (classes[index] & 0xFF, classes[index + 1]);
            let combining = class & 0xFF;
            let is_disordered = u16::from((combining != 0) & (before > combining));
            found |= class & self.mask | is_disordered;
            all |= combining;
        }
        self.has_marks = all != 0;
        if found == 0 {
            self.before = classes[CHUNK] as u8;
        }
        found != 0
    }
}
