//! Characters that a decoder skips: the `ignorechars` of CPython 3.15.
//!
//! A decoder works on whole groups of data characters. Where a text has characters to ignore among them, mostly line ends,
//! [`compact`] copies the data characters of one piece of it into a small buffer that the vector kernels then decode.

use crate::alphabet::{INVALID, ReverseTable};
use cpu_level::Level;
use outbuf::OutBuf;

#[cfg(target_arch = "x86_64")]
use crate::avx512 as vector;

/// A set of bytes.
#[derive(Clone, Debug)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The set of the bytes in `bytes`.
    #[inline]
    pub fn new(bytes: &[u8]) -> Self {
        let mut words = [0; 4];
        for byte in bytes {
            words[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        Self(words)
    }

    /// Whether `byte` is in the set.
    #[inline]
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    /// The bytes in the set.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        (0..4).flat_map(|word| {
            let mut bits = self.0[usize::from(word)];
            core::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as u8;
                bits &= bits.wrapping_sub(1);
                (bit < 64).then_some(word << 6 | bit)
            })
        })
    }

    /// Whether the set is empty.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }
}

/// A data character.
const DATA: u8 = 0;
/// A character to ignore. It is the top bit, which vector instructions test.
const IGNORED: u8 = 0x80;
/// Any other character: the decoder has to look at it.
const OTHER: u8 = 0x40;

/// How many characters of text a piece has at most, and at least: below that, [`compact`] does not pay.
pub(crate) const PIECE: usize = 2048;
pub(crate) const SHORTEST_PIECE: usize = 64;

/// The state of a decoder that decides when to decode single groups instead of runs of them.
#[derive(Debug)]
pub(crate) struct Backoff(usize);

impl Backoff {
    /// Begins with runs.
    pub(crate) fn new() -> Self {
        Self(1)
    }

    /// How many groups to decode one by one before the next attempt, after a run of `run` groups. Where runs are short, the
    /// attempts would take more time than they save.
    #[inline]
    pub(crate) fn next(&mut self, run: usize) -> usize {
        self.0 = if run >= 8 { 1 } else { (self.0 * 2).min(32) };
        self.0
    }
}

/// The class of each byte for a decoder that ignores characters.
#[derive(Debug)]
pub(crate) struct Classes([u8; 256]);

impl Classes {
    /// Data characters are those of `table`. A character that is `special` to the decoder is neither data nor ignored.
    pub(crate) fn new(table: &ReverseTable, ignored: &ByteSet, special: impl Fn(u8) -> bool) -> Self {
        let mut classes = table.all().map(|value| if value == INVALID { OTHER } else { DATA });
        for byte in ignored.bytes() {
            let class = &mut classes[usize::from(byte)];
            if *class != DATA && !special(byte) {
                *class = IGNORED;
            }
        }
        Self(classes)
    }

    /// The classes of the 128 ASCII characters, in two vectors.
    #[inline]
    #[cfg(target_arch = "x86_64")]
    fn ascii(&self) -> [&[u8; 64]; 2] {
        let (quarters, _) = self.0.as_chunks::<64>();
        [&quarters[0], &quarters[1]]
    }

    /// Whether `byte` is to be ignored.
    #[inline]
    pub(crate) fn is_ignored(&self, byte: u8) -> bool {
        self.0[usize::from(byte)] == IGNORED
    }

    /// How many characters from the start of `text` on hold whole groups of `group` data characters, of which there are
    /// `data` in `text` in all, and no characters but these and ignored ones.
    fn whole_groups(&self, text: &[u8], data: usize, group: usize) -> usize {
        let mut surplus = data % group;
        let mut len = text.len();
        while surplus > 0 {
            len -= 1;
            surplus -= usize::from(self.0[usize::from(text[len])] == DATA);
        }
        len
    }
}

/// Copies a short text without the characters in `ignored`, of which there are few, to `out`; returns false, and copies nothing
/// that counts, when either is longer, or when one to ignore is in `table` or `special` to the decoder. This cannot panic.
///
/// The processor has the instructions of `level` if it is [`Level::detected`] or lower, which is checked.
#[inline]
pub fn compact_short(
    level: Level,
    text: &[u8],
    ignored: &[u8],
    table: &ReverseTable,
    special: &[u8],
    out: &mut OutBuf<'_>,
) -> bool {
    if text.len() > 64
        || ignored.len() > 4
        || ignored.iter().any(|byte| table.contains(*byte) || special.contains(byte))
    {
        return false;
    }
    let Some(spare) = out.spare_mut().first_chunk_mut::<64>() else { return false };
    let len = match level.min(Level::detected()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instructions of its own level.
        Level::Avx512 => unsafe { vector::compact_short(text, ignored, spare) },
        _ => {
            let mut places = spare.iter_mut();
            let kept = text.iter().filter(|byte| !ignored.contains(byte));
            kept.zip(&mut places).for_each(|(byte, place)| _ = place.write(*byte));
            64 - places.len()
        }
    };
    // SAFETY: so many bytes, one for each that has been kept, have been stored.
    unsafe { out.advance(len) }
    true
}

