//! A hash table whose entry that was used least recently (LRU) is replaced when it is full.
//!
//! C links the entries in the order of their use, so that every hit changes the list. Here a hit only notes a time, in memory of
//! the thread or of a few threads ([`Uses`]), so that threads share the table without changing it. The order is put right when an
//! entry has to go: a queue has the entries in the order in which they were added. The first one is the least recently used one if it
//! has not been used since; if it has, it goes into a binary heap, by the time of its use, and the search goes on with the smaller of the
//! first ones of queue and heap. Each hit causes at most one such step, of O(log n), and without hits there is none.
//!
//! The table has open addressing with linear probing. The hashes of keys are mixed with a random number of the table, so that nobody
//! can choose keys whose searches start at the same place. In a small table, that place is found by multiplicative hashing (Knuth, The
//! Art of Computer Programming 3, 6.4). In one that is larger than the L1 cache, the searches for four consecutive ints start next to
//! each other, in one cache line, as keys are often consecutive. When an entry is removed, those that it displaced move up (ibid.,
//! algorithm R).

#![forbid(unsafe_code)]

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, VecDeque};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::mem;

/// The first number of places.
const FIRST: usize = 16;

/// The number of places from which on a table fills the L1 cache, which has 32 KiB or a little more.
const NEAR: usize = 1 << 12;

/// For how many consecutive ints the searches start next to each other in a large table, where the cache misses that this avoids cost
/// more than the collisions that it causes. A power of two.
const GROUP: u64 = 4;

/// 2**32 divided by the golden ratio, as in Knuth's multiplicative hashing.
const MULTIPLIER: u32 = 0x9E37_79B1;

/// There is no memory for another entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// How the key of an entry with the same hash compares with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The keys are equal.
    Equal,
    /// The keys differ.
    Different,
    /// To know takes a comparison that cannot be made during the search.
    Unknown,
}

/// Where a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// At the entry of the key, which has this index.
    Hit(usize),
    /// At an entry with the same hash, whose key has to be compared outside the search.
    Unknown(usize),
    /// There is no entry of the key.
    Miss,
}

/// When the entries of a table were last used, by who uses this value.
#[derive(Debug, Default)]
pub struct Uses {
    /// The time of the last use.
    clock: u64,
    /// The time of the last use of the entry with each index, or of an earlier one that had it; 0 for those after the end.
    times: Vec<u64>,
}

impl Uses {
    /// Notes that an entry of the table is used now.
    #[inline]
    pub fn note<E>(&mut self, table: &Lru<E>, index: usize) {
        self.clock = self.clock.max(table.now) + 1;
        if let Some(time) = self.times.get_mut(index) {
            *time = self.clock;
        } else {
            self.grow(table.len(), index);
        }
    }

    /// Notes the first use of an entry. Without memory nothing is noted: the entry may go too early.
    #[cold]
    fn grow(&mut self, len: usize, index: usize) {
        if self.times.try_reserve(len.saturating_sub(self.times.len())).is_ok() {
            self.times.resize(len.max(self.times.len()), 0);
            if let Some(time) = self.times.get_mut(index) {
                *time = self.clock;
            }
        }
    }

    /// Forgets all times.
    pub fn clear(&mut self) {
        self.times = Vec::new();
    }

    fn time(&self, index: usize) -> u64 {
        self.times.get(index).copied().unwrap_or(0)
    }
}

/// An entry of the table.
#[derive(Debug)]
pub struct Entry<E> {
    hash: u64,
    /// When it was added.
    added: u64,
    /// A number that no other entry of the table has or gets.
    pub id: u64,
    /// What is stored.
    pub value: E,
}

/// A place of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Some bits of the hash, from which the place where its search starts is computed.
    tag: u32,
    /// The index of the entry and one; 0 when there is none.
    entry: u32,
}

/// How the hashes of a table are made: they differ from table to table.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    /// An odd number.
    seed: u64,
}

impl Hashing {
    /// The hash of several hashes in their order, of a `kind` of key.
    #[inline]
    pub fn hash(self, kind: u64, hashes: impl IntoIterator<Item = isize>) -> u64 {
        hashes.into_iter().fold(self.seed ^ kind, |state, hash| self.hash_more(state, hash))
    }

    /// The same for a single hash, whose two lowest bits are kept: the results for four consecutive ints, from a multiple of four on,
    /// differ in these bits alone.
    #[inline]
    pub fn hash_one(self, kind: u64, hash: isize) -> u64 {
        self.hash_more(self.seed ^ kind, hash >> GROUP.trailing_zeros()) & !(GROUP - 1) | hash as u64 & (GROUP - 1)
    }

