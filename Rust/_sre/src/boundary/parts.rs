//! The parts of a string that `findall` and `split` return. Equal short ones are often one object.
//!
//! Texts repeat their words, and another reference to an object takes a fourth of the time of a new object, and no memory.
//! A table keeps parts that were returned before, each in the one place that its characters give; it is dropped again if
//! the parts do not repeat.

#![forbid(unsafe_code)]

use super::subject::Subject;
use cpython_api::{Bound, PyResult, StrData};

/// The number of places, a power of two.
const PLACES: usize = 256;
/// The table is made after this many parts: it costs as much as a few of them.
const FIRST: usize = 32;
/// The limit of `left`, which starts at half of it. A part that is found adds one, since it saves as much time as one that
/// is not found costs; that one takes one away. The table is dropped at zero.
const PATIENCE: u32 = 512;

struct Entry<'py> {
    key: u128,
    len: usize,
    part: Bound<'py>,
}

/// Makes the parts of a string.
pub(super) struct Parts<'s, 'a, 'py> {
    subject: &'s Subject<'a, 'py>,
    entries: Vec<Option<Entry<'py>>>,
    /// The number of parts that were made without a table.
    made: usize,
    /// The number of parts that may still be looked for and not found.
    left: u32,
}

impl<'s, 'a, 'py> Parts<'s, 'a, 'py> {
    pub(super) const fn new(subject: &'s Subject<'a, 'py>) -> Self {
        Self { subject, entries: Vec::new(), made: 0, left: PATIENCE / 2 }
    }

    /// The part from `start` to `end`.
    #[inline]
    pub(super) fn get(&mut self, start: usize, end: usize) -> PyResult<Bound<'py>> {
        if self.made < FIRST {
            self.made += 1;
            return self.subject.slice(start, end);
        }
        self.look_up(start, end)
    }

    /// The part from the table, or a new one.
    fn look_up(&mut self, start: usize, end: usize) -> PyResult<Bound<'py>> {
        let len = end.saturating_sub(start);
        let key = if self.left == 0 { None } else { key_of(self.subject.characters(), start, end) };
        let Some(key) = key else {
            return self.subject.slice(start, end);
        };
        let place = place_of(key);
        if let Some(Some(entry)) = self.entries.get(place)
            && entry.key == key
            && entry.len == len
        {
            self.left = (self.left + 1).min(PATIENCE);
            return Ok(entry.part.clone());
        }
        self.insert(place, key, start, end)
    }

    /// Makes a part that is not in its place, and puts it there.
    fn insert(&mut self, place: usize, key: u128, start: usize, end: usize) -> PyResult<Bound<'py>> {
        let part = self.subject.slice(start, end)?;
        if self.entries.is_empty() {
            self.make_table();
        }
        self.left -= 1;
        if self.left == 0 {
            self.entries = Vec::new();
        } else if let Some(entry) = self.entries.get_mut(place) {
            *entry = Some(Entry { key, len: end.saturating_sub(start), part: part.clone() });
        }
        Ok(part)
    }

    /// Makes the table; without memory for it, all parts are new objects.
    #[cold]
    fn make_table(&mut self) {
        if self.entries.try_reserve_exact(PLACES).is_ok() {
            self.entries.resize_with(PLACES, || None);
        }
    }
}

/// The characters of a part as a number, which differs from that of any other part of the same length; `None` for more
/// than 16 bytes.
#[inline]
fn key_of(characters: StrData<'_>, start: usize, end: usize) -> Option<u128> {
    let len = end.checked_sub(start)?;
    match characters {
        StrData::Ucs1(units) => units_key::<_, 16>(units.get(start..)?, len),
        StrData::Ucs2(units) => units_key::<_, 8>(units.get(start..)?, len),
        StrData::Ucs4(units) => units_key::<_, 4>(units.get(start..)?, len),
    }
}