/// Copies data characters from the start of `text` to `scratch`, which is empty, as long as there are only data and ignored
/// characters and at most [`PIECE`] of them. Drops the last ones that are not a whole group of `group`, and returns how many
/// characters of `text` the groups come from.
///
/// The work is proportional to the number of characters before the first of another class.
pub(crate) fn compact(level: Level, text: &[u8], classes: &Classes, group: usize, scratch: &mut OutBuf<'_>) -> usize {
    let text = &text[..text.len().min(PIECE)];
    let seen = match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: callers pass a level of this processor only.
        Level::Avx512 => unsafe { vector::compact(text, classes.ascii(), scratch) },
        _ => 0,
    };
    let mut len = seen;
    for &byte in &text[seen..] {
        match classes.0[usize::from(byte)] {
            DATA => scratch.push(byte),
            IGNORED => {}
            _ => break,
        }
        len += 1;
    }
    let data = scratch.len();
    scratch.truncate(data / group * group);
    classes.whole_groups(&text[..len], data, group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::BASE64_REVERSE;
    use crate::testing::{Random, exact};

    #[test]
    fn sets() {
        let set = ByteSet::new(b"\0\x3f\x40\n\xff\xff");
        let found: Vec<u8> = (0..=255).filter(|byte| set.contains(*byte)).collect();
        assert_eq!(found, b"\0\n\x3f\x40\xff");
        assert!(set.bytes().eq(found));
        assert!(!set.is_empty() && ByteSet::new(b"").is_empty());
    }

    #[test]
    fn compacts_short_texts() {
        let mut random = Random::new();
        for round in 0..3000 {
            let len = random.below(80);
            let text: Vec<u8> = (0..len).map(|_| random.pick(b"AB\n\r =\xff")).collect();
            let ignored = [&b"\n"[..], b"\r\n \xff", b"", b"\nA", b"=", b"\r\n \xff!"][round % 6];
            let taken = len <= 64 && round % 6 < 3;
            let kept: Result<Vec<u8>, ()> = Ok(text.iter().copied().filter(|byte| !ignored.contains(byte)).collect());
            crate::testing::assert_short(&kept, 64, taken, |level, out| {
                let done = compact_short(level, &text, ignored, &BASE64_REVERSE, b"=", out);
                assert_eq!(done, taken);
                done
            });
        }
    }

    #[test]
    fn compacts_as_one_byte_at_a_time_does() {
        let classes = Classes::new(&BASE64_REVERSE, &ByteSet::new(b"\n\r \xe9=A"), |byte| byte == b'=');
        let mut random = Random::new();
        for round in 0..3000 {
            let alphabet: &[u8] = [&b"ABCDabcd\n"[..], b"A\n\r ", b"AB\xe9\n", b"ABCDEFGH\n= "][round % 4];
            let len = random.below([80, 400, 3000][round % 3]);
            let mut text: Vec<u8> = (0..len).map(|_| random.pick(alphabet)).collect();
            if round % 5 == 0 && len > 0 {
                text[random.below(len)] = random.pick(b"=\xff!\0");
            }
            for group in [2, 4, 5, 8] {
                let end = text.iter().take(PIECE).position(|byte| classes.0[usize::from(*byte)] == OTHER);
                let clean = &text[..end.unwrap_or(len.min(PIECE))];
                let data: Vec<u8> = clean.iter().copied().filter(|byte| BASE64_REVERSE.contains(*byte)).collect();
                let whole = data.len() / group * group;
                for level in Level::available() {
                    let mut used = 0;
                    let found = exact(PIECE + 64, |out| used = compact(level, &text, &classes, group, out));
                    assert_eq!(found, data[..whole], "{level:?}");
                    let kept = text[..used].iter().filter(|byte| BASE64_REVERSE.contains(**byte)).count();
                    assert_eq!(kept, whole, "{level:?}");
                    assert!(used <= clean.len());
                }
            }
        }
    }
}
