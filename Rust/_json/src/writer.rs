//! Output that grows: characters, in blocks as narrow as they allow.
//!
//! What is written is one byte a character until a wider one comes; then the block is closed and a wider one opened, so
//! that nothing is converted twice. Blocks stop growing at a megabyte of memory. The caller puts them together into one
//! `str` and drops each as it goes, so that a large document is never there twice.

#![forbid(unsafe_code)]

use crate::units::{Text, Unit};
use std::mem;

/// There is no memory for more output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// Finished output of one width.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// Latin-1.
    One(Vec<u8>),
    /// Two bytes a character.
    Two(Vec<u16>),
    /// Four bytes a character.
    Four(Vec<u32>),
}

impl Block {
    /// Its characters.
    pub fn text(&self) -> Text<'_> {
        match self {
            Self::One(units) => Text::One(units),
            Self::Two(units) => Text::Two(units),
            Self::Four(units) => Text::Four(units),
        }
    }
}

/// A short text in a block of fixed size, which is written as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Short {
    bytes: [u8; Self::SIZE],
    len: u8,
}

impl Short {
    const SIZE: usize = 16;
    /// No text.
    pub const EMPTY: Self = Self::literal(b"");

    /// A text that is known to be short.
    pub const fn literal(text: &[u8]) -> Self {
        assert!(text.len() <= Self::SIZE, "too long");
        let mut short = Self { bytes: [0; Self::SIZE], len: text.len() as u8 };
        short.bytes.split_at_mut(text.len()).0.copy_from_slice(text);
        short
    }

    /// A text of one byte a character that is short enough.
    pub fn new(text: Text<'_>) -> Option<Self> {
        match text {
            Text::One(units) if units.len() <= Self::SIZE => Some(Self::literal(units)),
            _ => None,
        }
    }

    /// This text and then a character, when there is room.
    pub fn before(mut self, character: u8) -> Option<Self> {
        *self.bytes.get_mut(usize::from(self.len))? = character;
        self.len += 1;
        Some(self)
    }

    /// A character and then this text, when there is room.
    pub fn behind(mut self, character: u8) -> Option<Self> {
        if usize::from(self.len) == Self::SIZE {
            return None;
        }
        self.bytes.rotate_right(1);
        self.bytes[0] = character;
        self.len += 1;
        Some(self)
    }
}

/// Copies what is mostly short, without a call then. Both have the same length.
#[inline(always)]
fn copy_short(to: &mut [u8], from: &[u8]) {
    /// Copies both ends, which overlap in the middle.
    #[inline(always)]
    fn ends<const N: usize>(to: &mut [u8], from: &[u8]) -> bool {
        let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) else { return false };
        if let Some(to) = to.first_chunk_mut::<N>() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut::<N>() {
            *to = *last;
        }
        true
    }
    if from.len() > 32 {
        to.copy_from_slice(from);
    } else if !ends::<16>(to, from) && !ends::<8>(to, from) && !ends::<4>(to, from) {
        to.iter_mut().zip(from).take(3).for_each(|(to, from)| *to = *from);
    }
}

/// The block that is being written.
///
/// All of `units` is initialised, so that writing is copying into a slice; what lies behind `len` means nothing.
#[derive(Debug)]
pub struct Lane<U> {
    units: Vec<U>,
    len: usize,
}

/// A lane of any width.
#[derive(Debug)]
pub enum AnyLane {
    /// Latin-1.
    One(Lane<u8>),
    /// Two bytes a character.
    Two(Lane<u16>),
    /// Four bytes a character.
    Four(Lane<u32>),
}

/// How much memory a block has when it stops growing.
const BLOCK_BYTES: usize = 1 << 20;
/// How many units the first block starts with.
const FIRST: usize = 256;
/// The longest text that is written between two others in one go.
pub const PASSAGE: usize = 256;
/// The longest piece that is copied in one go.
const PIECE: usize = 1 << 16;

impl<U: Unit> Lane<U> {
    const fn new() -> Self {
        Self { units: Vec::new(), len: 0 }
    }

    /// The next `count` units of the block, counted as written.
    #[inline(always)]
    fn take(&mut self, count: usize, done: &mut Vec<AnyLane>) -> Result<&mut [U], NoMemory> {
        if self.units.len() - self.len < count {
            self.grow(count, done)?;
        }
        let start = self.len;
        self.len += count;
        Ok(&mut self.units[start..][..count])
    }

