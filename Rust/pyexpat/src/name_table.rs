//! A cache of short names, so that a name that recurs need not be decoded and looked up again.
//!
//! The cache is direct-mapped: a name has one slot, and replaces the name in it. Names that are chosen to collide cost as much as
//! names without a cache.

#![forbid(unsafe_code)]

/// The base-2 logarithms of the initial and the maximum number of slots. The table grows if many names replace others.
const FIRST_BITS: u32 = 8;
const MOST_BITS: u32 = 12;
/// The length of the longest name that is cached.
const MAX_LEN: usize = 31;

/// A name, with its length before it.
type Key = [u8; MAX_LEN + 1];

/// Values of names.
#[derive(Debug)]
pub struct NameTable<T> {
    places: Vec<Option<(Key, T)>>,
    bits: u32,
    /// The number of replaced names since the table has this size.
    replaced: usize,
}

/// The slot of a name, and its key.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    hash: u64,
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
    Some(Place { hash: hash(&key), key })
}

/// The hash of a key: Fowler-Noll-Vo on words of eight bytes; the upper bits are mixed best.
#[inline]
fn hash(key: &Key) -> u64 {
    key.chunks_exact(8).fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// The slot of a hash in a table of this size.
#[inline]
const fn index(hash: u64, bits: u32) -> usize {
    (hash >> (u64::BITS - bits)) as usize
}

impl<T> Default for NameTable<T> {
    fn default() -> Self {
        Self { places: Vec::new(), bits: FIRST_BITS, replaced: 0 }
    }
}

impl<T> NameTable<T> {
    /// The value of the name, if it is in its slot.
    #[inline]
    #[must_use]
    pub fn get(&self, place: &Place) -> Option<&T> {
        match self.places.get(index(place.hash, self.bits)) {
            Some(Some((key, value))) if *key == place.key => Some(value),
            _ => None,
        }
    }

    /// Sets the value of a name in its slot. Returns the replaced value, or `value` itself if an allocation fails.
    pub fn set(&mut self, place: &Place, value: T) -> Option<T> {
        if self.places.is_empty() {
            if self.places.try_reserve_exact(1 << FIRST_BITS).is_err() {
                return Some(value);
            }
            self.places.resize_with(1 << FIRST_BITS, || None);
        }
        if self.replaced > self.places.len() && self.bits < MOST_BITS {
            self.grow();
        }
        let slot = self.places.get_mut(index(place.hash, self.bits));
        let Some(slot) = slot else { return Some(value) };
        let old = slot.replace((place.key, value));
        self.replaced += usize::from(old.is_some());
        old.map(|(_, value)| value)
    }

    /// Doubles the number of slots, unless there is no memory for it. Each slot is split into two, so no name is replaced.
    fn grow(&mut self) {
        self.replaced = 0;
        let mut places = Vec::new();
        if places.try_reserve_exact(2 * self.places.len()).is_err() {
            return;
        }
        places.resize_with(2 * self.places.len(), || None);
        self.bits += 1;
        for entry in self.places.drain(..).flatten() {
            if let Some(slot) = places.get_mut(index(hash(&entry.0), self.bits)) {
                *slot = Some(entry);
            }
        }
        self.places = places;
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
    fn many_names_make_the_table_grow() {
        let mut table = NameTable::default();
        let names: Vec<String> = (0..1000).map(|number| format!("n{number}")).collect();
        for round in 0..20 {
            for (number, name) in names.iter().enumerate() {
                let place = place(name.as_bytes()).expect("a short name");
                match table.get(&place) {
                    Some(&found) => assert_eq!(found, number, "round {round}"),
                    None => drop(table.set(&place, number)),
                }
            }
        }
        assert!(table.bits > super::FIRST_BITS && table.bits <= super::MOST_BITS);
        assert!(table.into_values().count() > 700);
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
