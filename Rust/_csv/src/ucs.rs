//! Characters in the three widths in which a `str` has them (PEP 393): `Py_UCS1`, `Py_UCS2` and `Py_UCS4`.
//!
//! A `str` has all characters in the narrowest width that holds the largest one. Reading and writing is generic over the width,
//! so that no text is converted before it is looked at.

#[cfg(target_arch = "x86_64")]
mod sse2;

/// A character in one of the widths.
pub trait Unit: Copy + Eq + Into<u32> + 'static {
    /// The width.
    const WIDTH: Width;

    /// The character, if it fits.
    fn from_character(character: u32) -> Option<Self>;

    /// The low bits of the character, which the caller knows to fit.
    fn truncate(character: u32) -> Self;

    /// Units as text of their width.
    fn text(units: &[Self]) -> Text<'_>;

    /// Text as units, if they have this width.
    fn units(text: Text<'_>) -> Option<&[Self]>;

    /// The units of a buffer, if they have this width.
    fn in_buffer(buffer: &mut Buffer) -> Option<&mut Vec<Self>>;

    /// The index of the first unit from `from` on that is one of the needles; the length if there is none.
    ///
    /// # Panics
    ///
    /// When `from` is more than the length.
    fn find<const N: usize>(units: &[Self], from: usize, needles: &Needles<N>) -> usize;

    /// The units from `from` on that are one of the needles, as far as they are found at once.
    ///
    /// # Panics
    ///
    /// When `from` is more than the length.
    fn hits<const N: usize>(units: &[Self], from: usize, needles: &Needles<N>) -> Hits;
}

/// Where some of the needles are in a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hits {
    /// The place of the lowest bit.
    start: usize,
    /// A bit for each of them.
    bits: u64,
    /// The place up to which they are known.
    end: usize,
}

impl Hits {
    /// Nothing has been found yet; the search starts at `from`.
    #[inline(always)]
    pub fn after(from: usize) -> Self {
        Self { start: from, bits: 0, end: from }
    }

    /// The next one, which is not found again.
    #[inline(always)]
    pub fn next<U: Unit, const N: usize>(&mut self, units: &[U], needles: &Needles<N>) -> Option<usize> {
        while self.bits == 0 {
            if self.end == units.len() {
                return None;
            }
            *self = U::hits(units, self.end, needles);
        }
        let hit = self.start + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(hit)
    }

    /// The first one from `from` on.
    #[inline(always)]
    fn first<U: Unit, const N: usize>(units: &[U], from: usize, needles: &Needles<N>) -> Self {
        let hit = U::find(units, from, needles);
        if hit < units.len() {
            Self { start: hit, bits: 1, end: hit + 1 }
        } else {
            Self { start: hit, bits: 0, end: hit }
        }
    }
}

/// How many bytes a character has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// One: Latin-1.
    #[default]
    Ucs1,
    /// Two: the Basic Multilingual Plane, lone surrogates included.
    Ucs2,
    /// Four.
    Ucs4,
}

impl Width {
    /// The narrowest width for a character.
    #[inline(always)]
    pub fn of(character: u32) -> Self {
        match character {
            0..=0xFF => Self::Ucs1,
            0x100..=0xFFFF => Self::Ucs2,
            _ => Self::Ucs4,
        }
    }
}

