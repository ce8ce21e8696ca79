//! The keys of a document: equal ones become one `str`.
//!
//! C keeps them in a dict, the memo, and makes a `str` for every key to look it up there. Here a hash table with open
//! addressing and linear probing finds a key by its characters in the document, without making an object or asking for
//! its hash. The hash is not keyed, so a document can be made in which many keys collide; therefore a key is looked for
//! in few places, and one that finds none of them free goes into a dict as C's. So the work for a key is bounded by its
//! length and one lookup in a dict.

#![forbid(unsafe_code)]

use crate::ucs::{Ucs, equal};
use cpython_api::types::PyDict;
use cpython_api::{Bound, PyErr, PyResult, Python};

/// Up to this many keys are compared one after the other; for more there is a hash table.
const FEW: usize = 4;
/// How many places a table starts with.
const FIRST: usize = 128;
/// How many places are probed for a key.
const PROBES: usize = 8;

struct Entry<'py> {
    key: Bound<'py>,
    hash: u32,
    start: usize,
    len: usize,
}

/// The keys that have been seen.
pub(super) struct Memo<'py> {
    /// The numbers of the entries, from one on; zero for none. The length is a power of two.
    places: Vec<u32>,
    entries: Vec<Entry<'py>>,
    /// Keys for which no place was free.
    collided: Option<Bound<'py, PyDict>>,
}

impl<'py> Memo<'py> {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), entries: Vec::new(), collided: None }
    }

    /// The `str` for the key that is at `start..end`, made by `make` unless there is one.
    #[inline]
    pub(super) fn get<U: Ucs>(
        &mut self,
        py: Python<'py>,
        document: &[U],
        start: usize,
        end: usize,
        make: impl FnOnce() -> PyResult<Bound<'py>>,
    ) -> PyResult<Bound<'py>> {
        let units = &document[start..end];
        let hash = U::hash(units);
        let is_equal = |entry: &Entry<'_>| {
            entry.hash == hash && entry.len == units.len() && equal(&document[entry.start..][..entry.len], units)
        };
        if self.places.is_empty() {
            for entry in &self.entries {
                if is_equal(entry) {
                    return Ok(entry.key.clone());
                }
            }
        }
        for place in probes(hash, self.places.len()) {
            let number = self.places[place] as usize;
            let Some(entry) = number.checked_sub(1).and_then(|index| self.entries.get(index)) else { break };
            if is_equal(entry) {
                return Ok(entry.key.clone());
            }
        }
        self.insert(py, Entry { key: make()?, hash, start, len: units.len() })
    }

    #[inline(never)]
    fn insert(&mut self, py: Python<'py>, mut entry: Entry<'py>) -> PyResult<Bound<'py>> {
        if let Some(collided) = &self.collided {
            entry.key = collided.set_default(&entry.key, &entry.key)?;
        }
        let key = entry.key.clone();
        if self.entries.len() < FEW {
            self.entries.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
            self.entries.push(entry);
            return Ok(key);
        }
        if self.entries.len() >= self.places.len() / 2 {
            self.grow(py)?;
        }
        let number = u32::try_from(self.entries.len() + 1);
        if let Ok(number) = number
            && place(&mut self.places, entry.hash, number)
        {
            self.entries.try_reserve(1).map_err(|_| PyErr::no_memory(py))?;
            self.entries.push(entry);
            return Ok(key);
        }
        self.intern(py, &key)
    }

    /// Doubles the number of places. Entries that find none of them free go into the dict, and are not found here again.
    #[cold]
    fn grow(&mut self, py: Python<'py>) -> PyResult<()> {
        let count = (self.places.len() * 2).max(FIRST);
        let mut places = Vec::new();
        places.try_reserve_exact(count).map_err(|_| PyErr::no_memory(py))?;
        places.resize(count, 0);
        self.places = places;
        for index in 0..self.entries.len() {
            if !place(&mut self.places, self.entries[index].hash, index as u32 + 1) {
                let key = self.entries[index].key.clone();
                self.intern(py, &key)?;
            }
        }
        Ok(())
    }

    /// The equal key that came first among those in the dict.
    pub(super) fn intern(&mut self, py: Python<'py>, key: &Bound<'py>) -> PyResult<Bound<'py>> {
        let collided = match &self.collided {
            Some(collided) => collided,
            None => self.collided.insert(PyDict::new(py)?),
        };
        collided.set_default(key, key)
    }
}

/// The places where a key with this hash may be.
#[inline(always)]
fn probes(hash: u32, places: usize) -> impl Iterator<Item = usize> {
    let first = hash as usize;
    (0..PROBES.min(places)).map(move |probe| (first + probe) & (places - 1))
}

/// Puts a number into the first of its places that is free.
fn place(places: &mut [u32], hash: u32, number: u32) -> bool {
    for place in probes(hash, places.len()) {
        if places[place] == 0 {
            places[place] = number;
            return true;
        }
    }
    false
}