    /// The same, not yet counted.
    #[inline(always)]
    fn ahead(&mut self, count: usize, done: &mut Vec<AnyLane>) -> Result<&mut [U], NoMemory> {
        if self.units.len() - self.len < count {
            self.grow(count, done)?;
        }
        Ok(&mut self.units[self.len..][..count])
    }

    /// Makes room for `count` units, at most a few pieces.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, count: usize, done: &mut Vec<AnyLane>) -> Result<(), NoMemory> {
        let full = BLOCK_BYTES / size_of::<U>();
        let mut wanted = (self.units.len() * 2).max(FIRST).min(full);
        if self.len > 0 && self.len + count > full {
            done.try_reserve(1).map_err(|_| NoMemory)?;
            let closed = mem::replace(self, Self::new());
            done.push(U::lane(closed));
            wanted = full;
        }
        let wanted = wanted.max(self.len + count);
        let more = wanted - self.units.len();
        self.units.try_reserve_exact(more).map_err(|_| NoMemory)?;
        self.units.resize(wanted, U::from(0));
        Ok(())
    }

    #[inline(always)]
    fn copy<V: Unit + Into<U>>(&mut self, units: &[V], done: &mut Vec<AnyLane>) -> Result<(), NoMemory> {
        if units.len() <= PIECE {
            return self.copy_piece(units, done);
        }
        units.chunks(PIECE).try_for_each(|piece| self.copy_piece(piece, done))
    }

    #[inline(always)]
    fn copy_piece<V: Unit + Into<U>>(&mut self, units: &[V], done: &mut Vec<AnyLane>) -> Result<(), NoMemory> {
        let room = self.take(units.len(), done)?;
        for (to, from) in room.iter_mut().zip(units) {
            *to = (*from).into();
        }
        Ok(())
    }
}

impl AnyLane {
    fn close(self) -> Block {
        fn trim<U>(mut lane: Lane<U>) -> Vec<U> {
            lane.units.truncate(lane.len);
            lane.units
        }
        match self {
            Self::One(lane) => Block::One(trim(lane)),
            Self::Two(lane) => Block::Two(trim(lane)),
            Self::Four(lane) => Block::Four(trim(lane)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::One(lane) => lane.len,
            Self::Two(lane) => lane.len,
            Self::Four(lane) => lane.len,
        }
    }
}

/// Collects output.
#[derive(Debug)]
pub struct Writer {
    lane: AnyLane,
    done: Vec<AnyLane>,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// A writer that has no memory yet.
    pub const fn new() -> Self {
        Self { lane: AnyLane::One(Lane::new()), done: Vec::new() }
    }

    /// Forgets what has been written but keeps memory for the next text, when it is of the narrowest kind.
    pub fn clear(&mut self) {
        self.done.clear();
        match &mut self.lane {
            AnyLane::One(lane) => lane.len = 0,
            _ => self.lane = AnyLane::One(Lane::new()),
        }
    }

    /// Writes ASCII characters.
    #[inline(always)]
    pub fn ascii(&mut self, text: &[u8]) -> Result<(), NoMemory> {
        match &mut self.lane {
            AnyLane::One(lane) if text.len() <= 32 => {
                copy_short(lane.take(text.len(), &mut self.done)?, text);
                Ok(())
            }
            AnyLane::One(lane) => lane.copy(text, &mut self.done),
            AnyLane::Two(lane) => lane.copy(text, &mut self.done),
            AnyLane::Four(lane) => lane.copy(text, &mut self.done),
        }
    }

    /// Writes a short text.
    #[inline(always)]
    pub fn short(&mut self, text: &Short) -> Result<(), NoMemory> {
        let len = usize::from(text.len);
        if let AnyLane::One(lane) = &mut self.lane {
            if let Some(room) = lane.ahead(Short::SIZE, &mut self.done)?.first_chunk_mut() {
                *room = text.bytes;
                lane.len += len;
            }
            return Ok(());
        }
        self.ascii(&text.bytes[..len])
    }