/// The first `len` characters, the first one in the lowest bits; `N` have 128 bits.
#[inline(always)]
fn units_key<T: Copy + Default + Into<u32>, const N: usize>(units: &[T], len: usize) -> Option<u128> {
    if len > N {
        return None;
    }
    // Reading always the same number needs no branch that depends on the length.
    let all = match units.first_chunk::<N>() {
        Some(chunk) => joined(chunk),
        None => {
            let mut chunk = [T::default(); N];
            chunk.iter_mut().zip(units).for_each(|(to, &from)| *to = from);
            joined(&chunk)
        }
    };
    Some(all & u128::MAX.checked_shr((128 - 128 / N * len) as u32).unwrap_or(0))
}

/// The characters of 128 bits as one number, which the compiler reads at once.
#[inline(always)]
fn joined<T: Copy + Into<u32>, const N: usize>(chunk: &[T; N]) -> u128 {
    let mut halves = chunk
        .chunks_exact(N / 2)
        .map(|half| half.iter().rev().fold(0, |key: u64, &unit| key << (128 / N) | u64::from(Into::<u32>::into(unit))));
    let (low, high) = (halves.next().unwrap_or(0), halves.next().unwrap_or(0));
    u128::from(high) << 64 | u128::from(low)
}

/// The place of a part, by multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
#[inline]
fn place_of(key: u128) -> usize {
    let word = (key as u64).rotate_left(29) ^ (key >> 64) as u64;
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - PLACES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::key_of;
    use cpython_api::StrData;
    use std::collections::HashSet;

    /// The keys of all strings of a length of two characters differ, at the end of a text and before it.
    #[test]
    fn keys_of_equal_length_differ() {
        for len in 0..=12_usize {
            let strings = || (0..1_u32 << len).map(|bits| (0..len).map(move |place| bits >> place & 1));
            for rest in [0, 20] {
                let keys = strings().map(|string| {
                    let mut text: Vec<_> = string.map(|bit| 97 + bit as u8).collect();
                    text.resize(len + rest, b'z');
                    key_of(StrData::Ucs1(&text), 0, len)
                });
                let keys: HashSet<_> = keys.flatten().collect();
                assert_eq!(keys.len(), 1 << len);
            }
            if len <= 8 {
                let keys = strings().map(|string| {
                    let text: Vec<_> = string.map(|bit| 0x300 + bit as u16).collect();
                    key_of(StrData::Ucs2(&text), 0, len)
                });
                let keys: HashSet<_> = keys.flatten().collect();
                assert_eq!(keys.len(), 1 << len);
            }
        }
    }

    #[test]
    fn keys_do_not_depend_on_what_follows() {
        assert_eq!(key_of(StrData::Ucs1(b"abcab"), 0, 2), key_of(StrData::Ucs1(b"abcab"), 3, 5));
        let text = [1, 2, 3, 1, 2, 4, 5, 6, 7, 8, 9, 1, 2];
        for place in [3, 11] {
            assert_eq!(key_of(StrData::Ucs2(&text), 0, 2), key_of(StrData::Ucs2(&text), place, place + 2));
        }
        let text = text.map(u32::from);
        assert_eq!(key_of(StrData::Ucs4(&text), 0, 2), key_of(StrData::Ucs4(&text), 11, 13));
    }

    #[test]
    fn long_parts_and_wrong_bounds_have_no_key() {
        assert_eq!(key_of(StrData::Ucs1(&[1; 20]), 1, 18), None);
        assert!(key_of(StrData::Ucs1(&[1; 20]), 1, 17).is_some());
        assert_eq!(key_of(StrData::Ucs2(&[1; 20]), 1, 10), None);
        assert_eq!(key_of(StrData::Ucs4(&[1; 20]), 0, 5), None);
        assert!(key_of(StrData::Ucs4(&[1; 20]), 0, 4).is_some());
        assert_eq!(key_of(StrData::Ucs4(&[1; 2]), 1, 0), None);
        assert_eq!(key_of(StrData::Ucs4(&[1; 2]), 3, 3), None);
    }
}
