//! Output that grows, as C's `PyUnicodeWriter` collects it.
//!
//! Output is one byte a character until a wider one is written. Then the block is closed and one of a wider kind opened,
//! so that no character is converted twice. A block doubles until it has [`BLOCK_BYTES`]. The caller joins the blocks in
//! one `str` and drops each after copying it, so that a large document is in memory once and not twice.

#![forbid(unsafe_code)]

use crate::ucs::{Text, Ucs};
use std::mem;

/// There is no memory for more output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// A short text in an array of fixed size, which is written by one store.
#[derive(Clone, Copy, Debug)]
pub struct ShortText {
    bytes: [u8; Self::SIZE],
    len: u8,
}

impl ShortText {
    /// The longest.
    pub const SIZE: usize = 16;
    /// The empty text.
    pub const EMPTY: Self = Self::literal(b"");

    /// A text that is known to be short.
    pub const fn literal(text: &[u8]) -> Self {
        assert!(text.len() <= Self::SIZE, "too long");
        let mut short = Self { bytes: [0; Self::SIZE], len: text.len() as u8 };
        short.bytes.split_at_mut(text.len()).0.copy_from_slice(text);
        short
    }

    /// A text of one byte a character, when it is short enough.
    pub fn new(text: Text<'_>) -> Option<Self> {
        match text {
            Text::Ucs1(units) if units.len() <= Self::SIZE => Some(Self::literal(units)),
            _ => None,
        }
    }

    /// Writes the text at the start of `room`, of which the whole array is stored; returns how long it is.
    #[inline(always)]
    pub fn put(&self, room: &mut [u8]) -> usize {
        if let Some(room) = room.first_chunk_mut() {
            *room = self.bytes;
        }
        usize::from(self.len)
    }

    /// This text followed by a character, when both fit.
    pub fn append(mut self, character: u8) -> Option<Self> {
        *self.bytes.get_mut(usize::from(self.len))? = character;
        self.len += 1;
        Some(self)
    }

    /// A character followed by this text, when both fit.
    pub fn prepend(mut self, character: u8) -> Option<Self> {
        if usize::from(self.len) == Self::SIZE {
            return None;
        }
        self.bytes.rotate_right(1);
        self.bytes[0] = character;
        self.len += 1;
        Some(self)
    }
}