    /// The hash after one more.
    #[inline]
    pub fn hash_more(self, state: u64, hash: isize) -> u64 {
        // A folded multiplication, as in wyhash.
        let product = u128::from(state ^ hash as u64) * u128::from(self.seed);
        (product as u64 ^ (product >> 64) as u64).rotate_left(23)
    }
}

/// The table.
#[derive(Debug)]
pub struct Lru<E> {
    /// A power of two of them, or none.
    places: Vec<Place>,
    entries: Vec<Entry<E>>,
    /// The entries that were not found to be used, with the time at which they were added.
    added: VecDeque<(u64, u32)>,
    /// The others, by a time at which they were used.
    used: BinaryHeap<Reverse<(u64, u32)>>,
    next_id: u64,
    /// The most entries, or `None`.
    maxsize: Option<usize>,
    hashing: Hashing,
    /// The time of the last change.
    now: u64,
}

impl<E> Lru<E> {
    /// An empty table that has at most `maxsize` entries, and at least one.
    pub fn new(maxsize: Option<usize>) -> Self {
        Self {
            places: Vec::new(),
            entries: Vec::new(),
            added: VecDeque::new(),
            used: BinaryHeap::new(),
            next_id: 0,
            maxsize,
            hashing: Hashing { seed: RandomState::new().build_hasher().finish() | 1 },
            now: 0,
        }
    }

    /// How the hashes of this table are made.
    #[inline]
    pub fn hashing(&self) -> Hashing {
        self.hashing
    }

    /// How many entries there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A number that is another one after each change of which entries there are.
    #[inline]
    pub fn version(&self) -> u64 {
        self.next_id
    }