    /// Writes Latin-1 text, at most a [`PASSAGE`], between two short ones. `copy` copies it, and what it returns is
    /// whether anything is written at all.
    #[inline(always)]
    pub fn between(
        &mut self,
        before: &Short,
        text: &[u8],
        behind: &Short,
        copy: impl FnOnce(&mut [u8], &[u8]) -> bool,
    ) -> Result<bool, NoMemory> {
        if let AnyLane::One(lane) = &mut self.lane {
            // A block is written before what comes over the rest of it.
            let start = usize::from(before.len);
            let end = start + text.len();
            let room = lane.ahead(text.len() + 2 * Short::SIZE, &mut self.done)?;
            room[..Short::SIZE].copy_from_slice(&before.bytes);
            if !copy(&mut room[start..end], text) {
                return Ok(false);
            }
            room[end..][..Short::SIZE].copy_from_slice(&behind.bytes);
            lane.len += end + usize::from(behind.len);
            return Ok(true);
        }
        if !copy(&mut [0; PASSAGE][..text.len()], text) {
            return Ok(false);
        }
        self.short(before)?;
        self.ascii(text)?;
        self.short(behind)?;
        Ok(true)
    }

    /// Lends room for `N` ASCII characters to `fill`, which returns how many of them it has written, the first ones.
    #[inline(always)]
    pub fn ascii_with<const N: usize>(&mut self, fill: impl FnOnce(&mut [u8; N]) -> usize) -> Result<(), NoMemory> {
        if let AnyLane::One(lane) = &mut self.lane {
            if let Some(room) = lane.take(N, &mut self.done)?.first_chunk_mut() {
                let unused = N.saturating_sub(fill(room));
                lane.len -= unused;
            }
            return Ok(());
        }
        let mut room = [0; N];
        let used = fill(&mut room).min(N);
        self.ascii(&room[..used])
    }

    /// Writes text of any width.
    #[inline(always)]
    pub fn text(&mut self, text: Text<'_>) -> Result<(), NoMemory> {
        match text {
            // Latin-1 fits into every lane.
            Text::One(units) => self.ascii(units),
            Text::Two(units) => self.two(units),
            Text::Four(units) => self.four(units),
        }
    }

    #[inline(never)]
    fn two(&mut self, units: &[u16]) -> Result<(), NoMemory> {
        if let AnyLane::One(_) = self.lane {
            self.widen(AnyLane::Two(Lane::new()))?;
        }
        match &mut self.lane {
            AnyLane::Two(lane) => lane.copy(units, &mut self.done),
            AnyLane::Four(lane) => lane.copy(units, &mut self.done),
            AnyLane::One(_) => unreachable!("widened above"),
        }
    }

    #[inline(never)]
    fn four(&mut self, units: &[u32]) -> Result<(), NoMemory> {
        if !matches!(self.lane, AnyLane::Four(_)) {
            self.widen(AnyLane::Four(Lane::new()))?;
        }
        match &mut self.lane {
            AnyLane::Four(lane) => lane.copy(units, &mut self.done),
            _ => unreachable!("widened above"),
        }
    }

    /// Writes one character in whatever width it needs.
    #[inline]
    pub fn push(&mut self, character: u32) -> Result<(), NoMemory> {
        if let Ok(unit) = u8::try_from(character) {
            self.ascii(&[unit])
        } else if let Ok(unit) = u16::try_from(character) {
            self.two(&[unit])
        } else {
            self.four(&[character])
        }
    }

    /// Closes the block and goes on with an empty, wider one.
    #[cold]
    fn widen(&mut self, wider: AnyLane) -> Result<(), NoMemory> {
        if self.lane.len() > 0 {
            self.done.try_reserve(1).map_err(|_| NoMemory)?;
            let closed = mem::replace(&mut self.lane, wider);
            self.done.push(closed);
        } else {
            self.lane = wider;
        }
        Ok(())
    }

    /// What has been written, if it is in one piece.
    #[inline]
    pub fn single(&self) -> Option<Text<'_>> {
        if !self.done.is_empty() {
            return None;
        }
        Some(match &self.lane {
            AnyLane::One(lane) => Text::One(&lane.units[..lane.len]),
            AnyLane::Two(lane) => Text::Two(&lane.units[..lane.len]),
            AnyLane::Four(lane) => Text::Four(&lane.units[..lane.len]),
        })
    }