/// Copies a text, which is mostly short, and then without a call of `memcpy`. Both slices have the same length.
#[inline(always)]
pub fn copy_short(to: &mut [u8], from: &[u8]) {
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

/// Output of one kind.
///
/// All of `units` is initialised, some way ahead of `len`, so that writing is copying into a slice. It is initialised in
/// steps that stay in the first-level cache, as memory that is written twice from afar would cost twice.
#[derive(Debug)]
pub struct Buffer<U> {
    units: Vec<U>,
    len: usize,
}

/// How much memory a block has when it stops growing. glibc gives larger ones back to the system at once.
const BLOCK_BYTES: usize = 1 << 25;
/// How many units a buffer starts with.
const FIRST: usize = 256;
/// How far ahead memory is initialised.
const AHEAD: usize = 1 << 13;
/// The longest text that [`Writer::quoted`] takes.
pub const QUOTED_MAX: usize = 256;
/// How many units more than a text needs are allocated, and initialised after a long text, for what is written next.
const SLACK: usize = 1 << 7;
/// Longer texts are appended to the vector, unless there is enough initialised memory to copy them into.
const COPY_MAX: usize = 1 << 10;
/// The longest piece that is appended in one go.
const PIECE: usize = 1 << 16;

impl<U: Ucs> Default for Buffer<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: Ucs> Buffer<U> {
    /// An empty buffer that has no memory yet.
    pub const fn new() -> Self {
        Self { units: Vec::new(), len: 0 }
    }

    /// Forgets the output and keeps the memory.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// The output.
    #[inline(always)]
    pub fn units(&self) -> &[U] {
        &self.units[..self.len]
    }

    /// Memory for the next `count` units, of which the caller counts those that it has set with [`advance`].
    ///
    /// [`advance`]: Self::advance
    #[inline(always)]
    pub fn spare(&mut self, count: usize) -> Result<&mut [U], NoMemory> {
        if self.units.len() - self.len < count {
            self.reserve(count)?;
        }
        Ok(&mut self.units[self.len..][..count])
    }

    /// Counts units as written that have been set in the spare memory.
    #[inline(always)]
    pub fn advance(&mut self, count: usize) {
        self.len = (self.len + count).min(self.units.len());
    }

    #[cold]
    #[inline(never)]
    fn reserve(&mut self, count: usize) -> Result<(), NoMemory> {
        let needed = self.reserve_capacity(count)?;
        let ahead = self.units.capacity().min(self.len + AHEAD / size_of::<U>());
        self.units.resize(needed.max(ahead), U::from(0));
        Ok(())
    }

    /// Makes the capacity large enough for `count` more units; returns how many are then needed.
    fn reserve_capacity(&mut self, count: usize) -> Result<usize, NoMemory> {
        let needed = self.len.checked_add(count).ok_or(NoMemory)?;
        let capacity = self.units.capacity();
        if needed > capacity {
            self.units.truncate(self.len);
            let doubled = (capacity * 2).clamp(FIRST, BLOCK_BYTES / size_of::<U>()).max(needed.saturating_add(SLACK));
            self.units.try_reserve_exact(doubled - self.len).map_err(|_| NoMemory)?;
        }
        Ok(needed)
    }

    /// Writes units of any kind that are known to fit.
    #[inline(always)]
    pub fn write<V: Ucs>(&mut self, units: &[V]) -> Result<(), NoMemory> {
        if units.len() > COPY_MAX && units.len() > self.units.len() - self.len {
            return self.append(units.len(), units.iter().map(|&unit| U::truncate(unit.into())));
        }
        let spare = self.spare(units.len())?;
        for (to, from) in spare.iter_mut().zip(units) {
            *to = U::truncate((*from).into());
        }
        self.len += units.len();
        Ok(())
    }

    #[inline(never)]
    fn append(&mut self, count: usize, units: impl Iterator<Item = U>) -> Result<(), NoMemory> {
        self.reserve_capacity(count)?;
        self.units.truncate(self.len);
        self.units.extend(units);
        self.len = self.units.len();
        self.units.resize(self.units.capacity().min(self.len + SLACK), U::from(0));
        Ok(())
    }
}

/// A unit of output.
pub trait Unit: Ucs {
    /// The buffer of a block of this kind.
    fn buffer(block: &mut Block) -> Option<&mut Buffer<Self>>;
}

macro_rules! unit {
    ($($type:ty: $kind:ident),*) => {$(
        impl Unit for $type {
            #[inline(always)]
            fn buffer(block: &mut Block) -> Option<&mut Buffer<Self>> {
                match block {
                    Block::$kind(buffer) => Some(buffer),
                    _ => None,
                }
            }
        }
    )*};
}

unit!(u8: Ucs1, u16: Ucs2, u32: Ucs4);

/// Finished output of one kind.
#[derive(Debug)]
pub enum Block {
    /// Latin-1.
    Ucs1(Buffer<u8>),
    /// Two bytes a character.
    Ucs2(Buffer<u16>),
    /// Four bytes a character.
    Ucs4(Buffer<u32>),
}

impl Block {
    /// Its characters.
    pub fn text(&self) -> Text<'_> {
        match self {
            Self::Ucs1(buffer) => Text::Ucs1(buffer.units()),
            Self::Ucs2(buffer) => Text::Ucs2(buffer.units()),
            Self::Ucs4(buffer) => Text::Ucs4(buffer.units()),
        }
    }

    /// A new block of the same kind.
    fn another(&self) -> Self {
        match self {
            Self::Ucs1(_) => Self::Ucs1(Buffer::new()),
            Self::Ucs2(_) => Self::Ucs2(Buffer::new()),
            Self::Ucs4(_) => Self::Ucs4(Buffer::new()),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Ucs1(buffer) => buffer.len,
            Self::Ucs2(buffer) => buffer.len * 2,
            Self::Ucs4(buffer) => buffer.len * 4,
        }
    }
}

/// Collects output.
#[derive(Debug)]
pub struct Writer {
    block: Block,
    closed: Vec<Block>,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// A writer that has no memory yet.
    pub const fn new() -> Self {
        Self { block: Block::Ucs1(Buffer::new()), closed: Vec::new() }
    }