    /// The entries, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &E> {
        self.entries.iter().map(|entry| &entry.value)
    }

    /// The entry with an index that a search has returned.
    #[inline]
    pub fn entry(&self, index: usize) -> &Entry<E> {
        &self.entries[index]
    }

    /// The same, to be changed.
    #[inline]
    pub fn entry_mut(&mut self, index: usize) -> &mut Entry<E> {
        &mut self.entries[index]
    }

    /// Searches for a key with this hash; `matches` compares the key of an entry with it.
    #[inline]
    pub fn find(&self, hash: u64, matches: impl Fn(&Entry<E>) -> Match) -> Found {
        if self.places.is_empty() {
            return Found::Miss;
        }
        let (mut place, tag) = self.place_and_tag(hash);
        loop {
            let Place { tag: found, entry } = self.places[place];
            let Some(index) = (entry as usize).checked_sub(1) else { return Found::Miss };
            if found == tag && self.entries[index].hash == hash {
                match matches(&self.entries[index]) {
                    Match::Equal => return Found::Hit(index),
                    Match::Unknown => return Found::Unknown(index),
                    Match::Different => {}
                }
            }
            place = (place + 1) & (self.places.len() - 1);
        }
    }

    /// Adds an entry, whose key has none yet, as the one used last. When the table is full, the least recently used
    /// entry by the times in all of `uses` is removed and returned.
    ///
    /// Nothing has changed when there is no memory; the value is given back then.
    pub fn insert<'a>(
        &mut self,
        hash: u64,
        value: E,
        uses: impl Iterator<Item = &'a Uses> + Clone,
    ) -> Result<Option<E>, (E, OutOfMemory)> {
        let is_full = self.maxsize.is_some_and(|most| self.entries.len() >= most.max(1));
        if !is_full && self.reserve().is_err() {
            return Err((value, OutOfMemory));
        }
        self.now = uses.clone().fold(self.now, |now, uses| now.max(uses.clock)) + 1;
        let entry = Entry { hash, added: self.now, id: self.next_id, value };
        self.next_id += 1;
        if !is_full {
            let index = self.entries.len();
            self.entries.push(entry);
            if self.maxsize.is_some() {
                self.added.push_back((self.now, index as u32));
            }
            self.put(hash, index);
            return Ok(None);
        }
        let index = self.least_recently_used(uses);
        self.remove_place(index);
        let old = mem::replace(&mut self.entries[index], entry);
        self.added.push_back((self.now, index as u32));
        self.put(hash, index);
        Ok(Some(old.value))
    }

    /// Takes all entries out.
    pub fn clear(&mut self) -> Vec<Entry<E>> {
        self.next_id += 1;
        self.places = Vec::new();
        self.added = VecDeque::new();
        self.used = BinaryHeap::new();
        mem::take(&mut self.entries)
    }

    /// Takes the entry with the earliest time of use out of queue and heap.
    fn least_recently_used<'a>(&mut self, uses: impl Iterator<Item = &'a Uses> + Clone) -> usize {
        let entries = &self.entries;
        // A time of an earlier entry with this index is before that at which this one was added.
        let last = |index: u32| {
            uses.clone().fold(entries[index as usize].added, |last, uses| last.max(uses.time(index as usize)))
        };
        loop {
            let heap = self.used.peek().map(|&Reverse(first)| first);
            if let Some(&(time, index)) = self.added.front()
                && heap.is_none_or(|heap| (time, index) < heap)
            {
                self.added.pop_front();
                let last = last(index);
                if last <= time {
                    return index as usize;
                }
                self.used.push(Reverse((last, index)));
                continue;
            }
            // The two have all entries, and there is one at least, as the table is full.
            let Some(mut first) = self.used.peek_mut() else { return 0 };
            let Reverse((time, index)) = *first;
            let last = last(index);
            if last <= time {
                PeekMut::pop(first);
                return index as usize;
            }
            *first = Reverse((last, index));
        }
    }

    /// Makes room for one more entry.
    fn reserve(&mut self) -> Result<(), OutOfMemory> {
        if u32::try_from(self.entries.len() + 1).is_err() {
            return Err(OutOfMemory);
        }
        self.entries.try_reserve(1).map_err(|_| OutOfMemory)?;
        if self.maxsize.is_some() {
            // Each of the two may get all entries.
            let count = self.entries.len() + 1;
            self.added.try_reserve(count - self.added.len()).map_err(|_| OutOfMemory)?;
            self.used.try_reserve(count - self.used.len()).map_err(|_| OutOfMemory)?;
        }
        // At most half of the places are in use, so that searches are short and end, and at most a quarter of those that the nearest
        // cache holds, so that most searches end at the first place.
        let share = if self.places.len() < NEAR { 4 } else { 2 };
        if self.entries.len() < self.places.len() / share {
            return Ok(());
        }
        let count = (self.places.len() * 2).max(FIRST);
        let mut places = Vec::new();
        places.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
        places.resize(count, Place::default());
        self.places = places;
        for index in 0..self.entries.len() {
            self.put(self.entries[index].hash, index);
        }
        Ok(())
    }

    /// The place where the search for a hash starts, and the tag of the hash.
    #[inline]
    fn place_and_tag(&self, hash: u64) -> (usize, u32) {
        let tag = (hash >> 32 & !(GROUP - 1) | hash & (GROUP - 1)) as u32;
        (self.first_place(tag), tag)
    }

    /// The place where the search for a hash with this tag starts. The two lowest bits of the tag may be those of an int, see
    /// [`Hashing::hash_one`]; the others are mixed already.
    #[inline]
    fn first_place(&self, tag: u32) -> usize {
        let shift = 64 - self.places.len().trailing_zeros();
        if self.places.len() < NEAR {
            return (u64::from(tag.wrapping_mul(MULTIPLIER)) << 32 >> shift) as usize;
        }
        (u64::from(tag) << 32 >> shift & !(GROUP - 1) | u64::from(tag) & (GROUP - 1)) as usize
    }

    /// Puts an entry into the first free place.
    fn put(&mut self, hash: u64, index: usize) {
        let (mut place, tag) = self.place_and_tag(hash);
        while self.places[place].entry != 0 {
            place = (place + 1) & (self.places.len() - 1);
        }
        self.places[place] = Place { tag, entry: index as u32 + 1 };
    }

    /// Frees the place of an entry, and moves those after it that would not be found any more.
    fn remove_place(&mut self, index: usize) {
        let mask = self.places.len() - 1;
        let (mut free, _) = self.place_and_tag(self.entries[index].hash);
        while self.places[free].entry != index as u32 + 1 {
            free = (free + 1) & mask;
        }
        let mut place = free;
        loop {
            place = (place + 1) & mask;
            let Place { tag, entry } = self.places[place];
            if entry == 0 {
                break;
            }
            let first = self.first_place(tag);
            // Whether the search for it passes the free place: it is as far from there as from its first place, or nearer.
            if (place.wrapping_sub(first) & mask) >= (place.wrapping_sub(free) & mask) {
                self.places[free] = self.places[place];
                free = place;
            }
        }
        self.places[free] = Place::default();
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Lru, Match, Uses};
    use std::iter;

    /// A naive LRU cache: a list of the entries in the order of their use.
    struct Naive {
        entries: Vec<(u32, u32)>,
        maxsize: Option<usize>,
    }

    impl Naive {
        fn get(&mut self, key: u32) -> Option<u32> {
            let place = self.entries.iter().position(|entry| entry.0 == key)?;
            let entry = self.entries.remove(place);
            self.entries.push(entry);
            Some(entry.1)
        }

        fn insert(&mut self, key: u32, value: u32) -> Option<u32> {
            let full = self.maxsize.is_some_and(|most| self.entries.len() >= most);
            let old = full.then(|| self.entries.remove(0));
            self.entries.push((key, value));
            old.map(|entry| entry.0)
        }
    }

    fn random(state: &mut u64) -> u32 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as u32
    }

    /// Uses both; `hash` makes keys collide, or not.
    fn compare(maxsize: Option<usize>, keys: u32, hash: impl Fn(&Lru<(u32, u32)>, u32) -> u64) {
        let mut state = u64::from(keys);
        let mut table = Lru::new(maxsize);
        let mut naive = Naive { entries: Vec::new(), maxsize };
        // One thread at a time: the one that uses the table changes with every insertion.
        let mut threads = <[Uses; 3]>::default();
        for step in 0..5000 {
            let key = random(&mut state) % keys;
            let hash = hash(&table, key);
            let same = |entry: &super::Entry<(u32, u32)>| {
                if entry.value.0 == key { Match::Equal } else { Match::Different }
            };
            match (table.find(hash, same), naive.get(key)) {
                (Found::Hit(index), Some(value)) => {
                    assert_eq!(table.entry(index).value, (key, value));
                    threads[table.version() as usize % 3].note(&table, index);
                }
                (Found::Miss, None) => {
                    let old = table.insert(hash, (key, step), threads.iter()).expect("memory");
                    assert_eq!(old.map(|old| old.0), naive.insert(key, step));
                }
                found => panic!("{found:?}"),
            }
            assert_eq!(table.len(), naive.entries.len());
            if random(&mut state).is_multiple_of(1000) {
                assert_eq!(table.clear().len(), naive.entries.len());
                naive.entries.clear();
                threads.iter_mut().for_each(Uses::clear);
            }
        }
    }

    #[test]
    fn the_order_is_that_of_use() {
        for maxsize in [None, Some(1), Some(2), Some(3), Some(10), Some(64), Some(1000)] {
            for keys in [2, 5, 20, 70, 500] {
                compare(maxsize, keys, |table, key| table.hashing().hash(0, [key as isize]));
                compare(maxsize, keys, |table, key| table.hashing().hash_one(0, key as isize));
                // All in one place, and in a few.
                compare(maxsize, keys.min(70), |_, _| 7);
                compare(maxsize, keys.min(70), |_, key| u64::from(key % 3));
            }
        }
    }

    #[test]
    fn a_table_that_is_larger_than_the_nearest_cache() {
        const MOST: usize = super::NEAR;
        let mut table = Lru::new(Some(MOST));
        let same = |key: u32| {
            move |entry: &super::Entry<u32>| if entry.value == key { Match::Equal } else { Match::Different }
        };
        for key in 0..3 * MOST as u32 {
            let hash = table.hashing().hash_one(0, key as isize);
            assert_eq!(table.find(hash, same(key)), Found::Miss);
            let old = table.insert(hash, key, iter::empty()).expect("memory");
            assert_eq!(old, key.checked_sub(MOST as u32));
        }
        for key in 0..3 * MOST as u32 {
            let found = table.find(table.hashing().hash_one(0, key as isize), same(key));
            assert_eq!(matches!(found, Found::Hit(_)), key >= 2 * MOST as u32);
        }
    }

    #[test]
    fn an_unknown_match_is_returned_to_the_caller() {
        let mut table = Lru::new(None);
        assert_eq!(table.find(5, |_: &super::Entry<u8>| Match::Unknown), Found::Miss);
        assert_eq!(table.insert(5, b'a', iter::empty()), Ok(None));
        assert_eq!(table.insert(5, b'b', iter::empty()), Ok(None));
        let Found::Unknown(first) = table.find(5, |_| Match::Unknown) else { panic!("nothing to ask") };
        let asked = table.entry(first).id;
        let next = table.find(5, |entry| if entry.id == asked { Match::Different } else { Match::Unknown });
        assert!(matches!(next, Found::Unknown(index) if index != first));
        assert_eq!(table.entries().count(), 2);
    }

    #[test]
    fn the_version_changes_with_the_entries() {
        let mut table = Lru::new(Some(1));
        let mut versions = vec![table.version()];
        assert_eq!(table.insert(1, 1, iter::empty()), Ok(None));
        versions.push(table.version());
        assert_eq!(table.insert(2, 2, iter::empty()), Ok(Some(1)));
        versions.push(table.version());
        assert_eq!(table.clear().len(), 1);
        versions.push(table.version());
        versions.dedup();
        assert_eq!(versions.len(), 4);
        assert!(table.is_empty());
    }
}
