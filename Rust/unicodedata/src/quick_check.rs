//! The normalization forms, and the quick check, which recognises most text that is in one of them (UAX #15, section 9).

#![forbid(unsafe_code)]

use crate::tables::{Class, Range, Tables};

/// A unit of the characters of a `str`.
pub trait Unit: Copy + Default + Ord + Into<u32> + TryFrom<u32> + 'static {
    /// The largest unit.
    const LARGEST: u32;
    /// The unit of a code point that is not larger than that.
    fn truncated(code_point: u32) -> Self;
    /// Whether all units of a chunk are in one of the ranges, each of which is the first unit and the length.
    fn all_in(units: &[Self; CHUNK], ranges: &[(Self, Self); RANGES]) -> bool;
}

macro_rules! unit {
    ($unit:ty) => {
        impl Unit for $unit {
            const LARGEST: u32 = <$unit>::MAX as u32;

            #[inline(always)]
            fn truncated(code_point: u32) -> Self {
                code_point as Self
            }

            #[inline(always)]
            fn all_in(units: &[Self; CHUNK], ranges: &[(Self, Self); RANGES]) -> bool {
                // Without branches, so that the compiler uses vectors.
                let mut all = true;
                for &unit in units {
                    let [a, b, c, d] = ranges.map(|(first, len)| unit.wrapping_sub(first) < len);
                    all &= a | b | c | d;
                }
                all
            }
        }
    };
}

unit!(u8);
unit!(u16);
unit!(u32);

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

    /// The form of a name.
    #[inline]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"NFC" => Some(Self::Nfc),
            b"NFD" => Some(Self::Nfd),
            b"NFKC" => Some(Self::Nfkc),
            b"NFKD" => Some(Self::Nfkd),
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

    /// The ranges of characters that are boundaries for this form.
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

    /// Whether the quick check says no.
    #[inline(always)]
    pub(crate) fn is_no(self, form: Form) -> bool {
        self.0 & (2 << form.shift()) != 0
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

/// The number of characters that are tested together.
const CHUNK: usize = 16;
/// The number of characters that are tested one by one first, as the next one that is not in the form is often near.
const FEW: usize = 6;
/// The number of chunks outside the known ranges, counted from the start, whose characters are tested one by one, for
/// the same reason.
const FIRST_CHUNKS: u32 = 2;
/// The number of ranges with which the characters of a chunk are compared.
const RANGES: usize = 4;

/// The first character from `start` on that keeps the text from being certainly in the form: one for which the quick check does not
/// say yes, or a mark that follows one of a higher class. The length of the text if there is none.
///
/// `start` is 0 or the place of a starter.
///
/// Text has characters of few blocks. A chunk is compared with the ranges that the characters before it were in; its characters
/// are looked up only if one of them is in none.
///
/// This cannot panic, so that it can be called without the cost of an entry.
pub fn first_not_yes<U: Unit>(tables: &Tables, text: &[U], start: usize, form: Form) -> usize {
    if form.low(tables) > U::LARGEST {
        return text.len();
    }
    let mut check = Check { mask: 3 << form.shift(), before: 0, has_marks: false };
    let (mut at, mut rest) = (start, text.get(start..).unwrap_or_default());
    if rest.len() < CHUNK {
        let place = rest.iter().position(|unit| check.stops_at(tables, (*unit).into()));
        return at + place.unwrap_or(rest.len());
    }
    if start > 0 {
        let (few, more) = rest.split_at_checked(FEW).unwrap_or((rest, &[]));
        match few.iter().position(|unit| check.stops_at(tables, (*unit).into())) {
            Some(place) => return at + place,
            None => (at, rest) = (at + few.len(), more),
        }
    }
    let (chunks, rest) = rest.as_chunks::<CHUNK>();
    let mut known = Known { ranges: [(U::default(), U::truncated(form.low(tables))); RANGES], next: 1, credit: CREDIT };
    let mut chunks = chunks;
    // How many chunks are looked up before one is compared with the ranges again.
    let mut patience = 0;
    let mut first_chunks = if start > 0 { 0 } else { FIRST_CHUNKS };
    loop {
        if patience > 0
            && let Some((chunk, more)) = chunks.split_first()
        {
            if check.stops_within(tables, chunk) {
                let place = chunk.iter().position(|unit| check.stops_at(tables, (*unit).into()));
                return at + place.unwrap_or(0);
            }
            patience -= 1;
            (at, chunks) = (at + CHUNK, more);
            continue;
        }
        // A copy, so that the loop has the ranges in registers.
        let ranges = known.ranges;
        let within = chunks.iter().position(|chunk| !U::all_in(chunk, &ranges)).unwrap_or(chunks.len());
        let Some((chunk, more)) = chunks.get(within..).and_then(<[_]>::split_first) else {
            check.before = if within > 0 { 0 } else { check.before };
            at += within * CHUNK;
            break;
        };
        at += within * CHUNK;
        if within > 0 {
            check.before = 0;
            known.credit = known.credit.saturating_add(u32::try_from(within).unwrap_or(u32::MAX));
        }
        if first_chunks > 0 {
            if let Some(place) = chunk.iter().position(|unit| check.stops_at(tables, (*unit).into())) {
                return at + place;
            }
            first_chunks -= 1;
            (at, chunks) = (at + CHUNK, more);
            continue;
        }
        if check.stops_within(tables, chunk) {
            let place = chunk.iter().position(|unit| check.stops_at(tables, (*unit).into()));
            return at + place.unwrap_or(0);
        }
        if known.credit > 0 && !check.has_marks {
            known.learn(form.inert(tables), chunk);
        } else if within == 0 {
            patience = PATIENCE;
        }
        (at, chunks) = (at + CHUNK, more);
    }
    match rest.iter().position(|unit| check.stops_at(tables, (*unit).into())) {
        Some(place) => at + place,
        None => at + rest.len(),
    }
}

/// The number of ranges that are looked for at first. Each chunk that is within the known ranges allows one search
/// more.
const CREDIT: u32 = 4;

/// The number of chunks that are looked up in the tables without a comparison with the ranges, after one that was in
/// none.
const PATIENCE: u32 = 6;

/// The ranges with which chunks are compared.
struct Known<U> {
    ranges: [(U, U); RANGES],
    /// The one that is replaced next. The first one stays.
    next: usize,
    credit: u32,
}

impl<U: Unit> Known<U> {
    /// Adds the range of the first character that is in none.
    #[inline(never)]
    fn learn(&mut self, inert: &[Range], chunk: &[U; CHUNK]) {
        let is_known = |unit: u32| self.ranges.iter().any(|&(first, len)| unit.wrapping_sub(first.into()) < len.into());
        let Some(unit) = chunk.iter().map(|unit| (*unit).into()).find(|unit| !is_known(*unit)) else { return };
        let number = inert.partition_point(|range| range.first <= unit);
        let range = number.checked_sub(1).and_then(|number| inert.get(number));
        // It may be in a range that is too short to be there.
        if let Some(range) = range.filter(|range| unit - range.first < range.len) {
            // The range is cut off where the units end.
            let len = range.len.min(U::LARGEST - range.first);
            if let Some(place) = self.ranges.get_mut(self.next) {
                *place = (U::truncated(range.first), U::truncated(len));
            }
            self.next = self.next % (RANGES - 1) + 1;
        }
        self.credit -= 1;
    }
}

/// The state of the quick check.
#[derive(Clone, Copy)]
struct Check {
    /// The bits of the form.
    mask: u16,
    /// The combining class of the character before.
    before: u8,
    /// Whether the last chunk has characters that are no starters, and so are in no range.
    has_marks: bool,
}

impl Check {
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