    /// All that has been written, in order. Blocks get wider only, and none but the only one is empty.
    pub fn finish(mut self) -> Result<Vec<Block>, NoMemory> {
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(self.done.len() + 1).map_err(|_| NoMemory)?;
        if self.lane.len() > 0 || self.done.is_empty() {
            self.done.try_reserve(1).map_err(|_| NoMemory)?;
            self.done.push(self.lane);
        }
        blocks.extend(self.done.into_iter().map(AnyLane::close));
        Ok(blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_BYTES, Block, Short, Writer};
    use crate::testing::{Random, characters};
    use crate::units::Text;

    #[test]
    fn characters_come_out_in_order_and_in_blocks_that_get_wider() {
        let mut random = Random::new(1);
        for round in 0..60 {
            let mut writer = Writer::new();
            let mut expected: Vec<u32> = Vec::new();
            for _ in 0..random.below(200) {
                let limit = [0x80, 0x100, 0x1_0000, 0x11_0000][random.below(1 + round % 4) as usize];
                let text: Vec<u32> = (0..random.below(40)).map(|_| random.below(limit) as u32).collect();
                expected.extend(&text);
                let one: Option<Vec<u8>> = text.iter().map(|&c| c.try_into().ok()).collect();
                let two: Option<Vec<u16>> = text.iter().map(|&c| c.try_into().ok()).collect();
                match (random.below(2), one, two) {
                    (0, _, _) => text.iter().for_each(|&c| writer.push(c).expect("memory")),
                    (_, Some(one), _) => writer.text(Text::One(&one)).expect("memory"),
                    (_, None, Some(two)) => writer.text(Text::Two(&two)).expect("memory"),
                    _ => writer.text(Text::Four(&text)).expect("memory"),
                }
            }
            assert_eq!(characters(writer), expected);
        }
    }

    fn copy(to: &mut [u8], from: &[u8]) -> bool {
        to.copy_from_slice(from);
        true
    }

    #[test]
    fn short_texts() {
        for wide in [0x61, 0x100, 0x1_0000] {
            let mut writer = Writer::new();
            let mut expected = vec![wide];
            writer.push(wide).expect("memory");
            for len in 0..70 {
                let text: Vec<u8> = (0..len).map(|i| b'a' + i % 26).collect();
                writer.ascii(&text).expect("memory");
                let (before, behind) = (&Short::literal(b", \""), &Short::literal(b"\": "));
                assert_eq!(writer.between(before, &text, behind, |_, _| false), Ok(false));
                assert_eq!(writer.between(before, &text, behind, copy), Ok(true));
                expected.extend([&text, b", \"".as_slice(), &text, b"\": "].concat().into_iter().map(u32::from));
            }
            writer.short(&Short::EMPTY).expect("memory");
            writer.short(&Short::literal(b"0123456789abcdef")).expect("memory");
            expected.extend(b"0123456789abcdef".map(u32::from));
            assert_eq!(characters(writer), expected);
        }
        assert!(Short::new(Text::One(&[0; 17])).is_none());
        let full = Short::literal(b"0123456789abcdef");
        assert!(full.before(b'x').is_none() && full.behind(b'x').is_none());
        let (before, behind) = (Short::literal(b", ").before(b'"'), Short::literal(b": ").behind(b'"'));
        let mut writer = Writer::new();
        assert_eq!(writer.between(&before.expect("room"), b"key", &behind.expect("room"), copy), Ok(true));
        assert_eq!(writer.single(), Some(Text::One(b", \"key\": ")));
        assert!(Short::new(Text::Two(&[0x100])).is_none());
    }

    #[test]
    fn long_output_is_split() {
        let text: Vec<u8> = (0..3 * BLOCK_BYTES + 12345).map(|i| (i % 127) as u8).collect();
        let mut writer = Writer::new();
        for piece in text.chunks(100_001) {
            writer.ascii(piece).expect("memory");
        }
        assert_eq!(writer.single(), None);
        let blocks = writer.finish().expect("memory");
        assert!(blocks.len() >= 3);
        let mut joined = Vec::new();
        for block in blocks {
            let Block::One(units) = block else { panic!("wide") };
            assert!(units.capacity() <= BLOCK_BYTES);
            joined.extend(units);
        }
        assert_eq!(joined, text);
    }

    #[test]
    fn a_cleared_writer_starts_anew() {
        let mut writer = Writer::new();
        writer.push(0x1F600).expect("memory");
        writer.clear();
        assert_eq!(writer.single(), Some(Text::One(b"")));
        writer.ascii(b"ab").expect("memory");
        assert_eq!(writer.single(), Some(Text::One(b"ab")));
        writer.clear();
        writer.push(0x100).expect("memory");
        assert_eq!(writer.single(), Some(Text::Two(&[0x100])));
    }
}
