//! A cache of short names, so that a name that recurs need not be decoded and looked up again.
//!
//! The cache is direct-mapped: a name has one slot, and replaces the name in it. Names that are chosen to collide cost as much as
//! names without a cache.

#![forbid(unsafe_code)]

/// The number of slots.
const PLACES: usize = 256;
/// The length of the longest name that is cached.
const MAX_LEN: usize = 31;

/// A name, with its length before it.
type Key = [u8; MAX_LEN + 1];

/// Values of names.
#[derive(Debug)]
pub struct NameTable<T> {
    places: Vec<Option<(Key, T)>>,
}

/// The slot of a name, and its key.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    index: usize,
    key: Key,
}

/// The slot of a name; `None` for names that are not cached.
#[inline]
#[must_use]
pub fn place(name: &[u8]) -> Option<Place> {
    if name.len() > MAX_LEN {
        return None;
    }
    let mut key = [0; MAX_LEN + 1];
    key[0] = name.len() as u8;
    key[1..=name.len()].copy_from_slice(name);
    // Fowler-Noll-Vo on words of eight bytes; the upper bits are mixed best.
    let hash = key.chunks_exact(8).fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    Some(Place { index: (hash >> 56) as usize, key })
}

impl<T> Default for NameTable<T> {
    fn default() -> Self {
        Self { places: Vec::new() }
    }
}

impl<T> NameTable<T> {
    /// The value of the name, if it is in its slot.
    #[inline]
    #[must_use]
    pub fn get(&self, place: &Place) -> Option<&T> {
        match self.places.get(place.index) {
            Some(Some((key, value))) if *key == place.key => Some(value),
            _ => None,
        }
    }

    /// Sets the value of a name in its slot. Returns the replaced value, or `value` itself if an allocation fails.
    pub fn set(&mut self, place: &Place, value: T) -> Option<T> {
        if self.places.is_empty() {
            if self.places.try_reserve_exact(PLACES).is_err() {
                return Some(value);
            }
            self.places.resize_with(PLACES, || None);
        }
        match self.places.get_mut(place.index) {
            Some(old) => old.replace((place.key, value)).map(|(_, value)| value),
            None => Some(value),
        }
    }

    /// All values.
    pub fn into_values(self) -> impl Iterator<Item = T> {
        self.places.into_iter().flatten().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::{NameTable, place};

    #[test]
    fn names_have_values() {
        let mut table = NameTable::default();
        let names: Vec<String> = (0..1000).map(|number| format!("n{number}")).collect();
        for (number, name) in names.iter().enumerate() {
            let place = place(name.as_bytes()).expect("a short name");
            assert!(table.get(&place).is_none());
            table.set(&place, number);
            assert_eq!(table.get(&place), Some(&number));
        }
        let found = names.iter().enumerate().filter(|(number, name)| {
            place(name.as_bytes()).and_then(|place| table.get(&place).copied()) == Some(*number)
        });
        assert!(found.count() > 200);
        assert!(table.into_values().count() > 200);
    }

    #[test]
    fn a_name_is_not_its_own_beginning() {
        let mut table = NameTable::default();
        let short = place(b"a").expect("a short name");
        let long = place(b"a\0").expect("a short name");
        table.set(&short, 1);
        table.set(&long, 2);
        assert_ne!(table.get(&short), table.get(&long));
        assert!(place(&[b'a'; 32]).is_none() && place(&[b'a'; 31]).is_some());
    }
}