    /// Writes Latin-1 characters.
    #[inline(always)]
    pub fn latin1(&mut self, text: &[u8]) -> Result<(), NoMemory> {
        match &mut self.block {
            Block::Ucs1(buffer) if text.len() <= 32 => {
                copy_short(buffer.spare(text.len())?, text);
                buffer.len += text.len();
                Ok(())
            }
            Block::Ucs1(buffer) if text.len() <= COPY_MAX => buffer.write(text),
            _ => self.pieces(text),
        }
    }

    /// Writes a short text.
    #[inline(always)]
    pub fn short(&mut self, text: &ShortText) -> Result<(), NoMemory> {
        let len = usize::from(text.len);
        if let Block::Ucs1(buffer) = &mut self.block {
            if let Some(spare) = buffer.spare(ShortText::SIZE)?.first_chunk_mut() {
                *spare = text.bytes;
                buffer.len += len;
            }
            return Ok(());
        }
        self.latin1(&text.bytes[..len])
    }

    /// Writes an ASCII character.
    #[inline(always)]
    pub fn byte(&mut self, character: u8) -> Result<(), NoMemory> {
        if let Block::Ucs1(buffer) = &mut self.block {
            buffer.spare(1)?[0] = character;
            buffer.len += 1;
            return Ok(());
        }
        self.pieces(&[character])
    }

    /// Writes Latin-1 text of at most [`QUOTED_MAX`] characters between two short texts. `copy` copies it and returns
    /// whether it may be written as it is; nothing is written when it may not.
    #[inline(always)]
    pub fn quoted(
        &mut self,
        start: &ShortText,
        text: &[u8],
        end: &ShortText,
        copy: impl FnOnce(&mut [u8], &[u8]) -> bool,
    ) -> Result<bool, NoMemory> {
        if let Block::Ucs1(buffer) = &mut self.block {
            // The array of the first text is stored before the text that overwrites the unused end of it.
            let from = usize::from(start.len);
            let to = from + text.len();
            let spare = buffer.spare(text.len() + 2 * ShortText::SIZE)?;
            spare[..ShortText::SIZE].copy_from_slice(&start.bytes);
            if !copy(&mut spare[from..to], text) {
                return Ok(false);
            }
            spare[to..][..ShortText::SIZE].copy_from_slice(&end.bytes);
            buffer.len += to + usize::from(end.len);
            return Ok(true);
        }
        if !copy(&mut [0; QUOTED_MAX][..text.len()], text) {
            return Ok(false);
        }
        self.short(start)?;
        self.latin1(text)?;
        self.short(end)?;
        Ok(true)
    }

    /// The same for text of at most [`COPY_MAX`] characters of a wider kind. Nothing is written when output is of another.
    #[inline(always)]
    pub fn quoted_wide<U: Unit>(
        &mut self,
        start: &ShortText,
        text: &[U],
        end: &ShortText,
        copy: impl FnOnce(&mut [U], &[U]) -> bool,
    ) -> Result<bool, NoMemory> {
        let Some(buffer) = U::buffer(&mut self.block) else { return Ok(false) };
        if text.len() > COPY_MAX {
            return Ok(false);
        }
        let from = usize::from(start.len);
        let to = from + text.len();
        let spare = buffer.spare(text.len() + 2 * ShortText::SIZE)?;
        spare[..ShortText::SIZE].copy_from_slice(&start.bytes.map(U::from));
        if !copy(&mut spare[from..to], text) {
            return Ok(false);
        }
        spare[to..][..ShortText::SIZE].copy_from_slice(&end.bytes.map(U::from));
        buffer.len += to + usize::from(end.len);
        Ok(true)
    }

    /// Writes a short text, and then ASCII characters as [`fill`](Self::fill) does, in one go.
    #[inline(always)]
    pub fn short_and_fill<const N: usize>(
        &mut self,
        start: &ShortText,
        fill: impl FnOnce(&mut [u8; N]) -> usize,
    ) -> Result<(), NoMemory> {
        if let Block::Ucs1(buffer) = &mut self.block {
            let from = usize::from(start.len);
            let spare = buffer.spare(ShortText::SIZE + N)?;
            spare[..ShortText::SIZE].copy_from_slice(&start.bytes);
            if let Some(room) = spare.get_mut(from..).and_then(<[u8]>::first_chunk_mut) {
                let count = fill(room);
                buffer.advance(from + count.min(N));
            }
            return Ok(());
        }
        self.short(start)?;
        self.fill(fill)
    }

