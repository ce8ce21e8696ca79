//! The normalization forms, and the quick check, which recognises most text that is in one of them (UAX #15, section 9).

#![forbid(unsafe_code)]

use crate::tables::{Class, Range, Tables};

/// A unit of the characters of a `str`.
pub trait Unit: Copy + Ord + Into<u32> + TryFrom<u32> + 'static {
    /// The largest unit.
    const LARGEST: u32;
    /// The unit of a code point that is not larger than that.
    fn truncated(code_point: u32) -> Self;
    /// Whether all units are in one of the ranges.
    fn all_in<const COUNT: usize>(units: &[Self; COUNT], ranges: &[Range; 3]) -> bool;
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
            fn all_in<const COUNT: usize>(units: &[Self; COUNT], ranges: &[Range; 3]) -> bool {
                // The ranges are of the Basic Multilingual Plane. What is cut off is never in a range that this width has: an
                // empty one has no first character.
                let ranges = ranges.map(|Range { first, len }| match <$unit>::try_from(first) {
                    Ok(first) => (first, <$unit>::try_from(len).unwrap_or(<$unit>::MAX)),
                    Err(_) => (0, 0),
                });
                // Without branches, so that the compiler uses vectors.
                let mut all = true;
                for &unit in units {
                    let within = ranges.map(|(first, len)| unit.wrapping_sub(first) < len);
                    all &= within[0] | within[1] | within[2];
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

    #[inline(always)]
    fn shift(self) -> u32 {
        8 + 2 * self as u32
    }

    /// The ranges that this form does not change.
    #[inline(always)]
    pub(crate) fn inert(self, tables: &Tables) -> &[Range; 3] {
        &tables.inert[self as usize]
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

/// How many characters are looked at together.
const CHUNK: usize = 16;
/// How many are looked at one by one first, as the next one that is not in the form is often near.
const FEW: usize = 6;

/// The first character from `start` on that keeps the text from being certainly in the form: one for which the quick check does not
/// say yes, or a mark that follows one of a higher class. The length of the text if there is none.
///
/// `start` is 0 or the place of a starter.
pub fn first_not_yes<U: Unit>(tables: &Tables, text: &[U], start: usize, form: Form) -> usize {
    let ranges = form.inert(tables);
    let low = ranges[0].len;
    if low > U::LARGEST {
        return text.len();
    }
    let mut check = Check { mask: 3 << form.shift(), before: 0 };
    let mut at = start;
    while at < text.len().min(start + FEW) {
        if check.stops_at(tables, text[at].into(), low) {
            return at;
        }
        at += 1;
    }
    while let Some(chunk) = text.get(at..).and_then(<[U]>::first_chunk::<CHUNK>) {
        if U::all_in(chunk, ranges) {
            check.before = 0;
        } else {
            // Without branches; where it stops is found below.
            let mut ahead = check;
            if chunk.iter().fold(false, |found, unit| found | ahead.stops(tables.class((*unit).into()))) {
                break;
            }
            check = ahead;
        }
        at += CHUNK;
    }
    while at < text.len() {
        if check.stops_at(tables, text[at].into(), low) {
            return at;
        }
        at += 1;
    }
    at
}

/// The state of the quick check.
#[derive(Clone, Copy)]
struct Check {
    /// The bits of the form.
    mask: u16,
    /// The combining class of the character before.
    before: u8,
}

impl Check {
    /// Whether a character is not certainly in the form.
    #[inline(always)]
    fn stops(&mut self, class: Class) -> bool {
        let combining = class.combining();
        let is_disordered = (combining != 0) & (self.before > combining);
        self.before = combining;
        (class.0 & self.mask != 0) | is_disordered
    }

    /// As `stops`, of a character, which is looked up if it is not below `low`.
    #[inline(always)]
    fn stops_at(&mut self, tables: &Tables, code_point: u32, low: u32) -> bool {
        if code_point < low {
            self.before = 0;
            return false;
        }
        self.stops(tables.class(code_point))
    }
}
