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

/// A name padded with zeros, with its length in the last byte. It is made of words: bytes that are stored one by one would have to
/// reach the cache before they can be loaded as words.
type Key = [u64; 4];

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
    let (words, rest) = name.as_chunks::<8>();
    let word = |index: usize| match words.get(index) {
        Some(word) => u64::from_le_bytes(*word),
        None if index == words.len() => last_word(name, rest),
        None => 0,
    };
    let key = [word(0), word(1), word(2), word(3) | (name.len() as u64) << 56];
    Some(Place { hash: hash(&key), key })
}

/// The last bytes of a name, less than eight, as a word.
#[inline]
fn last_word(name: &[u8], rest: &[u8]) -> u64 {
    if let Some(last) = name.last_chunk::<8>() {
        // The bytes before them are shifted out, in two steps since there may be eight.
        return u64::from_le_bytes(*last) >> (8 * (7 - rest.len())) >> 8;
    }
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        let shift = 8 * (rest.len() - 4);
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift;
    }
    match *rest {
        [a] => u64::from_le_bytes([a, 0, 0, 0, 0, 0, 0, 0]),
        [a, b] => u64::from_le_bytes([a, b, 0, 0, 0, 0, 0, 0]),
        [a, b, c] => u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]),
        _ => 0,
    }
}

/// The hash of a key: Fowler-Noll-Vo on words; the upper bits are mixed best.
#[inline]
fn hash(key: &Key) -> u64 {
    key.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The slot of a hash in a table of this size.
#[inline]
const fn index(hash: u64, bits: u32) -> usize {
    (hash >> (u64::BITS - bits)) as usize
}

/// Whether two keys are equal, compared word by word.
#[inline]
fn is_equal(a: &Key, b: &Key) -> bool {
    a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
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
            Some(Some((key, value))) if is_equal(key, &place.key) => Some(value),
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

    #[test]
    fn keys_have_all_bytes_of_a_name() {
        for len in 0..=super::MAX_LEN {
            let name: Vec<u8> = (1..=len as u8).collect();
            let key = place(&name).expect("a short name").key.map(u64::to_le_bytes).concat();
            assert_eq!((&key[..len], key[31]), (&name[..], len as u8));
            assert!(key[len..31].iter().all(|&byte| byte == 0));
        }
    }
}