    /// Writes units of any kind that are known to be ASCII.
    #[inline(always)]
    pub fn ascii<U: Ucs>(&mut self, units: &[U]) -> Result<(), NoMemory> {
        if let Block::Ucs1(buffer) = &mut self.block
            && units.len() <= PIECE
        {
            return buffer.write(units);
        }
        self.ascii_pieces(units)
    }

    #[inline(never)]
    fn ascii_pieces<U: Ucs>(&mut self, units: &[U]) -> Result<(), NoMemory> {
        for piece in units.chunks(COPY_MAX) {
            let mut narrow = [0; COPY_MAX];
            narrow.iter_mut().zip(piece).for_each(|(to, &from)| *to = from.ascii());
            self.latin1(&narrow[..piece.len()])?;
        }
        Ok(())
    }

    /// Lends memory for `N` characters of a kind to `fill`, which sets the first of them and returns how many.
    #[inline(always)]
    pub fn fill<U: Unit, const N: usize>(&mut self, fill: impl FnOnce(&mut [U; N]) -> usize) -> Result<(), NoMemory> {
        self.fill_some::<U, N>(N, |units| units.first_chunk_mut().map_or(0, fill))
    }

    /// The same for `bound` characters, which are `N` at most: a bound that depends on a text saves memory for a short one.
    #[inline(always)]
    pub fn fill_some<U: Unit, const N: usize>(
        &mut self,
        bound: usize,
        fill: impl FnOnce(&mut [U]) -> usize,
    ) -> Result<(), NoMemory> {
        if let Some(buffer) = U::buffer(&mut self.block) {
            let count = fill(buffer.spare(bound)?);
            buffer.advance(count.min(bound));
            return Ok(());
        }
        let mut units = [U::from(0); N];
        let count = fill(&mut units).min(N);
        self.text(U::text(&units[..count]))
    }

    /// Writes text of any kind.
    #[inline(always)]
    pub fn text(&mut self, text: Text<'_>) -> Result<(), NoMemory> {
        match text {
            // Latin-1 fits into every block.
            Text::Ucs1(units) => self.latin1(units),
            Text::Ucs2(units) => self.ucs2_text(units),
            Text::Ucs4(units) => self.ucs4_text(units),
        }
    }

    #[inline(never)]
    fn pieces(&mut self, units: &[u8]) -> Result<(), NoMemory> {
        for piece in units.chunks(PIECE) {
            match &mut self.block {
                Block::Ucs1(buffer) => buffer.write(piece)?,
                Block::Ucs2(buffer) => buffer.write(piece)?,
                Block::Ucs4(buffer) => buffer.write(piece)?,
            }
            self.close_if_full()?;
        }
        Ok(())
    }

    #[inline(never)]
    fn ucs2_text(&mut self, units: &[u16]) -> Result<(), NoMemory> {
        if let Block::Ucs1(_) = self.block {
            self.open(Block::Ucs2(Buffer::new()))?;
        }
        for piece in units.chunks(PIECE) {
            match &mut self.block {
                Block::Ucs2(buffer) => buffer.write(piece)?,
                Block::Ucs4(buffer) => buffer.write(piece)?,
                Block::Ucs1(_) => unreachable!("opened above"),
            }
            self.close_if_full()?;
        }
        Ok(())
    }

    #[inline(never)]
    fn ucs4_text(&mut self, units: &[u32]) -> Result<(), NoMemory> {
        if !matches!(self.block, Block::Ucs4(_)) {
            self.open(Block::Ucs4(Buffer::new()))?;
        }
        for piece in units.chunks(PIECE) {
            match &mut self.block {
                Block::Ucs4(buffer) => buffer.write(piece)?,
                _ => unreachable!("opened above"),
            }
            self.close_if_full()?;
        }
        Ok(())
    }

    /// Closes a block that has reached its size. To be called from time to time: texts of more than a few hundred
    /// characters do, and a caller that writes nothing but shorter ones after each container.
    #[inline(always)]
    pub fn close_if_full(&mut self) -> Result<(), NoMemory> {
        if self.block.bytes() >= BLOCK_BYTES - PIECE * 16 { self.open(self.block.another()) } else { Ok(()) }
    }

    /// Closes the block, unless it is empty, and opens another one.
    #[cold]
    #[inline(never)]
    fn open(&mut self, block: Block) -> Result<(), NoMemory> {
        self.closed.try_reserve(1).map_err(|_| NoMemory)?;
        let closed = mem::replace(&mut self.block, block);
        if closed.bytes() > 0 {
            self.closed.push(closed);
        }
        Ok(())
    }

