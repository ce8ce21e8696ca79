//! A cache of the objects created for names: the strings of tags and attributes, which recur throughout a document.
//!
//! The cache is direct-mapped: a keyed hash maps each name to one slot, and a name replaces another one in its slot. Names that
//! are chosen to collide therefore cost no more than names without a cache.

#![forbid(unsafe_code)]

use std::hash::{BuildHasher, RandomState};

/// The initial and the maximum number of slots.
const FIRST: usize = 32;
const MOST: usize = 8192;

/// A name and its value.
#[derive(Debug)]
struct Entry<V> {
    name: Box<[u8]>,
    value: V,
}

/// The cache.
#[derive(Debug)]
pub struct Names<V> {
    places: Vec<Option<Entry<V>>>,
    /// The number of replaced names since the last growth.
    replaced: usize,
    key: [u64; 2],
}

impl<V> Default for Names<V> {
    fn default() -> Self {
        Self::new()
    }
}

/// Multiplies to 128 bits and combines the halves by XOR (wyhash, by Wang Yi).
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ (product >> 64) as u64
}

/// The eight bytes from an index on, as a number.
#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|word| word.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Up to seven bytes as a number.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |all, &byte| all << 8 | u64::from(byte))
}

/// Whether two names are equal. Most are short.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len != b.len() {
        return false;
    }
    match len {
        0..8 => few(a) == few(b),
        8..=16 => word(a, 0) == word(b, 0) && word(a, len - 8) == word(b, len - 8),
        _ => a == b,
    }
}

impl<V> Names<V> {
    /// An empty cache with a key of its own.
    #[must_use]
    pub fn new() -> Self {
        let random = RandomState::new();
        Self { places: Vec::new(), replaced: 0, key: [random.hash_one(0), random.hash_one(1)] }
    }

    #[inline]
    fn hash(&self, name: &[u8]) -> u64 {
        let [mut state, key] = self.key;
        let len = name.len();
        if len >= 8 {
            let mut at = 0;
            while at + 8 < len {
                state = mix(state ^ word(name, at), key);
                at += 8;
            }
            // The last eight bytes, some of which may have been hashed already.
            state = mix(state ^ word(name, len - 8), key);
        } else {
            state = mix(state ^ few(name), key);
        }
        mix(state ^ len as u64, key ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// The value of a name.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<&V> {
        if self.places.is_empty() {
            return None;
        }
        let place = self.hash(name) as usize & (self.places.len() - 1);
        self.places.get(place)?.as_ref().filter(|entry| same(&entry.name, name)).map(|entry| &entry.value)
    }

    /// Stores the value of a name. Returns the value that it replaces, or the value itself if an allocation fails.
    pub fn insert(&mut self, name: &[u8], value: V) -> Option<V> {
        if (self.places.is_empty() || self.replaced > self.places.len() / 4) && self.places.len() < MOST {
            self.grow();
        }
        if self.places.is_empty() {
            return Some(value);
        }
        let mut copy = Vec::new();
        if copy.try_reserve_exact(name.len()).is_err() {
            return Some(value);
        }
        copy.extend_from_slice(name);
        let mask = self.places.len() - 1;
        let place = self.hash(name) as usize & mask;
        let entry = Entry { name: copy.into_boxed_slice(), value };
        let old = self.places.get_mut(place)?.replace(entry)?;
        self.replaced += 1;
        Some(old.value)
    }

    /// Grows to four times as many slots. No name is lost, as two names in different slots are never mapped to the same new slot.
    fn grow(&mut self) {
        let count = if self.places.is_empty() { FIRST } else { self.places.len() * 4 };
        let mut places = Vec::new();
        if places.try_reserve_exact(count).is_err() {
            return;
        }
        places.resize_with(count, || None);
        for entry in std::mem::take(&mut self.places).into_iter().flatten() {
            let place = self.hash(&entry.name) as usize & (count - 1);
            if let Some(free) = places.get_mut(place) {
                *free = Some(entry);
            }
        }
        self.places = places;
        self.replaced = 0;
    }

    /// All values.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.places.iter().flatten().map(|entry| &entry.value)
    }

    /// Consumes the cache and returns all values.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.places.into_iter().flatten().map(|entry| entry.value)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Names};

    #[test]
    fn names_are_found_with_their_values() {
        let mut names = Names::new();
        assert_eq!(names.get(b"a"), None);
        for (value, name) in (0..).zip(["", "a", "b", "abcdefgh", "abcdefghi", "abcdefgh\0", "\0"]) {
            names.insert(name.as_bytes(), value);
            assert_eq!(names.get(name.as_bytes()), Some(&value));
        }
        names.insert(b"", 8);
        assert_eq!(names.insert(b"", 9), Some(8));
    }

    #[test]
    fn many_names_replace_one_another_and_none_is_lost_by_growth() {
        let mut names = Names::new();
        let mut replaced = 0;
        for value in 0..20_000_usize {
            let name = value.to_string();
            replaced += usize::from(names.insert(name.as_bytes(), value).is_some());
            assert_eq!(names.get(name.as_bytes()), Some(&value));
        }
        assert_eq!(names.places.len(), MOST);
        assert_eq!(names.values().count() + replaced, 20_000);
        for value in names.values() {
            assert_eq!(names.get(value.to_string().as_bytes()), Some(value));
        }
    }
}