/// Text in one of the widths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// One byte a character.
    Ucs1(&'a [u8]),
    /// Two bytes a character.
    Ucs2(&'a [u16]),
    /// Four bytes a character.
    Ucs4(&'a [u32]),
}

impl Text<'_> {
    /// How many characters there are.
    #[inline(always)]
    pub fn len(self) -> usize {
        match self {
            Self::Ucs1(units) => units.len(),
            Self::Ucs2(units) => units.len(),
            Self::Ucs4(units) => units.len(),
        }
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The width.
    #[inline(always)]
    pub fn width(self) -> Width {
        match self {
            Self::Ucs1(_) => Width::Ucs1,
            Self::Ucs2(_) => Width::Ucs2,
            Self::Ucs4(_) => Width::Ucs4,
        }
    }

    /// The character at an index.
    pub fn get(self, index: usize) -> Option<u32> {
        match self {
            Self::Ucs1(units) => units.get(index).map(|&unit| unit.into()),
            Self::Ucs2(units) => units.get(index).map(|&unit| unit.into()),
            Self::Ucs4(units) => units.get(index).copied(),
        }
    }

    /// The characters.
    pub fn characters(self) -> impl Iterator<Item = u32> + Clone {
        (0..).map_while(move |index| self.get(index))
    }
}

/// Up to `N` characters to search for, in each width those that fit it; `None` if none does.
#[derive(Clone, Copy, Debug)]
pub struct Needles<const N: usize> {
    /// Each as a vector.
    ucs1: Option<[[u8; 16]; N]>,
    ucs2: Option<[u16; N]>,
    ucs4: Option<[u32; N]>,
    /// Whether all are below U+00FF.
    are_narrow: bool,
}

impl<const N: usize> Needles<N> {
    /// The needles for these characters, of which the first `N` count.
    pub fn new(characters: &[u32]) -> Self {
        fn fitting<U: Unit, const N: usize>(characters: &[u32]) -> Option<[U; N]> {
            let (mut needles, mut count) = (None, 0);
            for &character in characters {
                let Some(unit) = U::from_character(character) else { continue };
                // The first one fills the places that are left.
                needles.get_or_insert([unit; N])[count] = unit;
                count += 1;
            }
            needles
        }
        let characters = &characters[..characters.len().min(N)];
        if let Some(&first) = characters.first()
            && characters.iter().all(|&character| character < 0xFF)
        {
            // The usual case: every character fits in a unit of each width.
            let all = std::array::from_fn::<u32, N, _>(|index| *characters.get(index).unwrap_or(&first));
            return Self {
                ucs1: Some(all.map(|character| [character as u8; 16])),
                ucs2: Some(all.map(|character| character as u16)),
                ucs4: Some(all),
                are_narrow: true,
            };
        }
        Self {
            ucs1: fitting::<u8, N>(characters).map(|bytes| bytes.map(|byte| [byte; 16])),
            ucs2: fitting(characters),
            ucs4: fitting(characters),
            are_narrow: false,
        }
    }

    /// The index of the first unit from `from` on that is one of them; the length if there is none.
    ///
    /// # Panics
    ///
    /// When `from` is more than the length.
    #[inline(always)]
    pub fn find<U: Unit>(&self, units: &[U], from: usize) -> usize {
        U::find(units, from, self)
    }
}

#[inline(always)]
fn is_one_of<U: Unit, const N: usize>(unit: U, wanted: &[U; N]) -> bool {
    wanted.iter().fold(false, |any, &each| any | (unit == each))
}

#[cfg(target_arch = "x86_64")]
mod kernels {
    use super::{Hits, Needles, Unit, is_one_of, sse2};

    #[inline(always)]
    pub(super) fn find_byte<const N: usize>(bytes: &[u8], from: usize, needles: &Needles<N>) -> usize {
        let Some(wanted) = &needles.ucs1 else { return bytes.len() };
        sse2::find_byte(bytes, from, wanted)
    }

    #[inline(always)]
    pub(super) fn hits_of_bytes<const N: usize>(bytes: &[u8], from: usize, needles: &Needles<N>) -> Hits {
        let (bits, seen) =
            needles.ucs1.as_ref().map_or((0, bytes.len() - from), |wanted| sse2::hits(bytes, from, wanted));
        Hits { start: from, bits, end: from + seen }
    }

    #[inline(always)]
    pub(super) fn find_pair<const N: usize>(units: &[u16], from: usize, needles: &Needles<N>) -> usize {
        find_wide::<u16, N, 8>(units, from, needles, needles.ucs2.as_ref(), sse2::mask_packed_pairs, |block, wanted| {
            let block = block.iter().rev().fold(0, |all, &unit| all << 16 | u128::from(unit));
            sse2::mask_pairs(block, wanted)
        })
    }

    #[inline(always)]
    pub(super) fn find_quad<const N: usize>(units: &[u32], from: usize, needles: &Needles<N>) -> usize {
        find_wide::<u32, N, 4>(units, from, needles, needles.ucs4.as_ref(), sse2::mask_packed_quads, |block, wanted| {
            let block = block.iter().rev().fold(0, |all, &unit| all << 32 | u128::from(unit));
            sse2::mask_quads(block, wanted)
        })
    }

    /// Searches in units packed into bytes, or, if not all needles are narrow or there are few units, in blocks of `LANES`.
    #[inline(always)]
    fn find_wide<U: Unit, const N: usize, const LANES: usize>(
        units: &[U],
        from: usize,
        needles: &Needles<N>,
        wanted: Option<&[U; N]>,
        packed: impl Fn(&[U; 16], &[[u8; 16]; N]) -> sse2::Mask,
        exact: impl Fn(&[U; LANES], &[U; N]) -> sse2::Mask,
    ) -> usize {
        let Some(wanted) = wanted else { return units.len() };
        let is_wanted = |unit| is_one_of(unit, wanted);
        match &needles.ucs1 {
            Some(bytes) if needles.are_narrow && units.len() - from >= 16 => {
                sse2::find_packed(units, from, |block| packed(block, bytes), is_wanted)
            }
            _ => sse2::find::<U, LANES>(
                units,
                from,
                |block| exact(block, wanted),
                |few| few.iter().position(|&unit| is_wanted(unit)).unwrap_or(few.len()),
            ),
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod kernels {
    use super::{Hits, Needles, Unit, is_one_of};

    /// Blocks are tested as a whole, without a branch for each unit, which compilers make vector instructions of.
    #[inline(always)]
    fn find_in_blocks<U: Unit, const N: usize, const BLOCK: usize>(
        units: &[U],
        from: usize,
        wanted: Option<&[U; N]>,
    ) -> usize {
        let Some(wanted) = wanted else { return units.len() };
        let mut at = from;
        for block in units[from..].as_chunks::<BLOCK>().0 {
            if block.iter().fold(false, |any, &unit| any | is_one_of(unit, wanted)) {
                break;
            }
            at += BLOCK;
        }
        let rest = &units[at..];
        at + rest.iter().position(|&unit| is_one_of(unit, wanted)).unwrap_or(rest.len())
    }

    #[inline(always)]
    pub(super) fn find_byte<const N: usize>(bytes: &[u8], from: usize, needles: &Needles<N>) -> usize {
        let wanted = needles.ucs1.map(|wanted| wanted.map(|[byte, ..]| byte));
        find_in_blocks::<u8, N, 16>(bytes, from, wanted.as_ref())
    }

    #[inline(always)]
    pub(super) fn hits_of_bytes<const N: usize>(bytes: &[u8], from: usize, needles: &Needles<N>) -> Hits {
        Hits::first(bytes, from, needles)
    }

    #[inline(always)]
    pub(super) fn find_pair<const N: usize>(units: &[u16], from: usize, needles: &Needles<N>) -> usize {
        find_in_blocks::<u16, N, 16>(units, from, needles.ucs2.as_ref())
    }

    #[inline(always)]
    pub(super) fn find_quad<const N: usize>(units: &[u32], from: usize, needles: &Needles<N>) -> usize {
        find_in_blocks::<u32, N, 8>(units, from, needles.ucs4.as_ref())
    }
}

macro_rules! unit {
    ($type:ty, $width:ident, $field:ident, $find:expr, $hits:expr) => {
        impl Unit for $type {
            const WIDTH: Width = Width::$width;

            #[inline(always)]
            fn from_character(character: u32) -> Option<Self> {
                character.try_into().ok()
            }

            #[inline(always)]
            fn truncate(character: u32) -> Self {
                character as Self
            }

            #[inline(always)]
            fn text(units: &[Self]) -> Text<'_> {
                Text::$width(units)
            }

            #[inline(always)]
            fn units(text: Text<'_>) -> Option<&[Self]> {
                if let Text::$width(units) = text { Some(units) } else { None }
            }

            #[inline(always)]
            fn in_buffer(buffer: &mut Buffer) -> Option<&mut Vec<Self>> {
                if buffer.width == Self::WIDTH { Some(&mut buffer.$field) } else { None }
            }

            #[inline(always)]
            fn find<const N: usize>(units: &[Self], from: usize, needles: &Needles<N>) -> usize {
                $find(units, from, needles)
            }

            #[inline(always)]
            fn hits<const N: usize>(units: &[Self], from: usize, needles: &Needles<N>) -> Hits {
                $hits(units, from, needles)
            }
        }
    };
}

unit!(u8, Ucs1, ucs1, kernels::find_byte, kernels::hits_of_bytes);
unit!(u16, Ucs2, ucs2, kernels::find_pair, Hits::first);
unit!(u32, Ucs4, ucs4, kernels::find_quad, Hits::first);

/// Memory has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// Text that grows, in the narrowest width that holds what has been added to it.
#[derive(Debug, Default)]
pub struct Buffer {
    width: Width,
    /// The text is in the one of this width, and the others are empty.
    ucs1: Vec<u8>,
    ucs2: Vec<u16>,
    ucs4: Vec<u32>,
}

impl Buffer {
    /// How many characters there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.text().len()
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes the text, and keeps the memory.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.ucs1.clear();
        if self.width != Width::Ucs1 {
            self.width = Width::Ucs1;
            self.ucs2.clear();
            self.ucs4.clear();
        }
    }

    /// The text.
    #[inline(always)]
    pub fn text(&self) -> Text<'_> {
        match self.width {
            Width::Ucs1 => Text::Ucs1(&self.ucs1),
            Width::Ucs2 => Text::Ucs2(&self.ucs2),
            Width::Ucs4 => Text::Ucs4(&self.ucs4),
        }
    }

    /// Makes room for `more` characters of the width that the text has.
    #[inline(always)]
    pub fn reserve(&mut self, more: usize) -> Result<(), NoMemory> {
        match self.width {
            Width::Ucs1 => reserve(&mut self.ucs1, more),
            Width::Ucs2 => reserve(&mut self.ucs2, more),
            Width::Ucs4 => reserve(&mut self.ucs4, more),
        }
    }

    /// Adds a character.
    #[inline(always)]
    pub fn push(&mut self, character: u32) -> Result<(), NoMemory> {
        let width = Width::of(character);
        if width > self.width {
            self.widen(width)?;
        }
        self.reserve(1)?;
        match self.width {
            Width::Ucs1 => self.ucs1.push(Unit::truncate(character)),
            Width::Ucs2 => self.ucs2.push(Unit::truncate(character)),
            Width::Ucs4 => self.ucs4.push(character),
        }
        Ok(())
    }

    /// Adds text.
    #[inline(always)]
    pub fn push_text(&mut self, text: Text<'_>) -> Result<(), NoMemory> {
        if text.width() > self.width {
            self.widen(text.width())?;
        }
        match self.width {
            Width::Ucs1 => extend(&mut self.ucs1, text),
            Width::Ucs2 => extend(&mut self.ucs2, text),
            Width::Ucs4 => extend(&mut self.ucs4, text),
        }
    }

    /// Adds text between other characters, of which there are few.
    #[inline(always)]
    pub fn push_around<U: Unit>(
        &mut self,
        before: [Option<u32>; 2],
        units: &[U],
        after: Option<u32>,
    ) -> Result<(), NoMemory> {
        let fits = |character: Option<u32>| character.is_none_or(|character| Width::of(character) <= U::WIDTH);
        if let Some(vector) = U::in_buffer(self)
            && before.into_iter().chain([after]).all(fits)
        {
            reserve(vector, units.len() + 3 + SHORT)?;
            before.into_iter().flatten().for_each(|character| vector.push(U::truncate(character)));
            push_units(vector, units);
            after.into_iter().for_each(|character| vector.push(U::truncate(character)));
            return Ok(());
        }
        for character in before.into_iter().flatten() {
            self.push(character)?;
        }
        self.push_text(U::text(units))?;
        after.map_or(Ok(()), |character| self.push(character))
    }

    /// Converts the text to a width.
    #[cold]
    fn widen(&mut self, width: Width) -> Result<(), NoMemory> {
        let Self { ucs1, ucs2, ucs4, .. } = self;
        match (self.width, width) {
            (Width::Ucs1, Width::Ucs2) => extend(ucs2, Text::Ucs1(ucs1))?,
            (Width::Ucs1, Width::Ucs4) => extend(ucs4, Text::Ucs1(ucs1))?,
            (Width::Ucs2, Width::Ucs4) => extend(ucs4, Text::Ucs2(ucs2))?,
            _ => return Ok(()),
        }
        ucs1.clear();
        if width == Width::Ucs4 {
            ucs2.clear();
        }
        self.width = width;
        Ok(())
    }
}

#[inline(always)]
fn reserve<T>(units: &mut Vec<T>, more: usize) -> Result<(), NoMemory> {
    if more > units.capacity() - units.len() {
        return grow(units, more);
    }
    Ok(())
}

#[cold]
#[inline(never)]
fn grow<T>(units: &mut Vec<T>, more: usize) -> Result<(), NoMemory> {
    units.try_reserve(more).map_err(|_| NoMemory)
}

/// How many units are copied without a call of `memcpy`.
const SHORT: usize = 16;

/// Adds units, which are mostly few. There is memory for `SHORT` at least.
#[inline(always)]
fn push_units<U: Unit>(vector: &mut Vec<U>, units: &[U]) {
    let (start, len) = (vector.len(), units.len());
    if !(4..=SHORT).contains(&len) {
        vector.extend_from_slice(units);
        return;
    }
    vector.extend_from_slice(&[U::truncate(0); SHORT]);
    let out = &mut vector[start..start + SHORT];
    for at in [0, len.min(8) - 4, len.saturating_sub(8), len - 4] {
        out[at..at + 4].copy_from_slice(&units[at..at + 4]);
    }
    vector.truncate(start + len);
}

#[inline(always)]
fn extend<T: Unit>(to: &mut Vec<T>, text: Text<'_>) -> Result<(), NoMemory> {
    fn convert<T: Unit, U: Unit>(to: &mut Vec<T>, from: &[U]) {
        to.extend(from.iter().map(|&unit| T::truncate(unit.into())));
    }
    reserve(to, text.len() + SHORT)?;
    if let Some(units) = T::units(text) {
        push_units(to, units);
        return Ok(());
    }
    match text {
        Text::Ucs1(units) => convert(to, units),
        Text::Ucs2(units) => convert(to, units),
        Text::Ucs4(units) => convert(to, units),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Buffer, Hits, Needles, Text, Unit, Width};

    fn check<U: Unit>(filler: u32, characters: &[u32]) {
        let needles = Needles::<6>::new(characters);
        for len in 0..70 {
            for place in 0..=len {
                for &character in characters {
                    let mut units = vec![U::truncate(filler); len];
                    if let Some(unit) = units.get_mut(place) {
                        *unit = U::truncate(character);
                    }
                    for from in 0..=len {
                        let expected = if place >= from { place } else { len };
                        assert_eq!(needles.find(&units, from), expected, "{len} {place} {from}");
                    }
                }
            }
        }
    }

    #[test]
    fn needles_are_found_at_every_place() {
        let letter = u32::from(b'a');
        for characters in [&[0x2C][..], &[0x22, 0x5C], &[0x2C, 10, 13, 0x22, 0x5C, 0x3B]] {
            check::<u8>(letter, characters);
            check::<u16>(letter, characters);
            check::<u32>(letter, characters);
        }
    }

    fn check_hits<U: Unit>(characters: &[u32]) {
        let needles = Needles::<4>::new(characters);
        for len in (0..70).chain([127, 128, 129, 200]) {
            // Needles at distances from 1 to more than a block.
            for step in [1, 2, 3, 7, 15, 16, 17, 40, 64, 90, 300] {
                for first in [0, 1, 5, 16, 63, 64, 65] {
                    let mut units = vec![U::truncate(u32::from(b'a')); len];
                    let places: Vec<usize> = (first..len).step_by(step).collect();
                    for (number, place) in places.iter().enumerate() {
                        units[*place] = U::truncate(characters[number % characters.len()]);
                    }
                    let mut hits = Hits::default();
                    let found: Vec<usize> = std::iter::from_fn(|| hits.next(&units, &needles)).collect();
                    assert_eq!(found, places, "{len} {step} {first}");
                }
            }
        }
    }

    #[test]
    fn all_needles_are_found_in_order() {
        for characters in [&[0x2C][..], &[0x2C, 10, 13], &[0, 0x2C, 0x22, 0x5C]] {
            check_hits::<u8>(characters);
            check_hits::<u16>(characters);
            check_hits::<u32>(characters);
        }
        let none = Needles::<4>::new(&[0x2014]);
        assert_eq!(Hits::default().next(&[0x14_u8; 100], &none), None);
    }

    #[test]
    fn needles_are_found_among_wide_characters() {
        for filler in [0xFF, 0x4E2D, 0x7FFF, 0x8000, 0xD800, 0xFFFF] {
            for characters in [&[0, 0x2C][..], &[0xFE, 0x22], &[0x2C, 0x20AC], &[0x100]] {
                check::<u16>(filler, characters);
                check::<u32>(filler, characters);
                check::<u32>(0x1_0000 | filler, characters);
            }
        }
    }

    #[test]
    fn needles_that_do_not_fit() {
        let needles = Needles::<2>::new(&[0x2014, 0x1F600]);
        assert_eq!(needles.find(&[0x14_u8, 0], 0), 2);
        assert_eq!(needles.find(&[0x14_u16, 0xF600, 0x2014], 0), 2);
        assert_eq!(needles.find(&[0x14_u32, 0x1F600, 0x2014], 0), 1);
    }

    #[test]
    fn buffers_widen() {
        let mut buffer = Buffer::default();
        let mut expected = Vec::new();
        for character in [0x61, 0xE9, 0x4E2D, 0x62, 0x1F600, 0x63, 0x4E2D] {
            buffer.push(character).expect("memory");
            expected.push(character);
            assert_eq!(buffer.text().characters().collect::<Vec<_>>(), expected);
            assert_eq!(buffer.text().width(), expected.iter().map(|&each| Width::of(each)).max().unwrap_or_default());
        }
        buffer.clear();
        assert!(buffer.is_empty());
        for text in [Text::Ucs1(b"ab"), Text::Ucs4(&[0x1F600]), Text::Ucs2(&[0x4E2D]), Text::Ucs1(b"c")] {
            buffer.push_text(text).expect("memory");
        }
        assert_eq!(buffer.text(), Text::Ucs4(&[0x61, 0x62, 0x1F600, 0x4E2D, 0x63]));
    }
}