    /// The output, if it is one block.
    #[inline]
    pub fn single(&self) -> Option<Text<'_>> {
        self.closed.is_empty().then(|| self.block.text())
    }

    /// All output, in order. The kinds of the blocks widen only, and no block but the only one is empty.
    pub fn finish(mut self) -> Result<Vec<Block>, NoMemory> {
        if self.block.bytes() > 0 || self.closed.is_empty() {
            self.closed.try_reserve(1).map_err(|_| NoMemory)?;
            self.closed.push(self.block);
        }
        Ok(self.closed)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_BYTES, Block, ShortText, Writer};
    use crate::testing::{Random, characters};
    use crate::ucs::Text;

    #[test]
    fn blocks_hold_the_characters_in_order_and_widen() {
        let mut random = Random::new(1);
        for round in 0..60 {
            let mut writer = Writer::new();
            let mut expected: Vec<u32> = Vec::new();
            for _ in 0..random.below(200) {
                let limit = [0x80, 0x100, 0x1_0000, 0x11_0000][random.below(1 + round % 4) as usize];
                let longest = [40, 5000][usize::from(random.below(20) == 0)];
                let text: Vec<u32> = (0..random.below(longest)).map(|_| random.below(limit) as u32).collect();
                expected.extend(&text);
                let one: Option<Vec<u8>> = text.iter().map(|&c| c.try_into().ok()).collect();
                let two: Option<Vec<u16>> = text.iter().map(|&c| c.try_into().ok()).collect();
                match (one, two) {
                    (Some(one), _) => writer.text(Text::Ucs1(&one)).expect("memory"),
                    (None, Some(two)) => writer.text(Text::Ucs2(&two)).expect("memory"),
                    _ => writer.text(Text::Ucs4(&text)).expect("memory"),
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
            writer.text(Text::Ucs4(&[wide])).expect("memory");
            if wide == 0x61 {
                writer = Writer::new();
                writer.latin1(b"a").expect("memory");
            }
            for len in 0..70 {
                let text: Vec<u8> = (0..len).map(|i| b'a' + i % 26).collect();
                writer.latin1(&text).expect("memory");
                let (start, end) = (&ShortText::literal(b", \""), &ShortText::literal(b"\": "));
                assert_eq!(writer.quoted(start, &text, end, |_, _| false), Ok(false));
                assert_eq!(writer.quoted(start, &text, end, copy), Ok(true));
                expected.extend([&text, b", \"".as_slice(), &text, b"\": "].concat().into_iter().map(u32::from));
            }
            writer.short(&ShortText::EMPTY).expect("memory");
            writer.short(&ShortText::literal(b"0123456789abcdef")).expect("memory");
            expected.extend(b"0123456789abcdef".map(u32::from));
            assert_eq!(characters(writer), expected);
        }
        assert!(ShortText::new(Text::Ucs1(&[0; 17])).is_none());
        let full = ShortText::literal(b"0123456789abcdef");
        assert!(full.append(b'x').is_none() && full.prepend(b'x').is_none());
        let (start, end) = (ShortText::literal(b", ").append(b'"'), ShortText::literal(b": ").prepend(b'"'));
        let mut writer = Writer::new();
        assert_eq!(writer.quoted(&start.expect("fits"), b"key", &end.expect("fits"), copy), Ok(true));
        assert_eq!(writer.single(), Some(Text::Ucs1(b", \"key\": ")));
        assert!(ShortText::new(Text::Ucs2(&[0x100])).is_none());
    }

    #[test]
    fn long_output_is_in_blocks_of_limited_size() {
        let text: Vec<u8> = (0..2 * BLOCK_BYTES + 12345).map(|i| (i % 127) as u8).collect();
        let mut writer = Writer::new();
        for piece in text.chunks(100_001) {
            writer.latin1(piece).expect("memory");
        }
        assert_eq!(writer.single(), None);
        let blocks = writer.finish().expect("memory");
        assert!(blocks.len() >= 3);
        let mut joined = Vec::new();
        for block in blocks {
            let Block::Ucs1(buffer) = block else { panic!("wide") };
            assert!(buffer.units.capacity() <= BLOCK_BYTES);
            joined.extend_from_slice(buffer.units());
        }
        assert_eq!(joined, text);
    }
}
